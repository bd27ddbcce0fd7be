package chromium

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// nobody is the user id to use if the system has no user of that name.
const nobody = 65534

// unprivileged returns the user that the browser runs as. It is nil unless this program is root: a page that
// breaks out of the browser must not be root.
func unprivileged() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	cred := &syscall.Credential{Uid: nobody, Gid: nobody}
	if u, err := user.Lookup("nobody"); err == nil {
		if uid, err := strconv.ParseUint(u.Uid, 10, 32); err == nil {
			cred.Uid = uint32(uid)
		}
		if gid, err := strconv.ParseUint(u.Gid, 10, 32); err == nil {
			cred.Gid = uint32(gid)
		}
	}
	return cred
}

package chromium

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// nobody is the id of the user that owns nothing, if the system does not name it.
const nobody = 65534

// unprivileged returns the user that the browser runs as if this program is root, and else nil.
// A page that breaks out of the browser must not find itself root.
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

package chromium

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// nobody is the id of the user that owns nothing, where the system does not name it.
const nobody = 65534

// unprivileged gives the user that the browser runs as where this program is root, nil elsewhere.
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

// newProfile makes a profile folder that the browser's user owns.
func newProfile(folder string) (string, error) {
	profile, err := os.MkdirTemp(folder, "atalaya-browser-")
	if err != nil {
		return "", fmt.Errorf("make a profile folder: %w", err)
	}
	if cred := unprivileged(); cred != nil {
		if err := os.Chown(profile, int(cred.Uid), int(cred.Gid)); err != nil {
			os.RemoveAll(profile)
			return "", fmt.Errorf("give the profile folder to the browser's user: %w", err)
		}
	}
	return profile, nil
}

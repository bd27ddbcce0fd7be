package pgrun

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// CheckFolder reports whether the user that runs the server can reach a data folder, which need not exist
// yet. Its error names the folder above it that is closed to that user, as /root is on most machines.
func CheckFolder(dir string) error {
	owner, err := unprivileged()
	if owner == nil || err != nil {
		return err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	for above := filepath.Dir(dir); ; above = filepath.Dir(above) {
		info, err := os.Stat(above)
		if err == nil && !enters(owner, info) {
			return fmt.Errorf("%s is closed to the user that runs PostgreSQL, which does not run as root: choose a folder elsewhere, such as /var/lib/atalaya-dev", above)
		}
		if above == "/" {
			return nil
		}
	}
}

// enters reports whether a user may pass through a folder.
func enters(user *syscall.Credential, folder os.FileInfo) bool {
	owned, ok := folder.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return true // if it cannot, the server's own error says so
	case owned.Uid == user.Uid:
		return folder.Mode()&0o100 != 0
	case owned.Gid == user.Gid:
		return folder.Mode()&0o010 != 0
	}
	return folder.Mode()&0o001 != 0
}

// unprivileged returns the user that PostgreSQL runs as. It is nil unless this program is root, because
// PostgreSQL refuses to run as root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if uidErr == nil && gidErr == nil && uid != 0 {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and neither a user postgres nor nobody exists to run it as")
}

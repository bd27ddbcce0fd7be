package chromium

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// profilePrefix begins the name of every profile folder. A folder of that name is locked by its owner.
	profilePrefix = "atalaya-browser-locked-"
	// profileYouth is the age up to which a folder may not be locked yet.
	profileYouth = time.Minute
)

// newProfile makes a profile folder that the browser's user owns, and locks it. The lock is held until the
// file is closed: by its owner, or by the kernel when the owner dies.
func newProfile(folder string) (string, *os.File, error) {
	profile, err := os.MkdirTemp(folder, profilePrefix)
	if err != nil {
		return "", nil, fmt.Errorf("make a profile folder: %w", err)
	}
	lock, err := lockFolder(profile)
	if err == nil {
		if cred := unprivileged(); cred != nil {
			err = os.Chown(profile, int(cred.Uid), int(cred.Gid))
		}
	}
	if err != nil {
		if lock != nil {
			lock.Close()
		}
		os.RemoveAll(profile)
		return "", nil, fmt.Errorf("give the profile folder its owner: %w", err)
	}
	return profile, lock, nil
}

// lockFolder locks a folder. It fails at once if the folder is locked, or is a link.
func lockFolder(path string) (*os.File, error) {
	dir, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		dir.Close()
		return nil, err
	}
	return dir, nil
}

// sweepProfiles removes the profile folders whose owners died without removing them. Those of
// living owners are locked, whichever process or container they live in.
func sweepProfiles(folder string, now time.Time) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("look for stale profile folders: %w", err)
	}
	var failed []error
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !entry.IsDir() || !strings.HasPrefix(entry.Name(), profilePrefix) ||
			now.Sub(info.ModTime()) < profileYouth {
			continue
		}
		path := filepath.Join(folder, entry.Name())
		lock, err := lockFolder(path)
		if err != nil {
			continue // its owner lives, or it is another user's
		}
		if err := os.RemoveAll(path); err != nil {
			failed = append(failed, fmt.Errorf("remove a stale profile folder: %w", err))
		}
		lock.Close()
	}
	return errors.Join(failed...)
}

package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// folderError wraps an error of the pictures' folder. It names the folder, the user and the cure. It returns nil for
// nil.
func folderError(folder string, err error) error {
	if err == nil {
		return nil
	}
	var at *fs.PathError
	if errors.As(err, &at) { // its path is one of ours inside the folder, which tells nobody anything
		err = at.Err
	}
	if whole, absErr := filepath.Abs(folder); absErr == nil {
		folder = whole
	}
	who := strconv.Itoa(os.Geteuid())
	if known, lookupErr := user.LookupId(who); lookupErr == nil {
		who = known.Username
	}
	cure := "correct PICTURES_DIR"
	switch {
	case errors.Is(err, fs.ErrPermission):
		cure = fmt.Sprintf("give the folder to that user (mkdir -p %[1]s && chown -R %[2]s %[1]s), or set PICTURES_DIR to another", folder, who)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		cure = "it, or a part of its path, is a file: set PICTURES_DIR to a folder"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		cure = "free some space there"
	case errors.Is(err, syscall.EROFS):
		cure = "its file system is mounted for reading only: mount it for writing, or set PICTURES_DIR to another folder"
	}
	return fmt.Errorf("pictures cannot be kept in %s (PICTURES_DIR) by the user %s: %w; %s", folder, who, err, cure)
}

// writable returns an error if no file can be written in a folder. It writes one and removes it.
func writable(folder string) error {
	f, err := os.CreateTemp(folder, ".doctor-")
	if err != nil {
		return err
	}
	_, err = f.WriteString("a picture would follow")
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

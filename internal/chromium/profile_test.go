package chromium

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestOnlyTheProfileFoldersOfDeadOwnersAreSwept(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	living, lock, err := newProfile(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	dead, lost, err := newProfile(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dead, "Cookies"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	lost.Close() // as the kernel does if the owner dies
	other := filepath.Join(folder, "atalaya-browser-older")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, profilePrefix+"link")
	if err := os.Symlink(other, link); err != nil {
		t.Fatal(err)
	}
	exists := func(path string) bool { _, err := os.Lstat(path); return err == nil }
	if err := sweepProfiles(folder, time.Now()); err != nil || !exists(dead) {
		t.Errorf("%v: a folder that is too new to have its lock was removed", err)
	}
	if err := sweepProfiles(folder, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if exists(dead) {
		t.Error("a dead owner's folder stays")
	}
	if !exists(living) || !exists(other) || !exists(link) {
		t.Error("a folder with a living owner, or of something else, is gone")
	}
}

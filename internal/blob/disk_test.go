package blob_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atalaya/internal/blob"
	"atalaya/internal/blob/blobtest"
)

const (
	user    = "8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11"
	picture = user + "/BTC_20260102T030405Z-ABCDEFGHIJKLMNOPQRSTUVWXYZ.png"
	baseURL = "https://alerts.example.com/pictures"
)

// newDisk returns a disk store and its folder.
func newDisk(t *testing.T) (*blob.Disk, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pictures")
	d, err := blob.OpenDisk(dir, baseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d, dir
}

func TestTheDiskKeepsTheContractOfAStore(t *testing.T) {
	t.Parallel()
	blobtest.Conformance(t, func(t *testing.T) blob.Store {
		d, _ := newDisk(t)
		return d
	})
}

func TestTheDiskServesUnderTheBaseURL(t *testing.T) {
	t.Parallel()
	for _, base := range []string{baseURL, baseURL + "/"} {
		d, err := blob.OpenDisk(t.TempDir(), base)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := d.PublicURL(picture), baseURL+"/"+picture; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOnlyTheOwnerOfTheProcessReadsTheFiles(t *testing.T) {
	t.Parallel()
	d, dir := newDisk(t)
	if err := d.Put(t.Context(), picture, []byte("picture"), blob.TypePNG); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPutLeavesNothingButThePicture(t *testing.T) {
	t.Parallel()
	d, dir := newDisk(t)
	for range 3 {
		if err := d.Put(t.Context(), picture, []byte("picture"), blob.TypePNG); err != nil {
			t.Fatal(err)
		}
	}
	if got := files(t, dir); len(got) != 1 || got[0] != picture {
		t.Errorf("files are %q, want the picture alone", got)
	}
}

func TestAFailedPutKeepsTheFormerPictureAndLeavesNoPart(t *testing.T) {
	t.Parallel()
	d, dir := newDisk(t)
	// A folder is in the picture's place, so that the last step of the write fails.
	inTheWay := filepath.Join(dir, filepath.FromSlash(picture), "former")
	if err := os.MkdirAll(filepath.Dir(inTheWay), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(inTheWay, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := d.Put(t.Context(), picture, []byte("picture"), blob.TypePNG)
	if !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if err != nil && strings.Contains(err.Error(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		t.Errorf("the error holds the picture's path: %v", err)
	}
	if got := files(t, dir); len(got) != 1 || got[0] != picture+"/former" {
		t.Errorf("files are %q, want only the former file", got)
	}
}

func TestOldPartsOfACrashAreRemovedAndYoungOnesStay(t *testing.T) {
	t.Parallel()
	d, dir := newDisk(t)
	part := filepath.Join(dir, ".parts", "LEFTBYACRASH")
	if err := os.WriteFile(part, []byte("half a pict"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.SweepParts(time.Now()); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("files are %q: another process may still write that part", got)
	}
	if err := d.SweepParts(time.Now().Add(2 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("files are %q, want none", got)
	}
}

func TestALinkDoesNotLeadOutOfTheFolder(t *testing.T) {
	t.Parallel()
	d, dir := newDisk(t)
	outside := t.TempDir()
	name := filepath.Base(picture)
	target := filepath.Join(outside, name)
	if err := os.WriteFile(target, []byte("not a picture of ours"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, user)); err != nil {
		t.Fatal(err)
	}
	if r, err := d.Open(t.Context(), picture); err == nil {
		_ = r.Close()
		t.Error("a file outside the folder was opened")
	}
	if err := d.Put(t.Context(), picture, []byte("over"), blob.TypePNG); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("Put: %v, want ErrUnavailable", err)
	}
	if err := d.Delete(t.Context(), picture); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("Delete: %v, want ErrUnavailable", err)
	}
	if got, err := os.ReadFile(target); err != nil || !bytes.Equal(got, []byte("not a picture of ours")) {
		t.Errorf("the file outside is %q, %v", got, err)
	}
}

func TestAFolderThatCannotBeMadeIsAnError(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err := blob.OpenDisk(filepath.Join(file, "pictures"), baseURL); err == nil {
		_ = d.Close()
		t.Error("a folder inside a file was opened")
	}
}

func TestADeleteContinuesAfterAPictureThatCannotBeRemoved(t *testing.T) {
	t.Parallel()
	d, dir := newDisk(t)
	stuck := user + "/stuck.png"
	if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(stuck), "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(t.Context(), picture, []byte("picture"), blob.TypePNG); err != nil {
		t.Fatal(err)
	}
	if err := d.Delete(t.Context(), stuck, picture); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("files are %q, want none", got)
	}
}

// files lists the files under dir with slashes, folders left out.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		found = append(found, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

package main

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/test/testkit"
)

// layPictures writes n files that pass for pictures of three days ago, and returns their paths.
func layPictures(t *testing.T, dir string, user atalaya.UserID, n int) []string {
	t.Helper()
	at := time.Now().Add(-72 * time.Hour)
	if err := os.MkdirAll(filepath.Join(dir, string(user)), 0o700); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for range n {
		path := string(user) + "/BTCUSDT_" + at.UTC().Format("20060102T150405Z") + "-" + rand.Text() + ".png"
		paths = append(paths, path)
		file := filepath.Join(dir, path)
		if err := os.WriteFile(file, []byte("a picture"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

func remaining(t *testing.T, dir string, paths []string) (n int) {
	t.Helper()
	for _, path := range paths {
		if _, err := os.Stat(filepath.Join(dir, path)); err == nil {
			n++
		}
	}
	return n
}

func TestPicturesSweepListsThenRemoves(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	settings, dir := goodSettings(t, pool.Config().ConnString()), t.TempDir()
	settings["PICTURES_DIR"] = dir
	p := withSettings(t, settings)
	user := testkit.User(t, pool)
	orphans, kept := layPictures(t, dir, user, 3), layPictures(t, dir, user, 1)
	if _, err := pool.Exec(t.Context(), "insert into public.trading_signals (user_id, screenshot_path) values ($1, $2)", user, kept[0]); err != nil {
		t.Fatal(err)
	}

	r := p.run(t, "pictures", "sweep", "--dry-run")
	if got := strings.Count(r.ok(t), string(user)); got != 3 {
		t.Errorf("%d paths are listed, want 3:\n%s", got, r.ok(t))
	}
	holds(t, r.err, "4 pictures looked at, 3 that no signal has", "3 of 4 pictures would be removed")
	if remaining(t, dir, orphans) != 3 {
		t.Error("a dry run removes pictures")
	}
	r = p.run(t, "pictures", "sweep")
	r.ok(t)
	holds(t, r.err, "3 of 3 removed", "3 of 4 pictures removed")
	if remaining(t, dir, orphans) != 0 || remaining(t, dir, kept) != 1 {
		t.Errorf("%d orphans and %d pictures of signals are left", remaining(t, dir, orphans), remaining(t, dir, kept))
	}
}

func TestPicturesSweepAsksForForceIfMostWouldGo(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	settings, dir := goodSettings(t, pool.Config().ConnString()), t.TempDir()
	settings["PICTURES_DIR"] = dir
	p := withSettings(t, settings)
	paths := layPictures(t, dir, "00000000-0000-4000-8000-00000000beef", 30)
	r := p.run(t, "pictures", "sweep")
	r.refused(t, "--force")
	if remaining(t, dir, paths) != 30 {
		t.Error("pictures were removed without --force")
	}
	p.run(t, "pictures", "sweep", "--force").ok(t)
	if n := remaining(t, dir, paths); n != 0 {
		t.Errorf("%d pictures are left after --force", n)
	}
}

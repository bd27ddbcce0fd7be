package chromium

import (
	"os"
	"path/filepath"
	"testing"
)

func TestABrowserInASnapIsRecognized(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link := filepath.Join(dir, "chromium-link")
	if err := os.Symlink(write("snap/bin/chromium", "x"), link); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		link: true,
		write("wrapper", "#!/bin/sh\nexec /snap/bin/chromium \"$@\"\n"): true,
		write("debian", "#!/bin/sh\nexec /usr/lib/chromium/chromium\n"): false,
		write("binary", "\x7fELF /snap/bin/"):                           false,
		filepath.Join(dir, "absent"):                                    false,
	} {
		if got := isSnap(path); got != want {
			t.Errorf("isSnap(%s) = %v, want %v", filepath.Base(path), got, want)
		}
	}
}

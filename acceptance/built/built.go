// Package built builds the program once for all tests of this module. Linking it with the race detector takes many
// seconds.
package built

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// Program returns the path of the program of this tree. It is built with the flags of make build and the packages,
// so that Go compiles it once for all of them.
func Program(t testing.TB) string {
	t.Helper()
	return build(t, "atalaya", "0", "-trimpath")
}

// Racing returns the path of the program of this tree, built with the race detector.
func Racing(t testing.TB) string {
	t.Helper()
	return build(t, "atalaya-race", "1", "-race")
}

// build builds the program, unless the go command finds that it is current.
func build(t testing.TB, name, cgo string, flags ...string) string {
	t.Helper()
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("this file's place is not known")
	}
	root := filepath.Join(filepath.Dir(here), "..", "..")
	binary := filepath.Join(root, "bin", "test", name)
	cmd := exec.CommandContext(t.Context(), "go", append(append([]string{"build"}, flags...), "-o", binary, "./cmd/atalaya")...)
	cmd.Dir = root // the program's module, not this one
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	return binary
}

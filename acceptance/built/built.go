// Package built builds the program for the tests of this module: once, and not once in each test. Linking it with
// the race detector takes many seconds.
package built

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// Program returns the path of the program of this tree.
func Program(t testing.TB) string {
	t.Helper()
	return build(t, "atalaya")
}

// Racing returns the path of the program of this tree, built with the race detector.
func Racing(t testing.TB) string {
	t.Helper()
	return build(t, "atalaya-race", "-race")
}

// build leaves a program that is current as it is, which the go command tells.
func build(t testing.TB, name string, flags ...string) string {
	t.Helper()
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("this file's place is not known")
	}
	root := filepath.Join(filepath.Dir(here), "..", "..")
	binary := filepath.Join(root, "bin", "test", name)
	cmd := exec.CommandContext(t.Context(), "go", append(append([]string{"build"}, flags...), "-o", binary, "./cmd/atalaya")...)
	cmd.Dir = root // the program's module, not this one
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	return binary
}

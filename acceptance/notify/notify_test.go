package notify

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The run of make test-notify, smaller.
func TestNothingIsLostDoubledOrCalledThatMayNotBe(t *testing.T) { //nolint:paralleltest // it does not share the machine with another run
	binary := filepath.Join(t.TempDir(), "atalaya")
	build := exec.Command("go", "build", "-race", "-o", binary, "./cmd/atalaya")
	build.Dir = "../.." // the program's module, not this one
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	opt := Options{Binary: binary, Progress: os.Stderr, Kills: 6, Users: 2, Signals: 30, Captures: 2}
	result, err := Run(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() || result.Kills != opt.Kills || result.Channels != opt.Kills+5*opt.Users+1 || result.Sent != opt.Kills+5*opt.Users*opt.Signals+100 ||
		result.Hostile != 7*len(hostileTexts()) || result.Pictures != 2*opt.Captures {
		t.Errorf("result %+v", result)
	}
}

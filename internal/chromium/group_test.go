package chromium

import (
	"context"
	"os/exec"
	"syscall"
	"testing"
)

func TestAGroupThatWasSweptIsNeverKilledAgain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	profile, lock, err := newProfile(folder)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{ctx: t.Context(), end: func() {}, profile: profile, lock: lock, cmd: group(t)}
	p.kill()
	_ = p.cmd.Wait() // it was killed
	p.sweep()
	// This stands for another group that has got the same id since.
	p.cmd = group(t)
	p.retire()
	p.kill()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	_ = p.cmd.Wait()
	if status := p.cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGTERM {
		t.Errorf("another group ended by %v", status.Signal())
	}
}

// group starts a process in a group of its own, like a browser.
func group(t *testing.T) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "sleep", "60")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

//go:build !linux

package pgrun

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// attributes puts a process into a group of its own.
func attributes(owner *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: owner}
}

// startOnItsOwnThread starts a process. It needs no thread of its own here, without a parent-death signal.
func startOnItsOwnThread(cmd *exec.Cmd, exited chan<- struct{}) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = cmd.Wait() // how it ended shows in what it printed
		close(exited)
	}()
	return nil
}

// runsIn reports whether a process is a PostgreSQL with this data folder on its command line.
func runsIn(pid int, dir string) bool {
	out, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(out), "postgres") && strings.Contains(string(out), dir)
}

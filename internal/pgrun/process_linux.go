package pgrun

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
)

// attributes puts a process into a group of its own and makes the kernel end it with its parent. SIGINT is
// PostgreSQL's fast shutdown.
func attributes(owner *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT, Credential: owner}
}

// startOnItsOwnThread starts a process from a thread that lives as long as the process. The kernel sends the
// parent-death signal when the starting thread ends, and Go may end a thread at any time.
func startOnItsOwnThread(cmd *exec.Cmd, exited chan<- struct{}) error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended shows in what it printed
			close(exited)
		}
	}()
	return <-started
}

// runsIn reports whether a process is a PostgreSQL with this data folder on its command line.
func runsIn(pid int, dir string) bool {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%s/cmdline", strconv.Itoa(pid)))
	return err == nil && bytes.Contains(line, []byte("postgres")) && bytes.Contains(line, append([]byte(dir), 0))
}

package chromium

import "syscall"

// attributes returns the attributes of the browser's process: a process group of its own, its user, and a
// death signal, by which the kernel kills the browser if this program is killed.
func attributes(cred *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: cred, Pdeathsig: syscall.SIGKILL}
}

package chromium

import "syscall"

// attributes give the browser a process group of its own, the user it runs as, and a death signal:
// the kernel ends it when this program is killed too hard to do so itself.
func attributes(cred *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: cred, Pdeathsig: syscall.SIGKILL}
}

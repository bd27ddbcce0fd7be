//go:build !linux

package chromium

import "syscall"

// attributes give the browser a process group of its own and the user it runs as. Without the
// kernel's death signal it ends when its command pipe closes.
func attributes(cred *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: cred}
}

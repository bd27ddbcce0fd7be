//go:build !linux

package chromium

import "syscall"

// attributes returns the attributes of the browser's process: a process group of its own and its user.
// There is no death signal here: if this program is killed, the browser ends when its command pipe closes.
func attributes(cred *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: cred}
}

package app

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// HideMemory keeps the memory and the environment of this process, which hold keys, from every other process of
// its user: the browser's are such processes unless the service is root. A failure leaves things as they were.
func HideMemory() { _ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }

// giveUpPorts drops the capability to listen on ports below 1024, which systemd grants for 443 and 80, so that the
// browser does not inherit it. It does nothing in a program that is linked with C; releases are not.
func giveUpPorts() {
	_, _, _ = syscall.AllThreadsSyscall6(unix.SYS_PRCTL, unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0, 0)
}

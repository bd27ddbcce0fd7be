//go:build !linux

package app

// HideMemory does nothing: no other system has what it takes.
func HideMemory() {}

func giveUpPorts() {}

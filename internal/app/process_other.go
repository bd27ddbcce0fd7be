//go:build !linux

package app

// HideMemory does nothing: it is implemented for Linux alone.
func HideMemory() {}

func giveUpPorts() {}

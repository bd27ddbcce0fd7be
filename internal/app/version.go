package app

import "runtime/debug"

// Version is the version that the Go toolchain recorded in the binary, "(devel)" for a build from a
// working tree.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

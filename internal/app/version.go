package app

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// The linker sets these for releases and for builds outside a repository: -X atalaya/internal/app.version=1.2.3.
var version, commit, date string

// Version returns the program's version: the linker's, else what the Go toolchain recorded, which for a
// build in a repository names the commit; "(devel)" if neither is there.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// LongVersion returns the version on one line with the commit, its date, the Go version and the platform.
func LongVersion() string {
	text := "atalaya " + Version()
	for _, word := range []string{commit, date} {
		if word != "" {
			text += " " + word
		}
	}
	if info, ok := debug.ReadBuildInfo(); ok && commit == "" {
		for _, setting := range info.Settings {
			switch setting.Key {
			case "vcs.revision", "vcs.time":
				text += " " + setting.Value
			}
		}
	}
	return fmt.Sprintf("%s %s %s/%s", text, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

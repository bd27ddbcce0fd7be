// Command install tries to install, upgrade and remove the packages, and prints its result as one JSON line, the
// last: make test-install. It needs root.
package main

import (
	"context"
	"flag"
	"os"

	"atalaya/acceptance/command"
	"atalaya/acceptance/install"
)

func main() {
	binary := flag.String("binary", "bin/atalaya", "the built program")
	only := flag.String("only", "", "run the steps whose name holds this text alone")
	flag.Parse()
	command.Run("test-install", func(ctx context.Context) (install.Result, error) {
		return install.Run(ctx, install.Options{Binary: *binary, Root: ".", Only: *only, Progress: os.Stderr})
	})
}

// Command attack attacks a built program and prints its result as one JSON line, the last: make attack.
package main

import (
	"context"
	"flag"
	"os"

	"atalaya/acceptance/attack"
	"atalaya/acceptance/command"
)

func main() {
	binary := flag.String("binary", "bin/atalaya", "the built program")
	only := flag.String("only", "", "attacks whose name holds this")
	flag.Parse()
	command.Run("attack", func(ctx context.Context) (attack.Result, error) {
		return attack.Run(ctx, attack.Options{Binary: *binary, Progress: os.Stderr, Only: *only})
	})
}

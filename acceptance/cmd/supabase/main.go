// Command supabase is make test-supabase: it runs the acceptance and prints its result as one line of JSON.
package main

import (
	"context"
	"flag"
	"os"

	"atalaya/acceptance"
	"atalaya/acceptance/command"
)

func main() {
	binary := flag.String("binary", "bin/atalaya", "the built program")
	flag.Parse()
	command.Run("supabase", func(ctx context.Context) (acceptance.Result, error) {
		return acceptance.Run(ctx, acceptance.Options{Binary: *binary, Root: ".", Progress: os.Stderr})
	})
}

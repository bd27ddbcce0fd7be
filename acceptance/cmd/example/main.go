// Command example is make test-example: it drives the example site in a browser and prints the result as one
// line of JSON.
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
	pictures := flag.String("pictures", "examples/nextjs/docs", "folder for the pictures of the site")
	flag.Parse()
	command.Run("example", func(ctx context.Context) (command.Checks, error) {
		found, err := acceptance.RunExample(ctx, acceptance.Options{Binary: *binary, Root: ".", Progress: os.Stderr}, *pictures)
		return command.Checks{Checks: found.Checks, Passed: found.Passed}, err
	})
}

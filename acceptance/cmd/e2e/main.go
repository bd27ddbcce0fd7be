// Command e2e runs the end-to-end test against a built program and prints its result as one JSON
// line, the last: make e2e.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"

	"atalaya/acceptance/command"
	"atalaya/acceptance/e2e"
	"atalaya/internal/test/bouncer"
)

func main() {
	binary := flag.String("binary", "bin/atalaya", "the built program")
	pictures := flag.String("pictures", "", "folder that keeps the captured pictures")
	flag.Parse()
	pooler := os.Getenv("ATALAYA_E2E_POOLER")
	if !slices.Contains([]string{"", "none", bouncer.Session, bouncer.Transaction}, pooler) {
		fmt.Fprintln(os.Stderr, "e2e: ATALAYA_E2E_POOLER is session, transaction or none")
		os.Exit(2)
	}
	if pooler == "none" {
		pooler = ""
	}
	command.Run("e2e", func(ctx context.Context) (e2e.Result, error) {
		return e2e.Run(ctx, e2e.Options{Binary: *binary, Progress: os.Stderr, Pictures: *pictures, Pooler: pooler})
	})
}

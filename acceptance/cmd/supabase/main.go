// Command supabase is make test-supabase: it runs the acceptance and prints its result as one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"atalaya/acceptance"
)

func main() {
	binary := flag.String("binary", "bin/atalaya", "the built program")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	result, err := acceptance.Run(ctx, acceptance.Options{Binary: *binary, Root: ".", Progress: os.Stderr})
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = json.NewEncoder(os.Stdout).Encode(result) // nobody listens where it fails
	if err != nil || !result.OK() {
		os.Exit(1)
	}
}

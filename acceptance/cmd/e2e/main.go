// Command e2e runs the end-to-end test against a built program and prints its result as one JSON
// line, the last: make e2e.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	result, err := e2e.Run(ctx, e2e.Options{
		Binary: *binary, Progress: os.Stderr, Pictures: *pictures, Pooler: pooler,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
	}
	line, _ := json.Marshal(result)
	fmt.Println(string(line))
	if err != nil || !result.OK() {
		stop()
		os.Exit(1)
	}
}

// Command run runs the end-to-end test against a built program and prints its result as one JSON
// line, the last: make e2e.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"atalaya/internal/e2e"
)

func main() {
	binary := flag.String("binary", "bin/atalaya", "the built program")
	pictures := flag.String("pictures", "", "folder that keeps the captured pictures")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	result, err := e2e.Run(ctx, e2e.Options{Binary: *binary, Progress: os.Stderr, Pictures: *pictures})
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

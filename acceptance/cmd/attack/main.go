// Command attack attacks a built program and prints its result as one JSON line, the last: make attack.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"atalaya/acceptance/attack"
)

func main() {
	binary := flag.String("binary", "bin/atalaya", "the built program")
	only := flag.String("only", "", "attacks whose name holds this")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	result, err := attack.Run(ctx, attack.Options{Binary: *binary, Progress: os.Stderr, Only: *only})
	if err != nil {
		fmt.Fprintln(os.Stderr, "attack:", err)
	}
	line, _ := json.Marshal(result)
	fmt.Println(string(line))
	if err != nil || !result.OK() {
		stop()
		os.Exit(1)
	}
}

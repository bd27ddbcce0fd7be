// Command run takes every case of the matrix. Its last line on the standard output is the result as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"atalaya/internal/test/matrix"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	result, err := matrix.Run(ctx, matrix.Cases(), os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "test-capture:", err)
		os.Exit(1)
	}
	line, err := json.Marshal(result)
	if err != nil {
		panic(err) // numbers always can
	}
	fmt.Println(string(line))
	if !result.OK() {
		os.Exit(1)
	}
}

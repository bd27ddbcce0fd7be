// Command run takes every case of the matrix, or those whose names match the regular expression -run. Its
// last line on the standard output is the result as JSON.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"syscall"

	"atalaya/internal/test/matrix"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	pattern := flag.String("run", "", "take the cases alone whose names match this `expression`")
	flag.Parse()
	only, err := regexp.Compile(*pattern)
	if err != nil {
		fmt.Fprintln(os.Stderr, "test-capture:", err)
		os.Exit(2)
	}
	cases := slices.DeleteFunc(matrix.Cases(), func(c matrix.Case) bool { return !only.MatchString(c.Name) })
	result, err := matrix.Run(ctx, cases, os.Stderr)
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

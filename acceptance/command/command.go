// Package command holds what the commands of this module share. They run until they are done or are told to end.
// They print their result as one line of JSON, the last of the standard output, and fail unless it is good.
package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Result is what a run found.
type Result interface {
	// OK reports whether nothing was wrong.
	OK() bool
}

// Checks is the result of a run that counts checks.
type Checks struct {
	Checks int `json:"checks"`
	Passed int `json:"passed"`
}

// OK reports whether every check passed, and there was one.
func (c Checks) OK() bool { return c.Checks > 0 && c.Passed == c.Checks }

// Run runs a command until it is done, or cancels it at SIGINT or SIGTERM. It then ends the process, with status 1
// unless the result is good.
func Run[R Result](name string, do func(context.Context) (R, error)) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	result, err := do(ctx)
	stop()
	if !report(os.Stdout, os.Stderr, name, result, err) {
		os.Exit(1)
	}
}

// report prints a result and its error, and returns whether both are good.
func report(out, problems io.Writer, name string, result Result, err error) bool {
	if err != nil {
		fmt.Fprintln(problems, name+":", err)
	}
	if e := json.NewEncoder(out).Encode(result); e != nil {
		fmt.Fprintln(problems, name+":", e)
		return false
	}
	return err == nil && result.OK()
}

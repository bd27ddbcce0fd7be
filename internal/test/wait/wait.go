// Package wait polls until a condition holds. Only tests and end-to-end runs import it.
package wait

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

const (
	// Patience is how long a test waits for what must happen: a busy machine takes its time.
	Patience = 3 * time.Minute
	every    = 20 * time.Millisecond
)

// Until polls holds, and returns nil once it returns true. It returns the first error of holds at once. If ctx or
// patience ends first, the error names what did not happen.
func Until(ctx context.Context, patience time.Duration, what string, holds func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if ok, err := holds(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("this did not happen: %s", what), ctx.Err())
		case <-ticker.C:
		}
	}
}

// For returns once something holds, and fails the test if that takes longer than Patience.
func For(t testing.TB, what string, holds func() bool) {
	t.Helper()
	if err := Until(context.Background(), Patience, what, func() (bool, error) { return holds(), nil }); err != nil {
		t.Fatal(err)
	}
}

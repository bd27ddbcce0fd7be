package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"testing/synctest"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestADatabaseLostDuringStartUpDoesNotEndTheService(t *testing.T) { //nolint:paralleltest // synctest's clock: it takes no time
	synctest.Test(t, func(t *testing.T) {
		failed := make(chan error, 1)
		tries := []error{
			errNoDatabase,
			fmt.Errorf("look for the key: %w", &pgconn.PgError{Code: "57P01", Message: "terminating connection due to administrator command"}),
			fmt.Errorf("start the job queue: %w", io.ErrUnexpectedEOF),
			fmt.Errorf("write the plans: %w", context.DeadlineExceeded),
			nil,
		}
		var ended bool
		w := newDatabaseWork(func(context.Context) error {
			err := tries[0]
			tries = tries[1:]
			return err
		}, func() error { ended = true; return nil }, slog.New(slog.DiscardHandler), failed)
		if err := w.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		select {
		case <-w.done:
		case err := <-failed:
			t.Fatalf("the service ends: %v", err)
		}
		if err := w.stop(); err != nil || !ended || len(tries) > 0 {
			t.Errorf("stop returned %v, what had begun was ended: %v, %d tries left", err, ended, len(tries))
		}
	})
}

func TestADatabaseOfAnotherKeyEndsTheService(t *testing.T) { //nolint:paralleltest // as above
	synctest.Test(t, func(t *testing.T) {
		failed := make(chan error, 1)
		wrong := errors.New("ENCRYPTION_KEY is not the key of this database")
		tries := []error{errNoDatabase, wrong}
		w := newDatabaseWork(func(context.Context) error {
			err := tries[0]
			tries = tries[1:]
			return err
		}, func() error { return nil }, slog.New(slog.DiscardHandler), failed)
		if err := w.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-failed; !errors.Is(err, wrong) {
			t.Errorf("the service ends with %v", err)
		}
	})
}

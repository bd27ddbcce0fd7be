package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// away is how long PostgreSQL is away in the first of the spool's faults. It is four times as long as TradingView
// retries an alert.
const away = 60 * time.Second

// spoolFull is a fault during which alerts may be refused.
const spoolFull = "the spool's disk full"

// spoolFaults injure the spool while the database is away too.
func spoolFaults() []fault {
	return []fault{
		{"PostgreSQL away for a minute", func(ctx context.Context, w *world) (func() error, error) {
			return w.withoutDatabase(ctx, func() error { return pause(ctx, away) })
		}},
		{"PostgreSQL killed in the drain", killDrain},
		{"replica killed while spooling", func(ctx context.Context, w *world) (func() error, error) {
			return w.withoutDatabase(ctx, func() error { return w.restartSpooling(ctx, func(string) error { return nil }) })
		}},
		{spoolFull, fillSpool},
		{"the spool's file torn", func(ctx context.Context, w *world) (func() error, error) {
			return w.withoutDatabase(ctx, func() error { return w.restartSpooling(ctx, tear) })
		}},
	}
}

// withoutDatabase stops the database, waits until both replicas spool, and calls hurt. Healing starts the database.
func (w *world) withoutDatabase(ctx context.Context, hurt func() error) (func() error, error) {
	if err := w.database.Stop(); err != nil {
		return nil, err
	}
	if err := w.spools(ctx, "both replicas spool", func(alerts []int) bool { return alerts[0] > 50 && alerts[1] > 50 }); err != nil {
		return nil, err
	}
	if err := hurt(); err != nil {
		return nil, err
	}
	return func() error { return w.startDatabase(ctx) }, nil
}

// restartSpooling kills a replica that spools, injures its file, and starts it while the database is still away.
func (w *world) restartSpooling(ctx context.Context, injure func(file string) error) error {
	r := w.replicas[1]
	r.Kill()
	if err := injure(filepath.Join(w.spoolDir(1), "spool.db")); err != nil {
		return err
	}
	return w.startReplica(ctx, r)
}

// tear overwrites both pages that are needed to read the file, as a disk does that loses power in the middle of a
// sector.
func tear(file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(bytes.Repeat([]byte{0x5A}, 2*os.Getpagesize()), 0)
	return errors.Join(err, f.Close())
}

// killDrain kills the database in the middle of the drain that its return begins.
func killDrain(ctx context.Context, w *world) (func() error, error) {
	heal, err := w.withoutDatabase(ctx, func() error { return pause(ctx, 10*time.Second) })
	if err != nil {
		return nil, err
	}
	before, err := w.spooled(ctx)
	if err != nil {
		return nil, err
	}
	if err := heal(); err != nil {
		return nil, err
	}
	if err := w.spools(ctx, "the drain has begun", func(alerts []int) bool { return alerts[0] < before[0] || alerts[1] < before[1] }); err != nil {
		return nil, err
	}
	w.database.Kill()
	return heal, nil
}

// fillSpool keeps the replicas from writing files while the database is away.
func fillSpool(ctx context.Context, w *world) (func() error, error) {
	limit := func(soft uint64) error {
		for _, r := range w.replicas {
			if err := unix.Prlimit(r.PID(), unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: soft, Max: unix.RLIM_INFINITY}, nil); err != nil {
				return fmt.Errorf("limit the size of files: %w", err)
			}
		}
		return nil
	}
	start, err := w.withoutDatabase(ctx, func() error {
		w.mayRefuse.Store(true)
		return limit(4 << 10)
	})
	if err != nil {
		return nil, err
	}
	return func() error {
		err := errors.Join(limit(unix.RLIM_INFINITY), start())
		w.mayRefuse.Store(false)
		return err
	}, nil
}

// spoolDir returns the folder of a replica's spool.
func (w *world) spoolDir(replica int) string {
	return filepath.Join(w.folder, fmt.Sprint("spool-", replica))
}

// spooled returns how many alerts wait in each replica's spool.
func (w *world) spooled(ctx context.Context) ([]int, error) {
	alerts := make([]int, len(w.replicas))
	for i, r := range w.replicas {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url("/health"), nil)
		if err != nil {
			return nil, err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		var health struct {
			Spool struct {
				Alerts int `json:"alerts"`
			} `json:"spool"`
		}
		err = json.NewDecoder(answer.Body).Decode(&health)
		if err = errors.Join(err, answer.Body.Close()); err != nil {
			return nil, fmt.Errorf("read a replica's health: %w", err)
		}
		alerts[i] = health.Spool.Alerts
	}
	return alerts, nil
}

// spools polls how many alerts wait in the spools, until met returns true. /health caches its answer for 5 s.
func (w *world) spools(ctx context.Context, what string, met func(alerts []int) bool) error {
	for deadline := time.Now().Add(2 * time.Minute); ; {
		alerts, err := w.spooled(ctx)
		if err != nil {
			return err
		}
		if met(alerts) {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("waited in vain until %s: %v alerts wait", what, alerts)
		}
		if err := pause(ctx, pollEvery); err != nil {
			return err
		}
	}
}

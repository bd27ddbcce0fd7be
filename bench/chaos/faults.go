package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// fault is one fault. hurt begins it and returns the function that ends it.
type fault struct {
	name string
	hurt func(context.Context, *world) (heal func() error, err error)
}

// faults returns the faults of everything but the spools, in their order. From "pictures on a disk" on, pictures are
// no longer stored in the double of Supabase Storage.
func faults() []fault {
	return []fault{
		{"kill a replica", killReplica(false)},
		{"kill a worker that captures", killReplica(true)},
		{"kill the browsers", killBrowsers},
		{"stop PostgreSQL", stopDatabase},
		{"kill PostgreSQL", killDatabase},
		{"database connections cut", cutDatabase},
		{"database slow", toxic(`{"type":"latency","attributes":{"latency":150,"jitter":100}}`)},
		{"database black hole", toxic(`{"type":"timeout","attributes":{"timeout":0}}`)},
		{"Redis gone", redisGone},
		{"storage answers 500", storageMood(storageFails)},
		{"storage hangs", storageMood(storageHangs)},
		{"clock forward", clock("+60s")},
		{"clock back", clock("-60s")},
		{"deploy: restart one by one", deploy()},
		{"pictures on a disk", deploy("SUPABASE_SERVICE_ROLE_KEY=", "PICTURES_DIR=$folder/pictures")},
		{"picture store full", storeFull},
	}
}

// allFaults returns all faults, those of the spools last.
func allFaults() []fault { return append(faults(), spoolFaults()...) }

func nothing() error { return nil }

// killReplica kills a replica; with capturing, in the middle of a capture.
func killReplica(capturing bool) func(context.Context, *world) (func() error, error) {
	return func(ctx context.Context, w *world) (func() error, error) {
		if capturing {
			// Both workers take one capture at a time, so with two under way the replica has one.
			if err := w.until(ctx, "two captures are under way", "select count(*) >= 2 from trading_signals where screenshot_status = 'processing'"); err != nil {
				return nil, err
			}
		}
		r := w.replicas[1]
		r.Kill()
		return func() error { return w.startReplica(ctx, r) }, nil
	}
}

// killBrowsers kills the replicas' browsers, with everything that those started.
func killBrowsers(ctx context.Context, w *world) (func() error, error) {
	if err := w.until(ctx, "a capture is under way", "select count(*) >= 1 from trading_signals where screenshot_status = 'processing'"); err != nil {
		return nil, err
	}
	killed := 0
	for _, r := range w.replicas {
		for _, pid := range r.children() {
			if syscall.Kill(-pid, syscall.SIGKILL) == nil {
				killed++
			}
		}
	}
	if killed == 0 {
		return nil, errors.New("no replica has a browser")
	}
	return nothing, nil
}

func stopDatabase(ctx context.Context, w *world) (func() error, error) {
	if err := w.database.Stop(); err != nil {
		return nil, err
	}
	return func() error { return w.startDatabase(ctx) }, nil
}

func killDatabase(ctx context.Context, w *world) (func() error, error) {
	w.database.Kill()
	return func() error { return w.startDatabase(ctx) }, nil
}

// cutDatabase breaks every connection between replicas and database, again and again.
func cutDatabase(ctx context.Context, w *world) (func() error, error) {
	cutting, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		for pause(cutting, 700*time.Millisecond) == nil {
			for _, p := range w.proxies {
				p.Stop()
				if err := p.Start(); err != nil {
					done <- err
					return
				}
			}
		}
		done <- nil
	}()
	return func() error { stop(); return <-done }, nil
}

// toxic makes the database's answers pass through a toxic of the proxy.
func toxic(spec string) func(context.Context, *world) (func() error, error) {
	return func(ctx context.Context, w *world) (func() error, error) {
		for _, p := range w.proxies {
			if _, err := p.Toxics.AddToxicJson(strings.NewReader(`{"name":"injury","stream":"downstream",` + spec[1:])); err != nil {
				return nil, err
			}
		}
		return func() error {
			for _, p := range w.proxies {
				if err := p.Toxics.RemoveToxic(ctx, "injury"); err != nil {
					return err
				}
			}
			return nil
		}, nil
	}
}

func redisGone(ctx context.Context, w *world) (func() error, error) {
	w.redis.Kill()
	return w.startRedis, nil
}

func storageMood(mood int32) func(context.Context, *world) (func() error, error) {
	return func(_ context.Context, w *world) (func() error, error) {
		w.storage.mood.Store(mood)
		return func() error { w.storage.mood.Store(storageWell); return nil }, nil
	}
}

// clock restarts the database with its clock moved by a time, and with the right clock to heal.
func clock(by string) func(context.Context, *world) (func() error, error) {
	return func(ctx context.Context, w *world) (func() error, error) {
		if err := w.setClock(ctx, by); err != nil {
			return nil, err
		}
		return func() error { return w.setClock(ctx, "+0s") }, nil
	}
}

// deploy restarts the replicas one after another, with changed settings.
func deploy(changes ...string) func(context.Context, *world) (func() error, error) {
	return func(ctx context.Context, w *world) (func() error, error) {
		for _, r := range w.replicas {
			for _, change := range changes {
				r.Env = append(r.Env, strings.ReplaceAll(change, "$folder", w.folder))
			}
			if err := r.Terminate(stopTimeout); err != nil {
				return nil, err
			}
			if err := w.startReplica(ctx, r); err != nil {
				return nil, err
			}
		}
		return nothing, nil
	}
}

// storeFull keeps the replicas from writing files larger than 4 KiB, as a full disk does.
func storeFull(_ context.Context, w *world) (func() error, error) {
	limit := func(soft uint64) error {
		for _, r := range w.replicas {
			if err := unix.Prlimit(r.PID(), unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: soft, Max: unix.RLIM_INFINITY}, nil); err != nil {
				return fmt.Errorf("limit the size of files: %w", err)
			}
		}
		return nil
	}
	w.mayRefuse.Store(true) // the limit also applies to the spool
	if err := limit(4 << 10); err != nil {
		return nil, err
	}
	return func() error {
		defer w.mayRefuse.Store(false)
		return limit(unix.RLIM_INFINITY)
	}, nil
}

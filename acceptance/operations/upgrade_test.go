//go:build upgrade

package operations_test

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"atalaya/internal/test/wait"
)

// formerCommit is the commit of the former program, which has the tables of the first releases.
const formerCommit = "3296d8d"

// stream sends alerts one after the other until it is stopped.
type stream struct {
	mu       sync.Mutex
	sent     int
	failures []error
	stop     context.CancelFunc
	ended    chan struct{}
}

func (s *stream) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent
}

func startStream(t *testing.T, url string) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &stream{stop: cancel, ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		for price := 1; ctx.Err() == nil; price++ {
			_, err := likeTradingView(context.WithoutCancel(ctx), url, alertOf(price))
			s.mu.Lock()
			s.sent++
			if err != nil {
				s.failures = append(s.failures, err)
			}
			s.mu.Unlock()
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond): // ten alerts a second
			}
		}
	}()
	return s
}

// Old processes work with the new schema and beside new processes, and no alert is lost. The test builds the former
// program, which takes minutes the first time, so it only runs in make test-install.
func TestAnUpgradeFromTheFirstSchemaLosesNoAlert(t *testing.T) { //nolint:paralleltest // browsers of other tests would share two cores with it
	former := formerProgram(t)
	w := newWorld(t)
	w.verb(t, former, "migrate")
	door := &proxy{}
	public := door.start(t)
	address := map[string]string{"PUBLIC_URL": public}
	oldWeb, oldWorker := w.serve(t, former, "web", address), w.serve(t, former, "worker", address)
	door.set(oldWeb)
	ana := w.newUser(t, "ana")
	alerts := startStream(t, public+ana.hook)
	defer alerts.stop()
	goesOn := func(what string) {
		t.Helper()
		before, pictures := alerts.count(), w.count(t, "select count(*) from public.trading_signals where screenshot_status = 'completed'")
		wait.For(t, "alerts and pictures come "+what, func() bool {
			return alerts.count() > before+10 && w.count(t, "select count(*) from public.trading_signals where screenshot_status = 'completed'") > pictures+2
		})
	}
	goesOn("to the former program")
	w.shell(t, commands(t, "### Upgrade"), nil)
	goesOn("to the former program beside the new schema")
	newWorker := w.serve(t, w.binary, "worker", address)
	oldWorker.stop(t)
	goesOn("with a new worker behind the former web process")
	newWeb := w.serve(t, w.binary, "web", address)
	door.set(oldWeb, newWeb)
	goesOn("to both web processes")
	door.set(newWeb)
	oldWeb.stop(t)
	goesOn("to the new program")
	alerts.stop()
	<-alerts.ended
	for _, failure := range alerts.failures {
		t.Error(failure)
	}
	w.settled(t, alerts.count())
	if n := w.count(t, "select count(distinct price) from public.trading_signals"); n != alerts.count() {
		t.Errorf("%d alerts are signals of %d", n, alerts.count())
	}
	if out := w.verb(t, w.binary, "migrate", "--status"); strings.Contains(out, "pending") {
		t.Errorf("migrations are missing:\n%s", out)
	}
	newWeb.stop(t)
	newWorker.stop(t)
	http.DefaultClient.CloseIdleConnections()
}

// formerProgram returns the program of formerCommit. make test-install has built it already.
func formerProgram(t *testing.T) string {
	t.Helper()
	if built := os.Getenv("ATALAYA_FORMER"); built != "" {
		return built
	}
	file := filepath.Join(t.TempDir(), "atalaya-former")
	build := exec.CommandContext(t.Context(), filepath.Join(root, "scripts/build-before.sh"), formerCommit, file)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build commit %s: %v\n%s", formerCommit, err, out)
	}
	return file
}

package app_test

import (
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya/internal/chartsite"
	"atalaya/internal/test/program"
	"atalaya/internal/test/testkit"
)

const (
	soakUsers   = 3  // each with a session: captures of one wait for each other
	soakWaiting = 12 // alerts under way at most, so that none gets too old
	soakCrash   = 20 // every so many alerts one is of a page that kills the browser
)

// TestManyCapturesAtOnceAreRightAndLeaveNothingBehind sends 40 alerts, or SOAK of them, captured two at a
// time, every twentieth of a page that kills the browser. It is not parallel: it counts processes
// and goroutines.
func TestManyCapturesAtOnceAreRightAndLeaveNothingBehind(t *testing.T) {
	alerts := 2 * soakCrash
	if text := os.Getenv("SOAK"); text != "" {
		var err error
		if alerts, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	site, err := chartsite.New(chartsite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site.Handler())
	t.Cleanup(func() { site.Close(); server.Close() })
	pool := testkit.Database(t)
	profiles := program.Folder(t)
	t.Setenv("TMPDIR", profiles) // other tests' browsers are not counted
	s := run(t, testkit.Settings(t, pool, map[string]string{
		"TRADINGVIEW_URL": server.URL, "WORKER_CONCURRENCY": "2", "CAPTURE_DAILY_CAP": "0", "PLAN_FREE_QUOTA": "-1", "DEFAULT_QUOTA": "-1",
		"RATE_LIMIT_PER_MINUTE": "1000000", "RATE_LIMIT_PER_HOUR": "1000000", "DAILY_LIMIT_FREE": "1000000", "LOG_LEVEL": "warn",
	}))
	var hooks []string
	for i := range soakUsers {
		s.signUp(t, pool, chartsite.NewSession(fmt.Sprint("soak", i)))
		hooks = append(hooks, s.hook)
	}
	k := &soak{t: t, service: s, site: site, pool: pool}
	const warm = soakWaiting + 4 // alerts before what is held is measured for the first time
	for sent := range alerts {
		chart := fmt.Sprint("AbC", sent) // its own: alerts of one chart that come together share a picture
		if sent%soakCrash == soakCrash-1 {
			chart = "crash"
		}
		var r receipt
		s.get(t, http.MethodPost, hooks[sent%soakUsers], map[string]any{
			"ticker": []string{"BINANCE:BTCUSDT", "NASDAQ:AAPL", "FX:EURUSD"}[sent%3], "interval": []string{"15", "60"}[sent%2], "price": sent, "chart_id": chart,
		}, &r)
		s.await(t, "the captures keep up", func() bool { return k.waiting() < soakWaiting })
		k.judge()
		if sent+1 == warm || (sent+1)%max(alerts/10, warm) == 0 {
			k.measure(sent + 1)
		}
	}
	s.await(t, "every capture ends", func() bool { return k.waiting() == 0 })
	k.judge()
	k.measure(alerts)
	if k.right != alerts-alerts/soakCrash || k.crashed != alerts/soakCrash {
		t.Errorf("%d right pictures and %d crashes of %d alerts", k.right, k.crashed, alerts)
	}
	first, last := k.measured[0], k.measured[len(k.measured)-1]
	if last.goroutines > first.goroutines+20 || last.heap > first.heap+48<<20 || last.processes > first.processes+8 || last.browser > first.browser+256<<20 || last.profiles != 1 {
		t.Errorf("left behind: %+v, after the first of them %+v", last, first)
	}
}

// soak checks what becomes of many alerts.
type soak struct {
	t       *testing.T
	service *service
	site    *chartsite.Site
	pool    *pgxpool.Pool

	right, crashed int
	measured       []footprint
}

// footprint is what the captures hold at a moment.
type footprint struct {
	goroutines, processes, profiles int
	heap, browser                   uint64 // bytes; browser is the resident memory of all its processes
}

func (k *soak) waiting() (n int) {
	k.t.Helper()
	if err := k.pool.QueryRow(k.t.Context(), "select count(*) from public.trading_signals where screenshot_status in ('pending', 'processing')").Scan(&n); err != nil {
		k.t.Fatal(err)
	}
	return n
}

// judge checks the captures that have ended since the last call, and deletes their signals. It cannot wait until the
// end: the site remembers its drawings only for a while.
func (k *soak) judge() {
	k.t.Helper()
	type ended struct{ ID, Symbol, Interval, Chart, Status, Error, Path string }
	list, err := k.pool.Query(k.t.Context(), `select id::text, ticker, "interval", chart_id, screenshot_status, coalesce(screenshot_error, ''), coalesce(screenshot_path, '')
		from public.trading_signals where screenshot_status in ('completed', 'failed', 'skipped')`)
	if err != nil {
		k.t.Fatal(err)
	}
	all, err := pgx.CollectRows(list, pgx.RowToStructByPos[ended])
	if err != nil {
		k.t.Fatal(err)
	}
	var seen []string
	for _, e := range all {
		seen = append(seen, e.ID)
		switch {
		case e.Chart == "crash" && e.Error == "browser_crashed":
			k.crashed++
		case e.Chart != "crash" && e.Status == "completed":
			if problem := k.shows(e.Path, e.Symbol, e.Interval); problem != "" {
				k.t.Errorf("%+v: %s", e, problem)
				continue
			}
			k.right++
		default:
			k.t.Errorf("ended as %+v", e)
		}
	}
	// Only now: upkeep removes the pictures of signals that are gone.
	if _, err := k.pool.Exec(k.t.Context(), "delete from public.trading_signals where id::text = any($1)", seen); err != nil {
		k.t.Fatal(err)
	}
}

// shows reports what is wrong with a stored picture.
func (k *soak) shows(path, symbol, interval string) string {
	file, err := os.Open(filepath.Join(k.service.cfg.PicturesDir, path))
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		return err.Error()
	}
	draw, err := k.site.Shown(picture)
	if err != nil {
		return err.Error()
	}
	if draw.Symbol != symbol || draw.Interval != interval || draw.Flaw != "" || !draw.SignedIn {
		return fmt.Sprintf("it shows %+v", draw)
	}
	return ""
}

// measure records and logs the footprint.
func (k *soak) measure(alerts int) {
	k.t.Helper()
	k.service.log.Reset() // else what was logged counts as heap
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	f := footprint{goroutines: runtime.NumGoroutine(), heap: memory.HeapAlloc}
	f.processes, f.browser = browsers(k.t, os.TempDir())
	profiles, err := filepath.Glob(filepath.Join(os.TempDir(), "atalaya-browser-*"))
	if err != nil {
		k.t.Fatal(err)
	}
	f.profiles = len(profiles)
	k.measured = append(k.measured, f)
	fmt.Fprintf(os.Stderr, "%5d alerts: %d goroutines, %d MB of heap, %d browser processes with %d MB, %d profiles\n", alerts, f.goroutines, f.heap>>20, f.processes, f.browser>>20, f.profiles)
}

// browsers counts the processes of browsers with a profile below a folder, and their resident memory.
func browsers(t *testing.T, folder string) (n int, resident uint64) {
	t.Helper()
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	parents, pages, counted := map[string]string{}, map[string]uint64{}, map[string]bool{}
	for _, process := range folders { // a file of a process that is gone holds nothing
		pid := filepath.Base(process)
		line, _ := os.ReadFile(filepath.Join(process, "cmdline"))
		counted[pid] = strings.Contains(string(line), "--user-data-dir="+folder)
		stat, _ := os.ReadFile(filepath.Join(process, "stat"))
		_, afterName, _ := strings.Cut(string(stat), ") ")
		if fields := strings.Fields(afterName); len(fields) > 21 {
			parents[pid] = fields[1]
			pages[pid], _ = strconv.ParseUint(fields[21], 10, 64)
		}
	}
	for pid := range parents {
		for up := pid; up != ""; up = parents[up] {
			if counted[up] {
				n++
				resident += pages[pid] * uint64(os.Getpagesize())
				break
			}
		}
	}
	return n, resident
}

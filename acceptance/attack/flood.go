package attack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"atalaya/internal/test/wait"
)

// flood is something that many do at once for as long as ctx lasts.
type flood struct {
	name    string
	workers int
	before  func(ctx context.Context, w *world) error       // prepares it; nil for nothing
	work    func(ctx context.Context, w *world, worker int) // one turn of one worker
	after   func(w *world) error                            // what must hold once it is over; nil for nothing
}

// alertsUnderFlood are sent by the bystander, one after the other.
const alertsUnderFlood = 12

// floods are what strangers or users do as often as they can. Meanwhile other users' alerts must be answered 200
// within alertBound, and their captures must complete within captureFactor times their quiet time.
func floods() []attempt {
	all := append(sockets(), requests()...)
	list := make([]attempt, len(all))
	for i, f := range all {
		list[i] = attempt{"flood: " + f.name, func(ctx context.Context, w *world) error { return f.run(ctx, w) }}
	}
	return list
}

// sockets are floods of connections.
func sockets() []flood {
	return []flood{
		{name: "sockets that pipeline and never read", workers: 60, work: func(ctx context.Context, w *world, _ int) {
			hold(ctx, w, "127.0.0.60", strings.Repeat("GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n", 2000))
		}},
		{name: "silent connections of one address", workers: 80, work: func(ctx context.Context, w *world, _ int) { hold(ctx, w, "127.0.0.61", "") }},
		{name: "silent connections of many addresses", workers: 80, work: func(ctx context.Context, w *world, n int) {
			hold(ctx, w, fmt.Sprintf("127.0.1.%d", 1+n), "")
		}},
		{name: "headers that never end", workers: 60, work: func(ctx context.Context, w *world, n int) {
			hold(ctx, w, fmt.Sprintf("127.0.2.%d", 1+n%30), "GET /health HTTP/1.1\r\nHost: x\r\nX-")
		}},
		{name: "bodies that never arrive", workers: 60, work: func(ctx context.Context, w *world, n int) {
			hold(ctx, w, fmt.Sprintf("127.0.3.%d", 1+n%4), "POST /api/config HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
		}},
	}
}

// requests are floods of requests.
func requests() []flood {
	var guesses struct{ looked, refused atomic.Int64 }
	return []flood{
		{name: "costly bodies to made-up tokens", workers: 30, work: func(ctx context.Context, w *world, _ int) {
			_, _ = ask(ctx, w.main, request{method: http.MethodPost, path: "/webhook/" + newSecret(), body: `{"price":"` + strings.Repeat("(", 60_000), from: "127.0.0.62"})
		}},
		{name: "costly bodies to the attacker's own token", workers: 20, work: func(ctx context.Context, w *world, _ int) {
			_, _ = ask(ctx, w.main, request{method: http.MethodPost, path: w.attacker.hook, body: `{"id":"` + newSecret() + `","price":"` + strings.Repeat("(", 60_000), from: "127.0.0.63"})
		}},
		{name: "24 searches of one user", workers: 24, work: func(ctx context.Context, w *world, n int) {
			_, _ = ask(ctx, w.main, request{path: "/api/signals?q=" + url.QueryEscape(fmt.Sprintf("zzz%d", n)), token: w.attacker.token, from: "127.0.0.64"})
		}},
		{name: "cookies stored again and again", workers: 2, work: func(ctx context.Context, w *world, _ int) {
			body := fmt.Sprintf(`{"tv_sessionid_plain":%q,"tv_sessionid_sign_plain":"v3:%s="}`, newSecret()[:32], newSecret()[:43])
			_, _ = ask(ctx, w.main, request{method: http.MethodPut, path: "/api/config", token: w.attacker.token, body: body, from: "127.0.0.65"})
		}},
		{name: "charts that hang", workers: 1, work: func(ctx context.Context, w *world, n int) {
			_, _ = ask(ctx, w.main, request{method: http.MethodPost, path: w.attacker.hook, body: strings.Replace(w.body(), "{", `{"chart_id":"hang0001",`, 1), from: "127.0.0.67"})
			_ = sleep(ctx, 400*time.Millisecond)
		}},
		{name: "made-up tokens are looked up", workers: 150, work: func(ctx context.Context, w *world, _ int) {
			a, err := ask(ctx, w.main, request{path: "/webhook/" + newSecret(), from: "127.0.0.68"})
			switch {
			case err != nil:
			case a.status == http.StatusUnauthorized:
				guesses.looked.Add(1)
			default:
				guesses.refused.Add(1)
			}
		}, after: func(*world) error {
			// 100 at once and 5 a second are allowed; a busy machine makes the flood last longer.
			if looked, refused := guesses.looked.Load(), guesses.refused.Load(); looked > 1000 || refused == 0 {
				return fmt.Errorf("%d tokens were looked up, %d look-ups were refused", looked, refused)
			}
			return nil
		}},
		{name: "event streams of one user", workers: 40, work: func(ctx context.Context, w *world, _ int) {
			hold(ctx, w, "127.0.0.69", "GET /api/signals/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+w.attacker.token+"\r\n\r\n")
		}},
		{name: "the health page is asked without end", workers: 20, work: func(ctx context.Context, w *world, _ int) {
			_, _ = ask(ctx, w.main, request{path: "/health", from: "127.0.0.70"})
		}},
		statisticsOfTwo(),
		{name: "access tokens are guessed", workers: 20, work: func(ctx context.Context, w *world, n int) {
			_, _ = ask(ctx, w.main, request{path: "/api/signals", token: forge(map[string]any{"alg": "HS256"}, claimsOf(w.victim.id, issuer), newSecret()), from: "127.0.0.71"})
		}},
	}
}

// turn is the pause of a worker.
const turn = 50 * time.Millisecond

const (
	// alertBound is how soon another user's alert is answered under a flood, and captureFactor how many times
	// its quiet time another user's capture may take.
	alertBound    = time.Second
	captureFactor = 3
	// tries is how often a flood is tried if it misses these times. Other work on the machine makes single runs
	// slow; a program that can be starved is slow each time. Wrong answers and missing captures fail at once.
	tries = 3
)

// errSlow is wrapped by the error of a run whose answers were right, but too late.
var errSlow = errors.New("too slow")

// run floods until the times hold, a few times at most.
func (f flood) run(ctx context.Context, w *world) (err error) {
	if f.before != nil {
		if err := f.before(ctx, w); err != nil {
			return err
		}
	}
	for range tries {
		if err = w.settle(ctx); err != nil {
			return err
		}
		var quiet float64
		if quiet, err = w.quietCapture(ctx, 1); err != nil {
			return err
		}
		err = f.once(ctx, w, max(quiet, w.result.QuietCapture))
		if !errors.Is(err, errSlow) {
			break
		}
		w.say("%v; once more", err)
	}
	if err == nil && f.after != nil {
		err = f.after(w)
	}
	return err
}

// once floods the program while other users send alerts and wait for a capture.
func (f flood) once(ctx context.Context, w *world, quiet float64) error {
	flooding, stop := context.WithCancel(ctx)
	var workers sync.WaitGroup
	for n := range f.workers {
		workers.Go(func() {
			for flooding.Err() == nil {
				f.work(flooding, w, n)
				_ = sleep(flooding, turn) // the flood tries the program, not this machine's CPU
			}
		})
	}
	err := w.live(ctx, f.name, quiet)
	stop()
	workers.Wait()
	return err
}

// live does what other users do under a flood. It fails unless every alert is answered 200 and a capture completes,
// both in time.
func (w *world) live(ctx context.Context, name string, quiet float64) error {
	if err := sleep(ctx, 500*time.Millisecond); err != nil { // the flood has begun
		return err
	}
	start := time.Now()
	captured, err := w.signal(ctx, w.victim)
	if err != nil {
		return fmt.Errorf("the victim's alert: %w", err)
	}
	var took float64
	completed := make(chan error, 1)
	go func() {
		err := w.captured(ctx, captured)
		took = time.Since(start).Seconds()
		completed <- err
	}()
	var slowest time.Duration
	for i := range alertsUnderFlood {
		start := time.Now()
		if _, err := w.signal(ctx, w.bystander); err != nil {
			return fmt.Errorf("alert %d: %w", i, err)
		}
		slowest = max(slowest, time.Since(start))
	}
	if err := <-completed; err != nil {
		return err
	}
	w.result.WorstCapture = max(w.result.WorstCapture, took)
	w.say("flood %-45s slowest alert %4d ms, capture %5.1f s (quiet %.1f s)", name, slowest.Milliseconds(), took, quiet)
	a, err := ask(ctx, w.main, request{path: "/readyz", from: "127.0.0.6"})
	if err != nil {
		return err
	}
	if err := a.is(http.StatusOK); err != nil {
		return err
	}
	slack := w.opt.Slack
	if slowest > alertBound*time.Duration(slack) || took > quiet*captureFactor*float64(slack) {
		return fmt.Errorf("%w: an alert took %s, the capture %.1f s, %.1f s if it is quiet", errSlow, slowest.Round(time.Millisecond), took, quiet)
	}
	return nil
}

// settle waits until what an earlier attack queued is gone, so that each flood is tried alone.
func (w *world) settle(ctx context.Context) error {
	return wait.Until(ctx, capturePatience, "earlier captures end", func() (bool, error) {
		if _, err := w.pool.Exec(ctx, "delete from trading_signals where screenshot_status = 'pending'"); err != nil {
			return false, err
		}
		var busy bool
		err := w.pool.QueryRow(ctx, "select exists (select from trading_signals where screenshot_status = 'processing')").Scan(&busy)
		return !busy, err
	})
}

// hold opens a connection, sends a text and keeps it open without reading, until it is cut off.
func hold(ctx context.Context, w *world, from, text string) {
	conn, err := dial(ctx, w.main, from)
	if err != nil {
		_ = sleep(ctx, 100*time.Millisecond)
		return
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4 << 10)
	}
	_, _ = io.WriteString(conn, text)
	// A connection that is cut off is seen by writing: reading would make room for answers.
	for sleep(ctx, 200*time.Millisecond) == nil {
		if _, err := conn.Write([]byte("x")); err != nil {
			return
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// logs are searched for secrets at the end.
func logs() []attempt {
	look := func(name string, secrets func(w *world) []string) attempt {
		return attempt{"no log holds " + name, func(_ context.Context, w *world) error {
			for _, p := range []*program{w.main, w.second} {
				text := p.Output()
				for _, secret := range secrets(w) {
					if i := strings.Index(text, secret); i >= 0 {
						return fmt.Errorf("%w: …%.200s", errLeak, text[max(0, i-100):])
					}
				}
			}
			return nil
		}}
	}
	return []attempt{
		look("a token of a mistyped path", func(*world) []string { return []string{canary} }),
		look("a webhook's token", func(w *world) []string {
			return []string{strings.TrimPrefix(w.victim.hook, "/webhook/"), strings.TrimPrefix(w.attacker.hook, "/webhook/")}
		}),
		look("an access token", func(w *world) []string { return []string{w.victim.token, w.attacker.token} }),
		look("a key", func(w *world) []string {
			return []string{w.secret, strings.TrimPrefix(w.settings[0], "ENCRYPTION_KEY="), "service-key"}
		}),
	}
}

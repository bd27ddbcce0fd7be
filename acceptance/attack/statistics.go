package attack

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// manySignals are enough for statistics of a second or so.
const manySignals = 60_000

// readBound bounds the time in which a user reads a few signals while others have statistics computed.
const readBound = 2 * time.Second

// statisticsOfTwo has two users with many signals ask for statistics that were never computed, as often as they
// can. Meanwhile the bystander reads.
func statisticsOfTwo() flood {
	var (
		hostile [2]user
		mu      sync.Mutex
		reads   []time.Duration
		refused error
	)
	read := func(ctx context.Context, w *world) {
		// A request that is kept waiting counts, even if the flood ends meanwhile.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*readBound)
		defer cancel()
		start := time.Now()
		a, err := ask(ctx, w.main, request{path: "/api/signals?limit=5", token: w.bystander.token, from: "127.0.0.73"})
		if err == nil {
			err = a.is(http.StatusOK)
		}
		mu.Lock()
		defer mu.Unlock()
		reads = append(reads, time.Since(start))
		if err != nil {
			refused = fmt.Errorf("the bystander's list: %w", err)
		}
	}
	return flood{name: "statistics of two users with many signals", workers: 25, before: func(ctx context.Context, w *world) error {
		for i := range hostile {
			if err := w.addUser(ctx, fmt.Sprintf("hostile%d", i), &hostile[i]); err != nil {
				return err
			}
			_, err := w.pool.Exec(ctx, `insert into trading_signals (user_id, result, profit_loss, screenshot_status, raw_message, "timestamp")
				select $1, 'win', n, 'skipped', repeat(md5(n::text), 10), now() - n * interval '1 minute' from generate_series(1, $2::int) n`, hostile[i].id, manySignals)
			if err != nil {
				return err
			}
		}
		return nil
	}, work: func(ctx context.Context, w *world, n int) {
		if n == 0 {
			read(ctx, w)
			return
		}
		query := url.Values{"group_by": {"session"}, "q": {newSecret()[:8]}}
		_, _ = ask(ctx, w.main, request{path: "/api/stats?" + query.Encode(), token: hostile[n%2].token, from: fmt.Sprintf("127.0.4.%d", 1+n)})
	}, after: func(w *world) error {
		if refused != nil {
			return refused
		}
		if len(reads) == 0 || slices.Max(reads) > readBound*time.Duration(w.opt.Slack) {
			return fmt.Errorf("the bystander's lists took %v", reads)
		}
		return nil
	}}
}

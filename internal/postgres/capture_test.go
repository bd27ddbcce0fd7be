package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
)

// waiting creates a user with cookies and a signal that waits for its screenshot.
func waiting(t *testing.T, pool *pgxpool.Pool, store *postgres.Store) (atalaya.UserID, atalaya.SignalID) {
	t.Helper()
	user := testkit.User(t, pool)
	exec(t, pool, `update trading_signals_config set tv_sessionid = 'sealed-id', tv_sessionid_sign = 'sealed-sign', cookies_valid = true where user_id = $1`, user)
	return user, arrive(t, pool, store, user)
}

// arrive stores an alert of a user and returns its signal.
func arrive(t *testing.T, pool *pgxpool.Pool, store *postgres.Store, user atalaya.UserID) atalaya.SignalID {
	t.Helper()
	id, err := take(t, store, testkit.Token(t, pool, user), atalaya.NewSignal{
		Alert: atalaya.Alert{ChartID: "Zk4Tq9Lm", Timestamp: time.Now()}, ScreenshotStatus: atalaya.ScreenshotPending})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func exec(t *testing.T, pool *pgxpool.Pool, query string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// value returns the one text that a query selects, "null" for null.
func value(t *testing.T, pool *pgxpool.Pool, query string, args ...any) string {
	t.Helper()
	var text *string
	if err := pool.QueryRow(t.Context(), query, args...).Scan(&text); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if text == nil {
		return "null"
	}
	return *text
}

func begin(t *testing.T, store *postgres.Store, id atalaya.SignalID, path string) (atalaya.CaptureTask, bool) {
	t.Helper()
	task, ok, err := store.BeginCapture(t.Context(), id, func(atalaya.CaptureTask) string { return path })
	if err != nil {
		t.Fatal(err)
	}
	return task, ok
}

func TestACaptureIsRecordedOnceAndUnderItsFirstPath(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, id := waiting(t, pool, store)
	task, ok := begin(t, store, id, "first.png")
	if !ok || task.UserID != user || task.ChartID != "Zk4Tq9Lm" || task.SealedSessionID != "sealed-id" || task.SealedSessionSign != "sealed-sign" || !task.CookiesValid || task.Resolution != atalaya.Res1080p {
		t.Fatalf("task %+v, %v", task, ok)
	}
	if again, _ := begin(t, store, id, "second.png"); again.Path != "first.png" || again.Status != atalaya.ScreenshotProcessing {
		t.Errorf("the second attempt goes to %q from %s, want the path of the first", again.Path, again.Status)
	}
	picture := atalaya.Picture{Width: 1920, Height: 1080, Kind: atalaya.KindUserChart, Source: atalaya.SourceViewport, Symbol: "BINANCE:BTCUSDT", Interval: "60",
		Warnings: []atalaya.PictureWarning{atalaya.WarningScrolledBack, atalaya.WarningDelayedData}, TakenAt: time.Now()}
	if ok, err := store.CompleteCapture(t.Context(), task, picture, "https://x/first.png"); !ok || err != nil {
		t.Fatalf("complete: %v, %v", ok, err)
	}
	// The alert named no symbol: what the picture shows is recorded beside what the alert said.
	if got := value(t, pool, "select concat_ws(' ', screenshot_status, screenshot_url, screenshot_width, screenshot_symbol, screenshot_interval, screenshot_warnings, coalesce(exchange, symbol, ticker, interval, 'none')) from trading_signals where id = $1", id); got != "completed https://x/first.png 1920 BINANCE:BTCUSDT 60 {scrolled_back,delayed_data} none" {
		t.Errorf("row %q", got)
	}
	if _, ok := begin(t, store, id, "third.png"); ok {
		t.Error("a completed capture begins again")
	}
	if ok, err := store.CompleteCapture(t.Context(), task, picture, "https://x/other.png"); !ok || err != nil {
		t.Errorf("a second attempt's completion: %v, %v; want the picture at this path to stay", ok, err)
	}
	if got := value(t, pool, shot, id); got != "completed https://x/first.png" {
		t.Errorf("row %q after a second completion, want the first", got)
	}
	task.Path = "other.png"
	if ok, err := store.CompleteCapture(t.Context(), task, picture, "https://x/other.png"); ok || err != nil {
		t.Errorf("a picture elsewhere: %v, %v; want it refused", ok, err)
	}
}

func TestAPauseWithoutACodeKeepsThatOfTheLastFailure(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, id := waiting(t, pool, store)
	for _, tc := range []struct {
		code atalaya.CaptureCode
		want string
	}{{"", "pending"}, {atalaya.CaptureNotPainted, "pending not_painted"}, {"", "pending not_painted"}, {atalaya.CaptureSiteError, "pending site_error"}} {
		task, _ := begin(t, store, id, "a.png")
		if err := store.PauseCapture(t.Context(), task, tc.code); err != nil {
			t.Fatal(err)
		}
		if got := value(t, pool, shot, id); got != tc.want {
			t.Errorf("paused with %q: %q, want %q", tc.code, got, tc.want)
		}
	}
	if claim := claimed(t, store, user); claim.SignalID != "" {
		t.Errorf("claimed %+v, which failed before", claim)
	}
}

func TestADeletedSignalTakesNoPicture(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	_, id := waiting(t, pool, store)
	task, _ := begin(t, store, id, "gone.png")
	exec(t, pool, "delete from trading_signals where id = $1", id)
	if ok, err := store.CompleteCapture(t.Context(), task, atalaya.Picture{Kind: atalaya.KindUserChart, Source: atalaya.SourceViewport}, "u"); ok || err != nil {
		t.Errorf("complete: %v, %v", ok, err)
	}
	if _, ok := begin(t, store, id, "x.png"); ok {
		t.Error("a deleted signal begins a capture")
	}
	paths, err := store.ClaimRemovals(t.Context())
	if err != nil || len(paths) != 1 || paths[0] != "gone.png" {
		t.Fatalf("removals %v, %v; want the picture's path", paths, err)
	}
	if again, _ := store.ClaimRemovals(t.Context()); len(again) != 0 {
		t.Errorf("a claimed removal is given out again at once: %v", again)
	}
	if err := store.ForgetRemovals(t.Context(), paths); err != nil {
		t.Fatal(err)
	}
	if n := value(t, pool, "select count(*)::text from screenshot_removals"); n != "0" {
		t.Errorf("%s removals are left", n)
	}
}

func TestAnExpiredSessionFailsWaitingCapturesAndIsReportedOnce(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, id := waiting(t, pool, store)
	other := arrive(t, pool, store, user)
	strangersUser, strangers := waiting(t, pool, store)
	task, _ := begin(t, store, id, "a.png")
	for i, want := range []bool{true, false} {
		if first, newer, err := store.ExpireSession(t.Context(), task); first != want || newer || err != nil {
			t.Errorf("call %d: first = %v, newer = %v, %v; want %v", i, first, newer, err, want)
		}
	}
	if err := store.FailCapture(t.Context(), task, atalaya.CaptureSessionExpired); err != nil {
		t.Fatal(err)
	}
	for signal, want := range map[atalaya.SignalID]string{id: "failed session_expired", other: "failed session_expired", strangers: "pending"} {
		if got := value(t, pool, "select concat_ws(' ', screenshot_status, screenshot_error) from trading_signals where id = $1", signal); got != want {
			t.Errorf("signal is %q, want %q", got, want)
		}
	}
	if got := value(t, pool, "select cookies_valid::text from trading_signals_config where user_id = $1", strangersUser); got != "true" {
		t.Error("another user's session expired with it")
	}
}

func TestNewCookiesAreNotExpiredByTheOldOnes(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, id := waiting(t, pool, store)
	task, _ := begin(t, store, id, "a.png")
	exec(t, pool, "update trading_signals_config set tv_sessionid = 'newer' where user_id = $1", user)
	if first, newer, err := store.ExpireSession(t.Context(), task); first || !newer || err != nil {
		t.Errorf("first = %v, newer = %v, %v; want the newer cookies left alone and reported", first, newer, err)
	}
	if got := value(t, pool, "select cookies_valid::text from trading_signals_config where user_id = $1", user); got != "true" {
		t.Error("the newer cookies became invalid")
	}
	for what, change := range map[string]string{"refused too": "cookies_valid = false", "removed": "tv_sessionid = null, tv_sessionid_sign = null"} {
		exec(t, pool, "update trading_signals_config set cookies_valid = true, tv_sessionid = 'newer', tv_sessionid_sign = 'newer' where user_id = $1", user)
		exec(t, pool, "update trading_signals_config set "+change+" where user_id = $1", user)
		if first, newer, err := store.ExpireSession(t.Context(), task); first || newer || err != nil {
			t.Errorf("%s: first = %v, newer = %v, %v; want neither", what, first, newer, err)
		}
	}
}

func TestStrandedCapturesEndAsTooLate(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	_, stranded := waiting(t, pool, store)
	_, fresh := waiting(t, pool, store)
	exec(t, pool, "update trading_signals set created_at = now() - interval '1 hour' where id = $1", stranded)
	if n, err := store.FailStrandedCaptures(t.Context(), time.Now().Add(-30*time.Minute)); n != 1 || err != nil {
		t.Fatalf("%d captures were ended, want 1: %v", n, err)
	}
	for signal, want := range map[atalaya.SignalID]string{stranded: "failed too_late", fresh: "pending"} {
		if got := value(t, pool, "select concat_ws(' ', screenshot_status, screenshot_error) from trading_signals where id = $1", signal); got != want {
			t.Errorf("signal is %q, want %q", got, want)
		}
	}
}

// The dispatcher has to look again at a message that waits for the picture.
func TestEachEndOfACaptureWakesTheDispatcher(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	woken := 0
	store.OnNotify(func() { woken++ })
	for name, end := range map[string]func(atalaya.CaptureTask) error{
		"a picture": func(task atalaya.CaptureTask) error {
			_, err := store.CompleteCapture(t.Context(), task, atalaya.Picture{Kind: atalaya.KindUserChart, Source: atalaya.SourceViewport}, "")
			return err
		},
		"a failure": func(task atalaya.CaptureTask) error {
			return store.FailCapture(t.Context(), task, atalaya.CaptureNotPainted)
		},
		"a skip": func(task atalaya.CaptureTask) error {
			return store.SkipCapture(t.Context(), task, atalaya.SkipNoCookies)
		},
		"a job that was lost": func(task atalaya.CaptureTask) error {
			exec(t, pool, "update trading_signals set created_at = now() - interval '1 hour' where id = $1", task.SignalID)
			_, err := store.FailStrandedCaptures(t.Context(), time.Now().Add(-30*time.Minute))
			return err
		},
	} {
		_, id := waiting(t, pool, store)
		task, ok := begin(t, store, id, "a.png")
		if !ok {
			t.Fatalf("%s: the capture does not begin", name)
		}
		before := woken
		if err := end(task); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if woken == before {
			t.Errorf("%s does not wake the dispatcher", name)
		}
	}
}

// startQueue works on jobs until the test ends.
func startQueue(t *testing.T, pool *pgxpool.Pool, work postgres.CaptureWork) *postgres.Queue {
	t.Helper()
	queue, err := postgres.NewQueue(pool, work, nil, slog.New(slog.DiscardHandler), postgres.QueueOptions{Concurrency: 2, JobTimeout: time.Minute, RescueAfter: 2 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if err := queue.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := queue.Stop(context.Background()); err != nil {
			t.Errorf("stop the queue: %v", err)
		}
	})
	return queue
}

func TestAVerdictBecomesTheJobsState(t *testing.T) {
	t.Parallel()
	cause := errors.New("made for this test")
	for name, tc := range map[string]struct {
		verdict atalaya.JobVerdict
		want    string // state, counted attempts, kept errors, and seconds to wait
	}{
		"done":   {atalaya.JobVerdict{Action: atalaya.JobDone}, "completed 1 0 0"},
		"stop":   {atalaya.JobVerdict{Action: atalaya.JobStop, Err: cause}, "cancelled 1 1 0"},
		"retry":  {atalaya.JobVerdict{Action: atalaya.JobRetry, Err: cause}, "retryable 1 1 5"},
		"snooze": {atalaya.JobVerdict{Action: atalaya.JobSnooze, After: time.Minute}, "scheduled 0 0 60"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := testkit.Database(t)
			store := testkit.Store(t, pool)
			_, id := waiting(t, pool, store)
			var lock sync.Mutex
			var worked []atalaya.SignalID
			startQueue(t, pool, func(_ context.Context, id atalaya.SignalID, last bool) atalaya.JobVerdict {
				lock.Lock()
				defer lock.Unlock()
				worked = append(worked, id)
				if last {
					t.Error("the first attempt is said to be the last")
				}
				return tc.verdict
			})
			// River sets a job that is due within its scheduler's interval to available at once.
			const state = `select concat_ws(' ', case when state = 'available' and attempt > 0 then 'retryable' else state::text end, attempt, coalesce(array_length(errors, 1), 0),
				case when state in ('available', 'retryable', 'scheduled') then round(extract(epoch from scheduled_at - attempted_at)) else 0 end) from river.river_job`
			wait.For(t, "the job's state "+tc.want, func() bool { return value(t, pool, state) == tc.want })
			lock.Lock()
			defer lock.Unlock()
			if len(worked) != 1 || worked[0] != id {
				t.Errorf("worked on %v, want %v once", worked, id)
			}
		})
	}
}

func TestTheThirdAttemptIsTheLast(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	waiting(t, pool, store)
	attempts := make(chan bool, 10)
	startQueue(t, pool, func(_ context.Context, _ atalaya.SignalID, last bool) atalaya.JobVerdict {
		attempts <- last
		if last {
			return atalaya.JobVerdict{Action: atalaya.JobStop, Err: errors.New("made for this test")}
		}
		return atalaya.JobVerdict{Action: atalaya.JobRetry, Err: errors.New("made for this test")}
	})
	for i, want := range []bool{false, false, true} {
		select {
		case last := <-attempts:
			if last != want {
				t.Errorf("attempt %d: last = %v, want %v", i+1, last, want)
			}
		case <-time.After(time.Minute):
			t.Fatalf("attempt %d did not come within a minute", i+1)
		}
		// The back-off is not waited for: the clock of the job is set instead.
		wait.For(t, "the next state", func() bool { return value(t, pool, "select state::text from river.river_job") != "running" })
		exec(t, pool, "update river.river_job set scheduled_at = now(), state = 'available' where state in ('available', 'retryable')")
	}
	if got := value(t, pool, "select state::text from river.river_job"); got != "cancelled" {
		t.Errorf("after the last attempt the job is %s", got)
	}
}

func TestASignalAndItsJobExistTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user := testkit.User(t, pool)
	exec(t, pool, "alter table river.river_job rename to river_job_gone")
	_, err := take(t, store, testkit.Token(t, pool, user), atalaya.NewSignal{
		Alert: atalaya.Alert{ChartID: "Zk4Tq9Lm", Timestamp: time.Now()}, ScreenshotStatus: atalaya.ScreenshotPending})
	if err == nil {
		t.Fatal("an alert was taken in without a queue for its capture")
	}
	got := value(t, pool, `select concat_ws(' ', (select count(*) from trading_signals), (select count(*) from webhook_deliveries),
		(select sum(webhook_requests_count + signals_used_this_month) from trading_signals_config), (select sum(total_signals) from trading_signals_stats))`)
	if got != "0 0 0 0" {
		t.Errorf("signals, deliveries, counters, stats = %s; want nothing of it", got)
	}
}

func TestASignalThatTheColumnsCannotHoldIsInvalid(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user := testkit.User(t, pool)
	for name, alert := range map[string]atalaya.Alert{
		"a NUL in the text":    {Raw: "a\x00b"},
		"jsonb that is none":   {Parsed: []byte(`{"a":"\u0000"}`)},
		"an unknown direction": {Direction: "UP"},
	} {
		alert.Timestamp = time.Now()
		_, err := take(t, store, testkit.Token(t, pool, user), atalaya.NewSignal{Alert: alert, ScreenshotStatus: atalaya.ScreenshotSkipped})
		if code := atalaya.CodeOf(err); code != atalaya.CodeInvalid {
			t.Errorf("%s: code %q (%v), want %q", name, code, err, atalaya.CodeInvalid)
		}
	}
}

func TestJobsAreCountedByState(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	for range 7 {
		waiting(t, pool, store)
	}
	states := []string{"available", "running", "completed", "cancelled", "discarded", "retryable", "scheduled"}
	for i, state := range states {
		exec(t, pool, fmt.Sprintf(`update river.river_job set state = '%s', finalized_at = case when '%[1]s' in ('completed', 'cancelled', 'discarded') then now() end
			where id = (select id from river.river_job order by id offset %d limit 1)`, state, i))
	}
	counts, err := store.CountJobs(t.Context())
	if want := [...]int64{1, 1, 1, 2, 2}; err != nil || [...]int64{counts.Waiting, counts.Active, counts.Completed, counts.Failed, counts.Delayed} != want || counts.Total() != 7 {
		t.Errorf("counts %+v, %v; want %v", counts, err, want)
	}
}

func TestCapturesWithoutAWorkerAreNoticed(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	waiting(t, pool, store)
	waiting(t, pool, store)
	noWorker := func() bool {
		t.Helper()
		counts, err := store.CountJobs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return counts.NoWorker()
	}
	if noWorker() {
		t.Error("captures that have just arrived count as without a worker")
	}
	exec(t, pool, "update river.river_job set scheduled_at = now() - interval '2 minutes'")
	if !noWorker() {
		t.Error("captures that have waited for two minutes are not noticed")
	}
	exec(t, pool, "update river.river_job set state = 'completed', finalized_at = now(), attempted_at = now() where id = (select min(id) from river.river_job)")
	if noWorker() {
		t.Error("a capture that waits while others are taken counts as without a worker")
	}
}

func TestAnAccountIsLeasedToOneCaptureAtATime(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	account, other := []byte("account"), []byte("another account")
	one, two := atalaya.SignalID("11111111-1111-4111-8111-111111111111"), atalaya.SignalID("22222222-2222-4222-8222-222222222222")
	lease := func(account []byte, id atalaya.SignalID, most time.Duration) bool {
		t.Helper()
		lease, err := store.LeaseAccount(t.Context(), account, id, most, 0)
		ok := lease.State == atalaya.AccountTaken
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if !lease(account, one, time.Minute) || lease(account, two, time.Minute) || !lease(other, two, time.Minute) {
		t.Error("want the account held by the first, and another account free")
	}
	if !lease(account, one, time.Minute) {
		t.Error("the holder's next attempt is kept out by its own lease")
	}
	if err := store.ReleaseAccount(t.Context(), account, two); err != nil || lease(account, two, time.Minute) {
		t.Errorf("a capture that does not hold the lease released it, %v", err)
	}
	if err := store.ReleaseAccount(t.Context(), account, one); err != nil || !lease(account, two, -time.Second) {
		t.Errorf("the released account is not free, %v", err)
	}
	if !lease(account, one, time.Minute) {
		t.Error("a lease whose time is over still holds")
	}
}

func TestOnlyOneOfManyCapturesGetsTheAccount(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	var lock sync.Mutex
	var wait sync.WaitGroup
	got := 0
	for i := range 16 {
		wait.Go(func() {
			lease, err := store.LeaseAccount(context.Background(), []byte("account"), atalaya.SignalID(fmt.Sprintf("11111111-1111-4111-8111-1111111111%02d", i)), time.Minute, 0)
			lock.Lock()
			defer lock.Unlock()
			if err != nil {
				t.Error(err)
			} else if lease.State == atalaya.AccountTaken {
				got++
			}
		})
	}
	wait.Wait()
	if got != 1 {
		t.Errorf("%d captures hold the account", got)
	}
}

package upkeep_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
	"atalaya/internal/upkeep"
)

// rounds runs n rounds at once, as n replicas would.
func rounds(t *testing.T, u *upkeep.Upkeep, n int) {
	t.Helper()
	group, ctx := errgroup.WithContext(t.Context())
	for range n {
		group.Go(func() error { return u.Round(ctx) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestAMonthBeginsOnceWhateverTheNumberOfReplicas(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user, other := testkit.User(t, f.pool), testkit.User(t, f.pool)
	f.exec(t, "update public.trading_signals_config set signals_used_this_month = 900, quota_month = date '2020-02-01' where user_id = $1", user)
	f.exec(t, "update public.trading_signals_config set signals_used_this_month = 7 where user_id = $1", other)
	used := "select signals_used_this_month::text from public.trading_signals_config where user_id = $1"

	rounds(t, f.upkeep, 8)
	if got := f.text(t, used, user); got != "0" {
		t.Errorf("the new month begins with %s used, want 0", got)
	}
	// What is used after the reset must survive every later round of the same month.
	f.exec(t, "update public.trading_signals_config set signals_used_this_month = 3 where user_id = $1", user)
	rounds(t, f.upkeep, 8)
	if got := f.text(t, used, user); got != "3" {
		t.Errorf("a second reset in the same month: %s used, want 3", got)
	}
	if got := f.text(t, used, other); got != "7" {
		t.Errorf("a user whose month has begun has %s used, want 7", got)
	}
}

func TestDeliveriesOlderThanTheRetentionAreDeleted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user := testkit.User(t, f.pool)
	insert := `insert into public.webhook_deliveries (user_id, received_at, body, outcome)
		select $1, $2, 'x', 'accepted' from generate_series(1, $3::int)`
	f.exec(t, insert, user, time.Now().Add(-retention-time.Minute), 5001) // more than one portion
	f.exec(t, insert, user, time.Now().Add(-retention+time.Hour), 2)
	if err := f.upkeep.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.text(t, "select count(*)::text from public.webhook_deliveries"); got != "2" {
		t.Errorf("%s deliveries are left, want the 2 that are not old enough", got)
	}
}

func TestKeysOfRepeatsAreDeletedOnceTheyHaveExpired(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user := testkit.User(t, f.pool)
	insert := `insert into public.alert_keys (user_id, key, expires_at) select $1, sha256(convert_to($2 || n, 'UTF8')), $3 from generate_series(1, $4::int) n`
	f.exec(t, insert, user, "old", time.Now().Add(-61*time.Minute), 5001) // more than one portion
	f.exec(t, insert, user, "new", time.Now().Add(-59*time.Minute), 3)    // which an alert in a spool may repeat
	if err := f.upkeep.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.text(t, "select count(*)::text from public.alert_keys"); got != "3" {
		t.Errorf("%s keys are left, want the 3 that are still needed", got)
	}
}

func TestThePicturesOfDeletedSignalsAreRemoved(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user := testkit.User(t, f.pool)
	gone, gonePath := f.newSignal(t, user)
	_, keptPath := f.newSignal(t, user)
	leaving := testkit.User(t, f.pool)
	_, leavingPath := f.newSignal(t, leaving)
	f.exec(t, "delete from public.trading_signals where id = $1", gone)
	f.exec(t, "delete from auth.users where id = $1", leaving)

	rounds(t, f.upkeep, 4)
	if f.pictures.has(t, gonePath) || f.pictures.has(t, leavingPath) {
		t.Error("the picture of a deleted signal is still there")
	}
	if !f.pictures.has(t, keptPath) {
		t.Error("the picture of a signal that is there was removed")
	}
	if got := f.text(t, "select count(*)::text from public.screenshot_removals"); got != "0" {
		t.Errorf("%s removals are left, want 0", got)
	}
}

func TestAFailingStorageOnlyDelaysARemoval(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id, path := f.newSignal(t, testkit.User(t, f.pool))
	f.exec(t, "delete from public.trading_signals where id = $1", id)
	f.pictures.fail(errDown)
	if err := f.upkeep.Round(t.Context()); !errors.Is(err, errDown) {
		t.Fatalf("a round without storage returns %v, want the storage's error", err)
	}
	wait := "select (queued_at > now())::text || ' ' || attempts from public.screenshot_removals where path = $1"
	if got := f.text(t, wait, path); got != "true 1" {
		t.Errorf("after a failure the removal is put off and counted: %q, want %q", got, "true 1")
	}
	f.pictures.fail(nil)
	if err := f.upkeep.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !f.pictures.has(t, path) {
		t.Error("a removal that was put off was tried at once")
	}
	f.exec(t, "update public.screenshot_removals set queued_at = now()") // its time has come
	if err := f.upkeep.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f.pictures.has(t, path) {
		t.Error("the picture is still there after the storage is back")
	}
}

func TestCapturesThatLostTheirWorkerAreEnded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user := testkit.User(t, f.pool)
	insert := "insert into public.trading_signals (user_id, screenshot_status, created_at) values ($1, $2, $3) returning id::text"
	old, young := time.Now().Add(-stranded-time.Minute), time.Now().Add(-stranded+time.Minute)
	want := map[string]string{
		f.text(t, insert, user, "pending", old):      "failed too_late",
		f.text(t, insert, user, "processing", old):   "failed too_late",
		f.text(t, insert, user, "completed", old):    "completed ",
		f.text(t, insert, user, "skipped", old):      "skipped ",
		f.text(t, insert, user, "pending", young):    "pending ",
		f.text(t, insert, user, "processing", young): "processing ",
	}
	if err := f.upkeep.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, state := range want {
		got := f.text(t, "select screenshot_status || ' ' || coalesce(screenshot_error, '') from public.trading_signals where id = $1", id)
		if got != state {
			t.Errorf("a signal is %q after the round, want %q", got, state)
		}
	}
}

// broken fails one duty, and leaves the others to the store.
type broken struct {
	*postgres.Store
	duty string
}

var errBroken = errors.New("this duty is broken")

func (b broken) err(duty string) error {
	if b.duty == duty {
		return errBroken
	}
	return nil
}

func (b broken) ResetMonthlyQuotas(ctx context.Context) (int64, error) {
	if err := b.err("months"); err != nil {
		return 0, err
	}
	return b.Store.ResetMonthlyQuotas(ctx)
}

func (b broken) ClaimRemovals(ctx context.Context) ([]string, error) {
	if err := b.err("removals"); err != nil {
		return nil, err
	}
	return b.Store.ClaimRemovals(ctx)
}

func (b broken) FailStrandedCaptures(ctx context.Context, before time.Time) (int64, error) {
	if err := b.err("stranded"); err != nil {
		return 0, err
	}
	return b.Store.FailStrandedCaptures(ctx, before)
}

func (b broken) ForgetDeliveries(ctx context.Context, before time.Time) (int64, error) {
	if err := b.err("deliveries"); err != nil {
		return 0, err
	}
	return b.Store.ForgetDeliveries(ctx, before)
}

func (b broken) ForgetEvidence(ctx context.Context, before time.Time) (int64, error) {
	if err := b.err("evidence"); err != nil {
		return 0, err
	}
	return b.Store.ForgetEvidence(ctx, before)
}

func (b broken) ForgetDeletions(ctx context.Context, before time.Time) (int64, error) {
	if err := b.err("deletions"); err != nil {
		return 0, err
	}
	return b.Store.ForgetDeletions(ctx, before)
}

func (b broken) PlainBotTokens(ctx context.Context, most int) ([]atalaya.SealedSecrets, error) {
	if err := b.err("tokens"); err != nil {
		return nil, err
	}
	return b.Store.PlainBotTokens(ctx, most)
}

func TestADutyThatFailsDoesNotKeepTheOthersFromBeingDone(t *testing.T) {
	t.Parallel()
	// How much of each duty is left to do.
	left := map[string]string{
		"months":     "select count(*)::text from public.trading_signals_config where quota_month = date '2020-02-01'",
		"removals":   "select count(*)::text from public.screenshot_removals",
		"stranded":   "select count(*)::text from public.trading_signals where screenshot_status = 'pending'",
		"deletions":  "select count(*)::text from public.signal_deletions where deleted_at < '2020-03-01'",
		"deliveries": "select count(*)::text from public.webhook_deliveries",
		"evidence":   "select count(*)::text from public.capture_evidence where captured_at < now() - interval '7 days'",
		"tokens":     "select count(*)::text from public.trading_signals_config where telegram_bot_token like '%:%'",
	}
	for duty := range left {
		t.Run(duty, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			user := testkit.User(t, f.pool)
			id, _ := f.newSignal(t, user)
			f.exec(t, "delete from public.trading_signals where id = $1", id)
			f.exec(t, "insert into public.trading_signals (user_id, screenshot_status, created_at) values ($1, 'pending', '2020-02-01')", user)
			f.exec(t, "insert into public.webhook_deliveries (user_id, received_at, outcome) values ($1, '2020-02-01', 'accepted')", user)
			f.exec(t, `insert into public.capture_evidence (id, user_id, signal_id, code, step, detail, captured_at)
				select gen_random_uuid(), user_id, id, 'dialog_open', 'verdict', '', t from public.trading_signals, unnest(array['2020-02-01', now()]) t where user_id = $1`, user)
			f.exec(t, "update public.signal_deletions set deleted_at = '2020-02-01'")
			f.exec(t, "update public.trading_signals_config set quota_month = date '2020-02-01', telegram_bot_token = '1:a' where user_id = $1", user)
			err := f.with(broken{f.store, duty}).Round(t.Context())
			if !errors.Is(err, errBroken) {
				t.Errorf("the round returns %v, want the error of its duty", err)
			}
			for name, query := range left {
				if name == duty {
					continue
				}
				if got := f.text(t, query); got != "0" {
					t.Errorf("%s was left undone: %s", name, got)
				}
			}
		})
	}
}

func TestPlainBotTokensAreSealedAndOpenAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user, bare := testkit.User(t, f.pool), testkit.User(t, f.pool)
	id := seal(t, f.keyring, user, atalaya.ColumnSessionID, "the cookie")
	f.storeSecrets(t, user, id, "", "123456:plain")
	rounds(t, f.upkeep, 4)
	got := f.secrets(t, user)
	if plain := open(t, f.keyring, user, atalaya.ColumnBotToken, got.BotToken); plain != "123456:plain" {
		t.Errorf("the sealed token opens as %q", plain)
	}
	if !f.keyring.Current(got.BotToken) {
		t.Error("the token was left as it was")
	}
	if got.SessionID != id || got.SessionSign != "" {
		t.Error("sealing the token has changed the cookies")
	}
	if got := f.secrets(t, bare); got != (atalaya.SealedSecrets{UserID: bare}) {
		t.Errorf("a user without secrets has %+v now", got)
	}
	before := f.secrets(t, user)
	rounds(t, f.upkeep, 2)
	if f.secrets(t, user) != before {
		t.Error("a sealed token was sealed again")
	}
}

func TestTheLongestBotTokenThatAUserCanStoreIsSealed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user := testkit.User(t, f.pool)
	longest := "1:" + strings.Repeat("\U0001F511", 1998)
	f.storeSecrets(t, user, "", "", atalaya.Sealed(longest))
	rounds(t, f.upkeep, 1)
	if plain := open(t, f.keyring, user, atalaya.ColumnBotToken, f.secrets(t, user).BotToken); plain != longest {
		t.Errorf("the sealed token opens with %d bytes, want %d", len(plain), len(longest))
	}
	if _, err := f.pool.Exec(t.Context(), "update public.trading_signals_config set telegram_bot_token = $2 where user_id = $1", user, longest+"x"); err == nil {
		t.Error("a token of 2001 characters is taken in plain text")
	}
}

// meddler stores a user's new token between upkeep's read and its write.
type meddler struct {
	*postgres.Store
	meddle func()
}

func (m meddler) PlainBotTokens(ctx context.Context, most int) ([]atalaya.SealedSecrets, error) {
	list, err := m.Store.PlainBotTokens(ctx, most)
	m.meddle()
	return list, err
}

func (m meddler) SealedSecrets(ctx context.Context, after atalaya.UserID, most int) ([]atalaya.SealedSecrets, error) {
	list, err := m.Store.SealedSecrets(ctx, after, most)
	m.meddle()
	return list, err
}

func TestATokenThatItsOwnerChangesMeanwhileIsKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user := testkit.User(t, f.pool)
	f.storeSecrets(t, user, "", "", "1:old")
	u := f.with(meddler{f.store, func() { f.storeSecrets(t, user, "", "", "2:new") }})
	if err := u.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.secrets(t, user).BotToken; got != "2:new" {
		t.Errorf("the token is %q, want the one that its owner has just stored", got)
	}
	if err := f.upkeep.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := open(t, f.keyring, user, atalaya.ColumnBotToken, f.secrets(t, user).BotToken); got != "2:new" {
		t.Errorf("the next round has sealed %q", got)
	}
}

func TestTheOutboxIsKeptForThirtyDaysAndRowsWithoutAChannelAreEnded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user := testkit.User(t, f.pool)
	f.exec(t, `insert into public.notification_channels (id, user_id, kind, enabled, status) values
		('c0000000-0000-4000-8000-000000000001', $1, 'ntfy', true, 'ok'), ('c0000000-0000-4000-8000-000000000002', $1, 'ntfy', false, 'ok'),
		('c0000000-0000-4000-8000-000000000003', $1, 'ntfy', true, 'broken')`, user)
	f.exec(t, `insert into public.notifications (user_id, channel_id, event, key, state, created_at)
		select $1, ('c0000000-0000-4000-8000-00000000000' || channel)::uuid, 'trouble', key, state, now() - age from (values
			('1', 'sent long ago', 'sent', interval '30 days 1 hour'), ('1', 'sent', 'sent', interval '29 days'), ('1', 'waits', 'ready', interval '2 days'),
			('2', 'just switched off', 'ready', interval '1 second'), ('2', 'switched off', 'ready', interval '5 minutes'), ('2', 'sent before that', 'sent', interval '4 minutes'),
			('3', 'broken today', 'ready', interval '5 hours'), ('3', 'broken yesterday', 'waiting', interval '25 hours')) as v (channel, key, state, age)`, user)
	if err := f.upkeep.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := f.text(t, `select string_agg(concat_ws(' ', key, state, code), '; ' order by channel_id, created_at) from public.notifications`)
	want := "sent sent; waits ready; switched off cancelled channel_off; sent before that sent; just switched off ready; broken yesterday expired too_old; broken today ready"
	if got != want {
		t.Errorf("the outbox is %s\nwant %s", got, want)
	}
}

// signalling reports each round that begins, and holds it until its context ends.
type signalling struct {
	upkeep.Rows // nil: a round does nothing else
	began       chan struct{}
}

func (s signalling) ResetMonthlyQuotas(ctx context.Context) (int64, error) {
	s.began <- struct{}{}
	<-ctx.Done()
	return 0, ctx.Err()
}
func (s signalling) ClaimRemovals(ctx context.Context) ([]string, error) { return nil, ctx.Err() }
func (s signalling) FailStrandedCaptures(ctx context.Context, _ time.Time) (int64, error) {
	return 0, ctx.Err()
}
func (s signalling) ForgetDeliveries(ctx context.Context, _ time.Time) (int64, error) {
	return 0, ctx.Err()
}
func (s signalling) ClaimDaily(ctx context.Context, _ string) (bool, error) { return false, ctx.Err() }
func (s signalling) SweepCaptures(ctx context.Context) error                { return ctx.Err() }
func (s signalling) ForgetRepeats(ctx context.Context) (int64, error)       { return 0, ctx.Err() }
func (s signalling) ForgetEvidence(ctx context.Context, _ time.Time) (int64, error) {
	return 0, ctx.Err()
}
func (s signalling) ForgetDeletions(ctx context.Context, _ time.Time) (int64, error) {
	return 0, ctx.Err()
}
func (s signalling) ForgetNotifications(ctx context.Context, _ time.Time) (int64, error) {
	return 0, ctx.Err()
}
func (s signalling) EndOwnBlockers(ctx context.Context, _ time.Duration) (int64, error) {
	return 0, ctx.Err()
}
func (s signalling) Blockers(ctx context.Context, _ time.Duration) ([]atalaya.Blocker, error) {
	return nil, ctx.Err()
}
func (s signalling) EndStaleNotifications(ctx context.Context) error { return ctx.Err() }
func (s signalling) PlainBotTokens(ctx context.Context, _ int) ([]atalaya.SealedSecrets, error) {
	return nil, ctx.Err()
}

func TestStopEndsARoundThatIsUnderWayAndLeavesNoGoroutine(t *testing.T) { //nolint:paralleltest // other tests' goroutines would be found
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	rows := signalling{began: make(chan struct{}, 2)}
	u := upkeep.New(rows, nil, nil, nil, slog.New(slog.DiscardHandler), upkeep.Options{})
	u.Start()
	u.Start() // does nothing
	<-rows.began
	u.Stop()
	u.Stop()
	if n := len(rows.began); n != 0 {
		t.Errorf("%d further rounds ran, want none", n)
	}
}

func TestStopWithoutStartReturnsAndStartAfterItDoesNothing(t *testing.T) { //nolint:paralleltest // as above
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	rows := signalling{began: make(chan struct{}, 1)}
	u := upkeep.New(rows, nil, nil, nil, slog.New(slog.DiscardHandler), upkeep.Options{})
	u.Stop()
	u.Start()
	u.Stop()
	if len(rows.began) != 0 {
		t.Error("a round ran after Stop")
	}
}

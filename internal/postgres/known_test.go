package postgres_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
)

// acquaintance is a user whose row has been read.
type acquaintance struct {
	user  atalaya.UserID
	facts atalaya.Facts
}

func acquaint(t *testing.T, pool *pgxpool.Pool, store *postgres.Store, settings string) acquaintance {
	t.Helper()
	user := testkit.User(t, pool)
	if settings != "" {
		exec(t, pool, "update trading_signals_config set "+settings+" where user_id = $1", user)
	}
	tenant, err := store.TenantByToken(t.Context(), testkit.Token(t, pool, user))
	if err != nil {
		t.Fatal(err)
	}
	return acquaintance{user, atalaya.Facts{Tenant: &tenant}}
}

// taking collects the arguments of one call of IngestKnown.
type taking struct {
	arrivals  []atalaya.Arrival
	facts     []atalaya.Facts
	decisions []atalaya.Decision
}

// add appends an accepted alert of a user.
func (x *taking) add(who acquaintance, body string) {
	id := atalaya.SignalID(uuid.NewString())
	x.arrivals = append(x.arrivals, atalaya.Arrival{SignalID: id, Token: who.facts.Tenant.WebhookToken, Body: []byte(body), BodySize: int64(len(body)),
		ReceivedAt: time.Now(), RepeatHash: sha256.Sum256([]byte(body))})
	x.facts = append(x.facts, who.facts)
	x.decisions = append(x.decisions, atalaya.Decision{Outcome: atalaya.OutcomeAccepted, DedupeFor: time.Hour, Signal: atalaya.NewSignal{
		ID: id, ScreenshotStatus: atalaya.ScreenshotPending,
		Alert: atalaya.Alert{ChartID: "Zk4Tq9Lm", ParseStatus: atalaya.ParseText, Raw: strings.ToValidUTF8(body, "\uFFFD"), Parsed: []byte("{}"), Timestamp: time.Now()}}})
}

func (x *taking) take(t *testing.T, store *postgres.Store) map[atalaya.UserID]int64 {
	t.Helper()
	used, err := store.IngestKnown(t.Context(), x.arrivals, x.facts, x.decisions, true)
	if err != nil {
		t.Fatal(err)
	}
	return used
}

// standing counts everything that alerts write for a user.
const standing = `select concat_ws(' ', c.webhook_requests_count, c.signals_used_this_month, t.total_signals,
	(select count(*) from trading_signals s where s.user_id = c.user_id),
	(select count(*) from webhook_deliveries d join trading_signals s on s.id = d.signal_id
		where d.user_id = c.user_id and d.outcome = 'accepted' and d.reason is null and d.body is null and d.id = s.id),
	(select count(*) from alert_keys k join trading_signals s on s.id = k.signal_id where k.user_id = c.user_id and k.expires_at > now() + interval '59 minutes'),
	(select count(*) from river.river_job j where j.args ->> 'user_id' = c.user_id::text))
	from trading_signals_config c join trading_signals_stats t using (user_id) where c.user_id = $1`

func TestAlertsOfKnownUsersAreWrittenWithAllThatBelongsToThem(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	ana, bea := acquaint(t, pool, store, "signals_used_this_month = 7"), acquaint(t, pool, store, "signals_used_this_month = 400, quota_month = quota_month - interval '1 month'")
	var x taking
	x.add(ana, "one")
	x.add(bea, "one")
	x.add(ana, "two")
	used := x.take(t, store)
	if used[ana.user] != 9 || used[bea.user] != 1 || len(used) != 2 {
		t.Errorf("used %v, want 9 and, in the new month, 1", used)
	}
	for who, want := range map[acquaintance]string{ana: "2 9 2 2 2 2 2", bea: "1 1 1 1 1 1 1"} {
		if got := value(t, pool, standing, who.user); got != want {
			t.Errorf("requests, used, statistics, signals, deliveries, keys, jobs = %s; want %s", got, want)
		}
	}
	if got := value(t, pool, "select string_agg(raw_message, ' ' order by created_at, id) from trading_signals where user_id = $1", ana.user); got != "one two" {
		t.Errorf("the signals are %q, want one and two in their order", got)
	}
	if got := value(t, pool, "select count(*)::text from trading_signals_config where updated_at <> $1 and user_id = $2", ana.facts.Tenant.UpdatedAt, ana.user); got != "0" {
		t.Error("counting has changed updated_at, by which the next alerts are written")
	}
}

func TestAPlanMadeWithoutKeysStillLooksAKeyUpByItsIndex(t *testing.T) {
	t.Parallel()
	config := testkit.Database(t).Config()
	config.MaxConns = 1 // one connection, so one plan
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	store := testkit.Store(t, pool)
	ana := acquaint(t, pool, store, "")
	exec(t, pool, "vacuum analyze alert_keys") // the planner sees an empty table
	take := func(body string) {
		var x taking
		x.add(ana, body)
		if used := x.take(t, store); len(used) != 1 {
			t.Fatalf("%s: used %v", body, used)
		}
	}
	visited := func() (rows int) {
		exec(t, pool, "select pg_stat_force_next_flush()")
		if err := pool.QueryRow(t.Context(), "select seq_tup_read + idx_tup_fetch from pg_stat_user_tables where relname = 'alert_keys'").Scan(&rows); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	take("the first")
	exec(t, pool, "insert into alert_keys (user_id, key, expires_at) select $1, sha256(n::text::bytea), now() + interval '1 hour' from generate_series(1, 5000) n", ana.user)
	before := visited()
	take("the second")
	if rows := visited() - before; rows > 10 {
		t.Errorf("one alert visited %d keys", rows)
	}
}

func TestAKnownUserWhoseRowSaysOtherwiseIsLeftToIngest(t *testing.T) {
	t.Parallel()
	const whose = " where user_id = $1"
	for name, change := range map[string]string{
		"a changed setting":                     "update trading_signals_config set capture_enabled = false" + whose,
		"a setting changed beside a counter":    "update trading_signals_config set webhook_enabled = false, signals_used_this_month = 2" + whose,
		"a rotated token":                       "update trading_signals_config set webhook_token = repeat('a', 64)" + whose,
		"a channel that was switched on":        "insert into notification_channels (user_id, kind, events) values ($1, 'ntfy', '{signal}')",
		"a quota without room for both":         "update trading_signals_config set signals_used_this_month = 99" + whose,
		"an alert that was taken in before":     "insert into alert_keys (user_id, key, expires_at) values ($1, sha256('two'), now() + interval '1 hour')",
		"an alert whose key is over":            "insert into alert_keys (user_id, key, expires_at) values ($1, sha256('two'), now() - interval '1 second')",
		"a user who was deleted":                "delete from auth.users where id = $1",
		"a value that the columns cannot hold":  "alter table trading_signals add constraint refused check (raw_message <> 'two' or user_id <> '%s')",
		"a user whom somebody else has deleted": "update auth.users set deleted_at = now() where id = $1",
	} {
		pool := testkit.Database(t)
		store := testkit.Store(t, pool)
		exec(t, pool, "alter table auth.users add column if not exists deleted_at timestamptz")
		ana, bea := acquaint(t, pool, store, "signals_quota = 100, signals_used_this_month = 98"), acquaint(t, pool, store, "")
		nobody := name == "a value that the columns cannot hold" // the statement fails as a whole
		if nobody {
			exec(t, pool, fmt.Sprintf(change, ana.user))
		} else {
			exec(t, pool, change, ana.user)
		}
		before := value(t, pool, "select coalesce((select to_jsonb(c)::text from trading_signals_config c where user_id = $1), '')", ana.user)
		var x taking
		x.add(ana, "one")
		x.add(bea, "one")
		x.add(ana, "two")
		used := x.take(t, store)
		if _, ok := used[ana.user]; ok || nobody != (len(used) == 0) {
			t.Errorf("%s: written for %v", name, used)
		}
		if got := value(t, pool, `select concat_ws(' ', (select count(*) from trading_signals where user_id = $1), (select count(*) from webhook_deliveries where user_id = $1),
			(select count(*) from alert_keys where user_id = $1 and signal_id is not null), (select count(*) from river.river_job where args ->> 'user_id' = $1::text))`, ana.user); got != "0 0 0 0" {
			t.Errorf("%s: signals, deliveries, keys, jobs = %s, want none", name, got)
		}
		if after := value(t, pool, "select coalesce((select to_jsonb(c)::text from trading_signals_config c where user_id = $1), '')", ana.user); after != before {
			t.Errorf("%s: the row was %s and is %s", name, before, after)
		}
		if got := value(t, pool, standing, bea.user); !nobody && got != "1 1 1 1 1 1 1" {
			t.Errorf("%s: of the other user there is %s", name, got)
		}
	}
}

func TestAKnownUserOfUnlimitedQuotaIsWrittenHoweverMuchIsUsed(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	free, full := acquaint(t, pool, store, "signals_quota = -1, signals_used_this_month = 99"), acquaint(t, pool, store, "signals_quota = 100, signals_used_this_month = 99")
	var x taking
	x.add(free, "one")
	x.add(free, "two")
	x.add(full, "one")
	if used := x.take(t, store); used[free.user] != 101 || used[full.user] != 100 {
		t.Errorf("used %v, want 101 and 100", used)
	}
}

func TestAThresholdOfTheQuotaOfAUserWithAChannelIsLeftToIngest(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user := testkit.User(t, pool)
	exec(t, pool, "insert into notification_channels (user_id, kind, events) values ($1, 'ntfy', '{signal,quota}')", user)
	exec(t, pool, "update trading_signals_config set signals_quota = 100, signals_used_this_month = 72 where user_id = $1", user)
	tenant, err := store.TenantByToken(t.Context(), testkit.Token(t, pool, user))
	if err != nil {
		t.Fatal(err)
	}
	who := acquaintance{user, atalaya.Facts{Tenant: &tenant}}
	for i, want := range []int64{73, 74, 0, 0} {
		var x taking
		x.add(who, fmt.Sprint(i))
		if used := x.take(t, store); used[user] != want {
			t.Errorf("alert %d: used %v, want %d (0: left to Ingest)", i, used, want)
		}
	}
	if got := value(t, pool, "select count(*)::text from notifications n join trading_signals s on s.id = n.signal_id where n.event = 'signal' and n.user_id = $1", user); got != "2" {
		t.Errorf("%s signals have a notification, want those that were written", got)
	}
}

func TestARepeatThatWaitedForTheFirstIsLeftToIngest(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	ana, bea := acquaint(t, pool, store, ""), acquaint(t, pool, store, "")
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "select from trading_signals_config where user_id = $1 for update", ana.user); err != nil {
		t.Fatal(err)
	}
	var x taking
	x.add(bea, "other")
	x.add(ana, "same")
	type end struct {
		used map[atalaya.UserID]int64
		err  error
	}
	ended := make(chan end, 1)
	go func() {
		used, err := store.IngestKnown(context.WithoutCancel(t.Context()), x.arrivals, x.facts, x.decisions, true)
		ended <- end{used, err}
	}()
	wait.For(t, "the second waits for the first, or has given it up", func() bool {
		return len(ended) == 1 || value(t, pool, waitsForALock, "%WriteKnownArrivals%") == "true"
	})
	if _, err := tx.Exec(t.Context(), "insert into alert_keys (user_id, key, signal_id, expires_at) values ($1, sha256('same'), $1, now() + interval '1 hour')", ana.user); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-ended; got.err != nil || len(got.used) != 0 {
		t.Errorf("written for %v, %v; want no user", got.used, got.err)
	}
	for _, who := range []acquaintance{ana, bea} {
		if got := value(t, pool, "select count(*)::text from trading_signals where user_id = $1", who.user); got != "0" {
			t.Errorf("%s signals were written", got)
		}
	}
}

func TestABodyIsStoredOnceAndItsDeliveryAlwaysShowsIt(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	ana, bea := acquaint(t, pool, store, ""), acquaint(t, pool, store, "")
	bodies := []string{"kept", "deleted", "changed", "moved, with an ñ", "\xff no text", ""}
	var x taking
	for _, body := range bodies {
		x.add(ana, body)
	}
	if used := x.take(t, store); len(used) != 1 {
		t.Fatalf("used %v", used)
	}
	ids := make([]string, len(bodies))
	for i, d := range x.decisions {
		ids[i] = string(d.Signal.ID)
	}
	shown := func(moment string) {
		t.Helper()
		list, err := store.Deliveries(t.Context(), ana.user, atalaya.DeliveryFilter{}, 10, nil)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, pool, "update trading_signals_config set support_access = true where user_id = $1", ana.user)
		support, err := store.SupportDeliveries(t.Context(), ana.user, time.Time{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		for i, body := range bodies {
			for _, all := range [][]atalaya.Delivery{list, support} {
				at := slices.IndexFunc(all, func(d atalaya.Delivery) bool { return d.ID == ids[i] })
				if at < 0 || string(all[at].Body) != body || all[at].Body == nil {
					t.Errorf("%s: the delivery of %q is not shown as such in %+v", moment, body, all)
				}
			}
		}
	}
	const kept = "select coalesce(string_agg(convert_from(body, 'LATIN1'), '|' order by body), 'none') from webhook_deliveries where user_id = $1 and body is not null"
	shown("at first")
	if got := value(t, pool, kept, ana.user); got != "\u00ff no text" {
		t.Errorf("stored twice: %s", got)
	}
	exec(t, pool, "delete from trading_signals where id = $1", ids[1])
	shown("without its signal")
	exec(t, pool, "update trading_signals set raw_message = 'something else' where id = $1", ids[2])
	shown("after its message was changed")
	exec(t, pool, "update trading_signals set user_id = $2 where id = $1", ids[3], bea.user)
	shown("after its signal got another owner")
	if got := value(t, pool, kept, ana.user); got != "changed|deleted|moved, with an \u00c3\u00b1|\u00ff no text" {
		t.Errorf("stored: %s", got)
	}
}

func TestTheOneStatementWritesTheMessagesThatIngestWrites(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	newUser := func() acquaintance {
		who := acquaint(t, pool, store, "")
		exec(t, pool, `insert into notification_channels (user_id, kind, mode, enabled, events, max_wait_seconds)
			select $1, kind, mode, enabled, events, max_wait from (values
				('telegram', 'asap', true, '{signal}'::text[], 60), ('telegram', 'together', true, '{signal}', 30), ('slack', 'asap', true, '{signal}', 10),
				('email', 'asap', true, '{signal}', 20), ('ntfy', 'asap', true, '{signal}', 40), ('discord', 'asap', false, '{signal}', 50), ('webhook', 'asap', true, '{trouble}', 70))
				v (kind, mode, enabled, events, max_wait)`, who.user)
		tenant, err := store.TenantByToken(t.Context(), who.facts.Tenant.WebhookToken)
		if err != nil {
			t.Fatal(err)
		}
		return acquaintance{who.user, atalaya.Facts{Tenant: &tenant}}
	}
	alerts := func(who acquaintance) (x taking) {
		x.add(who, "with a capture")
		x.add(who, "with a capture, together")
		x.decisions[1].Signal.DeliveryMode = atalaya.DeliverTogether
		x.add(who, "without a capture")
		x.decisions[2].Signal.ScreenshotStatus = atalaya.ScreenshotSkipped
		x.add(who, "told to nobody")
		x.decisions[3].Quiet = true
		return x
	}
	const messages = `select coalesce(string_agg(concat_ws(' ', s.raw_message, c.kind, c.mode, n.event, n.state, n.not_before - n.created_at, n.settled, n.attempts, n.picture,
			n.key = 'signal:' || s.id, n.created_at = s.created_at, n.user_id = s.user_id), E'\n' order by s.raw_message, c.kind, c.mode), 'none')
		from notifications n join trading_signals s on s.id = n.signal_id join notification_channels c on c.id = n.channel_id where n.user_id = $1`
	short, long := newUser(), newUser()
	x := alerts(short)
	x.take(t, store)
	y := alerts(long)
	if err := store.Ingest(t.Context(), y.arrivals, func([]atalaya.Facts) []atalaya.Decision { return y.decisions }); err != nil {
		t.Fatal(err)
	}
	got, want := value(t, pool, messages, short.user), value(t, pool, messages, long.user)
	if strings.Count(want, "\n") != 14 { // three alerts at five channels
		t.Errorf("Ingest wrote these messages, want 15:\n%s", want)
	}
	if got != want {
		t.Errorf("the one statement wrote these messages:\n%s\nIngest wrote:\n%s", got, want)
	}
}

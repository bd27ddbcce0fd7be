package spooled_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
)

func TestAlertsOutliveTheDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, token := w.user("")
	if r, err := w.send(token, "before"); err != nil || r.Spooled {
		t.Fatalf("with the database: %+v, %v", r, err)
	}
	w.rows.mood.Store(away)
	var ids []atalaya.SignalID
	arrived := time.Now().UTC().Add(-time.Minute).Truncate(time.Microsecond)
	if month := time.Now().UTC(); arrived.Month() != month.Month() { // an alert of an earlier month counts for that
		arrived = time.Date(month.Year(), month.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	for i := range 5 {
		ids = append(ids, w.keep(token, fmt.Sprint("away ", i), arrived.Add(time.Duration(i)*time.Second)))
	}
	if r, err := w.send("0000000000000000000000000000000000000000000000000000000000000000", "x"); atalaya.CodeOf(err) != atalaya.CodeUnavailable {
		t.Errorf("an unknown token's alert: %+v, %v", r, err)
	}
	if got := w.story(user); got != "before | accepted:1 | used 1 | requests 1 | statistics 1" {
		t.Fatalf("while it is away: %s", got)
	}
	w.rows.mood.Store(well)
	w.empty()
	if got, want := w.story(user), "away 0,away 1,away 2,away 3,away 4,before | accepted:6 | used 6 | requests 6 | statistics 6"; got != want {
		t.Errorf("afterwards: %s\nwant %s", got, want)
	}
	for i, id := range ids {
		at := one[time.Time](w, "select created_at from trading_signals where id = $1", id)
		if want := arrived.Add(time.Duration(i) * time.Second); !at.Equal(want) {
			t.Errorf("signal %d is of %s, want its arrival %s", i, at, want)
		}
		if received := one[time.Time](w, "select received_at from webhook_deliveries where signal_id = $1", id); !received.Equal(at) {
			t.Errorf("the delivery of signal %d is of %s, want the same moment", i, received)
		}
	}
	if !one[bool](w, "select bool_and(updated_at > now() - interval '30 seconds') from trading_signals where user_id = $1", user) {
		t.Error("event streams look for what was written a moment ago, and do not find it")
	}
	if r, err := w.send(token, "after"); err != nil || r.Spooled {
		t.Errorf("once it is drained: %+v, %v", r, err)
	}
}

func TestARestartDuringTheOutageKnowsTheTokensAndTheAlerts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, token := w.user("")
	w.rows.mood.Store(away)
	w.keep(token, "first", time.Now())
	w.restart()
	w.keep(token, "second", time.Now())
	w.restart()
	w.rows.mood.Store(well)
	w.empty()
	if got, want := w.story(user), "first,second | accepted:2 | used 2 | requests 2 | statistics 2"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestACommitWhoseAnswerWasLostDoublesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, token := w.user("signals_quota = 2")
	w.rows.mood.Store(losesAnswers)
	id := w.keep(token, "one", time.Now()) // and the others behind it
	w.keep(token, "one", time.Now())
	w.keep(token, "two", time.Now())
	w.keep(token, "three", time.Now())
	w.rows.mood.Store(well)
	w.empty()
	if got, want := w.story(user), "one,two | accepted:2,duplicate:1,quota_exceeded:1 | used 2 | requests 4 | statistics 2"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if one[int](w, "select count(*) from trading_signals where id = $1", id) != 1 {
		t.Error("the signal has another id than its sender got")
	}
}

func TestADrainThatIsCutOffDoublesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, token := w.user("")
	w.rows.mood.Store(away)
	for i := range 30 {
		w.keep(token, fmt.Sprint(i), time.Now())
	}
	w.keeps.Store(true)
	before := w.rows.commits.Load()
	w.rows.mood.Store(well)
	wait.For(t, "the drain commits", func() bool { return w.rows.commits.Load() > before })
	w.restart()
	w.keeps.Store(false)
	w.empty()
	if got := one[string](w, `select concat_ws(' ', count(*), count(distinct raw_message), (select signals_used_this_month from trading_signals_config where user_id = $1),
		(select count(*) from webhook_deliveries where user_id = $1)) from trading_signals where user_id = $1`, user); got != "30 30 30 30" {
		t.Errorf("signals, texts, used, deliveries: %s", got)
	}
}

func TestSpooledAlertsEndWithTheirUserOrAsDeliveries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rotated, oldToken := w.user("")
	gone, lastToken := w.user("")
	off, offToken := w.user("")
	w.rows.mood.Store(away)
	w.keep(oldToken, "rotated", time.Now())
	w.keep(lastToken, "gone", time.Now())
	w.keep(offToken, "off", time.Now())
	if _, err := testkit.Store(t, w.pool).RotateWebhookToken(t.Context(), testkit.Caller(rotated)); err != nil {
		t.Fatal(err)
	}
	w.exec("delete from auth.users where id = $1", gone)
	w.exec("update trading_signals_config set webhook_enabled = false where user_id = $1", off)
	w.rows.mood.Store(well)
	w.empty()
	if got := w.story(rotated); got != " | disabled:1 | used 0 | requests 1 | statistics 0" {
		t.Errorf("with another token: %s", got)
	}
	if n := one[int](w, "select count(*) from webhook_deliveries where user_id = $1", gone); n != 0 {
		t.Errorf("a deleted user has %d deliveries", n)
	}
	if reason := one[string](w, "select reason from webhook_deliveries where user_id = $1", rotated); reason != "the webhook URL was replaced before the alert could be stored" {
		t.Errorf("the reason is %q", reason)
	}
	if got := w.story(off); got != " | disabled:1 | used 0 | requests 1 | statistics 0" {
		t.Errorf("switched off: %s", got)
	}
	if _, err := w.send(oldToken, "x"); atalaya.CodeOf(err) != atalaya.CodeInvalidToken {
		t.Errorf("the old token gets %v", err)
	}
	w.rows.mood.Store(away)
	if r, err := w.send(oldToken, "y"); err == nil {
		t.Errorf("an alert of a dead token is kept: %+v", r)
	}
}

func TestRepeatsAreJudgedAsOfTheirArrival(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, token := w.user("dedupe_window_seconds = 30")
	began := time.Now().Add(-10 * time.Minute)
	at := func(seconds int) time.Time { return began.Add(time.Duration(seconds) * time.Second) }
	w.rows.mood.Store(away)
	w.keep(token, "same", at(0))
	w.keep(token, "same", at(29)) // a repeat
	w.keep(token, "same", at(31)) // not one
	w.rows.mood.Store(well)
	w.empty()
	w.rows.mood.Store(away)
	w.keep(token, "same", at(60)) // a repeat of the one at 31, whose record has expired long ago
	w.keep(token, "same", at(62)) // not one
	w.rows.mood.Store(well)
	w.empty()
	if got, want := w.story(user), "same,same,same | accepted:3,duplicate:2 | used 3 | requests 5 | statistics 3"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if r, err := w.send(token, "same"); err != nil || r.Outcome != atalaya.OutcomeAccepted {
		t.Errorf("now: %+v, %v", r, err)
	}
}

func TestAlertsCountInTheMonthOfTheirArrival(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, token := w.user("signals_quota = 3")
	now := time.Now().UTC()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	before := month.Add(-time.Hour)
	// The former month: one used. The month turns while alerts wait.
	w.exec("update trading_signals_config set quota_month = $2, signals_used_this_month = 1 where user_id = $1", user, before.Format("2006-01")+"-01")
	w.rows.mood.Store(away)
	for i := range 4 {
		w.keep(token, fmt.Sprint("former ", i), before.Add(time.Duration(i)*time.Minute))
	}
	for i := range 2 {
		w.keep(token, fmt.Sprint("present ", i), now.Add(time.Duration(i)*time.Millisecond))
	}
	w.exec("select public.reset_monthly_signal_quotas()")
	w.rows.mood.Store(well)
	w.empty()
	if got, want := w.story(user), "former 0,former 1,present 0,present 1 | accepted:4,quota_exceeded:2 | used 2 | requests 6 | statistics 4"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if used := one[int](w, "select used from quota_months where user_id = $1", user); used != 3 {
		t.Errorf("the former month has %d used, want 3", used)
	}
	if month := one[time.Time](w, "select quota_month from trading_signals_config where user_id = $1", user); !month.Equal(time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the counter is of %s", month)
	}
}

func TestAMonthThatEndsOnlyWithTheDrainStillCountsAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, token := w.user("signals_quota = 2")
	now := time.Now().UTC()
	before := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).Add(-time.Hour)
	w.exec("update trading_signals_config set quota_month = $2, signals_used_this_month = 1 where user_id = $1", user, before.Format("2006-01")+"-01")
	w.rows.mood.Store(away)
	w.keep(token, "former 0", before)
	w.keep(token, "former 1", before.Add(time.Second))
	w.keep(token, "present", now)
	w.rows.mood.Store(well)
	w.empty()
	if got, want := w.story(user), "former 0,present | accepted:2,quota_exceeded:1 | used 1 | requests 3 | statistics 2"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if used := one[int](w, "select used from quota_months where user_id = $1", user); used != 2 {
		t.Errorf("the former month has %d used, want 2", used)
	}
}

// A counter of the former month may be missing: the clock of the database is ahead of ours, or the month turned in
// an earlier release.
func TestAMonthThatKeptNoCounterHasOneAfterTheFirstDrain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, token := w.user("signals_quota = 17")
	now := time.Now().UTC()
	before := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).Add(-time.Hour)
	w.rows.mood.Store(away)
	for i := range 20 { // more than the first transaction takes
		w.keep(token, fmt.Sprint("former ", i), before.Add(time.Duration(i)*time.Second))
	}
	w.rows.mood.Store(well)
	w.empty()
	if used := one[int](w, "select used from quota_months where user_id = $1", user); used != 17 {
		t.Errorf("the former month has %d used, want 17", used)
	}
	if signals := one[int](w, "select count(*)::int from trading_signals where user_id = $1", user); signals != 17 {
		t.Errorf("%d signals of a quota of 17", signals)
	}
}

func TestWhatIsTooOldForAPictureIsSkipped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, token := w.user("default_chart_id = 'abc', capture_without_cookies = true")
	w.rows.mood.Store(away)
	w.keep(token, "BINANCE:BTCUSDT old", time.Now().Add(-16*time.Minute))
	w.keep(token, "BINANCE:BTCUSDT young", time.Now())
	w.rows.mood.Store(well)
	w.empty()
	got := one[string](w, "select string_agg(raw_message || ' ' || screenshot_status || ' ' || coalesce(screenshot_error, ''), ', ' order by created_at) from trading_signals where user_id = $1", user)
	if got != "BINANCE:BTCUSDT old skipped too_late, BINANCE:BTCUSDT young pending " {
		t.Errorf("the signals are %q", got)
	}
	if n := one[int](w, "select count(*) from river.river_job where args ->> 'user_id' = $1 or args ->> 'signal_id' in (select id::text from trading_signals where user_id = $1::uuid)", string(user)); n != 1 {
		t.Errorf("%d captures are queued, want 1", n)
	}
}

func TestNewAlertsQueueBehindSpooledOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, token := w.user("")
	_, other := w.user("")
	w.rows.mood.Store(away)
	w.keep(token, "0", time.Now())
	w.keeps.Store(true) // the user's alert stays in the spool
	w.rows.mood.Store(well)
	before := w.rows.commits.Load()
	wait.For(t, "the database takes alerts again", func() bool { return w.rows.commits.Load() > before })
	for i := 1; i < 4; i++ {
		w.keep(token, fmt.Sprint(i), time.Now())
	}
	if r, err := w.send(other, "live"); err != nil || r.Spooled {
		t.Errorf("another user waits too: %+v, %v", r, err)
	}
	w.keeps.Store(false)
	w.empty()
	if got, want := w.story(user), "0,1,2,3 | accepted:4 | used 4 | requests 4 | statistics 4"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestAFloodDoesNotFillTheSpool(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stop()
	w.policy.FloodPerMinute = 5
	w.start()
	user, token := w.user("")
	w.rows.mood.Store(away)
	at := time.Now().Truncate(time.Minute).Add(-time.Minute) // all in one minute and one second
	outcomes := map[atalaya.Outcome]int{}
	for i := range 50 {
		r, err := w.sendAt(token, fmt.Sprint(i), at.Add(time.Duration(i)*time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		outcomes[r.Outcome]++
	}
	if outcomes[atalaya.OutcomeAccepted] != 5 || outcomes[atalaya.OutcomeRateLimited] != 45 || w.spool.Waiting() != 6 {
		t.Fatalf("%v, and %d in the spool; want 5 kept, and one of the others", outcomes, w.spool.Waiting())
	}
	w.rows.mood.Store(well)
	w.empty()
	if got, want := w.story(user), "0,1,2,3,4 | accepted:5,rate_limited:1 | used 5 | requests 6 | statistics 5"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestRefusalsThatNeedNoDatabaseAreReturnedAtOnceAndKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, token := w.user("")
	w.rows.mood.Store(away)
	for _, a := range []atalaya.Arrival{
		{Body: []byte("x"), BodySize: 1, SenderRefused: true},
		{BodySize: 100_000, TooLarge: true},
	} {
		a.Token, a.ReceivedAt, a.Sender = token, time.Now().UTC(), netip.MustParseAddr("192.0.2.1")
		r, err := w.service.Accept(t.Context(), a)
		if err != nil || r.Outcome == atalaya.OutcomeAccepted {
			t.Errorf("the receipt is %+v, want a refusal: %v", r, err)
		}
	}
	w.rows.mood.Store(well)
	w.empty()
	if got, want := w.story(user), " | refused_sender:1,too_large:1 | used 0 | requests 2 | statistics 0"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestAnAlertThatASitesOwnTriggerRefusesDelaysNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ana, anasToken := w.user("")
	bea, beasToken := w.user("")
	w.exec(`create function refuse_poison() returns trigger language plpgsql as $$ begin raise exception 'this site takes no poison'; end $$`)
	w.exec("create trigger refuse_poison before insert on trading_signals for each row when (new.raw_message = 'poison') execute function refuse_poison()")
	w.rows.mood.Store(away)
	w.keep(anasToken, "poison", time.Now().Add(-3*time.Second))
	w.keep(anasToken, "after", time.Now().Add(-2*time.Second))
	w.keep(beasToken, "fine", time.Now().Add(-time.Second))
	w.rows.mood.Store(well)
	w.empty()
	for user, want := range map[atalaya.UserID]string{ana: "after", bea: "fine"} {
		if got, want := w.story(user), want+" | accepted:1 | used 1 | requests 1 | statistics 1"; got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	if r, err := w.send(beasToken, "now"); err != nil || r.Spooled {
		t.Errorf("an alert that comes now is spooled: %+v, %v", r, err)
	}
}

func TestAlertsThatAreNotStoredInTimeAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ana, anasToken := w.user("")
	bea, beasToken := w.user("")
	w.rows.mood.Store(hangs)
	for i := range 3 { // in transactions that hang, and waiting for one
		for _, token := range []atalaya.WebhookToken{anasToken, beasToken} {
			body := fmt.Sprint(i)
			if r, err := w.sendWithin(10*time.Millisecond, token, body, time.Now()); err != nil || !r.Spooled || r.SignalID == "" {
				t.Fatalf("%s: %+v, %v; want it kept in the spool", body, r, err)
			}
		}
	}
	w.rows.mood.Store(well)
	close(w.rows.goOn) // the transactions are committed after all, at a time that is none of the arrival's
	w.empty()
	for _, user := range []atalaya.UserID{ana, bea} {
		stored := one[string](w, "select string_agg(raw_message, ',' order by raw_message) from trading_signals where user_id = $1", user)
		if _, counted, _ := strings.Cut(w.story(user), " | "); stored != "0,1,2" || counted != "accepted:3 | used 3 | requests 3 | statistics 3" {
			t.Errorf("%s: %s | %s", user, stored, counted)
		}
	}
}

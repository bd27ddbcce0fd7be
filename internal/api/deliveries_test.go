package api_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"atalaya"
)

// arrive accepts an alert for a user and returns the delivery's id.
func (s *stack) arrive(user account, body string, tooLarge bool) string {
	s.t.Helper()
	config, err := s.store.Config(s.t.Context(), atalaya.Caller{UserID: user.id, Claims: fmt.Appendf(nil, `{"role":"authenticated","sub":%q}`, user.id)})
	if err != nil {
		s.t.Fatal(err)
	}
	arrival := atalaya.Arrival{
		Token: config.WebhookToken, Body: []byte(body), BodySize: int64(len(body)), TooLarge: tooLarge,
		Sender: netip.MustParseAddr("52.89.214.238"), ReceivedAt: time.Now(),
	}
	if tooLarge {
		arrival.Body = nil
	}
	if _, err := s.arrivals.Accept(s.t.Context(), arrival); err != nil {
		s.t.Fatal(err)
	}
	var id string
	if err := s.pool.QueryRow(s.t.Context(), "select id::text from public.webhook_deliveries where user_id = $1 order by received_at desc, id desc limit 1", user.id).Scan(&id); err != nil {
		s.t.Fatal(err)
	}
	return id
}

// refused sends an alert while the webhook is switched off, and returns the delivery's id.
func (s *stack) refused(user account, body string) string {
	s.t.Helper()
	s.exec("update public.trading_signals_config set webhook_enabled = false where user_id = $1", user.id)
	id := s.arrive(user, body, false)
	s.exec("update public.trading_signals_config set webhook_enabled = true where user_id = $1", user.id)
	return id
}

// outcomes returns the outcomes of a user's log, newest first.
func (s *stack) outcomes(user account, query string) string {
	s.t.Helper()
	var outcomes []string
	list, _ := s.call(user, "GET", "/api/deliveries"+query, "").must(s.t, 200).body["data"].([]any)
	for _, d := range list {
		outcomes = append(outcomes, fmt.Sprint(d.(map[string]any)["outcome"]))
	}
	return strings.Join(outcomes, " ")
}

func TestTheDeliveryLogIsTheOwnersAndFiltered(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice, bob := s.user("alice@example.com"), s.user("bob@example.com")
	s.arrive(alice, "first", false)
	s.arrive(alice, "first", false)
	s.refused(alice, "second")
	s.arrive(alice, "\xff\x00", false)
	if got := s.outcomes(alice, ""); got != "accepted disabled duplicate accepted" {
		t.Errorf("the log is %q", got)
	}
	for query, want := range map[string]string{
		"?outcome=duplicate": "duplicate", "?outcome=all&limit=2": "accepted disabled", "?to=2026-01-01": "", "?from=2020-01-01&outcome=disabled": "disabled",
	} {
		if got := s.outcomes(alice, query); got != want {
			t.Errorf("%s gives %q, want %q", query, got, want)
		}
	}
	if got := s.outcomes(bob, ""); got != "" {
		t.Errorf("another user sees %q", got)
	}
	first, _ := s.call(alice, "GET", "/api/deliveries?outcome=duplicate", "").must(t, 200).body["data"].([]any)[0].(map[string]any)["signal_id"].(string)
	if got := s.outcomes(alice, "?signal="+first); got != "duplicate accepted" {
		t.Errorf("the deliveries of the first signal are %q", got)
	}
	if got := s.outcomes(bob, "?signal="+first); got != "" {
		t.Errorf("another user sees %q of it", got)
	}
	s.call(alice, "GET", "/api/deliveries?signal=x", "").must(t, 422)
	page := s.call(alice, "GET", "/api/deliveries?limit=3", "").must(t, 200)
	next, _ := page.body["next_cursor"].(string)
	if got := s.outcomes(alice, "?limit=3&cursor="+next); got != "accepted" {
		t.Errorf("the second part is %q", got)
	}
	newest, _ := page.body["data"].([]any)[0].(map[string]any)
	if newest["body"] != nil || newest["body_base64"] != "/wA=" || newest["sender"] != "52.89.214.238" || newest["signal_id"] == nil {
		t.Errorf("a body that is no text is shown as %v", newest)
	}
	s.wrong(alice, "GET", "/api/deliveries?outcome=lost", "").refused(t, 422, "invalid_request", "")
}

func TestAReplayMakesOneSignalHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice, bob := s.user("alice@example.com"), s.user("bob@example.com")
	id := s.refused(alice, `{"ticker":"BINANCE:BTCUSDT","price":67890.50}`)
	s.call(bob, "POST", "/api/deliveries/"+id+"/replay", "").refused(t, 404, "not_found", "")
	first := s.call(alice, "POST", "/api/deliveries/"+id+"/replay", "").must(t, 200)
	again := s.call(alice, "POST", "/api/deliveries/"+id+"/replay", "").must(t, 200)
	if first.body["signal_id"] == nil || first.body["signal_id"] != again.body["signal_id"] {
		t.Errorf("replayed as %v and %v", first.body, again.body)
	}
	signal := s.call(alice, "GET", "/api/signals/"+fmt.Sprint(first.body["signal_id"]), "").must(t, 200).data()
	if signal["ticker"] != "BINANCE:BTCUSDT" || fmt.Sprint(signal["price"]) != "67890.5" {
		t.Errorf("the signal is %v", signal)
	}
	if got := s.outcomes(alice, ""); got != "accepted" {
		t.Errorf("the log is %q, want the delivery accepted", got)
	}
	if used := s.call(alice, "GET", "/api/quota", "").must(t, 200).body["quota"].(map[string]any)["used"]; fmt.Sprint(used) != "1" {
		t.Errorf("%v signals used, want 1", used)
	}
	s.call(alice, "POST", "/api/deliveries/not-an-id/replay", "").refused(t, 404, "not_found", "")
}

func TestARepeatIsReplayedAsASignalOfItsOwn(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	s.arrive(alice, "same", false)
	repeat := s.arrive(alice, "same", false)
	s.call(alice, "POST", "/api/deliveries/"+repeat+"/replay", "").must(t, 200)
	if total := s.call(alice, "GET", "/api/signals", "").must(t, 200).body["total"]; fmt.Sprint(total) != "2" {
		t.Errorf("%v signals, want 2", total)
	}
}

func TestAnAlertOfAnotherMomentIsReplayedWithoutAScreenshot(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	s.exec("update public.trading_signals_config set tv_sessionid = 'x', tv_sessionid_sign = 'x', cookies_valid = true, default_chart_id = 'Zk4Tq9Lm' where user_id = $1", alice.id)
	fresh, old := s.refused(alice, "fresh"), s.refused(alice, "old")
	s.exec("update public.webhook_deliveries set received_at = now() - interval '16 minutes' where id = $1", old)
	for id, want := range map[string]string{fresh: "pending <nil>", old: "skipped too_late"} {
		replay := s.call(alice, "POST", "/api/deliveries/"+id+"/replay", "").must(t, 200)
		signal := s.call(alice, "GET", "/api/signals/"+fmt.Sprint(replay.body["signal_id"]), "").must(t, 200).data()
		if got := fmt.Sprint(signal["screenshot_status"], " ", signal["screenshot_error"]); got != want {
			t.Errorf("the screenshot is %s, want %s", got, want)
		}
	}
}

func TestABodyThatWasNotKeptCannotBeReplayed(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	id := s.arrive(alice, strings.Repeat("x", atalaya.MaxBody+1), true)
	s.call(alice, "POST", "/api/deliveries/"+id+"/replay", "").refused(t, 409, "conflict", "not kept")
}

func TestManyAreReplayedUntilTheQuotaRefuses(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	for i := range 5 {
		s.refused(alice, fmt.Sprint("alert ", i))
	}
	s.replayable(alice, "?outcome=disabled", 5)
	s.replayable(alice, "?to=2026-01-01", 0)
	s.exec("update public.trading_signals_config set signals_quota = 3 where user_id = $1", alice.id)
	many := s.call(alice, "POST", "/api/deliveries/replay?outcome=disabled", "").must(t, 200)
	if fmt.Sprint(many.body["replayed"], many.body["refused"]) != "3 1" {
		t.Errorf("replayed %v", many.body)
	}
	if got := s.outcomes(alice, ""); got != "disabled disabled accepted accepted accepted" {
		t.Errorf("the log is %q, want the oldest accepted", got)
	}
	s.replayable(alice, "", 2)
	s.replayable(s.user("bob@example.com"), "", 0)
	id := strings.TrimSpace(fmt.Sprint(s.call(alice, "GET", "/api/deliveries?limit=1", "").must(t, 200).body["data"].([]any)[0].(map[string]any)["id"]))
	s.call(alice, "POST", "/api/deliveries/"+id+"/replay", "").refused(t, 429, "quota_exceeded", "")
	s.exec("update public.trading_signals_config set signals_quota = -1 where user_id = $1", alice.id)
	if rest := s.call(alice, "POST", "/api/deliveries/replay", "").must(t, 200); fmt.Sprint(rest.body["replayed"], rest.body["more"]) != "2 false" {
		t.Errorf("the rest: %v", rest.body)
	}
}

// replayable checks how many deliveries the API says that a replay would take.
func (s *stack) replayable(user account, query string, want int) {
	s.t.Helper()
	if got := s.call(user, "GET", "/api/deliveries/replay"+query, "").must(s.t, 200).body; fmt.Sprint(got["replayable"], got["capped"]) != fmt.Sprint(want, false) {
		s.t.Errorf("%q can replay %v, want %d", query, got, want)
	}
}

func TestRepeatsAreReplayedTogetherOnlyIfAskedFor(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	s.arrive(alice, "same", false)
	s.arrive(alice, "same", false)
	s.refused(alice, "refused")
	for _, step := range []struct{ query, replayed, log string }{
		{"", "1", "accepted duplicate accepted"},
		{"?outcome=duplicate", "1", "accepted accepted accepted"},
	} {
		many := s.call(alice, "POST", "/api/deliveries/replay"+step.query, "").must(t, 200)
		if got := fmt.Sprint(many.body["replayed"]); got != step.replayed || s.outcomes(alice, "") != step.log {
			t.Errorf("%q replayed %s, the log is %q", step.query, got, s.outcomes(alice, ""))
		}
	}
}

package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnAlertIsReadAsItWouldBeAndNothingIsStored(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	body := quoted(t, `{"s":"NYSE:KO","fp":"61,50","Señal":"Ruptura","message":"exit long"}`)
	got := s.call(alice, "POST", "/api/alerts/read", `{"body":`+body+`,"content_type":"text/plain"}`).must(t, 200)
	if got.data()["ticker"] != nil || got.data()["signal_type"] != "Ruptura" || got.data()["direction"] != "LONG" || got.data()["event_kind"] != "exit" || got.data()["parse_status"] != "json" {
		t.Errorf("read as %v", got.data())
	}
	want := map[string]any{
		"signal_type": map[string]any{"how": "name", "word": "Señal"}, "direction": map[string]any{"how": "words", "word": ""},
	}
	if diff := cmp.Diff(want, got.body["matched"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{"ticker", "price", "indicator_name", "chart_id", "interval", "timestamp"}, got.body["missing"]); diff != "" {
		t.Error(diff)
	}

	// First with names of the request, which are not stored, and then with those of the settings.
	named := s.call(alice, "POST", "/api/alerts/read", `{"body":`+body+`,"alert_names":{"ticker":["s"],"price":["fp"]}}`).must(t, 200)
	if named.data()["ticker"] != "NYSE:KO" || named.data()["exchange"] != "NYSE" || !strings.Contains(string(named.raw), `"price":61.50`) {
		t.Errorf("read as %s", named.raw)
	}
	s.call(alice, "PUT", "/api/config", `{"alert_names":{"ticker":["s"]}}`).must(t, 200)
	kept := s.call(alice, "POST", "/api/alerts/read", `{"body":`+body+`}`).must(t, 200)
	if kept.data()["ticker"] != "NYSE:KO" || kept.data()["price"] != nil {
		t.Errorf("read as %v", kept.data())
	}
	if none := s.call(alice, "POST", "/api/alerts/read", `{"body":`+body+`,"alert_names":null}`).must(t, 200); none.data()["ticker"] != nil {
		t.Errorf("read as %v", none.data())
	}
	if signals := s.call(alice, "GET", "/api/signals", "").must(t, 200); signals.body["total"] != 0.0 {
		t.Errorf("stored: %s", signals.raw)
	}
	s.wrong(alice, "POST", "/api/alerts/read", `{"body":"`+strings.Repeat("x", 64<<10+1)+`"}`).refused(t, 413, "body_too_large", "64 KiB")
	s.wrong(alice, "POST", "/api/alerts/read", `{"body":"x","alert_names":{"volume":["v"]}}`).refused(t, 422, "invalid_request", "volume")
}

// quoted returns a text as a JSON string.
func quoted(t *testing.T, text string) string {
	t.Helper()
	encoded, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func TestOwnNamesAreKeptIfTheyAreNames(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	names := `{"price":["fp","px.last"],"ticker":["s"]}`
	saved := s.call(alice, "PUT", "/api/config", `{"alert_names":`+names+`}`).must(t, 200)
	if diff := cmp.Diff(map[string]any{"ticker": []any{"s"}, "price": []any{"fp", "px.last"}}, saved.data()["alert_names"]); diff != "" {
		t.Error(diff)
	}
	for body, hint := range map[string]string{
		`{"alert_names":{"volume":["v"]}}`:                                           "volume",
		`{"alert_names":{"ticker":["1","2","3","4","5","6","7","8","9","10","11"]}}`: "10",
		`{"alert_names":{"ticker":["` + strings.Repeat("x", 61) + `"]}}`:             "60",
		`{"alert_names":{"ticker":[""]}}`:                                            "empty",
		`{"alert_names":{"ticker":"s"}}`:                                             "alert_names",
	} {
		s.wrong(alice, "PUT", "/api/config", body).refused(t, 422, "invalid_request", hint)
	}
	if cleared := s.call(alice, "PUT", "/api/config", `{"alert_names":null}`).must(t, 200); len(cleared.data()["alert_names"].(map[string]any)) != 0 {
		t.Errorf("alert_names after null is %v, want none", cleared.data()["alert_names"])
	}
}

func TestATestAlertTakesTheWayOfARealOneAndSaysTheNextStep(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	s.exec("update public.trading_signals_config set signals_quota = 0 where user_id = $1", alice.id) // a test uses no quota

	first := s.call(alice, "POST", "/api/alerts/test", "").must(t, 200)
	if first.body["screenshot_queued"] != false || first.body["screenshot_error"] != "no_cookies" || !strings.Contains(first.body["next_step"].(string), "tv_sessionid_plain") {
		t.Errorf("answered %s", first.raw)
	}
	signal := s.call(alice, "GET", "/api/signals/"+first.body["signal_id"].(string), "").must(t, 200).data()
	if signal["origin"] != "test" || signal["screenshot_status"] != "skipped" || signal["ticker"] != "BINANCE:BTCUSDT" {
		t.Errorf("the signal is %v", signal)
	}
	s.exec(`update public.trading_signals set result = 'win', profit_loss = 5 where id = $1`, first.body["signal_id"])
	if stats := s.call(alice, "GET", "/api/stats", "").must(t, 200).data(); stats["total_signals"] != 0.0 || stats["wins"] != 0.0 {
		t.Errorf("a test counts: %v", stats)
	}
	for query, total := range map[string]float64{"": 1, "result=win": 1, "result=loss": 0, "result=pending": 0} {
		if list := s.call(alice, "GET", "/api/signals?"+query, "").must(t, 200); list.body["total"] != total || list.body["count"] != total {
			t.Errorf("%s: total %v, count %v", query, list.body["total"], list.body["count"])
		}
	}
	if quota := s.call(alice, "GET", "/api/config", "").must(t, 200).data(); quota["signals_used_this_month"] != 0.0 {
		t.Errorf("used %v", quota["signals_used_this_month"])
	}

	cookies := `{"tv_sessionid_plain":"abcdefghijklmnopqrstuvwxyz012345","tv_sessionid_sign_plain":"v3:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`
	s.call(alice, "PUT", "/api/config", cookies).must(t, 200)
	if second := s.call(alice, "POST", "/api/alerts/test", "").must(t, 200); second.body["screenshot_error"] != "no_chart" || !strings.Contains(second.body["next_step"].(string), "default_chart_id") {
		t.Errorf("answered %s", second.raw)
	}
	s.call(alice, "PUT", "/api/config", `{"default_chart_id":"aB3dE5f7"}`).must(t, 200)
	if third := s.call(alice, "POST", "/api/alerts/test", "").must(t, 200); third.body["screenshot_queued"] != true || third.body["screenshot_error"] != nil {
		t.Errorf("answered %s", third.raw)
	}
	s.call(alice, "PUT", "/api/config", `{"webhook_enabled":false}`).must(t, 200)
	s.call(alice, "POST", "/api/alerts/test", "").refused(t, 409, "conflict", "webhook_enabled")
}

func TestSignalsShowAndFilterTheKindOfEvent(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	entry, exit, neither := s.signal(alice, "NYSE:KO"), s.signal(alice, "NYSE:PEP"), s.signal(alice, "NYSE:T")
	s.exec(`update public.trading_signals set event_kind = 'entry', stop_price = 60.50 where id = $1`, entry)
	s.exec(`update public.trading_signals set event_kind = 'exit' where id = $1`, exit)
	for query, want := range map[string][]string{
		"event_kind=entry": {entry}, "event_kind=exit": {exit}, "event_kind=none": {neither}, "event_kind=all": {neither, exit, entry},
	} {
		got := s.call(alice, "GET", "/api/signals?"+query, "").must(t, 200)
		if diff := cmp.Diff(want, ids(got)); diff != "" || got.body["total"] != float64(len(want)) {
			t.Errorf("%s: total %v %s", query, got.body["total"], diff)
		}
	}
	shown := s.call(alice, "GET", "/api/signals/"+entry, "").must(t, 200)
	if !strings.Contains(string(shown.raw), `"stop_price":60.50`) || shown.data()["event_kind"] != "entry" || shown.data()["origin"] != "alert" {
		t.Errorf("shown as %s", shown.raw)
	}
	if changed := s.call(alice, "PATCH", "/api/signals/"+entry, `{"stop_price":59.25}`).must(t, 200); !strings.Contains(string(changed.raw), `"stop_price":59.25`) {
		t.Errorf("changed to %s", changed.raw)
	}
}

func TestEveryColumnFiltersAndNoneAsksForNull(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice, mallory := s.user("alice@example.com"), s.user("mallory@example.com")
	full, empty := s.signal(alice, "NYSE:KO"), s.signal(alice, "NYSE:KO")
	s.signal(mallory, "NYSE:KO")
	s.exec(`update public.trading_signals set ticker = 'NASDAQ:AAPL', symbol = 'AAPL', exchange = 'NASDAQ', direction = 'LONG', indicator_name = 'Super Trend',
		signal_type = 'Breakout', interval = '60', tags = '{swing,"a,b"}', event_kind = 'entry', result = 'win', profit_loss = 12.5, risk_amount = 5 where id = $1`, full)
	s.exec(`update public.trading_signals set ticker = null, symbol = null, exchange = null, direction = null, indicator_name = null,
		signal_type = null, interval = null, tags = '{}', event_kind = null where id = $1`, empty)
	for query, want := range map[string]string{
		"ticker=aapl": full, "ticker=NASDAQ:AAPL": full, "ticker=none": empty, "exchange=nasdaq": full, "exchange=none": empty,
		"direction=LONG": full, "direction=none": empty, "indicator=super+trend": full, "indicator=none": empty,
		"signal_type=BREAKOUT": full, "signal_type=none": empty, "interval=60": full, "interval=1h": full, "interval=none": empty,
		"tag=swing": full, "tag=a,b": full, "tag=none": empty, "event_kind=entry": full, "event_kind=none": empty,
		"ticker=none&tag=none&interval=none": empty, "ticker=AAPL&tag=none": "", "tag=b": "", "interval=15m": "",
		"pnl_from=12.50": full, "pnl_to=12.5": "", "pnl_from=-1e3&pnl_to=13": full, "r_from=2.5&r_to=3": full, "r_from=2.51": "",
		"counted=current_streak": full, "counted=longest_win_streak": full, "counted=longest_loss_streak": "", "counted=current_streak&tag=none": "",
	} {
		got := s.call(alice, "GET", "/api/signals?"+query, "").must(t, 200)
		if found := strings.Join(ids(got), " "); found != want || got.body["total"] != float64(len(ids(got))) {
			t.Errorf("%s: %q, total %v, want %q", query, found, got.body["total"], want)
		}
	}
	s.call(alice, "GET", "/api/signals?interval=sometimes", "").refused(t, 422, "invalid_request", "interval")
	for _, query := range []string{"pnl_from=much", "r_to=1e99", "pnl_to=" + strings.Repeat("1", 90)} {
		name, _, _ := strings.Cut(query, "=")
		s.call(alice, "GET", "/api/signals?"+query, "").refused(t, 422, "invalid_request", name)
	}
	s.wrong(alice, "GET", "/api/signals?week=2026-W60", "").refused(t, 422, "invalid_request", "week")
	s.wrong(alice, "GET", "/api/signals?month=2026-13", "").refused(t, 422, "invalid_request", "month")
	s.wrong(alice, "GET", "/api/signals?hour=24", "").refused(t, 422, "invalid_request", "hour")
	s.wrong(alice, "GET", "/api/signals?session=moscow", "").refused(t, 422, "invalid_request", "session")
	s.wrong(alice, "GET", "/api/signals?hour=&weekday=&session=&exchange=", "").must(t, 200)
}

// 2026-03-09 is a Monday, after New York changed its clocks and before London did.
func TestHoursDaysAndSessionsGoByTheirOwnClocks(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	s.call(alice, "PUT", "/api/config", `{"preferred_timezone":"Pacific/Auckland"}`).must(t, 200) // 13 hours ahead
	for _, moment := range []struct{ at, hour, weekday, session string }{
		{"2026-03-08T23:59:59.999Z", "12", "1", "other"},
		{"2026-03-09T00:00:00Z", "13", "1", "tokyo"},
		{"2026-03-09T07:59:00Z", "20", "1", "tokyo"},
		{"2026-03-09T08:00:00Z", "21", "1", "london"},
		{"2026-03-09T12:00:00Z", "1", "2", "london_new_york"},
		{"2026-03-09T17:00:00Z", "6", "2", "new_york"},
		{"2026-03-09T21:00:00Z", "10", "2", "other"},
		{"2026-03-13T20:59:59Z", "9", "6", "new_york"}, // Saturday there, Friday in New York
		{"2026-03-13T21:00:00Z", "10", "6", "weekend"},
		{"2026-03-15T11:00:00Z", "0", "1", "other"}, // Monday there, and nothing is open yet
		{"2026-07-15T12:00:00Z", "0", "4", "london_new_york"},
	} {
		id := s.signal(alice, "NYSE:KO")
		s.exec(`update public.trading_signals set "timestamp" = $2::timestamptz where id = $1`, id, moment.at)
		query := "hour=" + moment.hour + "&weekday=" + moment.weekday + "&session=" + moment.session
		if got := ids(s.call(alice, "GET", "/api/signals?"+query, "").must(t, 200)); len(got) != 1 || got[0] != id {
			t.Errorf("%s: %s finds %v", moment.at, query, got)
		}
		s.exec(`delete from public.trading_signals where id = $1`, id)
	}
}

func TestADayIsAWholeDayOfTheUsersZone(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	at := func(created string) string {
		id := s.signal(alice, "NYSE:KO")
		s.exec(`update public.trading_signals set created_at = $2::timestamptz where id = $1`, id, created)
		return id
	}
	for zone, day := range map[string]struct{ date, before, first, last, after string }{
		"UTC":              {"2026-01-31", "2026-01-30T23:59:59.999Z", "2026-01-31T00:00:00Z", "2026-01-31T23:59:59.999Z", "2026-02-01T00:00:00Z"},
		"America/New_York": {"2026-03-08", "2026-03-08T04:59:59Z", "2026-03-08T05:00:00Z", "2026-03-09T03:59:59Z", "2026-03-09T04:00:00Z"}, // 23 hours
		"Europe/Madrid":    {"2026-10-25", "2026-10-24T21:59:59Z", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"}, // 25 hours
		"America/Santiago": {"2026-09-06", "2026-09-06T03:59:59Z", "2026-09-06T04:00:00Z", "2026-09-07T02:59:59Z", "2026-09-07T03:00:00Z"}, // it begins at 01:00
		"America/Havana":   {"2026-11-01", "2026-11-01T03:59:59Z", "2026-11-01T04:00:00Z", "2026-11-02T04:59:59Z", "2026-11-02T05:00:00Z"}, // midnight comes twice
		"Pacific/Auckland": {"2026-04-05", "2026-04-04T10:59:59Z", "2026-04-04T11:00:00Z", "2026-04-05T11:59:59Z", "2026-04-05T12:00:00Z"},
		"Asia/Kolkata":     {"2026-02-28", "2026-02-27T18:29:59Z", "2026-02-27T18:30:00Z", "2026-02-28T18:29:59Z", "2026-02-28T18:30:00Z"},
	} {
		s.exec(`delete from public.trading_signals where user_id = $1`, alice.id)
		at(day.before)
		first, last := at(day.first), at(day.last)
		at(day.after)
		s.call(alice, "PUT", "/api/config", `{"preferred_timezone":"`+zone+`"}`).must(t, 200)
		got := ids(s.call(alice, "GET", "/api/signals?from="+day.date+"&to="+day.date, "").must(t, 200))
		if diff := cmp.Diff([]string{last, first}, got); diff != "" {
			t.Errorf("%s: %s", zone, diff)
		}
		// from may be a day while to is a moment.
		if got := ids(s.call(alice, "GET", "/api/signals?from="+day.date+"&to="+day.last, "").must(t, 200)); len(got) != 1 || got[0] != first {
			t.Errorf("%s up to a moment: %v", zone, got)
		}
		s.call(alice, "GET", "/api/deliveries?from="+day.date+"&to="+day.date, "").must(t, 200)
	}
}

package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheCallsOfTheUsersDocumentWork(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	id := s.signal(alice, "BINANCE:BTCUSDT")

	list := s.call(alice, "GET", "/api/signals?limit=50&offset=0&result=all", "").must(t, 200)
	first := list.body["data"].([]any)[0].(map[string]any)
	want := map[string]any{
		"id": id, "user_id": string(alice.id), "indicator_name": "Mi Indicador Pro", "ticker": "BINANCE:BTCUSDT",
		"exchange": "BINANCE", "symbol": "BTCUSDT", "price": 64250.5, "signal_type": "BUY_SIGNAL", "direction": "LONG",
		"chart_id": "xyz123", "interval": "15", "screenshot_url": nil, "screenshot_status": "completed",
		"screenshot_cure": nil, "screenshot_error": nil, "screenshot_path": nil, "screenshot_kind": nil, "screenshot_source": nil,
		"screenshot_width": nil, "screenshot_height": nil, "screenshot_taken_at": nil, "screenshot_symbol": nil, "screenshot_interval": nil,
		"screenshot_warnings": []any{}, "delivery_mode": nil, "result": "pending", "event_kind": nil, "origin": "alert", "stop_price": nil, "risk_amount": nil, "closed_at": nil,
		"entry_price": nil, "exit_price": nil, "profit_loss": nil, "profit_loss_percent": nil, "notes": nil, "tags": nil,
		"raw_message": `{"ticker":"BINANCE:BTCUSDT"}`, "parsed_data": map[string]any{"ticker": "BINANCE:BTCUSDT"}, "parse_status": "json",
		"missing": []any{"timestamp"}, "timestamp": first["timestamp"], "created_at": first["created_at"], "updated_at": first["updated_at"],
	}
	if first["tags"] != nil {
		want["tags"] = []any{}
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
	delete(list.body, "data")
	if diff := cmp.Diff(map[string]any{"success": true, "count": 1.0, "total": 1.0, "total_capped": false, "limit": 50.0, "offset": 0.0, "next_cursor": nil, "ignored": []any{}}, list.body); diff != "" {
		t.Error(diff)
	}

	update := s.call(alice, "PUT", "/api/signals/"+id, `{
  "result": "win",
  "entry_price": 45000,
  "exit_price": 46000,
  "profit_loss": 1000,
  "profit_loss_percent": 2.22,
  "notes": "Operación exitosa"
}`).must(t, 200).data()
	for name, value := range map[string]any{"result": "win", "entry_price": 45000.0, "exit_price": 46000.0, "profit_loss": 1000.0, "profit_loss_percent": 2.22, "notes": "Operación exitosa"} {
		if update[name] != value {
			t.Errorf("%s is %v", name, update[name])
		}
	}
	if got := s.call(alice, "GET", "/api/signals/"+id, "").must(t, 200).data(); cmp.Diff(update, got) != "" {
		t.Error(cmp.Diff(update, got))
	}
	stats := s.call(alice, "GET", "/api/stats", "").must(t, 200).data()
	if stats["wins"] != 1.0 || stats["win_rate"] != 100.0 || stats["total_profit_loss"] != 1000.0 || stats["profit_factor"] != nil {
		t.Errorf("stats %v", stats)
	}
	config := s.call(alice, "PUT", "/api/config", `{
  "default_chart_id": "xyz123",
  "screenshot_resolution": "1080p",
  "preferred_timezone": "America/New_York",
  "tv_sessionid_plain": "abcdefghijklmnopqrstuvwxyz012345",
  "tv_sessionid_sign_plain": "v3:c2lnbmF0dXJlIG9mIHRoZSBzZXNzaW9u"
}`).must(t, 200)
	if config.body["cookies_encrypted"] != true || config.data()["cookies_valid"] != true {
		t.Errorf("config %s", config.raw)
	}
	if deleted := s.call(alice, "DELETE", "/api/signals/"+id, "").must(t, 200); deleted.body["success"] != true || deleted.body["message"] == "" {
		t.Errorf("deleted %s", deleted.raw)
	}
	s.call(alice, "GET", "/api/signals/"+id, "").refused(t, 404, "not_found", "no signal")
}

func TestNumbersKeepEveryDigit(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	path := "/api/signals/" + s.signal(alice, "BINANCE:BTCUSDT")
	for sent, want := range map[string]string{
		`0.123456789012345678901234567891`: "0.123456789012345678901234567891",
		`123456789012345678901234567890.5`: "123456789012345678901234567890.5",
		`"45000.25"`:                       "45000.25",
		`1e30`:                             "1000000000000000000000000000000",
		`-1e-30`:                           "-0.000000000000000000000000000001",
		`0`:                                "0",
		`null`:                             "null",
	} {
		answer := s.call(alice, "PATCH", path, `{"profit_loss":`+sent+`}`).must(t, 200)
		var got struct {
			Data struct {
				ProfitLoss json.RawMessage `json:"profit_loss"`
			}
		}
		if err := json.Unmarshal(answer.raw, &got); err != nil || string(got.Data.ProfitLoss) != want {
			t.Errorf("%s came back as %s: %v", sent, got.Data.ProfitLoss, err)
		}
	}
	for _, sent := range []string{`1.1e30`, `1e-31`, `1e999999999`, `"1e999999999"`, `"NaN"`, `"Infinity"`, `"abc"`, `""`, `true`, `[1]`, `{}`,
		`"` + strings.Repeat("9", 200) + `"`} {
		answer := s.wrong(alice, "PATCH", path, `{"profit_loss":`+sent+`}`)
		if answer.status != 422 && answer.status != 400 {
			t.Errorf("%s was answered %d: %s", sent, answer.status, answer.raw)
		} else if !strings.Contains(string(answer.raw), "profit_loss") && answer.status == 422 {
			t.Errorf("the message does not name the member: %s", answer.raw)
		}
	}
}

func TestAnUpdateLeavesAloneWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	path := "/api/signals/" + s.signal(alice, "BINANCE:BTCUSDT")
	s.call(alice, "PUT", path, `{"result":"loss","profit_loss":-5,"notes":"n","tags":["a","b"],"user_id":"x","unknown":{"deep":1}}`).must(t, 200)
	got := s.call(alice, "PUT", path, `{"notes":null}`).must(t, 200).data()
	if got["result"] != "loss" || got["profit_loss"] != -5.0 || got["notes"] != nil || cmp.Diff([]any{"a", "b"}, got["tags"]) != "" || got["user_id"] != string(alice.id) {
		t.Errorf("the signal became %v", got)
	}
	if got := s.call(alice, "PUT", path, `{"tags":[],"profit_loss":null}`).must(t, 200).data(); len(got["tags"].([]any)) != 0 || got["profit_loss"] != nil {
		t.Errorf("with no tags and no profit the signal became %v", got)
	}
	s.call(alice, "PUT", path, `{}`).must(t, 200)
}

func TestAnUpdateThatBreaksARuleSaysWhich(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	path := "/api/signals/" + s.signal(alice, "BINANCE:BTCUSDT")
	for body, hint := range map[string]string{
		`{"result":"won"}`: "result: expected value to be one of",
		`{"result":null}`:  "result:",
		`{"tags":null}`:    "tags:",
		`{"notes":5}`:      "notes: expected string",
		`{"tags":["` + strings.Repeat("x", 51) + `"]}`:     "50 characters",
		`{"tags":[` + strings.Repeat(`"x",`, 20) + `"x"]}`: "tags",
		`{"notes":"` + strings.Repeat("x", 10001) + `"}`:   "notes",
		`{"notes":"a\u0000b"}`:                             "notes",
		`[]`:                                               "expected object",
	} {
		s.wrong(alice, "PUT", path, body).refused(t, 422, "invalid_request", hint)
	}
	s.wrong(alice, "PUT", path, `{"result":`).refused(t, 400, "invalid_request", "")
	s.wrong(alice, "PUT", path, `{"result":"win"} x`).refused(t, 400, "invalid_request", "")
	s.wrong(alice, "PUT", path, ``).refused(t, 400, "invalid_request", "body")
	s.wrong(alice, "PUT", path, `{"notes":"`+strings.Repeat("x", 1<<20)+`"}`).refused(t, 413, "body_too_large", "")
}

func TestTheListFiltersAndCounts(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	btc, eth, old := s.signal(alice, "BINANCE:BTCUSDT"), s.signal(alice, "BINANCE:ETHUSDT"), s.signal(alice, "NASDAQ:AAPL")
	s.exec(`update public.trading_signals set result = 'win', profit_loss = 1, direction = 'SHORT', notes = '100% sure_thing' where id = $1`, eth)
	s.exec(`update public.trading_signals set result = 'skip', indicator_name = 'Otro', screenshot_status = 'failed', created_at = '2025-03-01T10:00:00Z' where id = $1`, old)
	for query, want := range map[string][]string{
		"":                                   {eth, btc, old},
		"result=all":                         {eth, btc, old},
		"result=win":                         {eth},
		"result=pending":                     {btc},
		"result=skip":                        {old},
		"result=loss":                        {},
		"ticker=ETHUSDT":                     {eth},
		"ticker=binance:btcusdt":             {btc},
		"direction=SHORT":                    {eth},
		"direction=LONG&result=all":          {btc, old},
		"indicator=mi+indicador+pro":         {eth, btc},
		"status=failed":                      {old},
		"from=2025-03-01&to=2025-03-02":      {old},
		"to=2025-03-01T10:00:00Z":            {},
		"to=2025-03-01T12:00:00.001%2B02:00": {old},
		"to=2025-03-01T12:00:00.001+02:00":   {old},
		"q=100%25":                           {eth},
		"q=sure_thing":                       {eth},
		"q=s_re":                             {},
		"q=btcusdt":                          {btc},
		"q=otro":                             {old},
		"result=win&direction=LONG":          {},
	} {
		answer := s.call(alice, "GET", "/api/signals?"+query, "").must(t, 200)
		if diff := cmp.Diff(want, ids(answer)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
		if answer.body["total"] != float64(len(want)) || answer.body["count"] != float64(len(want)) {
			t.Errorf("%s: total %v, count %v", query, answer.body["total"], answer.body["count"])
		}
	}
	// Empty parameters, which forms send, filter nothing.
	if got := ids(s.wrong(alice, "GET", "/api/signals?ticker=&direction=&indicator=&status=&from=&to=&q=&cursor=&limit=", "").must(t, 200)); len(got) != 3 {
		t.Errorf("empty filters let %v through", got)
	}
	for _, query := range []string{"limit=0", "limit=201", "limit=x", "offset=-1", "result=won", "direction=UP", "status=x", "from=yesterday", "cursor=x", "cursor=" + strings.Repeat("A", 40)} {
		s.wrong(alice, "GET", "/api/signals?"+query, "").refused(t, 422, "invalid_request", strings.SplitN(query, "=", 2)[0])
	}
}

func TestPagesByCursorMissNothingAndRepeatNothing(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	// Among equal times the id decides the order.
	s.exec(`insert into public.trading_signals (user_id, screenshot_status, created_at)
	        select $1, 'skipped', timestamptz '2026-01-01' + (n / 4) * interval '1 second' from generate_series(1, 25) n`, string(alice.id))
	all := ids(s.call(alice, "GET", "/api/signals?limit=200", "").must(t, 200))
	var paged []string
	for cursor, pages := "", 0; ; pages++ {
		answer := s.call(alice, "GET", "/api/signals?limit=7&cursor="+url.QueryEscape(cursor), "").must(t, 200)
		paged = append(paged, ids(answer)...)
		if (cursor == "") != (answer.body["total"] != nil) {
			t.Errorf("total %v with cursor %q", answer.body["total"], cursor)
		}
		next, more := answer.body["next_cursor"].(string)
		if !more {
			if pages != 3 {
				t.Errorf("%d pages after the first", pages)
			}
			break
		}
		s.signal(alice, "BINANCE:NEWUSDT") // what arrives in between does not shift the pages
		cursor = next
	}
	if diff := cmp.Diff(all, paged); diff != "" {
		t.Error(diff)
	}
	if got := ids(s.call(alice, "GET", "/api/signals?limit=7&offset=3", "").must(t, 200)); cmp.Diff(all[:7], got) != "" {
		t.Errorf("offset: %s", cmp.Diff(all[:7], got))
	}
}

func TestCountingAFilteredListEndsAtTenThousand(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	s.exec(`insert into public.trading_signals (user_id, screenshot_status, ticker, direction) select $1, 'skipped', 'X', 'LONG' from generate_series(1, 10003)`, string(alice.id))
	for query, want := range map[string][2]any{
		"":                        {10003.0, false},
		"result=pending":          {10003.0, false},
		"direction=LONG":          {10000.0, true},
		"direction=LONG&ticker=Y": {0.0, false},
	} {
		answer := s.call(alice, "GET", "/api/signals?limit=1&"+query, "").must(t, 200)
		if answer.body["total"] != want[0] || answer.body["total_capped"] != want[1] {
			t.Errorf("%q: total %v, capped %v", query, answer.body["total"], answer.body["total_capped"])
		}
	}
}

func TestDeletingASignalQueuesItsPictureForRemoval(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	id := s.signal(alice, "BINANCE:BTCUSDT")
	path := string(alice.id) + "/BTC_x.png"
	s.exec(`update public.trading_signals set screenshot_path = $2 where id = $1`, id, path)
	s.call(alice, "DELETE", "/api/signals/"+id, "").must(t, 200)
	var queued int
	if err := s.pool.QueryRow(t.Context(), `select count(*) from public.screenshot_removals where path = $1`, path).Scan(&queued); err != nil || queued != 1 {
		t.Errorf("%d queued: %v", queued, err)
	}
	s.call(alice, "DELETE", "/api/signals/"+id, "").refused(t, 404, "not_found", "")
}

// otherUsersRoutes returns every route that names a row, with a body that would change it.
func otherUsersRoutes(id string) map[string]string {
	return map[string]string{
		"GET /api/signals/" + id:    "",
		"PUT /api/signals/" + id:    `{"result":"win"}`,
		"PATCH /api/signals/" + id:  `{"notes":"mine"}`,
		"DELETE /api/signals/" + id: "",

		"POST /api/signals/" + id + "/screenshot": "",
	}
}

func TestAnotherUsersRowsDoNotExist(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice, mallory := s.user("alice@example.com"), s.user("mallory@example.com")
	id := s.signal(alice, "BINANCE:BTCUSDT")
	before := s.call(alice, "GET", "/api/signals/"+id, "").must(t, 200)
	for route, body := range otherUsersRoutes(id) {
		method, path, _ := strings.Cut(route, " ")
		s.call(mallory, method, path, body).refused(t, http.StatusNotFound, "not_found", "no signal")
	}
	for _, id := range []string{"x", "00000000-0000-0000-0000-000000000000", strings.ToUpper(id) + "0", "%00"} {
		s.wrong(alice, "GET", "/api/signals/"+id, "").refused(t, http.StatusNotFound, "not_found", "")
	}
	if got := ids(s.call(mallory, "GET", "/api/signals", "").must(t, 200)); len(got) != 0 {
		t.Errorf("mallory sees %v", got)
	}
	for _, path := range []string{"/api/config", "/api/stats", "/api/quota"} {
		if answer := s.call(mallory, "GET", path, "").must(t, 200); strings.Contains(string(answer.raw), string(alice.id)) {
			t.Errorf("%s shows alice: %s", path, answer.raw)
		}
	}
	if diff := cmp.Diff(string(before.raw), string(s.call(alice, "GET", "/api/signals/"+id, "").must(t, 200).raw)); diff != "" {
		t.Errorf("the signal changed: %s", diff)
	}
}

func ids(a answer) []string {
	found := []string{}
	for _, row := range a.body["data"].([]any) {
		found = append(found, fmt.Sprint(row.(map[string]any)["id"]))
	}
	return found
}

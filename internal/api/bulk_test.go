package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// edits sends an edit of many signals, which has to succeed.
func (s *stack) edits(user account, body string, args ...any) answer {
	s.t.Helper()
	return s.call(user, "POST", "/api/signals/bulk", fmt.Sprintf(body, args...)).must(s.t, 200)
}

func TestAnEditOfManySignalsIsUndoneBySendingItsAnswerBack(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice, mallory := s.user("alice@example.com"), s.user("mallory@example.com")
	first, second, foreign := s.signal(alice, "BINANCE:BTCUSDT"), s.signal(alice, "BINANCE:ETHUSDT"), s.signal(mallory, "BINANCE:BTCUSDT")
	s.call(alice, "PATCH", "/api/signals/"+first, `{"result":"loss","profit_loss":"-1.50","stop_price":0.123456789012345678901234567891,"tags":["old"],"notes":"n"}`).must(t, 200)
	read := func(id string) map[string]any {
		return s.call(alice, "GET", "/api/signals/"+id, "").must(t, 200).data()
	}
	was := map[string]map[string]any{first: read(first), second: read(second)}

	done := s.edits(alice, `{"ids":[%q,%q,%q,"00000000-0000-4000-8000-000000000000"],"unknown":1,"add_tags":["new"],"remove_tags":["old"],
		"set":{"result":"win","profit_loss":10,"stop_price":null,"closed_at":"2030-01-01T00:00:00Z","notes":"x","RESULTS":"bogus"}}`, first, second, foreign)
	if done.body["count"] != 2.0 || done.body["missing"] != 2.0 {
		t.Errorf("answered %s", done.raw)
	}
	for _, id := range []string{first, second} {
		got := read(id)
		for name, want := range map[string]any{"result": "win", "profit_loss": 10.0, "stop_price": nil, "notes": "x", "closed_at": "2030-01-01T00:00:00Z", "entry_price": nil} {
			if got[name] != want {
				t.Errorf("%s is %v, want %v", name, got[name], want)
			}
		}
		if diff := cmp.Diff([]any{"new"}, got["tags"]); diff != "" {
			t.Error(diff)
		}
	}
	if got := s.call(mallory, "GET", "/api/signals/"+foreign, "").must(t, 200).data(); got["result"] != "pending" {
		t.Errorf("another user's signal is %v", got["result"])
	}
	if stats := s.call(alice, "GET", "/api/stats", "").must(t, 200).data(); stats["wins"] != 2.0 || stats["total_profit_loss"] != 20.0 {
		t.Errorf("stats %v", stats)
	}

	var before struct {
		Before json.RawMessage `json:"before"`
	}
	if err := json.Unmarshal(done.raw, &before); err != nil {
		t.Fatal(err)
	}
	if undone := s.edits(alice, `{"changes":%s}`, before.Before); undone.body["count"] != 2.0 || undone.body["missing"] != 0.0 {
		t.Errorf("answered %s", undone.raw)
	}
	for id, want := range was {
		got := read(id)
		delete(got, "updated_at")
		delete(want, "updated_at")
		if got["tags"] == nil || want["tags"] == nil { // no tags: null and empty say the same
			delete(got, "tags")
			delete(want, "tags")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAnEditByFilterHappensOnlyIfAsManySignalsMatchAsItsCallerSaw(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	s.exec(`insert into public.trading_signals (user_id, ticker, screenshot_status, screenshot_path, "timestamp")
		select $1::uuid, 'T' || n % 3, 'skipped', $1::text || '/' || n || '.png', '2026-11-01T05:30:00Z' from generate_series(1, 30) n`, alice.id)
	s.wrong(alice, "POST", "/api/signals/bulk", `{"filter":{"ticker":"T1"},"expected_count":11,"set":{"result":"win"}}`).refused(t, 409, "conflict", "10 signals")
	count := func(query string) any {
		return s.call(alice, "GET", "/api/signals?"+query, "").must(t, 200).body["total"]
	}
	if n := count("result=win"); n != 0.0 {
		t.Errorf("%v signals were changed by a refused edit", n)
	}
	if done := s.edits(alice, `{"filter":{"ticker":"T1","day":"2026-11-01","tz":"America/New_York"},"expected_count":10,"set":{"result":"win"}}`); done.body["count"] != 10.0 || count("result=win") != 10.0 {
		t.Errorf("answered %s; %v won", done.raw, count("result=win"))
	}
	if done := s.edits(alice, `{"filter":{"result":"pending"},"expected_count":20,"delete":true}`); done.body["count"] != 20.0 || count("") != 10.0 {
		t.Errorf("answered %s; %v left", done.raw, count(""))
	}
	var removals int
	if err := s.pool.QueryRow(t.Context(), "select count(*) from public.screenshot_removals").Scan(&removals); err != nil || removals != 20 {
		t.Errorf("%d pictures of 20 deleted signals are removed: %v", removals, err)
	}
	if stats := s.call(alice, "GET", "/api/stats", "").must(t, 200).data(); stats["total_signals"] != 10.0 || stats["wins"] != 10.0 {
		t.Errorf("stats %v", stats)
	}
}

func TestAnEditThatIsAmbiguousOrTooLargeIsRefusedWhole(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	id := s.signal(alice, "BINANCE:BTCUSDT")
	s.exec(`update public.trading_signals set tags = array(select 't' || n from generate_series(1, 20) n), "timestamp" = '2026-01-02T00:00:00Z' where id = $1`, id)
	before := s.call(alice, "GET", "/api/signals/"+id, "").must(t, 200).data()
	for body, hint := range map[string]string{
		`{"set":{"result":"win"}}`: "one of ids, filter and changes",
		`{"ids":["ID"],"filter":{},"expected_count":1,"set":{"result":"win"}}`: "one of ids, filter and changes",
		`{"filter":{},"set":{"result":"win"}}`:                                 "expected_count",
		`{"ids":["ID"],"expected_count":1,"set":{"result":"win"}}`:             "expected_count",
		`{"ids":["ID"]}`: "what to do",
		`{"ids":["ID"],"delete":true,"add_tags":["x"]}`:                             "what to do",
		`{"changes":[{"id":"ID","result":"win"}],"delete":true}`:                    "changes",
		`{"ids":["ID","ID"],"set":{"result":"win"}}`:                                "each once",
		`{"changes":[{"id":"ID","result":"win"},{"id":"ID","result":"loss"}]}`:      "each once",
		`{"ids":["x"],"set":{"result":"win"}}`:                                      "ids",
		`{"ids":["ID"],"set":{"result":"win","RESULT":"bogus"}}`:                    "two spellings",
		`{"changes":[{"id":"ID","result":"win","Result":"bogus"}]}`:                 "two spellings",
		`{"ids":["ID"],"set":{"result":"won"}}`:                                     "result",
		`{"changes":[{"id":"ID","result":"won"}]}`:                                  "result",
		`{"ids":["ID"],"set":{"profit_loss":"NaN"}}`:                                "profit_loss",
		`{"changes":[{"id":"ID","profit_loss":"1e31"}]}`:                            "profit_loss",
		`{"ids":["ID"],"set":{"closed_at":"2026-01-01T00:00:00Z"}}`:                 "closed_at",
		`{"ids":["ID"],"set":{"risk_amount":0}}`:                                    "risk_amount",
		`{"ids":["ID"],"add_tags":["x"]}`:                                           "more than 20 tags",
		`{"ids":["ID"],"add_tags":["` + strings.Repeat("x", 51) + `"]}`:             "add_tags",
		`{"filter":{"ticker":"a\u0000"},"expected_count":1,"set":{"result":"win"}}`: "U+0000",
		`{"filter":{"session":"moon"},"expected_count":1,"set":{"result":"win"}}`:   "session",
		`{"ids":[` + strings.Repeat(`"ID",`, 500) + `"ID"],"set":{"result":"win"}}`: "500",
		`{"changes":[{"id":"ID","RESULT":"win"}],"ids":["ID"]}`:                     "one of ids, filter and changes",
	} {
		got := s.wrong(alice, "POST", "/api/signals/bulk", strings.ReplaceAll(body, "ID", id))
		if got.status != 422 && got.status != 400 || !strings.Contains(string(got.raw), hint) {
			t.Errorf("%.80s: %d %s, want a hint at %q", body, got.status, got.raw, hint)
		}
	}
	// A member in another spelling is an unknown member, which is ignored.
	s.edits(alice, `{"changes":[{"id":%q,"RESULT":"win"}]}`, id)
	after := s.call(alice, "GET", "/api/signals/"+id, "").must(t, 200).data()
	delete(before, "updated_at")
	delete(after, "updated_at")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}

	s.exec("insert into public.trading_signals (user_id, screenshot_status) select $1, 'skipped' from generate_series(1, 10000)", alice.id)
	s.wrong(alice, "POST", "/api/signals/bulk", `{"filter":{},"expected_count":10001,"delete":true}`).refused(t, 422, "invalid_request", "more than 10000 signals")
	s.wrong(alice, "POST", "/api/signals/bulk", `{"filter":{},"expected_count":10001,"set":{"notes":"x"}}`).refused(t, 422, "invalid_request", "more than 500 signals")
}

func TestEventStreamsShowAnEditOfManySignals(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	first, second := s.signal(alice, "BINANCE:BTCUSDT"), s.signal(alice, "BINANCE:ETHUSDT")
	c := s.stream(s.serve(), alice.token, "")
	defer c.close()
	s.edits(alice, `{"ids":[%q,%q],"set":{"result":"win"}}`, first, second)
	told := map[any]any{}
	for range 2 {
		e := c.next("signal.updated").json(t)
		told[e["id"]] = e["result"]
	}
	if told[first] != "win" || told[second] != "win" {
		t.Errorf("the stream shows %v, want both as won", told)
	}
	s.edits(alice, `{"ids":[%q],"delete":true}`, second)
	if e := c.next("signal.deleted").json(t); e["id"] != second {
		t.Errorf("the stream shows the deletion of %v, want %s", e, second)
	}
}

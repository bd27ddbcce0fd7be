package api_test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The signals lie around changes of clocks, and the test looks at them in six zones. The calendar, the groups by day,
// the list and the export have to put each of them on the same day.
func TestASignalIsOnTheSameDayEverywhere(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	var moments []time.Time
	for _, around := range []string{"2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z", "2026-09-06T04:00:00Z", "2026-04-05T03:00:00Z", "2026-03-29T01:00:00Z",
		"2026-10-25T01:00:00Z", "2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z", "2026-06-30T12:00:00Z"} {
		at, err := time.Parse(time.RFC3339, around)
		if err != nil {
			t.Fatal(err)
		}
		for _, shift := range []time.Duration{-25 * time.Hour, -time.Hour, -time.Second, 0, 30 * time.Minute, time.Hour, 24 * time.Hour} {
			moments = append(moments, at.Add(shift))
		}
	}
	s.exec(`insert into public.trading_signals (user_id, result, profit_loss, "timestamp", screenshot_status) select $1, 'win', 1, m, 'skipped' from unnest($2::timestamptz[]) m`, alice.id, moments)

	for _, name := range []string{"UTC", "America/Santiago", "America/New_York", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kathmandu"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{}
		for _, at := range moments {
			want[at.In(zone).Format(time.DateOnly)]++
		}
		same := func(where string, got map[string]int) {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s of %s: %s", where, name, diff)
			}
		}
		count := func(target, list, day, n string) map[string]int {
			days := map[string]int{}
			for _, entry := range s.call(alice, "GET", target, "").must(t, 200).body[list].([]any) {
				entry := entry.(map[string]any)
				days[entry[day].(string)] = int(entry[n].(float64))
			}
			return days
		}
		same("the calendar", count("/api/stats/calendar?year=2026&tz="+name, "days", "day", "signals"))
		same("the groups", count("/api/stats?group_by=day&tz="+name, "groups", "key", "signals"))
		lists := map[string]int{}
		for _, day := range slices.Sorted(maps.Keys(want)) {
			lists[day] = int(s.call(alice, "GET", fmt.Sprintf("/api/signals?day=%s&tz=%s", day, name), "").must(t, 200).body["total"].(float64))
		}
		same("the lists", lists)

		before := time.Now()
		export := s.call(alice, "GET", "/api/signals/export?columns=timestamp&tz="+name, "").must(t, 200)
		file := export.header.Get("Content-Disposition")
		if now := time.Now(); !strings.Contains(file, before.In(zone).Format(time.DateOnly)) && !strings.Contains(file, now.In(zone).Format(time.DateOnly)) {
			t.Errorf("in %s the file is called %s", name, file)
		}
		rows, err := csv.NewReader(strings.NewReader(string(export.raw))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		exported := map[string]int{}
		for _, row := range rows[1:] {
			exported[row[0][:len(time.DateOnly)]]++
		}
		same("the export", exported)
	}
}

func TestAStatisticOfNothingIsNullAndNeverNaN(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for name, tc := range map[string]struct {
		rows string // result, profit_loss
		null []string
		want map[string]any
	}{
		"no signal":         {"", []string{"win_rate", "win_rate_low", "average_win", "payoff", "profit_factor", "expectancy", "expectancy_r", "largest_win", "expected_losing_run"}, map[string]any{"signals": 0.0, "total_profit_loss": 0.0}},
		"one win":           {"('win', 5)", []string{"profit_factor", "payoff", "average_loss", "largest_loss", "expectancy_margin"}, map[string]any{"win_rate": 100.0, "win_rate_low": 20.65, "win_rate_high": 100.0}},
		"one loss":          {"('loss', -5)", []string{"payoff", "average_win"}, map[string]any{"win_rate": 0.0, "win_rate_low": 0.0, "win_rate_high": 79.35, "profit_factor": 0.0}},
		"breakevens":        {"('breakeven', 0), ('breakeven', -0.0)", []string{"win_rate", "win_rate_low", "profit_factor"}, map[string]any{"decided": 2.0, "expectancy": 0.0}},
		"no amounts":        {"('win', null), ('loss', null)", []string{"average_win", "average_loss", "profit_factor", "expectancy"}, map[string]any{"win_rate": 50.0, "without_amount": 2.0}},
		"the largest":       {"('win', 1e30), ('win', 1e30), ('loss', -1e30), ('loss', -1e30), ('loss', -1e30), ('win', 1e-30)", nil, map[string]any{"signals": 6.0}},
		"a loss of nothing": {"('win', 1), ('loss', 0), ('loss', -0.00)", []string{"profit_factor", "payoff"}, nil},
	} {
		user := s.user(strings.ReplaceAll(name, " ", "-") + "@example.com")
		if tc.rows != "" {
			s.exec(`insert into public.trading_signals (user_id, result, profit_loss, "timestamp", screenshot_status) select $1, v.r, v.p::numeric, '2026-05-05T05:05:05Z', 'skipped' from (values `+tc.rows+`) v (r, p)`, user.id)
		}
		for _, target := range []string{"/api/stats?group_by=result", "/api/stats/equity?balance=100", "/api/stats/calendar?year=2026", "/api/stats/histogram", "/api/stats/histogram?of=r"} {
			got := s.call(user, "GET", target, "").must(t, 200)
			for _, bad := range []string{"NaN", "Infinity", "nan", "inf", `""`} {
				if strings.Contains(string(got.raw), bad) {
					t.Errorf("%s: %s answers %s", name, target, got.raw)
				}
			}
		}
		details := s.call(user, "GET", "/api/stats?tz=UTC", "").must(t, 200).body["details"].(map[string]any)
		for _, member := range tc.null {
			if v, there := details[member]; v != nil || !there {
				t.Errorf("%s: %s is %v, want null", name, member, v)
			}
		}
		for member, want := range tc.want {
			if details[member] != want {
				t.Errorf("%s: %s is %v, want %v", name, member, details[member], want)
			}
		}
	}
}

func TestADrawdownIsInPercentOfABalance(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	s.exec(`insert into public.trading_signals (user_id, result, profit_loss, "timestamp", screenshot_status)
		select $1, v.r, v.p, '2026-05-05'::timestamptz + v.n * interval '1 hour', 'skipped' from (values (1, 'win', 100), (2, 'loss', -50), (3, 'win', 20)) v (n, r, p)`, alice.id)
	fall := func(query string) map[string]any {
		return s.call(alice, "GET", "/api/stats/equity"+query, "").must(t, 200).body["drawdown"].(map[string]any)
	}
	if d := fall("?balance=1000"); d["percent"] != -4.55 || d["amount"] != -50.0 || d["peak"] != 100.0 {
		t.Errorf("with a balance of 1000 the drawdown is %v", d)
	}
	if d := fall(""); d["percent"] != nil {
		t.Errorf("without a balance the drawdown is %v", d)
	}
	s.wrong(alice, "GET", "/api/stats/equity?balance=-1", "").refused(t, 422, "invalid_request", "balance")
}

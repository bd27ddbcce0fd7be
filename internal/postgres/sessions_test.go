package postgres_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"atalaya"
	"atalaya/internal/test/testkit"
)

// openings returns moments at and just before every hour of some days: days on which the clocks of only some markets
// have changed, and days around the ends of years.
func openings() (all []time.Time) {
	for _, day := range []string{"2026-03-09", "2026-03-30", "2026-10-26", "2026-11-02", "2026-11-06", "2024-12-30", "2026-12-31", "2027-01-03"} {
		at, _ := time.Parse(time.DateOnly, day)
		for range 48 {
			all = append(all, at, at.Add(-time.Microsecond))
			at = at.Add(30 * time.Minute)
		}
	}
	return all
}

// isOpen reports whether a market's clock shows a time from open to closed, in minutes, Monday to Friday.
func isOpen(at time.Time, zone string, open, closed int) bool {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	local := at.In(loc)
	minutes := local.Hour()*60 + local.Minute()
	return local.Weekday() != time.Saturday && local.Weekday() != time.Sunday && minutes >= open && minutes < closed
}

func sessionAt(at time.Time, own *time.Location) string {
	tokyo, london := isOpen(at, "Asia/Tokyo", 9*60, 18*60), isOpen(at, "Europe/London", 8*60, 17*60)
	newYork := isOpen(at, "America/New_York", 8*60, 17*60)
	weekday := at.In(own).Weekday()
	switch {
	case london && newYork:
		return "london_new_york"
	case newYork:
		return "new_york"
	case london:
		return "london"
	case tokyo:
		return "tokyo"
	case weekday == time.Saturday || weekday == time.Sunday:
		return "weekend"
	}
	return "other"
}

func usSessionAt(at time.Time) string {
	switch {
	case isOpen(at, "America/New_York", 4*60, 9*60+30):
		return "pre_market"
	case isOpen(at, "America/New_York", 9*60+30, 16*60):
		return "regular"
	case isOpen(at, "America/New_York", 16*60, 20*60):
		return "after_hours"
	}
	return "closed"
}

// Around the changes of clocks, London and New York are four hours apart for some weeks, and five for the others.
func TestSessionsFollowTheClocksOfTheirMarkets(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store, user := testkit.Store(t, pool), testkit.User(t, pool)
	for at, want := range map[string][2]string{ // session, with the weekend by Madrid's clock, and hours of US stocks
		"2026-03-06T12:59:59Z": {"london", "pre_market"},          // Friday, before New York's change: it opens at 13:00
		"2026-03-06T13:00:00Z": {"london_new_york", "pre_market"}, //
		"2026-03-06T17:00:00Z": {"new_york", "regular"},           // London has closed
		"2026-03-09T12:00:00Z": {"london_new_york", "pre_market"}, // after New York's change, before London's
		"2026-03-09T13:30:00Z": {"london_new_york", "regular"},    // 9:30
		"2026-03-09T20:00:00Z": {"new_york", "after_hours"},       // 16:00
		"2026-03-09T21:00:00Z": {"other", "after_hours"},          // 17:00
		"2026-03-10T00:00:00Z": {"tokyo", "closed"},               // 9:00 in Tokyo, 20:00 in New York
		"2026-03-30T07:00:00Z": {"london", "closed"},              // after London's change: Tokyo is still open, the later opening wins
		"2026-03-30T08:00:00Z": {"london", "pre_market"},          // 4:00
		"2026-10-26T11:59:59Z": {"london", "pre_market"},          // London has changed, New York has not
		"2026-10-26T12:00:00Z": {"london_new_york", "pre_market"}, //
		"2026-10-30T20:59:59Z": {"new_york", "after_hours"},       // Friday, 16:59:59
		"2026-10-30T21:59:59Z": {"other", "after_hours"},          // Madrid has changed to UTC+1: still Friday
		"2026-10-30T23:00:00Z": {"weekend", "after_hours"},        // Saturday in Madrid, Friday in New York
		"2026-10-31T12:00:00Z": {"weekend", "closed"},             //
		"2026-11-01T23:30:00Z": {"other", "closed"},               // Monday 00:30 in Madrid, Tokyo opens in half an hour
		"2026-11-02T13:00:00Z": {"london_new_york", "pre_market"}, // both have changed
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, pool, "delete from public.trading_signals where user_id = $1", string(user))
		exec(t, pool, `insert into public.trading_signals (user_id, "timestamp") values ($1, $2)`, string(user), moment)
		filter := atalaya.SignalFilter{Zone: "Europe/Madrid"}
		for i, by := range []string{atalaya.GroupBySession, atalaya.GroupByUSSession} {
			got, err := store.Statistics(t.Context(), testkit.Caller(user), filter, by)
			if err != nil || len(got.Groups) != 1 || *got.Groups[0].Key != want[i] {
				t.Errorf("%s: %s is %+v, want %s: %v", at, by, got.Groups, want[i], err)
			}
		}
		// The filter of the list lets the same signals through.
		filter.Session, filter.USSession = want[0], want[1]
		list, err := store.Signals(t.Context(), testkit.Caller(user), filter, atalaya.SignalPage{Limit: 1})
		if err != nil || len(list.Signals) != 1 {
			t.Errorf("%s: the filter by %v finds %d: %v", at, want, len(list.Signals), err)
		}
	}
}

func TestWeeksAreThoseOfISO8601(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store, user := testkit.Store(t, pool), testkit.User(t, pool)
	for at, want := range map[string]string{
		"2024-12-29T12:00:00Z": "2024-W52", "2024-12-30T12:00:00Z": "2025-W01", "2027-01-03T12:00:00Z": "2026-W53", "2027-01-04T12:00:00Z": "2027-W01",
		"2024-12-30T01:00:00Z": "2024-W52", // still Sunday in New York
	} {
		exec(t, pool, "delete from public.trading_signals where user_id = $1", string(user))
		exec(t, pool, `insert into public.trading_signals (user_id, "timestamp") values ($1, $2::timestamptz)`, string(user), at)
		got, err := store.Statistics(t.Context(), testkit.Caller(user), atalaya.SignalFilter{Zone: "America/New_York"}, atalaya.GroupByWeek)
		if err != nil || len(got.Groups) != 1 || *got.Groups[0].Key != want {
			t.Errorf("%s is in %+v, want %s: %v", at, got.Groups, want, err)
		}
	}
}

// courseAgrees recounts streaks, holding times and captures.
func courseAgrees(t *rapid.T, got atalaya.Course, trades []trade) {
	var want atalaya.Course
	var held, taken []float64
	for _, s := range trades {
		if s.taken >= 0 {
			taken = append(taken, s.taken.Seconds())
		}
		if s.decided() && s.closed >= 0 {
			held = append(held, s.closed.Seconds())
		}
		switch {
		case s.result == "win":
			want.CurrentStreak = max(want.CurrentStreak, 0) + 1
		case s.result == "loss":
			want.CurrentStreak = min(want.CurrentStreak, 0) - 1
		}
		want.MaxWinStreak, want.MaxLossStreak = max(want.MaxWinStreak, want.CurrentStreak), max(want.MaxLossStreak, -want.CurrentStreak)
	}
	want.Held, want.Captured = int64(len(held)), int64(len(taken))
	if got.CurrentStreak != want.CurrentStreak || got.MaxWinStreak != want.MaxWinStreak || got.MaxLossStreak != want.MaxLossStreak ||
		got.Held != want.Held || got.Captured != want.Captured {
		t.Errorf("the course is %+v, want %+v", got, want)
	}
	for name, pair := range map[string]struct{ got, want *float64 }{
		"held_q1": {got.HeldQ1, quantile(held, 0.25)}, "held_median": {got.HeldMedian, quantile(held, 0.5)}, "held_q3": {got.HeldQ3, quantile(held, 0.75)},
		"capture_median": {got.CaptureMedian, quantile(taken, 0.5)},
	} {
		if (pair.got == nil) != (pair.want == nil) || pair.got != nil && math.Abs(*pair.got-*pair.want) > 1e-6 {
			t.Errorf("%s is %v, want %v", name, pair.got, pair.want)
		}
	}
}

// quantile interpolates between the two nearest values. It returns nil if there are no values.
func quantile(values []float64, q float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	place := q * float64(len(values)-1)
	low := int(place)
	v := values[low]
	if low+1 < len(values) {
		v += (place - float64(low)) * (values[low+1] - v)
	}
	return &v
}

package postgres_test

import (
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"atalaya"
	"atalaya/internal/postgres"
)

// followsTheCourse recounts equity and its deepest fall, with every signal as a point.
func followsTheCourse(t *rapid.T, store *postgres.Store, caller atalaya.Caller, filter atalaya.SignalFilter, trades []trade) {
	got, err := store.Equity(t.Context(), caller, filter, 4000)
	if err != nil {
		t.Fatal(err)
	}
	var equity, peak, deepest, fellFrom decimal.Decimal
	var atPeak, lowest, began, ended *trade
	type point struct{ equity, drawdown decimal.Decimal }
	var points []point
	for _, s := range trades {
		if !s.decided() {
			continue
		}
		if s.profit != "" {
			equity = equity.Add(num(s.profit))
		}
		if equity.GreaterThanOrEqual(peak) {
			peak, atPeak = equity, &s
		}
		points = append(points, point{equity, equity.Sub(peak)})
		switch fall := equity.Sub(peak); {
		case fall.LessThan(deepest):
			deepest, lowest, fellFrom, began, ended = fall, &s, peak, atPeak, nil
		case lowest != nil && ended == nil && equity.GreaterThanOrEqual(fellFrom):
			ended = &s
		}
	}
	if int(got.Signals) != len(points) || len(got.Points) != len(points) {
		t.Fatalf("%d points of %d signals, want %d", len(got.Points), got.Signals, len(points))
	}
	for i, p := range got.Points {
		if !p.Equity.Equal(points[i].equity) || p.Position != int64(i+1) || !p.Drawdown.Equal(points[i].drawdown) {
			t.Errorf("point %d is %+v, want %v", i, p, points[i])
		}
	}
	at := func(s *trade) time.Time {
		if s == nil {
			return time.Time{}
		}
		return s.at
	}
	or := func(at *time.Time) time.Time {
		if at == nil {
			return time.Time{}
		}
		return *at
	}
	switch d := got.Drawdown; {
	case lowest == nil && d != nil, lowest != nil && d == nil:
		t.Errorf("drawdown %+v, want %s", d, deepest)
	case d != nil && (!d.Amount.Equal(deepest) || !d.Peak.Equal(fellFrom) || !d.Lowest.Equal(lowest.at) || !or(d.From).Equal(at(began)) || !or(d.Until).Equal(at(ended))):
		t.Errorf("drawdown %+v, want %s from %s, %v, %v, %v", d, deepest, fellFrom, began, lowest, ended)
	}
	// A thinned curve keeps both ends.
	thin, err := store.Equity(t.Context(), caller, filter, 4)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(points); n > 0 {
		if first, last := thin.Points[0], thin.Points[len(thin.Points)-1]; len(thin.Points) > 7 || first.Position != 1 || !last.Equity.Equal(points[n-1].equity) {
			t.Errorf("thinned to %+v", thin.Points)
		}
		if (thin.Drawdown == nil) != (got.Drawdown == nil) || got.Drawdown != nil && !thin.Drawdown.Amount.Equal(got.Drawdown.Amount) {
			t.Errorf("thinned, the drawdown is %+v", thin.Drawdown)
		}
	}
}

// daysAgree recounts the calendar's days, and asks the list's filter by day for the same signals.
func daysAgree(t *rapid.T, store *postgres.Store, caller atalaya.Caller, filter atalaya.SignalFilter, trades []trade) {
	zone, err := time.LoadLocation(filter.Zone)
	if err != nil {
		t.Fatal(err)
	}
	for _, year := range []int{2011, 2026} {
		want := map[string][]trade{}
		for _, s := range trades {
			if at := s.at.In(zone); at.Year() == year {
				want[at.Format(time.DateOnly)] = append(want[at.Format(time.DateOnly)], s)
			}
		}
		days, err := store.Calendar(t.Context(), caller, filter, year)
		if err != nil || len(days) != len(want) {
			t.Fatalf("%d days of %d, want %d: %v", len(days), year, len(want), err)
		}
		for i, d := range days {
			day := d.Day.Format(time.DateOnly)
			sum := recount(want[day])
			if d.Signals != sum["signals"] || d.Wins != sum["win"] || d.Losses != sum["loss"] || d.Breakevens != sum["breakeven"] ||
				!d.TotalProfitLoss.Equal(sum["total"].(decimal.Decimal)) {
				t.Errorf("%s in %s: %+v, want %v", day, filter.Zone, d, sum)
			}
			if i > 0 {
				continue
			}
			narrow := filter
			narrow.Day = day
			same, err := store.Statistics(t.Context(), caller, narrow, "")
			if err != nil || same.Signals != d.Signals {
				t.Errorf("%s in %s has %d signals by its filter, %d in the calendar: %v", day, filter.Zone, same.Signals, d.Signals, err)
			}
		}
	}
}

// binsAgree recounts a histogram, and asks the filter of a bin for the same signals.
func binsAgree(t *rapid.T, store *postgres.Store, caller atalaya.Caller, filter atalaya.SignalFilter, trades []trade) {
	var values []decimal.Decimal
	for _, s := range trades {
		if s.decided() && s.profit != "" {
			values = append(values, num(s.profit))
		}
	}
	got, err := store.Histogram(t.Context(), caller, filter, false)
	if err != nil {
		t.Fatal(err)
	}
	if int(got.Count) != len(values) || len(values) < 5 && len(got.Values) != len(values) || len(values) >= 5 && got.Values != nil {
		t.Fatalf("%d values, want %d: %+v", got.Count, len(values), got)
	}
	total := int64(0)
	for _, b := range got.Bins {
		n := int64(0)
		for _, v := range values {
			if v.GreaterThanOrEqual(b.From) && v.LessThan(b.To) {
				n++
			}
		}
		if n != b.Count || b.From.IsNegative() && b.To.IsPositive() {
			t.Errorf("bin %s to %s counts %d, want %d, and 0 is an edge", b.From, b.To, b.Count, n)
		}
		total += b.Count
	}
	if len(got.Bins) > 0 {
		b := rapid.SampledFrom(got.Bins).Draw(t, "bin")
		filter.Counted, filter.AmountFrom, filter.AmountTo = atalaya.CountedWithAmount, b.From.String(), b.To.String()
		some, err := store.Statistics(t.Context(), caller, filter, "")
		if err != nil {
			t.Fatal(err)
		}
		if some.Signals != b.Count {
			t.Errorf("bin %s to %s counts %d, and its filter lets %d through", b.From, b.To, b.Count, some.Signals)
		}
		filter.Counted, filter.AmountFrom, filter.AmountTo = "", "", ""
	}
	if len(values) >= 5 && int(total) != len(values) || len(got.Bins) > 50 {
		t.Errorf("%d bins hold %d of %d values", len(got.Bins), total, len(values))
	}
	if _, err := store.Histogram(t.Context(), caller, filter, true); err != nil {
		t.Fatal(err)
	}
}

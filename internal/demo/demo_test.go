package demo

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"atalaya"
)

var now = time.Date(2026, 11, 28, 13, 7, 0, 0, time.UTC)

func TestTheInventedPastIsPlausible(t *testing.T) {
	t.Parallel()
	const n = 300
	list := Signals(now, n, 1)
	if len(list) != n {
		t.Fatalf("%d signals", len(list))
	}
	results, tickers, indicators, intervals, tags := map[atalaya.Result]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	total, noted := decimal.Zero, 0
	for i, s := range list {
		results[s.Result]++
		tickers[*s.Ticker]++
		indicators[*s.IndicatorName]++
		intervals[*s.Interval]++
		for _, tag := range s.Tags {
			tags[tag]++
		}
		if s.Notes != nil {
			noted++
		}
		total = total.Add(s.ProfitLoss.Decimal)
		if i > 0 && s.Timestamp.Before(list[i-1].Timestamp) || s.Timestamp.After(now) || s.CreatedAt != s.Timestamp {
			t.Errorf("signal %d fired at %s", i, s.Timestamp)
		}
		checkTrade(t, s)
	}
	if results[atalaya.ResultWin] < 60 || results[atalaya.ResultLoss] < 60 || results[atalaya.ResultBreakeven] < 5 || results[atalaya.ResultSkip] < 3 || results[atalaya.ResultPending] < unmarked {
		t.Errorf("results %v", results)
	}
	if len(tickers) != len(markets()) || len(indicators) != len(strategies()) || len(intervals) < 4 || len(tags) < 6 || noted < 20 || total.IsZero() {
		t.Errorf("tickers %v, indicators %v, intervals %v, tags %v, %d notes, total %s", tickers, indicators, intervals, tags, noted, total)
	}
}

// checkTrade fails the test if the figures of a trade contradict each other.
func checkTrade(t *testing.T, s atalaya.Signal) {
	t.Helper()
	if s.Origin != atalaya.OriginDemo || !s.Price.Valid || !s.StopPrice.Valid || s.RawMessage == nil || s.ParseStatus == nil || *s.ParseStatus != "json" {
		t.Errorf("signal %+v", s)
	}
	sign := s.ProfitLoss.Decimal.Sign()
	switch s.Result {
	case atalaya.ResultPending, atalaya.ResultSkip:
		if s.ProfitLoss.Valid || s.ClosedAt != nil {
			t.Errorf("%s with %s", s.Result, s.ProfitLoss.Decimal)
		}
		return
	case atalaya.ResultWin:
		sign--
	case atalaya.ResultLoss:
		sign++
	}
	if sign != 0 || !s.ProfitLoss.Valid || s.ProfitLossPercent.Decimal.Sign()*s.ProfitLoss.Decimal.Sign() < 0 {
		t.Errorf("%s with %s, %s %%", s.Result, s.ProfitLoss.Decimal, s.ProfitLossPercent.Decimal)
	}
	if s.ClosedAt == nil || s.ClosedAt.Before(s.Timestamp) || s.ClosedAt.After(now) {
		t.Errorf("fired at %s, closed at %v", s.Timestamp, s.ClosedAt)
	}
	if long := *s.Direction == "LONG"; long == s.StopPrice.Decimal.GreaterThan(s.EntryPrice.Decimal) {
		t.Errorf("%s from %s with a stop at %s", *s.Direction, s.EntryPrice.Decimal, s.StopPrice.Decimal)
	}
}

func TestTheSameSeedInventsTheSamePast(t *testing.T) {
	t.Parallel()
	one, two := Signals(now, 50, 7), Signals(now, 50, 7)
	for i := range one {
		if one[i].Timestamp != two[i].Timestamp || *one[i].Ticker != *two[i].Ticker || !one[i].ProfitLoss.Decimal.Equal(two[i].ProfitLoss.Decimal) {
			t.Fatalf("the same seed gave %v and %v", one[i].Timestamp, two[i].Timestamp)
		}
	}
}

// Package demo invents a trader's past: signals with results, as the demo chart site's own candles would
// have decided them. It stores nothing and knows neither rows nor captures.
package demo

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"atalaya"
	"atalaya/internal/alert"
	"atalaya/internal/chartsite"
)

// market is a symbol that the trader watches.
type market struct {
	symbol    string
	intervals []string
	open      func(time.Time) bool
}

// strategy is an indicator that sends alerts.
type strategy struct {
	name   string
	reward float64 // of the target, in multiples of the risk
	tags   []string
	trend  bool // it follows the last candles; else it goes against them
}

func markets() []market {
	crypto, forex := func(time.Time) bool { return true }, func(t time.Time) bool { return weekday(t) }
	stocks := func(t time.Time) bool { return weekday(t) && t.Hour() >= 15 && t.Hour() < 20 }
	return []market{
		{"BINANCE:BTCUSDT", []string{"15", "60", "240"}, crypto},
		{"BINANCE:ETHUSDT", []string{"15", "60"}, crypto},
		{"BINANCE:SOLUSDT", []string{"15", "60"}, crypto},
		{"NASDAQ:NVDA", []string{"5", "15"}, stocks},
		{"NASDAQ:AAPL", []string{"15", "60"}, stocks},
		{"NASDAQ:TSLA", []string{"15"}, stocks},
		{"OANDA:EURUSD", []string{"15", "60"}, forex},
		{"OANDA:XAUUSD", []string{"60"}, forex},
	}
}

func strategies() []strategy {
	return []strategy{
		{"EMA Cross", 2, []string{"trend"}, true},
		{"Supertrend", 2.5, []string{"trend", "pullback"}, true},
		{"Squeeze Pro", 1.5, []string{"breakout"}, true},
		{"RSI Divergence", 1.2, []string{"reversal"}, false},
	}
}

func weekday(t time.Time) bool { return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday }

const (
	// span is the age that the first signal may have.
	span = 180 * 24 * time.Hour
	// risk is what the trader loses at the stop, in the account's own unit.
	risk = 100
	// patience is how many candles a trade may last.
	patience = 48
	// unmarked is how many of the newest signals have no result yet.
	unmarked = 4
)

// Signals invents n signals before now, oldest first, of origin demo. The same seed gives the same trader.
// A signal lacks its user, and has no picture yet: screenshot_error is too_late, since its moment is over.
func Signals(now time.Time, n int, seed uint64) []atalaya.Signal {
	random := rand.New(rand.NewPCG(seed, 20261128)) //nolint:gosec // a demonstration, no secret
	places, ways := markets(), strategies()
	sent := map[string]bool{}
	var list []atalaya.Signal
	for len(list) < n {
		m, w := places[random.IntN(len(places))], ways[random.IntN(len(ways))]
		interval := m.intervals[random.IntN(len(m.intervals))]
		minutes, _ := strconv.Atoi(interval) // all intervals above are minutes
		// Alerts fire as a candle closes, and take a moment. This trader has become busier.
		ago := random.Float64()
		at := now.Add(-time.Duration(ago * ago * float64(span))).UTC().Truncate(time.Duration(minutes) * time.Minute).Add(time.Second)
		// An indicator sends one alert for a candle.
		if key := m.symbol + interval + w.name + at.String(); m.open(at) && !sent[key] {
			sent[key] = true
			list = append(list, trade(random, m.symbol, interval, w, at, now))
		}
	}
	slices.SortFunc(list, func(a, b atalaya.Signal) int { return a.Timestamp.Compare(b.Timestamp) })
	for i := max(0, n-unmarked); i < n; i++ {
		reopen(&list[i])
	}
	return list
}

// plan is a trade before its end is known.
type plan struct {
	long                bool
	entry, stop, target float64
	decimals            int32
}

// trade returns the signal of one alert, with the result that the candles after it give it.
func trade(random *rand.Rand, symbol, interval string, w strategy, at, now time.Time) atalaya.Signal {
	before, decimals, _ := chartsite.History(symbol, interval, 20, at)
	p := newPlan(random, before, w, int32(decimals)) //nolint:gosec // a handful
	s := signalOf(symbol, interval, w, p, at)
	length := before[1].Begins.Sub(before[0].Begins)
	after, _, _ := chartsite.History(symbol, interval, patience, at.Add(patience*length))
	exit, closed := p.follow(after)
	if closed.After(now) {
		return s
	}
	if random.Float64() < .04 {
		s.Result = atalaya.ResultSkip
		return s
	}
	s.EntryPrice, s.ExitPrice, s.ClosedAt = p.money(p.entry), p.money(exit), &closed
	s.RiskAmount = decimal.NewNullDecimal(decimal.NewFromInt(risk))
	r := (exit - p.entry) / (p.entry - p.stop)
	if random.Float64() < .06 || math.Abs(r) < .12 { // the stop was moved to the entry in time
		r, s.ExitPrice = 0, s.EntryPrice
	}
	s.ProfitLoss = decimal.NewNullDecimal(decimal.NewFromFloat(r * risk).Round(2))
	percent := s.ExitPrice.Decimal.Sub(s.EntryPrice.Decimal).Div(s.EntryPrice.Decimal).Mul(decimal.NewFromInt(100)).Round(2)
	if !p.long {
		percent = percent.Neg()
	}
	s.ProfitLossPercent = decimal.NewNullDecimal(percent)
	s.Result = atalaya.ResultBreakeven
	if r > 0 {
		s.Result = atalaya.ResultWin
	} else if r < 0 {
		s.Result = atalaya.ResultLoss
	}
	s.Tags, s.Notes = habits(random, w, s.Result)
	return s
}

// newPlan puts the stop one and a half typical candles away.
func newPlan(random *rand.Rand, before []chartsite.Candle, w strategy, decimals int32) plan {
	last := before[len(before)-1]
	var size float64
	for _, c := range before {
		size += (c.High - c.Low) / float64(len(before))
	}
	rising := last.Close > before[len(before)-6].Open
	p := plan{long: rising == w.trend, entry: last.Close, decimals: decimals}
	if random.Float64() < .15 { // not every alert is the rule's
		p.long = !p.long
	}
	distance := 1.5 * size
	if !p.long {
		distance = -distance
	}
	p.stop, p.target = p.entry-distance, p.entry+w.reward*distance
	return p
}

// follow walks the candles until one reaches the stop or the target. If both lie in one candle, the stop
// counts.
func (p plan) follow(after []chartsite.Candle) (exit float64, closed time.Time) {
	for i, c := range after {
		closed = c.Begins
		if i+1 < len(after) {
			closed = after[i+1].Begins
		}
		switch {
		case p.long && c.Low <= p.stop, !p.long && c.High >= p.stop:
			return p.stop, closed
		case p.long && c.High >= p.target, !p.long && c.Low <= p.target:
			return p.target, closed
		}
	}
	return after[len(after)-1].Close, closed
}

func (p plan) money(price float64) decimal.NullDecimal {
	return decimal.NewNullDecimal(decimal.NewFromFloat(price).Round(p.decimals))
}

// signalOf returns the alert as it would have been stored, read by the reader of real ones.
func signalOf(symbol, interval string, w strategy, p plan, at time.Time) atalaya.Signal {
	direction := "SHORT"
	if p.long {
		direction = "LONG"
	}
	body, _ := json.Marshal(struct { // strings and numbers always marshal
		Ticker    string          `json:"ticker"`
		Price     decimal.Decimal `json:"price"`
		Stop      decimal.Decimal `json:"stop"`
		Direction string          `json:"direction"`
		Indicator string          `json:"indicator"`
		Interval  string          `json:"interval"`
		Time      time.Time       `json:"time"`
	}{symbol, p.money(p.entry).Decimal, p.money(p.stop).Decimal, direction, w.name, interval, at})
	a := alert.Read(body)
	status, reason := string(a.ParseStatus), string(atalaya.SkipTooLate)
	return atalaya.Signal{
		ID: atalaya.SignalID(uuid.NewString()), IndicatorName: some(a.IndicatorName), Ticker: some(a.Ticker), Exchange: some(a.Exchange), Symbol: some(a.Symbol),
		Price: a.Price, SignalType: some(a.SignalType), Direction: some(string(a.Direction)), Interval: some(a.Interval), EventKind: some(string(a.EventKind)),
		StopPrice: a.StopPrice, Origin: atalaya.OriginDemo, ScreenshotStatus: atalaya.ScreenshotSkipped, ScreenshotError: &reason, Result: atalaya.ResultPending,
		RawMessage: &a.Raw, ParsedData: a.Parsed, ParseStatus: &status, Missing: a.Missing, Timestamp: at, CreatedAt: at, UpdatedAt: at,
	}
}

func some(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// habits returns the tags and notes that this trader leaves.
func habits(random *rand.Rand, w strategy, result atalaya.Result) (tags []string, notes *string) {
	tags = append(tags, w.tags[random.IntN(len(w.tags))])
	if random.Float64() < .2 {
		tags = append(tags, "news")
	}
	if result == atalaya.ResultLoss && random.Float64() < .3 {
		tags = append(tags, "late entry")
	} else if random.Float64() < .15 {
		tags = append(tags, "A+")
	}
	said := map[atalaya.Result][]string{
		atalaya.ResultWin:       {"Waited for the candle to close.", "Clean break, took it at the target.", "Volume agreed."},
		atalaya.ResultLoss:      {"Stop was too tight for this hour.", "Against the daily trend.", "Chased it. The plan said no."},
		atalaya.ResultBreakeven: {"Moved the stop to the entry.", "Nothing happened, out even."},
	}[result]
	if random.Float64() < .25 && len(said) > 0 {
		notes = &said[random.IntN(len(said))]
	}
	return tags, notes
}

// reopen removes the result of a signal.
func reopen(s *atalaya.Signal) {
	s.Result, s.EntryPrice, s.ExitPrice, s.ProfitLoss, s.ProfitLossPercent = atalaya.ResultPending, decimal.NullDecimal{}, decimal.NullDecimal{}, decimal.NullDecimal{}, decimal.NullDecimal{}
	s.RiskAmount, s.ClosedAt, s.Tags, s.Notes = decimal.NullDecimal{}, nil, nil, nil
}

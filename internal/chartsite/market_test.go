package chartsite

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestIntervalsAreReadInEveryFormThatAnAddressTakes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ code, short string }{
		"1": {"1", "1m"}, "15": {"15", "15m"}, "60": {"60", "1h"}, "1H": {"60", "1h"}, "4h": {"240", "4h"},
		"240": {"240", "4h"}, "D": {"1D", "D"}, "1D": {"1D", "D"}, "3D": {"3D", "3D"}, "W": {"1W", "W"},
		"1M": {"1M", "M"}, "12M": {"12M", "12M"}, "30S": {"30S", "30s"}, "90": {"90", "90m"},
	} {
		iv, ok := parseInterval(text)
		if !ok || iv.Code != want.code || iv.Short() != want.short {
			t.Errorf("%q is %q (%s), %v; want %q (%s)", text, iv.Code, iv.Short(), ok, want.code, want.short)
		}
	}
	for _, text := range []string{"", "0", "-5", "15m", "x", "99999", "1Y", "D1", "１５"} {
		if iv, ok := parseInterval(text); ok {
			t.Errorf("%q is read as %q", text, iv.Code)
		}
	}
}

func TestSymbolsAreFoundWithAndWithoutTheirExchange(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"": "BINANCE:BTCUSDT", "AAPL": "NASDAQ:AAPL", "nasdaq:aapl": "NASDAQ:AAPL", "EURUSD": "OANDA:EURUSD",
		"BYBIT:BTCUSDT": "BYBIT:BTCUSDT", "ZZZZ": "NASDAQ:ZZZZ", "BME:SAN": "BME:SAN",
	} {
		if got := findInstrument(name); got.Name() != want || got.Unknown {
			t.Errorf("%q is %s (unknown %v), want %s", name, got.Name(), got.Unknown, want)
		}
	}
	for _, name := range []string{"NOSUCH", "NYSE:NOSUCHTHING", "NYSE:", string(make([]byte, maxName+1))} {
		if !findInstrument(name).Unknown {
			t.Errorf("%.20q is a symbol", name)
		}
	}
}

func TestBarsAreWholeOrderedAndTheSameForEveryone(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 34, 56, 0, time.UTC)
	for _, symbol := range []string{"BINANCE:BTCUSDT", "OANDA:EURUSD", "NASDAQ:AAPL", "BME:SAN"} {
		for _, code := range []string{"30S", "1", "15", "60", "240", "1D", "1W", "1M", "12M"} {
			iv, _ := parseInterval(code)
			v := view{Instrument: findInstrument(symbol), Interval: iv}
			bars := newWalk(v).bars(barCount, now)
			if len(bars) != barCount {
				t.Fatalf("%s %s: %d bars", symbol, code, len(bars))
			}
			for i, b := range bars {
				if i > 0 && (b.Time <= bars[i-1].Time || b.Open != bars[i-1].Close) {
					t.Errorf("%s %s: bar %d at %d opens at %v; the one before is at %d and closed at %v",
						symbol, code, i, b.Time, b.Open, bars[i-1].Time, bars[i-1].Close)
				}
				whole := b.Low > 0 && b.Low <= min(b.Open, b.Close) && max(b.Open, b.Close) <= b.High && b.Volume > 0
				if !whole || math.IsInf(b.High, 0) {
					t.Errorf("%s %s: bar %d is %+v", symbol, code, i, b)
				}
			}
			if last := bars[barCount-1].Time; last > now.Unix() || iv.index(time.Unix(last, 0)) != iv.index(now) {
				t.Errorf("%s %s: the last bar begins at %v, and it is %v", symbol, code, time.Unix(last, 0).UTC(), now)
			}
			if diff := cmp.Diff(bars, newWalk(v).bars(barCount, now)); diff != "" {
				t.Errorf("%s %s: a second answer differs:\n%s", symbol, code, diff)
			}
		}
	}
}

func TestEverySymbolAndIntervalHasAChartOfItsOwn(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	seen := make(map[float64]string)
	for _, symbol := range []string{"BINANCE:BTCUSDT", "BYBIT:BTCUSDT", "NASDAQ:AAPL"} {
		for _, code := range []string{"15", "60", "1D"} {
			iv, _ := parseInterval(code)
			first := newWalk(view{Instrument: findInstrument(symbol), Interval: iv}).bars(2, now)[0]
			if other, ok := seen[first.Close]; ok {
				t.Errorf("%s %s has the same chart as %s", symbol, code, other)
			}
			seen[first.Close] = symbol + " " + code
		}
	}
}

func TestALivePriceChangesNothingButItsBar(t *testing.T) {
	t.Parallel()
	iv, _ := parseInterval("60")
	w := newWalk(view{Instrument: findInstrument("BINANCE:BTCUSDT"), Interval: iv})
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	first := w.live(start, tick)
	moved := 0
	for i := range 60 {
		b := w.live(start.Add(time.Duration(i)*tick), tick)
		if b.Close != first.Close {
			moved++
		}
		b.Close = first.Close
		if b != first {
			t.Fatalf("more than the price changed: %+v, %+v", b, first)
		}
	}
	if moved < 50 {
		t.Errorf("the price moved %d times in 60 ticks", moved)
	}
}

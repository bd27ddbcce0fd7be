package alert

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nasty holds bodies for which a careless parser would take quadratic time.
var nasty = map[string]struct{ start, repeated, end string }{
	"json":           {`{"ticker":"KO","a":[`, `{"b":"c","d":1.5},`, `{}]}`},
	"broken json":    {`{"ticker":"KO","a":[`, `{'b':"c",d:1.5},`, ``},
	"brackets":       {"", "[", ""},
	"brackets apart": {`{"ticker":"KO",`, `"a":[[[]]],`, ""},
	"braces":         {`{"ticker":`, "{{", ""},
	"open braces":    {`{"ticker":"KO","a":`, "x{{a ", ""},
	"quotes":         {`{"ticker":"`, `"`, ""},
	"quoted words":   {`{"ticker":"`, `"a" "a" `, `"}`},
	"quoted lines":   {`{"ticker":"`, "\"\n\"aaaa ", `"}`},
	"bare words":     {`{`, "aaaa ", ""},
	"names, no end":  {`{"a":`, "\n\"aaaa", ""},
	"keys":           {`{ticker:KO,`, "señal:1,", "}"},
	"members":        {`{`, `"ticker":"{{a}}",`, `"a":1}`},
	"colons":         {"", ":", ""},
	"equals":         {"", "=", ""},
	"commas":         {"", ",", ""},
	"commas in json": {"{", ",", ""},
	"at":             {"", "@ ", ""},
	"prices":         {"", "Price ", ""},
	"signals":        {"", "Signal: {{a}}\n", ""},
	"tickers":        {"", "Ticker: ¿ ", ""},
	"intervals":      {"", "TF: x ", ""},
	"orders":         {"", "order buy @ 1 ", ""},
	"orders, lines":  {"", "buy @ 1 A. b\n", ""},
	"sentences":      {"", "EURUSD, 60 Crossing ", ""},
	"pairs of names": {"", "A:B:C ", ""},
	"one long name":  {"", "A:", ""},
	"digits":         {"Price: ", "1,", ""},
	"spaces":         {`{"ticker":"a"`, " ", "x"},
	"lines":          {`{"ticker":"a`, "\"\n\n\n\n\n", "x"},
	"comments":       {`{"ticker":`, "/* ", ""},
	"URLs":           {"", "https://www.tradingview.com/chart/a/ ", ""},
	"one URL":        {"", "https://www.", ""},
	"escapes":        {`{"ticker":"`, `\u`, ""},
	"surrogates":     {`{"ticker":"`, `\ud83d`, `"}`},
	"tags":           {"", "<b <i ", ""},
	"accents":        {"", "ñandú ", ""},
	"sides":          {"", "Buy:0 Sell:0 ", ""},
	"cases":          {"", "aBCdE", ""},
	"marks":          {"", "*_*", ""},
	"emoji":          {"", "🚨", ": x"},
	"invalid":        {"", "\xff", ""},
}

// BenchmarkRead reports the time per byte, which has to stay the same as bodies grow.
func BenchmarkRead(b *testing.B) {
	for name, n := range nasty {
		for _, size := range []int{1 << 10, 4 << 10, 16 << 10, 64 << 10} {
			body := n.start + strings.Repeat(n.repeated, (size-len(n.start)-len(n.end))/len(n.repeated)) + n.end
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(name, " ", "-"), size), func(b *testing.B) {
				readInLoop(b, body)
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(body)), "ns/byte")
			})
		}
	}
}

// BenchmarkReadUsual measures a usual body of some 300 bytes in three forms.
func BenchmarkReadUsual(b *testing.B) {
	for form, body := range map[string]string{
		"json": `{"ticker":"BINANCE:BTCUSDT","exchange":"BINANCE","interval":"60","price":"67890.5","action":"buy","signal":"Breakout","indicator":"Super Trend",` +
			`"time":"2026-01-31T08:00:00Z","volume":"1234.5678","comment":"The second close above the band, with volume above its mean of 20 bars","chart_id":"Ab3Xy7Qp","stop":"66000"}`,
		"labels": "🚨 Signal: Breakout\nTicker: BINANCE:BTCUSDT\nTF: 1h\nPrice: 67,890.50\nSide: LONG\nStop: 66000\nTP: 70000\nIndicator: Super Trend\n" +
			"Comment: The second close above the band, with volume above its mean of 20 bars, after a week below it\nTime: 2026-01-31T08:00:00Z\nSent by my own script",
		"sentence": "BTCUSDT, 60 Crossing 67890.5 on BINANCE. Buy at 67890.50, stop 66000, target 70000. This is the second close above the band, with volume " +
			"above its mean of 20 bars, after a week below it; look at the daily chart before you trade, and mind the news of this afternoon at 14:30, as always.",
	} {
		b.Run(form, func(b *testing.B) { readInLoop(b, body) })
	}
}

// readInLoop reads a body b.N times. It reports the processor time of one reading, which other programs do not change.
func readInLoop(b *testing.B, body string) {
	before := processorTime(b)
	for b.Loop() {
		Read([]byte(body))
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
}

func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkReadCorpus reports the average time for a body of the corpus.
func BenchmarkReadCorpus(b *testing.B) {
	var bodies [][]byte
	for _, c := range corpus(b) {
		if body := c.bytes(b); len(body) <= 2000 {
			bodies = append(bodies, body)
		}
	}
	for b.Loop() {
		for _, body := range bodies {
			Read(body)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(bodies)), "µs/body")
}

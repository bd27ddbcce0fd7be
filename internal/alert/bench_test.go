package alert

import (
	"fmt"
	"strings"
	"testing"
)

// nasty are bodies that could make a careless reader look at the same character again and again.
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

// BenchmarkRead shows whether the work for each byte stays the same as bodies grow.
func BenchmarkRead(b *testing.B) {
	for name, n := range nasty {
		for _, size := range []int{1 << 10, 4 << 10, 16 << 10, 64 << 10} {
			body := n.start + strings.Repeat(n.repeated, (size-len(n.start)-len(n.end))/len(n.repeated)) + n.end
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(name, " ", "-"), size), func(b *testing.B) {
				for b.Loop() {
					Read([]byte(body))
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(body)), "ns/byte")
			})
		}
	}
}

// BenchmarkReadCorpus shows what a body of the corpus takes on average.
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

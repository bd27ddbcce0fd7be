package tradingview

import (
	"slices"
	"testing"
	"time"

	"atalaya"
)

func TestIntervalsAreReadInThePagesLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, language, want string }{
		{"1h", "en", "60"}, {"4h", "", "240"}, {"1D", "en-GB", "1D"}, {"15", "tr", "15"},
		{"1s", "tr", "60"}, {"1G", "tr", "1D"}, {"1H", "tr", "1W"}, {"1A", "tr", "1M"}, {"5sn", "tr", "5S"},
		{"1S", "es", "1W"}, {"1S", "en", "1S"}, {"1J", "fr", "1D"}, {"4時間", "ja", "240"}, {"1ヶ月", "ja", "1M"},
		{"1H", "xx", ""}, {"1Q", "es", ""}, {"", "en", ""}, {"Bitcoin", "en", ""},
	} {
		if got := writtenInterval(c.text, c.language); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.text, c.language, got, c.want)
		}
	}
	for label, want := range map[string]string{
		"Chart for HNX_DLY:VN301!, 5 minutes": "5", "Chart for BINANCE:BTCUSDT, 1 hour": "60", "Chart for A:B, 1 day": "1D",
		"Chart for A:B, 3 months": "3M", "Chart for A:B, 10 seconds": "10S", "Gráfico de A:B, 1 hora": "", "": "",
	} {
		if got := labelInterval(label); got != want {
			t.Errorf("%q: %q, want %q", label, got, want)
		}
	}
}

func TestWarningsSayWhatIsEasilyMissed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 6, 12, 0, 0, 0, time.UTC) // a Monday
	ago := func(d time.Duration) int64 { return now.Add(-d).Unix() }
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		seen Evidence
		want []atalaya.PictureWarning
	}{
		"nothing":                     {Evidence{}, nil},
		"all at once":                 {Evidence{API: APIFacts{ScrolledBack: 1, StudiesFailed: 1, Statuses: []int{3, 9}}}, []atalaya.PictureWarning{"scrolled_back", "study_error", "delayed_data"}},
		"an edge after a weekend":     {Evidence{API: APIFacts{Interval: "60", SeenUntil: ago(3 * day)}}, nil},
		"an edge a fortnight ago":     {Evidence{API: APIFacts{Interval: "60", SeenUntil: ago(14 * day)}}, []atalaya.PictureWarning{"scrolled_back"}},
		"the month's bar":             {Evidence{API: APIFacts{Interval: "1M", SeenUntil: ago(36 * day)}}, nil},
		"a legend's word of a study":  {Evidence{Legends: LegendFacts{FailedStudies: 1}}, []atalaya.PictureWarning{"study_error"}},
		"a symbol of delayed data":    {Evidence{LabelSymbol: "HNX_DLY:VN301!"}, []atalaya.PictureWarning{"delayed_data"}},
		"a symbol that only looks it": {Evidence{API: APIFacts{Symbol: "NASDAQ:A_DLY"}}, nil},
		"data of the end of the day":  {Evidence{API: APIFacts{Statuses: []int{6}}}, nil},
		"delayed data":                {Evidence{API: APIFacts{Statuses: []int{3, 8}}}, []atalaya.PictureWarning{"delayed_data"}},
	} {
		if got := c.seen.warnings(now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestARefusalThatRepeatsIsRemembered(t *testing.T) {
	t.Parallel()
	var r refusals
	page, now := refusedPage{chart: "abc"}, time.Now()
	for i, want := range []int{maxRefusals, 1, 0, 0} {
		if got := r.tries(page, now); got != want {
			t.Errorf("after %d refusals %d tries, want %d", i, got, want)
		}
		r.refused(page, "it does not come", now)
	}
	if got := r.tries(page, now.Add(refusalTime)); got != 1 {
		t.Errorf("a refusalTime later %d tries, want 1", got)
	}
	r.refused(page, "it is 40x30", now)
	if got := r.tries(page, now); got != 1 {
		t.Errorf("after another reason %d tries, want 1", got)
	}
	if got := r.tries(refusedPage{chart: "other"}, now); got != maxRefusals {
		t.Errorf("another page has %d tries, want %d", got, maxRefusals)
	}
	r.trusted(page)
	if got := r.tries(page, now); got != maxRefusals {
		t.Errorf("after a good picture %d tries, want %d", got, maxRefusals)
	}
	for i := range 3 * maxRefusedPages {
		r.refused(refusedPage{chart: string(rune(i + 1))}, "x", now)
	}
	if len(r.pages) > maxRefusedPages {
		t.Errorf("%d pages are remembered", len(r.pages))
	}
}

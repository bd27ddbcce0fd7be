package tradingview

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"atalaya"
)

// spread returns count sightings, shared evenly by the accounts. The first ones, as many as odd says, are marked odd.
func spread(count, odd, accounts int) (s sightings) {
	for i := range count {
		s.add(observed{account: uint64(i % accounts), odd: i < odd})
	}
	return s
}

func TestTheSiteHasChangedIfManyMorePicturesThanUsualAreNotItsOwn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		recent, usual sightings
		was, want     bool
	}{
		"all well":                               {spread(100, 0, 10), spread(1000, 0, 10), false, false},
		"a few more than usual":                  {spread(100, 20, 10), spread(1000, 50, 10), false, false},
		"nearly all of many users":               {spread(100, 95, 10), spread(1000, 50, 10), false, true},
		"just enough more":                       {spread(100, 40, 10), spread(1000, 0, 10), false, true},
		"just not enough more":                   {spread(100, 39, 10), spread(1000, 0, 10), false, false},
		"as odd as ever":                         {spread(100, 95, 10), spread(1000, 950, 10), false, false},
		"too few to tell":                        {spread(9, 9, 9), spread(1000, 0, 10), false, false},
		"too few to tell that it is mended":      {spread(9, 0, 9), spread(1000, 0, 10), true, true},
		"one user of many":                       {spread(50, 50, 1), spread(1000, 0, 10), false, false},
		"two users of many":                      {spread(50, 50, 2), spread(1000, 0, 10), false, false},
		"three users of many":                    {spread(50, 50, 3), spread(1000, 0, 10), false, true},
		"the only user":                          {spread(20, 20, 1), spread(1000, 0, 1), false, true},
		"after a restart, without a usual share": {spread(20, 20, 5), sightings{}, false, true},
		"a usual share of too few":               {spread(20, 20, 5), spread(19, 19, 5), false, true},
		"still odd":                              {spread(100, 30, 10), spread(1000, 0, 10), true, true},
		"mended":                                 {spread(100, 15, 10), spread(1000, 0, 10), true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := siteChanged(c.recent, c.usual, c.was); got != c.want {
				t.Errorf("siteChanged = %v, want %v", got, c.want)
			}
		})
	}
}

func TestAWatchLogsAChangeOnceAndItsEndOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	now := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	w := NewWatch(slog.New(slog.NewTextHandler(&log, nil)))
	w.now = func() time.Time { return now }
	observe := func(minutes int, s Sighting) {
		for i := range minutes {
			now = now.Add(time.Minute)
			s.Account = uint64(i % 5)
			w.Observe(s)
		}
	}
	good := Sighting{Source: atalaya.SourceClient}
	odd := Sighting{Source: atalaya.SourceViewport, Refused: refusedNoAPI, Missing: []string{"api.root"}}

	observe(300, good)
	if w.Changed() || log.Len() > 0 {
		t.Fatalf("a good site has changed: %s", &log)
	}
	observe(60, odd)
	if !w.Changed() {
		t.Fatal("the change is not noticed within the hour")
	}
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "atalaya tradingview check") || !strings.Contains(text, "no_api") || !strings.Contains(text, "api.root") {
		t.Errorf("the log is %s", text)
	}
	observe(26*60, odd) // longer than a day: it must not become usual
	if !w.Changed() {
		t.Error("a change that lasts becomes usual")
	}
	observe(60, good)
	if w.Changed() || strings.Count(log.String(), "\n") != 2 {
		t.Errorf("the end is not logged: %s", &log)
	}
	observe(60, odd)
	if !w.Changed() {
		t.Error("a second change is taken for usual, since there was a first")
	}
}

func TestAWatchForgetsTooManyAndTooOldSightings(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	w := NewWatch(slog.New(slog.DiscardHandler))
	w.now = func() time.Time { return now }
	w.seen = slices.Repeat([]observed{{at: now}}, maxSightings)
	w.Observe(Sighting{Source: atalaya.SourceClient})
	if len(w.seen) != maxSightings {
		t.Errorf("%d sightings are kept, want %d", len(w.seen), maxSightings)
	}
	now = now.Add(recentTime + baselineTime)
	if w.Changed(); len(w.seen) != 0 {
		t.Errorf("%d sightings are kept beyond their time", len(w.seen))
	}
}

func TestARefusalIsOneOfOurWordsWhateverThePageSays(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		"the page offers none":                          refusedNoAPI,
		"it does not come":                              refusedLate,
		"it shows something else than the page":         refusedOther,
		"it is no canvas":                               refusedForm,
		"it is 10x10":                                   refusedForm,
		"it has 5 pixels, of which the page compared 4": refusedForm,
		"BTCUSDT of ana@example.com":                    refusedUnknown,
		"":                                              refusedUnknown,
	} {
		if got := refusalWord(reason); got != want {
			t.Errorf("%q is %q, want %q", reason, got, want)
		}
	}
}

func TestNamesThatThePageLacksAreMissing(t *testing.T) {
	t.Parallel()
	whole := Evidence{
		Charts: 1, Canvases: 4, LabelSymbol: "BINANCE:BTCUSDT", ToolbarSymbol: "BTCUSDT", LegendSymbol: "Bitcoin", LegendInterval: "1h",
		Legends: LegendFacts{Valued: 1},
		API:     APIFacts{Present: true, Charts: 1, Told: 1, StudiesTold: 1, Statuses: []int{3}, Symbol: "BINANCE:BTCUSDT", Interval: "60"},
	}
	if missing := missingIn(whole); len(missing) != 0 {
		t.Errorf("missing on a whole page: %v", missing)
	}
	without := whole
	without.API, without.LegendSymbol = APIFacts{}, ""
	if missing := missingIn(without); !slices.Equal(missing, []string{"legend.title", "api.root"}) {
		t.Errorf("missing without title and API: %v", missing)
	}
	if missing := missingIn(Evidence{}); !slices.Contains(missing, "page.chart") {
		t.Errorf("missing without a chart: %v", missing)
	}
}

package notify

import (
	"slices"
	"testing"
	"time"

	"atalaya"
)

func TestARuleCountsTheHoursOfItsDaysInTheUsersZone(t *testing.T) {
	t.Parallel()
	madrid := zone(t, "Europe/Madrid")
	at := func(s string) time.Time {
		parsed, err := time.ParseInLocation("2006-01-02 15:04", s, madrid)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	week := []string{"mon", "tue", "wed", "thu", "fri"}
	for name, c := range map[string]struct {
		hours     int
		days      []string
		last, now string
		want      bool
	}{
		"an hour, just not over":                        {1, nil, "2026-06-01 10:00", "2026-06-01 11:00", false},
		"an hour, just over":                            {1, nil, "2026-06-01 10:00", "2026-06-01 11:01", true},
		"a weekend does not count":                      {4, week, "2026-06-05 22:00", "2026-06-08 01:59", false},
		"Monday goes on where Friday ended":             {4, week, "2026-06-05 22:00", "2026-06-08 02:01", true},
		"a signal of Saturday counts from Monday":       {4, week, "2026-06-06 12:00", "2026-06-08 04:00", false},
		"and is missed then":                            {4, week, "2026-06-06 12:00", "2026-06-08 04:01", true},
		"every day counts a weekend":                    {24, nil, "2026-06-05 22:00", "2026-06-06 22:01", true},
		"the day that is an hour short, in spring":      {23, []string{"sun"}, "2026-03-28 12:00", "2026-03-30 01:00", false},
		"the day that is an hour long, in autumn":       {24, []string{"sun"}, "2026-10-24 12:00", "2026-10-26 01:00", true},
		"a silence that began 29 days ago is told late": {1, nil, "2026-06-01 10:00", "2026-06-30 12:00", false},
		"one that began 27 days ago is not":             {1, nil, "2026-06-01 10:00", "2026-06-28 12:00", true},
		"a week of Mondays takes seven":                 {168, []string{"mon"}, "2026-06-01 00:00", "2026-07-20 00:00", false},
		"and is over with the eighth":                   {168, []string{"mon"}, "2026-06-01 00:00", "2026-07-20 00:01", true},
	} {
		rule := atalaya.SilenceRule{EveryHours: c.hours, Days: c.days}
		if got := ruledSilent(rule, at(c.last), at(c.now), madrid); got != c.want {
			t.Errorf("%s: ruledSilent = %v, want %v", name, got, c.want)
		}
	}
}

// A rule watches sources that fire too rarely to have habits. Sources that it covers are not judged by their habits.
func TestARuleReplacesTheHabitsOfWhatItCovers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 12, 30, 0, 0, time.UTC)
	rare := func(ago time.Duration) atalaya.SourceHistory {
		return atalaya.SourceHistory{Ticker: "RARE", Fired: []time.Time{now.Add(-ago)}, LastSignal: "rare"}
	}
	stopped := hourly("BINANCE:BTCUSDT", now.Add(-40*time.Hour))
	going := hourly("NASDAQ:AAPL", now)
	for name, c := range map[string]struct {
		rules   []atalaya.SilenceRule
		sources []atalaya.SourceHistory
		want    []string
	}{
		"without a rule habits decide":             {nil, []atalaya.SourceHistory{stopped, going, rare(50 * time.Hour)}, []string{"silence:" + sourceID(stopped) + ":BINANCE:BTCUSDT-last"}},
		"a patient rule keeps it quiet":            {[]atalaya.SilenceRule{{Ticker: "BTCUSDT", EveryHours: 48}}, []atalaya.SourceHistory{stopped, going}, nil},
		"an impatient one tells of a rare source":  {[]atalaya.SilenceRule{{Ticker: "RARE", EveryHours: 48}}, []atalaya.SourceHistory{going, rare(50 * time.Hour)}, []string{"silence:rule.48." + sourceID(rare(0)) + ":rare"}},
		"one rule looks at all that it covers":     {[]atalaya.SilenceRule{{EveryHours: 2}}, []atalaya.SourceHistory{stopped, going, rare(50 * time.Hour)}, nil},
		"a rule of which nothing has come is none": {[]atalaya.SilenceRule{{Ticker: "NEVER", EveryHours: 1}}, []atalaya.SourceHistory{going}, nil},
	} {
		if got := keysOf(silenceTroubles(subjectsOf(c.sources, c.rules), nil, now, time.UTC)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestASilenceByARuleIsReportedOnceAndItsEndOnce(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 6, 1, 0, 30, 0, 0, time.UTC)
	rule := []atalaya.SilenceRule{{Ticker: "RARE", EveryHours: 6}}
	var told []atalaya.ToldTrouble
	var tale []string
	for hour := range 31 * 24 {
		now := begin.Add(time.Duration(hour) * time.Hour)
		s := atalaya.SourceHistory{Ticker: "RARE", Fired: []time.Time{begin}, LastSignal: "first"}
		if hour >= 24 {
			s.Fired, s.LastSignal = append(s.Fired, begin.Add(24*time.Hour)), "second"
		}
		for _, found := range silenceTroubles(subjectsOf([]atalaya.SourceHistory{s, hourly("A", now)}, rule), told, now, time.UTC) {
			tale = append(tale, found.key[:len("silence")]+" "+string(*found.about))
			told = append(told, atalaya.ToldTrouble{Key: found.key, At: now})
		}
	}
	if want := []string{"silence first", "back:ru second", "silence second"}; !slices.Equal(tale, want) {
		t.Errorf("reported %q, want %q", tale, want)
	}
}

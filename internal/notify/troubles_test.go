package notify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"atalaya"
)

// endings returns how captures ended, from words like "timeout timeout ok": the newest first, a minute apart.
func endings(now time.Time, words string) []atalaya.CaptureEnding {
	var list []atalaya.CaptureEnding
	for i, word := range strings.Fields(words) {
		c := atalaya.CaptureEnding{Code: word, At: now.Add(-time.Duration(i) * time.Minute)}
		if word == "ok" {
			c.Completed, c.Code = true, ""
		}
		list = append(list, c)
	}
	return list
}

func TestCapturesFailIfThreeInARowDoOrMoreThanHalfOfTen(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"": "", "timeout timeout": "", "timeout timeout timeout": "timeout", "ok timeout timeout timeout": "", "timeout timeout busy": "", "timeout timeout ok timeout": "",
		"ok timeout ok timeout ok timeout busy timeout busy timeout": "timeout", "ok timeout ok timeout ok timeout ok timeout ok timeout": "",
		"busy ok busy ok timeout timeout timeout ok timeout": "", "timeout timeout timeout ok ok ok ok ok ok ok": "timeout",
	} {
		if got := failing(endings(time.Now(), words)); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

// keysOf returns the keys of troubles.
func keysOf(list []trouble) []string {
	var keys []string
	for _, t := range list {
		keys = append(keys, t.key)
	}
	return keys
}

func TestFailingCapturesAreReportedEverySixHoursForEachCodeAndTheirRecoveryOnce(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	told := func(key string, ago time.Duration) atalaya.ToldTrouble {
		return atalaya.ToldTrouble{Key: key, At: now.Add(-ago)}
	}
	const failed, ok = "timeout timeout timeout", "ok ok ok"
	for name, c := range map[string]struct {
		captures string
		told     []atalaya.ToldTrouble
		want     []string
	}{
		"fine":                                {ok, nil, nil},
		"they fail":                           {failed, nil, []string{"captures:timeout:1800000000"}},
		"told an hour ago":                    {failed, []atalaya.ToldTrouble{told("captures:timeout:1", time.Hour)}, nil},
		"told seven hours ago":                {failed, []atalaya.ToldTrouble{told("captures:timeout:1", 7*time.Hour)}, []string{"captures:timeout:1800000000"}},
		"another code was told":               {failed, []atalaya.ToldTrouble{told("captures:busy:1", time.Hour)}, []string{"captures:timeout:1800000000"}},
		"they work again":                     {ok, []atalaya.ToldTrouble{told("captures:timeout:1", time.Hour)}, []string{"works:timeout:1"}},
		"that was told":                       {ok, []atalaya.ToldTrouble{told("captures:timeout:1", time.Hour), told("works:timeout:1", time.Minute)}, nil},
		"two codes are over with one message": {ok, []atalaya.ToldTrouble{told("captures:busy:1", 2*time.Hour), told("captures:timeout:2", time.Hour)}, []string{"works:timeout:2"}},
		"a picture from before the notice":    {ok, []atalaya.ToldTrouble{told("captures:timeout:1", -time.Second)}, nil},
		"nothing since":                       {"", []atalaya.ToldTrouble{told("captures:timeout:1", time.Hour)}, nil},
		"neither fails nor works":             {"busy ok", []atalaya.ToldTrouble{told("captures:timeout:1", time.Hour)}, nil},
	} {
		if got := keysOf(captureTroubles(endings(now, c.captures), c.told, now)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// hourly returns a source that has fired every hour until a moment.
func hourly(name string, until time.Time) atalaya.SourceHistory {
	s := atalaya.SourceHistory{Ticker: name, LastSignal: atalaya.SignalID(name + "-last")}
	for t := until.Add(-20 * 24 * time.Hour); !t.After(until); t = t.Add(time.Hour) {
		s.Fired = append(s.Fired, t)
	}
	return s
}

// story looks at the sources once an hour, and returns all that the looks have reported.
func story(t *testing.T, looks int, begin time.Time, sourcesAt func(now time.Time) []atalaya.SourceHistory) []string {
	t.Helper()
	names := map[string]string{allSources: "all"}
	var told []atalaya.ToldTrouble
	var tale []string
	for i := range looks {
		now := begin.Add(time.Duration(i) * time.Hour)
		sources := sourcesAt(now)
		for _, s := range sources {
			names[sourceID(s)] = s.Ticker
		}
		for _, found := range silenceTroubles(subjectsOf(sources, nil), told, now, time.UTC) {
			parts := strings.Split(found.key, ":")
			if found.about == nil {
				t.Fatalf("%s is about no signal", found.key)
			}
			tale = append(tale, parts[0]+" "+names[parts[1]])
			told = append(told, atalaya.ToldTrouble{Key: found.key, At: now})
		}
	}
	return tale
}

func TestASilenceIsReportedOnceAndItsEndOnce(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 6, 1, 0, 30, 0, 0, time.UTC)
	stopped, back := begin.Add(10*time.Hour), begin.Add(60*time.Hour)
	got := story(t, 100, begin, func(now time.Time) []atalaya.SourceHistory {
		a, b := hourly("A", now), hourly("B", now)
		if now.After(stopped) {
			a = hourly("A", stopped)
		}
		if now.After(back) {
			a.Fired = append(a.Fired, hourly("A", now).Fired[20*24-int(now.Sub(back)/time.Hour):]...)
			a.LastSignal = "A-back"
		}
		return []atalaya.SourceHistory{a, b}
	})
	if want := []string{"silence A", "back A"}; !slices.Equal(got, want) {
		t.Errorf("reported %q, want %q", got, want)
	}
}

func TestTheSilenceOfAllSourcesIsOneMessageAndItsEndAnother(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 6, 1, 0, 30, 0, 0, time.UTC)
	stopped, back := begin.Add(10*time.Hour), begin.Add(60*time.Hour)
	got := story(t, 120, begin, func(now time.Time) []atalaya.SourceHistory {
		var list []atalaya.SourceHistory
		for _, name := range []string{"A", "B", "C"} {
			s := hourly(name, now)
			if now.After(stopped) {
				s = hourly(name, stopped)
			}
			if now.After(back) && name != "C" { // C never comes back: its silence has been reported already
				s.Fired = append(s.Fired, hourly(name, now).Fired[20*24-int(now.Sub(back)/time.Hour):]...)
				s.LastSignal += "-back"
			}
			list = append(list, s)
		}
		return list
	})
	if want := []string{"silence all", "back all"}; !slices.Equal(got, want) {
		t.Errorf("reported %q, want %q", got, want)
	}
}

func TestASilenceBeforeThatOfAllSourcesEndsWithIt(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 6, 1, 0, 30, 0, 0, time.UTC)
	back := begin.Add(60 * time.Hour)
	got := story(t, 100, begin, func(now time.Time) []atalaya.SourceHistory {
		var list []atalaya.SourceHistory
		for name, stopped := range map[string]time.Time{"A": begin, "B": begin.Add(20 * time.Hour)} {
			s := hourly(name, now)
			if now.After(stopped) {
				s = hourly(name, stopped)
			}
			if now.After(back) {
				s.Fired = append(s.Fired, hourly(name, now).Fired[20*24-int(now.Sub(back)/time.Hour):]...)
				s.LastSignal += "-back"
			}
			list = append(list, s)
		}
		return list
	})
	if want := []string{"silence A", "silence all", "back all"}; !slices.Equal(got, want) {
		t.Errorf("reported %q, want %q", got, want)
	}
}

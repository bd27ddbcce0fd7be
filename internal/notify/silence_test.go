package notify

import (
	"math/rand/v2"
	"testing"
	"time"
)

// source is an alert that fires through a simulated year.
type source struct {
	name  string
	zone  string                            // of its trader
	fires func(t time.Time) []time.Duration // returns how long after t it fires, within an hour
	bound time.Duration                     // within which its end has to be reported
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// sources returns alerts on usual markets.
func sources(t testing.TB, random *rand.Rand) []source {
	newYork := zone(t, "America/New_York")
	stocks := func(t time.Time) []time.Duration { // a bar of 5 minutes fires one time in three
		local := t.In(newYork)
		if day := local.Weekday(); day == time.Saturday || day == time.Sunday {
			return nil
		}
		var at []time.Duration
		for minute := 0; minute < 60; minute += 5 {
			clock := local.Hour()*60 + minute
			if clock >= 9*60+30 && clock < 16*60 && random.IntN(3) == 0 {
				at = append(at, time.Duration(minute)*time.Minute)
			}
		}
		return at
	}
	currencies := func(t time.Time) []time.Duration { // from Sunday 17:00 to Friday 17:00 in New York, now and then
		local := t.In(newYork)
		hour := int(local.Weekday())*24 + local.Hour()
		if hour < 17 || hour >= 5*24+17 || random.IntN(4) != 0 {
			return nil
		}
		return []time.Duration{time.Duration(random.IntN(3600)) * time.Second}
	}
	daily := func(t time.Time) []time.Duration { // at the close of each trading day
		local := t.In(newYork)
		if day := local.Weekday(); day == time.Saturday || day == time.Sunday || local.Hour() != 16 {
			return nil
		}
		return []time.Duration{time.Second}
	}
	crypto := func(time.Time) []time.Duration { // two an hour, at any time
		var at []time.Duration
		for second := range 3600 {
			if random.IntN(1800) == 0 {
				at = append(at, time.Duration(second)*time.Second)
			}
		}
		return at
	}
	const day = 24 * time.Hour
	return []source{
		{"US stocks, seen from New York", "America/New_York", stocks, 5 * day},
		{"US stocks, seen from Madrid, whose summer time begins and ends in other weeks", "Europe/Madrid", stocks, 5 * day},
		{"US stocks, seen from Sydney, whose seasons are the other way round", "Australia/Sydney", stocks, 5 * day},
		{"currencies, seen from Kolkata, half an hour off", "Asia/Kolkata", currencies, 7 * day},
		{"currencies, seen from London", "Europe/London", currencies, 7 * day},
		{"a daily close", "America/Mexico_City", daily, 21 * day},
		{"crypto around the clock", "UTC", crypto, 2 * day},
	}
}

// A year is simulated with a look every hour.
func TestAYearOfEveryMarketGivesNoFalseNoticeAndReportsASourceThatStops(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(16, 22))
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, s := range sources(t, random) {
		z := zone(t, s.zone)
		var signals []time.Time
		now := begin
		for ; now.Before(begin.AddDate(1, 0, 0)); now = now.Add(time.Hour) {
			if Silent(signals, now, z) {
				t.Fatalf("%s: a false notice at %s, %d signals, the last %s", s.name, now.In(z), len(signals), signals[len(signals)-1].In(z))
			}
			for _, at := range s.fires(now) {
				signals = append(signals, now.Add(at))
			}
		}
		told := now
		for ; !Silent(signals, told, z); told = told.Add(time.Hour) {
			if told.Sub(now) > s.bound {
				t.Fatalf("%s: it stopped at %s and was not reported within %s", s.name, now, s.bound)
			}
		}
		t.Logf("%s: reported %s after it stopped", s.name, told.Sub(now))
	}
}

func TestASourceWithoutHabitsIsNeverSilent(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	later := begin.Add(20 * 24 * time.Hour)
	var few, oneDay []time.Time
	for i := range silenceMinSignals - 1 {
		few = append(few, begin.Add(time.Duration(i)*12*time.Hour))
	}
	for i := range 200 {
		oneDay = append(oneDay, begin.Add(time.Duration(i)*time.Minute))
	}
	for name, signals := range map[string][]time.Time{"none": nil, "few": few, "on one day": oneDay} {
		if Silent(signals, later, time.UTC) {
			t.Errorf("a source with %s signals is called silent", name)
		}
	}
}

func TestABurstThatEndsIsNotSilence(t *testing.T) {
	t.Parallel()
	var signals []time.Time
	begin := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for day := range 10 { // 60 alerts within an hour, every day at nine
		for minute := range 60 {
			signals = append(signals, begin.AddDate(0, 0, day).Add(time.Duration(minute)*time.Minute))
		}
	}
	last := signals[len(signals)-1]
	for look := last; look.Before(last.Add(24 * time.Hour)); look = look.Add(10 * time.Minute) {
		if Silent(signals, look, time.UTC) {
			t.Fatalf("the rest of the day after a burst is called silence at %s", look)
		}
	}
}

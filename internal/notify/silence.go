package notify

import (
	"math"
	"slices"
	"time"
)

// allSources is the source of a notice that every source of a user is silent.
const allSources = "all"

const (
	// silenceMemory is how far back a source's habits are looked at.
	silenceMemory = 28 * 24 * time.Hour
	// silenceMinSignals and silenceMinDays are what a source needs to have habits.
	silenceMinSignals = 20
	silenceMinDays    = 5
	// silenceChance is the probability below which a gap is taken for a silence.
	silenceChance = 0.001
	// silenceGap is how much longer than the longest gap so far the present one has to be.
	silenceGap = 1.5
	// silenceMinHours is the least gap, in active hours. If a market's summer time begins or ends in another week
	// than its trader's, its hours shift by one, which looks like a gap of up to 1.6.
	silenceMinHours = 2
)

// weekHour is an hour of the week in a user's zone; 0 is Sunday's first. It is the wall clock's, so it
// moves with summer time.
type weekHour int

// habits say how much each hour of the week counts: 1 for an hour in which a source has fired every week, 0 for
// one in which it never has. So nights and weekends of a market count as 0.
type habits struct {
	zone   *time.Location
	weight [7 * 24]float64
}

// Silent reports whether a source has stopped, from the times of its signals, oldest first. Its habits are those
// of the 28 days before its last signal. A source that has been silent for longer than that is no longer reported.
//
// Time is measured in active hours (habits). A source is silent if three things hold. A gap as long as the present
// one has a chance below 1 in 1,000 to occur anywhere among as many signals of a Poisson process of the same rate.
// The gap is more than 1.5 times as long as the longest so far. At least two active hours have passed.
func Silent(signals []time.Time, now time.Time, zone *time.Location) bool {
	if len(signals) == 0 {
		return false
	}
	last := signals[len(signals)-1]
	if since := now.Sub(last); since < silenceMinHours*time.Hour || since > silenceMemory {
		return false
	}
	if signals = remembered(signals); !hasHabits(signals, zone) {
		return false
	}
	h := habitsOf(signals, zone)
	watched, gap := h.hours(signals[0], last), h.hours(last, now)
	if gap < silenceMinHours || watched <= 0 {
		return false
	}
	rate := float64(len(signals)-1) / watched
	if float64(len(signals))*math.Exp(-rate*gap) >= silenceChance {
		return false
	}
	longest := 0.0
	for i := 1; i < len(signals); i++ {
		longest = max(longest, h.hours(signals[i-1], signals[i]))
	}
	return gap > silenceGap*longest
}

// remembered returns the signals of the 28 days before the last one.
func remembered(signals []time.Time) []time.Time {
	first, _ := slices.BinarySearchFunc(signals, signals[len(signals)-1].Add(-silenceMemory), time.Time.Compare)
	return signals[first:]
}

// hasHabits reports whether a source fires often enough, and on enough days, to be watched.
func hasHabits(signals []time.Time, zone *time.Location) bool {
	if len(signals) == 0 {
		return false
	}
	signals = remembered(signals)
	return len(signals) >= silenceMinSignals && onDays(signals, silenceMinDays, zone)
}

// onDays reports whether signals, oldest first, came on at least n days of a zone.
func onDays(signals []time.Time, n int, zone *time.Location) bool {
	last := 0
	for _, t := range signals {
		local := t.In(zone)
		if day := local.Year()*366 + local.YearDay(); day != last {
			last = day
			if n--; n == 0 {
				return true
			}
		}
	}
	return false
}

// habitsOf learns the hours of a source from its signals, oldest first.
func habitsOf(signals []time.Time, zone *time.Location) habits {
	h := habits{zone: zone}
	var fired, passed [7 * 24]float64
	at := 0
	eachHour(signals[0], signals[len(signals)-1].Add(time.Nanosecond), zone, func(hour weekHour, _, end time.Time) {
		passed[hour]++
		if at < len(signals) && signals[at].Before(end) {
			fired[hour]++
		}
		for at < len(signals) && signals[at].Before(end) {
			at++
		}
	})
	for i := range h.weight {
		if passed[i] > 0 {
			h.weight[i] = fired[i] / passed[i]
		}
	}
	return h
}

// hours returns how many active hours lie between two instants.
func (h habits) hours(from, to time.Time) float64 {
	total := 0.0
	eachHour(from, to, h.zone, func(hour weekHour, begin, end time.Time) { total += h.weight[hour] * end.Sub(begin).Hours() })
	return total
}

// eachHour calls f for every hour of the wall clock between two instants, the first and the last
// being parts of one.
func eachHour(from, to time.Time, zone *time.Location, f func(hour weekHour, begin, end time.Time)) {
	for from.Before(to) {
		local := from.In(zone)
		hour, minute, second := local.Clock()
		passed := time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + time.Duration(local.Nanosecond())
		end := from.Add(time.Hour - passed)
		if end.After(to) {
			end = to
		}
		f(weekHour(int(local.Weekday())*24+hour), from, end)
		from = end
	}
}

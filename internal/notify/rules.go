package notify

import (
	"slices"
	"strconv"
	"time"

	"atalaya"
)

// ruleWithin is how long ago a silence by a user's own rule may have begun. Sent messages are kept a little longer
// (30 days), so that none is sent twice.
const ruleWithin = 28 * 24 * time.Hour

// subject is what is watched for silence: a source, or the sources that a user's own rule covers.
type subject struct {
	atalaya.SourceHistory
	rule *atalaya.SilenceRule
}

// subjectsOf returns the subjects of a user. A source that a rule covers is judged by the rule alone. A rule is
// not watched before its first signal.
func subjectsOf(sources []atalaya.SourceHistory, rules []atalaya.SilenceRule) []subject {
	subjects := make([]subject, 0, len(sources))
	covered := make([]bool, len(sources))
	for i := range rules {
		s := subject{rule: &rules[i]}
		for at, source := range sources {
			if rules[i].Covers(source) {
				s.join(source)
				covered[at] = true
			}
		}
		if s.Fired != nil {
			subjects = append(subjects, s)
		}
	}
	for at, source := range sources {
		if !covered[at] {
			subjects = append(subjects, subject{SourceHistory: source})
		}
	}
	return subjects
}

// join adds the signals of a source.
func (s *subject) join(source atalaya.SourceHistory) {
	if s.Fired == nil || last(source).After(s.last()) {
		s.LastSignal = source.LastSignal
	}
	s.Fired = append(slices.Clone(s.Fired), source.Fired...)
	slices.SortFunc(s.Fired, time.Time.Compare)
}

func (s subject) last() time.Time { return last(s.SourceHistory) }

// judged reports whether the subject can be called silent: a rule always, a source if it has habits.
func (s subject) judged(zone *time.Location) bool { return s.rule != nil || hasHabits(s.Fired, zone) }

// silent reports whether the subject has stopped.
func (s subject) silent(now time.Time, zone *time.Location) bool {
	if s.rule == nil {
		return Silent(s.Fired, now, zone)
	}
	return ruledSilent(*s.rule, s.last(), now, zone)
}

// ruledSilent reports whether more than the rule's hours have passed since the last signal, counting only the
// hours of its days. It returns false if the silence began longer ago than ruleWithin.
func ruledSilent(r atalaya.SilenceRule, last, now time.Time, zone *time.Location) bool {
	h := habits{zone: zone}
	for hour := range h.weight {
		if r.OnDay(hour / 24) {
			h.weight[hour] = 1
		}
	}
	most := float64(r.EveryHours)
	return h.hours(last, now) > most && h.hours(last, now.Add(-ruleWithin)) <= most
}

// id returns the subject's name in keys. A rule's begins with its hours, from which its message is composed.
func (s subject) id() string {
	if s.rule == nil {
		return sourceID(s.SourceHistory)
	}
	r := s.rule
	of := atalaya.SourceHistory{Indicator: r.IndicatorName, Ticker: r.Ticker, Interval: r.Interval}
	return ruleMark + strconv.Itoa(r.EveryHours) + "." + sourceID(of)
}

// ruleMark begins the ids of rules in keys.
const ruleMark = "rule."

package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"atalaya"
)

const (
	// failuresInRow captures in a row with one code are a trouble.
	failuresInRow = 3
	// More than half of the last failuresWindow captures are a trouble too, if all ended within the hour.
	failuresWindow = 10
	// failuresAgain is the least time between two messages about one code.
	failuresAgain = 6 * time.Hour
)

// trouble is something to tell a user. Each key is told once.
type trouble struct {
	key   string
	about *atalaya.SignalID
}

// failing returns the code by which captures fail, "" if they do not. They fail if the last three failed with one
// code, or if more than half of the last ten failed with any; the code is then the most frequent. recent are those of
// the last hour, newest first.
func failing(recent []atalaya.CaptureEnding) string {
	if inRow := recent[:min(len(recent), failuresInRow)]; len(inRow) == failuresInRow {
		same := true
		for _, c := range inRow {
			same = same && !c.Completed && c.Code == inRow[0].Code
		}
		if same {
			return inRow[0].Code
		}
	}
	if len(recent) < failuresWindow {
		return ""
	}
	counts, failed, code := map[string]int{}, 0, ""
	for _, c := range recent[:failuresWindow] {
		if c.Completed {
			continue
		}
		failed++
		if counts[c.Code]++; code == "" || counts[c.Code] > counts[code] {
			code = c.Code
		}
	}
	if 2*failed <= failuresWindow {
		return ""
	}
	return code
}

// captureTroubles returns what to tell a user about captures: that they fail, once in six hours for each code, and
// once that they work again.
func captureTroubles(recent []atalaya.CaptureEnding, told []atalaya.ToldTrouble, now time.Time) []trouble {
	code := failing(recent)
	var lastTold, lastWorks atalaya.ToldTrouble
	for _, t := range told {
		kind, rest, _ := strings.Cut(t.Key, ":")
		switch kind {
		case atalaya.NoticeCaptures:
			lastTold = t
			if of, _, _ := strings.Cut(rest, ":"); of == code && now.Sub(t.At) < failuresAgain {
				return nil
			}
		case atalaya.NoticeWorks:
			lastWorks = t
		}
	}
	if code != "" {
		return []trouble{{key: atalaya.NoticeKey(atalaya.NoticeCaptures, code, strconv.FormatInt(now.Unix(), 10))}}
	}
	open := !lastTold.At.IsZero() && !lastWorks.At.After(lastTold.At)
	if !open || len(recent) == 0 || !recent[0].Completed || !recent[0].At.After(lastTold.At) {
		return nil
	}
	_, rest, _ := strings.Cut(lastTold.Key, ":")
	return []trouble{{key: atalaya.NoticeKey(atalaya.NoticeWorks, rest)}}
}

// sourceID names a source in keys: its names come from alerts, and may be of any length.
func sourceID(s atalaya.SourceHistory) string {
	sum := sha256.Sum256([]byte(s.Indicator + "\x00" + s.Ticker + "\x00" + s.Interval))
	return hex.EncodeToString(sum[:8])
}

// silenceTroubles returns what to tell a user about sources: that one is silent, or all are, once for each
// silence; and once that it is back.
func silenceTroubles(subjects []subject, told []atalaya.ToldTrouble, now time.Time, zone *time.Location) []trouble {
	h := silencesTold(told)
	list := h.backs(subjects)
	var silent []subject
	var newest subject
	judged := 0
	for _, s := range subjects {
		if !s.judged(zone) {
			continue
		}
		judged++
		if newest.Fired == nil || s.last().After(newest.last()) {
			newest = s
		}
		if s.silent(now, zone) {
			silent = append(silent, s)
		}
	}
	if judged > 1 && len(silent) == judged {
		return append(list, h.once(atalaya.NoticeKey(atalaya.NoticeSilence, allSources, string(newest.LastSignal)), newest)...)
	}
	for _, s := range silent {
		if all := h.lastAll; !all.IsZero() && s.last().Before(all) {
			continue // it was silent already when all were told to be
		}
		list = append(list, h.once(atalaya.NoticeKey(atalaya.NoticeSilence, s.id(), string(s.LastSignal)), s)...)
	}
	return list
}

func last(s atalaya.SourceHistory) time.Time { return s.Fired[len(s.Fired)-1] }

// silences are the notices of silence so far.
type silences struct {
	at       map[string]time.Time // key -> when it was told
	lastAll  time.Time            // when all sources were last told to be silent
	lastBack time.Time            // when that was last told to be over
}

func silencesTold(told []atalaya.ToldTrouble) silences {
	h := silences{at: map[string]time.Time{}}
	for _, t := range told {
		h.at[t.Key] = t.At
		switch {
		case strings.HasPrefix(t.Key, atalaya.NoticeKey(atalaya.NoticeSilence, allSources, "")):
			h.lastAll = t.At
		case strings.HasPrefix(t.Key, atalaya.NoticeKey(atalaya.NoticeBack, allSources, "")):
			h.lastBack = t.At
		}
	}
	return h
}

// once returns a trouble, unless it was told before.
func (h silences) once(key string, about subject) []trouble {
	if _, told := h.at[key]; told {
		return nil
	}
	return []trouble{{key: key, about: &about.LastSignal}}
}

// backs returns the ends of silences that were told: subjects that have fired since.
func (h silences) backs(subjects []subject) []trouble {
	var list []trouble
	for _, key := range slices.Sorted(maps.Keys(h.at)) {
		rest, ok := strings.CutPrefix(key, atalaya.NoticeSilence+":")
		if !ok {
			continue
		}
		id, _, _ := strings.Cut(rest, ":")
		for _, s := range subjects {
			if id != allSources && id != s.id() || !s.last().After(h.at[key]) {
				continue
			}
			end := h.once(atalaya.NoticeKey(atalaya.NoticeBack, rest), s)
			if id == allSources && len(end) > 0 {
				return end // alone: it ends the silence of those that are back with it
			}
			if id != allSources && !h.endedWithAll(h.at[key], s) {
				list = append(list, end...)
			}
			break
		}
	}
	return list
}

// endedWithAll reports whether a source's silence, told at toldAt, was part of a silence of all sources whose end
// was told when the source was back.
func (h silences) endedWithAll(toldAt time.Time, s subject) bool {
	if !h.lastAll.After(toldAt) {
		return false
	}
	back := slices.IndexFunc(s.Fired, func(t time.Time) bool { return t.After(toldAt) })
	return h.lastBack.Before(h.lastAll) || s.Fired[back].Before(h.lastBack)
}

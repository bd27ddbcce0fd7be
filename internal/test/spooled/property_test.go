package spooled_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"atalaya"
)

// trader is one user of a run, with the outcomes that the order of arrival gives.
type trader struct {
	id      atalaya.UserID
	token   atalaya.WebhookToken
	signals []string
	made    map[string]bool // bodies that a signal is on record for
	counts  map[atalaya.Outcome]int
}

// quotaOfTraders is small enough to be used up.
const quotaOfTraders = 6

// receive is the whole model: it looks for a repeat first, then at the quota.
func (u *trader) receive(body string) {
	switch {
	case u.made[body]:
		u.counts[atalaya.OutcomeDuplicate]++
	case len(u.signals) == quotaOfTraders:
		u.counts[atalaya.OutcomeQuotaExceeded]++
	default:
		u.made[body] = true
		u.signals = append(u.signals, body)
		u.counts[atalaya.OutcomeAccepted]++
	}
}

// story returns what world.story has to return for the user.
func (u *trader) story() string {
	requests := 0
	var outcomes []string
	for _, outcome := range slices.Sorted(maps.Keys(u.counts)) {
		outcomes, requests = append(outcomes, fmt.Sprintf("%s:%d", outcome, u.counts[outcome])), requests+u.counts[outcome]
	}
	return strings.Join([]string{
		strings.Join(u.signals, ","), strings.Join(outcomes, ","), fmt.Sprint("used ", len(u.signals)),
		fmt.Sprint("requests ", requests), fmt.Sprint("statistics ", len(u.signals)),
	}, " | ")
}

// The rows are those that the order of arrival gives, whatever happens between: a database that is away or loses its
// answers, drains that are cut off, and restarts.
func TestAnyInterleavingGivesWhatTheOrderOfArrivalGives(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		w.rows.mood.Store(well)
		w.keeps.Store(false)
		traders := make([]*trader, 3)
		for i := range traders {
			id, token := w.user(fmt.Sprintf("signals_quota = %d, dedupe_window_seconds = 3600", quotaOfTraders))
			traders[i] = &trader{id: id, token: token, made: map[string]bool{}, counts: map[atalaya.Outcome]int{}}
		}
		for range rapid.IntRange(5, 40).Draw(rt, "steps") {
			switch step := rapid.SampledFrom([]string{"alert", "alert", "alert", "alert", "mood", "cut", "restart"}).Draw(rt, "step"); step {
			case "alert":
				u := rapid.SampledFrom(traders).Draw(rt, "trader")
				body := fmt.Sprint("body ", rapid.IntRange(0, 9).Draw(rt, "body"))
				if _, err := w.sendAt(u.token, body, time.Now()); err != nil {
					rt.Fatalf("%s: %v", body, err)
				}
				u.receive(body)
			case "mood":
				w.rows.mood.Store(rapid.SampledFrom([]int32{well, away, losesAnswers}).Draw(rt, "mood"))
			case "cut":
				w.keeps.Store(rapid.Bool().Draw(rt, "keeps"))
			case "restart":
				w.restart()
			}
		}
		w.rows.mood.Store(well)
		w.keeps.Store(false)
		w.empty()
		for i, u := range traders {
			if got, want := w.story(u.id), u.story(); got != want {
				rt.Errorf("trader %d:\n got %s\nwant %s", i, got, want)
			}
		}
	})
}

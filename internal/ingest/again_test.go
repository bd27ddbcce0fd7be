package ingest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atalaya"
)

// twice is storage that decides every transaction twice, as one whose first try failed does.
type twice struct {
	gate
	user      func() *atalaya.TenantConfig
	decisions [][]atalaya.Decision // of both tries
}

func (r *twice) Ingest(_ context.Context, arrivals []atalaya.Arrival, decide func([]atalaya.Facts) []atalaya.Decision) error {
	for range 2 {
		facts, t := make([]atalaya.Facts, len(arrivals)), r.user()
		for i := range facts {
			facts[i].Tenant = t
		}
		r.decisions = append(r.decisions, decide(facts))
	}
	return nil
}

// few grants a number of slots of each kind.
type few struct {
	unlimited
	left  map[string]int
	asked []time.Time
}

func (f *few) Take(_ context.Context, what string, asks []atalaya.RateAsk) []atalaya.Rate {
	rates := make([]atalaya.Rate, len(asks))
	for i, ask := range asks {
		f.asked = append(f.asked, ask.At)
		what := what
		if ask.What != "" {
			what = ask.What
		}
		if rates[i].Allowed = f.left[what] > 0; rates[i].Allowed {
			f.left[what]--
		}
	}
	return rates
}

func (f *few) GiveBack(_ context.Context, what string, asks []atalaya.RateAsk, _ []atalaya.Rate) {
	f.left[what] += len(asks)
}

func TestADecisionThatIsMadeTwiceIsTheSame(t *testing.T) {
	t.Parallel()
	rows := &twice{user: func() *atalaya.TenantConfig {
		user := tenant(nil)
		user.SignalsQuota, user.SignalsUsedThisMonth = 100, 97
		return &user
	}}
	slots := &few{left: map[string]int{"alerts": 6, "captures": 2}}
	s := New(rows, Bounds{Limits: slots, Lookups: slots}, Policy{QuotaMode: atalaya.QuotaStrict}, slog.New(slog.DiscardHandler))
	arrived := time.Now().Add(-time.Hour)
	var batch []*intake
	for _, body := range []string{"one", "two", "one", "three", "four", "five", "six", "seven"} {
		in := &intake{ctx: t.Context(), done: make(chan error, 1)}
		in.arrival = atalaya.Arrival{Token: "token", Body: []byte(body), ReceivedAt: arrived, SignalID: newSignalID()}
		in.reading = atalaya.Alert{ChartID: "Zk4Tq9Lm", Raw: body}
		in.arrival.RepeatHash = repeatHash(in.arrival, in.reading)
		in.reading.IdempotencyKey = body // so that the second "one" repeats the first, whatever the window
		batch = append(batch, in)
	}
	if err := s.store(batch); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows.decisions[0], rows.decisions[1]); diff != "" {
		t.Errorf("the second decision differs: %s", diff)
	}
	var became []string
	for i, d := range rows.decisions[1] {
		word := string(d.Outcome)
		if d.Outcome == atalaya.OutcomeAccepted {
			word += " " + string(d.Signal.ScreenshotStatus)
			if d.Signal.ID != batch[i].arrival.SignalID {
				t.Errorf("the signal of arrival %d has the id %s, not its arrival's", i, d.Signal.ID)
			}
		}
		if d.OmitDelivery {
			word += " omitted"
		}
		became = append(became, word)
		if batch[i].receipt.Outcome != d.Outcome {
			t.Errorf("arrival %d was answered as %s", i, batch[i].receipt.Outcome)
		}
	}
	want := []string{"accepted pending", "accepted pending", "duplicate", "accepted skipped", "quota_exceeded", "quota_exceeded", "rate_limited", "rate_limited omitted"}
	if diff := cmp.Diff(want, became); diff != "" {
		t.Errorf("what became of the arrivals (-want +got):\n%s", diff)
	}
	for _, at := range slots.asked {
		if !at.Equal(arrived) {
			t.Errorf("a slot was asked for at %v, not at the arrival", at)
		}
	}
	if slots.left["alerts"] != 0 || slots.left["captures"] != 0 {
		t.Errorf("slots left: %v", slots.left)
	}
}

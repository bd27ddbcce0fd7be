package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atalaya"
)

// ledger is storage that keeps signals by repeat hash in memory, and notes by which way each body came.
type ledger struct {
	gate
	users map[atalaya.WebhookToken]*atalaya.TenantConfig
	keys  map[repeat]atalaya.SignalID
	ways  []string
	fails error // of IngestKnown, once
}

func newLedger(tokens ...atalaya.WebhookToken) *ledger {
	l := &ledger{users: map[atalaya.WebhookToken]*atalaya.TenantConfig{}, keys: map[repeat]atalaya.SignalID{}}
	for _, token := range tokens {
		t := tenant(nil)
		t.UserID, t.WebhookToken, t.UpdatedAt, t.DedupeWindowSeconds = "user of "+atalaya.UserID(token), token, time.Unix(1, 0), 30
		t.SignalsQuota, t.SignalsUsedThisMonth = 10, 0
		l.users[token] = &t
	}
	return l
}

func (l *ledger) write(t *atalaya.TenantConfig, a atalaya.Arrival, d atalaya.Decision, way string) {
	l.ways = append(l.ways, fmt.Sprintf("%s %s %s", way, a.Body, d.Outcome))
	if d.Outcome == atalaya.OutcomeAccepted {
		t.SignalsUsedThisMonth++
		l.keys[repeat{t.UserID, a.RepeatHash}] = d.Signal.ID
	}
}

func (l *ledger) Ingest(_ context.Context, arrivals []atalaya.Arrival, decide func([]atalaya.Facts) []atalaya.Decision) error {
	facts, shared := make([]atalaya.Facts, len(arrivals)), map[atalaya.WebhookToken]*atalaya.TenantConfig{}
	for i, a := range arrivals {
		row := l.users[a.Token]
		if row == nil {
			continue
		}
		if shared[a.Token] == nil {
			copied := *row
			shared[a.Token] = &copied
		}
		facts[i] = atalaya.Facts{Tenant: shared[a.Token], DuplicateOf: l.keys[repeat{row.UserID, a.RepeatHash}]}
	}
	for i, d := range decide(facts) {
		if facts[i].Tenant != nil {
			l.write(l.users[arrivals[i].Token], arrivals[i], d, "long")
		}
	}
	return nil
}

func (l *ledger) IngestKnown(_ context.Context, arrivals []atalaya.Arrival, facts []atalaya.Facts, decisions []atalaya.Decision, strict bool) (map[atalaya.UserID]int64, error) {
	if err := l.fails; err != nil {
		l.fails = nil
		return nil, err
	}
	stored, other := map[atalaya.UserID]int64{}, map[atalaya.UserID]bool{}
	for i, a := range arrivals {
		user, row := facts[i].Tenant.UserID, l.users[a.Token]
		stored[user]++
		_, repeated := l.keys[repeat{user, a.RepeatHash}]
		other[user] = other[user] || repeated || row == nil || !row.UpdatedAt.Equal(facts[i].Tenant.UpdatedAt)
	}
	used := map[atalaya.UserID]int64{}
	for i, a := range arrivals {
		user, row := facts[i].Tenant.UserID, l.users[a.Token]
		if other[user] || strict && row.SignalsUsedThisMonth+stored[user] > row.SignalsQuota && used[user] == 0 {
			other[user] = true
			continue
		}
		l.write(row, a, decisions[i], "short")
		used[user] = row.SignalsUsedThisMonth
	}
	return used, nil
}

// arrive commits bodies of tokens together, "token body" each.
func arrive(t *testing.T, s *Service, texts ...string) []*intake {
	t.Helper()
	var batch []*intake
	for _, text := range texts {
		var token, body string
		if _, err := fmt.Sscan(text, &token, &body); err != nil {
			t.Fatal(err)
		}
		in := &intake{ctx: t.Context(), done: make(chan error, 1), reading: atalaya.Alert{ChartID: "Zk4Tq9Lm", Raw: body}}
		in.arrival = atalaya.Arrival{Token: atalaya.WebhookToken(token), Body: []byte(body), ReceivedAt: time.Now(), SignalID: newSignalID()}
		in.arrival.RepeatHash = repeatHash(in.arrival, in.reading)
		batch = append(batch, in)
	}
	s.commit(batch)
	return batch
}

// ledgerService is a service on a ledger; captures is how many slots there are.
func ledgerService(l *ledger, captures int) (*Service, *few) {
	slots := &few{left: map[string]int{alertsLimit: 1000, capturesLimit: captures}}
	return New(l, Bounds{Limits: slots, Lookups: slots}, Policy{QuotaMode: atalaya.QuotaStrict}, slog.New(slog.DiscardHandler)), slots
}

func (l *ledger) came(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, l.ways); diff != "" {
		t.Errorf("ways (-want +got):\n%s", diff)
	}
	l.ways = nil
}

func TestAUserWhoseRowIsKnownTakesTheShortWay(t *testing.T) {
	t.Parallel()
	l := newLedger("a", "b")
	s, slots := ledgerService(l, 1000)
	arrive(t, s, "a 1", "b 1")
	l.came(t, "long 1 accepted", "long 1 accepted")
	batch := arrive(t, s, "a 2", "b 2", "a 3")
	l.came(t, "short 2 accepted", "short 2 accepted", "short 3 accepted")
	for i, used := range []int64{2, 2, 3} {
		if r := batch[i].receipt; r.Quota.Used != used || r.SignalID != batch[i].arrival.SignalID || !r.ScreenshotQueued {
			t.Errorf("receipt %d: %+v, want %d used", i, r, used)
		}
	}
	// Another replica counts meanwhile, and changes a setting.
	l.users["a"].SignalsUsedThisMonth = 6
	if r := arrive(t, s, "a 4")[0].receipt; r.Quota.Used != 7 {
		t.Errorf("%d used, want 7", r.Quota.Used)
	}
	l.users["a"].UpdatedAt = time.Unix(2, 0)
	arrive(t, s, "a 5", "b 5", "b 6")
	l.came(t, "short 4 accepted", "short 5 accepted", "short 6 accepted", "long 5 accepted")
	arrive(t, s, "a 6", "a 7", "a 8")
	l.came(t, "long 6 accepted", "long 7 accepted", "long 8 quota_exceeded")
	if taken := 1000 - slots.left[capturesLimit]; taken != 11 {
		t.Errorf("%d slots of captures are taken by 11 signals", taken)
	}
}

func TestARepeatTakesNoSlotOfACapture(t *testing.T) {
	t.Parallel()
	l := newLedger("a", "b")
	s, slots := ledgerService(l, 4)
	arrive(t, s, "a 1", "b 1")
	l.came(t, "long 1 accepted", "long 1 accepted")
	// The repeat is found by the storage alone, after the slots were asked for.
	batch := arrive(t, s, "b 2", "b 3", "a 1", "a 2")
	l.came(t, "short 2 accepted", "short 3 accepted", "long 1 duplicate", "long 2 accepted")
	if r := batch[2].receipt; r.Outcome != atalaya.OutcomeDuplicate || r.ScreenshotQueued {
		t.Errorf("the repeat: %+v", r)
	}
	if r := batch[3].receipt; r.ScreenshotQueued || slots.left[capturesLimit] != 0 {
		t.Errorf("the fifth of four: %+v", r)
	}
}

func TestAnArrivalWithADeadTokenIsNotStored(t *testing.T) {
	t.Parallel()
	l := newLedger("old")
	s, _ := ledgerService(l, 1000)
	arrive(t, s, "old 1")
	rotated := *l.users["old"]
	rotated.WebhookToken = "new"
	l.users["new"] = &rotated
	delete(l.users, "old")
	arrive(t, s, "new 2")
	l.ways = nil
	batch := arrive(t, s, "old 3", "new 4", "new 5")
	if slices.Contains(l.ways, "short 3 accepted") || batch[0].receipt.Outcome != "" {
		t.Errorf("%v, %+v", l.ways, batch[0].receipt)
	}
	if err := <-batch[0].done; atalaya.CodeOf(err) != atalaya.CodeInvalidToken {
		t.Errorf("the dead token answers %v", err)
	}
}

func TestACommitWhoseEndIsUnknownIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	l := newLedger("a")
	s, _ := ledgerService(l, 1000)
	arrive(t, s, "a 1")
	l.ways, l.fails = nil, context.DeadlineExceeded
	batch := arrive(t, s, "a 2")
	if err := <-batch[0].done; err == nil || len(l.ways) != 0 {
		t.Errorf("answered %v after %v", err, l.ways)
	}
}

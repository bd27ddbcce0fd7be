package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"atalaya"
)

// gate is storage whose commits wait to be let through.
type gate struct {
	Rows
	entered chan []string // the bodies of a transaction, when it begins
	pass    chan error    // what it ends with

	mu     sync.Mutex
	tenant atalaya.TenantConfig
}

func newGate() *gate {
	return &gate{entered: make(chan []string), pass: make(chan error), tenant: tenant(nil)}
}

func (g *gate) Ingest(_ context.Context, arrivals []atalaya.Arrival, decide func([]atalaya.Facts) []atalaya.Decision) error {
	var bodies []string
	facts := make([]atalaya.Facts, len(arrivals))
	var read atalaya.TenantConfig // the row, as this transaction has it
	for i, a := range arrivals {
		bodies = append(bodies, string(a.Body))
		if a.Token != "unknown" {
			facts[i].Tenant = &read
		}
	}
	g.entered <- bodies
	err := <-g.pass
	if err == nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		read = g.tenant
		decide(facts)
		g.tenant = read
	}
	return err
}

// IngestKnown knows nobody: everything goes through Ingest.
func (g *gate) IngestKnown(context.Context, []atalaya.Arrival, []atalaya.Facts, []atalaya.Decision, bool) (map[atalaya.UserID]int64, error) {
	return nil, nil
}

func (g *gate) NoteTrouble(context.Context, []atalaya.WebhookToken) error { return nil }

// TenantByToken knows every token.
func (*gate) TenantByToken(context.Context, atalaya.WebhookToken) (atalaya.TenantConfig, error) {
	return atalaya.TenantConfig{}, nil
}

// unlimited lets everything through.
type unlimited struct{}

func (unlimited) Take(_ context.Context, _ string, asks []atalaya.RateAsk) []atalaya.Rate {
	rates := make([]atalaya.Rate, len(asks))
	for i := range rates {
		rates[i].Allowed = true
	}
	return rates
}

func (unlimited) GiveBack(context.Context, string, []atalaya.RateAsk, []atalaya.Rate) {}

func (unlimited) Reserve(netip.Addr) bool { return true }
func (unlimited) Found(netip.Addr)        {}

// running starts a service on a gate and returns it with a function that sends a body in the background.
func running(t *testing.T, g *gate) (s *Service, send func(body string) <-chan error) {
	t.Helper()
	s = New(g, Bounds{Limits: unlimited{}, Lookups: unlimited{}}, Policy{QuotaMode: atalaya.QuotaDisabled}, slog.New(slog.DiscardHandler))
	s.Start()
	return s, func(body string) <-chan error {
		answer := make(chan error, 1)
		waiting := func() int {
			s.committer.mu.Lock()
			defer s.committer.mu.Unlock()
			return len(s.committer.waiting)
		}
		before := waiting()
		go func() {
			_, err := s.Accept(context.Background(), atalaya.Arrival{Token: "token", Body: []byte(body)})
			answer <- err
		}()
		for waiting() == before { // ends with the arrival in the queue; only while a commit is held
			if len(answer) > 0 {
				return answer
			}
		}
		return answer
	}
}

// first sends a body whose commit is then held.
func first(t *testing.T, s *Service, g *gate) <-chan error {
	t.Helper()
	answer := make(chan error, 1)
	go func() {
		_, err := s.Accept(context.Background(), atalaya.Arrival{Token: "token", Body: []byte("first")})
		answer <- err
	}()
	if diff := cmp.Diff([]string{"first"}, <-g.entered); diff != "" {
		t.Fatalf("a lone alert is committed at once and alone (-want +got):\n%s", diff)
	}
	return answer
}

func TestAlertsThatArriveDuringACommitShareTheNextInTheirOrder(t *testing.T) {
	t.Parallel()
	g := newGate()
	s, send := running(t, g)
	answers := []<-chan error{first(t, s, g)}
	var want []string
	for i := range 20 {
		want = append(want, fmt.Sprint(i))
		answers = append(answers, send(fmt.Sprint(i)))
	}
	g.pass <- nil
	if diff := cmp.Diff(want, <-g.entered); diff != "" {
		t.Errorf("the second commit (-want +got):\n%s", diff)
	}
	g.pass <- nil
	for i, answer := range answers {
		if err := <-answer; err != nil {
			t.Errorf("alert %d: %v", i, err)
		}
	}
	s.Stop()
}

func TestACommitHoldsAtMostSoManyAlertsAndTheRestFollows(t *testing.T) {
	t.Parallel()
	g := newGate()
	s, send := running(t, g)
	first(t, s, g)
	for i := range maxTogether + 3 {
		send(fmt.Sprint(i))
	}
	g.pass <- nil
	if n := len(<-g.entered); n != maxTogether {
		t.Errorf("the second commit has %d alerts, want %d", n, maxTogether)
	}
	g.pass <- nil
	if n := len(<-g.entered); n != 3 {
		t.Errorf("the third commit has %d alerts, want 3", n)
	}
	g.pass <- nil
	s.Stop()
}

func TestAlertsBeyondTheQueueAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	g := newGate()
	s, send := running(t, g)
	first(t, s, g)
	large := atalaya.Arrival{Token: "token", Body: make([]byte, atalaya.MaxBody)}
	for range maxWaitingBytes / atalaya.MaxBody {
		s.committer.submit(&intake{ctx: context.Background(), arrival: large, done: make(chan error, 1)})
	}
	if code := atalaya.CodeOf(<-send("one more")); code != atalaya.CodeUnavailable {
		t.Errorf("code %q, want %q", code, atalaya.CodeUnavailable)
	}
	stopped := make(chan struct{})
	go func() { s.Stop(); close(stopped) }()
	for {
		select {
		case g.pass <- nil:
		case <-g.entered:
		case <-stopped:
			return
		}
	}
}

func TestAnotherUsersAlertsDoNotWaitForACommitAndTheSameUsersDo(t *testing.T) {
	t.Parallel()
	g := newGate()
	s, send := running(t, g)
	one := first(t, s, g)
	two := send("two") // of the same token
	three := make(chan error, 1)
	go func() {
		_, err := s.Accept(context.Background(), atalaya.Arrival{Token: "another", Body: []byte("three")})
		three <- err
	}()
	if diff := cmp.Diff([]string{"three"}, <-g.entered); diff != "" {
		t.Errorf("the commit beside the first (-want +got):\n%s", diff)
	}
	g.pass <- nil // one of the two
	g.pass <- nil
	if diff := cmp.Diff([]string{"two"}, <-g.entered); diff != "" {
		t.Errorf("the commit after the first (-want +got):\n%s", diff)
	}
	g.pass <- nil
	for _, answer := range []<-chan error{one, two, three} {
		if err := <-answer; err != nil {
			t.Error(err)
		}
	}
	s.Stop()
}

func TestACommitBesideAnotherWaitsForAsManyButNotForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun, pass := make(chan int), make(chan struct{})
		c := newCommitter(func(batch []*intake) { begun <- len(batch); <-pass })
		sent := 0
		submit := func(n int) {
			for range n {
				sent++
				c.submit(&intake{ctx: context.Background(), arrival: atalaya.Arrival{Token: atalaya.WebhookToken(fmt.Sprint(sent))}})
			}
			synctest.Wait()
		}
		none := func(when string) {
			t.Helper()
			select {
			case n := <-begun:
				t.Errorf("%s: a commit of %d has begun", when, n)
			default:
			}
		}
		some := func(when string, want int) {
			t.Helper()
			synctest.Wait()
			if n := <-begun; n != want {
				t.Errorf("%s: a commit of %d has begun, want %d", when, n, want)
			}
		}
		submit(5)
		c.start()
		some("nothing is under way", 5)
		submit(4)
		none("four beside five")
		submit(1)
		some("five beside five", 5)
		pass <- struct{}{}
		submit(1)
		none("one beside five")
		<-time.After(maxCompanyWait)
		some("one beside five that take long", 1)
		submit(2)
		pass <- struct{}{}
		pass <- struct{}{}
		some("nothing is under way any more", 2)
		pass <- struct{}{}
		c.stop()
	})
}

func TestStopAnswersWhatWasTakenAndTakesNothingMore(t *testing.T) {
	t.Parallel()
	g := newGate()
	s, send := running(t, g)
	one := first(t, s, g)
	two := send("two")
	stopped := make(chan struct{})
	go func() { s.Stop(); close(stopped) }()
	for closed := false; !closed; {
		s.committer.mu.Lock()
		closed = s.committer.closed
		s.committer.mu.Unlock()
	}
	if code := atalaya.CodeOf(<-send("late")); code != atalaya.CodeUnavailable {
		t.Errorf("an alert after Stop: code %q, want %q", code, atalaya.CodeUnavailable)
	}
	g.pass <- nil
	<-g.entered
	g.pass <- nil
	<-stopped
	if errOne, errTwo := <-one, <-two; errOne != nil || errTwo != nil {
		t.Errorf("alerts that were taken: %v, %v", errOne, errTwo)
	}
}

func TestNothingIsWrittenForACallerWhoHasGivenUp(t *testing.T) {
	t.Parallel()
	g := newGate()
	s, send := running(t, g)
	first(t, s, g)
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan error, 1)
	go func() {
		_, err := s.Accept(ctx, atalaya.Arrival{Token: "token", Body: []byte("gone")})
		gone <- err
	}()
	send("still there")
	cancel()
	if code := atalaya.CodeOf(<-gone); code != atalaya.CodeUnavailable {
		t.Errorf("code %q, want %q", code, atalaya.CodeUnavailable)
	}
	g.pass <- nil
	if diff := cmp.Diff([]string{"still there"}, <-g.entered); diff != "" {
		t.Errorf("the second commit (-want +got):\n%s", diff)
	}
	g.pass <- nil
	s.Stop()
}

func TestOneAlertAtFaultFailsAlone(t *testing.T) {
	t.Parallel()
	for _, fault := range []struct {
		code atalaya.Code
		want atalaya.Code // of the one at fault
	}{
		{atalaya.CodeInvalid, ""},                          // stored without its reading
		{atalaya.CodeConflict, atalaya.CodeUnavailable},    // its user is locked
		{atalaya.CodeUnavailable, atalaya.CodeUnavailable}, // nobody's fault: all fail
	} {
		g := newGate()
		s, send := running(t, g)
		first(t, s, g)
		bad, good := send("bad"), send("good")
		g.pass <- nil
		<-g.entered // both
		err := atalaya.Errorf(fault.code, "a fault")
		g.pass <- err
		if fault.code == atalaya.CodeUnavailable {
			if a, b := atalaya.CodeOf(<-bad), atalaya.CodeOf(<-good); a != fault.want || b != fault.want {
				t.Errorf("a failure of the database: %q and %q", a, b)
			}
			s.Stop()
			continue
		}
		<-g.entered // the bad one alone
		g.pass <- err
		if fault.code == atalaya.CodeInvalid {
			<-g.entered // again, without its reading
			g.pass <- nil
		}
		if code := atalaya.CodeOf(<-bad); code != fault.want {
			t.Errorf("%s: the one at fault got %q, want %q", fault.code, code, fault.want)
		}
		if fault.code == atalaya.CodeInvalid {
			<-g.entered
			g.pass <- nil
			if err := <-good; err != nil {
				t.Errorf("%s: the other one: %v", fault.code, err)
			}
		} else if err := <-good; atalaya.CodeOf(err) != atalaya.CodeUnavailable {
			t.Errorf("another alert of the locked user waits again: %v", err)
		}
		s.Stop()
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

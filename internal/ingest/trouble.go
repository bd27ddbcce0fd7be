package ingest

import (
	"context"
	"sync"
	"time"

	"atalaya"
)

const (
	// noteTimeout and noteAgain bound the telling of trouble: the database may be what is in trouble.
	noteTimeout = 2 * time.Second
	noteAgain   = time.Second
)

// trouble knows the tokens whose alerts were answered 503 a while ago, which their senders send again. It
// tells the rows of them, since they may be sent to another replica.
type trouble struct {
	*tokenMemory
	note func(context.Context, []atalaya.WebhookToken) error

	mu      sync.Mutex
	untold  map[atalaya.WebhookToken]time.Time // when their alerts were answered
	wake    chan struct{}                      // has room for one
	cancel  context.CancelFunc
	running sync.WaitGroup
}

func newTrouble(note func(context.Context, []atalaya.WebhookToken) error, now func() time.Time) *trouble {
	return &trouble{
		tokenMemory: newTokenMemory(troubleFor, now), note: note,
		untold: make(map[atalaya.WebhookToken]time.Time), wake: make(chan struct{}, 1), cancel: func() {},
	}
}

// remember notes a token, and has the rows told soon.
func (t *trouble) remember(token atalaya.WebhookToken) {
	t.tokenMemory.remember(token)
	t.mu.Lock()
	if len(t.untold) < maxTokens {
		t.untold[token] = t.now()
	}
	t.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// start begins to tell.
func (t *trouble) start() {
	var ctx context.Context
	ctx, t.cancel = context.WithCancel(context.Background())
	t.running.Go(func() { t.run(ctx) })
}

// stop ends the telling, after one last try.
func (t *trouble) stop() {
	t.cancel()
	t.running.Wait()
	t.tell(context.Background())
}

func (t *trouble) run(ctx context.Context) {
	for {
		select {
		case <-t.wake:
		case <-ctx.Done():
			return
		}
		for !t.tell(ctx) {
			select {
			case <-time.After(noteAgain):
			case <-ctx.Done():
				return
			}
		}
	}
}

// tell has the rows told of all that they do not know yet, and says whether that is done. What is older
// than any retry is forgotten.
func (t *trouble) tell(ctx context.Context) (done bool) {
	t.mu.Lock()
	tokens := make([]atalaya.WebhookToken, 0, len(t.untold))
	for token, at := range t.untold {
		if t.now().Sub(at) < troubleFor {
			tokens = append(tokens, token)
		}
	}
	t.mu.Unlock()
	if len(tokens) > 0 {
		ctx, cancel := context.WithTimeout(ctx, noteTimeout)
		defer cancel()
		if t.note(ctx, tokens) != nil {
			return false // the log has said what is wrong, for the alert itself
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, token := range tokens {
		delete(t.untold, token)
	}
	for token, at := range t.untold {
		if t.now().Sub(at) >= troubleFor {
			delete(t.untold, token)
		}
	}
	return true
}

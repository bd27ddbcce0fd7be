package ingest

import (
	"context"
	"sync"
	"time"

	"atalaya"
)

const (
	// noteTimeout bounds one write of tokens, and noteAgain is the time between two tries: the database may be what is in
	// trouble.
	noteTimeout = 2 * time.Second
	noteAgain   = time.Second
)

// trouble remembers tokens whose alerts were answered 503 a while ago, because their senders send them again. It
// writes them to the database, since the retry may reach another replica.
type trouble struct {
	*tokenMemory
	note func(context.Context, []atalaya.WebhookToken) error

	mu      sync.Mutex
	untold  map[atalaya.WebhookToken]time.Time // tokens to write, and when their alerts were answered
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

// remember notes a token, to be written to the database soon.
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

// start begins to write tokens to the database.
func (t *trouble) start() {
	var ctx context.Context
	ctx, t.cancel = context.WithCancel(context.Background())
	t.running.Go(func() { t.run(ctx) })
}

// stop ends the writing, after one last try.
func (t *trouble) stop() {
	t.cancel()
	t.running.Wait()
	t.flush(context.Background())
}

func (t *trouble) run(ctx context.Context) {
	for {
		select {
		case <-t.wake:
		case <-ctx.Done():
			return
		}
		for !t.flush(ctx) {
			select {
			case <-time.After(noteAgain):
			case <-ctx.Done():
				return
			}
		}
	}
}

// flush writes pending tokens to the database, and reports whether nothing is pending any more. It forgets tokens
// that are older than any retry.
func (t *trouble) flush(ctx context.Context) (done bool) {
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

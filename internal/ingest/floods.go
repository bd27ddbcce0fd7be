package ingest

import (
	"crypto/sha256"
	"sync"
	"time"

	"atalaya"
)

// floods knows the tokens that were found above the flood limit, until their window ends: further
// alerts are refused here, without the database, but for one a second, whose delivery is kept.
type floods struct {
	now func() time.Time

	mu      sync.Mutex
	byToken map[[sha256.Size]byte]*flood
}

type flood struct {
	rate      atalaya.Rate
	second    int64 // of the last alert that was let through, Unix
	uncounted int64 // refused here since then
}

func newFloods(now func() time.Time) *floods {
	return &floods{now: now, byToken: make(map[[sha256.Size]byte]*flood)}
}

// keptIn reports whether a refusal of this second, Unix, has left its delivery.
func (f *floods) keptIn(token atalaya.WebhookToken, second int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	entry := f.byToken[sha256.Sum256([]byte(token.Reveal()))]
	return entry != nil && entry.second == second
}

// begin notes that an alert of a known token was refused in this second, Unix.
func (f *floods) begin(token atalaya.WebhookToken, rate atalaya.Rate, second int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := sha256.Sum256([]byte(token.Reveal()))
	entry := f.byToken[key]
	if entry == nil {
		f.forget()
		entry = &flood{}
		f.byToken[key] = entry
	}
	entry.rate, entry.second = rate, max(entry.second, second)
}

// count notes a refusal that leaves no delivery: it is counted with the next that does.
func (f *floods) count(token atalaya.WebhookToken) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if entry := f.byToken[sha256.Sum256([]byte(token.Reveal()))]; entry != nil {
		entry.uncounted++
	}
}

// refuse reports whether an alert of the token is refused without asking the limits, and how the token stands. If
// it is not refused, uncounted is the number of alerts refused since the last one that was not.
func (f *floods) refuse(token atalaya.WebhookToken) (rate atalaya.Rate, uncounted int64, refused bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	entry := f.byToken[sha256.Sum256([]byte(token.Reveal()))]
	if entry == nil {
		return atalaya.Rate{}, 0, false
	}
	now := f.now()
	if now.Before(entry.rate.Reset) && now.Unix() == entry.second {
		entry.uncounted++
		return entry.rate, 0, true
	}
	uncounted, entry.uncounted = entry.uncounted, 0
	return atalaya.Rate{}, uncounted, false
}

// forget drops floods that have ended and are counted, if there are many.
func (f *floods) forget() {
	if len(f.byToken) < maxTokens {
		return
	}
	now := f.now()
	for key, entry := range f.byToken {
		if !now.Before(entry.rate.Reset) {
			delete(f.byToken, key)
		}
	}
}

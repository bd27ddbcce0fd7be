package ingest

import (
	"crypto/sha256"
	"sync"
	"time"

	"atalaya"
)

// floods remembers the tokens that were found above the flood limit. Until their window ends, further alerts are refused
// here, without the database, except for one a second, whose delivery is kept.
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

// keptIn reports whether the delivery of a refusal in this second (Unix time) was kept already.
func (f *floods) keptIn(token atalaya.WebhookToken, second int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	entry := f.byToken[sha256.Sum256([]byte(token.Reveal()))]
	return entry != nil && entry.second == second
}

// begin notes that an alert of a known token was refused in this second (Unix time).
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

// count notes a refusal whose delivery is not kept. It is counted with the next one that is kept.
func (f *floods) count(token atalaya.WebhookToken) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if entry := f.byToken[sha256.Sum256([]byte(token.Reveal()))]; entry != nil {
		entry.uncounted++
	}
}

// refuse reports whether an alert of the token is refused without asking the limits. rate is then the limit's last answer.
// If the alert is let through, uncounted is the number of alerts refused here since the last one that was.
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

// forget drops floods that have ended, if there are many. Their refusals that were not counted yet are lost.
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

// Package double stands in for Telegram, Discord, Slack, a mail server, ntfy and a webhook's receiver:
// for tests, and for `atalaya dev`. Each refuses at least what the original refuses, with its own
// words, and keeps what it accepted in a Box, which the inbox page shows as a phone would.
package double

import (
	"net/http"
	"sync"
	"time"
)

// Fault is how a double misbehaves for one request.
type Fault int

// The faults.
const (
	None       Fault = iota
	LoseAnswer       // the message is accepted, and the connection closed without an answer
	Reset            // the connection is closed while the request is read; nothing is accepted
	BadGateway       // 502 with a page of HTML; nothing is accepted
	Busy             // 429 with a time to wait; nothing is accepted
)

// Message is what was accepted, as a phone shows it.
type Message struct {
	Seq     int64 // of its box, from 1
	Service string
	To      string // chat, webhook, channel, address or topic
	ID      string
	Title   string
	Text    string // without markup
	Picture []byte // nil if there is none
	At      time.Time
	Edits   int
	Click   string // where a tap leads
}

// Box keeps what doubles have accepted, the oldest first.
type Box struct {
	mu       sync.Mutex
	messages []*Message
	kept     int
	last     int64
	changed  chan struct{} // closed when something is added, and made anew
}

// maxKept bounds a test's box; the oldest messages are dropped.
const maxKept = 20_000

// NewBox makes an empty box.
func NewBox() *Box { return NewBoxOf(maxKept) }

// NewBoxOf makes an empty box that keeps the newest messages, at most kept.
func NewBoxOf(kept int) *Box { return &Box{kept: kept, changed: make(chan struct{})} }

// put adds a message, and returns it with its number.
func (b *Box) put(m Message) Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.messages) >= b.kept {
		b.messages = b.messages[1:]
	}
	b.last++
	m.Seq = b.last
	kept := m
	b.messages = append(b.messages, &kept)
	b.tell()
	return m
}

// edit changes a message; ok is false if there is none with that id.
func (b *Box) edit(service, to, id string, change func(*Message)) (ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.messages {
		if m.Service == service && m.To == to && m.ID == id {
			change(m)
			m.Edits++
			b.tell()
			return true
		}
	}
	return false
}

func (b *Box) tell() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// Changed returns a channel that is closed at the next change.
func (b *Box) Changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

// Messages returns copies of what the box holds, the oldest first.
func (b *Box) Messages() []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]Message, len(b.messages))
	for i, m := range b.messages {
		list[i] = *m
	}
	return list
}

// switches are the parts that every double has: its box, its clock, and how it misbehaves.
type switches struct {
	Box *Box
	// Now is the clock of the limits.
	Now func() time.Time

	mu       sync.Mutex
	fault    func(*http.Request) Fault
	last     int64
	waits    map[string]time.Time // until when a destination was told to wait
	early    int                  // requests inside such a time
	requests int
	inFlight map[string]int
	together int // most requests of one destination at once
	limited  int // requests refused because of a limit
}

func newSwitches(box *Box) switches {
	if box == nil {
		box = NewBox()
	}
	return switches{Box: box, Now: time.Now, waits: map[string]time.Time{}, inFlight: map[string]int{}}
}

// Fault sets the function that decides how each further request misbehaves.
func (s *switches) Fault(f func(*http.Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

func (s *switches) faultOf(r *http.Request) Fault {
	s.mu.Lock()
	f := s.fault
	s.mu.Unlock()
	if f == nil {
		return None
	}
	return f(r)
}

// begin counts a request for a destination. The caller calls end when the request is over.
func (s *switches) begin(to string) (end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	s.inFlight[to]++
	s.together = max(s.together, s.inFlight[to])
	if s.Now().Before(s.waits[to]) {
		s.early++
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.inFlight[to]--
	}
}

// wait notes that a destination was told to wait.
func (s *switches) wait(to string, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waits[to] = s.Now().Add(d)
}

// nextID makes ids that grow.
func (s *switches) nextID() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	return s.last
}

// Counts are what a double has seen.
type Counts struct {
	Requests int
	Early    int // inside a time that it had asked to wait
	Together int // most at once for one destination
	Limited  int // refused because of a limit; only Telegram counts them
}

// Counts returns what was seen so far.
func (s *switches) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Counts{Requests: s.requests, Early: s.early, Together: s.together, Limited: s.limited}
}

// hangUp ends a request without an answer.
func hangUp() { panic(http.ErrAbortHandler) }

// badGateway is what a proxy in front of a service says.
func badGateway(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusBadGateway)
	_, _ = w.Write([]byte("<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"))
}

// bucket lets burst requests through within a time.
type bucket struct {
	burst  int
	within time.Duration
	at     []time.Time
}

// take returns how long the caller has to wait, 0 if it may pass now.
func (b *bucket) take(now time.Time) time.Duration {
	for len(b.at) > 0 && now.Sub(b.at[0]) >= b.within {
		b.at = b.at[1:]
	}
	if len(b.at) >= b.burst {
		return b.at[0].Add(b.within).Sub(now)
	}
	b.at = append(b.at, now)
	return 0
}

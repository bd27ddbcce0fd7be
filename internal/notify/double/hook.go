package double

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Hook receives webhooks.
type Hook struct {
	switches
	// Verify returns an error for a request whose signature is wrong. Tests use the published library; nil checks
	// nothing.
	Verify func(body []byte, header http.Header) error
	// Status is what is answered instead of 200, 0 for none.
	Status int
	seen   map[string]bool
	copies int
}

// NewHook makes a receiver.
func NewHook(box *Box) *Hook { return &Hook{switches: newSwitches(box), seen: map[string]bool{}} }

// Copies returns how many requests carried an id that had been accepted before.
func (h *Hook) Copies() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.copies
}

// ServeHTTP implements http.Handler.
func (h *Hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault := h.faultOf(r)
	if fault == Reset {
		_, _ = io.CopyN(io.Discard, r.Body, 16)
		hangUp()
	}
	defer h.begin(r.URL.Path)()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 20_000))
	if err != nil || r.Header.Get("Idempotency-Key") != "" || r.Method != http.MethodPost {
		http.Error(w, "too large, or not a webhook", http.StatusRequestEntityTooLarge)
		return
	}
	switch {
	case fault == BadGateway:
		badGateway(w)
		return
	case fault == Busy:
		h.wait(r.URL.Path, time.Second)
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case h.Status != 0:
		w.WriteHeader(h.Status)
		return
	}
	if h.Verify != nil {
		if err := h.Verify(body, r.Header); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
	}
	h.keep(r, body)
	if fault == LoseAnswer {
		hangUp()
	}
	w.WriteHeader(http.StatusNoContent)
}

// keep stores a message once for each id, as a receiver should.
func (h *Hook) keep(r *http.Request, body []byte) {
	id := r.Header.Get("webhook-id")
	h.mu.Lock()
	copied := h.seen[id]
	h.seen[id] = true
	if copied {
		h.copies++
	}
	h.mu.Unlock()
	if copied {
		return
	}
	var event struct{ Type string }
	_ = json.Unmarshal(body, &event)
	var text bytes.Buffer
	if json.Indent(&text, body, "", "  ") != nil {
		text.Write(body)
	}
	at := h.Now()
	if seconds, err := strconv.ParseInt(r.Header.Get("webhook-timestamp"), 10, 64); err == nil {
		at = time.Unix(seconds, 0)
	}
	h.Box.put(Message{Service: "webhook", To: r.URL.Path, ID: id, Title: event.Type, Text: text.String(), At: at})
}

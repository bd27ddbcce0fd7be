package double

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Ntfy is a server of topics: POST or PUT /{topic} publishes, GET /{topic}/json subscribes.
type Ntfy struct {
	switches
	Token       string // asked for, "" for none
	Attachments bool   // whether pictures are taken
	visitors    map[string]*bucket
	topics      map[string]string // message id -> topic, of attachments
}

// NewNtfy makes a server that takes attachments.
func NewNtfy(box *Box) *Ntfy {
	return &Ntfy{switches: newSwitches(box), Attachments: true, visitors: map[string]*bucket{}, topics: map[string]string{}}
}

var ntfyTopic = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)

const (
	ntfyMessage    = 4096    // bytes
	ntfyAttachment = 5 << 20 // bytes; the original's default is 15 MB, ntfy.sh's 2 MB
	ntfyAddress    = 8 << 10 // bytes that nginx, which servers are put behind, takes of an address
)

// ServeHTTP implements http.Handler.
func (n *Ntfy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	topic, rest, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case len(r.RequestURI) > ntfyAddress:
		http.Error(w, "<html><head><title>414 Request-URI Too Large</title></head></html>", http.StatusRequestURITooLong)
	case r.Method == http.MethodGet && rest == "json":
		n.subscribe(w, r, topic)
	case r.Method == http.MethodGet && topic == "v1" && rest == "health":
		_, _ = w.Write([]byte(`{"healthy":true}`))
	case (r.Method == http.MethodPost || r.Method == http.MethodPut) && rest == "" && ntfyTopic.MatchString(topic):
		n.publish(w, r, topic)
	default:
		ntfyFail(w, http.StatusNotFound, 40401, "page not found")
	}
}

func ntfyFail(w http.ResponseWriter, status, code int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": code, "http": status, "error": text})
}

// publish accepts a message: its body is the text, or with a filename the attachment.
func (n *Ntfy) publish(w http.ResponseWriter, r *http.Request, topic string) {
	fault := n.faultOf(r)
	if fault == Reset {
		_, _ = io.CopyN(io.Discard, r.Body, 16)
		hangUp()
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, ntfyAttachment))
	if err != nil {
		ntfyFail(w, http.StatusRequestEntityTooLarge, 41301, "attachment too large, or bandwidth limit reached")
		return
	}
	defer n.begin(topic)()
	switch {
	case fault == BadGateway:
		badGateway(w)
		return
	case n.Token != "" && r.Header.Get("Authorization") != "Bearer "+n.Token:
		ntfyFail(w, http.StatusForbidden, 40301, "forbidden")
		return
	case n.limited(topic) || fault == Busy:
		n.wait(topic, 5*time.Second)
		ntfyFail(w, http.StatusTooManyRequests, 42901, "limit reached: too many requests")
		return
	}
	m, status, code, problem := n.message(r, body)
	if status != http.StatusOK {
		ntfyFail(w, status, code, problem)
		return
	}
	m.Service, m.To, m.ID, m.At = "ntfy", topic, fmt.Sprintf("n%011d", n.nextID()), n.Now()
	m = n.Box.put(m)
	if fault == LoseAnswer {
		hangUp()
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(ntfyEvent(m))
}

// limited counts a request and reports whether it is one too many. The original lets a visitor make 60 at once and
// one more every 5 seconds; the double allows 60 in 5 minutes for each topic.
func (n *Ntfy) limited(topic string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	b := n.visitors[topic]
	if b == nil {
		b = &bucket{burst: 60, within: 300 * time.Second}
		n.visitors[topic] = b
	}
	return b.take(n.Now()) > 0
}

// message reads a request. Parameters come in the query, or in headers.
func (n *Ntfy) message(r *http.Request, body []byte) (m Message, status, code int, problem string) {
	parameter := func(name string) string {
		if value := r.URL.Query().Get(name); value != "" {
			return value
		}
		return r.Header.Get("X-" + name)
	}
	m = Message{Title: parameter("title"), Click: parameter("click"), Text: parameter("message")}
	if parameter("filename") == "" {
		m.Text = string(body)
	} else {
		if !n.Attachments {
			return m, http.StatusBadRequest, 40014, "invalid request: attachments not allowed"
		}
		if _, err := png.DecodeConfig(bytes.NewReader(body)); err != nil {
			return m, http.StatusBadRequest, 40000, "invalid request: this double takes PNG alone"
		}
		m.Picture = body
	}
	if len(m.Text) > ntfyMessage || len(m.Title) > 1024 {
		return m, http.StatusBadRequest, 40000, "invalid request: the original would make this text an attachment"
	}
	return m, http.StatusOK, 0, ""
}

// ntfyEvent returns a message as subscribers get it.
func ntfyEvent(m Message) map[string]any {
	event := map[string]any{"id": m.ID, "time": m.At.Unix(), "event": "message", "topic": m.To, "title": m.Title, "message": m.Text}
	if m.Click != "" {
		event["click"] = m.Click
	}
	if m.Picture != nil {
		event["attachment"] = map[string]any{"name": "chart.png", "type": "image/png", "size": len(m.Picture), "url": fmt.Sprint("/inbox/picture/", m.Seq)}
	}
	return event
}

// subscribe streams a topic's messages as lines of JSON, with poll=1 only those that are there.
func (n *Ntfy) subscribe(w http.ResponseWriter, r *http.Request, topic string) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	out := json.NewEncoder(w)
	told := int64(0)
	for {
		changed := n.Box.Changed()
		for _, m := range n.Box.Messages() {
			if m.Seq > told && m.Service == "ntfy" && m.To == topic && out.Encode(ntfyEvent(m)) != nil {
				return
			}
			told = max(told, m.Seq)
		}
		if r.URL.Query().Get("poll") == "1" {
			return
		}
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		}
	}
}

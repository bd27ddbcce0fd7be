package double

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Slack stands in for incoming webhooks (/services/T/B/X) and a part of the Web API (/api/…, /upload/…).
type Slack struct {
	switches
	base    string              // its own address, which upload addresses begin with
	hooks   map[string]string   // T/B/X -> "" or the error that it gives
	bots    map[string][]string // token -> channels it is in
	uploads map[string][]byte   // file id -> bytes, nil until they came
	buckets map[string]*bucket  // one a second for each destination
}

// NewSlack makes a server without webhooks and bots. base is the address that it is served at.
func NewSlack(box *Box, base string) *Slack {
	return &Slack{switches: newSwitches(box), base: base, hooks: map[string]string{}, bots: map[string][]string{}, uploads: map[string][]byte{}, buckets: map[string]*bucket{}}
}

// SetBase says where the server is served, if that is known only later.
func (s *Slack) SetBase(base string) { s.base = base }

// AddWebhook makes an incoming webhook, "T…/B…/X…".
func (s *Slack) AddWebhook(path string) { s.Refuse(path, "") }

// Refuse answers a webhook's messages with an error: channel_is_archived, no_service, action_prohibited, ….
func (s *Slack) Refuse(path, with string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks[path] = with
}

// AddBot makes a bot that is in channels.
func (s *Slack) AddBot(token string, channels ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bots[token] = channels
}

// Uploads returns for how many files an upload address was asked for.
func (s *Slack) Uploads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.uploads)
}

// ForgetUploads removes the files that were not shown yet, as Slack does after a while.
func (s *Slack) ForgetUploads() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.uploads {
		s.uploads[id] = nil
	}
}

// ServeHTTP implements http.Handler.
func (s *Slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault := s.faultOf(r)
	if fault == Reset {
		_, _ = io.CopyN(io.Discard, r.Body, 64)
		hangUp()
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 60<<20))
	if err != nil {
		http.Error(w, "too_large", http.StatusRequestEntityTooLarge)
		return
	}
	if fault == BadGateway {
		badGateway(w)
		return
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/services/"):
		s.hook(w, strings.TrimPrefix(r.URL.Path, "/services/"), body, fault)
	case strings.HasPrefix(r.URL.Path, "/upload/"):
		s.mu.Lock()
		s.uploads[strings.TrimPrefix(r.URL.Path, "/upload/")] = body
		s.mu.Unlock()
		_, _ = fmt.Fprintf(w, "OK - %d", len(body))
	case strings.HasPrefix(r.URL.Path, "/api/"):
		s.api(w, r, strings.TrimPrefix(r.URL.Path, "/api/"), body, fault)
	default:
		http.NotFound(w, r)
	}
}

// busy answers 429 if a destination had a message within the last second.
func (s *Slack) busy(w http.ResponseWriter, to string, fault Fault) bool {
	s.mu.Lock()
	now := s.Now()
	b := s.buckets[to]
	if b == nil {
		b = &bucket{burst: 1, within: time.Second}
		s.buckets[to] = b
	}
	wait := b.take(now)
	if wait > 0 || fault == Busy {
		s.waits[to] = now.Add(time.Second)
	}
	s.mu.Unlock()
	if wait <= 0 && fault != Busy {
		return false
	}
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = w.Write([]byte(`{"ok":false,"error":"ratelimited"}`))
	return true
}

// slackStatus returns the status of an incoming webhook's error.
func slackStatus(code string) int {
	switch code {
	case "action_prohibited":
		return http.StatusForbidden
	case "channel_is_archived":
		return http.StatusGone
	case "no_service", "channel_not_found":
		return http.StatusNotFound
	}
	return http.StatusBadRequest
}

// hook answers a request to an incoming webhook.
func (s *Slack) hook(w http.ResponseWriter, path string, body []byte, fault Fault) {
	defer s.begin(path)()
	s.mu.Lock()
	refusal, known := s.hooks[path]
	s.mu.Unlock()
	if !known {
		refusal = "no_service"
	}
	if refusal != "" {
		http.Error(w, refusal, slackStatus(refusal))
		return
	}
	if s.busy(w, path, fault) {
		return
	}
	text, problem := slackText(body)
	if problem != "" {
		http.Error(w, problem, http.StatusBadRequest)
		return
	}
	s.Box.put(Message{Service: "slack", To: path, ID: fmt.Sprint(s.nextID()), Text: text, At: s.Now()})
	if fault == LoseAnswer {
		hangUp()
	}
	_, _ = w.Write([]byte("ok"))
}

// slackText reads the blocks of a message: plain text alone, so that nothing of an alert is markup.
func slackText(body []byte) (text, problem string) {
	var p struct {
		Text   string `json:"text"`
		Blocks []struct {
			Type string `json:"type"`
			Text struct{ Type, Text string }
		} `json:"blocks"`
		Unfurl *bool `json:"unfurl_links"`
	}
	if json.Unmarshal(body, &p) != nil {
		return "", "invalid_payload"
	}
	if p.Text == "" || p.Unfurl == nil || *p.Unfurl {
		return "", "no_text"
	}
	if strings.ContainsAny(strings.NewReplacer("&amp;", "", "&lt;", "", "&gt;", "").Replace(p.Text), "&<>") {
		return "", "invalid_payload"
	}
	var parts []string
	for _, b := range p.Blocks {
		if b.Type != "section" || b.Text.Type != "plain_text" || b.Text.Text == "" || len([]rune(b.Text.Text)) > 3000 {
			return "", "invalid_blocks"
		}
		parts = append(parts, b.Text.Text)
	}
	return strings.Join(parts, "\n"), ""
}

// api answers a call of the Web API, in which errors have status 200.
func (s *Slack) api(w http.ResponseWriter, r *http.Request, method string, body []byte, fault Fault) {
	w.Header().Set("Content-Type", "application/json")
	say := func(v map[string]any) { _ = json.NewEncoder(w).Encode(v) }
	fail := func(code string) { say(map[string]any{"ok": false, "error": code}) }
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	channels, known := s.bots[token]
	s.mu.Unlock()
	if !known {
		fail("invalid_auth")
		return
	}
	in := func(channel string) bool {
		for _, c := range channels {
			if c == channel {
				return true
			}
		}
		return false
	}
	switch method {
	case "files.getUploadURLExternal":
		id := fmt.Sprintf("F%09d", s.nextID())
		s.mu.Lock()
		s.uploads[id] = nil
		s.mu.Unlock()
		say(map[string]any{"ok": true, "upload_url": s.base + "/upload/" + id, "file_id": id})
	case "chat.postMessage", "files.completeUploadExternal":
		m, problem := s.said(method, body)
		if problem == "" && !in(m.To) {
			problem = "not_in_channel"
		}
		if problem != "" {
			fail(problem)
			return
		}
		defer s.begin(m.To)()
		if s.busy(w, m.To, fault) {
			return
		}
		m.Service, m.ID, m.At = "slack", fmt.Sprint(s.nextID()), s.Now()
		s.Box.put(m)
		if fault == LoseAnswer {
			hangUp()
		}
		say(map[string]any{"ok": true, "ts": m.ID})
	default:
		fail("unknown_method")
	}
}

// said reads a message of the Web API.
func (s *Slack) said(method string, body []byte) (m Message, problem string) {
	var p struct {
		Channel   string `json:"channel"`
		ChannelID string `json:"channel_id"`
		Comment   string `json:"initial_comment"`
		Files     []struct{ ID string }
	}
	if json.Unmarshal(body, &p) != nil {
		return m, "invalid_json"
	}
	if method == "chat.postMessage" {
		text, problem := slackText(body)
		return Message{To: p.Channel, Text: text}, problem
	}
	if len(p.Files) != 1 {
		return m, "invalid_arguments"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	picture := s.uploads[p.Files[0].ID]
	if picture == nil {
		return m, "file_not_found"
	}
	text := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(p.Comment)
	return Message{To: p.ChannelID, Text: text, Picture: picture}, ""
}

package double

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Discord stands in for the webhooks of Discord's API.
type Discord struct {
	switches
	hooks  map[string]*discordHook // id/token
	bad    *bucket                 // answers of 401, 403 and 429 of this address
	banned time.Time
}

type discordHook struct {
	forum   bool
	bucket  *bucket // 5 in 2 s, told by headers
	channel *bucket // 30 in a minute, told by nothing but the 429 (discord-api-docs#367)
}

// discordBadLimit is how many bad answers in 10 minutes ban an address; the original's is 10,000.
const discordBadLimit = 1000

// NewDiscord makes a server without webhooks.
func NewDiscord(box *Box) *Discord {
	return &Discord{switches: newSwitches(box), hooks: map[string]*discordHook{}, bad: &bucket{burst: discordBadLimit, within: 10 * time.Minute}}
}

// AddWebhook makes a webhook. That of a forum refuses messages without a thread.
func (d *Discord) AddWebhook(id, token string, forum bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hooks[id+"/"+token] = &discordHook{forum: forum, bucket: &bucket{burst: 5, within: 2 * time.Second}, channel: &bucket{burst: 30, within: time.Minute}}
}

// DeleteWebhook ends a webhook.
func (d *Discord) DeleteWebhook(id, token string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.hooks, id+"/"+token)
}

// Ban answers every request 429 for a while, as Cloudflare does: without Retry-After.
func (d *Discord) Ban(while time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.banned = d.Now().Add(while)
}

// ServeHTTP implements http.Handler: POST /v10/webhooks/{id}/{token}, PATCH …/messages/{message}.
func (d *Discord) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) < 4 || parts[0] != "v10" || parts[1] != "webhooks" {
		d.fail(w, http.StatusNotFound, 0, "404: Not Found")
		return
	}
	hook := parts[2] + "/" + parts[3]
	fault := d.faultOf(r)
	if fault == Reset {
		_, _ = io.CopyN(io.Discard, r.Body, 64)
		hangUp()
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 30<<20))
	if err != nil {
		d.fail(w, http.StatusRequestEntityTooLarge, 40005, "Request entity too large")
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	defer d.begin(hook)()
	if fault == BadGateway {
		badGateway(w)
		return
	}
	if !d.admit(w, hook, parts[2], r, fault == Busy) {
		return
	}
	answer, status, code, message := d.accept(hook, parts, r)
	if status != http.StatusOK {
		d.fail(w, status, code, message)
		return
	}
	if fault == LoseAnswer {
		hangUp()
	}
	if r.URL.Query().Get("wait") != "true" && r.Method == http.MethodPost {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// admit reports whether a request may go on. It answers those that a limit, a ban or a missing webhook refuses.
func (d *Discord) admit(w http.ResponseWriter, name, id string, r *http.Request, busy bool) bool {
	d.mu.Lock()
	now := d.Now()
	if now.Before(d.banned) {
		d.mu.Unlock()
		w.WriteHeader(http.StatusTooManyRequests) // no Retry-After (discord-api-docs#5810)
		_, _ = w.Write([]byte(`{"message":"You are being blocked from accessing our API temporarily due to exceeding our rate limits frequently.","code":0}`))
		return false
	}
	hook := d.hooks[name]
	wrongToken := false
	for other := range d.hooks {
		wrongToken = wrongToken || strings.HasPrefix(other, id+"/")
	}
	var wait time.Duration
	if hook != nil {
		wait = max(hook.bucket.take(now), hook.channel.take(now))
	}
	if busy {
		wait = 500 * time.Millisecond
	}
	left := 0
	if hook != nil {
		left = hook.bucket.burst - len(hook.bucket.at)
	}
	if wait > 0 {
		d.waits[name] = now.Add(wait)
	}
	d.mu.Unlock()
	w.Header().Set("X-RateLimit-Limit", "5")
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(left))
	w.Header().Set("X-RateLimit-Reset-After", "2.000")
	switch {
	case hook == nil && wrongToken:
		d.fail(w, http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	case hook == nil:
		d.fail(w, http.StatusNotFound, 10015, "Unknown Webhook")
	case wait > 0:
		seconds := float64(wait) / float64(time.Second)
		w.Header().Set("Retry-After", strconv.Itoa(int(seconds)+1))
		d.count(http.StatusTooManyRequests)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = fmt.Fprintf(w, `{"message":"You are being rate limited.","retry_after":%.3f,"global":false}`, seconds)
	case hook.forum && r.URL.Query().Get("thread_id") == "" && r.Method == http.MethodPost:
		d.fail(w, http.StatusBadRequest, 220001, "Webhooks posted to forum channels must have a thread_name or thread_id")
	default:
		return true
	}
	return false
}

func (d *Discord) count(status int) {
	if status != http.StatusUnauthorized && status != http.StatusForbidden && status != http.StatusTooManyRequests {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bad.take(d.Now()) > 0 {
		d.banned = d.Now().Add(time.Hour)
	}
}

func (d *Discord) fail(w http.ResponseWriter, status, code int, message string) {
	d.count(status)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"message": message, "code": code})
}

// discordPayload is what a message may hold here.
type discordPayload struct {
	Content string `json:"content"`
	Embeds  []struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Footer      struct{ Text string }
		Image       struct{ URL string }
	} `json:"embeds"`
	Mentions *struct {
		Parse []string `json:"parse"`
	} `json:"allowed_mentions"`
	Attachments []struct {
		ID       int    `json:"id"`
		Filename string `json:"filename"`
	} `json:"attachments"`
}

// accept checks a message and keeps it.
func (d *Discord) accept(hook string, parts []string, r *http.Request) (answer any, status, code int, message string) {
	p, files, err := readDiscord(r)
	if err != nil {
		return nil, http.StatusBadRequest, 50109, "The request body contains invalid JSON."
	}
	m, problem := discordMessage(p, files)
	if problem != "" {
		return nil, http.StatusBadRequest, 50035, "Invalid Form Body: " + problem
	}
	m.Service, m.To, m.At = "discord", hook, d.Now()
	if r.Method == http.MethodPatch {
		if len(parts) != 6 || parts[4] != "messages" {
			return nil, http.StatusNotFound, 0, "404: Not Found"
		}
		if !d.Box.edit("discord", hook, parts[5], func(old *Message) { old.Title, old.Text, old.Picture = m.Title, m.Text, m.Picture }) {
			return nil, http.StatusNotFound, 10008, "Unknown Message"
		}
		return map[string]string{"id": parts[5]}, http.StatusOK, 0, ""
	}
	m.ID = strconv.FormatInt(1_000_000_000_000_000_000+d.nextID(), 10)
	d.Box.put(m)
	return map[string]string{"id": m.ID}, http.StatusOK, 0, ""
}

// readDiscord reads JSON, or payload_json with files.
func readDiscord(r *http.Request) (p discordPayload, files map[string][]byte, err error) {
	files = map[string][]byte{}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return p, files, json.NewDecoder(r.Body).Decode(&p)
	}
	if err := r.ParseMultipartForm(30 << 20); err != nil {
		return p, files, err
	}
	for name, list := range r.MultipartForm.File {
		f, err := list[0].Open()
		if err != nil {
			return p, files, err
		}
		files[name], err = io.ReadAll(f)
		_ = f.Close()
		if err != nil {
			return p, files, err
		}
	}
	return p, files, json.Unmarshal([]byte(r.FormValue("payload_json")), &p)
}

// discordMessage checks the limits of a message, and that nobody is mentioned.
func discordMessage(p discordPayload, files map[string][]byte) (m Message, problem string) {
	units := func(s string) int { return len(utf16.Encode([]rune(s))) }
	if p.Mentions == nil || len(p.Mentions.Parse) != 0 {
		return m, "allowed_mentions: this double wants every message to forbid mentions"
	}
	if len(p.Embeds) != 1 || p.Content != "" {
		return m, "embeds: this double wants one embed and no content"
	}
	e := p.Embeds[0]
	switch {
	case units(e.Title) > 256:
		return m, "embeds.0.title: Must be 256 or fewer in length."
	case units(e.Description) > 4096:
		return m, "embeds.0.description: Must be 4096 or fewer in length."
	case units(e.Title)+units(e.Description)+units(e.Footer.Text) > 6000:
		return m, "embeds: Embed size exceeds maximum size of 6000"
	case e.Title == "" && e.Description == "":
		return m, "embeds.0.description: This field is required"
	}
	m.Title, m.Text = e.Title, discordPlain(e.Description)
	if e.Image.URL == "" {
		return m, ""
	}
	for _, a := range p.Attachments {
		if e.Image.URL == "attachment://"+a.Filename {
			m.Picture = files[fmt.Sprintf("files[%d]", a.ID)]
		}
	}
	if _, err := png.DecodeConfig(bytes.NewReader(m.Picture)); err != nil || len(m.Picture) > 10<<20 {
		return m, "embeds.0.image: the attachment is not among the files"
	}
	return m, ""
}

var (
	discordTime = regexp.MustCompile(`<t:(\d{1,12}):f>`)
	discordLink = regexp.MustCompile(`<(https?://[^<>\s]+)>`)
)

// discordPlain returns a description as Discord shows it: without backslashes and bold marks, times spelled (in UTC
// here) and links without their brackets, which only keep it from showing a preview.
func discordPlain(text string) string {
	text = discordTime.ReplaceAllStringFunc(text, func(mark string) string {
		seconds, _ := strconv.ParseInt(discordTime.FindStringSubmatch(mark)[1], 10, 64) // digits that fit
		return time.Unix(seconds, 0).UTC().Format("2 January 2006 15:04")
	})
	text = discordLink.ReplaceAllString(text, "$1")
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && text[i+1] < 128 && !isWord(text[i+1]):
			i++
			out.WriteByte(text[i])
		case c == '*' && i+1 < len(text) && text[i+1] == '*':
			i++
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

func isWord(c byte) bool {
	return c == ' ' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

package channel

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"atalaya/internal/notify"
)

const (
	// ntfyBytes bounds a message; a longer one would become an attachment.
	ntfyBytes = 4000
	ntfyTitle = 250
	ntfyPause = 100 * time.Millisecond
)

var ntfyTopicForm = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)

// Ntfy publishes to a topic: on the operator's server, or on a user's own.
type Ntfy struct {
	operator, users *Client
	base            string
	check           func(address string) error
}

// NewNtfy makes the channel; base is the operator's server, "" for none. users is the client for servers that users
// choose: it must refuse connections to addresses that are not public. check returns what is wrong with such a
// server's URL, before any request.
func NewNtfy(base string, operator, users *Client, check func(address string) error) *Ntfy {
	return &Ntfy{operator: operator, users: users, base: strings.TrimSuffix(base, "/"), check: check}
}

// Check implements notify.Channel.
func (n *Ntfy) Check(to notify.Destination) error {
	if !ntfyTopicForm.MatchString(to.Settings.Topic) {
		return errors.New("topic has to be 1 to 64 letters, digits, hyphens and underscores; choose one that nobody guesses")
	}
	if to.Settings.URL != "" {
		return n.check(to.Settings.URL)
	}
	if n.base == "" {
		return errors.New("url is required: this service has no ntfy server of its own; https://ntfy.sh is a public one")
	}
	return nil
}

// Traits implements notify.Channel.
func (*Ntfy) Traits() notify.Traits { return notify.Traits{Digests: true} }

// Edit implements notify.Channel; it is never asked.
func (*Ntfy) Edit(context.Context, notify.Destination, string, notify.Message) notify.Result {
	return notify.Result{Verdict: notify.Refused, Code: "no_edits"}
}

// Probe asks the operator's server for its health. It publishes nothing.
func (n *Ntfy) Probe(ctx context.Context) notify.Result {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	a, failure := n.operator.do(ctx, http.MethodGet, n.base+"/v1/health", nil, nil)
	if failure != nil {
		return *failure
	}
	return ntfyResult(a)
}

// Send implements notify.Channel. A server that takes no attachment gets the text with the link; so does one that takes
// no address as long as the text, which goes into the address if the body is the picture.
func (n *Ntfy) Send(ctx context.Context, to notify.Destination, m notify.Message) notify.Result {
	base, client := n.base, n.operator
	if to.Settings.URL != "" {
		if err := n.check(to.Settings.URL); err != nil {
			return notify.Result{Verdict: notify.Broken, Code: "bad_address", Detail: err.Error()}
		}
		base, client = strings.TrimSuffix(to.Settings.URL, "/"), n.users
	}
	if base == "" || !ntfyTopicForm.MatchString(to.Settings.Topic) {
		return notify.Result{Verdict: notify.Broken, Code: "bad_address", Detail: "the channel needs a topic, and a server if this service has none"}
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	r := n.publish(ctx, client, base, to, m)
	if m.Picture != nil && r.Verdict == notify.Refused && known(r.Code, "attachment_refused", "http_413", "http_414") {
		m.Picture = nil
		r = n.publish(ctx, client, base, to, m)
	}
	r.Attached = r.Verdict == notify.Sent && m.Picture != nil
	r.Pause = ntfyPause
	return r
}

func (n *Ntfy) publish(ctx context.Context, client *Client, base string, to notify.Destination, m notify.Message) notify.Result {
	title := m.Title
	m.Title = ""
	query := url.Values{"title": {notify.Cut(title, ntfyTitle)}}
	if m.Urgent {
		query.Set("priority", "4")
	}
	if m.Link != "" {
		query.Set("click", m.Link)
	}
	header := http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
	if to.Secret != "" {
		header.Set("Authorization", "Bearer "+to.Secret)
	}
	method, body := http.MethodPost, []byte(ntfyText(m))
	if m.Picture != nil {
		query.Set("message", string(body))
		query.Set("filename", m.Picture.Name)
		header.Set("Content-Type", "image/png")
		method, body = http.MethodPut, m.Picture.PNG
	}
	a, failure := client.do(ctx, method, base+"/"+to.Settings.Topic+"?"+query.Encode(), header, body)
	if failure != nil {
		return *failure
	}
	return ntfyResult(a)
}

// ntfyText returns the message below its title, cut to ntfyBytes.
func ntfyText(m notify.Message) string {
	for limit := ntfyBytes; ; limit /= 2 {
		if text := strings.TrimSpace(m.Fit(limit).Plain()); len(text) <= ntfyBytes || limit < 100 {
			return text
		}
	}
}

// ntfyResult classifies an answer. The first three digits of ntfy's code are the status.
func ntfyResult(a answer) notify.Result {
	var said struct {
		ID    string `json:"id"`
		Code  int    `json:"code"`
		Error string `json:"error"`
	}
	_ = json.Unmarshal(a.body, &said)
	r := a.result()
	if said.Error != "" {
		r.Detail = strconv.Itoa(a.status) + " " + printable(said.Error)
	}
	switch {
	case r.Verdict == notify.Sent:
		r.ExternalID = printable(said.ID)
	case a.status == http.StatusTooManyRequests:
		r.After = max(r.After, 5*time.Second)
		if said.Code == 42908 || said.Code == 42905 { // the day's messages, the day's bytes
			r.After, r.Code = 15*time.Minute, "daily_limit"
		}
		r.Wide = false
	case said.Code == 40014, said.Code == 41301, said.Code == 50701:
		r.Verdict, r.Code = notify.Refused, "attachment_refused"
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden:
		r.Verdict, r.Code = notify.Broken, "forbidden"
	case a.status == http.StatusNotFound:
		r.Verdict, r.Code = notify.Broken, "not_ntfy"
	}
	return r
}

package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"atalaya/internal/notify"
)

const (
	// DiscordURL is Discord's API.
	DiscordURL = "https://discord.com/api"
	// discordUnits is the visible text of an embed: escaping may double it, and a description has 4096.
	discordUnits = 2000
	// Discord bans an IP address after 10,000 answers of 401, 403 and 429 in 10 minutes, and with it every user here.
	discordBad    = 200
	discordWithin = 10 * time.Minute
	discordBan    = time.Hour
)

// discordForm is the form of a webhook's URL. Only its id and token are used to build a new URL, so that a "../"
// in a user's text reaches no other address.
var discordForm = regexp.MustCompile(`^https://(?:(?:ptb|canary)\.)?discord(?:app)?\.com/api(?:/v\d{1,2})?/webhooks/(\d{1,20})/([A-Za-z0-9_-]{1,100})/?$`)

// Discord sends through webhooks of its channels.
type Discord struct {
	client  *Client
	base    string
	breaker *breaker
}

// NewDiscord makes the channel; base is DiscordURL unless a test or dev serves another.
func NewDiscord(base string, client *Client) *Discord {
	return &Discord{client: client, base: strings.TrimSuffix(base, "/"), breaker: &breaker{most: discordBad, within: discordWithin, opened: discordBan}}
}

// Traits implements notify.Channel.
func (*Discord) Traits() notify.Traits {
	return notify.Traits{Edits: true, Digests: true, Shared: true}
}

// Check implements notify.Channel.
func (*Discord) Check(to notify.Destination) error {
	if !discordForm.MatchString(to.Secret) {
		return errors.New("secret has to be a webhook's URL: in Discord open the channel's settings, Integrations, Webhooks, Copy Webhook URL")
	}
	return nil
}

// embed is the one embed of a message.
type embed struct {
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Color       int               `json:"color,omitempty"`
	Footer      map[string]string `json:"footer,omitempty"`
	Image       map[string]string `json:"image,omitempty"`
}

// Send implements notify.Channel. With wait=true, Discord answers once the message is saved; without it, a message
// that is not saved gives no error.
func (d *Discord) Send(ctx context.Context, to notify.Destination, m notify.Message) notify.Result {
	query := url.Values{"wait": {"true"}}
	if to.Settings.ThreadID != "" {
		query.Set("thread_id", to.Settings.ThreadID)
	}
	return d.call(ctx, to, http.MethodPost, "", query, m)
}

// Edit implements notify.Channel.
func (d *Discord) Edit(ctx context.Context, to notify.Destination, externalID string, m notify.Message) notify.Result {
	query := url.Values{}
	if to.Settings.ThreadID != "" {
		query.Set("thread_id", to.Settings.ThreadID)
	}
	return d.call(ctx, to, http.MethodPatch, "/messages/"+url.PathEscape(externalID), query, m)
}

func (d *Discord) call(ctx context.Context, to notify.Destination, method, path string, query url.Values, m notify.Message) notify.Result {
	if wait := d.breaker.wait(time.Now()); wait > 0 {
		return notify.Result{Verdict: notify.Limited, Code: "service_paused", After: wait, Detail: "Discord has refused too many requests of this service; it is left alone for a while"}
	}
	parts := discordForm.FindStringSubmatch(to.Secret)
	if parts == nil {
		return notify.Result{Verdict: notify.Broken, Code: "bad_address", Detail: "this is no webhook URL of Discord"}
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	body, header := discordBody(m)
	address := d.base + "/v10/webhooks/" + parts[1] + "/" + parts[2] + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	a, failure := d.client.do(ctx, method, address, header, body)
	if failure != nil {
		return *failure
	}
	r := d.result(a)
	r.Attached = r.Verdict == notify.Sent && m.Picture != nil
	return r
}

// discordBody encodes a message with its picture. Every attachment is listed, in an edit too.
func discordBody(m notify.Message) ([]byte, http.Header) {
	m = m.Fit(discordUnits)
	title := m.Title
	m.Title = ""
	e := embed{Title: title, Description: discordText(m), Color: 0x2962FF}
	payload := map[string]any{"allowed_mentions": map[string]any{"parse": []string{}}}
	if m.Picture == nil {
		payload["embeds"] = []embed{e}
		return mustJSON(payload), jsonHeader()
	}
	name := "chart.png"
	e.Image = map[string]string{"url": "attachment://" + name}
	payload["embeds"], payload["attachments"] = []embed{e}, []map[string]any{{"id": 0, "filename": name}}
	return multipartBody(map[string]string{"payload_json": string(mustJSON(payload))}, file{field: "files[0]", name: name, kind: "image/png", bytes: m.Picture.PNG})
}

// discordText renders the lines below the title, with every character escaped that could be markup.
func discordText(m notify.Message) string {
	text := m.Parts(func(role notify.Role, line notify.Line) string {
		value := discordEscape(line.Value)
		if !line.At.IsZero() {
			value = fmt.Sprintf("<t:%d:f>", line.At.Unix()) // shown in the reader's own time
		}
		if line.Label != "" {
			value = "**" + discordEscape(line.Label) + ":** " + value
		}
		if line.Icon != "" {
			value = line.Icon + " " + value
		}
		if line.Link != "" {
			value += " <" + line.Link + ">"
		}
		switch role {
		case notify.RoleTitle:
			return ""
		case notify.RoleMark:
			return "**" + value + "**"
		case notify.RoleLink:
			return line.Icon + " <" + line.Value + ">"
		}
		return value
	})
	return strings.TrimSpace(text)
}

// discordEscape escapes Discord's markup. Discord removes a backslash before any ASCII character but letters,
// digits and blanks.
func discordEscape(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\*_~`|>#-[]()<@:/", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// result classifies an answer.
func (d *Discord) result(a answer) notify.Result {
	var said struct {
		ID         string  `json:"id"`
		Message    string  `json:"message"`
		Code       *int    `json:"code"`
		RetryAfter float64 `json:"retry_after"`
		Global     bool    `json:"global"`
	}
	_ = json.Unmarshal(a.body, &said)
	r := a.result()
	if said.Message != "" {
		r.Detail = fmt.Sprintf("%d %s", a.status, printable(said.Message))
	}
	code := 0
	if said.Code != nil {
		code = *said.Code
	}
	r.Pause = resetAfter(a.header)
	switch {
	case r.Verdict == notify.Sent:
		r.ExternalID = said.ID
		if !isSnowflake(said.ID) {
			r.ExternalID = ""
		}
	case a.status == http.StatusTooManyRequests:
		r.After = max(r.After, time.Duration(said.RetryAfter*float64(time.Second)))
		if a.header.Get("Retry-After") == "" && said.RetryAfter == 0 { // the address is banned (discord-api-docs#5810)
			d.breaker.open(time.Now())
			r.After, r.Code = discordBan, "service_paused"
		}
	case code == 10008:
		r.Code = "message_gone"
	case a.status == http.StatusNotFound, a.status == http.StatusUnauthorized:
		r.Verdict, r.Code = notify.Broken, "webhook_gone"
	case a.status == http.StatusForbidden:
		r.Verdict, r.Code = notify.Broken, "forbidden"
	case code == 220001:
		r.Verdict, r.Code = notify.Broken, "thread_required"
	}
	if a.status == http.StatusUnauthorized || a.status == http.StatusForbidden || a.status == http.StatusTooManyRequests {
		d.breaker.note(time.Now())
	}
	return r
}

// resetAfter returns how long the rate limit bucket of an answer stays full, 0 if it has room.
func resetAfter(h http.Header) time.Duration {
	if h.Get("X-RateLimit-Remaining") != "0" {
		return 0
	}
	seconds, err := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if err != nil || seconds < 0 || seconds > 3600 {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}

func isSnowflake(id string) bool {
	_, err := strconv.ParseUint(id, 10, 64)
	return err == nil
}

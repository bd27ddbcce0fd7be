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
	// SlackURL is the Web API's address; incoming webhooks have another.
	SlackURL      = "https://slack.com/api"
	SlackHooksURL = "https://hooks.slack.com"
	// slackUnits is below the 3000 characters of a section.
	slackUnits = 2900
	// slackPause keeps to one message a second.
	slackPause = time.Second
)

var (
	slackHookForm    = regexp.MustCompile(`^https://hooks\.slack\.com/services/(T[A-Z0-9]{1,20})/(B[A-Z0-9]{1,20})/([A-Za-z0-9]{1,64})$`)
	slackTokenForm   = regexp.MustCompile(`^xoxb-[A-Za-z0-9-]{10,200}$`)
	slackChannelForm = regexp.MustCompile(`^[CDG][A-Z0-9]{5,20}$`)
)

// Slack sends through an incoming webhook, which takes no files, or with a bot token, which does.
type Slack struct {
	client *Client
	api    string
	hooks  string
}

// NewSlack makes the channel; api and hooks are SlackURL and SlackHooksURL unless a test or dev serves
// others.
func NewSlack(api, hooks string, client *Client) *Slack {
	return &Slack{client: client, api: strings.TrimSuffix(api, "/"), hooks: strings.TrimSuffix(hooks, "/")}
}

// Traits implements notify.Channel.
func (*Slack) Traits() notify.Traits {
	return notify.Traits{Digests: true, Shared: true}
}

// Check implements notify.Channel.
func (*Slack) Check(to notify.Destination) error {
	if slackHookForm.MatchString(to.Secret) {
		return nil
	}
	if !slackTokenForm.MatchString(to.Secret) {
		return errors.New("secret has to be an incoming webhook's URL (https://hooks.slack.com/services/…) or a bot token (xoxb-…)")
	}
	if !slackChannelForm.MatchString(to.Settings.Channel) {
		return errors.New("channel has to be the channel's id, such as C0123456789, not its name: open its details in Slack")
	}
	return nil
}

// Edit implements notify.Channel; it is never asked.
func (*Slack) Edit(context.Context, notify.Destination, string, notify.Message) notify.Result {
	return notify.Result{Verdict: notify.Refused, Code: "no_edits"}
}

// Send implements notify.Channel.
func (s *Slack) Send(ctx context.Context, to notify.Destination, m notify.Message) notify.Result {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	m = m.Fit(slackUnits)
	var r notify.Result
	if parts := slackHookForm.FindStringSubmatch(to.Secret); parts != nil {
		r = s.post(ctx, s.hooks+"/services/"+parts[1]+"/"+parts[2]+"/"+parts[3], m)
	} else if slackTokenForm.MatchString(to.Secret) && slackChannelForm.MatchString(to.Settings.Channel) {
		r = s.speak(ctx, to, m)
	} else {
		return notify.Result{Verdict: notify.Broken, Code: "bad_address", Detail: "give an incoming webhook's URL, or a bot token with a channel id"}
	}
	r.Pause = slackPause
	return r
}

// slackBlocks returns the message as blocks of plain text, in which no character is markup.
func slackBlocks(m notify.Message) []map[string]any {
	title := m.Title
	if m.Mark != "" {
		title = m.Mark + "\n" + title
	}
	plain := func(text string) map[string]any {
		return map[string]any{"type": "plain_text", "text": text, "emoji": false}
	}
	blocks := []map[string]any{{"type": "section", "text": plain(title)}}
	m.Title, m.Mark = "", ""
	if text := strings.TrimSpace(m.Plain()); text != "" {
		blocks = append(blocks, map[string]any{"type": "section", "text": plain(text)})
	}
	return blocks
}

// slackEscape is for the texts that are not plain_text: the fallback, and a file's comment.
func slackEscape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// post sends to an incoming webhook. A picture is only linked: Slack would have to fetch it.
func (s *Slack) post(ctx context.Context, address string, m notify.Message) notify.Result {
	body := mustJSON(map[string]any{"text": slackEscape(m.Title), "blocks": slackBlocks(m), "unfurl_links": false, "unfurl_media": false})
	a, failure := s.client.do(ctx, http.MethodPost, address, jsonHeader(), body)
	if failure != nil {
		return *failure
	}
	r := a.result()
	said := strings.TrimSpace(string(a.body))
	switch {
	case r.Verdict == notify.Sent, r.Verdict == notify.Limited:
	case a.status == http.StatusForbidden, a.status == http.StatusNotFound, a.status == http.StatusGone:
		r.Verdict, r.Code = notify.Broken, "webhook_gone"
		if known(said, "action_prohibited", "channel_not_found", "channel_is_archived", "no_service", "posting_to_general_channel_denied") {
			r.Code = said
		}
	case known(said, "no_team", "team_disabled", "no_active_hooks", "invalid_token", "user_not_found"):
		r.Verdict, r.Code = notify.Broken, said
	}
	return r
}

// slackAnswer is the envelope of the Web API: its status is 200 for errors too.
type slackAnswer struct {
	OK        bool   `json:"ok"`
	Error     string `json:"error"`
	TS        string `json:"ts"`
	UploadURL string `json:"upload_url"`
	FileID    string `json:"file_id"`
}

// speak sends with a bot token: a message, or a file with the message as its comment. Until the upload
// is completed nothing is seen by anybody, so that only its last request can have an unknown outcome.
func (s *Slack) speak(ctx context.Context, to notify.Destination, m notify.Message) notify.Result {
	if m.Picture == nil {
		said, r := s.call(ctx, to.Secret, "chat.postMessage", map[string]any{
			"channel": to.Settings.Channel, "text": slackEscape(m.Title), "blocks": slackBlocks(m), "unfurl_links": false, "unfurl_media": false,
		})
		r.ExternalID = said.TS
		return r
	}
	file, kept := strings.CutPrefix(m.Left, slackUpload)
	if kept {
		if r := s.complete(ctx, to, m, file); r.Code != "file_not_found" {
			return r
		}
	}
	file, r := s.upload(ctx, to, m.Picture)
	if r.Verdict != notify.Sent {
		return r
	}
	return s.complete(ctx, to, m, file)
}

// slackUpload is the prefix of what is kept of a file that was uploaded but not shown yet.
const slackUpload = "upload:"

// upload uploads a picture to Slack. It is not visible until the upload is completed.
func (s *Slack) upload(ctx context.Context, to notify.Destination, p *notify.Picture) (file string, r notify.Result) {
	form := url.Values{"filename": {p.Name}, "length": {strconv.Itoa(len(p.PNG))}}
	place, r := s.form(ctx, to.Secret, "files.getUploadURLExternal", form)
	if r.Verdict != notify.Sent {
		return "", invisible(r)
	}
	if !s.ours(place.UploadURL) {
		return "", notify.Result{Verdict: notify.Retry, Code: "bad_answer", Detail: "Slack named an upload address that is not its own"}
	}
	a, failure := s.client.do(ctx, http.MethodPost, place.UploadURL, http.Header{"Content-Type": {"application/octet-stream"}}, p.PNG)
	if failure != nil {
		return "", invisible(*failure)
	}
	return place.FileID, invisible(a.result())
}

// complete shows an uploaded file with the message as its comment. If it is certainly not shown, the next
// attempt only completes it.
func (s *Slack) complete(ctx context.Context, to notify.Destination, m notify.Message, file string) notify.Result {
	_, r := s.call(ctx, to.Secret, "files.completeUploadExternal", map[string]any{
		"files": []map[string]string{{"id": file, "title": m.Picture.Name}}, "channel_id": to.Settings.Channel, "initial_comment": slackEscape(m.Plain()),
	})
	switch r.Verdict {
	case notify.Sent:
		r.Attached, r.ExternalID = true, file
	case notify.Retry, notify.Limited:
		r.ExternalID = slackUpload + file
	case notify.Unknown, notify.Refused, notify.Broken:
	}
	return r
}

// invisible turns Unknown into Retry, for steps that show nothing: repeating them does no harm.
func invisible(r notify.Result) notify.Result {
	if r.Verdict == notify.Unknown {
		r.Verdict = notify.Retry
	}
	return r
}

// ours reports whether an upload address belongs to Slack, or to the double that stands in for it.
func (s *Slack) ours(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	api, err := url.Parse(s.api)
	if err != nil {
		return false
	}
	return u.Scheme == api.Scheme && (u.Host == api.Host || api.Host == "slack.com" && strings.HasSuffix(u.Host, ".slack.com"))
}

func (s *Slack) call(ctx context.Context, token, method string, body any) (slackAnswer, notify.Result) {
	header := jsonHeader()
	header.Set("Content-Type", "application/json; charset=utf-8")
	return s.request(ctx, token, method, header, mustJSON(body))
}

func (s *Slack) form(ctx context.Context, token, method string, values url.Values) (slackAnswer, notify.Result) {
	return s.request(ctx, token, method, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte(values.Encode()))
}

func (s *Slack) request(ctx context.Context, token, method string, header http.Header, body []byte) (slackAnswer, notify.Result) {
	header.Set("Authorization", "Bearer "+token)
	a, failure := s.client.do(ctx, http.MethodPost, s.api+"/"+method, header, body)
	if failure != nil {
		return slackAnswer{}, *failure
	}
	r := a.result()
	var said slackAnswer
	if err := json.Unmarshal(a.body, &said); err != nil && r.Verdict == notify.Sent {
		return said, notify.Result{Verdict: notify.Unknown, Code: "bad_answer", Detail: a.detail()}
	}
	if r.Verdict != notify.Sent || said.OK {
		r.Wide = r.Verdict == notify.Limited
		return said, r
	}
	return said, slackRefusal(said.Error)
}

// slackRefusal classifies an error of the Web API.
func slackRefusal(code string) notify.Result {
	r := notify.Result{Verdict: notify.Refused, Code: "slack_error", Detail: "200 " + printable(code)}
	switch {
	case code == "ratelimited", code == "rate_limited":
		r.Verdict, r.Code, r.After, r.Wide = notify.Limited, "rate_limited", 30*time.Second, true
	case code == "internal_error", code == "fatal_error":
		r.Verdict, r.Code = notify.Unknown, code
	case code == "file_not_found":
		r.Code = code
	case code == "service_unavailable", code == "request_timeout":
		r.Verdict, r.Code = notify.Retry, code
	case known(code, "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "not_in_channel", "is_archived",
		"channel_not_found", "missing_scope", "restricted_action", "ekm_access_denied", "org_login_required", "team_access_not_granted"):
		r.Verdict, r.Code = notify.Broken, code
	}
	return r
}

// known reports whether text is one of the codes. No other text of an answer becomes a code of ours.
func known(text string, codes ...string) bool {
	for _, code := range codes {
		if text == code {
			return true
		}
	}
	return false
}

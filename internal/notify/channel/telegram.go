package channel

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"image/png"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"atalaya"
	"atalaya/internal/notify"
)

const (
	// TelegramURL is the Bot API's address.
	TelegramURL = "https://api.telegram.org"
	// telegramText and telegramCaption are limits in UTF-16 units, after entities were parsed.
	telegramText    = 4096
	telegramCaption = 1024
	// The limits of a photo (levlam in tdlib/td#2544); over one of them it goes as a document.
	telegramPhotoBytes = 10 << 20
	telegramPhotoSum   = 10_000
	telegramPhotoRatio = 20
	telegramFileBytes  = 50 << 20
	// telegramPrivatePause and telegramGroupPause keep to one message a second in a private chat and 20
	// a minute in a group or channel.
	telegramPrivatePause = time.Second
	telegramGroupPause   = 3 * time.Second
	// telegramLong is the length from which on a text counts as more than one message.
	telegramLong = 1024
)

// Telegram sends through bots.
type Telegram struct {
	client   *Client
	base     string
	house    string
	bots     *buckets
	contacts *rate.Limiter
}

// TelegramOptions are the operator's settings.
type TelegramOptions struct {
	URL        string // TelegramURL unless a test or dev serves another
	HouseToken string // the operator's bot, "" for none
	Client     *Client
}

// NewTelegram makes the channel.
func NewTelegram(o TelegramOptions) *Telegram {
	return &Telegram{
		client: o.Client, base: strings.TrimSuffix(o.URL, "/"), house: o.HouseToken,
		// 30 messages a second for a bot; the server counts 20 unseen tokens a minute for an address.
		bots: newBuckets(25, 25), contacts: rate.NewLimiter(rate.Every(4*time.Second), 5),
	}
}

// Traits implements notify.Channel.
func (*Telegram) Traits() notify.Traits {
	return notify.Traits{Edits: true, Digests: true, Shared: true}
}

var (
	telegramTokenForm = regexp.MustCompile(`^\d{3,20}:[A-Za-z0-9_-]{20,100}$`)
	telegramChatForm  = regexp.MustCompile(`^(-?\d{1,20}|@\w{5,32})$`)
)

// Check implements notify.Channel. A channel without a chat is not connected yet.
func (t *Telegram) Check(to notify.Destination) error {
	switch {
	case to.Settings.House && t.house == "":
		return errors.New("this service has no bot of its own: make one with @BotFather and give its token")
	case !to.Settings.House && !telegramTokenForm.MatchString(to.Secret):
		return errors.New("secret has to be the bot's token, as @BotFather shows it")
	case to.Settings.ChatID != "" && !telegramChatForm.MatchString(to.Settings.ChatID):
		return errors.New("chat_id has to be a number or an @name; leave it out and connect the chat instead")
	}
	return nil
}

// telegramAnswer is the envelope of every answer.
type telegramAnswer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter float64 `json:"retry_after"`
		MigrateTo  int64   `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// Send implements notify.Channel.
func (t *Telegram) Send(ctx context.Context, to notify.Destination, m notify.Message) notify.Result {
	method, files, limit := "sendMessage", []file(nil), telegramText
	if m.Picture != nil {
		method, files = photoOrDocument(m.Picture, to.AsFile)
		limit = telegramCaption
	}
	m = m.Fit(limit)
	fields := map[string]string{}
	if thread := to.Settings.ThreadID; thread != "" {
		fields["message_thread_id"] = thread
	}
	field := "caption"
	if method == "sendMessage" {
		field = "text"
		fields["link_preview_options"] = `{"is_disabled":true}`
	}
	r := t.said(ctx, to, method, field, fields, m, files)
	r.Attached = r.Verdict == notify.Sent && m.Picture != nil
	return r
}

// Edit implements notify.Channel.
func (t *Telegram) Edit(ctx context.Context, to notify.Destination, externalID string, m notify.Message) notify.Result {
	fields := map[string]string{"message_id": externalID}
	if m.Picture == nil {
		fields["link_preview_options"] = `{"is_disabled":true}`
		return t.said(ctx, to, "editMessageText", "text", fields, m.Fit(telegramText), nil)
	}
	method, files := photoOrDocument(m.Picture, to.AsFile)
	kind := "photo"
	if method == "sendDocument" {
		kind = "document"
	}
	m = m.Fit(telegramCaption)
	files[0].field = "picture"
	media := func(caption, mode string) string {
		value := map[string]string{"type": kind, "media": "attach://picture", "caption": caption}
		if mode != "" {
			value["parse_mode"] = mode
		}
		return string(mustJSON(value))
	}
	fields["media"] = media(telegramHTML(m), "HTML")
	r, refused := t.call(ctx, to, "editMessageMedia", fields, files)
	if refused == parseError {
		fields["media"] = media(m.Plain(), "")
		r, _ = t.call(ctx, to, "editMessageMedia", fields, files)
	}
	r.Attached = r.Verdict == notify.Sent
	return r
}

// said sends a message as HTML. If Telegram cannot parse it, said sends the same text plain at once.
func (t *Telegram) said(ctx context.Context, to notify.Destination, method, field string, fields map[string]string, m notify.Message, files []file) notify.Result {
	fields[field], fields["parse_mode"] = telegramHTML(m), "HTML"
	r, refused := t.call(ctx, to, method, fields, files)
	if refused == parseError {
		fields[field] = m.Plain()
		delete(fields, "parse_mode")
		r, _ = t.call(ctx, to, method, fields, files)
	}
	if notify.Units(m.Plain()) > telegramLong {
		r.Pause *= 2
	}
	return r
}

// parseError is the code of a text that Telegram cannot parse: a defect of ours.
const parseError = "parse_error"

// call makes a request, and once more if the chat has become a supergroup with another id.
func (t *Telegram) call(ctx context.Context, to notify.Destination, method string, fields map[string]string, files []file) (r notify.Result, refused string) {
	token := to.Secret
	if to.Settings.House {
		token = t.house
	}
	chat := to.Settings.ChatID
	if wait := t.hold(token); wait > 0 {
		return notify.Result{Verdict: notify.Limited, Code: "own_limit", After: wait}, ""
	}
	fields["chat_id"] = chat
	a, r := t.request(ctx, token, method, fields, files)
	if moved := a.Parameters.MigrateTo; moved != 0 {
		settings := to.Settings
		settings.ChatID = strconv.FormatInt(moved, 10)
		fields["chat_id"] = settings.ChatID
		a, r = t.request(ctx, token, method, fields, files)
		r.Settings = &settings
	}
	r.Pause = telegramPrivatePause
	if strings.HasPrefix(chat, "-") || strings.HasPrefix(chat, "@") {
		r.Pause = telegramGroupPause
	}
	if r.Verdict == notify.Refused && strings.Contains(strings.ToLower(a.Description), "can't parse entities") {
		return r, parseError
	}
	return r, ""
}

// hold returns how long a bot has to wait for its own limit, or an unseen bot for its first request.
func (t *Telegram) hold(token string) time.Duration {
	now := time.Now()
	if !t.bots.has(token) {
		r := t.contacts.ReserveN(now, 1)
		if wait := r.DelayFrom(now); wait > 0 {
			r.CancelAt(now)
			return wait
		}
	}
	wait, _ := t.bots.take(token, now)
	return wait
}

// request makes one call of the Bot API. The token is in the URL, so none of its errors is shown unchanged.
func (t *Telegram) request(ctx context.Context, token, method string, fields map[string]string, files []file) (telegramAnswer, notify.Result) {
	if token == "" {
		return telegramAnswer{}, notify.Result{Verdict: notify.Broken, Code: "no_token", Detail: "the channel has no bot token"}
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	body, header := multipartBody(fields, files...)
	a, failure := t.client.do(ctx, http.MethodPost, t.base+"/bot"+token+"/"+method, header, body)
	if failure != nil {
		return telegramAnswer{}, *failure
	}
	var said telegramAnswer
	if err := json.Unmarshal(a.body, &said); err != nil && a.status == http.StatusOK {
		return said, notify.Result{Verdict: notify.Unknown, Code: "bad_answer", Detail: a.detail()}
	}
	return said, telegramResult(a, said)
}

// telegramResult classifies an answer.
func telegramResult(a answer, said telegramAnswer) notify.Result {
	r := a.result()
	if said.Description != "" {
		r.Detail = fmt.Sprintf("%d %s", a.status, printable(said.Description))
	}
	description := strings.ToLower(said.Description)
	switch {
	case r.Verdict == notify.Sent:
		var message struct {
			ID int64 `json:"message_id"`
		}
		if json.Unmarshal(said.Result, &message) == nil && message.ID != 0 {
			r.ExternalID = strconv.FormatInt(message.ID, 10)
		}
	case r.Verdict == notify.Limited:
		r.Wide = true
		r.After = max(r.After, time.Duration(said.Parameters.RetryAfter*float64(time.Second)))
	case strings.Contains(description, "message is not modified"):
		return notify.Result{Verdict: notify.Sent}
	default:
		for _, p := range telegramPermanent() {
			if (p.status == 0 || p.status == a.status) && strings.Contains(description, p.says) {
				r.Verdict, r.Code = notify.Broken, p.code
				break
			}
		}
	}
	return r
}

// permanent is an answer after which no message will be accepted.
type permanent struct {
	status int
	says   string
	code   string
}

func telegramPermanent() []permanent {
	return []permanent{
		{http.StatusUnauthorized, "", "bad_token"},
		{http.StatusNotFound, "", "bad_token"},
		{http.StatusForbidden, "blocked by the user", "blocked"},
		{http.StatusForbidden, "user is deactivated", "user_gone"},
		{http.StatusForbidden, "kicked", "kicked"},
		{http.StatusForbidden, "not a member", "not_a_member"},
		{http.StatusForbidden, "group chat was deleted", "chat_gone"},
		{http.StatusForbidden, "can't initiate conversation", "not_started"},
		{http.StatusForbidden, "", "forbidden"},
		{http.StatusBadRequest, "chat not found", "chat_not_found"},
		{http.StatusBadRequest, "chat_id is empty", "chat_not_found"},
		{http.StatusBadRequest, "not enough rights", "no_rights"},
		{http.StatusBadRequest, "have no rights", "no_rights"},
		{http.StatusBadRequest, "message thread not found", "thread_not_found"},
	}
}

// photoOrDocument chooses how a picture goes: as a photo within its limits, else as a file.
func photoOrDocument(p *notify.Picture, asFile bool) (method string, files []file) {
	width, height := p.Width, p.Height
	if header, err := png.DecodeConfig(bytes.NewReader(p.PNG)); err == nil {
		width, height = header.Width, header.Height
	}
	f := file{field: "photo", name: p.Name, kind: "image/png", bytes: p.PNG}
	long, short := max(width, height), max(min(width, height), 1)
	if asFile || len(p.PNG) > telegramPhotoBytes || width+height > telegramPhotoSum || long > telegramPhotoRatio*short {
		f.field = "document"
		return "sendDocument", []file{f}
	}
	return "sendPhoto", []file{f}
}

// telegramHTML renders a message in Telegram's HTML.
func telegramHTML(m notify.Message) string {
	return m.Parts(func(role notify.Role, line notify.Line) string {
		text := html.EscapeString(line.Value)
		if line.Label != "" {
			text = "<b>" + html.EscapeString(line.Label) + ":</b> " + text
		}
		if line.Icon != "" {
			text = line.Icon + " " + text
		}
		if line.Link != "" {
			text += " " + html.EscapeString(line.Link)
		}
		switch role {
		case notify.RoleTitle, notify.RoleMark:
			return "<b>" + text + "</b>"
		case notify.RoleNote:
			return "<i>" + text + "</i>"
		}
		return text
	})
}

// BotName asks Telegram for the user name of a token's bot, without @. The token "" is the operator's.
func (t *Telegram) BotName(ctx context.Context, token string) (string, notify.Result) {
	token = cmp.Or(token, t.house)
	if wait := t.hold(token); wait > 0 {
		return "", notify.Result{Verdict: notify.Limited, Code: "own_limit", After: wait}
	}
	said, r := t.request(ctx, token, "getMe", nil, nil)
	var me struct {
		Username string `json:"username"`
	}
	_ = json.Unmarshal(said.Result, &me) // r says whether there is one
	return me.Username, r
}

// Probe asks Telegram whether it knows the operator's bot. It sends nothing.
func (t *Telegram) Probe(ctx context.Context) notify.Result {
	_, r := t.BotName(ctx, "")
	return r
}

// ChatOf looks for the chat in which somebody has just sent "/start code" to the bot. settings are nil if there is
// none yet. Telegram keeps only the last 100 updates.
func (t *Telegram) ChatOf(ctx context.Context, token, code string) (settings *atalaya.ChannelSettings, title string, r notify.Result) {
	house := token == ""
	said, r := t.request(ctx, cmp.Or(token, t.house), "getUpdates", map[string]string{"offset": "-100", "limit": "100", "timeout": "0", "allowed_updates": `["message"]`}, nil)
	if r.Verdict != notify.Sent {
		if strings.HasPrefix(r.Detail, "409") {
			r.Code = "bot_has_webhook"
		}
		return nil, "", r
	}
	var updates []struct {
		Message struct {
			Text   string `json:"text"`
			Thread int64  `json:"message_thread_id"`
			Chat   struct {
				ID        int64  `json:"id"`
				Title     string `json:"title"`
				FirstName string `json:"first_name"`
			} `json:"chat"`
		} `json:"message"`
	}
	_ = json.Unmarshal(said.Result, &updates) // what cannot be read holds no code
	for _, u := range updates {
		words := strings.Fields(u.Message.Text)
		if len(words) != 2 || !strings.HasPrefix(words[0], "/start") || words[1] != code {
			continue
		}
		found := atalaya.ChannelSettings{ChatID: strconv.FormatInt(u.Message.Chat.ID, 10), House: house}
		if u.Message.Thread != 0 {
			found.ThreadID = strconv.FormatInt(u.Message.Thread, 10)
		}
		return &found, u.Message.Chat.Title + u.Message.Chat.FirstName, r
	}
	return nil, "", r
}

package double

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Telegram stands in for the Bot API, with a few bots and chats.
type Telegram struct {
	switches
	bots  map[string]string // token -> user name
	chats map[string]*telegramChat
	told  map[string]*bucket // bots
	heard []telegramUpdate
	hooks map[string]bool // bots with a webhook: getUpdates is refused
}

// telegramChat is a chat, or a reason why there is none.
type telegramChat struct {
	group   bool
	refusal *telegramError // every message gets it
	bucket  *bucket
}

type telegramError struct {
	code        int
	description string
	parameters  map[string]any
}

type telegramUpdate struct {
	ID      int64           `json:"update_id"`
	Message telegramMessage `json:"message"`
}

type telegramMessage struct {
	ID   int64  `json:"message_id"`
	Text string `json:"text,omitempty"`
	Chat struct {
		ID        int64  `json:"id"`
		Type      string `json:"type"`
		FirstName string `json:"first_name,omitempty"`
	} `json:"chat"`
}

// NewTelegram makes a server without bots.
func NewTelegram(box *Box) *Telegram {
	return &Telegram{switches: newSwitches(box), bots: map[string]string{}, chats: map[string]*telegramChat{}, told: map[string]*bucket{}, hooks: map[string]bool{}}
}

// AddBot makes a bot.
func (t *Telegram) AddBot(token, username string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bots[token] = username
	t.told[token] = &bucket{burst: 30, within: time.Second}
}

// AddChat makes a chat. An id below zero, or a name that begins with @, is a group's.
func (t *Telegram) AddChat(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	group := strings.HasPrefix(id, "-") || strings.HasPrefix(id, "@")
	c := &telegramChat{group: group, bucket: &bucket{burst: 1, within: time.Second}}
	if group {
		c.bucket = &bucket{burst: 20, within: time.Minute}
	}
	t.chats[id] = c
}

// Refuse answers every message to a chat with an error of the Bot API from now on.
func (t *Telegram) Refuse(chat string, code int, description string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.chats[chat].refusal = &telegramError{code: code, description: description}
}

// Migrate turns a group into a supergroup with another id.
func (t *Telegram) Migrate(chat string, to int64) {
	t.AddChat(strconv.FormatInt(to, 10))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.chats[chat].refusal = &telegramError{
		code: http.StatusBadRequest, description: "Bad Request: group chat was upgraded to a supergroup chat", parameters: map[string]any{"migrate_to_chat_id": to},
	}
}

// Say makes a private chat in which somebody has written a text to the bots.
func (t *Telegram) Say(chat int64, name, text string) {
	t.AddChat(strconv.FormatInt(chat, 10))
	id := t.nextID()
	u := telegramUpdate{ID: id, Message: telegramMessage{ID: id, Text: text}}
	u.Message.Chat.ID, u.Message.Chat.Type, u.Message.Chat.FirstName = chat, "private", name
	t.mu.Lock()
	defer t.mu.Unlock()
	t.heard = append(t.heard, u)
}

// SetWebhook gives a bot a webhook, or removes it.
func (t *Telegram) SetWebhook(token string, on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hooks[token] = on
}

// telegramRequest is the parameters of a call, however they came.
type telegramRequest struct {
	fields map[string]string
	files  map[string][]byte
}

// ServeHTTP implements http.Handler: POST /bot<token>/<method>.
func (t *Telegram) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, method, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	if !ok || !strings.HasPrefix(r.URL.Path, "/bot") {
		t.fail(w, &telegramError{code: http.StatusNotFound, description: "Not Found"})
		return
	}
	fault := t.faultOf(r)
	if fault == Reset {
		_, _ = io.CopyN(io.Discard, r.Body, 64)
		hangUp()
	}
	in, err := readTelegram(r)
	if err != nil {
		t.fail(w, &telegramError{code: http.StatusBadRequest, description: "Bad Request: " + err.Error()})
		return
	}
	defer t.begin(token + " " + in.fields["chat_id"])()
	if fault == BadGateway {
		badGateway(w)
		return
	}
	result, refusal := t.call(token, strings.ToLower(method), in, fault == Busy)
	if fault == LoseAnswer && refusal == nil {
		hangUp()
	}
	if refusal != nil {
		t.fail(w, refusal)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "result": result})
}

func (t *Telegram) fail(w http.ResponseWriter, e *telegramError) {
	w.Header().Set("Content-Type", "application/json")
	if after, ok := e.parameters["retry_after"]; ok {
		w.Header().Set("Retry-After", fmt.Sprint(after))
	}
	w.WriteHeader(e.code)
	body := map[string]any{"ok": false, "error_code": e.code, "description": e.description}
	if e.parameters != nil {
		body["parameters"] = e.parameters
	}
	_ = json.NewEncoder(w).Encode(body)
}

// readTelegram reads urlencoded, JSON and multipart parameters, of the query too.
func readTelegram(r *http.Request) (telegramRequest, error) {
	in := telegramRequest{fields: map[string]string{}, files: map[string][]byte{}}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	r.Body = http.MaxBytesReader(nil, r.Body, 60<<20)
	switch kind {
	case "application/json":
		var members map[string]any
		if err := json.NewDecoder(r.Body).Decode(&members); err != nil {
			return in, errors.New("can't parse JSON object")
		}
		for name, value := range members {
			if text, ok := value.(string); ok {
				in.fields[name] = text
				continue
			}
			text, _ := json.Marshal(value)
			in.fields[name] = string(text)
		}
	case "multipart/form-data":
		if err := r.ParseMultipartForm(60 << 20); err != nil {
			return in, errors.New("can't parse the multipart body")
		}
		for name, files := range r.MultipartForm.File {
			f, err := files[0].Open()
			if err != nil {
				return in, err
			}
			in.files[name], err = io.ReadAll(f)
			_ = f.Close()
			if err != nil {
				return in, err
			}
		}
	}
	if err := r.ParseForm(); err == nil {
		for name, values := range r.Form {
			in.fields[name] = values[0]
		}
	}
	return in, nil
}

// call answers one method.
func (t *Telegram) call(token, method string, in telegramRequest, busy bool) (any, *telegramError) {
	t.mu.Lock()
	username, known := t.bots[token]
	t.mu.Unlock()
	if !known {
		return nil, &telegramError{code: http.StatusUnauthorized, description: "Unauthorized: invalid token specified"}
	}
	switch method {
	case "getme":
		return map[string]any{"id": 1, "is_bot": true, "first_name": username, "username": username}, nil
	case "getupdates":
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.hooks[token] {
			return nil, &telegramError{code: http.StatusConflict, description: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}
		}
		return t.heard, nil
	case "sendmessage", "sendphoto", "senddocument", "editmessagetext", "editmessagemedia":
		return t.write(token, method, in, busy)
	}
	return nil, &telegramError{code: http.StatusNotFound, description: "Not Found"}
}

// write accepts or refuses a message.
func (t *Telegram) write(token, method string, in telegramRequest, busy bool) (any, *telegramError) {
	chat := in.fields["chat_id"]
	if refusal := t.admit(token, chat, busy); refusal != nil {
		return nil, refusal
	}
	m, refusal := telegramContent(method, in)
	if refusal != nil {
		return nil, refusal
	}
	m.Service, m.To, m.At = "telegram", chat, t.Now()
	if strings.HasPrefix(method, "edit") {
		id, same := in.fields["message_id"], false
		found := t.Box.edit("telegram", chat, id, func(old *Message) {
			same = old.Text == m.Text && bytes.Equal(old.Picture, m.Picture)
			old.Text, old.Picture = m.Text, m.Picture
		})
		switch {
		case !found:
			return nil, &telegramError{code: http.StatusBadRequest, description: "Bad Request: message to edit not found"}
		case same:
			return nil, &telegramError{code: http.StatusBadRequest, description: "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"}
		}
		number, _ := strconv.ParseInt(id, 10, 64)
		return map[string]any{"message_id": number}, nil
	}
	number := t.nextID()
	m.ID = strconv.FormatInt(number, 10)
	t.Box.put(m)
	return map[string]any{"message_id": number, "date": m.At.Unix(), "chat": map[string]any{"id": chat}}, nil
}

// admit returns why a chat takes no message now, nil if it does.
func (t *Telegram) admit(token, chat string, busy bool) *telegramError {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.chats[chat]
	switch {
	case chat == "":
		return &telegramError{code: http.StatusBadRequest, description: "Bad Request: chat_id is empty"}
	case c == nil:
		return &telegramError{code: http.StatusBadRequest, description: "Bad Request: chat not found"}
	case c.refusal != nil:
		return c.refusal
	}
	now := t.Now()
	wait := max(t.told[token].take(now), c.bucket.take(now))
	if wait > 0 {
		t.limited++
	}
	if busy {
		wait = time.Second
	}
	if wait <= 0 {
		return nil
	}
	seconds := int((wait + time.Second - 1) / time.Second)
	t.waits[token+" "+chat] = now.Add(time.Duration(seconds) * time.Second)
	return &telegramError{
		code: http.StatusTooManyRequests, description: fmt.Sprintf("Too Many Requests: retry after %d", seconds), parameters: map[string]any{"retry_after": seconds},
	}
}

// telegramContent checks what a message holds.
func telegramContent(method string, in telegramRequest) (Message, *telegramError) {
	bad := func(text string) (Message, *telegramError) {
		return Message{}, &telegramError{code: http.StatusBadRequest, description: "Bad Request: " + text}
	}
	text, mode, limit, kind := in.fields["text"], in.fields["parse_mode"], 4096, ""
	picture := in.files["photo"]
	switch method {
	case "sendphoto":
		text, limit, kind = in.fields["caption"], 1024, "photo"
	case "senddocument":
		text, limit, kind, picture = in.fields["caption"], 1024, "document", in.files["document"]
	case "editmessagemedia":
		var media struct {
			Type, Media, Caption string
			Mode                 string `json:"parse_mode"`
		}
		if err := json.Unmarshal([]byte(in.fields["media"]), &media); err != nil {
			return bad("can't parse InputMedia: " + err.Error())
		}
		name, attached := strings.CutPrefix(media.Media, "attach://")
		if !attached {
			return bad("wrong remote file identifier specified")
		}
		text, mode, limit, kind, picture = media.Caption, media.Mode, 1024, media.Type, in.files[name]
	}
	if mode == "HTML" {
		plain, err := telegramPlain(text)
		if err != nil {
			return bad("can't parse entities: " + err.Error())
		}
		text = plain
	}
	units := len(utf16.Encode([]rune(text)))
	switch {
	case kind == "" && strings.TrimSpace(text) == "":
		return bad("message text is empty")
	case units > limit && kind != "":
		return bad("message caption is too long")
	case units > limit:
		return bad("message is too long")
	case kind == "":
		return Message{Text: text}, nil
	case len(picture) == 0:
		return bad("there is no " + kind + " in the request")
	}
	if kind == "photo" {
		header, err := png.DecodeConfig(bytes.NewReader(picture))
		if err != nil {
			return bad("IMAGE_PROCESS_FAILED")
		}
		long, short := max(header.Width, header.Height), max(1, min(header.Width, header.Height))
		if header.Width+header.Height > 10_000 || long > 20*short || len(picture) > 10<<20 {
			return bad("PHOTO_INVALID_DIMENSIONS")
		}
	}
	return Message{Text: text, Picture: picture}, nil
}

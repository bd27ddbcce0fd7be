package channel_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/notify"
	"atalaya/internal/notify/channel"
	"atalaya/internal/notify/double"
)

// telegram returns a server with one bot, and the channel that calls it.
func telegram(t *testing.T) (*double.Telegram, *channel.Telegram) {
	t.Helper()
	d := double.NewTelegram(nil)
	d.AddBot(botToken, "atalaya_bot")
	d.Now = ticking()
	url, client, _ := served(t, d)
	return d, channel.NewTelegram(channel.TelegramOptions{URL: url, Client: client, HouseToken: "999:house-s3cret"})
}

func chat(id string) notify.Destination {
	return notify.Destination{Secret: botToken, Settings: atalaya.ChannelSettings{ChatID: id}}
}

func TestTelegramsRefusalsBreakTheChannel(t *testing.T) {
	t.Parallel()
	d, tg := telegram(t)
	for description, c := range map[string]struct {
		status  int
		verdict notify.Verdict
		code    string
	}{
		"Forbidden: bot was blocked by the user":                                       {http.StatusForbidden, notify.Broken, "blocked"},
		"Forbidden: user is deactivated":                                               {http.StatusForbidden, notify.Broken, "user_gone"},
		"Forbidden: bot was kicked from the group chat":                                {http.StatusForbidden, notify.Broken, "kicked"},
		"Forbidden: bot was kicked from the supergroup chat":                           {http.StatusForbidden, notify.Broken, "kicked"},
		"Forbidden: bot is not a member of the channel chat":                           {http.StatusForbidden, notify.Broken, "not_a_member"},
		"Forbidden: the group chat was deleted":                                        {http.StatusForbidden, notify.Broken, "chat_gone"},
		"Bad Request: chat not found":                                                  {http.StatusBadRequest, notify.Broken, "chat_not_found"},
		"Bad Request: not enough rights to send text messages to the chat":             {http.StatusBadRequest, notify.Broken, "no_rights"},
		"Bad Request: message thread not found":                                        {http.StatusBadRequest, notify.Broken, "thread_not_found"},
		"Bad Request: something that nobody has seen yet":                              {http.StatusBadRequest, notify.Refused, "http_400"},
		"Internal Server Error: sent to " + "nobody":                                   {http.StatusInternalServerError, notify.Unknown, "http_500"},
		"Unauthorized: invalid token specified, which is a token that is nobody's now": {http.StatusUnauthorized, notify.Broken, "bad_token"},
	} {
		d.AddChat("7")
		d.Refuse("7", c.status, description)
		r := tg.Send(t.Context(), chat("7"), aMessage())
		if r.Verdict != c.verdict || r.Code != c.code || !strings.Contains(r.Detail, description) {
			t.Errorf("%s: %+v", description, r)
		}
	}
	if r := tg.Send(t.Context(), chat("8"), aMessage()); r.Verdict != notify.Broken || r.Code != "chat_not_found" {
		t.Errorf("a chat that does not exist: %+v", r)
	}
}

func TestAGroupThatBecomesASupergroupIsFollowedAtOnce(t *testing.T) {
	t.Parallel()
	d, tg := telegram(t)
	d.AddChat("-100")
	d.Migrate("-100", -100200300)
	r := tg.Send(t.Context(), chat("-100"), aMessage())
	if r.Verdict != notify.Sent || r.Settings == nil || r.Settings.ChatID != "-100200300" {
		t.Errorf("the result is %+v, want it sent to the new chat", r)
	}
	if got := d.Box.Messages(); len(got) != 1 || got[0].To != "-100200300" {
		t.Errorf("the messages are %+v", got)
	}
}

func TestPicturesAreSentAsPhotosWithinTheLimitsAndElseAsFiles(t *testing.T) {
	t.Parallel()
	d, tg := telegram(t)
	d.AddChat("1")
	for name, c := range map[string]struct {
		width, height int
		asFile        bool
		path          string
	}{
		"4K": {3840, 2160, false, "/sendPhoto"}, "a long strip": {2200, 100, false, "/sendDocument"}, "too wide and high": {9000, 1200, false, "/sendDocument"},
		"as its owner wants it": {640, 360, true, "/sendDocument"},
	} {
		path := ""
		d.Fault(func(r *http.Request) double.Fault { path = r.URL.Path; return double.None })
		to := chat("1")
		to.AsFile = c.asFile
		m := aMessage()
		m.Picture = aPicture(c.width, c.height)
		if r := tg.Send(t.Context(), to, m); r.Verdict != notify.Sent || !strings.HasSuffix(path, c.path) {
			t.Errorf("%s: %+v by %s, want %s", name, r, path[len(path)-12:], c.path)
		}
	}
}

func TestPrivateChatsAndGroupsHaveTheirPaces(t *testing.T) {
	t.Parallel()
	d, tg := telegram(t)
	d.AddChat("1")
	d.AddChat("-1")
	for id, want := range map[string]time.Duration{"1": time.Second, "-1": 3 * time.Second} {
		if r := tg.Send(t.Context(), chat(id), aMessage()); r.Pause != want {
			t.Errorf("after a message to %s a pause of %s, want %s", id, r.Pause, want)
		}
	}
}

func TestChatOfFindsTheChatThatSentTheCode(t *testing.T) {
	t.Parallel()
	d, tg := telegram(t)
	d.AddBot("999:house-s3cret", "house_bot")
	if bot, r := tg.BotName(t.Context(), ""); r.Verdict != notify.Sent || bot != "house_bot" {
		t.Errorf("the operator's bot is %+v %+v", bot, r)
	}
	d.Say(55, "Eve", "/start guess")
	if found, _, r := tg.ChatOf(t.Context(), botToken, "c0de"); found != nil || r.Verdict != notify.Sent {
		t.Errorf("a chat was found by another code: %+v", r)
	}
	d.Say(4711, "Ana", "/start c0de")
	got, title, _ := tg.ChatOf(t.Context(), botToken, "c0de")
	if got == nil || got.ChatID != "4711" || got.House || title != "Ana" {
		t.Errorf("the chat is %+v with the title %q", got, title)
	}
	d.SetWebhook(botToken, true)
	if _, _, r := tg.ChatOf(t.Context(), botToken, "c0de"); r.Code != "bot_has_webhook" {
		t.Errorf("a bot with a webhook: %+v", r)
	}
	if _, r := tg.BotName(t.Context(), "1:nobody"); r.Verdict != notify.Broken || r.Code != "bad_token" {
		t.Errorf("a token of no bot: %+v", r)
	}
}

func TestFirstContactsOfUnseenBotsAreSpaced(t *testing.T) {
	t.Parallel()
	_, tg := telegram(t)
	limited := 0
	for i := range 30 {
		if _, r := tg.BotName(t.Context(), "1:unseen"+strings.Repeat("x", i)); r.Verdict == notify.Limited {
			limited++
		}
	}
	if limited < 20 {
		t.Errorf("only %d of 30 unseen tokens had to wait: the server bans an address for 20 a minute", limited)
	}
}

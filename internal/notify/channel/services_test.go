package channel_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"atalaya"
	"atalaya/internal/notify"
	"atalaya/internal/notify/channel"
	"atalaya/internal/notify/double"
)

func TestDiscordsRefusalsBreakTheChannel(t *testing.T) {
	t.Parallel()
	d := double.NewDiscord(nil)
	d.AddWebhook("1", "token", false)
	d.AddWebhook("2", "forum", true)
	d.Now = ticking()
	url, client, _ := served(t, d)
	dc := channel.NewDiscord(url, client)
	for address, code := range map[string]string{
		"https://discord.com/api/webhooks/1/other":                                "webhook_gone",
		"https://discord.com/api/webhooks/3/token":                                "webhook_gone",
		"https://discord.com/api/webhooks/2/forum":                                "thread_required",
		"https://discord.com/api/webhooks/1/token/../../../users/@me":             "bad_address",
		"https://discord.com.evil.example/api/webhooks/1/token":                   "bad_address",
		"https://discord.com/api/webhooks/1/token?wait=false":                     "bad_address",
		"http://discord.com/api/webhooks/1/token":                                 "bad_address",
		"https://user:pass@discord.com/api/webhooks/1/token":                      "bad_address",
		"https://discord.com:8443/api/webhooks/1/token":                           "bad_address",
		"https://discord.com/api/webhooks/1/token#https://hooks.evil.example/x/y": "bad_address",
	} {
		if r := dc.Send(t.Context(), notify.Destination{Secret: address}, aMessage()); r.Verdict != notify.Broken || r.Code != code {
			t.Errorf("%s: %+v, want %s", address, r, code)
		}
	}
	to := notify.Destination{Secret: "https://canary.discordapp.com/api/v9/webhooks/2/forum/", Settings: atalaya.ChannelSettings{ThreadID: "77"}}
	if r := dc.Send(t.Context(), to, aMessage()); r.Verdict != notify.Sent {
		t.Errorf("a forum's thread: %+v", r)
	}
	to = notify.Destination{Secret: "https://discord.com/api/webhooks/1/token"}
	if r := dc.Edit(t.Context(), to, "1", aMessage()); r.Verdict != notify.Refused || r.Code != "message_gone" {
		t.Errorf("an edit of a message that was deleted: %+v", r)
	}
}

func TestDiscordsBucketIsPacedByItsHeaders(t *testing.T) {
	t.Parallel()
	d := double.NewDiscord(nil)
	d.AddWebhook("1", "token", false)
	url, client, _ := served(t, d)
	dc := channel.NewDiscord(url, client)
	var last notify.Result
	for range 5 {
		last = dc.Send(t.Context(), notify.Destination{Secret: "https://discord.com/api/webhooks/1/token"}, aMessage())
	}
	if last.Verdict != notify.Sent || last.Pause != 2*time.Second {
		t.Errorf("after the last of the bucket: %+v, want a pause of 2 s", last)
	}
}

func TestABanOfOurAddressPausesDiscordForEverybody(t *testing.T) {
	t.Parallel()
	d := double.NewDiscord(nil)
	d.AddWebhook("1", "token", false)
	d.AddWebhook("2", "token", false)
	url, client, _ := served(t, d)
	dc := channel.NewDiscord(url, client)
	d.Ban(time.Hour)
	if r := dc.Send(t.Context(), notify.Destination{Secret: "https://discord.com/api/webhooks/1/token"}, aMessage()); r.Verdict != notify.Limited || r.Code != "service_paused" || r.After != time.Hour {
		t.Errorf("the ban: %+v", r)
	}
	d.Ban(0)
	before := len(d.Box.Messages())
	if r := dc.Send(t.Context(), notify.Destination{Secret: "https://discord.com/api/webhooks/2/token"}, aMessage()); r.Verdict != notify.Limited || len(d.Box.Messages()) != before {
		t.Errorf("another tenant's: %+v, and a request was made", r)
	}
}

func TestManyBadAnswersPauseDiscordBeforeItBans(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	url, client, _ := served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.WriteHeader(http.StatusForbidden)
	}))
	dc := channel.NewDiscord(url, client)
	for range 300 {
		dc.Send(t.Context(), notify.Destination{Secret: "https://discord.com/api/webhooks/1/token"}, notify.Message{Title: "x"})
	}
	if n := requests.Load(); n != 200 {
		t.Errorf("%d requests were made, want 200: 10,000 bad answers ban the address", n)
	}
}

func TestSlacksRefusalsBreakTheChannel(t *testing.T) {
	t.Parallel()
	d := double.NewSlack(nil, "")
	d.AddBot(slackToken, "C012345")
	d.Now = ticking()
	url, client, _ := served(t, d)
	d.SetBase(url)
	s := channel.NewSlack(url+"/api", url, client)
	for _, code := range []string{"action_prohibited", "channel_is_archived", "no_service", "channel_not_found"} {
		d.Refuse(slackHook, code)
		if r := s.Send(t.Context(), notify.Destination{Secret: "https://hooks.slack.com/services/" + slackHook}, aMessage()); r.Verdict != notify.Broken || r.Code != code {
			t.Errorf("%s: %+v", code, r)
		}
	}
	bot := func(token, channel string) notify.Destination {
		return notify.Destination{Secret: token, Settings: atalaya.ChannelSettings{Channel: channel}}
	}
	for name, c := range map[string]struct {
		to   notify.Destination
		code string
	}{
		"an unknown token": {bot("xoxb-0000000000-x", "C012345"), "invalid_auth"}, "another channel": {bot(slackToken, "C999999"), "not_in_channel"},
		"a channel's name": {bot(slackToken, "#general"), "bad_address"}, "another host": {notify.Destination{Secret: "https://hooks.slack.com.evil.example/services/T0/B0/x"}, "bad_address"},
	} {
		if r := s.Send(t.Context(), c.to, aMessage()); r.Verdict != notify.Broken || r.Code != c.code {
			t.Errorf("%s: %+v, want %s", name, r, c.code)
		}
	}
}

func TestAFileThatSlackHasIsNotUploadedAgain(t *testing.T) {
	t.Parallel()
	d := double.NewSlack(nil, "")
	d.AddBot(slackToken, "C012345")
	d.Now = ticking()
	url, client, _ := served(t, d)
	d.SetBase(url)
	s := channel.NewSlack(url+"/api", url, client)
	to := notify.Destination{Secret: slackToken, Settings: atalaya.ChannelSettings{Channel: "C012345"}}
	m := aMessage()
	m.Picture = aPicture(8, 8)
	busy := func(r *http.Request) double.Fault {
		if strings.HasSuffix(r.URL.Path, "/files.completeUploadExternal") {
			return double.Busy
		}
		return double.None
	}
	d.Fault(busy)
	limited := s.Send(t.Context(), to, m)
	if limited.Verdict != notify.Limited || limited.ExternalID == "" {
		t.Fatalf("a busy channel: %+v", limited)
	}
	m.Left = limited.ExternalID
	if r := s.Send(t.Context(), to, m); r.Verdict != notify.Limited || r.ExternalID != m.Left {
		t.Errorf("a channel that is still busy: %+v", r)
	}
	d.Fault(nil)
	if r := s.Send(t.Context(), to, m); r.Verdict != notify.Sent || !r.Attached || d.Uploads() != 1 {
		t.Errorf("the retry after %d uploads: %+v", d.Uploads(), r)
	}
	d.ForgetUploads()
	if r := s.Send(t.Context(), to, m); r.Verdict != notify.Sent || !r.Attached || d.Uploads() != 2 {
		t.Errorf("a file that Slack has forgotten, after %d uploads: %+v", d.Uploads(), r)
	}
	if got := d.Box.Messages(); len(got) != 2 || string(got[1].Picture) != string(m.Picture.PNG) {
		t.Errorf("the messages are %+v", got)
	}
}

func TestAnUploadAddressOutsideSlackIsRefused(t *testing.T) {
	t.Parallel()
	d := double.NewSlack(nil, "http://169.254.169.254")
	d.AddBot(slackToken, "C012345")
	url, client, _ := served(t, d)
	m := aMessage()
	m.Picture = aPicture(8, 8)
	r := channel.NewSlack(url+"/api", url, client).Send(t.Context(), notify.Destination{Secret: slackToken, Settings: atalaya.ChannelSettings{Channel: "C012345"}}, m)
	if r.Verdict != notify.Retry || r.Code != "bad_answer" {
		t.Errorf("the result is %+v, want bad_answer", r)
	}
}

// receiver returns a receiver that checks signatures with the published library, and a channel to it.
func receiver(t *testing.T, secret string) (*double.Hook, *channel.Webhook) {
	t.Helper()
	d := double.NewHook(nil)
	library, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	d.Verify = library.Verify
	server := httptest.NewTLSServer(d)
	t.Cleanup(server.Close)
	return d, channel.NewWebhook(named(t, server), channel.CheckAddress)
}

func TestThePublishedLibraryAcceptsOurSignatures(t *testing.T) {
	t.Parallel()
	secret := channel.NewSecret()
	d, w := receiver(t, secret)
	to := notify.Destination{Secret: secret, Settings: atalaya.ChannelSettings{URL: "https://example.com/hook"}}
	if r := w.Send(t.Context(), to, aMessage()); r.Verdict != notify.Sent {
		t.Fatalf("the result is %+v, want it sent", r)
	}
	var got struct {
		Type string            `json:"type"`
		At   time.Time         `json:"timestamp"`
		Data map[string]string `json:"data"`
	}
	if err := json.Unmarshal([]byte(d.Box.Messages()[0].Text), &got); err != nil || got.Type != "signal.settled" || got.At.IsZero() || got.Data["ticker"] != "<b>&" {
		t.Errorf("the body is %+v: %v", got, err)
	}
	to.Secret = channel.NewSecret()
	if r := w.Send(t.Context(), to, aMessage()); r.Verdict != notify.Retry || r.Code != "http_401" {
		t.Errorf("another secret: %+v", r)
	}
}

func TestBothSecretsSignForADayAfterARotation(t *testing.T) {
	t.Parallel()
	old := channel.NewSecret()
	d, w := receiver(t, old)
	stored := channel.RotateSecret(old, time.Now())
	to := notify.Destination{Secret: stored, Settings: atalaya.ChannelSettings{URL: "https://example.com/hook"}}
	if r := w.Send(t.Context(), to, aMessage()); r.Verdict != notify.Sent {
		t.Errorf("the old secret within a day: %+v", r)
	}
	library, err := standardwebhooks.NewWebhook(strings.Fields(stored)[0])
	if err != nil {
		t.Fatal(err)
	}
	d.Verify = library.Verify
	if r := w.Send(t.Context(), to, aMessage()); r.Verdict != notify.Sent {
		t.Errorf("the new secret: %+v", r)
	}
	to.Secret = channel.RotateSecret(strings.Fields(stored)[0], time.Now().Add(-25*time.Hour))
	if r := w.Send(t.Context(), to, aMessage()); r.Verdict != notify.Retry {
		t.Errorf("the old secret after a day: %+v", r)
	}
}

func TestAWebhooksStatusDecidesTheVerdict(t *testing.T) {
	t.Parallel()
	secret := channel.NewSecret()
	d, w := receiver(t, secret)
	to := notify.Destination{Secret: secret, Settings: atalaya.ChannelSettings{URL: "https://example.com/hook"}}
	for status, want := range map[int]struct {
		verdict notify.Verdict
		code    string
	}{
		201: {notify.Sent, ""}, 301: {notify.Retry, "redirected"}, 400: {notify.Retry, "http_400"}, 410: {notify.Broken, "gone"},
		404: {notify.Retry, "http_404"}, 500: {notify.Retry, "http_500"}, 503: {notify.Retry, "http_503"},
	} {
		d.Status = status
		if r := w.Send(t.Context(), to, aMessage()); r.Verdict != want.verdict || r.Code != want.code {
			t.Errorf("%d: %+v", status, r)
		}
	}
}

func TestAnNtfyServerWithoutAttachmentsGetsTheText(t *testing.T) {
	t.Parallel()
	d := double.NewNtfy(nil)
	d.Attachments = false
	url, client, _ := served(t, d)
	m := aMessage()
	m.Picture, m.Link = aPicture(8, 8), "https://x.example/a.png"
	r := channel.NewNtfy(url, client, nil, channel.CheckAddress).Send(t.Context(), notify.Destination{Settings: atalaya.ChannelSettings{Topic: "alerts"}}, m)
	if got := d.Box.Messages(); r.Verdict != notify.Sent || r.Attached || len(got) != 1 || got[0].Picture != nil || got[0].Click != m.Link {
		t.Errorf("%+v: %+v", r, got)
	}
}

func TestATextTooLongForAnAddressIsSentWithoutThePicture(t *testing.T) {
	t.Parallel()
	d := double.NewNtfy(nil)
	url, client, _ := served(t, d)
	m := aMessage()
	m.Picture, m.Link, m.Note = aPicture(8, 8), "https://x.example/a.png", strings.Repeat("🚀", 900)
	r := channel.NewNtfy(url, client, nil, channel.CheckAddress).Send(t.Context(), notify.Destination{Settings: atalaya.ChannelSettings{Topic: "alerts"}}, m)
	if got := d.Box.Messages(); r.Verdict != notify.Sent || r.Attached || len(got) != 1 || got[0].Picture != nil || !strings.Contains(got[0].Text, "🚀") {
		t.Errorf("%+v: %+v", r, got)
	}
}

// ssrfTargets are addresses that the service must never call.
var ssrfTargets = []string{
	"http://example.com/hook", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://169.254.169.254/latest/meta-data/",
	"https://10.0.0.1/", "https://192.168.1.1/", "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://0177.0.0.1/", "https://localhost/", "https://internal/",
	"https://user:pass@example.com/", "https://example.com:8443/", "https://example.com:22/", "https://example.com@127.0.0.1/", "https://example.com\\@127.0.0.1/",
	"file:///etc/passwd", "gopher://example.com/", "https:example.com", "https:///path", "https://1.1.1.1/", "https://example.com/#x", "https://127.0.0.1.:443/", "https://%31%32%37.0.0.1/", "", "https://",
}

func TestUsersMayChooseOnlyHttpsAddressesWithAName(t *testing.T) {
	t.Parallel()
	for _, address := range ssrfTargets {
		if channel.CheckAddress(address) == nil {
			t.Errorf("%s is accepted", address)
		}
	}
	for _, address := range []string{"https://example.com/hook?a=b", "https://hooks.example.com:443/x", "https://xn--nxasmq6b.example/"} {
		if err := channel.CheckAddress(address); err != nil {
			t.Errorf("%s is refused: %v", address, err)
		}
	}
}

func TestNoConnectionIsMadeToAnAddressThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, address := range ssrfTargets {
		for _, c := range []notify.Channel{channel.NewWebhook(nil, channel.CheckAddress), channel.NewNtfy("", nil, nil, channel.CheckAddress)} { // a nil client cannot connect
			to := notify.Destination{Secret: channel.NewSecret(), Settings: atalaya.ChannelSettings{URL: address, Topic: "t"}}
			if r := c.Send(t.Context(), to, aMessage()); r.Verdict != notify.Broken || r.Code != "bad_address" {
				t.Errorf("%s: %+v", address, r)
			}
		}
	}
}

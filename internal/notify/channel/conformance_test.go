package channel_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"image"
	"image/color"
	"image/png"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/notify"
	"atalaya/internal/notify/channel"
	"atalaya/internal/notify/double"
)

// kind is one kind of channel with its double.
type kind struct {
	name    string
	channel notify.Channel
	to      notify.Destination
	secret  string // must be in no result
	box     *double.Box
	fault   func(double.Fault) // answers every later request
	stop    func()             // stops the double
	picture bool               // whether the picture is sent with the message
}

const (
	botToken   = "123456:s3cret-bot-token_abcdefghijklmnopqrst"
	hookToken  = "s3cret-webhook-token"
	slackHook  = "T0000/B0000/s3cretOfATestAndNoOther0"
	slackToken = "xoxb-1234567890-s3cret"
)

// kinds returns every kind, each with a double of its own.
func kinds(t *testing.T) []kind {
	t.Helper()
	return []kind{telegramKind(t), discordKind(t), slackHookKind(t), slackBotKind(t), webhookKind(t), ntfyKind(t), emailKind(t)}
}

// served serves a double until the test ends.
func served(t *testing.T, h http.Handler) (url string, client *channel.Client, stop func()) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	client = channel.NewClient((&net.Dialer{}).DialContext, nil)
	t.Cleanup(client.Close)
	return server.URL, client, server.Close
}

func always(f double.Fault) func(*http.Request) double.Fault {
	return func(*http.Request) double.Fault { return f }
}

func telegramKind(t *testing.T) kind {
	box := double.NewBox()
	d := double.NewTelegram(box)
	d.AddBot(botToken, "atalaya_bot")
	d.AddChat("4711")
	d.Now = ticking()
	url, client, stop := served(t, d)
	return kind{
		name: "telegram", channel: channel.NewTelegram(channel.TelegramOptions{URL: url, Client: client}), secret: botToken, picture: true,
		to:  notify.Destination{Secret: botToken, Settings: atalaya.ChannelSettings{ChatID: "4711"}},
		box: box, fault: func(f double.Fault) { d.Fault(always(f)) }, stop: stop,
	}
}

func discordKind(t *testing.T) kind {
	box := double.NewBox()
	d := double.NewDiscord(box)
	d.AddWebhook("42", hookToken, false)
	d.Now = ticking()
	url, client, stop := served(t, d)
	return kind{
		name: "discord", channel: channel.NewDiscord(url, client), secret: hookToken, picture: true,
		to:  notify.Destination{Secret: "https://discord.com/api/webhooks/42/" + hookToken},
		box: box, fault: func(f double.Fault) { d.Fault(always(f)) }, stop: stop,
	}
}

func slackHookKind(t *testing.T) kind {
	box := double.NewBox()
	d := double.NewSlack(box, "")
	d.AddWebhook(slackHook)
	d.Now = ticking()
	url, client, stop := served(t, d)
	return kind{
		name: "slack, incoming webhook", channel: channel.NewSlack(url+"/api", url, client), secret: "s3cretOfATestAndNoOther0",
		to:  notify.Destination{Secret: "https://hooks.slack.com/services/" + slackHook},
		box: box, fault: func(f double.Fault) { d.Fault(always(f)) }, stop: stop,
	}
}

func slackBotKind(t *testing.T) kind {
	box := double.NewBox()
	d := double.NewSlack(box, "")
	d.AddBot(slackToken, "C012345")
	d.Now = ticking()
	url, client, stop := served(t, d)
	d.SetBase(url)
	return kind{
		name: "slack, bot", channel: channel.NewSlack(url+"/api", url, client), secret: slackToken, picture: true,
		to:  notify.Destination{Secret: slackToken, Settings: atalaya.ChannelSettings{Channel: "C012345"}},
		box: box, stop: stop,
		fault: func(f double.Fault) {
			d.Fault(func(r *http.Request) double.Fault { // the steps before the last show nothing
				if strings.HasSuffix(r.URL.Path, "/files.getUploadURLExternal") || strings.HasPrefix(r.URL.Path, "/upload/") {
					return double.None
				}
				return f
			})
		},
	}
}

func webhookKind(t *testing.T) kind {
	box := double.NewBox()
	d := double.NewHook(box)
	server := httptest.NewTLSServer(d)
	t.Cleanup(server.Close)
	secret := channel.NewSecret()
	return kind{
		name: "webhook", channel: channel.NewWebhook(named(t, server), channel.CheckAddress), secret: secret,
		to:  notify.Destination{Secret: secret, Settings: atalaya.ChannelSettings{URL: "https://example.com/hook"}},
		box: box, fault: func(f double.Fault) { d.Fault(always(f)) }, stop: server.Close,
	}
}

// named returns a client that resolves every name to a server.
func named(t *testing.T, server *httptest.Server) *channel.Client {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	address := server.Listener.Addr().String()
	client := channel.NewClient(func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}, roots)
	t.Cleanup(client.Close)
	return client
}

func ntfyKind(t *testing.T) kind {
	box := double.NewBox()
	d := double.NewNtfy(box)
	d.Token = "tk_s3cret"
	url, client, stop := served(t, d)
	return kind{
		name: "ntfy", channel: channel.NewNtfy(url, client, nil, channel.CheckAddress), secret: "tk_s3cret", picture: true,
		to:  notify.Destination{Secret: "tk_s3cret", Settings: atalaya.ChannelSettings{Topic: "alerts"}},
		box: box, fault: func(f double.Fault) { d.Fault(always(f)) }, stop: stop,
	}
}

// ticking returns a clock that moves a second at each look, so that no limit is reached.
func ticking() func() time.Time {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	return func() time.Time { now = now.Add(10 * time.Second); return now }
}

// aPicture returns a picture of a size.
func aPicture(width, height int) *notify.Picture {
	img := image.NewGray(image.Rect(0, 0, width, height))
	for x := range width {
		img.SetGray(x, height/2, color.Gray{Y: uint8(x)})
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img)
	return &notify.Picture{PNG: b.Bytes(), Name: "chart.png", Width: width, Height: height}
}

// aMessage returns a message with what hostile alerts contain.
func aMessage() notify.Message {
	return notify.Message{
		ID: "0193a2c4-6e1c-7f0b-9d7e-2f1f6f0f7a11", Type: "signal.settled", Title: "🚨 New Trading Signal", Footer: "Signal #0193a2c4", At: time.Now(),
		Lines: []notify.Line{{Icon: "🔧", Value: "TEL2_B *x* [a](b) `c` ~d~"}, {Icon: "🪙", Label: "Ticker", Value: "<b>&\"'</b>"}, {Value: "@everyone @here <!channel> <@U1>"}, {Value: "שלום مرحبا"}},
		Data:  map[string]string{"ticker": "<b>&"},
	}
}

func TestEveryKindOfChannelKeepsTheContract(t *testing.T) {
	t.Parallel()
	for name, check := range map[string]func(*testing.T, kind){
		"delivers texts literally and pictures whole": checkDelivers, "fits the longest texts": checkFits, "a lost answer is an unknown outcome": checkLostAnswer,
		"a broken gateway is an unknown outcome": checkBadGateway, "a broken connection accepts nothing": checkReset, "a time to wait is read": checkBusy,
		"an unreachable service sends nothing": checkUnreachable, "an ended context sends nothing": checkEnded, "edits can be repeated": checkEdits,
	} {
		for _, k := range kinds(t) {
			t.Run(k.name+": "+name, func(t *testing.T) {
				t.Parallel()
				check(t, k)
			})
		}
	}
}

// send sends a message, and checks that the result holds no secret.
func send(t *testing.T, k kind, m notify.Message) notify.Result {
	t.Helper()
	r := k.channel.Send(t.Context(), k.to, m)
	if strings.Contains(r.Detail+r.Code, k.secret) || len([]rune(r.Detail)) > 260 {
		t.Errorf("the result holds a secret or too much: %q %q", r.Code, r.Detail)
	}
	return r
}

func checkDelivers(t *testing.T, k kind) {
	if err := k.channel.Check(k.to); err != nil {
		t.Errorf("a good destination: %v", err)
	}
	bad := notify.Destination{Settings: atalaya.ChannelSettings{Address: "x", URL: "x"}}
	if err := k.channel.Check(bad); err == nil {
		t.Error("an empty destination is accepted")
	}
	m := aMessage()
	m.Picture = aPicture(640, 360)
	r := send(t, k, m)
	if r.Verdict != notify.Sent {
		t.Fatalf("the result is %+v", r)
	}
	got := k.box.Messages()
	if len(got) != 1 {
		t.Fatalf("%d messages, want one", len(got))
	}
	if k.picture && (!r.Attached || !bytes.Equal(got[0].Picture, m.Picture.PNG)) {
		t.Errorf("the picture is not the one that was sent: attached %v, %d bytes", r.Attached, len(got[0].Picture))
	}
	if k.name == "webhook" {
		return // its own test checks its data
	}
	text := got[0].Title + "\n" + got[0].Text
	for _, line := range append(m.Lines, notify.Line{Value: m.Title}, notify.Line{Value: m.Footer}) {
		if !strings.Contains(text, line.Value) {
			t.Errorf("%q is not shown literally in\n%s", line.Value, text)
		}
	}
	if r.ExternalID == "" && k.channel.Traits().Edits {
		t.Error("the message has no id to edit it by")
	}
}

func checkFits(t *testing.T, k kind) {
	for name, value := range map[string]string{"emoji": strings.Repeat("👨‍👩‍👧‍👦", 4000), "markup": strings.Repeat("<*&_>", 4000), "lines": strings.Repeat("a\n", 3000)} {
		for _, picture := range []*notify.Picture{nil, aPicture(64, 64)} {
			m := aMessage()
			m.Lines[0].Value, m.Picture = value, picture
			if r := send(t, k, m); r.Verdict != notify.Sent {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
}

func checkLostAnswer(t *testing.T, k kind) {
	if k.fault == nil {
		return // told by the kind's own test
	}
	k.fault(double.LoseAnswer)
	if r := send(t, k, aMessage()); r.Verdict != notify.Unknown || len(k.box.Messages()) != 1 {
		t.Errorf("%+v with %d messages, want an unknown outcome and one message", r, len(k.box.Messages()))
	}
}

func checkBadGateway(t *testing.T, k kind) {
	if k.fault == nil {
		return // mail has no gateways
	}
	k.fault(double.BadGateway)
	want := notify.Unknown
	if k.channel.Traits().Breaks {
		want = notify.Retry // Standard Webhooks: slow down on 502
	}
	if r := send(t, k, aMessage()); r.Verdict != want {
		t.Errorf("%+v, want verdict %d", r, want)
	}
}

func checkReset(t *testing.T, k kind) {
	if k.fault == nil {
		return // told by the kind's own test
	}
	k.fault(double.Reset)
	if r := send(t, k, aMessage()); r.Verdict != notify.Retry && r.Verdict != notify.Unknown || len(k.box.Messages()) != 0 {
		t.Errorf("%+v with %d messages", r, len(k.box.Messages()))
	}
}

func checkBusy(t *testing.T, k kind) {
	if k.fault == nil {
		return // mail has no such answer
	}
	k.fault(double.Busy)
	r := send(t, k, aMessage())
	if r.Verdict != notify.Limited && !(k.channel.Traits().Breaks && r.Verdict == notify.Retry) || r.After <= 0 || len(k.box.Messages()) != 0 {
		t.Errorf("%+v with %d messages", r, len(k.box.Messages()))
	}
}

func checkUnreachable(t *testing.T, k kind) {
	k.stop()
	if r := send(t, k, aMessage()); r.Verdict != notify.Retry || r.Detail == "" {
		t.Errorf("%+v, want that nothing was sent and why", r)
	}
}

func checkEnded(t *testing.T, k kind) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := k.channel.Send(ctx, k.to, aMessage()); r.Verdict != notify.Retry || len(k.box.Messages()) != 0 {
		t.Errorf("%+v with %d messages", r, len(k.box.Messages()))
	}
}

func checkEdits(t *testing.T, k kind) {
	if !k.channel.Traits().Edits {
		if r := k.channel.Edit(t.Context(), k.to, "1", aMessage()); r.Verdict != notify.Refused {
			t.Errorf("a kind without edits says %+v", r)
		}
		return
	}
	m := aMessage()
	sent := send(t, k, m)
	m.Picture, m.Link = aPicture(640, 360), "https://x.example/a.png"
	for range 2 {
		if r := k.channel.Edit(t.Context(), k.to, sent.ExternalID, m); r.Verdict != notify.Sent || r.Code != "" {
			t.Fatalf("the edit says %+v", r)
		}
	}
	got := k.box.Messages()
	if k.picture && (len(got) != 1 || !bytes.Equal(got[0].Picture, m.Picture.PNG)) {
		t.Errorf("%d messages after the edit, the picture has %d bytes", len(got), len(got[0].Picture))
	}
	if !k.picture && len(got) != 2 {
		t.Errorf("%d messages, want the first and the settled one, once each", len(got))
	}
}

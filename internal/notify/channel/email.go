package channel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"atalaya"
	"atalaya/internal/notify"
)

const (
	// emailEvery is the least time between two mails about signals to one channel.
	emailEvery = 5 * time.Minute
	// emailRefusals is how many messages refused in a row break a channel.
	emailRefusals = 3
)

// Email sends through the operator's mail server.
type Email struct {
	server      *url.URL
	from        *netmail.Address
	unsubscribe func(atalaya.ChannelID) string
	dial        DialFunc
}

// EmailOptions are the operator's settings.
type EmailOptions struct {
	// URL is smtp://user:password@host:587, which demands STARTTLS unless the host is loopback, or
	// smtps://… for TLS from the start.
	URL  string
	From string // an address, with or without a name
	// Unsubscribe returns the address of RFC 8058's one-click request for a channel.
	Unsubscribe func(atalaya.ChannelID) string
	Dial        DialFunc // nil for the system's
}

// NewEmail makes the channel.
func NewEmail(o EmailOptions) (*Email, error) {
	server, err := url.Parse(o.URL)
	if err != nil || server.Hostname() == "" || server.Scheme != "smtp" && server.Scheme != "smtps" {
		return nil, errors.New("SMTP_URL has to look like smtp://user:password@mail.example.com:587 or smtps://…")
	}
	from, err := netmail.ParseAddress(o.From)
	if err != nil {
		return nil, errors.New("MAIL_FROM has to be an address such as Atalaya <alerts@example.com>")
	}
	return &Email{server: server, from: from, unsubscribe: o.Unsubscribe, dial: o.Dial}, nil
}

// Traits implements notify.Channel. A message keeps its Message-ID, so that mail programs drop a copy.
func (*Email) Traits() notify.Traits {
	return notify.Traits{Idempotent: true, Digests: true, Every: emailEvery, Shared: true, BreakAfter: emailRefusals}
}

// Check implements notify.Channel. Without an address the account's own is used.
func (*Email) Check(to notify.Destination) error {
	if to.Settings.Address == "" {
		return nil
	}
	if a, err := netmail.ParseAddress(to.Settings.Address); err != nil || a.Address != to.Settings.Address || len(a.Address) > 254 {
		return errors.New("address has to be a mail address such as ana@example.com")
	}
	return nil
}

// Edit implements notify.Channel; it is never asked.
func (*Email) Edit(context.Context, notify.Destination, string, notify.Message) notify.Result {
	return notify.Result{Verdict: notify.Refused, Code: "no_edits"}
}

// Send implements notify.Channel.
func (e *Email) Send(ctx context.Context, to notify.Destination, m notify.Message) notify.Result {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	message, err := e.message(to, m)
	if err != nil {
		return notify.Result{Verdict: notify.Broken, Code: "bad_address", Detail: "the address cannot receive mail"}
	}
	client, err := e.client()
	if err != nil {
		return notify.Result{Verdict: notify.Retry, Code: "mail_server", Detail: "the mail server's settings are wrong"}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return emailFailure(err, false)
	}
	defer func() { _ = client.Close() }()
	if err := client.Send(message); err != nil {
		return emailFailure(err, true)
	}
	return notify.Result{Verdict: notify.Sent, Attached: m.Picture != nil, ExternalID: strings.Trim(message.GetMessageID(), "<>")}
}

// Probe signs in to the mail server, and sends nothing.
func (e *Email) Probe(ctx context.Context) notify.Result {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	client, err := e.client()
	if err != nil {
		return notify.Result{Verdict: notify.Retry, Code: "mail_server", Detail: "the mail server's settings are wrong"}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return emailFailure(err, false)
	}
	_ = client.Close()
	return notify.Result{Verdict: notify.Sent}
}

// client returns a client for one connection. go-mail logs nothing unless it is asked to.
func (e *Email) client() (*mail.Client, error) {
	policy, auth := mail.TLSMandatory, mail.SMTPAuthAutoDiscover
	if loopback(e.server.Hostname()) {
		policy, auth = mail.TLSOpportunistic, mail.SMTPAuthPlain // which go-mail refuses to other hosts without TLS
	}
	options := []mail.Option{mail.WithTimeout(requestTimeout), mail.WithTLSPolicy(policy), mail.WithHELO(domainOf(e.from.Address))}
	port := 587
	if e.server.Scheme == "smtps" {
		port = 465
		options = append(options, mail.WithSSL())
	}
	if text := e.server.Port(); text != "" {
		port, _ = strconv.Atoi(text) // url.Parse has checked it
	}
	options = append(options, mail.WithPort(port))
	if e.dial != nil {
		options = append(options, mail.WithDialContextFunc(mail.DialContextFunc(e.dial)))
	}
	if user := e.server.User; user != nil {
		password, _ := user.Password()
		options = append(options, mail.WithSMTPAuth(auth), mail.WithUsername(user.Username()), mail.WithPassword(password))
	}
	return mail.NewClient(e.server.Hostname(), options...)
}

// message writes a mail. Its subject is ours alone: nothing of an alert enters a header.
func (e *Email) message(to notify.Destination, m notify.Message) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(e.from)
	if err := msg.To(to.Settings.Address); err != nil {
		return nil, err
	}
	msg.Subject(m.Title)
	msg.SetDate()
	msg.SetMessageIDWithValue(m.ID + "@" + domainOf(e.from.Address))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if e.unsubscribe != nil {
		msg.SetGenHeader(mail.HeaderListUnsubscribe, "<"+e.unsubscribe(to.ID)+">")
		msg.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Plain())
	msg.AddAlternativeString(mail.TypeTextHTML, emailHTML(m))
	if m.Picture != nil {
		if err := msg.EmbedReader("chart.png", bytes.NewReader(m.Picture.PNG), mail.WithFileContentID("chart"), mail.WithFileContentType("image/png")); err != nil {
			return nil, fmt.Errorf("embed the picture: %w", err)
		}
	}
	return msg, nil
}

// emailHTML renders a message for mail programs, which know little CSS.
func emailHTML(m notify.Message) string {
	body := m.Parts(func(role notify.Role, line notify.Line) string {
		text := html.EscapeString(line.Text())
		switch role {
		case notify.RoleTitle:
			return `<div style="font-size:18px;font-weight:600;margin:0 0 12px">` + text + `</div>`
		case notify.RoleMark:
			return `<div style="font-weight:600">` + text + `</div>`
		case notify.RoleLink:
			return `<div style="margin:12px 0">📸 <a href="` + html.EscapeString(line.Value) + `">` + html.EscapeString(line.Value) + `</a></div>`
		case notify.RoleNote, notify.RoleFooter:
			return `<div style="opacity:.7">` + text + `</div>`
		}
		return `<div dir="auto">` + text + `</div>`
	})
	picture := ""
	if m.Picture != nil {
		picture = `<img src="cid:chart" alt="" style="max-width:100%;height:auto;border-radius:8px;margin-top:12px">`
	}
	return `<!doctype html><html><head><meta name="color-scheme" content="light dark"></head><body style="font:15px/1.5 system-ui,sans-serif;margin:0;padding:20px">` +
		body + picture + `</body></html>`
}

// emailFailure classifies an error of the mail server. Anything unclear may be tried again: the copy
// has the same Message-ID.
func emailFailure(err error, dialled bool) notify.Result {
	var refused *mail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() >= 500 {
		return notify.Result{Verdict: notify.Refused, Code: "smtp_" + strconv.Itoa(refused.ErrorCode()), Detail: printable(strconv.Itoa(refused.ErrorCode()) + " " + refused.EnhancedStatusCode())}
	}
	if errors.As(err, &refused) && refused.ErrorCode() >= 400 {
		return notify.Result{Verdict: notify.Retry, Code: "smtp_" + strconv.Itoa(refused.ErrorCode()), Detail: strconv.Itoa(refused.ErrorCode())}
	}
	if !dialled {
		return notify.Result{Verdict: notify.Retry, Code: "mail_server", Detail: "the mail server cannot be reached, or refuses the settings"}
	}
	return notify.Result{Verdict: notify.Unknown, Code: "no_answer", Detail: "the mail server did not answer"}
}

func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

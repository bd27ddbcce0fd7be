package channel_test

import (
	"crypto/tls"
	"net/http/httptest"
	"strings"
	"testing"

	"atalaya"
	"atalaya/internal/notify"
	"atalaya/internal/notify/channel"
	"atalaya/internal/notify/double"
)

// mailChannel returns a mail server and the channel that sends through it.
func mailChannel(t *testing.T, config *tls.Config, credentials string) (*double.Mail, *channel.Email) {
	t.Helper()
	server, err := double.NewMail(double.NewBox(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	e, err := channel.NewEmail(channel.EmailOptions{
		URL: "smtp://" + credentials + server.Addr(), From: "Atalaya <alerts@example.com>",
		Unsubscribe: func(id atalaya.ChannelID) string { return "https://a.example/unsubscribe/" + string(id) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return server, e
}

func mailTo() notify.Destination {
	return notify.Destination{ID: "c1", Settings: atalaya.ChannelSettings{Address: "ana@example.com"}}
}

func emailKind(t *testing.T) kind {
	server, e := mailChannel(t, nil, "")
	return kind{name: "email", channel: e, secret: "s3cret", picture: true, to: mailTo(), box: server.Box, stop: server.Close}
}

func TestTheServersAnswerSaysWhetherAMailMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"MAIL", "RCPT", "DATA"} {
		for code, want := range map[int]notify.Verdict{451: notify.Retry, 550: notify.Refused} {
			server, e := mailChannel(t, nil, "")
			server.Refuse(command, code, "no s3cret today")
			if r := e.Send(t.Context(), mailTo(), aMessage()); r.Verdict != want || r.Code != "smtp_"+map[int]string{451: "451", 550: "550"}[code] {
				t.Errorf("%s answered %d: %+v", command, code, r)
			}
			server.Refuse(command, 0, "")
			if r := e.Send(t.Context(), mailTo(), aMessage()); r.Verdict != notify.Sent || len(server.Box.Messages()) != 1 {
				t.Errorf("afterwards: %+v", r)
			}
		}
	}
}

func TestAMailWhoseAnswerIsLostComesAgainUnderTheSameMessageID(t *testing.T) {
	t.Parallel()
	server, e := mailChannel(t, nil, "")
	server.LoseAnswers(1)
	if r := e.Send(t.Context(), mailTo(), aMessage()); r.Verdict != notify.Unknown {
		t.Errorf("a lost answer: %+v", r)
	}
	if r := e.Send(t.Context(), mailTo(), aMessage()); r.Verdict != notify.Sent {
		t.Errorf("the second: %+v", r)
	}
	if got := server.Box.Messages(); len(got) != 1 || server.Copies() != 1 || !strings.HasPrefix(got[0].ID, "<0193a2c4-6e1c-7f0b-9d7e-2f1f6f0f7a11@example.com>") {
		t.Errorf("%d messages and %d copies: %+v", len(got), server.Copies(), got)
	}
}

func TestCredentialsNeedTLSUnlessTheServerIsThisMachine(t *testing.T) {
	t.Parallel()
	server, e := mailChannel(t, nil, "user:s3cret@")
	server.Username, server.Password = "user", "s3cret"
	if r := e.Send(t.Context(), mailTo(), aMessage()); r.Verdict != notify.Sent {
		t.Errorf("on this machine: %+v", r)
	}
	// Any other server has to offer STARTTLS with a trusted certificate.
	certificate := httptest.NewUnstartedServer(nil)
	certificate.StartTLS()
	defer certificate.Close()
	server, e = mailChannel(t, &tls.Config{Certificates: certificate.TLS.Certificates}, "")
	if r := e.Send(t.Context(), mailTo(), aMessage()); r.Verdict != notify.Retry || r.Code != "mail_server" || len(server.Box.Messages()) != 0 {
		t.Errorf("a certificate that is not trusted: %+v", r)
	}
}

func TestNothingOfAnAlertEntersAHeader(t *testing.T) {
	t.Parallel()
	server, e := mailChannel(t, nil, "")
	m := aMessage()
	m.Title = "x\r\nBcc: evil@example.com"
	m.Lines[0].Value = "x\r\nBcc: evil@example.com"
	if r := e.Send(t.Context(), mailTo(), m); r.Verdict != notify.Sent { // the double refuses a Bcc
		t.Errorf("the result is %+v", r)
	}
	if got := server.Box.Messages(); len(got) != 1 || got[0].To != "ana@example.com" {
		t.Errorf("the messages are %+v", got)
	}
}

func TestImpossibleMailSettingsAreRefused(t *testing.T) {
	t.Parallel()
	for _, o := range []channel.EmailOptions{{URL: "http://x", From: "a@b.c"}, {URL: "smtp://", From: "a@b.c"}, {URL: "smtp://mail.example.com", From: "nobody"}} {
		if _, err := channel.NewEmail(o); err == nil {
			t.Errorf("NewEmail accepts %+v", o)
		}
	}
}

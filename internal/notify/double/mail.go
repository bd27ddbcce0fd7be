package double

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strings"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Mail is a mail server in this process.
type Mail struct {
	Box      *Box
	Username string // asked for together with Password; "" for none
	Password string

	mu       sync.Mutex
	fail     map[string]*smtp.SMTPError // command -> what it is answered with
	drop     int                        // messages after whose DATA the connection is lost
	seen     map[string]bool            // Message-IDs
	copies   int
	server   *smtp.Server
	listener net.Listener
}

// NewMail listens on a free port of 127.0.0.1 until Close. With a TLS configuration it offers STARTTLS,
// and takes no message without it.
func NewMail(box *Box, config *tls.Config) (*Mail, error) {
	m := &Mail{Box: box, fail: map[string]*smtp.SMTPError{}, seen: map[string]bool{}}
	m.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &mailSession{mail: m, conn: c}, nil }))
	m.server.Domain, m.server.TLSConfig, m.server.AllowInsecureAuth, m.server.MaxMessageBytes = "localhost", config, config == nil, 20<<20
	var err error
	if m.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	go func() { _ = m.server.Serve(m.listener) }()
	return m, nil
}

// Addr returns the server's address, "host:port".
func (m *Mail) Addr() string { return m.listener.Addr().String() }

// Close ends the server.
func (m *Mail) Close() { _ = m.server.Close() }

// Refuse answers a command (MAIL, RCPT or DATA) with a code from now on; 0 accepts it again.
func (m *Mail) Refuse(command string, code int, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if code == 0 {
		delete(m.fail, command)
		return
	}
	m.fail[command] = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: text}
}

// LoseAnswers closes the connection, without an answer, after each of the next n messages that are accepted.
func (m *Mail) LoseAnswers(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop = n
}

// Copies returns how many messages had a Message-ID that was there before: mail programs show those once.
func (m *Mail) Copies() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.copies
}

func (m *Mail) refusal(command string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.fail[command]; e != nil {
		return e
	}
	return nil
}

// mailSession is one connection.
type mailSession struct {
	mail   *Mail
	conn   *smtp.Conn
	to     string
	authed bool
}

// AuthMechanisms implements smtp.AuthSession.
func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth implements smtp.AuthSession.
func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != s.mail.Username || password != s.mail.Password {
			return smtp.ErrAuthFailed
		}
		s.authed = true
		return nil
	}), nil
}

// Mail implements smtp.Session.
func (s *mailSession) Mail(string, *smtp.MailOptions) error {
	if s.mail.Username != "" && !s.authed {
		return smtp.ErrAuthRequired
	}
	if _, secure := s.conn.TLSConnectionState(); s.mail.server.TLSConfig != nil && !secure {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Must issue a STARTTLS command first"}
	}
	return s.mail.refusal("MAIL")
}

// Rcpt implements smtp.Session.
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return s.mail.refusal("RCPT")
}

// Data implements smtp.Session.
func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.mail.refusal("DATA"); err != nil {
		return err
	}
	if err := s.mail.accept(s.to, raw); err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
	}
	s.mail.mu.Lock()
	lose := s.mail.drop > 0
	if lose {
		s.mail.drop--
	}
	s.mail.mu.Unlock()
	if lose {
		_ = s.conn.Conn().Close()
	}
	return nil
}

// Reset implements smtp.Session.
func (s *mailSession) Reset() { s.to = "" }

// Logout implements smtp.Session.
func (s *mailSession) Logout() error { return nil }

// accept reads a mail and keeps it once for each Message-ID.
func (m *Mail) accept(to string, raw []byte) error {
	mail, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return errors.New("malformed header")
	}
	for _, name := range []string{"Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"} {
		if len(mail.Header[textproto.CanonicalMIMEHeaderKey(name)]) != 1 {
			return errors.New("this server wants one header " + name)
		}
	}
	if len(mail.Header["Bcc"]) > 0 || len(mail.Header["Cc"]) > 0 {
		return errors.New("this server wants one receiver")
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(mail.Header.Get("Subject"))
	if err != nil {
		return errors.New("malformed subject")
	}
	id := mail.Header.Get("Message-ID")
	m.mu.Lock()
	copied := m.seen[id]
	m.seen[id] = true
	if copied {
		m.copies++
	}
	m.mu.Unlock()
	if copied {
		return nil
	}
	got := Message{Service: "email", To: to, ID: id, Title: subject}
	got.At, _ = mail.Header.Date()
	readMail(mail.Header.Get("Content-Type"), mail.Header.Get("Content-Transfer-Encoding"), mail.Body, &got)
	m.Box.put(got)
	return nil
}

// readMail finds the plain text and the picture of a mail.
func readMail(kind, encoding string, body io.Reader, into *Message) {
	media, parameters, err := mime.ParseMediaType(kind)
	if err != nil {
		return
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, parameters["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			readMail(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part, into)
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, _ := io.ReadAll(body)
	switch media {
	case "text/plain":
		into.Text = strings.ReplaceAll(string(content), "\r\n", "\n")
	case "image/png":
		into.Picture = content
	}
}

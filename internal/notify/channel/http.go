// Package channel sends notifications: one type for each service, behind notify.Channel. It makes
// requests and classifies their outcomes; it knows no rows, no order and no retries.
package channel

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"atalaya/internal/notify"
)

const (
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 16 << 10
	// maxDetail bounds, in characters, what a channel's owner is shown of an answer.
	maxDetail = 200
	// dialTimeout bounds look-up and connection, and again the TLS handshake. The request's own deadline holds too.
	dialTimeout = 10 * time.Second
	// requestTimeout is for services that people read; a picture may take a while to upload.
	requestTimeout = 30 * time.Second
	// webhookTimeout is the Standard Webhooks specification's.
	webhookTimeout = 15 * time.Second
)

// DialFunc connects to "host:port".
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Client makes requests. It follows no redirects and reports whether a request was written.
type Client struct {
	http    *http.Client
	refused func(error) string
}

// NewClient makes a client that connects with dial and trusts roots, or the system's if that is nil. A
// nil dial is the system's, through the proxy of the environment if there is one: for services whose
// addresses the operator sets.
func NewClient(dial DialFunc, roots *x509.CertPool) *Client {
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DialContext:     dial, TLSHandshakeTimeout: dialTimeout, MaxIdleConns: 64, MaxIdleConnsPerHost: 8,
		IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: maxAnswer, ForceAttemptHTTP2: true,
	}
	if dial == nil {
		transport.DialContext = (&net.Dialer{Timeout: dialTimeout}).DialContext
		transport.Proxy = http.ProxyFromEnvironment
	}
	return &Client{http: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// NewUserClient makes a client for addresses that users choose. guarded judges every connection and follows no
// redirect. refused returns why guarded refused a connection, "" for other errors. Its text may be shown to users;
// that of the error may not, since it names addresses of the operator's network.
func NewUserClient(guarded *http.Client, refused func(error) string) *Client {
	return &Client{http: guarded, refused: refused}
}

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// answer is a service's answer.
type answer struct {
	status int
	header http.Header
	body   []byte // at most maxAnswer
}

// do makes one request. failure is nil if there was an answer. A POST has no Idempotency-Key header: with it, Go's
// transport may send the request twice.
func (c *Client) do(ctx context.Context, method, address string, header http.Header, body []byte) (a answer, failure *notify.Result) {
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) { wrote.Store(info.Err == nil) },
	})
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return answer{}, &notify.Result{Verdict: notify.Refused, Code: "bad_address", Detail: "the address cannot be used"}
	}
	if header != nil {
		req.Header = header
	}
	req.Header.Set("User-Agent", "Atalaya")
	res, err := c.http.Do(req)
	if err != nil {
		if c.refused != nil {
			if reason := c.refused(err); reason != "" {
				return answer{}, &notify.Result{Verdict: notify.Retry, Code: "address_refused", Detail: "the address is not allowed: " + reason}
			}
		}
		return answer{}, unanswered(err, wrote.Load())
	}
	defer res.Body.Close()
	// The status decides; a body that breaks off only costs its details.
	text, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return answer{status: res.StatusCode, header: res.Header, body: text}, nil
}

// unanswered classifies a request without an answer.
func unanswered(err error, wrote bool) *notify.Result {
	if wrote {
		return &notify.Result{Verdict: notify.Unknown, Code: "no_answer", Detail: "the request was sent and not answered: " + printable(withoutURL(err).Error())}
	}
	return &notify.Result{Verdict: notify.Retry, Code: "unreachable", Detail: printable(withoutURL(err).Error())}
}

// withoutURL removes the URL from an error of package http, because it may hold a bot token or a webhook's secret.
func withoutURL(err error) error {
	var wrapped *url.Error
	for errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err
}

// verdictOf classifies a status for which the channel has no rule.
func verdictOf(status int) notify.Verdict {
	switch {
	case status/100 == 2:
		return notify.Sent
	case status == http.StatusTooManyRequests:
		return notify.Limited
	case status == http.StatusInternalServerError, status == http.StatusBadGateway, status == http.StatusGatewayTimeout:
		return notify.Unknown
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooEarly, status/100 == 3:
		return notify.Retry
	}
	return notify.Refused
}

// result makes a Result of a status, with the code http_<status>.
func (a answer) result() notify.Result {
	r := notify.Result{Verdict: verdictOf(a.status), Detail: a.detail()}
	switch r.Verdict {
	case notify.Sent:
		r.Detail = ""
	case notify.Limited:
		r.Code, r.After = "rate_limited", a.retryAfter()
	default:
		r.Code = "http_" + strconv.Itoa(a.status)
	}
	return r
}

// detail returns the status and the printable beginning of the answer.
func (a answer) detail() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.status, printable(string(a.body))))
}

// retryAfter reads the header Retry-After, in seconds or as a date; 0 if there is none.
func (a answer) retryAfter() time.Duration {
	text := a.header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 && seconds < 1e9 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// printable returns the first maxDetail characters of a text, with a blank for each that cannot be printed.
func printable(text string) string {
	kept := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(text, "?")))
	return string(kept[:min(len(kept), maxDetail)])
}

// jsonHeader is the header of a JSON body.
func jsonHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }

// mustJSON encodes a value that is known to have a JSON form.
func mustJSON(v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimSpace(b.Bytes())
}

// file is a part of a multipart body.
type file struct {
	field, name, kind string
	bytes             []byte
}

// multipartBody encodes fields, in the order of their names, and files.
func multipartBody(fields map[string]string, files ...file) (body []byte, header http.Header) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		_ = w.WriteField(name, fields[name]) // a buffer takes everything
	}
	for _, f := range files {
		part, _ := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {fmt.Sprintf(`form-data; name=%q; filename=%q`, f.field, f.name)}, "Content-Type": {f.kind},
		})
		_, _ = part.Write(f.bytes)
	}
	_ = w.Close()
	return b.Bytes(), http.Header{"Content-Type": {w.FormDataContentType()}}
}

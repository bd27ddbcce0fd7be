package app_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/test/testkit"
)

// line is a connection on which a test may send anything.
type line struct {
	t *testing.T
	net.Conn
	answers *bufio.Reader
}

func (s *service) dial(t *testing.T) *line {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.cfg.PublicURL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return &line{t, conn, bufio.NewReader(conn)}
}

// say sends a text. Errors are ignored: the server may have closed the connection.
func (l *line) say(text string) { _, _ = io.WriteString(l, text) }

// answer returns the status of the next answer, "closed", or "nothing" if none comes in time.
func (l *line) answer() string {
	l.t.Helper()
	res, err := http.ReadResponse(l.answers, nil)
	if err != nil {
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() { //nolint:errorlint // as net/http gives it
			return "nothing"
		}
		return "closed"
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return "closed"
	}
	return fmt.Sprint(res.StatusCode)
}

func TestMalformedRequestsAreRefusedOrCutOffAndDelayNoAlert(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	s := run(t, testkit.Settings(t, pool, nil))
	s.signUp(t, pool, atalaya.TVSession{})
	hook := strings.TrimPrefix(s.hook, s.cfg.PublicURL)
	head := "POST " + hook + " HTTP/1.1\r\nHost: x\r\n"
	alert := func(body string) string { return fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(body), body) }
	for name, tc := range map[string]struct {
		says string
		want []string
	}{
		"noise":                    {"\x16\x03\x01 what is this\r\n\r\n", []string{"400", "closed"}},
		"no host":                  {"POST " + hook + " HTTP/1.1\r\n\r\n", []string{"400", "closed"}},
		"headers that never end":   {head, []string{"closed"}},
		"a megabyte of headers":    {head + strings.Repeat("X-More: "+strings.Repeat("x", 1000)+"\r\n", 1000) + "\r\n", []string{"431", "closed"}},
		"a long request line":      {"POST " + hook + "?" + strings.Repeat("x", 100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", []string{"431", "closed"}},
		"two lengths":              {head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nalert", []string{"400", "closed"}},
		"a length that is none":    {head + "Content-Length: -1\r\n\r\n", []string{"400", "closed"}},
		"a chunk that is none":     {head + "Transfer-Encoding: chunked\r\n\r\nwhat\r\n", []string{"503", "closed"}},
		"less than was announced":  {head + "Content-Length: 100\r\n\r\nalert", []string{"503", "closed"}},
		"more than may be":         {head + "Content-Length: 999999999999\r\n\r\n", []string{"413", "closed"}},
		"an alert and noise":       {alert("BTCUSDT buy") + "what is this\r\n\r\n", []string{"200", "400", "closed"}},
		"two alerts in one breath": {alert("BTCUSDT buy") + alert("ETHUSDT sell"), []string{"200", "200"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := s.dial(t)
			go l.say(tc.says) // the server may never read it
			for i, want := range tc.want {
				if got := l.answer(); got != want && (got != "closed" || want == "200") { // a refusal may be lost with the connection
					t.Errorf("answer %d is %s, want %s", i, got, want)
				}
			}
			var r receipt
			s.get(t, http.MethodPost, s.hook, map[string]any{"ticker": "BINANCE:BTCUSDT", "price": name}, &r)
		})
	}
}

func TestABodyWithoutEndIsCutOff(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	s := run(t, testkit.Settings(t, pool, nil))
	s.signUp(t, pool, atalaya.TVSession{})
	l := s.dial(t)
	l.say("POST " + strings.TrimPrefix(s.hook, s.cfg.PublicURL) + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
	chunk, taken := "10000\r\n"+strings.Repeat("x", 1<<16)+"\r\n", 0
	for ; taken < 1000; taken++ {
		if _, err := io.WriteString(l, chunk); err != nil {
			break
		}
	}
	if taken > 500 { // the kernel buffers some
		t.Errorf("%d times 64 KiB were taken, want at most 500", taken)
	}
	if got := l.answer(); got != "413" && got != "closed" {
		t.Errorf("the answer is %s, want 413 or a closed connection", got)
	}
}

func TestSilentConnectionsDoNotKeepAlertsOut(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	s := run(t, testkit.Settings(t, pool, map[string]string{"MAX_CONNECTIONS": "8"}))
	s.signUp(t, pool, atalaya.TVSession{})
	var silent []*line
	for range 24 {
		silent = append(silent, s.dial(t))
	}
	// Those that were let in are cut off in time, and then the others have their turn.
	s.await(t, "an alert is taken in", func() bool {
		status, _, err := s.call(http.MethodPost, s.hook, map[string]any{"ticker": "BINANCE:BTCUSDT"})
		return err == nil && status == http.StatusOK
	})
	if got := silent[0].answer(); got != "closed" {
		t.Errorf("a silent connection gets %s", got)
	}
}

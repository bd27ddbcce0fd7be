package app_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"atalaya"
	"atalaya/internal/certificate/acmetest"
	"atalaya/internal/test/testkit"
)

func TestADomainOfItsOwnIsServedOnBothPortsAndTheWebhookIsNeverRedirected(t *testing.T) {
	t.Parallel()
	const domain = "signals.example.com"
	pool := testkit.Database(t)
	plain, secure := testkit.FreePort(t), testkit.FreePort(t)
	authority := acmetest.Start(t, number(t, plain), number(t, secure), 86400)
	cfg := testkit.Settings(t, pool, map[string]string{
		"DOMAIN": domain, "PUBLIC_URL": "", "JWT_ISSUER": "https://" + domain + "/auth/v1", "HTTP_PORT": plain, "HTTPS_PORT": secure,
		"CERTIFICATES_DIR": t.TempDir(), "ACME_DIRECTORY": authority.Directory, "ACME_ROOTS": authority.Roots,
		"TRADINGVIEW_URL": "http://127.0.0.1:1", // no picture is taken here
	})
	s := launch(t, cfg)
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.client.Transport = &http.Transport{ // the domain leads to this machine
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if address == domain+":443" {
				address = "127.0.0.1:" + secure
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
		TLSClientConfig: &tls.Config{RootCAs: authority.Issued, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
	}
	s.await(t, "the domain is served with its certificate", s.ready)
	s.signUp(t, pool, atalaya.TVSession{})
	if s.send(t).SignalID == "" { // by https, as in PUBLIC_URL
		t.Error("the alert has no signal")
	}
	open := "http://127.0.0.1:" + plain
	hook := open + strings.TrimPrefix(s.hook, cfg.PublicURL)
	for i, address := range []string{hook, strings.Replace(hook, "/webhook/", "//webhook//", 1) + "/"} {
		status, answer, err := s.call(http.MethodPost, address, map[string]any{"ticker": "BINANCE:ETHUSDT", "price": i})
		if err != nil || status != http.StatusOK || !bytes.Contains(answer, []byte("signal_id")) {
			t.Errorf("an alert by port 80 is answered %d %s %v", status, answer, err)
		}
	}
	for path, want := range map[string]struct {
		method, location string
		status           int
	}{
		"/app/?a=1":      {http.MethodGet, cfg.PublicURL + "/app/?a=1", http.StatusPermanentRedirect},
		"//evil.example": {http.MethodGet, cfg.PublicURL + "//evil.example", http.StatusPermanentRedirect},
		"/readyz":        {http.MethodGet, "", http.StatusOK},
		"/api/config":    {http.MethodGet, "", http.StatusForbidden}, // with an access token
		"/session":       {http.MethodPost, "", http.StatusForbidden},
	} {
		if status, location := s.answer(t, want.method, open+path); status != want.status || location != want.location {
			t.Errorf("%s %s by port 80: %d to %q, want %d to %q", want.method, path, status, location, want.status, want.location)
		}
	}
	if !strings.Contains(s.log.String(), "the certificate is there") {
		t.Error("the log does not say that the certificate is there")
	}
	s.stop(t)
}

// answer sends a request, to the API with the user's access token. It returns the status and where it redirects.
func (s *service) answer(t *testing.T, method, address string) (status int, location string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(req.URL.Path, "/api/") {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	res, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode, res.Header.Get("Location")
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

package netguard

import (
	"net/http"
	"time"
)

const (
	// maxAnswerHeader bounds the header of an answer, in bytes.
	maxAnswerHeader = 16 << 10
	// idleClientConnections bounds the connections that are kept for the next request.
	idleClientConnections = 16
)

// NewClient makes a client for URLs that users gave. The dialer's policy judges the URL of every request,
// and every address that its host resolves to. Redirects are not followed: the caller gets the 3xx.
// Certificates are verified, and proxies of the environment are ignored. timeout bounds a request
// including the reading of its response; the caller bounds how much it reads.
//
// The client's errors are of type *url.Error, whose text holds the URL and hence its secrets: unwrap them
// before they reach a log. errors.As finds a *Refusal in them.
func NewClient(dialer *Dialer, timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: guarded{dialer.policy, &http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    timeout,
			MaxResponseHeaderBytes: maxAnswerHeader,
			MaxIdleConns:           idleClientConnections,
			MaxIdleConnsPerHost:    1,
			IdleConnTimeout:        timeout,
			DisableCompression:     true,
		}},
	}
}

// guarded judges a request's URL before the transport sees it.
type guarded struct {
	policy Policy
	next   *http.Transport
}

// RoundTrip implements http.RoundTripper.
func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.policy.CheckURL(r.URL); err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	return g.next.RoundTrip(r)
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the transport.
func (g guarded) CloseIdleConnections() { g.next.CloseIdleConnections() }

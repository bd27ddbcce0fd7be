package netguard_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"atalaya/internal/netguard"
)

func userPolicy(t *testing.T, exempt ...string) netguard.Policy {
	t.Helper()
	p, err := netguard.UserPolicy(exempt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAUsersURLIsAPublicNameOverHTTPSOnPort443(t *testing.T) {
	t.Parallel()
	p := userPolicy(t)
	for text, want := range map[string]netguard.Reason{
		"https://hooks.example.com/a?b=c":       "",
		"https://example.com:443/":              "",
		"https://EXAMPLE.com./":                 "",
		"https://bücher.example.com/":           "",
		"http://example.com/":                   netguard.ReasonScheme,
		"ftp://example.com/":                    netguard.ReasonScheme,
		"file:///etc/passwd":                    netguard.ReasonScheme,
		"gopher://example.com:443/":             netguard.ReasonScheme,
		"//example.com/":                        netguard.ReasonScheme,
		"https://user@example.com/":             netguard.ReasonUserInfo,
		"https://user:word@example.com/":        netguard.ReasonUserInfo,
		"https://example.com:8443/":             netguard.ReasonPort,
		"https://example.com:80/":               netguard.ReasonPort,
		"https://example.com:0/":                netguard.ReasonPort,
		"https://1.1.1.1/":                      netguard.ReasonHost,
		"https://127.0.0.1/":                    netguard.ReasonHost,
		"https://127.1/":                        netguard.ReasonHost,
		"https://2130706433/":                   netguard.ReasonHost,
		"https://0x7f.0.0.1/":                   netguard.ReasonHost,
		"https://0177.0.0.1/":                   netguard.ReasonHost,
		"https://127.0.0.1./":                   netguard.ReasonHost,
		"https://[::1]/":                        netguard.ReasonHost,
		"https://[2606:4700::1111]/":            netguard.ReasonHost,
		"https://[::ffff:127.0.0.1]/":           netguard.ReasonHost,
		"https://[fe80::1%25eth0]/":             netguard.ReasonHost,
		"https://localhost/":                    netguard.ReasonHost,
		"https://localhost.localdomain/":        netguard.ReasonHost,
		"https://printer/":                      netguard.ReasonHost,
		"https://metadata.google.internal/":     netguard.ReasonHost,
		"https://kubernetes.default.svc/":       netguard.ReasonHost,
		"https://something.onion/":              "", // a name like any other; no resolver answers it
		"https://com/":                          netguard.ReasonHost,
		"https:///nothing":                      netguard.ReasonHost,
		"https://example.com%2eevil.internal/x": netguard.ReasonHost,
	} {
		u, err := url.Parse(text)
		if err != nil {
			continue // refused even earlier
		}
		if got := reason(p.CheckURL(u)); got != want {
			t.Errorf("CheckURL(%s): reason %q, want %q", text, got, want)
		}
	}
}

func TestAUsersNameIsJudgedByEveryAddressItResolvesTo(t *testing.T) {
	t.Parallel()
	p := userPolicy(t)
	for text, want := range map[string]netguard.Reason{
		"52.89.214.238":          "",
		"2606:4700::1111":        "",
		"::ffff:52.89.214.238":   "",
		"127.0.0.1":              netguard.ReasonAddress,
		"::1":                    netguard.ReasonAddress,
		"10.1.2.3":               netguard.ReasonAddress,
		"172.20.0.2":             netguard.ReasonAddress,
		"192.168.1.10":           netguard.ReasonAddress,
		"100.64.0.7":             netguard.ReasonAddress,
		"169.254.169.254":        netguard.ReasonAddress,
		"fe80::1":                netguard.ReasonAddress,
		"fd00:ec2::254":          netguard.ReasonAddress,
		"0.0.0.0":                netguard.ReasonAddress,
		"::":                     netguard.ReasonAddress,
		"::ffff:127.0.0.1":       netguard.ReasonAddress,
		"::ffff:169.254.169.254": netguard.ReasonAddress,
		"64:ff9b::7f00:1":        netguard.ReasonAddress,
		"2002:7f00:1::":          netguard.ReasonAddress,
		"224.0.0.1":              netguard.ReasonAddress,
	} {
		if got := reason(p.Judge("hooks.example.com", 443, netip.MustParseAddr(text))); got != want {
			t.Errorf("Judge(%s): reason %q, want %q", text, got, want)
		}
	}
}

// tlsSite answers as example.com over TLS at a loopback address, and counts the visits.
func tlsSite(t *testing.T, answer http.HandlerFunc) (port string, roots *x509.CertPool, visits *atomic.Int64) {
	t.Helper()
	visits = new(atomic.Int64)
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		visits.Add(1)
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	roots = x509.NewCertPool()
	roots.AddCert(s.Certificate())
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, roots, visits
}

func userClient(t *testing.T, resolver netguard.Resolver, exempt ...string) *http.Client {
	t.Helper()
	client := netguard.NewClient(netguard.NewDialer(userPolicy(t, exempt...), resolver), 10*time.Second)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func get(t *testing.T, client *http.Client, address string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err == nil {
		t.Cleanup(func() { response.Body.Close() })
	}
	return response, err
}

func TestANameThatResolvesInwardsIsNotDialled(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"} {
		answer := []netip.Addr{netip.MustParseAddr("52.89.214.238"), netip.MustParseAddr(addr)}
		client := userClient(t, names(func(string) []netip.Addr { return answer }))
		_, err := get(t, client, "https://hooks.example.com/")
		if reason(err) != netguard.ReasonAddress {
			t.Errorf("a name at %s ends with %v, want %s", addr, err, netguard.ReasonAddress)
		}
	}
}

// A name may be public when it is judged and private when it is dialled. So it is resolved only once per request.
func TestANameThatIsReboundGainsNothing(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	client := userClient(t, names(func(string) []netip.Addr {
		if asked.Add(1) == 1 {
			return []netip.Addr{netip.MustParseAddr("2606:4700::1111")}
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	}))
	client.Timeout = 300 * time.Millisecond // an answer of the public address is not needed
	_, err := get(t, client, "https://rebind.example.com/")
	if err == nil || asked.Load() != 1 {
		t.Fatalf("the name was looked up %d times for one request (%v)", asked.Load(), err)
	}
	if _, err = get(t, client, "https://rebind.example.com/"); reason(err) != netguard.ReasonAddress {
		t.Fatalf("the second request ends with %v", err)
	}
}

func TestAnExemptHostIsReachedAtAPrivateAddress(t *testing.T) {
	t.Parallel()
	s, visits := site(t)
	host := strings.TrimPrefix(s.URL, "http://")
	response, err := get(t, userClient(t, nil, host), s.URL+"/hook")
	if err != nil || response.StatusCode != http.StatusOK || visits.Load() != 1 {
		t.Fatalf("an exempt host: %v, %d visits", err, visits.Load())
	}
	if _, err := get(t, userClient(t, nil, "127.0.0.1:1"), s.URL); reason(err) == "" || visits.Load() != 1 {
		t.Fatalf("the exemption of one port opened another: %v", err)
	}
	for _, text := range []string{"", "http://127.0.0.1", "a b", "user@host", "host:0", "host:port"} {
		if _, err := netguard.UserPolicy([]string{text}); err == nil {
			t.Errorf("the exempt host %q is accepted", text)
		}
	}
}

func TestARedirectIsReturnedAndNotFollowed(t *testing.T) {
	t.Parallel()
	inner, visits := site(t)
	outer := httptest.NewServer(http.RedirectHandler(inner.URL, http.StatusTemporaryRedirect))
	t.Cleanup(outer.Close)
	exempt := []string{strings.TrimPrefix(outer.URL, "http://"), strings.TrimPrefix(inner.URL, "http://")}
	response, err := get(t, userClient(t, nil, exempt...), outer.URL)
	if err != nil || response.StatusCode != http.StatusTemporaryRedirect || visits.Load() != 0 {
		t.Fatalf("redirected: %v, %d visits behind it", err, visits.Load())
	}
}

func TestACertificateOfAnUnknownAuthorityIsRefused(t *testing.T) {
	t.Parallel()
	port, roots, visits := tlsSite(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	resolver := names(func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} })
	client := userClient(t, resolver, "example.com:"+port)
	var unknown x509.UnknownAuthorityError
	if _, err := get(t, client, "https://example.com:"+port); !errors.As(err, &unknown) || visits.Load() != 0 {
		t.Fatalf("an unknown authority ends with %v", err)
	}
	// A client that knows the authority reaches the server, so the certificate was the reason.
	conn, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

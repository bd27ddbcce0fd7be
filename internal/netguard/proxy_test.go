package netguard_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"atalaya/internal/netguard"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// names is a resolver that is a function, which may change its answers.
type names func(host string) []netip.Addr

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if addrs := n(host); addrs != nil {
		return addrs, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func started(t *testing.T, p netguard.Policy, r netguard.Resolver) *netguard.Proxy {
	t.Helper()
	proxy := netguard.NewProxy(netguard.NewDialer(p, r), slog.New(slog.DiscardHandler))
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	return proxy
}

// site starts a server that says hello, and counts the visits.
func site(t *testing.T) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var visits atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		visits.Add(1)
		fmt.Fprintf(w, "hello %s%s", r.Host, r.Header.Get("X-Forwarded-For"))
	}))
	t.Cleanup(s.Close)
	return s, &visits
}

func through(t *testing.T, proxy *netguard.Proxy) *http.Client {
	t.Helper()
	transport := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: proxy.Addr()})}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// connect sends CONNECT. It returns the connection and the status of the answer.
func connect(t *testing.T, proxy *netguard.Proxy, target string) (net.Conn, *bufio.Reader, int) {
	t.Helper()
	conn, err := net.Dial("tcp", proxy.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, target)
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, &http.Request{Method: http.MethodConnect})
	if err != nil {
		t.Fatal(err)
	}
	return conn, r, resp.StatusCode
}

func TestTheProxyServesTheSiteAndRefusesItsNeighbours(t *testing.T) {
	t.Parallel()
	allowed, _ := site(t)
	neighbour, visits := site(t)
	proxy := started(t, policy(t, allowed.URL), nil)
	client := through(t, proxy)

	resp, err := client.Get(allowed.URL + "/x")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if want := "hello " + strings.TrimPrefix(allowed.URL, "http://"); string(body) != want {
		t.Errorf("body %q, want %q: nothing added, nothing lost", body, want)
	}

	resp, err = client.Get(neighbour.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("status %d for the neighbour, want 403", resp.StatusCode)
	}
	if _, _, status := connect(t, proxy, strings.TrimPrefix(neighbour.URL, "http://")); status != http.StatusForbidden {
		t.Errorf("status %d for CONNECT to the neighbour, want 403", status)
	}
	if visits.Load() != 0 {
		t.Error("the neighbour was reached")
	}
	if got := proxy.Refusals()[netguard.ReasonHost]; got != 2 {
		t.Errorf("%d refusals counted, want 2", got)
	}
}

func TestATunnelCarriesBytesBothWaysUntilOneSideEnds(t *testing.T) {
	t.Parallel()
	allowed, _ := site(t)
	proxy := started(t, policy(t, allowed.URL), nil)
	host := strings.TrimPrefix(allowed.URL, "http://")
	conn, r, status := connect(t, proxy, host)
	if status != http.StatusOK {
		t.Fatalf("status %d, want 200", status)
	}
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host)
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != "hello "+host {
		t.Errorf("body %q, %v", body, err)
	}
	if _, err := r.ReadByte(); err != io.EOF {
		t.Errorf("the tunnel stays open after its site hung up: %v", err)
	}
}

func TestStopEndsOpenTunnels(t *testing.T) {
	t.Parallel()
	allowed, _ := site(t)
	proxy := started(t, policy(t, allowed.URL), nil)
	_, r, status := connect(t, proxy, strings.TrimPrefix(allowed.URL, "http://"))
	if status != http.StatusOK {
		t.Fatalf("status %d, want 200", status)
	}
	proxy.Stop()
	proxy.Stop()
	if _, err := r.ReadByte(); err == nil {
		t.Error("the tunnel outlives the proxy")
	}
	if _, err := net.Dial("tcp", proxy.Addr()); err == nil {
		t.Error("the proxy still listens")
	}
}

func TestAPublicNameThatResolvesToAPrivateAddressIsRefused(t *testing.T) {
	t.Parallel()
	_, visits := site(t)
	pub, loop := netip.MustParseAddr("52.89.214.238"), netip.MustParseAddr("127.0.0.1")
	proxy := started(t, policy(t, "https://www.tradingview.com"), names(func(host string) []netip.Addr {
		switch host {
		case "rebound.tradingview.com":
			return []netip.Addr{loop}
		case "mixed.tradingview.com":
			return []netip.Addr{pub, netip.MustParseAddr("::ffff:169.254.169.254")}
		}
		return nil
	}))
	for host, want := range map[string]int{
		"rebound.tradingview.com:443": http.StatusForbidden,
		"mixed.tradingview.com:443":   http.StatusForbidden,
		"absent.tradingview.com:443":  http.StatusBadGateway,
	} {
		if _, _, status := connect(t, proxy, host); status != want {
			t.Errorf("status %d for %s, want %d", status, host, want)
		}
	}
	if got := proxy.Refusals()[netguard.ReasonAddress]; got != 2 {
		t.Errorf("%d refusals counted, want 2", got)
	}
	if visits.Load() != 0 {
		t.Error("the loopback was reached")
	}
}

func TestANameIsResolvedOnceAndTheJudgedAddressIsDialled(t *testing.T) {
	t.Parallel()
	s, visits := site(t)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	var lookups atomic.Int64
	dialer := netguard.NewDialer(policy(t, "http://chartsite:"+port), names(func(string) []netip.Addr {
		if lookups.Add(1) > 1 {
			return []netip.Addr{netip.MustParseAddr("192.0.2.1")}
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	}))
	conn, err := dialer.DialContext(t.Context(), "tcp", "chartsite:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.0\r\n\r\n")
	if _, err := io.ReadAll(conn); err != nil {
		t.Fatal(err)
	}
	if lookups.Load() != 1 || visits.Load() != 1 {
		t.Errorf("%d look-ups, %d visits; want 1 and 1", lookups.Load(), visits.Load())
	}
}

func TestARequestWithoutATargetIsRefused(t *testing.T) {
	t.Parallel()
	allowed, visits := site(t)
	proxy := started(t, policy(t, allowed.URL), nil)
	resp, err := http.Get("http://" + proxy.Addr() + "/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if resp.StatusCode != http.StatusBadRequest || visits.Load() != 0 {
		t.Errorf("status %d, %d visits; want 400 and none", resp.StatusCode, visits.Load())
	}
}

func TestTheProxyRemembersWhyAHostCouldNotBeReachedUntilItCan(t *testing.T) {
	t.Parallel()
	server, _ := site(t)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := netguard.SitePolicy(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	proxy := started(t, policy, nil)
	listener := server.Listener.Addr().String()
	server.Close()
	client := through(t, proxy)
	ask := func() {
		if res, err := client.Get(address.String()); err == nil {
			res.Body.Close()
		}
	}
	if reason := proxy.LastFailure(address); reason != nil {
		t.Errorf("before the first try: %v", reason)
	}
	ask()
	if reason := proxy.LastFailure(address); reason == nil || !strings.Contains(reason.Error(), "connection refused") {
		t.Errorf("while nothing listens: %v", reason)
	}
	back, err := net.Listen("tcp", listener)
	if err != nil {
		t.Fatal(err)
	}
	again := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	go func() { _ = again.Serve(back) }()
	t.Cleanup(func() { _ = again.Close() })
	ask()
	if reason := proxy.LastFailure(address); reason != nil {
		t.Errorf("when it listens again: %v", reason)
	}
}

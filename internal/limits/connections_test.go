package limits_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"atalaya/internal/limits"
)

// door is a server with Connections. /alert is the webhook's path. /wait is answered once leave is closed.
type door struct {
	*limits.Connections
	address string
	entered chan struct{}
	leave   chan struct{}
}

func openDoor(t *testing.T, opt limits.ConnectionOptions) *door {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{limits.NewConnections(opt), listener.Addr().String(), make(chan struct{}, 100), make(chan struct{})}
	server := &http.Server{
		ReadHeaderTimeout: time.Minute, ConnContext: d.Context, ConnState: d.State,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/alert" {
				limits.Alert(r.Context())
			}
			d.entered <- struct{}{}
			if r.URL.Query().Has("wait") {
				select {
				case <-d.leave:
				case <-r.Context().Done():
				}
			}
			_, _ = io.WriteString(w, "served")
		}),
	}
	go func() { _ = server.Serve(d.Listen(listener)) }()
	t.Cleanup(func() { _ = server.Close() })
	return d
}

// peer is one connection to the door.
type peer struct {
	net.Conn
	answers *bufio.Reader
}

func (d *door) from(t *testing.T, address string) *peer {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	conn, err := dialer.DialContext(t.Context(), "tcp", d.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	return &peer{conn, bufio.NewReader(conn)}
}

func (p *peer) ask(path string) { fmt.Fprintf(p, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path) }

// served reports whether an answer comes before the connection ends.
func (p *peer) served() bool {
	res, err := http.ReadResponse(p.answers, nil)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil
}

func TestAnAddressHoldsItsShareOfTheConnections(t *testing.T) {
	t.Parallel()
	d := openDoor(t, limits.ConnectionOptions{All: 100, OfAddress: 3})
	for range 3 {
		p := d.from(t, "127.0.0.2")
		p.ask("/?wait")
		<-d.entered
	}
	fourth := d.from(t, "127.0.0.2")
	fourth.ask("/")
	if fourth.served() {
		t.Error("a fourth request of an address is served although three may be under way")
	}
	other := d.from(t, "127.0.0.3")
	other.ask("/")
	if !other.served() {
		t.Error("another address is not served")
	}
	close(d.leave)
}

func TestAnIdleConnectionOfAnAddressGivesWayToANewOne(t *testing.T) {
	t.Parallel()
	d := openDoor(t, limits.ConnectionOptions{All: 100, OfAddress: 2})
	first, second := d.from(t, "127.0.0.2"), d.from(t, "127.0.0.2")
	for _, p := range []*peer{first, second} {
		p.ask("/")
		if !p.served() {
			t.Fatal("not served")
		}
	}
	third := d.from(t, "127.0.0.2")
	third.ask("/")
	if !third.served() {
		t.Error("a browser's own open connections keep it out")
	}
	if first.served() { // it has been idle longest
		t.Error("the idle connection is still open")
	}
}

func TestAnExemptAddressIsBoundedOnlyByTheTotal(t *testing.T) {
	t.Parallel()
	d := openDoor(t, limits.ConnectionOptions{All: 10, OfAddress: 1, Exempt: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	for range 5 {
		p := d.from(t, "127.0.0.2")
		p.ask("/?wait")
		<-d.entered
	}
	close(d.leave)
}

func TestSilentConnectionsOfManyAddressesKeepNoAlertOut(t *testing.T) {
	t.Parallel()
	d := openDoor(t, limits.ConnectionOptions{All: 8, OfAddress: 4})
	for i := range 24 {
		d.from(t, fmt.Sprintf("127.0.1.%d", 1+i))
	}
	alert := d.from(t, "127.0.0.3")
	alert.ask("/alert")
	if !alert.served() {
		t.Error("the alert is not served")
	}
}

func TestOtherRequestsGiveWayToAlertsAndAlertsToNothing(t *testing.T) {
	t.Parallel()
	d := openDoor(t, limits.ConnectionOptions{All: 3, OfAddress: 3})
	slow := d.from(t, "127.0.0.2")
	slow.ask("/?wait")
	<-d.entered
	var held []*peer
	for range 3 {
		p := d.from(t, "127.0.0.3")
		p.ask("/alert?wait")
		<-d.entered
		held = append(held, p)
	}
	if slow.served() {
		t.Error("a request that can be repeated kept its place")
	}
	late := d.from(t, "127.0.0.4")
	late.ask("/")
	if late.served() {
		t.Error("an alert gave way to another request")
	}
	close(d.leave)
	for _, p := range held {
		if !p.served() {
			t.Error("an alert was cut off")
		}
	}
	if open := d.Open(); open > 3 {
		t.Errorf("%d connections are counted", open)
	}
}

package chartsite

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Canary is an address that no page may reach. It answers every request as openly as it can, and records
// it: a single hit means that a page escaped. It listens to TCP, HTTP and UDP on one port of the loopback.
type Canary struct {
	address string
	server  *http.Server
	packets net.PacketConn
	done    sync.WaitGroup

	mu   sync.Mutex
	hits []string
}

// StartCanary starts a Canary on a free port. It listens until Stop.
func StartCanary() (*Canary, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("the canary cannot listen: %w", err)
	}
	packets, err := net.ListenPacket("udp4", listener.Addr().String())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the canary cannot listen for datagrams: %w", err), listener.Close())
	}
	c := &Canary{address: listener.Addr().String(), packets: packets}
	c.server = &http.Server{
		Handler:           http.HandlerFunc(c.answer),
		ReadHeaderTimeout: 5 * time.Second,
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				c.hit("tcp")
			}
		},
	}
	c.done.Go(func() { _ = c.server.Serve(listener) }) // always ends with ErrServerClosed, by Stop
	c.done.Go(c.readPackets)
	return c, nil
}

// Addr returns the host:port for Options.Canary.
func (c *Canary) Addr() string { return c.address }

// Hits returns what has reached the canary, each kind once: "tcp" for any connection, "udp" for any datagram, and
// method and path of each request. The paths that the hostile page requests name the way it tried. At most
// 1,000 kinds are recorded.
func (c *Canary) Hits() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.hits)
}

// Stop ends the canary and all of its connections.
func (c *Canary) Stop() {
	_ = c.server.Close() // both only say that something was closed already
	_ = c.packets.Close()
	c.done.Wait()
}

// maxHits bounds the record, because a page could request any number of paths.
const maxHits = 1000

func (c *Canary) hit(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.hits) < maxHits && !slices.Contains(c.hits, what) {
		c.hits = append(c.hits, what)
	}
}

func (c *Canary) readPackets() {
	buffer := make([]byte, 2048)
	for {
		if _, _, err := c.packets.ReadFrom(buffer); err != nil {
			return // closed
		}
		c.hit("udp")
	}
}

// answer tells any page that it got through, with headers that let the page read the answer.
func (c *Canary) answer(w http.ResponseWriter, r *http.Request) {
	c.hit(r.Method + " " + r.URL.Path)
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Private-Network", "true")
	way := strconv.Quote(r.URL.Path)
	switch r.URL.Path {
	case "/image":
		h.Set("Content-Type", "image/svg+xml")
		fmt.Fprint(w, `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`)
	case "/script":
		h.Set("Content-Type", "text/javascript")
		fmt.Fprintf(w, `window.__escapes.push(%s)`, way)
	case "/events":
		h.Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "data: canary\n\n")
	case "/fetch", "/worker":
		h.Set("Content-Type", "text/plain")
		fmt.Fprint(w, "canary")
	default:
		h.Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<script>(opener ?? parent).postMessage(%s, "*")</script>`, way)
	}
}

package limits

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// ConnectionOptions are the bounds of Connections.
type ConnectionOptions struct {
	All       int // open at the same time
	OfAddress int // open from one address (one /64 in IPv6)
	// Exempt are the networks whose connections are bounded by All alone: the operator's own proxies.
	Exempt []netip.Prefix
}

// Connections bounds the open connections of a server, so that no address and no kind of request takes
// all of them. If there is no room, it closes an idle connection, else one that serves no alert, of the
// address that holds most. Safe for concurrent use.
//
// An http.Server needs all three of its hooks: Listen wraps the listener, Context is the ConnContext, and
// State is the ConnState.
type Connections struct {
	opt ConnectionOptions
	now func() time.Time

	mu   sync.Mutex
	open map[net.Conn]*connection
	of   map[netip.Prefix]int
}

// rank is what a connection does. A connection of a lower rank is closed first.
type rank int

const (
	idle    rank = iota // no request was read yet, or none after the last answer
	serving             // a request that can be asked again
	alerts              // a request of the webhook, which may be lost for ever
)

// connection is an open connection.
type connection struct {
	from  netip.Prefix
	rank  rank
	since time.Time // when it got its rank
}

// NewConnections makes Connections.
func NewConnections(opt ConnectionOptions) *Connections {
	return &Connections{opt: opt, now: time.Now, open: map[net.Conn]*connection{}, of: map[netip.Prefix]int{}}
}

// Listen returns a listener that admits connections of inner within the bounds and closes the others at once.
func (c *Connections) Listen(inner net.Listener) net.Listener { return &bounded{inner, c} }

type bounded struct {
	net.Listener
	connections *Connections
}

// Accept implements net.Listener.
func (b *bounded) Accept() (net.Conn, error) {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if b.connections.admit(conn) {
			return conn, nil
		}
		conn.Close()
	}
}

// admit counts a connection and returns true if there is room, or if closing another one makes room.
func (c *Connections) admit(conn net.Conn) bool {
	from := network(addressOf(conn))
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.exempt(from) && c.of[from] >= c.opt.OfAddress && !c.end(func(o *connection) bool { return o.from == from && o.rank == idle }) {
		return false
	}
	if len(c.open) >= c.opt.All && !c.end(func(o *connection) bool { return o.rank < alerts }) {
		return false
	}
	c.open[conn] = &connection{from: from, since: c.now()}
	c.of[from]++
	return true
}

// end closes one of the connections for which may returns true, and returns false if there is none. It
// picks the lowest rank, then the address with the most connections, then the longest in its rank.
func (c *Connections) end(may func(*connection) bool) bool {
	var last net.Conn
	for conn, o := range c.open {
		if may(o) && (last == nil || c.goesBefore(o, c.open[last])) {
			last = conn
		}
	}
	if last == nil {
		return false
	}
	c.forget(last)
	last.Close()
	return true
}

func (c *Connections) goesBefore(a, b *connection) bool {
	if a.rank != b.rank {
		return a.rank < b.rank
	}
	if c.of[a.from] != c.of[b.from] {
		return c.of[a.from] > c.of[b.from]
	}
	return a.since.Before(b.since)
}

func (c *Connections) forget(conn net.Conn) {
	o := c.open[conn]
	if o == nil {
		return
	}
	delete(c.open, conn)
	if c.of[o.from]--; c.of[o.from] == 0 {
		delete(c.of, o.from)
	}
}

func (c *Connections) exempt(from netip.Prefix) bool {
	for _, p := range c.opt.Exempt {
		if p.Contains(from.Addr()) {
			return true
		}
	}
	return false
}

// State records what a connection does. It is the server's ConnState.
func (c *Connections) State(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateActive:
		c.set(conn, serving)
	case http.StateIdle:
		c.set(conn, idle)
	case http.StateClosed:
		c.forget(admitted(conn))
	case http.StateNew, http.StateHijacked: // nothing here hijacks
	}
}

func (c *Connections) set(conn net.Conn, r rank) {
	if o := c.open[admitted(conn)]; o != nil {
		o.rank, o.since = r, c.now()
	}
}

type connectionKey struct{}

// Context returns a context in which Alert finds the connection. It is the server's ConnContext.
func (c *Connections) Context(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.set(conn, alerts)
	})
}

// Alert marks the request of ctx as one that brings an alert: its connection is not closed to make room
// until the request is answered. Outside of a server with Connections it does nothing.
func Alert(ctx context.Context) {
	if mark, ok := ctx.Value(connectionKey{}).(func()); ok {
		mark()
	}
}

// Open returns how many connections are open.
func (c *Connections) Open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open)
}

// admitted returns the connection that Accept returned: a server with TLS tells of another, which wraps it.
func admitted(conn net.Conn) net.Conn {
	if wrapped, ok := conn.(*tls.Conn); ok {
		return wrapped.NetConn()
	}
	return conn
}

// addressOf returns the peer's address, or the zero Addr if it has none.
func addressOf(conn net.Conn) netip.Addr {
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

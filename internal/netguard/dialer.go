package netguard

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"
)

// dialTimeout bounds the attempt at one address; the caller's context bounds the whole.
const dialTimeout = 10 * time.Second

// Resolver looks a host name up. *net.Resolver is one.
type Resolver interface {
	// LookupNetIP returns the addresses of host; network is "ip", for both families.
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Dialer connects only to what its policy allows. Its DialContext fits an http.Transport.
type Dialer struct {
	policy   Policy
	resolver Resolver
}

// NewDialer makes a Dialer. A nil resolver means the system's.
func NewDialer(policy Policy, resolver Resolver) *Dialer {
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	return &Dialer{policy: policy, resolver: resolver}
}

// DialContext connects to address, a "host:port", over TCP. If the policy refuses it, the error is a
// *Refusal and nothing is dialled. One address that is not public refuses all addresses of the name, since
// a public name has no reason to have one.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := splitHostPort(address)
	if err != nil {
		return nil, err
	}
	if err := d.policy.CheckHost(host, port); err != nil {
		return nil, err
	}
	addrs, err := d.resolve(ctx, host)
	if err != nil {
		return nil, fmt.Errorf("look up %q: %w", host, err)
	}
	for _, addr := range addrs {
		if err := d.policy.Judge(host, port, addr); err != nil {
			return nil, err
		}
	}
	// The judged address is dialled, never the name, which might resolve to another one.
	dialer := net.Dialer{Timeout: dialTimeout}
	var lastErr error
	for _, addr := range addrs {
		conn, err := dialer.DialContext(ctx, network, netip.AddrPortFrom(addr, port).String())
		if err == nil {
			return conn, nil
		}
		lastErr = err
	}
	return nil, lastErr
}

func (d *Dialer) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr.Unmap()}, nil
	}
	addrs, err := d.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	if len(addrs) == 0 {
		return nil, fmt.Errorf("no address")
	}
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	return addrs, nil
}

func splitHostPort(address string) (string, uint16, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return "", 0, fmt.Errorf("address %q: impossible port", address)
	}
	return host, uint16(port), nil
}

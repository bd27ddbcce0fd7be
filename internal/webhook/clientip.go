package webhook

import (
	"net/http"
	"net/netip"
	"strings"
)

// ClientIP returns the function that finds the sender of a request. A peer outside the trusted networks is the
// sender, whatever its headers say. Behind a trusted proxy, the sender is the right-most address of
// X-Forwarded-For that is not a trusted proxy; anyone could have written the addresses left of it. The zero Addr
// means that the sender is unknown.
func ClientIP(trusted []netip.Prefix) func(*http.Request) netip.Addr {
	isTrusted := func(a netip.Addr) bool {
		for _, network := range trusted {
			if network.Contains(a) {
				return true
			}
		}
		return false
	}
	return func(r *http.Request) netip.Addr {
		sender := addrOf(r.RemoteAddr)
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0 && isTrusted(sender); i-- {
			hop := addrOf(strings.TrimSpace(hops[i]))
			if !hop.IsValid() {
				break
			}
			sender = hop
		}
		return sender
	}
}

// addrOf reads an address with or without a port. It returns the zero Addr if s holds none.
func addrOf(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

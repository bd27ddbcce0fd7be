package netguard

import "net/netip"

// refusedV4 are the IPv4 blocks that no public site lives in: the IANA special-purpose registry,
// multicast, and what is reserved above it. 169.254.0.0/16 holds the clouds' metadata service.
var refusedV4 = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
)

// globalV6 is all of IPv6 that is routed on the internet; refusedV6 are the blocks inside it that
// reach something else: protocol assignments with Teredo, documentation, and 6to4, which carries
// an IPv4 address that nobody judged.
var (
	globalV6  = netip.MustParsePrefix("2000::/3")
	refusedV6 = prefixes("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)

// nat64 is the well-known prefix of RFC 6052. An IPv6-only network reaches every IPv4 site through it, so
// the embedded address is judged.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// IsPublic reports whether an address belongs to the public internet, in whichever form it is written:
// IPv4, IPv6, IPv4 mapped into IPv6, or NAT64. An address with a zone never does.
func IsPublic(addr netip.Addr) bool {
	if !addr.IsValid() || addr.Zone() != "" {
		return false
	}
	addr = addr.Unmap()
	if nat64.Contains(addr) {
		b := addr.As16()
		addr = netip.AddrFrom4([4]byte(b[12:]))
	}
	if addr.Is4() {
		return !contains(refusedV4, addr)
	}
	return globalV6.Contains(addr) && !contains(refusedV6, addr)
}

func contains(list []netip.Prefix, addr netip.Addr) bool {
	for _, p := range list {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		list[i] = netip.MustParsePrefix(t)
	}
	return list
}

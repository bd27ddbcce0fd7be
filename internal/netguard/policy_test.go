package netguard_test

import (
	"errors"
	"net/netip"
	"net/url"
	"testing"

	"atalaya/internal/netguard"

	"pgregory.net/rapid"
)

func policy(t *testing.T, site string, extra ...string) netguard.Policy {
	t.Helper()
	u, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	p, err := netguard.SitePolicy(u, extra)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func reason(err error) netguard.Reason {
	var r *netguard.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}

func TestOnlyAddressesOfThePublicInternetArePublic(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		"52.89.214.238":                       true,
		"1.1.1.1":                             true,
		"172.15.255.255":                      true,
		"172.32.0.0":                          true,
		"223.255.255.255":                     true,
		"2606:4700::1111":                     true,
		"2a00:1450:4003::200e":                true,
		"::ffff:1.1.1.1":                      true,
		"64:ff9b::101:101":                    true, // NAT64 of 1.1.1.1
		"0.0.0.0":                             false,
		"0.1.2.3":                             false,
		"10.0.0.1":                            false,
		"100.64.0.1":                          false, // carrier-grade NAT
		"100.127.255.255":                     false,
		"127.0.0.1":                           false,
		"127.255.255.254":                     false,
		"169.254.169.254":                     false, // metadata
		"172.16.0.1":                          false,
		"172.31.255.255":                      false,
		"192.0.0.170":                         false,
		"192.0.2.1":                           false,
		"192.168.1.1":                         false,
		"198.18.0.1":                          false,
		"198.51.100.7":                        false,
		"203.0.113.7":                         false,
		"224.0.0.1":                           false,
		"239.255.255.250":                     false,
		"240.0.0.1":                           false,
		"255.255.255.255":                     false,
		"::":                                  false,
		"::1":                                 false,
		"::127.0.0.1":                         false, // IPv4-compatible
		"::ffff:127.0.0.1":                    false,
		"::ffff:169.254.169.254":              false,
		"64:ff9b::7f00:1":                     false, // NAT64 of 127.0.0.1
		"64:ff9b::a9fe:a9fe":                  false, // NAT64 of the metadata service
		"64:ff9b:1::1":                        false, // NAT64, local use
		"100::1":                              false,
		"2001::1":                             false, // Teredo
		"2001:db8::1":                         false,
		"2002:7f00:1::":                       false, // 6to4 of 127.0.0.1
		"3fff::1":                             false,
		"5f00::1":                             false,
		"fc00::1":                             false,
		"fd00:ec2::254":                       false, // metadata over IPv6
		"fe80::1":                             false,
		"fe80::1%eth0":                        false,
		"2606:4700::1111%eth0":                false,
		"fec0::1":                             false,
		"ff02::1":                             false,
		"2001:4860:4860:0:0:0:0:8888":         true,
		"2001:1ff:ffff:ffff:ffff:ffff:ffff:1": false,
	} {
		if got := netguard.IsPublic(netip.MustParseAddr(addr)); got != want {
			t.Errorf("IsPublic(%s) = %v, want %v", addr, got, want)
		}
	}
	if netguard.IsPublic(netip.Addr{}) {
		t.Error("no address at all is public")
	}
}

func TestAnAddressIsJudgedTheSameInEveryForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v4 := netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "v4")))
		want := netguard.IsPublic(v4)
		mapped := netip.AddrFrom16(v4.As16())
		nat64 := netip.MustParseAddr("64:ff9b::").As16()
		v4bytes := v4.As4()
		copy(nat64[12:], v4bytes[:])
		if netguard.IsPublic(mapped) != want || netguard.IsPublic(netip.AddrFrom16(nat64)) != want {
			t.Fatalf("%s is judged differently when mapped or translated", v4)
		}
	})
}

func TestThePublicSiteOpensItsDomainAndNothingElse(t *testing.T) {
	t.Parallel()
	p := policy(t, "https://www.tradingview.com", "cdn.example.com")
	pub, loop := netip.MustParseAddr("52.89.214.238"), netip.MustParseAddr("127.0.0.1")
	for _, c := range []struct {
		host string
		port uint16
		addr netip.Addr
		want netguard.Reason
	}{
		{"www.tradingview.com", 443, pub, ""},
		{"tradingview.com", 443, pub, ""},
		{"data.tradingview.com", 443, pub, ""},
		{"es.TradingView.com.", 443, pub, ""},
		{"a.b.tradingview.com", 80, pub, ""},
		{"cdn.example.com", 443, pub, ""},
		{"x.cdn.example.com", 443, pub, netguard.ReasonHost},
		{"example.com", 443, pub, netguard.ReasonHost},
		{"tradingview.com.evil.net", 443, pub, netguard.ReasonHost},
		{"eviltradingview.com", 443, pub, netguard.ReasonHost},
		{"com", 443, pub, netguard.ReasonHost},
		{"", 443, pub, netguard.ReasonHost},
		{"52.89.214.238", 443, pub, netguard.ReasonHost},
		{"127.0.0.1", 443, loop, netguard.ReasonHost},
		{"localhost", 443, loop, netguard.ReasonHost},
		{"www.tradingview.com", 22, pub, netguard.ReasonPort},
		{"www.tradingview.com", 443, loop, netguard.ReasonAddress},
		{"www.tradingview.com", 443, netip.MustParseAddr("::ffff:10.0.0.1"), netguard.ReasonAddress},
		{"data.tradingview.com", 443, netip.MustParseAddr("169.254.169.254"), netguard.ReasonAddress},
	} {
		if got := reason(p.Judge(c.host, c.port, c.addr)); got != c.want {
			t.Errorf("Judge(%q, %d, %s): reason %q, want %q", c.host, c.port, c.addr, got, c.want)
		}
	}
}

func TestARegionalSiteOpensItsWholeRegistrableDomain(t *testing.T) {
	t.Parallel()
	pub := netip.MustParseAddr("52.89.214.238")
	if err := policy(t, "https://es.tradingview.com").Judge("s3.tradingview.com", 443, pub); err != nil {
		t.Error(err)
	}
	p := policy(t, "https://charts.example.co.uk")
	if err := p.Judge("www.example.co.uk", 443, pub); err != nil {
		t.Error(err)
	}
	if reason(p.Judge("other.co.uk", 443, pub)) != netguard.ReasonHost {
		t.Error("a public suffix was taken for a domain")
	}
}

func TestAPrivateSiteOpensOnlyItsLiteralHostAndPort(t *testing.T) {
	t.Parallel()
	loop := netip.MustParseAddr("127.0.0.1")
	for _, site := range []string{
		"http://127.0.0.1:8090", "http://localhost:8090", "http://chartsite:8090",
		"http://chart.internal:8090", "http://[::1]:8090",
	} {
		p := policy(t, site)
		u, _ := url.Parse(site)
		if err := p.Judge(u.Hostname(), 8090, loop); err != nil {
			t.Errorf("%s: %v", site, err)
		}
		for _, host := range []string{u.Hostname(), "127.0.0.1", "localhost", "10.0.0.1", "sub." + u.Hostname()} {
			if err := p.Judge(host, 5432, loop); err == nil {
				t.Errorf("%s lets %s:5432 through", site, host)
			}
		}
		if u.Hostname() != "127.0.0.1" && p.Judge("127.0.0.1", 8090, loop) == nil {
			t.Errorf("%s lets another host of its port through", site)
		}
	}
}

func TestImpossibleSitesAndExtraHostsAreRefusedAtStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		site  string
		extra []string
	}{
		{"ftp://www.tradingview.com", nil},
		{"https://", nil},
		{"https://www.tradingview.com:0", nil},
		{"https://www.tradingview.com", []string{"10.0.0.1"}},
		{"https://www.tradingview.com", []string{"com"}},
		{"https://www.tradingview.com", []string{"localhost"}},
		{"https://www.tradingview.com", []string{"https://cdn.example.com"}},
		{"https://www.tradingview.com", []string{""}},
	} {
		u, err := url.Parse(c.site)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := netguard.SitePolicy(u, c.extra); err == nil {
			t.Errorf("SitePolicy(%s, %q) is accepted", c.site, c.extra)
		}
	}
}

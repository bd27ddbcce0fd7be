// Package netguard decides where this program and its browser may connect. A name is resolved
// once, every address of the answer is judged, and the connection is made to a judged address, so
// that a name that changes its mind between the look-up and the dial gains nothing.
//
// It knows hosts, ports and addresses. It must not know what is fetched, or for whom.
package netguard

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Reason is a stable, bounded label for a refusal: it may stand in a log or a metric, since it
// never holds a host or an address.
type Reason string

// The reasons.
const (
	ReasonHost    Reason = "host_not_allowed"   // the host is not on the list
	ReasonPort    Reason = "port_not_allowed"   // neither 80 nor 443, nor the site's own
	ReasonAddress Reason = "address_not_public" // an address of the host is private, local or reserved
	ReasonBusy    Reason = "too_many"           // the proxy has as many connections as it may
)

// Refusal is the error of a connection that the policy does not allow.
type Refusal struct {
	Reason Reason
	Host   string     // as asked for
	Addr   netip.Addr // the address that was judged; zero where the host alone decided
}

// Error implements error.
func (r *Refusal) Error() string {
	if r.Addr.IsValid() {
		return fmt.Sprintf("connection refused by policy: %s: %q is %s", r.Reason, r.Host, r.Addr)
	}
	return fmt.Sprintf("connection refused by policy: %s: %q", r.Reason, r.Host)
}

// Policy is an allow-list of hosts, and the rule that their addresses are public. It does not
// change once made.
type Policy struct {
	domains []string // each with its subdomains
	hosts   []string // exact
	site    endpoint // the literal host and port of the site
	private bool     // the site itself may live at an address that is not public
}

type endpoint struct {
	host string
	port uint16
}

// NewPolicy allows the site's registrable domain with its subdomains, and the extra hosts, on
// ports 80 and 443 and on the site's own port, at public addresses alone.
//
// A site that is an IP address, or a name outside the public name space (localhost, a container's
// name, something.internal), stands for itself alone: that very host and port, wherever it lives.
func NewPolicy(site *url.URL, extraHosts []string) (*Policy, error) {
	host := canonical(site.Hostname())
	if host == "" {
		return nil, fmt.Errorf("the site's URL has no host")
	}
	port, err := portOf(site)
	if err != nil {
		return nil, err
	}
	p := &Policy{site: endpoint{host, port}}
	if domain, public := registrable(host); public {
		p.domains = []string{domain}
	} else {
		p.private = true
	}
	for _, h := range extraHosts {
		h = canonical(h)
		if _, public := registrable(h); !public {
			return nil, fmt.Errorf("extra host %q: give a public host name such as cdn.example.com, without scheme and port", h)
		}
		p.hosts = append(p.hosts, h)
	}
	return p, nil
}

// CheckHost judges what can be judged before the name is resolved. It gives nil or a *Refusal.
func (p *Policy) CheckHost(host string, port uint16) error {
	name := canonical(host)
	if p.isPrivateSite(name, port) {
		return nil
	}
	if !p.listed(name) {
		return &Refusal{Reason: ReasonHost, Host: host}
	}
	if port != 80 && port != 443 && port != p.site.port {
		return &Refusal{Reason: ReasonPort, Host: host}
	}
	return nil
}

// Judge says whether host may be reached on port at addr, one of the addresses it resolved to. It
// gives nil or a *Refusal, and depends on nothing but its arguments.
func (p *Policy) Judge(host string, port uint16, addr netip.Addr) error {
	if err := p.CheckHost(host, port); err != nil {
		return err
	}
	if !p.isPrivateSite(canonical(host), port) && !IsPublic(addr) {
		return &Refusal{Reason: ReasonAddress, Host: host, Addr: addr}
	}
	return nil
}

func (p *Policy) isPrivateSite(name string, port uint16) bool {
	return p.private && p.site == endpoint{name, port}
}

func (p *Policy) listed(name string) bool {
	if slices.Contains(p.hosts, name) {
		return true
	}
	for _, d := range p.domains {
		if name == d || strings.HasSuffix(name, "."+d) {
			return true
		}
	}
	return false
}

// registrable gives the domain that a registrant of name controls, and whether name is public: an
// IP address and a name under no public suffix (localhost, chartsite, chart.internal) are not.
func registrable(name string) (domain string, public bool) {
	if _, err := netip.ParseAddr(name); err == nil || name == "" || strings.ContainsAny(name, ":/[]@ ") {
		return "", false
	}
	suffix, icann := publicsuffix.PublicSuffix(name)
	if !icann && !strings.Contains(suffix, ".") {
		return "", false // the list's default rule: nobody runs this as a top-level domain
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return "", false // a bare public suffix: allowing it would allow all below it
	}
	return domain, true
}

// canonical is the form that hosts are compared in. The root dot is dropped: "a.b." is "a.b".
func canonical(host string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimSpace(host)), ".")
}

func portOf(u *url.URL) (uint16, error) {
	switch text := u.Port(); {
	case text != "":
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return 0, fmt.Errorf("the site's URL has an impossible port %q", text)
		}
		return uint16(n), nil
	case u.Scheme == "https":
		return 443, nil
	case u.Scheme == "http":
		return 80, nil
	}
	return 0, fmt.Errorf("the site's URL must begin with https:// or http://, not %q", u.Scheme)
}

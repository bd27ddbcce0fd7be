// Package netguard decides where this program and its browser may connect. A name is resolved
// once, every address of the answer is judged, and the connection is made to a judged address. A name
// that resolves to another address a moment later gains nothing.
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

// Reason is a stable label for a refusal. It holds no host and no address, so it may be logged and used
// in a metric.
type Reason string

// The reasons.
const (
	ReasonHost     Reason = "host_not_allowed"     // the host is not allowed, or is not a public name
	ReasonPort     Reason = "port_not_allowed"     // the policy does not allow the port
	ReasonAddress  Reason = "address_not_public"   // an address of the host is private, local or reserved
	ReasonScheme   Reason = "scheme_not_allowed"   // a user's URL that is not https
	ReasonUserInfo Reason = "user_info_not_wanted" // a user's URL with a name or password before the host
	ReasonBusy     Reason = "too_many"             // the proxy has as many connections as it may
)

// Refusal is the error of a connection that the policy does not allow. Its text is for the operator's log
// only: it names the address, which would show the operator's network to the user who chose the host.
// Show users the Reason.
type Refusal struct {
	Reason Reason
	Host   string     // as asked for
	Addr   netip.Addr // the address that was refused; zero if the host or port alone was
}

// Error implements error.
func (r *Refusal) Error() string {
	if r.Addr.IsValid() {
		return fmt.Sprintf("connection refused by policy: %s: %q is %s", r.Reason, r.Host, r.Addr)
	}
	return fmt.Sprintf("connection refused by policy: %s: %q", r.Reason, r.Host)
}

// Policy holds which hosts and ports may be reached, always at public addresses but for exempt hosts. A
// Policy does not change once made. The zero Policy allows nothing.
type Policy struct {
	anyName bool       // every public name, beside those listed
	domains []string   // each with its subdomains
	hosts   []string   // exact
	ports   []uint16   // of all of those
	exempt  []endpoint // the operator's own choice: reached wherever it lives
}

type endpoint struct {
	host string
	port uint16
}

// SitePolicy allows the site's registrable domain with its subdomains, and the extra hosts, on ports 80
// and 443 and on the site's own port, at public addresses only. It fails if the site's URL has no host or
// an extra host is not a public host name.
//
// If the site is an IP address, or a name that is not public (localhost, a container's name,
// something.internal), the policy allows exactly that host and port, at any address.
func SitePolicy(site *url.URL, extraHosts []string) (Policy, error) {
	host := canonical(site.Hostname())
	if host == "" {
		return Policy{}, fmt.Errorf("the site's URL has no host")
	}
	port, err := portOf(site)
	if err != nil {
		return Policy{}, err
	}
	p := Policy{ports: []uint16{80, 443, port}}
	if domain, public := registrable(host); public {
		p.domains = []string{domain}
	} else {
		p.exempt = []endpoint{{host, port}}
	}
	for _, h := range extraHosts {
		h = canonical(h)
		if _, public := registrable(h); !public {
			return Policy{}, fmt.Errorf("extra host %q: give a public host name such as cdn.example.com, without scheme and port", h)
		}
		p.hosts = append(p.hosts, h)
	}
	return p, nil
}

// UserPolicy is for URLs that users give. It allows any public name on port 443, at public addresses only,
// and no IP literal. exempt lists hosts of the operator's own, each "host" (port 443) or "host:port", which
// are allowed at any address. It fails if one of them has another form.
func UserPolicy(exempt []string) (Policy, error) {
	p := Policy{anyName: true, ports: []uint16{443}}
	for _, text := range exempt {
		host, port := text, uint16(443)
		if _, err := netip.ParseAddr(text); err != nil && strings.Contains(text, ":") {
			if host, port, err = splitHostPort(text); err != nil {
				return Policy{}, fmt.Errorf("exempt host %q: give a host such as hooks.example.com or 127.0.0.1:8091, without scheme: %w", text, err)
			}
		}
		if host = canonical(host); host == "" || strings.ContainsAny(host, "/@ ") {
			return Policy{}, fmt.Errorf("exempt host %q: give a host such as hooks.example.com or 127.0.0.1:8091, without scheme", text)
		}
		p.exempt = append(p.exempt, endpoint{host, port})
	}
	return p, nil
}

// CheckURL judges a URL that a user gave, before any name is resolved. It wants https (an exempt host may
// have http), no user info, and a host and port that CheckHost allows. It returns nil or a *Refusal.
func (p Policy) CheckURL(u *url.URL) error {
	port, err := portOf(u)
	if err != nil {
		if u.Scheme != "https" && u.Scheme != "http" {
			return &Refusal{Reason: ReasonScheme, Host: u.Hostname()}
		}
		return &Refusal{Reason: ReasonPort, Host: u.Hostname()}
	}
	host := u.Hostname()
	if u.User != nil {
		return &Refusal{Reason: ReasonUserInfo, Host: host}
	}
	if u.Scheme != "https" && !p.isExempt(canonical(host), port) {
		return &Refusal{Reason: ReasonScheme, Host: host}
	}
	return p.CheckHost(host, port)
}

// CheckHost judges a host and port before the name is resolved. It returns nil or a *Refusal.
func (p Policy) CheckHost(host string, port uint16) error {
	name := canonical(host)
	if p.isExempt(name, port) {
		return nil
	}
	if !p.listed(name) {
		return &Refusal{Reason: ReasonHost, Host: host}
	}
	if !slices.Contains(p.ports, port) {
		return &Refusal{Reason: ReasonPort, Host: host}
	}
	return nil
}

// Judge judges whether host may be reached on port at addr, one of the addresses it resolved to. It
// returns nil or a *Refusal, and depends only on the policy and its arguments.
func (p Policy) Judge(host string, port uint16, addr netip.Addr) error {
	if err := p.CheckHost(host, port); err != nil {
		return err
	}
	if !p.isExempt(canonical(host), port) && !IsPublic(addr) {
		return &Refusal{Reason: ReasonAddress, Host: host, Addr: addr}
	}
	return nil
}

func (p Policy) isExempt(name string, port uint16) bool {
	return slices.Contains(p.exempt, endpoint{name, port})
}

func (p Policy) listed(name string) bool {
	if _, public := registrable(name); p.anyName && public {
		return true
	}
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

// registrable returns the registrable domain of name, and whether name is public. An IP address, and a
// name under no public suffix (localhost, chartsite, chart.internal), is not.
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

// canonical returns the form in which hosts are compared. The root dot is dropped: "a.b." is "a.b".
func canonical(host string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimSpace(host)), ".")
}

func portOf(u *url.URL) (uint16, error) {
	switch text := u.Port(); {
	case text != "":
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return 0, fmt.Errorf("the URL has an impossible port %q", text)
		}
		return uint16(n), nil
	case u.Scheme == "https":
		return 443, nil
	case u.Scheme == "http":
		return 80, nil
	}
	return 0, fmt.Errorf("the URL must begin with https:// or http://, not %q", u.Scheme)
}

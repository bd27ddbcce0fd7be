package channel

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// CheckAddress says what is wrong with an address that a user has chosen, in words for that user. It
// has to be https on port 443 of a public name, without user and password. Whether the name leads to
// a public address is judged by each connection: it may change its mind.
func CheckAddress(text string) error {
	if len(text) > 1000 {
		return errors.New("the address is too long")
	}
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" {
		return errors.New("the address cannot be read as a URL")
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	switch {
	case u.Scheme != "https":
		return errors.New("the address has to begin with https://")
	case u.User != nil:
		return errors.New("the address may not hold a user or a password")
	case u.Port() != "" && u.Port() != "443":
		return errors.New("the address may not name a port other than 443")
	case u.Fragment != "":
		return errors.New("the address may not have a fragment")
	case isIP(host):
		return errors.New("give a host name, not an IP address")
	case !strings.Contains(host, ".") || strings.ContainsAny(host, " %_/\\"):
		return errors.New("the address needs a public host name")
	}
	return nil
}

// isIP says whether a host is an IP address in any form that a resolver might take: 127.1, 0x7f000001
// and 2130706433 are loopback to many.
func isIP(host string) bool {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || strings.Contains(host, ":") {
		return true
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	_, err := strconv.ParseInt(last, 0, 64)
	return err == nil
}

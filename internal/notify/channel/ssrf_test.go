package channel_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/netguard"
	"atalaya/internal/notify"
	"atalaya/internal/notify/channel"
)

// answers is a name service that returns its answers in turn, and then always the last one.
type answers struct {
	list  [][]netip.Addr
	asked atomic.Int64
}

// LookupNetIP implements netguard.Resolver.
func (a *answers) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	n := int(a.asked.Add(1)) - 1
	return a.list[min(n, len(a.list)-1)], nil
}

func addrs(texts ...string) []netip.Addr {
	var list []netip.Addr
	for _, text := range texts {
		list = append(list, netip.MustParseAddr(text))
	}
	return list
}

// guardedChannels returns the kinds that take an address from users, with the program's own network policy.
func guardedChannels(t *testing.T, resolver netguard.Resolver, exempt ...string) map[string]notify.Channel {
	t.Helper()
	policy, err := netguard.UserPolicy(exempt)
	if err != nil {
		t.Fatal(err)
	}
	client := channel.NewUserClient(netguard.NewClient(netguard.NewDialer(policy, resolver), 15*time.Second), func(err error) string {
		var refusal *netguard.Refusal
		if !errors.As(err, &refusal) {
			return ""
		}
		return string(refusal.Reason)
	})
	t.Cleanup(client.Close)
	check := func(string) error { return nil } // the check of the address is another test's
	return map[string]notify.Channel{"webhook": channel.NewWebhook(client, check), "ntfy": channel.NewNtfy("", nil, client, check)}
}

func at(address string) notify.Destination {
	return notify.Destination{Secret: channel.NewSecret(), Settings: atalaya.ChannelSettings{URL: address, Topic: "t"}}
}

// Every name looks public. Nothing is dialled: one address that is not public makes the whole answer refused.
func TestANameThatLeadsInsideIsRefusedAtEveryConnection(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][][]netip.Addr{
		"loopback": {addrs("127.0.0.1")}, "IPv6 loopback": {addrs("::1")}, "mapped into IPv6": {addrs("::ffff:127.0.0.1")}, "the cloud's metadata": {addrs("169.254.169.254")},
		"metadata, mapped": {addrs("::ffff:169.254.169.254")}, "private": {addrs("10.0.0.8")}, "unique local": {addrs("fd00::1")}, "carrier-grade NAT": {addrs("100.64.0.1")},
		"nobody's": {addrs("0.0.0.0")}, "NAT64 of loopback": {addrs("64:ff9b::7f00:1")}, "public and private": {addrs("1.1.1.1", "192.168.0.1")},
		"another at each look": {addrs("127.0.0.1"), addrs("10.0.0.1"), addrs("::1")},
	} {
		for kind, c := range guardedChannels(t, &answers{list: list}) {
			for range 3 {
				r := c.Send(t.Context(), at("https://hooks.example.com/x"), aMessage())
				if r.Verdict != notify.Retry || r.Code != "address_refused" || strings.ContainsAny(r.Detail, "0123456789") {
					t.Errorf("%s, %s: %+v", name, kind, r)
				}
			}
		}
	}
}

func TestAnAddressIsLookedUpAnewForEveryConnection(t *testing.T) {
	t.Parallel()
	for kind := range guardedChannels(t, &answers{}) {
		names := &answers{list: [][]netip.Addr{addrs("127.0.0.1")}}
		c := guardedChannels(t, names)[kind]
		for range 3 {
			c.Send(t.Context(), at("https://hooks.example.com/x"), aMessage())
		}
		if n := names.asked.Load(); n != 3 {
			t.Errorf("%s: the name was looked up %d times for 3 requests", kind, n)
		}
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	var hits atomic.Int64
	canary := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	t.Cleanup(canary.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, canary.URL, status) }))
		t.Cleanup(server.Close)
		for kind, c := range guardedChannels(t, nil, strings.TrimPrefix(server.URL, "http://")) {
			r := c.Send(t.Context(), at(server.URL), aMessage())
			if r.Verdict != notify.Retry || kind == "webhook" && r.Code != "redirected" {
				t.Errorf("%s, %d: %+v", kind, status, r)
			}
		}
	}
	if n := hits.Load(); n != 0 {
		t.Errorf("%d requests followed a redirect", n)
	}
}

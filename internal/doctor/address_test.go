package doctor

import (
	"context"
	"crypto/x509"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"atalaya/internal/config"
)

// from returns an outside in which a host has these addresses. Every port answers with a certificate that lasts ninety
// days and is valid for some days more.
func from(days int, addresses ...string) outside {
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	end := now.Add(time.Duration(days)*24*time.Hour + time.Hour)
	return outside{
		addresses: func(context.Context, string) ([]netip.Addr, error) {
			var list []netip.Addr
			for _, a := range addresses {
				list = append(list, netip.MustParseAddr(a))
			}
			if list == nil {
				return nil, errors.New("no such host")
			}
			return list, nil
		},
		certificate: func(context.Context, string, string) (*x509.Certificate, error) {
			return &x509.Certificate{NotBefore: end.Add(-90 * 24 * time.Hour), NotAfter: end}, nil
		},
		open: func(context.Context, string, string) error { return nil },
		now:  func() time.Time { return now },
	}
}

func TestTheDoctorReportsWhatKeepsTradingViewFromThePublicAddress(t *testing.T) {
	t.Parallel()
	expired, refused, untrusted := from(60, "203.0.113.7"), from(60, "203.0.113.7"), from(60, "203.0.113.7")
	expired.certificate = func(context.Context, string, string) (*x509.Certificate, error) {
		return nil, x509.CertificateInvalidError{Reason: x509.Expired}
	}
	untrusted.certificate = func(context.Context, string, string) (*x509.Certificate, error) {
		return nil, x509.UnknownAuthorityError{}
	}
	refused.open = func(_ context.Context, _, port string) error {
		if port == "80" {
			return errors.New("connection refused")
		}
		return nil
	}
	const public = "https://signals.example.com"
	for name, c := range map[string]struct {
		cfg      config.Config
		world    outside
		severity Severity
		text     string
	}{
		"this machine":          {config.Config{PublicURL: "http://127.0.0.1:3000"}, from(60), Fine, "only from this machine"},
		"another port":          {config.Config{PublicURL: "https://signals.example.com:8443"}, from(60, "203.0.113.7"), Wrong, "only to ports 443 and 80"},
		"no name":               {config.Config{PublicURL: public}, from(60), Wrong, "Add an A record"},
		"IPv6 alone":            {config.Config{PublicURL: public}, from(60, "2001:db8::7"), Wrong, "add an A record"},
		"a private address":     {config.Config{PublicURL: public}, from(60, "10.0.0.7"), Notable, "10.0.0.7"},
		"an address":            {config.Config{PublicURL: public}, from(60, "2001:db8::7", "203.0.113.7"), Fine, "203.0.113.7"},
		"a good certificate":    {config.Config{PublicURL: public}, from(60, "203.0.113.7"), Fine, "60 more days"},
		"one that is not new":   {config.Config{PublicURL: public}, from(5, "203.0.113.7"), Notable, "in 5 days"},
		"one that has run out":  {config.Config{PublicURL: public}, expired, Wrong, "has run out"},
		"one of nobody's":       {config.Config{PublicURL: public}, untrusted, Wrong, "cannot be trusted"},
		"what cannot be seen":   {config.Config{PublicURL: public}, from(60, "203.0.113.7"), Fine, "curl -i " + public + "/livez"},
		"a port that is shut":   {config.Config{PublicURL: public, Domain: "signals.example.com", HTTPSPort: 443, HTTPPort: 80}, refused, Wrong, "port 80 of signals.example.com does not answer"},
		"a port that is open":   {config.Config{PublicURL: public, Domain: "signals.example.com", HTTPSPort: 443, HTTPPort: 80}, refused, Fine, "port 443 of signals.example.com answers"},
		"ports that lead there": {config.Config{PublicURL: public, Domain: "signals.example.com", HTTPSPort: 8443, HTTPPort: 8080}, from(60, "203.0.113.7"), Notable, "8443 and 8080"},
	} {
		found := judgeAddress(t.Context(), c.cfg, c.world)
		ok := false
		for _, f := range found {
			ok = ok || f.Severity == c.severity && strings.Contains(f.Text, c.text)
		}
		if !ok {
			t.Errorf("%s: nothing of severity %d says %q: %+v", name, c.severity, c.text, found)
		}
	}
}

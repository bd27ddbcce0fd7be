package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"atalaya/internal/config"
)

// lookTimeout bounds each question about the public address.
const lookTimeout = 5 * time.Second

// renewBy is the remaining lifetime at which a certificate should have been renewed. Let's Encrypt's certificates
// are renewed a month before their end; six-day certificates are recognised by their lifetime.
const renewBy = 14 * 24 * time.Hour

// outside is what the doctor asks of the network about the public address.
type outside struct {
	addresses   func(ctx context.Context, host string) ([]netip.Addr, error)
	certificate func(ctx context.Context, host, port string) (*x509.Certificate, error)
	open        func(ctx context.Context, host, port string) error
	now         func() time.Time
}

// examineAddress checks the path by which alerts arrive, as far as it can be seen from this machine.
func examineAddress(ctx context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	return judgeAddress(ctx, cfg, outside{lookUp, certificateOf, dial, time.Now})
}

// judgeAddress judges PUBLIC_URL. TradingView connects to ports 80 and 443 of an IPv4 address.
func judgeAddress(ctx context.Context, cfg config.Config, world outside) []Finding {
	const part = "public address"
	u, err := url.Parse(cfg.PublicURL)
	if err != nil {
		return []Finding{wrong(part, "PUBLIC_URL cannot be read")}
	}
	host, port := u.Hostname(), u.Port()
	if addr, err := netip.ParseAddr(host); host == "localhost" || err == nil && addr.IsLoopback() {
		return []Finding{fine(part, "PUBLIC_URL can be reached only from this machine, which suits a trial; TradingView needs a name with an IPv4 address, at port 443 or 80")}
	}
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	if port != "443" && port != "80" {
		return []Finding{wrong(part, "PUBLIC_URL has port %s, and TradingView sends only to ports 443 and 80: put a proxy in front of the service (deploy/), or set DOMAIN", port)}
	}
	found := []Finding{judgeLookup(ctx, host, world)}
	if found[0].Severity == Wrong {
		return found
	}
	if cfg.Domain != "" {
		found = append(found, judgePorts(ctx, cfg, world)...)
	}
	if u.Scheme == "https" {
		found = append(found, judgeCertificate(ctx, host, port, world))
	}
	return append(found, fine(part, "whether a firewall lets the internet in cannot be seen from here: run `curl -i %s/livez` on another network", cfg.PublicURL))
}

// judgeLookup looks for an IPv4 address that the internet can reach.
func judgeLookup(ctx context.Context, host string, world outside) Finding {
	const part = "public address"
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	found, err := world.addresses(ctx, host)
	if err != nil {
		return wrong(part, "%s is not found: %v. Add an A record with this server's IPv4 address at your DNS provider", host, err)
	}
	var four []netip.Addr
	for _, addr := range found {
		if addr.Unmap().Is4() {
			four = append(four, addr.Unmap())
		}
	}
	if len(four) == 0 {
		return wrong(part, "%s has only IPv6 addresses, and TradingView connects only to IPv4: add an A record", host)
	}
	for _, addr := range four {
		if addr.IsPrivate() || addr.IsLoopback() || addr.IsLinkLocalUnicast() || addr.IsUnspecified() {
			return Finding{Notable, part, host + " leads to " + addr.String() + " as seen from here, which the internet cannot reach: its A record has to name the public address"}
		}
	}
	return fine(part, "%s has the IPv4 address %s", host, four[0])
}

// judgePorts connects to the ports of DOMAIN.
func judgePorts(ctx context.Context, cfg config.Config, world outside) []Finding {
	const part = "ports"
	var found []Finding
	for _, port := range []string{"443", "80"} {
		looking, cancel := context.WithTimeout(ctx, lookTimeout)
		err := world.open(looking, cfg.Domain, port)
		cancel()
		if err != nil {
			found = append(found, wrong(part, "port %s of %s does not answer: %v. Start the service, and open the port in every firewall: the certificate authority connects to both", port, cfg.Domain, err))
			continue
		}
		found = append(found, fine(part, "port %s of %s answers", port, cfg.Domain))
	}
	if cfg.HTTPSPort != 443 || cfg.HTTPPort != 80 {
		found = append(found, Finding{Notable, part, "HTTPS_PORT and HTTP_PORT are " + strconv.Itoa(cfg.HTTPSPort) + " and " + strconv.Itoa(cfg.HTTPPort) + ": ports 443 and 80 have to be forwarded to them"})
	}
	return found
}

// judgeCertificate checks the certificate that TradingView would be shown.
func judgeCertificate(ctx context.Context, host, port string, world outside) Finding {
	const part = "certificate"
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	cert, err := world.certificate(ctx, host, port)
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return wrong(part, "the certificate of %s has run out: TradingView sends nothing until it is renewed. The service's log says why, if DOMAIN is set", host)
	case err != nil:
		return wrong(part, "https://%s cannot be trusted or reached: %v", net.JoinHostPort(host, port), err)
	}
	left := cert.NotAfter.Sub(world.now())
	days := int(left.Hours() / 24)
	if left < min(renewBy, cert.NotAfter.Sub(cert.NotBefore)/4) {
		return Finding{Notable, part, "the certificate of " + host + " runs out in " + strconv.Itoa(days) + " days and should have been renewed by now: look at the log of the program that renews it"}
	}
	return fine(part, "of %s, valid for %d more days", host, days)
}

func lookUp(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

func dial(ctx context.Context, host, port string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp4", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	return conn.Close()
}

// certificateOf returns the certificate of a server. It fails if this machine does not trust it.
func certificateOf(ctx context.Context, host, port string) (*x509.Certificate, error) {
	conn, err := (&tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp4", net.JoinHostPort(host, port))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0], nil
}

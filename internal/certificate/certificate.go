// Package certificate gets the TLS certificate of the service's own domain from an authority that speaks ACME,
// and renews it while the service runs. It owns the folder with certificate, key and account, and knows nothing
// of what is served.
package certificate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
)

// Options say which certificate to get, and where.
type Options struct {
	Domain    string
	Email     string // of the account at the authority; may be empty
	Directory string // URL of the authority's ACME directory; empty for Let's Encrypt
	Roots     string // PEM file of the roots that the authority's own server is trusted by; empty for the system's
	Folder    string // keeps certificate, key and account; replicas share it

	// Host, HTTPPort and HTTPSPort are where the service listens. The authority connects to ports 80 and 443 of
	// Domain, which have to lead there.
	Host                string
	HTTPPort, HTTPSPort int

	// LookEvery is the time between two looks at the certificate's age; 0 for ten minutes.
	LookEvery time.Duration
	Log       *slog.Logger
}

// Manager keeps the certificate of one domain. Stop has to be called once, also without Start.
type Manager struct {
	domain string
	log    *slog.Logger
	config *certmagic.Config
	cache  *certmagic.Cache
	issuer *certmagic.ACMEIssuer
	cancel context.CancelFunc
}

// New makes a Manager. It asks nobody yet.
func New(opt Options) (*Manager, error) {
	roots, err := readRoots(opt.Roots)
	if err != nil {
		return nil, err
	}
	m := &Manager{domain: opt.Domain, log: opt.Log, cancel: func() {}}
	quiet := zap.NewNop() // tell logs what matters, in the service's own format
	m.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert:   func(certmagic.Certificate) (*certmagic.Config, error) { return m.config, nil },
		RenewCheckInterval: opt.LookEvery, Logger: quiet,
	})
	m.config = certmagic.New(m.cache, certmagic.Config{
		Storage: &certmagic.FileStorage{Path: opt.Folder}, DefaultServerName: opt.Domain, OnEvent: m.tell, Logger: quiet,
	})
	m.issuer = certmagic.NewACMEIssuer(m.config, certmagic.ACMEIssuer{
		CA: opt.Directory, Email: opt.Email, Agreed: true, TrustedRoots: roots, Logger: quiet,
		ListenHost: opt.Host, AltHTTPPort: opt.HTTPPort, AltTLSALPNPort: opt.HTTPSPort,
	})
	m.config.Issuers = []certmagic.Issuer{m.issuer}
	return m, nil
}

func readRoots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // no pool means the system's
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the roots of the certificate authority: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", file)
	}
	return pool, nil
}

// Start begins to get the certificate in the background, or to watch over the one in the folder. The listeners
// that answer the authority's challenges have to serve already. A failure is logged and tried again, less and
// less often, for a month.
func (m *Manager) Start(context.Context) error {
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel = cancel
	if err := m.config.ManageAsync(ctx, []string{m.domain}); err != nil {
		return fmt.Errorf("the certificate of %s: %w", m.domain, err)
	}
	return nil
}

// Stop ends all work.
func (m *Manager) Stop() {
	m.cancel()
	m.cache.Stop()
}

// TLS returns the settings of a listener, which also answers the authority's challenge. It offers HTTP/1.1
// alone: with HTTP/2 one connection would carry 250 requests, and the bounds on connections would hold nothing.
func (m *Manager) TLS() *tls.Config {
	config := m.config.TLSConfig()
	config.NextProtos = append([]string{"http/1.1"}, config.NextProtos...)
	return config
}

// Challenges answers the authority's challenge over plain HTTP and hands every other request to next.
func (m *Manager) Challenges(next http.Handler) http.Handler {
	return m.issuer.HTTPChallengeHandler(next)
}

// tell logs what became of the certificate.
func (m *Manager) tell(ctx context.Context, event string, data map[string]any) error {
	switch event {
	case "cert_obtained":
		m.log.InfoContext(ctx, "the certificate is there", "domain", m.domain, "renewal", data["renewal"])
	case "cert_failed":
		m.log.ErrorContext(ctx, "no certificate was issued, and another try follows: ports 80 and 443 of the domain have to lead here from the internet, by its A record",
			"domain", m.domain, "renewal", data["renewal"], "error", data["error"])
	}
	return nil
}

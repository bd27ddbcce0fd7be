package app

import (
	"net"
	"net/http"
	"slices"
	"strconv"

	"atalaya"
	"atalaya/internal/certificate"
	"atalaya/internal/respond"
)

// buildDomain gives the doors the certificate of DOMAIN, and makes the server of port 80.
func (a *App) buildDomain(shares bounds, hook, programs door) error {
	manager, err := certificate.New(certificate.Options{
		Domain: a.cfg.Domain, Email: a.cfg.ACMEEmail, Directory: a.cfg.ACMEDirectory, Roots: a.cfg.ACMERoots, Folder: a.cfg.CertificatesDir,
		Host: a.cfg.Host, HTTPPort: a.cfg.HTTPPort, HTTPSPort: a.cfg.HTTPSPort, Log: a.log,
	})
	if err != nil {
		return err
	}
	a.domain = manager
	a.closers = append(a.closers, end(manager.Stop))
	a.doors.tls = manager.TLS()
	plain := mux{
		hook, // served, never redirected: TradingView does not follow
		{owns: isProbe, handler: programs.handler},
		{owns: everything, handler: respond.Speak(respond.Adapt(a.log, a.toHTTPS))},
	}
	address := net.JoinHostPort(a.cfg.Host, strconv.Itoa(a.cfg.HTTPPort))
	a.plain = newServer(address, shares, manager.Challenges(plain), a.log, a.failed)
	return nil
}

// isProbe reports whether a path is one that monitors and proxies ask for.
func isProbe(path string) bool {
	return slices.Contains([]string{"/livez", "/readyz", "/health"}, path)
}

// toHTTPS redirects readers of pages to the same page at PUBLIC_URL. It refuses everything else: a program has
// already sent its access token over the network in plain text, and after a redirect it would do so each time.
func (a *App) toHTTPS(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.Header.Get("Authorization") != "" {
		return atalaya.Errorf(atalaya.CodeForbidden, "Only the webhook takes requests without TLS. Ask at %s, and change an access token that was sent here.", a.cfg.PublicURL)
	}
	target := a.cfg.PublicURL + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, target, http.StatusPermanentRedirect)
	return nil
}

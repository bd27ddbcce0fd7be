package certificate_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"atalaya/internal/certificate"
	"atalaya/internal/certificate/acmetest"
	"atalaya/internal/test/journal"
	"atalaya/internal/test/wait"
)

const domain = "signals.example.com"

// patience bounds each wait of a test.
const patience = 2 * time.Minute

// listeners are the two ports of a domain, bound before anything serves.
type listeners struct{ plain, secure net.Listener }

func listen(t *testing.T) listeners {
	t.Helper()
	var l listeners
	for _, one := range []*net.Listener{&l.plain, &l.secure} {
		taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { taken.Close() })
		*one = taken
	}
	return l
}

func port(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

// manage starts a manager and serves both ports with it.
func manage(t *testing.T, l listeners, opt certificate.Options) {
	t.Helper()
	opt.Domain, opt.Host, opt.HTTPPort, opt.HTTPSPort = domain, "127.0.0.1", port(l.plain), port(l.secure)
	manager, err := certificate.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(manager.Stop)
	plain := &http.Server{Handler: manager.Challenges(http.NotFoundHandler()), ReadHeaderTimeout: patience}
	secure := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: patience}
	t.Cleanup(func() { plain.Close(); secure.Close() })
	go func() { _ = plain.Serve(l.plain) }()
	go func() { _ = secure.Serve(tls.NewListener(l.secure, manager.TLS())) }()
	if err := manager.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// served returns the protocol and the serial number of the certificate that a client of the domain gets, "" for none.
func served(ctx context.Context, l listeners, roots *x509.CertPool) string {
	dialer := tls.Dialer{Config: &tls.Config{ServerName: domain, RootCAs: roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}}
	conn, err := dialer.DialContext(ctx, "tcp", l.secure.Addr().String())
	if err != nil {
		return ""
	}
	defer conn.Close()
	state := conn.(*tls.Conn).ConnectionState()
	return state.NegotiatedProtocol + " " + state.PeerCertificates[0].SerialNumber.String()
}

func TestACertificateIsIssuedRenewedAndKept(t *testing.T) {
	t.Parallel()
	folder, log, ports := t.TempDir(), &journal.Log{}, listen(t)
	authority := acmetest.Start(t, port(ports.plain), port(ports.secure), 12)
	manage(t, ports, certificate.Options{
		Directory: authority.Directory, Roots: authority.Roots, Folder: folder, Email: "ana@example.com",
		LookEvery: 200 * time.Millisecond, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	first := ""
	wait.For(t, "the domain is served with a certificate", func() bool {
		first = served(t.Context(), ports, authority.Issued)
		return first != ""
	})
	if !strings.HasPrefix(first, "http/1.1 ") {
		t.Errorf("the listener agrees to %q, want only HTTP/1.1", first)
	}
	wait.For(t, "a new certificate takes its place", func() bool {
		now := served(t.Context(), ports, authority.Issued)
		return now != "" && now != first
	})
	if !strings.Contains(log.String(), "renewal=true") {
		t.Errorf("the renewal is not logged:\n%s", log)
	}
	keys := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if filepath.Ext(path) == ".key" {
			keys++
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s is readable by others: %v", path, info.Mode())
			}
		}
		return err
	})
	if err != nil || keys == 0 {
		t.Errorf("%d keys in the folder, %v", keys, err)
	}
}

func TestAStoredCertificateIsServedWithoutTheAuthority(t *testing.T) {
	t.Parallel()
	folder, ports := t.TempDir(), listen(t)
	authority := acmetest.Start(t, port(ports.plain), port(ports.secure), 86400)
	quiet := slog.New(slog.DiscardHandler)
	manage(t, ports, certificate.Options{Directory: authority.Directory, Roots: authority.Roots, Folder: folder, Log: quiet})
	first := ""
	wait.For(t, "the domain is served with a certificate", func() bool {
		first = served(t.Context(), ports, authority.Issued)
		return first != ""
	})
	later := listen(t) // another replica of the domain, which the authority cannot reach
	manage(t, later, certificate.Options{Directory: authority.Directory, Roots: authority.Roots, Folder: folder, Log: quiet})
	if now := served(t.Context(), later, authority.Issued); now != first {
		t.Errorf("the replica serves %q, want %q", now, first)
	}
}

func TestAFailureIsLoggedWithItsCure(t *testing.T) {
	t.Parallel()
	log, ports := &journal.Log{}, listen(t)
	elsewhere := listen(t) // the authority asks for the challenge where nothing answers
	authority := acmetest.Start(t, port(elsewhere.plain), port(elsewhere.secure), 86400)
	elsewhere.plain.Close()
	elsewhere.secure.Close()
	manage(t, ports, certificate.Options{
		Directory: authority.Directory, Roots: authority.Roots, Folder: t.TempDir(), Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	wait.For(t, "the failure is logged", func() bool { return strings.Contains(log.String(), "no certificate was issued") })
	for _, want := range []string{"ports 80 and 443", domain, "level=ERROR"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is missing from:\n%s", want, log)
		}
	}
}

func TestRootsThatCannotBeReadAreRefused(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{empty, empty + strconv.Itoa(1)} {
		if _, err := certificate.New(certificate.Options{Domain: domain, Roots: file}); err == nil || !strings.Contains(err.Error(), "roots") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

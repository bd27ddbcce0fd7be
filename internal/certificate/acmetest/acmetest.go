// Package acmetest runs a certificate authority for tests: Pebble, which Let's Encrypt keeps for this, in the
// test's own process. Tests alone import it.
package acmetest

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

// Authority is a certificate authority that finds every domain at 127.0.0.1.
type Authority struct {
	Directory string         // URL of its ACME directory
	Roots     string         // PEM file of the roots that its own server is trusted by
	Issued    *x509.CertPool // the roots of what it issues
}

// Start runs an authority that connects to these ports in the place of 80 and 443, and issues certificates for
// so many seconds. It ends with the test.
func Start(t testing.TB, httpPort, httpsPort int, seconds uint64) Authority {
	t.Helper()
	// Pebble waits at random before it looks, and refuses some nonces, unless it is told not to.
	for name, value := range map[string]string{"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"} {
		if err := os.Setenv(name, value); err != nil {
			t.Fatal(err)
		}
	}
	quiet := log.New(io.Discard, "", 0)
	store := db.NewMemoryStore()
	issuer := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "the only one", ValidityPeriod: seconds}})
	validator := va.New(quiet, httpPort, httpsPort, false, names(t), store)
	front := wfe.New(quiet, store, validator, issuer, nil, false, false, 0, 0)
	server := httptest.NewTLSServer(front.Handler())
	t.Cleanup(server.Close)

	roots := filepath.Join(t.TempDir(), "roots.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(roots, text, 0o600); err != nil {
		t.Fatal(err)
	}
	issued := x509.NewCertPool()
	issued.AddCert(issuer.GetRootCert(0).Cert)
	return Authority{Directory: server.URL + wfe.DirectoryPath, Roots: roots, Issued: issued}
}

// names runs a name server to which every name is at 127.0.0.1, and returns its address. Resolvers ask by UDP,
// and by TCP if that fails.
func names(t testing.TB) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", address)
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range []*dns.Server{{PacketConn: conn, Handler: dns.HandlerFunc(answer)}, {Listener: listener, Handler: dns.HandlerFunc(answer)}} {
		started, ended := make(chan struct{}), make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		go func() { defer close(ended); _ = server.ActivateAndServe() }()
		<-started
		t.Cleanup(func() { _ = server.Shutdown(); <-ended })
	}
	return address
}

func answer(w dns.ResponseWriter, asked *dns.Msg) {
	reply := new(dns.Msg).SetReply(asked)
	for _, question := range asked.Question {
		if question.Qtype == dns.TypeA {
			reply.Answer = append(reply.Answer, &dns.A{
				Hdr: dns.RR_Header{Name: question.Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1),
			})
		}
	}
	_ = w.WriteMsg(reply)
}

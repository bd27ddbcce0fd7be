package deploy_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atalaya/internal/test/program"
	"atalaya/internal/webhook"
)

// Each part of a test connects from an address of its own. All are this machine's.
const (
	proxyHost  = "127.0.0.1"
	cdnHost    = "127.0.0.3"
	clientHost = "127.0.0.9"
	forged     = "52.89.214.238" // one of TradingView's, which a stranger claims
)

// seen is what reached the service: the sender as the webhook sees it, and the path unchanged.
type seen struct{ Sender, Path, Proto string }

// service starts a server that answers with what it has seen of a request, by the webhook's own rule for senders.
func service(t *testing.T, trusted ...string) (address string) {
	t.Helper()
	var networks []netip.Prefix
	for _, host := range trusted {
		networks = append(networks, netip.MustParsePrefix(host+"/32"))
	}
	clientIP := webhook.ClientIP(networks)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(seen{clientIP(r).String(), r.RequestURI, r.Proto})
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// filled returns an example file with the example's values replaced by the test's own.
func filled(t *testing.T, name string, values map[string]string) string {
	t.Helper()
	example := text(t, name)
	for old, value := range values {
		if !strings.Contains(example, old) {
			t.Fatalf("%s no longer says %q", name, old)
		}
		example = strings.ReplaceAll(example, old, value)
	}
	return example
}

// nginx runs nginx with only these sections in its http block.
func nginx(t *testing.T, ready, sections string) *program.Program {
	t.Helper()
	folder := t.TempDir()
	config := filepath.Join(folder, "nginx.conf")
	main := "daemon off;\nmaster_process off;\npid " + folder + "/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		main += fmt.Sprintf("%s_temp_path %s/%s;\n", kind, folder, kind)
	}
	write(t, config, main+sections+"\n}\n")
	return start(t, ready, &program.Program{Path: lookPath(t, "nginx", "/usr/sbin/nginx"), Args: []string{"-p", folder, "-e", "stderr", "-c", config}})
}

func start(t *testing.T, ready string, p *program.Program) *program.Program {
	t.Helper()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	if err := listens(t.Context(), p, ready); err != nil {
		t.Fatal(err)
	}
	return p
}

// listens waits until an address accepts connections.
func listens(ctx context.Context, p *program.Program, address string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-p.Exited():
			return fmt.Errorf("the proxy ended:\n%s", p.Output())
		case <-ctx.Done():
			return fmt.Errorf("nothing listens on %s: %w\n%s", address, err, p.Output())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func lookPath(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		for _, folder := range append(filepath.SplitList(os.Getenv("PATH")), "/") {
			if file := filepath.Join(folder, name); isProgram(file) {
				return file
			}
		}
	}
	t.Fatalf("%s is not installed: scripts/install.sh test", names[0])
	return ""
}

func isProgram(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

func write(t *testing.T, file, words string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(words), 0o600); err != nil {
		t.Fatal(err)
	}
}

func port(t *testing.T) string {
	t.Helper()
	free, err := program.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return free
}

// certificate writes a certificate for the example's name and its key to files.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	write(t, cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	write(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	return cert, key
}

const name = "signals.example.com"

// post sends an alert from the client's own address, claiming to be somebody else, and returns what arrived.
func post(t *testing.T, scheme, address, path string) seen {
	t.Helper()
	status, _, body := ask(t, http.MethodPost, scheme, address, path)
	var got seen
	if err := json.Unmarshal(body, &got); status != http.StatusOK || err != nil {
		t.Fatalf("%s://%s%s answered %d: %s", scheme, address, path, status, body)
	}
	return got
}

func ask(t *testing.T, method, scheme, address, path string) (status int, location string, body []byte) {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(clientHost)}}
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, address)
			},
			TLSClientConfig:   &tls.Config{ServerName: name, InsecureSkipVerify: true}, //nolint:gosec // the test's own certificate
			DisableKeepAlives: true,
		},
	}
	req, err := http.NewRequestWithContext(t.Context(), method, scheme+"://"+name, strings.NewReader(`{"ticker":"BTCUSDT"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.URL.Opaque = path // sent as it stands: net/http would clean a Path
	if strings.HasPrefix(path, "//") {
		req.URL.Opaque = "//" + name + path
	}
	for _, header := range []string{"X-Forwarded-For", "CF-Connecting-IP", "X-Real-IP"} {
		req.Header.Set(header, forged)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Location"), body
}

// passes fails the test unless a proxy names the sender to the service and leaves the webhook's paths as they are, on
// both ports. It must redirect only pages.
func passes(t *testing.T, secure, plain, sender string) {
	t.Helper()
	for scheme, address := range map[string]string{"https": secure, "http": plain} {
		for _, path := range []string{"/webhook/abc", "/webhook//abc/", "/webhook/abc%20", "/%20webhook/abc"} {
			if got := post(t, scheme, address, path); got.Sender != sender || !strings.HasSuffix(got.Path, path) {
				t.Errorf("%s %s reached the service as %+v, want the sender %s", scheme, path, got, sender)
			}
		}
	}
	if status, location, _ := ask(t, http.MethodGet, "http", plain, "/app/"); status != http.StatusPermanentRedirect || location != "https://"+name+"/app/" {
		t.Errorf("a page without TLS is answered %d, to %q", status, location)
	}
}

// site runs nginx with deploy/proxies/nginx.conf, and adds lines to both of its servers.
func site(t *testing.T, upstream, lines string) (p *program.Program, secure, plain string) {
	t.Helper()
	secure, plain = proxyHost+":"+port(t), proxyHost+":"+port(t)
	cert, key := certificate(t)
	p = nginx(t, secure, filled(t, "deploy/proxies/nginx.conf", map[string]string{
		"127.0.0.1:3000": upstream, "listen 443 ssl;": "listen " + secure + " ssl;\n" + lines, "listen 80;": "listen " + plain + ";\n" + lines,
		"/etc/letsencrypt/live/signals.example.com/fullchain.pem": cert, "/etc/letsencrypt/live/signals.example.com/privkey.pem": key,
	}))
	return p, secure, plain
}

func TestBehindNginxTheServiceSeesTheClientAndTheWebhooksPaths(t *testing.T) {
	t.Parallel()
	_, secure, plain := site(t, service(t, proxyHost), "")
	passes(t, secure, plain, clientHost)
}

// caddy runs Caddy with deploy/proxies/Caddyfile.
func caddy(t *testing.T, upstream string) (p *program.Program, secure, plain string) {
	t.Helper()
	secure, plain = port(t), port(t)
	cert, key := certificate(t)
	folder := t.TempDir()
	config := filepath.Join(folder, "Caddyfile")
	global := "\n{\n\tadmin off\n\tauto_https off\n\tstorage file_system " + folder + "\n\tdefault_bind " + proxyHost + "\n\tservers {\n\t\tprotocols h1\n\t}\n\tlog {"
	write(t, config, filled(t, "deploy/proxies/Caddyfile", map[string]string{
		"\n{\n\t# Tokens stand in paths, which Caddy's error log repeats. The service's own log leaves them out.\n\tlog {": global,
		"\nsignals.example.com {":      "\nhttps://signals.example.com:" + secure + " {\n\ttls " + cert + " " + key,
		"http://signals.example.com {": "http://signals.example.com:" + plain + " {",
		"reverse_proxy 127.0.0.1:3000": "reverse_proxy " + upstream,
	}))
	p = start(t, proxyHost+":"+secure, &program.Program{
		Path: lookPath(t, "caddy"), Args: []string{"run", "--config", config, "--adapter", "caddyfile"},
		Env: []string{"HOME=" + folder, "XDG_DATA_HOME=" + folder, "XDG_CONFIG_HOME=" + folder},
	})
	return p, proxyHost + ":" + secure, proxyHost + ":" + plain
}

func TestBehindCaddyTheServiceSeesTheClientAndTheWebhooksPaths(t *testing.T) {
	t.Parallel()
	_, secure, plain := caddy(t, service(t, proxyHost))
	passes(t, secure, plain, clientHost)
}

func TestNoProxyLogsTheTokenWhileTheServiceIsAway(t *testing.T) {
	t.Parallel()
	away := proxyHost + ":" + port(t)
	behindNginx, nginxAt, _ := site(t, away, "")
	behindCaddy, caddyAt, _ := caddy(t, away)
	for proxy, address := range map[*program.Program]string{behindNginx: nginxAt, behindCaddy: caddyAt} {
		for _, path := range []string{"/webhook/53cr37", "/v1/webhook?key=53cr37"} {
			if status, _, _ := ask(t, http.MethodPost, "https", address, path); status != http.StatusBadGateway {
				t.Errorf("without the service %s answers %d", proxy.Path, status)
			}
		}
		proxy.Kill()
		if strings.Contains(proxy.Output(), "53cr37") {
			t.Errorf("the token is in the log of %s:\n%s", proxy.Path, proxy.Output())
		}
	}
}

// cdn runs a proxy that connects from an address of its own. It replaces CF-Connecting-IP with the client's address,
// and appends that address to the X-Forwarded-For that the client has sent.
func cdn(t *testing.T, upstream string) (address string) {
	t.Helper()
	address = cdnHost + ":" + port(t)
	nginx(t, address, `server {
	listen `+address+`;
	location / {
		proxy_bind `+cdnHost+`;
		proxy_pass `+upstream+`;
		proxy_ssl_name `+name+`;
		proxy_ssl_server_name on;
		proxy_set_header Host `+name+`;
		proxy_set_header CF-Connecting-IP $remote_addr;
		proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
	}
}`)
	return address
}

func TestBehindACDNTheServiceSeesTheClientByTrustedProxiesAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		trusted []string
		sender  string
	}{
		"with the CDN's network":    {[]string{cdnHost}, clientHost},
		"without the CDN's network": {[]string{proxyHost}, cdnHost},
	} {
		if got := post(t, "http", cdn(t, "http://"+service(t, c.trusted...)), "/webhook/abc"); got.Sender != c.sender {
			t.Errorf("%s the sender is %s, want %s", name, got.Sender, c.sender)
		}
	}
}

func TestBehindNginxBehindACDNTheServiceSeesTheClient(t *testing.T) {
	t.Parallel()
	lines := filled(t, "deploy/proxies/nginx-cdn.conf", map[string]string{"203.0.113.0/24": cdnHost + "/32"})
	_, secure, _ := site(t, service(t, proxyHost), lines)
	if got := post(t, "http", cdn(t, "https://"+secure), "/webhook/abc"); got.Sender != clientHost {
		t.Errorf("the sender is %s, want %s", got.Sender, clientHost)
	}
	// A client that goes around the CDN cannot claim another address.
	if got := post(t, "https", secure, "/webhook/abc"); got.Sender != clientHost {
		t.Errorf("past the CDN the sender is %s, want %s", got.Sender, clientHost)
	}
}

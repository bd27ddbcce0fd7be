package chromium_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"atalaya/internal/chromium"
	"atalaya/internal/netguard"
	"atalaya/internal/test/program"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// deadline bounds each wait of a test. A browser takes seconds on a busy machine.
const deadline = 60 * time.Second

// rig is a browser whose proxy reaches nothing but one test site.
type rig struct {
	*chromium.Browser
	proxy  *netguard.Proxy
	folder string
}

func newRig(t *testing.T, site string, changes ...func(*chromium.Options)) rig {
	t.Helper()
	u, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := netguard.SitePolicy(u, nil)
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	proxy := netguard.NewProxy(netguard.NewDialer(policy, nil), quiet)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	folder := program.Folder(t)
	opts := chromium.Options{Proxy: proxy.Addr(), Folder: folder, Log: quiet}
	for _, change := range changes {
		change(&opts)
	}
	browser, err := chromium.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(browser.Stop)
	return rig{browser, proxy, folder}
}

func (r rig) open(t *testing.T, width, height int) *chromium.Page {
	t.Helper()
	page, err := r.NewPage(within(t), width, height)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(page.Close)
	return page
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	t.Cleanup(cancel)
	return ctx
}

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

func html(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><body>"+body)
	}
}

func eval[T any](t *testing.T, page *chromium.Page, js string) (out T) {
	t.Helper()
	if err := page.Eval(within(t), js, &out); err != nil {
		t.Fatalf("%s: %v", js, err)
	}
	return out
}

func visit(t *testing.T, page *chromium.Page, url string) {
	t.Helper()
	if status, err := page.Navigate(within(t), url); err != nil || status != 200 {
		t.Fatalf("navigate: %d, %v", status, err)
	}
}

func TestAPictureHasExactlyTheSizeOfThePage(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<h1 style="position:fixed;right:0;bottom:0">corner</h1>`))
	rig := newRig(t, site.URL)
	for _, size := range [][2]int{{1280, 720}, {1920, 1080}, {3840, 2160}} {
		page := rig.open(t, size[0], size[1])
		visit(t, page, site.URL)
		shot, err := page.Screenshot(within(t))
		if err != nil {
			t.Fatal(err)
		}
		config, err := png.DecodeConfig(bytes.NewReader(shot))
		if err != nil {
			t.Fatal(err)
		}
		if config.Width != size[0] || config.Height != size[1] {
			t.Errorf("%dx%d, want %v", config.Width, config.Height, size)
		}
		if got := eval[[3]float64](t, page, `[innerWidth, innerHeight, devicePixelRatio]`); got != [3]float64{float64(size[0]), float64(size[1]), 1} {
			t.Errorf("the page sees %v, want %v", got, size)
		}
		page.Close()
	}
}

func TestNavigateReturnsTheDocumentsStatusAndDoesNotWaitForTheRest(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/missing":
			w.WriteHeader(404)
			io.WriteString(w, "no")
		case "/moved":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/reset":
			panic(http.ErrAbortHandler)
		case "/never.js":
			select {
			case <-hang:
			case <-r.Context().Done():
			}
		default:
			html(`<p>here</p><script src="/never.js"></script>`)(w, r)
		}
	})
	defer close(hang)
	page := newRig(t, site.URL).open(t, 800, 600)
	for path, want := range map[string]int{"/": 200, "/missing": 404, "/moved": 200} {
		if status, err := page.Navigate(within(t), site.URL+path); err != nil || status != want {
			t.Errorf("%s: %d, %v; want %d", path, status, err, want)
		}
	}
	var load *chromium.LoadError
	if _, err := page.Navigate(within(t), site.URL+"/loop"); !errors.As(err, &load) {
		t.Errorf("redirect loop: %v, want a LoadError", err)
	}
	// Through the proxy a reset of plain http is the proxy's own 502, which is no answer of the site.
	if status, err := page.Navigate(within(t), site.URL+"/reset"); !errors.As(err, &load) {
		t.Errorf("reset: %d, %v; want a LoadError", status, err)
	}
}

func TestAContextThatEndsCutsACallShortAndLeavesThePageUsable(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<p>here</p>`))
	page := newRig(t, site.URL).open(t, 800, 600)
	visit(t, page, site.URL)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var out any
	if err := page.Eval(ctx, `new Promise(() => {})`, &out); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the deadline", err)
	}
	if got := eval[string](t, page, `document.body.innerText`); got != "here" {
		t.Errorf("after the deadline the page says %q", got)
	}
}

func TestPagesShareNoCookieNoStorageAndNoCache(t *testing.T) {
	t.Parallel()
	var asked sync.Map
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("who"); err == nil {
			asked.Store(r.URL.Path, c.Value)
		}
		html(`<p>x</p>`)(w, r)
	})
	host, _, _ := net.SplitHostPort(strings.TrimPrefix(site.URL, "http://"))
	rig := newRig(t, site.URL)
	var wg sync.WaitGroup
	for _, who := range []string{"ana", "ben"} {
		page := rig.open(t, 800, 600)
		wg.Go(func() {
			err := page.SetCookies(within(t), []*http.Cookie{{Name: "who", Value: who, Domain: host, Path: "/", HttpOnly: true}})
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := page.Navigate(within(t), site.URL+"/"+who); err != nil {
				t.Error(err)
				return
			}
			var seen []string
			if err := page.Eval(within(t), `[document.cookie, localStorage.getItem("left") ?? "", (localStorage.setItem("left", "x"), "")]`, &seen); err != nil {
				t.Error(err)
			} else if seen[0] != "" || seen[1] != "" {
				t.Errorf("%s sees %q, an HttpOnly cookie or another page's storage", who, seen)
			}
		})
	}
	wg.Wait()
	for _, who := range []string{"ana", "ben"} {
		if got, _ := asked.Load("/" + who); got != who {
			t.Errorf("the request of %s carried the cookie of %v", who, got)
		}
	}
	page := rig.open(t, 800, 600)
	visit(t, page, site.URL+"/later")
	if got, ok := asked.Load("/later"); ok {
		t.Errorf("a later page carried the cookie of %v", got)
	}
}

func TestAPageReachesItsSiteAndNothingElse(t *testing.T) {
	t.Parallel()
	var visits atomic.Int64
	neighbour := serve(t, func(http.ResponseWriter, *http.Request) { visits.Add(1) })
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	var folder atomic.Value
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/file" {
			w.Header().Set("Content-Disposition", "attachment; filename=stolen.txt")
			io.WriteString(w, "x")
			return
		}
		html(`<p>site</p>`)(w, r)
	})
	rig := newRig(t, site.URL)
	folder.Store(rig.folder)
	page := rig.open(t, 800, 600)
	visit(t, page, site.URL)

	_, port, _ := net.SplitHostPort(strings.TrimPrefix(neighbour.URL, "http://"))
	attempts := []string{
		neighbour.URL, "http://localhost:" + port, "http://[::1]:" + port, "http://0.0.0.0:" + port,
		"http://127.1:" + port, "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd",
	}
	reached := eval[[]string](t, page, fmt.Sprintf(`Promise.all(%q.split(" ").map(u =>
		fetch(u, {mode: "no-cors"}).then(r => r.type === "opaque" && u.startsWith("file") ? u : "", () => "")))`,
		strings.Join(attempts, " ")))
	for _, u := range reached {
		if u != "" {
			t.Errorf("the page reached %s", u)
		}
	}
	if got := eval[string](t, page, fmt.Sprintf(`new Promise(done => {
		const s = new WebSocket("ws://127.0.0.1:%s/");
		s.onopen = () => done("open"); s.onerror = () => done("refused"); })`, port)); got != "refused" {
		t.Errorf("a WebSocket to the neighbour is %s", got)
	}
	// WebRTC asks a STUN server over UDP, which no HTTP proxy carries.
	eval[string](t, page, fmt.Sprintf(`new Promise(async done => {
		const c = new RTCPeerConnection({iceServers: [{urls: "stun:%s"}]});
		c.onicegatheringstatechange = () => { if (c.iceGatheringState === "complete") done("over") };
		c.createDataChannel("x"); await c.setLocalDescription(await c.createOffer());
		setTimeout(() => done("time"), 2000) })`, udp.LocalAddr()))
	if err := udp.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, from, err := udp.ReadFrom(make([]byte, 2048)); err == nil {
		t.Errorf("WebRTC sent %d bytes from %s around the proxy", n, from)
	}
	if visits.Load() != 0 {
		t.Errorf("the neighbour was reached %d times", visits.Load())
	}
	if rig.proxy.Refusals()[netguard.ReasonHost] == 0 {
		t.Error("the proxy refused nothing: the attempts went around it")
	}
	if _, err := page.Navigate(within(t), "file:///etc/passwd"); err == nil {
		t.Error("a file: URL was opened")
	}
	if _, err := page.Navigate(within(t), site.URL+"/file"); err == nil {
		t.Error("a download is a page")
	}
	filepath.WalkDir(rig.folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.Contains(d.Name(), "stolen") {
			t.Errorf("the download was stored at %s", path)
		}
		return nil
	})
	if got := eval[string](t, page, `navigator.permissions.query({name: "geolocation"}).then(p => p.state)`); got == "granted" {
		t.Error("the page was given the location")
	}
}

func TestAnAlertBoxDoesNotHoldThePage(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<p>x</p><script>setTimeout(() => { alert("hi"); confirm("sure?"); document.title = "past" })</script>`))
	page := newRig(t, site.URL).open(t, 800, 600)
	visit(t, page, site.URL)
	for ctx := within(t); ; {
		var title string
		if err := page.Eval(ctx, `document.title`, &title); err != nil {
			t.Fatal(err)
		}
		if title == "past" {
			return
		}
	}
}

func TestABrowserWithoutProxyOrExecutableIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := chromium.New(chromium.Options{}); err == nil {
		t.Error("a browser without a proxy is accepted")
	}
	_, err := chromium.New(chromium.Options{Proxy: "127.0.0.1:1", Executable: "/nowhere/browser"})
	if err == nil || !strings.Contains(err.Error(), "PUPPETEER_EXECUTABLE_PATH") {
		t.Errorf("error %v, want one that names the setting", err)
	}
}

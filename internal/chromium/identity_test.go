package chromium_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"atalaya/internal/chromium"
)

// said is what a browser tells a site about itself.
type said struct {
	Agent    string `json:"agent"`
	Language string `json:"language"`
	headers  http.Header
}

func introduce(t *testing.T, changes ...func(*chromium.Options)) said {
	t.Helper()
	headers := make(chan http.Header, 1)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			headers <- r.Header.Clone()
		}
		w.Header().Set("Content-Type", "text/html")
	}))
	t.Cleanup(site.Close)
	page := newRig(t, site.URL, changes...).open(t, 320, 200)
	if _, err := page.Navigate(within(t), site.URL+"/"); err != nil {
		t.Fatal(err)
	}
	var s said
	if err := page.Eval(within(t), `({agent: navigator.userAgent, language: navigator.language})`, &s); err != nil {
		t.Fatal(err)
	}
	s.headers = <-headers
	return s
}

func TestTheBrowserIdentifiesItselfByDefault(t *testing.T) {
	t.Parallel()
	s := introduce(t)
	if !strings.Contains(s.Agent, "Chrome/") || s.headers.Get("User-Agent") != s.Agent {
		t.Errorf("the page sees %q, the site %q; want the browser's own twice", s.Agent, s.headers.Get("User-Agent"))
	}
	if s.Language != "en-US" {
		t.Errorf("the page sees the language %q, want the browser's own, en-US", s.Language)
	}
}

func TestTheBrowserIdentifiesItselfAsConfigured(t *testing.T) {
	t.Parallel()
	s := introduce(t, func(o *chromium.Options) { o.UserAgent, o.Language = "Mozilla/5.0 (test) Chrome/1.2.3.4", "es" })
	if s.Agent != "Mozilla/5.0 (test) Chrome/1.2.3.4" || s.headers.Get("User-Agent") != s.Agent {
		t.Errorf("the page sees %q, the site %q", s.Agent, s.headers.Get("User-Agent"))
	}
	if s.Language != "es" || !strings.HasPrefix(s.headers.Get("Accept-Language"), "es") {
		t.Errorf("the page sees the language %q, the site %q; want es", s.Language, s.headers.Get("Accept-Language"))
	}
}

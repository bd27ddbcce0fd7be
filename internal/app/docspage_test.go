package app_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"atalaya/internal/test/browser"
	"atalaya/internal/test/testkit"
)

// watch records what the page's policy refuses and which scripts fail, from the page's first moment on.
const watch = `window.refused = []; window.failures = [];
	document.addEventListener("securitypolicyviolation", (e) => refused.push(e.violatedDirective + " " + e.blockedURI));
	addEventListener("error", (e) => failures.push(String(e.message)));
	addEventListener("unhandledrejection", (e) => failures.push(String(e.reason)));`

func TestTheDocsPageShowsEveryRouteAndReachesNoOtherHost(t *testing.T) {
	t.Parallel()
	s := run(t, testkit.Settings(t, testkit.Database(t), map[string]string{"TRADINGVIEW_URL": startSite(t)}))
	var document struct {
		Tags  []struct{ Name string }
		Paths map[string]map[string]json.RawMessage
	}
	s.get(t, http.MethodGet, "/api/openapi.json", nil, &document)
	var summaries []string
	for path, item := range document.Paths {
		for method, described := range item {
			var op struct{ Summary string }
			if method == "parameters" {
				continue
			}
			if err := json.Unmarshal(described, &op); err != nil || op.Summary == "" {
				t.Errorf("%s %s has no summary: %v", method, path, err)
			}
			summaries = append(summaries, op.Summary)
		}
	}
	if document.Tags[0].Name != "webhook" || !slices.Contains(summaries, "Send an alert") {
		t.Errorf("the document does not describe the webhook: %v", document.Tags)
	}
	chromium := browser.Start(t)
	backgrounds := map[string]string{}
	for _, look := range []struct {
		name          string
		width, height int64
		scheme        string
	}{{"light", 1440, 900, "light"}, {"dark", 1440, 900, "dark"}, {"phone", 390, 844, "light"}} {
		ctx := openDocs(t, chromium, s.cfg.PublicURL, look.width, look.height, look.scheme)
		browser.WaitFor(t, ctx, `document.body.innerText.includes("Send an alert") && document.fonts.status === "loaded"`)
		if look.name != "phone" { // which has its list of routes behind a button
			text := browser.Eval[string](t, ctx, `[...document.querySelectorAll("a, button")].map((e) => e.textContent.trim()).join("\n")`)
			for _, summary := range summaries {
				if !strings.Contains(text, summary) {
					t.Errorf("%s: %q is not in the page's list of routes", look.name, summary)
				}
			}
		}
		backgrounds[look.name] = browser.Eval[string](t, ctx, `getComputedStyle(document.body).backgroundColor`)
		if wide := browser.Eval[float64](t, ctx, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
			t.Errorf("%s: the page is %v pixels wider than the window", look.name, wide)
		}
		foreign := browser.Eval[[]string](t, ctx, `performance.getEntriesByType("resource").map((e) => e.name).filter((name) => !name.startsWith(location.origin) && !name.startsWith("data:"))`)
		refused, failures := browser.Eval[[]string](t, ctx, `refused`), browser.Eval[[]string](t, ctx, `failures`)
		if len(foreign)+len(refused)+len(failures) > 0 {
			t.Errorf("%s: other hosts %q, refused by the policy %q, failed scripts %q", look.name, foreign, refused, failures)
		}
		keepPicture(t, ctx, "docs-"+look.name)
	}
	if backgrounds["light"] == backgrounds["dark"] {
		t.Errorf("light and dark have the same background %s", backgrounds["light"])
	}
}

func TestTheDocsPageHasCodeForARouteInSeveralLanguages(t *testing.T) {
	t.Parallel()
	s := run(t, testkit.Settings(t, testkit.Database(t), map[string]string{"TRADINGVIEW_URL": startSite(t)}))
	ctx := openDocs(t, browser.Start(t), s.cfg.PublicURL+"/docs#tag/webhook/POST/webhook/{token}", 1440, 900, "light")
	browser.WaitFor(t, ctx, `document.body.innerText.includes("curl "+location.origin+"/webhook/")`)
	for _, language := range []string{"Shell", "Python", "PHP", "Node.js"} {
		browser.WaitFor(t, ctx, `document.body.innerText.includes("`+language+`")`)
	}
	keepPicture(t, ctx, "docs-webhook")
}

// openDocs opens the page of the API's document in a window of its own.
func openDocs(t *testing.T, chromium context.Context, address string, width, height int64, scheme string) context.Context {
	t.Helper()
	if !strings.Contains(address, "/docs") {
		address += "/docs"
	}
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch})
	if err != nil {
		t.Fatal(err)
	}
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height), chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// keepPicture writes a picture of the window to the folder that PAGE_PICTURES names, for people who want to look at it.
func keepPicture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("PAGE_PICTURES")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600); err != nil {
		t.Fatal(err)
	}
}

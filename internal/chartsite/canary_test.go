package chartsite_test

import (
	"net/http/httptest"
	"slices"
	"testing"

	"atalaya/internal/chartsite"
	"atalaya/internal/test/browser"
	"atalaya/internal/test/wait"
)

// The attempts of the hostile page are real. So a canary without hits elsewhere means that something held them back.
func TestTheHostilePageReachesTheCanaryIfNothingHoldsItBack(t *testing.T) {
	t.Parallel()
	canary, err := chartsite.StartCanary()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(canary.Stop)
	site, err := chartsite.New(chartsite.Options{Canary: canary.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	t.Cleanup(site.Close)
	ctx := tab(t, browser.Start(t), server.URL, chartsite.NewSession("olga"))
	open(t, ctx, chartURL(server.URL, "good1", "NASDAQ:TSLA", "15"))
	browser.WaitFor(t, ctx, isReady)
	if hits := canary.Hits(); len(hits) > 0 {
		t.Errorf("a good page hit %v", hits)
	}
	open(t, ctx, chartURL(server.URL, "hostile", "NASDAQ:TSLA", "15"))
	browser.WaitFor(t, ctx, isReady)
	for _, proof := range []string{"fetch", "image", "/script", "message /frame"} {
		browser.WaitFor(t, ctx, `window.__escapes.includes("`+proof+`")`)
	}
	for _, way := range []string{
		"tcp", "udp", "GET /fetch", "GET /nocors", "POST /xhr", "POST /beacon", "GET /worker", "GET /image", "GET /frame",
		"GET /script", "GET /stylesheet", "GET /css", "GET /ws", "GET /events", "POST /form", "GET /open", "GET /link",
	} {
		err := wait.Until(t.Context(), wait.Patience, "a hit by "+way, func() (bool, error) { return slices.Contains(canary.Hits(), way), nil })
		if err != nil {
			t.Error(err)
		}
	}
	if t.Failed() {
		t.Logf("hits: %q\nescapes: %q", canary.Hits(), browser.Eval[[]string](t, ctx, `window.__escapes`))
	}
	browser.WaitFor(t, ctx, isRested)
	picture := viewport(t, ctx)
	keep(t, "hostile", picture)
	if _, err := site.Shown(decode(t, picture)); err != nil {
		t.Errorf("the chart of the hostile page is not good: %v", err)
	}
}

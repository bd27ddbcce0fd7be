package chartsite_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"atalaya"
	"atalaya/internal/chartsite"
	"atalaya/internal/test/wait"
)

// get requests an address with a session's cookies and returns the answer. It follows no redirect.
func get(t *testing.T, address string, session atalaya.TVSession) (status int, body string, header http.Header) {
	t.Helper()
	status, body, header, err := ask(t.Context(), address, session)
	if err != nil {
		t.Fatal(err)
	}
	return status, body, header
}

func ask(ctx context.Context, address string, session atalaya.TVSession) (int, string, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, "", nil, err
	}
	if session.ID != "" {
		req.AddCookie(&http.Cookie{Name: "sessionid", Value: session.ID})
	}
	if session.Sign != "" {
		req.AddCookie(&http.Cookie{Name: "sessionid_sign", Value: session.Sign})
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), res.Header, err
}

const (
	signedInMark  = `is-authenticated"`
	signedOutMark = `is-not-authenticated"`
)

// seen returns the status, what the page shows ("chart" or "message"), and whether it is signed in ("in" or "out").
func seen(status int, body string) string {
	what, who := "message", "in"
	if strings.Contains(body, "chart-container") {
		what = "chart"
	}
	if strings.Contains(body, signedOutMark) {
		who = "out"
	} else if !strings.Contains(body, signedInMark) {
		who = "nobody"
	}
	return strconv.Itoa(status) + " " + what + " " + who
}

func TestASessionHasTheFormOfTradingViewsAndComesFromItsSeedAlone(t *testing.T) {
	t.Parallel()
	session := chartsite.NewSession("alice")
	if !regexp.MustCompile(`^[a-z0-9]{32}$`).MatchString(session.ID) {
		t.Error("the session id has another form")
	}
	if !regexp.MustCompile(`^v3:[A-Za-z0-9+/]{43}=$`).MatchString(session.Sign) {
		t.Error("the signature has another form")
	}
	if session != chartsite.NewSession("alice") {
		t.Error("the same seed makes another session")
	}
	accounts := make(map[string]string)
	for _, seed := range []string{"alice", "bob", "", "expired-alice", "expired-bob", "slow-alice"} {
		account := chartsite.Account(chartsite.NewSession(seed))
		if other, ok := accounts[account]; ok {
			t.Errorf("seeds %q and %q make the same account", seed, other)
		}
		accounts[account] = seed
	}
	if account := chartsite.Account(atalaya.TVSession{}); account != "" {
		t.Errorf("without a session the account is %q", account)
	}
}

func TestTheSiteSignsInOnlyWithBothCookies(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	alice, bob := chartsite.NewSession("alice"), chartsite.NewSession("bob")
	for name, c := range map[string]struct {
		session             atalaya.TVSession
		private, open, bare string
	}{
		"both cookies":          {alice, "200 chart in", "200 chart in", "200 chart in"},
		"no cookies":            {atalaya.TVSession{}, "200 message out", "200 chart out", "200 chart out"},
		"no signature":          {atalaya.TVSession{ID: alice.ID}, "200 message out", "200 chart out", "200 chart out"},
		"a signature alone":     {atalaya.TVSession{Sign: alice.Sign}, "200 message out", "200 chart out", "200 chart out"},
		"another one's":         {atalaya.TVSession{ID: alice.ID, Sign: bob.Sign}, "200 message out", "200 chart out", "200 chart out"},
		"a made-up session id":  {atalaya.TVSession{ID: strings.Repeat("x", 32), Sign: alice.Sign}, "200 message out", "200 chart out", "200 chart out"},
		"an expired session":    {chartsite.NewSession("expired-alice"), "200 message out", "200 message out", "200 chart out"},
		"a session that is bad": {chartsite.NewSession("error500-alice"), "500 message out", "500 message out", "500 message out"},
	} {
		for path, want := range map[string]string{"/chart/AbCd1234/": c.private, "/chart/public1/": c.open, "/chart/": c.bare} {
			status, body, _ := get(t, address+path+"?symbol=AAPL", c.session)
			if got := seen(status, body); got != want {
				t.Errorf("%s at %s sees %q, want %q; the page:\n%.300s", name, path, got, want, body)
			}
		}
	}
}

func TestAnExpiredSessionIsSignedOutFromThenOn(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	alice, bob := chartsite.NewSession("alice"), chartsite.NewSession("bob")
	look := func(session atalaya.TVSession) string {
		status, body, _ := get(t, address+"/chart/AbCd1234/", session)
		return seen(status, body)
	}
	if got := look(alice); got != "200 chart in" {
		t.Fatalf("before: %s", got)
	}
	site.Expire(alice)
	if got := look(alice); got != "200 message out" {
		t.Errorf("after: %s", got)
	}
	if got := look(bob); got != "200 chart in" {
		t.Errorf("another account: %s", got)
	}
	res, err := http.Post(address+"/_site/accounts/"+chartsite.Account(bob)+"/expire", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := look(bob); res.StatusCode != http.StatusNoContent || got != "200 message out" {
		t.Errorf("after the control endpoint's %d: %s", res.StatusCode, got)
	}
}

func TestAddressesAnswerAsOnTheRealSite(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	alice := chartsite.NewSession("alice")
	status, _, header := get(t, address+"/chart/AbCd1234?symbol=A%3AB&interval=5", alice)
	if to := header.Get("Location"); status != http.StatusMovedPermanently || to != "/chart/AbCd1234/?symbol=A%3AB&interval=5" {
		t.Errorf("without its slash: %d to %q", status, to)
	}
	for path, want := range map[string]int{
		"/chart/notfound/": 404, "/chart/NotFound7/": 404, "/chart/under_score/": 404, "/chart/under_score": 404,
		"/chart/" + strings.Repeat("a", 33) + "/": 404, "/chart/error500x/": 500, "/elsewhere": 404, "/": 200,
		"/static/vendor/lightweight-charts.js": 200, "/_site/draws": 200, "/_site/draws/0": 404, "/_site/draws/x": 400,
	} {
		status, body, header := get(t, address+path, alice)
		if status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
		if status == 404 && strings.HasPrefix(path, "/chart") && seen(status, body) != "404 message out" {
			t.Errorf("%s shows %q", path, seen(status, body))
		}
		if header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s has no content security policy", path)
		}
	}
}

func TestEveryScenarioIsListedOnceOnTheHomePage(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	_, body, _ := get(t, address+"/", atalaya.TVSession{})
	seen := make(map[string]bool)
	for _, sc := range chartsite.Scenarios() {
		if seen[sc.ID] || !regexp.MustCompile(`^[a-z0-9]{1,32}$`).MatchString(sc.ID) {
			t.Errorf("there is another %s, or no chart can have that id", sc.ID)
		}
		seen[sc.ID] = true
		if n := strings.Count(body, `<a href="/chart/`+sc.ID+`/?`); n != 1 {
			t.Errorf("%s is listed %d times", sc.ID, n)
		}
	}
}

// dataPath is where the chart page gets its candles.
func dataPath(chartID, symbol, interval string) string {
	return "/data/chart?chart_id=" + chartID + "&symbol=" + symbol + "&interval=" + interval
}

func TestEveryDrawingIsOnRecordWithItsAccountAndWithoutItsCookies(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	site, err := chartsite.New(chartsite.Options{Log: slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site)
	defer server.Close()
	alice, bob := chartsite.NewSession("alice"), chartsite.NewSession("wronginterval-bob")
	for path, session := range map[string]atalaya.TVSession{
		dataPath("AbCd1234", "NASDAQ:AAPL", "1H"):    alice,
		dataPath("wrongsymbol", "NASDAQ:AAPL", "5"):  alice,
		dataPath("AbCd1234", "BINANCE:ETHUSDT", "D"): bob,
		dataPath("public7", "EURUSD", "W"):           {},
	} {
		if status, body, _ := get(t, server.URL+path, session); status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, status, body)
		}
	}
	want := []chartsite.Draw{
		{ChartID: "AbCd1234", Symbol: "NASDAQ:AAPL", Interval: "60", Account: chartsite.Account(alice), SignedIn: true, Scenario: "good"},
		{ChartID: "wrongsymbol", Symbol: "BINANCE:ETHUSDT", Interval: "5", Account: chartsite.Account(alice), SignedIn: true, Scenario: "wrongsymbol"},
		{ChartID: "AbCd1234", Symbol: "BINANCE:ETHUSDT", Interval: "60", Account: chartsite.Account(bob), SignedIn: true, Scenario: "wronginterval"},
		{ChartID: "public7", Symbol: "OANDA:EURUSD", Interval: "1W", Scenario: "public"},
	}
	opts := cmp.Options{
		cmpopts.IgnoreFields(chartsite.Draw{}, "ID", "At"),
		cmpopts.SortSlices(func(a, b chartsite.Draw) bool { return a.ChartID+a.Scenario < b.ChartID+b.Scenario }),
	}
	good := slices.DeleteFunc(site.Draws(), func(d chartsite.Draw) bool { return d.Flaw != "" })
	if diff := cmp.Diff(want, good, opts); diff != "" {
		t.Errorf("the record (-want +got):\n%s", diff)
	}
	var listed struct{ Draws []chartsite.Draw }
	_, list, _ := get(t, server.URL+"/_site/draws", atalaya.TVSession{})
	if err := json.Unmarshal([]byte(list), &listed); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(site.Draws(), listed.Draws); diff != "" {
		t.Errorf("the list over HTTP (-want +got):\n%s", diff)
	}
	for _, text := range []string{list, lines.String()} {
		for _, secret := range []string{alice.ID, alice.Sign, bob.ID, bob.Sign} {
			if strings.Contains(text, secret) {
				t.Error("a cookie is in the record or in the log")
			}
		}
	}
}

func TestDataOfOthersAndOfNoSymbolAreRefusedAndNotOnRecord(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	alice := chartsite.NewSession("alice")
	for path, c := range map[string]struct {
		session atalaya.TVSession
		want    int
	}{
		dataPath("AbCd1234", "AAPL", "5"):          {atalaya.TVSession{}, http.StatusForbidden},
		dataPath("expired", "AAPL", "5"):           {alice, http.StatusForbidden},
		dataPath("a_b", "AAPL", "5"):               {alice, http.StatusForbidden},
		dataPath("nosymbol", "AAPL", "5"):          {alice, http.StatusNotFound},
		dataPath("AbCd1234", "NYSE:NOSUCHCO", "5"): {alice, http.StatusNotFound},
	} {
		if status, _, _ := get(t, address+path, c.session); status != c.want {
			t.Errorf("%s: %d, want %d", path, status, c.want)
		}
	}
	if n := len(site.Draws()); n != 0 {
		t.Errorf("%d drawings are on record", n)
	}
}

func TestCloseEndsEveryAnswerThatWouldNotEndByItself(t *testing.T) {
	t.Parallel()
	site, err := chartsite.New(chartsite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site)
	type end struct {
		path string
		err  error
	}
	ended := make(chan end)
	quick := dataPath("public", "AAPL", "5")
	paths := []string{quick, "/chart/hang/", dataPath("slow60000", "AAPL", "5"), "/data/live?symbol=AAPL&interval=5"}
	session := chartsite.NewSession("alice")
	for _, path := range paths {
		go func() {
			_, _, _, err := ask(t.Context(), server.URL+path, session)
			ended <- end{path, err}
		}()
	}
	for i := range paths {
		select {
		case got := <-ended:
			if got.err != nil || (got.path == quick) != (i == 0) {
				t.Errorf("%s was the answer number %d to end: %v", got.path, i+1, got.err)
			}
		case <-time.After(wait.Patience):
			t.Fatal("an answer goes on after the site was closed")
		}
		site.Close()
	}
	ctx, cancel := context.WithTimeout(t.Context(), wait.Patience)
	defer cancel()
	if err := server.Config.Shutdown(ctx); err != nil {
		t.Errorf("the server does not end: %v", err)
	}
}

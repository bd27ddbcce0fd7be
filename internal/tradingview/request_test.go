package tradingview_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"atalaya"
	"atalaya/internal/tradingview"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func base(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestTheChartURLNamesChartSymbolAndInterval(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		req  atalaya.CaptureRequest
		want string
	}{
		{atalaya.CaptureRequest{ChartID: "AbC12345", Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60"},
			"https://www.tradingview.com/chart/AbC12345/?symbol=BINANCE%3ABTCUSDT&interval=60"},
		{atalaya.CaptureRequest{ChartID: "AbC12345", Symbol: "EURUSD", Interval: "1D"},
			"https://www.tradingview.com/chart/AbC12345/?symbol=EURUSD&interval=1D"},
		{atalaya.CaptureRequest{ChartID: "AbC12345", Exchange: "CME_MINI", Symbol: "ES1!"},
			"https://www.tradingview.com/chart/AbC12345/?symbol=CME_MINI%3AES1%21"},
		{atalaya.CaptureRequest{ChartID: "AbC12345", Symbol: "NYSE:A/NYSE:B&C", Interval: "30S"},
			"https://www.tradingview.com/chart/AbC12345/?symbol=NYSE%3AA%2FNYSE%3AB%26C&interval=30S"},
		{atalaya.CaptureRequest{ChartID: "AbC12345", Interval: "12M"},
			"https://www.tradingview.com/chart/AbC12345/?interval=12M"},
		{atalaya.CaptureRequest{ChartID: "AbC12345"}, "https://www.tradingview.com/chart/AbC12345/"},
		{atalaya.CaptureRequest{Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60"},
			"https://www.tradingview.com/chart/?symbol=BINANCE%3ABTCUSDT&interval=60"},
	} {
		got, err := tradingview.ChartURL(base(t, "https://www.tradingview.com"), c.req)
		if err != nil || got != c.want {
			t.Errorf("ChartURL(%+v) = %s, %v; want %s", c.req, got, err, c.want)
		}
	}
	if got, err := tradingview.ChartURL(base(t, "http://127.0.0.1:8090/"), atalaya.CaptureRequest{ChartID: "x"}); got != "http://127.0.0.1:8090/chart/x/" || err != nil {
		t.Errorf("the double's chart is at %s, %v", got, err)
	}
}

func TestPartsThatNoChartCanHaveAreRefused(t *testing.T) {
	t.Parallel()
	good := atalaya.CaptureRequest{ChartID: "AbC12345", Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60"}
	for name, c := range map[string]struct {
		spoil func(*atalaya.CaptureRequest)
		want  atalaya.CaptureCode
	}{
		"no chart, signed in":    {func(r *atalaya.CaptureRequest) { r.ChartID, r.Session.ID = "", "s" }, atalaya.CaptureChartNotFound},
		"no chart and no symbol": {func(r *atalaya.CaptureRequest) { r.ChartID, r.Exchange, r.Symbol = "", "", "" }, atalaya.CaptureChartNotFound},
		"a path":                 {func(r *atalaya.CaptureRequest) { r.ChartID = "../../login" }, atalaya.CaptureChartNotFound},
		"a line break":           {func(r *atalaya.CaptureRequest) { r.ChartID = "AbC\n" }, atalaya.CaptureChartNotFound},
		"a long chart id":        {func(r *atalaya.CaptureRequest) { r.ChartID = strings.Repeat("a", 33) }, atalaya.CaptureChartNotFound},
		"a small exchange":       {func(r *atalaya.CaptureRequest) { r.Exchange = "binance" }, atalaya.CaptureWrongSymbol},
		"a script":               {func(r *atalaya.CaptureRequest) { r.Symbol = "<SCRIPT>" }, atalaya.CaptureWrongSymbol},
		"a fragment":             {func(r *atalaya.CaptureRequest) { r.Symbol = "A#B" }, atalaya.CaptureWrongSymbol},
		"a long symbol":          {func(r *atalaya.CaptureRequest) { r.Symbol = strings.Repeat("A", 65) }, atalaya.CaptureWrongSymbol},
		"no minutes":             {func(r *atalaya.CaptureRequest) { r.Interval = "0" }, atalaya.CaptureWrongInterval},
		"a query":                {func(r *atalaya.CaptureRequest) { r.Interval = "1&x=2" }, atalaya.CaptureWrongInterval},
	} {
		req := good
		c.spoil(&req)
		got, err := tradingview.ChartURL(base(t, "https://www.tradingview.com"), req)
		if got != "" || err == nil || atalaya.CaptureCodeOf(err) != c.want {
			t.Errorf("%s: %q, %v; want %s", name, got, err, c.want)
		}
	}
}

func TestWhateverIsAcceptedStaysOnTheChartPage(t *testing.T) {
	t.Parallel()
	site := base(t, "https://www.tradingview.com")
	rapid.Check(t, func(t *rapid.T) {
		req := atalaya.CaptureRequest{
			ChartID:  rapid.StringMatching(`[A-Za-z0-9/.?#%]{1,8}`).Draw(t, "chart"),
			Symbol:   rapid.StringMatching(`[A-Z0-9:._!/^&*+$ #%=-]{0,12}`).Draw(t, "symbol"),
			Interval: rapid.SampledFrom([]string{"", "1", "1D", "M", "&"}).Draw(t, "interval"),
		}
		text, err := tradingview.ChartURL(site, req)
		if err != nil {
			return
		}
		u, err := url.Parse(text)
		if err != nil || u.Host != site.Host || u.Path != "/chart/"+req.ChartID+"/" || u.Fragment != "" {
			t.Fatalf("%s: %v", text, err)
		}
		if got := u.Query(); got.Get("symbol") != req.Symbol || got.Get("interval") != req.Interval {
			t.Fatalf("%s says %v, want %q and %q", text, got, req.Symbol, req.Interval)
		}
	})
}

// session returns a session in the form of TradingView's.
func session() atalaya.TVSession {
	return atalaya.TVSession{
		ID:   strings.Repeat("a1", 16),
		Sign: "v3:" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("s", 32))),
	}
}

func TestCookiesCoverTradingViewOrTheSitesHostAlone(t *testing.T) {
	t.Parallel()
	for site, want := range map[string]struct {
		domain string
		secure bool
	}{
		"https://www.tradingview.com":     {".tradingview.com", true},
		"https://es.tradingview.com":      {".tradingview.com", true},
		"https://tradingview.com":         {".tradingview.com", true},
		"https://eviltradingview.com":     {"eviltradingview.com", true},
		"https://tradingview.com.evil.io": {"tradingview.com.evil.io", true},
		"http://127.0.0.1:8090":           {"127.0.0.1", false},
		"http://localhost:8090":           {"localhost", false},
	} {
		got, err := tradingview.Cookies(base(t, site), session())
		if err != nil {
			t.Errorf("%s: %v", site, err)
			continue
		}
		cookie := http.Cookie{Domain: want.domain, Path: "/", HttpOnly: true, Secure: want.secure}
		id, sign := cookie, cookie
		id.Name, id.Value = "sessionid", session().ID
		sign.Name, sign.Value = "sessionid_sign", session().Sign
		if diff := cmp.Diff([]*http.Cookie{&id, &sign}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", site, diff)
		}
	}
}

func TestACookieOfAnotherFormIsRefusedWithoutItsValue(t *testing.T) {
	t.Parallel()
	good := session()
	for name, bad := range map[string]atalaya.TVSession{
		"none":             {},
		"no sign":          {ID: good.ID},
		"a short id":       {ID: good.ID[1:], Sign: good.Sign},
		"a long id":        {ID: good.ID + "a", Sign: good.Sign},
		"an id with ;":     {ID: good.ID[:31] + ";", Sign: good.Sign},
		"no version":       {ID: good.ID, Sign: good.Sign[3:]},
		"version 4":        {ID: good.ID, Sign: "v4" + good.Sign[2:]},
		"not base64":       {ID: good.ID, Sign: "v3:secretsecret!"},
		"half base64":      {ID: good.ID, Sign: "v3:secrets3cre"[:12]},
		"a header's end":   {ID: good.ID, Sign: good.Sign + "\r\nX: y"},
		"the other cookie": {ID: good.Sign, Sign: good.ID},
	} {
		_, err := tradingview.Cookies(base(t, "https://www.tradingview.com"), bad)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		for _, value := range []string{bad.ID, bad.Sign} {
			if value != "" && strings.Contains(err.Error(), value) {
				t.Errorf("%s: the error %q holds a cookie's value", name, err)
			}
		}
	}
}

func TestSymbolsAreTheSameIfTheirCommonPartsAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		exchange, symbol, shown string
		want                    bool
	}{
		{"BINANCE", "BTCUSDT", "BINANCE:BTCUSDT", true},
		{"", "BTCUSDT", "BINANCE:BTCUSDT", true},
		{"BINANCE", "BTCUSDT", "BTCUSDT", true},
		{"BINANCE", "BTCUSDT", "binance:btcusdt", true},
		{"NASDAQ", "AAPL", "NASDAQ_DLY:AAPL", true},
		{"NASDAQ", "AAPL", "NASDAQ_DL:AAPL", true},
		{"BINANCE", "BTCUSDT", "COINBASE:BTCUSDT", false},
		{"BINANCE", "BTCUSDT", "BINANCE:BTCUSDT.P", false},
		{"", "BTCUSDT", "BINANCE:ETHUSDT", false},
		{"", "BTCUSDT", "", false},
		{"", "NYSE:A/NYSE:B", "NYSE:A/NYSE:B", true},
		{"", "NYSE:A/NYSE:B", "NYSE:A", false},
		{"", "", "BINANCE:BTCUSDT", false},
	} {
		if got := tradingview.SameSymbol(c.exchange, c.symbol, c.shown); got != c.want {
			t.Errorf("SameSymbol(%q, %q, %q) = %v", c.exchange, c.symbol, c.shown, got)
		}
	}
}

func TestIntervalsAreTheSameHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		interval, shown string
		want            bool
	}{
		{"D", "1D", true}, {"1D", "D", true}, {"W", "1W", true}, {"M", "1M", true},
		{"60", "1H", true}, {"240", "4h", true}, {"15", "15m", true}, {"15", "15 min", true},
		{"30S", "30s", true}, {"S", "1S", true}, {"12M", "12M", true},
		{"1", "1M", false}, {"5", "5M", false}, {"60", "60S", false}, {"1D", "1W", false},
		{"15", "", false}, {"", "", false}, {"15", "soon", false}, {"0", "0", false},
	} {
		if got := tradingview.SameInterval(c.interval, c.shown); got != c.want {
			t.Errorf("SameInterval(%q, %q) = %v", c.interval, c.shown, got)
		}
	}
}

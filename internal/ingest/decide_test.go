package ingest

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"atalaya"
)

// tenant is a user for whom everything is allowed.
func tenant(change func(*atalaya.TenantConfig)) atalaya.TenantConfig {
	t := atalaya.TenantConfig{
		WebhookEnabled: true, SignalsQuota: 10, SignalsUsedThisMonth: 3,
		TVSessionID: "sealed", TVSessionIDSign: "sealed", CookiesValid: true, CaptureEnabled: true,
	}
	if change != nil {
		change(&t)
	}
	return t
}

var arrivedAt = time.Date(2026, 1, 2, 3, 4, 5, 123456789, time.UTC)

func decide(mode atalaya.QuotaMode, t atalaya.TenantConfig, tooLarge bool, reading atalaya.Alert) atalaya.Decision {
	return Policy{QuotaMode: mode}.Decide(&t, atalaya.Arrival{ReceivedAt: arrivedAt, TooLarge: tooLarge}, reading, Circumstances{})
}

func TestAnArrivalIsKeptOrRefusedByTheFirstRuleThatApplies(t *testing.T) {
	t.Parallel()
	used := func(n int64) func(*atalaya.TenantConfig) {
		return func(c *atalaya.TenantConfig) { c.SignalsUsedThisMonth = n }
	}
	off := func(c *atalaya.TenantConfig) { c.WebhookEnabled = false; c.SignalsUsedThisMonth = 10 }
	for name, tc := range map[string]struct {
		mode     atalaya.QuotaMode
		tenant   atalaya.TenantConfig
		tooLarge bool
		outcome  atalaya.Outcome
		warning  bool
	}{
		"within the quota":                   {atalaya.QuotaStrict, tenant(used(9)), false, atalaya.OutcomeAccepted, false},
		"the quota is used up":               {atalaya.QuotaStrict, tenant(used(10)), false, atalaya.OutcomeQuotaExceeded, false},
		"over the quota after a smaller one": {atalaya.QuotaStrict, tenant(used(11)), false, atalaya.OutcomeQuotaExceeded, false},
		"soft lets it in with a warning":     {atalaya.QuotaSoft, tenant(used(10)), false, atalaya.OutcomeAccepted, true},
		"soft within the quota":              {atalaya.QuotaSoft, tenant(used(9)), false, atalaya.OutcomeAccepted, false},
		"disabled does not look":             {atalaya.QuotaDisabled, tenant(used(10)), false, atalaya.OutcomeAccepted, false},
		"unlimited": {atalaya.QuotaStrict, tenant(func(c *atalaya.TenantConfig) { c.SignalsQuota = -1; c.SignalsUsedThisMonth = 1e9 }),
			false, atalaya.OutcomeAccepted, false},
		"a quota of none":                  {atalaya.QuotaStrict, tenant(func(c *atalaya.TenantConfig) { c.SignalsQuota = 0; c.SignalsUsedThisMonth = 0 }), false, atalaya.OutcomeQuotaExceeded, false},
		"switched off wins over the quota": {atalaya.QuotaStrict, tenant(off), false, atalaya.OutcomeDisabled, false},
		"switched off wins over the size":  {atalaya.QuotaStrict, tenant(off), true, atalaya.OutcomeDisabled, false},
		"too large wins over the quota":    {atalaya.QuotaStrict, tenant(used(10)), true, atalaya.OutcomeTooLarge, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := decide(tc.mode, tc.tenant, tc.tooLarge, atalaya.Alert{})
			warning := Policy{QuotaMode: tc.mode}.warns(&tc.tenant)
			if d.Outcome != tc.outcome || warning != tc.warning {
				t.Errorf("decided %s, warning %v; want %s, %v", d.Outcome, warning, tc.outcome, tc.warning)
			}
			if (d.Reason == "") != (tc.outcome == atalaya.OutcomeAccepted) {
				t.Errorf("reason %q does not go with %s", d.Reason, d.Outcome)
			}
		})
	}
}

func TestAFloodIsRecognizedEvenIfTheWebhookIsSwitchedOff(t *testing.T) {
	t.Parallel()
	off := tenant(func(c *atalaya.TenantConfig) { c.WebhookEnabled = false })
	d := Policy{}.Decide(&off, atalaya.Arrival{ReceivedAt: arrivedAt}, atalaya.Alert{}, Circumstances{Flooded: true})
	if d.Outcome != atalaya.OutcomeRateLimited {
		t.Errorf("a flood at a webhook that is switched off is %s: each of it would be kept", d.Outcome)
	}
}

func TestACaptureIsQueuedOnlyIfThereIsSomethingToCapture(t *testing.T) {
	t.Parallel()
	chart := "Zk4Tq9Lm"
	noCookies := func(c *atalaya.TenantConfig) { c.TVSessionID, c.TVSessionIDSign = "", "" }
	for name, tc := range map[string]struct {
		tenant atalaya.TenantConfig
		chart  string
		status atalaya.ScreenshotStatus
		why    string
	}{
		"the alert names a chart":      {tenant(nil), chart, atalaya.ScreenshotPending, ""},
		"the settings name a chart":    {tenant(func(c *atalaya.TenantConfig) { c.DefaultChartID = &chart }), "", atalaya.ScreenshotPending, ""},
		"nobody names a chart":         {tenant(nil), "", atalaya.ScreenshotSkipped, "no_chart"},
		"captures are off":             {tenant(func(c *atalaya.TenantConfig) { c.CaptureEnabled = false }), chart, atalaya.ScreenshotSkipped, "capture_off"},
		"no cookies":                   {tenant(noCookies), chart, atalaya.ScreenshotSkipped, "no_cookies"},
		"no cookies, but allowed":      {tenant(func(c *atalaya.TenantConfig) { noCookies(c); c.CaptureWithoutCookies = true }), chart, atalaya.ScreenshotPending, ""},
		"one of the two cookies":       {tenant(func(c *atalaya.TenantConfig) { c.TVSessionIDSign = "" }), chart, atalaya.ScreenshotSkipped, "no_cookies"},
		"the session is known expired": {tenant(func(c *atalaya.TenantConfig) { c.CookiesValid = false }), chart, atalaya.ScreenshotFailed, "session_expired"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := decide(atalaya.QuotaStrict, tc.tenant, false, atalaya.Alert{ChartID: tc.chart}).Signal
			if s.ScreenshotStatus != tc.status || s.ScreenshotError != tc.why {
				t.Errorf("got %s %q, want %s %q", s.ScreenshotStatus, s.ScreenshotError, tc.status, tc.why)
			}
			if s.CaptureWanted() && s.ChartID != chart {
				t.Errorf("the capture has chart %q, want %q", s.ChartID, chart)
			}
		})
	}
}

func TestWithoutAChartOnlyThePlainOneOfASymbolIsCapturedAndWithoutCookies(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		cookies, allowed bool
		symbol           string
		status           atalaya.ScreenshotStatus
	}{
		"allowed":          {false, true, "BTCUSDT", atalaya.ScreenshotPending},
		"without a symbol": {false, true, "", atalaya.ScreenshotSkipped},
		"not allowed":      {false, false, "BTCUSDT", atalaya.ScreenshotSkipped},
		"with cookies":     {true, true, "BTCUSDT", atalaya.ScreenshotSkipped},
	} {
		user := tenant(func(c *atalaya.TenantConfig) {
			c.CaptureWithoutCookies = tc.allowed
			if !tc.cookies {
				c.TVSessionID, c.TVSessionIDSign = "", ""
			}
		})
		s := decide(atalaya.QuotaStrict, user, false, atalaya.Alert{Ticker: tc.symbol, Symbol: tc.symbol}).Signal
		if s.ScreenshotStatus != tc.status || !s.CaptureWanted() && s.ScreenshotError != "no_chart" {
			t.Errorf("%s: got %s %q, want %s", name, s.ScreenshotStatus, s.ScreenshotError, tc.status)
		}
	}
}

func TestAReadingIsFittedToTheColumnsAndNeverRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ñ", 300)
	reading := atalaya.Alert{
		Ticker: strings.Repeat("A", 140), Exchange: "BINANCE", SignalType: long, IndicatorName: long,
		Missing: []string{"ticker", "direction"},
	}
	number := func(s string) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.RequireFromString(s)) }
	for price, kept := range map[string]bool{
		"1e30": true, "-1e30": true, "1.0000000000000000000000000001e30": false, "1e64": false,
		"0.000000000000000000000000000001": true, "1e-31": false, "0": true, "67890.50": true,
	} {
		reading.Price = number(price)
		s := decide(atalaya.QuotaStrict, tenant(nil), false, reading).Signal
		if s.Price.Valid != kept {
			t.Errorf("price %s kept = %v, want %v", price, s.Price.Valid, kept)
		}
		want := []string{"ticker", "direction"}
		if !kept {
			want = []string{"ticker", "price", "direction"}
		}
		if diff := cmp.Diff(want, s.Missing); diff != "" {
			t.Errorf("price %s: missing (-want +got):\n%s", price, diff)
		}
		for field, text := range map[string]string{"signal type": s.SignalType, "indicator": s.IndicatorName} {
			if n := utf8.RuneCountInString(text); n != 200 {
				t.Errorf("%s has %d characters, want 200", field, n)
			}
		}
		if len(s.Ticker) != 129 {
			t.Errorf("ticker has %d characters, want 129", len(s.Ticker))
		}
		if want := arrivedAt.Truncate(time.Microsecond); !s.Timestamp.Equal(want) {
			t.Errorf("timestamp = %s, want the arrival %s", s.Timestamp, want)
		}
	}
}

func TestAnUnknownTokenIsRememberedForAMinuteAndNoLonger(t *testing.T) {
	t.Parallel()
	now := arrivedAt
	u := newTokenMemory(unknownFor, func() time.Time { return now })
	u.remember("a")
	if !u.holds("a") || u.holds("b") {
		t.Fatal("want exactly the remembered token held")
	}
	now = now.Add(unknownFor)
	if u.holds("a") {
		t.Error("the token is held after its minute")
	}
}

func TestAGuesserCannotFillTheMemory(t *testing.T) {
	t.Parallel()
	u := newTokenMemory(unknownFor, func() time.Time { return arrivedAt })
	for i := range 3 * maxTokens {
		u.remember(atalaya.WebhookToken(strings.Repeat("x", i%50) + time.Duration(i).String()))
	}
	if n := len(u.until); n > maxTokens {
		t.Errorf("%d tokens are remembered, want at most %d", n, maxTokens)
	}
}

func TestARepeatIsRecognizedByKeyByTimeOrByTheWindow(t *testing.T) {
	t.Parallel()
	window := func(seconds int32) atalaya.TenantConfig {
		return tenant(func(c *atalaya.TenantConfig) { c.DedupeWindowSeconds = seconds })
	}
	near, far := atalaya.Alert{Timestamp: arrivedAt.Add(-10 * time.Minute)}, atalaya.Alert{Timestamp: arrivedAt.Add(10*time.Minute + time.Second)}
	live, over, troubled := Circumstances{DuplicateOf: "first"}, Circumstances{DuplicateOf: "first", Expired: true}, Circumstances{DuplicateOf: "first", Expired: true, Recent503: true}
	for name, tc := range map[string]struct {
		tenant  atalaya.TenantConfig
		header  string
		reading atalaya.Alert
		keep    time.Duration
		now     Circumstances
		repeats bool
	}{
		"the user's window":                        {window(45), "", atalaya.Alert{}, 45 * time.Second, live, true},
		"after the user's window":                  {window(45), "", atalaya.Alert{}, 45 * time.Second, over, false},
		"after the user's window and a 503":        {window(45), "", atalaya.Alert{}, 45 * time.Second, troubled, true},
		"switched off":                             {window(0), "", atalaya.Alert{}, 0, over, false},
		"switched off after the first":             {window(0), "", atalaya.Alert{}, 0, live, false},
		"switched off, after a 503":                {window(0), "", atalaya.Alert{}, 0, troubled, true},
		"after a 503, and nothing is on record":    {window(0), "", atalaya.Alert{}, 0, Circumstances{Recent503: true}, false},
		"a time of firing":                         {window(0), "", near, 24 * time.Hour, live, true},
		"a time of firing, sent again much later":  {window(0), "", far, 0, live, true},
		"a time of firing, sent again a day later": {window(0), "", far, 0, over, false},
		"a time that is something else":            {window(45), "", far, 45 * time.Second, live, true},
		"the header's key":                         {window(0), "k", atalaya.Alert{}, 7 * 24 * time.Hour, live, true},
		"the body's key":                           {window(0), "", atalaya.Alert{IdempotencyKey: "k"}, 7 * 24 * time.Hour, live, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := atalaya.Arrival{ReceivedAt: arrivedAt, Body: []byte("b"), IdempotencyKey: tc.header}
			if keep := repeatKeep(&tc.tenant, a, tc.reading); keep != tc.keep {
				t.Errorf("kept for %s, want %s", keep, tc.keep)
			}
			again := Policy{}.Decide(&tc.tenant, a, tc.reading, tc.now)
			if duplicate := again.Outcome == atalaya.OutcomeDuplicate && again.DuplicateOf == "first"; duplicate != tc.repeats {
				t.Errorf("sent again it is %s of %q", again.Outcome, again.DuplicateOf)
			}
		})
	}
	body := func(text, header string) [32]byte {
		return repeatHash(atalaya.Arrival{Body: []byte(text), IdempotencyKey: header}, atalaya.Alert{})
	}
	if body("a", "") == body("b", "") || body("a", "k") != body("b", "k") || body("k", "") == body("", "k") {
		t.Error("want different bodies to differ, a key to win over the body, and a key never to equal a body")
	}
}

package ingest

import (
	"strings"
	"testing"

	"atalaya"
)

// capturable are the facts of a signal with a chart, of a user with good cookies.
func capturable(change func(*atalaya.RecaptureFacts)) atalaya.RecaptureFacts {
	f := atalaya.RecaptureFacts{
		Status:       atalaya.ScreenshotCompleted,
		CaptureFacts: atalaya.CaptureFacts{ChartID: "Zk4Tq9Lm", Symbol: "BTCUSDT", CookiesStored: true, CookiesValid: true},
	}
	if change != nil {
		change(&f)
	}
	return f
}

func TestARecaptureFollowsTheRulesOfANewCapture(t *testing.T) {
	t.Parallel()
	type facts = atalaya.RecaptureFacts
	for name, tc := range map[string]struct {
		change func(*facts)
		reason string // of captureFate
		says   string // by the refusal, "" if there is none
	}{
		"all is well":            {nil, "", ""},
		"no chart":               {func(f *facts) { f.ChartID = "" }, "no_chart", "default_chart_id"},
		"no cookies":             {func(f *facts) { f.CookiesStored = false }, "no_cookies", "capture_without_cookies"},
		"no cookies are needed":  {func(f *facts) { f.CookiesStored, f.WithoutCookies = false, true }, "", ""},
		"the plain chart":        {func(f *facts) { f.ChartID, f.CookiesStored, f.WithoutCookies = "", false, true }, "", ""},
		"the plain one of none":  {func(f *facts) { f.ChartID, f.Symbol, f.CookiesStored, f.WithoutCookies = "", "", false, true }, "no_chart", "default_chart_id"},
		"no plain one with some": {func(f *facts) { f.ChartID, f.WithoutCookies = "", true }, "no_chart", "default_chart_id"},
		"cookies of no session":  {func(f *facts) { f.CookiesMalformed = true }, "cookies_malformed", "do not look like TradingView's"},
		"a session that is over": {func(f *facts) { f.CookiesValid = false }, "session_expired", "has refused your cookies"},
		"former cookies' fault":  {func(f *facts) { f.CookiesStored, f.CookiesMalformed, f.WithoutCookies = false, true, true }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := capturable(tc.change)
			status, reason := captureFate(f.CaptureFacts)
			if reason != tc.reason || (status == atalaya.ScreenshotPending) != (reason == "") {
				t.Errorf("%s %q, want %q", status, reason, tc.reason)
			}
			err := recaptureRefusal(f)
			if (err == nil) != (tc.says == "") || (err != nil && (atalaya.CodeOf(err) != atalaya.CodeConflict || !strings.Contains(err.Error(), tc.says))) {
				t.Errorf("refused with %v, want %q", err, tc.says)
			}
		})
	}
}

func TestACaptureUnderWayIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	for status, refused := range map[atalaya.ScreenshotStatus]bool{
		atalaya.ScreenshotPending: true, atalaya.ScreenshotProcessing: true, atalaya.ScreenshotCompleted: false,
		atalaya.ScreenshotFailed: false, atalaya.ScreenshotSkipped: false, atalaya.ScreenshotExpired: false,
	} {
		err := recaptureRefusal(capturable(func(f *atalaya.RecaptureFacts) { f.Status = status }))
		if (err != nil) != refused {
			t.Errorf("%s: %v, want refused %v", status, err, refused)
		}
	}
}

func TestOnlyCookiesThatASessionCanHaveAreChecked(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ stored, malformed, refused bool }{
		{true, false, false}, {false, false, true}, {true, true, true},
	} {
		err := checkRefusal(tc.stored, tc.malformed)
		if (err != nil) != tc.refused || (tc.refused && atalaya.CodeOf(err) != atalaya.CodeConflict) {
			t.Errorf("stored %v, malformed %v: %v", tc.stored, tc.malformed, err)
		}
	}
}

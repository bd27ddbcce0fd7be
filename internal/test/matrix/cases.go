// Package matrix runs every scenario of the chart site through the whole camera (browser, proxy,
// verdict) and holds each capture to the outcome that the product promises for it. It knows the chart
// site, which is a double and says so; the camera knows nothing of that.
package matrix

import (
	"time"

	"atalaya"
)

// Case is one capture and how it has to end.
type Case struct {
	Name     string
	Scenario string              // of the chart; the plain chart of the symbol where it is empty
	Code     atalaya.CaptureCode // "" for a picture

	Resolution atalaya.Resolution // 720p where it is empty
	Symbol     string             // EXCHANGE:SYMBOL; BINANCE:BTCUSDT where it is empty, "-" for none
	Interval   string             // 60 where it is empty, "-" for none
	SignedOut  bool               // without cookies
	Expired    bool               // with cookies of a session that has ended
	Twice      bool               // a capture before this one ends well
	Kind       string             // of the picture; user_chart where it is empty
	Timeout    time.Duration      // of the capture; long where it is zero
}

const (
	// long is for captures that have to end by themselves; short ends those that would wait for ever.
	long  = 40 * time.Second
	short = 4 * time.Second
)

// Cases are all of them.
func Cases() []Case {
	return append(append(pictures(), failures()...), accounts()...)
}

// pictures are the captures that have to end in a flawless picture of what was asked.
func pictures() []Case {
	var list []Case
	for _, scenario := range []string{
		"good", "bench", "slow100", "slow2000", "slow6000", "late", "stale", "staleinterval", "wrongthenright", "latehalf", "pair", "blankthengood",
		"toast", "cookiebanner", "alertfired", "reconnect", "promotion", "offer", "several", "alertbox", "ticking", "cjk", "national", "noapi", "nonames",
		"noshot", "throwshot", "nevershot", "emptyshot", "tinyshot", "nullshot", "wrongshot", "public", "hostile",
	} {
		list = append(list, Case{Name: scenario, Scenario: scenario})
	}
	return append(list,
		Case{Name: "1080p", Scenario: "good", Resolution: atalaya.Res1080p},
		Case{Name: "4k", Scenario: "good", Resolution: atalaya.Res4K},
		Case{Name: "4k with fonts of all kinds", Scenario: "cjk", Resolution: atalaya.Res4K},
		Case{Name: "4k with a live price", Scenario: "ticking", Resolution: atalaya.Res4K},
		Case{Name: "slow 4k", Scenario: "slow2000", Resolution: atalaya.Res4K},
		Case{Name: "a stock by the day", Scenario: "good", Symbol: "NASDAQ:AAPL", Interval: "1D"},
		Case{Name: "D for 1D", Scenario: "good", Symbol: "NASDAQ:AAPL", Interval: "D"},
		Case{Name: "a quarter of an hour", Scenario: "good", Interval: "15"},
		Case{Name: "a symbol without its exchange", Scenario: "good", Symbol: "BTCUSDT"},
		Case{Name: "the chart's own symbol", Scenario: "good", Symbol: "-"},
		Case{Name: "the chart's own interval", Scenario: "good", Interval: "-"},
		Case{Name: "two captures of one account", Scenario: "good", Twice: true},
	)
}

// failures are the captures that must not end in a picture.
func failures() []Case {
	list := []Case{
		{Scenario: "apiahead", Code: atalaya.CaptureWrongSymbol},
		{Scenario: "intervalahead", Code: atalaya.CaptureWrongInterval},
		{Scenario: "exchangeahead", Code: atalaya.CaptureWrongSymbol},
		{Scenario: "wrongsymbol", Code: atalaya.CaptureWrongSymbol},
		{Scenario: "wronginterval", Code: atalaya.CaptureWrongInterval},
		{Scenario: "half", Code: atalaya.CaptureNotPainted, Timeout: short},
		{Scenario: "overlay", Code: atalaya.CaptureNotPainted, Timeout: short},
		{Scenario: "loading", Code: atalaya.CaptureNotPainted, Timeout: short},
		{Scenario: "animating", Code: atalaya.CaptureNotPainted, Timeout: short},
		{Scenario: "stepping", Code: atalaya.CaptureNotPainted, Timeout: short},
		{Scenario: "keptshot", Code: atalaya.CaptureNotPainted, Timeout: short},
		{Scenario: "freeze", Code: atalaya.CaptureNotPainted, Timeout: short},
		{Scenario: "blank", Code: atalaya.CaptureNotPainted, Timeout: short},
		{Scenario: "slow20000", Code: atalaya.CaptureNotPainted, Timeout: short},
		{Scenario: "dialog", Code: atalaya.CaptureDialogOpen},
		{Scenario: "signindialog", Code: atalaya.CaptureDialogOpen},
		{Scenario: "stuckdialog", Code: atalaya.CaptureDialogOpen},
		{Scenario: "stuckpromotion", Code: atalaya.CaptureDialogOpen},
		{Scenario: "stuckoffer", Code: atalaya.CaptureDialogOpen},
		{Scenario: "gopro", Code: atalaya.CapturePlanLimit},
		{Scenario: "private", Code: atalaya.CaptureChartPrivate},
		{Scenario: "nosymbol", Code: atalaya.CaptureSymbolNotFound},
		{Scenario: "notfound", Code: atalaya.CaptureChartNotFound},
		{Scenario: "forbidden403", Code: atalaya.CaptureBlocked},
		{Scenario: "captcha", Code: atalaya.CaptureBlocked},
		{Scenario: "captcha403", Code: atalaya.CaptureBlocked},
		{Scenario: "toomany429", Code: atalaya.CaptureRateLimited},
		{Scenario: "error500", Code: atalaya.CaptureSiteError},
		{Scenario: "reset", Code: atalaya.CaptureSiteError},
		{Scenario: "redirectloop", Code: atalaya.CaptureSiteError},
		{Scenario: "nationalaway", Code: atalaya.CaptureSiteError},
		{Scenario: "hang", Code: atalaya.CaptureNavigationTimeout, Timeout: short},
		{Scenario: "huge", Code: atalaya.CaptureTooLarge},
		{Scenario: "crash", Code: atalaya.CaptureBrowserCrashed},
	}
	for i := range list {
		list[i].Name = list[i].Scenario
	}
	return list
}

// accounts are captures that depend on who is signed in.
func accounts() []Case {
	return []Case{
		{Name: "a session that has ended", Scenario: "good", Expired: true, Code: atalaya.CaptureSessionExpired},
		{Name: "expired", Scenario: "expired", Code: atalaya.CaptureSessionExpired},
		{Name: "a session that ended, on a shared layout", Scenario: "signedoutpublic", Code: atalaya.CaptureSessionExpired},
		{Name: "a session that dies between two captures", Scenario: "dying", Twice: true, Code: atalaya.CaptureSessionExpired},
		{Name: "nobody, on a shared layout", Scenario: "public", SignedOut: true, Kind: atalaya.KindPublicChart},
		{Name: "nobody, the plain chart of a symbol", Symbol: "NASDAQ:AAPL", SignedOut: true, Kind: atalaya.KindPublicChart},
		{Name: "nobody, on a private layout", Scenario: "private", SignedOut: true, Code: atalaya.CaptureChartPrivate},
	}
}

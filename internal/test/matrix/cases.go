// Package matrix runs every scenario of the chart site through the whole camera (browser, proxy, verdict). It
// compares each capture with the outcome that the product promises. It knows that the chart site is a double; the
// camera does not.
package matrix

import (
	"time"

	"atalaya"
)

// Case is one capture and how it has to end.
type Case struct {
	Name     string
	Scenario string                   // of the chart; "" for the plain chart of the symbol
	Code     atalaya.CaptureCode      // "" for a picture
	Source   string                   // of the picture; "" for either
	Warnings []atalaya.PictureWarning // of the picture

	Resolution atalaya.Resolution // "" for 720p
	Symbol     string             // EXCHANGE:SYMBOL; "" for BINANCE:BTCUSDT, "-" for none
	Interval   string             // "" for 60, "-" for none
	SignedOut  bool               // without cookies
	Expired    bool               // with cookies of a session that has ended
	Twice      bool               // a capture before this one ends well
	Kind       string             // of the picture; "" for user_chart
	Timeout    time.Duration      // of the capture; 0 for long
	Rest       time.Duration      // that the site asks for
}

const (
	// long is for captures that have to end by themselves. short ends those that would wait forever.
	long  = 60 * time.Second
	short = 8 * time.Second
)

// Cases returns all cases.
func Cases() []Case {
	var list []Case
	for _, some := range [][]Case{clients(), viewports(), absent(), requests(), failures(), siteFailures(), accounts(), hostilities()} {
		list = append(list, some...)
	}
	return list
}

// each makes a case of every scenario, named after it.
func each(like Case, scenarios ...string) []Case {
	var list []Case
	for _, scenario := range scenarios {
		c := like
		c.Name, c.Scenario = scenario, scenario
		list = append(list, c)
	}
	return list
}

func concat(lists ...[]Case) []Case {
	var all []Case
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// clients end in a flawless picture that the page took of itself.
func clients() []Case {
	client := Case{Source: atalaya.SourceClient}
	warned := func(warning atalaya.PictureWarning) Case {
		return Case{Source: atalaya.SourceClient, Warnings: []atalaya.PictureWarning{warning}}
	}
	return concat(
		each(client, "good", "bench", "slow100", "slow2000", "slow6000", "cjk", "ticking", "national", "public", "hostile", "framed429"),
		// How a page looks.
		each(client, "names2025", "ticker", "both", "longtitle", "longexchange", "collapsed", "bare", "off", "oldticker", "selected",
			"spanish", "french", "japanese", "turkish", "arabic", "toolbarsoff", "panels",
			"two", "stack", "three", "four", "fouroff", "pairarabic"),
		// What comes later than the first painting.
		each(client, "late", "latecollapsed", "lateoff", "latemodules", "latecompared", "latecomparedcollapsed", "latecomparedoff",
			"latecollapsed4000", "lateoff4000", "stale", "stalelegend", "stalechange", "staleinterval", "wrongthenright", "latehalf",
			"blankthengood", "pair", "pairquiet", "fourquiet", "pairstudies"),
		// What lies over it.
		each(client, "toast", "cookiebanner", "alertfired", "reconnect", "promotion", "several", "alertbox", "menu", "contextmenu",
			"settings", "notice", "confirm", "compare", "maybelater"),
		// What the API has, and how its picture is.
		each(client, "nonames", "nocharts", "nostudies", "nostatuses", "fewnames", "slowshot", "lowshot", "lowshotfour", "lateapi", "headshot", "shiftedshot", "endofday"),
		each(warned(atalaya.WarningStudyError), "studyerror", "studyerrorcollapsed"),
		each(warned(atalaya.WarningDelayedData), "delayed", "delayedstreaming"),
		each(warned(atalaya.WarningScrolledBack), "scrolledback", "scrolledaway"),
	)
}

// viewports end in a flawless picture of the viewport, because the page's own is missing or cannot be trusted.
func viewports() []Case {
	return each(Case{Source: atalaya.SourceViewport},
		"stubapi", "offer", "noshot", "throwshot", "nevershot", "emptyshot", "tinyshot", "nullshot", "wrongshot", "scaledshot", "enormousshot")
}

// absent are captures of pages without an API.
func absent() []Case {
	viewport := Case{Source: atalaya.SourceViewport}
	return concat(
		each(viewport, "noapi", "noapinames2025", "noapiticker", "noapiboth", "noapilongtitle", "noapilongexchange", "noapicollapsed",
			"noapioldticker", "noapispanish", "noapifrench", "noapijapanese", "noapiturkish", "noapiarabic", "noapitoolbarsoff",
			"noapipanels", "noapitwo", "noapistack", "noapithree", "noapifour", "noapipairarabic"),
		each(viewport, "noapiquiet", "noapilateloaders", "noapilate", "noapilatecollapsed", "noapistale", "noapistalecollapsed",
			"noapipair", "noapipairquiet", "noapimenu", "noapitoast", "noapisettings", "noapimaybelater"),
		each(Case{Source: atalaya.SourceViewport, Warnings: []atalaya.PictureWarning{atalaya.WarningStudyError}}, "noapistudyerror"),
		// Nothing on these pages says that there are candles.
		each(Case{Code: atalaya.CaptureNotPainted, Timeout: short}, "noapioff", "noapibare", "noapioffquiet", "noapifouroff", "noapiblank"),
		each(Case{Code: atalaya.CaptureWrongSymbol}, "noapiwrongsymbol", "noapiwrongsymbol2025", "noapiwrongexchange", "noapinothing"),
		each(Case{Code: atalaya.CaptureWrongInterval}, "noapiwronginterval"),
		each(Case{Code: atalaya.CaptureSymbolNotFound}, "noapinosymbol"),
		each(Case{Code: atalaya.CaptureNoData}, "noapinodata"),
		each(viewport, "noapinolabels"),
	)
}

// requests are what is asked of a good chart.
func requests() []Case {
	return []Case{
		{Name: "1080p", Scenario: "good", Resolution: atalaya.Res1080p, Source: atalaya.SourceClient},
		{Name: "1080p with the toolbars hidden", Scenario: "toolbarsoff", Resolution: atalaya.Res1080p, Source: atalaya.SourceClient},
		{Name: "1080p of four charts", Scenario: "four", Resolution: atalaya.Res1080p, Source: atalaya.SourceClient},
		{Name: "1080p without an API", Scenario: "noapi", Resolution: atalaya.Res1080p, Source: atalaya.SourceViewport},
		{Name: "4k", Scenario: "good", Resolution: atalaya.Res4K, Source: atalaya.SourceClient},
		{Name: "4k with fonts of all kinds", Scenario: "cjk", Resolution: atalaya.Res4K},
		{Name: "4k with a live price", Scenario: "ticking", Resolution: atalaya.Res4K},
		{Name: "slow 4k", Scenario: "slow2000", Resolution: atalaya.Res4K},
		{Name: "a stock by the day", Scenario: "good", Symbol: "NASDAQ:AAPL", Interval: "1D"},
		{Name: "D for 1D", Scenario: "good", Symbol: "NASDAQ:AAPL", Interval: "D"},
		{Name: "by the week, in Turkish", Scenario: "turkish", Symbol: "NASDAQ:AAPL", Interval: "1W"},
		{Name: "by the day, in Turkish and without an API", Scenario: "noapiturkish", Symbol: "NASDAQ:AAPL", Interval: "1D"},
		{Name: "a quarter of an hour", Scenario: "good", Interval: "15"},
		{Name: "a symbol without its exchange", Scenario: "good", Symbol: "BTCUSDT"},
		{Name: "an exchange that the legend calls otherwise", Scenario: "longexchange", Symbol: "FX:EURUSD"},
		{Name: "the same without an API", Scenario: "noapilongexchange", Symbol: "FX:EURUSD"},
		{Name: "the chart's own symbol", Scenario: "good", Symbol: "-"},
		{Name: "the chart's own symbol, without an API", Scenario: "noapi", Symbol: "-"},
		{Name: "the chart's own interval", Scenario: "good", Interval: "-"},
		{Name: "two captures of one account", Scenario: "good", Twice: true, Source: atalaya.SourceClient},
		{Name: "two captures of a page without an API", Scenario: "noapi", Twice: true, Source: atalaya.SourceViewport},
	}
}

// failures are the captures that the chart must not let end in a picture.
func failures() []Case {
	endless := Case{Code: atalaya.CaptureNotPainted, Timeout: short}
	return concat(
		each(Case{Code: atalaya.CaptureWrongSymbol}, "apiahead", "exchangeahead", "wrongsymbol"),
		each(Case{Code: atalaya.CaptureWrongInterval}, "intervalahead", "wronginterval"),
		each(endless, "half", "overlay", "loading", "animating", "stepping", "keptshot", "freeze", "blank", "slow20000",
			"late60000", "lateoff60000", "latecollapsed60000", "latecomparedoff60000", "latemodules60000", "stale60000",
			"pair60000", "pairquiet60000", "fourquiet60000", "pairstudies60000", "noapilatecollapsed60000", "noapiquiet60000", "noapistale60000"),
		each(Case{Code: atalaya.CaptureDialogOpen}, "dialog", "signindialog", "stuckdialog", "stuckpromotion", "stuckoffer", "stuckmenu"),
		each(Case{Code: atalaya.CapturePlanLimit}, "gopro"),
		each(Case{Code: atalaya.CaptureSymbolNotFound}, "nosymbol", "nosymboles", "nosymbolfr", "nosymbolja", "nosymboltr", "nosymbolar"),
		each(Case{Code: atalaya.CaptureNoData}, "nodata", "nodataes", "nodatafr", "nodataja", "nodatatr", "nodataar", "nodatahalf", "nobars", "unsupported"),
		each(Case{Code: atalaya.CaptureSiteError}, "feederror", "calculationerror"),
	)
}

// siteFailures are the captures that the site must not let end in a picture.
func siteFailures() []Case {
	return concat(
		each(Case{Code: atalaya.CaptureChartPrivate}, "private"),
		each(Case{Code: atalaya.CaptureChartNotFound}, "notfound"),
		each(Case{Code: atalaya.CaptureBlocked}, "forbidden403", "captcha", "captcha403"),
		each(Case{Code: atalaya.CaptureRateLimited, Rest: 90 * time.Second}, "toomany429", "framedtoomany429"),
		each(Case{Code: atalaya.CaptureSiteError}, "error500", "reset", "redirectloop", "nationalaway"),
		each(Case{Code: atalaya.CaptureNavigationTimeout, Timeout: short}, "hang"),
		each(Case{Code: atalaya.CaptureTooLarge}, "huge"),
		each(Case{Code: atalaya.CaptureBrowserCrashed}, "crash"),
	)
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

// hostilities are pages that tamper with what a look at them relies on. Their chart is good, and so is the
// picture. If it is the API that returns nonsense, the outcome depends on what it was asked.
func hostilities() []Case {
	return concat(
		each(Case{}, "bentstrings", "bentarrays", "bentjson", "bentpromises", "benttimers", "bentelements", "bentcanvas", "bentnetwork",
			"benteverything", "gianttitle", "giantconsole", "giantcharts", "giantstatuses", "giantstudies", "giantshot", "giantdialogs",
			"gianterrors", "proxyapi"),
		each(Case{Code: atalaya.CaptureWrongSymbol}, "giantsymbol"),
	)
}

package chartsite

import "time"

// repaint is how long a wrong first painting stays, unless the chart id says otherwise. It is longer than
// two looks at the page, and shorter than any patience with it.
const repaint = 1500 * time.Millisecond

// Scenarios returns every scenario, the good one first. To add one, add it to one of the lists below. If
// its page does something new, give that a name in Faults or Covers, and implement it in assets/chart.js
// or assets/covers.js.
func Scenarios() []Scenario {
	var all []Scenario
	for _, some := range [][]Scenario{
		visitorScenarios(), dataScenarios(), failureScenarios(), paintingScenarios(), studyScenarios(), lookScenarios(),
		absentScenarios(), coverScenarios(), screenshotScenarios(), siteScenarios(), hostileScenarios(),
	} {
		all = append(all, some...)
	}
	return all
}

// visitorScenarios are about who may see the chart.
func visitorScenarios() []Scenario {
	return []Scenario{
		{ID: goodScenario, About: "A good chart. Visitors who are not signed in see that the layout is private."},
		{ID: "bench", About: "A good chart whose data come after 150 ms: 500 candles, 3 indicators.", Delay: 150 * time.Millisecond},
		{ID: "public", About: "A layout that is shared with everyone, signed in or not.", Public: true},
		{ID: "private", About: "Somebody else's layout, which is not shared. Signed-in visitors get that page too, with status 200.", Private: true},
		{ID: "expired", About: "The session has ended: the page is signed out, whatever cookies are sent.", SessionEnded: true},
		{ID: "signedoutpublic", About: "A shared layout and a session that has ended: a good chart, signed out.", Public: true, SessionEnded: true},
		{ID: "dying", About: "The session's first visit is good. From its second visit on it has ended, on every chart.", SessionEndsLater: true},
	}
}

// dataScenarios are about the data that the chart draws.
func dataScenarios() []Scenario {
	return []Scenario{
		{ID: "slow", About: "Data come after 2 s, or after as many milliseconds as the id goes on with: slow500.", Delay: 2 * time.Second},
		{ID: "loading", About: "No data come: the loader turns for ever.", Faults: []string{"loading"}},
		{ID: "wrongsymbol", About: "The chart shows another symbol than the one asked for.", ShowsInstead: otherSymbol},
		{ID: "apiahead", About: "The chart and its legend show another symbol, though the API names the one asked for.", ShowsInstead: otherSymbol, Faults: []string{"api-ahead"}},
		{ID: "wronginterval", About: "The chart shows another interval than the one asked for.", ShowsInstead: otherInterval},
		{ID: "intervalahead", About: "The chart and its legend show another interval, though the API names the one asked for.", ShowsInstead: otherInterval, Faults: []string{"api-ahead"}},
		{ID: "exchangeahead", About: "The chart and its legend show the symbol of another exchange, though the API names the one asked for.", ShowsInstead: otherExchange, Faults: []string{"api-ahead"}},
		{ID: "nosymbol", About: "The symbol does not exist, whatever it is. On every other chart, symbols that begin with NOSUCH do not exist.", ShowsInstead: noSymbol},
		{ID: "cjk", About: "The legend holds Chinese, Japanese, Korean and emoji.", Title: "騰訊控股 三菱電機 삼성전자 \U0001f4c8\U0001f680"},
		{ID: "ticking", About: "A live price: the last candle and its price label move ten times a second, for ever.", Tick: 100 * time.Millisecond},
	}
}

// failureScenarios are charts that get no candles, and say why.
func failureScenarios() []Scenario {
	all := []Scenario{
		{ID: "nodata", About: "There are no data: the chart is empty, although the series' status is fine.", Failure: "noData realtime"},
		{ID: "nodatahalf", About: "There are no data for the narrow one of two charts.", Failure: "noData realtime", Look: Look{Layout: "pair"}, Faults: []string{"others-fail"}},
		{ID: "feederror", About: "The feed fails: the series' status is error (12).", Failure: "failed error"},
		{ID: "nobars", About: "The series has no bars: its status is 10.", Failure: "forbidden forbidden"},
		{ID: "calculationerror", About: "The series cannot be computed: its status is 13.", Failure: "failed calculation_error"},
		{ID: "unsupported", About: "The symbol does not have this interval: the series' status is 14.", Failure: "failed unsupported_resolution"},
	}
	for _, language := range []string{"es", "fr", "ja", "tr", "ar"} {
		all = append(all,
			Scenario{ID: "nosymbol" + language, About: "The symbol does not exist, said in " + language + ".", ShowsInstead: noSymbol, Look: Look{Language: language}},
			Scenario{ID: "nodata" + language, About: "There are no data, said in " + language + ".", Failure: "noData realtime", Look: Look{Language: language}})
	}
	return all
}

// studyScenarios are about indicators, compared symbols, and other facts that a chart states about its
// data.
func studyScenarios() []Scenario {
	late := func(id, about string, look Look, faults ...string) Scenario {
		return Scenario{ID: id, About: about, First: &firstFrame{Flaw: FlawLate}, Repaint: repaint, Look: look, Faults: faults}
	}
	return []Scenario{
		late("latecollapsed", "The indicators arrive late (latecollapsed3000: ms), and the legend is collapsed: nothing visible is loading.", Look{Legend: "collapsed"}),
		late("lateoff", "The indicators arrive late (lateoff3000: ms), and there is no legend.", Look{Legend: "off"}),
		late("latemodules", "The indicators' code arrives late. Until then the chart knows of no indicator.", Look{Legend: "off"}, "modules-pending"),
		late("latecompared", "A compared symbol arrives late (latecompared3000: ms).", Look{}, "compares"),
		late("latecomparedcollapsed", "A compared symbol arrives late, and the legend is collapsed.", Look{Legend: "collapsed"}, "compares"),
		late("latecomparedoff", "A compared symbol arrives late, and there is no legend.", Look{Legend: "off"}, "compares"),
		{ID: "pairstudies", About: "Two charts: the narrow one gets its indicators late, and its legend is collapsed.", First: &firstFrame{Flaw: FlawAlone},
			Repaint: repaint, Look: Look{Layout: "pair", Legend: "collapsed"}, Faults: []string{"others-study"}},
		{ID: "studyerror", About: "An indicator fails, and its legend row says so.", Faults: []string{"study-fails"}},
		{ID: "studyerrorcollapsed", About: "An indicator fails, and the legend is collapsed.", Look: Look{Legend: "collapsed"}, Faults: []string{"study-fails"}},
		{ID: "delayed", About: "The data are delayed: the series' status is 8.", Faults: []string{"delayed"}},
		{ID: "delayedstreaming", About: "The data are delayed and streaming: the series' status is 9.", Faults: []string{"delayed_streaming"}},
		{ID: "endofday", About: "There are only end-of-day data: the series' status is 6.", Faults: []string{"endofday"}},
		{ID: "scrolledback", About: "The layout was saved scrolled far back: the last bar is out of sight.", Faults: []string{"scrolled-back"}},
		{ID: "scrolledaway", About: "The layout was saved scrolled to a place with hardly any bars.", Faults: []string{"scrolled-away"}},
		{ID: "selected", About: "A series is selected. The page's own picture does not show the selection.", Faults: []string{"selected"}},
	}
}

// paintingScenarios are about what is painted, and in which order. Those with a first frame repaint
// after 1.5 s, or after as many milliseconds as the id goes on with.
func paintingScenarios() []Scenario {
	return []Scenario{
		{ID: "late", About: "The indicators arrive late (late3000: ms); until then their legend rows carry a loader.",
			First: &firstFrame{Flaw: FlawLate}, Repaint: repaint},
		{ID: "stale", About: "The former symbol's candles stay painted (stale3000: ms), though everything else names the new one already.",
			First: &firstFrame{Shows: otherSymbol, Flaw: FlawStale}, Repaint: repaint, Faults: []string{"page-ahead"}},
		{ID: "stalelegend", About: "The former symbol's candles and legend stay painted (stalelegend3000: ms), though everything else names the new one already.",
			First: &firstFrame{Shows: otherSymbol, Flaw: FlawStale}, Repaint: repaint, Faults: []string{"page-ahead", "legend-behind"}},
		{ID: "stalechange", About: "The former interval's candles stay painted (stalechange3000: ms), though everything else names the new one already.",
			First: &firstFrame{Shows: otherInterval, Flaw: FlawStale}, Repaint: repaint, Faults: []string{"page-ahead"}},
		{ID: "staleinterval", About: "The former interval is painted first (staleinterval3000: ms), though the API names the new one and says that its data are there.",
			First: &firstFrame{Shows: otherInterval, Flaw: FlawStale}, Repaint: repaint, Faults: []string{"api-ahead", "api-ready"}},
		{ID: "wrongthenright", About: "The whole page shows another symbol first (wrongthenright3000: ms), and then the right one.",
			First: &firstFrame{Shows: otherSymbol, Flaw: FlawStale}, Repaint: repaint},
		{ID: "rightthenwrong", About: "The page shows the right chart first (rightthenwrong300: ms), and then another symbol: someone works on the layout.",
			First: &firstFrame{Shows: asAsked}, Repaint: repaint, ShowsInstead: otherSymbol},
		{ID: "half", About: "The lower pane's canvas stays empty, and nothing says so.", Flaw: FlawHalf},
		{ID: "latehalf", About: "The lower pane's canvas is empty at first (latehalf3000: ms).",
			First: &firstFrame{Flaw: FlawHalf}, Repaint: repaint},
		{ID: "pair", About: "Two charts side by side. The narrow one is empty at first (pair3000: ms).",
			First: &firstFrame{Flaw: FlawAlone}, Repaint: repaint, Look: Look{Layout: "pair"}},
		{ID: "pairquiet", About: "Two charts side by side, without legends. The narrow one is empty at first, and shows no loader.",
			First: &firstFrame{Flaw: FlawAlone}, Repaint: repaint, Look: Look{Layout: "pair", Legend: "off"}, Faults: []string{"no-loaders"}},
		{ID: "fourquiet", About: "Four charts with collapsed legends. Three of them are empty at first, and show no loader.",
			First: &firstFrame{Flaw: FlawAlone}, Repaint: repaint, Look: Look{Layout: "four", Legend: "collapsed"}, Faults: []string{"no-loaders"}},
		{ID: "blank", About: "The canvas stays empty, though the page says that all is well.", Flaw: FlawBlank},
		{ID: "blankthengood", About: "The canvas is empty at first (blankthengood3000: ms), though the page says that all is well.",
			First: &firstFrame{Flaw: FlawBlank}, Repaint: repaint},
		{ID: "animating", About: "The whole pane changes with every frame, for ever.", Flaw: FlawMoving},
		{ID: "stepping", About: "The whole pane changes in steps, for ever, and rests between them.", Flaw: FlawMoving, Faults: []string{"steps"}},
		{ID: "overlay", About: "The chart is painted, but the loader's veil stays over it.", Covers: []string{"loader"}},
	}
}

// coverScenarios are about what lies over a chart that is otherwise good.
func coverScenarios() []Scenario {
	return []Scenario{
		{ID: "dialog", About: "A sign-in dialog lies over the chart.", Covers: []string{"sign-in"}},
		{ID: "signindialog", About: "The same.", Covers: []string{"sign-in"}},
		{ID: "gopro", About: "The dialog that asks to buy a bigger plan.", Covers: []string{"gopro"}},
		{ID: "cookiebanner", About: "A cookie banner, which goes away when it is accepted.", Covers: []string{"cookies"}},
		{ID: "alertfired", About: "The dialog that an alert has fired.", Covers: []string{"alert-fired"}},
		{ID: "toast", About: "A toast in the corner, which stays until it is closed.", Covers: []string{"toast"}},
		{ID: "reconnect", About: "The notice that the session was disconnected, with a button to connect again.", Covers: []string{"reconnect"}},
		{ID: "promotion", About: "A dialog without a name of its own, such as a sale or a survey.", Covers: []string{"promotion"}},
		{ID: "stuckpromotion", About: "A dialog without a name of its own, which comes back however it is removed.", Covers: []string{"promotion"}, Faults: []string{"stuck"}},
		{ID: "offer", About: "An offer over the chart, made of plain elements that nothing marks as a dialog. The page takes no picture of itself.",
			Covers: []string{"offer"}, Faults: []string{"no-screenshot"}},
		{ID: "stuckoffer", About: "An offer as in offer, which comes back however it is removed.", Covers: []string{"offer"}, Faults: []string{"stuck"}},
		{ID: "maybelater", About: "An offer as in offer, with a button that puts it off.", Covers: []string{"maybe-later"}},
		{ID: "menu", About: "An open menu, which is in the same part of the page as dialogs.", Covers: []string{"menu"}},
		{ID: "contextmenu", About: "The chart's context menu.", Covers: []string{"context-menu"}},
		{ID: "stuckmenu", About: "An open menu, which comes back however it is removed.", Covers: []string{"menu"}, Faults: []string{"stuck"}},
		{ID: "settings", About: "The chart's settings.", Covers: []string{"settings"}},
		{ID: "notice", About: "A notice with one button.", Covers: []string{"notice"}},
		{ID: "confirm", About: "A question with two buttons.", Covers: []string{"confirm"}},
		{ID: "compare", About: "The dialog that adds a symbol to compare with.", Covers: []string{"compare"}},
		{ID: "several", About: "A cookie banner, a toast, an alert-fired dialog and the reconnect notice at once.",
			Covers: []string{"cookies", "toast", "alert-fired", "reconnect"}},
		{ID: "alertbox", About: "The page opens the browser's own box, by alert(), and waits for it.", Faults: []string{"alert-box"}},
		{ID: "stuckdialog", About: "A dialog that comes back when it is closed, hidden or removed.", Covers: []string{"alert-fired"}, Faults: []string{"stuck"}},
	}
}

// screenshotScenarios are about window.TradingViewApi and its takeClientScreenshot.
func screenshotScenarios() []Scenario {
	return []Scenario{
		{ID: "nonames", About: "window.TradingViewApi has no methods for symbol and interval.", Faults: []string{"no-names"}},
		{ID: "keptshot", About: "takeClientScreenshot always returns its first picture, of a chart that never comes to rest.", Flaw: FlawMoving,
			Faults: []string{"steps", "screenshot-kept"}},
		{ID: "noshot", About: "window.TradingViewApi has no takeClientScreenshot.", Faults: []string{"no-screenshot"}},
		{ID: "slowshot", About: "takeClientScreenshot takes more than a second.", Faults: []string{"screenshot-slow"}},
		{ID: "lowshot", About: "takeClientScreenshot returns a picture with the higher footer of 2026.", Faults: []string{"screenshot-low"}},
		{ID: "lowshotfour", About: "Four charts, and takeClientScreenshot returns a picture with the higher footer of 2026.", Look: Look{Layout: "four"}, Faults: []string{"screenshot-low"}},
		{ID: "stubapi", About: "window.TradingViewApi has none of its methods.", Faults: []string{"stub-api"}},
		{ID: "lateapi", About: "window.TradingViewApi gets its methods with the data, which come after 2 s.", Delay: 2 * time.Second, Faults: []string{"late-api"}},
		{ID: "headshot", About: "takeClientScreenshot returns a picture with a header.", Faults: []string{"screenshot-headed"}},
		{ID: "shiftedshot", About: "takeClientScreenshot returns a picture with other margins.", Faults: []string{"screenshot-shifted"}},
		{ID: "scaledshot", About: "takeClientScreenshot returns a smaller picture of the charts.", Faults: []string{"screenshot-scaled"}},
		{ID: "enormousshot", About: "takeClientScreenshot returns a canvas of 240 million pixels.", Faults: []string{"screenshot-enormous"}},
		{ID: "nocharts", About: "window.TradingViewApi only knows the active chart.", Faults: []string{"no-charts"}},
		{ID: "nostudies", About: "window.TradingViewApi has no methods for studies.", Faults: []string{"no-studies"}},
		{ID: "nostatuses", About: "window.TradingViewApi has no method for the series' statuses.", Faults: []string{"no-statuses"}},
		{ID: "fewnames", About: "window.TradingViewApi has no methods for charts, studies and statuses.", Faults: []string{"no-charts", "no-studies", "no-statuses"}},
		{ID: "throwshot", About: "takeClientScreenshot fails.", Faults: []string{"screenshot-throws"}},
		{ID: "nevershot", About: "takeClientScreenshot never resolves.", Faults: []string{"screenshot-never"}},
		{ID: "emptyshot", About: "takeClientScreenshot returns an empty canvas of the right size.", Faults: []string{"screenshot-empty"}},
		{ID: "tinyshot", About: "takeClientScreenshot returns a canvas of 40 by 30 pixels.", Faults: []string{"screenshot-tiny"}},
		{ID: "nullshot", About: "takeClientScreenshot returns nothing.", Faults: []string{"screenshot-null"}},
		{ID: "wrongshot", About: "takeClientScreenshot returns the former symbol's chart.",
			First: &firstFrame{Shows: otherSymbol, Flaw: FlawStale}, Faults: []string{"screenshot-stale"}},
	}
}

// siteScenarios are about answers other than the chart page, and about pages that harm the browser.
func siteScenarios() []Scenario {
	return []Scenario{
		{ID: "notfound", About: "The layout does not exist: 404.", Answer: (*Site).layoutNotFound},
		{ID: "forbidden403", About: "The site refuses: 403.", Answer: (*Site).forbidden},
		{ID: "captcha", About: "A captcha in place of the chart, with status 200.", Answer: (*Site).captcha},
		{ID: "captcha403", About: "A captcha in place of the chart, with status 403.", Answer: (*Site).captchaForbidden},
		{ID: "toomany429", About: "Too many requests: 429, with Retry-After: 90.", Answer: (*Site).tooMany},
		{ID: "error500", About: "The site answers 500.", Answer: (*Site).serverError},
		{ID: "reset", About: "The connection is reset.", Answer: (*Site).reset},
		{ID: "hang", About: "The navigation hangs: no answer comes.", Answer: (*Site).hang},
		{ID: "redirectloop", About: "The page redirects to itself, for ever.", Answer: (*Site).redirectLoop},
		{ID: "national", About: "A redirect to the national site, /es/chart/ on the same host, which shows the chart.", Answer: (*Site).national},
		{ID: "nationalaway", About: "A redirect to a host that must not be reached.", Answer: (*Site).nationalAway},
		{ID: "huge", About: "A good chart, in a page of 60 MB.", Padding: 60 << 20},
		{ID: "crash", About: "The page crashes its browser tab.", Faults: []string{"crash"}},
		{ID: "freeze", About: "Once the chart is painted, the page's script never ends: nothing answers any more.", Faults: []string{"freeze"}},
		{ID: "framed429", About: "A good chart with frames that answer 429, with Retry-After: 86400.", Faults: []string{"limited-frames"}},
		{ID: "framedtoomany429", About: "429 with Retry-After: 90, and frames that answer 429 with Retry-After: 86400.", Answer: (*Site).tooManyFramed},
		{ID: "hostile", About: "A good chart that tries to reach addresses it must not reach: see Canary.", Unguarded: true, Faults: []string{"hostile"}},
	}
}

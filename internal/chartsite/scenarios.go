package chartsite

import "time"

// repaint is how long a first, wrong painting stands unless the chart id says otherwise: longer
// than two looks at the page, shorter than anyone's patience.
const repaint = 1500 * time.Millisecond

// Scenarios lists every scenario, the good one first. To add one, add it here; if its page does
// something new, name that in Faults or Covers and teach it to assets/chart.js or assets/covers.js.
func Scenarios() []Scenario {
	var all []Scenario
	for _, some := range [][]Scenario{
		visitorScenarios(), dataScenarios(), paintingScenarios(), coverScenarios(), screenshotScenarios(), siteScenarios(),
	} {
		all = append(all, some...)
	}
	return all
}

// visitorScenarios are about whom the page lets in.
func visitorScenarios() []Scenario {
	return []Scenario{
		{ID: goodScenario, About: "The chart asked for. Who is not signed in is told that the layout is private."},
		{ID: "bench", About: "A good chart whose data come after 150 ms: 500 candles, 3 indicators.", Delay: 150 * time.Millisecond},
		{ID: "public", About: "A layout that is shared with everyone, signed in or not.", Public: true},
		{ID: "private", About: "Another one's layout, not shared: the page says so, with 200, to who is signed in too.", Private: true},
		{ID: "expired", About: "The session has ended, whatever the cookies: the page is signed out.", Dead: true},
		{ID: "signedoutpublic", About: "A shared layout, seen by a session that has ended: a good chart, signed out.", Public: true, Dead: true},
		{ID: "dying", About: "A session's first visit is good; from its second on it has ended, on every chart.", Dies: true},
	}
}

// dataScenarios are about what the chart is given to draw.
func dataScenarios() []Scenario {
	return []Scenario{
		{ID: "slow", About: "Data come after 2 s, or after as many milliseconds as the id goes on with: slow500.", Delay: 2 * time.Second},
		{ID: "loading", About: "The loader turns for ever: no data come.", Faults: []string{"loading"}},
		{ID: "wrongsymbol", About: "The chart shows another symbol than the one asked for.", Instead: otherSymbol},
		{ID: "apiahead", About: "The chart and its legend show another symbol, though the API names the one asked for.", Instead: otherSymbol, Faults: []string{"api-ahead"}},
		{ID: "wronginterval", About: "The chart shows another interval than the one asked for.", Instead: otherInterval},
		{ID: "intervalahead", About: "The chart and its legend show another interval, though the API names the one asked for.", Instead: otherInterval, Faults: []string{"api-ahead"}},
		{ID: "exchangeahead", About: "The chart and its legend show the symbol of another exchange, though the API names the one asked for.", Instead: otherExchange, Faults: []string{"api-ahead"}},
		{ID: "nosymbol", About: "The symbol does not exist, whichever it is. So do all that begin with NOSUCH, on every chart.", Instead: noSymbol},
		{ID: "cjk", About: "The legend holds Chinese, Japanese, Korean and emoji.", Title: "騰訊控股 三菱電機 삼성전자 \U0001f4c8\U0001f680"},
		{ID: "ticking", About: "A live price: last candle and price label move ten times a second, for ever.", Tick: 100 * time.Millisecond},
	}
}

// paintingScenarios are about what is painted, and in which order. Those with a first frame repaint
// after 1.5 s, or after as many milliseconds as the id goes on with.
func paintingScenarios() []Scenario {
	return []Scenario{
		{ID: "late", About: "The indicators arrive late (late3000: ms); until then their legend rows carry a loader.",
			First: &firstFrame{Flaw: FlawLate}, Repaint: repaint},
		{ID: "stale", About: "The former symbol is painted first (stale3000: ms), though the API names the new one already.",
			First: &firstFrame{Shows: otherSymbol, Flaw: FlawStale}, Repaint: repaint, Faults: []string{"api-ahead"}},
		{ID: "staleinterval", About: "The former interval is painted first (staleinterval3000: ms), though the API names the new one and says that its data are there.",
			First: &firstFrame{Shows: otherInterval, Flaw: FlawStale}, Repaint: repaint, Faults: []string{"api-ahead", "api-ready"}},
		{ID: "wrongthenright", About: "The whole page shows another symbol first (wrongthenright3000: ms), then the one asked for.",
			First: &firstFrame{Shows: otherSymbol, Flaw: FlawStale}, Repaint: repaint},
		{ID: "rightthenwrong", About: "The chart asked for (rightthenwrong300: ms), then another symbol: someone works on the layout.",
			First: &firstFrame{Shows: asAsked}, Repaint: repaint, Instead: otherSymbol},
		{ID: "half", About: "The lower pane's canvas stays empty, and nothing says so.", Flaw: FlawHalf},
		{ID: "latehalf", About: "The lower pane's canvas is empty at first (latehalf3000: ms).",
			First: &firstFrame{Flaw: FlawHalf}, Repaint: repaint},
		{ID: "pair", About: "Two charts side by side, of which the narrow one is empty at first (pair3000: ms).",
			First: &firstFrame{Flaw: FlawAlone}, Repaint: repaint, Faults: []string{"pair"}},
		{ID: "blank", About: "The page says that all is well, but the canvas stays empty.", Flaw: FlawBlank},
		{ID: "blankthengood", About: "The canvas is empty at first (blankthengood3000: ms), though the page says that all is well.",
			First: &firstFrame{Flaw: FlawBlank}, Repaint: repaint},
		{ID: "animating", About: "The whole pane keeps changing, with every frame.", Flaw: FlawMoving},
		{ID: "stepping", About: "The whole pane keeps changing by steps, and rests between.", Flaw: FlawMoving, Faults: []string{"steps"}},
		{ID: "overlay", About: "The loader's veil never leaves the painted chart.", Covers: []string{"loader"}},
	}
}

// coverScenarios are about what lies over a chart that is otherwise good.
func coverScenarios() []Scenario {
	return []Scenario{
		{ID: "dialog", About: "A sign-in dialog lies over the chart.", Covers: []string{"sign-in"}},
		{ID: "signindialog", About: "The same.", Covers: []string{"sign-in"}},
		{ID: "gopro", About: "The dialog that asks to buy a bigger plan.", Covers: []string{"gopro"}},
		{ID: "cookiebanner", About: "A cookie banner, which leaves when accepted.", Covers: []string{"cookies"}},
		{ID: "alertfired", About: "The dialog that says that an alert has fired.", Covers: []string{"alert-fired"}},
		{ID: "toast", About: "A toast in the corner, which stays until closed.", Covers: []string{"toast"}},
		{ID: "reconnect", About: "The notice that the session was disconnected, with a button to connect again.", Covers: []string{"reconnect"}},
		{ID: "promotion", About: "A dialog without a name of its own, as a sale or a survey brings.", Covers: []string{"promotion"}},
		{ID: "stuckpromotion", About: "The same, and it comes back however it is taken away.", Covers: []string{"promotion"}, Faults: []string{"stuck"}},
		{ID: "offer", About: "An offer over the chart, of plain elements that nothing marks as a dialog. The page takes no picture of itself.",
			Covers: []string{"offer"}, Faults: []string{"no-screenshot"}},
		{ID: "stuckoffer", About: "Such an offer, and it comes back however it is taken away.", Covers: []string{"offer"}, Faults: []string{"stuck"}},
		{ID: "several", About: "A cookie banner, a toast, an alert-fired dialog and the reconnect notice at once.",
			Covers: []string{"cookies", "toast", "alert-fired", "reconnect"}},
		{ID: "alertbox", About: "The page opens the browser's own box, by alert(), and waits for it.", Faults: []string{"alert-box"}},
		{ID: "stuckdialog", About: "A dialog that comes back when it is closed, hidden or removed.", Covers: []string{"alert-fired"}, Faults: []string{"stuck"}},
	}
}

// screenshotScenarios are about window.TradingViewApi and its takeClientScreenshot.
func screenshotScenarios() []Scenario {
	return []Scenario{
		{ID: "noapi", About: "There is no window.TradingViewApi.", Faults: []string{"no-api"}},
		{ID: "nonames", About: "window.TradingViewApi tells neither symbol nor interval.", Faults: []string{"no-names"}},
		{ID: "keptshot", About: "takeClientScreenshot gives the picture that it took first, of a chart that never rests.", Flaw: FlawMoving,
			Faults: []string{"steps", "screenshot-kept"}},
		{ID: "noshot", About: "window.TradingViewApi has no takeClientScreenshot.", Faults: []string{"no-screenshot"}},
		{ID: "throwshot", About: "takeClientScreenshot fails.", Faults: []string{"screenshot-throws"}},
		{ID: "nevershot", About: "takeClientScreenshot never resolves.", Faults: []string{"screenshot-never"}},
		{ID: "emptyshot", About: "takeClientScreenshot gives an empty canvas of the right size.", Faults: []string{"screenshot-empty"}},
		{ID: "tinyshot", About: "takeClientScreenshot gives a canvas of 40 by 30 pixels.", Faults: []string{"screenshot-tiny"}},
		{ID: "nullshot", About: "takeClientScreenshot gives nothing.", Faults: []string{"screenshot-null"}},
		{ID: "wrongshot", About: "takeClientScreenshot gives the former symbol's chart.",
			First: &firstFrame{Shows: otherSymbol, Flaw: FlawStale}, Faults: []string{"screenshot-stale"}},
	}
}

// siteScenarios are about what comes instead of the page, and what takes the browser down.
func siteScenarios() []Scenario {
	return []Scenario{
		{ID: "notfound", About: "No such layout: 404.", Answer: (*Site).layoutNotFound},
		{ID: "forbidden403", About: "The site refuses: 403.", Answer: (*Site).forbidden},
		{ID: "captcha", About: "A page that asks to prove that you are human, with 200.", Answer: (*Site).captcha},
		{ID: "captcha403", About: "The same with 403.", Answer: (*Site).captchaForbidden},
		{ID: "toomany429", About: "Too many requests: 429, with Retry-After: 90.", Answer: (*Site).tooMany},
		{ID: "error500", About: "The site answers 500.", Answer: (*Site).serverError},
		{ID: "reset", About: "The connection is reset.", Answer: (*Site).reset},
		{ID: "hang", About: "The navigation hangs: no answer comes.", Answer: (*Site).hang},
		{ID: "redirectloop", About: "The page redirects to itself, for ever.", Answer: (*Site).redirectLoop},
		{ID: "national", About: "A redirect to the national site, which shows the chart: /es/chart/, on the same host.", Answer: (*Site).national},
		{ID: "nationalaway", About: "A redirect to a host that must not be reached.", Answer: (*Site).nationalAway},
		{ID: "huge", About: "A good chart at the head of a page of 60 MB.", Padding: 60 << 20},
		{ID: "crash", About: "The page takes its browser tab down.", Faults: []string{"crash"}},
		{ID: "freeze", About: "The page's script never ends once the chart is painted: nothing answers any more.", Faults: []string{"freeze"}},
		{ID: "hostile", About: "A good chart that tries to reach what it must not: see Canary.", Unguarded: true, Faults: []string{"hostile"}},
	}
}

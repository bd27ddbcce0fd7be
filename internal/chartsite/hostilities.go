package chartsite

// hostileScenarios are good charts whose pages tamper with what our scripts rely on.
func hostileScenarios() []Scenario {
	bent := func(id, about, what string) Scenario {
		return Scenario{ID: id, About: about, Faults: []string{"bend-" + what}}
	}
	return []Scenario{
		bent("bentstrings", "String.prototype's methods return 300 million characters.", "strings"),
		bent("bentarrays", "Array.prototype's methods return too much or nothing, or never end.", "arrays"),
		bent("bentjson", "JSON.stringify and toJSON return 300 million characters.", "json"),
		bent("bentpromises", "Promises never settle.", "promises"),
		bent("benttimers", "Timers and animation frames never fire, and the clock stands still.", "timers"),
		bent("bentelements", "Elements lie about their position, their text and the selectors they match.", "elements"),
		bent("bentcanvas", "Canvases return 300 million characters as their picture, and empty pixels.", "canvas"),
		bent("bentnetwork", "fetch, XMLHttpRequest and WebSocket never answer.", "network"),
		bent("benteverything", "All of the bent… scenarios at once.", "everything"),
		bent("gianttitle", "The page's title has 50 million characters, and its language five million.", "title"),
		bent("giantconsole", "The page's script writes 200 MB to the console.", "console"),
		bent("giantsymbol", "The API's symbol() gives 300 million characters.", "symbol"),
		bent("giantstudies", "The API returns ten million studies.", "studies"),
		bent("giantcharts", "The API claims to have a thousand million charts.", "charts"),
		bent("giantstatuses", "The API returns statuses of 300 million characters.", "statuses"),
		bent("giantshot", "takeClientScreenshot returns a fake canvas, whose picture has 300 million characters.", "screenshot"),
		bent("giantdialogs", "The page has a hundred thousand invisible dialogs.", "dialogs"),
		bent("gianterrors", "The API fails with errors of 300 million characters.", "errors"),
		bent("proxyapi", "The API is a callable object, each property of which is that object itself.", "proxy"),
	}
}

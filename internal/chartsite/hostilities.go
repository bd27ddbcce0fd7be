package chartsite

// hostileScenarios are pages that bend what a look at them may stand on. Each is a good chart otherwise.
func hostileScenarios() []Scenario {
	bent := func(id, about, what string) Scenario {
		return Scenario{ID: id, About: about, Faults: []string{"bend-" + what}}
	}
	return []Scenario{
		bent("bentstrings", "String.prototype's methods give 300 million characters.", "strings"),
		bent("bentarrays", "Array.prototype's methods give too much, nothing, or never end.", "arrays"),
		bent("bentjson", "JSON.stringify and toJSON give 300 million characters.", "json"),
		bent("bentpromises", "Promises never settle.", "promises"),
		bent("benttimers", "Timers and animation frames never come, and the clock stands still.", "timers"),
		bent("bentelements", "Elements lie about their place, their text and their likes.", "elements"),
		bent("bentcanvas", "Canvases give 300 million characters for their picture, and pixels of nothing.", "canvas"),
		bent("bentnetwork", "fetch, XMLHttpRequest and WebSocket never answer.", "network"),
		bent("benteverything", "All of that at once.", "everything"),
		bent("gianttitle", "The page's title has 50 million characters, and its language five million.", "title"),
		bent("giantconsole", "The page's script writes 200 MB to the console.", "console"),
		bent("giantsymbol", "The API's symbol() gives 300 million characters.", "symbol"),
		bent("giantstudies", "The API tells of ten million studies.", "studies"),
		bent("giantcharts", "The API tells of a thousand million charts.", "charts"),
		bent("giantstatuses", "The API tells statuses of 300 million characters.", "statuses"),
		bent("giantshot", "takeClientScreenshot gives what passes for a canvas, and whose picture has 300 million characters.", "screenshot"),
		bent("giantdialogs", "A hundred thousand dialogs that nobody can see lie in the page.", "dialogs"),
		bent("gianterrors", "The API fails with errors of 300 million characters.", "errors"),
		bent("proxyapi", "The API is an object of which every part is that object, which can be called.", "proxy"),
	}
}

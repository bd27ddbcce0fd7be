package chartsite

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// languages returns the page's languages other than English.
func languages() map[string]string {
	return map[string]string{"spanish": "es", "french": "fr", "japanese": "ja", "turkish": "tr", "arabic": "ar"}
}

// looks are the ways in which a good page can be set up, by name.
func looks() map[string]Look {
	all := map[string]Look{
		"names2025":    {Names: "2025"},
		"ticker":       {Title: "ticker"},
		"both":         {Title: "both"},
		"longtitle":    {Title: "long"},
		"longexchange": {LongExchange: true},
		"collapsed":    {Legend: "collapsed"},
		"bare":         {Legend: "bare"},
		"off":          {Legend: "off"},
		"toolbarsoff":  {ToolbarsOff: true},
		"panels":       {Panels: true},
		"two":          {Layout: "pair"},
		"stack":        {Layout: "stack"},
		"three":        {Layout: "three"},
		"four":         {Layout: "four"},
		"fouroff":      {Layout: "four", ToolbarsOff: true, Legend: "off"},
		"pairarabic":   {Layout: "pair", Language: "ar"},
		"oldticker":    {Names: "2025", Title: "ticker", Legend: "collapsed"},
	}
	for name, language := range languages() {
		all[name] = Look{Language: language}
	}
	return all
}

// lookScenarios are good charts in every look.
func lookScenarios() []Scenario {
	var all []Scenario
	for _, name := range slices.Sorted(maps.Keys(looks())) {
		all = append(all, Scenario{ID: name, About: fmt.Sprintf("A good chart that looks like this: %+v.", looks()[name]), Look: looks()[name]})
	}
	return all
}

// absentScenarios are charts without window.TradingViewApi: good ones in every look, and those whose fault only
// the API would show. Their ids begin with noapi.
func absentScenarios() []Scenario {
	all := []Scenario{
		{ID: "noapi", About: "There is no window.TradingViewApi."},
		{ID: "noapinolabels", About: "There is no window.TradingViewApi, and the canvases have no labels.", Faults: []string{"no-labels"}},
		{ID: "noapinothing", About: "There is no window.TradingViewApi, the canvases have no labels, and there is no toolbar: nothing names the symbol.",
			Look: Look{ToolbarsOff: true}, Faults: []string{"no-labels"}},
		{ID: "noapiquiet", About: "Data come after 6 s, without a loader.", Delay: 6 * time.Second, Faults: []string{"no-loaders"}},
		{ID: "noapioffquiet", About: "Data come after 6 s, without a loader and without a legend.", Delay: 6 * time.Second, Look: Look{Legend: "off"},
			Faults: []string{"no-loaders"}},
		{ID: "noapilateloaders", About: "Data come after 2 s, and the loaders appear long after the first paint.", Delay: 2 * time.Second, Faults: []string{"late-loaders"}},
		{ID: "noapilate", About: "The indicators arrive late.", First: &firstFrame{Flaw: FlawLate}, Repaint: repaint},
		{ID: "noapilatecollapsed", About: "The indicators arrive late, and the legend is collapsed.", First: &firstFrame{Flaw: FlawLate}, Repaint: repaint,
			Look: Look{Legend: "collapsed"}},
		{ID: "noapistale", About: "The former symbol's candles stay painted, though the page names the new one.",
			First: &firstFrame{Shows: otherSymbol, Flaw: FlawStale}, Repaint: repaint, Faults: []string{"page-ahead"}},
		{ID: "noapistalecollapsed", About: "The former interval's candles stay painted, though the page names the new one, and the legend is collapsed.",
			First: &firstFrame{Shows: otherInterval, Flaw: FlawStale}, Repaint: repaint, Look: Look{Legend: "collapsed"}, Faults: []string{"page-ahead", "no-loaders"}},
		{ID: "noapipair", About: "Two charts. The narrow one is empty at first.", First: &firstFrame{Flaw: FlawAlone}, Repaint: repaint,
			Look: Look{Layout: "pair"}},
		{ID: "noapipairquiet", About: "Two charts. The narrow one is empty at first, and shows no loader.", First: &firstFrame{Flaw: FlawAlone},
			Repaint: repaint, Look: Look{Layout: "pair"}, Faults: []string{"no-loaders"}},
		{ID: "noapiwrongsymbol", About: "The chart shows another symbol than the one asked for.", ShowsInstead: otherSymbol},
		{ID: "noapiwrongsymbol2025", About: "The chart shows another symbol than the one asked for, and the page has the names of 2025.", ShowsInstead: otherSymbol, Look: Look{Names: "2025"}},
		{ID: "noapiwronginterval", About: "The chart shows another interval than the one asked for.", ShowsInstead: otherInterval},
		{ID: "noapiwrongexchange", About: "The chart shows the symbol of another exchange.", ShowsInstead: otherExchange},
		{ID: "noapinosymbol", About: "The symbol does not exist.", ShowsInstead: noSymbol},
		{ID: "noapinodata", About: "There are no data for the chart.", Failure: "noData realtime"},
		{ID: "noapimenu", About: "An open menu.", Covers: []string{"menu"}},
		{ID: "noapitoast", About: "A toast in the corner.", Covers: []string{"toast"}},
		{ID: "noapisettings", About: "The chart's settings lie over it.", Covers: []string{"settings"}},
		{ID: "noapimaybelater", About: "An offer with a button that puts it off.", Covers: []string{"maybe-later"}},
		{ID: "noapistudyerror", About: "An indicator fails, and its legend row says so.", Faults: []string{"study-fails"}},
		{ID: "noapiblank", About: "Nothing is painted, and nothing says so.", Flaw: FlawBlank},
	}
	for _, name := range slices.Sorted(maps.Keys(looks())) {
		all = append(all, Scenario{ID: "noapi" + name, About: fmt.Sprintf("A good chart that looks like this: %+v.", looks()[name]), Look: looks()[name]})
	}
	for i := range all {
		all[i].Faults = append(all[i].Faults, "no-api")
	}
	return all
}

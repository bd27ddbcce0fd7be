package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"atalaya/internal/tradingview"
)

// printReport prints a report for people.
func printReport(std streams, report checkReport) {
	if page := report.Page; page != nil {
		printNames(std, *page, report.Missing)
		printCharts(std, *page)
		printPicture(std, page.Picture)
		fmt.Fprintf(std.out, "over the charts\n  %s\n", orNothing(page.CoveringCharts))
	}
	line, err := json.Marshal(report.Outcome)
	if err != nil {
		panic(err) // plain values
	}
	fmt.Fprintf(std.out, "outcome\n  %s\n", line)
	if report.Detail != "" {
		fmt.Fprintf(std.out, "  %s\n", printable(report.Detail))
	}
}

func printNames(std streams, page tradingview.Inspection, missing []string) {
	var there, absent, refused []string
	for _, name := range slices.Sorted(maps.Keys(page.Names)) {
		switch found := page.Names[name]; {
		case found.Refused:
			refused = append(refused, name)
		case found.Count > 0 && strings.HasPrefix(name, "api."):
			there = append(there, name)
		case found.Count > 0:
			there = append(there, fmt.Sprintf("%s (%d, %d visible)", name, found.Count, found.Visible))
		case !slices.Contains(missing, name):
			absent = append(absent, name)
		}
	}
	fmt.Fprintf(std.out, "names\n  found    %s\n  absent   %s (no chart has to have them)\n  missing  %s\n",
		orNothing(there), orNothing(absent), orNothing(missing))
	if len(refused) > 0 {
		fmt.Fprintf(std.out, "  refused  %s: no selectors of CSS\n", strings.Join(refused, ", "))
	}
}

func printCharts(std streams, page tradingview.Inspection) {
	fmt.Fprintf(std.out, "charts of a viewport of %dx%d, device pixel ratio %g\n", page.Width, page.Height, page.PixelRatio)
	for _, chart := range page.Charts {
		fmt.Fprintf(std.out, "  %s\n", boxText(chart))
	}
	api := page.API
	if !api.Present {
		fmt.Fprintf(std.out, "  the page offers no API; legends with numbers: %d, legend rows that load: %d\n", page.Legends.Valued, page.Legends.Loading)
		return
	}
	fmt.Fprintf(std.out, "  the API knows %d, of which %d have their data and %d load; it shows %q at %q, series %v\n",
		api.Charts, api.Ready, api.Loading, api.Symbol, api.Interval, api.Statuses)
	fmt.Fprintf(std.out, "  studies: %d load, %d are in error, more pending: %v; charts scrolled back: %d\n",
		api.StudiesLoading, api.StudiesFailed, api.StudiesPending, api.ScrolledBack)
}

func printPicture(std streams, picture tradingview.PictureFound) {
	fmt.Fprintln(std.out, "the page's own picture")
	if picture.Refused != "" {
		fmt.Fprintln(std.out, "  none:", printable(picture.Refused))
		return
	}
	fmt.Fprintf(std.out, "  %dx%d in %d ms\n", picture.Width, picture.Height, picture.TookMS)
	for _, canvas := range picture.Canvases {
		fmt.Fprintf(std.out, "  a canvas of %dx%d: %.1f %% agree at %d,%d\n", canvas.Width, canvas.Height, 100*canvas.Agreement, canvas.DX, canvas.DY)
	}
}

func boxText(b tradingview.Box) string {
	return fmt.Sprintf("%dx%d at %d,%d", b.Width, b.Height, b.X, b.Y)
}

func orNothing(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}

// printable removes terminal control characters from a text of the page.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}

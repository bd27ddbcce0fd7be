package main

import (
	"encoding/json"

	"atalaya/internal/tradingview"
)

type tradingviewCommand struct {
	Check tradingviewCheckCommand `cmd:"" help:"Open a chart, check everything that the service relies on, and write a report."`
	Names tradingviewNamesCommand `cmd:"" help:"Print the selectors and page-side names by which chart pages are read, as JSON."`
}

// tradingviewNamesCommand prints the page-side names in use.
type tradingviewNamesCommand struct {
	File string `env:"TRADINGVIEW_NAMES" help:"File of names that replace the built-in ones." placeholder:"FILE"`
}

// Help explains what the output is for.
func (*tradingviewNamesCommand) Help() string {
	return "A file of the same form, holding only what differs, replaces names: set TRADINGVIEW_NAMES to its path. See docs/tradingview.md."
}

// Run implements the verb.
func (n *tradingviewNamesCommand) Run(std streams) error {
	names, _, err := tradingview.LoadNames(n.File)
	if err != nil {
		return err
	}
	out := json.NewEncoder(std.out)
	out.SetEscapeHTML(false) // selectors hold > and &
	out.SetIndent("", "  ")
	return out.Encode(names)
}

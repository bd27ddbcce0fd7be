package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"atalaya/internal/tradingview"
)

func TestThePrintedNamesAreAFileOfNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	printed := program{dir: dir}.run(t, "tradingview", "names").ok(t)
	holds(t, printed, `"series": "[data-name=\"legend-series-item\"]`, `:has(> button`)
	file := filepath.Join(dir, "names.json")
	if err := os.WriteFile(file, []byte(printed), 0o600); err != nil {
		t.Fatal(err)
	}
	if names, _, err := tradingview.LoadNames(file); err != nil || names.API.Root != "TradingViewApi" {
		t.Errorf("what was printed is refused as a file: %v", err)
	}
}

func TestTheNamesOfAFileArePrintedInTheirPlace(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "names.json")
	if err := os.WriteFile(file, []byte(`{"api": {"root": "ChartApi"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	var names tradingview.Names
	printed := program{env: []string{"TRADINGVIEW_NAMES=" + file}}.run(t, "tradingview", "names").ok(t)
	if err := json.Unmarshal([]byte(printed), &names); err != nil {
		t.Fatal(err)
	}
	if names.API.Root != "ChartApi" || names.API.Chart != tradingview.DefaultNames().API.Chart {
		t.Errorf("the API's names are %+v", names.API)
	}
}

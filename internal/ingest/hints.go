package ingest

import (
	"encoding/json"
	"slices"

	"atalaya"
	"atalaya/internal/alert"
)

// withHints fills fields that a body lacks from the query of a legacy webhook. The query is read like a body, so a
// placeholder that was never filled in counts as missing.
func withHints(reading atalaya.Alert, hints atalaya.Hints) atalaya.Alert {
	if hints == (atalaya.Hints{}) {
		return reading
	}
	body, err := json.Marshal(map[string]string{"ticker": hints.Ticker, "chart_id": hints.ChartID})
	if err != nil {
		return reading
	}
	hinted := alert.Read(body)
	found := func(name string) {
		reading.Missing = slices.DeleteFunc(slices.Clone(reading.Missing), func(m string) bool { return m == name })
	}
	if reading.Ticker == "" && hinted.Ticker != "" {
		reading.Ticker, reading.Exchange, reading.Symbol = hinted.Ticker, hinted.Exchange, hinted.Symbol
		found("ticker")
	}
	if reading.ChartID == "" && hinted.ChartID != "" {
		reading.ChartID = hinted.ChartID
		found("chart_id")
	}
	return reading
}

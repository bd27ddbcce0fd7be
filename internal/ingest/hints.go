package ingest

import (
	"encoding/json"
	"slices"

	"atalaya"
	"atalaya/internal/alert"
)

// withHints fills what a body lacks from the query of a legacy webhook. The query is read as a body is,
// so that a placeholder which nobody filled says nothing here either. The delivery mode is kept with
// what was read, for whoever tells the user.
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
	reading.Parsed = withDeliveryMode(reading.Parsed, hints.DeliveryMode)
	return reading
}

// withDeliveryMode adds the mode to what was parsed, where that is an object that does not name one.
func withDeliveryMode(parsed json.RawMessage, mode string) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(parsed, &members) != nil || members == nil || members["delivery_mode"] != nil {
		return parsed
	}
	members["delivery_mode"], _ = json.Marshal(mode) // a string always can
	together, err := json.Marshal(members)
	if err != nil {
		return parsed
	}
	return together
}

package alert

import "atalaya"

// Match says where in a body a field was found.
type Match struct {
	// How is the kind of rule that found it: name, label, words, form, sentence or command.
	How string
	// Word is the name or the label before the value, as the body has it; "" if there is none.
	Word string
}

// Explain reads a body as Read does. It also returns what matched each field that was found, keyed by the
// field's column: ticker, price and so on.
func (n *Names) Explain(body []byte) (atalaya.Alert, map[string]Match) {
	a, f := n.tableOf().read(body)
	missing := make(map[string]bool)
	for _, name := range a.Missing {
		missing[name] = true
	}
	matched := make(map[string]Match)
	for _, own := range ownFields {
		if from := f.from[own.field]; from.how != "" && !missing[own.name] && (own.field != exchangeField || a.Exchange != "") {
			matched[own.name] = Match{How: string(from.how), Word: from.word}
		}
	}
	if _, named := matched["exchange"]; !named && a.Exchange != "" {
		matched["exchange"] = matched["ticker"] // EXCHANGE:SYMBOL
	}
	return a, matched
}

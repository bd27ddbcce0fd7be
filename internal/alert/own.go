package alert

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"atalaya"
)

// Names are a user's own names for fields. They have precedence over those of the vocabulary. A nil *Names
// is valid and has none.
type Names struct{ table *table }

// The bounds of a user's own names.
const (
	MaxOwnNames      = 10 // names for one field
	MaxOwnNameLength = 60 // characters of a name
)

// ParseNames parses JSON such as {"ticker": ["s"], "price": ["fp", "px.last"]}, which lists names by the
// columns of the fields. It returns nil for empty settings, null and {}. The error is an *atalaya.Error with
// CodeInvalid that says what to change.
func ParseNames(settings []byte) (*Names, error) {
	if len(strings.TrimSpace(string(settings))) == 0 {
		return nil, nil
	}
	var given map[string][]string
	if err := json.Unmarshal(settings, &given); err != nil {
		return nil, atalaya.Errorf(atalaya.CodeInvalid, `alert_names is an object of lists, such as {"ticker": ["s"], "price": ["px.last"]}.`)
	}
	own := make(map[field][]string)
	for name, list := range given {
		f, ok := fieldNamed(name)
		if !ok {
			return nil, atalaya.Errorf(atalaya.CodeInvalid, "alert_names has no field %.60q. Its fields are ticker, exchange, price, signal_type, direction, indicator_name, chart_id, interval and timestamp.", name)
		}
		if err := checkOwn(name, list); err != nil {
			return nil, err
		}
		own[f] = list
	}
	if len(own) == 0 {
		return nil, nil
	}
	return &Names{newTable(own)}, nil
}

func checkOwn(fieldName string, list []string) error {
	if len(list) > MaxOwnNames {
		return atalaya.Errorf(atalaya.CodeInvalid, "alert_names.%s has %d names; at most %d are read.", fieldName, len(list), MaxOwnNames)
	}
	for _, name := range list {
		switch n := utf8.RuneCountInString(name); {
		case n > MaxOwnNameLength:
			return atalaya.Errorf(atalaya.CodeInvalid, "A name of alert_names.%s has %d characters; at most %d are read.", fieldName, n, MaxOwnNameLength)
		case foldName(name) == "" || strings.Contains(name, "\x00"):
			return atalaya.Errorf(atalaya.CodeInvalid, "A name of alert_names.%s is empty.", fieldName)
		}
	}
	return nil
}

// Read reads a body as the function Read does, with the user's own names first.
func (n *Names) Read(body []byte) atalaya.Alert {
	a, _ := n.tableOf().read(body)
	return a
}

func (n *Names) tableOf() *table {
	if n == nil {
		return vocabularyTable
	}
	return n.table
}

// String keeps fmt from printing the tables.
func (n *Names) String() string { return fmt.Sprintf("%d own names", len(n.tableOf().own)) }

package alert

import (
	"strings"

	"atalaya"
)

// command is what a broker bridge's command says.
type command struct {
	ticker     ticker
	price      price
	side       atalaya.Direction
	signalType string
	kind       atalaya.EventKind
}

func (c command) fields() (f fields) {
	f.ticker, f.price, f.side, f.signalType, f.kind = c.ticker, c.price, c.side, c.signalType, c.kind
	for _, field := range []field{tickerField, priceField, directionField, signalTypeField} {
		f.from[field] = source{how: byCommand}
	}
	return f
}

// findCommand reads the command of a broker bridge.
func findCommand(text string) (command, bool) {
	if c, ok := findAutoview(text); ok {
		return c, true
	}
	for line := range strings.Lines(text) {
		if c, ok := readWunder(line); ok {
			return c, true
		}
		if c, ok := readPine(strings.TrimSpace(line)); ok {
			return c, true
		}
	}
	return findAlertatron(text)
}

// --- PineConnector and its kin: ID,command,SYMBOL[,name=value…] ---------------------------------

// maxCommand is the longest line, in bytes, that is read as a command.
const maxCommand = 2048

func readPine(line string) (c command, ok bool) {
	items, ok := pineItems(line)
	if !ok || !c.order(items[1]) {
		return command{}, false
	}
	if c.ticker, ok = parseTicker(items[2]); !ok {
		return command{}, false
	}
	for _, item := range items[3:] {
		name, value, isPair := strings.Cut(item, "=")
		if !isPair && item != "" {
			return command{}, false
		}
		if foldName(name) == "price" {
			c.price, _ = parsePrice(trimValue(value))
		}
	}
	return c, true
}

// pineItems returns the items of a line that begins with an id, an order and a symbol in capitals.
func pineItems(line string) (items []string, ok bool) {
	if len(line) > maxCommand || strings.Count(line, ",") < 2 {
		return nil, false
	}
	items = splitQuoted(line, ',')
	if len(items) < 3 {
		return nil, false
	}
	spaced := strings.HasPrefix(items[1], " ") || strings.HasPrefix(items[2], " ")
	for i := range items {
		items[i] = trimEmoji(items[i])
	}
	id, symbol := items[0], items[2]
	switch {
	case id == "" || strings.ContainsAny(id, " \t:=") || isQuoted(strings.ToUpper(id)):
		return nil, false
	case spaced && !strings.ContainsFunc(id, isDigitRune): // a sentence with commas
		return nil, false
	}
	return items, symbol != "" && isUpper(symbol[0]) && symbol == strings.ToUpper(symbol)
}

// order sets what a PineConnector order such as buy or closelong says, and reports whether it is one.
func (c *command) order(name string) bool {
	closes := strings.HasPrefix(strings.ToLower(name), "close")
	e := lookUp(name)
	sided := e != nil && e.sided()
	if !closes && (!sided || strings.Contains(name, " ")) {
		return false
	}
	c.signalType, c.kind = name, atalaya.Entry
	if sided {
		c.side = e.side
	}
	if closes || e.is(exitRole) {
		c.kind = atalaya.Exit
	}
	return true
}

func isDigitRune(r rune) bool { return r >= '0' && r <= '9' }

// isQuoted reports whether a word ends in a quote currency, as BTCUSDT does.
func isQuoted(word string) bool {
	for _, currency := range quotes {
		if strings.HasSuffix(word, currency) && len(word) > len(currency) {
			return true
		}
	}
	return false
}

// --- Autoview: e=exchange s=SYMBOL b=side … -----------------------------------------------------

// findAutoview returns the first command that opens a position. If there is none, it returns the first command.
func findAutoview(text string) (command, bool) {
	var first command
	found := false
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '|' }) {
		c, opens, ok := readAutoview(line)
		switch {
		case !ok:
			continue
		case opens:
			if c.ticker.symbol == "" {
				c.ticker = first.ticker
			}
			return c, true
		case !found:
			first, found = c, true
		}
	}
	return first, found
}

func readAutoview(line string) (c command, opens, ok bool) {
	if len(line) > maxCommand || !strings.Contains(line, "=") {
		return command{}, false, false
	}
	opens = true
	pairs, named := 0, false
	for item := range strings.FieldsSeq(line) {
		if !saysSomething(item) {
			continue
		}
		name, value, isPair := strings.Cut(item, "=")
		name = trimEmoji(name)
		if !isPair || !isFormName(name) {
			return command{}, false, false
		}
		name = strings.ToLower(name)
		pairs++
		named = named || name == "e" || name == "b"
		if name == "c" {
			opens = !strings.EqualFold(value, "position") && !strings.EqualFold(value, "order")
		}
		c.setAutoview(name, value)
	}
	if opens && c.side != "" {
		c.kind = atalaya.Entry
	}
	return c, opens, pairs >= 2 && named
}

// setAutoview sets what one pair of an Autoview command says. A fixed price (fp) wins over a relative one (p).
func (c *command) setAutoview(name, value string) {
	switch name {
	case "b":
		c.side, _ = valueSide(value, false, false)
	case "s":
		c.ticker, _ = parseTicker(trimValue(value))
	case "fp":
		if p, ok := parsePrice(trimValue(value)); ok {
			c.price = p
		}
	case "p":
		if p, ok := parsePrice(trimValue(value)); ok && isPlainNumber(trimValue(value)) && !c.price.Valid {
			c.price = p
		}
	case "c":
		if strings.EqualFold(value, "position") {
			c.kind = atalaya.Exit
		}
	}
}

// --- WunderTrading: ENTER-LONG_EXCHANGE_SYMBOL_… ------------------------------------------------

func readWunder(text string) (c command, ok bool) {
	if len(text) > maxCommand {
		return command{}, false
	}
	verb, rest, ok := strings.Cut(text, "-")
	if !ok || len(verb) > maxForm {
		return command{}, false
	}
	verb = trimEmoji(verb)
	switch {
	case strings.EqualFold(verb, "ENTER"):
		c.kind = atalaya.Entry
	case strings.EqualFold(verb, "EXIT"):
		c.kind = atalaya.Exit
	default:
		return command{}, false
	}
	side, rest, ok := strings.Cut(rest, "_")
	e := lookUp(side)
	if !ok || !strings.EqualFold(side, "ALL") && (e == nil || e.rank != positionRank) {
		return command{}, false
	}
	if e != nil {
		c.side = e.side
	}
	parts := strings.Split(trimEmoji(rest), "_")
	if len(parts) < 2 {
		return c, true
	}
	if symbol := strings.ToUpper(parts[1]); looksLikePair(symbol) {
		c.ticker, _ = parseTicker(symbol)
		if exchange, ok := parseExchange(parts[0]); ok && c.ticker.exchange == "" {
			c.ticker.exchange = exchange
		}
	}
	return c, true
}

// looksLikePair reports whether a part is a pair of two names, or ends in a currency.
func looksLikePair(symbol string) bool {
	i := strings.IndexAny(symbol, "-/")
	if i > 0 && i < len(symbol)-1 {
		return true
	}
	return isQuoted(strings.TrimSuffix(strings.TrimSuffix(symbol, ".P"), "PERP"))
}

// --- Alertatron: NAME(SYMBOL) { order(side=…, price=…); … } -------------------------------------

func findAlertatron(text string) (c command, ok bool) {
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '(')
		if i < 0 {
			return command{}, false
		}
		open := at + i
		end := strings.IndexByte(text[open:min(len(text), open+maxForm)], ')')
		at = open + 1
		if end < 0 || open == 0 || !isAlnum(text[open-1]) {
			continue
		}
		symbol, rest := strings.TrimSpace(text[open+1:open+end]), strings.TrimSpace(text[open+end+1:])
		t, isTicker := parseTicker(symbol)
		if !isTicker || symbol != strings.ToUpper(symbol) || !strings.ContainsFunc(symbol, isCapitalLetter) || !strings.HasPrefix(rest, "{") {
			continue
		}
		if size := balancedEnd(rest, 0); size > 0 {
			c = readOrders(rest[1 : size-1])
			c.ticker = t
			return c, true
		}
	}
}

func isCapitalLetter(r rune) bool { return r >= 'A' && r <= 'Z' }

// readOrders returns the side and price of the first order that is neither a stop nor a target.
func readOrders(text string) (c command) {
	for {
		name, rest, ok := strings.Cut(text, "(")
		arguments, after, closed := strings.Cut(rest, ")")
		if !ok || !closed {
			return c
		}
		text = after
		isStop := false
		eachWord(name, func(w word) { isStop = isStop || w.is(stopRole) })
		if isStop || containsFold(name, "stop") || containsFold(name, "profit") {
			continue
		}
		if order, ok := readOrder(arguments); ok {
			return order
		}
	}
}

func readOrder(arguments string) (c command, ok bool) {
	for argument := range strings.SplitSeq(arguments, ",") {
		name, value, _ := strings.Cut(argument, "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "side":
			c.side, _ = valueSide(value, false, false)
			c.kind, ok = atalaya.Entry, true
		case "price":
			c.price, _ = parsePrice(trimValue(value))
		}
	}
	return c, ok
}

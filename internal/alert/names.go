package alert

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The names that stand for each field, in rank: the first with a usable value wins. They are
// written as folded by foldName; a path is its names joined.
var (
	tickerNames    = []string{"ticker", "symbol", "pair", "market", "instrument", "asset", "tvinstrument", "tickerid", "activo", "simbolo", "par"}
	exchangeNames  = []string{"exchange", "tvexchange", "bolsa"}
	priceNames     = []string{"price", "strategyorderprice", "orderprice", "signalprice", "triggerprice", "entryprice", "entry", "close", "barclose", "currprice", "lastprice", "precio"}
	typeNames      = []string{"signaltype", "signal", "senal", "event", "alerttype", "action", "accion", "orderaction", "strategyorderaction", "type", "tipo"}
	indicatorNames = []string{"indicatorname", "indicator", "strategyname", "strategy", "study", "indicador", "name", "strategyordercomment"}
	chartNames     = []string{"chartid", "chart", "layoutid"}
	chartURLNames  = []string{"charturl", "url", "link"}
	intervalNames  = []string{"interval", "timeframe", "tf", "resolution", "barinterval", "temporalidad"}
	timeNames      = []string{"timestamp", "timenow", "firedat", "time", "bartime", "date", "datetime", "ts", "hora", "fecha"}
	messageNames   = []string{"message", "content", "text", "msg", "alertmessage", "description", "comment", "body"}

	// A side under one of these stands, whatever the flat rule says.
	positionNames = []string{"direction", "direccion", "side", "lado", "positionside", "marketposition", "position"}
	actionNames   = []string{"action", "accion", "orderaction", "strategyorderaction", "orderside", "order", "signal", "senal", "signaltype", "type", "tipo", "event", "data", "sentiment", "bias"}
	previousNames = []string{"prevmarketposition", "prevposition"}
	flatNames     = []string{"marketposition", "position", "sentiment"}
	// In these UP and DOWN are sides too.
	upDownNames = []string{"direction", "direccion", "side", "lado", "bias", "sentiment"}
	longFlags   = []string{"isbuy", "islong"}
	shortFlags  = []string{"issell", "isshort"}

	idempotencyNames = []string{"idempotencykey"}
)

// The objects whose members count as if they stood at the top, and those of which some do.
var (
	containerNames = []string{"data", "payload", "alert", "general", "body", "message", "content"}
	strategyNames  = []string{"strategy", "strategyinfo"}
	barNames       = []string{"bar", "candle"}
)

// knownNames holds every name above.
var knownNames = func() map[string]bool {
	known := make(map[string]bool)
	for _, list := range [][]string{
		tickerNames, exchangeNames, priceNames, typeNames, indicatorNames, chartNames, chartURLNames, intervalNames, timeNames,
		messageNames, positionNames, actionNames, previousNames, longFlags, shortFlags, idempotencyNames,
	} {
		for _, name := range list {
			known[name] = true
		}
	}
	return known
}()

// foldName makes names that people write differently equal: signalType, signal_type and Signal Type
// are one, and so are Señal and senal.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("_-.", r) || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, foldAccents(name))
}

// foldAccents drops the marks from letters.
func foldAccents(s string) string {
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// names are the values of an object by folded name or path. A name may have two: that of the top,
// and that of an object whose members count as if they stood at the top, after those that do.
type names map[string][2]*node

const (
	top   = 0 // the object's own members
	below = 1 // members of the objects in it
)

// namesOf collects the names of an object. Of names that fold to one the last wins.
func namesOf(object *node) names {
	n := make(names)
	for _, m := range object.members {
		n.add(m, top)
	}
	return n
}

// add takes a member in. A dotted name is the same as the path.
func (n names) add(m member, level int) {
	name := foldName(m.name)
	if first, rest, dotted := strings.Cut(m.name, "."); dotted {
		if outer := foldName(first); isOuter(outer) {
			n.addInner(outer, member{rest, m.value}, level)
			return
		}
	}
	n.set(name, level, m.value)
	if m.value.kind == objectKind {
		for _, inner := range m.value.members {
			n.addInner(name, inner, level)
		}
	}
}

func isOuter(name string) bool {
	return slices.Contains(containerNames, name) || slices.Contains(strategyNames, name) || slices.Contains(barNames, name) || name == "order"
}

// addInner takes a member of an object in, where that object's members count. level is that of the
// object itself: nothing is read deeper than a container's own strategy, order or bar.
func (n names) addInner(outer string, m member, level int) {
	switch {
	case slices.Contains(containerNames, outer):
		if level == top {
			n.add(m, below)
		}
	case slices.Contains(strategyNames, outer):
		n.addStrategy(m)
	case outer == "order":
		n.addOrder("order", m)
	case slices.Contains(barNames, outer):
		if name := foldName(m.name); slices.Contains([]string{"close", "time", "interval"}, name) {
			n.set("bar"+name, below, m.value)
		}
	}
}

// addStrategy takes a member of a strategy in.
func (n names) addStrategy(m member) {
	name := foldName(m.name)
	if first, rest, dotted := strings.Cut(m.name, "."); dotted && foldName(first) == "order" {
		n.addOrder("strategyorder", member{rest, m.value})
		return
	}
	switch name {
	case "order":
		for _, inner := range m.value.members {
			n.addOrder("strategyorder", inner)
		}
	case "name":
		n.set("strategyname", below, m.value)
	case "orderaction", "orderprice", "ordercomment":
		n.set("strategy"+name, below, m.value)
	case "action", "side", "price", "comment", "marketposition", "prevmarketposition":
		n.set(name, below, m.value)
	}
}

// addOrder takes a member of an order in, under the path where that is a name and by itself where
// it is not.
func (n names) addOrder(path string, m member) {
	name := foldName(m.name)
	if !slices.Contains([]string{"action", "side", "price", "comment"}, name) {
		return
	}
	if knownNames[path+name] {
		name = path + name
	}
	n.set(name, below, m.value)
}

func (n names) set(name string, level int, value *node) {
	values := n[name]
	values[level] = value
	n[name] = values
}

// hasKnownName says whether a repaired root holds any name that is read at all.
func hasKnownName(root *node) bool {
	object := root
	if root.kind == arrayKind {
		object = firstObject(root)
	}
	if object == nil || object.kind != objectKind {
		return false
	}
	for name := range namesOf(object) {
		if knownNames[name] {
			return true
		}
	}
	return false
}

// usable gives the texts under a name that can be read: strings and numbers that say something.
func (n names) usable(name string) []string {
	var texts []string
	for _, value := range n[name] {
		if value == nil || value.kind != stringKind && value.kind != numberKind {
			continue
		}
		if text := trimValue(value.text); text != "" && !onlyPlaceholders(text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// first gives the first value, by rank, that read accepts.
func first[T any](n names, list []string, read func(name, text string) (T, bool)) T {
	for _, name := range list {
		for _, text := range n.usable(name) {
			if v, ok := read(name, text); ok {
				return v
			}
		}
	}
	var none T
	return none
}

// fields reads every field by its names. text is what is read beside them: it may say that the
// position is flat.
func (n names) fields(text string) fields {
	plain := func(_, text string) (string, bool) { return text, true }
	return fields{
		ticker:     first(n, tickerNames, func(_, text string) (ticker, bool) { return parseTicker(text) }),
		exchange:   first(n, exchangeNames, func(_, text string) (string, bool) { return parseExchange(text) }),
		price:      first(n, priceNames, func(_, text string) (price, bool) { return parsePrice(text) }),
		side:       n.side(text),
		signalType: first(n, typeNames, plain),
		indicatorName: first(n, indicatorNames, func(name, text string) (string, bool) {
			return text, name != "strategy" || n.isString(name, text)
		}),
		chartID: or(
			first(n, chartNames, func(_, text string) (string, bool) { return text, chartForm.MatchString(text) }),
			first(n, chartURLNames, func(_, text string) (string, bool) { id := chartInURL(text); return id, id != "" })),
		interval:       first(n, intervalNames, func(_, text string) (string, bool) { return parseInterval(text) }),
		timestamp:      first(n, timeNames, func(_, text string) (timestamp, bool) { return parseTime(text) }),
		idempotencyKey: first(n, idempotencyNames, plain),
	}
}

// isString says whether a text comes from a string, not from a number.
func (n names) isString(name, text string) bool {
	for _, value := range n[name] {
		if value != nil && value.kind == stringKind && trimValue(value.text) == text {
			return true
		}
	}
	return false
}

// message gives the first usable string that is read as text for what is missing.
func (n names) message() string {
	for _, name := range messageNames {
		for _, value := range n[name] {
			if value != nil && value.kind == stringKind && trimValue(value.text) != "" && !onlyPlaceholders(value.text) {
				return value.text
			}
		}
	}
	return ""
}

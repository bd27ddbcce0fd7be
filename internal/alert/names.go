package alert

import (
	"slices"
	"strings"
)

// field is something that has names in a body: a field of an alert, or a value that helps to read one.
type field int

// The first nine can be taught more names by a user.
const (
	tickerField field = iota
	exchangeField
	priceField
	signalTypeField
	directionField
	indicatorField
	chartField
	intervalField
	timestampField
	chartURLField
	stopField
	keyField
	messageField
	codeField
	positionField
	actionField
	previousField
	flatField
	movementField
	longFlagField
	shortFlagField
	fieldCount
)

// table holds the names that a reader looks for, folded: a user's own, and after them those of the
// vocabulary. A path is a name too: its parts joined.
type table struct {
	rows     [fieldCount][]string
	known    map[string]bool // every name
	movement map[string]bool // of a row in which UP and DOWN are sides
	own      map[string]bool // a user's
	ownOuter map[string]bool // the objects on the way to them
}

// vocabularyTable is the table for users without names of their own.
var vocabularyTable = newTable(nil)

// newTable makes a table in which a user's own names stand before the vocabulary's.
func newTable(own map[field][]string) *table {
	t := &table{known: make(map[string]bool), movement: make(map[string]bool), own: make(map[string]bool), ownOuter: make(map[string]bool)}
	for f := range fieldCount {
		for _, name := range own[f] {
			t.addOwn(f, name)
		}
		nameRows[f].each(func(name string) {
			name = foldName(name)
			t.rows[f] = append(t.rows[f], name)
			t.known[name] = true
		})
	}
	for _, name := range t.rows[movementField] {
		t.movement[name] = true
	}
	return t
}

func (t *table) addOwn(f field, name string) {
	folded := foldName(name)
	t.rows[f] = append(t.rows[f], folded)
	t.known[folded], t.own[folded] = true, true
	t.movement[folded] = f == directionField
	for i, c := range name {
		if c == '.' {
			t.ownOuter[foldName(name[:i])] = true
		}
	}
}

// The vocabulary's objects whose members count, and those members, folded.
var (
	isContainer      = containers.folded()
	isStrategy       = strategyObjects.folded()
	isBar            = barObjects.folded()
	isOrderMember    = orderMembers.folded()
	isStrategyMember = strategyMembers.folded()
	isStrategyPath   = strategyPaths.folded()
	isBarMember      = barMembers.folded()
	isTradeMember    = tradeMembers.folded()
)

// value is the value of a member.
type value struct {
	name string // as it was written
	kind kind
	text string // raw without quotes, tags and signs around it
	raw  string
	ok   bool // it is usable: a string or a number that is neither empty nor a placeholder
}

func (v *value) usable() bool { return v != nil && v.ok }

// names are the values of an object by folded name or path. A name may have two values: one of the object's
// own, and one of an inner object whose members count too. The first has precedence.
type names map[string][2]*value

const (
	top   = 0 // the object's own members
	below = 1 // members of the objects in it
)

// namesOf collects the names of an object. Of names that fold to one the last wins.
func (t *table) namesOf(object *node) names {
	n := make(names)
	for _, m := range object.members {
		t.add(n, m, top)
	}
	return n
}

// add adds a member. A dotted name means the same as the path through objects.
func (t *table) add(n names, m member, level int) {
	name := foldName(m.name)
	if first, rest, dotted := strings.Cut(m.name, "."); dotted {
		if outer := foldName(first); isOuter(outer) {
			t.addInner(n, outer, member{rest, m.value}, level)
			return
		}
	}
	t.set(n, name, level, m)
	if m.value.kind != objectKind {
		return
	}
	t.addOwnPaths(n, name, m.value)
	for _, inner := range m.value.members {
		t.addInner(n, name, inner, level)
	}
}

// addOwnPaths adds the values that a user's own paths lead to.
func (t *table) addOwnPaths(n names, path string, object *node) {
	if !t.ownOuter[path] || object.kind != objectKind {
		return
	}
	for _, m := range object.members {
		full := path + foldName(m.name)
		if t.own[full] {
			t.set(n, full, below, m)
		}
		t.addOwnPaths(n, full, m.value)
	}
}

func isOuter(name string) bool {
	return isContainer[name] || isStrategy[name] || isBar[name] || name == "order" || name == "trade"
}

// addInner adds a member of an inner object if that object's members count. level is the level of the inner
// object. Nothing is read deeper than the strategy, order or bar of a container.
func (t *table) addInner(n names, outer string, m member, level int) {
	name := foldName(m.name)
	switch {
	case isContainer[outer]:
		if level == top {
			t.add(n, m, below)
		}
	case isStrategy[outer]:
		t.addStrategy(n, m)
	case outer == "order":
		t.addPath(n, outer, isOrderMember, m)
	case outer == "trade":
		if level == top {
			t.addPath(n, outer, isTradeMember, m)
		}
	case isBar[outer] && isBarMember[name]:
		if path := outer + name; t.known[path] {
			t.set(n, path, below, m)
			return
		}
		t.set(n, "bar"+name, below, m)
	}
}

// addStrategy adds a member of a strategy.
func (t *table) addStrategy(n names, m member) {
	if first, rest, dotted := strings.Cut(m.name, "."); dotted && foldName(first) == "order" {
		t.addPath(n, "strategyorder", isOrderMember, member{rest, m.value})
		return
	}
	switch name := foldName(m.name); {
	case name == "order":
		for _, inner := range m.value.members {
			t.addPath(n, "strategyorder", isOrderMember, inner)
		}
	case isStrategyPath[name]:
		t.set(n, "strategy"+name, below, m)
	case isStrategyMember[name]:
		t.set(n, name, below, m)
	}
}

// addPath adds a member of an object if it counts. It adds the member under its path if that is a name,
// otherwise under its own name.
func (t *table) addPath(n names, path string, counts map[string]bool, m member) {
	name := foldName(m.name)
	if !counts[name] {
		return
	}
	if t.known[path+name] {
		name = path + name
	}
	t.set(n, name, below, m)
}

// set keeps a value if its name is read. A later value replaces an earlier one of the same name and level.
func (t *table) set(n names, name string, level int, m member) {
	if !t.known[name] {
		return
	}
	values := n[name]
	v := values[level]
	if v == nil {
		v = new(value)
		values[level] = v
		n[name] = values
	}
	*v = value{name: m.name, kind: m.value.kind}
	if v.kind <= stringKind {
		v.raw = m.value.text
		v.text = trimValue(v.raw)
		v.ok = (v.kind == stringKind || v.kind == numberKind) && v.text != "" && !onlyPlaceholders(v.text)
	}
}

// hasKnownName reports whether an object, or the first object of an array, holds a name that is read.
func (t *table) hasKnownName(root *node) bool {
	object := root
	if root.kind == arrayKind {
		object = firstObject(root)
	}
	if object == nil || object.kind != objectKind {
		return false
	}
	n := make(names)
	for _, m := range object.members {
		if t.add(n, m, top); len(n) > 0 {
			return true
		}
	}
	return false
}

// first returns the first value of a field that read accepts, in the order of the field's names, and the name
// that it was under.
func first[T any](r *reader, n names, f field, read func(v *value) (T, bool)) (T, source) {
	for _, name := range r.rows[f] {
		for _, v := range n[name] {
			if !v.usable() {
				continue
			}
			if found, ok := read(v); ok {
				return found, source{byName, v.name}
			}
		}
	}
	var none T
	return none, source{}
}

// fields reads every field by its names. closed is true if a text says that the position is closed.
func (r *reader) fields(n names, closed bool) (f fields) {
	from := &f.from
	f.ticker, from[tickerField] = first(r, n, tickerField, func(v *value) (ticker, bool) { return parseTicker(v.text) })
	f.exchange, from[exchangeField] = first(r, n, exchangeField, func(v *value) (string, bool) { return parseExchange(v.text) })
	f.price, from[priceField] = first(r, n, priceField, func(v *value) (price, bool) { return parsePrice(v.text) })
	f.stop, _ = first(r, n, stopField, func(v *value) (price, bool) { return parsePrice(v.text) })
	f.side, from[directionField] = r.side(n, closed)
	f.signalType, from[signalTypeField] = first(r, n, signalTypeField, func(v *value) (string, bool) { return v.text, isSignalType(v.text) })
	f.indicatorName, from[indicatorField] = first(r, n, indicatorField, func(v *value) (string, bool) {
		return v.text, foldName(v.name) != "strategy" || v.kind == stringKind
	})
	f.chartID, from[chartField] = first(r, n, chartField, func(v *value) (string, bool) { return v.text, isChartID(v.text) })
	if f.chartID == "" {
		f.chartID, from[chartField] = first(r, n, chartURLField, func(v *value) (string, bool) { id := chartInURL(v.text); return id, id != "" })
	}
	f.interval, from[intervalField] = first(r, n, intervalField, func(v *value) (string, bool) { return ParseInterval(v.text) })
	f.timestamp, from[timestampField] = first(r, n, timestampField, func(v *value) (timestamp, bool) { return parseTime(v.text) })
	f.idempotencyKey, _ = first(r, n, keyField, func(v *value) (string, bool) { return v.text, true })
	return f
}

// marketKind are the words of marketKinds, folded.
var marketKind = marketKinds.folded()

func isMarketKind(text string) bool { return len(text) <= longestWord && marketKind[foldName(text)] }

// isSignalType reports whether a value can be a signal's type: neither a number nor a kind of market or order.
func isSignalType(text string) bool {
	if isMarketKind(text) {
		return false
	}
	_, number := parsePrice(text)
	return !number
}

// message returns the first usable string under the names of messages. It is read as text to fill missing
// fields.
func (r *reader) message(n names) string {
	text, _ := first(r, n, messageField, func(v *value) (*value, bool) { return v, v.kind == stringKind && saysSomething(v.text) })
	if text == nil {
		return ""
	}
	return text.raw
}

// ownFields are the fields that a user may teach names for, by the names of their columns.
var ownFields = []struct {
	name string
	field
}{
	{"ticker", tickerField}, {"exchange", exchangeField}, {"price", priceField}, {"signal_type", signalTypeField},
	{"direction", directionField}, {"indicator_name", indicatorField}, {"chart_id", chartField}, {"interval", intervalField},
	{"timestamp", timestampField},
}

func fieldNamed(name string) (field, bool) {
	i := slices.IndexFunc(ownFields, func(f struct {
		name string
		field
	}) bool {
		return f.name == name
	})
	if i < 0 {
		return 0, false
	}
	return ownFields[i].field, true
}

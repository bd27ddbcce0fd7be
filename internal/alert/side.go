package alert

import (
	"slices"
	"strings"

	"atalaya"
)

// tally counts the side words of a text. Only those of the best rank count.
type tally struct {
	best                  rank
	long, short           bool
	longFlag, shortFlag   bool
	movement, capitalized bool // UP and DOWN count; AL and SAT do
}

// add counts a word, which stands before rest.
func (t *tally) add(w word, text string) {
	switch {
	case w.rank == noRank || w.rank < t.best || w.rank == movementRank && !t.movement:
		return
	case w.is(capitalsRole) && !(t.capitalized && text[w.start:w.end] == strings.ToUpper(text[w.start:w.end])):
		return
	case w.rank > t.best:
		*t = tally{best: w.rank, movement: t.movement, capitalized: t.capitalized}
	}
	set := flagSet(text[w.end:])
	if w.side == atalaya.Long {
		t.long, t.longFlag = true, t.longFlag || set
	} else {
		t.short, t.shortFlag = true, t.shortFlag || set
	}
}

// side returns the side that the best words agree on. If they do not agree, flags decide; else there
// is no side.
func (t *tally) side() atalaya.Direction {
	if side := only(t.long, t.short); side != "" {
		return side
	}
	return only(t.longFlag, t.shortFlag)
}

// only returns the side if exactly one of the two is set.
func only(long, short bool) atalaya.Direction {
	switch {
	case long && !short:
		return atalaya.Long
	case short && !long:
		return atalaya.Short
	}
	return ""
}

// flagSet reports whether what follows a word is a 1 behind a colon or an equals sign, as indicators
// print which of their conditions holds.
func flagSet(rest string) bool {
	at := skipBlanks(rest, 0)
	if at == len(rest) || rest[at] != ':' && rest[at] != '=' {
		return false
	}
	after, one := strings.CutPrefix(rest[skipBlanks(rest, at+1):], "1")
	if !one || after == "" {
		return one
	}
	if c := after[0]; c == '.' || c == ',' {
		return len(after) == 1 || !isDigit(after[1])
	}
	return !isDigit(after[0])
}

// valueSide returns the side that a value names, with its rank. turkish says that AL and SAT count
// among other words too.
func valueSide(value string, movement, turkish bool) (atalaya.Direction, rank) {
	t := tally{movement: movement, capitalized: turkish || len(value) <= len("SAT")}
	value = withoutURLs(value)
	eachWord(value, func(w word) { t.add(w, value) })
	return t.side(), t.best
}

// capitalSides are the side words that count in capitals only: AL, SAT.
var capitalSides = func() (words []string) {
	for _, l := range languages {
		for _, sides := range []list{l.buy, l.sell} {
			sides.each(func(word string) {
				if l.capitals {
					words = append(words, strings.ToUpper(word))
				}
			})
		}
	}
	return words
}()

// isTurkish reports whether a text holds, beside a side word that counts in capitals only, another word of
// its language.
func isTurkish(text string) bool {
	if !slices.ContainsFunc(capitalSides, func(word string) bool { return strings.Contains(text, word) }) {
		return false
	}
	found := false
	eachWord(text, func(w word) { found = found || w.is(turkishRole) })
	return found
}

func opposite(side atalaya.Direction) atalaya.Direction {
	switch side {
	case atalaya.Long:
		return atalaya.Short
	case atalaya.Short:
		return atalaya.Long
	}
	return ""
}

// side returns the direction of the position that the alert is about. A named direction or position comes first. If
// the position is flat, it is the previous one, or the opposite of the order that closed it. Otherwise the action
// gives the side, and last the flags.
func (r *reader) side(n names, closedByText bool) (atalaya.Direction, source) {
	if side, from := r.sideUnder(n, directionField, noRank); side != "" {
		return side, from
	}
	if side, from := r.sideUnder(n, positionField, positionRank); side != "" {
		return side, from
	}
	action, from := r.sideUnder(n, positionField, noRank)
	if action == "" {
		action, from = r.sideUnder(n, actionField, noRank)
	}
	previous, fromPrevious := r.sideUnder(n, previousField, noRank)
	if closedByText || r.flat(n) {
		switch {
		case previous != "":
			return previous, fromPrevious
		case action != "":
			return opposite(action), from
		}
	}
	if previous != "" && action == opposite(previous) && !r.has(n, flatField) {
		return previous, fromPrevious
	}
	if action != "" {
		return action, from
	}
	return r.flaggedNames(n)
}

// sideUnder returns the first side, by rank of the names, whose words are of at least a rank.
func (r *reader) sideUnder(n names, f field, least rank) (atalaya.Direction, source) {
	for _, name := range r.rows[f] {
		for _, v := range n[name] {
			if !v.usable() {
				continue
			}
			side, best := valueSide(v.text, r.movement[name], r.turkish)
			if side != "" && best >= least {
				return side, source{byName, v.name}
			}
		}
	}
	return "", source{}
}

// flat reports whether a named value says that the position is closed.
func (r *reader) flat(n names) bool {
	for _, name := range r.rows[flatField] {
		for _, v := range n[name] {
			if v.usable() && strings.EqualFold(v.text, "flat") {
				return true
			}
		}
	}
	return false
}

// has reports whether any name of a row has a usable value.
func (r *reader) has(n names, f field) bool {
	for _, name := range r.rows[f] {
		for _, v := range n[name] {
			if v.usable() {
				return true
			}
		}
	}
	return false
}

// flaggedNames reads is_buy and its like, if those that are true agree.
func (r *reader) flaggedNames(n names) (atalaya.Direction, source) {
	long, fromLong := r.anyTrue(n, longFlagField)
	short, fromShort := r.anyTrue(n, shortFlagField)
	switch only(long, short) {
	case atalaya.Long:
		return atalaya.Long, fromLong
	case atalaya.Short:
		return atalaya.Short, fromShort
	}
	return "", source{}
}

func (r *reader) anyTrue(n names, f field) (bool, source) {
	for _, name := range r.rows[f] {
		for _, v := range n[name] {
			if v != nil && (v.text == "1" || strings.EqualFold(v.text, "true")) {
				return true, source{byName, v.name}
			}
		}
	}
	return false, source{}
}

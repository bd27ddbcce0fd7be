package alert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"atalaya"
)

// A rank tells how much a side word says: LONG is about the position, BUY about an order, BULLISH
// about an opinion, UP about a movement.
type rank int

const (
	noRank rank = iota
	movementRank
	opinionRank
	orderRank
	positionRank
)

type sideWord struct {
	side atalaya.Direction
	rank rank
}

var sideWords = map[string]sideWord{
	"LONG": {atalaya.Long, positionRank}, "SHORT": {atalaya.Short, positionRank},
	"LARGO": {atalaya.Long, positionRank}, "CORTO": {atalaya.Short, positionRank},
	"BUY": {atalaya.Long, orderRank}, "SELL": {atalaya.Short, orderRank},
	"COMPRA": {atalaya.Long, orderRank}, "COMPRAR": {atalaya.Long, orderRank},
	"VENTA": {atalaya.Short, orderRank}, "VENDER": {atalaya.Short, orderRank},
	"BULL": {atalaya.Long, opinionRank}, "BULLISH": {atalaya.Long, opinionRank}, "ALCISTA": {atalaya.Long, opinionRank},
	"BEAR": {atalaya.Short, opinionRank}, "BEARISH": {atalaya.Short, opinionRank}, "BAJISTA": {atalaya.Short, opinionRank},
	"UP": {atalaya.Long, movementRank}, "DOWN": {atalaya.Short, movementRank},
}

// address is a URL, with or without its scheme.
var address = searchFor(`(?i)\S*(?:://|www\.|tradingview\.com/)\S*`, "://", "w.", "W.", "m/", "M/")

// findSide gives the side that a text's best side words agree on, with their rank. Where they do
// not agree, flags decide; else there is no side. movement lets UP and DOWN count.
func findSide(text string, movement bool) (atalaya.Direction, rank) {
	text = address.replace(text, func(string) string { return " " })
	best, sides := noRank, map[atalaya.Direction]bool{}
	flagged := map[atalaya.Direction]bool{}
	eachWord(text, func(word, rest string) {
		w, ok := sideWords[word]
		if !ok || w.rank == movementRank && !movement || w.rank < best {
			return
		}
		if w.rank > best {
			best = w.rank
			clear(sides)
			clear(flagged)
		}
		sides[w.side] = true
		if flagSet(rest) {
			flagged[w.side] = true
		}
	})
	if side := only(sides); side != "" {
		return side, best
	}
	return only(flagged), best
}

// only gives the side that is held alone.
func only(sides map[atalaya.Direction]bool) atalaya.Direction {
	switch {
	case sides[atalaya.Long] && !sides[atalaya.Short]:
		return atalaya.Long
	case sides[atalaya.Short] && !sides[atalaya.Long]:
		return atalaya.Short
	}
	return ""
}

// flagSet says whether what follows a word is a 1 behind a colon or an equals sign, as indicators
// print which of their conditions holds.
func flagSet(rest string) bool {
	const blanks = " \t"
	rest = strings.TrimLeft(rest, blanks)
	if rest == "" || rest[0] != ':' && rest[0] != '=' {
		return false
	}
	after, one := strings.CutPrefix(strings.TrimLeft(rest[1:], blanks), "1")
	if !one || after == "" {
		return one
	}
	if c := after[0]; c == '.' || c == ',' {
		return len(after) == 1 || !isDigit(after[1])
	}
	return !isDigit(after[0])
}

// eachWord gives the words of a text in upper case without accents, each with what follows it. They
// are split at everything that is not a letter and at changes of case: openLong, ENTER_LONG, LONGs
// and "Long!" all hold LONG. Where capitals are followed by small letters the last capital may
// belong to either word, so both readings are given.
func eachWord(text string, f func(word, rest string)) {
	start, previous := -1, rune(0)
	emit := func(end int) {
		if start >= 0 && end > start {
			f(strings.ToUpper(foldAccents(text[start:end])), text[end:])
		}
	}
	for i, r := range text {
		capital := i - utf8.RuneLen(previous) // where the letter before begins
		switch {
		case !unicode.In(r, unicode.L, unicode.Mn):
			emit(i)
			start = -1
		case start < 0:
			start = i
		case unicode.IsUpper(r) && unicode.IsLower(previous):
			emit(i)
			start = i
		case unicode.IsLower(r) && unicode.IsUpper(previous) && capital > start:
			emit(i)
			emit(capital)
			start = capital
		}
		previous = r
	}
	emit(len(text))
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

// newPositionZero is TradingView's own sentence about a position that was closed.
var newPositionZero = searchFor(`New strategy position is -?0(?:[.,]0*)?(?:[^0-9.,]|[.,](?:[^0-9]|$)|$)`, "New strategy position is ")

// side reads the direction: that of the position spoken of. What names a position stands; where the
// position is said to be flat, the one before it is meant, or the opposite of the order that closed
// it; then the action.
func (n names) side(text string) atalaya.Direction {
	if side := n.sideUnder(positionNames); side != "" {
		return side
	}
	action, previous := n.sideUnder(actionNames), n.sideUnder(previousNames)
	if n.flat(text) {
		if side := orSide(previous, opposite(action)); side != "" {
			return side
		}
	}
	if previous != "" && action == opposite(previous) && !n.has(flatNames) {
		return previous
	}
	return orSide(action, n.flaggedNames())
}

func orSide(a, b atalaya.Direction) atalaya.Direction {
	if a != "" {
		return a
	}
	return b
}

// sideUnder gives the first side, by rank of the names.
func (n names) sideUnder(list []string) atalaya.Direction {
	return first(n, list, func(name, text string) (atalaya.Direction, bool) {
		side, _ := findSide(text, slices.Contains(upDownNames, name))
		return side, side != ""
	})
}

// flat says whether a name or the text tells that the position is closed.
func (n names) flat(text string) bool {
	for _, name := range flatNames {
		for _, text := range n.usable(name) {
			if strings.EqualFold(text, "flat") {
				return true
			}
		}
	}
	return newPositionZero.matches(text)
}

func (n names) has(list []string) bool {
	for _, name := range list {
		if len(n.usable(name)) > 0 {
			return true
		}
	}
	return false
}

// flaggedNames reads is_buy and its like.
func (n names) flaggedNames() atalaya.Direction {
	long, short := n.anyTrue(longFlags), n.anyTrue(shortFlags)
	switch {
	case long && !short:
		return atalaya.Long
	case short && !long:
		return atalaya.Short
	}
	return ""
}

func (n names) anyTrue(list []string) bool {
	for _, name := range list {
		for _, value := range n[name] {
			if value != nil && (value.kind == boolKind || value.kind == stringKind) && strings.EqualFold(trimValue(value.text), "true") {
				return true
			}
		}
	}
	return false
}

package alert

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

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

var (
	address = regexp.MustCompile(`\S*://\S*`)
	// flag is a side word with 0 or 1, as indicators print which of their conditions holds.
	flag = regexp.MustCompile(`(?i)(\pL+)[ \t]*[:=][ \t]*([01])(?:[^0-9.,]|[.,](?:[^0-9]|$)|$)`)
)

// findSide gives the side that a text's best side words agree on, with their rank. Where they do
// not agree, flags decide; else there is no side. movement lets UP and DOWN count.
func findSide(text string, movement bool) (atalaya.Direction, rank) {
	text = address.ReplaceAllString(text, " ")
	best, sides := noRank, map[atalaya.Direction]bool{}
	eachWord(text, func(word string) {
		w, ok := sideWords[word]
		if !ok || w.rank == movementRank && !movement {
			return
		}
		if w.rank > best {
			best, sides = w.rank, map[atalaya.Direction]bool{}
		}
		if w.rank == best {
			sides[w.side] = true
		}
	})
	switch {
	case sides[atalaya.Long] && sides[atalaya.Short]:
		return flaggedSide(text, best), best
	case sides[atalaya.Long]:
		return atalaya.Long, best
	case sides[atalaya.Short]:
		return atalaya.Short, best
	}
	return "", noRank
}

// flaggedSide gives the one side whose flags of this rank hold a 1.
func flaggedSide(text string, r rank) atalaya.Direction {
	var set atalaya.Direction
	for _, match := range flag.FindAllStringSubmatch(text, -1) {
		w := sideWords[strings.ToUpper(foldAccents(match[1]))]
		if w.rank != r || match[2] != "1" {
			continue
		}
		if set != "" && set != w.side {
			return ""
		}
		set = w.side
	}
	return set
}

// eachWord gives the words of a text in upper case without accents, split at everything that is not
// a letter and at changes of case: openLong, ENTER_LONG and "Long!" all hold LONG.
func eachWord(text string, f func(word string)) {
	start, previous := -1, rune(0)
	emit := func(end int) {
		if start >= 0 {
			f(strings.ToUpper(foldAccents(text[start:end])))
		}
		start = -1
	}
	for i, r := range text {
		letter := unicode.IsLetter(r) || unicode.Is(unicode.Mn, r)
		switch {
		case !letter:
			emit(i)
		case start < 0:
			start = i
		case unicode.IsUpper(r) && unicode.IsLower(previous):
			emit(i)
			start = i
		case unicode.IsLower(r) && unicode.IsUpper(previous) && i-len(string(previous)) > start:
			// LONGEntry: the capital belongs to the word that it begins.
			emit(i - len(string(previous)))
			start = i - len(string(previous))
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
var newPositionZero = regexp.MustCompile(`New strategy position is -?0(?:[.,]0*)?(?:[^0-9.,]|[.,](?:[^0-9]|$)|$)`)

// side reads the direction: that of the position spoken of. What names a position stands; where the
// position is said to be flat, the one before it is meant, or the opposite of the order that closed
// it; then the action.
func (n names) side() atalaya.Direction {
	if side := n.sideUnder(positionNames); side != "" {
		return side
	}
	action, previous := n.sideUnder(actionNames), n.sideUnder(previousNames)
	if n.flat() {
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

// flat says whether the position is told to be closed.
func (n names) flat() bool {
	for _, name := range flatNames {
		for _, text := range n.usable(name) {
			if strings.EqualFold(text, "flat") {
				return true
			}
		}
	}
	return newPositionZero.MatchString(n.message())
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

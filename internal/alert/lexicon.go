package alert

import (
	"strings"

	"atalaya"
)

// list holds words separated by commas.
type list string

// each calls f for every word of the list.
func (l list) each(f func(word string)) {
	for word := range strings.SplitSeq(string(l), ",") {
		if word = strings.TrimSpace(word); word != "" {
			f(word)
		}
	}
}

// folded returns the words as a set of folded names.
func (l list) folded() map[string]bool {
	words := make(map[string]bool)
	l.each(func(word string) { words[foldName(word)] = true })
	return words
}

// label is what a word before a colon or an equals sign announces in free text.
type label int

const (
	tickerLabel label = iota
	priceLabel        // also before a blank
	entryLabel        // a price too, of a lower rank
	typeLabel
	indicatorLabel
	intervalLabel // also before a blank
	timeLabel
	labelCount
)

// verb is one of the conditions that TradingView's own sentence names.
type verb struct {
	text   string
	priced bool // the number behind it is a price
}

type unit int

const (
	secondUnit unit = iota
	minuteUnit
	hourUnit
	dayUnit
	weekUnit
	monthUnit
)

// rank is how much a side word says. LONG is about a position, BUY about an order, BULLISH about an opinion,
// UP about a movement.
type rank int

const (
	noRank rank = iota
	movementRank
	opinionRank
	orderRank
	positionRank
)

// role is a set of parts that a word can play.
type role uint32

const (
	entryRole      role = 1 << iota // means an entry
	exitRole                        // tells an exit
	closingRole                     // means an exit before a side or a position
	closedRole                      // means an exit behind one too
	openingRole                     // means an entry before a side
	positionRole                    // a position or a trade
	stopRole                        // a stop or a target
	reachedRole                     // that it was reached
	articleRole                     // may stand between such words
	atRole                          // stands between a ticker and its price
	chartRole                       // an interval may stand before it
	capitalsRole                    // counts in capitals, beside another word of its language
	turkishRole                     // is a word of a language whose sides count in capitals
	verbRole                        // begins one of TradingView's verbs
	filledRole                      // filled on TICKER
	signalRole                      // may stand before an interval
	noTickerRole                    // cannot be a ticker
	noExchangeRole                  // cannot be an exchange
	modifierRole                    // part of an order's name
)

// entry is what the vocabulary says of a word.
type entry struct {
	side   atalaya.Direction
	rank   rank
	labels uint16 // a bit for each label
	behind string // a label only behind this word: signal type
	unit   unit
	isUnit bool
	roles  role
}

func (e *entry) is(r role) bool        { return e.roles&r != 0 }
func (e *entry) hasLabel(l label) bool { return e.labels&(1<<l) != 0 }
func (e *entry) sided() bool           { return e.rank >= orderRank }
func (e *entry) setSide(s sideOf) {
	if e.rank < s.rank {
		e.side, e.rank = s.side, s.rank
	}
}

type sideOf struct {
	side atalaya.Direction
	rank rank
}

// lexicon holds the words of free text, folded, with what the vocabulary says of them.
var lexicon = buildLexicon()

// longestWord is how many bytes of a word are looked at.
const longestWord = 48

type lexiconBuilder map[string]*entry

func buildLexicon() map[string]*entry {
	b := make(lexiconBuilder)
	for _, l := range languages {
		b.addSides(l)
		b.addLabels(l)
		b.addRoles(l)
	}
	b.roles(modifiers, modifierRole|noTickerRole)
	b.roles(openingModifiers, modifierRole|noTickerRole)
	b.roles(closingModifiers, modifierRole|noTickerRole)
	b.roles(noTickerWords, noTickerRole)
	b.roles(noExchanges, noTickerRole|noExchangeRole)
	b.roles(`signal`, signalRole)
	b.roles(`filled`, filledRole)
	for _, v := range verbs {
		first, _, _ := strings.Cut(v.text, " ")
		b.roles(list(first), verbRole)
	}
	return b
}

func (b lexiconBuilder) word(word string) *entry {
	word = fold(word)
	if b[word] == nil {
		b[word] = &entry{}
	}
	return b[word]
}

// roles gives words a role. In a phrase of several words the last one plays it.
func (b lexiconBuilder) roles(words list, r role) {
	words.each(func(word string) { b.word(word[strings.LastIndexByte(word, ' ')+1:]).roles |= r })
}

// addSides adds a language's side words and what they make with the modifiers.
func (b lexiconBuilder) addSides(l language) {
	extra := role(0)
	if l.capitals {
		extra = capitalsRole
	}
	for _, s := range []struct {
		words list
		sideOf
	}{
		{l.long, sideOf{atalaya.Long, positionRank}}, {l.short, sideOf{atalaya.Short, positionRank}},
		{l.buy, sideOf{atalaya.Long, orderRank}}, {l.sell, sideOf{atalaya.Short, orderRank}},
		{l.bullish, sideOf{atalaya.Long, opinionRank}}, {l.bearish, sideOf{atalaya.Short, opinionRank}},
		{l.up, sideOf{atalaya.Long, movementRank}}, {l.down, sideOf{atalaya.Short, movementRank}},
	} {
		s.words.each(func(word string) {
			e := b.word(word)
			e.setSide(s.sideOf)
			e.roles |= extra | noTickerRole
			if !l.capitals && s.rank >= orderRank {
				b.addCompounds(word, s.sideOf)
			}
		})
	}
}

// addCompounds adds the words made of a side word and a modifier.
func (b lexiconBuilder) addCompounds(word string, s sideOf) {
	for _, m := range []struct {
		words list
		role  role
	}{{modifiers, 0}, {openingModifiers, entryRole}, {closingModifiers, exitRole}} {
		m.words.each(func(modifier string) {
			for _, compound := range []string{word + modifier, modifier + word} {
				e := b.word(compound)
				e.setSide(s)
				e.roles |= m.role | noTickerRole
			}
		})
	}
}

func (b lexiconBuilder) addLabels(l language) {
	for label, words := range l.labels {
		words.each(func(word string) {
			before, last, phrase := cutLast(word)
			e := b.word(last)
			if phrase && e.hasLabel(label) {
				return // "tipo de señal" ends in a label already
			}
			e.labels |= 1 << label
			if phrase {
				e.behind = fold(before)
				b.word(before + last).labels |= 1 << label
				b.word(before + "_" + last).labels |= 1 << label
			}
			if l.capitals {
				e.roles |= turkishRole
			}
		})
	}
}

// cutLast splits words at the last blank.
func cutLast(words string) (before, last string, phrase bool) {
	i := strings.LastIndexByte(words, ' ')
	return words[:max(i, 0)], words[i+1:], i >= 0
}

func (b lexiconBuilder) addRoles(l language) {
	for _, r := range []struct {
		words list
		role  role
	}{
		{l.entry, entryRole}, {l.exit, exitRole}, {l.closing, closingRole}, {l.closed, closingRole | closedRole},
		{l.positions, positionRole}, {l.stops, stopRole | noExchangeRole | noTickerRole}, {l.reached, reachedRole}, {l.opening, openingRole},
		{l.articles, articleRole}, {l.at, atRole}, {l.chartWords, chartRole},
	} {
		b.roles(r.words, r.role)
		if l.capitals {
			b.roles(r.words, turkishRole)
		}
	}
	for u, words := range map[unit]list{
		secondUnit: l.seconds, minuteUnit: l.minutes, hourUnit: l.hours, dayUnit: l.days, weekUnit: l.weeks, monthUnit: l.months,
	} {
		words.each(func(word string) {
			e := b.word(word)
			e.unit, e.isUnit = u, true
		})
	}
	if l.capitals {
		b.roles(l.others, turkishRole)
	}
}

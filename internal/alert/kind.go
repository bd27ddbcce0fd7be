package alert

import (
	"strings"
	"unicode"

	"atalaya"
)

// kind returns the kind of event that a text is about, or "" if the text does not say.
func (t *textReader) kind() atalaya.EventKind {
	if t.orders.known {
		return t.orders.kind
	}
	if positionIsZero(t.text) {
		return atalaya.Exit
	}
	return kindOf(t.text, t.words)
}

// kindRoles are the roles of words that show a kind of event.
const kindRoles = entryRole | exitRole | closingRole | openingRole | positionRole | stopRole | reachedRole

// kindOf returns the kind of event that the words of a text show. Labels do not count. An exit wins over an
// entry, unless both are named outright.
func kindOf(text string, words []word) atalaya.EventKind {
	entry, exit, opens := false, false, false
	for i, w := range words {
		if w.rank < orderRank && !w.is(kindRoles) || isValueLabel(text, w.end) {
			continue
		}
		next := nextWord(text, words, i)
		switch {
		case leaves(w, next):
			exit = true
		case w.is(openingRole) && next != nil && next.sided():
			entry, opens = true, true
		case w.is(entryRole), w.rank == positionRank, w.rank == orderRank && w.side == atalaya.Long && !w.is(capitalsRole):
			entry = true
		}
	}
	switch {
	case exit && opens:
		return ""
	case exit:
		return atalaya.Exit
	case entry:
		return atalaya.Entry
	}
	return ""
}

// leaves reports whether a word, with the one behind it, speaks of an exit.
func leaves(w word, next *word) bool {
	return w.is(exitRole) || next != nil &&
		(w.is(closingRole) && (next.sided() || next.is(positionRole)) || // close long
			(w.is(positionRole) || w.sided()) && next.is(closedRole) || // long closed
			w.is(stopRole) && next.is(reachedRole) || w.is(reachedRole) && next.is(stopRole)) // stop hit
}

// isValueLabel reports whether a word that ends at a place is a label with a number: close: 1.2.
func isValueLabel(text string, end int) bool {
	start, ok := labelEnd(text, end, false)
	if !ok || start == len(text) {
		return false
	}
	_, _, number := leadingNumber(text[start:min(len(text), start+maxForm)], true)
	return number
}

// nextWord returns the word behind the i-th, if only blanks, a number or articles stand between them.
func nextWord(text string, words []word, i int) *word {
	end := words[i].end
	for j := i + 1; j < len(words); j++ {
		w := &words[j]
		if w.start < end {
			continue
		}
		if w.start-end > longestWord || strings.ContainsFunc(text[end:w.start], func(r rune) bool {
			return !unicode.IsSpace(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-#*", r) || r == '\n'
		}) {
			return nil
		}
		if !w.is(articleRole) {
			return w
		}
		end = w.end
	}
	return nil
}

// kind returns the kind of event that the named values show: by the position, and otherwise by the words
// under the names of signals and sides.
func (r *reader) kind(n names) atalaya.EventKind {
	position, _ := r.sideUnder(n, positionField, positionRank)
	previous, _ := r.sideUnder(n, previousField, noRank)
	action, _ := r.sideUnder(n, actionField, noRank)
	switch {
	case r.flat(n):
		return atalaya.Exit
	case position != "" && r.has(n, previousField):
		if position != previous || action == position {
			return atalaya.Entry
		}
		return ""
	case position == "" && previous != "" && action == opposite(previous) && !r.has(n, flatField):
		return atalaya.Exit
	case position != "" && action == opposite(position):
		return "" // it may reduce the position as well as turn it
	}
	var found atalaya.EventKind
	for _, f := range []field{signalTypeField, directionField, positionField, actionField} {
		for _, name := range r.rows[f] {
			for _, v := range n[name] {
				if !v.usable() {
					continue
				}
				if kind := kindOf(v.text, wordsOf(v.text)); kind == atalaya.Exit || found == "" {
					found = kind
				}
				if found == atalaya.Exit {
					return found
				}
			}
		}
	}
	return found
}

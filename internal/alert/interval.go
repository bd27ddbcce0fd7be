package alert

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const minutesADay = 1440

// unitWords are the units of intervals, folded.
var unitWords = func() map[string]unit {
	words := make(map[string]unit)
	for u, short := range shortUnits {
		short.each(func(word string) { words[fold(word)] = u })
	}
	for word, e := range lexicon {
		if e.isUnit {
			words[word] = e.unit
		}
	}
	return words
}()

// wholeIntervals are the words that are an interval by themselves, folded.
var wholeIntervals = func() map[string]string {
	words := make(map[string]string)
	for interval, list := range intervalWords {
		list.each(func(word string) { words[fold(word)] = interval })
	}
	return words
}()

// ParseInterval returns an interval in TradingView's own form: 15, 60, 1D, 30S, 12M. The text may be in that
// form or in words, such as "4 hours", "4h" and "daily". The result is false if the text is not an interval,
// or is longer than TradingView has: 1440 minutes, 366 days, 53 weeks or 12 months.
func ParseInterval(text string) (string, bool) {
	if len(text) > maxForm {
		return "", false
	}
	text = trimEmoji(text)
	if text == "M" {
		return "1M", true
	}
	digits := countDigits(text)
	if digits == 0 {
		word, ok := wholeIntervals[fold(text)]
		return word, ok
	}
	return intervalOf(text[:digits], text[skipBlanks(text, digits):])
}

// intervalOf makes an interval of a number and its unit, "" for minutes.
func intervalOf(digits, word string) (string, bool) {
	digits = strings.TrimLeft(digits, "0")
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) > len("86400") {
		return "", false
	}
	months := slices.Contains([]int{1, 3, 6, 12}, n)
	if word == "M" && months {
		return digits + "M", true
	}
	u, ok := unitWords[fold(word)]
	if word == "" {
		u, ok = minuteUnit, true
	}
	if !ok {
		return "", false
	}
	switch u {
	case secondUnit:
		return digits + "S", n < 3600
	case minuteUnit:
		return digits, n <= minutesADay
	case hourUnit:
		return strconv.Itoa(60 * n), 60*n <= minutesADay
	case dayUnit:
		return digits + "D", n <= 366
	case weekUnit:
		return digits + "W", n <= 53
	default:
		return digits + "M", months
	}
}

// leadingInterval returns the interval that a text begins with: a number with or without a unit, or a word. It
// returns "" if the text continues it, as in M15, 1.5 and 4-hour.
func leadingInterval(text string) string {
	digits := countDigits(text)
	start := skipBlanks(text, digits)
	end := start
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !isLetter(r) || end-start > longestWord {
			break
		}
		end += size
	}
	if goesOn(text[end:]) {
		return ""
	}
	if whole, ok := ParseInterval(text[:end]); ok {
		return whole
	}
	if start == digits { // the word belongs to the number
		return ""
	}
	number, _ := intervalOf(text[:digits], "")
	return number
}

// goesOn reports whether a text continues the word or number before it.
func goesOn(rest string) bool {
	if rest == "" {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	next, _ := utf8.DecodeRuneInString(rest[1:])
	switch rest[0] {
	case '.', ',':
		return len(rest) > 1 && isDigit(rest[1])
	case '-':
		return isLetter(next)
	}
	return isWordRune(r)
}

// wordedInterval returns the interval that begins at an index as a number and a written-out unit, such as
// 15 Minute, and the index at which it ends.
func wordedInterval(text string, at int) (interval string, end int) {
	digits := countDigits(text[at:])
	start := skipBlanks(text, at+digits)
	if digits == 0 || digits > len("86400") {
		return "", at
	}
	end = start
	for end < len(text) && end-start <= longestWord {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !isLetter(r) {
			break
		}
		end += size
	}
	if e := lookUp(text[start:end]); e == nil || !e.isUnit || goesOn(text[end:]) {
		return "", at
	}
	interval, _ = intervalOf(text[at:at+digits], text[start:end])
	return interval, end
}

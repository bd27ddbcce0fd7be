// Package alert reads the bodies that TradingView sends. A body is whatever its owner typed: JSON, JSON
// that needs repair, CSV, a broker bridge's command, JSON inside text, a form, pairs of names and values,
// free text, or nothing. Read tries these forms in that order and takes the first that fits.
//
// The words are data, in vocabulary.go: names, side words, labels, verbs and sentences, by language. The
// rest is the engine:
//
//	lexicon.go  the vocabulary, ready to be looked up
//	scan.go     the words of the vocabulary in a text
//	read.go     the order in which the forms are tried
//	fields.go   the values found, and the alert made of them
//	clean.go    bytes as text, and the lines that say nothing
//	fold.go     letters without case and accents
//	tree.go     JSON, strict or repaired, as a tree that keeps every number as it was written
//	scalar.go   its strings and bare values
//	embed.go    JSON inside text
//	form.go     forms and CSV
//	command.go  the commands of broker bridges
//	pairs.go    lines or items of the form name: value or name = value
//	names.go    the values under the names that are read
//	own.go      a user's own names
//	explain.go  what matched each field
//	text.go     free text: labels, words, intervals
//	textticker.go, textprice.go  the ticker and the price of a text
//	sentence.go, orderform.go    TradingView's own sentences
//	side.go     LONG or SHORT
//	kind.go     an entry or an exit
//	symbol.go, number.go, interval.go, time.go, value.go  what values look like
//	stored.go   what parsed_data keeps
//	print.go    what the command line prints
//
// The package is pure: it uses no clock, no settings and no network. Its work is linear in the size of the
// body, which is bounded. No number passes through a float.
package alert

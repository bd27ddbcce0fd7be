// Package alert reads what TradingView sent. A body is whatever its owner typed: JSON, JSON that
// needs repair, pairs of names and values, free text in Spanish or English, or nothing. Read tries
// them in that order and takes the first that fits:
//
//	tree.go    JSON, strict or repaired, as a tree that keeps every number as it was written
//	scalar.go  its strings and bare values
//	pairs.go   lines or items of the form name: value or name = value
//	text.go    labels, TradingView's own sentences, EXCHANGE:SYMBOL
//	names.go   which names stand for which field, in which rank
//	values.go  what a ticker, a number, an interval, a time look like
//	side.go    LONG or SHORT
//	stored.go  what parsed_data keeps
//	print.go   what the command line prints
//
// The package is pure: no clock, no settings, no network. Its work is linear in the body, which is
// bounded, and no number passes through a float.
package alert

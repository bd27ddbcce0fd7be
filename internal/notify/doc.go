// Package notify tells people: it turns rows of the outbox into messages and has channels send them.
//
// A row is written in the transaction that stores its signal. The dispatcher claims a channel, sends
// what is due there in order, one request at a time, and records each outcome. What a message says,
// what an outcome means, when to try again, when to gather messages into a digest and when a source
// counts as silent are pure functions here.
//
// It knows neither HTTP nor SQL: channels are engines (package channel), rows are the store's.
package notify

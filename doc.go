// Package atalaya holds the words of the domain, and nothing that knows HTTP, SQL or a browser.
//
// An alert is what TradingView sent to a user's webhook URL. Atalaya reads it, decides whether it
// is kept, and stores it as a signal; a capture then takes the screenshot of the user's own chart;
// people and programs read the signals back with their results and statistics. A user is the
// tenant that owns all of them: every type, statement and method here names its user.
//
// The packages under internal follow that way, in this order:
//
//	webhook   the door in           POST /webhook/{token}
//	alert     the reading           body -> Alert
//	ingest    the decision          kept, refused, and why
//	postgres  the rows              signal, counters, delivery and job in one transaction
//	capture   the picture           job -> verified screenshot -> stored -> recorded
//	events    telling programs      what changed -> event streams
//	api       the door out          REST, event streams and OpenAPI
//
// docs/architecture.md draws it and says which package may import which.
package atalaya

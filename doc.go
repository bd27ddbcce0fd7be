// Package atalaya holds the words of the domain, and nothing that knows HTTP, SQL or a browser.
//
// An alert is what TradingView sent to a user's webhook URL. Atalaya reads it, decides whether to keep
// it, and stores it as a signal. A capture then takes the screenshot of the user's own chart. People and
// programs read the signals back with their results and statistics. A user is the tenant that owns all
// of them.
//
// The packages under internal follow an alert's way:
//
//	webhook      the door in            POST /webhook/{token}
//	alert        the reading            body -> Alert
//	ingest       the decision           kept, refused, and why
//	postgres     the rows               signal, counters, delivery and job in one transaction
//	capture      the job                signal -> verified screenshot -> stored -> recorded
//	tradingview  the chart's page       looked at until it shows what was asked
//	chromium     the browser            one process, one context a capture
//	blob         the pictures           a folder, an S3 bucket or Supabase Storage
//	spool        the disk               alerts while the database is away
//	events       telling programs       what changed -> event streams
//	notify       telling people         outbox -> messages -> channels
//	api          the door for programs  REST, event streams and OpenAPI
//	dashboard    the door for people    the embedded page and the browser's session
//	operator     the operator's door    queues, users and failed captures, behind a token
//
// Others serve all of these: netguard (where connections may lead), secret (the keyring), auth (who is
// calling), limits (how often a user may do something), upkeep (periodic duties), certificate
// (TLS for the domain), metrics, trace (spans), respond (errors to answers), config, app (which builds and starts
// everything) and doctor (advice to the operator). chartsite, pgrun and demo are the demo's chart site, database and
// invented past, and test is for tests alone.
//
// docs/architecture.md has the drawing, and a table of what belongs in which package.
package atalaya

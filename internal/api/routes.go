package api

import (
	"slices"
	"strings"
	"time"

	"atalaya/internal/respond"
)

// routes declares every route that the OpenAPI document describes, each in one place: method and
// path, summary, handler, the errors that it may answer, and what differs from the rule.
func (s *server) routes() []route {
	list := slices.Concat(
		s.signalRoutes(),
		section("config",
			on("GET /api/config", "Read your settings", private(s.getConfig), may(404)),
			on("PUT /api/config", "Change your settings", private(s.updateConfig), readsBody, may(404)),
			on("POST /api/config/webhook-token", "Rotate the webhook token", private(s.rotateWebhookToken), may(404)),
			on("POST /api/config/cookies/check", "Ask TradingView whether your session is alive", private(s.checkCookies), may(404, 409), within(checkPatience+requestTimeout)),
		),
		section("deliveries",
			on("GET /api/deliveries", "List what arrived at the webhook, newest first", private(s.listDeliveries), may(422)),
			on("GET /api/deliveries/replay", "Count the refused alerts that can be replayed", private(s.countReplays), may(422)),
			on("POST /api/deliveries/{id}/replay", "Make a signal of a refused or repeated alert", private(s.replayDelivery), may(404, 409, 429)),
			on("POST /api/deliveries/replay", "Make signals of the alerts that were refused, oldest first", private(s.replayDeliveries), may(422)),
		),
		section("channels",
			on("GET /api/channels", "List your notification channels", private(s.listChannels)),
			on("POST /api/channels", "Make a notification channel", private(s.createChannel), readsBody, may(404, 409)),
			on("PATCH /api/channels/{id}", "Change a notification channel", private(s.updateChannel), readsBody, may(404, 409)),
			on("DELETE /api/channels/{id}", "Delete a notification channel", private(s.deleteChannel), may(404, 409, 422)),
			on("POST /api/channels/{id}/test", "Send a real message now, with your newest picture", private(s.testChannel), may(404, 409, 422), within(sendPatience)),
			on("POST /api/channels/{id}/connect", "Connect a Telegram chat, or confirm a mail address", private(s.connectChannel), may(404, 409, 422), within(sendPatience)),
			on("GET /api/channels/{id}/confirm/{code}", "Confirm a mail address by the link that was sent there", public(s.confirmChannel), may(404, 422)),
			on("POST /api/channels/{id}/unsubscribe", "Get no more mail, in one click", public(s.unsubscribeChannel), may(422)),
		),
		section("notifications",
			on("GET /api/notifications", "List what was sent to your channels, newest first", private(s.listNotifications), may(422)),
			on("POST /api/notifications/{id}/resend", "Send a message again", private(s.resendNotification), may(404, 422)),
		),
		section("alerts",
			on("POST /api/alerts/read", "Tell how an alert would be read; nothing is stored", private(s.readAlert), readsBody, may(404)),
			on("POST /api/alerts/test", "Send yourself a test alert", private(s.testAlert), may(404, 409, 429)),
		),
		section("stats",
			on("GET /api/stats", "Read your statistics, of all signals or of those that a filter lets through", private(s.getStats), may(422), lenient),
			on("GET /api/stats/equity", "Read the running sum of profit and loss, and its deepest fall", private(s.getEquity), may(422)),
			on("GET /api/stats/calendar", "Read what each day of a year came to", private(s.getCalendar), may(422)),
			on("GET /api/stats/histogram", "Read how profits and losses are spread", private(s.getHistogram), may(422)),
		),
		section("quota", on("GET /api/quota", "Read the month's quota", private(s.getQuota), may(404))),
		section("service",
			on("GET /{$}", "What this service is", public(s.getFacts)),
			on("GET /health", "Health of every part", public(s.getHealth), may(503)),
			on("GET /livez", "Is the process alive", public(s.getLive)),
			on("GET /readyz", "Can the process do its work", public(s.getReady), may(503)),
		),
	)
	if s.Pictures != nil {
		list = append(list, section("service", on("GET /pictures/{user_id}/{file}", "Read a picture", public(s.getPicture), may(403, 404), lenient))...)
	}
	return list
}

func (s *server) signalRoutes() []route {
	return section("signals",
		on("GET /api/signals", "List signals, newest first", private(s.listSignals), may(422), lenient),
		on("GET "+streamPath, "Be told what becomes of your signals and settings, as it happens", private(s.openStream), may(422, 429)),
		on("GET /api/signals/export", "Write signals to a file", private(s.exportSignals), may(422)),
		on("POST /api/signals/bulk", "Change or delete many signals at once", private(s.editSignals), readsBody, may(404, 409), within(editPatience)),
		on("GET /api/signals/{id}", "Read a signal", private(s.getSignal), may(404, 422)),
		on("PUT /api/signals/{id}", "Record what became of a signal", private(s.updateSignal), readsBody, may(404)),
		on("PATCH /api/signals/{id}", "Record what became of a signal (the same as PUT)", private(s.updateSignal), readsBody, may(404)),
		on("DELETE /api/signals/{id}", "Delete a signal and its picture", private(s.deleteSignal), may(404, 422)),
		on("POST /api/signals/{id}/screenshot", "Take a new screenshot of a signal, whatever its age", private(s.captureAgain), answers(202), may(404, 409, 422, 429)),
	)
}

// editPatience bounds an edit of many signals.
const editPatience = 20 * time.Second

// sendPatience bounds a request that sends a message: an upload to a slow service takes its 30 s.
const sendPatience = 40 * time.Second

// addPages adds the routes that the OpenAPI document does not describe.
func (s *server) addPages() {
	plain := func(pattern string, h respond.Handler) { s.mux.Handle(pattern, respond.Adapt(s.Log, h)) }
	plain("GET /api/openapi.json", s.getDocument)
	plain("GET /docs", docsFile("index.html", "text/html; charset=utf-8"))
	plain("GET /docs/docs.js", docsFile("docs.js", "text/javascript; charset=utf-8"))
	plain("GET /docs/reference.js", reference)
	plain("GET /favicon.svg", docsFile("favicon.svg", "image/svg+xml"))
	plain("GET /favicon.ico", docsFile("favicon.svg", "image/svg+xml")) // what browsers ask for beside answers that are no page
	plain("/", s.unknownRoute)
}

// route is one route of the API.
type route struct {
	method, path string
	tag          string // the section of the OpenAPI document
	summary      string
	success      int           // status; 0 means 200
	errors       []int         // statuses besides those of its binding
	limit        time.Duration // of a signed-in user's handler; 0 means requestTimeout
	lenient      bool          // unknown parameters are accepted
	register     binding
}

// option sets a property of a route.
type option func(*route)

// on declares a route; pattern is "METHOD /path".
func on(pattern, summary string, register binding, options ...option) route {
	method, path, _ := strings.Cut(pattern, " ")
	r := route{method: method, path: path, summary: summary, register: register}
	for _, apply := range options {
		apply(&r)
	}
	return r
}

// section gives routes their tag.
func section(tag string, routes ...route) []route {
	for i := range routes {
		routes[i].tag = tag
	}
	return routes
}

// may adds error statuses that a route answers.
func may(statuses ...int) option {
	return func(r *route) { r.errors = append(r.errors, statuses...) }
}

// readsBody adds the error statuses of a route that reads a JSON body.
func readsBody(r *route) { may(400, 413, 415, 422)(r) }

// lenient lets a route of the Node service accept parameters that it does not know, as its callers expect.
// The answer names them.
func lenient(r *route) { r.lenient = true }

// answers sets the status of success.
func answers(status int) option { return func(r *route) { r.success = status } }

// within bounds how long the handler of a signed-in user may take.
func within(limit time.Duration) option { return func(r *route) { r.limit = limit } }

package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"atalaya/internal/respond"
)

// routes is every route of this door.
func (s *server) routes() {
	private(s, "GET", "/api/signals", "List signals, newest first", s.listSignals)
	private(s, "GET", "/api/signals/stream", "Be told what becomes of your signals and settings, as it happens", s.openStream)
	private(s, "GET", "/api/signals/{id}", "Read a signal", s.getSignal)
	private(s, "PUT", "/api/signals/{id}", "Record what became of a signal", s.updateSignal)
	private(s, "PATCH", "/api/signals/{id}", "Record what became of a signal (the same as PUT)", s.updateSignal)
	private(s, "DELETE", "/api/signals/{id}", "Delete a signal and its picture", s.deleteSignal)
	private(s, "POST", "/api/signals/{id}/screenshot", "Take a new screenshot of a signal, whatever its age", s.captureAgain)
	private(s, "GET", "/api/config", "Read your settings", s.getConfig)
	private(s, "PUT", "/api/config", "Change your settings", s.updateConfig)
	private(s, "POST", "/api/config/webhook-token", "Rotate the webhook token", s.rotateWebhookToken)
	private(s, "POST", "/api/config/cookies/check", "Ask TradingView whether your session is alive", s.checkCookies)
	private(s, "GET", "/api/deliveries", "List what arrived at the webhook, newest first", s.listDeliveries)
	private(s, "POST", "/api/deliveries/{id}/replay", "Make a signal of a refused or repeated alert", s.replayDelivery)
	private(s, "POST", "/api/deliveries/replay", "Make signals of the alerts that were refused, oldest first", s.replayDeliveries)
	private(s, "GET", "/api/stats", "Read your statistics", s.getStats)
	private(s, "GET", "/api/quota", "Read the month's quota", s.getQuota)

	public(s, "GET", "/{$}", "What this service is", s.getFacts)
	public(s, "GET", "/health", "Health of every part", s.getHealth, http.StatusServiceUnavailable)
	public(s, "GET", "/livez", "Is the process alive", s.getLive)
	public(s, "GET", "/readyz", "Can the process do its work", s.getReady, http.StatusServiceUnavailable)
	if s.Pictures != nil {
		public(s, "GET", "/pictures/{user_id}/{file}", "Read a picture", s.getPicture, http.StatusForbidden)
	}

	s.plain("GET /api/openapi.json", s.getDocument)
	s.plain("GET /docs", docsFile("index.html", "text/html; charset=utf-8"))
	s.plain("GET /docs/docs.js", docsFile("docs.js", "text/javascript; charset=utf-8"))
	s.plain("GET /docs/docs.css", docsFile("docs.css", "text/css; charset=utf-8"))
	s.plain("/", s.unknownRoute)
}

// private registers a route for signed-in users.
func private[I, O any](s *server, method, path, summary string, h privateHandler[I, O]) {
	op := operation(s, method, path, summary, http.StatusUnauthorized, http.StatusForbidden, http.StatusInternalServerError, http.StatusServiceUnavailable)
	op.Security = []map[string][]string{{bearer: {}}}
	op.Middlewares = huma.Middlewares{s.authenticate}
	register(s, op, h.withCaller)
}

// public registers a route for everyone; failures are the statuses it may answer beside 200.
func public[I, O any](s *server, method, path, summary string, h handler[I, O], failures ...int) {
	register(s, operation(s, method, path, summary, append(failures, http.StatusInternalServerError)...), h)
}

// plain registers a route that the OpenAPI document does not describe.
func (s *server) plain(pattern string, h respond.Handler) {
	s.mux.Handle(pattern, respond.Adapt(s.Log, h))
}

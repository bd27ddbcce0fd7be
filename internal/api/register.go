package api

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"atalaya"
	"atalaya/internal/respond"
)

// requestTimeout bounds how long the handler of a signed-in user's request may take, unless its route
// says otherwise.
const requestTimeout = 10 * time.Second

// bearer is the name of the one security scheme.
const bearer = "supabase"

// handler and privateHandler are what routes register: a typed request in, a typed answer out, and
// every error as an error.
type (
	handler[I, O any]        func(ctx context.Context, in *I) (*O, error)
	privateHandler[I, O any] func(ctx context.Context, caller atalaya.Caller, in *I) (*O, error)
)

// humaConfig returns the library's settings and the frame of the OpenAPI document. Unknown members of a body are
// ignored.
func humaConfig(o Options) huma.Config {
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Atalaya", Version: o.Version,
				Description: "TradingView alerts, stored as signals with a screenshot of your own chart.\n\n" +
					"Every error is problem details (RFC 9457) that also carry success: false, error (a stable code) and message.",
			},
			Servers: []*huma.Server{{URL: o.PublicURL}},
			Tags:    tags(),
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{bearer: {
					Type: "http", Scheme: "bearer", BearerFormat: "JWT",
					Description: "The access_token of a signed-in user's Supabase session.",
				}},
			},
		},
		Formats:       jsonFormats(),
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{problemOfHuma, spoken},
	}
	config.AllowAdditionalPropertiesByDefault = true
	return config
}

// tags returns the groups of routes, in the order in which the document's page shows them.
func tags() []*huma.Tag {
	return []*huma.Tag{
		{Name: "signals", Description: "What was stored of your alerts, with their screenshots and results."},
		{Name: "alerts", Description: "Try how an alert is read, before TradingView sends it."},
		{Name: "config", Description: "Your settings, TradingView cookies and webhook token."},
		{Name: "deliveries", Description: "What arrived at your webhook, what became of it, and how to make a signal of what was refused."},
		{Name: "stats", Description: "Statistics of your signals."},
		{Name: "quota", Description: "How much of the month is used."},
		{Name: "channels", Description: "Where messages about your signals go."},
		{Name: "notifications", Description: "The messages that were sent."},
		{Name: "service", Description: "The service itself: health, probes, pictures."},
	}
}

// schemaName names respond's document as its readers know it.
func schemaName(t reflect.Type, hint string) string {
	if t == reflect.TypeFor[respond.Document]() {
		return "Problem"
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// binding registers a route's handler.
type binding func(s *server, r route)

// private binds a handler for signed-in users.
func private[I, O any](h privateHandler[I, O]) binding {
	return func(s *server, r route) {
		op := s.operation(r, http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable)
		op.Security = []map[string][]string{{bearer: {}}}
		op.Middlewares = append(huma.Middlewares{s.authenticate}, op.Middlewares...)
		limit := cmp.Or(r.limit, requestTimeout)
		register(s, op, func(ctx context.Context, in *I) (*O, error) {
			caller, ok := ctx.Value(callerKey{}).(atalaya.Caller)
			if !ok {
				return nil, atalaya.Errorf(atalaya.CodeUnauthorized, "Send the access token of a signed-in user.")
			}
			ctx, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			return h(ctx, caller, in)
		})
	}
}

// public binds a handler for everyone.
func public[I, O any](h handler[I, O]) binding {
	return func(s *server, r route) { register(s, s.operation(r, http.StatusInternalServerError), h) }
}

var wordStart = regexp.MustCompile(`[/{}$._-]+`)

// operation describes a route to the library; failures are the error statuses of its binding. Its id
// is made of method and path: get-api-signals-id.
func (s *server) operation(r route, failures ...int) huma.Operation {
	op := huma.Operation{
		Method: r.method, Path: r.path, Summary: r.summary, Tags: []string{r.tag}, DefaultStatus: r.success,
		MaxBodyBytes: maxBody + 1, // the library refuses the bound itself
		OperationID:  strings.Trim(strings.ToLower(r.method)+wordStart.ReplaceAllString(r.path, "-"), "-"),
		Responses:    map[string]*huma.Response{},
		Middlewares:  huma.Middlewares{refuseUnknown},
	}
	if r.lenient {
		op.Middlewares = huma.Middlewares{nameUnknown}
	}
	if op.OperationID == "get" {
		op.OperationID = "get-facts"
	}
	schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[respond.Document](), true, "")
	for _, status := range slices.Concat(failures, r.errors) {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status),
			Content:     map[string]*huma.MediaType{respond.ProblemType: {Schema: schema}},
		}
	}
	return op
}

// register adds a route to the mux and to the OpenAPI document.
func register[I, O any](s *server, op huma.Operation, h handler[I, O]) {
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, problem{respond.NewDocument(ctx, err)}
		}
		return out, nil
	})
}

type callerKey struct{}

// authenticate lets only signed-in users pass, and holds one of the user's turns while the request runs.
func (s *server) authenticate(ctx huma.Context, next func(huma.Context)) {
	scheme, token, _ := strings.Cut(ctx.Header("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		token = ""
	}
	caller, err := s.Verifier.Verify(ctx.Context(), strings.TrimSpace(token))
	if err != nil {
		writeProblem(ctx, respond.NewDocument(ctx.Context(), err))
		return
	}
	release, err := s.takeTurn(ctx, caller.UserID)
	if err != nil {
		writeProblem(ctx, respond.NewDocument(ctx.Context(), err))
		return
	}
	defer release()
	next(huma.WithValue(ctx, callerKey{}, caller))
}

// turnTimeout is how long a request waits for others of its user to be answered.
const turnTimeout = 5 * time.Second

// takeTurn bounds one user's concurrent requests. Event streams stay open and have a bound of their own.
func (s *server) takeTurn(ctx huma.Context, user atalaya.UserID) (release func(), err error) {
	if s.Turns == nil || ctx.Operation().Path == streamPath {
		return func() {}, nil
	}
	waiting, cancel := context.WithTimeout(ctx.Context(), turnTimeout)
	defer cancel()
	if release, err = s.Turns.Take(waiting, string(user)); err != nil {
		return nil, atalaya.Wrap(atalaya.CodeRateLimited, err, "You have as many requests under way as one user may. Wait for their answers.").Until(time.Now().Add(time.Second))
	}
	return release, nil
}

// problem is a respond.Document as the library wants an error.
type problem struct{ document respond.Document }

func (p problem) Error() string                { return p.document.Detail }
func (p problem) GetStatus() int               { return p.document.Status }
func (p problem) ContentType(string) string    { return respond.ProblemType }
func (p problem) MarshalJSON() ([]byte, error) { return json.Marshal(p.document) }

// GetHeaders returns the headers that go with the document.
func (p problem) GetHeaders() http.Header {
	h := http.Header{}
	p.document.SetHeaders(h)
	h.Del("Cache-Control") // every answer has it already
	return h
}

func writeProblem(ctx huma.Context, document respond.Document) {
	setHeaders(ctx, (problem{document}).GetHeaders())
	ctx.SetHeader("Content-Type", respond.ProblemType)
	ctx.SetStatus(document.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(document)
}

// setHeaders sets headers, and adds to Vary, which other handlers write too.
func setHeaders(ctx huma.Context, headers http.Header) {
	for name, values := range headers {
		if name == "Vary" {
			ctx.AppendHeader(name, values[0])
			continue
		}
		ctx.SetHeader(name, values[0])
	}
}

// spoken translates the message of an answer into the language of its request.
func spoken(ctx huma.Context, _ string, v any) (any, error) {
	language := atalaya.LanguageOf(ctx.Context())
	said, ok := respond.SayMembers(language, v)
	if ok {
		headers := http.Header{}
		respond.SetLanguage(headers, language)
		setHeaders(ctx, headers)
	}
	return said, nil
}

// problemOfHuma turns the library's own errors, about requests that do not fit the document, into
// ours. What was sent is not repeated: it may be a secret.
func problemOfHuma(ctx huma.Context, _ string, v any) (any, error) {
	model, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	code := atalaya.CodeInvalid
	switch {
	case model.Status == http.StatusRequestEntityTooLarge:
		code = atalaya.CodeBodyTooLarge
	case model.Status >= http.StatusInternalServerError:
		code = atalaya.CodeInternal
	}
	var messages []string
	for _, detail := range model.Errors {
		if detail == nil {
			continue
		}
		message := strings.TrimSpace(strings.TrimPrefix(detail.Location, "body.") + ": " + detail.Message)
		if !slices.Contains(messages, message) {
			messages = append(messages, message)
		}
	}
	text := model.Detail
	if len(messages) > 0 {
		text = strings.Join(messages, "; ")
	}
	document := respond.NewDocument(ctx.Context(), atalaya.Errorf(code, "%s", sentence(text))).WithStatus(model.Status)
	headers := http.Header{}
	respond.SetLanguage(headers, document.Language)
	setHeaders(ctx, headers)
	return document, nil
}

// sentence ends a message with a full stop.
func sentence(text string) string {
	return strings.TrimRight(text, ".") + "."
}

package api

import (
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

// requestTimeout bounds what a signed-in user's request may take of the database.
const requestTimeout = 10 * time.Second

// bearer is the name of the one security scheme.
const bearer = "supabase"

// handler and privateHandler are what routes register: a typed request in, a typed answer out, and
// every error as an error.
type (
	handler[I, O any]        func(ctx context.Context, in *I) (*O, error)
	privateHandler[I, O any] func(ctx context.Context, caller atalaya.Caller, in *I) (*O, error)
)

// humaConfig is the frame of the OpenAPI document. Unknown members of a body are ignored.
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
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{bearer: {
					Type: "http", Scheme: "bearer", BearerFormat: "JWT",
					Description: "The access_token of a signed-in user's Supabase session.",
				}},
			},
		},
		Formats:       huma.DefaultFormats,
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{problemOfHuma},
	}
	config.AllowAdditionalPropertiesByDefault = true
	return config
}

// schemaName names respond's document as its readers know it.
func schemaName(t reflect.Type, hint string) string {
	if t == reflect.TypeFor[respond.Document]() {
		return "Problem"
	}
	return huma.DefaultSchemaNamer(t, hint)
}

var wordStart = regexp.MustCompile(`[/{}$._-]+`)

// operation describes a route. Its id is made of method and path: get-api-signals-id.
func operation(s *server, method, path, summary string, failures ...int) huma.Operation {
	op := huma.Operation{
		Method: method, Path: path, Summary: summary, MaxBodyBytes: maxBody + 1, // the library refuses the bound itself
		OperationID: strings.Trim(strings.ToLower(method)+wordStart.ReplaceAllString(path, "-"), "-"),
		Tags:        []string{tag(path)},
		Responses:   map[string]*huma.Response{},
	}
	if strings.HasSuffix(path, "/screenshot") {
		op.DefaultStatus = http.StatusAccepted
	}
	if op.OperationID == "get" {
		op.OperationID = "get-facts"
	}
	failures = append(failures, failuresOf(method, path)...)
	schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[respond.Document](), true, "")
	for _, status := range failures {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status),
			Content:     map[string]*huma.MediaType{respond.ProblemType: {Schema: schema}},
		}
	}
	return op
}

// failuresOf tells the statuses that a route may answer by its kind.
func failuresOf(method, path string) []int {
	var failures []int
	if strings.Contains(path, "{id}") || strings.Contains(path, "{file}") || strings.HasPrefix(path, "/api/config") || path == "/api/quota" {
		failures = append(failures, http.StatusNotFound)
	}
	if strings.HasSuffix(path, "/stream") || strings.HasSuffix(path, "/screenshot") || strings.HasSuffix(path, "/{id}/replay") {
		failures = append(failures, http.StatusTooManyRequests)
	}
	if strings.HasSuffix(path, "/screenshot") || strings.HasSuffix(path, "/cookies/check") || strings.HasSuffix(path, "/{id}/replay") {
		failures = append(failures, http.StatusConflict)
	}
	if strings.HasPrefix(path, "/api/signals") || path == "/api/deliveries" || path == "/api/deliveries/replay" || method == http.MethodPut {
		failures = append(failures, http.StatusUnprocessableEntity)
	}
	if method == http.MethodPut || method == http.MethodPatch {
		failures = append(failures, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return failures
}

func tag(path string) string {
	for _, t := range []string{"signals", "deliveries", "config", "stats", "quota"} {
		if strings.HasPrefix(path, "/api/"+t) {
			return t
		}
	}
	return "service"
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

// authenticate lets nobody pass who is not a signed-in user.
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
	next(huma.WithValue(ctx, callerKey{}, caller))
}

// withCaller hands the caller that authenticate found to the handler.
func (h privateHandler[I, O]) withCaller(ctx context.Context, in *I) (*O, error) {
	caller, ok := ctx.Value(callerKey{}).(atalaya.Caller)
	if !ok {
		return nil, atalaya.Errorf(atalaya.CodeUnauthorized, "Send the access token of a signed-in user.")
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	return h(ctx, caller, in)
}

// problem is a respond.Document as the library wants an error.
type problem struct{ document respond.Document }

func (p problem) Error() string                { return p.document.Detail }
func (p problem) GetStatus() int               { return p.document.Status }
func (p problem) ContentType(string) string    { return respond.ProblemType }
func (p problem) MarshalJSON() ([]byte, error) { return json.Marshal(p.document) }

// GetHeaders gives the headers that go with the document.
func (p problem) GetHeaders() http.Header {
	h := http.Header{}
	p.document.SetHeaders(h)
	h.Del("Cache-Control") // every answer has it already
	return h
}

func writeProblem(ctx huma.Context, document respond.Document) {
	for name, values := range (problem{document}).GetHeaders() {
		ctx.SetHeader(name, values[0])
	}
	ctx.SetHeader("Content-Type", respond.ProblemType)
	ctx.SetStatus(document.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(document)
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
	return respond.NewDocument(ctx.Context(), atalaya.Errorf(code, "%s", sentence(text))).WithStatus(model.Status), nil
}

// sentence ends a message with a full stop.
func sentence(text string) string {
	return strings.TrimRight(text, ".") + "."
}

package respond

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"atalaya"
)

// ProblemType is the media type of every error answer.
const ProblemType = "application/problem+json"

// statuses is the one table from codes to HTTP. A code that is not in it is a 500.
var statuses = map[atalaya.Code]int{
	atalaya.CodeInvalid:          http.StatusUnprocessableEntity,
	atalaya.CodeUnauthorized:     http.StatusUnauthorized,
	atalaya.CodeForbidden:        http.StatusForbidden,
	atalaya.CodeNotFound:         http.StatusNotFound,
	atalaya.CodeConflict:         http.StatusConflict,
	atalaya.CodeMethodNotAllowed: http.StatusMethodNotAllowed,
	atalaya.CodeBodyTooLarge:     http.StatusRequestEntityTooLarge,
	atalaya.CodeInvalidToken:     http.StatusUnauthorized,
	atalaya.CodeWebhookDisabled:  http.StatusForbidden,
	atalaya.CodeQuotaExceeded:    http.StatusTooManyRequests,
	atalaya.CodeRateLimited:      http.StatusTooManyRequests,
	atalaya.CodeUnavailable:      http.StatusServiceUnavailable,
	atalaya.CodeInternal:         http.StatusInternalServerError,
}

// Status gives the HTTP status of a code.
func Status(code atalaya.Code) int {
	if status, ok := statuses[code]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// Document is RFC 9457 problem details with the members that the existing front ends read beside
// them: success, error and message.
type Document struct {
	Type      string       `json:"type" doc:"Always about:blank: error tells the kind."`
	Title     string       `json:"title" doc:"The HTTP status in words."`
	Status    int          `json:"status" doc:"The HTTP status."`
	Detail    string       `json:"detail" doc:"What happened and how to mend it."`
	Success   bool         `json:"success" doc:"Always false."`
	Error     atalaya.Code `json:"error" doc:"A stable snake_case code to match on."`
	Message   string       `json:"message" doc:"The same text as detail."`
	RequestID string       `json:"request_id,omitempty" doc:"Names this request in the service's log."`

	// RetryAt is told as the header Retry-After, in seconds; zero where it is not known.
	RetryAt time.Time `json:"-"`

	// Extra holds further members, such as limits; none may have the name of one above.
	Extra map[string]any `json:"-"`
}

// NewDocument gives what err may show to the caller, and notes err for the request's log line. Of
// an error that carries no atalaya.Error nothing is shown.
func NewDocument(ctx context.Context, err error) Document {
	note(ctx, err)
	public := atalaya.Errorf(atalaya.CodeInternal,
		"Something went wrong on our side. Try again; if it stays, report it with the request id.")
	errors.As(err, &public)
	status := Status(public.Code)
	document := Document{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: public.Message,
		Error: public.Code, Message: public.Message, RequestID: RequestID(ctx), RetryAt: public.RetryAt,
	}
	var extra *extraError
	for rest := err; errors.As(rest, &extra); rest = extra.err {
		if document.Extra == nil {
			document.Extra = map[string]any{}
		}
		document.Extra[extra.member] = extra.value
	}
	return document
}

// WithStatus gives the document another status than its code's, such as 400 for a body that is no
// JSON.
func (d Document) WithStatus(status int) Document {
	d.Status, d.Title = status, http.StatusText(status)
	return d
}

// SetHeaders sets the headers that go with the document.
func (d Document) SetHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	if d.Error == atalaya.CodeUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if !d.RetryAt.IsZero() {
		h.Set("Retry-After", strconv.Itoa(int(max(0, time.Until(d.RetryAt)).Seconds())+1))
	}
}

// MarshalJSON puts the further members beside the fixed ones.
func (d Document) MarshalJSON() ([]byte, error) {
	type plain Document
	fixed, err := json.Marshal(plain(d))
	if err != nil || len(d.Extra) == 0 {
		return fixed, err
	}
	extra, err := json.Marshal(d.Extra)
	if err != nil {
		return nil, err
	}
	return append(append(fixed[:len(fixed)-1], ','), extra[1:]...), nil
}

// extraError adds a member to the problem that its error becomes.
type extraError struct {
	err    error
	member string
	value  any
}

// With adds a member to the problem that err becomes, such as limits.
func With(err error, member string, value any) error {
	return &extraError{err: err, member: member, value: value}
}

// Error implements error.
func (e *extraError) Error() string { return e.err.Error() }

// Unwrap gives the error that With was given.
func (e *extraError) Unwrap() error { return e.err }

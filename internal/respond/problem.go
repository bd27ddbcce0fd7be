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

// statuses is the only table from codes to HTTP statuses. A code that is not in it becomes 500.
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

// Status returns the HTTP status of a code, 500 for an unknown one.
func Status(code atalaya.Code) int {
	if status, ok := statuses[code]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// Document is an RFC 9457 problem with three more members that the existing front ends read: success,
// error and message.
type Document struct {
	Type      string       `json:"type" doc:"Always about:blank: error tells the kind."`
	Title     string       `json:"title" doc:"The HTTP status in words."`
	Status    int          `json:"status" doc:"The HTTP status."`
	Detail    string       `json:"detail" doc:"What happened and how to mend it."`
	Success   bool         `json:"success" doc:"Always false."`
	Error     atalaya.Code `json:"error" doc:"A stable snake_case code to match on."`
	Message   string       `json:"message" doc:"The same text as detail."`
	RequestID string       `json:"request_id,omitempty" doc:"Names this request in the service's log."`

	// Language is what Detail and Message are in. It becomes the header Content-Language.
	Language atalaya.Language `json:"-"`

	// RetryAt becomes the header Retry-After, in seconds. It is zero if the time is not known.
	RetryAt time.Time `json:"-"`

	// Extra holds further members, such as limits. None may have the name of a member above.
	Extra map[string]any `json:"-"`
}

// NewDocument returns what the caller may see of err, and records err for the request's log line. An error
// without an atalaya.Error in its chain shows nothing of itself: it becomes CodeInternal.
func NewDocument(ctx context.Context, err error) Document {
	note(ctx, err)
	public := atalaya.Errorf(atalaya.CodeInternal,
		"Something went wrong on our side. Try again; if it stays, report it with the request id.")
	errors.As(err, &public)
	status, spoken := Status(public.Code), atalaya.LanguageOf(ctx)
	message := Say(spoken, public.Message)
	document := Document{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: message, Language: spoken,
		Error: public.Code, Message: message, RequestID: RequestID(ctx), RetryAt: public.RetryAt,
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

// WithStatus returns the document with another status than its code's, such as 400 for a body that is not
// JSON.
func (d Document) WithStatus(status int) Document {
	d.Status, d.Title = status, http.StatusText(status)
	return d
}

// SetHeaders sets the headers that go with the document.
func (d Document) SetHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	SetLanguage(h, d.Language)
	if d.Error == atalaya.CodeUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if !d.RetryAt.IsZero() {
		h.Set("Retry-After", strconv.Itoa(int(max(0, time.Until(d.RetryAt)).Seconds())+1))
	}
}

// MarshalJSON encodes the members of Extra together with the fixed ones.
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

// extraError is an error whose problem has one more member.
type extraError struct {
	err    error
	member string
	value  any
}

// With returns err with one more member, such as limits, for the Document that it becomes.
func With(err error, member string, value any) error {
	return &extraError{err: err, member: member, value: value}
}

// Error implements error.
func (e *extraError) Error() string { return e.err.Error() }

// Unwrap returns the error that With was given.
func (e *extraError) Unwrap() error { return e.err }

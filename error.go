package atalaya

import (
	"errors"
	"fmt"
	"time"
)

// Code is the stable, snake_case name of what went wrong. Front ends match on it, so a code is never
// renamed. Package respond has the table from codes to HTTP statuses.
type Code string

// Every code that a caller can see.
const (
	CodeInvalid          Code = "invalid_request" // the request cannot be understood or breaks a rule
	CodeUnauthorized     Code = "unauthorized"    // no access token, or one that is not accepted
	CodeForbidden        Code = "forbidden"       // known caller, not allowed
	CodeNotFound         Code = "not_found"       // absent, or another user's
	CodeConflict         Code = "conflict"        // the state does not allow it now
	CodeMethodNotAllowed Code = "method_not_allowed"
	CodeBodyTooLarge     Code = "body_too_large"      // over MaxBody
	CodeInvalidToken     Code = "invalid_token"       // no user has this webhook token
	CodeWebhookDisabled  Code = "webhook_disabled"    // the user switched the webhook off
	CodeQuotaExceeded    Code = "quota_exceeded"      // the month's signals are used up
	CodeRateLimited      Code = "rate_limit_exceeded" // more than a limit allows within its time
	CodeUnavailable      Code = "unavailable"         // try again: nothing was committed, or that is unknown
	CodeInternal         Code = "internal"            // a defect of ours
)

// Error carries two messages. Message is shown to the caller and says what happened and how to mend it.
// Err is for the operator's log and is never shown to the caller. RetryAt is when the caller may try
// again, zero if that is not known.
type Error struct {
	Code    Code
	Message string
	Err     error
	RetryAt time.Time
}

// Error implements error with the private text.
func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("%s: %s", e.Code, e.Message)
	}
	return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Err)
}

// Unwrap returns the private cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error with a public message and no private cause; Wrap adds one.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Until returns the error with t as the time from which the caller may try again.
func (e *Error) Until(t time.Time) *Error {
	later := *e
	later.RetryAt = t
	return &later
}

// Wrap makes an Error whose message is public and whose cause is private.
func Wrap(code Code, err error, message string) *Error {
	return &Error{Code: code, Message: message, Err: err}
}

// CodeOf returns the code of the first Error in err's chain, CodeInternal if there is none, and
// "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

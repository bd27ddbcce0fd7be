// Package openapi checks requests and answers against an OpenAPI document. Only tests import it.
package openapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
)

// Checker checks requests and answers against one document. It is safe for concurrent use.
type Checker struct {
	mu        sync.Mutex // the validator keeps what it has resolved
	validator validator.Validator
}

// checkers are those that this test binary has made, by their document. Making one takes seconds with the race
// detector.
var checkers = struct { //nolint:gochecknoglobals // see above
	sync.Mutex
	made map[string]*Checker
}{made: map[string]*Checker{}}

// For returns the checker of a document, in JSON.
func For(t testing.TB, document []byte) *Checker {
	t.Helper()
	checkers.Lock()
	defer checkers.Unlock()
	c, ok := checkers.made[string(document)]
	if !ok {
		var err error
		if c, err = newChecker(document); err != nil {
			t.Fatalf("the OpenAPI document: %v", err)
		}
		checkers.made[string(document)] = c
	}
	return c
}

func newChecker(document []byte) (*Checker, error) {
	parsed, err := libopenapi.NewDocument(document)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(parsed)
	return &Checker{validator: v}, errors.Join(errs...)
}

// Document returns an error if the document itself is not valid OpenAPI.
func (c *Checker) Document() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ok, errs := c.validator.ValidateDocument(); !ok {
		return fmt.Errorf("%v", errs)
	}
	return nil
}

// Request fails the test if the document does not allow a request. It reads the request's body.
func (c *Checker) Request(t testing.TB, r *http.Request) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if ok, errs := c.validator.ValidateHttpRequest(r); !ok {
		t.Errorf("%s %s: the document does not allow this request: %v", r.Method, r.URL.RequestURI(), errs)
	}
}

// Answer fails the test if the document does not describe an answer to a request.
func (c *Checker) Answer(t testing.TB, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if ok, errs := c.validator.ValidateHttpResponse(r, w.Result()); !ok {
		t.Errorf("%s %s: the document does not describe this answer: %v\n%d %s", r.Method, r.URL.RequestURI(), errs, w.Code, w.Body)
	}
}

package blob

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// The causes that a failure can have in addition to its class.
var (
	errExists   = errors.New("it exists already")
	errNoBucket = errors.New("the bucket is not there; `atalaya doctor` says how to mend that")
)

// refusal is the body of a failed request. Supabase Storage answers nearly every failure with HTTP 400 and has the
// real status in the body, as a string. Older releases send no code. The gateway sends neither.
type refusal struct {
	StatusCode json.RawMessage `json:"statusCode"`
	Code       string          `json:"code"`
	Name       string          `json:"error"`
	Message    string          `json:"message"`
}

// readFailure returns an answer that is not 2xx as a failure.
func (s *Supabase) readFailure(doing string, res *http.Response) *failure {
	var r refusal
	body, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil || json.Unmarshal(body, &r) != nil {
		r = refusal{}
	}
	status, fromStorage := res.StatusCode, false
	if n, err := strconv.Atoi(strings.Trim(string(r.StatusCode), `"`)); err == nil && n >= 400 && n <= 599 {
		status, fromStorage = n, true
	}
	f := &failure{doing: doing, cause: s.describe(status, r), after: retryAfter(res.Header)}
	f.class, f.again = classify(status, fromStorage, r)
	if advice := advise(status, fromStorage, r); advice != nil {
		f.cause = fmt.Errorf("%w: %w", f.cause, advice)
	}
	return f
}

// classify returns the class of a status, and whether another attempt may help at once. fromStorage is true if
// Storage itself answered, not a gateway or another server.
func classify(status int, fromStorage bool, r refusal) (class error, again bool) {
	switch {
	case status == http.StatusNotFound && fromStorage && !r.noBucket():
		return ErrNotFound, false
	case status == http.StatusConflict && (r.exists() || r.Code == "TransactionError"):
		// Another attempt writes the same path at this moment; overwriting works after it.
		return ErrUnavailable, true
	case status == http.StatusRequestTimeout, status == http.StatusLocked,
		status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		return ErrUnavailable, true
	default:
		// The cause is the name (400), the key (401, 403), the size (413), the type (415, 422), a missing bucket or
		// no Storage (404), a switched-off feature (409) or a redirect (3xx): the same request gets the same answer.
		return ErrRejected, false
	}
}

// advise returns the cure if the operator has one, or the error that our own code looks for; otherwise nil.
func advise(status int, fromStorage bool, r refusal) error {
	switch {
	case status/100 == 3:
		return errors.New("SUPABASE_URL redirects; set the address that it leads to")
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return errors.New("check SUPABASE_SERVICE_ROLE_KEY; the anon key cannot write")
	case status == http.StatusNotFound && !fromStorage:
		return errors.New("no Supabase Storage answers there; check SUPABASE_URL")
	case status == http.StatusNotFound && r.noBucket():
		return errNoBucket
	case status == http.StatusConflict && r.exists():
		return errExists
	case status == http.StatusRequestEntityTooLarge:
		return errors.New("raise the file size limit of the bucket or the project, or lower the resolution")
	case status == http.StatusUnsupportedMediaType:
		return errors.New("allow image/png in the bucket's settings")
	default:
		return nil
	}
}

// exists reports whether the conflict is with an object or bucket of the same name.
func (r refusal) exists() bool {
	return strings.HasSuffix(r.Code, "AlreadyExists") || r.Name == "Duplicate"
}

// noBucket reports whether the bucket is missing, not the object. It also knows releases without codes.
func (r refusal) noBucket() bool {
	return r.Code == "NoSuchBucket" || r.Name == "Bucket not found" || r.Message == "Bucket not found"
}

// describe returns the answer as an error of bounded length. It blanks the key, which a server might send back.
func (s *Supabase) describe(status int, r refusal) error {
	code := r.Code
	if code == "" {
		code = r.Name
	}
	text := strings.ReplaceAll(code+": "+r.Message, s.key, "******")
	return fmt.Errorf("status %d, %.200q", status, strings.Trim(text, ": "))
}

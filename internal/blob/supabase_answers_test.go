package blob_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atalaya/internal/blob"
	"atalaya/internal/blob/blobtest"
)

// A refusal reaches the client in three forms. Storage's own is HTTP 400 with the status in the body. Some releases set
// the HTTP status too. A gateway's refusal has only the HTTP status.
const (
	inTheBody = "400 with statusCode"
	inBoth    = "statusCode and status"
	plainly   = "plain"
)

// answer returns a refusal with a status in one of the forms.
func answer(form string, status int, code, name string, header map[string]string) blobtest.Fault {
	body := fmt.Sprintf(`{"statusCode":"%d","code":%q,"error":%q,"message":"as the test wants it"}`, status, code, name)
	switch form {
	case inTheBody:
		return blobtest.Answer(400, header, body)
	case inBoth:
		return blobtest.Answer(status, header, body)
	default:
		return blobtest.Answer(status, header, "<html>a gateway</html>")
	}
}

// operations are the calls that captures, upkeep and the API make, by name.
func operations(t *testing.T, p *project) map[string]func() error {
	return map[string]func() error{
		"Put": func() error { return p.put(t) },
		"Open": func() error {
			_, err := p.client.Open(t.Context(), picture)
			return err
		},
		"Delete": func() error { return p.client.Delete(t.Context(), picture) },
		"SignURLs": func() error {
			_, err := p.client.SignURLs(t.Context(), []string{picture}, time.Minute)
			return err
		},
	}
}

func TestEveryStatusMeansTheSameInEveryFormAndForEveryCall(t *testing.T) {
	t.Parallel()
	type verdict struct {
		class error // nil for success
		asked int
	}
	var (
		final  = verdict{blob.ErrRejected, 1}
		absent = verdict{blob.ErrNotFound, 1}
		passes = verdict{blob.ErrUnavailable, blob.Attempts}
		gone   = verdict{nil, 1}
	)
	every := func(v verdict) map[string]verdict {
		return map[string]verdict{"Put": v, "Open": v, "Delete": v, "SignURLs": v}
	}
	// For Delete an absent object is no failure. For Put and SignURLs it means that the bucket is absent.
	noObject := map[string]verdict{"Put": final, "Open": absent, "Delete": gone, "SignURLs": final}
	for _, row := range []struct {
		status     int
		code, name string
		storage    map[string]verdict // if Storage itself answers
		gateway    map[string]verdict // if only the status is given
	}{
		{401, "InvalidJWT", "Unauthorized", every(final), every(final)},
		{403, "AccessDenied", "Unauthorized", every(final), every(final)},
		{404, "NoSuchKey", "not_found", noObject, every(final)},
		{404, "NoSuchBucket", "Bucket not found", every(final), every(final)},
		{408, "RequestTimeout", "RequestTimeout", every(passes), every(passes)},
		{409, "KeyAlreadyExists", "Duplicate", every(passes), every(final)},
		{409, "FeatureNotEnabled", "FeatureNotEnabled", every(final), every(final)},
		{413, "EntityTooLarge", "Payload too large", every(final), every(final)},
		{415, "InvalidMimeType", "invalid_mime_type", every(final), every(final)},
		{422, "InvalidMimeType", "invalid_mime_type", every(final), every(final)},
		{423, "ResourceLocked", "ResourceLocked", every(passes), every(passes)},
		{429, "SlowDown", "too_many_connections", every(passes), every(passes)},
		{500, "InternalError", "Internal", every(passes), every(passes)},
		{502, "S3Error", "S3Error", every(passes), every(passes)},
		{503, "DatabaseReadOnly", "DatabaseReadOnly", every(passes), every(passes)},
		{504, "S3MaximumTimeout", "S3MaximumTimeout", every(passes), every(passes)},
		{544, "DatabaseTimeout", "DatabaseTimeout", every(passes), every(passes)},
	} {
		for _, form := range []string{inTheBody, inBoth, plainly} {
			want := row.storage
			if form == plainly {
				want = row.gateway
			}
			t.Run(fmt.Sprintf("%d %s, %s", row.status, row.code, form), func(t *testing.T) {
				t.Parallel()
				for _, name := range []string{"Put", "Open", "Delete", "SignURLs"} {
					p := newProject(t, nil)
					for range blob.Attempts {
						p.Fail(answer(form, row.status, row.code, row.name, nil))
					}
					err := operations(t, p)[name]()
					if !errors.Is(err, want[name].class) {
						t.Errorf("%s: %v, want %v", name, err, want[name].class)
					}
					if n := len(p.Requests()); n != want[name].asked {
						t.Errorf("%s: asked %d times, want %d", name, n, want[name].asked)
					}
				}
			})
		}
	}
}

func TestRetryAfterIsFollowedOnlyIfAnotherAttemptHelps(t *testing.T) {
	t.Parallel()
	later := map[string]string{"Retry-After": "3"}
	for _, form := range []string{inTheBody, inBoth, plainly} {
		for _, c := range []struct {
			status int
			code   string
			paused []time.Duration
		}{
			{429, "SlowDown", []time.Duration{3 * time.Second, 3 * time.Second}},
			{503, "DatabaseReadOnly", []time.Duration{3 * time.Second, 3 * time.Second}},
			{403, "AccessDenied", nil},
			{413, "EntityTooLarge", nil},
		} {
			p := newProject(t, nil)
			for range blob.Attempts {
				p.Fail(answer(form, c.status, c.code, c.code, later))
			}
			if err := p.put(t); err == nil {
				t.Errorf("%d, %s: Put succeeded", c.status, form)
			}
			if diff := cmp.Diff(c.paused, p.pauses); diff != "" {
				t.Errorf("%d, %s: (-want +paused)\n%s", c.status, form, diff)
			}
		}
	}
}

package blob_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"atalaya/internal/blob"
	"atalaya/internal/blob/blobtest"
)

const bucketID = "trading-screenshots"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// project is a running double of Supabase Storage, with a client whose pauses take no time.
type project struct {
	*blobtest.Supabase
	url    string
	client *blob.Supabase
	pauses []time.Duration
}

// newProject starts a project with a public bucket. change may alter the client's options.
func newProject(t *testing.T, change func(*blobtest.Supabase, *blob.SupabaseOptions)) *project {
	t.Helper()
	p := &project{Supabase: blobtest.NewSupabase()}
	p.MakeBucket(blobtest.Bucket{ID: bucketID, Public: true})
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.url = server.URL
	opt := blob.SupabaseOptions{URL: server.URL, Key: p.ServiceKey, Bucket: bucketID}
	if change != nil {
		change(p.Supabase, &opt)
	}
	client, err := blob.NewSupabase(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	p.client = client.WithPause(func(ctx context.Context, d time.Duration) error {
		p.pauses = append(p.pauses, d)
		return ctx.Err()
	})
	return p
}

func (p *project) put(t *testing.T) error {
	t.Helper()
	return p.client.Put(t.Context(), picture, []byte("picture"), blob.TypePNG)
}

func TestSupabaseKeepsTheContractOfAStore(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*blobtest.Supabase, *blob.SupabaseOptions){
		"with a legacy key":   nil,
		"with a secret key":   func(s *blobtest.Supabase, o *blob.SupabaseOptions) { o.Key = s.SecretKey },
		"with a slash behind": func(_ *blobtest.Supabase, o *blob.SupabaseOptions) { o.URL += "/" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			blobtest.Conformance(t, func(t *testing.T) blob.Store { return newProject(t, change).client })
		})
	}
}

func TestAPictureInThePublicBucketIsServedAsAnImageThatNeverChanges(t *testing.T) {
	t.Parallel()
	p := newProject(t, nil)
	if err := p.put(t); err != nil {
		t.Fatal(err)
	}
	want := blobtest.Object{Data: []byte("picture"), ContentType: "image/png", CacheControl: "public, max-age=31536000, immutable"}
	got, _ := p.Object(bucketID, picture)
	got.StoredAt = time.Time{} // not compared
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +stored)\n%s", diff)
	}
	if status, body := get(t, p.client.PublicURL(picture)); status != http.StatusOK || body != "picture" {
		t.Errorf("the public address answers %d %q", status, body)
	}
}

func TestASignedAddressOpensAPrivateBucketUntilItsTimeIsOver(t *testing.T) {
	t.Parallel()
	p := newProject(t, func(s *blobtest.Supabase, o *blob.SupabaseOptions) {
		s.MakeBucket(blobtest.Bucket{ID: bucketID})
		o.Private = true
	})
	if err := p.put(t); err != nil {
		t.Fatal(err)
	}
	if status, _ := get(t, p.client.PublicURL(picture)); status != http.StatusBadRequest {
		t.Errorf("the public address of a private bucket answers %d", status)
	}
	addresses, err := p.client.SignURLs(t.Context(), []string{picture}, 90*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	signed := addresses[picture]
	if status, body := get(t, signed); status != http.StatusOK || body != "picture" {
		t.Errorf("the signed address answers %d %q", status, body)
	}
	p.Advance(2 * time.Minute)
	if status, _ := get(t, signed); status != http.StatusBadRequest {
		t.Errorf("past its time the signed address answers %d", status)
	}
}

func TestAnAbsentBucketIsCreated(t *testing.T) {
	t.Parallel()
	for _, private := range []bool{false, true} {
		p := newProject(t, func(_ *blobtest.Supabase, o *blob.SupabaseOptions) { o.Bucket, o.Private = "new-bucket", private })
		if err := p.put(t); !errors.Is(err, blob.ErrRejected) || !strings.Contains(err.Error(), "doctor") {
			t.Errorf("Put without a bucket: %v, want ErrRejected with the cure", err)
		}
		for range 2 {
			if err := p.client.EnsureBucket(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		limit := int64(blob.MaxSize)
		want := blobtest.Bucket{ID: "new-bucket", Name: "new-bucket", Public: !private, FileSizeLimit: &limit, AllowedMimeTypes: []string{"image/png"}}
		got, _ := p.Bucket("new-bucket")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +made)\n%s", diff)
		}
		if err := p.put(t); err != nil {
			t.Errorf("Put: %v", err)
		}
	}
}

func TestABucketThatAnotherReplicaCreatesFirstIsNoError(t *testing.T) {
	t.Parallel()
	p := newProject(t, nil)
	p.Fail(blobtest.Refuse(404, "", "Bucket not found", "Bucket not found")) // the look was too early
	if err := p.client.EnsureBucket(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestABucketOfTheOtherVisibilityIsLeftAloneAndReported(t *testing.T) {
	t.Parallel()
	for _, public := range []bool{true, false} {
		p := newProject(t, func(s *blobtest.Supabase, o *blob.SupabaseOptions) {
			s.MakeBucket(blobtest.Bucket{ID: bucketID, Public: public})
			o.Private = public
		})
		err := p.client.EnsureBucket(t.Context())
		if !errors.Is(err, blob.ErrRejected) || !strings.Contains(err.Error(), "Storage settings") {
			t.Errorf("public %t: %v, want ErrRejected with the cure", public, err)
		}
		if b, _ := p.Bucket(bucketID); b.Public != public {
			t.Errorf("public %t: the bucket was changed", public)
		}
	}
}

func TestAPublicBucketIsClosedOnlyIfItShouldBePrivate(t *testing.T) {
	t.Parallel()
	limit := int64(7)
	for _, private := range []bool{true, false} {
		p := newProject(t, func(s *blobtest.Supabase, o *blob.SupabaseOptions) {
			s.MakeBucket(blobtest.Bucket{ID: bucketID, Public: true, FileSizeLimit: &limit, AllowedMimeTypes: []string{"image/png"}})
			o.Private = private
		})
		for round, want := range []bool{private, false} {
			if changed, err := p.client.CloseBucket(t.Context()); err != nil || changed != want {
				t.Errorf("private %t, round %d: changed %t, %v", private, round, changed, err)
			}
		}
		want := blobtest.Bucket{ID: bucketID, Name: bucketID, Public: !private, FileSizeLimit: &limit, AllowedMimeTypes: []string{"image/png"}}
		got, _ := p.Bucket(bucketID)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("private %t: (-want +is)\n%s", private, diff)
		}
	}
	p := newProject(t, func(_ *blobtest.Supabase, o *blob.SupabaseOptions) { o.Bucket, o.Private = "new-bucket", true })
	if changed, err := p.client.CloseBucket(t.Context()); err != nil || changed {
		t.Errorf("an absent bucket: changed %t, %v", changed, err)
	}
	if b, ok := p.Bucket("new-bucket"); !ok || b.Public {
		t.Errorf("an absent bucket became %+v, %t", b, ok)
	}
}

func TestWhatTheProjectRefusesIsFinalAndSaysTheCure(t *testing.T) {
	t.Parallel()
	small := int64(3)
	for name, c := range map[string]struct {
		change func(*blobtest.Supabase, *blob.SupabaseOptions)
		cure   string
	}{
		"a picture above the bucket's limit": {func(s *blobtest.Supabase, _ *blob.SupabaseOptions) {
			s.MakeBucket(blobtest.Bucket{ID: bucketID, FileSizeLimit: &small})
		}, "file size limit"},
		"a type that the bucket does not take": {func(s *blobtest.Supabase, _ *blob.SupabaseOptions) {
			s.MakeBucket(blobtest.Bucket{ID: bucketID, AllowedMimeTypes: []string{"image/webp"}})
		}, "allow image/png"},
		"the anon key":       {func(s *blobtest.Supabase, o *blob.SupabaseOptions) { o.Key = s.AnonKey }, "SUPABASE_SERVICE_ROLE_KEY"},
		"a key of elsewhere": {func(_ *blobtest.Supabase, o *blob.SupabaseOptions) { o.Key = "sb_secret_ofanotherproject" }, "SUPABASE_SERVICE_ROLE_KEY"},
		"another server":     {func(_ *blobtest.Supabase, o *blob.SupabaseOptions) { o.URL += "/elsewhere" }, "SUPABASE_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t, c.change)
			err := p.put(t)
			if !errors.Is(err, blob.ErrRejected) || !strings.Contains(err.Error(), c.cure) {
				t.Errorf("got %v, want ErrRejected that names %s", err, c.cure)
			}
			if n := len(p.Requests()); n != 1 {
				t.Errorf("asked %d times, want once", n)
			}
		})
	}
}

func TestEveryAnswerHasItsClass(t *testing.T) {
	t.Parallel()
	plain := func(status int) blobtest.Fault { return blobtest.Answer(status, nil, "<html>gateway</html>") }
	for _, c := range []struct {
		name  string
		fault blobtest.Fault
		want  error // of Open
		again bool
	}{
		{"an absent object", blobtest.Refuse(404, "NoSuchKey", "not_found", "Object not found"), blob.ErrNotFound, false},
		{"an absent object, before codes", blobtest.Refuse(404, "", "Not found", "The resource was not found"), blob.ErrNotFound, false},
		{"an absent bucket", blobtest.Refuse(404, "NoSuchBucket", "Bucket not found", "Bucket not found"), blob.ErrRejected, false},
		{"an absent bucket, before codes", blobtest.Refuse(404, "", "Bucket not found", "Bucket not found"), blob.ErrRejected, false},
		{"a bad name", blobtest.Refuse(400, "InvalidKey", "InvalidKey", "Invalid key"), blob.ErrRejected, false},
		{"a bad token", blobtest.Refuse(400, "InvalidJWT", "InvalidJWT", "Invalid JWT"), blob.ErrRejected, false},
		{"no session", blobtest.Refuse(401, "", "Unauthorized", "Unauthorized"), blob.ErrRejected, false},
		{"no right", blobtest.Refuse(403, "AccessDenied", "Unauthorized", "Invalid Compact JWS"), blob.ErrRejected, false},
		{"too large", blobtest.Refuse(413, "EntityTooLarge", "Payload too large", "The object exceeded"), blob.ErrRejected, false},
		{"a type", blobtest.Refuse(415, "InvalidMimeType", "invalid_mime_type", "mime type"), blob.ErrRejected, false},
		{"a type, in older releases", blobtest.Refuse(422, "", "invalid_mime_type", "mime type"), blob.ErrRejected, false},
		{"a switched-off feature", blobtest.Refuse(409, "FeatureNotEnabled", "FeatureNotEnabled", "not enabled"), blob.ErrRejected, false},
		{"a conflict", blobtest.Refuse(409, "ResourceAlreadyExists", "Duplicate", "exists"), blob.ErrUnavailable, true},
		{"a conflict, before codes", blobtest.Refuse(409, "", "Duplicate", "exists"), blob.ErrUnavailable, true},
		{"a lost transaction", blobtest.Refuse(409, "TransactionError", "TransactionError", "x"), blob.ErrUnavailable, true},
		{"a lock", blobtest.Refuse(423, "ResourceLocked", "ResourceLocked", "locked"), blob.ErrUnavailable, true},
		{"too many", blobtest.Refuse(429, "SlowDown", "too_many_connections", "x"), blob.ErrUnavailable, true},
		{"a fault of theirs", blobtest.Refuse(500, "InternalError", "Internal", "x"), blob.ErrUnavailable, true},
		{"a read-only database", blobtest.Refuse(503, "DatabaseReadOnly", "DatabaseReadOnly", "x"), blob.ErrUnavailable, true},
		{"a slow database", blobtest.Refuse(544, "DatabaseTimeout", "DatabaseTimeout", "x"), blob.ErrUnavailable, true},
		{"a gateway's 400", plain(400), blob.ErrRejected, false},
		{"a gateway's 401", plain(401), blob.ErrRejected, false},
		{"a gateway's 403", plain(403), blob.ErrRejected, false},
		{"a gateway's 404", plain(404), blob.ErrRejected, false},
		{"a gateway's 413", plain(413), blob.ErrRejected, false},
		{"a gateway's 408", plain(408), blob.ErrUnavailable, true},
		{"a gateway's 429", plain(429), blob.ErrUnavailable, true},
		{"a gateway's 502", plain(502), blob.ErrUnavailable, true},
		{"a gateway's 504", plain(504), blob.ErrUnavailable, true},
		{"a paused project", plain(540), blob.ErrUnavailable, true},
		{"a strange status in the body", blobtest.Answer(400, nil, `{"statusCode":"200"}`), blob.ErrRejected, false},
		{"a number in the body", blobtest.Answer(400, nil, `{"statusCode":503,"message":"x"}`), blob.ErrUnavailable, true},
		{"endless text", blobtest.Answer(503, nil, strings.Repeat("x", 1<<20)), blob.ErrUnavailable, true},
		{"a broken connection", blobtest.Reset(), blob.ErrUnavailable, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t, nil)
			for range blob.Attempts {
				p.Fail(c.fault)
			}
			_, err := p.client.Open(t.Context(), picture)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			for _, other := range []error{blob.ErrNotFound, blob.ErrRejected, blob.ErrUnavailable} {
				if other != c.want && errors.Is(err, other) { //nolint:errorlint // the very values
					t.Errorf("%v is of a second class, %v", err, other)
				}
			}
			want := 1
			if c.again {
				want = blob.Attempts
			}
			if n := len(p.Requests()); n < want || !c.again && n > want {
				t.Errorf("asked %d times, want %d", n, want)
			}
			if len(err.Error()) > 500 {
				t.Errorf("the error has %d characters", len(err.Error()))
			}
		})
	}
}

func TestAPassingFaultIsRetried(t *testing.T) {
	t.Parallel()
	down := blobtest.Answer(503, nil, "")
	for name, call := range map[string]func(p *project) error{
		"Put":    func(p *project) error { return p.put(t) },
		"Delete": func(p *project) error { return p.client.Delete(t.Context(), picture) },
		"SignURLs": func(p *project) error {
			_, err := p.client.SignURLs(t.Context(), []string{picture}, time.Minute)
			return err
		},
		"Open": func(p *project) error {
			r, err := p.client.Open(t.Context(), picture)
			if err == nil {
				err = r.Close()
			}
			return err
		},
		"EnsureBucket": func(p *project) error { return p.client.EnsureBucket(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t, nil)
			if err := p.put(t); err != nil {
				t.Fatal(err)
			}
			p.Fail(down, down)
			if err := call(p); err != nil {
				t.Errorf("after two failures: %v", err)
			}
			p.Fail(down, down, down)
			if err := call(p); !errors.Is(err, blob.ErrUnavailable) {
				t.Errorf("after three failures: %v, want ErrUnavailable", err)
			}
			if len(p.pauses) != 4 {
				t.Errorf("paused %d times, want twice for each", len(p.pauses))
			}
		})
	}
}

func TestAnUploadWhoseAnswerIsLostIsRepeated(t *testing.T) {
	t.Parallel()
	p := newProject(t, nil)
	p.Fail(blobtest.LoseAnswer(), blobtest.CutShort())
	if err := p.put(t); err != nil {
		t.Fatal(err)
	}
	if o, ok := p.Object(bucketID, picture); !ok || string(o.Data) != "picture" {
		t.Errorf("stored is %q", o.Data)
	}
	if n := len(p.Requests()); n != 3 {
		t.Errorf("asked %d times, want 3", n)
	}
}

func TestAServerThatHangsCostsOneTimeout(t *testing.T) {
	t.Parallel()
	p := newProject(t, func(_ *blobtest.Supabase, o *blob.SupabaseOptions) { o.Timeout = 500 * time.Millisecond })
	p.Fail(blobtest.Hang())
	if err := p.put(t); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if n := len(p.Requests()); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
}

func TestAContextThatEndsBetweenAttemptsEndsTheCall(t *testing.T) {
	t.Parallel()
	p := newProject(t, nil)
	p.Fail(blobtest.Answer(503, nil, ""), blobtest.Answer(503, nil, ""))
	ctx, cancel := context.WithCancel(t.Context())
	client := p.client.WithPause(func(ctx context.Context, _ time.Duration) error {
		cancel()
		return ctx.Err()
	})
	err := client.Put(ctx, picture, []byte("picture"), blob.TypePNG)
	if !errors.Is(err, context.Canceled) || !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("got %v, want context.Canceled and ErrUnavailable", err)
	}
	if n := len(p.Requests()); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
}

func TestPausesGrowWithinBoundsAndFollowTheServer(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 10; n++ {
		for range 50 {
			if d := blob.PauseFor(n, 0); d < 100*time.Millisecond || d > blob.PauseMost {
				t.Fatalf("pause %d is %v", n, d)
			}
		}
	}
	p := newProject(t, nil)
	p.Fail(
		blobtest.Answer(429, map[string]string{"Retry-After": "2"}, ""),
		blobtest.Answer(429, map[string]string{"Retry-After": "600"}, ""),
	)
	if err := p.put(t); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]time.Duration{2 * time.Second, blob.PauseMost}, p.pauses); diff != "" {
		t.Errorf("(-want +paused)\n%s", diff)
	}
}

func TestARedirectIsNotFollowedWithTheKey(t *testing.T) {
	t.Parallel()
	var reached []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		reached = append(reached, r.Header.Get("Apikey"))
	}))
	t.Cleanup(elsewhere.Close)
	p := newProject(t, nil)
	for _, status := range []int{301, 302, 307, 308} {
		p.Fail(blobtest.Answer(status, map[string]string{"Location": elsewhere.URL}, ""))
		if err := p.put(t); !errors.Is(err, blob.ErrRejected) || !strings.Contains(err.Error(), "SUPABASE_URL") {
			t.Errorf("%d: %v, want ErrRejected with the cure", status, err)
		}
	}
	if len(reached) != 0 {
		t.Error("the other server was asked, with our key")
	}
}

func TestNoErrorHoldsTheKeyOrThePicturesPath(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(*project) blobtest.Fault{
		"the key sent back": func(p *project) blobtest.Fault {
			return blobtest.Refuse(403, "AccessDenied", "Unauthorized", "you sent "+p.ServiceKey)
		},
		"a broken connection": func(*project) blobtest.Fault { return blobtest.Reset() },
		"a hang":              func(*project) blobtest.Fault { return blobtest.Hang() },
	} {
		p := newProject(t, func(_ *blobtest.Supabase, o *blob.SupabaseOptions) { o.Timeout = 200 * time.Millisecond })
		p.Fail(fault(p), fault(p), fault(p))
		_, err := p.client.Open(t.Context(), picture)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		text := fmt.Sprintf("%v %+v", err, err)
		if strings.Contains(text, p.ServiceKey) || strings.Contains(text, picture) {
			t.Errorf("%s: the error holds what it must not: %v", name, err)
		}
	}
}

func TestADownloadThatEndsEarlyOrIsTooLargeIsNoPicture(t *testing.T) {
	t.Parallel()
	p := newProject(t, nil)
	if err := p.put(t); err != nil {
		t.Fatal(err)
	}
	p.Fail(blobtest.CutShort())
	if err := readAll(t, p.client); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("cut short: %v, want ErrUnavailable", err)
	}
	p.Fail(blobtest.Answer(200, nil, strings.Repeat("x", blob.MaxSize+1)))
	if err := readAll(t, p.client); !errors.Is(err, blob.ErrRejected) {
		t.Errorf("too large: %v, want ErrRejected", err)
	}
}

func TestAnAnswerThatIsNotStoragesIsNoAddress(t *testing.T) {
	t.Parallel()
	p := newProject(t, nil)
	for _, answer := range []string{"", "<html>", `{}`, `[{"signedURL":"https://elsewhere.example/x"}]`, `[{"signedURL":"@elsewhere.example/x"}]`} {
		p.Fail(blobtest.Answer(200, nil, answer))
		if got, err := p.client.SignURLs(t.Context(), []string{picture}, time.Minute); !errors.Is(err, blob.ErrUnavailable) {
			t.Errorf("%q: got %q, %v, want ErrUnavailable", answer, got, err)
		}
	}
	p.Fail(blobtest.Answer(200, nil, `<html>`))
	if err := p.client.EnsureBucket(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("EnsureBucket: %v, want ErrUnavailable", err)
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	good := blob.SupabaseOptions{URL: "https://abc.supabase.co", Key: "sb_secret_x", Bucket: bucketID}
	for name, change := range map[string]func(*blob.SupabaseOptions){
		"no URL":             func(o *blob.SupabaseOptions) { o.URL = "" },
		"no scheme":          func(o *blob.SupabaseOptions) { o.URL = "abc.supabase.co" },
		"another scheme":     func(o *blob.SupabaseOptions) { o.URL = "postgres://abc.supabase.co" },
		"credentials":        func(o *blob.SupabaseOptions) { o.URL = "https://u:p@abc.supabase.co" },
		"a query":            func(o *blob.SupabaseOptions) { o.URL += "?x=1" },
		"no key":             func(o *blob.SupabaseOptions) { o.Key = "" },
		"a key with an end":  func(o *blob.SupabaseOptions) { o.Key += "\n" },
		"no bucket":          func(o *blob.SupabaseOptions) { o.Bucket = "" },
		"a bucket's path":    func(o *blob.SupabaseOptions) { o.Bucket = "a/b" },
		"a bucket that goes": func(o *blob.SupabaseOptions) { o.Bucket = ".." },
	} {
		opt := good
		change(&opt)
		if _, err := blob.NewSupabase(opt); err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "sb_secret_x") {
			t.Errorf("%s: the error holds the key", name)
		}
	}
	if _, err := blob.NewSupabase(good); err != nil {
		t.Errorf("good settings: %v", err)
	}
}

// readAll opens the picture and reads it to its end.
func readAll(t *testing.T, s blob.Store) error {
	t.Helper()
	r, err := s.Open(t.Context(), picture)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return errors.Join(err, r.Close())
}

// get sends a request without any key, as a browser would.
func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(data)
}

package blob_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"atalaya/internal/blob"
	"atalaya/internal/blob/blobtest"
	"atalaya/internal/blob/s3test"
)

// newS3 returns a client for a bucket of its own. Its pauses take no time. change may alter the options.
func newS3(t *testing.T, server *s3test.Server, change func(*blob.S3Options)) (*blob.S3, blob.S3Options) {
	t.Helper()
	options := server.Options()
	if change != nil {
		change(&options)
	}
	store, err := blob.NewS3(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store.WithPause(func(ctx context.Context, _ time.Duration) error { return ctx.Err() }), options
}

// readyS3 is newS3 with an existing bucket.
func readyS3(t *testing.T, server *s3test.Server, change func(*blob.S3Options)) (*blob.S3, blob.S3Options) {
	t.Helper()
	store, options := newS3(t, server, change)
	if err := store.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store, options
}

func private(o *blob.S3Options) { o.Private = true }

func TestAnS3BucketKeepsTheContractOfAStore(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	blobtest.Conformance(t, func(t *testing.T) blob.Store {
		store, _ := readyS3(t, server, private)
		return store
	})
}

func TestPicturesInS3AreReadableAsTheSettingsSay(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	t.Run("a public bucket", func(t *testing.T) {
		t.Parallel()
		store, options := readyS3(t, server, nil)
		if err := store.Put(t.Context(), picture, []byte("picture"), blob.TypePNG); err != nil {
			t.Fatal(err)
		}
		if status, body := get(t, store.PublicURL(picture)); status != http.StatusOK || body != "picture" {
			t.Errorf("the public address answers %d %q", status, body)
		}
		if kind, cached := server.Object(t, options.Bucket, picture); kind != "image/png" || cached != "public, max-age=31536000, immutable" {
			t.Errorf("stored as %q with Cache-Control %q", kind, cached)
		}
		if !strings.HasPrefix(store.PublicURL(picture), store.ImagesURL()) {
			t.Errorf("%s is not below %s", store.PublicURL(picture), store.ImagesURL())
		}
	})
	t.Run("a private bucket", func(t *testing.T) {
		t.Parallel()
		store, _ := readyS3(t, server, private)
		if err := store.Put(t.Context(), picture, []byte("picture"), blob.TypePNG); err != nil {
			t.Fatal(err)
		}
		if status, _ := get(t, store.PublicURL(picture)); status != http.StatusForbidden {
			t.Errorf("the unsigned address answers %d, want 403", status)
		}
		signed, err := store.SignURLs(t.Context(), []string{picture}, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		address := signed[picture]
		if status, body := get(t, address); status != http.StatusOK || body != "picture" {
			t.Errorf("the signed address answers %d %q", status, body)
		}
		if !strings.HasPrefix(address, store.ImagesURL()) || !strings.Contains(address, "X-Amz-Expires=60&") {
			t.Errorf("the address %s is not below %s, or is not for a minute", address, store.ImagesURL())
		}
		if status, _ := get(t, strings.Replace(address, "X-Amz-Expires=60", "X-Amz-Expires=600", 1)); status != http.StatusForbidden {
			t.Errorf("with a longer time of its own the address answers %d, want 403", status)
		}
	})
}

func TestSigningSendsNoRequest(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	store, _ := readyS3(t, server, private)
	paths := make([]string, 100)
	for i := range paths {
		paths[i] = fmt.Sprintf("%s/picture-%d.png", user, i)
	}
	before := len(server.Requests())
	signed, err := store.SignURLs(t.Context(), paths, time.Minute)
	if err != nil || len(signed) != len(paths) {
		t.Errorf("%d of %d are signed: %v", len(signed), len(paths), err)
	}
	if n := len(server.Requests()) - before; n != 0 {
		t.Errorf("a hundred addresses took %d requests", n)
	}
}

func TestTheCheckLeavesNothingBehindAndRefusesTheWrongVisibility(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	_, open := readyS3(t, server, nil)
	if n := server.Count(t.Context(), t, open.Bucket); n != 0 {
		t.Errorf("%d objects are left in the bucket", n)
	}
	closed, _ := newS3(t, server, func(o *blob.S3Options) { o.Bucket, o.Private = open.Bucket, true })
	if err := closed.Check(t.Context()); !errors.Is(err, blob.ErrRejected) || !strings.Contains(err.Error(), "STORAGE_SIGNED_URLS") {
		t.Errorf("a public bucket that should be private: %v", err)
	}
	server.MakeBucket(t, "made-by-its-owner")
	shown, _ := newS3(t, server, func(o *blob.S3Options) { o.Bucket = "made-by-its-owner" })
	if err := shown.Check(t.Context()); !errors.Is(err, blob.ErrRejected) || !strings.Contains(err.Error(), "S3_PUBLIC_URL") {
		t.Errorf("a private bucket that should be public: %v", err)
	}
	if n := server.Count(t.Context(), t, "made-by-its-owner"); n != 0 {
		t.Errorf("after a failed check %d objects are left in the bucket", n)
	}
	for name, change := range map[string]func(*blob.S3Options){
		"a wrong secret":     func(o *blob.S3Options) { o.SecretKey = "wrong-secret" },
		"an unknown key":     func(o *blob.S3Options) { o.AccessKey = "AKIAUNKNOWN" },
		"another web server": func(o *blob.S3Options) { o.Endpoint = notS3(t) },
	} {
		store, options := newS3(t, server, change)
		err := store.Check(t.Context())
		if !errors.Is(err, blob.ErrRejected) || !strings.Contains(err.Error(), "S3_") {
			t.Errorf("%s: %v, want ErrRejected with the settings to check", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), options.SecretKey) || strings.Contains(err.Error(), options.AccessKey)) {
			t.Errorf("%s: the error holds a key: %v", name, err)
		}
	}
}

// notS3 starts a server that does not speak S3.
func notS3(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	return server.URL
}

// s3Calls are the calls that captures, upkeep and the API make, by name.
func s3Calls(t *testing.T, store *blob.S3) map[string]func() error {
	t.Helper()
	return map[string]func() error{
		"Put":    func() error { return store.Put(t.Context(), picture, []byte("picture"), blob.TypePNG) },
		"Open":   func() error { return readAll(t, store) },
		"Delete": func() error { return store.Delete(t.Context(), user+"/another.png") },
		"List": func() error {
			for _, err := range store.List(t.Context()) {
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func TestEveryAnswerOfS3HasItsClass(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	code := func(status int, code string) blobtest.Fault {
		return blobtest.Answer(status, nil, fmt.Sprintf(`<?xml version="1.0"?><Error><Code>%s</Code><Message>you sent %s and %s</Message><Key>%s</Key></Error>`,
			code, server.AccessKey, server.SecretKey, picture))
	}
	for _, c := range []struct {
		name  string
		fault blobtest.Fault
		class error
		again bool
	}{
		{"a slow upload", code(400, "RequestTimeout"), blob.ErrUnavailable, true},
		{"an overload", code(503, "SlowDown"), blob.ErrUnavailable, true},
		{"an inner failure", code(500, "InternalError"), blob.ErrUnavailable, true},
		{"a write at the same time", code(409, "OperationAborted"), blob.ErrUnavailable, true},
		{"a gateway's 429", blobtest.Answer(429, nil, "slow"), blob.ErrUnavailable, true},
		{"a gateway's 502", blobtest.Answer(502, nil, "<html>"), blob.ErrUnavailable, true},
		{"a broken connection", blobtest.Reset(), blob.ErrUnavailable, true},
		{"a method that is not there", code(501, "NotImplemented"), blob.ErrRejected, false},
		{"keys that may not", code(403, "AccessDenied"), blob.ErrRejected, false},
		{"a wrong clock", code(403, "RequestTimeTooSkewed"), blob.ErrRejected, false},
		{"another region", code(301, "PermanentRedirect"), blob.ErrRejected, false},
		{"no bucket", code(404, "NoSuchBucket"), blob.ErrRejected, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.fault(w, r, nil) }))
			t.Cleanup(door.Close)
			asked := 0
			store, _ := newS3(t, server, func(o *blob.S3Options) { o.Endpoint = door.URL })
			store = store.WithPause(func(context.Context, time.Duration) error { asked++; return nil })
			err := store.Put(t.Context(), picture, []byte("picture"), blob.TypePNG)
			if !errors.Is(err, c.class) {
				t.Fatalf("%v, want %v", err, c.class)
			}
			if want := map[bool]int{true: blob.Attempts - 1}[c.again]; asked != want {
				t.Errorf("tried again %d times, want %d", asked, want)
			}
			for what, secret := range map[string]string{"the access key": server.AccessKey, "the secret": server.SecretKey, "the path": picture} {
				if strings.Contains(fmt.Sprintf("%v %+v", err, err), secret) {
					t.Errorf("the error holds %s: %v", what, err)
				}
			}
		})
	}
}

func TestAPassingFaultOfS3IsRetried(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	store, _ := readyS3(t, server, private)
	if err := store.Put(t.Context(), picture, []byte("picture"), blob.TypePNG); err != nil {
		t.Fatal(err)
	}
	down := blobtest.Answer(503, nil, "")
	for name, call := range s3Calls(t, store) {
		server.Fail(down, down)
		if err := call(); err != nil {
			t.Errorf("%s after two failures: %v", name, err)
		}
		server.Fail(down, down, down)
		if err := call(); !errors.Is(err, blob.ErrUnavailable) {
			t.Errorf("%s after three failures: %v, want ErrUnavailable", name, err)
		}
	}
	server.Fail(blobtest.LoseAnswer(), blobtest.CutShort())
	if err := store.Put(t.Context(), picture, []byte("the second"), blob.TypePNG); err != nil {
		t.Errorf("an upload whose answer is lost: %v", err)
	}
	server.Fail(blobtest.CutShort())
	if err := readAll(t, store); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("a download that is cut short: %v, want ErrUnavailable", err)
	}
	server.Fail(blobtest.Answer(200, map[string]string{"Last-Modified": "Sat, 28 Nov 2026 00:00:00 GMT", "ETag": `"x"`}, strings.Repeat("x", blob.MaxSize+1)))
	if err := readAll(t, store); !errors.Is(err, blob.ErrRejected) {
		t.Errorf("a download that is too large: %v, want ErrRejected", err)
	}
}

func TestAnS3ServerThatHangsCostsOneTimeout(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	store, _ := newS3(t, server, func(o *blob.S3Options) { o.Timeout = 500 * time.Millisecond })
	server.Fail(blobtest.Hang())
	if err := store.Put(t.Context(), picture, []byte("picture"), blob.TypePNG); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if n := len(server.Requests()); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
}

func TestARedirectOfS3IsNotFollowedWithTheSignature(t *testing.T) {
	t.Parallel()
	var reached int
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	t.Cleanup(elsewhere.Close)
	server := s3test.Start(t)
	store, _ := newS3(t, server, nil)
	for _, status := range []int{301, 302, 307, 308} {
		server.Fail(blobtest.Answer(status, map[string]string{"Location": elsewhere.URL}, ""))
		err := store.Put(t.Context(), picture, []byte("picture"), blob.TypePNG)
		if !errors.Is(err, blob.ErrRejected) || !strings.Contains(err.Error(), "S3_REGION") {
			t.Errorf("%d: %v, want ErrRejected with the cure", status, err)
		}
	}
	if reached != 0 {
		t.Error("the other server was asked")
	}
}

func TestTheBucketsAddressFollowsTheSettings(t *testing.T) {
	t.Parallel()
	good := blob.S3Options{Endpoint: "https://s3.amazonaws.com", Region: "eu-central-1", Bucket: "my-pictures", AccessKey: "AKIA", SecretKey: "secret"}
	for _, c := range []struct {
		name   string
		change func(*blob.S3Options)
		want   string
	}{
		{"Amazon's host of the region", func(*blob.S3Options) {}, "https://my-pictures.s3.dualstack.eu-central-1.amazonaws.com/"},
		{"a host for each bucket", func(o *blob.S3Options) { o.Endpoint = "https://s3.example.com" }, "https://my-pictures.s3.example.com/"},
		{"path style", func(o *blob.S3Options) { o.Endpoint, o.PathStyle = "https://s3.example.com/", true }, "https://s3.example.com/my-pictures/"},
		{"an IP address", func(o *blob.S3Options) { o.Endpoint = "http://127.0.0.1:9000" }, "http://127.0.0.1:9000/my-pictures/"},
		{"localhost", func(o *blob.S3Options) { o.Endpoint = "http://localhost:9000" }, "http://localhost:9000/my-pictures/"},
		{"a dot in the bucket", func(o *blob.S3Options) { o.Endpoint, o.Bucket = "https://s3.example.com", "my.pictures" }, "https://s3.example.com/my.pictures/"},
		{"a CDN", func(o *blob.S3Options) { o.PublicURL = "https://cdn.example.com/" }, "https://cdn.example.com/"},
	} {
		options := good
		c.change(&options)
		store, err := blob.NewS3(options)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := store.PublicURL(picture); got != c.want+picture || store.ImagesURL() != c.want {
			t.Errorf("%s: %s below %s, want %s", c.name, got, store.ImagesURL(), c.want)
		}
	}
	for name, change := range map[string]func(*blob.S3Options){
		"no endpoint":        func(o *blob.S3Options) { o.Endpoint = "" },
		"no scheme":          func(o *blob.S3Options) { o.Endpoint = "s3.example.com" },
		"credentials":        func(o *blob.S3Options) { o.Endpoint = "https://u:p@s3.example.com" },
		"a path":             func(o *blob.S3Options) { o.Endpoint = "https://s3.example.com/x" },
		"no bucket":          func(o *blob.S3Options) { o.Bucket = "" },
		"a capital":          func(o *blob.S3Options) { o.Bucket = "Pictures" },
		"a bucket's path":    func(o *blob.S3Options) { o.Bucket = "a/b" },
		"a bucket that goes": func(o *blob.S3Options) { o.Bucket = "a..b" },
		"no region":          func(o *blob.S3Options) { o.Region = "" },
		"no key":             func(o *blob.S3Options) { o.AccessKey = "" },
		"a key with an end":  func(o *blob.S3Options) { o.SecretKey += "\n" },
	} {
		options := good
		change(&options)
		if _, err := blob.NewS3(options); err == nil || strings.Contains(err.Error(), good.SecretKey) {
			t.Errorf("%s: %v, want an error without the secret", name, err)
		}
	}
}

// The server has a host name for each bucket. The name does not exist here, so DialOnly leads to the server.
func TestABucketInTheHostNameIsRequestedAndSignedThere(t *testing.T) {
	t.Parallel()
	var hosts []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hosts = append(hosts, r.Host+r.URL.Path)
	}))
	t.Cleanup(server.Close)
	store, err := blob.NewS3(blob.S3Options{Endpoint: "http://s3.example.com", Region: "auto", Bucket: "my-pictures", AccessKey: "AKIA", SecretKey: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	store.DialOnly(strings.TrimPrefix(server.URL, "http://"))
	if err := store.Put(t.Context(), picture, []byte("picture"), blob.TypePNG); err != nil {
		t.Fatal(err)
	}
	if len(hosts) != 1 || hosts[0] != "my-pictures.s3.example.com/"+picture {
		t.Errorf("asked %q", hosts)
	}
}

func TestTheErrorOfABucketsMissingHostSaysTheCure(t *testing.T) {
	t.Parallel()
	store, err := blob.NewS3(blob.S3Options{Endpoint: "http://s3.invalid", Region: "auto", Bucket: "my-pictures", AccessKey: "AKIA", SecretKey: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	store.FailLookups()
	err = store.Put(t.Context(), picture, []byte("picture"), blob.TypePNG)
	if !errors.Is(err, blob.ErrUnavailable) || !strings.Contains(err.Error(), "S3_FORCE_PATH_STYLE") {
		t.Errorf("got %v, want ErrUnavailable with the cure", err)
	}
}

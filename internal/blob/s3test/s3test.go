// Package s3test owns the S3 server that tests store pictures in. It is for tests alone.
package s3test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"atalaya/internal/blob"
	"atalaya/internal/blob/blobtest"
	"atalaya/internal/test/program"
)

// Server is a real server that speaks S3 (Versity's, of acceptance/s3server), behind a proxy that records requests
// and injects faults.
type Server struct {
	URL                  string // of the proxy
	AccessKey, SecretKey string

	mu       sync.Mutex
	faults   []blobtest.Fault
	requests []string
}

// Start starts the server on free ports, with an empty folder. It ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	port, err := program.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{AccessKey: "AK" + rand.Text(), SecretKey: rand.Text()}
	address := "127.0.0.1:" + port
	server := &program.Program{
		Path: programPath(t),
		Args: []string{address, t.TempDir(), t.TempDir()},
		Env:  []string{"ROOT_ACCESS_KEY_ID=" + s.AccessKey, "ROOT_SECRET_ACCESS_KEY=" + s.SecretKey},
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Kill)
	if err := server.Ready(t.Context(), "http://"+address+"/health"); err != nil {
		t.Fatal(err)
	}
	// The Host header stays that of the door, which is what clients sign.
	works := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address})
	works.Transport = &http.Transport{DisableKeepAlives: true}
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, works) }))
	t.Cleanup(door.Close)
	s.URL = door.URL
	return s
}

// programPath returns the path of the server's program, which the Go command builds once and caches.
func programPath(t testing.TB) string {
	t.Helper()
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("this file's place is not known")
	}
	cmd := exec.CommandContext(t.Context(), "go", "tool", "-n", "s3server")
	cmd.Dir = filepath.Join(filepath.Dir(here), "..", "..", "..", "acceptance", "s3server")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the S3 server of tests cannot be built: %v\n%s", err, said.String())
	}
	return strings.TrimSpace(string(out))
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, works http.Handler) {
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	var fault blobtest.Fault
	if len(s.faults) > 0 {
		fault, s.faults = s.faults[0], s.faults[1:]
	}
	s.mu.Unlock()
	if fault != nil {
		fault(w, r, works)
		return
	}
	works.ServeHTTP(w, r)
}

// Fail makes each of the next requests meet one of the faults, in this order.
func (s *Server) Fail(faults ...blobtest.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Requests returns every request so far as "PUT /bucket/…", without its query.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

// Options returns options of a bucket that does not exist yet.
func (s *Server) Options() blob.S3Options {
	return blob.S3Options{
		Endpoint: s.URL, Region: "us-east-1", Bucket: "pictures-" + strings.ToLower(rand.Text()),
		AccessKey: s.AccessKey, SecretKey: s.SecretKey, Timeout: time.Minute,
	}
}

// MakeBucket makes a private bucket.
func (s *Server) MakeBucket(t testing.TB, bucket string) {
	t.Helper()
	if err := s.owner(t).MakeBucket(t.Context(), bucket, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
}

// Object returns the content type and the Cache-Control of a stored object.
func (s *Server) Object(t testing.TB, bucket, path string) (kind, cacheControl string) {
	t.Helper()
	info, err := s.owner(t).StatObject(t.Context(), bucket, path, minio.StatObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return info.ContentType, info.Metadata.Get("Cache-Control")
}

// Count returns the number of objects in a bucket.
func (s *Server) Count(ctx context.Context, t testing.TB, bucket string) (n int) {
	t.Helper()
	for object := range s.owner(t).ListObjectsIter(ctx, bucket, minio.ListObjectsOptions{Recursive: true}) {
		if object.Err != nil {
			t.Fatal(object.Err)
		}
		n++
	}
	return n
}

func (s *Server) owner(t testing.TB) *minio.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := minio.New(strings.TrimPrefix(s.URL, "http://"), &minio.Options{
		Creds: credentials.NewStaticV4(s.AccessKey, s.SecretKey, ""), Region: "us-east-1",
		BucketLookup: minio.BucketLookupPath, Transport: transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

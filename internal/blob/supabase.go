package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// deleteAtOnce is the most objects that Supabase Storage removes in one request.
const deleteAtOnce = 1000

// bucketForm matches the names that Supabase accepts and that need no escaping.
var bucketForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// SupabaseOptions say where the bucket is. URL, Key and Bucket are required.
type SupabaseOptions struct {
	URL    string // of the project, such as https://abc.supabase.co
	Key    string // the service role key: a legacy JWT (eyJ…) or a secret key (sb_secret_…)
	Bucket string
	// Private is true if the bucket is not public, and pictures are read through signed addresses.
	Private bool
	Timeout time.Duration // of one attempt; 0 for 20 s
}

// Supabase keeps pictures in a bucket of Supabase Storage, by its REST API.
type Supabase struct {
	base    string // …/storage/v1
	key     string
	bucket  string
	private bool
	client  *http.Client
	pause   pause
}

// NewSupabase makes a client. It connects to nothing yet. It fails if an option is missing or malformed; the error
// holds no key.
func NewSupabase(opt SupabaseOptions) (*Supabase, error) {
	base, err := url.Parse(opt.URL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, errors.New("the Supabase URL must look like https://abc.supabase.co")
	}
	switch {
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("the Supabase URL must look like https://abc.supabase.co, with no credentials, query or fragment")
	case opt.Key == "" || strings.ContainsFunc(opt.Key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, errors.New("the Supabase service role key is empty or holds blanks: copy it again from the project's API settings")
	case !bucketForm.MatchString(opt.Bucket):
		return nil, errors.New("the bucket's name must be up to 63 letters, digits, dots, underscores and hyphens")
	}
	timeout := opt.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	return &Supabase{
		base:    strings.TrimRight(base.String(), "/") + "/storage/v1",
		key:     opt.Key,
		bucket:  opt.Bucket,
		private: opt.Private,
		client: &http.Client{
			Timeout:   timeout,
			Transport: newTransport(),
			// A redirect would carry the key in its apikey header to wherever it points.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		pause: sleep,
	}, nil
}

// Close closes idle connections.
func (s *Supabase) Close() error {
	s.client.CloseIdleConnections()
	return nil
}

// Put uploads the picture. It replaces a former one, so that an attempt whose answer was lost can be repeated.
func (s *Supabase) Put(ctx context.Context, path string, data []byte, contentType string) error {
	if err := checkPut(path, data, contentType); err != nil {
		return err
	}
	header := http.Header{
		"Content-Type":  {contentType},
		"Cache-Control": {cacheForever},
		"X-Upsert":      {"true"},
	}
	_, err := s.call(ctx, call{doing: "upload", method: http.MethodPost, path: "/object/" + s.bucket + "/" + path, header: header, body: data})
	if errors.Is(err, ErrNotFound) { // some releases speak of "the related resource"
		return fmt.Errorf("%w: upload: %w", ErrRejected, errNoBucket)
	}
	return err
}

// Open downloads the picture. The timeout of one attempt begins with Open and bounds the reading too. Reading
// fails beyond MaxSize.
func (s *Supabase) Open(ctx context.Context, path string) (io.ReadCloser, error) {
	if err := CheckPath(path); err != nil {
		return nil, err
	}
	var body io.ReadCloser
	err := s.retry(ctx, func() error {
		res, err := s.send(ctx, call{doing: "download", method: http.MethodGet, path: "/object/authenticated/" + s.bucket + "/" + path}) //nolint:bodyclose // the caller closes it
		if err == nil {
			body = &download{http.MaxBytesReader(nil, res.Body, MaxSize)}
		}
		return err
	})
	return body, err
}

// Delete removes the objects, up to 1000 with one request.
func (s *Supabase) Delete(ctx context.Context, paths ...string) error {
	if err := checkAll(paths); err != nil {
		return err
	}
	for len(paths) > 0 {
		n := min(len(paths), deleteAtOnce)
		_, err := s.callJSON(ctx, "delete", http.MethodDelete, "/object/"+s.bucket, map[string][]string{"prefixes": paths[:n]})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		paths = paths[n:]
	}
	return nil
}

// PublicURL returns the address that works as long as the bucket is public.
func (s *Supabase) PublicURL(path string) string {
	if CheckPath(path) != nil {
		return ""
	}
	return s.base + "/object/public/" + s.bucket + "/" + path
}

package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3Options say where the bucket is. All but PublicURL, PathStyle, Private and Timeout are required.
type S3Options struct {
	Endpoint  string // of the server, such as https://s3.eu-central-1.amazonaws.com
	Region    string
	Bucket    string
	AccessKey string
	SecretKey string
	// PathStyle puts the bucket into the path, not before the host. It is implied by a server at an IP address or
	// at localhost, and by a dot in the bucket's name, because no certificate would match such a host.
	PathStyle bool
	// PublicURL is the address of the bucket's objects if it differs from the endpoint's, such as a CDN's.
	PublicURL string
	// Private is true if objects are read only through signed addresses.
	Private bool
	Timeout time.Duration // of one attempt; 0 for 20 s
}

// S3 keeps pictures in a bucket of a server that speaks S3: Amazon's, MinIO, Cloudflare R2 and others.
type S3 struct {
	client    minio.Core
	transport *http.Transport
	bucket    string
	region    string
	base      string // of the bucket at the endpoint, without a slash at the end
	public    string // of the bucket as browsers see it
	pathStyle bool
	private   bool
	timeout   time.Duration
	pause     pause
}

// s3Bucket matches the bucket names that every S3 server accepts, and those with "..".
var s3Bucket = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// NewS3 makes a client. It connects to nothing yet. It fails if an option is missing or cannot work; the error
// holds no key.
func NewS3(opt S3Options) (*S3, error) {
	endpoint, err := checkS3(opt)
	if err != nil {
		return nil, err
	}
	s := &S3{
		transport: newTransport(), bucket: opt.Bucket, region: opt.Region, private: opt.Private,
		pathStyle: opt.PathStyle || needsPathStyle(endpoint.Hostname(), opt.Bucket),
		timeout:   opt.Timeout, pause: sleep,
	}
	if s.timeout == 0 {
		s.timeout = defaultTimeout
	}
	lookup := minio.BucketLookupDNS
	if s.pathStyle {
		lookup = minio.BucketLookupPath
	}
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds: credentials.NewStaticV4(opt.AccessKey, opt.SecretKey, ""), Secure: endpoint.Scheme == "https",
		Transport: s.transport, Region: opt.Region, BucketLookup: lookup,
		MaxRetries: 1, // retrying is ours
	})
	if err != nil {
		return nil, fmt.Errorf("the S3 endpoint cannot be used: %w", err)
	}
	s.client = minio.Core{Client: client}
	return s, s.findBases(opt.PublicURL)
}

// findBases sets the addresses of the bucket. It takes them from a signed address, because the client knows
// Amazon's host of each region. Signing asks no server.
func (s *S3) findBases(publicURL string) error {
	const object = "object"
	address, err := s.client.PresignedGetObject(context.Background(), s.bucket, object, time.Minute, nil)
	if err != nil {
		return fmt.Errorf("the S3 settings cannot be used: %w", withoutURL(err))
	}
	s.base = address.Scheme + "://" + address.Host + strings.TrimSuffix(address.Path, "/"+object)
	s.public = s.base
	if publicURL != "" {
		s.public = strings.TrimRight(publicURL, "/")
	}
	return nil
}

// ImagesURL returns the address below which browsers find every picture.
func (s *S3) ImagesURL() string {
	if s.private {
		return s.base + "/"
	}
	return s.public + "/"
}

// checkS3 checks the options and returns the endpoint.
func checkS3(opt S3Options) (*url.URL, error) {
	endpoint, err := url.Parse(opt.Endpoint)
	if err != nil || endpoint.Host == "" || endpoint.Scheme != "https" && endpoint.Scheme != "http" ||
		endpoint.User != nil || endpoint.RawQuery != "" || endpoint.Fragment != "" || strings.Trim(endpoint.Path, "/") != "" {
		return nil, errors.New("the S3 endpoint must look like https://s3.eu-central-1.amazonaws.com, without a path, credentials or a query")
	}
	switch {
	case !s3Bucket.MatchString(opt.Bucket) || strings.Contains(opt.Bucket, ".."):
		return nil, errors.New("an S3 bucket's name is 3 to 63 lower-case letters, digits, dots and hyphens")
	case opt.Region == "":
		return nil, errors.New("the S3 region is missing; servers without regions take us-east-1 or auto")
	case unprintable(opt.AccessKey) || unprintable(opt.SecretKey):
		return nil, errors.New("an S3 key is empty or holds blanks: copy both again")
	}
	return endpoint, nil
}

// unprintable reports whether a key is empty or cannot be put into a header.
func unprintable(key string) bool {
	return key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
}

// needsPathStyle reports whether no host name can hold the bucket.
func needsPathStyle(host, bucket string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || host == "localhost" || strings.Contains(bucket, ".")
}

// Close closes idle connections.
func (s *S3) Close() error {
	s.transport.CloseIdleConnections()
	return nil
}

// attempt runs one call of the client, again if that may help. The timeout bounds each attempt.
func (s *S3) attempt(ctx context.Context, doing string, call func(ctx context.Context) error) error {
	return retry(ctx, s.pause, func() error {
		ctx, cancel := context.WithTimeout(ctx, s.timeout)
		defer cancel()
		if err := call(ctx); err != nil {
			return s.failure(doing, err)
		}
		return nil
	})
}

// Put uploads the picture with one request. It replaces a former one.
func (s *S3) Put(ctx context.Context, path string, data []byte, contentType string) error {
	if err := checkPut(path, data, contentType); err != nil {
		return err
	}
	// Every server accepts a hash of the whole, but not every one accepts a stream of signed parts.
	sum := sha256.Sum256(data)
	err := s.attempt(ctx, "upload", func(ctx context.Context) error {
		_, err := s.client.PutObject(ctx, s.bucket, path, bytes.NewReader(data), int64(len(data)), "", hex.EncodeToString(sum[:]),
			minio.PutObjectOptions{ContentType: contentType, CacheControl: cacheForever, DisableContentSha256: true})
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%w: upload: %w", ErrRejected, errNoBucket)
	}
	return err
}

// Open downloads the picture. The timeout of one attempt begins with Open and bounds the reading too. Reading
// fails beyond MaxSize.
func (s *S3) Open(ctx context.Context, path string) (io.ReadCloser, error) {
	if err := CheckPath(path); err != nil {
		return nil, err
	}
	var body io.ReadCloser
	err := retry(ctx, s.pause, func() error {
		ctx, cancel := context.WithTimeout(ctx, s.timeout)
		object, _, _, err := s.client.GetObject(ctx, s.bucket, path, minio.GetObjectOptions{})
		if err != nil {
			cancel()
			return s.failure("download", err)
		}
		body = &download{http.MaxBytesReader(nil, &timed{object, cancel}, MaxSize)}
		return nil
	})
	return body, err
}

// timed ends the context of an attempt when the body is closed.
type timed struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (t *timed) Close() error {
	defer t.cancel()
	return t.ReadCloser.Close()
}

// Delete removes the objects, up to 1000 with one request.
func (s *S3) Delete(ctx context.Context, paths ...string) error {
	if err := checkAll(paths); err != nil || len(paths) == 0 {
		return err
	}
	return s.attempt(ctx, "delete", func(ctx context.Context) error {
		results, err := s.client.RemoveObjectsWithIter(ctx, s.bucket, objects(paths), minio.RemoveObjectsOptions{})
		if err != nil {
			return err
		}
		var failed error
		for result := range results {
			if result.Err != nil && minio.ToErrorResponse(result.Err).Code != minio.NoSuchKey {
				failed = result.Err
			}
		}
		if failed == nil { // with a context that is over the client says nothing
			failed = ctx.Err()
		}
		return failed
	})
}

func objects(paths []string) iter.Seq[minio.ObjectInfo] {
	return func(yield func(minio.ObjectInfo) bool) {
		for _, path := range paths {
			if !yield(minio.ObjectInfo{Key: path}) {
				return
			}
		}
	}
}

// PublicURL returns the address that works as long as the bucket's objects are public.
func (s *S3) PublicURL(path string) string {
	if CheckPath(path) != nil {
		return ""
	}
	return s.public + "/" + path
}

package blob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// bucketSettings are a bucket's, in the API's own words.
type bucketSettings struct {
	ID               string   `json:"id"`
	Name             string   `json:"name"`
	Public           bool     `json:"public"`
	FileSizeLimit    *int64   `json:"file_size_limit"`
	AllowedMimeTypes []string `json:"allowed_mime_types"`
}

// EnsureBucket creates the bucket if it does not exist: objects of at most MaxSize, only PNG, public unless the
// options say private. It leaves an existing bucket unchanged. If that has the other visibility, it fails with an
// ErrRejected that says the cure.
func (s *Supabase) EnsureBucket(ctx context.Context) error {
	bucket, err := s.lookAtBucket(ctx)
	if errors.Is(err, errNoBucket) || errors.Is(err, ErrNotFound) {
		return s.makeBucket(ctx)
	}
	switch {
	case err != nil:
		return err
	case bucket.Public && s.private:
		return fmt.Errorf("%w: the bucket %q is public and STORAGE_SIGNED_URLS wants it private: the service makes it so when it starts, or do it in the project's Storage settings", ErrRejected, s.bucket)
	case !bucket.Public && !s.private:
		return fmt.Errorf("%w: the bucket %q is private, and pictures are shown by their public addresses: make it public in the project's Storage settings, or set STORAGE_SIGNED_URLS=true", ErrRejected, s.bucket)
	}
	return nil
}

// CloseBucket creates the bucket if it does not exist. It makes a public bucket private if the options say so, and
// then returns true as changed. It never makes a private bucket public.
func (s *Supabase) CloseBucket(ctx context.Context) (changed bool, err error) {
	if !s.private {
		return false, s.EnsureBucket(ctx)
	}
	bucket, err := s.lookAtBucket(ctx)
	switch {
	case errors.Is(err, errNoBucket) || errors.Is(err, ErrNotFound):
		return false, s.makeBucket(ctx)
	case err != nil || !bucket.Public:
		return false, err
	}
	bucket.Public = false // the limits are sent as they were
	_, err = s.callJSON(ctx, "make the bucket private", http.MethodPut, "/bucket/"+s.bucket, bucket)
	return err == nil, err
}

func (s *Supabase) lookAtBucket(ctx context.Context) (bucketSettings, error) {
	answer, err := s.callJSON(ctx, "look at the bucket", http.MethodGet, "/bucket/"+s.bucket, nil)
	if err != nil {
		return bucketSettings{}, err
	}
	var bucket bucketSettings
	if json.Unmarshal(answer, &bucket) != nil || bucket.ID != s.bucket {
		return bucketSettings{}, fmt.Errorf("%w: look at the bucket: the answer is not one of Supabase Storage", ErrUnavailable)
	}
	return bucket, nil
}

func (s *Supabase) makeBucket(ctx context.Context) error {
	limit := int64(MaxSize)
	_, err := s.callJSON(ctx, "make the bucket", http.MethodPost, "/bucket", bucketSettings{
		ID: s.bucket, Name: s.bucket, Public: !s.private, FileSizeLimit: &limit, AllowedMimeTypes: []string{TypePNG},
	})
	if errors.Is(err, errExists) {
		return nil // another replica was faster
	}
	return err
}

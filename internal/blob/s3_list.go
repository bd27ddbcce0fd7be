package blob

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/minio/minio-go/v7"
)

// List reads the bucket page by page, in the order of the paths. It retries a page that failed.
func (s *S3) List(ctx context.Context) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for last := ""; ; {
			page, err := s.page(ctx, last)
			if err != nil {
				yield(Object{}, err)
				return
			}
			for _, object := range page {
				last = object.Key
				if CheckPath(object.Key) == nil && !yield(Object{Path: object.Key, StoredAt: object.LastModified}, nil) {
					return
				}
			}
			if len(page) < listAtOnce {
				return
			}
		}
	}
}

// page returns up to listAtOnce objects after a path.
func (s *S3) page(ctx context.Context, after string) ([]minio.ObjectInfo, error) {
	var page []minio.ObjectInfo
	err := s.attempt(ctx, "list", func(ctx context.Context) error {
		page = nil
		options := minio.ListObjectsOptions{Recursive: true, StartAfter: after, MaxKeys: listAtOnce}
		for object := range s.client.ListObjectsIter(ctx, s.bucket, options) {
			if object.Err != nil {
				return object.Err
			}
			if page = append(page, object); len(page) == listAtOnce {
				break
			}
		}
		return ctx.Err()
	})
	return page, err
}

// SignURLs signs addresses without a request, because a list of signals would cost one for each. Whoever has an
// address sees the picture until ttl is over. The address of a picture that is not there answers 404.
func (s *S3) SignURLs(ctx context.Context, paths []string, ttl time.Duration) (map[string]string, error) {
	if err := checkAll(paths); err != nil {
		return nil, err
	}
	if err := ended(ctx); err != nil {
		return nil, err
	}
	signed := make(map[string]string, len(paths))
	for _, path := range paths {
		address, err := s.client.PresignedGetObject(ctx, s.bucket, path, time.Duration(seconds(ttl))*time.Second, nil)
		if err != nil {
			return nil, fmt.Errorf("%w: sign: %w", ErrRejected, withoutURL(err))
		}
		signed[path] = address.String()
	}
	return signed, nil
}

package blob

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"golang.org/x/sync/errgroup"
)

// List reads the bucket page by page, in the order of the paths; a page that failed is asked for again.
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

// page gives up to listAtOnce objects after a path.
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

// maxLooks bounds the requests of one SignURLs at the same time: a page of the API's list has 200 pictures.
const maxLooks = 16

// SignURLs signs addresses itself, once it has seen that the pictures are there; whoever has one sees the
// picture until ttl is over.
func (s *S3) SignURLs(ctx context.Context, paths []string, ttl time.Duration) (map[string]string, error) {
	if err := checkAll(paths); err != nil {
		return nil, err
	}
	var mu sync.Mutex
	signed := make(map[string]string, len(paths))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxLooks)
	for _, path := range paths {
		group.Go(func() error {
			address, err := s.sign(ctx, path, ttl)
			if err != nil || address == "" {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			signed[path] = address
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return signed, nil
}

// sign gives the address of one picture, "" if it is not there.
func (s *S3) sign(ctx context.Context, path string, ttl time.Duration) (string, error) {
	there := true
	err := s.attempt(ctx, "look at a picture", func(ctx context.Context) error {
		_, err := s.client.StatObject(ctx, s.bucket, path, minio.StatObjectOptions{})
		if there = minio.ToErrorResponse(err).Code != minio.NoSuchKey; !there {
			return nil
		}
		return err
	})
	if err != nil || !there {
		return "", err
	}
	address, err := s.client.PresignedGetObject(ctx, s.bucket, path, time.Duration(seconds(ttl))*time.Second, nil)
	if err != nil {
		return "", fmt.Errorf("%w: sign: %w", ErrRejected, withoutURL(err))
	}
	return address.String(), nil
}

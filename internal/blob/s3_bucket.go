package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
)

// probeUser owns the picture that Check stores for a moment. No user has this id.
const probeUser = "00000000-0000-0000-0000-000000000000"

// Check creates the bucket if necessary, writes a picture, reads it back, requests it without credentials, and
// removes it. It fails with an ErrRejected that says the cure if the bucket shows pictures to strangers although
// the options say private, or hides them although they say public. It does not change the bucket's own settings.
func (s *S3) Check(ctx context.Context) error {
	if err := s.ensureBucket(ctx); err != nil {
		return err
	}
	path, want := probeUser+"/check-"+rand.Text()+".png", []byte("a picture would follow")
	if err := s.Put(ctx, path, want, TypePNG); err != nil {
		return err
	}
	err := errors.Join(s.readBack(ctx, path, want), s.askAsStranger(ctx, path))
	// Whatever was seen, nothing stays behind.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.timeout)
	defer cancel()
	return errors.Join(err, s.Delete(ctx, path))
}

func (s *S3) readBack(ctx context.Context, path string, want []byte) error {
	body, err := s.Open(ctx, path)
	if err != nil {
		return err
	}
	defer body.Close()
	got, err := io.ReadAll(body)
	if err == nil && !bytes.Equal(got, want) {
		return fmt.Errorf("%w: read back: the server returns other bytes than it was sent", ErrRejected)
	}
	return err
}

// askAsStranger requests the picture without keys, and fails if it is seen but should not be, or the reverse. No
// answer is no failure: the address may be a CDN's that this machine cannot reach.
func (s *S3) askAsStranger(ctx context.Context, path string) error {
	address := s.public + "/" + path
	if s.private {
		address = s.base + "/" + path
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("%w: look at a public address: %w", ErrRejected, withoutURL(err))
	}
	res, err := s.transport.RoundTrip(req)
	if err != nil {
		return nil
	}
	defer res.Body.Close()
	switch seen := res.StatusCode == http.StatusOK; {
	case seen && s.private:
		return fmt.Errorf("%w: anyone can read the bucket %q and STORAGE_SIGNED_URLS wants it private: remove the policy or the setting that makes it public", ErrRejected, s.bucket)
	case !seen && !s.private:
		return fmt.Errorf("%w: strangers are answered %d by the bucket %q, and pictures are shown by their public addresses: allow everybody s3:GetObject in its policy, set S3_PUBLIC_URL, or set STORAGE_SIGNED_URLS=true", ErrRejected, res.StatusCode, s.bucket)
	}
	return nil
}

// ensureBucket creates the bucket if necessary. Keys without the right to look at it are no error: they may still
// read and write.
func (s *S3) ensureBucket(ctx context.Context) error {
	absent := false
	err := s.attempt(ctx, "look at the bucket", func(ctx context.Context) error {
		there, err := s.client.BucketExists(ctx, s.bucket)
		absent = err == nil && !there
		if minio.ToErrorResponse(err).StatusCode == http.StatusForbidden {
			return nil
		}
		return err
	})
	if err != nil || !absent {
		return err
	}
	err = s.attempt(ctx, "make the bucket", func(ctx context.Context) error {
		err := s.client.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: s.region})
		if code := minio.ToErrorResponse(err).Code; code == "BucketAlreadyOwnedByYou" {
			return nil // another replica was faster
		}
		return err
	})
	if errors.Is(err, errNoBucket) { // as the client reads any 404
		return fmt.Errorf("%w: make the bucket: no S3 server answers there; check S3_ENDPOINT", ErrRejected)
	}
	if err != nil || s.private {
		return err
	}
	// Some servers have no policies, and some accounts forbid public ones. askAsStranger finds out whether it worked.
	_ = s.attempt(ctx, "publish the bucket", func(ctx context.Context) error {
		return s.client.SetBucketPolicy(ctx, s.bucket, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::`+s.bucket+`/*"]}]}`)
	})
	return nil
}

package blob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// signAtOnce is how many addresses are asked for with one request: a page of the API's list.
const signAtOnce = 200

// SignURLs asks the project to sign addresses, up to 200 with one request. Whoever has an address sees the picture
// until ttl is over.
func (s *Supabase) SignURLs(ctx context.Context, paths []string, ttl time.Duration) (map[string]string, error) {
	if err := checkAll(paths); err != nil {
		return nil, err
	}
	signed := make(map[string]string, len(paths))
	for len(paths) > 0 {
		n := min(len(paths), signAtOnce)
		if err := s.signSome(ctx, paths[:n], ttl, signed); err != nil {
			return nil, err
		}
		paths = paths[n:]
	}
	return signed, nil
}

// signSome adds the addresses of a few pictures to signed.
func (s *Supabase) signSome(ctx context.Context, paths []string, ttl time.Duration, signed map[string]string) error {
	answer, err := s.callJSON(ctx, "sign", http.MethodPost, "/object/sign/"+s.bucket,
		map[string]any{"expiresIn": seconds(ttl), "paths": paths})
	if errors.Is(err, ErrNotFound) { // an absent object is marked in the answer's list
		return fmt.Errorf("%w: sign: %w", ErrRejected, errNoBucket)
	}
	if err != nil {
		return err
	}
	var list []struct {
		Path string `json:"path"`
		URL  string `json:"signedURL"` // null for an object that is not there
	}
	if err := json.Unmarshal(answer, &list); err != nil {
		return fmt.Errorf("%w: sign: the answer is not one of Supabase Storage", ErrUnavailable)
	}
	for _, item := range list {
		switch {
		case item.URL == "":
		case !strings.HasPrefix(item.URL, "/object/sign/"):
			return fmt.Errorf("%w: sign: the answer is not one of Supabase Storage", ErrUnavailable)
		default:
			signed[item.Path] = s.base + item.URL
		}
	}
	return nil
}

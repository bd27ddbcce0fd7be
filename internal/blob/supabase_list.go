package blob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"
)

// listAtOnce is how many entries one request asks for. Supabase Storage may return fewer, so only an empty page
// of its is the last.
const listAtOnce = 1000

// List requests the users' folders, and then the contents of each.
func (s *Supabase) List(ctx context.Context) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for folder, err := range s.entries(ctx, "") {
			if err != nil {
				yield(Object{}, err)
				return
			}
			if !folder.folder() {
				continue
			}
			for file, err := range s.entries(ctx, folder.Name) {
				path := folder.Name + "/" + file.Name
				if err == nil && (file.folder() || CheckPath(path) != nil) {
					continue
				}
				if !yield(Object{Path: path, StoredAt: file.storedAt()}, err) || err != nil {
					return
				}
			}
		}
	}
}

// entry is an object of a listing, or a folder, of which only the name is set.
type entry struct {
	Name    string    `json:"name"`
	ID      *string   `json:"id"`
	Created time.Time `json:"created_at"` // null of a folder, which leaves zero
	Updated time.Time `json:"updated_at"`
}

func (e entry) folder() bool { return e.ID == nil }

func (e entry) storedAt() time.Time {
	if e.Updated.After(e.Created) {
		return e.Updated
	}
	return e.Created
}

// entries yields the entries directly under a prefix, page by page.
func (s *Supabase) entries(ctx context.Context, prefix string) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for offset := 0; ; {
			page, err := s.page(ctx, prefix, offset)
			if err != nil {
				yield(entry{}, err)
				return
			}
			if len(page) == 0 {
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
			offset += len(page)
		}
	}
}

func (s *Supabase) page(ctx context.Context, prefix string, offset int) ([]entry, error) {
	answer, err := s.callJSON(ctx, "list", http.MethodPost, "/object/list/"+s.bucket, map[string]any{
		"prefix": prefix, "limit": listAtOnce, "offset": offset, "sortBy": map[string]string{"column": "name", "order": "asc"},
	})
	if errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("%w: list: %w", ErrRejected, errNoBucket)
	}
	if err != nil {
		return nil, err
	}
	var page []entry
	if err := json.Unmarshal(answer, &page); err != nil {
		return nil, fmt.Errorf("%w: list: the answer is not one of Supabase Storage", ErrUnavailable)
	}
	return page, nil
}

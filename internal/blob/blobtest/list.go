package blobtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxListed is the most entries of one answer, whatever was asked for. It is small, so that tests need few
// objects for several pages.
const maxListed = 100

// listed is an object, or a folder, of which only the name is set.
type listed struct {
	Name    string     `json:"name"`
	ID      *string    `json:"id"`
	Created *time.Time `json:"created_at"`
	Updated *time.Time `json:"updated_at"`
}

// list answers with the objects and folders directly under a prefix, sorted by name.
func (s *Supabase) list(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Prefix *string `json:"prefix"`
		Limit  int     `json:"limit"`
		Offset int     `json:"offset"`
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.Prefix == nil {
		refuse(w, 400, "", "Error", "body must have required property 'prefix'")
		return
	}
	b, ok := s.buckets[r.PathValue("bucket")]
	if !ok {
		refuseBucket(w)
		return
	}
	seen := map[string]Object{}
	for path, object := range b.objects {
		if s.may(r, ActionSelect, b.ID, path) {
			seen[path] = object
		}
	}
	found := entriesUnder(seen, *body.Prefix)
	if body.Limit < 1 || body.Limit > maxListed {
		body.Limit = maxListed
	}
	from := min(body.Offset, len(found))
	writeJSON(w, http.StatusOK, found[from:min(from+body.Limit, len(found))])
}

// entriesUnder returns the objects and folders directly under a prefix, sorted by name. It never returns nil,
// which JSON would show as null.
func entriesUnder(objects map[string]Object, prefix string) []listed {
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	found := []listed{}
	folders := map[string]bool{}
	for path, object := range objects {
		name, under := strings.CutPrefix(path, prefix)
		if !under {
			continue
		}
		if folder, _, deeper := strings.Cut(name, "/"); deeper {
			if !folders[folder] {
				folders[folder] = true
				found = append(found, listed{Name: folder})
			}
			continue
		}
		id, at := path, object.StoredAt
		found = append(found, listed{Name: name, ID: &id, Created: &at, Updated: &at})
	}
	slices.SortFunc(found, func(a, b listed) int { return strings.Compare(a.Name, b.Name) })
	return found
}

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"atalaya"
	"atalaya/internal/respond"
)

// jsonFormats are the formats of bodies, with JSON read by decodeJSON.
func jsonFormats() map[string]huma.Format {
	formats := maps.Clone(huma.DefaultFormats)
	for _, name := range []string{"application/json", "json"} {
		format := formats[name]
		format.Unmarshal = decodeJSON
		formats[name] = format
	}
	return formats
}

// decodeJSON reads a body into v. The library first reads the body into an any and checks it against the document
// by exact names. Then it decodes the typed value, for which encoding/json accepts RESULT for result, so a member
// could pass unchecked. decodeJSON therefore refuses two spellings of one member, and treats other spellings as
// unknown members.
func decodeJSON(data []byte, v any) error {
	if _, check := v.(*any); check {
		return json.Unmarshal(data, v)
	}
	if err := checkSpelling(data); err != nil {
		return err
	}
	data, err := exactMembers(data, reflect.TypeOf(v))
	if err != nil {
		return err
	}
	return json.Unmarshal(data, v)
}

// checkSpelling fails if an object of a JSON text has two members whose names are the same but for the case of
// their letters.
func checkSpelling(data []byte) error {
	type frame struct {
		names map[string]bool // nil in an array
		value bool            // a member's value comes next
	}
	var stack []frame
	for decoder := json.NewDecoder(bytes.NewReader(data)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		top := len(stack) - 1
		if delim, ok := token.(json.Delim); ok && (delim == '}' || delim == ']') {
			stack = stack[:top]
			continue
		}
		if top >= 0 && stack[top].names != nil {
			if !stack[top].value {
				name, _ := token.(string)
				if stack[top].names[folded(name)] {
					return fmt.Errorf("%.60q is sent twice, or in two spellings: which one is meant", name)
				}
				stack[top].names[folded(name)] = true
			}
			stack[top].value = !stack[top].value
		}
		switch token {
		case json.Delim('{'):
			stack = append(stack, frame{names: map[string]bool{}})
		case json.Delim('['):
			stack = append(stack, frame{})
		}
	}
}

// folded returns the same text for names that encoding/json takes for the same.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		smallest := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			smallest = min(smallest, f)
		}
		return smallest
	}, name)
}

// exactMembers removes from the objects of a JSON text the members that their types do not name in exactly this
// spelling. It leaves what does not fit the type for the library to refuse.
func exactMembers(data []byte, t reflect.Type) ([]byte, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) || string(data) == "null" {
		return data, nil
	}
	switch t.Kind() {
	case reflect.Struct:
		var members map[string]json.RawMessage
		if json.Unmarshal(data, &members) != nil {
			return data, nil //nolint:nilerr // the decoder that follows says what is wrong
		}
		known := map[string]reflect.Type{}
		for _, field := range reflect.VisibleFields(t) {
			known[columnName(field)] = field.Type
		}
		for name, value := range members {
			member, ok := known[name]
			if !ok {
				delete(members, name)
				continue
			}
			exact, err := exactMembers(value, member)
			if err != nil {
				return nil, err
			}
			members[name] = exact
		}
		return json.Marshal(members)
	case reflect.Slice:
		var items []json.RawMessage
		if t.Elem().Kind() != reflect.Struct || json.Unmarshal(data, &items) != nil {
			return data, nil //nolint:nilerr // as above
		}
		for i, item := range items {
			exact, err := exactMembers(item, t.Elem())
			if err != nil {
				return nil, err
			}
			items[i] = exact
		}
		return json.Marshal(items)
	}
	return data, nil
}

// readableURL refuses a URL that the database could not compare with anything. NUL and invalid UTF-8 are answered 422
// in the query and 404 in the path.
func readableURL(log *slog.Logger, next http.Handler) http.Handler {
	return respond.Adapt(log, func(w http.ResponseWriter, r *http.Request) error {
		if !storableText(r.URL.Path) {
			return atalaya.Errorf(atalaya.CodeNotFound, "The path holds characters that no route and no id has.")
		}
		if untidy(r.URL.Path) {
			return atalaya.Errorf(atalaya.CodeNotFound, "No route has doubled slashes or dots in its path.")
		}
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return atalaya.Errorf(atalaya.CodeInvalid, "The query cannot be read: write %% as %%25, and no semicolons between parameters.")
		}
		for name, values := range query {
			for _, text := range append(values, name) {
				if !storableText(text) {
					return atalaya.Errorf(atalaya.CodeInvalid, "The parameter %.60q holds the character U+0000, or bytes that are no UTF-8.", name)
				}
			}
		}
		next.ServeHTTP(w, r)
		return nil
	})
}

// untidy reports whether the mux would redirect a path. A redirect repeats the path, which may hold a
// webhook's token, and few clients follow one with POST.
func untidy(p string) bool {
	clean := path.Clean(p)
	return p != clean && p != clean+"/"
}

// storableText reports whether PostgreSQL can hold a text.
func storableText(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

package tradingview

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// maxNamesFile bounds a file of names, in bytes: all of names.json is under 6 kB.
const maxNamesFile = 64 << 10

// maxName bounds one name, in bytes. The longest one built in has about 220.
const maxName = 1000

// LoadNames returns DefaultNames with the changes of a JSON file. The file has the form of names.json, but
// only holds what differs, such as {"legend": {"series": "[data-qa-id=row]"}}. changed lists the names that
// the file sets, such as "legend.series", sorted. If path is "", nothing changes.
//
// The error names everything that is wrong with the file, and how to mend it.
func LoadNames(path string) (names Names, changed []string, err error) {
	if path == "" {
		return DefaultNames(), nil, nil
	}
	text, err := readBounded(path)
	if err != nil {
		return Names{}, nil, err
	}
	names, changed, err = parseNames(text)
	if err != nil {
		return Names{}, nil, fmt.Errorf("%s: %w", path, err)
	}
	return names, changed, nil
}

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxNamesFile+1))
	if err == nil && len(text) > maxNamesFile {
		err = fmt.Errorf("%s has more than %d bytes; it only needs the names that differ", path, maxNamesFile)
	}
	return text, err
}

// parseNames returns the default names with those of a file in their place.
func parseNames(text []byte) (names Names, changed []string, err error) {
	var given, all map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&given); err != nil {
		return names, nil, fmt.Errorf("no JSON object of names: %w", err)
	}
	if decoder.More() {
		return names, nil, errors.New("something follows the JSON object of names")
	}
	if err := json.Unmarshal(namesFile, &all); err != nil {
		return names, nil, err
	}
	var o overlay
	o.objects("", all, given)
	if len(o.problems) > 0 {
		return names, nil, errors.Join(o.problems...)
	}
	merged, err := json.Marshal(all)
	if err != nil {
		return names, nil, err
	}
	slices.Sort(o.changed)
	return names, o.changed, json.Unmarshal(merged, &names)
}

// overlay collects what one object of names changes in another.
type overlay struct {
	changed  []string
	problems []error
}

func (o *overlay) problem(path, format string, args ...any) {
	o.problems = append(o.problems, fmt.Errorf(path+" "+format, args...))
}

// objects writes the members of given over those of all. Only dialogs may get new members.
func (o *overlay) objects(path string, all, given map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(given)) {
		at := strings.TrimPrefix(path+"."+key, ".")
		old, known := all[key]
		if !known && path == "dialogs" {
			old, known = "", true
		}
		if !known {
			o.problem(at, "is no name; `atalaya tradingview names` prints those that can be set")
			continue
		}
		if was, nested := old.(map[string]any); nested {
			if is, ok := given[key].(map[string]any); ok {
				o.objects(at, was, is)
			} else {
				o.problem(at, "has to be an object such as {\"name\": \"selector\"}")
			}
			continue
		}
		if o.acceptable(at, old, given[key]) {
			all[key] = given[key]
			o.changed = append(o.changed, at)
		}
	}
}

// acceptable reports whether a value has the type of the one that it replaces.
func (o *overlay) acceptable(at string, old, value any) bool {
	if _, list := old.([]any); list {
		items, ok := value.([]any)
		for _, item := range items {
			_, text := item.(string)
			ok = ok && text
		}
		if !ok {
			o.problem(at, "has to be a list of strings")
		}
		return ok
	}
	text, ok := value.(string)
	if !ok {
		o.problem(at, "has to be a string")
		return false
	}
	if cure := whatIsWrong(at, text); cure != "" {
		o.problem(at, "%s", cure)
		return false
	}
	return true
}

var (
	identifier = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)
	className  = regexp.MustCompile(`^[A-Za-z_-][A-Za-z0-9_-]*$`)
)

// whatIsWrong returns what is wrong with a name and how to mend it, or "" if nothing is. Of selectors it
// only checks that brackets and quotes are paired; doctor has the browser check the rest.
func whatIsWrong(at, text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return "is empty: leave it out to keep the one built in"
	case len(text) > maxName:
		return fmt.Sprintf("has %d bytes; at most %d are taken", len(text), maxName)
	case strings.HasPrefix(at, "api."):
		if !identifier.MatchString(text) {
			return fmt.Sprintf("is %q; it has to be one JavaScript identifier, without dots or brackets", text)
		}
	case at == "page.authenticated" || at == "page.signed_out":
		if !className.MatchString(text) {
			return fmt.Sprintf("is %q; it has to be one class name, without a dot", text)
		}
	case strings.HasPrefix(at, "texts."):
		if _, err := regexp.Compile(text); err != nil {
			return fmt.Sprintf("is no regular expression: %v", err)
		}
	default:
		if open := unpaired(text); open != 0 {
			return fmt.Sprintf("is no selector: its %q has no counterpart", open)
		}
	}
	return ""
}

// unpaired returns the first bracket or quote of a selector without a counterpart, 0 if there is none.
func unpaired(selector string) rune {
	closes := map[rune]rune{'(': ')', '[': ']'}
	var open []rune
	var quote rune
	escaped := false
	for _, r := range selector {
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case closes[r] != 0:
			open = append(open, r)
		case r == ')' || r == ']':
			if len(open) == 0 || closes[open[len(open)-1]] != r {
				return r
			}
			open = open[:len(open)-1]
		}
	}
	if quote != 0 {
		return quote
	}
	if len(open) > 0 {
		return open[len(open)-1]
	}
	return 0
}

// RefusedSelectors returns a JavaScript expression. Its value is an array of the names, such as
// "legend.series", whose selectors the browser does not accept.
func RefusedSelectors(names Names) string {
	argument, err := json.Marshal(names.selectors())
	if err != nil {
		panic(err) // strings by strings
	}
	return `((selectors) => Object.entries(selectors).filter(([, selector]) => {
		try { document.createDocumentFragment().querySelector(selector); return false; } catch { return true; }
	}).map(([name]) => name))(` + string(argument) + ")"
}

// selectors returns the names that are CSS selectors, by their paths such as "legend.series".
func (n Names) selectors() map[string]string {
	list := map[string]string{"any_dialog": n.AnyDialog}
	for group, names := range map[string]any{"page": n.Page, "toolbar": n.Toolbar, "legend": n.Legend, "dialogs": n.Dialogs} {
		for name, selector := range byName(names) {
			if path := group + "." + name; path != "page.authenticated" && path != "page.signed_out" {
				list[path] = selector
			}
		}
	}
	return list
}

// byName returns the strings of a group of names by their JSON names.
func byName(group any) map[string]string {
	var list map[string]string
	text, err := json.Marshal(group)
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil {
		panic(err) // groups hold strings alone; a test reads them all
	}
	return list
}

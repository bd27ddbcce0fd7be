package respond

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"atalaya"
)

// IgnoredHeader is the header that names the parameters of a query that were not understood, separated by
// commas and escaped as in a query.
const IgnoredHeader = "X-Ignored-Parameters"

// maxUnknown and maxUnknownName bound what an answer repeats of a query: names, and bytes of each.
const (
	maxUnknown     = 20
	maxUnknownName = 100
)

// UnknownParameters returns the names in a query that are not among known, sorted. At most 20 are returned, and
// long ones are cut.
func UnknownParameters(query url.Values, known []string) []string {
	names := []string{}
	for name := range query {
		if slices.Contains(known, name) {
			continue
		}
		if len(name) > maxUnknownName {
			end := maxUnknownName
			for !utf8.RuneStart(name[end]) {
				end--
			}
			name = name[:end]
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names[:min(len(names), maxUnknown)]
}

// IgnoredParameters returns unknown names as the value of IgnoredHeader.
func IgnoredParameters(names []string) string {
	escaped := make([]string, len(names))
	for i, name := range names {
		escaped[i] = url.QueryEscape(name)
	}
	return strings.Join(escaped, ",")
}

// RefuseParameters returns the error of a query with unknown names, nil if there are none.
func RefuseParameters(names, known []string) error {
	if len(names) == 0 {
		return nil
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	takes := "none"
	if len(known) > 0 {
		takes = strings.Join(known, ", ")
	}
	return atalaya.Errorf(atalaya.CodeInvalid, "This route does not know the parameter %s. It takes: %s.", strings.Join(quoted, ", "), takes)
}

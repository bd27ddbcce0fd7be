package alert

import (
	"regexp"
	"slices"
	"strings"
)

// search is a pattern with plain texts, one of which stands in whatever the pattern matches. Most
// bodies hold none of them, and looking for a plain text takes a fiftieth of the time that a pattern
// takes to find nothing.
type search struct {
	pattern *regexp.Regexp
	needs   []string
}

// searchFor makes a search.
func searchFor(pattern string, needs ...string) search {
	return search{regexp.MustCompile(pattern), needs}
}

// possible says whether the pattern may match at all.
func (s search) possible(text string) bool {
	return slices.ContainsFunc(s.needs, func(need string) bool { return strings.Contains(text, need) })
}

func (s search) matches(text string) bool { return s.possible(text) && s.pattern.MatchString(text) }

// first gives the first match with its groups, nil where there is none.
func (s search) first(text string) []string {
	if !s.possible(text) {
		return nil
	}
	return s.pattern.FindStringSubmatch(text)
}

// firstPlaces gives the places of the first match and its groups.
func (s search) firstPlaces(text string) []int {
	if !s.possible(text) {
		return nil
	}
	return s.pattern.FindStringSubmatchIndex(text)
}

// places gives the places of all matches and their groups.
func (s search) places(text string) [][]int {
	if !s.possible(text) {
		return nil
	}
	return s.pattern.FindAllStringSubmatchIndex(text, -1)
}

// replace puts another text in the place of all matches.
func (s search) replace(text string, by func(match string) string) string {
	if !s.possible(text) {
		return text
	}
	return s.pattern.ReplaceAllStringFunc(text, by)
}

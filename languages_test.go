package atalaya_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	heading  = regexp.MustCompile("^#+ ")
	codeCell = regexp.MustCompile("^\\| ((?:[0-9]+ \\| )?`[^|]*`) \\|")
	link     = regexp.MustCompile(`\]\(([^)]+)\)`)
	word     = regexp.MustCompile(`^[^\s=]+`)
)

// marks returns what a page and its translation have to share. shape has the levels of the headings, the first word of
// each line of code, and the code at the start of table rows. links has the targets of links, each once.
func marks(t *testing.T, file string) (shape, links []string) {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	inCode := false
	for line := range strings.Lines(string(page)) {
		switch {
		case strings.HasPrefix(line, "```"):
			inCode = !inCode
			shape = append(shape, "code "+strings.TrimSpace(line))
		case inCode:
			shape = append(shape, word.FindString(line))
		case heading.MatchString(line):
			shape = append(shape, strings.TrimSpace(heading.FindString(line)))
		case codeCell.MatchString(line):
			shape = append(shape, codeCell.FindStringSubmatch(line)[1])
		}
		for _, found := range link.FindAllStringSubmatch(line, -1) {
			target, _, _ := strings.Cut(strings.Replace(found[1], ".es.md", ".md", 1), "#")
			links = append(links, target)
		}
	}
	slices.Sort(links)
	return shape, slices.Compact(links)
}

func TestPagesSayTheSameInBothLanguages(t *testing.T) {
	t.Parallel()
	for english, spanish := range map[string]string{
		"README.md": "README.es.md", "docs/alerts.md": "docs/alerts.es.md", "docs/notifications.md": "docs/notifications.es.md",
		"docs/troubleshooting.md": "docs/troubleshooting.es.md",
	} {
		enShape, enLinks := marks(t, english)
		esShape, esLinks := marks(t, spanish)
		if diff := cmp.Diff(enShape, esShape); diff != "" {
			t.Errorf("%s and %s differ in headings, code or tables (-en +es):\n%s", english, spanish, diff)
		}
		if diff := cmp.Diff(enLinks, esLinks); diff != "" {
			t.Errorf("%s and %s have different links (-en +es):\n%s", english, spanish, diff)
		}
	}
}

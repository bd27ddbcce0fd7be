// Package section keeps marked sections of the docs equal to what tests have seen. Only tests import it.
package section

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Check fails the test unless a section of a page is what the test has seen. If write is true, it writes the section
// instead. The section stands between the comments <!-- name --> and <!-- /name -->. command says how to write it.
func Check(t testing.TB, page, name, seen string, write bool, command string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	kept := regexp.MustCompile(`(?s)<!-- ` + name + ` -->\n.*?<!-- /` + name + ` -->`).FindString(string(text))
	want := "<!-- " + name + " -->\n" + seen + "<!-- /" + name + " -->"
	switch {
	case kept == "":
		t.Fatalf("%s has no section %s", page, name)
	case write:
		if err := os.WriteFile(page, []byte(strings.Replace(string(text), kept, want, 1)), 0o644); err != nil { //nolint:gosec // a page that everybody reads
			t.Fatal(err)
		}
	case kept != want:
		t.Errorf("%s is not what was seen; %s writes it:\n%s\nwant\n%s", page, command, kept, want)
	}
}

package alert

import (
	"testing"
)

// example is a body and what some of its fields are read as. null means that the field is not found. A field that is
// not named may have any value.
type example struct {
	body string
	want want
}

type want map[string]string

const null = "null"

// readExamples reads every body and compares the fields that its example names.
func readExamples(t *testing.T, examples map[string]example) {
	t.Helper()
	for name, e := range examples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := readingMap(t, Read([]byte(e.body)))
			for field, value := range e.want {
				expected := &value
				if value == null {
					expected = nil
				}
				if !sameField(t, field, got[field], expected) {
					t.Errorf("%s = %s, want %s\n%.300q", field, show(got[field]), value, e.body)
				}
			}
		})
	}
}

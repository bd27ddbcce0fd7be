package alert

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"atalaya"
)

// corpusCase is a line of a corpus: a body that people send, and its reading. A field that Expect does not name may
// have any value.
type corpusCase struct {
	ID     string             `json:"id"`
	Body   *string            `json:"body"`
	Base64 string             `json:"body_base64"`
	Expect map[string]*string `json:"expect"`
	Note   string             `json:"note"`
}

func (c corpusCase) bytes(t testing.TB) []byte {
	t.Helper()
	if c.Body != nil {
		return []byte(*c.Body)
	}
	body, err := base64.StdEncoding.DecodeString(c.Base64)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// corpus returns the cases of both files in testdata.
func corpus(t testing.TB) (cases []corpusCase) {
	t.Helper()
	for _, name := range []string{"testdata/alerts-dev.jsonl", "testdata/alerts-dev-2.jsonl"} {
		cases = append(cases, corpusFile(t, name)...)
	}
	return cases
}

func corpusFile(t testing.TB, name string) (cases []corpusCase) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var c corpusCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatalf("%s, line %d: %v", name, len(cases)+1, err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil || len(cases) == 0 {
		t.Fatalf("%s: %d cases, %v", name, len(cases), err)
	}
	return cases
}

// contradicted holds the corpus' labels that the rules contradict, with what the rules say. Alertatron's side is that of
// the first order that is no stop and no target: in text-cmd.alertatron.01, market(side=buy).
var contradicted = map[string]want{"text-cmd.alertatron.01": {"direction": "LONG"}}

func TestEveryBodyOfTheCorpusIsReadAsLabelled(t *testing.T) {
	t.Parallel()
	for _, c := range corpus(t) {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			body := c.bytes(t)
			got := readingMap(t, Read(body))
			for field, want := range c.Expect {
				if says, ok := contradicted[c.ID][field]; ok {
					want = &says
				}
				if !sameField(t, field, got[field], want) {
					t.Errorf("%s = %s, want %s (%s)\n%s", field, show(got[field]), show(want), c.Note, body[:min(len(body), 600)])
				}
			}
		})
	}
}

// readingMap returns the fields of a reading as text, by their names in JSON.
func readingMap(t testing.TB, a atalaya.Alert) map[string]*string {
	t.Helper()
	encoded, err := JSON(a)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(encoded, &all); err != nil {
		t.Fatal(err)
	}
	reading := make(map[string]*string)
	for name, value := range all {
		if text, ok := value.(string); ok {
			reading[name] = &text
		}
	}
	return reading
}

// sameField compares prices by value, times as instants, and everything else byte for byte.
func sameField(t testing.TB, field string, got, want *string) bool {
	t.Helper()
	if got == nil || want == nil {
		return got == want
	}
	switch field {
	case "price":
		return decimal.RequireFromString(*got).Equal(decimal.RequireFromString(*want))
	case "timestamp":
		a, errA := time.Parse(time.RFC3339Nano, *got)
		b, errB := time.Parse(time.RFC3339Nano, *want)
		return errA == nil && errB == nil && a.Equal(b)
	}
	return *got == *want
}

func show(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}

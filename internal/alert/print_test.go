package alert

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAReadingIsPrintedAsOneObject(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"": `{"ticker":null,"exchange":null,"symbol":null,"price":null,"direction":null,"signal_type":null,"indicator_name":null,"chart_id":null,"interval":null,"timestamp":null,"event_kind":null,"stop_price":null,` +
			`"parse_status":"empty","missing":["ticker","price","direction","signal_type","indicator_name","chart_id","interval","timestamp"]}`,
		`{"ticker":"NYSE:KO","price":"61.50","side":"buy","signal":"x","study":"y","chart":"z","tf":"1h","ts":"2024-01-02T03:04:05.250+01:00"}`: `{"ticker":"NYSE:KO","exchange":"NYSE","symbol":"KO",` +
			`"price":"61.50","direction":"LONG","signal_type":"x","indicator_name":"y","chart_id":"z","interval":"60","timestamp":"2024-01-02T02:04:05.25Z","event_kind":"entry","stop_price":null,"parse_status":"json","missing":[]}`,
	} {
		got, err := JSON(Read([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", body, diff)
		}
	}
}

func TestLinesAreReadOneByOne(t *testing.T) {
	t.Parallel()
	in := `{"id":"a","body":"NYSE:KO","more":1}` + "\n\n" + `{"id":7,"body_base64":"Tllt/w=="}` + "\n" + `{"body":""}`
	var out strings.Builder
	if err := ReadLines(strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	var starts []string
	for line := range strings.Lines(out.String()) {
		starts = append(starts, line[:strings.Index(line, `,"exchange"`)])
	}
	if diff := cmp.Diff([]string{`{"id":"a","ticker":"NYSE:KO"`, `{"id":7,"ticker":null`, `{"id":null,"ticker":null`}, starts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnErrorNamesTheLineAndKeepsTheLinesBefore(t *testing.T) {
	t.Parallel()
	const good = `{"id":1,"body":"buy"}` + "\n"
	for line, says := range map[string]string{
		`{"id":2}`:                          "line 2: it has neither body nor body_base64",
		`{"id":2,"body_base64":"*"}`:        "line 2: body_base64: ",
		`buy`:                               "line 2: not a JSON object: ",
		`{"id":2,"body":3}`:                 "line 2: not a JSON object: ",
		`"` + strings.Repeat("x", maxLine):  "line 2: ",
		"\n" + `{"id":2,"body":null}` + "x": "line 3: ",
	} {
		var out strings.Builder
		err := ReadLines(strings.NewReader(good+line), &out)
		if err == nil || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("%.40q: %v, want %q", line, err, says)
		}
		if !strings.HasPrefix(out.String(), `{"id":1,`) {
			t.Errorf("%.40q: the line before was lost: %q", line, out.String())
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("disk full")

func TestAFullDiskIsAnError(t *testing.T) {
	t.Parallel()
	if err := ReadLines(strings.NewReader(`{"body":"buy"}`), full{}); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

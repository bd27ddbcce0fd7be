package tradingview

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestAFileOfNamesChangesWhatItHoldsAndNothingElse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "names.json")
	file := `{"legend": {"series": "[data-row=\"series\"]"}, "api": {"root": "ChartApi"}, "dialogs": {"survey": ".survey"}, "kept_dialogs": ["go-pro"]}`
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	names, changed, err := LoadNames(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"api.root", "dialogs.survey", "kept_dialogs", "legend.series"}; !slices.Equal(changed, want) {
		t.Errorf("changed %q, want %q", changed, want)
	}
	want := DefaultNames()
	want.Legend.Series, want.API.Root, want.KeptDialogs = `[data-row="series"]`, "ChartApi", []string{"go-pro"}
	want.Dialogs["survey"] = ".survey"
	if got, want := encoded(t, names), encoded(t, want); got != want {
		t.Errorf("the names are\n%s\nwant\n%s", got, want)
	}
}

func encoded(t *testing.T, names Names) string {
	t.Helper()
	text, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWithoutAFileTheNamesAreTheDefaultOnes(t *testing.T) {
	t.Parallel()
	names, changed, err := LoadNames("")
	if err != nil || len(changed) != 0 || encoded(t, names) != encoded(t, DefaultNames()) {
		t.Errorf("LoadNames(\"\") = %v, %v, %v", names, changed, err)
	}
}

func TestEveryDefaultNameCanBeGivenByAFile(t *testing.T) {
	t.Parallel()
	names, changed, err := parseNames(namesFile)
	if err != nil {
		t.Fatal(err)
	}
	if encoded(t, names) != encoded(t, DefaultNames()) || len(changed) < 40 {
		t.Errorf("names.json read as a file changes %d names", len(changed))
	}
}

func TestTheErrorSaysHowToMendAFileOfNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, want string }{
		"no JSON":            {`legend: x`, "no JSON object of names"},
		"a list":             {`[1]`, "no JSON object of names"},
		"two objects":        {`{} {}`, "follows the JSON object"},
		"an unknown name":    {`{"legend": {"serie": "x"}}`, "legend.serie is no name; `atalaya tradingview names` prints"},
		"an unknown group":   {`{"menu": {}}`, "menu is no name"},
		"a name for a group": {`{"legend": "x"}`, "legend has to be an object"},
		"a number":           {`{"page": {"chart": 5}}`, "page.chart has to be a string"},
		"no list":            {`{"kept_dialogs": "x"}`, "kept_dialogs has to be a list"},
		"a list of numbers":  {`{"kept_dialogs": [1]}`, "kept_dialogs has to be a list"},
		"an empty name":      {`{"page": {"chart": " "}}`, "page.chart is empty"},
		"a long name":        {`{"page": {"chart": "` + strings.Repeat("x", 1001) + `"}}`, "page.chart has 1001 bytes"},
		"a path in the API":  {`{"api": {"root": "window.Api"}}`, "api.root is \"window.Api\"; it has to be one JavaScript identifier"},
		"code in the API":    {`{"api": {"symbol": "x()"}}`, "api.symbol is \"x()\""},
		"a selector's class": {`{"page": {"authenticated": ".in"}}`, "page.authenticated is \".in\"; it has to be one class name"},
		"an open bracket":    {`{"page": {"chart": "[data-x"}}`, "page.chart is no selector: its '[' has no counterpart"},
		"a closing bracket":  {`{"page": {"chart": "x)"}}`, "its ')' has no counterpart"},
		"an open quote":      {`{"page": {"chart": "[x=\"y]"}}`, "its '\"' has no counterpart"},
		"an expression":      {`{"texts": {"refusal": "("}}`, "texts.refusal is no regular expression"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := parseNames([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestTheErrorOfAFileOfNamesNamesEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, _, err := parseNames([]byte(`{"page": {"chart": "", "chrt": "x"}, "api": {"root": "a.b"}}`))
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("the error is %v, want three lines", err)
	}
}

func TestAFileOfNamesThatIsMissingOrTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, _, err := LoadNames(filepath.Join(dir, "none.json")); err == nil || !strings.Contains(err.Error(), "none.json") {
		t.Errorf("a missing file: %v", err)
	}
	large := filepath.Join(dir, "large.json")
	if err := os.WriteFile(large, []byte(strings.Repeat(" ", maxNamesFile+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := LoadNames(large); err == nil || !strings.Contains(err.Error(), "more than 65536 bytes") {
		t.Errorf("a large file: %v", err)
	}
}

func TestTheSelectorsAreAllNamesButClassesTextsAndTheAPI(t *testing.T) {
	t.Parallel()
	names := DefaultNames()
	names.Dialogs["survey"] = ".survey"
	selectors := names.selectors()
	if selectors["legend.series"] != names.Legend.Series || selectors["dialogs.survey"] != ".survey" || selectors["any_dialog"] != names.AnyDialog {
		t.Errorf("selectors are missing: %v", selectors)
	}
	for _, path := range []string{"page.authenticated", "page.signed_out", "texts.refusal", "api.root"} {
		if _, there := selectors[path]; there {
			t.Errorf("%s is no selector", path)
		}
	}
}

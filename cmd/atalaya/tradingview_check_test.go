package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"atalaya/internal/chartsite"
)

// checkArgs opens the demo's good chart.
var checkArgs = []string{"tradingview", "check", "--demo", "--chart", "Zk4Tq9Lm", "--symbol", "BINANCE:ETHUSDT", "--interval", "15", "--resolution", "720p"}

// readReport reads the report that a check has left, and what it says as text.
func readReport(t *testing.T, dir string) (checkReport, string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "tradingview-report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var report checkReport
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	return report, string(text)
}

func TestACheckOfAGoodChartFindsEverythingAndEndsWithZero(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	printed := program{dir: dir}.run(t, checkArgs...).ok(t)
	holds(t, printed, "steps", "navigate", "names", "found", "legend.series (1, 1 visible)", "missing  nothing", "the page's own picture",
		"% agree at 10,10", "over the charts", `"code":"completed","source":"client"`, "report: ", "picture: ")
	report, text := readReport(t, dir)
	if report.Page == nil || len(report.Missing) != 0 || report.Outcome.Code != "completed" || len(report.Steps) < 4 || !report.Asked.SignedIn {
		t.Errorf("the report is\n%s", text)
	}
	session := chartsite.NewSession("demo")
	for _, secret := range []string{session.ID, session.Sign, "Zk4Tq9Lm"} {
		if strings.Contains(text, secret) || strings.Contains(printed, secret) {
			t.Errorf("%q stands in the report or was printed", secret)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "chart.png")); err != nil {
		t.Error(err)
	}
}

func TestACheckTellsARenamedAttributeAndEndsWithTwo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	names := filepath.Join(dir, "names.json")
	if err := os.WriteFile(names, []byte(`{"legend": {"title": ".renamed"}, "api": {"screenshot": "renamed"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	r := program{dir: dir, env: []string{"TRADINGVIEW_NAMES=" + names}}.run(t, checkArgs...)
	if r.code != statusMend {
		t.Fatalf("the exit status is %d, want %d\n%s", r.code, statusMend, r.err)
	}
	holds(t, r.err, "viewport", "api.screenshot", "legend.title", "docs/tradingview.md")
	report, text := readReport(t, dir)
	if !slices.Equal(report.Missing, []string{"api.screenshot", "legend.title"}) || !slices.Equal(report.Replaced, report.Missing) ||
		report.Outcome.Source != "viewport" {
		t.Errorf("the report is\n%s", text)
	}
}

func TestACheckOfAChartThatIsNotThereReportsItAndEndsWithOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := program{dir: dir}.run(t, "tradingview", "check", "--demo", "--chart", "notfoundA1", "--resolution", "720p")
	r.refused(t, "chart_not_found")
	report, text := readReport(t, dir)
	if r.code != 1 || report.Outcome.Code != "chart_not_found" || report.Detail == "" {
		t.Errorf("status %d; the report is\n%s", r.code, text)
	}
	if _, err := os.Stat(filepath.Join(dir, "chart.png")); err == nil {
		t.Error("a picture was written")
	}
}

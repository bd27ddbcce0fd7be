package atalaya_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"atalaya"
)

// reasons are the values of the constants in capture.go that have a type.
func reasons(t *testing.T, typeName string) (values []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "capture.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == typeName {
			for _, v := range spec.Values {
				text, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, text)
			}
		}
		return true
	})
	return values
}

func TestTheTroubleshootingPageHasTheCureOfEveryReason(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(string(text), "\n## No screenshot\n")
	page, _, _ = strings.Cut(page, "\n## ")
	skipped, failed, _ := strings.Cut(page, "\n`failed` means")
	for status, rows := range map[atalaya.ScreenshotStatus]string{atalaya.ScreenshotSkipped: skipped, atalaya.ScreenshotFailed: failed} {
		values := reasons(t, map[atalaya.ScreenshotStatus]string{atalaya.ScreenshotSkipped: "SkipReason", atalaya.ScreenshotFailed: "CaptureCode"}[status])
		if len(values) < 5 {
			t.Errorf("only %q are found in capture.go", values)
		}
		for _, value := range values {
			if !slices.Contains(atalaya.Reasons(), value) {
				t.Errorf("%s is missing from Reasons", value)
			}
			cure := atalaya.Cure(status, value, "en")
			spanish := atalaya.Cure(status, value, "es")
			if cure == "" || spanish == "" || cure == spanish {
				t.Errorf("%s has the cures %q and %q", value, cure, spanish)
			}
			if got := lastCell(rows, value); got != cure {
				t.Errorf("the page says of %s %q, and the program %q", value, got, cure)
			}
		}
	}
}

// lastCell returns the last cell of the row whose first is a code, without its backticks.
func lastCell(table, code string) string {
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "| `"+code+"` |") {
			cells := strings.Split(strings.Trim(line, "|\n "), " | ")
			return strings.ReplaceAll(cells[len(cells)-1], "`", "")
		}
	}
	return ""
}

func TestACureDependsOnWhetherACaptureWasTried(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{string(atalaya.CaptureTooLate), string(atalaya.CaptureRateLimited)} {
		skipped, failed := atalaya.Cure(atalaya.ScreenshotSkipped, reason, "en"), atalaya.Cure(atalaya.ScreenshotFailed, reason, "en")
		if skipped == failed {
			t.Errorf("%s has one cure for both: %q", reason, skipped)
		}
	}
	if got := atalaya.Cure(atalaya.ScreenshotFailed, "Timeout exceeded", "en"); got != "" {
		t.Errorf("an unknown reason has the cure %q", got)
	}
}

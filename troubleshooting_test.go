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

// reasons returns the values of all constants of a type in capture.go.
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

func TestTheTroubleshootingPagesHaveTheCureOfEveryReason(t *testing.T) {
	t.Parallel()
	for language, page := range map[atalaya.Language]struct{ file, heading, failed string }{
		atalaya.English: {"docs/troubleshooting.md", "\n## No screenshot\n", "\n`failed` means"},
		atalaya.Spanish: {"docs/troubleshooting.es.md", "\n## No hay captura\n", "\n`failed` significa"},
	} {
		text, err := os.ReadFile(page.file)
		if err != nil {
			t.Fatal(err)
		}
		_, part, _ := strings.Cut(string(text), page.heading)
		part, _, _ = strings.Cut(part, "\n## ")
		skipped, failed, _ := strings.Cut(part, page.failed)
		for status, rows := range map[atalaya.ScreenshotStatus]string{atalaya.ScreenshotSkipped: skipped, atalaya.ScreenshotFailed: failed} {
			values := reasons(t, map[atalaya.ScreenshotStatus]string{atalaya.ScreenshotSkipped: "SkipReason", atalaya.ScreenshotFailed: "CaptureCode"}[status])
			if len(values) < 5 {
				t.Errorf("only %q are found in capture.go", values)
			}
			for _, value := range values {
				if !slices.Contains(atalaya.Reasons(), value) {
					t.Errorf("%s is missing from Reasons", value)
				}
				cure := atalaya.Cure(status, value, language)
				if cure == "" || language == atalaya.Spanish && cure == atalaya.Cure(status, value, atalaya.English) {
					t.Errorf("%s has the cure %q in %s", value, cure, language)
				}
				if got := lastCell(rows, value); got != cure {
					t.Errorf("%s gives %s the cure %q, and the program %q", page.file, value, got, cure)
				}
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

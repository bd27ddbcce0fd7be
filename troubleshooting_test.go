package atalaya_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
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

func TestTheTroubleshootingPageExplainsEveryReasonForNoScreenshot(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(string(text), "\n## No screenshot\n")
	skipped, failed, _ := strings.Cut(page, "\n`failed` means")
	for part, values := range map[string][]string{skipped: reasons(t, "SkipReason"), failed: reasons(t, "CaptureCode")} {
		if len(values) < 5 {
			t.Errorf("only %q are found in capture.go", values)
		}
		for _, value := range values {
			if !strings.Contains(part, "`"+value+"`") {
				t.Errorf("%s is not explained", value)
			}
		}
	}
}

package notify

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheDocsExplainEveryCodeInBothLanguages(t *testing.T) {
	t.Parallel()
	for file, heading := range map[string]string{"../../docs/notifications.md": "\n## When nothing arrives\n", "../../docs/notifications.es.md": "\n## Si no llega nada\n"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, table, ok := strings.Cut(string(text), heading)
		if !ok {
			t.Fatalf("%s has no part %q", file, heading)
		}
		for code := range cures("en") {
			if code == "" || strings.HasSuffix(code, "_") {
				continue
			}
			if !strings.Contains(table, "`"+code+"`") {
				t.Errorf("%s does not explain %s", file, code)
			}
		}
	}
}

// brokenCodes returns the codes with which the senders' source calls a channel broken, and Slack's own.
func brokenCodes(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("channel/*.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	add := func(e ast.Expr) {
		if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			code, _ := strconv.Unquote(literal.Value)
			codes[code] = true
		}
	}
	for _, name := range append(files, "desk.go", "drain.go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr: // known(said, "no_service", …)
				if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "known" && name == "channel/slack.go" {
					for _, arg := range n.Args[1:] {
						add(arg)
					}
				}
			case *ast.AssignStmt: // r.Verdict, r.Code = notify.Broken, "gone"
				if len(n.Rhs) == 2 && named(n.Rhs[0], "Broken") {
					add(n.Rhs[1])
				}
			case *ast.CompositeLit:
				addLiteral(n, add)
			}
			return true
		})
	}
	return codes
}

// addLiteral adds the code of Result{Verdict: Broken, Code: "no_token"} and of permanent{status, says, code}.
func addLiteral(n *ast.CompositeLit, add func(ast.Expr)) {
	broken, code := false, ast.Expr(nil)
	for _, e := range n.Elts {
		if field, ok := e.(*ast.KeyValueExpr); ok {
			broken = broken || named(field.Value, "Broken")
			if named(field.Key, "Code") {
				code = field.Value
			}
		}
	}
	if broken && code != nil {
		add(code)
	}
	if len(n.Elts) == 3 && n.Type == nil {
		if _, ok := n.Elts[0].(*ast.SelectorExpr); ok { // http.StatusForbidden
			add(n.Elts[2])
		}
	}
}

func named(e ast.Expr, name string) bool {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name == name
	case *ast.Ident:
		return e.Name == name
	}
	return false
}

func TestEveryCodeThatBreaksAChannelHasACureInBothLanguages(t *testing.T) {
	t.Parallel()
	codes := brokenCodes(t)
	for _, code := range []string{"bad_token", "user_gone", "webhook_gone", "gone", "no_token", "team_disabled", "missing_scope", "not_connected", "secret_unreadable"} {
		if !codes[code] {
			t.Errorf("%s was not found in the source: %v", code, codes)
		}
	}
	for code := range codes {
		if texts := allCures()[code]; texts[0] == "" || texts[1] == "" || texts[0] == texts[1] {
			t.Errorf("%s has the cures %q", code, texts)
		}
	}
}

// marks returns what two translations of a document share: the levels of headings, the rows of tables, the blocks of
// code, and every name in backquotes, in order within each part.
func marks(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "#"):
			list = append(list, strings.Repeat("#", strings.Count(line, "#")))
		case strings.HasPrefix(line, "|"):
			list = append(list, strconv.Itoa(strings.Count(line, "|"))+" cells")
		case strings.HasPrefix(line, "- "):
			list = append(list, "item")
		case strings.HasPrefix(line, "```"):
			list = append(list, "fence")
			continue
		}
		for i, name := range strings.Split(line, "`") {
			if i%2 == 1 {
				list = append(list, name)
			}
		}
	}
	return list
}

func TestTheDocsOfBothLanguagesHaveTheSamePartsTablesAndNames(t *testing.T) {
	t.Parallel()
	en, es := marks(t, "../../docs/notifications.md"), marks(t, "../../docs/notifications.es.md")
	if len(en) < 150 {
		t.Fatalf("only %d marks are read", len(en))
	}
	if diff := cmp.Diff(en, es); diff != "" {
		t.Errorf("docs/notifications.md and docs/notifications.es.md differ (-en +es):\n%s", diff)
	}
}

package notify

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"atalaya"
)

// codesOf are the values of the typed constants of the domain's file about captures.
func codesOf(t *testing.T, types ...string) (codes []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../capture.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); !ok || !slices.Contains(types, name.Name) {
			return true
		}
		for _, v := range spec.Values {
			code, err := strconv.Unquote(v.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, code)
		}
		return true
	})
	return codes
}

func TestEveryReasonForNoPictureHasWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	codes := codesOf(t, "SkipReason", "CaptureCode")
	if len(codes) < 20 {
		t.Fatalf("only %q are found", codes)
	}
	for _, code := range codes {
		en, es := english().reasons[code], spanish().reasons[code]
		if en == "" || es == "" || en == es {
			t.Errorf("%s is %q in English and %q in Spanish", code, en, es)
		}
	}
}

// Some codes of channels have the name of a capture's: a blocked bot is not TradingView's doing.
func TestABrokenChannelsCodeIsNotTakenForACaptures(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{"en": "The reason is blocked.", "es": "El motivo es blocked."} {
		n := atalaya.Notification{ID: "n", Key: atalaya.NoticeKey(atalaya.NoticeChannel, "telegram", "blocked", "1")}
		if got := composeNotice(n, nil, Reader{Language: language}).Plain(); !strings.Contains(got, want) || strings.Contains(got, "TradingView") {
			t.Errorf("%s: %q", language, got)
		}
	}
}

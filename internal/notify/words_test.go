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
func TestTheNoticeOfABrokenChannelNamesTheCureInItsLanguage(t *testing.T) {
	t.Parallel()
	for key, want := range map[string][2]string{
		"telegram:blocked":      {"Open the chat with it in Telegram and press Unblock", "pulsa Desbloquear"},
		"webhook:http_503":      {"with status 503", "con el estado 503"},
		"email:smtp_550":        {"in a row (550)", "seguidos (550)"},
		"slack:of_the_future":   {"refuses messages (of the future)", "rechaza los mensajes (of the future)"},
		"telegram:rate_limited": {"go out by themselves later", "saldrán solos más tarde"},
	} {
		for i, language := range []string{"en", "es"} {
			n := atalaya.Notification{ID: "n", Key: atalaya.NoticeKey(atalaya.NoticeChannel, key, "1")}
			m := composeNotice(n, nil, Reader{Language: language})
			if got := m.Plain(); !strings.Contains(got, want[i]) || strings.Contains(got, "TradingView") {
				t.Errorf("%s in %s: %q", key, language, got)
			}
			if paused := strings.Contains(m.Title, "⏸"); paused != (key == "telegram:rate_limited") || paused != (m.Type == "channel.paused") {
				t.Errorf("%s is told as %s: %q", key, m.Type, m.Title)
			}
		}
	}
}

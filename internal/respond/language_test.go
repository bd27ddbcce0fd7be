package respond

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"atalaya"
)

func TestAProblemIsInTheLanguageThatIsAskedFor(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"": "en", "es": "es", "es-MX,es;q=0.9,en;q=0.8": "es", "en-US,es;q=0.5": "en", "de, es;q=0.4": "es", "de": "en",
		"*": "en", "no header at all": "en", strings.Repeat("es,", 100): "en",
	} {
		r := httptest.NewRequest(http.MethodGet, "/api/signals", nil)
		r.Header.Set("Accept-Language", accept)
		w := httptest.NewRecorder()
		Speak(Adapt(slog.New(slog.DiscardHandler), failing(atalaya.Errorf(atalaya.CodeNotFound, "You have no signal with this id.")))).ServeHTTP(w, r)
		message := map[string]string{"en": "You have no signal with this id.", "es": "No tienes ninguna señal con este id."}[want]
		if h := w.Header(); h.Get("Content-Language") != want || !slices.Contains(h.Values("Vary"), "Accept-Language") {
			t.Errorf("%q: headers %v", accept, h)
		}
		if body := w.Body.String(); !strings.Contains(body, `"error":"not_found"`) || strings.Count(body, message) != 2 || w.Code != http.StatusNotFound {
			t.Errorf("%q: %d %s, want %q as detail and message", accept, w.Code, body, message)
		}
	}
}

func TestASpanishMessageHasTheValuesOfTheEnglishOne(t *testing.T) {
	t.Parallel()
	for english, want := range map[string]string{
		"The filter lets 12 signals through now, not 7. Look at them again. Nothing was changed.":                         "El filtro deja pasar ahora 12 señales, no 7. Vuelve a mirarlas. No se cambió nada.",
		`result: expected value to be one of "pending, win".`:                                                             `result: se esperaba uno de "pending, win".`,
		"limit: expected number <= 200; offset: expected integer.":                                                        "limit: se esperaba un número <= 200; offset: se esperaba un número entero.",
		"id: a signal id is a UUID such as 8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11.":                                         "id: un id de señal es un UUID como 8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11.",
		"default_chart_id: expected string to be up to 32 letters and digits: the part of the chart's URL after /chart/.": "default_chart_id: se esperaba hasta 32 letras y cifras: la parte de la URL del gráfico que sigue a /chart/.",
		"Nobody has translated this 100 %.":                                                                               "Nobody has translated this 100 %.",
	} {
		if got := Say(atalaya.Spanish, english); got != want {
			t.Errorf("%q became %q, want %q", english, got, want)
		}
		if got := Say(atalaya.English, english); got != english {
			t.Errorf("in English it became %q", got)
		}
	}
}

func TestEveryMessageOfTheAPIHasASpanishOne(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, pair := range spanish {
		if known[pair[0]] {
			t.Errorf("%q is listed twice", pair[0])
		}
		known[pair[0]] = true
		if a, b := len(verb.FindAllString(pair[0], -1)), len(verb.FindAllString(pair[1], -1)); a != b {
			t.Errorf("%q has %d values, its Spanish %d", pair[0], a, b)
		}
	}
	for message, where := range messages(t) {
		said := Say(atalaya.Spanish, verb.ReplaceAllString(strings.ReplaceAll(message, "%%", "%"), "7"))
		if !known[message] && said == verb.ReplaceAllString(message, "7") {
			t.Errorf("%s says %q, which has no Spanish in spanish.go", where, message)
		}
	}
}

// silent matches the files whose errors no caller of the API sees: the webhook, whose answers stay English, commands of
// the command line, and doubles.
var silent = regexp.MustCompile(`^(webhook/|tradingview/|auth/authtest/|postgres/(users|secrets|demo)\.go|ingest/ingest\.go)`)

// inner lists messages between packages, which a door replaces with its own.
var inner = []string{
	"the database cannot hold this signal", "another transaction keeps the user's settings locked", "no user has this webhook token", "%s",
	"Too many %s. Try again later.", // spanish.go has one for each value
}

// messages returns the public messages of all calls of Errorf and Wrap, with their files.
func messages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		name := strings.TrimPrefix(filepath.ToSlash(path), "../")
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || silent.MatchString(name) || strings.HasPrefix(name, "test/") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if message, ok := publicMessage(call); ok && !slices.Contains(inner, message) {
					found[message] = name
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 90 {
		t.Fatalf("only %d messages were found", len(found))
	}
	return found
}

// publicMessage returns the literal message of atalaya.Errorf, atalaya.Wrap or auth's refuse.
func publicMessage(call *ast.CallExpr) (string, bool) {
	place := -1
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && x.Name == "atalaya" {
			place = map[string]int{"Errorf": 1, "Wrap": 2}[f.Sel.Name]
		}
	case *ast.Ident:
		if f.Name == "refuse" {
			place = 1
		}
	}
	if place < 1 || place >= len(call.Args) {
		return "", false
	}
	literal, ok := call.Args[place].(*ast.BasicLit)
	if !ok {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}

package webhook_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya"
)

var update = flag.Bool("update", false, "write docs/webhook.md anew")

const docsFile = "../../docs/webhook.md"

const docsIntro = `# The webhook, by example

Every request below was really sent, and every answer is what came back: this page is written by a
test (` + "`go test ./internal/webhook -run Docs -update`" + `), which fails where it is not current. Tokens, ids,
times and measures are replaced by made-up ones. Any body is accepted: [alerts.md](alerts.md) says how
it is read. Every refusal of a known token keeps the alert, with its raw body, in the delivery log.
`

// madeUp replaces values that change from run to run.
var madeUp = []struct {
	form *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`"signal_id": "[^"]+"`), `"signal_id": "22222222-2222-4222-8222-222222222222"`},
	{regexp.MustCompile(`"duration_ms": \d+`), `"duration_ms": 3`},
	{regexp.MustCompile(`"timestamp": "[^"]+"`), `"timestamp": "2026-01-02T03:04:05.678Z"`},
	{regexp.MustCompile(`"resets_at": "[^"]+"`), `"resets_at": "2026-02-01T00:00:00Z"`},
	{regexp.MustCompile(`"request_id": "[^"]+"`), `"request_id": "K2V7QW3M5XJ4TFZB6PNRH2YDLC"`},
}

const exampleToken = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestDocsShowWhatTheWebhookReallyAnswers(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	var page bytes.Buffer
	page.WriteString(docsIntro)
	showAt := func(d *door, title, method, path, body, shown string) {
		a := d.send(method, path, body)
		fmt.Fprintf(&page, "\n## %s\n\n```http\n%s /webhook/%s HTTP/1.1\n", title, method, exampleToken)
		if shown != "" {
			fmt.Fprintf(&page, "\n%s\n", shown)
		}
		answer, err := json.MarshalIndent(a.body, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		text := string(answer)
		for _, m := range madeUp {
			text = m.form.ReplaceAllString(text, m.with)
		}
		fmt.Fprintf(&page, "```\n\n`%d` `%s`\n\n```json\n%s\n```\n", a.status, a.header.Get("Content-Type"), text)
	}
	show := func(title, method, path, body, shown string) { showAt(d, title, method, path, body, shown) }
	path := "/webhook/" + token.Reveal()
	const alert = `{"ticker": "BINANCE:BTCUSDT", "price": 67890.50, "direction": "LONG", "interval": "60"}`
	show("An alert", http.MethodPost, path, alert, alert)
	show("The same alert again", http.MethodPost, path, alert, alert)
	showAt(newDoorWithSpool(t), "An alert while the database is away, with SPOOL_DIR", http.MethodPost, "/webhook/"+known.Reveal(), alert, alert)
	show("Is the webhook active", http.MethodGet, path, "", "")
	d.exec("update trading_signals_config set default_chart_id = null where user_id = $1", user)
	show("Text without a chart", http.MethodPost, path, "Compra en KRAKEN:XRPUSD, precio 0,6123", "Compra en KRAKEN:XRPUSD, precio 0,6123")
	show("A body that is too large", http.MethodPost, path, strings.Repeat("x", atalaya.MaxBody+1), "(65,537 bytes)")
	d.exec("update trading_signals_config set signals_quota = 2 where user_id = $1", user)
	const later = `{"ticker": "BINANCE:BTCUSDT", "price": 67912.00, "direction": "SHORT", "interval": "60"}`
	show("The month is used up", http.MethodPost, path, later, later)
	d.exec("update trading_signals_config set webhook_enabled = false where user_id = $1", user)
	show("The webhook is switched off", http.MethodPost, path, later, later)
	d.exec("update trading_signals_config set webhook_token = 'rotated' where user_id = $1", user)
	show("A token that nobody has, or that was rotated", http.MethodPost, path, alert, alert)

	if *update {
		if err := os.WriteFile(docsFile, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(kept), page.String()); diff != "" {
		t.Errorf("docs/webhook.md is not current; go test ./internal/webhook -run Docs -update writes it anew (-kept +now):\n%s", diff)
	}
}

package alert

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// Each template of docs/alerts.md has two blocks: the message with its placeholders filled in, and its reading.
func TestEveryTemplateOfTheDocsIsReadAsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	_, templates, found := strings.Cut(string(page), "<!-- templates -->")
	templates, _, end := strings.Cut(templates, "<!-- /templates -->")
	if !found || !end {
		t.Fatal("docs/alerts.md has no templates")
	}
	filled := strings.NewReplacer(
		"{{exchange}}", "BINANCE", "{{ticker}}", "BTCUSDT", "{{close}}", "67890.5", "{{interval}}", "15", "{{timenow}}", "2026-01-31T08:00:00Z",
		"{{strategy.order.action}}", "buy", "{{strategy.order.price}}", "67890.5", "{{strategy.order.contracts}}", "0.5",
		"{{strategy.market_position}}", "long", "{{strategy.prev_market_position}}", "flat", "{{strategy.position_size}}", "0.5",
		"{{strategy.market_position_size}}", "0.5", "{{strategy.prev_market_position_size}}", "0", "{{strategy.order.comment}}", "Long entry",
	)
	n := 0
	for _, section := range strings.Split(templates, "\n### ")[1:] {
		name, rest, _ := strings.Cut(section, "\n")
		blocks := fenced(rest)
		if len(blocks) != 2 {
			t.Errorf("%s: %d blocks, want the message and how it is read", name, len(blocks))
			continue
		}
		n++
		var want map[string]string
		if err := json.Unmarshal([]byte(blocks[1]), &want); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := readingMap(t, Read([]byte(filled.Replace(blocks[0]))))
		for field, value := range want {
			if !sameField(t, field, got[field], &value) {
				t.Errorf("%s: %s = %s, want %s", name, field, show(got[field]), value)
			}
		}
	}
	if n < 10 {
		t.Errorf("%d templates", n)
	}
}

// fenced returns the blocks between ``` lines.
func fenced(text string) (blocks []string) {
	for i, part := range strings.Split(text, "```") {
		if i%2 == 1 {
			_, block, _ := strings.Cut(part, "\n")
			blocks = append(blocks, strings.TrimSuffix(block, "\n"))
		}
	}
	return blocks
}

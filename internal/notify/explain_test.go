package notify

import (
	"os"
	"strings"
	"testing"
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
		for code := range explanations() {
			if !strings.Contains(table, "`"+code+"`") {
				t.Errorf("%s does not explain %s", file, code)
			}
		}
	}
}

package api_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// clientDocument is the source of web/client. To refresh both, run this test with -update, then npm --prefix web run
// generate.
const clientDocument = "../../web/client/openapi.json"

func TestTheTypedClientsDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	var document map[string]any
	if err := json.Unmarshal(s.undocumented("/api/openapi.json").must(t, 200).raw, &document); err != nil {
		t.Fatal(err)
	}
	delete(document, "servers")
	withoutExamples(document)
	document["info"].(map[string]any)["version"] = "0.1.0"
	want, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(clientDocument, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(clientDocument)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, want) {
		t.Error("web/client/openapi.json is not current: go test ./internal/api -run TypedClient -update, then npm --prefix web run generate")
	}
}

// withoutExamples removes the examples of a document, which the client's types do not have.
func withoutExamples(v any) {
	switch v := v.(type) {
	case map[string]any:
		if media, ok := v["schema"]; ok && media != nil {
			delete(v, "example")
		}
		for _, inner := range v {
			withoutExamples(inner)
		}
	case []any:
		for _, inner := range v {
			withoutExamples(inner)
		}
	}
}

package webhook_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"

	"atalaya/internal/test/openapi"
	"atalaya/internal/webhook"
)

// documentOf returns a whole document with the door's part of it.
func documentOf(t *testing.T) []byte {
	t.Helper()
	var part map[string]any
	if err := json.Unmarshal(webhook.OpenAPI, &part); err != nil {
		t.Fatal(err)
	}
	schemas := part["schemas"].(map[string]any)
	schemas["Problem"] = map[string]any{"type": "object", "required": []string{"type", "title", "status", "detail", "success", "error", "message"}}
	document, err := json.Marshal(map[string]any{
		"openapi": "3.1.0", "info": map[string]any{"title": "webhook", "version": "1"},
		"tags": part["tags"], "paths": part["paths"], "components": map[string]any{"schemas": schemas},
	})
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestTheDoorsDescriptionIsValidOpenAPI(t *testing.T) {
	t.Parallel()
	if err := openapi.For(t, documentOf(t)).Document(); err != nil {
		t.Error(err)
	}
}

// tidyPath is the path that the document describes; the door takes others for it.
var tidyPath = regexp.MustCompile(`^/webhook/[0-9a-f]{64}$`)

// mustBeDescribed fails the test if the document does not describe an answer to a request with a well-formed path.
// Paths and methods that do not exist are not described.
func (d *door) mustBeDescribed(r *http.Request, w *httptest.ResponseRecorder) {
	d.Helper()
	undescribed := []int{http.StatusNotFound, http.StatusMethodNotAllowed}
	if !tidyPath.MatchString(r.URL.Path) || !slices.Contains([]string{http.MethodGet, http.MethodPost}, r.Method) || slices.Contains(undescribed, w.Code) {
		return
	}
	openapi.For(d, documentOf(d.T)).Answer(d, r, w)
}

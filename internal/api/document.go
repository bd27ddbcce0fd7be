package api

import (
	"context"
	"embed"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"atalaya/internal/respond"
)

//go:embed docs
var docsFiles embed.FS

type factsOutput struct {
	Body struct {
		Service     string `json:"service"`
		Version     string `json:"version"`
		Description string `json:"description"`
		Docs        string `json:"docs" format:"uri"`
		OpenAPI     string `json:"openapi" format:"uri"`
		Health      string `json:"health" format:"uri"`
	}
}

func (s *server) getFacts(context.Context, *struct{}) (*factsOutput, error) {
	out := &factsOutput{}
	out.Body.Service, out.Body.Version = "Atalaya", s.Version
	out.Body.Description = "TradingView alerts, stored as signals with a screenshot of your own chart."
	out.Body.Docs, out.Body.OpenAPI, out.Body.Health = s.PublicURL+"/docs", s.PublicURL+"/api/openapi.json", s.PublicURL+"/health"
	return out, nil
}

// finishDocument corrects what the library writes into the OpenAPI document: its own error type,
// the mux's spelling of the root, answers that are no JSON or have a second status. The document is written
// out once: strangers may ask for it as often as they like.
func (s *server) finishDocument() {
	document := s.api.OpenAPI()
	delete(document.Components.Schemas.Map(), "ErrorModel")
	delete(document.Components.Schemas.Map(), "ErrorDetail")
	document.Paths["/"] = document.Paths["/{$}"]
	delete(document.Paths, "/{$}")
	health := document.Paths["/health"].Get.Responses
	health["503"] = &huma.Response{Description: "Unhealthy: the database does not answer", Content: health["200"].Content}
	stream := document.Paths["/api/signals/stream"].Get
	stream.Description = streamDescription
	stream.Responses["200"] = &huma.Response{
		Description: "OK", Content: map[string]*huma.MediaType{eventType: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	document.Paths["/api/signals/bulk"].Post.Description = bulkDescription
	export := document.Paths["/api/signals/export"].Get
	export.Description = exportDescription
	export.Responses["200"] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{
		"text/csv":         {Schema: &huma.Schema{Type: huma.TypeString}},
		"application/json": {Schema: &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Ref: "#/components/schemas/Signal"}}},
	}}
	if pictures := document.Paths["/pictures/{user_id}/{file}"]; pictures != nil {
		pictures.Get.Responses["200"].Content = map[string]*huma.MediaType{
			"image/png": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}
	}
	written, err := json.Marshal(document)
	if err != nil {
		panic(err) // it is made of our own types
	}
	s.document = written
}

func (s *server) getDocument(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(s.document)))
	_, err := w.Write(s.document)
	return err
}

// docsFile serves one file of the page that shows the document. Everything comes from here: the
// page's policy lets it reach no other host.
func docsFile(name, contentType string) respond.Handler {
	return func(w http.ResponseWriter, _ *http.Request) error {
		body, err := docsFiles.ReadFile("docs/" + name)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Content-Security-Policy", strings.Join([]string{
			"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
			"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
		}, "; "))
		_, err = w.Write(body)
		return err
	}
}

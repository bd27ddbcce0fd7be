package api

import (
	"compress/gzip"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"atalaya/internal/respond"
)

//go:embed docs/*.*
var docsFiles embed.FS

// packedReference is the JavaScript library that shows the OpenAPI document, compressed. A string is served in place;
// bytes would be copied for each request.
//
//go:embed docs/vendor/reference.js.gz
var packedReference string

// referenceTag names the version of the library in docs/vendor.
const referenceTag = `"scalar-1.76.0"`

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
	addExamples(document)
	written, err := json.Marshal(document)
	if err == nil {
		written, err = mergePaths(written, s.Paths)
	}
	if err != nil {
		panic(err) // it is made of our own types
	}
	s.document = written
}

// mergePaths adds the paths, schemas and tags of another door to a document; paths may be nil.
func mergePaths(document, paths []byte) ([]byte, error) {
	if paths == nil {
		return document, nil
	}
	var whole, added struct {
		OpenAPI    string                     `json:"openapi,omitempty"`
		Info       json.RawMessage            `json:"info,omitempty"`
		Servers    json.RawMessage            `json:"servers,omitempty"`
		Tags       []json.RawMessage          `json:"tags"`
		Paths      map[string]json.RawMessage `json:"paths"`
		Schemas    map[string]json.RawMessage `json:"schemas,omitempty"`
		Components map[string]json.RawMessage `json:"components,omitempty"`
	}
	if err := errors.Join(json.Unmarshal(document, &whole), json.Unmarshal(paths, &added)); err != nil {
		return nil, err
	}
	schemas := map[string]json.RawMessage{}
	if err := json.Unmarshal(whole.Components["schemas"], &schemas); err != nil {
		return nil, err
	}
	maps.Copy(schemas, added.Schemas)
	maps.Copy(whole.Paths, added.Paths)
	whole.Tags = append(added.Tags, whole.Tags...)
	var err error
	if whole.Components["schemas"], err = json.Marshal(schemas); err != nil {
		return nil, err
	}
	return json.Marshal(whole)
}

//go:embed examples.json
var examples []byte

// example is a request that docs_test.go sent, and what came back, by status.
type example struct {
	Request json.RawMessage            `json:"request,omitempty"`
	Answers map[string]json.RawMessage `json:"answers"`
}

// addExamples gives operations the examples of docs/api.md.
func addExamples(document *huma.OpenAPI) {
	var kept map[string]example
	if err := json.Unmarshal(examples, &kept); err != nil {
		panic(err) // the file is embedded
	}
	for path, item := range document.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			found := kept[op.Method+" "+path]
			if media := jsonOf(op.RequestBody); media != nil && found.Request != nil {
				media.Example = found.Request
			}
			for status, answer := range found.Answers {
				for mediaType, media := range op.Responses[status].Content {
					if strings.HasSuffix(mediaType, "json") {
						copied := *media // refusals share theirs
						copied.Example = answer
						op.Responses[status].Content[mediaType] = &copied
					}
				}
			}
		}
	}
}

// jsonOf returns the JSON form of a request's body, or nil.
func jsonOf(body *huma.RequestBody) *huma.MediaType {
	if body == nil {
		return nil
	}
	return body.Content["application/json"]
}

func (s *server) getDocument(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(s.document)))
	_, err := w.Write(s.document)
	return err
}

// docsPolicy is the content security policy of the page that shows the document: its own files, and requests to
// this service. The page makes its styles itself, so inline ones are allowed.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsFile serves one file of the page that shows the document.
func docsFile(name, contentType string) respond.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Content-Security-Policy", docsPolicy)
		http.ServeFileFS(w, r, docsFiles, "docs/"+name)
		return nil
	}
}

// reference serves the library that shows the document. Every browser takes it compressed; for other clients it is
// unpacked.
func reference(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", referenceTag)
	h.Add("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(packedReference))
		return nil
	}
	plain, err := gzip.NewReader(strings.NewReader(packedReference))
	if err != nil {
		return err
	}
	_, err = io.Copy(w, plain)
	return err
}

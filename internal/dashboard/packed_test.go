package dashboard

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestFilesOfThePageAreSentCompressedToClientsThatAcceptIt(t *testing.T) {
	t.Parallel()
	script := strings.Repeat("console.log('a line of the page');\n", 300)
	p, err := newPages(Options{Sessions: NoSignIn{}}, fstest.MapFS{
		"page/built/index.html": {Data: []byte("<!doctype html>")}, "page/built/assets/a.js": {Data: []byte(script)},
		"page/built/assets/tiny.js": {Data: []byte("1")}, "page/built/icon.png": {Data: []byte(script)},
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(path, accepts string) *http.Response {
		recorder, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", accepts)
		if err := p.serve(recorder, r); err != nil {
			t.Fatal(err)
		}
		return recorder.Result()
	}
	for range 2 {
		answer := ask("/app/assets/a.js", "br, gzip")
		if answer.Header.Get("Content-Encoding") != "gzip" || answer.ContentLength >= int64(len(script)) || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/javascript") ||
			!strings.Contains(answer.Header.Get("Cache-Control"), "immutable") {
			t.Fatalf("sent as %v, %d bytes", answer.Header, answer.ContentLength)
		}
		plain, err := gzip.NewReader(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(plain); err != nil || string(got) != script {
			t.Errorf("unpacked to %d bytes: %v", len(got), err)
		}
	}
	for path, want := range map[string]string{"/app/assets/a.js": script, "/app/assets/tiny.js": "1", "/app/icon.png": script} {
		accepts := "gzip"
		if path == "/app/assets/a.js" {
			accepts = ""
		}
		answer := ask(path, accepts)
		got, err := io.ReadAll(answer.Body)
		if err != nil || string(got) != want || answer.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s is sent as %v: %v", path, answer.Header, err)
		}
	}
	if vary := ask("/app/assets/a.js", "").Header.Get("Vary"); vary != "Accept-Encoding" {
		t.Errorf("a cache is not told that the file has two forms: Vary %q", vary)
	}
	if answer := ask("/app/assets/gone.js", "gzip"); answer.StatusCode != http.StatusNotFound || answer.Header.Get("Content-Encoding") != "" {
		t.Errorf("a file that is not there: %d %v", answer.StatusCode, answer.Header)
	}
}

package chartsite

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestWithoutTheChartLibraryThePageNamesTheCommandThatBringsIt(t *testing.T) {
	t.Parallel()
	site, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	site.assets = fstest.MapFS{} // as in a clone where nothing was built yet
	answer := httptest.NewRecorder()
	site.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/chart/public/", nil))
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "npm --prefix web/chartsite run build") {
		t.Errorf("the page answers %d:\n%s", answer.Code, answer.Body)
	}
}

package app_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"atalaya/internal/app"
	"atalaya/internal/test/testkit"
)

// operatorToken opens the operator's door of a test.
const operatorToken = "a token of the operator's of this test"

func TestABrowserSignsInToTheOperatorsDoorAndSeesRiversPage(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	address := "127.0.0.1:" + testkit.FreePort(t)
	s := run(t, testkit.Settings(t, pool, map[string]string{"ADMIN_TOKEN": operatorToken, "ADMIN_ADDR": address, "TRADINGVIEW_URL": startSite(t)}))
	defer s.stop(t)
	// A job of a kind without a worker stays where it is.
	var job int64
	if err := pool.QueryRow(t.Context(), "insert into river.river_job (args, kind, queue, max_attempts) values ('{}', 'left_for_the_operator', 'elsewhere', 3) returning id").Scan(&job); err != nil {
		t.Fatal(err)
	}
	camera, err := app.NewCamera(app.CameraOptions{Site: "http://" + address, Timeout: patience, Sandbox: app.SandboxFor("on", "http://"+address)}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer camera.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	page, err := camera.EmptyPage(ctx, 1280, 720)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	shows := func(expression string) func() bool {
		return func() bool {
			var ok bool
			return page.Eval(ctx, expression, &ok) == nil && ok
		}
	}
	if _, err := page.Navigate(ctx, "http://"+address+"/river/jobs?state=available"); err != nil {
		t.Fatal(err)
	}
	s.await(t, "a stranger is led to the page for signing in", shows(`location.pathname === "/sign-in"`))
	if err := page.Eval(ctx, `(document.querySelector("#token").value = `+strconv.Quote(operatorToken)+`, document.querySelector("form").submit(), true)`, new(bool)); err != nil {
		t.Fatal(err)
	}
	s.await(t, "the first page is shown", shows(`document.querySelector("h1")?.textContent === "Overview"`))
	if status, err := page.Navigate(ctx, "http://"+address+"/river/jobs?state=available"); err != nil || status != http.StatusOK {
		t.Fatalf("River's page answers %d: %v", status, err)
	}
	s.await(t, "River's page lists the job", shows(`document.body.innerText.includes("left_for_the_operator")`))
	if strings.Contains(s.log.String(), operatorToken) {
		t.Error("the token is in the log")
	}

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/admin/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+operatorToken)
	answer, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var metrics struct {
		Success  bool
		Capacity struct{ MaxConcurrency, MaxBrowsers int }
	}
	if err := json.NewDecoder(answer.Body).Decode(&metrics); err != nil || !metrics.Success || metrics.Capacity.MaxConcurrency != 2 || metrics.Capacity.MaxBrowsers != 1 {
		t.Errorf("/admin/metrics answers %d %+v: %v", answer.StatusCode, metrics, err)
	}
	for _, public := range []string{"/admin/metrics", "/river/"} {
		if status, _, err := s.call(http.MethodGet, public, nil); err != nil || status != http.StatusNotFound {
			t.Errorf("the public door answers %s with %d: %v", public, status, err)
		}
	}
}

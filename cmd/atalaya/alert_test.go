package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atalaya/internal/test/testkit"

	"atalaya"
)

const anAlert = `{"ticker":"BINANCE:BTCUSDT","price":67890.50,"direction":"LONG"}`

func TestAlertReadPrintsHowABodyIsRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "alert.json")
	if err := os.WriteFile(file, []byte(anAlert), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]ran{
		"standard input": program{stdin: anAlert}.run(t, "alert", "read"),
		"a dash":         program{stdin: anAlert}.run(t, "alert", "read", "-"),
		"a file":         program{}.run(t, "alert", "read", file),
		"a content type": program{stdin: anAlert}.run(t, "alert", "read", "--content-type", "text/plain"),
	} {
		var reading struct {
			Ticker, Exchange, Symbol, Price, Direction string
			ParseStatus                                string `json:"parse_status"`
		}
		if err := json.Unmarshal([]byte(r.ok(t)), &reading); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if reading.Symbol != "BTCUSDT" || reading.Price != "67890.50" || reading.Direction != "LONG" || reading.ParseStatus != "json" {
			t.Errorf("%s: the body is read as %+v", name, reading)
		}
	}
}

func TestAlertReadReadsByOwnNames(t *testing.T) {
	t.Parallel()
	names := filepath.Join(t.TempDir(), "names.json")
	if err := os.WriteFile(names, []byte(`{"ticker":["s"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	holds(t, program{stdin: `{"s":"KO"}`}.run(t, "alert", "read", "--names", names).ok(t), `"ticker":"KO"`)
	holds(t, program{stdin: `{"id":1,"body":"{\"s\":\"KO\"}"}`}.run(t, "alert", "read", "--names", names, "--jsonl").ok(t), `"ticker":"KO"`)
	if err := os.WriteFile(names, []byte(`{"volume":["v"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	program{stdin: "x"}.run(t, "alert", "read", "--names", names).refused(t, "volume")
	program{stdin: "x"}.run(t, "alert", "read", "--names", "/nonexistent").refused(t, "/nonexistent")
}

func TestAlertReadReadsManyBodies(t *testing.T) {
	t.Parallel()
	lines := `{"id":1,"body":"{\"ticker\":\"AAPL\"}"}` + "\n\n" + `{"id":"b","body_base64":"e30="}` + "\n"
	out := program{stdin: lines}.run(t, "alert", "read", "--jsonl").ok(t)
	printed := strings.Split(strings.TrimSpace(out), "\n")
	if len(printed) != 2 {
		t.Fatalf("%d lines, want one for each body:\n%s", len(printed), out)
	}
	holds(t, printed[0], `"id":1,`, `"ticker":"AAPL"`)
	holds(t, printed[1], `"id":"b",`, `"ticker":null`)
}

func TestAlertReadNamesTheBadLineAndPrintsTheOnesBefore(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"{", `{"id":2}`, `{"id":2,"body_base64":"???"}`} {
		r := program{stdin: `{"id":1,"body":"x"}` + "\n" + bad + "\n"}.run(t, "alert", "read", "--jsonl")
		r.refused(t, "line 2")
		holds(t, r.out, `"id":1,`)
	}
}

func TestAlertReadRefusesWhatTheWebhookWould(t *testing.T) {
	t.Parallel()
	program{stdin: strings.Repeat("x", atalaya.MaxBody)}.run(t, "alert", "read").ok(t)
	program{stdin: strings.Repeat("x", atalaya.MaxBody+1)}.run(t, "alert", "read").refused(t, "64 KiB", "413")
	program{}.run(t, "alert", "read", "/nonexistent").refused(t, "/nonexistent")
}

func TestAlertSendSaysWhyItFailedAndKeepsTheTokenToItself(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"message":"The token is not valid."}`))
	}))
	t.Cleanup(server.Close)
	for address, why := range map[string]string{
		server.URL: "answered 401", "http://127.0.0.1:" + testkit.FreePort(t): "is the service running there?",
	} {
		r := program{stdin: anAlert}.run(t, "alert", "send", "--url", address+"/webhook/s3cret")
		r.refused(t, why)
		if strings.Contains(r.out+r.err, "s3cret") {
			t.Errorf("the webhook token is printed: %s%s", r.out, r.err)
		}
	}
}

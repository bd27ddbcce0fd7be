package main

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/chartsite"
	"atalaya/internal/secret"
	"atalaya/internal/test/testkit"
)

// checkArgs opens the demo's good chart.
var checkArgs = []string{"tradingview", "check", "--demo", "--chart", "Zk4Tq9Lm", "--symbol", "BINANCE:ETHUSDT", "--interval", "15", "--resolution", "720p"}

// readReport returns the report that a check has written, also as text.
func readReport(t *testing.T, dir string) (checkReport, string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "tradingview-report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var report checkReport
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	return report, string(text)
}

func TestACheckOfAGoodChartFindsEverythingAndEndsWithZero(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	printed := program{dir: dir}.run(t, checkArgs...).ok(t)
	holds(t, printed, "steps", "navigate", "names", "found", "legend.series (1, 1 visible)", "missing  nothing", "the page's own picture",
		"% agree at 10,10", "over the charts", `"code":"completed","source":"client"`, "report: ", "picture: ")
	report, text := readReport(t, dir)
	if report.Page == nil || len(report.Missing) != 0 || report.Outcome.Code != "completed" || len(report.Steps) < 4 || !report.Asked.SignedIn {
		t.Errorf("the report is\n%s", text)
	}
	session := chartsite.NewSession("demo")
	for _, secret := range []string{session.ID, session.Sign, "Zk4Tq9Lm"} {
		if strings.Contains(text, secret) || strings.Contains(printed, secret) {
			t.Errorf("%q is in the report or was printed", secret)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "chart.png")); err != nil {
		t.Error(err)
	}
}

func TestACheckNamesARenamedAttributeAndEndsWithTwo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	names := filepath.Join(dir, "names.json")
	if err := os.WriteFile(names, []byte(`{"legend": {"title": ".renamed"}, "api": {"screenshot": "renamed"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	r := program{dir: dir, env: []string{"TRADINGVIEW_NAMES=" + names}}.run(t, checkArgs...)
	if r.code != statusMend {
		t.Fatalf("the exit status is %d, want %d\n%s", r.code, statusMend, r.err)
	}
	holds(t, r.err, "viewport", "api.screenshot", "legend.title", "docs/tradingview.md")
	report, text := readReport(t, dir)
	if !slices.Equal(report.Missing, []string{"api.screenshot", "legend.title"}) || !slices.Equal(report.Replaced, report.Missing) ||
		report.Outcome.Source != "viewport" {
		t.Errorf("the report is\n%s", text)
	}
}

func TestACheckOfAChartThatIsNotThereReportsItAndEndsWithOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := program{dir: dir}.run(t, "tradingview", "check", "--demo", "--chart", "notfoundA1", "--resolution", "720p")
	r.refused(t, "chart_not_found")
	report, text := readReport(t, dir)
	if r.code != 1 || report.Outcome.Code != "chart_not_found" || report.Detail == "" {
		t.Errorf("status %d; the report is\n%s", r.code, text)
	}
	if _, err := os.Stat(filepath.Join(dir, "chart.png")); err == nil {
		t.Error("a picture was written")
	}
}

func TestACheckTakesTheCookiesOfAUsersRow(t *testing.T) {
	t.Parallel()
	site, err := chartsite.New(chartsite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site.Handler())
	t.Cleanup(func() { site.Close(); server.Close() })
	pool := testkit.Database(t)
	settings := goodSettings(t, pool.Config().ConnString())
	settings["TRADINGVIEW_URL"] = server.URL
	p := withSettings(t, settings)
	args := []string{"tradingview", "check", "--chart", "Zk4Tq9Lm", "--resolution", "720p", "--user"}

	user, session := testkit.User(t, pool), chartsite.NewSession("check")
	p.run(t, append(args, string(user))...).refused(t, "has no TradingView cookies stored")
	storeSession(t, pool, settings["ENCRYPTION_KEY"], user, session)
	printed := p.run(t, append(args, string(user))...).ok(t)
	holds(t, printed, `"code":"completed","source":"client"`)
	report, text := readReport(t, p.dir)
	if !report.Asked.SignedIn {
		t.Errorf("the report is\n%s", text)
	}
	for _, secret := range []string{session.ID, session.Sign, "Zk4Tq9Lm"} {
		if strings.Contains(text, secret) || strings.Contains(printed, secret) {
			t.Errorf("%q is in the report or was printed", secret)
		}
	}
	// The account is given back: the next check need not wait for its lease to end.
	p.run(t, append(args, string(user))...).ok(t)

	site.Expire(session)
	p.run(t, append(args, string(user))...).refused(t, "session_expired")
	p.run(t, append(args, "nobody@example.com")...).refused(t, "nobody@example.com")
}

// storeSession seals a session for a user with a key, and stores it.
func storeSession(t *testing.T, pool *pgxpool.Pool, key string, user atalaya.UserID, session atalaya.TVSession) {
	t.Helper()
	parsed, err := secret.ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	keyring := secret.NewKeyring(parsed)
	id, err := keyring.Seal(user, atalaya.ColumnSessionID, session.ID)
	if err != nil {
		t.Fatal(err)
	}
	sign, err := keyring.Seal(user, atalaya.ColumnSessionSign, session.Sign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "update public.trading_signals_config set tv_sessionid = $2, tv_sessionid_sign = $3 where user_id = $1", string(user), id, sign); err != nil {
		t.Fatal(err)
	}
}

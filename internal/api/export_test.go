package api_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func TestAnExportHoldsEverySignalOnceAndIsSafeInASpreadsheet(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice, mallory := s.user("alice@example.com"), s.user("mallory@example.com")
	s.signal(mallory, "BINANCE:ETHUSDT")
	s.exec(`insert into public.trading_signals (user_id, ticker, notes, tags, profit_loss, "timestamp", created_at, screenshot_status)
		select $1, 'T' || n, '=HYPERLINK("http://x","a,b;c")' || E'\nnext', array['-x', 'y'], -1.50, '2026-11-01T05:30:00Z', now() - n * interval '1 second', 'skipped'
		from generate_series(1, 450) n`, alice.id)
	s.call(alice, "PUT", "/api/config", `{"preferred_timezone":"America/New_York"}`).must(t, 200)

	table := func(query string, comma rune) [][]string {
		got := s.call(alice, "GET", "/api/signals/export"+query, "").must(t, 200)
		text, marked := strings.CutPrefix(string(got.raw), "\ufeff")
		if marked != strings.Contains(query, "excel") || !strings.HasSuffix(text, "\r\n") || !strings.HasPrefix(got.header.Get("Content-Disposition"), `attachment; filename="atalaya-signals-`) {
			t.Errorf("%s: %q… %v", query, text[:20], got.header)
		}
		reader := csv.NewReader(strings.NewReader(text))
		reader.Comma = comma
		rows, err := reader.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows := table("", ',')
	at := func(name string) int { return slices.Index(rows[0], name) }
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		seen[row[at("ticker")]] = true
		if row[at("notes")] != "'=HYPERLINK(\"http://x\",\"a,b;c\")\nnext" || row[at("tags")] != "'-x;y" || row[at("profit_loss")] != "-1.50" ||
			row[at("timestamp")] != "2026-11-01T01:30:00-04:00" || row[at("exit_price")] != "" {
			t.Fatalf("row %q", row)
		}
	}
	if len(seen) != 450 || len(rows) != 451 {
		t.Errorf("%d rows of %d signals", len(rows), len(seen))
	}
	if spanish := table("?dialect=excel-es&columns=profit_loss,ticker&ticker=T7", ';'); fmt.Sprint(spanish) != "[[profit_loss ticker] [-1,50 T7]]" {
		t.Errorf("spanish: %q", spanish)
	}

	var signals []map[string]any
	r := httptest.NewRequest(http.MethodGet, publicURL+"/api/signals/export?format=json", nil)
	r.Header.Set("Authorization", "Bearer "+alice.token)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), &signals); err != nil || len(signals) != 450 || signals[0]["ticker"] != "T1" {
		t.Errorf("%d signals: %v", len(signals), err)
	}
	s.wrong(alice, "GET", "/api/signals/export?columns=tv_sessionid", "").refused(t, 422, "invalid_request", "columns")
}

package api_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// trades stores signals of a user: a long and a short trade around changes of New York's clocks, one without an end, a
// hostile one, and four that are no trades.
func (s *stack) trades(user account) {
	s.exec(`insert into public.trading_signals (user_id, ticker, symbol, direction, entry_price, exit_price, profit_loss, stop_price, notes, "timestamp", closed_at, created_at, origin, screenshot_status)
		select $1::uuid, x.*, now() - row_number() over () * interval '1 minute', 'alert', 'skipped' from (values
		('NASDAQ:AAPL', 'AAPL', 'LONG', 150.50, 151.125, 62.5, 149, 'ok', '2026-11-01T05:59:59Z'::timestamptz, '2026-11-01T06:00:01Z'::timestamptz),
		('BINANCE:BTCUSDT', 'BTCUSDT', 'SHORT', 64250.123456789012345678901234567891, 64000, null, null, null, '2026-03-08T06:59:59Z', '2026-03-08T07:00:00Z'),
		('EURUSD', null, 'LONG', 1.1, 1.2, null, null, null, '2026-07-01T12:00:00Z', null),
		(null, '=cmd|''/c calc''!A1', 'LONG', -1, 0, -5, null, '@SUM(1),"x"' || E'\r\nnext', '2026-07-01T12:00:00Z', null),
		(null, null, 'LONG', 1, 2, null, null, null, now(), null), ('A', 'A', null, 1, 2, null, null, null, now(), null),
		('A', 'A', 'LONG', null, 2, null, null, null, now(), null), ('A', 'A', 'LONG', 1, null, null, null, null, now(), null)) x`, user.id)
	s.exec(`insert into public.trading_signals (user_id, ticker, symbol, direction, entry_price, exit_price, origin, screenshot_status)
		values ($1, 'A', 'A', 'LONG', 1, 2, 'test', 'skipped'), ($1, 'A', 'A', 'LONG', 1, 2, 'demo', 'skipped')`, user.id)
}

func TestATradingJournalGetsItsOwnColumns(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice, mallory := s.user("alice@example.com"), s.user("mallory@example.com")
	s.trades(alice)
	s.trades(mallory)
	rest := func(signed string) string {
		return "0,0,0,0,0,0,0," + signed + "," + signed + ",,,"
	}
	for dialect, want := range map[string]string{
		"tradervue": `Date,Time,Symbol,Quantity,Price,Side
11/01/2026,01:59:59,AAPL,2.5,150.50,Buy
11/01/2026,01:00:01,AAPL,2.5,151.125,Sell
03/08/2026,01:59:59,BTCUSDT,2.5,64250.123456789012345678901234567891,Sell
03/08/2026,03:00:00,BTCUSDT,2.5,64000,Buy
07/01/2026,08:00:00,EURUSD,2.5,1.1,Buy
07/01/2026,08:00:00,EURUSD,2.5,1.2,Sell
07/01/2026,08:00:00,'=cmd|'/c calc'!A1,2.5,-1,Buy
07/01/2026,08:00:00,'=cmd|'/c calc'!A1,2.5,0,Sell
`,
		"tradetally": `Symbol,Quantity,Entry Price,Side,Exit Price,Entry Date,Exit Date,P&L,Commission,Fees,Notes,Stop Loss,Take Profit
AAPL,2.5,150.50,long,151.125,2026-11-01 01:59:59,2026-11-01 01:00:01,62.5,,,ok,149,
BTCUSDT,2.5,64250.123456789012345678901234567891,short,64000,2026-03-08 01:59:59,2026-03-08 03:00:00,,,,,,
EURUSD,2.5,1.1,long,1.2,2026-07-01 08:00:00,2026-07-01 08:00:00,,,,,,
'=cmd|'/c calc'!A1,2.5,-1,long,0,2026-07-01 08:00:00,2026-07-01 08:00:00,-5,,,"'@SUM(1),""x""
next",,
`,
		"tradenote": `Account,T/D,S/D,Currency,Type,Side,Symbol,Qty,Price,Exec Time,Comm,SEC,TAF,NSCC,Nasdaq,ECN Remove,ECN Add,Gross Proceeds,Net Proceeds,Clr Broker,Liq,Note
atalaya,11/01/2026,11/01/2026,,stock,B,AAPL,2.5,150.50,01:59:59,` + rest("-376.250") + `
atalaya,11/01/2026,11/01/2026,,stock,S,AAPL,2.5,151.125,01:00:01,` + rest("377.8125") + `
atalaya,03/08/2026,03/08/2026,,stock,SS,BTCUSDT,2.5,64250.123456789012345678901234567891,01:59:59,` + rest("160625.3086419725308641972530864197275") + `
atalaya,03/08/2026,03/08/2026,,stock,BC,BTCUSDT,2.5,64000,03:00:00,` + rest("-160000.0") + `
atalaya,07/01/2026,07/01/2026,,stock,B,EURUSD,2.5,1.1,08:00:00,` + rest("-2.75") + `
atalaya,07/01/2026,07/01/2026,,stock,S,EURUSD,2.5,1.2,08:00:00,` + rest("3.00") + `
atalaya,07/01/2026,07/01/2026,,stock,B,'=cmd|'/c calc'!A1,2.5,-1,08:00:00,` + rest("2.5") + `
atalaya,07/01/2026,07/01/2026,,stock,S,'=cmd|'/c calc'!A1,2.5,0,08:00:00,` + rest("0.0") + `
`,
	} {
		got := s.call(alice, "GET", "/api/signals/export?quantity=2.5&tz=America/New_York&dialect="+dialect, "").must(t, 200)
		text := string(got.raw)
		if strings.Count(text, "\n") != strings.Count(text, "\r\n") || !strings.HasSuffix(text, "\r\n") {
			t.Errorf("%s: lines do not all end in CRLF: %q", dialect, text)
		}
		if diff := cmp.Diff(want, strings.ReplaceAll(text, "\r\n", "\n")); diff != "" {
			t.Errorf("%s: %s", dialect, diff)
		}
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Errorf("%s: %v", dialect, err)
		}
		perTrade := 2
		if dialect == "tradetally" {
			perTrade = 1
		}
		if written := got.header.Get("X-Signals-Written"); fmt.Sprint((len(rows)-1)/perTrade) != written || written != "4" || got.header.Get("X-Signals-Left-Out") != "6" {
			t.Errorf("%s: %d rows, %s written, %s left out", dialect, len(rows)-1, written, got.header.Get("X-Signals-Left-Out"))
		}
	}
	few := s.call(alice, "GET", "/api/signals/export?dialect=tradervue&tz=Asia/Tokyo&ticker=EURUSD", "").must(t, 200)
	if want := "07/01/2026,21:00:00,EURUSD,1,1.1,Buy"; !strings.Contains(string(few.raw), want) || few.header.Get("X-Signals-Left-Out") != "0" {
		t.Errorf("%s, %v; want %s", few.raw, few.header, want)
	}
	for query, hint := range map[string]string{"quantity=0": "quantity", "quantity=-1": "quantity", "quantity=x": "quantity", "format=json": "dialect", "columns=ticker": "dialect"} {
		s.wrong(alice, "GET", "/api/signals/export?dialect=tradervue&"+query, "").refused(t, 422, "invalid_request", hint)
	}
}

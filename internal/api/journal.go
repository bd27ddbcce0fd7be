package api

import (
	"io"
	"time"

	"github.com/shopspring/decimal"

	"atalaya"
)

// journal is a trading journal's own form of a table of trades.
type journal struct {
	columns []string
	rows    func(t trade) [][]string // of one trade
}

// trade is a signal as journals know it.
type trade struct {
	signal
	symbol        string
	entered, left time.Time
	quantity      decimal.Decimal
}

// journals are the dialects for journals, with the columns that each one imports.
var journals = map[string]journal{
	"tradervue":  {[]string{"Date", "Time", "Symbol", "Quantity", "Price", "Side"}, tradervueRows},
	"tradetally": {[]string{"Symbol", "Quantity", "Entry Price", "Side", "Exit Price", "Entry Date", "Exit Date", "P&L", "Commission", "Fees", "Notes", "Stop Loss", "Take Profit"}, tradetallyRows},
	"tradenote": {[]string{"Account", "T/D", "S/D", "Currency", "Type", "Side", "Symbol", "Qty", "Price", "Exec Time", "Comm", "SEC", "TAF", "NSCC",
		"Nasdaq", "ECN Remove", "ECN Add", "Gross Proceeds", "Net Proceeds", "Clr Broker", "Liq", "Note"}, tradenoteRows},
}

// usDate is how journals write days.
const usDate = "01/02/2006"

// execution is one of the two ends of a trade.
type execution struct {
	at    time.Time
	price decimal.Decimal
	buys  bool
}

func (t trade) executions() [2]execution {
	long := *t.Direction == string(atalaya.Long)
	return [2]execution{{t.entered, t.EntryPrice.Decimal, long}, {t.left, t.ExitPrice.Decimal, !long}}
}

func tradervueRows(t trade) (rows [][]string) {
	for _, e := range t.executions() {
		side := "Sell"
		if e.buys {
			side = "Buy"
		}
		rows = append(rows, []string{e.at.Format(usDate), e.at.Format(time.TimeOnly), t.symbol, plain(t.quantity), plain(e.price), side})
	}
	return rows
}

func tradetallyRows(t trade) [][]string {
	side, notes := "short", ""
	if t.executions()[0].buys {
		side = "long"
	}
	if t.Notes != nil {
		notes = harmless(*t.Notes)
	}
	return [][]string{{
		t.symbol, plain(t.quantity), plain(t.EntryPrice.Decimal), side, plain(t.ExitPrice.Decimal),
		t.entered.Format(time.DateTime), t.left.Format(time.DateTime), plainOrEmpty(t.ProfitLoss), "", "", notes, plainOrEmpty(t.StopPrice), "",
	}}
}

// tradenoteRows are executions: B and S of a long trade, SS and BC of a short one. What a sale brings in is
// positive. No fees are known.
func tradenoteRows(t trade) (rows [][]string) {
	long := t.executions()[0].buys
	for _, e := range t.executions() {
		side, proceeds := "S", e.price.Mul(t.quantity)
		switch {
		case e.buys && long:
			side = "B"
		case e.buys:
			side = "BC"
		case !long:
			side = "SS"
		}
		if e.buys {
			proceeds = proceeds.Neg()
		}
		day := e.at.Format(usDate)
		rows = append(rows, []string{"atalaya", day, day, "", "stock", side, t.symbol, plain(t.quantity), plain(e.price), e.at.Format(time.TimeOnly),
			"0", "0", "0", "0", "0", "0", "0", plain(proceeds), plain(proceeds), "", "", ""})
	}
	return rows
}

func plainOrEmpty(n number) string {
	if !n.Valid {
		return ""
	}
	return plain(n.Decimal)
}

// journalFile is a table of trades for a journal. Signals that are not trades are left out; trades.sql counts them
// by the same rule.
type journalFile struct {
	journal
	zone     *time.Location
	quantity decimal.Decimal
}

func (f *journalFile) begin(w io.Writer) error {
	_, err := io.WriteString(w, (&csvFile{}).line(append([]string{}, f.columns...)))
	return err
}

func (f *journalFile) write(w io.Writer, s signal) error {
	t, ok := f.trade(s)
	if !ok {
		return nil
	}
	for _, row := range f.rows(t) {
		if _, err := io.WriteString(w, "\r\n"+(&csvFile{}).line(row)); err != nil {
			return err
		}
	}
	return nil
}

func (*journalFile) end(w io.Writer) error { return (&csvFile{}).end(w) }

// trade reads a signal as a trade, which has a symbol, a direction, an entry and an exit. A trade without a
// closed_at gets the time of its alert.
func (f *journalFile) trade(s signal) (t trade, ok bool) {
	symbol := s.Symbol
	if symbol == nil {
		symbol = s.Ticker
	}
	trial := s.Origin == string(atalaya.OriginTest) || s.Origin == string(atalaya.OriginDemo)
	if trial || symbol == nil || s.Direction == nil || !s.EntryPrice.Valid || !s.ExitPrice.Valid {
		return trade{}, false
	}
	t = trade{signal: s, symbol: harmless(*symbol), entered: s.Timestamp.In(f.zone), left: s.Timestamp.In(f.zone), quantity: f.quantity}
	if s.ClosedAt != nil {
		t.left = s.ClosedAt.In(f.zone)
	}
	return t, true
}

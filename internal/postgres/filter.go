package postgres

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"strings"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// filtered holds the statements over a user's filtered signals. They are not in queries/, which sqlc compiles: a
// statement holds only the conditions that a filter uses, so that PostgreSQL plans only those.
//
//go:embed filtered/*.sql
var filtered embed.FS

// statement returns a statement of filtered with a filter's conditions in place of /* filter */. g names SQL of
// this package for other places, never text of a request. If a filter names an origin, the statement is about that
// origin even where statistics leave out tests and demos.
func statement(name string, w *where, g grouping) (string, error) {
	text, err := filtered.ReadFile("filtered/" + name + ".sql")
	if err != nil {
		return "", err
	}
	if _, ok := w.args["origin"]; ok {
		text = bytes.ReplaceAll(text, []byte(counted), []byte("origin = @origin"))
	}
	return strings.NewReplacer("/* filter */", w.sql(), "/* key */", g.key, "/* text */", cmp.Or(g.text, "key"), "/* join */", g.join, "/* stretch */", g.stretch).Replace(string(text)), nil
}

// counted is how the statements say which signals statistics count.
const counted = "origin not in ('test', 'demo')"

// grouping is what signals are grouped by.
type grouping struct {
	key  string // the value of a signal, s
	text string // how a group's key is written; "" for a key that is text
	join string // where the value comes from, if it is not the signal's own

	several bool   // whether a signal may be in several groups
	stretch string // what is computed once a stretch of time, m, for the key; in figures.sql alone
}

// collect runs a statement of filtered and reads its rows.
func collect[T any](ctx context.Context, tx pgx.Tx, name string, w *where, g grouping, row pgx.RowToFunc[T]) ([]T, error) {
	text, err := statement(name, w, g)
	if err != nil {
		return nil, err
	}
	found, err := tx.Query(ctx, text, w.args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, row)
}

// listSignals returns the signals of a part, newest first, and one more if there is a next part.
func listSignals(ctx context.Context, tx pgx.Tx, user atalaya.UserID, filter atalaya.SignalFilter, page atalaya.SignalPage, floor *atalaya.SignalCursor) ([]rows.TradingSignal, error) {
	w := filterOf(user, filter)
	w.args["most"], w.args["skipped"] = page.Limit+1, page.Offset
	if page.Cursor != nil {
		w.after(page.Cursor)
		w.args["skipped"] = 0
	}
	w.downTo(floor)
	return collect(ctx, tx, "list", w, grouping{}, pgx.RowToStructByPos[rows.TradingSignal])
}

// countSignals counts the signals that a filter lets through, and stops at maxCounted+1.
func countSignals(ctx context.Context, tx pgx.Tx, user atalaya.UserID, filter atalaya.SignalFilter, floor *atalaya.SignalCursor) (int64, error) {
	w := filterOf(user, filter)
	w.downTo(floor)
	w.args["most"] = maxCounted + 1
	counts, err := collect(ctx, tx, "count", w, grouping{}, pgx.RowTo[int64])
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}

// A search reads at most this much of a user's signals at a time. It then returns what it has found and where to
// continue.
const (
	maxSearchedRows  = 10_000
	maxSearchedBytes = 4 << 20 // of messages and notes
)

// searchFloor returns the last signal that a search reads, nil if it reads all or there is no search.
func searchFloor(ctx context.Context, tx pgx.Tx, user atalaya.UserID, filter atalaya.SignalFilter, page atalaya.SignalPage) (*atalaya.SignalCursor, error) {
	if filter.Query == "" {
		return nil, nil //nolint:nilnil // there is no floor
	}
	w := filterOf(user, atalaya.SignalFilter{From: filter.From, To: filter.To})
	if page.Cursor != nil {
		w.after(page.Cursor)
	}
	w.args["rows"], w.args["bytes"] = maxSearchedRows, maxSearchedBytes
	floors, err := collect(ctx, tx, "floor", w, grouping{}, pgx.RowToAddrOfStructByPos[atalaya.SignalCursor])
	if err != nil || len(floors) == 0 {
		return nil, err
	}
	return floors[0], nil
}

// where is a condition on trading_signals with the values that it names. No value is in its text.
type where struct {
	conditions []string
	args       pgx.NamedArgs
	whole      bool // whether a condition on a signal depends on other signals, of any time
}

// sql writes the conditions after those of the statement.
func (w *where) sql() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return "and " + strings.Join(w.conditions, "\n  and ")
}

// and narrows the condition. The condition names its value @name.
func (w *where) and(condition, name string, value any) {
	w.conditions = append(w.conditions, condition)
	w.args[name] = value
}

// after makes the list begin behind a signal.
func (w *where) after(c *atalaya.SignalCursor) {
	w.and("(created_at, id) < (@after_created_at, @after_id::uuid)", "after_created_at", c.CreatedAt)
	w.args["after_id"] = string(c.ID)
}

// downTo makes the list end with a signal, unless c is nil.
func (w *where) downTo(c *atalaya.SignalCursor) {
	if c != nil {
		w.and("(created_at, id) >= (@floor_created_at, @floor_id::uuid)", "floor_created_at", c.CreatedAt)
		w.args["floor_id"] = string(c.ID)
	}
}

// filterOf returns the condition that a filter puts on the signals of a user.
func filterOf(user atalaya.UserID, f atalaya.SignalFilter) *where {
	w := &where{args: pgx.NamedArgs{"user_id": string(user)}}
	for _, column := range []struct{ equal, null, name, value string }{
		{"result = @result", "", "result", string(f.Result)},
		{"screenshot_status = @status", "", "status", string(f.Status)},
		{"origin = @origin", "", "origin", string(f.Origin)},
		{"(ticker = upper(@ticker) or symbol = upper(@ticker))", "ticker is null", "ticker", f.Ticker},
		{"upper(exchange) = upper(@exchange)", "exchange is null", "exchange", f.Exchange},
		{"direction = @direction", "direction is null", "direction", string(f.Direction)},
		{"lower(indicator_name) = lower(@indicator)", "indicator_name is null", "indicator", f.Indicator},
		{"lower(signal_type) = lower(@signal_type)", "signal_type is null", "signal_type", f.SignalType},
		{"interval = @interval", "interval is null", "interval", f.Interval},
		{"@tag = any(tags)", "coalesce(cardinality(tags), 0) = 0", "tag", f.Tag},
		{"event_kind = @event_kind", "event_kind is null", "event_kind", f.EventKind},
		{sessionOf + " = @session", "", "session", f.Session},
		{usSessionOf + " = @us_session", "", "us_session", f.USSession},
	} {
		switch {
		case column.value == "":
		case column.value == atalaya.FilterNone && column.null != "":
			w.conditions = append(w.conditions, column.null)
		default:
			w.and(column.equal, column.name, column.value)
		}
	}
	if condition, ok := countedBy[f.Counted]; ok {
		w.conditions = append(w.conditions, decided, condition)
	}
	w.fired(f)
	if !f.From.IsZero() {
		w.and("created_at >= @from_time", "from_time", f.From)
	}
	if !f.To.IsZero() {
		w.and("created_at < @to_time", "to_time", f.To)
	}
	if f.Query != "" {
		pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Query) + "%"
		w.and(`concat_ws(E'\n', indicator_name, ticker, signal_type, notes, raw_message) ilike @pattern`, "pattern", pattern)
	}
	w.within("profit_loss", "amount", f.AmountFrom, f.AmountTo)
	w.within("("+multipleOfRisk+")", "r", f.RFrom, f.RTo)
	if chosen, ok := streaksBy[f.Counted]; ok {
		w.streak(chosen, f.Origin)
	}
	return w
}

// fired narrows the condition by when alerts fired.
func (w *where) fired(f atalaya.SignalFilter) {
	if f.Hour != nil {
		w.and(`extract(hour from "timestamp" at time zone @zone) = @hour`, "hour", *f.Hour)
	}
	if f.Day != "" {
		w.and(`("timestamp" at time zone @zone)::date = @day::date`, "day", f.Day)
	}
	if f.Week != "" {
		w.and(`to_char("timestamp" at time zone @zone, 'IYYY-"W"IW') = @week`, "week", f.Week)
	}
	if f.Month != "" {
		w.and(`to_char("timestamp" at time zone @zone, 'YYYY-MM') = @month`, "month", f.Month)
	}
	if f.Weekday != 0 {
		w.and(`extract(isodow from "timestamp" at time zone @zone) = @weekday`, "weekday", f.Weekday)
	}
	w.args["zone"] = f.Zone
}

// within bounds a number, from included, to excluded; "" is no bound.
func (w *where) within(value, name, from, to string) {
	if from != "" {
		w.and(value+" >= @"+name+"_from::text::numeric", name+"_from", from)
	}
	if to != "" {
		w.and(value+" < @"+name+"_to::text::numeric", name+"_to", to)
	}
}

// streaksBy is the SQL that chooses one streak among all. n is a signal's position.
var streaksBy = map[string]string{
	atalaya.CountedCurrentStreak: "group by result, streak order by max(n) desc",
	atalaya.CountedWinStreak:     "where result = 'win' group by result, streak order by count(*) desc, max(n) desc",
	atalaya.CountedLossStreak:    "where result = 'loss' group by result, streak order by count(*) desc, max(n) desc",
}

// streakOf selects the ids of one streak. It is a part of other statements.
//
//go:embed filtered/streak.sql
var streakOf string

// streak narrows the condition to one streak of the signals that it has let through so far. PostgreSQL computes the array
// once for each statement.
func (w *where) streak(chosen string, origin atalaya.Origin) {
	text := strings.NewReplacer("/* filter */", w.sql(), "/* chosen */", chosen).Replace(streakOf)
	if origin != "" {
		text = strings.ReplaceAll(text, counted, "origin = @origin")
	}
	w.conditions = append(w.conditions, "id = any (array(\n"+text+"))")
	w.whole = true
}

const decided = "result in ('win', 'loss', 'breakeven')"

// countedBy is the condition for the decided signals that a figure counts.
var countedBy = map[string]string{
	atalaya.CountedDecided:       "true",
	atalaya.CountedWithAmount:    "profit_loss is not null",
	atalaya.CountedWithoutAmount: "profit_loss is null",
	atalaya.CountedClashes:       "(result = 'win' and profit_loss < 0 or result = 'loss' and profit_loss > 0)",
	atalaya.CountedWithR:         "(" + multipleOfRisk + ") is not null",
	atalaya.CountedHeld:          "closed_at is not null",
}

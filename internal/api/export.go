package api

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"atalaya"
)

type exportInput struct {
	SignalQuery
	Format   string `query:"format" default:"csv" enum:"csv,json"`
	Dialect  string `query:"dialect" default:"standard" enum:"standard,excel,excel-es,tradervue,tradetally,tradenote" doc:"Of CSV: excel begins with a byte order mark; excel-es has semicolons and decimal commas too; the others are the columns of trading journals."`
	Quantity string `query:"quantity" default:"1" maxLength:"40" doc:"For a journal: how much was traded each time."`
	Columns  string `query:"columns" maxLength:"1000" doc:"Of CSV: the names of the columns, separated by commas. Default: all."`
}

const exportDescription = `Streams every signal that the filter lets through, newest first. Signals that arrive meanwhile are not in it.

CSV is as RFC 4180 has it: UTF-8, a header, lines end in CRLF. A text that a spreadsheet would take for a formula gets a ' before it. Tags are joined by ";", times are those of tz.
The dialects tradervue, tradetally and tradenote are the columns that these journals import. They hold trades alone: signals with a symbol, a direction, an entry_price and an exit_price that are neither tests nor demos. The header X-Signals-Left-Out counts the others, X-Signals-Written the trades. A trade without closed_at ends at the time of its alert. Fees are not known, and tradenote takes every symbol for a stock. Times are those of tz: choose the same in the journal.

A stream that broke off has no line end after its last line, and a JSON array no closing bracket.`

// The headers of a journal's table.
const (
	writtenHeader = "X-Signals-Written"
	leftOutHeader = "X-Signals-Left-Out"
)

// exportPage is how many signals are read at once: they may be 64 KiB each.
const exportPage = 200

// exportSignals begins a file of the caller's signals. The first page is read before anything is sent,
// so that what goes wrong is still an error.
func (s *server) exportSignals(ctx context.Context, caller atalaya.Caller, in *exportInput) (*huma.StreamResponse, error) {
	filter, err := s.readZonedFilter(ctx, caller, &in.SignalQuery)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(filter.Zone)
	if err != nil {
		return nil, err
	}
	file, err := readDialect(in, zone)
	if err != nil {
		return nil, err
	}
	counts := map[string]string{}
	if _, ok := file.(*journalFile); ok {
		if counts, err = s.countTrades(ctx, caller, filter); err != nil {
			return nil, err
		}
	}
	// A cursor before every signal: counting them all would take longer than reading the first.
	next := &atalaya.SignalCursor{CreatedAt: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), ID: "ffffffff-ffff-ffff-ffff-ffffffffffff"}
	page, err := s.readSignals(ctx, caller, filter, atalaya.SignalPage{Limit: exportPage, Cursor: next})
	if err != nil {
		return nil, err
	}
	name := "atalaya-signals-" + time.Now().In(zone).Format(time.DateOnly) + "." + in.Format
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		contentType := "text/csv; charset=utf-8; header=present"
		if in.Format == "json" {
			contentType = "application/json"
		}
		ctx.SetHeader("Content-Type", contentType)
		ctx.SetHeader("Content-Disposition", `attachment; filename="`+name+`"`)
		for name, value := range counts {
			ctx.SetHeader(name, value)
		}
		if ctx.Method() == http.MethodHead {
			return
		}
		if err := s.writeExport(ctx.Context(), caller, filter, page, file, ctx.BodyWriter()); err != nil {
			s.Log.WarnContext(ctx.Context(), "an export broke off", "error", err)
		}
	}}, nil
}

// readDialect returns the file that the request asks for.
func readDialect(in *exportInput, zone *time.Location) (exportFile, error) {
	columns, err := readColumns(in.Columns)
	if err != nil {
		return nil, err
	}
	asJournal, ok := journals[in.Dialect]
	switch {
	case ok && (in.Format != "csv" || in.Columns != ""):
		return nil, atalaya.Errorf(atalaya.CodeInvalid, "dialect: a journal has its own columns, and only in CSV.")
	case ok:
		quantity, storable := storable(in.Quantity)
		if !storable || !quantity.IsPositive() {
			return nil, atalaya.Errorf(atalaya.CodeInvalid, "quantity: send a number above 0.")
		}
		return &journalFile{journal: asJournal, zone: zone, quantity: quantity}, nil
	case in.Format == "json":
		return &jsonFile{}, nil
	}
	return &csvFile{columns: columns, zone: zone, spanish: in.Dialect == "excel-es", marked: in.Dialect != "standard"}, nil
}

// countTrades returns the headers that say what a journal's table holds and what it leaves out.
func (s *server) countTrades(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter) (map[string]string, error) {
	return heavily(ctx, s, caller, func() (map[string]string, error) {
		trades, others, err := s.Store.Trades(ctx, caller, filter)
		return map[string]string{writtenHeader: strconv.FormatInt(trades, 10), leftOutHeader: strconv.FormatInt(others, 10)}, err
	})
}

// exportFile writes signals in one format.
type exportFile interface {
	begin(w io.Writer) error
	write(w io.Writer, s signal) error
	end(w io.Writer) error
}

func (s *server) writeExport(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, page atalaya.SignalList, file exportFile, body io.Writer) error {
	out := bufio.NewWriterSize(body, 64<<10)
	if err := file.begin(out); err != nil {
		return err
	}
	for {
		for _, view := range s.signalViews(ctx, page.Signals) {
			if err := file.write(out, view); err != nil {
				return err
			}
		}
		if page.Next == nil {
			break
		}
		var err error
		if page, err = s.readSignals(ctx, caller, filter, atalaya.SignalPage{Limit: exportPage, Cursor: page.Next}); err != nil {
			return err
		}
	}
	if err := file.end(out); err != nil {
		return err
	}
	return out.Flush()
}

// jsonFile is an array of signals.
type jsonFile struct{ begun bool }

func (*jsonFile) begin(w io.Writer) error {
	_, err := io.WriteString(w, "[")
	return err
}

func (f *jsonFile) write(w io.Writer, s signal) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if f.begun {
		text = append([]byte(",\n"), text...)
	}
	f.begun = true
	_, err = w.Write(text)
	return err
}

func (*jsonFile) end(w io.Writer) error {
	_, err := io.WriteString(w, "]\n")
	return err
}

// csvFile is a CSV table. It writes each line end before the next line, so that a stream that breaks off ends without
// one.
type csvFile struct {
	columns []int // of the fields of signal
	zone    *time.Location
	spanish bool // semicolons and decimal commas
	marked  bool // with a byte order mark
}

// readColumns returns the fields of signal that the names ask for, in their order.
func readColumns(names string) (fields []int, err error) {
	all := reflect.TypeFor[signal]()
	byName := map[string]int{}
	for i := range all.NumField() {
		byName[columnName(all.Field(i))] = i
		fields = append(fields, i)
	}
	if names == "" {
		return fields, nil
	}
	fields = nil
	for name := range strings.SplitSeq(names, ",") {
		field, ok := byName[strings.TrimSpace(name)]
		if !ok || slices.Contains(fields, field) {
			return nil, atalaya.Errorf(atalaya.CodeInvalid, "columns: send names of a signal's members, each once, separated by commas.")
		}
		fields = append(fields, field)
	}
	return fields, nil
}

func columnName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

func (f *csvFile) begin(w io.Writer) error {
	if f.marked {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
	}
	all := reflect.TypeFor[signal]()
	names := make([]string, len(f.columns))
	for i, field := range f.columns {
		names[i] = columnName(all.Field(field))
	}
	_, err := io.WriteString(w, f.line(names))
	return err
}

func (f *csvFile) write(w io.Writer, s signal) error {
	row := reflect.ValueOf(s)
	cells := make([]string, len(f.columns))
	for i, field := range f.columns {
		cells[i] = f.cell(row.Field(field).Interface())
	}
	_, err := io.WriteString(w, "\r\n"+f.line(cells))
	return err
}

func (*csvFile) end(w io.Writer) error {
	_, err := io.WriteString(w, "\r\n")
	return err
}

// cell writes a value; null is an empty cell.
func (f *csvFile) cell(v any) string {
	switch v := v.(type) {
	case string:
		return harmless(v)
	case *string:
		if v != nil {
			return harmless(*v)
		}
	case []string:
		return harmless(strings.Join(v, ";"))
	case json.RawMessage:
		return harmless(string(v))
	case *int32:
		if v != nil {
			return strconv.Itoa(int(*v))
		}
	case number:
		if v.Valid && f.spanish {
			return strings.Replace(plain(v.Decimal), ".", ",", 1)
		}
		if v.Valid {
			return plain(v.Decimal)
		}
	case time.Time:
		return v.In(f.zone).Format(time.RFC3339Nano)
	case *time.Time:
		if v != nil {
			return v.In(f.zone).Format(time.RFC3339Nano)
		}
	}
	return ""
}

// harmless keeps a spreadsheet from taking a text for a formula: alerts are written by strangers.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// line joins cells, and quotes those that RFC 4180 requires to be quoted.
func (f *csvFile) line(cells []string) string {
	between := ","
	if f.spanish {
		between = ";"
	}
	for i, cell := range cells {
		if strings.ContainsAny(cell, ",;\"\r\n") {
			cells[i] = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
	}
	return strings.Join(cells, between)
}

package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"atalaya"
)

// signal is a row of trading_signals with every column.
type signal struct {
	ID                 string          `json:"id" format:"uuid"`
	UserID             string          `json:"user_id" format:"uuid"`
	IndicatorName      *string         `json:"indicator_name"`
	Ticker             *string         `json:"ticker" doc:"EXCHANGE:SYMBOL, or SYMBOL alone."`
	Exchange           *string         `json:"exchange"`
	Symbol             *string         `json:"symbol"`
	Price              number          `json:"price"`
	SignalType         *string         `json:"signal_type"`
	Direction          *string         `json:"direction" doc:"LONG, SHORT or null."`
	ChartID            *string         `json:"chart_id"`
	Interval           *string         `json:"interval" doc:"As TradingView writes it: 15, 60, 1D."`
	EventKind          *string         `json:"event_kind" doc:"What the alert speaks of: entry, exit or null."`
	StopPrice          number          `json:"stop_price"`
	RiskAmount         number          `json:"risk_amount" doc:"What a loss at the stop was to cost."`
	ClosedAt           *time.Time      `json:"closed_at" doc:"When the trade ended."`
	Origin             string          `json:"origin" enum:"alert,replay,test,demo" doc:"Where the signal came from. Statistics leave out test and demo."`
	ScreenshotURL      *string         `json:"screenshot_url"`
	ScreenshotStatus   string          `json:"screenshot_status" enum:"pending,processing,completed,failed,skipped,expired"`
	ScreenshotError    reason          `json:"screenshot_error"`
	ScreenshotCure     *string         `json:"screenshot_cure" doc:"What helps against screenshot_error, in a sentence or two."`
	ScreenshotPath     *string         `json:"screenshot_path"`
	ScreenshotKind     *string         `json:"screenshot_kind" doc:"user_chart or public_chart."`
	ScreenshotSource   *string         `json:"screenshot_source" doc:"client is the chart alone, at the size that it has in a window of screenshot_resolution; viewport is that whole window, at exactly its size."`
	ScreenshotWidth    *int32          `json:"screenshot_width" doc:"In pixels; see screenshot_source."`
	ScreenshotHeight   *int32          `json:"screenshot_height"`
	ScreenshotTakenAt  *time.Time      `json:"screenshot_taken_at"`
	ScreenshotSymbol   *string         `json:"screenshot_symbol" doc:"What the picture was seen to show: EXCHANGE:SYMBOL, or SYMBOL alone."`
	ScreenshotInterval *string         `json:"screenshot_interval" doc:"The interval that the picture was seen to show."`
	ScreenshotWarnings []string        `json:"screenshot_warnings" doc:"What is true of a completed picture and easily missed: scrolled_back (the last bar is out of sight), study_error (an indicator shows an error), delayed_data (the exchange's data are delayed)."`
	Result             string          `json:"result" enum:"pending,win,loss,breakeven,skip"`
	EntryPrice         number          `json:"entry_price"`
	ExitPrice          number          `json:"exit_price"`
	ProfitLoss         number          `json:"profit_loss"`
	ProfitLossPercent  number          `json:"profit_loss_percent"`
	Notes              *string         `json:"notes"`
	Tags               []string        `json:"tags"`
	RawMessage         *string         `json:"raw_message" doc:"The body as it arrived."`
	ParsedData         json.RawMessage `json:"parsed_data" doc:"Every name and value that was found in the body."`
	ParseStatus        *string         `json:"parse_status" doc:"json, repaired, pairs, text or empty."`
	Missing            []string        `json:"missing" doc:"The fields that were not found."`
	Timestamp          time.Time       `json:"timestamp" doc:"When the alert says it fired, else when it arrived."`
	CreatedAt          time.Time       `json:"created_at"`
	UpdatedAt          time.Time       `json:"updated_at"`
	DeliveryMode       *string         `json:"delivery_mode" doc:"asap or together, set by the legacy webhook alone: whether a message about the signal waits for its picture."`
}

func signalView(s atalaya.Signal, language atalaya.Language) signal {
	return signal{
		ID: string(s.ID), UserID: string(s.UserID), IndicatorName: s.IndicatorName, Ticker: s.Ticker,
		Exchange: s.Exchange, Symbol: s.Symbol, Price: number{s.Price}, SignalType: s.SignalType,
		Direction: s.Direction, ChartID: s.ChartID, Interval: s.Interval,
		EventKind: s.EventKind, StopPrice: number{s.StopPrice}, Origin: string(s.Origin),
		RiskAmount: number{s.RiskAmount}, ClosedAt: utc(s.ClosedAt),
		ScreenshotURL: s.ScreenshotURL, ScreenshotStatus: string(s.ScreenshotStatus),
		ScreenshotError: reasonOf(s.ScreenshotError), ScreenshotCure: cureOf(s, language), ScreenshotPath: s.ScreenshotPath,
		ScreenshotKind: s.ScreenshotKind, ScreenshotSource: s.ScreenshotSource,
		ScreenshotWidth: s.ScreenshotWidth, ScreenshotHeight: s.ScreenshotHeight,
		ScreenshotTakenAt: utc(s.ScreenshotTakenAt), ScreenshotSymbol: s.ScreenshotSymbol,
		ScreenshotInterval: s.ScreenshotInterval, ScreenshotWarnings: s.ScreenshotWarnings, Result: string(s.Result),
		EntryPrice: number{s.EntryPrice}, ExitPrice: number{s.ExitPrice},
		ProfitLoss: number{s.ProfitLoss}, ProfitLossPercent: number{s.ProfitLossPercent},
		Notes: s.Notes, Tags: s.Tags, RawMessage: s.RawMessage, ParsedData: orNull(s.ParsedData),
		ParseStatus: s.ParseStatus, Missing: s.Missing,
		Timestamp: s.Timestamp.UTC(), CreatedAt: s.CreatedAt.UTC(), UpdatedAt: s.UpdatedAt.UTC(), DeliveryMode: s.DeliveryMode,
	}
}

// signalViews returns signals as answers show them, with addresses at which their pictures can be seen now.
func (s *server) signalViews(ctx context.Context, signals []atalaya.Signal) []signal {
	views := make([]signal, len(signals))
	paths := make([]string, len(signals)) // "" where the row says where the picture is, or has none
	var wanted []string
	for i, row := range signals {
		views[i] = signalView(row, atalaya.LanguageOf(ctx))
		if paths[i] = s.picturePath(row); paths[i] != "" {
			wanted = append(wanted, paths[i])
		}
	}
	if len(wanted) == 0 {
		return views
	}
	seen := s.Addresses.See(ctx, wanted)
	for i, path := range paths {
		if path == "" {
			continue
		}
		views[i].ScreenshotURL = nil
		if address, ok := seen[path]; ok {
			views[i].ScreenshotURL = &address
		}
	}
	return views
}

// picturePath returns the path of the picture that a signal shows, "" if its stored address is used as it is.
// STORAGE_SIGNED_URLS may have been switched in either direction since the row was written: a row with an address
// is signed by the path in it, a row without one by its own path. While a signal is captured again, the path is
// the new capture's, and the address the old picture's.
func (s *server) picturePath(row atalaya.Signal) string {
	switch {
	case row.ScreenshotURL == nil && row.ScreenshotStatus == atalaya.ScreenshotCompleted && row.ScreenshotPath != nil:
		// A path in another user's folder is not ours and is never signed.
		if !strings.HasPrefix(*row.ScreenshotPath, string(row.UserID)+"/") || strings.Contains(*row.ScreenshotPath, "..") {
			return ""
		}
		return *row.ScreenshotPath
	case row.ScreenshotURL == nil || !s.Addresses.Private():
		return ""
	}
	_, file, ok := strings.Cut(*row.ScreenshotURL, "/"+string(row.UserID)+"/")
	if !ok || !pictureFile.MatchString(file) {
		return "" // not stored by this service, nor by one before it
	}
	return string(row.UserID) + "/" + file
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// orNull returns null for an absent document: an empty one is not JSON.
func orNull(document json.RawMessage) json.RawMessage {
	if len(document) == 0 {
		return json.RawMessage("null")
	}
	return document
}

type listInput struct {
	Limit  int `query:"limit" default:"50" minimum:"1" maximum:"200" doc:"How many, 1 to 200."`
	Offset int `query:"offset" minimum:"0" maximum:"1000000000" doc:"How many to skip. Over long lists next_cursor is faster and does not shift when signals arrive."`
	SignalQuery
	Cursor string `query:"cursor" maxLength:"200" doc:"next_cursor of the part before; offset is ignored and total is null."`
	Unknown
}

type listOutput struct {
	Body struct {
		Success     bool     `json:"success"`
		Data        []signal `json:"data" nullable:"false"`
		Count       int      `json:"count" doc:"How many are in data."`
		Total       *int64   `json:"total" doc:"How many there are; null with cursor."`
		TotalCapped bool     `json:"total_capped" doc:"Counting ended at 10,000, or where a search by q ended."`
		Limit       int      `json:"limit"`
		Offset      int      `json:"offset"`
		NextCursor  *string  `json:"next_cursor" doc:"null at the end. A search by q reads a bounded number of signals at a time: data may hold fewer than limit, none even, while this leads on."`
		Ignored     []string `json:"ignored" nullable:"false" doc:"Parameters of the query that nobody knows."`
	}
}

func (s *server) listSignals(ctx context.Context, caller atalaya.Caller, in *listInput) (*listOutput, error) {
	filter, err := s.readFilter(ctx, caller, &in.SignalQuery)
	if err != nil {
		return nil, err
	}
	page := atalaya.SignalPage{Limit: in.Limit, Offset: in.Offset}
	if in.Cursor != "" {
		if page.Cursor, err = readCursor(in.Cursor); err != nil {
			return nil, err
		}
		page.Offset = 0
	}
	list, err := s.readSignals(ctx, caller, filter, page)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Success, out.Body.Limit, out.Body.Offset = true, page.Limit, page.Offset
	out.Body.Ignored = in.names()
	out.Body.Total, out.Body.TotalCapped = list.Total, list.TotalCapped
	out.Body.Data = s.signalViews(ctx, list.Signals)
	out.Body.Count = len(out.Body.Data)
	if list.Next != nil {
		cursor := writeCursor(*list.Next)
		out.Body.NextCursor = &cursor
	}
	return out, nil
}

// readSignals reads a part of the list. With a filter it takes a slot of heavily, since it may have to go through all
// signals to find a few.
func (s *server) readSignals(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, page atalaya.SignalPage) (atalaya.SignalList, error) {
	read := func() (atalaya.SignalList, error) { return s.Store.Signals(ctx, caller, filter, page) }
	if filter == (atalaya.SignalFilter{Zone: filter.Zone}) {
		return read()
	}
	return heavily(ctx, s, caller, read)
}

// writeCursor packs a position; callers hand it back as it is.
func writeCursor(c atalaya.SignalCursor) string {
	return base64.RawURLEncoding.EncodeToString([]byte(c.CreatedAt.UTC().Format(time.RFC3339Nano) + " " + string(c.ID)))
}

func readCursor(v string) (*atalaya.SignalCursor, error) {
	refused := atalaya.Errorf(atalaya.CodeInvalid, "cursor: send the next_cursor of an earlier answer as it is.")
	packed, err := base64.RawURLEncoding.DecodeString(v)
	if err != nil {
		return nil, refused
	}
	at, id, _ := strings.Cut(string(packed), " ")
	created, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return nil, refused
	}
	signalID, err := atalaya.ParseSignalID(id)
	if err != nil {
		return nil, refused
	}
	return &atalaya.SignalCursor{CreatedAt: created, ID: signalID}, nil
}

type signalInput struct {
	ID string `path:"id" doc:"The signal's id."`
}

// signalID reads an id from a path. An id that is not a UUID is answered as no such signal.
func signalID(v string) (atalaya.SignalID, error) {
	id, err := atalaya.ParseSignalID(strings.ToLower(v))
	if err != nil {
		return "", atalaya.Errorf(atalaya.CodeNotFound, "You have no signal with this id.")
	}
	return id, nil
}

type signalOutput struct {
	Body struct {
		Success bool   `json:"success"`
		Data    signal `json:"data"`
	}
}

func (s *server) signalAnswer(ctx context.Context, found atalaya.Signal, err error) (*signalOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &signalOutput{}
	out.Body.Success, out.Body.Data = true, s.signalViews(ctx, []atalaya.Signal{found})[0]
	return out, nil
}

func (s *server) getSignal(ctx context.Context, caller atalaya.Caller, in *signalInput) (*signalOutput, error) {
	id, err := signalID(in.ID)
	if err != nil {
		return nil, err
	}
	found, err := s.Store.Signal(ctx, caller, id)
	return s.signalAnswer(ctx, found, err)
}

type updateSignalInput struct {
	ID   string `path:"id" doc:"The signal's id."`
	Body SignalChanges
}

// SignalChanges is what became of a signal. Absent members leave the stored values. It is exported for the library,
// which reads no other embedded fields.
type SignalChanges struct {
	Result            member[string]   `json:"result,omitzero" required:"false" nullable:"false" enum:"pending,win,loss,breakeven,skip"`
	EntryPrice        numberIn         `json:"entry_price,omitzero" required:"false"`
	ExitPrice         numberIn         `json:"exit_price,omitzero" required:"false"`
	ProfitLoss        numberIn         `json:"profit_loss,omitzero" required:"false"`
	ProfitLossPercent numberIn         `json:"profit_loss_percent,omitzero" required:"false"`
	StopPrice         numberIn         `json:"stop_price,omitzero" required:"false"`
	RiskAmount        numberIn         `json:"risk_amount,omitzero" required:"false" doc:"Above 0."`
	ClosedAt          member[string]   `json:"closed_at,omitzero" required:"false" maxLength:"40" doc:"A moment, not before timestamp: 2026-01-31T08:00:00Z."`
	Notes             member[string]   `json:"notes,omitzero" required:"false" maxLength:"10000"`
	Tags              member[[]string] `json:"tags,omitzero" required:"false" nullable:"false" maxItems:"20" doc:"At most 20 of at most 50 characters."`
}

func (s *server) updateSignal(ctx context.Context, caller atalaya.Caller, in *updateSignalInput) (*signalOutput, error) {
	id, err := signalID(in.ID)
	if err != nil {
		return nil, err
	}
	update, err := in.Body.update()
	if err != nil {
		return nil, err
	}
	updated, err := s.Store.UpdateSignal(ctx, caller, id, update)
	return s.signalAnswer(ctx, updated, err)
}

// update returns the changes to store. It checks what the OpenAPI document cannot express.
func (c SignalChanges) update() (atalaya.SignalUpdate, error) {
	switch {
	case c.Result.Null:
		return atalaya.SignalUpdate{}, atalaya.Errorf(atalaya.CodeInvalid, "result: null is not a result; send pending to remove one.")
	case c.Tags.Null:
		return atalaya.SignalUpdate{}, atalaya.Errorf(atalaya.CodeInvalid, "tags: send an empty list to remove them.")
	case strings.ContainsRune(c.Notes.Value, 0):
		return atalaya.SignalUpdate{}, atalaya.Errorf(atalaya.CodeInvalid, "notes: the character U+0000 can't be stored.")
	}
	if err := checkTags("tags", c.Tags.Value); err != nil {
		return atalaya.SignalUpdate{}, err
	}
	update := atalaya.SignalUpdate{
		EntryPrice: c.EntryPrice.value(), ExitPrice: c.ExitPrice.value(),
		ProfitLoss: c.ProfitLoss.value(), ProfitLossPercent: c.ProfitLossPercent.value(),
		StopPrice: c.StopPrice.value(), RiskAmount: c.RiskAmount.value(), Tags: c.Tags.pointer(),
	}
	if update.RiskAmount != nil && update.RiskAmount.Valid && !update.RiskAmount.Decimal.IsPositive() {
		return atalaya.SignalUpdate{}, atalaya.Errorf(atalaya.CodeInvalid, "risk_amount: send an amount above 0, or null.")
	}
	if c.ClosedAt.Set {
		closed, err := readTime("closed_at", c.ClosedAt.Value, time.UTC, 0)
		if err != nil {
			return atalaya.SignalUpdate{}, err
		}
		at := &closed
		if closed.IsZero() {
			at = nil
		}
		update.ClosedAt = &at
	}
	if c.Result.Set {
		result := atalaya.Result(c.Result.Value)
		update.Result = &result
	}
	if c.Notes.Set {
		notes := c.Notes.pointer()
		update.Notes = &notes
	}
	return update, nil
}

func checkTags(name string, tags []string) error {
	for _, tag := range tags {
		if len([]rune(tag)) > 50 || strings.ContainsRune(tag, 0) {
			return atalaya.Errorf(atalaya.CodeInvalid, "%s: a tag has at most 50 characters, none of them U+0000.", name)
		}
	}
	return nil
}

// value returns the number to store, nil if the member is absent.
func (n numberIn) value() *decimal.NullDecimal {
	if !n.Set {
		return nil
	}
	return &n.Value
}

// messageOutput tells in a sentence what was done.
type messageOutput struct {
	Body struct {
		Success bool   `json:"success"`
		Message string `json:"message"`
	}
}

func (s *server) deleteSignal(ctx context.Context, caller atalaya.Caller, in *signalInput) (*messageOutput, error) {
	id, err := signalID(in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.Store.DeleteSignal(ctx, caller, id); err != nil {
		return nil, err
	}
	out := &messageOutput{}
	out.Body.Success, out.Body.Message = true, "Signal deleted; its picture goes too."
	return out, nil
}

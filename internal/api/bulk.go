package api

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"atalaya"
)

const bulkDescription = `Names signals by one of ids, filter and changes, and sets, tags or deletes them in one transaction: all or none.

The answer's before holds the old values of what was set. Send it back as changes to undo the edit, in parts if it is above 1 MiB. Deleted signals do not come back. Signals that you do not have are left out and counted in missing.`

type bulkInput struct {
	Body struct {
		IDs           []string       `json:"ids,omitempty" maxItems:"500" doc:"The ids of the signals."`
		Filter        *SignalQuery   `json:"filter,omitempty" doc:"Or what they have in common: the list's parameters, at most 10,000 signals."`
		ExpectedCount *int64         `json:"expected_count,omitempty" minimum:"0" doc:"With filter: how many signals it let through when it was looked at. 409 if that has changed."`
		Changes       []signalChange `json:"changes,omitempty" maxItems:"10000" doc:"Or each signal's own values: the before of an earlier answer undoes that edit."`
		Set           *SignalChanges `json:"set,omitempty" doc:"What to set of every signal. Notes are set of at most 500 at once."`
		AddTags       []string       `json:"add_tags,omitempty" maxItems:"20"`
		RemoveTags    []string       `json:"remove_tags,omitempty" maxItems:"20"`
		Delete        bool           `json:"delete,omitempty" doc:"Deletes the signals and their pictures."`
	}
}

// signalChange is what is set of one signal.
type signalChange struct {
	ID string `json:"id" format:"uuid"`
	SignalChanges
}

type bulkOutput struct {
	Body struct {
		Success bool           `json:"success"`
		Message string         `json:"message"`
		Count   int            `json:"count" doc:"How many signals were changed or deleted."`
		Missing int            `json:"missing" doc:"How many of the ids or changes name none of your signals."`
		Before  []signalChange `json:"before" nullable:"false" doc:"The old values of what was set; of deleted signals the ids alone."`
	}
}

func (s *server) editSignals(ctx context.Context, caller atalaya.Caller, in *bulkInput) (*bulkOutput, error) {
	edit, err := s.readEdit(ctx, caller, in)
	if err != nil {
		return nil, err
	}
	before, err := heavily(ctx, s, caller, func() ([]atalaya.SignalChange, error) { return s.Store.EditSignals(ctx, caller, edit) })
	if err != nil {
		return nil, err
	}
	out := &bulkOutput{}
	out.Body.Success, out.Body.Count, out.Body.Before = true, len(before), make([]signalChange, len(before))
	if edit.Filter == nil {
		out.Body.Missing = len(edit.IDs) + len(edit.Changes) - len(before)
	}
	done := "changed"
	if edit.Delete {
		done = "deleted"
	}
	out.Body.Message = fmt.Sprintf("Signals %s: %d.", done, len(before))
	for i, c := range before {
		out.Body.Before[i] = changeView(c)
	}
	return out, nil
}

// readEdit reads the edit, and checks what the OpenAPI document cannot express.
func (s *server) readEdit(ctx context.Context, caller atalaya.Caller, in *bulkInput) (edit atalaya.SignalsEdit, err error) {
	body := &in.Body
	edits := body.Set != nil || len(body.AddTags) > 0 || len(body.RemoveTags) > 0
	switch {
	case given(body.IDs != nil)+given(body.Filter != nil)+given(body.Changes != nil) != 1:
		return edit, atalaya.Errorf(atalaya.CodeInvalid, "Send one of ids, filter and changes.")
	case (body.Filter != nil) != (body.ExpectedCount != nil):
		return edit, atalaya.Errorf(atalaya.CodeInvalid, "expected_count: send it with filter: how many signals the filter let through when you looked.")
	case body.Changes != nil && (edits || body.Delete):
		return edit, atalaya.Errorf(atalaya.CodeInvalid, "changes: it already says what to set; set, add_tags, remove_tags and delete go with ids or filter.")
	case body.Changes == nil && edits == body.Delete:
		return edit, atalaya.Errorf(atalaya.CodeInvalid, "Send what to do: delete, or some of set, add_tags and remove_tags.")
	}
	edit.Delete, edit.AddTags, edit.RemoveTags = body.Delete, body.AddTags, body.RemoveTags
	if err := checkTags("add_tags", body.AddTags); err != nil {
		return edit, err
	}
	if body.Set != nil {
		if edit.Set, err = body.Set.update(); err != nil {
			return edit, err
		}
	}
	if body.Filter != nil {
		edit.Filter, edit.Expected = new(atalaya.SignalFilter), *body.ExpectedCount
		if err := storableQuery(body.Filter); err != nil {
			return edit, err
		}
		*edit.Filter, err = s.readFilter(ctx, caller, body.Filter)
		return edit, err
	}
	return edit, readNamed(body.IDs, body.Changes, &edit)
}

func given(is bool) int {
	if is {
		return 1
	}
	return 0
}

// readNamed reads the signals that are named one by one, each once.
func readNamed(ids []string, changes []signalChange, edit *atalaya.SignalsEdit) error {
	seen := map[atalaya.SignalID]bool{}
	read := func(member, text string) (atalaya.SignalID, error) {
		id, err := atalaya.ParseSignalID(strings.ToLower(text))
		if err != nil || seen[id] {
			return "", atalaya.Errorf(atalaya.CodeInvalid, "%s: send the ids of signals, each once.", member)
		}
		seen[id] = true
		return id, nil
	}
	for _, text := range ids {
		id, err := read("ids", text)
		if err != nil {
			return err
		}
		edit.IDs = append(edit.IDs, id)
	}
	for _, c := range changes {
		id, err := read("changes", c.ID)
		if err != nil {
			return err
		}
		update, err := c.update()
		if err != nil {
			return err
		}
		edit.Changes = append(edit.Changes, atalaya.SignalChange{ID: id, SignalUpdate: update})
	}
	return nil
}

// storableQuery refuses texts that the database could not compare with anything, as readableURL does for a
// query in the URL.
func storableQuery(q *SignalQuery) error {
	fields := reflect.ValueOf(*q)
	for i := range fields.NumField() {
		if f := fields.Field(i); f.Kind() == reflect.String && !storableText(f.String()) {
			return atalaya.Errorf(atalaya.CodeInvalid, "filter.%s: the character U+0000 can't be looked for.", columnName(fields.Type().Field(i)))
		}
	}
	return nil
}

// changeView returns a change in the form of the request's changes: what is not set is left out.
func changeView(c atalaya.SignalChange) signalChange {
	number := func(n *decimal.NullDecimal) (in numberIn) {
		if n != nil {
			in.Set, in.Value = true, *n
		}
		return in
	}
	view := signalChange{ID: string(c.ID), SignalChanges: SignalChanges{
		EntryPrice: number(c.EntryPrice), ExitPrice: number(c.ExitPrice), ProfitLoss: number(c.ProfitLoss),
		ProfitLossPercent: number(c.ProfitLossPercent), StopPrice: number(c.StopPrice), RiskAmount: number(c.RiskAmount),
	}}
	if c.Result != nil {
		view.Result = member[string]{Set: true, Value: string(*c.Result)}
	}
	if c.Tags != nil {
		view.Tags = member[[]string]{Set: true, Value: *c.Tags}
	}
	if c.Notes != nil {
		view.Notes = memberOf(*c.Notes)
	}
	if c.ClosedAt != nil {
		var text *string
		if at := *c.ClosedAt; at != nil {
			written := at.UTC().Format(time.RFC3339Nano)
			text = &written
		}
		view.ClosedAt = memberOf(text)
	}
	return view
}

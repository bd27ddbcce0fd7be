package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/shopspring/decimal"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// editTimeout bounds each statement of an edit: the longest recomputes the statistics.
const editTimeout = "15s"

// targetRow is a row of targets.sql.
type targetRow struct {
	ID                                                                          string
	Result                                                                      atalaya.Result
	EntryPrice, ExitPrice, ProfitLoss, ProfitLossPercent, StopPrice, RiskAmount decimal.NullDecimal
	ClosedAt                                                                    *time.Time
	Notes                                                                       *string
	Tags                                                                        []string
}

// EditSignals changes or deletes signals of the caller in one transaction. It returns the changed signals
// with their old values of the members that were set, or the deleted ones with their ids alone. Signals that
// are not the caller's are left out. It fails with CodeConflict if the filter does not match as many signals
// as expected or others are changing them, and with CodeInvalid if it matches too many or a trade would end before its
// alert.
func (s *Store) EditSignals(ctx context.Context, caller atalaya.Caller, edit atalaya.SignalsEdit) ([]atalaya.SignalChange, error) {
	var before []atalaya.SignalChange
	err := s.asCaller(ctx, caller, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('statement_timeout', $1, true)", editTimeout)
		if err != nil {
			return err
		}
		targets, err := lockTargets(ctx, tx, caller.UserID, edit)
		switch {
		case err != nil || len(targets) == 0:
			return err
		case edit.Delete:
			before, err = deleteTargets(ctx, tx, caller.UserID, targets)
			return err
		}
		before, err = changeTargets(ctx, tx, caller.UserID, edit, targets)
		return err
	})
	if err != nil {
		return nil, editRefused(err)
	}
	s.announce(caller.UserID)
	return before, nil
}

// lockTargets locks the signals that an edit names, and checks their number.
func lockTargets(ctx context.Context, tx pgx.Tx, user atalaya.UserID, edit atalaya.SignalsEdit) ([]targetRow, error) {
	w, most := filterOf(user, atalaya.SignalFilter{}), int64(atalaya.MaxEdited)
	notes := "null::text"
	if edit.SetsNotes() {
		notes, most = "notes", atalaya.MaxNotesEdited
	}
	if edit.Filter != nil {
		w = filterOf(user, *edit.Filter)
	} else {
		w.and("id = any(@ids::uuid[])", "ids", idsOf(edit))
	}
	w.args["most"] = most + 1
	targets, err := collect(ctx, tx, "targets", w, grouping{key: notes}, pgx.RowToStructByPos[targetRow])
	switch n := int64(len(targets)); {
	case err != nil:
		return nil, err
	case n > most:
		return nil, atalaya.Errorf(atalaya.CodeInvalid, "This would change more than %d signals at once. Narrow the filter, or send them in parts. Nothing was changed.", most)
	case edit.Filter != nil && n != edit.Expected:
		return nil, atalaya.Errorf(atalaya.CodeConflict, "The filter lets %d signals through now, not %d. Look at them again. Nothing was changed.", n, edit.Expected)
	}
	return targets, nil
}

func idsOf(edit atalaya.SignalsEdit) []string {
	ids := make([]string, 0, len(edit.IDs)+len(edit.Changes))
	for _, id := range edit.IDs {
		ids = append(ids, string(id))
	}
	for _, c := range edit.Changes {
		ids = append(ids, string(c.ID))
	}
	return ids
}

func deleteTargets(ctx context.Context, tx pgx.Tx, user atalaya.UserID, targets []targetRow) ([]atalaya.SignalChange, error) {
	before := make([]atalaya.SignalChange, len(targets))
	ids := make([]string, len(targets))
	for i, t := range targets {
		before[i].ID, ids[i] = atalaya.SignalID(t.ID), t.ID
	}
	_, err := rows.New(tx).DeleteSignals(ctx, rows.DeleteSignalsParams{UserID: string(user), Ids: ids})
	return before, err
}

func changeTargets(ctx context.Context, tx pgx.Tx, user atalaya.UserID, edit atalaya.SignalsEdit, targets []targetRow) ([]atalaya.SignalChange, error) {
	before := make([]atalaya.SignalChange, len(targets))
	changes := make([]map[string]any, len(targets))
	updateOf := edit.Updates()
	for i, t := range targets {
		old := t.change()
		update, err := updateOf(old)
		if err != nil {
			return nil, err
		}
		before[i] = atalaya.SignalChange{ID: old.ID, SignalUpdate: update.Named(old.SignalUpdate)}
		changes[i] = membersOf(old.ID, update)
	}
	text, err := json.Marshal(changes)
	if err != nil {
		return nil, err
	}
	_, err = rows.New(tx).ChangeSignals(ctx, rows.ChangeSignalsParams{UserID: string(user), Changes: text})
	return before, err
}

// change returns all values of a signal.
func (t targetRow) change() atalaya.SignalChange {
	tags := append([]string{}, t.Tags...)
	return atalaya.SignalChange{ID: atalaya.SignalID(t.ID), SignalUpdate: atalaya.SignalUpdate{
		Result: &t.Result, EntryPrice: &t.EntryPrice, ExitPrice: &t.ExitPrice, ProfitLoss: &t.ProfitLoss, ProfitLossPercent: &t.ProfitLossPercent,
		StopPrice: &t.StopPrice, RiskAmount: &t.RiskAmount, ClosedAt: &t.ClosedAt, Notes: &t.Notes, Tags: &tags,
	}}
}

// membersOf writes what an update sets by the names of the columns, with every digit.
func membersOf(id atalaya.SignalID, u atalaya.SignalUpdate) map[string]any {
	members := map[string]any{"id": id}
	for name, number := range map[string]*decimal.NullDecimal{
		"entry_price": u.EntryPrice, "exit_price": u.ExitPrice, "profit_loss": u.ProfitLoss, "profit_loss_percent": u.ProfitLossPercent,
		"stop_price": u.StopPrice, "risk_amount": u.RiskAmount,
	} {
		if set, text := given(number); set {
			members[name] = text
		}
	}
	if u.Result != nil {
		members["result"] = *u.Result
	}
	if u.ClosedAt != nil {
		members["closed_at"] = *u.ClosedAt
	}
	if u.Notes != nil {
		members["notes"] = *u.Notes
	}
	if u.Tags != nil {
		members["tags"] = append([]string{}, *u.Tags...)
	}
	return members
}

// editRefused turns the error of an edit into the one for its owner, as EditSignals describes it.
func editRefused(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		switch refused.Code {
		case deadlockDetected, lockNotAvailable:
			return atalaya.Wrap(atalaya.CodeConflict, err, "Another request is changing these signals. Try again. Nothing was changed.")
		case queryCanceled:
			return atalaya.Wrap(atalaya.CodeInvalid, err, "These are too many signals to look through at once. Narrow the filter. Nothing was changed.")
		}
	}
	var known *atalaya.Error
	if errors.As(err, &known) {
		return known
	}
	return updateRefused(err)
}

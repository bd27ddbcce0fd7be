package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// maxCounted is where counting a filtered list stops: nobody pages further, and every counted row has to be read.
const maxCounted = 10_000

// Signals returns a part of the caller's signals, newest first. A search reads a bounded number of signals, so a part may
// have fewer than page.Limit or none, and still a Next.
func (s *Store) Signals(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, page atalaya.SignalPage) (atalaya.SignalList, error) {
	var list atalaya.SignalList
	err := s.asCaller(ctx, caller, func(tx pgx.Tx) error {
		// A generic plan expects hardly a row to pass all conditions, and sorts all signals of the user.
		if _, err := tx.Exec(ctx, "set local plan_cache_mode = force_custom_plan"); err != nil {
			return err
		}
		floor, err := searchFloor(ctx, tx, caller.UserID, filter, page)
		if err != nil {
			return err
		}
		found, err := listSignals(ctx, tx, caller.UserID, filter, page, floor)
		if err != nil {
			return err
		}
		list.Next = floor
		if len(found) > page.Limit { // one more than asked for: there is a next part
			found = found[:page.Limit]
			last := found[page.Limit-1]
			list.Next = &atalaya.SignalCursor{CreatedAt: last.CreatedAt, ID: atalaya.SignalID(last.ID)}
		}
		list.Signals = make([]atalaya.Signal, 0, len(found))
		for _, row := range found {
			list.Signals = append(list.Signals, signalOf(row))
		}
		if page.Cursor == nil {
			list.Total, list.TotalCapped, err = total(ctx, tx, caller.UserID, filter, floor)
		}
		return err
	})
	if err != nil {
		return atalaya.SignalList{}, failed("list the signals", err)
	}
	return list, nil
}

// total counts the signals that a filter lets through. It uses the kept counters if they have the answer, and
// counts otherwise, down to the end of a search.
func total(ctx context.Context, tx pgx.Tx, user atalaya.UserID, filter atalaya.SignalFilter, floor *atalaya.SignalCursor) (*int64, bool, error) {
	if filter != (atalaya.SignalFilter{Result: filter.Result}) {
		n, err := countSignals(ctx, tx, user, filter, floor)
		capped := n > maxCounted || floor != nil
		n = min(n, maxCounted)
		return &n, capped, err
	}
	q := rows.New(tx)
	stats, err := readStats(ctx, q, user)
	n := stats.TotalSignals
	switch filter.Result {
	case "":
	case atalaya.ResultWin:
		n = stats.Wins
	case atalaya.ResultLoss:
		n = stats.Losses
	case atalaya.ResultBreakeven:
		n = stats.Breakevens
	default:
		n, err = q.CountSignalsByResult(ctx, rows.CountSignalsByResultParams{UserID: string(user), Result: string(filter.Result)})
		return &n, false, err
	}
	if err != nil {
		return nil, false, err
	}
	trials, err := q.CountTrials(ctx, rows.CountTrialsParams{UserID: string(user), Result: string(filter.Result)})
	n += trials
	return &n, false, err
}

// Signal returns one signal of the caller. It fails with CodeNotFound if there is none, or it is another user's.
func (s *Store) Signal(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID) (atalaya.Signal, error) {
	var signal atalaya.Signal
	err := s.asCaller(ctx, caller, func(tx pgx.Tx) error {
		row, err := rows.New(tx).GetSignal(ctx, rows.GetSignalParams{UserID: string(caller.UserID), ID: string(id)})
		signal = signalOf(row)
		return err
	})
	if err != nil {
		return atalaya.Signal{}, noSignal("read the signal", err)
	}
	return signal, nil
}

// UpdateSignal writes what an owner may change and returns the changed signal. It fails with CodeNotFound as Signal does,
// and with CodeInvalid if the trade would end before its alert.
func (s *Store) UpdateSignal(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID, u atalaya.SignalUpdate) (atalaya.Signal, error) {
	params := rows.UpdateSignalParams{
		UserID: string(caller.UserID), ID: string(id),
		Result: textOf(u.Result), SetNotes: u.Notes != nil,
	}
	params.SetEntryPrice, params.EntryPrice = given(u.EntryPrice)
	params.SetExitPrice, params.ExitPrice = given(u.ExitPrice)
	params.SetProfitLoss, params.ProfitLoss = given(u.ProfitLoss)
	params.SetProfitLossPercent, params.ProfitLossPercent = given(u.ProfitLossPercent)
	params.SetStopPrice, params.StopPrice = given(u.StopPrice)
	params.SetRiskAmount, params.RiskAmount = given(u.RiskAmount)
	if u.ClosedAt != nil {
		params.SetClosedAt, params.ClosedAt = true, *u.ClosedAt
	}
	if u.Notes != nil {
		params.Notes = *u.Notes
	}
	if u.Tags != nil {
		params.Tags = append([]string{}, *u.Tags...)
	}
	var signal atalaya.Signal
	err := s.asCaller(ctx, caller, func(tx pgx.Tx) error {
		row, err := rows.New(tx).UpdateSignal(ctx, params)
		signal = signalOf(row)
		return err
	})
	if err != nil {
		return atalaya.Signal{}, updateRefused(err)
	}
	s.announce(caller.UserID)
	return signal, nil
}

// DeleteSignal deletes a signal of the caller; upkeep removes its picture. It fails with CodeNotFound as Signal does.
func (s *Store) DeleteSignal(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID) error {
	err := s.asCaller(ctx, caller, func(tx pgx.Tx) error {
		n, err := rows.New(tx).DeleteSignal(ctx, rows.DeleteSignalParams{UserID: string(caller.UserID), ID: string(id)})
		if err == nil && n == 0 {
			return pgx.ErrNoRows
		}
		return err
	})
	if err != nil {
		return noSignal("delete the signal", err)
	}
	s.announce(caller.UserID)
	return nil
}

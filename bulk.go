package atalaya

import "slices"

// The bounds of one edit of many signals.
const (
	MaxEdited      = 10_000 // signals
	MaxEditedByID  = 500    // signals that are named one by one
	MaxNotesEdited = 500    // signals whose notes are set: notes are long, and the answer holds the old ones
	maxTags        = 20     // tags of a signal
)

// SignalsEdit changes or deletes many signals at once. It names them by one of IDs, Filter and Changes.
type SignalsEdit struct {
	IDs      []SignalID
	Filter   *SignalFilter
	Expected int64          // how many signals Filter has to match
	Changes  []SignalChange // each signal's own values; the members below are unused

	Set                 SignalUpdate
	AddTags, RemoveTags []string
	Delete              bool
}

// SignalChange is a change of one signal.
type SignalChange struct {
	ID SignalID
	SignalUpdate
}

// SetsNotes reports whether the edit writes notes.
func (e SignalsEdit) SetsNotes() bool {
	return e.Set.Notes != nil || slices.ContainsFunc(e.Changes, func(c SignalChange) bool { return c.Notes != nil })
}

// Updates returns the function that computes what the edit sets of a signal from all its present values. The function
// fails with CodeInvalid if the signal would have too many tags.
func (e SignalsEdit) Updates() func(old SignalChange) (SignalUpdate, error) {
	if len(e.Changes) == 0 {
		return e.updateOf
	}
	byID := make(map[SignalID]SignalUpdate, len(e.Changes))
	for _, c := range e.Changes {
		byID[c.ID] = c.SignalUpdate
	}
	return func(old SignalChange) (SignalUpdate, error) { return byID[old.ID], nil }
}

func (e SignalsEdit) updateOf(old SignalChange) (SignalUpdate, error) {
	update := e.Set
	if len(e.AddTags) == 0 && len(e.RemoveTags) == 0 {
		return update, nil
	}
	from, tags := *old.Tags, []string{}
	if e.Set.Tags != nil {
		from = *e.Set.Tags
	}
	for _, tag := range slices.Concat(from, e.AddTags) {
		if !slices.Contains(e.RemoveTags, tag) && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	if len(tags) > maxTags {
		return update, Errorf(CodeInvalid, "add_tags: the signal %s would have more than %d tags. Nothing was changed.", old.ID, maxTags)
	}
	update.Tags = &tags
	return update, nil
}

// Named returns the values of old for the members that u sets, and nil for the others.
func (u SignalUpdate) Named(old SignalUpdate) SignalUpdate {
	return SignalUpdate{
		Result:     named(u.Result, old.Result),
		EntryPrice: named(u.EntryPrice, old.EntryPrice), ExitPrice: named(u.ExitPrice, old.ExitPrice),
		ProfitLoss: named(u.ProfitLoss, old.ProfitLoss), ProfitLossPercent: named(u.ProfitLossPercent, old.ProfitLossPercent),
		StopPrice: named(u.StopPrice, old.StopPrice), RiskAmount: named(u.RiskAmount, old.RiskAmount),
		ClosedAt: named(u.ClosedAt, old.ClosedAt), Notes: named(u.Notes, old.Notes), Tags: named(u.Tags, old.Tags),
	}
}

// named returns value if the update sets it, else nil.
func named[T any](set, value *T) *T {
	if set == nil {
		return nil
	}
	return value
}

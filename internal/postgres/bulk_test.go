package postgres_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

// The test makes random edits of random signals. It compares what the database keeps with a recount of the signals, and
// undoes each edit.
func TestStatisticsAreExactAfterEditsOfManySignals(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store, test := testkit.Store(t, pool), t
	rapid.Check(t, func(t *rapid.T) {
		user, trades := testkit.User(test, pool), drawTrades(t)
		storeTrades(t, pool, user, trades)
		caller := testkit.Caller(user)
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			edit := drawEdit(t, store, caller, trades)
			was := signalsOf(t, store, caller)
			before, err := store.EditSignals(t.Context(), caller, edit)
			if err != nil {
				t.Fatal(err)
			}
			exact(t, store, caller)
			if edit.Delete {
				continue
			}
			if rapid.Bool().Draw(t, "undo") {
				if _, err := store.EditSignals(t.Context(), caller, atalaya.SignalsEdit{Changes: before}); err != nil {
					t.Fatal(err)
				}
				exact(t, store, caller)
				if diff := cmp.Diff(was, signalsOf(t, store, caller)); diff != "" {
					t.Fatal(diff)
				}
			}
		}
	})
}

func drawEdit(t *rapid.T, store *postgres.Store, caller atalaya.Caller, trades []trade) (edit atalaya.SignalsEdit) {
	if rapid.Bool().Draw(t, "by filter") {
		filter := atalaya.SignalFilter{Result: rapid.SampledFrom([]atalaya.Result{"", "win", "loss", "pending"}).Draw(t, "filter"), Ticker: "A"}
		list, err := store.Signals(t.Context(), caller, filter, atalaya.SignalPage{Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		edit.Filter, edit.Expected = &filter, int64(len(list.Signals))
	} else {
		for _, s := range trades {
			if rapid.Bool().Draw(t, "named") {
				edit.IDs = append(edit.IDs, atalaya.SignalID(s.id))
			}
		}
	}
	if edit.Delete = rapid.IntRange(0, 4).Draw(t, "delete") == 0; edit.Delete {
		return edit
	}
	if rapid.Bool().Draw(t, "sets a result") {
		result := rapid.SampledFrom([]atalaya.Result{"win", "loss", "breakeven", "pending", "skip"}).Draw(t, "result")
		edit.Set.Result = &result
	}
	if rapid.Bool().Draw(t, "sets a profit") {
		profit := decimal.NullDecimal{}
		if text := rapid.SampledFrom([]string{"", "0.10", "-1e30", "7"}).Draw(t, "profit"); text != "" {
			profit = decimal.NewNullDecimal(num(text))
		}
		edit.Set.ProfitLoss = &profit
	}
	edit.AddTags, edit.RemoveTags = []string{"z"}, []string{"x"}
	return edit
}

// edited holds what an edit may change of a signal.
type edited struct {
	ID, Result, Profit string
	Tags               []string
}

func signalsOf(t *rapid.T, store *postgres.Store, caller atalaya.Caller) (all []edited) {
	list, err := store.Signals(t.Context(), caller, atalaya.SignalFilter{}, atalaya.SignalPage{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list.Signals {
		profit := ""
		if s.ProfitLoss.Valid {
			profit = s.ProfitLoss.Decimal.StringFixed(max(0, -s.ProfitLoss.Decimal.Exponent()))
		}
		all = append(all, edited{string(s.ID), string(s.Result), profit, s.Tags})
	}
	return all
}

// exact compares the kept row with a computation over the signals as they are.
func exact(t *rapid.T, store *postgres.Store, caller atalaya.Caller) {
	kept, err := store.Stats(t.Context(), caller)
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.Statistics(t.Context(), caller, atalaya.SignalFilter{Zone: "UTC"}, "")
	if err != nil {
		t.Fatal(err)
	}
	agreesWithTheKeptRow(t, got, kept)
}

func TestAnEditReachesNoOtherUsersSignals(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store, alice, mallory := testkit.Store(t, pool), testkit.User(t, pool), testkit.User(t, pool)
	id := value(t, pool, "insert into trading_signals (user_id) values ($1) returning id::text", string(alice))
	win := atalaya.ResultWin
	for name, edit := range map[string]atalaya.SignalsEdit{
		"ids":     {IDs: []atalaya.SignalID{atalaya.SignalID(id)}, Set: atalaya.SignalUpdate{Result: &win}},
		"delete":  {IDs: []atalaya.SignalID{atalaya.SignalID(id)}, Delete: true},
		"changes": {Changes: []atalaya.SignalChange{{ID: atalaya.SignalID(id), SignalUpdate: atalaya.SignalUpdate{Result: &win}}}},
		"filter":  {Filter: &atalaya.SignalFilter{}, Delete: true},
	} {
		if before, err := store.EditSignals(t.Context(), testkit.Caller(mallory), edit); err != nil || len(before) > 0 {
			t.Errorf("%s: %v, %v", name, before, err)
		}
	}
	if got := value(t, pool, "select result from trading_signals where id = $1", id); got != "pending" {
		t.Errorf("the signal is %q", got)
	}
}

func TestTagsAreAddedOnceAndRemoved(t *testing.T) {
	t.Parallel()
	edit := atalaya.SignalsEdit{AddTags: []string{"b", "c", "c"}, RemoveTags: []string{"a", "c"}}
	old := []string{"a", "b", "d"}
	update, err := edit.Updates()(atalaya.SignalChange{SignalUpdate: atalaya.SignalUpdate{Tags: &old}})
	if err != nil || !slices.Equal(*update.Tags, []string{"b", "d"}) {
		t.Errorf("the tags are %v, %v; want b and d", update.Tags, err)
	}
	old = slices.Repeat([]string{"t"}, 20)
	for i := range old {
		old[i] += string(rune('a' + i))
	}
	var refused *atalaya.Error
	if _, err := edit.Updates()(atalaya.SignalChange{SignalUpdate: atalaya.SignalUpdate{Tags: &old}}); !errors.As(err, &refused) || refused.Code != atalaya.CodeInvalid {
		t.Errorf("21 tags: %v", err)
	}
}

package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

// found pages through a search to its end and returns the messages with the number of parts.
func found(t *testing.T, store *postgres.Store, user atalaya.UserID, filter atalaya.SignalFilter, limit int) (messages []string, parts int) {
	t.Helper()
	page := atalaya.SignalPage{Limit: limit}
	for {
		parts++
		list, err := store.Signals(t.Context(), testkit.Caller(user), filter, page)
		if err != nil {
			t.Fatal(err)
		}
		if page.Cursor == nil && list.Next != nil && len(list.Signals) < limit && !list.TotalCapped {
			t.Errorf("a search that goes on says that its total of %d is all", *list.Total)
		}
		for _, s := range list.Signals {
			messages = append(messages, (*s.RawMessage)[:9])
		}
		if list.Next == nil {
			return messages, parts
		}
		page.Cursor = list.Next
	}
}

func TestASearchReadsBoundedPartsAndFindsEverything(t *testing.T) {
	t.Parallel()
	newest := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, tc := range map[string]struct {
		signals int
		message string // of each signal, behind its number
		parts   int    // at least
	}{
		"many short messages": {25_000, "'buy'", 3},
		"few long messages":   {150, "repeat('x', 65000)", 3},
		"all in one part":     {500, "'buy'", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := testkit.Database(t)
			store, user := testkit.Store(t, pool), testkit.User(t, pool)
			// Every hundredth matches; ten signals each have the same time, so that their ids decide.
			_, err := pool.Exec(t.Context(), fmt.Sprintf(`
				insert into public.trading_signals (user_id, raw_message, created_at)
				select $1, lpad(n::text, 9, '0') || %s || case when n %% 100 = 0 then ' 100%% sure_thing' else '' end, $2::timestamptz - (n / 10) * interval '1 second'
				from generate_series(1, %d) n`, tc.message, tc.signals), string(user), newest)
			if err != nil {
				t.Fatal(err)
			}
			for _, limit := range []int{7, 200} {
				messages, parts := found(t, store, user, atalaya.SignalFilter{Query: "100% SURE_"}, limit)
				if parts < tc.parts {
					t.Errorf("limit %d: %d parts, want %d at least", limit, parts, tc.parts)
				}
				if len(messages) != tc.signals/100 {
					t.Fatalf("limit %d: %d found, want %d", limit, len(messages), tc.signals/100)
				}
				for i, m := range messages {
					if want := fmt.Sprintf("%09d", (i+1)*100); m != want {
						t.Errorf("limit %d: number %d is %s, want %s", limit, i, m, want)
					}
				}
			}
			from := newest.Add(-time.Duration(tc.signals/20) * time.Second)
			if half, _ := found(t, store, user, atalaya.SignalFilter{Query: "sure", From: from}, 200); len(half) != tc.signals/200 {
				t.Errorf("%d found in the newer half, want %d", len(half), tc.signals/200)
			}
		})
	}
}

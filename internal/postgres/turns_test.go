package postgres

import (
	"slices"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func TestUsersComeInTurn(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		turns       []turn
		slots, free int
		want        []int64
	}{
		"nobody waits":                                  {nil, 2, 2, nil},
		"one user alone has every slot":                 {[]turn{{user: "ana", jobs: []int64{1, 2}}}, 2, 2, []int64{1, 2}},
		"the longest without a turn comes first":        {[]turn{{user: "ana", jobs: []int64{1}, taken: noon}, {user: "bea", jobs: []int64{2}, taken: noon.Add(-time.Hour)}}, 2, 1, []int64{2}},
		"who never had a turn comes before":             {[]turn{{user: "ana", jobs: []int64{1}, taken: noon}, {user: "bea", jobs: []int64{2}}}, 1, 1, []int64{2}},
		"without turns, who waits longest":              {[]turn{{user: "ana", jobs: []int64{1}, since: noon}, {user: "bea", jobs: []int64{2}, since: noon.Add(-time.Second)}}, 1, 1, []int64{2}},
		"users alternate":                               {[]turn{{user: "ana", jobs: []int64{1, 2, 3}}, {user: "bea", jobs: []int64{4, 5, 6}}}, 4, 4, []int64{1, 4, 2, 5}},
		"one slot is left to others":                    {[]turn{{user: "ana", jobs: []int64{1}, running: 1}, {user: "bea", jobs: []int64{2}, taken: noon}}, 2, 1, []int64{2}},
		"who alone waits may fill up":                   {[]turn{{user: "ana", jobs: []int64{1}, running: 1}, {user: "bea", running: 0}}, 2, 1, []int64{1}},
		"of one slot a user has one":                    {[]turn{{user: "ana", jobs: []int64{1}}, {user: "bea", jobs: []int64{2}, taken: noon}}, 1, 1, []int64{1}},
		"hung users share one slot":                     {[]turn{{user: "ana", jobs: []int64{1}, hung: true, running: 1}, {user: "eve", jobs: []int64{2}, hung: true}, {user: "bea", jobs: []int64{3, 4}}}, 4, 2, []int64{3, 4}},
		"a hung user has a slot beside others":          {[]turn{{user: "eve", jobs: []int64{2}, hung: true}, {user: "bea", jobs: []int64{3}, taken: noon}}, 2, 2, []int64{2, 3}},
		"hung users among themselves are as any":        {[]turn{{user: "ana", jobs: []int64{1, 5}, hung: true}, {user: "eve", jobs: []int64{2}, hung: true}}, 2, 2, []int64{1, 2}},
		"of a single slot a hung user gets what's left": {[]turn{{user: "eve", jobs: []int64{2}, hung: true}, {user: "bea", jobs: []int64{3}, taken: noon}}, 1, 1, []int64{3}},
	} {
		if got := nextTurns(tc.turns, tc.slots, tc.free); !slices.Equal(got, tc.want) {
			t.Errorf("%s: takes %v, want %v", name, got, tc.want)
		}
	}
}

func TestACaptureYieldsTheSlotThatAnotherUserWaitsFor(t *testing.T) {
	t.Parallel()
	ago := func(user string, d time.Duration) capturing { return capturing{user: user, since: noon.Add(-d)} }
	both := []turn{{user: "ana", running: 2}, {user: "bea", jobs: []int64{1}}}
	for name, tc := range map[string]struct {
		turns   []turn
		running []capturing
		slots   int
		want    capturing // zero: none yields
	}{
		"the one that runs longest":          {both, []capturing{ago("ana", 5*time.Second), ago("ana", 9*time.Second)}, 2, ago("ana", 9*time.Second)},
		"one that has just begun is left":    {both, []capturing{ago("ana", time.Second), ago("ana", time.Second)}, 2, capturing{}},
		"nobody waits":                       {[]turn{{user: "ana", running: 2, jobs: []int64{2}}}, []capturing{ago("ana", time.Minute), ago("ana", time.Minute)}, 2, capturing{}},
		"a slot is free":                     {both, []capturing{ago("ana", time.Minute)}, 2, capturing{}},
		"a single slot is never taken away":  {[]turn{{user: "ana", running: 1}, {user: "bea", jobs: []int64{1}}}, []capturing{ago("ana", time.Minute)}, 1, capturing{}},
		"users who hold one slot each":       {[]turn{{user: "ana", running: 1}, {user: "eve", running: 1}, {user: "bea", jobs: []int64{1}}}, []capturing{ago("ana", time.Minute), ago("eve", time.Minute)}, 2, capturing{}},
		"two whose last attempts hung":       {[]turn{{user: "ana", running: 1, hung: true}, {user: "eve", running: 1, hung: true}, {user: "bea", jobs: []int64{1}}}, []capturing{ago("ana", time.Minute), ago("eve", 2*time.Minute)}, 2, ago("eve", 2*time.Minute)},
		"a hung user takes no slot from one": {[]turn{{user: "ana", running: 1, hung: true}, {user: "eve", running: 1, hung: true}, {user: "bea", jobs: []int64{1}, hung: true}}, []capturing{ago("ana", time.Minute), ago("eve", 2*time.Minute)}, 2, capturing{}},
	} {
		got, ok := mustYield(tc.turns, tc.running, tc.slots, noon)
		if got != tc.want || ok != (tc.want != capturing{}) {
			t.Errorf("%s: %+v yields, want %+v", name, got, tc.want)
		}
	}
}

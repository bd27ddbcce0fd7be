package postgres

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"atalaya"
)

// courseRow is a row of course.sql.
type courseRow struct {
	Part
	Results        *string // a w for each win and an l for each loss, in their order
	Held, Captures []float64
}

func (r courseRow) size() int {
	return 100 + len(textOrEmpty(r.Results)) + 8*(len(r.Held)+len(r.Captures))
}

// course returns what depends on the order and the times of signals.
func (a *analysis) course(ctx context.Context, filter atalaya.SignalFilter, wins, losses int64) (c atalaya.Course, err error) {
	w := filterOf(a.user, filter)
	parts, err := byStretch(ctx, a, question{"course", w.text(), ""}, "course", w, grouping{}, pgx.RowToStructByPos[courseRow])
	if err != nil {
		return c, err
	}
	var results strings.Builder
	var held, captures []float64
	for _, part := range parts {
		for _, row := range part {
			results.WriteString(textOrEmpty(row.Results))
			held, captures = append(held, row.Held...), append(captures, row.Captures...)
		}
	}
	c.CurrentStreak, c.MaxWinStreak, c.MaxLossStreak = streaks(results.String())
	slices.Sort(held)
	slices.Sort(captures)
	c.Held, c.HeldQ1, c.HeldMedian, c.HeldQ3 = int64(len(held)), quantile(held, 0.25), quantile(held, 0.5), quantile(held, 0.75)
	c.Captured, c.CaptureMedian = int64(len(captures)), quantile(captures, 0.5)
	expected, err := collect(ctx, a.tx, "expected", &where{args: pgx.NamedArgs{"wins": wins, "losses": losses}}, grouping{}, pgx.RowTo[decimal.NullDecimal])
	if err == nil {
		c.ExpectedLosingRun = expected[0]
	}
	return c, err
}

// streaks returns the lengths of the last run of equal letters in a text of w and l, negative for l, and of the longest
// run of each.
func streaks(results string) (current, maxWins, maxLosses int64) {
	for i := range len(results) {
		switch {
		case results[i] == 'w':
			current = max(current, 0) + 1
			maxWins = max(maxWins, current)
		default:
			current = min(current, 0) - 1
			maxLosses = max(maxLosses, -current)
		}
	}
	return current, maxWins, maxLosses
}

// quantile returns the value below which a part of the sorted values lies, as SQL's percentile_cont does, or nil if there
// are none.
func quantile(sorted []float64, part float64) *float64 {
	if len(sorted) == 0 {
		return nil
	}
	place := part * float64(len(sorted)-1)
	low, high := sorted[int(math.Floor(place))], sorted[int(math.Ceil(place))]
	value := low + float64((place-math.Floor(place))*(high-low)) // rounded before the sum, as there
	return &value
}

package postgres_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

// trade holds what statistics read of a signal.
type trade struct {
	id                string
	result            string
	profit, risk      string // "" is null
	entry, exit, stop string
	direction         string
	ticker            string
	tags              []string
	at                time.Time
	late              time.Duration // how long after at it arrived; pictures are taken after that
	closed, taken     time.Duration // after at; negative is null
	origin            string
}

// moments lie around the changes of clocks of the zones below. Some occur twice.
var moments = func() (all []time.Time) {
	for _, around := range []string{
		"2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z", "2026-09-06T04:00:00Z", "2026-04-05T03:00:00Z",
		"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z", "2011-12-30T10:00:00Z",
	} {
		at, _ := time.Parse(time.RFC3339, around)
		for _, shift := range []time.Duration{-25 * time.Hour, -time.Hour, -time.Second, 0, 30 * time.Minute, time.Hour, 24 * time.Hour} {
			all = append(all, at.Add(shift))
		}
	}
	return append(all, openings()...)
}()

var zones = []string{"UTC", "America/Santiago", "America/New_York", "Europe/Madrid", "Australia/Lord_Howe", "Pacific/Apia"}

func drawTrades(t *rapid.T) []trade {
	amount := rapid.SampledFrom([]string{"", "", "0", "-0.00", "10", "-7.50", "3.333333333333333333333333333333", "1e30", "-1e30", "0.01", "-0.01", "25", "-12", "100"})
	price := rapid.SampledFrom([]string{"", "1.5", "2", "2.0", "3.25", "0"})
	one := rapid.Custom(func(t *rapid.T) trade {
		return trade{
			result: rapid.SampledFrom([]string{"pending", "win", "win", "loss", "loss", "breakeven", "skip"}).Draw(t, "result"),
			profit: amount.Draw(t, "profit"), risk: rapid.SampledFrom([]string{"", "", "3", "0.5"}).Draw(t, "risk"),
			entry: price.Draw(t, "entry"), exit: price.Draw(t, "exit"), stop: price.Draw(t, "stop"),
			direction: rapid.SampledFrom([]string{"", "LONG", "SHORT"}).Draw(t, "direction"),
			ticker:    rapid.SampledFrom([]string{"", "A", "B", "none"}).Draw(t, "ticker"),
			tags:      rapid.SampledFrom([][]string{{}, {"x"}, {"x", "y"}}).Draw(t, "tags"),
			at:        rapid.SampledFrom(moments).Draw(t, "at"),
			late:      rapid.SampledFrom([]time.Duration{0, 0, time.Second, 40 * 24 * time.Hour}).Draw(t, "late"),
			closed:    time.Duration(rapid.IntRange(-1, 5).Draw(t, "closed")) * time.Minute,
			taken:     time.Duration(rapid.IntRange(-1, 5).Draw(t, "taken")) * time.Second,
			origin:    rapid.SampledFrom([]string{"alert", "alert", "alert", "replay", "test", "demo"}).Draw(t, "origin"),
		}
	})
	return rapid.SliceOfN(one, 0, 80).Draw(t, "trades")
}

// storeTrades inserts trades in one statement, so that the kept row is recomputed once.
func storeTrades(t *rapid.T, pool *pgxpool.Pool, user atalaya.UserID, trades []trade) {
	null := func(v string) any {
		if v == "" {
			return nil
		}
		return v
	}
	rows := []map[string]any{}
	for i := range trades {
		s := &trades[i]
		s.id = uuid.NewString()
		row := map[string]any{
			"id": s.id, "result": s.result, "profit_loss": null(s.profit), "risk_amount": null(s.risk), "entry_price": null(s.entry),
			"exit_price": null(s.exit), "stop_price": null(s.stop), "direction": null(s.direction), "ticker": null(s.ticker), "tags": s.tags,
			"timestamp": s.at, "created_at": s.at.Add(s.late), "closed_at": nil, "screenshot_taken_at": nil, "screenshot_status": "skipped", "origin": s.origin,
		}
		if s.closed >= 0 {
			row["closed_at"] = s.at.Add(s.closed)
		}
		if s.taken >= 0 {
			row["screenshot_taken_at"], row["screenshot_status"] = s.at.Add(s.late+s.taken), "completed"
		}
		rows = append(rows, row)
	}
	const columns = `id, result, profit_loss, risk_amount, entry_price, exit_price, stop_price, direction, ticker, tags, "timestamp", created_at, closed_at,
		screenshot_taken_at, screenshot_status, origin`
	_, err := pool.Exec(t.Context(), `insert into public.trading_signals (user_id, `+columns+`)
		select $1, `+columns+` from jsonb_to_recordset($2) as x (id uuid, result text, profit_loss numeric, risk_amount numeric, entry_price numeric,
			exit_price numeric, stop_price numeric, direction text, ticker text, tags text[], "timestamp" timestamptz, created_at timestamptz, closed_at timestamptz,
			screenshot_taken_at timestamptz, screenshot_status text, origin text)`, string(user), rows)
	if err != nil {
		t.Fatal(err)
	}
}

// counted returns the trades that statistics count, in their order.
func counted(trades []trade) (all []trade) {
	for _, s := range trades {
		if s.origin != "test" && s.origin != "demo" {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b trade) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	return all
}

func (s trade) decided() bool {
	return s.result == "win" || s.result == "loss" || s.result == "breakeven"
}

// r returns the profit as a multiple of the risk.
func (s trade) r() (decimal.Decimal, bool) {
	if s.risk != "" {
		if s.profit == "" {
			return decimal.Zero, false
		}
		return num(s.profit).DivRound(num(s.risk), 70), true
	}
	if s.entry == "" || s.exit == "" || s.stop == "" || s.direction == "" {
		return decimal.Zero, false
	}
	gain, risk := num(s.exit).Sub(num(s.entry)), num(s.entry).Sub(num(s.stop))
	if s.direction == "SHORT" {
		gain, risk = gain.Neg(), risk.Neg()
	}
	if !risk.IsPositive() {
		return decimal.Zero, false
	}
	return gain.DivRound(risk, 70), true
}

func num(v string) decimal.Decimal { return decimal.RequireFromString(v) }

// recount computes figures one signal after the other.
func recount(trades []trade) map[string]any {
	counts := map[string]int64{}
	sum := map[string]decimal.Decimal{}
	var amounts []decimal.Decimal
	add := func(name string, v decimal.Decimal) { counts[name]++; sum[name] = sum[name].Add(v) }
	for _, s := range trades {
		counts["signals"]++
		counts[s.result]++
		if !s.decided() {
			continue
		}
		if r, ok := s.r(); ok {
			add("r", r)
		}
		if s.profit == "" {
			continue
		}
		p := num(s.profit)
		add("total", p)
		add("amount of "+s.result, p)
		amounts = append(amounts, p)
		if s.result == "win" && p.IsNegative() || s.result == "loss" && p.IsPositive() {
			counts["clashes"]++
		}
	}
	out := map[string]any{"total": sum["total"], "clashes": counts["clashes"], "signals": counts["signals"], "count r": counts["r"]}
	for _, name := range []string{"pending", "skip", "win", "loss", "breakeven"} {
		out[name] = counts[name]
	}
	mean := func(name string) any {
		if counts[name] == 0 {
			return nil
		}
		return sum[name].DivRound(decimal.NewFromInt(counts[name]), 70)
	}
	out["average win"], out["average loss"], out["expectancy"], out["expectancy r"] = mean("amount of win"), mean("amount of loss"), mean("total"), mean("r")
	if lost := sum["amount of loss"]; !lost.IsZero() {
		out["profit factor"] = sum["amount of win"].DivRound(lost.Abs(), 70)
	}
	if n := float64(counts["win"] + counts["loss"]); n > 0 {
		const z = 1.959964
		p := float64(counts["win"]) / n
		middle, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
		out["low"], out["high"] = 100*max(0, (middle-half)/(1+z*z/n)), 100*min(1, (middle+half)/(1+z*z/n))
	}
	if k := len(amounts); k >= 30 {
		mean, squares := sum["total"].DivRound(decimal.NewFromInt(int64(k)), 70), decimal.Zero
		for _, p := range amounts {
			squares = squares.Add(p.Sub(mean).Mul(p.Sub(mean)))
		}
		out["margin"] = 1.959964 * math.Sqrt(squares.InexactFloat64()/float64(k-1)/float64(k))
	}
	return out
}

// agrees compares what the database computed with what was recounted.
func agrees(t *rapid.T, about string, f atalaya.Figures, want map[string]any) {
	seen := map[string]any{
		"signals": f.Signals, "pending": f.Pending, "skip": f.Skipped, "win": f.Wins, "loss": f.Losses, "breakeven": f.Breakevens,
		"clashes": f.Clashes, "count r": f.CountR, "total": f.TotalProfitLoss, "average win": f.AverageWin, "average loss": f.AverageLoss,
		"expectancy": f.Expectancy, "expectancy r": f.ExpectancyR, "profit factor": f.ProfitFactor, "low": f.WinRateLow, "high": f.WinRateHigh,
		"margin": f.ExpectancyMargin,
	}
	for name, got := range seen {
		w := want[name]
		ok := false
		switch got := got.(type) {
		case int64:
			ok = w == got
		case decimal.Decimal: // sums are exact
			ok = got.Equal(w.(decimal.Decimal))
		case decimal.NullDecimal:
			switch w := w.(type) {
			case nil:
				ok = !got.Valid
			case decimal.Decimal: // quotients have 16 digits
				ok = got.Valid && near(got.Decimal.InexactFloat64(), w.InexactFloat64(), 1e-12)
			case float64:
				ok = got.Valid && (near(got.Decimal.InexactFloat64(), w, 1e-9) || math.Abs(got.Decimal.InexactFloat64()-w) < 0.0051)
			}
		}
		if !ok {
			t.Errorf("%s: %s is %v, want %v", about, name, got, w)
		}
	}
}

func near(a, b, relative float64) bool {
	return a == b || math.Abs(a-b) <= relative*max(math.Abs(a), math.Abs(b))
}

func TestStatisticsAreWhatAPlainRecountGives(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	test := t
	rapid.Check(t, func(t *rapid.T) {
		user, trades := testkit.User(test, pool), drawTrades(t)
		storeTrades(t, pool, user, trades)
		filter := atalaya.SignalFilter{Zone: rapid.SampledFrom(zones).Draw(t, "zone")}
		groupBy := rapid.SampledFrom(slices.Sorted(maps.Keys(keysOf(filter.Zone)))).Draw(t, "group by")
		askEverything(t, store, user, filter, groupBy) // which is kept of the months that do not change
		trades = changeTrades(t, pool, user, trades)
		everythingAgrees(t, store, user, filter, groupBy, trades)
	})
}

func askEverything(t *rapid.T, store *postgres.Store, user atalaya.UserID, filter atalaya.SignalFilter, groupBy string) {
	caller := testkit.Caller(user)
	_, err := store.Statistics(t.Context(), caller, filter, groupBy)
	_, equityErr := store.Equity(t.Context(), caller, filter, 4000)
	_, calendarErr := store.Calendar(t.Context(), caller, filter, 2026)
	_, histogramErr := store.Histogram(t.Context(), caller, filter, false)
	if err := errors.Join(err, equityErr, calendarErr, histogramErr); err != nil {
		t.Fatal(err)
	}
}

// changeTrades edits one of the trades, deletes one and adds some.
func changeTrades(t *rapid.T, pool *pgxpool.Pool, user atalaya.UserID, trades []trade) []trade {
	do := func(sql string, args ...any) {
		if _, err := pool.Exec(t.Context(), sql, append([]any{string(user)}, args...)...); err != nil {
			t.Fatal(err)
		}
	}
	if len(trades) > 0 {
		s := &trades[rapid.IntRange(0, len(trades)-1).Draw(t, "edited")]
		s.result, s.profit = rapid.SampledFrom([]string{"pending", "win", "loss", "breakeven"}).Draw(t, "new result"), rapid.SampledFrom([]string{"4.50", "-6", "1e20"}).Draw(t, "new profit")
		do("update public.trading_signals set result = $3, profit_loss = $4::text::numeric where user_id = $1 and id = $2::text::uuid", s.id, s.result, s.profit)
	}
	if len(trades) > 0 {
		i := rapid.IntRange(0, len(trades)-1).Draw(t, "deleted")
		do("delete from public.trading_signals where user_id = $1 and id = $2::text::uuid", trades[i].id)
		trades = slices.Delete(trades, i, i+1)
	}
	more := drawTrades(t)
	more = more[:min(len(more), 3)]
	storeTrades(t, pool, user, more)
	return append(trades, more...)
}

// everythingAgrees recounts all statistics.
func everythingAgrees(t *rapid.T, store *postgres.Store, user atalaya.UserID, filter atalaya.SignalFilter, groupBy string, trades []trade) {
	trades, caller := counted(trades), testkit.Caller(user)
	kept, err := store.Stats(t.Context(), caller)
	if err != nil {
		t.Fatal(err)
	}
	keys := keysOf(filter.Zone)[groupBy]
	got, err := store.Statistics(t.Context(), caller, filter, groupBy)
	if err != nil {
		t.Fatal(err)
	}
	agrees(t, "all", got.Figures, recount(trades))
	agreesWithTheKeptRow(t, got, kept)
	parts := map[string][]trade{}
	for _, s := range trades {
		for _, key := range keys(s) {
			parts[key] = append(parts[key], s)
		}
	}
	if len(got.Groups) != len(parts) || got.Other != nil {
		t.Errorf("%d groups by %s, want %d", len(got.Groups), groupBy, len(parts))
	}
	for _, g := range got.Groups {
		key := "null"
		if g.Key != nil {
			key = "=" + *g.Key
		}
		agrees(t, groupBy+" "+key, g.Figures, recount(parts[key]))
	}
	courseAgrees(t, got.Course, trades)
	groupsLead(t, store, caller, filter, groupBy, got.Groups)
	narrow := filter
	narrow.Ticker = "A"
	some, err := store.Statistics(t.Context(), caller, narrow, "")
	if err != nil {
		t.Fatal(err)
	}
	courseAgrees(t, some.Course, slices.DeleteFunc(slices.Clone(trades), func(s trade) bool { return s.ticker != "A" }))
	countsAgree(t, store, caller, filter, got)
	followsTheCourse(t, store, caller, filter, trades)
	daysAgree(t, store, caller, filter, trades)
	binsAgree(t, store, caller, filter, trades)
}

// groupsLead checks that the filter of a group's link finds as many signals as the group of time counts.
func groupsLead(t *rapid.T, store *postgres.Store, caller atalaya.Caller, filter atalaya.SignalFilter, groupBy string, groups []atalaya.Group) {
	by := map[string]*string{atalaya.GroupByDay: &filter.Day, atalaya.GroupByWeek: &filter.Week, atalaya.GroupByMonth: &filter.Month, atalaya.GroupBySession: &filter.Session}[groupBy]
	if by == nil || len(groups) == 0 {
		return
	}
	group := rapid.SampledFrom(groups).Draw(t, "group")
	*by = *group.Key
	some, err := store.Statistics(t.Context(), caller, filter, "")
	if err != nil {
		t.Fatal(err)
	}
	if some.Signals != group.Signals {
		t.Errorf("the %s %s counts %d signals, and its filter lets %d through", groupBy, *group.Key, group.Signals, some.Signals)
	}
}

// countsAgree checks that the filter of a figure's link finds as many signals as the figure counts.
func countsAgree(t *rapid.T, store *postgres.Store, caller atalaya.Caller, filter atalaya.SignalFilter, got atalaya.Statistics) {
	counts := map[string]int64{
		atalaya.CountedDecided: got.Decided(), atalaya.CountedWithAmount: got.WithAmount, atalaya.CountedWithoutAmount: got.Decided() - got.WithAmount,
		atalaya.CountedClashes: got.Clashes, atalaya.CountedWithR: got.CountR, atalaya.CountedHeld: got.Held,
		atalaya.CountedCurrentStreak: max(got.CurrentStreak, -got.CurrentStreak),
		atalaya.CountedWinStreak:     got.MaxWinStreak, atalaya.CountedLossStreak: got.MaxLossStreak,
	}
	filter.Counted = rapid.SampledFrom(slices.Sorted(maps.Keys(counts))).Draw(t, "counted")
	some, err := store.Statistics(t.Context(), caller, filter, "")
	if err != nil {
		t.Fatal(err)
	}
	if some.Signals != counts[filter.Counted] {
		t.Errorf("%s counts %d signals, and its filter lets %d through", filter.Counted, counts[filter.Counted], some.Signals)
	}
	streak := map[string][2]int64{
		atalaya.CountedCurrentStreak: {max(got.CurrentStreak, 0), max(-got.CurrentStreak, 0)},
		atalaya.CountedWinStreak:     {got.MaxWinStreak, 0}, atalaya.CountedLossStreak: {0, got.MaxLossStreak},
	}
	if want, ok := streak[filter.Counted]; ok && ([2]int64{some.MaxWinStreak, some.MaxLossStreak} != want || some.Signals != want[0]+want[1]) {
		t.Errorf("%s lets runs of %d wins and %d losses through, want %v and nothing else", filter.Counted, some.MaxWinStreak, some.MaxLossStreak, want)
	}
}

// keysOf returns a function for each way to group. It maps a signal to its groups, written "=key", or "null".
func keysOf(zone string) map[string]func(trade) []string {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	text := func(v string) []string {
		if v == "" {
			return []string{"null"}
		}
		return []string{"=" + v}
	}
	return map[string]func(trade) []string{
		atalaya.GroupByTicker:    func(s trade) []string { return text(s.ticker) },
		atalaya.GroupByDirection: func(s trade) []string { return text(s.direction) },
		atalaya.GroupByResult:    func(s trade) []string { return text(s.result) },
		atalaya.GroupByHour:      func(s trade) []string { return text(strconv.Itoa(s.at.In(loc).Hour())) },
		atalaya.GroupByDay:       func(s trade) []string { return text(s.at.In(loc).Format(time.DateOnly)) },
		atalaya.GroupByMonth:     func(s trade) []string { return text(s.at.In(loc).Format("2006-01")) },
		atalaya.GroupByWeekday:   func(s trade) []string { return text(strconv.Itoa((int(s.at.In(loc).Weekday())+6)%7 + 1)) },
		atalaya.GroupByWeek: func(s trade) []string {
			year, week := s.at.In(loc).ISOWeek()
			return text(fmt.Sprintf("%d-W%02d", year, week))
		},
		atalaya.GroupBySession:   func(s trade) []string { return text(sessionAt(s.at, loc)) },
		atalaya.GroupByUSSession: func(s trade) []string { return text(usSessionAt(s.at)) },
		atalaya.GroupByTag: func(s trade) (keys []string) {
			for _, tag := range s.tags {
				keys = append(keys, "="+tag)
			}
			if len(keys) == 0 {
				return []string{"null"}
			}
			return keys
		},
	}
}

// agreesWithTheKeptRow compares every digit.
func agreesWithTheKeptRow(t *rapid.T, got atalaya.Statistics, kept atalaya.Stats) {
	zero := func(n decimal.NullDecimal) string { return n.Decimal.StringFixed(max(0, -n.Decimal.Exponent())) }
	digits := func(d decimal.Decimal) string { return d.StringFixed(max(0, -d.Exponent())) }
	for name, pair := range map[string][2]any{
		"total_signals": {got.Signals, kept.TotalSignals}, "signals_with_result": {got.Decided(), kept.SignalsWithResult},
		"wins": {got.Wins, kept.Wins}, "losses": {got.Losses, kept.Losses}, "breakevens": {got.Breakevens, kept.Breakevens},
		"win_rate": {zero(got.WinRate), digits(kept.WinRate)}, "total_profit_loss": {digits(got.TotalProfitLoss), digits(kept.TotalProfitLoss)},
		"avg_profit_per_win": {zero(got.AverageWin), digits(kept.AvgProfitPerWin)}, "avg_loss_per_loss": {zero(got.AverageLoss), digits(kept.AvgLossPerLoss)},
		"profit_factor": {zero(got.ProfitFactor), zero(kept.ProfitFactor)}, "has profit_factor": {got.ProfitFactor.Valid, kept.ProfitFactor.Valid},
		"largest_win": {zero(got.LargestWin), digits(kept.LargestWin)}, "largest_loss": {zero(got.LargestLoss), digits(kept.LargestLoss)},
		"current_streak": {got.CurrentStreak, kept.CurrentStreak}, "max_win_streak": {got.MaxWinStreak, kept.MaxWinStreak},
		"max_loss_streak": {got.MaxLossStreak, kept.MaxLossStreak},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %v, and %v in the kept row", name, pair[0], pair[1])
		}
	}
	if (got.LastSignalAt == nil) != (kept.LastSignalAt == nil) || got.LastSignalAt != nil && !got.LastSignalAt.Equal(*kept.LastSignalAt) {
		t.Errorf("last_signal_at is %v, and %v in the kept row", got.LastSignalAt, kept.LastSignalAt)
	}
}

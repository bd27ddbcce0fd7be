package api

import (
	"cmp"
	"context"
	"time"

	"atalaya"
)

type equityInput struct {
	SignalQuery
	Balance string `query:"balance" maxLength:"40" doc:"The balance of the account before the first signal, for the drawdown in percent."`
	Points  int    `query:"points" default:"400" minimum:"4" maximum:"4000" doc:"About how many points: of each stretch the first, lowest, highest and last."`
}

type equityPoint struct {
	Position  int64     `json:"position" doc:"Which of the decided signals, from 1."`
	SignalID  string    `json:"signal_id" format:"uuid"`
	Timestamp time.Time `json:"timestamp"`
	Equity    number    `json:"equity" nullable:"false" doc:"The sum of profit_loss so far; signals without one count as 0."`
	Drawdown  number    `json:"drawdown" nullable:"false" doc:"equity less its highest value so far: 0 or less."`
}

type drawdown struct {
	Amount  number     `json:"amount" nullable:"false" doc:"Below 0."`
	Peak    number     `json:"peak" nullable:"false" doc:"The equity that it fell from."`
	Percent number     `json:"percent" doc:"With balance: of the balance at the peak, 2 decimals; below 0."`
	From    *time.Time `json:"from" doc:"null if it fell from the first signal on."`
	Lowest  time.Time  `json:"lowest"`
	Until   *time.Time `json:"until" doc:"null while it goes on."`
}

type equityOutput struct {
	Body struct {
		Success  bool          `json:"success"`
		Signals  int64         `json:"signals" doc:"Decided signals."`
		Points   []equityPoint `json:"points" nullable:"false" doc:"By timestamp, the time of the alerts."`
		Drawdown *drawdown     `json:"drawdown,omitempty" doc:"The deepest; absent if equity never fell."`
		TZ       string        `json:"tz"`
	}
}

func (s *server) getEquity(ctx context.Context, caller atalaya.Caller, in *equityInput) (*equityOutput, error) {
	filter, err := s.readZonedFilter(ctx, caller, &in.SignalQuery)
	if err != nil {
		return nil, err
	}
	balance, storable := storable(cmp.Or(in.Balance, "0"))
	if !storable || balance.IsNegative() {
		return nil, atalaya.Errorf(atalaya.CodeInvalid, "balance: send an amount above 0.")
	}
	found, err := heavily(ctx, s, caller, func() (atalaya.Equity, error) { return s.Store.Equity(ctx, caller, filter, in.Points) })
	if err != nil {
		return nil, err
	}
	out := &equityOutput{}
	out.Body.Success, out.Body.Signals, out.Body.TZ, out.Body.Points = true, found.Signals, filter.Zone, []equityPoint{}
	for _, p := range found.Points {
		out.Body.Points = append(out.Body.Points, equityPoint{
			Position: p.Position, SignalID: string(p.ID), Timestamp: p.Timestamp.UTC(), Equity: numberOf(p.Equity), Drawdown: numberOf(p.Drawdown),
		})
	}
	if d := found.Drawdown; d != nil {
		out.Body.Drawdown = &drawdown{Amount: numberOf(d.Amount), Peak: numberOf(d.Peak), From: utc(d.From), Lowest: d.Lowest.UTC(), Until: utc(d.Until)}
		if balance.IsPositive() {
			out.Body.Drawdown.Percent = numberOf(d.Percent(balance))
		}
	}
	return out, nil
}

type calendarInput struct {
	SignalQuery
	Year int `query:"year" minimum:"1970" maximum:"9998" doc:"Default: this year."`
}

type calendarDay struct {
	Day             string `json:"day" format:"date"`
	Signals         int64  `json:"signals"`
	Wins            int64  `json:"wins"`
	Losses          int64  `json:"losses"`
	Breakevens      int64  `json:"breakevens"`
	TotalProfitLoss number `json:"total_profit_loss" nullable:"false"`
}

type calendarOutput struct {
	Body struct {
		Success bool          `json:"success"`
		Year    int           `json:"year"`
		Days    []calendarDay `json:"days" nullable:"false" doc:"The days with signals, by the time of the alerts."`
		TZ      string        `json:"tz"`
	}
}

func (s *server) getCalendar(ctx context.Context, caller atalaya.Caller, in *calendarInput) (*calendarOutput, error) {
	filter, err := s.readZonedFilter(ctx, caller, &in.SignalQuery)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(filter.Zone)
	if err != nil {
		return nil, err
	}
	out := &calendarOutput{}
	out.Body.Success, out.Body.TZ, out.Body.Days = true, filter.Zone, []calendarDay{}
	out.Body.Year = cmp.Or(in.Year, time.Now().In(zone).Year())
	found, err := heavily(ctx, s, caller, func() ([]atalaya.CalendarDay, error) { return s.Store.Calendar(ctx, caller, filter, out.Body.Year) })
	for _, d := range found {
		out.Body.Days = append(out.Body.Days, calendarDay{
			Day: d.Day.Format(time.DateOnly), Signals: d.Signals, Wins: d.Wins, Losses: d.Losses, Breakevens: d.Breakevens,
			TotalProfitLoss: numberOf(d.TotalProfitLoss),
		})
	}
	return out, err
}

type histogramInput struct {
	SignalQuery
	Of string `query:"of" default:"pnl" enum:"pnl,r" doc:"Of profits and losses, or of their multiples of the risk."`
}

type bin struct {
	From  number `json:"from" nullable:"false"`
	To    number `json:"to" nullable:"false" doc:"Excluded."`
	Count int64  `json:"count"`
}

type histogramOutput struct {
	Body struct {
		Success bool     `json:"success"`
		Of      string   `json:"of" enum:"pnl,r"`
		Count   int64    `json:"count"`
		Bins    []bin    `json:"bins" nullable:"false" doc:"Those that hold something; 0 is always an edge."`
		Values  []number `json:"values" nullable:"false" doc:"Instead of bins, where there are fewer than five values."`
	}
}

func (s *server) getHistogram(ctx context.Context, caller atalaya.Caller, in *histogramInput) (*histogramOutput, error) {
	filter, err := s.readZonedFilter(ctx, caller, &in.SignalQuery)
	if err != nil {
		return nil, err
	}
	found, err := heavily(ctx, s, caller, func() (atalaya.Histogram, error) { return s.Store.Histogram(ctx, caller, filter, in.Of == "r") })
	out := &histogramOutput{}
	out.Body.Success, out.Body.Of, out.Body.Count, out.Body.Bins, out.Body.Values = true, in.Of, found.Count, []bin{}, []number{}
	for _, b := range found.Bins {
		out.Body.Bins = append(out.Body.Bins, bin{From: numberOf(b.From), To: numberOf(b.To), Count: b.Count})
	}
	for _, v := range found.Values {
		out.Body.Values = append(out.Body.Values, numberOf(v))
	}
	return out, err
}

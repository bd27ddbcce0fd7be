package api

import (
	"context"
	"strconv"

	"atalaya"
	"atalaya/internal/alert"
)

// SignalQuery narrows what a route reads of the caller's signals. It is exported for the library, which
// reads no other embedded fields.
type SignalQuery struct {
	Result     string `query:"result" json:"result,omitempty" default:"all" enum:"all,pending,win,loss,breakeven,skip"`
	Ticker     string `query:"ticker" json:"ticker,omitempty" maxLength:"200" doc:"EXCHANGE:SYMBOL or SYMBOL; none for signals without one, here and below."`
	Exchange   string `query:"exchange" json:"exchange,omitempty" maxLength:"200"`
	Direction  string `query:"direction" json:"direction,omitempty" enum:"all,LONG,SHORT,none"`
	Indicator  string `query:"indicator" json:"indicator,omitempty" maxLength:"200" doc:"The indicator's whole name, in any case."`
	SignalType string `query:"signal_type" json:"signal_type,omitempty" maxLength:"200" doc:"The whole type of signal, in any case."`
	Interval   string `query:"interval" json:"interval,omitempty" maxLength:"40" doc:"15, 60, 1D, or in words: 15m, 1h, daily."`
	Tag        string `query:"tag" json:"tag,omitempty" maxLength:"200" doc:"One of the signal's tags."`
	EventKind  string `query:"event_kind" json:"event_kind,omitempty" enum:"all,entry,exit,none" doc:"What the alert speaks of; none for those that tell neither."`
	Hour       string `query:"hour" json:"hour,omitempty" pattern:"^([01]?[0-9]|2[0-3])$" patternDescription:"an hour, 0 to 23" doc:"The hour in which the alert fired, 0 to 23, by your preferred_timezone."`
	Weekday    int    `query:"weekday" json:"weekday,omitempty" minimum:"1" maximum:"7" doc:"The day on which the alert fired, 1 Monday to 7 Sunday, by your preferred_timezone."`
	Day        string `query:"day" json:"day,omitempty" format:"date" doc:"The day on which the alert fired, by your preferred_timezone."`
	Week       string `query:"week" json:"week,omitempty" pattern:"^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$" patternDescription:"a week such as 2026-W05" doc:"The week of ISO 8601 in which the alert fired, by your preferred_timezone."`
	Month      string `query:"month" json:"month,omitempty" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" patternDescription:"a month such as 2026-01" doc:"The month in which the alert fired, by your preferred_timezone."`
	Session    string `query:"session" json:"session,omitempty" enum:"all,tokyo,london,london_new_york,new_york,weekend,other" doc:"The market hours in which the alert fired, Monday to Friday: Tokyo 9 to 18, London and New York 8 to 17, each by its own clock; where two are open, the later to open, but London with New York. Outside them weekend, which is your own Saturday and Sunday, or other."`
	USSession  string `query:"us_session" json:"us_session,omitempty" enum:"all,pre_market,regular,after_hours,closed" doc:"The hours of US stocks in which the alert fired, Monday to Friday, by New York's clock: from 4:00, 9:30, 16:00 and 20:00. Holidays are not known."`
	Counted    string `query:"counted" json:"counted,omitempty" enum:"all,decided,with_amount,without_amount,clashes,with_r,held,current_streak,longest_win_streak,longest_loss_streak" doc:"What a figure of the statistics counts: decided are wins, losses and breakevens; of these with or without a profit_loss, those whose mark and amount disagree, those whose risk is known, and those with a closed_at; or the signals of one streak among what the other filters let through, the latest of equally long ones."`
	PnLFrom    string `query:"pnl_from" json:"pnl_from,omitempty" maxLength:"100" doc:"A profit_loss of so much or more."`
	PnLTo      string `query:"pnl_to" json:"pnl_to,omitempty" maxLength:"100" doc:"A profit_loss of less than this."`
	RFrom      string `query:"r_from" json:"r_from,omitempty" maxLength:"100" doc:"A profit of so many times the risk or more."`
	RTo        string `query:"r_to" json:"r_to,omitempty" maxLength:"100" doc:"A profit of less than so many times the risk."`
	Status     string `query:"status" json:"status,omitempty" enum:"all,pending,processing,completed,failed,skipped,expired" doc:"Of the screenshot."`
	Origin     string `query:"origin" json:"origin,omitempty" enum:"all,alert,replay,test,demo" doc:"Where the signals came from. Statistics leave out test and demo unless they are asked for one of them."`
	From       string `query:"from" json:"from,omitempty" maxLength:"40" doc:"Arrived on this day or later, or at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are those of your preferred_timezone."`
	To         string `query:"to" json:"to,omitempty" maxLength:"40" doc:"Arrived on this day or earlier, or before this moment."`
	TZ         string `query:"tz" json:"tz,omitempty" maxLength:"60" doc:"The time zone of the IANA database by which days and hours are told, instead of your preferred_timezone."`
	Query      string `query:"q" json:"q,omitempty" maxLength:"200" doc:"Text to look for in indicator, ticker, signal type, notes and the raw message."`
}

// readFilter turns a query into a filter; "all" filters nothing.
func (s *server) readFilter(ctx context.Context, caller atalaya.Caller, in *SignalQuery) (atalaya.SignalFilter, error) {
	f := atalaya.SignalFilter{
		Result: atalaya.Result(notAll(in.Result)), Origin: atalaya.Origin(notAll(in.Origin)), Status: atalaya.ScreenshotStatus(notAll(in.Status)), Query: in.Query,
		Ticker: in.Ticker, Exchange: in.Exchange, Direction: atalaya.Direction(notAll(in.Direction)), Indicator: in.Indicator,
		SignalType: in.SignalType, Interval: in.Interval, Tag: in.Tag, EventKind: notAll(in.EventKind),
		Weekday: in.Weekday, Session: notAll(in.Session), USSession: notAll(in.USSession), Day: in.Day, Week: in.Week, Month: in.Month, Counted: notAll(in.Counted),
	}
	if in.Hour != "" {
		hour, err := strconv.Atoi(in.Hour)
		if err != nil {
			return f, atalaya.Wrap(atalaya.CodeInvalid, err, "hour: send an hour, 0 to 23.")
		}
		f.Hour = &hour
	}
	if in.Interval != "" && in.Interval != atalaya.FilterNone {
		var ok bool
		if f.Interval, ok = alert.ParseInterval(in.Interval); !ok {
			return f, atalaya.Errorf(atalaya.CodeInvalid, "interval: send one such as 15, 60, 1D, 15m or 1h, or none.")
		}
	}
	if f.Hour != nil || f.Weekday != 0 || f.Session != "" || f.Day+f.Week+f.Month != "" {
		zone, err := s.zone(ctx, caller, in.TZ)
		if err != nil {
			return f, err
		}
		f.Zone = zone.String()
	}
	if err := readBounds(&f, in); err != nil {
		return f, err
	}
	times, err := s.readPeriod(ctx, caller, in.TZ, in.From, in.To)
	f.From, f.To = times.from, times.to
	return f, err
}

// readBounds reads the bounds of amounts, and writes each number in one way.
func readBounds(f *atalaya.SignalFilter, in *SignalQuery) error {
	for _, bound := range []struct {
		name, text string
		to         *string
	}{{"pnl_from", in.PnLFrom, &f.AmountFrom}, {"pnl_to", in.PnLTo, &f.AmountTo}, {"r_from", in.RFrom, &f.RFrom}, {"r_to", in.RTo, &f.RTo}} {
		if bound.text == "" {
			continue
		}
		value, ok := storable(bound.text)
		if !ok {
			return atalaya.Errorf(atalaya.CodeInvalid, "%s: send a number within ±1e30 and with at most 30 decimals.", bound.name)
		}
		*bound.to = value.String()
	}
	return nil
}

func notAll(v string) string {
	if v == "all" {
		return ""
	}
	return v
}

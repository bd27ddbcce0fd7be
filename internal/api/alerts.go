package api

import (
	"context"
	"encoding/json"
	"time"

	"atalaya"
	"atalaya/internal/alert"
)

type readAlertInput struct {
	Body struct {
		Body        string                      `json:"body" doc:"The alert's message, as it would arrive."`
		ContentType string                      `json:"content_type,omitempty" maxLength:"200" doc:"Accepted and ignored, as the webhook does: the body decides."`
		AlertNames  member[map[string][]string] `json:"alert_names" required:"false" doc:"Names to read it by in the place of those of your settings; null for none."`
	}
}

// alertReading is how an alert is read; null stands for a field that was not found.
type alertReading struct {
	Ticker        *string    `json:"ticker"`
	Exchange      *string    `json:"exchange"`
	Symbol        *string    `json:"symbol"`
	Price         number     `json:"price"`
	Direction     *string    `json:"direction" doc:"LONG, SHORT or null."`
	SignalType    *string    `json:"signal_type"`
	IndicatorName *string    `json:"indicator_name"`
	ChartID       *string    `json:"chart_id" doc:"null: the default chart of the settings would be used."`
	Interval      *string    `json:"interval"`
	Timestamp     *time.Time `json:"timestamp" doc:"null: the time of arrival would be used."`
	EventKind     *string    `json:"event_kind" doc:"entry, exit or null."`
	StopPrice     number     `json:"stop_price"`
	ParseStatus   string     `json:"parse_status" enum:"json,repaired,pairs,text,empty"`
}

// alertMatch says where a field was found.
type alertMatch struct {
	How  string `json:"how" enum:"name,label,words,form,sentence,command" doc:"By a name in JSON or pairs, a label in text, the words of the text, what the value looks like, one of TradingView's own sentences, or a broker bridge's command."`
	Word string `json:"word" doc:"The name or label before the value; empty where there is none."`
}

type readAlertOutput struct {
	Body struct {
		Success bool                  `json:"success"`
		Data    alertReading          `json:"data"`
		Matched map[string]alertMatch `json:"matched" doc:"What matched each field that was found."`
		Missing []string              `json:"missing" nullable:"false" doc:"The fields that were not found."`
		Parsed  json.RawMessage       `json:"parsed_data" doc:"Every name and value of the body."`
	}
}

// readAlert reports how an alert would be read for the caller. It stores nothing.
func (s *server) readAlert(ctx context.Context, caller atalaya.Caller, in *readAlertInput) (*readAlertOutput, error) {
	if len(in.Body.Body) > atalaya.MaxBody {
		return nil, atalaya.Errorf(atalaya.CodeBodyTooLarge, "The message is larger than 64 KiB. The webhook would answer 413.")
	}
	settings := namesAsStored(in.Body.AlertNames)
	if settings == nil {
		c, err := s.Store.Config(ctx, caller)
		if err != nil {
			return nil, err
		}
		settings = c.AlertNames
	}
	names, err := alert.ParseNames(settings)
	if err != nil {
		return nil, err
	}
	a, matched := names.Explain([]byte(in.Body.Body))
	out := &readAlertOutput{}
	out.Body.Success, out.Body.Data, out.Body.Parsed = true, readingView(a), orNull(a.Parsed)
	out.Body.Missing = append([]string{}, a.Missing...)
	out.Body.Matched = make(map[string]alertMatch, len(matched))
	for field, m := range matched {
		out.Body.Matched[field] = alertMatch(m)
	}
	return out, nil
}

func readingView(a atalaya.Alert) alertReading {
	view := alertReading{
		Ticker: textOrNull(a.Ticker), Exchange: textOrNull(a.Exchange), Symbol: textOrNull(a.Symbol), Price: number{a.Price},
		Direction: textOrNull(string(a.Direction)), SignalType: textOrNull(a.SignalType), IndicatorName: textOrNull(a.IndicatorName),
		ChartID: textOrNull(a.ChartID), Interval: textOrNull(a.Interval), EventKind: textOrNull(string(a.EventKind)),
		StopPrice: number{a.StopPrice}, ParseStatus: string(a.ParseStatus),
	}
	if !a.Timestamp.IsZero() {
		view.Timestamp = &a.Timestamp
	}
	return view
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

type testAlertOutput struct {
	Body struct {
		Success          bool   `json:"success"`
		Message          string `json:"message"`
		SignalID         string `json:"signal_id" format:"uuid"`
		ScreenshotQueued bool   `json:"screenshot_queued"`
		ScreenshotError  reason `json:"screenshot_error"`
		NextStep         string `json:"next_step" doc:"What to do now."`
	}
}

// testAlert sends the caller a test alert.
func (s *server) testAlert(ctx context.Context, caller atalaya.Caller, _ *struct{}) (*testAlertOutput, error) {
	c, err := s.Store.Config(ctx, caller)
	if err != nil {
		return nil, err
	}
	receipt, err := s.Intake.Test(ctx, c)
	if err != nil {
		return nil, err
	}
	switch receipt.Outcome {
	case atalaya.OutcomeAccepted:
	case atalaya.OutcomeDisabled:
		return nil, atalaya.Errorf(atalaya.CodeConflict, "Your webhook is switched off. Set webhook_enabled to true in your settings and send the test again.")
	default:
		return nil, atalaya.Errorf(atalaya.CodeRateLimited, "Too many alerts came within a minute. Send the test again in a minute.").Until(receipt.Rate.Reset)
	}
	out := &testAlertOutput{}
	out.Body.Success, out.Body.Message = true, "The test alert is stored as a signal."
	out.Body.SignalID, out.Body.ScreenshotQueued = string(receipt.SignalID), receipt.ScreenshotQueued
	out.Body.ScreenshotError, out.Body.NextStep = reason(receipt.ScreenshotError), nextStep(receipt)
	return out, nil
}

// nextStep returns what a user should do after a test alert.
func nextStep(r atalaya.Receipt) string {
	switch r.ScreenshotError {
	case "":
		return "Its screenshot is being taken: read the signal until screenshot_status is completed or failed. Then paste your webhook URL into a TradingView alert."
	case string(atalaya.SkipNoCookies):
		return "Store your TradingView cookies: send tv_sessionid_plain and tv_sessionid_sign_plain to PUT /api/config. Then send the test again to see a screenshot of your chart."
	case string(atalaya.SkipNoChart):
		return "Choose your chart: set default_chart_id to the part of its address after /chart/ with PUT /api/config. Then send the test again."
	case string(atalaya.SkipCaptureOff):
		return "Switch screenshots on: set capture_enabled to true with PUT /api/config. Then send the test again."
	case string(atalaya.CaptureSessionExpired):
		return "TradingView has ended the session of your cookies. Sign in there, store the new cookies with PUT /api/config, and send the test again."
	}
	return "No screenshot follows now (" + r.ScreenshotError + "). Send the test again later."
}

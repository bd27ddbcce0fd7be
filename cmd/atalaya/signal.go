package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"atalaya"
	"atalaya/internal/config"
	"atalaya/internal/postgres"
)

type signalCommand struct {
	Show signalShowCommand `cmd:"" help:"Show everything known about a signal, and what helps if it has no screenshot."`
}

type signalShowCommand struct {
	Signal string `arg:"" help:"The signal's id."`
	JSON   bool   `help:"Print one JSON object."`
}

// signalReport is everything that is known of a signal. Scripts read it: members may be added, never renamed.
type signalReport struct {
	Signal        signalFacts        `json:"signal"`
	Cure          string             `json:"cure,omitempty"`
	Deliveries    []deliveryFacts    `json:"deliveries"`
	Jobs          []jobLine          `json:"jobs"`
	Attempts      []attemptFacts     `json:"failed_attempts"`
	Notifications []notificationFact `json:"notifications"`
}

type signalFacts struct {
	ID         atalaya.SignalID         `json:"id"`
	UserID     atalaya.UserID           `json:"user_id"`
	Email      string                   `json:"email"`
	Origin     atalaya.Origin           `json:"origin"`
	Ticker     *string                  `json:"ticker"`
	Interval   *string                  `json:"interval"`
	Direction  *string                  `json:"direction"`
	Chart      *string                  `json:"chart_id"`
	Message    *string                  `json:"raw_message"`
	Parsed     *string                  `json:"parse_status"`
	Missing    []string                 `json:"missing"`
	Status     atalaya.ScreenshotStatus `json:"screenshot_status"`
	Reason     *string                  `json:"screenshot_error"`
	Path       *string                  `json:"screenshot_path"`
	URL        *string                  `json:"screenshot_url"`
	TakenAt    *time.Time               `json:"screenshot_taken_at"`
	Shows      *string                  `json:"screenshot_symbol"`
	ShowsAt    *string                  `json:"screenshot_interval"`
	Warnings   []string                 `json:"screenshot_warnings"`
	Result     atalaya.Result           `json:"result"`
	Timestamp  time.Time                `json:"timestamp"`
	CreatedAt  time.Time                `json:"created_at"`
	UpdatedAt  time.Time                `json:"updated_at"`
	CookiesNow string                   `json:"cookies_now"` // none, valid, refused, malformed
}

type deliveryFacts struct {
	ID         string          `json:"id"`
	ReceivedAt time.Time       `json:"received_at"`
	Outcome    atalaya.Outcome `json:"outcome"`
	Reason     *string         `json:"reason"`
	Sender     string          `json:"sender,omitempty"`
	BodySize   int64           `json:"body_size"`
	Body       string          `json:"body,omitempty"` // text alone
}

type attemptFacts struct {
	At         time.Time           `json:"captured_at"`
	Code       atalaya.CaptureCode `json:"code"`
	Step       string              `json:"step"`
	Detail     string              `json:"detail"`
	Seen       json.RawMessage     `json:"seen"`
	HasPicture bool                `json:"has_picture"`
}

type notificationFact struct {
	ID        atalaya.NotificationID    `json:"id"`
	Channel   atalaya.ChannelID         `json:"channel_id"`
	Event     atalaya.NotificationEvent `json:"event"`
	State     atalaya.NotificationState `json:"state"`
	Picture   atalaya.PictureState      `json:"picture"`
	Code      string                    `json:"code,omitempty"`
	Attempts  int32                     `json:"attempts"`
	CreatedAt time.Time                 `json:"created_at"`
	SentAt    *time.Time                `json:"sent_at"`
}

// Run implements the verb.
func (s *signalShowCommand) Run(ctx context.Context, c *cli, std streams) error {
	id, err := atalaya.ParseSignalID(strings.ToLower(s.Signal))
	if err != nil {
		return err
	}
	return withStore(ctx, c, func(cfg config.Config, store *postgres.Store) error {
		report, err := reportOf(ctx, cfg, store, id)
		if err != nil {
			return err
		}
		if s.JSON {
			return json.NewEncoder(std.out).Encode(report)
		}
		return report.print(std.out)
	})
}

// maxShown bounds each list of a report; a signal has a few of each.
const maxShown = 200

// reportOf gathers a signal's report.
func reportOf(ctx context.Context, cfg config.Config, store *postgres.Store, id atalaya.SignalID) (r signalReport, err error) {
	user, err := store.SignalOwner(ctx, id)
	if err != nil {
		return r, err
	}
	signal, err := store.Signal(ctx, callerOf(user), id)
	if err != nil {
		return r, err
	}
	tenant, err := store.Config(ctx, callerOf(user))
	if err != nil {
		return r, err
	}
	email, err := store.UserEmail(ctx, user)
	if err != nil {
		return r, err
	}
	r.Signal = signalFacts{
		ID: id, UserID: user, Email: email, Origin: signal.Origin, Ticker: signal.Ticker, Interval: signal.Interval, Direction: signal.Direction,
		Chart: signal.ChartID, Message: signal.RawMessage, Parsed: signal.ParseStatus, Missing: signal.Missing,
		Status: signal.ScreenshotStatus, Reason: signal.ScreenshotError, Path: signal.ScreenshotPath, URL: signal.ScreenshotURL,
		TakenAt: signal.ScreenshotTakenAt, Shows: signal.ScreenshotSymbol, ShowsAt: signal.ScreenshotInterval, Warnings: signal.ScreenshotWarnings,
		Result: signal.Result, Timestamp: signal.Timestamp, CreatedAt: signal.CreatedAt, UpdatedAt: signal.UpdatedAt, CookiesNow: cookiesState(tenant),
	}
	if signal.ScreenshotError != nil {
		r.Cure = atalaya.Cure(signal.ScreenshotStatus, *signal.ScreenshotError, atalaya.English)
	}
	return r, r.addEvents(ctx, cfg, store)
}

func cookiesState(t atalaya.TenantConfig) string {
	switch {
	case !t.CookiesConfigured():
		return "none"
	case t.CookiesProblem != nil:
		return *t.CookiesProblem
	case t.CookiesValid:
		return "valid"
	}
	return "refused"
}

// addEvents adds what happened to the signal.
func (r *signalReport) addEvents(ctx context.Context, cfg config.Config, store *postgres.Store) error {
	id, user := r.Signal.ID, r.Signal.UserID
	deliveries, err := store.Deliveries(ctx, user, atalaya.DeliveryFilter{Signal: id}, maxShown, nil)
	if err != nil {
		return err
	}
	for _, d := range deliveries {
		facts := deliveryFacts{ID: d.ID, ReceivedAt: d.ReceivedAt, Outcome: d.Outcome, Reason: d.Reason, BodySize: d.BodySize}
		if d.Sender.IsValid() {
			facts.Sender = d.Sender.String()
		}
		if utf8.Valid(d.Body) {
			facts.Body = string(d.Body)
		}
		r.Deliveries = append(r.Deliveries, facts)
	}
	pool, err := postgres.OpenDesk(cfg.DatabaseURL.Reveal())
	if err != nil {
		return err
	}
	defer pool.Close()
	desk, err := postgres.NewQueueDesk(pool, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	jobs, err := desk.Jobs(ctx, atalaya.JobFilter{Signal: id, Limit: maxShown})
	if err != nil {
		return err
	}
	for _, job := range jobs {
		r.Jobs = append(r.Jobs, jobLine(job))
	}
	failures, err := store.Evidence(ctx, id)
	if err != nil {
		return err
	}
	for _, f := range failures {
		r.Attempts = append(r.Attempts, attemptFacts{f.CapturedAt, f.Code, f.Step, f.Detail, f.Seen, len(f.Thumbnail) > 0})
	}
	notices, err := store.Notifications(ctx, user, atalaya.NotificationFilter{Signal: id}, maxShown, nil)
	for _, n := range notices {
		r.Notifications = append(r.Notifications, notificationFact{n.ID, n.ChannelID, n.Event, n.State, n.Picture, n.Code, n.Attempts, n.CreatedAt, n.SentAt})
	}
	return err
}

// print writes the report for people.
func (r signalReport) print(out io.Writer) error {
	facts, err := json.Marshal(r.Signal)
	if err != nil {
		return err
	}
	if err := printMembers(out, facts); err != nil {
		return err
	}
	if r.Cure != "" {
		fmt.Fprintf(out, "\nWhat helps: %s\n", r.Cure)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	section := func(title string, n int) { fmt.Fprintf(table, "\n%s: %d\n", title, n) }
	section("Deliveries", len(r.Deliveries))
	for _, d := range r.Deliveries {
		fmt.Fprintf(table, "%s\t%s\t%d bytes\t%s\t%s\n", at(d.ReceivedAt), d.Outcome, d.BodySize, d.Sender, orDash(d.Reason))
	}
	section("Jobs", len(r.Jobs))
	for _, j := range r.Jobs {
		fmt.Fprintf(table, "%s\tjob %d\t%s\tattempt %d of %d\t%s\n", at(j.ScheduledAt), j.ID, j.State, j.Attempt, j.MaxAttempts, strings.Join(strings.Fields(j.Error), " "))
	}
	section("Failed attempts of the last seven days", len(r.Attempts))
	for _, a := range r.Attempts {
		fmt.Fprintf(table, "%s\t%s\tat %s\t%s\n", at(a.At), a.Code, a.Step, a.Detail)
	}
	section("Notifications", len(r.Notifications))
	for _, n := range r.Notifications {
		fmt.Fprintf(table, "%s\t%s\t%s\tpicture %s\t%s\n", at(n.CreatedAt), n.State, n.Event, n.Picture, n.Code)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if len(r.Attempts) > 0 {
		_, err = fmt.Fprintf(out, "\natalaya evidence %s --pictures DIR writes what the attempts saw.\n", r.Signal.ID)
	}
	return err
}

func orDash(text *string) string {
	if text == nil {
		return "-"
	}
	return *text
}

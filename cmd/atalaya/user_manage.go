package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"atalaya"
	"atalaya/internal/config"
	"atalaya/internal/postgres"
)

type userListCommand struct {
	JSON bool `help:"Print one JSON object for each user."`
}

// userLine is a user as user list --json prints it. Scripts read it: members may be added, never renamed.
type userLine struct {
	UserID         atalaya.UserID `json:"user_id"`
	Email          string         `json:"email"`
	Plan           atalaya.Plan   `json:"plan"`
	SignalsUsed    int64          `json:"signals_used"`  // this month
	SignalsQuota   int64          `json:"signals_quota"` // a month; -1 for no end
	TotalSignals   int64          `json:"total_signals"`
	WebhookEnabled bool           `json:"webhook_enabled"`
}

// Run implements the verb.
func (u *userListCommand) Run(ctx context.Context, c *cli, std streams) error {
	return withStore(ctx, c, func(_ config.Config, store *postgres.Store) error {
		users, err := store.ListUsers(ctx)
		if err != nil {
			return err
		}
		if u.JSON {
			lines := json.NewEncoder(std.out)
			for _, user := range users {
				err := lines.Encode(userLine{user.ID, user.Email, user.Plan, user.Quota.Used, user.Quota.Total, user.TotalSignals, user.WebhookEnabled})
				if err != nil {
					return err
				}
			}
			return nil
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "USER ID\tEMAIL\tPLAN\tUSED\tQUOTA\tSIGNALS\tWEBHOOK")
		for _, user := range users {
			fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%d\t%s\n",
				user.ID, user.Email, user.Plan, user.Quota.Used, quotaText(user.Quota.Total), user.TotalSignals, onOff(user.WebhookEnabled))
		}
		return table.Flush()
	})
}

func quotaText(quota int64) string {
	if quota == atalaya.Unlimited {
		return "unlimited"
	}
	return fmt.Sprint(quota)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

type userShowCommand struct {
	User string `arg:"" help:"Email address or user id."`
	JSON bool   `help:"Print one JSON object."`
}

// userDetails are what user show prints, in this order. None of it is secret.
type userDetails struct {
	UserID           atalaya.UserID     `json:"user_id"`
	Email            string             `json:"email"`
	Since            time.Time          `json:"created_at"`
	Plan             atalaya.Plan       `json:"plan"`
	SignalsUsed      int64              `json:"signals_used"`
	SignalsQuota     int64              `json:"signals_quota"`
	TotalSignals     int64              `json:"total_signals"`
	LastSignal       *time.Time         `json:"last_signal_at"`
	WebhookRequests  int64              `json:"webhook_requests_count"`
	WebhookEnabled   bool               `json:"webhook_enabled"`
	CaptureEnabled   bool               `json:"capture_enabled"`
	CookiesStored    bool               `json:"cookies_configured"`
	CookiesValid     bool               `json:"cookies_valid"`
	CookiesUpdatedAt *time.Time         `json:"cookies_updated_at"`
	Chart            *string            `json:"default_chart_id"`
	Resolution       atalaya.Resolution `json:"screenshot_resolution"`
	Timezone         string             `json:"preferred_timezone"`
	Notifies         bool               `json:"notifications"`
}

// Run implements the verb.
func (u *userShowCommand) Run(ctx context.Context, c *cli, std streams) error {
	return withUser(ctx, c, u.User, func(_ config.Config, store *postgres.Store, id atalaya.UserID) error {
		details, err := detailsOf(ctx, store, id)
		if err != nil {
			return err
		}
		text, err := json.Marshal(details)
		if err != nil {
			return err
		}
		if u.JSON {
			_, err = fmt.Fprintln(std.out, string(text))
			return err
		}
		return printMembers(std.out, text)
	})
}

func detailsOf(ctx context.Context, store *postgres.Store, id atalaya.UserID) (userDetails, error) {
	email, err := store.UserEmail(ctx, id)
	if err != nil {
		return userDetails{}, err
	}
	t, err := store.Config(ctx, callerOf(id))
	if err != nil {
		return userDetails{}, err
	}
	stats, err := store.Stats(ctx, callerOf(id))
	if err != nil {
		return userDetails{}, err
	}
	return userDetails{
		UserID: id, Email: email, Since: t.CreatedAt, Plan: t.UserPlan, SignalsUsed: t.SignalsUsedThisMonth, SignalsQuota: t.SignalsQuota,
		TotalSignals: stats.TotalSignals, LastSignal: stats.LastSignalAt, WebhookRequests: t.WebhookRequestsCount,
		WebhookEnabled: t.WebhookEnabled, CaptureEnabled: t.CaptureEnabled,
		CookiesStored: t.CookiesConfigured(), CookiesValid: t.CookiesValid, CookiesUpdatedAt: t.CookiesUpdatedAt,
		Chart: t.DefaultChartID, Resolution: t.ScreenshotResolution, Timezone: t.PreferredTimezone, Notifies: t.Notifies,
	}, nil
}

// printMembers prints the members of a JSON object, one a line, in their order.
func printMembers(out io.Writer, object []byte) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	members := json.NewDecoder(bytes.NewReader(object))
	if _, err := members.Token(); err != nil { // the brace
		return err
	}
	for members.More() {
		name, err := members.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := members.Decode(&value); err != nil {
			return err
		}
		text := string(value)
		var plain string
		if json.Unmarshal(value, &plain) == nil && !strings.Contains(plain, "\n") {
			text = plain
		}
		if text == "null" || text == "" {
			text = "-"
		}
		fmt.Fprintf(table, "%v\t%s\n", name, text)
	}
	return table.Flush()
}

// withUser opens the database for a verb about one user, named by address or id.
func withUser(ctx context.Context, c *cli, who string, f func(config.Config, *postgres.Store, atalaya.UserID) error) error {
	return withStore(ctx, c, func(cfg config.Config, store *postgres.Store) error {
		id, err := findUser(ctx, store, who)
		if err != nil {
			return err
		}
		return f(cfg, store, id)
	})
}

type userDisableCommand struct {
	User string `arg:"" help:"Email address or user id."`
}

// Run implements the verb.
func (u *userDisableCommand) Run(ctx context.Context, c *cli, std streams) error {
	return setWebhook(ctx, c, std, u.User, false)
}

type userEnableCommand struct {
	User string `arg:"" help:"Email address or user id."`
}

// Run implements the verb.
func (u *userEnableCommand) Run(ctx context.Context, c *cli, std streams) error {
	return setWebhook(ctx, c, std, u.User, true)
}

func setWebhook(ctx context.Context, c *cli, std streams, who string, on bool) error {
	return withUser(ctx, c, who, func(_ config.Config, store *postgres.Store, id atalaya.UserID) error {
		if _, err := store.UpdateConfig(ctx, callerOf(id), atalaya.ConfigUpdate{WebhookEnabled: &on}); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "the webhook of %s is %s\n", id, onOff(on))
		return err
	})
}

type userDeleteCommand struct {
	User string `arg:"" help:"Email address or user id."`
	Yes  bool   `help:"Delete for good. Without it, the command only prints what it would delete."`
}

// Run implements the verb.
func (u *userDeleteCommand) Run(ctx context.Context, c *cli, std streams) error {
	return withUser(ctx, c, u.User, func(cfg config.Config, store *postgres.Store, id atalaya.UserID) error {
		if !cfg.LocalIssuer() {
			return errors.New("users are deleted in your Supabase project (Authentication, Users); everything of theirs here goes with them")
		}
		details, err := detailsOf(ctx, store, id)
		if err != nil {
			return err
		}
		if !u.Yes {
			return fmt.Errorf("this deletes %s with %d signals, their pictures, deliveries, channels and settings, for ever; add --yes to do it", details.Email, details.TotalSignals)
		}
		if err := store.DeleteUser(ctx, id); err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "deleted %s with %d signals; their pictures are queued for removal\n", details.Email, details.TotalSignals)
		return err
	})
}

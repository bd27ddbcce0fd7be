package postgres

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// Config returns the caller's settings, with the month rolled over. A user who was made before the triggers were has no
// settings, and gets the defaults first. It fails with CodeNotFound if the user does not exist any more.
func (s *Store) Config(ctx context.Context, caller atalaya.Caller) (atalaya.TenantConfig, error) {
	var tenant atalaya.TenantConfig
	err := s.asCaller(ctx, caller, func(tx pgx.Tx) (err error) {
		tenant, err = ownConfig(ctx, rows.New(tx), caller.UserID)
		return err
	})
	if err != nil {
		return atalaya.TenantConfig{}, configError("read the settings", err)
	}
	return tenant, nil
}

// ownConfig reads the settings as the caller, and makes missing ones.
func ownConfig(ctx context.Context, q *rows.Queries, user atalaya.UserID) (atalaya.TenantConfig, error) {
	row, err := q.GetConfig(ctx, string(user))
	if errors.Is(err, pgx.ErrNoRows) {
		if err := q.InsertOwnConfig(ctx, string(user)); err != nil {
			return atalaya.TenantConfig{}, err
		}
		row, err = q.GetConfig(ctx, string(user))
	}
	if err != nil {
		return atalaya.TenantConfig{}, err
	}
	return tenantOf(row.TradingSignalsConfig, row.Used), nil
}

// UpdateConfig writes what is given and returns the changed settings. It writes what users may write themselves as the
// caller. Secrets, consent and rules it writes as the service, in the same transaction. It fails with CodeInvalid if the
// database does not know the time zone or a value breaks a rule of the columns, and with CodeNotFound as Config does.
func (s *Store) UpdateConfig(ctx context.Context, caller atalaya.Caller, u atalaya.ConfigUpdate) (atalaya.TenantConfig, error) {
	var tenant atalaya.TenantConfig
	err := s.asCaller(ctx, caller, func(tx pgx.Tx) error {
		q := rows.New(tx)
		if _, err := ownConfig(ctx, q, caller.UserID); err != nil {
			return err
		}
		if _, err := q.UpdateConfig(ctx, configParams(caller.UserID, u)); err != nil {
			return err
		}
		if u.NeedsService() {
			if err := leaveCaller(ctx, tx); err != nil {
				return err
			}
			if _, err := q.UpdateServiceSettings(ctx, serviceParams(caller.UserID, u)); err != nil {
				return err
			}
			if u.Cookies != nil && u.Cookies.SessionID != "" && !u.Cookies.Malformed {
				if err := insertCookieCheck(ctx, tx, caller.UserID); err != nil {
					return err
				}
			}
		}
		row, err := q.GetConfig(ctx, string(caller.UserID))
		tenant = tenantOf(row.TradingSignalsConfig, row.Used)
		return err
	})
	if err != nil {
		return atalaya.TenantConfig{}, configError("write the settings", err)
	}
	s.announce(caller.UserID)
	return tenant, nil
}

// RotateWebhookToken gives the user a new token and returns the changed settings. The old token is dead when it returns.
// It fails with CodeNotFound as Config does.
func (s *Store) RotateWebhookToken(ctx context.Context, caller atalaya.Caller) (atalaya.TenantConfig, error) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	var tenant atalaya.TenantConfig
	err := s.asCaller(ctx, caller, func(tx pgx.Tx) error {
		q := rows.New(tx)
		if _, err := ownConfig(ctx, q, caller.UserID); err != nil {
			return err
		}
		if err := leaveCaller(ctx, tx); err != nil {
			return err
		}
		token := rows.ReplaceWebhookTokenParams{WebhookToken: hex.EncodeToString(random), UserID: string(caller.UserID)}
		if _, err := q.ReplaceWebhookToken(ctx, token); err != nil {
			return err
		}
		row, err := q.GetConfig(ctx, string(caller.UserID))
		tenant = tenantOf(row.TradingSignalsConfig, row.Used)
		return err
	})
	if err != nil {
		return atalaya.TenantConfig{}, configError("rotate the webhook token", err)
	}
	s.announce(caller.UserID)
	return tenant, nil
}

// leaveCaller goes back to the service's own role for the rest of a transaction of asCaller.
func leaveCaller(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, "set local role none"); err != nil {
		return fmt.Errorf("leave the caller's role: %w", err)
	}
	return nil
}

func configParams(user atalaya.UserID, u atalaya.ConfigUpdate) rows.UpdateConfigParams {
	p := rows.UpdateConfigParams{
		UserID:               string(user),
		ScreenshotResolution: textOf(u.ScreenshotResolution), PreferredTimezone: u.PreferredTimezone,
		WebhookEnabled: u.WebhookEnabled, CaptureEnabled: u.CaptureEnabled,
		CaptureWithoutCookies: u.CaptureWithoutCookies, SupportAccess: u.SupportAccess, TelegramEnabled: u.TelegramEnabled,
		EmailNotifications: u.EmailNotifications, DedupeWindowSeconds: u.DedupeWindowSeconds, AlertNames: u.AlertNames,
	}
	p.SetDefaultChartID, p.DefaultChartID = givenText(u.DefaultChartID)
	p.SetTelegramChatID, p.TelegramChatID = givenText(u.TelegramChatID)
	p.SetDiscordWebhookUrl, p.DiscordWebhookUrl = givenText(u.DiscordWebhookURL)
	return p
}

func serviceParams(user atalaya.UserID, u atalaya.ConfigUpdate) rows.UpdateServiceSettingsParams {
	p := rows.UpdateServiceSettingsParams{UserID: string(user), SilenceRules: rulesAsStored(u.SilenceRules)}
	if u.Cookies != nil {
		p.SetCookies = true
		p.TvSessionid, p.TvSessionidSign = orNull(u.Cookies.SessionID.Reveal()), orNull(u.Cookies.Sign.Reveal())
		if u.Cookies.Malformed {
			p.CookiesProblem = orNull(atalaya.CookiesMalformed)
		}
	}
	if u.TelegramBotToken != nil {
		p.SetBotToken, p.TelegramBotToken = true, orNull(u.TelegramBotToken.Reveal())
	}
	p.SetConsent, p.ConsentVersion = givenText(u.ConsentVersion)
	return p
}

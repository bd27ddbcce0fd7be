package app

import (
	"fmt"

	"atalaya"
	"atalaya/internal/config"
	"atalaya/internal/ingest"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/secret"
)

// Keyring makes the keyring of the settings.
func Keyring(cfg config.Config) (*secret.Keyring, error) {
	current, err := secret.ParseKey(cfg.EncryptionKey.Reveal())
	if err != nil {
		return nil, fmt.Errorf("ENCRYPTION_KEY: %w", err)
	}
	var old []secret.Key
	for _, text := range cfg.EncryptionKeysOld {
		key, err := secret.ParseKey(text.Reveal())
		if err != nil {
			return nil, fmt.Errorf("ENCRYPTION_KEYS_OLD: %w", err)
		}
		old = append(old, key)
	}
	return secret.NewKeyring(current, old...), nil
}

// Policy is what the settings say about alerts.
func Policy(cfg config.Config) ingest.Policy {
	return ingest.Policy{
		QuotaMode: cfg.QuotaMode, MaxAge: cfg.CaptureMaxAge, FloodPerMinute: cfg.FloodLimitPerMinute,
		CapturesPerMinute: cfg.RateLimitPerMinute, CapturesPerHour: cfg.RateLimitPerHour,
		CapturesPerDay: map[atalaya.Plan]int64{
			atalaya.PlanFree: cfg.DailyLimitFree, atalaya.PlanPro: cfg.DailyLimitPro, atalaya.PlanLifetime: cfg.DailyLimitPro,
		},
	}
}

// Plans are the quotas that the database gives to new users and plan changes.
func Plans(cfg config.Config) migrate.Plans {
	return migrate.Plans{Free: cfg.PlanFreeQuota, Pro: cfg.PlanProQuota, Lifetime: cfg.PlanLifetimeQuota, Default: cfg.DefaultQuota}
}

package app

import (
	"fmt"
	"sync/atomic"

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

// heldKeyring seals nothing until the database has confirmed that the key is its own. The service may start before
// its database, so until then the key may be wrong.
type heldKeyring struct {
	*secret.Keyring
	confirmed atomic.Bool
}

// Seal implements api.Sealer.
func (k *heldKeyring) Seal(user atalaya.UserID, column atalaya.SecretColumn, plain string) (atalaya.Sealed, error) {
	if !k.confirmed.Load() {
		return "", atalaya.Errorf(atalaya.CodeUnavailable, "The service is starting and stores no secrets yet. Try again.")
	}
	return k.Keyring.Seal(user, column, plain)
}

// Policy returns the settings that alerts are judged by.
func Policy(cfg config.Config) ingest.Policy {
	return ingest.Policy{
		QuotaMode: cfg.QuotaMode, MaxAge: cfg.CaptureMaxAge, FloodPerMinute: cfg.FloodLimitPerMinute,
		CapturesPerMinute: cfg.RateLimitPerMinute, CapturesPerHour: cfg.RateLimitPerHour,
		CapturesPerDay: map[atalaya.Plan]int64{
			atalaya.PlanFree: cfg.DailyLimitFree, atalaya.PlanPro: cfg.DailyLimitPro, atalaya.PlanLifetime: cfg.DailyLimitPro,
		},
	}
}

// Plans returns the monthly quotas that the database gives to new users and at plan changes.
func Plans(cfg config.Config) migrate.Plans {
	return migrate.Plans{Free: cfg.PlanFreeQuota, Pro: cfg.PlanProQuota, Lifetime: cfg.PlanLifetimeQuota, Default: cfg.DefaultQuota}
}

package doctor

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/app"
	"atalaya/internal/config"
	"atalaya/internal/postgres"
)

// examineChannels asks the operator's notification services, and counts users' channels.
func examineChannels(ctx context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	const part = "notifications"
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	probes, err := app.ProbeChannels(ctx, cfg)
	if err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	var list []Finding
	for _, p := range probes {
		if p.Problem != "" {
			list = append(list, wrong(part, "%s does not work, check %s: %s", p.Kind, p.Setting, p.Problem))
			continue
		}
		list = append(list, fine(part, "%s answers (%s)", p.Kind, p.Setting))
	}
	if cfg.TelegramChatID != "" && cfg.TelegramBotToken == "" {
		list = append(list, wrong(part, "TELEGRAM_CHAT_ID needs TELEGRAM_BOT_TOKEN: without it you get no notices"))
	}
	return append(list, countChannels(ctx, cfg)...)
}

// countChannels reports how many channels there are, how many are broken, and how many secrets no key opens.
func countChannels(ctx context.Context, cfg config.Config) []Finding {
	const part = "notifications"
	pool, err := postgres.Open(cfg.DatabaseURL.Reveal())
	if err != nil {
		return nil // the part about the database says it
	}
	defer pool.Close()
	store := postgres.NewStore(pool)
	counts, err := store.CountChannels(ctx)
	if err != nil {
		return nil
	}
	var kinds []string
	var broken int64
	for _, c := range counts {
		kinds = append(kinds, fmt.Sprintf("%d %s", c.On, c.Kind))
		broken += c.Broken
	}
	if len(kinds) == 0 {
		return []Finding{fine(part, "no user has a channel yet")}
	}
	list := []Finding{fine(part, "channels: %s", strings.Join(kinds, ", "))}
	if broken > 0 {
		list = append(list, Finding{Notable, part, fmt.Sprintf("%d channels are broken; their owners are told through their other channels", broken)})
	}
	return append(list, examineChannelSecrets(ctx, cfg, store)...)
}

// examineChannelSecrets opens every channel's secret.
func examineChannelSecrets(ctx context.Context, cfg config.Config, store *postgres.Store) []Finding {
	const part = "notifications"
	keyring, err := app.Keyring(cfg)
	if err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	unreadable, after := 0, atalaya.ChannelID("")
	for {
		page, err := store.ChannelSecrets(ctx, after, secretsPage)
		if err != nil {
			return []Finding{wrong(part, "%v", err)}
		}
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			if _, err := keyring.Open(c.UserID, atalaya.ColumnChannelSecret, c.Secret); err != nil {
				unreadable++
			}
			after = c.ID
		}
	}
	if unreadable > 0 {
		return []Finding{wrong(part, "no key opens the secrets of %d channels: add the former key to ENCRYPTION_KEYS_OLD, or have their owners save them again", unreadable)}
	}
	return nil
}

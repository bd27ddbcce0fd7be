package doctor

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"atalaya/internal/app"
	"atalaya/internal/config"
)

// examineStorage checks where pictures go.
func examineStorage(ctx context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	const part = "pictures"
	storage, err := app.OpenStorage(cfg)
	if err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	defer storage.Close()
	if err := storage.Check(ctx); err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	visibility := "public"
	if storage.Private {
		visibility = "signed"
	}
	return []Finding{fine(part, "%s, at %s addresses", storage.Where, visibility)}
}

// examineTokens checks how access tokens will be verified.
func examineTokens(ctx context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	const part = "access tokens"
	if cfg.LocalIssuer() {
		return []Finding{fine(part, "local issuer")}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, cfg.AuthURL()+"/.well-known/jwks.json", nil)
	if err != nil {
		return []Finding{wrong(part, "SUPABASE_URL: %v", err)}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return []Finding{wrong(part, "Supabase Auth cannot be reached: %v. Check SUPABASE_URL", err)}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return []Finding{wrong(part, "Supabase Auth answers %d for its keys. Check SUPABASE_URL", res.StatusCode)}
	}
	return []Finding{fine(part, "verified with the keys of %s", cfg.AuthURL())}
}

// examineRedis pings a configured Redis.
func examineRedis(ctx context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	const part = "redis"
	configured, err := app.PingRedis(ctx, cfg)
	switch {
	case !configured:
		return []Finding{fine(part, "not configured, and not needed")}
	case err != nil:
		return []Finding{wrong(part, "configured and does not answer: %v. Start it, or remove REDIS_URL and REDIS_HOST: it is optional", err)}
	}
	return []Finding{fine(part, "answers")}
}

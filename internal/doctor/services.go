package doctor

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"atalaya/internal/app"
	"atalaya/internal/auth"
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
	way, err := auth.Probe(ctx, app.AuthOptions(cfg))
	issuer, known := auth.IssuerOf(ctx, app.AuthOptions(cfg))
	switch {
	case err != nil:
		return []Finding{wrong(part, "they cannot be verified: %v. Check SUPABASE_URL; for a project that signs with its legacy secret (HS256) set SUPABASE_JWT_SECRET, or SUPABASE_ANON_KEY for its gateway", err)}
	case known && issuer == "":
		return []Finding{wrong(part, "Supabase Auth writes no iss into them, so all are refused. Set GOTRUE_JWT_ISSUER=%s in its settings, which a self-hosted project leaves out", cfg.JWTIssuer)}
	case known && issuer != cfg.JWTIssuer:
		return []Finding{wrong(part, "Supabase Auth writes the iss %q, and %q is accepted, so all are refused. Set JWT_ISSUER=%s", issuer, cfg.JWTIssuer, issuer)}
	case way == auth.ByAuth:
		return []Finding{{Notable, part, "the project has no public keys and SUPABASE_JWT_SECRET is not set: Supabase Auth is asked about every token once a minute, and nobody signs in while it is away"}}
	case way == auth.BySecret:
		return []Finding{fine(part, "verified with SUPABASE_JWT_SECRET and the keys of %s", cfg.AuthURL())}
	}
	return []Finding{fine(part, "verified with the keys of %s", cfg.AuthURL())}
}

// examineSignIn checks whether sign-ins to the dashboard come back to it. A password does not leave it.
func examineSignIn(ctx context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	const part = "sign-in"
	if cfg.LocalIssuer() || cfg.PublicKey() == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	callback := cfg.PublicURL + "/app/callback"
	switch at := auth.ReturnAddress(ctx, app.AuthOptions(cfg), callback); at {
	case callback:
		return []Finding{fine(part, "links of mails and providers lead back to %s", callback)}
	case "": // it does not answer, which the check of the tokens says
		return nil
	default:
		return []Finding{{Notable, part, fmt.Sprintf("links of mails and providers lead to %s and sign nobody in here: add %s to the project's redirect URLs (Authentication, URL Configuration; self-hosted: GOTRUE_URI_ALLOW_LIST)", at, callback)}}
	}
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

// examineOrigins tells which other sites' pages may call the API.
func examineOrigins(_ context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	const part = "browsers"
	if len(cfg.AllowedOrigins) == 0 {
		return []Finding{fine(part, "the dashboard at %s/app/ alone calls the API; name your front end's origin in ALLOWED_ORIGINS, such as https://app.example.com, if you have one", cfg.PublicURL)}
	}
	return []Finding{fine(part, "pages of %s may call the API", strings.Join(cfg.AllowedOrigins, ", "))}
}

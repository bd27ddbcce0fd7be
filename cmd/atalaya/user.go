package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/auth"
	"atalaya/internal/config"
	"atalaya/internal/dashboard"
	"atalaya/internal/postgres"
)

type userCommand struct {
	Create  userCreateCommand  `cmd:"" help:"Make a user of the local issuer and print the webhook URL."`
	List    userListCommand    `cmd:"" help:"List all users."`
	Show    userShowCommand    `cmd:"" help:"Show a user's settings and numbers, without secrets."`
	Token   userTokenCommand   `cmd:"" help:"Print an access token of the local issuer for a user."`
	Login   userLoginCommand   `cmd:"" help:"Print a link that signs a user in to the dashboard, once."`
	Plan    userPlanCommand    `cmd:"" help:"Set a user's plan and quota, and keep the used count."`
	Disable userDisableCommand `cmd:"" help:"Switch a user's webhook off: its alerts are refused and kept as deliveries."`
	Enable  userEnableCommand  `cmd:"" help:"Switch a user's webhook on again."`
	Delete  userDeleteCommand  `cmd:"" help:"Delete a user of the local issuer and all data of that user."`
}

// withStore opens the database for one verb. If it does not answer, the error says what to check.
func withStore(ctx context.Context, c *cli, f func(config.Config, *postgres.Store) error) error {
	cfg, err := loadConfig(c.Env)
	if err != nil {
		return err
	}
	pool, err := postgres.Open(cfg.DatabaseURL.Reveal())
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := postgres.Explain(pool.Ping(ctx)); err != nil {
		var refused *postgres.Refusal
		if errors.As(err, &refused) {
			return err
		}
		return fmt.Errorf("the database cannot be reached; check DATABASE_URL, the password in it, and that the server is up and lets this machine in: %w", err)
	}
	store := postgres.NewStore(pool)
	return f(cfg, store)
}

// findUser returns the id of a user who is named by email address or id. It looks up only addresses: a user with the
// id may not exist.
func findUser(ctx context.Context, store *postgres.Store, who string) (atalaya.UserID, error) {
	if strings.Contains(who, "@") {
		return store.FindUser(ctx, who)
	}
	return atalaya.ParseUserID(strings.ToLower(who))
}

// callerOf returns a user as a signed-in caller: the operator may act for everybody.
func callerOf(user atalaya.UserID) atalaya.Caller {
	return atalaya.Caller{UserID: user, Claims: fmt.Appendf(nil, `{"role":"authenticated","sub":%q}`, user)}
}

type userCreateCommand struct {
	Email string `arg:"" help:"The user's email address."`
}

// Run implements the verb.
func (u *userCreateCommand) Run(ctx context.Context, c *cli, std streams) error {
	return withStore(ctx, c, func(cfg config.Config, store *postgres.Store) error {
		if !cfg.LocalIssuer() {
			return errLocalOnly
		}
		if address, err := mail.ParseAddress(u.Email); err != nil || address.Address != u.Email {
			return fmt.Errorf("%q is no email address; it has the form ana@example.com", u.Email)
		}
		id, err := store.CreateUser(ctx, u.Email)
		if err != nil {
			return err
		}
		tenant, err := store.Config(ctx, callerOf(id))
		if err != nil {
			return err
		}
		return json.NewEncoder(std.out).Encode(map[string]string{
			"user_id": string(id), "email": u.Email, "webhook_url": webhookURL(cfg, tenant.WebhookToken),
		})
	})
}

// errLocalOnly is the error of a verb that needs the local issuer, in a database whose users Supabase Auth makes.
var errLocalOnly = errors.New("users and tokens are made by your Supabase project; only a database without one has the local issuer")

// webhookURL returns the address that a user pastes into TradingView.
func webhookURL(cfg config.Config, token atalaya.WebhookToken) string {
	return strings.TrimRight(cfg.PublicURL, "/") + "/webhook/" + token.Reveal()
}

type userTokenCommand struct {
	User string        `arg:"" help:"Email address or user id."`
	TTL  time.Duration `default:"24h" help:"How long the token is valid."`
}

// Run implements the verb.
func (u *userTokenCommand) Run(ctx context.Context, c *cli, std streams) error {
	return withStore(ctx, c, func(cfg config.Config, store *postgres.Store) error {
		if !cfg.LocalIssuer() {
			return errLocalOnly
		}
		id, err := findUser(ctx, store, u.User)
		if err != nil {
			return err
		}
		issuer, err := auth.NewIssuer(cfg.JWTIssuer, []byte(cfg.JWTSecret.Reveal()))
		if err != nil {
			return err
		}
		token, err := issuer.Token(id, u.User, u.TTL)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(std.out, token)
		return err
	})
}

type userPlanCommand struct {
	User  string `arg:"" help:"Email address or user id."`
	Plan  string `arg:"" enum:"free,pro,lifetime" help:"free, pro or lifetime."`
	Quota *int64 `help:"Signals a month instead of the plan's own; -1 means unlimited."`
}

// Run implements the verb.
func (u *userPlanCommand) Run(ctx context.Context, c *cli, std streams) error {
	return withStore(ctx, c, func(cfg config.Config, store *postgres.Store) error {
		id, err := findUser(ctx, store, u.User)
		if err != nil {
			return err
		}
		quota := planQuota(cfg, atalaya.Plan(u.Plan))
		if u.Quota != nil {
			quota = *u.Quota
		}
		if err := store.SetPlan(ctx, id, atalaya.Plan(u.Plan), quota); err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "%s has plan %s with %d signals a month\n", id, u.Plan, quota)
		return err
	})
}

// planQuota returns a plan's quota by the settings.
func planQuota(cfg config.Config, plan atalaya.Plan) int64 {
	switch plan {
	case atalaya.PlanPro:
		return cfg.PlanProQuota
	case atalaya.PlanLifetime:
		return cfg.PlanLifetimeQuota
	}
	return cfg.PlanFreeQuota
}

type userLoginCommand struct {
	User string `arg:"" help:"Email address or user id."`
}

// Run implements the verb.
func (u *userLoginCommand) Run(ctx context.Context, c *cli, std streams) error {
	return withStore(ctx, c, func(cfg config.Config, store *postgres.Store) error {
		if !cfg.LocalIssuer() {
			return errLocalOnly
		}
		id, err := findUser(ctx, store, u.User)
		if err != nil {
			return err
		}
		link, err := loginLink(ctx, cfg, store, id)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(std.out, link)
		return err
	})
}

// loginLink returns a link that signs a user in, once and for ten minutes. The code stands behind the
// #, which browsers send to nobody.
func loginLink(ctx context.Context, cfg config.Config, store *postgres.Store, user atalaya.UserID) (string, error) {
	code, hash := dashboard.NewCode()
	if err := store.AddLoginCode(ctx, user, hash, dashboard.CodeLife); err != nil {
		return "", err
	}
	return strings.TrimRight(cfg.PublicURL, "/") + "/app/#code=" + code, nil
}

package acceptance

import (
	"context"
	"errors"
	"strings"
	"time"

	"atalaya/internal/auth/authtest"
	"atalaya/internal/test/program"
)

// shortToken is how long access tokens live in signIn. The page renews a token a minute before it expires, so
// nearly every reload uses up a refresh token.
const shortToken = 70 * time.Second

// signIn drives the dashboard's sign-in at a Supabase project in a real browser.
func (r *run) signIn(ctx context.Context, pictures string) error {
	if err := r.startPostgres(ctx); err != nil {
		return err
	}
	database, g, told, err := r.wholeProject(ctx)
	if err != nil {
		return err
	}
	g.auth = told.signIns(g.signer, authtest.Options{TokenLife: shortToken, MailEvery: time.Nanosecond})
	var service *program.Program
	if told.API, service, err = r.startService(ctx, database, g, "web", "LOG_LEVEL=debug"); err != nil {
		return err
	}
	g.auth.Allow(told.API + "/app/callback")
	if err := r.script(ctx, "web/dashboard/driveSignIn.mjs", visit{story: told, Pictures: pictures}); err != nil {
		return err
	}
	r.check("sign-in: no token and no key stands in the log", noTokens(service.Output()))
	return nil
}

// noTokens fails if a log holds a JWT or the cookie's name with a value.
func noTokens(log string) error {
	if !strings.Contains(log, "/api/session") {
		return errors.New("the log says nothing of the session's routes")
	}
	for _, sign := range []string{"eyJ", "atalaya=", "refresh_token="} {
		if strings.Contains(log, sign) {
			return errors.New("the log holds " + sign)
		}
	}
	return nil
}

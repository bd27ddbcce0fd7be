package app

import (
	"context"
	"net/http"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/auth"
	"atalaya/internal/dashboard"
	"atalaya/internal/limits"
)

// newDashboard makes the door for people.
func (a *App) newDashboard(pace *limits.Limiter) (*dashboard.Door, error) {
	sessions, err := a.newSessions(pace)
	if err != nil {
		return nil, err
	}
	var images []string
	if base := a.storage.foreignImages; base != "" {
		images = append(images, base)
	}
	return dashboard.New(dashboard.Options{Sessions: sessions, ImageSources: images, Version: Version(), Log: a.log})
}

// newSessions returns what people sign in with: the local issuer's links, or Supabase Auth.
func (a *App) newSessions(pace *limits.Limiter) (dashboard.Sessions, error) {
	cookies := dashboard.Cookies{Sealer: a.keyring, Now: time.Now, Secure: strings.HasPrefix(a.cfg.PublicURL, "https://")}
	switch {
	case a.cfg.LocalIssuer():
		issuer, err := auth.NewIssuer(a.cfg.JWTIssuer, []byte(a.cfg.JWTSecret.Reveal()))
		if err != nil {
			return nil, err
		}
		return &dashboard.Local{Codes: a.store, Issuer: issuer, Cookies: cookies}, nil
	case a.cfg.PublicKey() == "":
		a.log.Info("nobody can sign in to the dashboard: it needs SUPABASE_ANON_KEY. The API and the webhook do not")
		return dashboard.NoSignIn{}, nil
	}
	return dashboard.NewSupabase(dashboard.SupabaseOptions{
		URL: a.cfg.SupabaseURL, AnonKey: a.cfg.PublicKey().Reveal(), Verifier: a.verifier, Pace: refreshPace{pace},
		Cookies: cookies, Client: &http.Client{}, Log: a.log,
	})
}

// How often one user may renew sessions at Supabase. An open browser needs one an hour, and Supabase lets this
// service renew some 1,800 an hour for all of its users.
const (
	refreshesPerMinute = 20
	refreshesPerHour   = 120
)

// refreshPace implements dashboard.Pace by the limiter that replicas share.
type refreshPace struct{ limiter *limits.Limiter }

func (p refreshPace) MayRefresh(ctx context.Context, user atalaya.UserID) bool {
	return p.limiter.Take(ctx, "refreshes", []atalaya.RateAsk{{User: user, PerMinute: refreshesPerMinute, PerHour: refreshesPerHour}})[0].Allowed
}

package app

import (
	"cmp"
	"net/http"
	"net/netip"
	"runtime"
	"time"

	"atalaya"
	"atalaya/internal/auth"
	"atalaya/internal/config"
	"atalaya/internal/limits"
	"atalaya/internal/postgres"
	"atalaya/internal/respond"
)

// What senders and users share; docs/security.md has the table.
var (
	// askingAuth bounds the questions to Supabase Auth, by sender's network: while Auth is slow, one who sends
	// forged tokens holds a quarter of them.
	askingAuth = limits.FairOptions{Slots: 16, SlotsOfKey: 4, Waiting: 256, WaitingForKey: 32}
	// lookingUp bounds look-ups of unseen webhook tokens, by sender: they use the alerts' own connections. All
	// users of TradingView come from four addresses, and after a restart all their tokens are unseen.
	lookingUp = limits.FairOptions{Slots: 2, SlotsOfKey: 2, Waiting: 2048, WaitingForKey: 1024}
	// heavyReads bounds requests that go through many signals, by user: half of the API's database connections
	// are left for those that read a few rows.
	heavyReads = limits.FairOptions{Slots: postgres.ReadersSize / 2, SlotsOfKey: postgres.ReadersSize / 4, Waiting: 256, WaitingForKey: 16}
)

// readings bounds the reader's CPU, by token: as many bodies at a time as there are cores, and all but one of
// one user. Connections bound what waits.
func readings(cfg config.Config) limits.FairOptions {
	cores := runtime.GOMAXPROCS(0)
	return limits.FairOptions{Slots: cores, SlotsOfKey: max(1, cores-1), Waiting: cfg.MaxConnections, WaitingForKey: cfg.MaxConnections}
}

// requestsOfUsers bounds the API's requests under way, by user.
func requestsOfUsers(cfg config.Config) limits.FairOptions {
	return limits.FairOptions{
		Slots: cfg.MaxConnections, SlotsOfKey: cfg.MaxRequestsOfUser, Waiting: cfg.MaxConnections, WaitingForKey: 4 * cfg.MaxRequestsOfUser,
	}
}

// gatewayKey returns the apikey for Supabase's gateway: the anon key, or the service key if there is none.
func gatewayKey(cfg config.Config) string {
	return cmp.Or(cfg.SupabaseAnonKey, cfg.SupabaseServiceRoleKey).Reveal()
}

// AuthOptions say whose access tokens are accepted.
func AuthOptions(cfg config.Config) auth.Options {
	return auth.Options{
		Issuer: cfg.JWTIssuer, Secret: []byte(cfg.JWTSecret.Reveal()), AuthURL: cfg.AuthURL(), APIKey: gatewayKey(cfg),
		KeysEvery: cfg.JWTKeysEvery, Client: &http.Client{Timeout: 5 * time.Second},
	}
}

// markAlerts keeps the connections of the webhook's requests from making room for others.
func markAlerts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limits.Alert(r.Context())
		next.ServeHTTP(w, r)
	})
}

// shareRequests bounds the concurrent requests of each client, of clients behind one proxy too, and passes the
// sender to the verifier.
func (a *App) shareRequests(clientIP func(*http.Request) netip.Addr, next http.Handler) http.Handler {
	clients := limits.NewFair(limits.FairOptions{Slots: a.cfg.MaxConnections, SlotsOfKey: a.cfg.MaxConnectionsOfAddress})
	return respond.Speak(respond.Adapt(a.log, func(w http.ResponseWriter, r *http.Request) error {
		client := limits.Network(clientIP(r))
		release, err := clients.Take(r.Context(), client)
		if err != nil {
			return atalaya.Wrap(atalaya.CodeRateLimited, err, "Too many requests of your address are under way. Wait for their answers.").Until(time.Now().Add(time.Second))
		}
		defer release()
		next.ServeHTTP(w, r.WithContext(auth.WithSender(r.Context(), client)))
		return nil
	}))
}

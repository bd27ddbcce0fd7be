package main

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"atalaya"
	"atalaya/internal/secret"
	"atalaya/internal/spool"
	"atalaya/internal/test/testkit"
)

// spoolAlerts leaves n alerts of a user in a spool, as a replica that was killed does.
func spoolAlerts(t *testing.T, settings map[string]string, user atalaya.UserID, token atalaya.WebhookToken, n int) *spool.Spool {
	t.Helper()
	key, err := secret.ParseKey(settings["ENCRYPTION_KEY"])
	if err != nil {
		t.Fatal(err)
	}
	s, err := spool.Open(spool.Options{Dir: settings["SPOOL_DIR"], MaxBytes: 64 << 20, Sealer: secret.NewKeyring(key), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	arrivals := make([]atalaya.Arrival, n)
	for i := range arrivals {
		body := fmt.Sprintf(`{"ticker":"BINANCE:BTCUSDT","price":%d}`, i)
		arrivals[i] = atalaya.Arrival{
			Token: token, Body: []byte(body), BodySize: int64(len(body)), ReceivedAt: time.Now(),
			SignalID: atalaya.SignalID(uuid.NewString()), Spooled: atalaya.Spooled{User: user},
		}
	}
	for _, err := range s.Append(arrivals) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestTheSpoolIsListedAndDrained(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	settings := goodSettings(t, pool.Config().ConnString())
	p := withSettings(t, settings)
	p.run(t, "spool", "list").refused(t, "SPOOL_DIR is not set")
	settings["SPOOL_DIR"] = t.TempDir()
	p = withSettings(t, settings)
	user := testkit.User(t, pool)
	token := testkit.Token(t, pool, user)
	s := spoolAlerts(t, settings, user, token, 3)

	r := p.run(t, "spool", "list") // while s holds the spool, as a service would
	if out := r.ok(t); strings.Count(out, string(user)) != 3 || strings.Contains(out, token.Reveal()) || strings.Contains(out, "BTCUSDT") {
		t.Errorf("the list of three alerts, without tokens and bodies:\n%s", out)
	}
	p.run(t, "spool", "drain").refused(t, "drains it by itself")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if out := p.run(t, "spool", "drain").ok(t); !strings.Contains(out, "3 alerts stored, 0 left") {
		t.Errorf("the drain says:\n%s", out)
	}
	var stored int
	if err := pool.QueryRow(t.Context(), "select count(*) from public.trading_signals where user_id = $1", user).Scan(&stored); err != nil || stored != 3 {
		t.Errorf("%d signals are stored: %v", stored, err)
	}
	if out := p.run(t, "spool", "list").ok(t); out != "" {
		t.Errorf("the list of an empty spool:\n%s", out)
	}
}

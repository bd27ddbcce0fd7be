package postgres_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"atalaya"
	"atalaya/internal/postgres"
)

// take stores an alert as the given signal and returns its id, or "" if no user has the token.
func take(t *testing.T, store *postgres.Store, token atalaya.WebhookToken, n atalaya.NewSignal) (atalaya.SignalID, error) {
	t.Helper()
	n.ID = atalaya.SignalID(uuid.NewString())
	n.ParseStatus = atalaya.ParseText
	if n.Parsed == nil {
		n.Parsed = []byte("{}")
	}
	known := false
	err := store.Ingest(t.Context(), []atalaya.Arrival{{Token: token, Body: []byte("{}"), BodySize: 2, ReceivedAt: time.Now()}},
		func(facts []atalaya.Facts) []atalaya.Decision {
			if known = facts[0].Tenant != nil; !known {
				return []atalaya.Decision{{}}
			}
			return []atalaya.Decision{{Outcome: atalaya.OutcomeAccepted, Signal: n}}
		})
	if err != nil || !known {
		return "", err
	}
	return n.ID, nil
}

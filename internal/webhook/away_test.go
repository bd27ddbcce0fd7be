package webhook_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/ingest"
	"atalaya/internal/limits"
	"atalaya/internal/secret"
	"atalaya/internal/spool"
	"atalaya/internal/test/journal"
	"atalaya/internal/webhook"
)

// awayRows are the rows of a database that does not answer.
type awayRows struct{ ingest.Rows }

var errAway = errors.New("the database is away")

func (awayRows) Ingest(context.Context, []atalaya.Arrival, func([]atalaya.Facts) []atalaya.Decision) error {
	return errAway
}

func (awayRows) IngestKnown(context.Context, []atalaya.Arrival, []atalaya.Facts, []atalaya.Decision, bool) (map[atalaya.UserID]int64, error) {
	return nil, errAway
}

func (awayRows) NoteTrouble(context.Context, []atalaya.WebhookToken) error { return errAway }

func (awayRows) TenantByToken(context.Context, atalaya.WebhookToken) (atalaya.TenantConfig, error) {
	return atalaya.TenantConfig{}, errAway
}

// newDoorWithSpool makes a door whose database is away, and whose spool knows the token known.
func newDoorWithSpool(t *testing.T) *door {
	t.Helper()
	d := &door{T: t, meter: &meter{}, log: &journal.Log{}}
	log := slog.New(slog.NewJSONHandler(d.log, nil))
	text, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := spool.Open(spool.Options{Dir: t.TempDir(), MaxBytes: 64 << 20, Sealer: secret.NewKeyring(key), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	kept.Learn(known, "22222222-2222-4222-8222-222222222222")
	arrivals := ingest.New(awayRows{}, ingest.Bounds{Limits: limits.New(limits.Options{Log: log}), Lookups: limits.NewLookups(time.Now)}, ingest.Policy{QuotaMode: atalaya.QuotaStrict}, log)
	arrivals.KeepIn(kept)
	arrivals.Start()
	t.Cleanup(arrivals.Stop)
	d.handler = webhook.New(arrivals, d.meter, log, webhook.Options{ClientIP: webhook.ClientIP(nil)})
	return d
}

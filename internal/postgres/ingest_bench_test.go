package postgres_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"atalaya"
	"atalaya/internal/pgrun"
	"atalaya/internal/postgres"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/test/program"
	"atalaya/internal/test/testkit"
)

// BenchmarkIngest measures one transaction that stores a number of alerts, each of another user, on a database that
// flushes every commit to the disk.
func BenchmarkIngest(b *testing.B) {
	ctx := context.Background()
	server, err := pgrun.Start(ctx, pgrun.Options{DataDir: filepath.Join(program.Folder(b), "postgres")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Stop() })
	if _, err := migrate.Up(ctx, server.URL("postgres"), testkit.Plans()); err != nil {
		b.Fatal(err)
	}
	pool, err := postgres.Open(server.URL("postgres"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	store := testkit.Store(b, pool)
	tokens := make([]atalaya.WebhookToken, 256)
	for i := range tokens {
		tokens[i] = testkit.Token(b, pool, testkit.User(b, pool))
	}
	body := []byte(`{"ticker":"BINANCE:BTCUSDT","price":67890.50,"action":"buy","interval":"60","chart_id":"Zk4Tq9Lm"}`)
	for _, together := range []int{1, 16, 64, 256} {
		b.Run(strconv.Itoa(together), func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				arrivals := make([]atalaya.Arrival, together)
				decisions := make([]atalaya.Decision, together)
				for i := range arrivals {
					arrivals[i] = atalaya.Arrival{Token: tokens[i], Body: body, BodySize: int64(len(body)), ReceivedAt: time.Now(),
						RepeatHash: sha256.Sum256(fmt.Appendf(nil, "%d %d %d", together, n, i))}
					decisions[i] = atalaya.Decision{Outcome: atalaya.OutcomeAccepted, DedupeFor: 24 * time.Hour, Signal: atalaya.NewSignal{
						ID: atalaya.SignalID(uuid.Must(uuid.NewV7()).String()), ScreenshotStatus: atalaya.ScreenshotPending,
						Alert: atalaya.Alert{Ticker: "BINANCE:BTCUSDT", Exchange: "BINANCE", Symbol: "BTCUSDT", Direction: atalaya.Long,
							ChartID: "Zk4Tq9Lm", Interval: "60", ParseStatus: atalaya.ParseJSON, Raw: string(body), Parsed: body, Timestamp: time.Now()}}}
				}
				if err := store.Ingest(ctx, arrivals, func([]atalaya.Facts) []atalaya.Decision { return decisions }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*together), "µs/alert")
		})
	}
}

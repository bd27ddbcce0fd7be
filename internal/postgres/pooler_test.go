package postgres_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/test/bouncer"
	"atalaya/internal/test/testkit"
)

func TestTheStoreWorksThroughAPooler(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{bouncer.Session, bouncer.Transaction} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			pooler, err := bouncer.Start(t.Context(), mode, testkit.Empty(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pooler.Stop)
			address := pooler.URL()
			if got := postgres.TransactionPooler(address); got != (mode == bouncer.Transaction) {
				t.Errorf("taken for a transaction pooler: %v", got)
			}
			if applied, err := migrate.Up(t.Context(), address, testkit.Plans()); err != nil || len(applied) == 0 {
				t.Fatalf("applied %v, %v", applied, err)
			}
			if again, err := migrate.Up(t.Context(), address, testkit.Plans()); err != nil || len(again) != 0 {
				t.Errorf("the second time applied %v, %v", again, err)
			}
			pool, err := postgres.Open(address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			store := testkit.Store(t, pool)
			if err := migrate.Prepare(t.Context(), pool, testkit.Plans()); err != nil {
				t.Error(err)
			}
			// Many at once, so that a transaction pooler hands each one's connections to the others.
			var users sync.WaitGroup
			for range 6 {
				user := testkit.User(t, pool)
				token := testkit.Token(t, pool, user)
				users.Go(func() {
					if err := liveThrough(t, store, user, token); err != nil {
						t.Error(err)
					}
				})
			}
			users.Wait()
			if got := value(t, pool, "select current_user"); got != "postgres" {
				t.Errorf("the role %s was left behind on a connection", got)
			}
		})
	}
}

// liveThrough takes a user's signals from the alert to the picture and the deletion.
func liveThrough(t *testing.T, store *postgres.Store, user atalaya.UserID, token atalaya.WebhookToken) error {
	ctx, caller := t.Context(), testkit.Caller(user)
	account := []byte(user)
	for range 5 {
		id, err := take(t, store, token, atalaya.NewSignal{
			Alert: atalaya.Alert{ChartID: "Zk4Tq9Lm", Timestamp: time.Now()}, ScreenshotStatus: atalaya.ScreenshotPending})
		if err != nil || id == "" {
			return fmt.Errorf("take an alert: %q, %w", id, err)
		}
		if lease, err := store.LeaseAccount(ctx, account, id, time.Minute, 0); err != nil || lease.State == atalaya.AccountBusy {
			return fmt.Errorf("lease the account: %+v, %w", lease, err)
		}
		task, ok, err := store.BeginCapture(ctx, id, func(atalaya.CaptureTask) string { return string(id) + ".png" })
		if err != nil || !ok {
			return fmt.Errorf("begin the capture: %v, %w", ok, err)
		}
		picture := atalaya.Picture{Width: 1920, Height: 1080, Kind: atalaya.KindUserChart, Source: atalaya.SourceViewport, Symbol: "BINANCE:BTCUSDT", TakenAt: time.Now()}
		if ok, err := store.CompleteCapture(ctx, task, picture, "https://x/"+task.Path); err != nil || !ok {
			return fmt.Errorf("complete the capture: %v, %w", ok, err)
		}
		if err := store.ReleaseAccount(ctx, account, id); err != nil {
			return err
		}
		won := atalaya.ResultWin
		if _, err := store.UpdateSignal(ctx, caller, id, atalaya.SignalUpdate{Result: &won}); err != nil {
			return fmt.Errorf("set the result: %w", err)
		}
	}
	list, err := store.Signals(ctx, caller, atalaya.SignalFilter{}, atalaya.SignalPage{Limit: 50})
	if err != nil || len(list.Signals) != 5 {
		return fmt.Errorf("%d signals, want the user's own 5: %w", len(list.Signals), err)
	}
	stats, err := store.Stats(ctx, caller)
	if err != nil || stats.TotalSignals != 5 || stats.Wins != 5 {
		return fmt.Errorf("statistics %+v: %w", stats, err)
	}
	zone := "Europe/Madrid"
	if c, err := store.UpdateConfig(ctx, caller, atalaya.ConfigUpdate{PreferredTimezone: &zone}); err != nil || c.PreferredTimezone != zone {
		return fmt.Errorf("change a setting: %w", err)
	}
	if rotated, err := store.RotateWebhookToken(ctx, caller); err != nil || rotated.WebhookToken == token {
		return fmt.Errorf("rotate the token: %w", err)
	}
	return store.DeleteSignal(ctx, caller, list.Signals[0].ID)
}

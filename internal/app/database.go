package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"atalaya/internal/postgres"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/upkeep"
)

// errNoDatabase means that the database does not answer now. A later try may succeed.
var errNoDatabase = errors.New("the database cannot be reached")

// retryEvery is the time between two tries to begin with a database that does not answer.
const retryEvery = 2 * time.Second

// databaseWork is work that begins only once the database answers. The service starts without it. Until then alerts
// are kept in the spool if their tokens are known, and otherwise answered 503.
type databaseWork struct {
	begin  func(context.Context) error // fails with errNoDatabase if a later try can help
	end    func() error                // is called once if begin has succeeded
	log    *slog.Logger
	failed chan<- error // of the service

	cancel context.CancelFunc
	done   chan struct{} // closed when no further try is made
	begun  bool          // to be read after done
}

func newDatabaseWork(begin func(context.Context) error, end func() error, log *slog.Logger, failed chan<- error) *databaseWork {
	return &databaseWork{begin: begin, end: end, log: log, failed: failed, cancel: func() {}, done: make(chan struct{})}
}

// start tries once. If the database does not answer, it keeps trying in the background.
func (w *databaseWork) start(ctx context.Context) error {
	err := w.try(ctx)
	if !errors.Is(err, errNoDatabase) {
		w.begun = err == nil
		close(w.done)
		return err
	}
	w.log.WarnContext(ctx, "the database does not answer. Until it does, alerts of known tokens are kept in SPOOL_DIR, and without it answered 503. Check DATABASE_URL and that the server is up", "error", err)
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	w.cancel = cancel
	go w.retry(background)
	return nil
}

// try begins. It fails with errNoDatabase also if the database goes away meanwhile.
func (w *databaseWork) try(ctx context.Context) error {
	err := w.begin(ctx)
	if postgres.IsAway(err) {
		return fmt.Errorf("%w: %w", errNoDatabase, err)
	}
	return err
}

func (w *databaseWork) retry(ctx context.Context) {
	defer close(w.done)
	ticker := time.NewTicker(retryEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		switch err := w.try(ctx); {
		case err == nil:
			w.begun = true
			w.log.InfoContext(ctx, "the database answers")
			return
		case !errors.Is(err, errNoDatabase):
			w.failed <- err
			return
		}
	}
}

// stop ends the tries, or what has begun. A second call does nothing.
func (w *databaseWork) stop() error {
	w.cancel()
	<-w.done
	if !w.begun {
		return nil
	}
	w.begun = false
	return w.end()
}

// migrate applies the migrations. Like prepareDatabase it fails with errNoDatabase if the database does not
// answer. Replicas wait for each other.
func (a *App) migrate(ctx context.Context) error {
	looking, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if _, err := a.missingTables(looking); err != nil {
		return err
	}
	applied, err := migrate.Up(ctx, a.cfg.DatabaseURL.Reveal(), Plans(a.cfg))
	if len(applied) > 0 {
		a.log.InfoContext(ctx, "migrations were applied", "migrations", applied)
	}
	if err != nil || !a.cfg.SupabaseStorage() {
		return err
	}
	open, err := a.store.ShutBucket(ctx, a.cfg.StorageBucket)
	for _, policy := range open {
		a.log.WarnContext(ctx, "users reach the pictures' bucket by a policy that this role may not narrow: run this in the SQL editor", "sql", policy.Narrow)
	}
	return err
}

// missingTables names the tables that are not there. It fails with errNoDatabase if the database does not answer,
// and with its own words if it refuses.
func (a *App) missingTables(ctx context.Context) ([]string, error) {
	missing, err := a.store.MissingTables(ctx)
	var refused *postgres.Refusal
	if err != nil && !errors.As(err, &refused) {
		err = fmt.Errorf("%w: %w", errNoDatabase, err)
	}
	return missing, err
}

// prepareDatabase returns an error with the cure if the migrations have not been applied. It creates what needs no
// migration: the job queue's tables, the quotas of the plans, and the sealed value that reveals a wrong key. It
// fails with errNoDatabase if the database does not answer. It fails finally if the database refuses, or if
// ENCRYPTION_KEY is not the key that its secrets are sealed with.
func (a *App) prepareDatabase(ctx context.Context) error {
	if a.Migrate {
		if err := a.migrate(ctx); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	missing, err := a.missingTables(ctx)
	if err != nil {
		return err
	}
	if len(missing) > 0 && strings.HasPrefix(missing[0], "public.") {
		return errors.New("the database has no " + missing[0] + ": run `atalaya migrate` with the same settings (or `supabase db push`)")
	}
	if err := migrate.Prepare(ctx, a.pool, Plans(a.cfg)); err != nil {
		return err
	}
	if err := upkeep.UseKey(ctx, a.store, a.keyring.Keyring); err != nil {
		return err
	}
	a.keyring.confirmed.Store(true)
	return nil
}

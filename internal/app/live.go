package app

import (
	"context"
	"crypto/rand"

	"atalaya"
	"atalaya/internal/api"
	"atalaya/internal/events"
	"atalaya/internal/postgres"
)

var (
	_ events.Rows     = (*postgres.Store)(nil)
	_ events.Replicas = (*postgres.Replicas)(nil)
	_ api.Stream      = (*events.Stream)(nil)
)

// addEvents makes the hub of this process. Processes that only take screenshots have one too: it tells
// the others whose signals they changed. Behind a transaction pooler nothing is told, since nobody
// could hear it.
func (a *App) addEvents() {
	var replicas events.Replicas
	if !postgres.TransactionPooler(a.cfg.DatabaseURL.Reveal()) {
		replicas = postgres.NewReplicas(a.pool, rand.Text())
	}
	a.events = events.New(a.store, replicas, a.cfg.MaxConnections/2, a.log)
	a.store.OnCommit(a.events.Announce)
	a.add("the events", func(context.Context) error { a.events.Start(); return nil }, func() error { a.events.Stop(); return nil })
}

// openStream begins an event stream of the API's.
func (a *App) openStream(ctx context.Context, user atalaya.UserID, cursor string) (api.Stream, error) {
	return a.events.Open(ctx, user, cursor)
}

// closeStreams ends the event streams before the server stops, which would wait for them.
func (a *App) closeStreams() {
	a.add("the event streams", func(context.Context) error { return nil }, func() error { a.events.CloseStreams(); return nil })
}

package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"atalaya/internal/postgres/rows"
)

// pipeline sends statements together, in one round trip instead of one for each: a database may be milliseconds away. The
// statements are sqlc's functions, so a caller calls them twice. The first time each statement is only queued; the second
// time its answer is read.
type pipeline struct {
	batch   pgx.Batch
	results pgx.BatchResults // nil while statements are queued
}

// errPutOff is the answer to a query that is only queued.
var errPutOff = errors.New("the statement has not been sent yet")

// pipelined sends all statements of f at once, and then runs f on their answers. f must run all its statements,
// whatever the answers are.
func pipelined(ctx context.Context, conn *pgx.Conn, f func(rows.DBTX) error) error {
	p := &pipeline{}
	if err := f(p); err != nil && !errors.Is(err, errPutOff) {
		return err
	}
	p.results = conn.SendBatch(ctx, &p.batch)
	err := f(p)
	if closed := p.results.Close(); err == nil {
		err = closed
	}
	return err
}

// Exec implements rows.DBTX.
func (p *pipeline) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if p.results == nil {
		p.batch.Queue(sql, args...)
		return pgconn.CommandTag{}, nil
	}
	return p.results.Exec()
}

// Query implements rows.DBTX.
func (p *pipeline) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	if p.results == nil {
		p.batch.Queue(sql, args...)
		return nil, errPutOff
	}
	return p.results.Query()
}

// QueryRow implements rows.DBTX.
func (p *pipeline) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	if p.results == nil {
		p.batch.Queue(sql, args...)
		return putOff{}
	}
	return p.results.QueryRow()
}

// putOff is the row of a query that is only queued.
type putOff struct{}

// Scan implements pgx.Row.
func (putOff) Scan(...any) error { return errPutOff }

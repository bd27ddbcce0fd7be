package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"atalaya"
)

// blockers finds the sessions whose transaction is older than $1 seconds and holds a lock, other than a reader's,
// on a table whose rows every alert locks. No catalog lists row locks unless another session waits for them. A
// role without pg_read_all_stats sees only its own sessions.
const blockers = `
	from pg_stat_activity a
	where a.datname = current_database() and a.pid <> pg_backend_pid()
	  and a.xact_start < now() - make_interval(secs => $1::float8)
	  and exists (
	    select from pg_locks l
	    where l.pid = a.pid and l.granted and l.locktype = 'relation' and l.mode <> 'AccessShareLock'
	      and l.database = (select d.oid from pg_database d where d.datname = current_database())
	      and l.relation in ('auth.users'::regclass, 'public.trading_signals_config'::regclass, 'public.trading_signals_stats'::regclass))`

// Blockers returns at most ten sessions that have held rows of users for longer than patience, the oldest first. It
// includes this service's own.
func (s *Store) Blockers(ctx context.Context, patience time.Duration) ([]atalaya.Blocker, error) {
	found, err := s.pool.Query(ctx, `
		select a.pid, left(coalesce(a.application_name, ''), 64), coalesce(a.usename, ''), coalesce(a.state, ''),
		       extract(epoch from now() - a.xact_start)::float8, a.application_name = $2 and a.usename = current_user`+
		blockers+" order by a.xact_start limit 10", patience.Seconds(), applicationName)
	if err != nil {
		return nil, fmt.Errorf("look for sessions that hold users' rows: %w", err)
	}
	list, err := pgx.CollectRows(found, func(row pgx.CollectableRow) (b atalaya.Blocker, err error) {
		var seconds float64
		err = row.Scan(&b.PID, &b.Application, &b.Role, &b.State, &seconds, &b.Ours)
		b.For = time.Duration(seconds * float64(time.Second)).Round(time.Second)
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the sessions that hold users' rows: %w", err)
	}
	return list, nil
}

// EndOwnBlockers ends this service's sessions that hold users' rows for longer than patience: their process
// is gone or stuck, and behind a pooler no limit of the session ends them. It returns how many it ended.
// Migrations have another name and are left alone.
func (s *Store) EndOwnBlockers(ctx context.Context, patience time.Duration) (int64, error) {
	tag, err := s.pool.Exec(ctx, "select pg_terminate_backend(a.pid)"+blockers+" and a.application_name = $2 and a.usename = current_user",
		patience.Seconds(), applicationName)
	if err != nil {
		return 0, fmt.Errorf("end sessions of ours that hold users' rows: %w", err)
	}
	return tag.RowsAffected(), nil
}

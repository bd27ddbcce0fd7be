package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/auth"
	"atalaya/internal/pgrun"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/secret"
	"atalaya/internal/test/program"
)

// The kinds of requests.
const (
	list       = "list"
	deep       = "deep"
	statistics = "stats"
	search     = "search"
)

// world is one PostgreSQL with a database, and a service on it, for each number of signals.
type world struct {
	folder   string
	database *pgrun.Server
	services []*service
}

type service struct {
	size    string
	address string
	token   string
	paths   map[string]string // by kind
	program *program.Program
}

func newWorld(ctx context.Context) (w *world, err error) {
	w = &world{}
	if w.folder, err = os.MkdirTemp("", "atalaya-reads-"); err != nil {
		return nil, err
	}
	// If this program runs as root, the database runs as another user.
	if err := os.Chmod(w.folder, 0o755); err != nil {
		return nil, err
	}
	w.database, err = pgrun.Start(ctx, pgrun.Options{DataDir: filepath.Join(w.folder, "postgres")})
	if err != nil {
		w.stop()
		return nil, err
	}
	return w, nil
}

// add makes a database with n signals and serves it.
func (w *world) add(ctx context.Context, binary string, n int) error {
	start := time.Now()
	name := fmt.Sprintf("signals%d", n)
	if err := w.exec(ctx, "postgres", "create database "+name); err != nil {
		return err
	}
	database := w.database.URL(name)
	if _, err := migrate.Up(ctx, database, migrate.Plans{Free: -1, Pro: -1, Lifetime: -1, Default: -1}); err != nil {
		return err
	}
	user, err := w.load(ctx, name, n)
	if err != nil {
		return err
	}
	s := &service{size: strconv.Itoa(n)}
	w.services = append(w.services, s)
	if err := s.start(ctx, binary, database, user); err != nil {
		return err
	}
	if err := s.findDepth(ctx, n/10); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d signals after %.0f s\n", n, time.Since(start).Seconds())
	return nil
}

func (w *world) exec(ctx context.Context, database, statement string) error {
	pool, err := pgxpool.New(ctx, w.database.URL(database))
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.Exec(ctx, statement)
	return err
}

// The load avoids what a row of an alert costs: triggers are off, and the indexes are made afterwards, from their
// own definitions. Then the usual function recomputes the statistics.
const (
	users = `insert into auth.users (email) select 'user' || n || '@example.com' from generate_series(0, 1000) n`
	rest  = `do $$
		declare i record;
		begin
		  create table public.later as select indexdef from pg_indexes where schemaname = 'public' and tablename = 'trading_signals' and indexname not like '%pkey';
		  for i in select indexname from pg_indexes where schemaname = 'public' and tablename = 'trading_signals' and indexname not like '%pkey' loop
		    execute 'drop index public.' || quote_ident(i.indexname);
		  end loop;
		  alter table public.trading_signals disable trigger all;
		end $$`
	// A tenth belongs to the first user; of those a fifth is decided.
	rows = `insert into public.trading_signals (user_id, ticker, exchange, symbol, price, direction, interval, signal_type, screenshot_status, result, profit_loss,
			raw_message, parsed_data, parse_status, timestamp, created_at, updated_at)
		select u.id, 'BINANCE:BTCUSDT', 'BINANCE', 'BTCUSDT', 60000 + n % 9000, case when n % 2 = 0 then 'LONG' else 'SHORT' end, '60', 'breakout', 'skipped',
			case when n % 10 = 0 and n % 50 = 0 then 'win' when n % 10 = 0 and n % 50 = 10 then 'loss' else 'pending' end, case when n % 50 = 0 then 12.5 when n % 50 = 10 then -7.25 end,
			'{"ticker":"BINANCE:BTCUSDT","price":67890.50,"direction":"LONG","n":' || n || '}', jsonb_build_object('ticker', 'BINANCE:BTCUSDT', 'n', n), 'json',
			t.at, t.at, t.at
		from generate_series($1::bigint, $2::bigint) n
		cross join lateral (select now() - (($3::bigint - n) * interval '1 second') as at) t
		join loaded u on u.place = case when n % 10 = 0 then 0 else 1 + n % 1000 end`
	back = `do $$
		declare i record;
		begin
		  for i in select indexdef from public.later loop execute i.indexdef; end loop;
		  drop table public.later;
		  alter table public.trading_signals enable trigger all;
		  perform public.recompute_trading_stats(id) from auth.users;
		end $$`
	chunk = 500_000
)

// load inserts n signals and returns the user who owns a tenth of them.
func (w *world) load(ctx context.Context, name string, n int) (user atalaya.UserID, err error) {
	config, err := pgxpool.ParseConfig(w.database.URL(name))
	if err != nil {
		return "", err
	}
	config.MaxConns = 1 // the temporary table is one connection's
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	for _, statement := range []string{users, rest, "create temporary table loaded as select id, row_number() over (order by email) - 1 as place from auth.users", "analyze loaded"} {
		if _, err := pool.Exec(ctx, statement); err != nil {
			return "", err
		}
	}
	for from := 1; from <= n; from += chunk {
		if _, err := pool.Exec(ctx, rows, from, min(n, from+chunk-1), n); err != nil {
			return "", err
		}
	}
	for _, statement := range []string{back, "vacuum analyze"} {
		if _, err := pool.Exec(ctx, statement); err != nil {
			return "", err
		}
	}
	err = pool.QueryRow(ctx, "select id::text from loaded where place = 0").Scan(&user)
	return user, err
}

// start serves a database, and makes the user's token.
func (s *service) start(ctx context.Context, binary, database string, user atalaya.UserID) error {
	path, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	key, err := secret.NewKey()
	if err != nil {
		return err
	}
	port, err := program.FreePort()
	if err != nil {
		return err
	}
	s.address = "http://127.0.0.1:" + port
	jwtSecret, issuer := rand.Text()+rand.Text(), s.address+"/auth/v1"
	pictures, err := os.MkdirTemp("", "atalaya-reads-pictures-")
	if err != nil {
		return err
	}
	s.program = &program.Program{Path: path, Args: []string{"serve", "--roles", "web"}, Env: []string{
		"HOST=127.0.0.1", "PORT=" + port, "PUBLIC_URL=" + s.address, "METRICS_ADDR=off", "LOG_LEVEL=warn", "DATABASE_URL=" + database,
		"JWT_ISSUER=" + issuer, "SUPABASE_JWT_SECRET=" + jwtSecret, "ENCRYPTION_KEY=" + key, "PICTURES_DIR=" + pictures,
	}}
	if err := s.program.Start(); err != nil {
		return err
	}
	signer, err := auth.NewIssuer(issuer, []byte(jwtSecret))
	if err != nil {
		return err
	}
	if s.token, err = signer.Token(user, "user0@example.com", time.Hour); err != nil {
		return err
	}
	return s.program.Ready(ctx, s.address+"/readyz")
}

// findDepth finds the cursor of the page after nine tenths of the user's signals.
func (s *service) findDepth(ctx context.Context, owned int) error {
	var page struct {
		NextCursor string `json:"next_cursor"`
	}
	if _, err := s.get(ctx, "/api/signals?limit=50&offset="+strconv.Itoa(owned*9/10), &page); err != nil {
		return err
	}
	if page.NextCursor == "" {
		return fmt.Errorf("there is no page at depth")
	}
	s.paths = map[string]string{
		list: "/api/signals?limit=50", deep: "/api/signals?limit=50&cursor=" + url.QueryEscape(page.NextCursor), statistics: "/api/stats",
		search: "/api/signals?limit=50&q=held-by-no-signal",
	}
	return nil
}

// get reads an address and returns how long that took.
func (s *service) get(ctx context.Context, path string, into any) (time.Duration, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address+path, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	start := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	took := time.Since(start)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %d: %.300s", path, response.StatusCode, text)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	return took, err
}

func (w *world) stop() {
	for _, s := range w.services {
		if s.program != nil {
			s.program.Kill()
		}
	}
	if w.database != nil {
		_ = w.database.Stop()
	}
	_ = os.RemoveAll(w.folder)
}

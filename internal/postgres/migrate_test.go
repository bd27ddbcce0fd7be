package postgres_test

import (
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"atalaya/internal/postgres"
	"atalaya/internal/testkit"
	"atalaya/supabase"
)

// emptyPool gives a pool on a database without anything, and its URL.
func emptyPool(t *testing.T) (string, *pgxpool.Pool) {
	t.Helper()
	url := testkit.Empty(t)
	pool, err := postgres.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return url, pool
}

func TestMigratingTwiceDoesNothingTheSecondTime(t *testing.T) {
	t.Parallel()
	url, pool := emptyPool(t)
	list, err := postgres.MigrationStatus(t.Context(), url)
	if err != nil || len(list) == 0 || list[0].Applied {
		t.Fatalf("before: %v, %v; want migrations that are pending", list, err)
	}
	first, err := postgres.Migrate(t.Context(), url, testkit.Plans())
	if err != nil || len(first) < len(list) {
		t.Fatalf("applied %v, %v; want all %d", first, err, len(list))
	}
	second, err := postgres.Migrate(t.Context(), url, testkit.Plans())
	if err != nil || len(second) != 0 {
		t.Errorf("the second time applied %v, %v", second, err)
	}
	list, err = postgres.MigrationStatus(t.Context(), url)
	for _, m := range list {
		if !m.Applied || err != nil {
			t.Errorf("%s is not applied, %v", m.Name, err)
		}
	}
	// The history is the Supabase CLI's own: 14 digits and the title of the file.
	if got := value(t, pool, `select string_agg(version || '_' || name, ' ' order by version) from supabase_migrations.schema_migrations where version ~ '^\d{14}$' and statements is not null`); got == "null" || len(got) < 14*len(list) {
		t.Errorf("the history is %q", got)
	}
}

func TestTheFilesRunASecondTimeWithoutHarm(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	exec(t, pool, "insert into public.trading_signals (user_id, result, profit_loss) values ($1, 'win', 5)", user)
	before := value(t, pool, "select webhook_token from public.trading_signals_config where user_id = $1", user)
	entries, err := supabase.Migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := supabase.Migrations.ReadFile("migrations/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		exec(t, pool, string(text))
	}
	exec(t, pool, supabase.Shim)
	if after := value(t, pool, "select webhook_token from public.trading_signals_config where user_id = $1", user); after != before {
		t.Error("the user's token changed")
	}
	compareStats(t, pool, user)
}

func TestReplicasThatStartTogetherMigrateOneAfterTheOther(t *testing.T) {
	t.Parallel()
	url, _ := emptyPool(t)
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			if _, err := postgres.Migrate(t.Context(), url, testkit.Plans()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

func TestThePlansFollowTheSettingsForNewUsersOnly(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	const quota = "select signals_quota::text from public.trading_signals_config where user_id = $1"
	before := testkit.User(t, pool)
	if err := store.Prepare(t.Context(), postgres.Plans{Free: 5, Pro: 6, Lifetime: -1, Default: 7}); err != nil {
		t.Fatal(err)
	}
	after := testkit.User(t, pool)
	if a, b := value(t, pool, quota, before), value(t, pool, quota, after); a != "1000" || b != "7" {
		t.Errorf("quotas %s and %s, want 1000 and 7", a, b)
	}
}

func TestRiverLooksAfterTheIndexesThatAreThere(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	for _, name := range river.ReindexerIndexNamesDefault() {
		there := value(t, pool, "select (to_regclass('river.' || $1) is not null)::text", name)
		dropped := name == "river_job_args_index" || name == "river_job_metadata_index"
		if (there == "true") == dropped {
			t.Errorf("index %s is there: %s, dropped by us: %v", name, there, dropped)
		}
	}
}

// leftovers is what the Node service's database can look like: narrower types, columns that are
// missing, rows that the new rules forbid, and access for everybody.
const leftovers = `
create table public.trading_signals (
  id uuid primary key default gen_random_uuid(), user_id uuid not null, indicator_name varchar(255) not null, ticker varchar(50) not null,
  price decimal(20,8), signal_type varchar(50), direction varchar(10), screenshot_url text, screenshot_status varchar(20) default 'pending',
  result varchar(20) default 'pending', profit_loss decimal(20,8), notes text, tags text[], raw_message text, "timestamp" timestamptz default now(), created_at timestamptz default now());
create table public.trading_signals_config (
  id uuid primary key default gen_random_uuid(), user_id uuid not null unique, webhook_token varchar(64) not null unique, webhook_enabled boolean default true,
  signals_quota integer default 1000, signals_used_this_month integer default 0, tv_sessionid text, tv_sessionid_sign text, cookies_valid boolean default false,
  screenshot_resolution varchar(10) default '1080p', telegram_chat_id varchar(100), preferred_timezone varchar(50) default 'UTC');
create table public.trading_signals_stats (id uuid primary key default gen_random_uuid(), user_id uuid not null unique, total_signals integer default 0, win_rate decimal(5,2) default 0);
alter table public.trading_signals enable row level security;
create policy "everything" on public.trading_signals using (true) with check (true);
grant all on public.trading_signals, public.trading_signals_config, public.trading_signals_stats to anon, authenticated;
create function public.increment_webhook_usage(token text) returns boolean language sql as 'select true';
create function public.reset_monthly_signal_quotas() returns void language sql as 'select';
create function public.handle_new_user_trading_config() returns trigger language plpgsql as 'begin raise exception ''broken''; end';
create trigger on_auth_user_created_trading after insert on auth.users for each row execute function public.handle_new_user_trading_config();
insert into public.trading_signals (user_id, indicator_name, ticker, price, direction, screenshot_url, screenshot_status, result, profit_loss) values
  ('11111111-1111-4111-8111-111111111111', 'ADX', 'BTCUSDT', 67890.5, 'long', 'https://x/1.png', 'done', 'win', 10),
  ('11111111-1111-4111-8111-111111111111', repeat('x', 250), 'ETHUSDT', null, 'BUY', null, 'weird', 'perdida', null),
  ('11111111-1111-4111-8111-111111111111', 'ADX', 'SOLUSDT', 1, null, null, null, null, null);
insert into public.trading_signals (user_id, indicator_name, ticker, notes) values ('11111111-1111-4111-8111-111111111111', 'ADX', 'XRPUSDT', repeat('n', 10001));
insert into public.trading_signals_stats (user_id, total_signals, win_rate) values ('11111111-1111-4111-8111-111111111111', null, null);
insert into public.trading_signals_config (user_id, webhook_token, webhook_enabled, signals_quota, screenshot_resolution, telegram_chat_id, preferred_timezone) values
  ('11111111-1111-4111-8111-111111111111', 'old-token', null, null, '8k', 'not a chat', 'Mars/Olympus');`

func TestALeftoverDatabaseKeepsItsRowsAndLosesItsOpenDoors(t *testing.T) {
	t.Parallel()
	url, pool := emptyPool(t)
	exec(t, pool, supabase.Shim)
	exec(t, pool, `insert into auth.users (id, email) values ('11111111-1111-4111-8111-111111111111', 'old@example.com'), ('22222222-2222-4222-8222-222222222222', 'bare@example.com')`)
	exec(t, pool, leftovers)
	if _, err := postgres.Migrate(t.Context(), url, testkit.Plans()); err != nil {
		t.Fatal(err)
	}
	for what, tc := range map[string]struct{ query, want string }{
		"signals":                 {`select string_agg(concat_ws(',', ticker, trim_scale(price), direction, screenshot_status, result, length(indicator_name)), ' ' order by ticker) from public.trading_signals`, "BTCUSDT,67890.5,LONG,completed,win,3 ETHUSDT,failed,pending,200 SOLUSDT,1,pending,pending,3 XRPUSDT,pending,pending,3"},
		"notes that are too long": {`select length(notes)::text from public.trading_signals where ticker = 'XRPUSDT'`, "10001"},
		"settings":                {`select concat_ws(',', webhook_token, webhook_enabled, signals_quota, screenshot_resolution, coalesce(telegram_chat_id, 'none'), preferred_timezone) from public.trading_signals_config where user_id::text like '1%'`, "old-token,t,1000,1080p,none,UTC"},
		"a missing settings":      {`select (length(webhook_token) = 64)::text from public.trading_signals_config where user_id::text like '2%'`, "true"},
		"policies for all":        {`select count(*)::text from pg_policies where schemaname = 'public' and (qual = 'true' or with_check = 'true')`, "0"},
		"grants to anon":          {`select count(*)::text from information_schema.role_table_grants where table_schema = 'public' and grantee = 'anon'`, "0"},
		"checks not validated":    {`select string_agg(conname, ' ') from pg_constraint where contype = 'c' and not convalidated`, "trading_signals_notes_check"},
		"the old trigger":         {`select count(*)::text from pg_trigger where tgname = 'on_auth_user_created_trading'`, "0"},
		"functions by name":       {`select count(*)::text from pg_proc where proname in ('increment_webhook_usage', 'reset_monthly_signal_quotas', 'handle_new_user_trading_config')`, "3"},
	} {
		if got := value(t, pool, tc.query); got != tc.want {
			t.Errorf("%s: %q, want %q", what, got, tc.want)
		}
	}
	compareStats(t, pool, "11111111-1111-4111-8111-111111111111")
	testkit.User(t, pool) // signing up works again
}

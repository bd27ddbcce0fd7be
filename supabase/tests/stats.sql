-- Statistics: each column against values worked out by hand, after every kind of write.
\ir begin.psql
select no_plan();

-- A user's statistics in one line, in the order of the columns.
create function pg_temp.stats(a_user uuid) returns text language sql as $$
  select concat_ws(' ', 'total ' || total_signals, 'decided ' || signals_with_result, 'w/l/b ' || wins || '/' || losses || '/' || breakevens,
    'rate ' || trim_scale(win_rate), 'sum ' || trim_scale(total_profit_loss),
    'avg ' || trim_scale(round(avg_profit_per_win, 6)) || '/' || trim_scale(round(avg_loss_per_loss, 6)),
    'factor ' || coalesce(trim_scale(round(profit_factor, 6))::text, 'none'),
    'largest ' || trim_scale(largest_win) || '/' || trim_scale(largest_loss),
    'streaks ' || current_streak || '/' || max_win_streak || '/' || max_loss_streak,
    'last ' || coalesce(to_char(last_signal_at, 'DD HH24:MI'), 'none'))
  from public.trading_signals_stats where user_id = a_user
$$;
create function pg_temp.id(a_number integer) returns uuid language sql as
$$ select ('a0000000-0000-4000-8000-' || lpad(a_number::text, 12, '0'))::uuid $$;
-- A signal of Ana's at a minute past midnight.
create function pg_temp.signal(a_number integer, a_minute integer, a_result text, a_profit numeric) returns void language sql as $$
  insert into public.trading_signals (id, user_id, "timestamp", created_at, result, profit_loss)
  values (pg_temp.id(a_number), pg_temp.ana(), timestamptz '2026-01-05 00:00Z' + a_minute * interval '1 minute',
          timestamptz '2026-01-05 12:00Z' + a_minute * interval '1 minute', a_result, a_profit)
$$;

select is(pg_temp.stats(pg_temp.ana()), 'total 0 decided 0 w/l/b 0/0/0 rate 0 sum 0 avg 0/0 factor none largest 0/0 streaks 0/0/0 last none', 'a new user');

-- What counts, and what does not.
select pg_temp.signal(1, 1, 'pending', 500), pg_temp.signal(2, 2, 'skip', -500);
select is(pg_temp.stats(pg_temp.ana()), 'total 2 decided 0 w/l/b 0/0/0 rate 0 sum 0 avg 0/0 factor none largest 0/0 streaks 0/0/0 last 05 12:02',
  'pending and skipped signals count in the total alone');
select pg_temp.signal(3, 3, 'breakeven', 0.25);
select is(pg_temp.stats(pg_temp.ana()), 'total 3 decided 1 w/l/b 0/0/1 rate 0 sum 0.25 avg 0/0 factor none largest 0/0 streaks 0/0/0 last 05 12:03',
  'a breakeven counts, adds its cents, and is no part of the rate or a streak');
select pg_temp.signal(4, 4, 'win', 10);
select is(pg_temp.stats(pg_temp.ana()), 'total 4 decided 2 w/l/b 1/0/1 rate 100 sum 10.25 avg 10/0 factor none largest 10/0 streaks 1/1/0 last 05 12:04',
  'wins without a loss have no profit factor');
select pg_temp.signal(5, 5, 'loss', 0);
select is(pg_temp.stats(pg_temp.ana()), 'total 5 decided 3 w/l/b 1/1/1 rate 50 sum 10.25 avg 10/0 factor none largest 10/0 streaks -1/1/1 last 05 12:05',
  'nor with losses of nothing');
select pg_temp.signal(6, 6, 'loss', -4), pg_temp.signal(7, 7, 'breakeven', null), pg_temp.signal(8, 8, 'loss', null);
select is(pg_temp.stats(pg_temp.ana()), 'total 8 decided 6 w/l/b 1/3/2 rate 25 sum 6.25 avg 10/-2 factor 2.5 largest 10/-4 streaks -3/1/3 last 05 12:08',
  'a breakeven does not break a streak, which is negative for losses; averages leave null out');
select pg_temp.signal(9, 9, 'win', 5.5), pg_temp.signal(10, 10, 'win', null);
select is(pg_temp.stats(pg_temp.ana()), 'total 10 decided 8 w/l/b 3/3/2 rate 50 sum 11.75 avg 7.75/-2 factor 3.875 largest 10/-4 streaks 2/2/3 last 05 12:10',
  'wins begin a streak of their own');
select pg_temp.signal(11, 11, 'win', 1);
select is((select win_rate from trading_signals_stats where user_id = pg_temp.ana()), 57.14, 'the rate has two decimals: 4 of 7');

-- A win may lose money and a loss win some: the words are the user's.
update trading_signals set profit_loss = -1 where id = pg_temp.id(11);
select is(pg_temp.stats(pg_temp.ana()), 'total 11 decided 9 w/l/b 4/3/2 rate 57.14 sum 10.75 avg 4.833333/-2 factor 3.625 largest 10/-4 streaks 3/3/3 last 05 12:11',
  'a changed profit');

-- Changes, one row and many.
update trading_signals set result = 'loss' where id = pg_temp.id(9);
select is(pg_temp.stats(pg_temp.ana()), 'total 11 decided 9 w/l/b 3/4/2 rate 42.86 sum 10.75 avg 4.5/0.5 factor 6 largest 10/-4 streaks 2/2/4 last 05 12:11',
  'a changed result joins two streaks');
update trading_signals set "timestamp" = '2026-01-06' where id = pg_temp.id(9);
select is(pg_temp.stats(pg_temp.ana()), 'total 11 decided 9 w/l/b 3/4/2 rate 42.86 sum 10.75 avg 4.5/0.5 factor 6 largest 10/-4 streaks -1/2/3 last 05 12:11',
  'a changed time moves a signal in the order');
update trading_signals set created_at = '2026-01-01' where id = pg_temp.id(11);
select is(pg_temp.stats(pg_temp.ana()), 'total 11 decided 9 w/l/b 3/4/2 rate 42.86 sum 10.75 avg 4.5/0.5 factor 6 largest 10/-4 streaks -1/2/3 last 05 12:10',
  'the last signal is the one created last');
update trading_signals set result = 'pending' where result in ('loss', 'breakeven') and user_id = pg_temp.ana();
select is(pg_temp.stats(pg_temp.ana()), 'total 11 decided 3 w/l/b 3/0/0 rate 100 sum 9 avg 4.5/0 factor none largest 10/0 streaks 3/3/0 last 05 12:10',
  'many at once; a win that lost money is the smallest of the wins');

-- Order among equal times is the id's, also after the id itself has changed.
delete from trading_signals where user_id = pg_temp.ana();
select is(pg_temp.stats(pg_temp.ana()), 'total 0 decided 0 w/l/b 0/0/0 rate 0 sum 0 avg 0/0 factor none largest 0/0 streaks 0/0/0 last none', 'all deleted at once');
select pg_temp.signal(1, 1, 'win', 1), pg_temp.signal(3, 1, 'loss', -1), pg_temp.signal(2, 1, 'win', 1);
select is((select array[current_streak, max_win_streak, max_loss_streak] from trading_signals_stats where user_id = pg_temp.ana()), array[-1, 2, 1]::bigint[],
  'signals of one moment stand in the order of their ids');
update trading_signals set id = pg_temp.id(4) where id = pg_temp.id(1);
select is((select array[current_streak, max_win_streak, max_loss_streak] from trading_signals_stats where user_id = pg_temp.ana()), array[1, 1, 1]::bigint[],
  'a changed id moves a signal in the order');
update trading_signals set id = pg_temp.id(5), result = 'loss', profit_loss = -3 where id = pg_temp.id(4);
select is(pg_temp.stats(pg_temp.ana()), 'total 3 decided 3 w/l/b 1/2/0 rate 33.33 sum -3 avg 1/-2 factor 0.25 largest 1/-3 streaks -2/1/2 last 05 12:01',
  'a changed id hides no other change');

-- Another user's signals are another user's.
select is(pg_temp.stats(pg_temp.bea()), 'total 0 decided 0 w/l/b 0/0/0 rate 0 sum 0 avg 0/0 factor none largest 0/0 streaks 0/0/0 last none', 'nothing of it is the other user''s');
update trading_signals set user_id = pg_temp.bea() where id = pg_temp.id(5);
select is(pg_temp.stats(pg_temp.ana()), 'total 2 decided 2 w/l/b 1/1/0 rate 50 sum 0 avg 1/-1 factor 1 largest 1/-1 streaks -1/1/1 last 05 12:01', 'a moved signal leaves one user');
select is(pg_temp.stats(pg_temp.bea()), 'total 1 decided 1 w/l/b 0/1/0 rate 0 sum -3 avg 0/-3 factor 0 largest 0/-3 streaks -1/0/1 last 05 12:01', 'and reaches the other');
insert into trading_signals (user_id, result, profit_loss, "timestamp", created_at)
select u, r, 1.5, '2026-02-01', '2026-02-07 08:00' from unnest(array[pg_temp.ana(), pg_temp.bea()]) u, unnest(array['win', 'pending']) r;
select is(pg_temp.stats(pg_temp.ana()), 'total 4 decided 3 w/l/b 2/1/0 rate 66.67 sum 1.5 avg 1.25/-1 factor 2.5 largest 1.5/-1 streaks 1/1/1 last 07 08:00', 'one statement for two users: the one');
select is(pg_temp.stats(pg_temp.bea()), 'total 3 decided 2 w/l/b 1/1/0 rate 50 sum -1.5 avg 1.5/-3 factor 0.5 largest 1.5/-3 streaks 1/1/1 last 07 08:00', 'and the other');

-- Deleting one, and an upsert.
delete from trading_signals where id = pg_temp.id(3);
select is(pg_temp.stats(pg_temp.ana()), 'total 3 decided 2 w/l/b 2/0/0 rate 100 sum 2.5 avg 1.25/0 factor none largest 1.5/0 streaks 2/2/0 last 07 08:00', 'a deleted loss');
delete from trading_signals where user_id = pg_temp.ana() and result = 'pending';
select is(pg_temp.stats(pg_temp.ana()), 'total 2 decided 2 w/l/b 2/0/0 rate 100 sum 2.5 avg 1.25/0 factor none largest 1.5/0 streaks 2/2/0 last 07 08:00', 'a deleted pending signal');
insert into trading_signals (id, user_id) values (pg_temp.id(2), pg_temp.ana())
on conflict (id) do update set result = 'loss', profit_loss = -5;
select is(pg_temp.stats(pg_temp.ana()), 'total 2 decided 2 w/l/b 1/1/0 rate 50 sum -3.5 avg 1.5/-5 factor 0.3 largest 1.5/-5 streaks 1/1/1 last 07 08:00', 'an upsert');

-- Written by those who use it.
select is(pg_temp.as_ana($$update public.trading_signals set result = 'win', profit_loss = 8.5 where result = 'loss'$$), '1', 'a user notes a result through the Data API');
select is(pg_temp.stats(pg_temp.ana()), 'total 2 decided 2 w/l/b 2/0/0 rate 100 sum 10 avg 5/0 factor none largest 8.5/0 streaks 2/2/0 last 07 08:00', 'which the statistics hold at once');
select is(pg_temp.as_service($$delete from public.trading_signals where profit_loss = 8.5$$), '1', 'the service deletes a signal');
select is(pg_temp.stats(pg_temp.ana()), 'total 1 decided 1 w/l/b 1/0/0 rate 100 sum 1.5 avg 1.5/0 factor none largest 1.5/0 streaks 1/1/0 last 07 08:00', 'and so do they then');

-- A row that is gone is made again; the bounds of money are no trouble.
delete from trading_signals_stats where user_id = pg_temp.ana();
select pg_temp.signal(21, 1, 'win', 1e30), pg_temp.signal(22, 2, 'loss', -1e-30);
select is((select array[total_signals, wins, losses] from trading_signals_stats where user_id = pg_temp.ana()), array[3, 2, 1]::bigint[], 'a missing row is made with everything in it');
select is((select array[total_profit_loss, profit_factor] from trading_signals_stats where user_id = pg_temp.ana()),
  array[1000000000000000000000000000001.499999999999999999999999999999, 1000000000000000000000000000001.5e30], 'sums and quotients of the largest and the smallest are exact');
delete from trading_signals_stats where user_id = pg_temp.ana();
delete from trading_signals where id = pg_temp.id(22);
select is((select array[total_signals, wins, losses] from trading_signals_stats where user_id = pg_temp.ana()), array[2, 2, 0]::bigint[], 'a delete makes a missing row');
delete from trading_signals_stats where user_id = pg_temp.ana();
update trading_signals set result = 'skip' where id = pg_temp.id(21);
select is((select array[total_signals, wins, losses] from trading_signals_stats where user_id = pg_temp.ana()), array[2, 1, 0]::bigint[], 'an update makes a missing row');
update trading_signals_stats set total_signals = 99, wins = 99, last_signal_at = null;
select recompute_trading_stats(u) from unnest(array[pg_temp.ana(), pg_temp.bea(), gen_random_uuid()]) u;
select is((select array[total_signals, wins] from trading_signals_stats where user_id = pg_temp.ana()), array[2, 1]::bigint[], 'a recomputation puts a row right');
select is((select count(*) from trading_signals_stats), 2::bigint, 'and makes none for a user who is not there');

-- Tests and demos do not count, whoever changes them and however.
create temp table before_trials on commit drop as select pg_temp.stats(pg_temp.ana()) as line;
insert into trading_signals (id, user_id, origin, result, profit_loss) values
  (pg_temp.id(31), pg_temp.ana(), 'test', 'win', 1000), (pg_temp.id(32), pg_temp.ana(), 'demo', 'pending', null);
select is(pg_temp.stats(pg_temp.ana()), line, 'a new test and a new demo change nothing') from before_trials;
update trading_signals set result = 'loss', profit_loss = -5000 where origin in ('test', 'demo');
select is(pg_temp.stats(pg_temp.ana()), line, 'nor do their results') from before_trials;
update trading_signals set origin = 'replay' where id = pg_temp.id(31);
select isnt(pg_temp.stats(pg_temp.ana()), line, 'a signal that is no test any more counts') from before_trials;
update trading_signals set origin = 'test' where id = pg_temp.id(31);
select is(pg_temp.stats(pg_temp.ana()), line, 'and one that becomes a test does not') from before_trials;
delete from trading_signals where id in (pg_temp.id(31), pg_temp.id(32));
select is(pg_temp.stats(pg_temp.ana()), line, 'deleting them changes nothing') from before_trials;

-- The counters agree with a recomputation after many writes.
insert into trading_signals (user_id, origin, result, profit_loss, "timestamp", created_at)
select case when i % 3 = 0 then pg_temp.bea() else pg_temp.ana() end, (array['alert', 'test', 'replay', 'demo'])[1 + i * 5 % 4],
  (array['pending', 'win', 'loss', 'breakeven', 'skip'])[1 + i * 7 % 5], case when i % 4 > 0 then (i * 37 % 101) - 50 end,
  timestamptz '2026-03-01' + (i * 53 % 40) * interval '1 hour', timestamptz '2026-03-01' + (i * 31 % 60) * interval '1 minute'
from generate_series(1, 200) i;
update trading_signals set result = 'win' where profit_loss between 10 and 20;
delete from trading_signals where profit_loss < -30 or created_at > '2026-03-01 00:55';
create temp table kept on commit drop as select user_id, pg_temp.stats(user_id) as line from trading_signals_stats;
select recompute_trading_stats(user_id) from kept;
select is(pg_temp.stats(user_id), line, 'many writes leave what a recomputation gives') from kept;

select finish();
rollback;

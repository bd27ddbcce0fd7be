package notify_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/notify"
	"atalaya/internal/notify/channel"
	"atalaya/internal/notify/double"
	"atalaya/internal/test/testkit"
)

// watch returns a function that runs a round of a Watch whose duties are always due.
func (w *world) watch(operator notify.Operator) func() {
	watch := notify.NewWatch(w.store, operator, &w.backlog, slog.New(slog.DiscardHandler))
	return func() {
		w.Helper()
		w.exec("delete from public.upkeep_runs where name not like 'tell %'")
		if err := watch.Round(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
}

// backlog keeps the figures that were reported last.
type backlog struct {
	waiting, ready, sending int64
	oldest                  time.Duration
}

func (b *backlog) NotificationsDue(waiting, ready, sending int64, oldest time.Duration) {
	*b = backlog{waiting, ready, sending, oldest}
}

func TestTheBacklogIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.subscribe(atalaya.ChannelNtfy, atalaya.ChannelSettings{Topic: "x"}, "", atalaya.DeliverTogether)
	w.arrive("A", atalaya.ScreenshotPending)
	w.arrive("B", atalaya.ScreenshotSkipped)
	w.exec("update public.notifications set created_at = now() - interval '1 hour'")
	w.watch(nil)()
	if b := w.backlog; b.waiting != 1 || b.ready != 1 || b.sending != 0 || b.oldest < time.Hour || b.oldest > 2*time.Hour {
		t.Errorf("the backlog is %+v", b)
	}
}

// fires stores the signals of an alert that fired every hour until some hours ago.
func (w *world) fires(user atalaya.UserID, ticker string, hoursAgo int) {
	w.Helper()
	w.exec(`insert into public.trading_signals (user_id, indicator_name, ticker, interval, screenshot_status, created_at)
		select $1, 'Scalper', $2, '60', 'completed', now() - make_interval(hours => h) from generate_series(480, $3::int, -1) h`, user, ticker, hoursAgo)
}

func (w *world) keys() string {
	return one[string](w, `select coalesce(string_agg(concat_ws(' ', split_part(key, ':', 1), (select s.ticker from public.trading_signals s where s.id = n.signal_id)), '; ' order by n.created_at, n.key), '')
		from public.notifications n`)
}

func TestASourceThatStopsIsReportedByNameAndSoIsItsReturn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dispatch(w.toNtfy(atalaya.DeliverTogether))
	w.fires(w.user, "BINANCE:BTCUSDT", 40)
	w.fires(w.user, "NASDAQ:AAPL", 1)
	// A test alert and a replay do not count as the source's return.
	w.exec(`insert into public.trading_signals (user_id, indicator_name, ticker, interval, origin) values ($1, 'Scalper', 'BINANCE:BTCUSDT', '60', 'test'), ($1, 'Scalper', 'BINANCE:BTCUSDT', '60', 'replay')`, w.user)
	look := w.watch(nil)
	look()
	look()
	if got := w.keys(); got != "silence BINANCE:BTCUSDT" {
		t.Fatalf("reported: %s", got)
	}
	w.exec(`insert into public.trading_signals (user_id, indicator_name, ticker, interval, screenshot_status) values ($1, 'Scalper', 'BINANCE:BTCUSDT', '60', 'skipped')`, w.user)
	look()
	look()
	if got := w.keys(); got != "silence BINANCE:BTCUSDT; back BINANCE:BTCUSDT" {
		t.Fatalf("reported: %s", got)
	}
	w.await("both are sent", func() bool { return len(w.ntfy.Box.Messages()) == 2 })
	for i, words := range []string{"An alert has gone quiet", "An alert is back"} {
		m := w.ntfy.Box.Messages()[i]
		if text := m.Title + "\n" + m.Text; !strings.Contains(text, words) || !strings.Contains(text, "Scalper · BINANCE:BTCUSDT · 60") {
			t.Errorf("the message is %q, want %q with its source", text, words)
		}
	}
}

func TestAUsersOwnRuleReportsASourceWithoutHabits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dispatch(w.toNtfy(atalaya.DeliverTogether))
	w.exec(`insert into public.trading_signals (user_id, indicator_name, ticker, interval, screenshot_status, created_at)
		values ($1, 'Swing', 'NASDAQ:AAPL', '1D', 'completed', now() - interval '50 hours')`, w.user)
	w.fires(w.user, "BINANCE:BTCUSDT", 1)
	look := w.watch(nil)
	for _, rules := range []string{`[{"ticker":"AAPL","every_hours":51}]`, `"spoilt"`} {
		if _, err := w.pool.Exec(w.Context(), "update public.trading_signals_config set silence_rules = $1", rules); (err != nil) != (rules == `"spoilt"`) {
			w.Fatal(err)
		}
		if look(); w.keys() != "" {
			t.Fatalf("with %s reported: %s", rules, w.keys())
		}
	}
	w.exec(`update public.trading_signals_config set silence_rules = '[{"ticker":"AAPL","every_hours":49}]'`)
	look()
	look()
	if got := w.keys(); got != "silence NASDAQ:AAPL" {
		t.Fatalf("reported: %s", got)
	}
	w.await("it is sent", func() bool { return len(w.ntfy.Box.Messages()) == 1 })
	if m := w.ntfy.Box.Messages()[0]; !strings.Contains(m.Text, "Swing · NASDAQ:AAPL · 1D") || !strings.Contains(m.Text, "49 hours of the days") {
		t.Errorf("the message is %q", m.Text)
	}
}

func TestUsersWithoutChannelsAreNotWatched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fires(w.user, "BINANCE:BTCUSDT", 40)
	w.watch(nil)()
	w.subscribe(atalaya.ChannelNtfy, atalaya.ChannelSettings{Topic: "x"}, "", atalaya.DeliverTogether)
	w.exec("update public.notification_channels set events = '{signal}'")
	w.watch(nil)()
	if got := w.keys(); got != "" {
		t.Errorf("reported: %s", got)
	}
}

// failed stores captures that failed just now.
func (w *world) failed(user atalaya.UserID, code string) {
	w.Helper()
	w.exec(`insert into public.trading_signals (user_id, screenshot_status, screenshot_error, created_at)
		select $1, 'failed', $2, now() - make_interval(mins => m) from generate_series(3, 1, -1) m`, user, code)
}

func TestFailingCapturesAreReportedToTheUserAndThoseOfFiveUsersToTheOperator(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := double.NewTelegram(nil)
	d.AddBot("1:house", "house")
	d.AddChat("-77")
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	client := channel.NewClient(nil, nil)
	t.Cleanup(client.Close)
	tg := channel.NewTelegram(channel.TelegramOptions{URL: server.URL, HouseToken: "1:house", Client: client})
	look := w.watch(notify.NewOperatorChat(tg, "-77"))
	first := w.user
	for i := range 5 {
		if i > 0 {
			w.user = testkit.User(t, w.pool)
		}
		w.subscribe(atalaya.ChannelNtfy, atalaya.ChannelSettings{Topic: "x"}, "", atalaya.DeliverTogether)
		w.failed(w.user, "chart_timeout")
		w.failed(w.user, "session_expired") // has a notice of its own
		look()
		want := 0
		if i == 4 {
			want = 1
		}
		if got := d.Box.Messages(); len(got) != want {
			t.Fatalf("after %d users the operator has %d messages", i+1, len(got))
		}
	}
	look()
	if got := d.Box.Messages(); len(got) != 1 || got[0].To != "-77" || !strings.Contains(got[0].Text, "chart_timeout") || !strings.Contains(got[0].Text, "Users: 5") {
		t.Errorf("the operator's messages are %+v", got)
	}
	told := "select coalesce(string_agg(split_part(key, ':', 1) || ' ' || split_part(key, ':', 2), '; ' order by created_at), '') from public.notifications where user_id = $1"
	if got := one[string](w, told, first); got != "captures chart_timeout" {
		t.Errorf("the first user got %q", got)
	}
	w.exec(`insert into public.trading_signals (user_id, screenshot_status, updated_at) values ($1, 'completed', now() + interval '1 second')`, first)
	look()
	look()
	if got := one[string](w, told, first); got != "captures chart_timeout; works chart_timeout" {
		t.Errorf("the first user got %q", got)
	}
}

// refusing is a channel that answers with its verdict.
type refusing struct{ verdict notify.Verdict }

func (refusing) Traits() notify.Traits          { return notify.Traits{} }
func (refusing) Check(notify.Destination) error { return nil }
func (r refusing) Send(context.Context, notify.Destination, notify.Message) notify.Result {
	return notify.Result{Verdict: r.verdict, Code: "blocked"}
}
func (r refusing) Edit(context.Context, notify.Destination, string, notify.Message) notify.Result {
	return notify.Result{Verdict: r.verdict}
}

func TestTellOperatorReturnsTheChatsRefusal(t *testing.T) {
	t.Parallel()
	for _, v := range []notify.Verdict{notify.Refused, notify.Broken, notify.Unknown} {
		if err := notify.NewOperatorChat(refusing{v}, "1").TellOperator(t.Context(), notify.Message{}); err == nil || !strings.Contains(err.Error(), fmt.Sprint(v)) {
			t.Errorf("%s: %v", v, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := notify.NewOperatorChat(refusing{notify.Retry}, "1").TellOperator(ctx, notify.Message{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a chat that cannot be reached: %v", err)
	}
}

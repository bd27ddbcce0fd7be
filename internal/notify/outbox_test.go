package notify_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/notify"
	"atalaya/internal/notify/channel"
	"atalaya/internal/notify/double"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// patience is how long a test waits for what has to happen. A busy machine takes its time.
const patience = 60 * time.Second

// world is a database with a user, a channel to a double of ntfy, and a dispatcher.
type world struct {
	*testing.T
	pool  *pgxpool.Pool
	store *postgres.Store
	user  atalaya.UserID
	ntfy  *double.Ntfy
	png   []byte

	backlog backlog
}

type noKeys struct{}

func (noKeys) Open(atalaya.UserID, atalaya.SecretColumn, atalaya.Sealed) (string, error) {
	return "", errors.New("no key opens it")
}
func (noKeys) Plain(atalaya.Sealed) bool { return true }

type noMeter struct{}

func (noMeter) Notified(string, string, time.Duration) {}
func (noMeter) NotificationDelay(time.Duration)        {}

// Picture implements notify.Pictures.
func (w *world) Picture(context.Context, string) ([]byte, error) { return w.png, nil }

// Address implements notify.Pictures.
func (w *world) Address(_ context.Context, s *atalaya.Signal) string {
	if s.ScreenshotURL == nil {
		return ""
	}
	return *s.ScreenshotURL
}

func newWorld(t *testing.T) *world {
	t.Helper()
	pool := testkit.Database(t)
	return &world{T: t, pool: pool, store: testkit.Store(t, pool), user: testkit.User(t, pool), ntfy: double.NewNtfy(nil), png: onePixel()}
}

// dispatch runs a dispatcher until the test ends.
func (w *world) dispatch(channels map[atalaya.ChannelKind]notify.Channel) *notify.Service {
	w.Helper()
	return w.dispatchFrom(w.store, channels)
}

func (w *world) dispatchFrom(rows notify.Rows, channels map[atalaya.ChannelKind]notify.Channel) *notify.Service {
	w.Helper()
	s := notify.New(rows, w, noKeys{}, channels, noMeter{}, slog.New(slog.DiscardHandler),
		notify.Options{RepeatAfter: 50 * time.Millisecond, Poll: 20 * time.Millisecond, Lease: 5 * time.Second})
	w.store.OnNotify(s.Wake)
	s.Start()
	w.Cleanup(s.Stop)
	return s
}

// toNtfy adds an ntfy channel to the user. It returns the senders that reach the double.
func (w *world) toNtfy(mode atalaya.DeliveryMode) map[atalaya.ChannelKind]notify.Channel {
	w.Helper()
	server := httptest.NewServer(w.ntfy)
	w.Cleanup(server.Close)
	client := channel.NewClient((&net.Dialer{}).DialContext, nil)
	w.Cleanup(client.Close)
	w.subscribe(atalaya.ChannelNtfy, atalaya.ChannelSettings{Topic: "alerts"}, "", mode)
	return map[atalaya.ChannelKind]notify.Channel{atalaya.ChannelNtfy: channel.NewNtfy(server.URL, client, nil, channel.CheckAddress)}
}

func (w *world) subscribe(kind atalaya.ChannelKind, settings atalaya.ChannelSettings, token string, mode atalaya.DeliveryMode) atalaya.ChannelID {
	w.Helper()
	id, err := w.store.CreateChannel(w.Context(), atalaya.NotificationChannel{
		UserID: w.user, Kind: kind, Origin: "own", Enabled: true, Mode: mode, MaxWait: 15 * time.Minute, Language: "en", Settings: settings,
		Events: []atalaya.NotificationEvent{atalaya.NotifySignal, atalaya.NotifyTrouble, atalaya.NotifyQuota},
	}, token)
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// arrive stores a signal as an alert does.
func (w *world) arrive(ticker string, status atalaya.ScreenshotStatus) atalaya.SignalID {
	w.Helper()
	id := atalaya.SignalID(one[string](w, "select gen_random_uuid()::text"))
	arrival := atalaya.Arrival{Token: testkit.Token(w.T, w.pool, w.user), Body: []byte("x"), ReceivedAt: time.Now()}
	copy(arrival.RepeatHash[:], id)
	err := w.store.Ingest(w.Context(), []atalaya.Arrival{arrival}, func([]atalaya.Facts) []atalaya.Decision {
		n := atalaya.NewSignal{ID: id, ScreenshotStatus: status}
		n.Ticker, n.ParseStatus, n.Parsed, n.Timestamp = ticker, atalaya.ParseText, []byte("{}"), time.Now()
		return []atalaya.Decision{{Outcome: atalaya.OutcomeAccepted, Signal: n}}
	})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

func one[T any](w *world, query string, args ...any) (value T) {
	w.Helper()
	if err := w.pool.QueryRow(w.Context(), query, args...).Scan(&value); err != nil {
		w.Fatal(err)
	}
	return value
}

func (w *world) exec(query string, args ...any) {
	w.Helper()
	if _, err := w.pool.Exec(w.Context(), query, args...); err != nil {
		w.Fatal(err)
	}
}

// await polls until ok returns true.
func (w *world) await(what string, ok func() bool) {
	w.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			w.Fatalf("this did not happen: %s; the outbox: %s", what, one[string](w, `select coalesce(string_agg(concat_ws(' ', key, state, picture, code, attempts), '; '), 'empty') from public.notifications`))
		case <-tick.C:
		}
	}
}

func (w *world) state(id atalaya.SignalID) string {
	return one[string](w, "select concat_ws(' ', state, picture) from public.notifications where signal_id = $1", id)
}

func TestASignalIsSentOnceItsPictureIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	channels := w.toNtfy(atalaya.DeliverTogether)
	w.dispatch(channels)
	id := w.arrive("BTCUSDT", atalaya.ScreenshotPending)
	if got := w.state(id); got != "waiting none" {
		t.Fatalf("a row that waits for its picture is %q", got)
	}
	w.exec(`update public.trading_signals set screenshot_status = 'completed', screenshot_url = 'https://x.example/a.png', screenshot_path = 'u/a.png' where id = $1`, id)
	w.await("the message is sent", func() bool { return w.state(id) == "sent attached" })
	got := w.ntfy.Box.Messages()
	if len(got) != 1 || !strings.Contains(got[0].Text, "BTCUSDT") || string(got[0].Picture) != string(w.png) {
		t.Errorf("the messages are %+v", got)
	}
}

func TestASignalWhoseCaptureFailedIsSentAndSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dispatch(w.toNtfy(atalaya.DeliverTogether))
	id := w.arrive("ETHUSDT", atalaya.ScreenshotPending)
	w.exec(`update public.trading_signals set screenshot_status = 'failed', screenshot_error = 'session_expired' where id = $1`, id)
	w.await("the message is sent", func() bool { return w.state(id) == "sent impossible" })
	if got := w.ntfy.Box.Messages(); len(got) != 1 || !strings.Contains(got[0].Text, "no picture: your TradingView session expired") {
		t.Errorf("the messages are %+v", got)
	}
}

// toTelegram adds a Telegram channel to the user. It returns the double and the senders that reach it.
func (w *world) toTelegram(mode atalaya.DeliveryMode) (*double.Telegram, map[atalaya.ChannelKind]notify.Channel) {
	w.Helper()
	const token = "123456:a-bot-token-of-a-test_x"
	d := double.NewTelegram(nil)
	d.AddBot(token, "atalaya_bot")
	d.AddChat("4711")
	server := httptest.NewServer(d)
	w.Cleanup(server.Close)
	client := channel.NewClient((&net.Dialer{}).DialContext, nil)
	w.Cleanup(client.Close)
	id := w.subscribe(atalaya.ChannelTelegram, atalaya.ChannelSettings{ChatID: "4711"}, token, mode)
	// The token is stored in plain text: noKeys reads only plain tokens, of the classic columns.
	w.exec(`update public.trading_signals_config set telegram_bot_token = $2, telegram_chat_id = '4711' where user_id = $1`, w.user, token)
	w.exec(`update public.notification_channels set origin = 'classic' where id = $1`, id)
	return d, map[atalaya.ChannelKind]notify.Channel{atalaya.ChannelTelegram: channel.NewTelegram(channel.TelegramOptions{URL: server.URL, Client: client})}
}

func TestAPictureIsAddedToTheTextThatWasSentBeforeIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, channels := w.toTelegram(atalaya.DeliverASAP)
	w.dispatch(channels)
	id := w.arrive("BTCUSDT", atalaya.ScreenshotPending)
	w.await("the text is sent", func() bool { return w.state(id) == "sent owed" })
	text := d.Box.Messages()
	if len(text) != 1 || text[0].Picture != nil || !strings.Contains(text[0].Text, "BTCUSDT") || !strings.Contains(text[0].Text, "picture follows") {
		t.Fatalf("the messages are %+v", text)
	}
	// The first edit with the picture is accepted, but its answer is lost. A second edit does no harm.
	lost := make(chan struct{}, 100)
	d.Fault(func(r *http.Request) double.Fault {
		if strings.HasSuffix(r.URL.Path, "/editMessageMedia") && len(lost) == 0 {
			lost <- struct{}{}
			return double.LoseAnswer
		}
		return double.None
	})
	w.exec(`update public.trading_signals set screenshot_status = 'completed', screenshot_url = 'https://x.example/a.png', screenshot_path = 'u/a.png' where id = $1`, id)
	w.await("the picture is attached", func() bool { return w.state(id) == "sent attached" })
	got := d.Box.Messages()
	if len(got) != 1 || got[0].ID != text[0].ID || string(got[0].Picture) != string(w.png) || strings.Contains(got[0].Text, "picture follows") || len(lost) != 1 {
		t.Errorf("after the edit: %+v", got)
	}

	failed := w.arrive("ETHUSDT", atalaya.ScreenshotPending)
	w.await("the second text is sent", func() bool { return w.state(failed) == "sent owed" })
	w.exec(`update public.trading_signals set screenshot_status = 'failed', screenshot_error = 'chart_private' where id = $1`, failed)
	w.await("the reason is told", func() bool { return w.state(failed) == "sent impossible" })
	if got := d.Box.Messages(); len(got) != 2 || !strings.Contains(got[1].Text, "no picture: the chart is not shared") || got[1].Picture != nil {
		t.Errorf("after the failure: %+v", got)
	}
	// Its owner has it captured again. The message gets the picture, and no new message is sent.
	w.exec(`update public.trading_signals set screenshot_status = 'pending', screenshot_error = null where id = $1`, failed)
	w.exec(`update public.trading_signals set screenshot_status = 'completed', screenshot_url = 'https://x.example/b.png', screenshot_path = 'u/b.png' where id = $1`, failed)
	w.await("the picture of the recapture is attached", func() bool { return w.state(failed) == "sent attached" })
	if got := d.Box.Messages(); len(got) != 2 || string(got[1].Picture) != string(w.png) {
		t.Errorf("after the recapture: %+v", got)
	}
}

func TestAMessageWaitsForItsPictureNoLongerThanItsOwnerWants(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, channels := w.toTelegram(atalaya.DeliverTogether)
	w.exec(`update public.notification_channels set max_wait_seconds = 1`)
	w.dispatch(channels)
	id := w.arrive("BTCUSDT", atalaya.ScreenshotPending)
	w.await("the text goes alone", func() bool { return w.state(id) == "sent owed" })
	if got := d.Box.Messages(); len(got) != 1 || got[0].Picture != nil || !strings.Contains(got[0].Text, "picture follows") {
		t.Fatalf("the messages are %+v", got)
	}
	w.exec(`update public.trading_signals set screenshot_status = 'completed', screenshot_url = 'https://x.example/a.png', screenshot_path = 'u/a.png' where id = $1`, id)
	w.await("the picture is added", func() bool { return w.state(id) == "sent attached" })
	if got := d.Box.Messages(); len(got) != 1 || got[0].Edits != 1 || string(got[0].Picture) != string(w.png) {
		t.Errorf("the messages are %+v", got)
	}
}

// An edit with the picture of one signal would remove the others from the message.
func TestADigestIsNotEditedWithAPictureOfItsSignals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, channels := w.toTelegram(atalaya.DeliverASAP)
	var ids []atalaya.SignalID
	for i := range 12 {
		ids = append(ids, w.arrive(fmt.Sprint("TICKER", i), atalaya.ScreenshotPending))
	}
	w.dispatch(channels)
	w.await("a digest is sent", func() bool { return w.state(ids[0]) == "sent none" })
	w.exec(`update public.trading_signals set screenshot_status = 'completed', screenshot_url = 'https://x.example/a.png', screenshot_path = 'u/a.png' where id = $1`, ids[0])
	later := w.arrive("LATER", atalaya.ScreenshotSkipped)
	w.await("a later message is sent", func() bool { return w.state(later) == "sent impossible" })
	digest := d.Box.Messages()[0]
	for i := range ids {
		if !strings.Contains(digest.Text, fmt.Sprint("TICKER", i)) || digest.Edits != 0 {
			t.Fatalf("after %d edits the digest is %q", digest.Edits, digest.Text)
		}
	}
}

func TestAGroupsNewIDIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, channels := w.toTelegram(atalaya.DeliverTogether)
	d.Migrate("4711", -100200300)
	w.dispatch(channels)
	for _, ticker := range []string{"A", "B"} {
		id := w.arrive(ticker, atalaya.ScreenshotSkipped)
		w.await(ticker+" is sent", func() bool { return w.state(id) == "sent impossible" })
	}
	if got := one[string](w, "select settings ->> 'chat_id' from public.notification_channels"); got != "-100200300" {
		t.Errorf("the channel's chat is %s", got)
	}
	if got := d.Box.Messages(); len(got) != 2 || got[0].To != "-100200300" || got[1].To != "-100200300" || d.Counts().Requests != 3 {
		t.Errorf("%d requests, messages %+v; want one request to the old chat", d.Counts().Requests, got)
	}
}

func TestADeletedSignalIsNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	channels := w.toNtfy(atalaya.DeliverTogether)
	id := w.arrive("GONE", atalaya.ScreenshotSkipped)
	w.exec("delete from public.trading_signals where id = $1", id)
	kept := w.arrive("KEPT", atalaya.ScreenshotSkipped)
	w.dispatch(channels)
	w.await("the other is sent", func() bool { return w.state(kept) == "sent impossible" })
	if got := w.ntfy.Box.Messages(); len(got) != 1 || !strings.Contains(got[0].Text, "KEPT") {
		t.Errorf("the messages are %+v", got)
	}
	if got := one[string](w, "select concat_ws(' ', state, code) from public.notifications where signal_id is null"); got != "cancelled signal_deleted" {
		t.Errorf("the row of the deleted signal is %s", got)
	}
}

func TestAUserWithoutChannelsHasNoOutbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.arrive("BTCUSDT", atalaya.ScreenshotSkipped)
	if n := one[int](w, "select count(*) from public.notifications"); n != 0 {
		t.Errorf("the outbox has %d rows", n)
	}
	id := w.subscribe(atalaya.ChannelNtfy, atalaya.ChannelSettings{Topic: "x"}, "", atalaya.DeliverASAP)
	if !one[bool](w, "select notifies from public.trading_signals_config where user_id = $1", w.user) {
		t.Error("the settings do not say that there is a channel")
	}
	if err := w.store.DeleteChannel(t.Context(), w.user, id); err != nil {
		t.Fatal(err)
	}
	if one[bool](w, "select notifies from public.trading_signals_config where user_id = $1", w.user) {
		t.Error("the settings still say that there is a channel")
	}
}

func TestALostAnswerIsRepeatedOnceAndMarked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	channels := w.toNtfy(atalaya.DeliverTogether)
	w.ntfy.Fault(func(*http.Request) double.Fault { return double.LoseAnswer })
	w.dispatch(channels)
	id := w.arrive("BTCUSDT", atalaya.ScreenshotSkipped)
	w.await("it is given up", func() bool { return strings.HasPrefix(w.state(id), "failed") })
	got := w.ntfy.Box.Messages()
	if len(got) != 2 || strings.Contains(got[0].Text, "possible repeat") || !strings.Contains(got[1].Text, "possible repeat") {
		t.Errorf("the messages are %+v, want one and its marked repeat", got)
	}
}

func TestAMessageOfAKilledWorkerIsRepeatedAndMarked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	channels := w.toNtfy(atalaya.DeliverTogether)
	id := w.arrive("BTCUSDT", atalaya.ScreenshotSkipped)
	// This is what a worker writes before its request. It was killed before it could write the result.
	claims, err := w.store.ClaimChannels(t.Context(), []atalaya.ChannelKind{atalaya.ChannelNtfy}, 1, time.Minute)
	if err != nil || len(claims) != 1 {
		t.Fatalf("%d claims: %v", len(claims), err)
	}
	row := atalaya.NotificationID(one[string](w, "select id::text from public.notifications"))
	if ok, err := w.store.BeginSending(t.Context(), claims[0], []atalaya.NotificationID{row}, 50*time.Millisecond); !ok || err != nil {
		t.Fatalf("begin: %v %v", ok, err)
	}
	w.dispatch(channels)
	w.await("it is sent", func() bool { return strings.HasPrefix(w.state(id), "sent") })
	if got := w.ntfy.Box.Messages(); len(got) != 1 || !strings.Contains(got[0].Text, "possible repeat") {
		t.Errorf("the messages are %+v", got)
	}
}

// losing is a store that loses the answers to the first calls of BeginSending.
type losing struct {
	*postgres.Store
	left atomic.Int32
}

func (l *losing) BeginSending(ctx context.Context, c notify.Claim, ids []atalaya.NotificationID, lease time.Duration) (bool, error) {
	ok, err := l.Store.BeginSending(ctx, c, ids, lease)
	if l.left.Add(-1) >= 0 {
		return false, errors.New("the connection broke")
	}
	return ok, err
}

func TestAMessageThatWasBegunAndNotSentIsSentWithoutAMark(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	channels := w.toNtfy(atalaya.DeliverTogether)
	id := w.arrive("BTCUSDT", atalaya.ScreenshotSkipped)
	rows := &losing{Store: w.store}
	rows.left.Store(3)
	w.dispatchFrom(rows, channels)
	w.await("it is sent", func() bool { return strings.HasPrefix(w.state(id), "sent") })
	if got := w.ntfy.Box.Messages(); len(got) != 1 || strings.Contains(got[0].Text, "possible repeat") {
		t.Errorf("the messages are %+v, want one without a mark", got)
	}
}

func TestTwoReplicasNeverSendToOneChannelAtOnceAndKeepTheOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	channels := w.toNtfy(atalaya.DeliverTogether)
	w.dispatch(channels)
	w.dispatch(channels)
	for i := range 40 {
		w.arrive("SIG"+string(rune('A'+i%26))+string(rune('A'+i/26)), atalaya.ScreenshotSkipped)
	}
	w.await("all are sent", func() bool {
		return one[int](w, "select count(*) from public.notifications where state <> 'sent'") == 0
	})
	if c := w.ntfy.Counts(); c.Together != 1 {
		t.Errorf("%d requests at once", c.Together)
	}
	all := ""
	for _, m := range w.ntfy.Box.Messages() {
		all += m.Text + "\n"
	}
	last := -1
	for i := range 40 {
		name := "SIG" + string(rune('A'+i%26)) + string(rune('A'+i/26))
		at := strings.Index(all, name)
		if at <= last || strings.Count(all, name) != 1 {
			t.Fatalf("%s comes %d times, out of order or not at all", name, strings.Count(all, name))
		}
		last = at
	}
}

func TestClassicColumnsMakeChannels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(`update public.trading_signals_config set telegram_enabled = true, telegram_bot_token = '1:abc', telegram_chat_id = '42',
		discord_webhook_url = 'https://discord.com/api/webhooks/1/a', email_notifications = true where user_id = $1`, w.user)
	list := func() string {
		return one[string](w, `select string_agg(concat_ws(' ', kind, origin, enabled, events, settings), '; ' order by kind) from public.notification_channels where user_id = $1`, w.user)
	}
	want := `discord classic t {signal,trouble,quota} {}; email classic t {trouble,quota} {}; telegram classic t {signal,trouble,quota} {"chat_id": "42"}`
	if got := list(); got != want {
		t.Errorf("the channels are %s", got)
	}
	w.exec(`update public.trading_signals_config set telegram_enabled = false, discord_webhook_url = null where user_id = $1`, w.user)
	if got := list(); !strings.Contains(got, "discord classic f") || !strings.Contains(got, "telegram classic f") || !strings.Contains(got, "email classic t") {
		t.Errorf("after they are cleared: %s", got)
	}
}

package postgres_test

import (
	"testing"

	"atalaya"
	"atalaya/internal/test/testkit"
)

func TestAMailChannelIsEnabledOnlyOnceItsAddressIsProved(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store, user := testkit.Store(t, pool), testkit.User(t, pool)
	const id = atalaya.ChannelID("44444444-4444-4444-8444-444444444444")
	if _, err := pool.Exec(t.Context(), `insert into public.notification_channels (id, user_id, kind, name, settings, enabled, status, pending, pending_until)
		values ($1, $2, 'email', 'Mail', '{"address":"ana@example.com"}', false, 'unproved', 'c0de', now() + interval '1 hour')`, string(id), string(user)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		pending string
		proved  bool
	}{{"another", false}, {"c0de", true}, {"c0de", false}} {
		if ok, err := store.ProveChannel(t.Context(), id, c.pending); err != nil || ok != c.proved {
			t.Errorf("%q: %v, %v", c.pending, ok, err)
		}
		if channel, err := store.Channel(t.Context(), user, id); err != nil || channel.Enabled != (c.proved || c.pending == "c0de") {
			t.Errorf("after %q: enabled %v, %v", c.pending, channel.Enabled, err)
		}
	}
}

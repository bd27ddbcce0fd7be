package app_test

import (
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya/internal/chartsite"
	"atalaya/internal/config"
	"atalaya/internal/doctor"
	"atalaya/internal/test/testkit"
)

// seen opens an address as a browser would, without any token.
func seen(t *testing.T, address string) (status int, kind string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type")
}

// stored returns the address and the path in a signal's row.
func stored(t *testing.T, pool *pgxpool.Pool, id string) (address, path string) {
	t.Helper()
	err := pool.QueryRow(t.Context(), `select coalesce(screenshot_url, ''), coalesce(screenshot_path, '')
		from public.trading_signals where id = $1`, id).Scan(&address, &path)
	if err != nil {
		t.Fatal(err)
	}
	return address, path
}

// again returns the settings of a former service for its successor on the same port. vars win over them.
func again(t *testing.T, pool *pgxpool.Pool, former config.Config, vars map[string]string) config.Config {
	t.Helper()
	all := map[string]string{
		"ENCRYPTION_KEY": former.EncryptionKey.Reveal(), "SUPABASE_JWT_SECRET": former.JWTSecret.Reveal(),
		"PUBLIC_URL": former.PublicURL, "JWT_ISSUER": former.JWTIssuer, "PICTURES_DIR": former.PicturesDir,
		"TRADINGVIEW_URL": former.TradingViewURL, "SUPABASE_URL": former.SupabaseURL,
		"SUPABASE_SERVICE_ROLE_KEY": former.SupabaseServiceRoleKey.Reveal(),
	}
	maps.Copy(all, vars)
	cfg := testkit.Settings(t, pool, all)
	cfg.Port = former.Port
	return cfg
}

// A picture that was stored before the setting changed is shown by a signed address too.
func TestSignedAddressesShowOldAndNewPicturesOfAClosedBucket(t *testing.T) {
	t.Parallel()
	pool, p := testkit.Database(t), newProject(t)
	open := testkit.Settings(t, pool, p.vars(p.ServiceKey, startSite(t)))
	s := run(t, open)
	s.signUp(t, pool, chartsite.NewSession("sara"))
	old := s.send(t).SignalID
	public := s.settled(t, old, "completed").URL
	if status, _ := seen(t, public); status != http.StatusOK {
		t.Fatalf("the public address answers %d", status)
	}
	s.stop(t)

	closed := again(t, pool, open, map[string]string{"STORAGE_SIGNED_URLS": "true", "STORAGE_SIGNED_URL_TTL": "10m"})
	expect(t, examine(t.Context(), closed), doctor.Wrong, "pictures", "public", "STORAGE_SIGNED_URLS")
	hook, token := s.hook, s.token
	s = run(t, closed)
	s.hook, s.token, s.sent = hook, token, 1
	if b, _ := p.Bucket(bucket); b.Public || !strings.Contains(s.log.String(), "is now private") {
		t.Errorf("the bucket is public: %t; want it private, and the log to say so", b.Public)
	}
	expect(t, examine(t.Context(), closed), doctor.Fine, "pictures", "signed")
	expect(t, examine(t.Context(), open), doctor.Wrong, "pictures", "is private", "STORAGE_SIGNED_URLS")
	if status, _ := seen(t, public); status == http.StatusOK {
		t.Error("the public address still shows the picture")
	}
	fresh := s.send(t).SignalID
	s.settled(t, fresh, "completed")
	if address, path := stored(t, pool, fresh); address != "" || path == "" {
		t.Errorf("the row has the address %q and the path %q, want a path alone", address, path)
	}
	for what, id := range map[string]string{"a picture from before": old, "a new picture": fresh} {
		got := s.signal(t, id).URL
		if status, kind := seen(t, got); status != http.StatusOK || kind != "image/png" {
			t.Errorf("%s: %q answers %d", what, got, status)
		}
		if next := s.signal(t, id).URL; next != got {
			t.Errorf("%s has another address at the next look, and browsers would fetch it again", what)
		}
	}
	var list struct{ Data []signal }
	s.get(t, http.MethodGet, "/api/signals", nil, &list)
	for _, row := range list.Data {
		if status, _ := seen(t, row.URL); status != http.StatusOK {
			t.Errorf("in the list %q answers %d", row.URL, status)
		}
	}
	if strings.Contains(s.log.String(), "token=") {
		t.Error("a signed address is in the log")
	}
	p.down.Store(true)
	s.get(t, http.MethodGet, "/api/signals", nil, &list)
	if len(list.Data) != 2 {
		t.Errorf("while the storage is down the list has %d signals", len(list.Data))
	}
	p.down.Store(false)
	s.stop(t)

	// The way back: the operator makes the bucket public, and rows without an address show again.
	b, _ := p.Bucket(bucket)
	b.Public = true
	p.SetBucket(b)
	s = run(t, open)
	s.hook, s.token = hook, token
	for _, id := range []string{old, fresh} {
		address := s.signal(t, id).URL
		if _, ok := p.object(address); !ok {
			t.Errorf("after going back the address is %q", address)
		}
	}
}

func TestTheFolderOfPicturesIsReadAtSignedAddressesAlone(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": startSite(t), "STORAGE_SIGNED_URLS": "true"}))
	s.signUp(t, pool, chartsite.NewSession("tina"))
	id := s.send(t).SignalID
	done := s.settled(t, id, "completed")
	address, path := stored(t, pool, id)
	if address != "" {
		t.Errorf("the row has the address %q", address)
	}
	if status, kind := seen(t, done.URL); status != http.StatusOK || kind != "image/png" {
		t.Errorf("%q answers %d", done.URL, status)
	}
	plain, query, _ := strings.Cut(done.URL, "?")
	if plain != s.cfg.PublicURL+"/pictures/"+path {
		t.Errorf("the address is %q", done.URL)
	}
	for _, refused := range []string{plain, plain + "?" + query + "x", strings.Replace(done.URL, "expires=1", "expires=2", 1), strings.Replace(done.URL, ".png", "x.png", 1)} {
		if status, _ := seen(t, refused); status != http.StatusForbidden {
			t.Errorf("%q answers %d, want 403", refused, status)
		}
	}
}

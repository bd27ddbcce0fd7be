package upkeep_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/blob"
	"atalaya/internal/postgres"
	"atalaya/internal/secret"
	"atalaya/internal/test/testkit"
	"atalaya/internal/upkeep"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	retention = 30 * 24 * time.Hour
	stranded  = 20 * time.Minute
)

// fixture is an Upkeep on a real database, with a folder of pictures.
type fixture struct {
	pool     *pgxpool.Pool
	store    *postgres.Store
	keyText  string
	keyring  *secret.Keyring
	pictures *folder
	upkeep   *upkeep.Upkeep
	meter    meter
	kept     map[atalaya.Plan]time.Duration
}

// meter counts what upkeep reports.
type meter struct{ expired, removed, swept atomic.Int64 }

func (m *meter) PicturesExpired(n int) { m.expired.Add(int64(n)) }
func (m *meter) PicturesRemoved(n int) { m.removed.Add(int64(n)) }
func (m *meter) PicturesSwept(n int)   { m.swept.Add(int64(n)) }

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{pool: testkit.Database(t)}
	f.store = testkit.Store(t, f.pool)
	f.keyText, f.keyring = newKeyring(t)
	dir := t.TempDir()
	disk, err := blob.OpenDisk(dir, "http://localhost/pictures")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = disk.Close() })
	f.pictures = &folder{disk: disk, dir: dir}
	f.upkeep = f.with(f.store)
	return f
}

// with returns an Upkeep with other rows.
func (f *fixture) with(rows upkeep.Rows) *upkeep.Upkeep {
	return upkeep.New(rows, f.pictures, f.keyring, &f.meter, slog.New(slog.DiscardHandler), upkeep.Options{
		DeliveryRetention: retention, StrandedAfter: stranded, PictureRetention: f.kept,
	})
}

func (f *fixture) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := f.pool.Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// text returns the one value that a query selects.
func (f *fixture) text(t *testing.T, query string, args ...any) string {
	t.Helper()
	var value string
	if err := f.pool.QueryRow(t.Context(), query, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

// storeSecrets writes a user's columns as given. "" stands for null.
func (f *fixture) storeSecrets(t *testing.T, user atalaya.UserID, id, sign, bot atalaya.Sealed) {
	t.Helper()
	f.exec(t, `update public.trading_signals_config
		set tv_sessionid = nullif($2, ''), tv_sessionid_sign = nullif($3, ''), telegram_bot_token = nullif($4, '')
		where user_id = $1`, user, id.Reveal(), sign.Reveal(), bot.Reveal())
}

// secrets returns a user's stored columns.
func (f *fixture) secrets(t *testing.T, user atalaya.UserID) atalaya.SealedSecrets {
	t.Helper()
	s := atalaya.SealedSecrets{UserID: user}
	err := f.pool.QueryRow(t.Context(), `select coalesce(tv_sessionid, ''), coalesce(tv_sessionid_sign, ''), coalesce(telegram_bot_token, '')
		from public.trading_signals_config where user_id = $1`, user).Scan(&s.SessionID, &s.SessionSign, &s.BotToken)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newSignal stores a signal and its picture, and returns the picture's path too.
func (f *fixture) newSignal(t *testing.T, user atalaya.UserID) (id, path string) {
	t.Helper()
	path = string(user) + "/" + strings.ToLower(rand.Text()) + ".png"
	if err := f.pictures.disk.Put(t.Context(), path, []byte("a picture"), blob.TypePNG); err != nil {
		t.Fatal(err)
	}
	id = f.text(t, `insert into public.trading_signals (user_id, screenshot_status, screenshot_path)
		values ($1, 'completed', $2) returning id::text`, user, path)
	return id, path
}

// folder is a disk that fails on demand.
type folder struct {
	disk *blob.Disk
	dir  string
	mu   sync.Mutex
	down error
}

var errDown = errors.New("the storage is down")

func (f *folder) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = err
}

func (f *folder) Delete(ctx context.Context, path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down != nil {
		return f.down
	}
	return f.disk.Delete(ctx, path)
}

func (f *folder) DeleteAll(ctx context.Context, paths []string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down != nil {
		return f.down
	}
	return f.disk.Delete(ctx, paths...)
}

func (f *folder) List(ctx context.Context) iter.Seq2[upkeep.StoredPicture, error] {
	return func(yield func(upkeep.StoredPicture, error) bool) {
		for object, err := range f.disk.List(ctx) {
			if !yield(upkeep.StoredPicture{Path: object.Path, StoredAt: object.StoredAt}, err) {
				return
			}
		}
	}
}

// has reports whether a picture is in the folder.
func (f *folder) has(t *testing.T, path string) bool {
	t.Helper()
	file, err := f.disk.Open(t.Context(), path)
	if errors.Is(err, blob.ErrNotFound) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(io.Discard, file)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	return true
}

// newKeyring returns a keyring of a new key and older ones, and the new key's text.
func newKeyring(t *testing.T, old ...string) (text string, keyring *secret.Keyring) {
	t.Helper()
	text, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	keys := make([]secret.Key, 0, 1+len(old))
	for _, k := range append([]string{text}, old...) {
		key, err := secret.ParseKey(k)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return text, secret.NewKeyring(keys[0], keys[1:]...)
}

func seal(t *testing.T, keyring *secret.Keyring, user atalaya.UserID, column atalaya.SecretColumn, plain string) atalaya.Sealed {
	t.Helper()
	sealed, err := keyring.Seal(user, column, plain)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func open(t *testing.T, keyring *secret.Keyring, user atalaya.UserID, column atalaya.SecretColumn, sealed atalaya.Sealed) string {
	t.Helper()
	plain, err := keyring.Open(user, column, sealed)
	if err != nil {
		t.Fatalf("%s does not open: %v", column, err)
	}
	return plain
}

package spool

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"go.uber.org/goleak"

	"atalaya"
	"atalaya/internal/secret"
)

func TestMain(m *testing.M) {
	if os.Getenv(crashVariable) != "" {
		crash()
	}
	goleak.VerifyTestMain(m)
}

func newKeyring(t *testing.T, old ...secret.Key) (*secret.Keyring, secret.Key) {
	t.Helper()
	text, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return secret.NewKeyring(key, old...), key
}

// folder is the folder of a spool, with the options to open it.
type folder struct {
	dir  string
	keys *secret.Keyring
	log  bytes.Buffer
	max  int64
}

func newFolder(t *testing.T) *folder {
	t.Helper()
	keys, _ := newKeyring(t)
	return &folder{dir: filepath.Join(t.TempDir(), "spool"), keys: keys, max: 64 << 20}
}

func (f *folder) options() Options {
	return Options{Dir: f.dir, MaxBytes: f.max, Sealer: f.keys, Log: slog.New(slog.NewTextHandler(&f.log, nil))}
}

func (f *folder) open(t *testing.T) *Spool {
	t.Helper()
	s, err := Open(f.options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeOnce(t, s) })
	return s
}

func closeOnce(t *testing.T, s *Spool) {
	t.Helper()
	if s.db.Path() == "" { // closed by the test
		return
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func newUser() atalaya.UserID { return atalaya.UserID(uuid.NewString()) }

// alerts returns n arrivals of a user, a millisecond apart.
func alerts(user atalaya.UserID, n int, from time.Time) []atalaya.Arrival {
	list := make([]atalaya.Arrival, n)
	for i := range list {
		body := fmt.Sprintf(`{"ticker":"BTCUSDT","n":%d}`, i)
		list[i] = atalaya.Arrival{
			Token: "a-token", Body: []byte(body), BodySize: int64(len(body)), ReceivedAt: from.Add(time.Duration(i) * time.Millisecond).Truncate(time.Microsecond),
			SignalID: atalaya.SignalID(uuid.NewString()), Spooled: atalaya.Spooled{User: user},
		}
	}
	return list
}

func appendAll(t *testing.T, s *Spool, list []atalaya.Arrival) {
	t.Helper()
	for i, err := range s.Append(list) {
		if err != nil {
			t.Fatalf("alert %d: %v", i, err)
		}
	}
}

func nobody(atalaya.UserID) bool { return false }

func next(t *testing.T, s *Spool, n int) []atalaya.Arrival {
	t.Helper()
	list, err := s.Next(n, nobody)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// drained takes all alerts out of the spool, and returns them by user.
func drained(t *testing.T, s *Spool) map[atalaya.UserID][]atalaya.Arrival {
	t.Helper()
	all := make(map[atalaya.UserID][]atalaya.Arrival)
	for {
		list := next(t, s, 7)
		if len(list) == 0 {
			return all
		}
		for _, a := range list {
			all[a.Spooled.User] = append(all[a.Spooled.User], a)
		}
		if err := s.Remove(list); err != nil {
			t.Fatal(err)
		}
	}
}

var comparable = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

func same(t *testing.T, what string, want, got []atalaya.Arrival) {
	t.Helper()
	if diff := cmp.Diff(want, got, comparable); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func TestAnAlertComesOutAsItWentIn(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	s := f.open(t)
	user := newUser()
	whole := atalaya.Arrival{
		Token: "token", Body: []byte("\x00\xff{"), BodySize: 3, Sender: netip.MustParseAddr("52.89.214.238"), SenderRefused: true, ReceivedAt: noon,
		IdempotencyKey: "key", Hints: atalaya.Hints{ChartID: "c", Ticker: "t", DeliveryMode: atalaya.DeliverASAP}, RefusedSince: 3,
		SignalID: atalaya.SignalID(uuid.NewString()), Spooled: atalaya.Spooled{User: user, Flooded: true, Recent503: true},
	}
	large := atalaya.Arrival{Token: "token", BodySize: 70_000, TooLarge: true, ReceivedAt: noon.Add(time.Second), SignalID: atalaya.SignalID(uuid.NewString()), Spooled: atalaya.Spooled{User: user}}
	empty := atalaya.Arrival{Token: "token", Body: []byte{}, ReceivedAt: noon.Add(2 * time.Second), SignalID: atalaya.SignalID(uuid.NewString()), Spooled: atalaya.Spooled{User: user}}
	appendAll(t, s, []atalaya.Arrival{whole, large, empty})
	same(t, "the alerts", []atalaya.Arrival{whole, large, empty}, next(t, s, 10))
}

func TestAppendedAlertsSurviveTheProcess(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	s := f.open(t)
	ana, bea := newUser(), newUser()
	ofAna, ofBea := alerts(ana, 20, noon), alerts(bea, 3, noon)
	appendAll(t, s, ofAna[:10])
	appendAll(t, s, ofBea)
	appendAll(t, s, ofAna[10:])
	// A process that is killed closes nothing: the file is copied as it stands.
	killed := &folder{dir: t.TempDir(), keys: f.keys, max: f.max}
	whole, err := os.ReadFile(filepath.Join(f.dir, fileName))
	if err == nil {
		err = os.WriteFile(filepath.Join(killed.dir, fileName), whole, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	after := killed.open(t)
	if st := after.Status(); st.Alerts != 23 || st.Users != 2 || !st.Oldest.Equal(noon) || len(st.Torn) > 0 {
		t.Errorf("after the restart the status is %+v", st)
	}
	if !after.Holds(ana) || after.Holds(newUser()) {
		t.Error("Holds does not say whose alerts are in the spool")
	}
	all := drained(t, after)
	same(t, "one user's alerts", ofAna, all[ana])
	same(t, "the other's", ofBea, all[bea])
	if st := after.Status(); st.Alerts != 0 || after.Holds(ana) || !st.Oldest.IsZero() {
		t.Errorf("the status of the empty spool is %+v", st)
	}
}

func TestAlertsThatArriveAtTheSameMomentKeepTheirOrder(t *testing.T) {
	t.Parallel()
	s := newFolder(t).open(t)
	user := newUser()
	list := alerts(user, 3, noon)
	list[1].ReceivedAt, list[2].ReceivedAt = noon, noon.Add(-time.Second) // a slow body, whose request began earlier
	appendAll(t, s, list)
	got := next(t, s, 10)
	for i := range list {
		if got[i].SignalID != list[i].SignalID || i > 0 && !got[i].ReceivedAt.After(got[i-1].ReceivedAt) {
			t.Fatalf("alert %d is %+v", i, got[i])
		}
	}
}

func TestAUserWithManyAlertsDelaysNobody(t *testing.T) {
	t.Parallel()
	s := newFolder(t).open(t)
	busy, calm, locked := newUser(), newUser(), newUser()
	appendAll(t, s, alerts(busy, 500, noon))
	appendAll(t, s, alerts(calm, 1, noon))
	appendAll(t, s, alerts(locked, 1, noon))
	list, err := s.Next(12, func(u atalaya.UserID) bool { return u == locked })
	if err != nil {
		t.Fatal(err)
	}
	users := map[atalaya.UserID]int{}
	for _, a := range list {
		users[a.Spooled.User]++
	}
	if users[calm] != 1 || users[busy] == 0 || users[locked] != 0 {
		t.Errorf("the first alerts are of %v", users)
	}
}

func TestTheFileHoldsNeitherTokensNorBodiesInPlain(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	s := f.open(t)
	user, token := newUser(), atalaya.WebhookToken(strings.Repeat("ab", 32))
	list := alerts(user, 1, noon)
	list[0].Token = token
	appendAll(t, s, list)
	s.Learn(token, user)
	if err := s.flushTokens(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(f.dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{token.Reveal(), "BTCUSDT", string(list[0].SignalID)} {
		if bytes.Contains(file, []byte(hidden)) {
			t.Errorf("the file holds %q", hidden)
		}
	}
	for path, mode := range map[string]os.FileMode{f.dir: 0o700, filepath.Join(f.dir, fileName): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s has mode %v, want %v: %v", path, info.Mode().Perm(), mode, err)
		}
	}
}

func TestAnAlertThatWasMovedToAnotherPlaceDoesNotOpen(t *testing.T) {
	t.Parallel()
	keys, _ := newKeyring(t)
	s := &Spool{opt: Options{Sealer: keys}}
	user, thief := newUser(), newUser()
	p, err := s.place(alerts(user, 1, noon)[0], noon.UnixMicro())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.open(user, p.at, p.key, p.value); err != nil {
		t.Fatal(err)
	}
	_, sealed, _ := unframe(p.value)
	key, err := keyOf(thief, p.at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.open(thief, p.at, key, frame(key, sealed)); !errors.Is(err, secret.ErrUnreadable) {
		t.Errorf("opened under another user: %v", err)
	}
}

func TestTwoProcessesDoNotShareASpool(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	f.open(t)
	if _, err := openFile(filepath.Join(f.dir, fileName), f.max, time.Millisecond); !errors.Is(err, ErrLocked) {
		t.Errorf("a second process gets %v, want ErrLocked", err)
	}
}

func TestKnownTokensSurviveTheProcess(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	s := f.open(t)
	ana, bea := newUser(), newUser()
	s.Learn("token of ana", ana)
	s.Learn("token of bea", bea)
	if s.Knows("token of ana") != ana || s.Knows("token of nobody") != "" {
		t.Error("what was learned is not known at once")
	}
	s.Forget("token of bea")
	if s.Knows("token of bea") != "" {
		t.Error("what was forgotten is known")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = f.open(t)
	if s.Knows("token of ana") != ana || s.Knows("token of bea") != "" || s.Status().Tokens != 1 {
		t.Errorf("after the restart %d tokens are known", s.Status().Tokens)
	}
}

func TestAFormerKeyStillOpensTheSpool(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	keys, key := newKeyring(t)
	f.keys = keys
	s := f.open(t)
	user := newUser()
	list := alerts(user, 2, noon)
	appendAll(t, s, list[:1])
	s.Learn("token", user)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	rotated, _ := newKeyring(t, key)
	f.keys = rotated
	s = f.open(t)
	if s.Knows("token") != user {
		t.Error("the token is not known by its former hash")
	}
	appendAll(t, s, list[1:])
	same(t, "the alerts", list, next(t, s, 10))

	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f.keys, _ = newKeyring(t)
	s = f.open(t)
	if got := next(t, s, 10); len(got) != 0 || s.Status().Aside != 2 || s.Holds(user) {
		t.Errorf("with a strange key %v come out, and the status is %+v", got, s.Status())
	}
	if !strings.Contains(f.log.String(), "ENCRYPTION_KEYS_OLD") {
		t.Errorf("the log names no cure:\n%s", f.log.String())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f.keys = rotated
	s = f.open(t)
	same(t, "with the right key again, the alerts", list, next(t, s, 10))
}

func TestTheSpoolIsBoundedAndOneUserLeavesRoom(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	f.max = 4 * MinBytes
	s := f.open(t)
	flood := func(user atalaya.UserID) (kept int, refusal error) {
		for {
			list := alerts(user, 20, noon.Add(time.Duration(kept)*time.Second))
			for i := range list {
				list[i].Body = bytes.Repeat([]byte{'x'}, 10_000)
			}
			for _, err := range s.Append(list) {
				if err == nil {
					kept++
				} else {
					refusal = err
				}
			}
			if refusal != nil {
				return kept, refusal
			}
		}
	}
	first, err := flood(newUser())
	if !errors.Is(err, ErrFull) || first < 100 {
		t.Fatalf("a user alone keeps %d alerts: %v", first, err)
	}
	second, err := flood(newUser())
	if !errors.Is(err, ErrFull) || second < 20 {
		t.Fatalf("another user keeps %d alerts beside %d: %v", second, first, err)
	}
	st := s.Status()
	if st.Bytes > f.max || st.Failing != nil || st.Alerts != first+second {
		t.Errorf("the status of the full spool is %+v", st)
	}
	drained(t, s)
	if again, _ := flood(newUser()); again < first*9/10 {
		t.Errorf("after it was drained a user keeps %d alerts, before %d", again, first)
	}
}

func TestADamagedFileIsMovedAsideAndItsWholeRecordsAreKept(t *testing.T) {
	t.Parallel()
	page := int64(os.Getpagesize())
	for name, tear := range map[string]func(t *testing.T, file *os.File, size int64){
		"the newer meta page": func(t *testing.T, file *os.File, _ int64) { tearAt(t, file, page*int64(newerMeta(t, file)), page) },
		"both meta pages":     func(t *testing.T, file *os.File, _ int64) { tearAt(t, file, 0, 2*page) },
		"its beginning":       func(t *testing.T, file *os.File, _ int64) { tearAt(t, file, 0, 4*page) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			s := f.open(t)
			user := newUser()
			list := alerts(user, 300, time.Now().Add(-time.Minute))
			list[5].Body = bytes.Repeat([]byte{'y'}, atalaya.MaxBody)
			list[5].BodySize = int64(len(list[5].Body))
			for i := 0; i < len(list); i += 50 {
				appendAll(t, s, list[i:i+50])
			}
			s.Learn("token", user)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			file, err := os.OpenFile(filepath.Join(f.dir, fileName), os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			info, err := file.Stat()
			if err != nil {
				t.Fatal(err)
			}
			tear(t, file, info.Size())
			if err := file.Close(); err != nil {
				t.Fatal(err)
			}
			s = f.open(t)
			st := s.Status()
			if len(st.Torn) != 1 || !strings.Contains(f.log.String(), "damaged") {
				t.Fatalf("the damage is not reported: %+v\n%s", st, f.log.String())
			}
			if name == "its beginning" { // where some alerts may have been
				return
			}
			same(t, "the alerts", list, drained(t, s)[user])
			if s.Knows("token") != user {
				t.Error("the token is not known any more")
			}
		})
	}
}

// newerMeta returns the number of the meta page that was written last.
func newerMeta(t *testing.T, file *os.File) int {
	t.Helper()
	var txid [2]byte
	for i := range txid {
		b := make([]byte, 1)
		if _, err := file.ReadAt(b, int64(i)*int64(os.Getpagesize())+metaOffset+48); err != nil {
			t.Fatal(err)
		}
		txid[i] = b[0]
	}
	if txid[1] > txid[0] {
		return 1
	}
	return 0
}

func tearAt(t *testing.T, file *os.File, at, length int64) {
	t.Helper()
	if _, err := file.WriteAt(bytes.Repeat([]byte{0xA5}, int(length)), at); err != nil {
		t.Fatal(err)
	}
}

func TestAFileThatIsCutShortLosesOnlyTheRecordsBeyondTheCut(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	s := f.open(t)
	user := newUser()
	list := alerts(user, 2000, time.Now().Add(-time.Minute))
	appendAll(t, s, list[:1000])
	appendAll(t, s, list[1000:])
	path := filepath.Join(f.dir, fileName)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()/3); err != nil {
		t.Fatal(err)
	}
	s = f.open(t)
	got := drained(t, s)[user]
	if len(got) == 0 || len(got) == len(list) || len(s.Status().Torn) != 1 {
		t.Fatalf("%d of %d alerts are left, and the status is %+v", len(got), len(list), s.Status())
	}
	known := map[atalaya.SignalID]bool{}
	for _, a := range list {
		known[a.SignalID] = true
	}
	for _, a := range got {
		if !known[a.SignalID] {
			t.Fatalf("an alert that was never sent: %+v", a)
		}
		delete(known, a.SignalID)
	}
}

func TestAnAlertThatIsSetAsideIsTriedAtTheNextStart(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	s := f.open(t)
	user := newUser()
	list := alerts(user, 2, noon)
	appendAll(t, s, list)
	if err := s.SetAside(list[0], errors.New("the database cannot hold it")); err != nil {
		t.Fatal(err)
	}
	same(t, "the other", list[1:], next(t, s, 10))
	if st := s.Status(); st.Aside != 1 || st.Alerts != 1 {
		t.Errorf("the status is %+v", st)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	same(t, "after a restart both", list, next(t, f.open(t), 10))
}

func TestListShowsASpoolThatIsInUse(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	s := f.open(t)
	user := newUser()
	list := alerts(user, 3, noon)
	appendAll(t, s, list)
	if err := s.SetAside(list[2], errors.New("no")); err != nil {
		t.Fatal(err)
	}
	var got []Entry
	if err := List(t.Context(), f.options(), func(e Entry) { got = append(got, e) }); err != nil {
		t.Fatal(err)
	}
	var want []Entry
	for i, a := range list {
		want = append(want, Entry{User: user, At: a.ReceivedAt, Signal: a.SignalID, BodySize: a.BodySize, Aside: i == 2})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the list (-want +got):\n%s", diff)
	}
}

func TestListIgnoresFreePages(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	s := f.open(t)
	var want []Entry
	for i := range 30 { // more than a page of users, and bodies of more than a page
		user := newUser()
		list := alerts(user, 30, noon)
		list[3].Body = bytes.Repeat([]byte{'x'}, 1000*(i+1))
		appendAll(t, s, list)
		if err := s.Remove(list[:2]); err != nil { // their pages are free
			t.Fatal(err)
		}
		for _, a := range list[2:] {
			want = append(want, Entry{User: user, At: a.ReceivedAt, Signal: a.SignalID, BodySize: a.BodySize})
		}
	}
	slices.SortStableFunc(want, func(a, b Entry) int { return strings.Compare(string(a.User), string(b.User)) })
	var got []Entry
	if err := List(t.Context(), f.options(), func(e Entry) { got = append(got, e) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the list (-want +got):\n%s", diff)
	}
}

func TestListNeitherWritesNorWaits(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	s := f.open(t)
	appendAll(t, s, alerts(newUser(), 3, noon))
	path := filepath.Join(f.dir, fileName)
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	var left atomic.Bool
	var writing sync.WaitGroup
	writing.Go(func() { // a drain under way
		for at := noon.Add(time.Minute); !left.Load(); at = at.Add(time.Minute) {
			list := alerts("0190aaaa-0000-7000-8000-000000000001", 3, at)
			for _, err := range s.Append(list) {
				if err != nil {
					t.Error(err)
				}
			}
			if err := s.Remove(list); err != nil {
				t.Error(err)
			}
		}
	})
	for range 20 {
		seen := 0
		if err := List(t.Context(), f.options(), func(Entry) { seen++ }); err != nil || seen < 3 {
			t.Errorf("while it is written the list has %d alerts: %v", seen, err)
		}
	}
	left.Store(true)
	writing.Wait()
	if files, _ := filepath.Glob(filepath.Join(f.dir, "*")); len(files) != 1 {
		t.Errorf("the folder holds %v", files)
	}
}

func TestListReportsADamagedFile(t *testing.T) {
	t.Parallel()
	f, _, _, _ := damagedFolder(t)
	if err := List(t.Context(), f.options(), func(Entry) {}); !errors.Is(err, errTorn) {
		t.Errorf("the list of a damaged file ends with %v", err)
	}
}

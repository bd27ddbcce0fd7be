package upkeep_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya"
	"atalaya/internal/secret"
	"atalaya/internal/test/node"
	"atalaya/internal/test/testkit"
	"atalaya/internal/upkeep"
)

// stored is a user whose secrets have one of the forms that a rotation meets.
type stored struct {
	user            atalaya.UserID
	id, sign, bot   string // the plain values that must open afterwards; "" for none
	before          atalaya.SealedSecrets
	untouched       bool
	plain, unopened bool // whether the report has to name the user
}

// everyKind stores one user of every kind, under f's key and an older one. It returns the keyring that opens both.
func everyKind(t *testing.T, f *fixture) (keyring *secret.Keyring, kinds map[string]*stored) {
	t.Helper()
	current, err := secret.ParseKey(f.keyText)
	if err != nil {
		t.Fatal(err)
	}
	oldText, oldRing := newKeyring(t)
	_, strangeRing := newKeyring(t)
	oldKey, err := secret.ParseKey(oldText)
	if err != nil {
		t.Fatal(err)
	}
	keyring = secret.NewKeyring(current, oldKey)
	old := node.Seal(t, oldText, "node id", "node sign", "node bot")
	kinds = make(map[string]*stored)
	add := func(name string, s stored, values func(atalaya.UserID) (id, sign, bot atalaya.Sealed)) {
		s.user = testkit.User(t, f.pool)
		id, sign, bot := values(s.user)
		f.storeSecrets(t, s.user, id, sign, bot)
		s.before = f.secrets(t, s.user)
		kinds[name] = &s
	}
	sealed := func(ring *secret.Keyring) func(atalaya.UserID) (id, sign, bot atalaya.Sealed) {
		return func(user atalaya.UserID) (id, sign, bot atalaya.Sealed) {
			return seal(t, ring, user, atalaya.ColumnSessionID, "an id"), seal(t, ring, user, atalaya.ColumnSessionSign, "a sign"),
				seal(t, ring, user, atalaya.ColumnBotToken, "1:bot")
		}
	}
	add("the Node service's form", stored{id: "node id", sign: "node sign", bot: "node bot"},
		func(atalaya.UserID) (id, sign, bot atalaya.Sealed) { return old[0], old[1], old[2] })
	add("sealed with the old key", stored{id: "an id", sign: "a sign", bot: "1:bot"}, sealed(oldRing))
	add("sealed with the current key", stored{id: "an id", sign: "a sign", bot: "1:bot", untouched: true}, sealed(keyring))
	add("sealed with a strange key", stored{untouched: true, unopened: true}, sealed(strangeRing))
	add("cookies in plain text", stored{untouched: true, plain: true},
		func(atalaya.UserID) (id, sign, bot atalaya.Sealed) { return "plainid", "v3:plainsign", "" })
	add("plain cookies beside a plain token", stored{bot: "9:token", plain: true},
		func(atalaya.UserID) (id, sign, bot atalaya.Sealed) { return "plainid", "v3:plainsign", "9:token" })
	add("a readable cookie beside an unreadable one", stored{id: "an id", unopened: true},
		func(user atalaya.UserID) (id, sign, bot atalaya.Sealed) {
			return seal(t, oldRing, user, atalaya.ColumnSessionID, "an id"), seal(t, strangeRing, user, atalaya.ColumnSessionSign, "lost"), ""
		})
	testkit.User(t, f.pool) // without any secret, so the report must not count it
	return keyring, kinds
}

// check compares what is stored after a complete rotation with what has to be.
func check(t *testing.T, f *fixture, keyring *secret.Keyring, kinds map[string]*stored) {
	t.Helper()
	for name, kind := range kinds {
		got := f.secrets(t, kind.user)
		if kind.untouched && got != kind.before {
			t.Errorf("%s: the values were changed", name)
		}
		for _, value := range []struct {
			column         atalaya.SecretColumn
			sealed, before atalaya.Sealed
			want           string
		}{
			{atalaya.ColumnSessionID, got.SessionID, kind.before.SessionID, kind.id},
			{atalaya.ColumnSessionSign, got.SessionSign, kind.before.SessionSign, kind.sign},
			{atalaya.ColumnBotToken, got.BotToken, kind.before.BotToken, kind.bot},
		} {
			switch {
			case value.want == "" && value.sealed != value.before:
				t.Errorf("%s: %s was changed and could not be opened", name, value.column)
			case value.want == "":
			case !keyring.Current(value.sealed):
				t.Errorf("%s: %s is not sealed with the current key", name, value.column)
			case open(t, keyring, kind.user, value.column, value.sealed) != value.want:
				t.Errorf("%s: %s opens as something else", name, value.column)
			}
		}
	}
}

// reported returns the users that the report has to name, in the order of their ids.
func reported(kinds map[string]*stored, of func(*stored) bool) []atalaya.UserID {
	var users []atalaya.UserID
	for _, kind := range kinds {
		if of(kind) {
			users = append(users, kind.user)
		}
	}
	slices.Sort(users)
	return users
}

func TestARotationSealsWhatItOpensAndReportsTheRest(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	keyring, kinds := everyKind(t, f)
	var progress []int
	report, err := upkeep.Rotate(t.Context(), f.store, keyring, func(done int) { progress = append(progress, done) })
	if err != nil {
		t.Fatal(err)
	}
	want := upkeep.Rotation{
		Users: len(kinds), Rewritten: 4,
		Unreadable: reported(kinds, func(s *stored) bool { return s.unopened }),
		PlainText:  reported(kinds, func(s *stored) bool { return s.plain }),
	}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("the report (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{1, 2, 3, 4, 5, 6, 7}, progress); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	check(t, f, keyring, kinds)

	again, err := upkeep.Rotate(t.Context(), f.store, keyring, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	want.Rewritten = 0
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("a second rotation (-want +got):\n%s", diff)
	}
}

func TestAnInterruptedRotationCompletesIfItIsRunAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	keyring, kinds := everyKind(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := upkeep.Rotate(ctx, f.store, keyring, func(done int) {
		if done == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the interrupted rotation returns %v, want context.Canceled", err)
	}
	if _, err := upkeep.Rotate(t.Context(), f.store, keyring, func(int) {}); err != nil {
		t.Fatal(err)
	}
	check(t, f, keyring, kinds)
}

func TestARotationLeavesWhatItsOwnerStoresMeanwhile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user := testkit.User(t, f.pool)
	oldText, oldRing := newKeyring(t)
	_, keyring := newKeyring(t, oldText)
	f.storeSecrets(t, user, seal(t, oldRing, user, atalaya.ColumnSessionID, "old"), "", "")
	fresh := seal(t, keyring, user, atalaya.ColumnSessionID, "new")
	rows := meddler{f.store, func() { f.storeSecrets(t, user, fresh, "", "") }}
	report, err := upkeep.Rotate(t.Context(), rows, keyring, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if report.Users != 1 || report.Rewritten != 0 {
		t.Errorf("the report is %+v, want one user and nothing rewritten", report)
	}
	if got := f.secrets(t, user).SessionID; got != fresh {
		t.Error("the rotation has overwritten what the owner stored meanwhile")
	}
}

func TestARotationReadsEveryPage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const users = 230 // more than two pages
	f.exec(t, `with made as (insert into auth.users (email) select n || '@example.com' from generate_series(1, $1::int) n returning id)
		select count(*) from made`, users)
	f.exec(t, "update public.trading_signals_config set telegram_bot_token = '1:' || user_id")
	done := 0
	report, err := upkeep.Rotate(t.Context(), f.store, f.keyring, func(n int) { done = n })
	if err != nil {
		t.Fatal(err)
	}
	if report.Users != users || report.Rewritten != users || done != users {
		t.Errorf("%d users, %d rewritten, progress %d; want %d of each", report.Users, report.Rewritten, done, users)
	}
	if got := f.text(t, "select count(*)::text from public.trading_signals_config where telegram_bot_token like '%:%'"); got != "0" {
		t.Errorf("%s tokens are still plain", got)
	}
}

func TestRotationSealsChannelsSecretsAnewAndLeavesThoseThatNoKeyOpens(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user := testkit.User(t, f.pool)
	formerText, former := newKeyring(t)
	_, stranger := newKeyring(t)
	_, ring := newKeyring(t, formerText)
	f.exec(t, `insert into public.notification_channels (id, user_id, kind, secret) values
		('c0000000-0000-4000-8000-000000000001', $1, 'webhook', $2), ('c0000000-0000-4000-8000-000000000002', $1, 'webhook', $3),
		('c0000000-0000-4000-8000-000000000003', $1, 'webhook', $4), ('c0000000-0000-4000-8000-000000000004', $1, 'ntfy', null)`, user,
		seal(t, former, user, atalaya.ColumnChannelSecret, "old"), seal(t, stranger, user, atalaya.ColumnChannelSecret, "lost"), seal(t, ring, user, atalaya.ColumnChannelSecret, "new"))
	for round, rewritten := range []int{1, 0} {
		report, err := upkeep.Rotate(t.Context(), f.store, ring, func(int) {})
		if err != nil {
			t.Fatal(err)
		}
		if report.Channels != 3 || report.ChannelsRewritten != rewritten || len(report.ChannelsUnreadable) != 1 || report.ChannelsUnreadable[0].ID != "c0000000-0000-4000-8000-000000000002" {
			t.Errorf("round %d: %+v", round, report)
		}
	}
	sealed := atalaya.Sealed(f.text(t, `select secret from public.notification_channels where id = 'c0000000-0000-4000-8000-000000000001'`))
	if got := open(t, ring, user, atalaya.ColumnChannelSecret, sealed); got != "old" || !ring.Current(sealed) {
		t.Errorf("the secret is %q, sealed with the current key: %v", got, ring.Current(sealed))
	}
}

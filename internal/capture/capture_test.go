package capture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atalaya"
)

// scene stands for everything around a Service. It answers as its fields say, and records the calls in done.
type scene struct {
	task      atalaya.CaptureTask
	gone      bool  // the signal is not there, or settled
	openErr   error // of the keyring
	shootErr  error // of the camera
	putErr    error // of the storage
	dead      bool  // the site says that the session has ended
	replaced  bool  // another capture has taken this one's place by the time of CompleteCapture
	lease     atalaya.AccountLease
	settleErr error // of every write that ends an attempt
	onShoot   func()
	waiting   int   // further captures of the user
	spent     bool  // the page serves no further capture
	noPage    error // of the camera's Open
	newer     bool  // the user has stored newer cookies by the time of ExpireSession
	together  bool  // the further captures' alerts came before the first capture began
	took      int   // seconds of a shot

	done  []string
	shots int
	seen  atalaya.TVSession
}

func (s *scene) note(format string, args ...any) {
	s.done = append(s.done, fmt.Sprintf(format, args...))
}

func (s *scene) BeginCapture(_ context.Context, _ atalaya.SignalID, propose func(atalaya.CaptureTask) string) (atalaya.CaptureTask, bool, error) {
	if s.task.Path == "" {
		s.task.Path = propose(s.task)
	}
	s.task.BegunAt = s.task.ArrivedAt // later alerts come later
	if s.together {
		s.task.BegunAt = s.task.ArrivedAt.Add(time.Second)
	}
	return s.task, !s.gone, nil
}

func (s *scene) CompleteCapture(context.Context, atalaya.CaptureTask, atalaya.Picture, string) (bool, error) {
	s.note("complete")
	return !s.replaced, s.settleErr
}

func (s *scene) PauseCapture(_ context.Context, _ atalaya.CaptureTask, code atalaya.CaptureCode) error {
	s.note("pause %s", code)
	return s.settleErr
}

func (s *scene) FailCapture(_ context.Context, _ atalaya.CaptureTask, code atalaya.CaptureCode) error {
	s.note("fail %s", code)
	return s.settleErr
}

func (s *scene) BeginCookieCheck(context.Context, atalaya.UserID) (atalaya.CaptureTask, bool, error) {
	return s.task, !s.gone, nil
}

func (s *scene) EndCookieCheck(_ context.Context, _ atalaya.CaptureTask, state atalaya.CookieState, _ time.Time) error {
	s.note("cookies %s", state)
	return s.settleErr
}

func (s *scene) CheckSession(context.Context, atalaya.TVSession) (bool, error) {
	s.note("ask")
	return !s.dead, s.shootErr
}

func (s *scene) ExpireSession(context.Context, atalaya.CaptureTask) (first, newer bool, err error) {
	s.note("expire session")
	return !s.newer, s.newer, s.settleErr
}

func (s *scene) LeaseAccount(_ context.Context, account []byte, _ atalaya.SignalID, _ time.Duration, _ int64) (atalaya.AccountLease, error) {
	s.note("lease %s", account)
	return s.lease, nil
}

func (s *scene) LeaseForCheck(_ context.Context, account []byte, _ atalaya.UserID, _ time.Duration) (atalaya.AccountLease, error) {
	s.note("lease %s", account)
	return s.lease, nil
}

func (s *scene) RestAccount(_ context.Context, account []byte, asked time.Duration) (time.Duration, error) {
	s.note("rest %s %s", account, asked)
	return max(asked, 30*time.Second), nil
}

func (s *scene) ForgiveAccount(context.Context, []byte) error { s.note("forgive"); return nil }

func (s *scene) SkipCapture(_ context.Context, _ atalaya.CaptureTask, reason atalaya.SkipReason) error {
	s.note("skip %s", reason)
	return s.settleErr
}

func (s *scene) KeepEvidence(_ context.Context, _ atalaya.CaptureTask, failure *atalaya.CaptureError) error {
	s.note("keep %s", failure.Code)
	return s.settleErr
}

func (s *scene) SuspectCapture(context.Context, atalaya.CaptureTask) error {
	s.note("suspect")
	return s.settleErr
}

func (s *scene) MarkHung(_ context.Context, _ atalaya.UserID, hung bool) error {
	s.note("hung %t", hung)
	return nil
}

func (s *scene) ReleaseAccount(_ context.Context, account []byte, _ atalaya.SignalID) error {
	s.note("release %s", account)
	return nil
}

func (s *scene) Fingerprint(plain string) []byte { return []byte("account") }

func (s *scene) Open(_ atalaya.UserID, column atalaya.SecretColumn, sealed atalaya.Sealed) (string, error) {
	return string(column) + " of " + sealed.Reveal(), s.openErr
}

func (s *scene) ClaimCapture(context.Context, atalaya.UserID, time.Duration) (atalaya.CaptureClaim, bool, error) {
	if s.waiting == 0 {
		return atalaya.CaptureClaim{}, false, nil
	}
	s.waiting--
	s.note("claim")
	return atalaya.CaptureClaim{SignalID: "next", Job: 1}, true, nil
}

func (s *scene) EndClaim(_ context.Context, _ atalaya.CaptureClaim, done bool) error {
	s.note("end %t", done)
	return nil
}

func (s *scene) FailSiblings(_ context.Context, _ atalaya.CaptureTask, code atalaya.CaptureCode) (int64, error) {
	s.note("fail siblings %s", code)
	return 1, s.settleErr
}

// visit is a scene that is a Visit.
type visit struct{ *scene }

type camera struct{ *scene }

func (c camera) Open(context.Context, atalaya.CaptureRequest, func(atalaya.CaptureStep)) (Visit, error) {
	c.note("open")
	return visit(c), c.noPage
}

func (v visit) CanTake(atalaya.CaptureRequest) bool { return !v.spent }
func (v visit) Close()                              { v.note("close") }

func (v visit) Capture(_ context.Context, req atalaya.CaptureRequest, _ func(atalaya.CaptureStep)) (atalaya.Picture, error) {
	v.note("shoot")
	v.shots++
	v.seen = req.Session
	if v.onShoot != nil {
		v.onShoot()
	}
	return atalaya.Picture{PNG: []byte("png")}, v.shootErr
}

func (s *scene) Put(context.Context, string, []byte) error { s.note("put"); return s.putErr }
func (s *scene) Delete(context.Context, string) error      { s.note("delete"); return nil }
func (s *scene) URL(path string) string                    { return "https://pictures.example/" + path }
func (s *scene) Captured(string, time.Duration)            {}

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// usual returns the task of a scene without a task of its own.
func usual() atalaya.CaptureTask {
	return atalaya.CaptureTask{
		SignalID: "signal", UserID: "user", ArrivedAt: now.Add(-time.Minute), Symbol: "BTCUSDT",
		SealedSessionID: "a", SealedSessionSign: "b", CookiesValid: true,
	}
}

// run runs one attempt of the Service in the scene.
func (s *scene) run(ctx context.Context, last bool) atalaya.JobVerdict {
	if s.task.ArrivedAt.IsZero() {
		s.task = usual()
	}
	service := New(Rows{s, s, s, s}, s, camera{s}, s, s, slog.New(slog.DiscardHandler), Options{MaxAge: 15 * time.Minute, Lease: time.Minute, Burst: 30 * time.Second, HangsAfter: 40 * time.Second})
	service.now = func() time.Time { return now.Add(time.Duration(s.shots*s.took) * time.Second) }
	return service.Run(ctx, "signal", last)
}

func failure(code atalaya.CaptureCode) error {
	return &atalaya.CaptureError{Code: code, Step: "test", Detail: "made for this test"}
}

func TestThePictureIsStoredBeforeItsRowIsCompleted(t *testing.T) {
	t.Parallel()
	s := &scene{}
	if v := s.run(t.Context(), false); v.Action != atalaya.JobDone {
		t.Fatalf("verdict %+v, want done", v)
	}
	if diff := cmp.Diff([]string{"lease account", "open", "shoot", "forgive", "put", "complete", "close", "release account"}, s.done); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if s.seen.ID != "tv_sessionid of a" || s.seen.Sign != "tv_sessionid_sign of b" {
		t.Error("the camera did not get the two opened cookies")
	}
}

func TestAFailureEndsTheCaptureOrIsTriedAgainByItsCode(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		code   atalaya.CaptureCode
		last   bool
		action atalaya.JobAction
		done   []string
	}{
		{atalaya.CaptureChartNotFound, false, atalaya.JobStop, []string{"lease account", "open", "shoot", "keep chart_not_found", "close", "release account", "fail siblings chart_not_found", "fail chart_not_found"}},
		{atalaya.CaptureSessionExpired, false, atalaya.JobStop, []string{"lease account", "open", "shoot", "keep session_expired", "close", "release account", "expire session", "fail session_expired"}},
		{atalaya.CaptureWrongSymbol, false, atalaya.JobRetry, []string{"lease account", "open", "shoot", "keep wrong_symbol", "close", "release account", "pause wrong_symbol"}},
		{atalaya.CaptureWrongInterval, false, atalaya.JobRetry, []string{"lease account", "open", "shoot", "keep wrong_interval", "close", "release account", "pause wrong_interval"}},
		{atalaya.CaptureNotPainted, false, atalaya.JobRetry, []string{"lease account", "open", "shoot", "keep not_painted", "close", "release account", "pause not_painted"}},
		{atalaya.CaptureNavigationTimeout, false, atalaya.JobRetry, []string{"lease account", "open", "shoot", "keep navigation_timeout", "close", "release account", "pause navigation_timeout"}},
		{atalaya.CaptureBrowserCrashed, false, atalaya.JobRetry, []string{"lease account", "open", "shoot", "keep browser_crashed", "close", "release account", "pause browser_crashed"}},
		{atalaya.CaptureBrowserCrashed, true, atalaya.JobStop, []string{"lease account", "open", "shoot", "keep browser_crashed", "close", "release account", "fail browser_crashed"}},
		{atalaya.CaptureWrongSymbol, true, atalaya.JobStop, []string{"lease account", "open", "shoot", "keep wrong_symbol", "close", "release account", "fail wrong_symbol"}},
	} {
		t.Run(fmt.Sprintf("%s last %v", tc.code, tc.last), func(t *testing.T) {
			t.Parallel()
			s := &scene{shootErr: failure(tc.code)}
			v := s.run(t.Context(), tc.last)
			if v.Action != tc.action || v.Err == nil {
				t.Errorf("verdict %+v, want action %v with the cause", v, tc.action)
			}
			if diff := cmp.Diff(tc.done, s.done); diff != "" {
				t.Errorf("done (-want +got):\n%s", diff)
			}
		})
	}
}

func TestACaptureThatFailedWithFormerCookiesIsTriedWithNewerOnes(t *testing.T) {
	t.Parallel()
	s := &scene{shootErr: failure(atalaya.CaptureSessionExpired), newer: true}
	if v := s.run(t.Context(), true); v.Action != atalaya.JobSnooze || v.After != 0 {
		t.Errorf("verdict %+v, want another attempt at once, uncounted", v)
	}
	want := []string{"lease account", "open", "shoot", "keep session_expired", "close", "release account", "expire session", "pause "}
	if diff := cmp.Diff(want, s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestTheStorageDecidesWhetherAPictureIsTriedAgain(t *testing.T) {
	t.Parallel()
	for code, action := range map[atalaya.CaptureCode]atalaya.JobAction{
		atalaya.CaptureStorageRejected:    atalaya.JobStop,
		atalaya.CaptureStorageUnavailable: atalaya.JobSnooze,
	} {
		s := &scene{putErr: failure(code)}
		if v := s.run(t.Context(), false); v.Action != action {
			t.Errorf("%s: verdict %+v, want action %v", code, v, action)
		}
	}
}

func TestNoPictureIsTakenIfThatCannotHelp(t *testing.T) {
	t.Parallel()
	old := atalaya.CaptureTask{SignalID: "signal", UserID: "user", ArrivedAt: now.Add(-15*time.Minute - time.Second), SealedSessionID: "a", SealedSessionSign: "b", CookiesValid: true}
	bare := atalaya.CaptureTask{SignalID: "signal", UserID: "user", ArrivedAt: now}
	refused := atalaya.CaptureTask{SignalID: "signal", UserID: "user", ArrivedAt: now, SealedSessionID: "a", SealedSessionSign: "b"}
	malformed := refused
	malformed.MalformedCookies = true
	for name, tc := range map[string]struct {
		scene  scene
		action atalaya.JobAction
		done   []string
	}{
		"the signal is gone or settled": {scene{gone: true}, atalaya.JobDone, nil},
		"the alert is too old":          {scene{task: old}, atalaya.JobStop, []string{"fail too_late"}},
		"the cookies were removed":      {scene{task: bare}, atalaya.JobStop, []string{"fail session_expired"}},
		"the session is known expired":  {scene{task: refused}, atalaya.JobStop, []string{"fail session_expired"}},
		"the cookies are malformed":     {scene{task: malformed}, atalaya.JobDone, []string{"skip cookies_malformed"}},
		"the cookies do not open":       {scene{openErr: errors.New("sealed with another key")}, atalaya.JobStop, []string{"fail cookies_unreadable"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tc.scene
			if v := s.run(t.Context(), false); v.Action != tc.action {
				t.Errorf("verdict %+v, want action %v", v, tc.action)
			}
			if diff := cmp.Diff(tc.done, s.done); diff != "" {
				t.Errorf("done (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWithoutCookiesTheChartIsCapturedOnlyIfTheUserAllowsIt(t *testing.T) {
	t.Parallel()
	s := &scene{task: atalaya.CaptureTask{SignalID: "signal", UserID: "user", ArrivedAt: now, WithoutCookies: true}}
	if v := s.run(t.Context(), false); v.Action != atalaya.JobDone || !s.seen.IsZero() {
		t.Errorf("verdict %+v with %v, want done without a session", v, s.seen)
	}
}

func TestAnInterruptedAttemptGoesBackUncounted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := &scene{shootErr: failure(atalaya.CaptureBrowserCrashed), onShoot: cancel}
	v := s.run(ctx, true)
	if v.Action != atalaya.JobSnooze {
		t.Errorf("verdict %+v, want snooze", v)
	}
	if diff := cmp.Diff([]string{"lease account", "open", "shoot", "close", "release account", "pause "}, s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestAPictureWhoseCaptureWasReplacedIsRemoved(t *testing.T) {
	t.Parallel()
	s := &scene{replaced: true}
	if v := s.run(t.Context(), false); v.Action != atalaya.JobDone {
		t.Errorf("verdict %+v, want done", v)
	}
	if diff := cmp.Diff([]string{"lease account", "open", "shoot", "forgive", "put", "complete", "delete", "close", "release account"}, s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestAnAttemptWhoseEndCannotBeWrittenIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := &scene{shootErr: failure(atalaya.CaptureChartNotFound), settleErr: errors.New("connection lost")}
	if v := s.run(t.Context(), false); v.Action != atalaya.JobRetry {
		t.Errorf("verdict %+v, want retry", v)
	}
}

func TestThePictureHasASafeAndUnguessableName(t *testing.T) {
	t.Parallel()
	for symbol, want := range map[[2]string]string{
		{"BINANCE", "BTCUSDT"}: "BINANCE-BTCUSDT", {"", "ES1!"}: "ES1", {"", ""}: "chart",
		{"", "BINANCE:A/BINANCE:B"}: "BINANCE-A-BINANCE-B", {"", "../../etc"}: "etc",
		{"NSE", "M&M"}: "NSE-M-M", {"", strings.Repeat("X", 200)}: strings.Repeat("X", 64),
	} {
		task := atalaya.CaptureTask{UserID: "8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11", Exchange: symbol[0], Symbol: symbol[1]}
		path := picturePath(task, now)
		if at, ok := atalaya.PictureTime(path); !ok || !at.Equal(now.UTC().Truncate(time.Second)) {
			t.Errorf("PictureTime(%q) = %v, %t; want the capture's begin, by which a sweep finds orphans", path, at, ok)
		}
		form := regexp.MustCompile(`^8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11/` + regexp.QuoteMeta(want) + `_20260102T030405Z-[A-Z2-7]{26}\.png$`)
		if !form.MatchString(path) {
			t.Errorf("path of %v = %q, want it to match %s", symbol, path, form)
		}
		if path == picturePath(task, now) {
			t.Errorf("two captures of %v have the same path", symbol)
		}
	}
}

func TestACaptureWaitsWhileItsAccountIsBeingCaptured(t *testing.T) {
	t.Parallel()
	s := &scene{lease: atalaya.AccountLease{State: atalaya.AccountBusy}}
	if v := s.run(t.Context(), true); v.Action != atalaya.JobSnooze || v.After < busyPause {
		t.Errorf("verdict %+v, want snooze for a while", v)
	}
	if diff := cmp.Diff([]string{"lease account", "pause "}, s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestOnlyTheSitesOwnWordEndsASession(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		scene  *scene
		action atalaya.JobAction
		done   []string
	}{
		"alive":         {&scene{}, atalaya.JobDone, []string{"lease account", "ask", "forgive", "cookies alive", "release account"}},
		"ended":         {&scene{dead: true}, atalaya.JobDone, []string{"lease account", "ask", "forgive", "expire session", "cookies expired", "release account"}},
		"site is down":  {&scene{dead: true, shootErr: failure(atalaya.CaptureSiteError)}, atalaya.JobDone, []string{"lease account", "ask", "cookies unknown", "release account"}},
		"site blocks":   {&scene{shootErr: failure(atalaya.CaptureBlocked)}, atalaya.JobDone, []string{"lease account", "ask", "rest account 0s", "cookies unknown", "release account"}},
		"site is busy":  {&scene{shootErr: failure(atalaya.CaptureRateLimited)}, atalaya.JobDone, []string{"lease account", "ask", "rest account 0s", "cookies unknown", "release account"}},
		"unreadable":    {&scene{openErr: errors.New("no key")}, atalaya.JobDone, []string{"cookies unknown"}},
		"account busy":  {&scene{lease: atalaya.AccountLease{State: atalaya.AccountBusy}}, atalaya.JobSnooze, []string{"lease account"}},
		"account rests": {&scene{lease: atalaya.AccountLease{State: atalaya.AccountResting}}, atalaya.JobDone, []string{"lease account", "cookies unknown"}},
		"nothing to do": {&scene{gone: true}, atalaya.JobDone, nil},
		"not recorded":  {&scene{settleErr: errors.New("database")}, atalaya.JobRetry, []string{"lease account", "ask", "forgive", "cookies alive", "release account"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tc.scene
			s.task = atalaya.CaptureTask{UserID: "user", SealedSessionID: "a", SealedSessionSign: "b", CookiesValid: true}
			service := New(Rows{s, s, s, s}, s, camera{s}, s, s, slog.New(slog.DiscardHandler), Options{Lease: time.Minute, Burst: 30 * time.Second})
			if v := service.CheckCookies(t.Context(), "user"); v.Action != tc.action {
				t.Errorf("verdict %+v, want action %v", v, tc.action)
			}
			if diff := cmp.Diff(tc.done, s.done); diff != "" {
				t.Errorf("done (-want +got):\n%s", diff)
			}
		})
	}
}

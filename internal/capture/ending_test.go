package capture

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atalaya"
)

// crash is the camera's error if the browser dies.
type crash struct{ suspect bool }

func (crash) Error() string   { return "the browser died" }
func (c crash) Suspect() bool { return c.suspect }

func TestAnAccountRestsIfTheSiteAsksForPatience(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		code  atalaya.CaptureCode
		asked time.Duration
		least time.Duration
	}{
		{atalaya.CaptureBlocked, 0, 30 * time.Second},
		{atalaya.CaptureRateLimited, 2 * time.Minute, 2 * time.Minute},
	} {
		t.Run(string(tc.code), func(t *testing.T) {
			t.Parallel()
			s := &scene{shootErr: &atalaya.CaptureError{Code: tc.code, Step: "navigate", RetryAfter: tc.asked}}
			v := s.run(t.Context(), true)
			if v.Action != atalaya.JobSnooze || v.After < tc.least || v.After > 2*tc.least {
				t.Errorf("verdict %+v, want the attempt uncounted and the next after %s or a little more", v, tc.least)
			}
			want := []string{"lease account", "open", "shoot", fmt.Sprintf("rest account %s", tc.asked), "keep " + string(tc.code), "close", "release account", "pause " + string(tc.code)}
			if diff := cmp.Diff(want, s.done); diff != "" {
				t.Errorf("done (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARestEndsWhenTheCaptureWouldBeTooLate(t *testing.T) {
	t.Parallel()
	s := &scene{lease: atalaya.AccountLease{State: atalaya.AccountResting, Rest: time.Hour}}
	v := s.run(t.Context(), true)
	if v.Action != atalaya.JobSnooze || v.After != 14*time.Minute+time.Second {
		t.Errorf("verdict %+v, want the next look when the alert is 15 minutes old", v)
	}
	if diff := cmp.Diff([]string{"lease account", "pause "}, s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestACaptureOverTheAccountsDayIsSkipped(t *testing.T) {
	t.Parallel()
	s := &scene{lease: atalaya.AccountLease{State: atalaya.AccountSpent}}
	if v := s.run(t.Context(), false); v.Action != atalaya.JobDone {
		t.Errorf("verdict %+v, want done", v)
	}
	if diff := cmp.Diff([]string{"lease account", "skip rate_limited"}, s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestACaptureThatGotNoPageInTimeIsPutOffUncounted(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for name, tc := range map[string]struct {
		ctx    context.Context
		err    error
		action atalaya.JobAction
		done   []string
	}{
		"others held the browser":   {t.Context(), failure(atalaya.CaptureNavigationTimeout), atalaya.JobSnooze, []string{"keep navigation_timeout", "release account", "pause navigation_timeout"}},
		"the job's time ended":      {over, errors.New("interrupted"), atalaya.JobSnooze, []string{"keep navigation_timeout", "release account", "pause navigation_timeout"}},
		"the browser gives no page": {t.Context(), failure(atalaya.CaptureBrowserCrashed), atalaya.JobStop, []string{"keep browser_crashed", "release account", "fail browser_crashed"}},
	} {
		s := &scene{noPage: tc.err}
		v := s.run(tc.ctx, true)
		if v.Action != tc.action || v.Action == atalaya.JobSnooze && v.After < busyPause {
			t.Errorf("%s: verdict %+v, want action %v", name, v, tc.action)
		}
		if diff := cmp.Diff(sequence([]string{"lease account", "open"}, tc.done), s.done); diff != "" {
			t.Errorf("%s: done (-want +got):\n%s", name, diff)
		}
	}
}

func TestACrashCountsOnlyIfThePageWasAlone(t *testing.T) {
	t.Parallel()
	for suspect, want := range map[bool]struct {
		action atalaya.JobAction
		done   []string
	}{
		true:  {atalaya.JobSnooze, []string{"lease account", "open", "shoot", "keep browser_crashed", "close", "release account", "suspect", "pause browser_crashed"}},
		false: {atalaya.JobStop, []string{"lease account", "open", "shoot", "keep browser_crashed", "close", "release account", "fail browser_crashed"}},
	} {
		s := &scene{shootErr: &atalaya.CaptureError{Code: atalaya.CaptureBrowserCrashed, Step: "paint", Err: crash{suspect}}}
		if v := s.run(t.Context(), true); v.Action != want.action {
			t.Errorf("suspect %v: verdict %+v, want action %v", suspect, v, want.action)
		}
		if diff := cmp.Diff(want.done, s.done); diff != "" {
			t.Errorf("suspect %v: done (-want +got):\n%s", suspect, diff)
		}
	}
}

// concluded returns the ending of an attempt for an alert of a minute ago that failed after two seconds.
func concluded(err error, change func(*Attempt)) Ending {
	a := Attempt{
		Task: atalaya.CaptureTask{ArrivedAt: now.Add(-time.Minute)}, Err: err, Took: 2 * time.Second, Now: now,
		MaxAge: 15 * time.Minute, HangsAfter: 30 * time.Second,
	}
	if change != nil {
		change(&a)
	}
	return Conclude(a)
}

func TestAnEndingFollowsFromTheAttempt(t *testing.T) {
	t.Parallel()
	last := func(a *Attempt) { a.Last = true }
	claimed := func(a *Attempt) { a.Claimed, a.Last = true, true }
	interrupted := func(a *Attempt) { a.Interrupted = true }
	aged := func(age time.Duration) func(*Attempt) {
		return func(a *Attempt) { a.Task.ArrivedAt, a.Last = now.Add(-age), true }
	}
	slow := func(a *Attempt) { a.Took = time.Minute }
	refused := func(state atalaya.AccountState) error {
		return &accountRefused{atalaya.AccountLease{State: state, Rest: time.Minute}}
	}
	away := &atalaya.CaptureError{Code: atalaya.CaptureSiteError, Step: "navigate", Away: true}
	type job = atalaya.JobVerdict
	for name, tc := range map[string]struct {
		err    error
		change func(*Attempt)
		want   Ending
	}{
		"a picture":                          {nil, nil, Ending{Row: RowCompleted, Job: job{Action: atalaya.JobDone}}},
		"a failure":                          {failure(atalaya.CaptureNotPainted), nil, Ending{Row: RowPending, Code: atalaya.CaptureNotPainted, Job: job{Action: atalaya.JobRetry}}},
		"the last failure":                   {failure(atalaya.CaptureNotPainted), last, Ending{Row: RowFailed, Code: atalaya.CaptureNotPainted, Job: job{Action: atalaya.JobStop}}},
		"a final code":                       {failure(atalaya.CaptureChartPrivate), nil, Ending{Row: RowFailed, Code: atalaya.CaptureChartPrivate, Siblings: true, Job: job{Action: atalaya.JobStop}}},
		"a session that is over":             {failure(atalaya.CaptureSessionExpired), nil, Ending{Row: RowExpired, Code: atalaya.CaptureSessionExpired, Job: job{Action: atalaya.JobStop}}},
		"an error without a code":            {errors.New("database"), nil, Ending{Row: RowPending, Code: atalaya.CaptureInternal, Job: job{Action: atalaya.JobRetry}}},
		"a claimed failure":                  {failure(atalaya.CaptureNotPainted), claimed, Ending{Row: RowPending, Code: atalaya.CaptureNotPainted, Job: job{Action: atalaya.JobSnooze}}},
		"a claimed one with a final code":    {failure(atalaya.CapturePlanLimit), claimed, Ending{Row: RowFailed, Code: atalaya.CapturePlanLimit, Job: job{Action: atalaya.JobStop}}},
		"a claimed one without its chart":    {failure(atalaya.CaptureChartNotFound), claimed, Ending{Row: RowFailed, Code: atalaya.CaptureChartNotFound, Siblings: true, Job: job{Action: atalaya.JobStop}}},
		"a claimed one without its account":  {refused(atalaya.AccountSpent), claimed, Ending{Row: RowPending, Job: job{Action: atalaya.JobSnooze}}},
		"an interruption":                    {failure(atalaya.CaptureBrowserCrashed), interrupted, Ending{Row: RowPending, Job: job{Action: atalaya.JobSnooze}}},
		"a final code beside an end":         {failure(atalaya.CaptureChartPrivate), interrupted, Ending{Row: RowFailed, Code: atalaya.CaptureChartPrivate, Siblings: true, Job: job{Action: atalaya.JobStop}}},
		"a busy account":                     {refused(atalaya.AccountBusy), last, Ending{Row: RowPending, Job: job{Action: atalaya.JobSnooze, After: time.Second}}},
		"a resting account":                  {refused(atalaya.AccountResting), last, Ending{Row: RowPending, Job: job{Action: atalaya.JobSnooze, After: time.Minute}}},
		"a resting account, nearly too late": {refused(atalaya.AccountResting), aged(14*time.Minute + 50*time.Second), Ending{Row: RowPending, Job: job{Action: atalaya.JobSnooze, After: 11 * time.Second}}},
		"a day that is used up":              {refused(atalaya.AccountSpent), nil, Ending{Row: RowSkipped, Skip: atalaya.SkipRateLimited, Job: job{Action: atalaya.JobDone}}},
		"a storage that is away, at first":   {failure(atalaya.CaptureStorageUnavailable), aged(3 * time.Second), Ending{Row: RowPending, Code: atalaya.CaptureStorageUnavailable, Job: job{Action: atalaya.JobSnooze, After: 5 * time.Second}}},
		"a storage that is away":             {failure(atalaya.CaptureStorageUnavailable), aged(time.Minute), Ending{Row: RowPending, Code: atalaya.CaptureStorageUnavailable, Job: job{Action: atalaya.JobSnooze, After: 15 * time.Second}}},
		"a storage that stays away":          {failure(atalaya.CaptureStorageUnavailable), aged(10 * time.Minute), Ending{Row: RowPending, Code: atalaya.CaptureStorageUnavailable, Job: job{Action: atalaya.JobSnooze, After: time.Minute}}},
		"a site that is away":                {away, aged(2 * time.Minute), Ending{Row: RowPending, Code: atalaya.CaptureSiteError, Job: job{Action: atalaya.JobSnooze, After: 30 * time.Second}}},
		"a site that resets":                 {failure(atalaya.CaptureSiteError), last, Ending{Row: RowFailed, Code: atalaya.CaptureSiteError, Job: job{Action: atalaya.JobStop}}},
		"a page that hangs":                  {failure(atalaya.CaptureNavigationTimeout), slow, Ending{Row: RowPending, Code: atalaya.CaptureNavigationTimeout, Hung: true, Job: job{Action: atalaya.JobRetry}}},
		"a storage that hangs":               {failure(atalaya.CaptureStorageRejected), nil, Ending{Row: RowFailed, Code: atalaya.CaptureStorageRejected, Job: job{Action: atalaya.JobStop}}},
		"no page, and long waited for":       {&noPage{failure(atalaya.CaptureNavigationTimeout)}, slow, Ending{Row: RowPending, Code: atalaya.CaptureNavigationTimeout, Job: job{Action: atalaya.JobSnooze, After: time.Second}}},
	} {
		if tc.want.Job.Action == atalaya.JobRetry || tc.want.Job.Action == atalaya.JobStop {
			tc.want.Job.Err = tc.err
		}
		if got := concluded(tc.err, tc.change); got != tc.want {
			t.Errorf("%s: ends %+v, want %+v", name, got, tc.want)
		}
	}
}

func TestAUserIsMarkedAsHungUntilAnAttemptEndsWell(t *testing.T) {
	t.Parallel()
	hangs := &scene{shootErr: failure(atalaya.CaptureNavigationTimeout), took: 41}
	hangs.run(t.Context(), false)
	recovers := &scene{task: usual()}
	recovers.task.Hung = true
	recovers.run(t.Context(), false)
	for s, want := range map[*scene]string{hangs: "hung true", recovers: "hung false"} {
		if !slices.Contains(s.done, want) {
			t.Errorf("done %v, want %q", s.done, want)
		}
	}
}

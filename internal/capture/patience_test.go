package capture

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atalaya"
)

// crash is a browser's death as the camera tells it.
type crash struct{ suspect bool }

func (crash) Error() string   { return "the browser died" }
func (c crash) Suspect() bool { return c.suspect }

func TestAnAccountRestsWhereTheSiteAsksForPatience(t *testing.T) {
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

func TestASuspectRunsAgainAloneAndOnlyALoneDeathCounts(t *testing.T) {
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

package capture

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya"
)

var (
	first = []string{"lease account", "open", "shoot", "forgive", "put", "complete"}
	again = []string{"claim", "lease account", "shoot", "forgive", "put", "complete", "end true"}
	left  = []string{"close", "release account"}
)

func sequence(parts ...[]string) (all []string) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func TestTheUsersWaitingCapturesAreTakenInThePageOfTheFirst(t *testing.T) {
	t.Parallel()
	s := &scene{waiting: 2}
	if v := s.run(t.Context(), false); v.Action != atalaya.JobDone {
		t.Errorf("verdict %+v, want done", v)
	}
	if diff := cmp.Diff(sequence(first, again, again, left), s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestAlertsOfOneChartBeforeItsCaptureBeganShareThePicture(t *testing.T) {
	t.Parallel()
	s := &scene{waiting: 2, together: true}
	if v := s.run(t.Context(), false); v.Action != atalaya.JobDone {
		t.Errorf("verdict %+v, want done", v)
	}
	shared := []string{"claim", "put", "complete", "end true"}
	if diff := cmp.Diff(sequence(first, shared, shared, left), s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestAnotherViewOfTheChartIsNotShared(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*atalaya.CaptureTask){
		"another symbol":     func(task *atalaya.CaptureTask) { task.Symbol = "ETHUSDT" },
		"another exchange":   func(task *atalaya.CaptureTask) { task.Exchange = "COINBASE" },
		"another interval":   func(task *atalaya.CaptureTask) { task.Interval = "15" },
		"another chart":      func(task *atalaya.CaptureTask) { task.ChartID = "Yw2Rt6Np" },
		"another resolution": func(task *atalaya.CaptureTask) { task.Resolution = atalaya.Res4K },
		"another session":    func(task *atalaya.CaptureTask) { task.SealedSessionID = "new" },
	} {
		s := &scene{waiting: 1, together: true}
		s.onShoot = func() { change(&s.task) }
		s.run(t.Context(), false)
		if s.shots != 2 {
			t.Errorf("%s: %d pictures were taken, want 2", name, s.shots)
		}
	}
}

func TestASpentPageIsReplacedByANewOne(t *testing.T) {
	t.Parallel()
	s := &scene{waiting: 1, spent: true}
	s.run(t.Context(), false)
	want := sequence(first, []string{"claim", "lease account", "close", "open", "shoot", "forgive", "put", "complete", "end true"}, left)
	if diff := cmp.Diff(want, s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestACaptureThatHasTheBrowserToItselfBeginsNoBurst(t *testing.T) {
	t.Parallel()
	s := &scene{waiting: 1}
	s.task = usual()
	s.task.Alone = true
	if v := s.run(t.Context(), false); v.Action != atalaya.JobDone {
		t.Errorf("verdict %+v, want done", v)
	}
	if diff := cmp.Diff(sequence(first, left), s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestAnInterruptedCaptureOfABurstIsNotAFailure(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &scene{waiting: 1}
	s.onShoot = func() {
		if s.shots == 2 {
			s.shootErr = failure(atalaya.CaptureBrowserCrashed)
			cancel()
		}
	}
	s.run(ctx, false)
	back := []string{"claim", "lease account", "shoot", "close", "release account", "pause ", "end false"}
	if diff := cmp.Diff(sequence(first, back), s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestACaptureThatFailsInABurstGoesBackToItsOwnJobWithItsCode(t *testing.T) {
	t.Parallel()
	s := &scene{waiting: 2}
	shots := 0
	s.onShoot = func() {
		if shots++; shots == 2 {
			s.shootErr = failure(atalaya.CaptureNotPainted)
		}
	}
	if v := s.run(t.Context(), false); v.Action != atalaya.JobDone {
		t.Errorf("verdict %+v, want the first capture's own", v)
	}
	back := []string{"claim", "lease account", "shoot", "keep not_painted", "close", "release account", "pause not_painted", "end false"}
	if diff := cmp.Diff(sequence(first, back), s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestACaptureThatFailsForGoodInABurstIsNotTriedAgainByItsOwnJob(t *testing.T) {
	t.Parallel()
	s := &scene{waiting: 2}
	shots := 0
	s.onShoot = func() {
		if shots++; shots == 2 {
			s.shootErr = failure(atalaya.CaptureChartNotFound)
		}
	}
	s.run(t.Context(), false)
	ended := []string{"claim", "lease account", "shoot", "keep chart_not_found", "close", "release account", "fail siblings chart_not_found", "fail chart_not_found", "end true"}
	if diff := cmp.Diff(sequence(first, ended), s.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestABurstEndsIfItsAccountCannotBeLeased(t *testing.T) {
	t.Parallel()
	for _, state := range []atalaya.AccountState{atalaya.AccountBusy, atalaya.AccountResting, atalaya.AccountSpent} {
		s := &scene{waiting: 1}
		s.onShoot = func() { s.lease.State = state }
		s.run(t.Context(), false)
		want := sequence(first, []string{"claim", "lease account", "close", "release account", "pause ", "end false"})
		if diff := cmp.Diff(want, s.done); diff != "" {
			t.Errorf("%v: done (-want +got):\n%s", state, diff)
		}
	}
}

func TestAFailedOrLateCaptureBeginsNoBurst(t *testing.T) {
	t.Parallel()
	failed := &scene{waiting: 1, shootErr: failure(atalaya.CaptureNotPainted)}
	failed.run(t.Context(), false)
	late := &scene{waiting: 1, took: 31}
	late.run(t.Context(), false)
	for _, s := range []*scene{failed, late} {
		if s.waiting != 1 {
			t.Errorf("done %v, want the waiting capture left alone", s.done)
		}
	}
}

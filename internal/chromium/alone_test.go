package chromium_test

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"atalaya/internal/chromium"
)

// suspect reports whether err, which has to be a crash, may be another page's fault.
func suspect(t *testing.T, err error) bool {
	t.Helper()
	var crash interface{ Suspect() bool }
	if !errors.Is(err, chromium.ErrCrashed) || !errors.As(err, &crash) {
		t.Fatalf("%v is no crash", err)
	}
	return crash.Suspect()
}

func TestABrowserThatDiesUnderSeveralPagesMakesEachASuspect(t *testing.T) {
	t.Parallel()
	rig := newRig(t, serve(t, html("")).URL)
	one, other := rig.open(t, 100, 100), rig.open(t, 100, 100)
	if err := syscall.Kill(-rig.group(t), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	var out int
	for _, page := range []*chromium.Page{one, other} {
		if !suspect(t, page.Eval(within(t), "new Promise(() => {})", &out)) {
			t.Error("a page that died beside another is no suspect")
		}
		page.Close()
	}
}

func TestABrowserThatDiesUnderALonePageWasKilledByIt(t *testing.T) {
	t.Parallel()
	rig := newRig(t, serve(t, html("")).URL)
	page, err := rig.NewPageAlone(within(t), 100, 100)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	if err := syscall.Kill(-rig.group(t), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	var out int
	if suspect(t, page.Eval(within(t), "new Promise(() => {})", &out)) {
		t.Error("a page that was alone is a mere suspect")
	}
}

func TestALonePageWaitsForTheOthersAndHoldsOffNewOnes(t *testing.T) {
	t.Parallel()
	rig := newRig(t, serve(t, html("")).URL)
	first := rig.open(t, 100, 100)
	brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := rig.NewPageAlone(brief, 100, 100); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("beside another page: %v", err)
	}
	first.Close()
	lone, err := rig.NewPageAlone(within(t), 100, 100)
	if err != nil {
		t.Fatal(err)
	}
	brief, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := rig.NewPage(brief, 100, 100); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a page opened beside the lone one: %v", err)
	}
	lone.Close()
	rig.open(t, 100, 100)
}

package chromium_test

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"atalaya/internal/chromium"
	"atalaya/internal/test/wait"
)

// spare waits until the rig's browser keeps a page for the next caller.
func (r rig) spare(t *testing.T) (page *chromium.Page) {
	t.Helper()
	wait.For(t, "a page is kept for the next caller", func() bool { page = r.Spare(); return page != nil })
	return page
}

func TestTheNextPageIsOpenedInAdvanceAndIsEmpty(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<p>here</p>`))
	host, _, _ := strings.Cut(strings.TrimPrefix(site.URL, "http://"), ":")
	rig := newRig(t, site.URL)
	first := rig.open(t, 800, 600)
	visit(t, first, site.URL)
	if err := first.SetCookies(within(t), []*http.Cookie{{Name: "who", Value: "ana", Domain: host, Path: "/"}}); err != nil {
		t.Fatal(err)
	}
	eval[string](t, first, `localStorage.setItem("left", "x") ?? ""`)
	first.Close()
	kept := rig.spare(t)
	next := rig.open(t, 1280, 720)
	if next != kept {
		t.Error("the page that was opened in advance is not the next one")
	}
	if rig.Spare() != nil {
		t.Error("the page in use is kept for another caller too")
	}
	visit(t, next, site.URL)
	if got := eval[string](t, next, `document.cookie + (localStorage.getItem("left") ?? "")`); got != "" {
		t.Errorf("the next page finds %q of the one before", got)
	}
	if got := eval[[2]int](t, next, `[innerWidth, innerHeight]`); got != [2]int{1280, 720} {
		t.Errorf("the next page is %v, want 1280x720", got)
	}
}

func TestAPageOpenedInAdvanceThatDiedIsReplaced(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<p>here</p>`))
	rig := newRig(t, site.URL)
	rig.open(t, 800, 600).Close()
	kept := rig.spare(t)
	for pid, p := range rig.processes(t) {
		if strings.Contains(p.cmdline, "--type=renderer") {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
	}
	<-kept.Target().Done() // the browser has reported it
	next := rig.open(t, 1920, 1080)
	if next == kept {
		t.Error("a dead page was given out")
	}
	visit(t, next, site.URL)
}

func TestAPageOpenedInAdvanceMakesNoOtherASuspect(t *testing.T) {
	t.Parallel()
	rig := newRig(t, serve(t, html("")).URL)
	rig.open(t, 100, 100).Close()
	rig.spare(t)
	page, other := rig.open(t, 100, 100), rig.open(t, 100, 100)
	other.Close()
	rig.spare(t)
	if err := syscall.Kill(-rig.group(t), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	var out int
	if suspect(t, page.Eval(within(t), "new Promise(() => {})", &out)) {
		t.Error("a page that was open beside an unused one is a mere suspect")
	}
}

func TestABrowserThatIsStoppedWhileItOpensAPageInAdvanceLeavesNothing(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<p>here</p>`))
	for range 4 {
		rig := newRig(t, site.URL)
		rig.open(t, 800, 600).Close()
		rig.Stop()
		if left := rig.processes(t); len(left) > 0 {
			t.Errorf("processes left: %v", left)
		}
		if rig.Spare() != nil {
			t.Error("a page is kept after the end")
		}
	}
}

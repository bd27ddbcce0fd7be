package chromium_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

func TestWhatAPageThrowsOrReturnsIsBounded(t *testing.T) {
	t.Parallel()
	page := newRig(t, "http://127.0.0.1:1").open(t, 800, 600)
	var out any
	err := page.Eval(within(t), `(() => { throw new Error("\0" + "x".repeat(1e6)) })()`, &out)
	if err == nil || len(err.Error()) > 300 || strings.Contains(err.Error(), "\x00") || !strings.Contains(err.Error(), "xxx") {
		t.Errorf("the error of a page that throws is %.400q", err)
	}
	if err := page.Eval(within(t), `"x".repeat(9e6)`, &out); err == nil || len(err.Error()) > 300 {
		t.Errorf("nine megabytes: %.400q", err)
	}
	if got := eval[string](t, page, `"x".repeat(7e6)`); len(got) != 7e6 {
		t.Errorf("%d of seven million characters came", len(got))
	}
}

func TestNothingOfAPagesConsoleIsReported(t *testing.T) {
	t.Parallel()
	page := newRig(t, "http://127.0.0.1:1").open(t, 800, 600)
	err := chromedp.Listen(page.Target(), func(event any) {
		switch event.(type) {
		case *runtime.EventConsoleAPICalled, *runtime.EventExceptionThrown, *log.EventEntryAdded:
			t.Errorf("reported: %T", event)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	// Events come in order, so all have come once the answer has.
	eval[any](t, page, `new Promise(done => {
		console.log("x".repeat(1e6));
		setTimeout(() => { setTimeout(done, 10, 0); throw new Error("nobody catches it") });
	})`)
}

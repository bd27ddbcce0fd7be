package chromium_test

import (
	"errors"
	"io"
	"net/http"
	"runtime"
	"testing"
	"time"

	"atalaya/internal/chromium"
)

func TestAnEvaluationDoesNotCallWhatThePageHasReplaced(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<p id="here">here</p><script>
		for (const name of ["slice", "trim", "toString"]) String.prototype[name] = () => "x".repeat(1e6);
		Array.prototype.map = () => ["bent"];
		document.querySelector = () => null;
		JSON.stringify = () => "bent";
		Promise.prototype.then = () => new Promise(() => {});
		setTimeout = () => {};
		Object.prototype.toJSON = () => "bent";
		let text = Object.getOwnPropertyDescriptor(Node.prototype, "textContent");
		Object.defineProperty(Node.prototype, "textContent", { get: () => "bent" });
		window.mine = "of the page";
	</script>`))
	page := newRig(t, site.URL).open(t, 800, 600)
	visit(t, page, site.URL)
	const look = `(async () => {
		await new Promise((done) => setTimeout(done, 1));
		return [document.querySelector("#here").textContent.slice(0, 4), ["a"].map((a) => a + "b")[0], typeof window.mine];
	})()`
	if got := eval[[3]string](t, page, look); got != [3]string{"here", "ab", "undefined"} {
		t.Errorf("the evaluation returned %q", got)
	}
}

func TestAScriptRunsBeforeThoseOfEveryDocument(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<script>document.documentElement.dataset.seen = window.ours + String(window.bent); window.bent = true; window.ours = "bent"</script>`))
	page := newRig(t, site.URL).open(t, 800, 600)
	if err := page.BeforeScripts(within(t), `window.ours = "first"`); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/?again"} {
		visit(t, page, site.URL+path)
		if got := eval[string](t, page, `document.documentElement.dataset.seen`); got != "firstundefined" {
			t.Errorf("%s: the page's script found %q", path, got)
		}
	}
}

func TestThePointerLeavesThePage(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<style>body { margin: 0 } div { width: 300px; height: 200px }</style><div></div>`))
	page := newRig(t, site.URL).open(t, 800, 600)
	visit(t, page, site.URL)
	const hovered = `new Promise((done) => {
		const look = (frames) => frames ? requestAnimationFrame(() => look(frames - 1)) : done(document.querySelector("div").matches(":hover"));
		look(3);
	})`
	for range 5 { // as often as a capture tries
		if err := page.MovePointerAway(within(t)); err != nil {
			t.Fatal(err)
		}
		if !eval[bool](t, page, hovered) {
			return
		}
	}
	t.Error("the pointer still hovers over the page's corner")
}

func TestAFramesAnswerIsNotThePages(t *testing.T) {
	t.Parallel()
	framed := make(chan struct{}, 1)
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/frame":
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(429)
			io.WriteString(w, "<p>in a frame")
			select {
			case framed <- struct{}{}:
			default:
			}
		case "/limited":
			w.Header().Set("Retry-After", "90")
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(429)
			io.WriteString(w, `<!doctype html><iframe src="/frame"></iframe>`)
		default:
			html(`<iframe src="/frame"></iframe>`)(w, r)
		}
	})
	page := newRig(t, site.URL).open(t, 800, 600)
	for path, want := range map[string]struct {
		status int
		rest   string
	}{"/": {200, ""}, "/limited": {429, "90"}} {
		status, err := page.Navigate(within(t), site.URL+path)
		if err != nil || status != want.status {
			t.Errorf("%s: %d, %v", path, status, err)
		}
		select {
		case <-framed:
		case <-time.After(deadline):
			t.Fatal("the frame is not requested")
		}
		eval[bool](t, page, `new Promise((done) => {
			const look = () => frames.length && document.querySelector("iframe").contentDocument?.body?.innerText ? done(true) : setTimeout(look, 5);
			look();
		})`)
		if got := page.RetryAfter(); got != want.rest {
			t.Errorf("%s: a rest of %q, want %q", path, got, want.rest)
		}
	}
}

// A page causes messages of 40 MB, of each kind whose size a page decides. The page ends, its neighbour stays, and
// little of the messages is held in memory.
func TestAPageCannotFillOurMemory(t *testing.T) { //nolint:paralleltest // it measures the memory of all tests
	site := serve(t, html(`<p>here</p>`))
	rig := newRig(t, site.URL)
	neighbour := rig.open(t, 800, 600)
	visit(t, neighbour, site.URL)
	for name, expression := range map[string]string{ //nolint:paralleltest // as above
		"what a script returns":    `"x".repeat(40e6)`,
		"the address of a request": `(async () => { try { await fetch("data:text/plain," + "x".repeat(40e6)) } catch {} return new Promise(() => {}) })()`,
	} {
		t.Run(name, func(t *testing.T) {
			page := rig.open(t, 800, 600)
			visit(t, page, site.URL)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var out any
			if err := page.Eval(within(t), expression, &out); !errors.Is(err, chromium.ErrTooLarge) {
				t.Errorf("%.200v, want that the page is too large", err)
			}
			runtime.ReadMemStats(&after)
			if took := (after.TotalAlloc - before.TotalAlloc) / 1e6; took > 200 {
				t.Errorf("%d MB were allocated", took)
			}
			page.Close()
			if got := eval[string](t, neighbour, `document.body.innerText`); got != "here" {
				t.Errorf("the neighbour's text is %q", got)
			}
		})
	}
}

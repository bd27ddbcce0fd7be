package doctor

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya/internal/app"
)

func TestACharacterThatNoFontHasIsReported(t *testing.T) {
	t.Parallel()
	camera, err := app.NewCamera(app.CameraOptions{Site: "http://127.0.0.1:1"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(camera.Stop)
	page, err := camera.EmptyPage(t.Context(), 320, 200)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	missing, err := undrawn(t.Context(), page, map[string]string{"never assigned": "\u0379", "Latin": "A", "Chinese": "漢"})
	if diff := cmp.Diff([]string{"never assigned"}, missing); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestABrowserWithoutItsSandboxIsReported(t *testing.T) {
	t.Parallel()
	for way, want := range map[app.Sandbox]Severity{app.SandboxRequired: Wrong, app.SandboxOff: Notable, app.SandboxWherePossible: Notable} {
		if f := judgeSandbox(way, false); f.Severity != want {
			t.Errorf("with the sandbox %d: %+v, want severity %d", way, f, want)
		}
	}
	if judgeUser(0).Severity != Fine || judgeUser(1000).Severity != Notable {
		t.Error("the doctor does not report that a service without root shares its user with the browser")
	}
}

func TestTheSandboxIsRequiredForEverySiteOffThisMachine(t *testing.T) {
	t.Parallel()
	for site, want := range map[string]app.Sandbox{
		"https://www.tradingview.com": app.SandboxRequired, "http://chartsite:8090": app.SandboxRequired, "http://10.0.0.1": app.SandboxRequired,
		"http://127.0.0.1:8090": app.SandboxWherePossible, "http://localhost:8090": app.SandboxWherePossible, "http://[::1]:80": app.SandboxWherePossible,
		"http://localhost.example.com": app.SandboxRequired, "http://127.0.0.1.example.com": app.SandboxRequired,
	} {
		if got := app.SandboxFor("on", site); got != want {
			t.Errorf("%s: %d, want %d", site, got, want)
		}
		if got := app.SandboxFor("off", site); got != app.SandboxOff {
			t.Errorf("%s with BROWSER_SANDBOX=off: %d", site, got)
		}
	}
}

package doctor

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya/internal/app"
)

func TestASignThatNoFontHasIsTold(t *testing.T) {
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

func TestABrowserWithoutItsSandboxIsTold(t *testing.T) {
	t.Parallel()
	if f := judgeSandbox(false); f.Severity != Notable {
		t.Errorf("%+v", f)
	}
}

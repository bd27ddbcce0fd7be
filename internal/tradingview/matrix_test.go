package tradingview_test

import (
	"bytes"
	"errors"
	"image/png"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/chartsite"
)

// internal/test/matrix tests how each scenario ends. This test checks what the errors carry.
func TestAFailureCarriesWhatWasSeen(t *testing.T) {
	t.Parallel()
	rig := newRig(t)
	rig.warm(t)
	capture := func(t *testing.T, scenario string, code atalaya.CaptureCode) *atalaya.CaptureError {
		t.Helper()
		var log steps
		_, err := rig.site(long).Capture(t.Context(), atalaya.CaptureRequest{
			ChartID: scenario, Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60",
			Resolution: atalaya.Res720p, Session: chartsite.NewSession("ana"),
		}, log.add)
		var failure *atalaya.CaptureError
		if !errors.As(err, &failure) || failure.Code != code || failure.Evidence == nil {
			t.Fatalf("%v, want %s with what was seen%s", err, code, log.String())
		}
		return failure
	}
	t.Run("a rest that the site asks for", func(t *testing.T) {
		t.Parallel()
		failure := capture(t, "toomany429", atalaya.CaptureRateLimited)
		if failure.RetryAfter != 90*time.Second || !bytes.Contains(failure.Evidence.Seen, []byte(`"status":429`)) {
			t.Errorf("%+v, want a rest of 90 s, and the status", failure)
		}
	})
	t.Run("a small picture", func(t *testing.T) {
		t.Parallel()
		thumbnail := capture(t, "dialog", atalaya.CaptureDialogOpen).Evidence.Thumbnail
		if len(thumbnail) > 60_000 {
			t.Errorf("the thumbnail has %d bytes", len(thumbnail))
		}
		if small, err := png.Decode(bytes.NewReader(thumbnail)); err != nil || small.Bounds().Dx() != 320 {
			t.Errorf("the thumbnail: %v", err)
		}
	})
}

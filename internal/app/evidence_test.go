package app_test

import (
	"bytes"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"atalaya"
	"atalaya/internal/chartsite"
	"atalaya/internal/test/testkit"
)

func TestAFailedCaptureKeepsWhatItSawForTheOperator(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": startSite(t)}))
	session := chartsite.NewSession("ana")
	s.signUp(t, pool, session)
	var r receipt
	s.get(t, http.MethodPost, s.hook, map[string]any{"ticker": "BINANCE:BTCUSDT", "interval": "60", "chart_id": "gopro"}, &r)
	if got := s.settled(t, r.SignalID, "failed"); got.Error != "plan_limit" {
		t.Fatalf("the signal says %+v, want plan_limit", got)
	}
	kept, err := testkit.Store(t, pool).Evidence(t.Context(), atalaya.SignalID(r.SignalID))
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) != 1 || kept[0].Code != atalaya.CapturePlanLimit || kept[0].Step == "" || kept[0].Detail == "" {
		t.Fatalf("kept %+v, want the one attempt", kept)
	}
	if picture, err := png.Decode(bytes.NewReader(kept[0].Thumbnail)); err != nil || picture.Bounds().Dx() < 100 {
		t.Errorf("the small picture: %v, %v", picture, err)
	}
	if seen := string(kept[0].Seen); !strings.Contains(seen, "BTCUSDT") || strings.Contains(seen, session.ID) || strings.Contains(seen, session.Sign) {
		t.Errorf("seen: %s; want what the page reported, without the session", seen)
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"atalaya"
	"atalaya/internal/test/testkit"
)

func TestEvidenceShowsEveryFailedAttemptAndWritesItsPicture(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	id := uuid.NewString()
	if _, err := pool.Exec(t.Context(), "insert into public.trading_signals (id, user_id) values ($1, $2)", id, user); err != nil {
		t.Fatal(err)
	}
	store := testkit.Store(t, pool)
	task := atalaya.CaptureTask{SignalID: atalaya.SignalID(id), UserID: user}
	for _, failure := range []*atalaya.CaptureError{
		{Code: atalaya.CaptureDialogOpen, Step: "verdict", Detail: "a dialog stands over the chart",
			Evidence: &atalaya.CaptureEvidence{Step: "verdict", Seen: []byte(`{"status":200}`), Thumbnail: []byte("a picture")}},
		{Code: atalaya.CaptureBrowserCrashed, Step: "paint", Detail: strings.Repeat("ñ", 3000)},
	} {
		if err := store.KeepEvidence(t.Context(), task, failure); err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(t.TempDir(), "pictures")
	p := withSettings(t, goodSettings(t, pool.Config().ConnString()))
	out := p.run(t, "evidence", id, "--pictures", folder).ok(t)
	for _, want := range []string{"dialog_open at verdict: a dialog stands over the chart", `"status": 200`, "1-dialog_open.png", "browser_crashed at paint: ñ"} {
		holds(t, out, want)
	}
	if picture, err := os.ReadFile(filepath.Join(folder, "1-dialog_open.png")); err != nil || string(picture) != "a picture" {
		t.Errorf("the picture: %q, %v", picture, err)
	}
	p.run(t, "evidence", uuid.NewString()).refused(t, "nothing is kept of signal")
	p.run(t, "evidence", "nonsense").refused(t, "a signal id is a UUID")
}

package doctor_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"atalaya"
	"atalaya/internal/app"
	"atalaya/internal/doctor"
	"atalaya/internal/test/testkit"
)

func TestTheDoctorReportsAlertsInTheSpool(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "spool")
	pool := testkit.Database(t)
	cfg := testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": "http://127.0.0.1:1", "SPOOL_DIR": dir})
	s, err := app.OpenSpool(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range s.Append([]atalaya.Arrival{{
		Token: "token", Body: []byte("alert"), BodySize: 5, ReceivedAt: time.Now(), SignalID: atalaya.SignalID(uuid.NewString()),
		Spooled: atalaya.Spooled{User: testkit.User(t, pool)},
	}}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	expect(t, examine(t.Context(), cfg), doctor.Notable, "spool", "1 alerts wait") // while the service holds it
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "torn-1.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	other := testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": "http://127.0.0.1:1", "SPOOL_DIR": dir}) // with another key
	found := examine(t.Context(), other)
	expect(t, found, doctor.Wrong, "spool", "1 of them do not open", "ENCRYPTION_KEYS_OLD")
	expect(t, found, doctor.Notable, "spool", "others may look into")
	expect(t, found, doctor.Notable, "spool", "1 damaged files were moved aside")
}

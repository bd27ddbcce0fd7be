package doctor_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"atalaya"
	"atalaya/internal/doctor"
	"atalaya/internal/notify/double"
	"atalaya/internal/secret"
	"atalaya/internal/test/testkit"
)

func TestTheDoctorAsksTheNotificationServicesAndCountsChannels(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	telegram := double.NewTelegram(nil)
	telegram.AddBot("1:house", "house_bot")
	bots, topics := httptest.NewServer(telegram), httptest.NewServer(double.NewNtfy(nil))
	t.Cleanup(bots.Close)
	t.Cleanup(topics.Close)
	mail, err := double.NewMail(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(mail.Close)
	vars := map[string]string{
		"TELEGRAM_API_URL": bots.URL, "TELEGRAM_BOT_TOKEN": "1:house", "NTFY_URL": topics.URL, "SMTP_URL": "smtp://" + mail.Addr(), "MAIL_FROM": "alerts@example.com",
	}
	cfg := testkit.Settings(t, pool, vars)
	user := testkit.User(t, pool)
	lost, err := secret.ParseKey(mustKey(t))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := secret.NewKeyring(lost).Seal(user, atalaya.ColumnChannelSecret, "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `insert into public.notification_channels (user_id, kind, status, secret) values
		($1, 'ntfy', 'ok', null), ($1, 'ntfy', 'broken', null), ($1, 'webhook', 'ok', $2)`, user, sealed); err != nil {
		t.Fatal(err)
	}
	found := examine(t.Context(), cfg)
	expect(t, found, doctor.Fine, "notifications", "telegram answers")
	expect(t, found, doctor.Fine, "notifications", "email answers")
	expect(t, found, doctor.Fine, "notifications", "ntfy answers")
	expect(t, found, doctor.Fine, "notifications", "2 ntfy, 1 webhook")
	expect(t, found, doctor.Notable, "notifications", "1 channels are broken")
	expect(t, found, doctor.Wrong, "notifications", "no key opens the secrets of 1 channels", "ENCRYPTION_KEYS_OLD")

	mail.Close()
	topics.Close()
	vars["TELEGRAM_BOT_TOKEN"] = "2:nobody"
	found = examine(t.Context(), testkit.Settings(t, pool, vars))
	expect(t, found, doctor.Wrong, "notifications", "telegram does not work", "TELEGRAM_BOT_TOKEN", "does not know this bot token")
	expect(t, found, doctor.Wrong, "notifications", "email does not work", "SMTP_URL")
	expect(t, found, doctor.Wrong, "notifications", "ntfy does not work", "NTFY_URL")
	for _, f := range found["notifications"] {
		if strings.Contains(f.Text, "2:nobody") {
			t.Errorf("a token is shown: %s", f.Text)
		}
	}
}

func mustKey(t *testing.T) string {
	t.Helper()
	key, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

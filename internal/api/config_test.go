package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya"
	"atalaya/internal/api"
)

const (
	goodCookies = `"tv_sessionid_plain": "abcdefghijklmnopqrstuvwxyz012345", "tv_sessionid_sign_plain": " v3:c2lnbmF0dXJlIG9mIHRoZSBzZXNzaW9u\n"`
	sessionID   = "abcdefghijklmnopqrstuvwxyz012345"
	sessionSign = "v3:c2lnbmF0dXJlIG9mIHRoZSBzZXNzaW9u"
	botToken    = "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"
)

func TestTheSettingsHoldNoSecret(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	s.call(alice, "PUT", "/api/config", `{`+goodCookies+`, "telegram_bot_token": "`+botToken+`"}`).must(t, 200)
	answer := s.call(alice, "GET", "/api/config", "").must(t, 200)
	config := answer.data()
	for _, name := range []string{"tv_sessionid", "tv_sessionid_sign", "telegram_bot_token"} {
		if _, there := config[name]; there {
			t.Errorf("%s is in the answer", name)
		}
	}
	token, _ := config["webhook_token"].(string)
	if len(token) != 64 || config["webhook_url"] != publicURL+"/webhook/"+token || config["cookies_configured"] != true {
		t.Errorf("config %s", answer.raw)
	}
	for _, name := range []string{"id", "user_id", "webhook_enabled", "webhook_requests_count", "signals_quota", "signals_used_this_month",
		"quota_month", "user_plan", "default_chart_id", "cookies_valid", "cookies_updated_at", "capture_enabled", "capture_without_cookies",
		"consent_at", "consent_version", "screenshot_resolution", "preferred_timezone", "dedupe_window_seconds", "telegram_enabled",
		"telegram_chat_id", "discord_webhook_url", "email_notifications", "created_at", "updated_at"} {
		if _, there := config[name]; !there {
			t.Errorf("%s is missing", name)
		}
	}
	s.notLogged(sessionID, sessionSign, botToken, token)
}

// sealed returns a user's ciphertexts as they are stored.
func (s *stack) sealed(user account) (id, sign, bot *string) {
	s.t.Helper()
	err := s.pool.QueryRow(s.t.Context(), `select tv_sessionid, tv_sessionid_sign, telegram_bot_token from public.trading_signals_config where user_id = $1`,
		string(user.id)).Scan(&id, &sign, &bot)
	if err != nil {
		s.t.Fatal(err)
	}
	return id, sign, bot
}

func TestSecretsAreStoredSealedForTheirUserAndColumn(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	answer := s.call(alice, "PUT", "/api/config", `{`+goodCookies+`, "telegram_bot_token": "`+botToken+`"}`).must(t, 200)
	if answer.body["cookies_encrypted"] != true || answer.data()["cookies_valid"] != true || answer.data()["cookies_updated_at"] == nil {
		t.Errorf("answer %s", answer.raw)
	}
	id, sign, bot := s.sealed(alice)
	for column, stored := range map[atalaya.SecretColumn]struct {
		sealed *string
		plain  string
	}{"tv_sessionid": {id, sessionID}, "tv_sessionid_sign": {sign, sessionSign}, "telegram_bot_token": {bot, botToken}} {
		if stored.sealed == nil || strings.Contains(*stored.sealed, stored.plain) {
			t.Fatalf("%s is stored as %v", column, stored.sealed)
		}
		if plain, err := s.ring.Open(alice.id, column, atalaya.Sealed(*stored.sealed)); err != nil || plain != stored.plain {
			t.Errorf("%s opens as %q: %v", column, plain, err)
		}
	}

	// Forms also send members that were left empty.
	s.call(alice, "PUT", "/api/config", `{"tv_sessionid_plain":"","tv_sessionid_sign_plain":"","telegram_bot_token":"","screenshot_resolution":"4k"}`).must(t, 200)
	if after, _, _ := s.sealed(alice); after == nil || *after != *id {
		t.Error("empty members changed the cookies")
	}
	cleared := s.call(alice, "PUT", "/api/config", `{"tv_sessionid_plain":null,"tv_sessionid_sign_plain":null,"telegram_bot_token":null}`).must(t, 200)
	id, sign, bot = s.sealed(alice)
	if id != nil || sign != nil || bot != nil || cleared.data()["cookies_configured"] != false || cleared.data()["cookies_valid"] != false || cleared.body["cookies_encrypted"] != false {
		t.Errorf("not cleared: %s", cleared.raw)
	}
}

func TestEverySettingIsWrittenAndTheOthersStay(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	for body, want := range map[string]map[string]any{
		`{"default_chart_id":"xyz123"}`:           {"default_chart_id": "xyz123"},
		`{"screenshot_resolution":"4k"}`:          {"screenshot_resolution": "4k"},
		`{"preferred_timezone":"America/Bogota"}`: {"preferred_timezone": "America/Bogota"},
		`{"webhook_enabled":false}`:               {"webhook_enabled": false},
		`{"capture_enabled":false}`:               {"capture_enabled": false},
		`{"capture_without_cookies":true}`:        {"capture_without_cookies": true},
		`{"telegram_enabled":true}`:               {"telegram_enabled": true},
		`{"telegram_chat_id":"-1001234567890"}`:   {"telegram_chat_id": "-1001234567890"},
		`{"email_notifications":true}`:            {"email_notifications": true},
		`{"alert_names":{"ticker":["s"]}}`:        {"alert_names": map[string]any{"ticker": []any{"s"}}},
		`{"silence_rules":[{"ticker":"BTCUSDT","interval":"1h","every_hours":4,"days":["mon","fri"]},{"every_hours":168}]}`: {"silence_rules": []any{
			map[string]any{"ticker": "BTCUSDT", "interval": "60", "every_hours": 4.0, "days": []any{"mon", "fri"}}, map[string]any{"every_hours": 168.0}}},
		`{"dedupe_window_seconds":3600}`:                                 {"dedupe_window_seconds": 3600.0},
		`{"discord_webhook_url":"https://discord.com/api/webhooks/1/x"}`: {"discord_webhook_url": "https://discord.com/api/webhooks/1/x"},
	} {
		before := s.call(alice, "GET", "/api/config", "").must(t, 200).data()
		s.call(alice, "PUT", "/api/config", body).must(t, 200)
		after := s.call(alice, "GET", "/api/config", "").must(t, 200).data()
		for name, value := range after {
			expected, changed := want[name]
			if !changed {
				expected = before[name]
			}
			if name != "updated_at" && !cmp.Equal(value, expected) {
				t.Errorf("after %s %s is %v, not %v", body, name, value, expected)
			}
		}
	}
	cleared := s.call(alice, "PUT", "/api/config", `{"default_chart_id":"","telegram_chat_id":null,"discord_webhook_url":null,"signals_quota":-1,"user_plan":"lifetime","webhook_token":"x"}`).must(t, 200).data()
	if cleared["default_chart_id"] != nil || cleared["telegram_chat_id"] != nil || cleared["discord_webhook_url"] != nil || cleared["user_plan"] != "free" || cleared["signals_quota"] != 1000.0 {
		t.Errorf("the cleared settings are %v", cleared)
	}
}

func TestASettingThatBreaksARuleIsRefusedWithTheCureAndNotRepeated(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	for body, hint := range map[string]string{
		`{"preferred_timezone":"Mars/Olympus"}`:                        "America/New_York",
		`{"preferred_timezone":null}`:                                  "preferred_timezone",
		`{"screenshot_resolution":"8k"}`:                               "screenshot_resolution: expected value to be one of",
		`{"webhook_enabled":"yes"}`:                                    "webhook_enabled",
		`{"capture_enabled":null}`:                                     "capture_enabled",
		`{"default_chart_id":"../x"}`:                                  "default_chart_id",
		`{"telegram_chat_id":"me"}`:                                    "telegram_chat_id",
		`{"discord_webhook_url":"https://evil.example/api/webhooks/"}`: "discord",
		`{"dedupe_window_seconds":3601}`:                               "dedupe_window_seconds",
		`{"telegram_bot_token":"hunter2"}`:                             "BotFather",
		`{"tv_sessionid_plain":"abcdefghijklmnopqrstuvwxyz012345"}`:    "both cookies",
		`{"tv_sessionid_sign_plain":"v3:xxxxxxxxxxxxxxxxxxxxxxxx"}`:    "both cookies",
		`{"tv_sessionid_plain":"abcdefghijklmnopqrstuvwxyz012345","tv_sessionid_sign_plain":null}`:        "both cookies",
		`{"tv_sessionid_plain":"hunter2;path=/","tv_sessionid_sign_plain":"v3:xxxxxxxxxxxxxxxxxxxxxxxx"}`: "tv_sessionid_plain holds",
		`{"tv_sessionid_plain":"abcdefghijklmnopqrstuvwxyz012345","tv_sessionid_sign_plain":"hun ter2"}`:  "tv_sessionid_sign_plain holds",
	} {
		answer := s.wrong(alice, "PUT", "/api/config", body)
		answer.refused(t, 422, "invalid_request", hint)
		if strings.Contains(string(answer.raw), "hunter2") {
			t.Errorf("the value is repeated: %s", answer.raw)
		}
	}
	s.wrong(alice, "PUT", "/api/config", `{"tv_sessionid_plain":"hunter2"`).refused(t, 400, "invalid_request", "")
	s.notLogged("hunter2")
}

func TestConsentIsStoredWithItsVersionAndCanBeDemanded(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	answer := s.call(alice, "PUT", "/api/config", `{`+goodCookies+`}`).must(t, 200)
	if message := answer.body["message"].(string); !strings.Contains(message, "automation_consent") || answer.data()["consent_at"] != nil {
		t.Errorf("answer %s", answer.raw)
	}
	agreed := s.call(alice, "PUT", "/api/config", `{"automation_consent":true}`).must(t, 200).data()
	if agreed["consent_at"] == nil || agreed["consent_version"] == nil {
		t.Errorf("consent is not stored: %v", agreed)
	}
	if withdrawn := s.call(alice, "PUT", "/api/config", `{"automation_consent":false}`).must(t, 200).data(); withdrawn["consent_at"] != nil || withdrawn["consent_version"] != nil {
		t.Errorf("consent is not withdrawn: %v", withdrawn)
	}

	strict := newStack(t, func(o *api.Options) { o.RequireConsent = true })
	bob := strict.user("bob@example.com")
	refused := strict.call(bob, "PUT", "/api/config", `{`+goodCookies+`}`)
	refused.refused(t, 422, "invalid_request", "terms of use")
	if consent, _ := refused.body["consent"].(map[string]any); consent["version"] == "" || consent["text"] == "" {
		t.Errorf("the text is missing: %s", refused.raw)
	}
	strict.call(bob, "PUT", "/api/config", `{`+goodCookies+`, "automation_consent": false}`).refused(t, 422, "invalid_request", "terms of use")
	strict.call(bob, "PUT", "/api/config", `{`+goodCookies+`, "automation_consent": true}`).must(t, 200)
	strict.call(bob, "PUT", "/api/config", `{`+goodCookies+`}`).must(t, 200) // agreed before
}

func TestARotatedTokenIsNewAndTheOldOneIsGone(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice, bob := s.user("alice@example.com"), s.user("bob@example.com")
	before := s.call(alice, "GET", "/api/config", "").must(t, 200).data()["webhook_token"].(string)
	bobs := s.call(bob, "GET", "/api/config", "").must(t, 200).data()["webhook_token"]
	rotated := s.call(alice, "POST", "/api/config/webhook-token", "").must(t, 200)
	after := rotated.data()["webhook_token"].(string)
	if after == before || len(after) != 64 || rotated.data()["webhook_url"] != publicURL+"/webhook/"+after {
		t.Errorf("rotated %s", rotated.raw)
	}
	if _, err := s.store.TenantByToken(t.Context(), atalaya.WebhookToken(before)); atalaya.CodeOf(err) != atalaya.CodeInvalidToken {
		t.Errorf("the old token still finds a user: %v", err)
	}
	if tenant, err := s.store.TenantByToken(t.Context(), atalaya.WebhookToken(after)); err != nil || tenant.UserID != alice.id {
		t.Errorf("the new token finds %s: %v", tenant.UserID, err)
	}
	if now := s.call(bob, "GET", "/api/config", "").must(t, 200).data()["webhook_token"]; now != bobs {
		t.Error("bob's token changed")
	}
}

func TestMissingSettingsAreCreatedButNotForADeletedUser(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	s.exec(`delete from public.trading_signals_config where user_id = $1`, string(alice.id))
	config := s.call(alice, "GET", "/api/config", "").must(t, 200).data()
	if token, _ := config["webhook_token"].(string); len(token) != 64 || config["signals_quota"] != 1000.0 {
		t.Errorf("config %v", config)
	}
	s.exec(`delete from auth.users where id = $1`, string(alice.id))
	s.call(alice, "GET", "/api/config", "").refused(t, 404, "not_found", "account")
}

func TestTheQuotaIsWordedAsFrontEndsShowIt(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	for _, test := range []struct {
		quota, used                                 int
		status, color, total, remaining, percentage string
		receives                                    bool
	}{
		{1000, 0, "OK", "green", "1000", "1000", "0%", true},
		{1000, 749, "OK", "green", "1000", "251", "74.9%", true},
		{1000, 750, "ADVERTENCIA", "yellow", "1000", "250", "75%", true},
		{1000, 899, "ADVERTENCIA", "yellow", "1000", "101", "89.9%", true},
		{1000, 900, "CRÍTICO", "orange", "1000", "100", "90%", true},
		{1000, 999, "CRÍTICO", "orange", "1000", "1", "99.9%", true},
		{1000, 1000, "EXCEDIDO", "red", "1000", "0", "100%", false},
		{1000, 1500, "EXCEDIDO", "red", "1000", "0", "150%", false},
		{0, 0, "EXCEDIDO", "red", "0", "0", "100%", false},
		{-1, 5000, "ILIMITADO", "blue", "Ilimitado", "Ilimitado", "Ilimitado", true},
	} {
		s.exec(`update public.trading_signals_config set signals_quota = $2, signals_used_this_month = $3 where user_id = $1`, string(alice.id), test.quota, test.used)
		quota := s.call(alice, "GET", "/api/quota", "").must(t, 200).body["quota"].(map[string]any)
		if quota["status"] != test.status || quota["status_color"] != test.color || quota["total_text"] != test.total ||
			quota["remaining_text"] != test.remaining || quota["percentage_text"] != test.percentage ||
			quota["can_receive_signals"] != test.receives || quota["is_unlimited"] != (test.quota == -1) ||
			quota["total"] != float64(test.quota) || quota["used"] != float64(test.used) || quota["user_id"] != string(alice.id) ||
			(quota["warning"] == nil) != (test.color == "green" || test.color == "blue") {
			t.Errorf("%d of %d: %v", test.used, test.quota, quota)
		}
	}
	s.exec(`update public.trading_signals_config set signals_quota = 10, signals_used_this_month = 10, quota_month = '2020-01-01' where user_id = $1`, string(alice.id))
	if quota := s.call(alice, "GET", "/api/quota", "").must(t, 200).body["quota"].(map[string]any); quota["used"] != 0.0 {
		t.Errorf("last month's signals count: %v", quota)
	}
}

func TestCookiesThatNoSessionCanHaveAreStoredAndNotTried(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	saved := s.call(alice, "PUT", "/api/config", `{"default_chart_id": "xyz123", "tv_sessionid_plain": "tu_sessionid", "tv_sessionid_sign_plain": "tu_sessionid_sign"}`).must(t, 200)
	if message, _ := saved.body["message"].(string); !strings.Contains(message, "do not look like TradingView's") {
		t.Errorf("message %q, want a warning", message)
	}
	if data := saved.data(); data["cookies_valid"] != false || data["cookies_problem"] != "malformed" || data["cookies_configured"] != true {
		t.Errorf("settings %s", saved.raw)
	}
	checked := s.call(alice, "POST", "/api/config/cookies/check", "")
	if message, _ := checked.body["message"].(string); checked.status != 409 || !strings.Contains(message, "do not look like TradingView's") {
		t.Errorf("the check answers %d %s", checked.status, checked.raw)
	}
	mended := s.call(alice, "PUT", "/api/config", `{`+goodCookies+`}`).must(t, 200)
	if data := mended.data(); data["cookies_valid"] != true || data["cookies_problem"] != nil {
		t.Errorf("with good cookies: %s", mended.raw)
	}
}

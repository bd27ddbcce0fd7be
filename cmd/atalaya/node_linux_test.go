package main

import (
	"net/http"
	"strings"
	"testing"

	"atalaya/internal/postgres"
	"atalaya/internal/test/redistest"
	"atalaya/internal/test/testkit"
)

func TestTheNodeServicesFileWithTwoLinesMoreServes(t *testing.T) {
	t.Parallel()
	settings := nodeSettings(t)
	redis := redistest.Start(t)
	_, settings["REDIS_PORT"], _ = strings.Cut(strings.TrimPrefix(redis.URL(), "redis://"), ":")
	settings["DATABASE_URL"], settings["PUBLIC_URL"] = testkit.Empty(t), "http://127.0.0.1:"+settings["PORT"]
	p := withSettings(t, settings)
	p.env = []string{"METRICS_ADDR=off", "TRADINGVIEW_URL=http://127.0.0.1:" + testkit.FreePort(t)} // the defaults are a fixed port and the real site
	p.run(t, "migrate").ok(t)
	pool, err := postgres.Open(settings["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	user := testkit.User(t, pool)
	if _, err := pool.Exec(t.Context(), "update trading_signals_config set default_chart_id = 'Zk4Tq9Lm', capture_without_cookies = true where user_id = $1", user); err != nil {
		t.Fatal(err)
	}

	p.run(t, "ready").refused(t, "no service answers at http://127.0.0.1:"+settings["PORT"])
	r := start(t, p, settings["PORT"], "serve")
	holds(t, p.run(t, "ready").ok(t), "ready")
	hook := "/webhook/" + testkit.Token(t, pool, user).Reveal()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+hook, strings.NewReader(`{"ticker": "BINANCE:BTCUSDT"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "https://app.example.com")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Header.Get("X-RateLimit-Limit") != "7" || res.Header.Get("X-RateLimit-Remaining") != "6" {
		t.Errorf("the alert is answered %d with %v", res.StatusCode, res.Header)
	}
	if _, state := r.get(t, hook); !strings.Contains(string(state), `"signals_quota":1234`) {
		t.Errorf("the plan's quota is not the file's: %s", state)
	}
	if _, health := r.get(t, "/health"); !strings.Contains(string(health), `"redis":true`) {
		t.Errorf("the file's Redis is not used: %s", health)
	}
	holds(t, r.Output(), `"level":"DEBUG"`, strings.Join(noEffect, ", "))
	for name, value := range settings {
		if secret := name == "ENCRYPTION_KEY" || value == "s3cret" || value == "a-key"; secret && strings.Contains(r.Output(), value) {
			t.Errorf("the value of %s is in the log", name)
		}
	}
}

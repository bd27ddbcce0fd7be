package attack

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// canary stands in for a token that must reach no log. It is not hexadecimal, like tokens of an existing database.
const canary = "hunter2-CANARY-token"

// strangers are attacks without credentials.
func strangers() []attempt {
	var list []attempt
	for _, path := range []string{
		"/webhook/" + canary, "/%09/webhook/" + canary, "/v1/webhook/" + canary, "/webhooks/" + canary, "//webhook//" + canary + "/",
		"/WEBHOOK/" + canary, "/webhook%2F" + canary, "/" + canary, "/api/" + canary + "/signals", "/webhook/x/" + canary, "/./webhook/../" + canary, "/./webhook/./" + canary,
		"/webhook?key=" + canary, "/pictures/x/" + canary, "/docs/" + canary,
	} {
		list = append(list, attempt{"a token in the path " + strings.ReplaceAll(path, canary, "…"), func(ctx context.Context, w *world) error {
			a, err := ask(ctx, w.main, request{method: http.MethodPost, path: path, body: "BTCUSDT buy"})
			if err != nil {
				return err
			}
			if a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed {
				return nil // logs looks for it
			}
			return a.is(http.StatusUnauthorized) // never a redirect, which nobody follows and which repeats the path
		}})
	}
	for name, raw := range map[string]string{
		"two lengths":             "POST $hook HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nalert",
		"a chunk that is none":    "POST $hook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nwhat\r\n",
		"less than was announced": "POST $hook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nalert",
		"a megabyte of headers":   "POST $hook HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-More: "+strings.Repeat("x", 1000)+"\r\n", 1000) + "\r\n",
		"a terabyte is announced": "POST $hook HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n",
		"another protocol":        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
	} {
		list = append(list, attempt{"noise: " + name, func(ctx context.Context, w *world) error { return w.noise(ctx, raw) }})
	}
	return list
}

// noise sends bytes that are not a request. They must be refused or cut off, and the next alert accepted.
func (w *world) noise(ctx context.Context, raw string) error {
	conn, err := dial(ctx, w.main, "127.0.0.9")
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	go func() { _, _ = io.WriteString(conn, strings.ReplaceAll(raw, "$hook", w.attacker.hook)) }()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err == nil {
		defer res.Body.Close()
		if res.StatusCode < 400 {
			return fmt.Errorf("noise was answered %d", res.StatusCode)
		}
	} else if strings.Contains(err.Error(), "timeout") {
		return fmt.Errorf("noise holds its connection: %w", err)
	}
	return w.alert(ctx)
}

// bodies are ambiguous bodies.
func bodies() []attempt {
	var list []attempt
	for _, c := range []struct{ path, body string }{
		{"/api/config", `{"default_chart_id":"a","Default_chart_id":"../../etc"}`},
		{"/api/config", `{"webhook_enabled":true,"WEBHOOK_ENABLED":false}`},
		{"/api/config", `{"screenshot_resolution":"720p","screenshot_resolution":"4k"}`},
		{"/api/config", `{"dedupe_window_seconds":30,"dedupe_window_\u0073econds":0}`},
		{"/api/signals/$signal", `{"result":"win","RESULT":"bogus"}`},
		{"/api/signals/$signal", `{"reſult":"bogus","result":"win"}`},
		{"/api/signals/$signal", `{"notes":"a","x":{"b":1,"B":2}}`},
		{"/api/config", `{"preferred_timezone":"UTC\u0000"}`},
		{"/api/signals/$signal", `{"notes":"\u0000"}`},
		{"/api/signals/$signal", `{"tags":["\u0000"]}`},
	} {
		list = append(list, attempt{"PUT " + c.path + " " + c.body, func(ctx context.Context, w *world) error {
			id, err := w.signal(ctx, w.attacker)
			if err != nil {
				return err
			}
			a, err := ask(ctx, w.main, request{method: http.MethodPut, path: strings.ReplaceAll(c.path, "$signal", id), token: w.attacker.token, body: c.body})
			if err != nil {
				return err
			}
			return a.is(http.StatusUnprocessableEntity)
		}})
	}
	return append(list, costlyBodies()...)
}

// costlyBodies are bodies that pass a check they should not, or cost more than they should.
func costlyBodies() []attempt {
	return []attempt{
		{"a member in another spelling passes no check", func(ctx context.Context, w *world) error {
			a, err := ask(ctx, w.main, request{method: http.MethodPut, path: "/api/config", token: w.attacker.token, body: `{"Default_Chart_ID":"../../etc"}`})
			if err != nil || strings.Contains(a.body, "../../etc") {
				return fmt.Errorf("stored: %d %.200s, %w", a.status, a.body, err)
			}
			return nil
		}},
		{"a body that is the text of a key is no repeat of it", func(ctx context.Context, w *world) error {
			first, err := w.post(ctx, w.attacker, "idempotency key abc", nil)
			if err != nil {
				return err
			}
			second, err := w.post(ctx, w.attacker, "another body", http.Header{"Idempotency-Key": {"abc"}})
			if err == nil && (second.Duplicate || second.ID == first.ID) {
				err = fmt.Errorf("the second was taken for the first: %+v", second)
			}
			return err
		}},
		{"64 KiB of brackets", func(ctx context.Context, w *world) error {
			_, err := w.post(ctx, w.attacker, strings.Repeat("[", 64<<10), nil)
			return err
		}},
		{"64 KiB of an expression", func(ctx context.Context, w *world) error {
			_, err := w.post(ctx, w.attacker, `{"price":"`+strings.Repeat("(", 60_000), nil)
			return err
		}},
		{"a number of 60,000 digits", func(ctx context.Context, w *world) error {
			_, err := w.post(ctx, w.attacker, `{"ticker":"BTCUSDT","price":1e99999999,"quantity":`+strings.Repeat("9", 60_000)+`}`, nil)
			return err
		}},
		{"more than 64 KiB", func(ctx context.Context, w *world) error {
			a, err := ask(ctx, w.main, request{method: http.MethodPost, path: w.attacker.hook, body: strings.Repeat("x", 64<<10+1)})
			if err != nil {
				return err
			}
			return a.is(http.StatusRequestEntityTooLarge)
		}},
	}
}

// queries are parameters that PostgreSQL cannot hold.
func queries() []attempt {
	var list []attempt
	for _, name := range []string{"q", "indicator", "ticker", "exchange", "signal_type", "from", "cursor", "nobody-knows-it"} {
		for _, text := range []string{"%00", "%ff", "a%c3%28"} {
			list = append(list, attempt{"GET /api/signals?" + name + "=" + text, func(ctx context.Context, w *world) error {
				a, err := ask(ctx, w.main, request{path: "/api/signals?" + name + "=" + text, token: w.attacker.token})
				if err != nil {
					return err
				}
				return a.is(http.StatusUnprocessableEntity)
			}})
		}
	}
	for _, path := range []string{"/api/deliveries?cursor=%00", "/api/signals?%00=1", "/api/signals?q=%zz"} {
		list = append(list, attempt{"GET " + path, func(ctx context.Context, w *world) error {
			a, err := ask(ctx, w.main, request{path: path, token: w.attacker.token})
			if err != nil {
				return err
			}
			return a.is(http.StatusUnprocessableEntity)
		}})
	}
	return list
}

// issuer is the iss of main's access tokens.
const issuer = "http://auth.attack.test/auth/v1"

func encoded(v any) string {
	text, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(text)
}

// forge signs a token with HS256.
func forge(header, claims map[string]any, key string) string {
	signed := encoded(header) + "." + encoded(claims)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// claimsOf returns the claims of a signed-in user.
func claimsOf(user, iss string) map[string]any {
	return map[string]any{"iss": iss, "aud": "authenticated", "role": "authenticated", "sub": user, "exp": time.Now().Add(time.Hour).Unix(), "is_anonymous": false}
}

// tokens are attacks with invalid access tokens.
func tokens() []attempt {
	hs256 := map[string]any{"alg": "HS256", "typ": "JWT"}
	with := func(name string, value any) func(*world) string {
		return func(w *world) string {
			claims := claimsOf(w.victim.id, issuer)
			if claims[name] = value; value == nil {
				delete(claims, name)
			}
			return forge(hs256, claims, w.secret)
		}
	}
	kinds := map[string]func(*world) string{
		"no token": func(*world) string { return "" },
		"another secret": func(w *world) string {
			return forge(hs256, claimsOf(w.victim.id, issuer), "another secret of thirty-two bytes")
		},
		"an empty secret": func(w *world) string { return forge(hs256, claimsOf(w.victim.id, issuer), "") },
		"alg none": func(w *world) string {
			return encoded(map[string]any{"alg": "none"}) + "." + encoded(claimsOf(w.victim.id, issuer)) + "."
		},
		"alg in capitals": func(w *world) string {
			return forge(map[string]any{"alg": "hs256"}, claimsOf(w.victim.id, issuer), w.secret)
		},
		"alg RS256": func(w *world) string {
			return forge(map[string]any{"alg": "RS256"}, claimsOf(w.victim.id, issuer), w.secret)
		},
		"another issuer": func(w *world) string { return forge(hs256, claimsOf(w.victim.id, "http://evil.test"), w.secret) },
		"expired":        with("exp", 1), "never expires": with("exp", nil), "another audience": with("aud", "anon"), "no audience": with("aud", nil),
		"the anon key": with("role", "anon"), "the service key": with("role", "service_role"), "no role": with("role", nil),
		"no subject": with("sub", nil), "a subject that is SQL": with("sub", "' or 1=1 --"), "not valid yet": with("nbf", time.Now().Add(time.Hour).Unix()),
		"17 KiB": func(*world) string { return strings.Repeat("x", 17<<10) },
	}
	names := make([]string, 0, len(kinds))
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	var list []attempt
	for _, name := range names {
		list = append(list, attempt{"access token: " + name, func(ctx context.Context, w *world) error {
			a, err := ask(ctx, w.main, request{path: "/api/signals", token: kinds[name](w)})
			if err != nil {
				return err
			}
			if a.status == http.StatusOK {
				return fmt.Errorf("%w: let in", errLeak)
			}
			return a.is(http.StatusUnauthorized)
		}})
	}
	return append(list, attempt{"access token: anonymous sign-in", func(ctx context.Context, w *world) error {
		a, err := ask(ctx, w.main, request{path: "/api/signals", token: with("is_anonymous", true)(w)})
		if err != nil {
			return err
		}
		return a.is(http.StatusForbidden)
	}})
}

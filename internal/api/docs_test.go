package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya/internal/api"
)

// docsPage is written by: go test ./internal/api -run Docs -update
const docsPage = "../../docs/api.md"

var update = flag.Bool("update", false, "write docs/api.md anew")

const docsHead = `# The API, by example

Every request below was really sent, and every answer is what came back: this page is written by a
test (` + "`go test ./internal/api -run Docs -update`" + `), which fails where it is not current. Ids, times, tokens and
measures are replaced by made-up ones.

The same API as an OpenAPI 3.1 document: ` + "`GET /api/openapi.json`" + `; as a page to try it on: ` + "`/docs`" + `.

- Signed-in routes take ` + "`Authorization: Bearer <Supabase access token>`" + `, the ` + "`access_token`" + ` of the user's session.
- Bodies are JSON; unknown members are ignored; members left out of an update stay as they are.
- Errors are problem details (RFC 9457) that also carry ` + "`success: false`, `error`" + ` (a stable code to match on) and ` + "`message`" + `.
- A route that takes parameters refuses others with 422. ` + "`GET /api/signals`, `GET /api/stats`" + ` and pictures accept them, and name them in ` + "`ignored` or the header `X-Ignored-Parameters`" + `.
- Numbers keep every digit. Times are UTC.
- Messages are English, or Spanish with ` + "`Accept-Language: es`" + `; codes and shapes are the same. ` + "`Content-Language`" + ` tells which.
`

// example is one request of the page's story.
type example struct {
	title  string
	user   account
	method string
	target string
	body   string
	status int
}

func TestTheDocsShowWhatEveryRouteAnswers(t *testing.T) {
	t.Parallel()
	s := newStack(t, func(o *api.Options) {
		look := o.Health
		o.Health = func(ctx context.Context) api.Report {
			r := look(ctx)
			r.Worker, r.BrowserPool, r.Browser = api.Up, api.Up, api.Up
			r.Queue = api.Queue{Active: 2, Completed: 150, Total: 152}
			return r
		}
	})
	alice := s.user("ana@example.com")
	first, second := s.signal(alice, "BINANCE:ETHUSDT"), s.signal(alice, "BINANCE:BTCUSDT")
	name := string(alice.id) + "/BTCUSDT_20260102T030405Z-abcdefghijklmnopqrstuvwxyz.png"
	if err := s.disk.Put(t.Context(), name, []byte("\x89PNG\r\n\x1a\n"), "image/png"); err != nil {
		t.Fatal(err)
	}
	s.exec(`update public.trading_signals set screenshot_path = $2, screenshot_url = $3, screenshot_kind = 'user_chart', screenshot_source = 'viewport',
	        screenshot_width = 1920, screenshot_height = 1080, screenshot_taken_at = created_at + interval '2 seconds' where id = $1`, second, name, publicURL+"/pictures/"+name)

	s.exec("update public.trading_signals set timestamp = timestamptz '2026-01-02T03:04:05.678Z' + case id when $1 then interval '0' else interval '1 second' end where id in ($1, $2)",
		first, second) // a fixed day, for the calendar

	refused := s.refused(alice, `{"ticker": "BINANCE:SOLUSDT", "price": 142.07, "direction": "SHORT"}`)
	s.exec(`insert into public.notification_channels (id, user_id, kind, name, settings, status, pending, pending_until) values
	        ('44444444-4444-4444-8444-444444444444', $1, 'ntfy', 'Phone', '{"topic":"ana-8f3k2"}', 'ok', 'c0de', now() + interval '1 hour'),
	        ('66666666-6666-4666-8666-666666666666', $1, 'ntfy', 'Old phone', '{"topic":"ana-x"}', 'ok', null, null)`, alice.id)
	s.exec(`insert into public.notifications (id, user_id, channel_id, event, key, state, code) values ('55555555-5555-4555-8555-555555555555', $1,
	        '44444444-4444-4444-8444-444444444444', 'trouble', 'session:1767323045', 'failed', 'unreachable')`, alice.id)
	story := s.story(alice, first, second, name, refused)
	page := bytes.NewBufferString(docsHead)
	shown := map[string]bool{}
	kept := map[string]keptExample{}
	for _, e := range story {
		route := e.method + " " + s.route(e)
		request, answer := s.show(page, e, alice, first, second)
		kept[route] = kept[route].with(e.status, request, answer)
		shown[route] = true
	}
	s.showStream(page, alice, first, second)
	shown["GET /api/signals/stream"] = true
	for _, target := range []string{"/api/openapi.json", "/docs"} {
		a := s.undocumented(target).must(t, 200)
		fmt.Fprintf(page, "\n## This API as a document and as a page: `%s`\n\n```http\nGET %s HTTP/1.1\n```\n\n`200` `%s`\n", target, target, a.header.Get("Content-Type"))
	}
	for _, route := range s.documented() {
		if !shown[route] {
			t.Errorf("%s has no example", route)
		}
	}
	examples, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for name, now := range map[string]string{docsPage: page.String(), "examples.json": string(examples) + "\n"} {
		if *update {
			if err := os.WriteFile(name, []byte(now), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		current, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(current), now); diff != "" {
			t.Errorf("%s is not current; run this test with -update:\n%s", name, diff)
		}
	}
}

// keptExample is a route's entry in examples.json, which the OpenAPI document shows: the first request that succeeded,
// and the first answer of each status.
type keptExample struct {
	Request json.RawMessage            `json:"request,omitempty"`
	Answers map[string]json.RawMessage `json:"answers"`
}

func (k keptExample) with(status int, request, answer string) keptExample {
	if k.Answers == nil {
		k.Answers = map[string]json.RawMessage{}
	}
	if status < 400 && k.Request == nil && request != "" {
		k.Request = json.RawMessage(request)
	}
	if name := strconv.Itoa(status); k.Answers[name] == nil && answer != "" {
		k.Answers[name] = json.RawMessage(answer)
	}
	return k
}

// channelPath is the path of a channel of the page's story.
const channelPath = "/api/channels/44444444-4444-4444-8444-444444444444"

func (s *stack) story(alice account, first, second, picture, refused string) []example {
	nobody := account{}
	return []example{
		{"List signals", alice, "GET", "/api/signals?limit=50&offset=0&result=all", "", 200},
		{"Filter them", alice, "GET", "/api/signals?ticker=ETHUSDT&direction=LONG&status=completed&from=2026-01-01&limit=1", "", 200},
		{"Read one", alice, "GET", "/api/signals/" + second, "", 200},
		{"Record its result", alice, "PUT", "/api/signals/" + second, `{
  "result": "win",
  "entry_price": 45000,
  "exit_price": 46000,
  "profit_loss": 1000,
  "profit_loss_percent": 2.22,
  "notes": "Operación exitosa"
}`, 200},
		{"PATCH does the same", alice, "PATCH", "/api/signals/" + first, `{"result": "loss", "profit_loss": "-250.50", "tags": ["breakout", "15m"]}`, 200},
		{"See how an alert would be read", alice, "POST", "/api/alerts/read", `{"body": "LONG entry: buy BTCUSDT at 67890.5 SL 66000"}`, 200},
		{"A rule is broken", alice, "PUT", "/api/signals/" + second, `{"result": "won"}`, 422},
		{"Statistics", alice, "GET", "/api/stats", "", 200},
		{"Statistics of some signals, by the values of a column", alice, "GET", "/api/stats?ticker=BTCUSDT&group_by=direction&tz=UTC", "", 200},
		{"The course of equity", alice, "GET", "/api/stats/equity?points=100", "", 200},
		{"The days of a year", alice, "GET", "/api/stats/calendar?year=2026", "", 200},
		{"Write them to a file", alice, "GET", "/api/signals/export?columns=ticker,direction,price,result,profit_loss&ticker=BTCUSDT", "", 200},
		{"How profits and losses are spread", alice, "GET", "/api/stats/histogram?of=pnl", "", 200},
		{"Change many signals at once: the answer holds what they were before", alice, "POST", "/api/signals/bulk", `{
  "filter": {"ticker": "BTCUSDT", "result": "win"},
  "expected_count": 1,
  "set": {"result": "breakeven", "profit_loss": 0},
  "add_tags": ["reviewed"]
}`, 200},
		{"Send that back to undo it", alice, "POST", "/api/signals/bulk", `{
  "changes": [{"id": "` + second + `", "result": "win", "profit_loss": 1000, "tags": []}]
}`, 200},
		{"The filter lets other signals through by now", alice, "POST", "/api/signals/bulk", `{"filter": {"result": "win"}, "expected_count": 7, "delete": true}`, 409},
		{"Delete a signal", alice, "DELETE", "/api/signals/" + first, "", 200},
		{"It is gone, as another user's would be", alice, "GET", "/api/signals/" + first, "", 404},
		{"Read your settings", alice, "GET", "/api/config", "", 200},
		{"Is the TradingView session alive? Without cookies there is none; with them the answer has data.state, alive or expired", alice, "POST", "/api/config/cookies/check", "", 409},
		{"Change them and store TradingView's cookies", alice, "PUT", "/api/config", `{
  "default_chart_id": "xyz123",
  "screenshot_resolution": "1080p",
  "preferred_timezone": "America/New_York",
  "tv_sessionid_plain": "abcdefghijklmnopqrstuvwxyz012345",
  "tv_sessionid_sign_plain": "v3:c2lnbmF0dXJlIG9mIHRoZSBzZXNzaW9u",
  "automation_consent": true
}`, 200},
		{"One cookie alone is refused", alice, "PUT", "/api/config", `{"tv_sessionid_plain": "abcdefghijklmnopqrstuvwxyz012345"}`, 422},
		{"Take a new screenshot of a signal", alice, "POST", "/api/signals/" + second + "/screenshot", "", 202},
		{"One at a time", alice, "POST", "/api/signals/" + second + "/screenshot", "", 409},
		{"Rotate the webhook token", alice, "POST", "/api/config/webhook-token", "", 200},
		{"What arrived at the webhook", alice, "GET", "/api/deliveries?outcome=disabled&limit=1", "", 200},
		{"Make a signal of it", alice, "POST", "/api/deliveries/" + refused + "/replay", "", 200},
		{"How many there are", alice, "GET", "/api/deliveries/replay?from=2026-01-01", "", 200},
		{"Make signals of all that were refused", alice, "POST", "/api/deliveries/replay?from=2026-01-01", "", 200},
		{"The month's quota", alice, "GET", "/api/quota", "", 200},
		{"Your notification channels", alice, "GET", "/api/channels", "", 200},
		{"Confirm a mail address: the link of a mail does it", nobody, "GET", channelPath + "/confirm/c0de", "", 200},
		{"Make one", alice, "POST", "/api/channels", `{"kind": "ntfy", "name": "Tablet", "settings": {"topic": "ana-t4b13t"}}`, 200},
		{"An address that leads inside is refused", alice, "POST", "/api/channels", `{"kind": "webhook", "settings": {"url": "https://127.0.0.1/hook"}}`, 422},
		{"Change it", alice, "PATCH", channelPath, `{"events": ["signal", "trouble"], "language": "es"}`, 200},
		{"Send a test: here nothing answers", alice, "POST", channelPath + "/test", "", 200},
		{"Connect a Telegram chat: other kinds need none", alice, "POST", channelPath + "/connect", "", 409},
		{"What was sent", alice, "GET", "/api/notifications?state=failed", "", 200},
		{"Send it again", alice, "POST", "/api/notifications/55555555-5555-4555-8555-555555555555/resend", "", 200},
		{"Get no more mail", nobody, "POST", channelPath + "/unsubscribe", "", 200},
		{"Delete a channel", alice, "DELETE", "/api/channels/66666666-6666-4666-8666-666666666666", "", 200},
		{"Without an access token", nobody, "GET", "/api/signals", "", 401},
		{"A picture", nobody, "GET", "/pictures/" + picture, "", 200},
		{"Health", nobody, "GET", "/health", "", 200},
		{"Is the process alive", nobody, "GET", "/livez", "", 200},
		{"Can it do its work", nobody, "GET", "/readyz", "", 200},
		{"What this service is", nobody, "GET", "/", "", 200},
		{"Send yourself a test alert", alice, "POST", "/api/alerts/test", "", 200},
	}
}

// show runs an example, writes it to the page, and returns its bodies that are JSON.
func (s *stack) show(page *bytes.Buffer, e example, alice account, first, second string) (sent, got string) {
	s.t.Helper()
	var a answer
	if e.status < 400 {
		a = s.call(e.user, e.method, e.target, e.body).must(s.t, e.status)
	} else {
		a = s.wrong(e.user, e.method, e.target, e.body).must(s.t, e.status)
	}
	fmt.Fprintf(page, "\n## %s\n\n```http\n%s %s HTTP/1.1\n", e.title, e.method, e.target)
	if e.user.token != "" {
		page.WriteString("Authorization: Bearer <access token>\n")
	}
	if e.body != "" {
		page.WriteString("Content-Type: application/json\n\n" + e.body + "\n")
	}
	fmt.Fprintf(page, "```\n\n`%d` `%s`\n", e.status, a.header.Get("Content-Type"))
	if a.body != nil {
		var indented bytes.Buffer
		if err := json.Indent(&indented, bytes.TrimSpace(a.raw), "", "  "); err != nil {
			s.t.Fatal(err)
		}
		fmt.Fprintf(page, "\n```json\n%s\n```\n", indented.String())
		got = s.normalise(indented.String(), alice, first, second)
	} else if strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
		fmt.Fprintf(page, "\n```csv\n%s```\n", strings.ReplaceAll(string(a.raw), "\r\n", "\n"))
	}
	normalised := s.normalise(page.String(), alice, first, second)
	page.Reset()
	page.WriteString(normalised)
	return s.normalise(e.body, alice, first, second), got
}

// showStream runs an event stream and writes its first events to the page, the long one cut short.
func (s *stack) showStream(page *bytes.Buffer, alice account, first, signal string) {
	s.t.Helper()
	c := s.stream(s.serve(), alice.token, "")
	defer c.close()
	s.call(alice, "PATCH", "/api/signals/"+signal, `{"result": "breakeven"}`).must(s.t, 200)
	updated := c.next("signal.updated")
	s.call(alice, "DELETE", "/api/signals/"+signal, "").must(s.t, 200)
	deleted := c.next("signal.deleted")
	fmt.Fprintf(page, "\n## Be told as it happens\n\n```http\nGET /api/signals/stream HTTP/1.1\nAuthorization: Bearer <access token>\n```\n\n`200` `%s`\n", c.header.Get("Content-Type"))
	cut, _, _ := strings.Cut(updated.data, `,"indicator_name"`)
	const id = "1767323045678000"
	fmt.Fprintf(page, "\n```\nretry: 3000\nid: %s\n\nevent: %s\ndata: %s, ... the whole signal ...}\nid: %s\n\nevent: %s\ndata: %s\nid: %s\n```\n",
		id, updated.name, cut, id, deleted.name, deleted.data, id)
	page.WriteString("\n[Live updates](live.md) says what comes when, and how to go on after a break.\n")
	normalised := s.normalise(page.String(), alice, first, signal)
	page.Reset()
	page.WriteString(normalised)
}

var (
	uuids     = regexp.MustCompile(`"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"`)
	moments   = regexp.MustCompile(`"20\d\d-\d\d-\d\dT[0-9:.]+Z"`)
	replays   = regexp.MustCompile(`/api/deliveries/[0-9a-f-]{36}/replay`)
	months    = regexp.MustCompile(`"quota_month": "20\d\d-\d\d-01"`)
	tokens    = regexp.MustCompile(`[0-9a-f]{64}`)
	requests  = regexp.MustCompile(`"request_id": "[^"]+"`)
	byteSizes = regexp.MustCompile(`"(total|heap)_bytes": \d+`)
	uptimes   = regexp.MustCompile(`"uptime": \d+,\n(\s+)"uptimeFormatted": "[^"]+"`)
	cursors   = regexp.MustCompile(`"next_cursor": "[^"]+"`)
)

// normalise replaces what differs from run to run.
func (s *stack) normalise(page string, alice account, first, second string) string {
	page = strings.NewReplacer(
		string(alice.id), "8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11",
		first, "11111111-1111-4111-8111-111111111111",
		second, "22222222-2222-4222-8222-222222222222",
	).Replace(page)
	page = uuids.ReplaceAllStringFunc(page, func(found string) string {
		for _, known := range []string{"8a3f0a52-6e1c", "11111111-1111", "22222222-2222"} {
			if strings.Contains(found, known) {
				return found
			}
		}
		return `"33333333-3333-4333-8333-333333333333"`
	})
	page = moments.ReplaceAllString(page, `"2026-01-02T03:04:05.678Z"`)
	page = replays.ReplaceAllString(page, "/api/deliveries/33333333-3333-4333-8333-333333333333/replay")
	page = months.ReplaceAllString(page, `"quota_month": "2026-01-01"`)
	page = tokens.ReplaceAllString(page, strings.Repeat("0123456789abcdef", 4))
	page = requests.ReplaceAllString(page, `"request_id": "4TQK2MZ7XW5N3RJB6HVC8DYF2A"`)
	page = byteSizes.ReplaceAllString(page, `"${1}_bytes": 20971520`)
	page = uptimes.ReplaceAllString(page, "\"uptime\": 12345,\n${1}\"uptimeFormatted\": \"3h25m45s\"")
	return cursors.ReplaceAllString(page, `"next_cursor": "MjAyNi0wMS0wMlQwMzowNDowNS42NzhaIC4uLg"`)
}

// route returns the OpenAPI document's path for an example.
func (s *stack) route(e example) string {
	path, _, _ := strings.Cut(e.target, "?")
	switch {
	case strings.HasSuffix(path, "/screenshot"):
		return "/api/signals/{id}/screenshot"
	case strings.HasPrefix(path, "/api/signals/") && path != "/api/signals/export" && path != "/api/signals/bulk":
		return "/api/signals/{id}"
	case strings.HasPrefix(path, "/api/deliveries/") && path != "/api/deliveries/replay":
		return "/api/deliveries/{id}/replay"
	case strings.HasPrefix(path, "/api/channels/"):
		_, step, found := strings.Cut(strings.TrimPrefix(path, "/api/channels/"), "/")
		if !found {
			return "/api/channels/{id}"
		}
		return "/api/channels/{id}/" + strings.Replace(step, "c0de", "{code}", 1)
	case strings.HasPrefix(path, "/api/notifications/"):
		return "/api/notifications/{id}/resend"
	case strings.HasPrefix(path, "/pictures/"):
		return "/pictures/{user_id}/{file}"
	}
	return path
}

// documented lists the routes of the OpenAPI document.
func (s *stack) documented() []string {
	var routes []string
	for path, item := range s.undocumented("/api/openapi.json").body["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			routes = append(routes, strings.ToUpper(method)+" "+path)
		}
	}
	sort.Strings(routes)
	return routes
}

package api_test

import (
	"strings"
	"testing"
)

func TestAChannelIsMadeShownWithoutItsSecretChangedAndDeleted(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	u := s.user("ana@example.com")
	made := s.call(u, "POST", "/api/channels", `{"kind":"webhook","settings":{"url":"https://hooks.example.com/x"},"events":["signal"]}`)
	made.must(t, 200)
	secret, _ := made.body["secret"].(string)
	if !strings.HasPrefix(secret, "whsec_") {
		t.Errorf("the signing secret is %q", secret)
	}
	data, _ := made.body["data"].(map[string]any)
	id, _ := data["id"].(string)
	list := s.call(u, "GET", "/api/channels", "")
	list.must(t, 200)
	if strings.Contains(string(list.raw), secret) || !strings.Contains(string(list.raw), `"has_secret":true`) {
		t.Errorf("the list is %s", string(list.raw))
	}
	s.call(u, "PATCH", "/api/channels/"+id, `{"mode":"asap","max_wait_seconds":30,"language":"es"}`).must(t, 200)
	rotated := s.call(u, "PATCH", "/api/channels/"+id, `{"rotate_secret":true}`)
	rotated.must(t, 200)
	if next, _ := rotated.body["secret"].(string); next == secret || !strings.HasPrefix(next, "whsec_") {
		t.Errorf("the rotated secret is %q", next)
	}
	s.notLogged(secret)
	s.call(u, "DELETE", "/api/channels/"+id, "").must(t, 200)
	s.call(u, "DELETE", "/api/channels/"+id, "").must(t, 404)
}

func TestTestMessagesAndResendsAreLimited(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	u := s.user("ana@example.com")
	made := s.call(u, "POST", "/api/channels", `{"kind":"ntfy","settings":{"topic":"a"}}`).must(t, 200)
	id, _ := made.data()["id"].(string)
	answered := map[int]int{}
	for range 25 { // a minute may end meanwhile, so up to twice the limit passes
		answered[s.call(u, "POST", "/api/channels/"+id+"/test", "").status]++
	}
	if answered[200] < 10 || answered[200] > 20 || answered[429] != 25-answered[200] {
		t.Errorf("the tests were answered %v", answered)
	}
	answered = map[int]int{}
	for range 130 {
		answered[s.call(u, "POST", "/api/notifications/0193a2c4-6e1c-7f0b-9d7e-2f1f6f0f7a11/resend", "").status]++
	}
	if answered[404] < 60 || answered[404] > 120 || answered[429] != 130-answered[404] {
		t.Errorf("the requests to send again were answered %v", answered)
	}
}

func TestChannelsThatCannotWorkAreRefusedInWords(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	u := s.user("ana@example.com")
	for body, words := range map[string]string{
		`{"kind":"pigeon"}`:                                                                         "kind has to be one of",
		`{"kind":"discord","secret":"x"}`:                                                           "operator has not set it up",
		`{"kind":"ntfy","settings":{"topic":"a b"}}`:                                                "topic has to be",
		`{"kind":"ntfy","settings":{"topic":"a","url":"http://169.254.169.254/"}}`:                  "https",
		`{"kind":"webhook","settings":{"url":"https://127.0.0.1/"}}`:                                "host name",
		`{"kind":"webhook","settings":{"url":"https://hooks.example.com/"},"events":["other"]}`:     "events may hold",
		`{"kind":"webhook","settings":{"url":"https://hooks.example.com/"},"max_wait_seconds":901}`: "between 0 and 900",
	} {
		a := s.call(u, "POST", "/api/channels", body)
		a.must(t, 422)
		if !strings.Contains(string(a.raw), words) {
			t.Errorf("%s is answered %s, want %q in it", body, string(a.raw), words)
		}
	}
	for range 10 {
		s.call(u, "POST", "/api/channels", `{"kind":"ntfy","settings":{"topic":"a"}}`).must(t, 200)
	}
	s.call(u, "POST", "/api/channels", `{"kind":"ntfy","settings":{"topic":"a"}}`).must(t, 409)
}

func TestATestOfAChannelSaysWhatHappenedInWords(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	u := s.user("ana@example.com")
	a := s.call(u, "POST", "/api/channels/"+s.channel(u)+"/test", "")
	a.must(t, 200)
	if a.body["delivered"] != false || a.body["code"] != "unreachable" || !strings.Contains(string(a.raw), "cannot be reached") {
		t.Errorf("the test says %s", string(a.raw))
	}
}

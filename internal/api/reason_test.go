package api_test

import (
	"testing"

	"atalaya"
)

func TestASignalWithoutAScreenshotHasTheCureBesideTheReason(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	id := s.signal(alice, "BINANCE:BTCUSDT")
	for _, tc := range []struct {
		status, stored string
		reason, cure   any
	}{
		{"failed", "chart_not_found", "chart_not_found", atalaya.Cure(atalaya.ScreenshotFailed, "chart_not_found", atalaya.English)},
		{"skipped", "too_late", "too_late", "POST /api/signals/{id}/screenshot takes a picture of the chart as it is now."},
		{"failed", "too_late", "too_late", "Raise WORKER_CONCURRENCY, or add a worker."},
		{"failed", "Navigation timeout of 30000 ms exceeded", "other", nil}, // as the Node service writes it
		{"completed", "", nil, nil},
	} {
		s.exec("update public.trading_signals set screenshot_status = $2, screenshot_error = nullif($3, '') where id = $1", id, tc.status, tc.stored)
		got := s.call(alice, "GET", "/api/signals/"+id, "").must(t, 200).data()
		if got["screenshot_error"] != tc.reason || got["screenshot_cure"] != tc.cure {
			t.Errorf("%s %q: answered %v with the cure %v, want %v and %v", tc.status, tc.stored, got["screenshot_error"], got["screenshot_cure"], tc.reason, tc.cure)
		}
	}
	s.exec("update public.trading_signals set screenshot_status = 'failed', screenshot_error = 'chart_not_found' where id = $1", id)
	spanish, want := s.inSpanish(alice, "GET", "/api/signals/"+id, "").must(t, 200).data()["screenshot_cure"], atalaya.Cure(atalaya.ScreenshotFailed, "chart_not_found", atalaya.Spanish)
	if spanish != want || want == atalaya.Cure(atalaya.ScreenshotFailed, "chart_not_found", atalaya.English) {
		t.Errorf("in Spanish the cure is %v, want %q", spanish, want)
	}
}

func TestSupportAccessIsOffUntilItsUserGivesIt(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice, bruno := s.user("alice@example.com"), s.user("bruno@example.com")
	if got := s.call(alice, "GET", "/api/config", "").must(t, 200).data()["support_access"]; got != false {
		t.Errorf("a new user has support_access %v", got)
	}
	if got := s.call(alice, "PUT", "/api/config", `{"support_access": true}`).must(t, 200).data()["support_access"]; got != true {
		t.Errorf("after the consent support_access is %v", got)
	}
	if got := s.call(bruno, "GET", "/api/config", "").must(t, 200).data()["support_access"]; got != false {
		t.Errorf("another user's consent is %v", got)
	}
	s.call(alice, "PUT", "/api/config", `{"webhook_enabled": true}`).must(t, 200)
	if got := s.call(alice, "PUT", "/api/config", `{"support_access": false}`).must(t, 200).data()["support_access"]; got != false {
		t.Errorf("after it was withdrawn support_access is %v", got)
	}
	s.wrong(alice, "PUT", "/api/config", `{"support_access": null}`).refused(t, 422, "invalid_request", "support_access")
}

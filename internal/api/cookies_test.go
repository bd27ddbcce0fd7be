package api_test

import "testing"

func TestACheckOfCookiesThatWasJustAnsweredIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	s.call(alice, "PUT", "/api/config", `{`+goodCookies+`}`).must(t, 200)
	s.exec("update public.cookie_checks set state = 'alive', checked_at = now() where user_id = $1", alice.id)
	for range 3 {
		if got := s.call(alice, "POST", "/api/config/cookies/check", "").must(t, 200).data(); got["state"] != "alive" || got["checked_at"] == nil {
			t.Errorf("answer %v, want the one of the check before", got)
		}
	}
	var jobs int
	if err := s.pool.QueryRow(t.Context(), "select count(*) from river.river_job where kind = 'cookie_check'").Scan(&jobs); err != nil || jobs != 1 {
		t.Errorf("%d jobs, %v; want the one that came with the cookies", jobs, err)
	}
}

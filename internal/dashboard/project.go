package dashboard

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"atalaya"
)

const (
	// projectTimeout bounds one question to Supabase Auth.
	projectTimeout = 10 * time.Second
	// maxGrant bounds what is read of an answer, in bytes.
	maxGrant = 1 << 20
)

// project asks the Auth of a Supabase project.
type project struct {
	url     string // <SUPABASE_URL>/auth/v1
	anonKey string
	client  http.Client
	now     func() time.Time
}

// grant is a session that Supabase Auth has renewed.
type grant struct {
	accessToken  string
	refreshToken string
	expires      time.Time // of the access token
	email        string
}

func newProject(url, anonKey string, client *http.Client, now func() time.Time) *project {
	p := &project{url: url, anonKey: anonKey, client: *client, now: now}
	// A redirect could carry the token to another host.
	p.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return p
}

// refresh exchanges a refresh token. It fails with errSignedOut if Auth refuses the token, and with
// CodeUnavailable if there is no verdict. Except in that last case the token is used up.
func (p *project) refresh(ctx context.Context, refreshToken string) (grant, error) {
	body, err := json.Marshal(map[string]string{"refresh_token": refreshToken})
	if err != nil {
		return grant{}, err
	}
	asked := p.now()
	status, said, err := p.ask(ctx, "/token?grant_type=refresh_token", "", body)
	if err != nil {
		return grant{}, unanswered(err)
	}
	if status != http.StatusOK {
		return grant{}, verdict(status, said)
	}
	var got struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
		ExpiresIn    int64  `json:"expires_in"`
		User         struct {
			Email string `json:"email"`
			Phone string `json:"phone"`
		} `json:"user"`
	}
	if err := json.Unmarshal(said, &got); err != nil || got.AccessToken == "" || got.RefreshToken == "" || got.ExpiresIn <= 0 {
		return grant{}, unanswered(errors.New("it answered 200 without a session: this is not Supabase Auth"))
	}
	g := grant{accessToken: got.AccessToken, refreshToken: got.RefreshToken, email: got.User.Email}
	g.expires = asked.Add(time.Duration(min(got.ExpiresIn, maxExpiry)) * time.Second)
	if g.email == "" {
		g.email = got.User.Phone
	}
	return g, nil
}

// maxExpiry is longer than Supabase lets an access token live, in seconds.
const maxExpiry = 7 * 24 * 3600

// revoke ends the session of an access token, and no other session of its user.
func (p *project) revoke(ctx context.Context, accessToken string) error {
	status, _, err := p.ask(ctx, "/logout?scope=local", accessToken, nil)
	if err == nil && status >= http.StatusBadRequest && status != http.StatusUnauthorized && status != http.StatusForbidden && status != http.StatusNotFound {
		err = fmt.Errorf("it answered %d", status)
	}
	return err
}

// ask posts to Auth and returns what it answered. Its errors hold no token: those travel in the body and in
// headers alone.
func (p *project) ask(ctx context.Context, path, bearer string, body []byte) (status int, said []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, projectTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("apikey", p.anonKey)
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	said, err = io.ReadAll(io.LimitReader(response.Body, maxGrant))
	return response.StatusCode, said, err
}

// verdict turns Auth's answer to a refresh into an error. Only Auth's own words sign anybody out: a gateway
// that misses its API key, a proxy and a captive portal answer with the same statuses.
func verdict(status int, said []byte) error {
	var words struct {
		ErrorCode string `json:"error_code"`
		Msg       string `json:"msg"`
		Error     string `json:"error"` // OAuth's, as older versions of Auth say it
		Code      any    `json:"code"`
	}
	if json.Unmarshal(said, &words) != nil {
		return unanswered(fmt.Errorf("it answered %d, and no JSON", status))
	}
	word, _ := words.Code.(string) // since its API of 2024-01-01; a number before
	word = cmp.Or(words.ErrorCode, word)
	own := word != "" || words.Msg != "" || words.Error == "invalid_grant"
	switch {
	case status == http.StatusTooManyRequests:
		return atalaya.Wrap(atalaya.CodeUnavailable, fmt.Errorf("supabase auth answered %d: raise its rate limit of token refreshes", status),
			"Too many sessions are being renewed right now. Try again in a minute.")
	case refusedForNow(status, word):
		return unanswered(fmt.Errorf("it answered %d %s, which says nothing of the session", status, word))
	case status >= http.StatusInternalServerError || !own:
		return unanswered(fmt.Errorf("it answered %d, which is no verdict on a session: check SUPABASE_ANON_KEY and SUPABASE_URL", status))
	}
	return errSignedOut
}

// refusedForNow reports whether Auth refused for a moment only. It says conflict if somebody else held the session's row
// for 5 s, and hook_… if a hook of the project did not answer as it should.
func refusedForNow(status int, word string) bool {
	return status == http.StatusConflict || status == http.StatusRequestTimeout || strings.HasPrefix(word, "hook_")
}

// unanswered returns the error for a request without a verdict of Auth. It signs nobody out.
func unanswered(err error) error {
	return atalaya.Wrap(atalaya.CodeUnavailable, fmt.Errorf("supabase auth: %w", err), "Supabase does not answer, so the session cannot be renewed. You stay signed in; try again.")
}

package api

import (
	"context"
	"net/http"
	"time"

	"atalaya"
)

const (
	// checkPatience is how long a caller waits for the site's word; a check takes a second or two, and
	// longer while captures are under way.
	checkPatience = 20 * time.Second
	// checkEvery is how often the result is read from the database: the worker may be another process.
	checkEvery = 200 * time.Millisecond
)

// cookieCheckOutput is 200 with what the site said, or 202 if the site has not been asked yet.
type cookieCheckOutput struct {
	Status int
	Body   struct {
		Success bool        `json:"success"`
		Message string      `json:"message"`
		Data    cookieCheck `json:"data"`
	}
}

type cookieCheck struct {
	State        atalaya.CookieState `json:"state" enum:"pending,alive,expired,unknown" doc:"What TradingView said of the session. unknown: it could not be asked, or did not say."`
	CookiesValid bool                `json:"cookies_valid" doc:"What captures go by; false only where TradingView has refused the cookies."`
	CheckedAt    *time.Time          `json:"checked_at" doc:"null while the check is under way"`
}

// checkCookies asks the site whether the caller's session is alive, and waits for the answer.
func (s *server) checkCookies(ctx context.Context, caller atalaya.Caller, _ *struct{}) (*cookieCheckOutput, error) {
	if err := s.Intake.RequestCookieCheck(ctx, caller.UserID); err != nil {
		return nil, err
	}
	patience := time.NewTimer(checkPatience)
	defer patience.Stop()
	ticker := time.NewTicker(checkEvery)
	defer ticker.Stop()
	for {
		check, err := s.Store.CookieCheck(ctx, caller.UserID)
		if err != nil {
			return nil, err
		}
		if check.State != atalaya.CookiesPending {
			return checked(http.StatusOK, check), nil
		}
		select {
		case <-ticker.C:
		case <-patience.C:
			return checked(http.StatusAccepted, check), nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func checked(status int, c atalaya.CookieCheck) *cookieCheckOutput {
	out := &cookieCheckOutput{Status: status}
	out.Body.Success, out.Body.Data = true, cookieCheck(c)
	out.Body.Message = map[atalaya.CookieState]string{
		atalaya.CookiesAlive:   "Your TradingView session is alive.",
		atalaya.CookiesExpired: "Your TradingView session has ended. Sign in to TradingView and store the new cookies.",
		atalaya.CookiesUnknown: "TradingView could not be asked just now, or gave no clear answer. Your cookies are unchanged.",
		atalaya.CookiesPending: "The check is queued behind captures of your account. Ask again in a while.",
	}[c.State]
	return out
}

package atalaya

import "time"

// CookieState is what the chart site last said of a user's session.
type CookieState string

// The states.
const (
	CookiesPending CookieState = "pending" // a check is under way
	CookiesAlive   CookieState = "alive"
	CookiesExpired CookieState = "expired"
	CookiesUnknown CookieState = "unknown" // the site could not be asked, or did not say
)

// CookieCheck is the last look at whether a user's TradingView session is alive.
type CookieCheck struct {
	State        CookieState
	CookiesValid bool       // what captures go by: false only where the site has refused the cookies
	CheckedAt    *time.Time // nil while pending
}

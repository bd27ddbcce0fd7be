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

// CookiesMalformed is the value of cookies_problem for cookies that no TradingView session can have.
const CookiesMalformed = "malformed"

// MalformedCookies is the message that tells the owner of malformed cookies what to do.
const MalformedCookies = "The stored cookies do not look like TradingView's: sessionid has 32 letters and digits, sessionid_sign begins with v1:, v2: or v3:. Copy both values whole from the browser's cookies of tradingview.com and store them with PUT /api/config."

// CookieCheck is the last check of whether a user's TradingView session is alive.
type CookieCheck struct {
	State        CookieState
	CookiesValid bool       // false once the site has refused the cookies, and no capture is tried
	CheckedAt    *time.Time // nil while pending
}

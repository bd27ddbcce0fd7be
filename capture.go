package atalaya

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"
)

// Resolution is the size of the browser's viewport for a capture.
type Resolution string

// The resolutions.
const (
	Res720p  Resolution = "720p"  // 1280x720
	Res1080p Resolution = "1080p" // 1920x1080
	Res4K    Resolution = "4k"    // 3840x2160
)

// Size returns the size of the viewport in pixels, that of 1080p for an unknown resolution.
func (r Resolution) Size() (width, height int) {
	switch r {
	case Res720p:
		return 1280, 720
	case Res4K:
		return 3840, 2160
	default:
		return 1920, 1080
	}
}

// pictureName matches the paths that captures choose: {user_id}/{ticker}_{yyyymmddThhmmssZ}-{26 random base32}.png.
var pictureName = regexp.MustCompile(
	`^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[A-Za-z0-9][A-Za-z0-9.-]*_(\d{8}T\d{6}Z)-[A-Z2-7]{26}\.png$`)

// PictureTime returns when the capture began that stored a picture at path. ok is false if captures choose no such
// path.
func PictureTime(path string) (at time.Time, ok bool) {
	match := pictureName.FindStringSubmatch(path)
	if match == nil {
		return time.Time{}, false
	}
	at, err := time.Parse("20060102T150405Z", match[1])
	return at, err == nil
}

// ScreenshotStatus is the state of a signal's screenshot.
//
//	pending -> processing -> completed -> expired
//	   ^-----------'  '----> failed
//	skipped
//
// A signal that is captured again returns to pending from any state but processing.
type ScreenshotStatus string

// The states. Between two attempts a signal is pending again.
const (
	ScreenshotPending    ScreenshotStatus = "pending"
	ScreenshotProcessing ScreenshotStatus = "processing"
	ScreenshotCompleted  ScreenshotStatus = "completed"
	ScreenshotFailed     ScreenshotStatus = "failed"
	ScreenshotSkipped    ScreenshotStatus = "skipped" // nothing to capture; the SkipReason says why
	ScreenshotExpired    ScreenshotStatus = "expired" // retention removed the picture
)

// SkipReason says why a signal got no capture; it is stored in screenshot_error.
type SkipReason string

// The reasons.
const (
	SkipNoChart     SkipReason = "no_chart"          // neither the alert nor the user's settings name a chart
	SkipNoCookies   SkipReason = "no_cookies"        // no TradingView cookies stored
	SkipRateLimited SkipReason = "rate_limited"      // over a capture limit, and no slot comes in time
	SkipDailyLimit  SkipReason = "daily_limit"       // over the day's limit of captures
	SkipMalformed   SkipReason = "cookies_malformed" // no TradingView session can have the stored cookies
	SkipCaptureOff  SkipReason = "capture_off"       // the user switched captures off
	SkipTooLate     SkipReason = "too_late"          // replayed, or stored from the spool, after CAPTURE_MAX_AGE
)

// TVSession is a user's TradingView session: the decrypted values of the cookies sessionid and
// sessionid_sign. It is kept in memory only, and prints as a mask.
type TVSession struct {
	ID   string
	Sign string
}

// IsZero reports whether there is no session.
func (s TVSession) IsZero() bool { return s.ID == "" && s.Sign == "" }

// String masks the session.
func (s TVSession) String() string {
	if s.IsZero() {
		return "no session"
	}
	return "session ******"
}

// GoString masks the session in %#v.
func (s TVSession) GoString() string { return s.String() }

// LogValue masks the session in logs.
func (s TVSession) LogValue() slog.Value { return slog.StringValue(s.String()) }

// CaptureRequest is what one screenshot must show.
type CaptureRequest struct {
	ChartID    string // ^[A-Za-z0-9]{1,32}$; "" for the plain chart of a symbol, which needs a zero Session
	Exchange   string // "" if unknown: symbols are compared alone
	Symbol     string // "" if unknown: the chart's own symbol is accepted and recorded
	Interval   string // TradingView's form; "" accepts the chart's own and records it
	Resolution Resolution
	Session    TVSession // zero: captured without signing in
	Alone      bool      // with no other page open in the browser, so that a crash shows the culprit
}

// The values of Picture.Kind and Picture.Source.
const (
	KindUserChart   = "user_chart"   // the user's own chart, signed in
	KindPublicChart = "public_chart" // what anyone sees
	SourceClient    = "client"       // the chart alone, from the page's own screenshot function
	SourceViewport  = "viewport"     // the whole viewport, exactly the resolution's size
)

// PictureWarning is a fact about a good picture that its viewer may miss. It is stored in
// screenshot_warnings.
type PictureWarning string

// The warnings.
const (
	WarningScrolledBack PictureWarning = "scrolled_back" // the last bar is out of sight
	WarningStudyError   PictureWarning = "study_error"   // an indicator shows an error in place of its values
	WarningDelayedData  PictureWarning = "delayed_data"  // the exchange's data are delayed
)

// Picture is a screenshot that was verified to show what was asked for.
type Picture struct {
	PNG      []byte
	Width    int // pixels
	Height   int
	Kind     string
	Source   string
	Symbol   string // what the picture shows: EXCHANGE:SYMBOL, or SYMBOL if the page names no exchange
	Interval string // in TradingView's form, such as 60 or 1D
	Warnings []PictureWarning
	TakenAt  time.Time
}

// CaptureCode says why a capture failed. It is stored in screenshot_error.
type CaptureCode string

// The codes. Final and Snoozed say what each means for the next attempt.
const (
	CaptureSessionExpired     CaptureCode = "session_expired"
	CaptureChartNotFound      CaptureCode = "chart_not_found"
	CaptureChartPrivate       CaptureCode = "chart_private"    // the layout is not shared, and its owner is not signed in
	CaptureSymbolNotFound     CaptureCode = "symbol_not_found" // the site has no such symbol
	CapturePlanLimit          CaptureCode = "plan_limit"       // the account's plan does not show this
	CaptureTooLarge           CaptureCode = "too_large"        // the page or the picture goes over its bound
	CaptureStorageRejected    CaptureCode = "storage_rejected"
	CaptureTooLate            CaptureCode = "too_late"
	CaptureWrongSymbol        CaptureCode = "wrong_symbol"
	CaptureWrongInterval      CaptureCode = "wrong_interval"
	CaptureNotPainted         CaptureCode = "not_painted"
	CaptureNoData             CaptureCode = "no_data"     // the site has no bars of this symbol at this interval
	CaptureDialogOpen         CaptureCode = "dialog_open" // something stands over the chart and does not go away
	CaptureNavigationTimeout  CaptureCode = "navigation_timeout"
	CaptureSiteError          CaptureCode = "site_error" // the site, or its feed of data, says that it failed
	CaptureBrowserCrashed     CaptureCode = "browser_crashed"
	CaptureStorageUnavailable CaptureCode = "storage_unavailable"
	CaptureBlocked            CaptureCode = "blocked"      // 403 or a captcha: the site refuses us for now
	CaptureRateLimited        CaptureCode = "rate_limited" // 429
	// CaptureCookiesUnreadable means that no key of the keyring opens the stored cookies, or that they
	// are plain text. Only their owner or the operator can mend that.
	CaptureCookiesUnreadable CaptureCode = "cookies_unreadable"
	// CaptureInternal is a defect of ours.
	CaptureInternal CaptureCode = "internal"
)

// Final reports whether another attempt would fail the same way.
func (c CaptureCode) Final() bool {
	switch c {
	case CaptureSessionExpired, CaptureChartNotFound, CaptureChartPrivate, CaptureSymbolNotFound, CapturePlanLimit,
		CaptureTooLarge, CaptureStorageRejected, CaptureTooLate, CaptureCookiesUnreadable:
		return true
	}
	return false
}

// OfChart reports whether the chart itself failed, so that every capture of it with the same cookies fails too.
func (c CaptureCode) OfChart() bool { return c == CaptureChartNotFound || c == CaptureChartPrivate }

// Snoozed reports whether the site asks us to wait. Such an attempt does not count, and the TradingView
// account rests before the next one.
func (c CaptureCode) Snoozed() bool { return c == CaptureBlocked || c == CaptureRateLimited }

// CaptureError is the error of a failed capture. Step names the step that failed, such as "sign-in" or
// "symbol". Detail tells the signal's owner what was seen, and holds no secret.
type CaptureError struct {
	Code       CaptureCode
	Step       string
	Detail     string
	RetryAfter time.Duration    // with CaptureRateLimited: how long the site asks us to wait, 0 if it does not say
	Away       bool             // the site answered 5xx or did not answer: the attempt does not count
	Evidence   *CaptureEvidence // for the operator; nil if nothing was seen
	Err        error
}

// CaptureEvidence is what a failed capture saw, for the operator only. It holds no secret, but its
// thumbnail shows a user's chart.
type CaptureEvidence struct {
	Step      string
	Seen      json.RawMessage // what the page reported
	Thumbnail []byte          // a PNG of at most 60 kB, nil if no picture could be taken
}

// CaptureFailure is one failed attempt at a capture, as it is kept for the operator.
type CaptureFailure struct {
	CapturedAt time.Time
	Code       CaptureCode
	CaptureEvidence
	Detail string
}

// Error implements error.
func (e *CaptureError) Error() string {
	s := fmt.Sprintf("%s at %s: %s", e.Code, e.Step, e.Detail)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *CaptureError) Unwrap() error { return e.Err }

// CaptureCodeOf returns the code of the first CaptureError in err's chain, CaptureInternal if
// there is none.
func CaptureCodeOf(err error) CaptureCode {
	var e *CaptureError
	if errors.As(err, &e) {
		return e.Code
	}
	return CaptureInternal
}

// CaptureStep is one line of a capture's progress: what was done or seen, and when.
type CaptureStep struct {
	Name    string        // sign-in, navigate, symbol, painted, picture, verdict …
	Detail  string        // without secrets
	Elapsed time.Duration // since the capture began
}

// CaptureTask is what a worker needs to know of a signal to take its screenshot.
type CaptureTask struct {
	SignalID   SignalID
	UserID     UserID
	Status     ScreenshotStatus // before this attempt
	ArrivedAt  time.Time        // when the alert arrived, or its owner asked for another capture; database clock
	BegunAt    time.Time        // when this attempt began; database clock
	ChartID    string           // "" for the plain chart of the symbol
	Exchange   string
	Symbol     string
	Interval   string
	Resolution Resolution
	Path       string // of the picture, "{user_id}/{name}.png"; the same for all attempts
	Alone      bool   // take it alone in the browser: an earlier attempt was open when the browser died
	Hung       bool   // the user's last attempt ran into its time limit

	SealedSessionID   Sealed
	SealedSessionSign Sealed
	CookiesUpdatedAt  *time.Time // shows whether cookies that failed are still the stored ones
	CookiesValid      bool
	MalformedCookies  bool // no TradingView session can have them
	WithoutCookies    bool // the user allows captures without signing in
}

// CaptureFacts are the facts that decide whether a capture is queued.
type CaptureFacts struct {
	ChartID          string // the alert's, else the user's default; "" for none
	Symbol           string
	CookiesStored    bool // both of them
	CookiesMalformed bool // no TradingView session can have them
	CookiesValid     bool // false once TradingView has refused them
	WithoutCookies   bool // the user allows captures without signing in
}

// RecaptureFacts are the facts that decide whether a signal is captured again.
type RecaptureFacts struct {
	CaptureFacts
	Status ScreenshotStatus
	Owner  Quota // only Plan and Total are set
}

// CaptureClaim is a waiting capture that another job has claimed from its own job, Job.
type CaptureClaim struct {
	SignalID SignalID
	UserID   UserID
	Job      int64
}

// AccountState says whether a TradingView account may be captured now.
type AccountState int

// The states.
const (
	AccountTaken   AccountState = iota // leased to the caller
	AccountBusy                        // another capture holds it
	AccountResting                     // the site asked us to wait
	AccountSpent                       // the day's captures are used up
)

// AccountLease is the answer to a request for a TradingView account. Rest is how long a resting account
// will rest.
type AccountLease struct {
	State AccountState
	Rest  time.Duration
}

// JobAction says what the queue does with a capture job after an attempt.
type JobAction int

// The actions.
const (
	JobDone   JobAction = iota // finished, whether or not there is a screenshot; never tried again
	JobRetry                   // try again after a back-off; the attempt counts
	JobStop                    // failed for good
	JobSnooze                  // try again without counting this attempt
)

// JobVerdict is the result of one attempt at a capture job. Err is stored with the job and holds no secret.
type JobVerdict struct {
	Action JobAction
	After  time.Duration // of JobSnooze
	Err    error         // of JobRetry and JobStop
}

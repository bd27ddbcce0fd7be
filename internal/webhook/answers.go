package webhook

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"atalaya"
	"atalaya/internal/respond"
)

// accepted is the body of a 200, as existing front ends and users' scripts read it.
type accepted struct {
	Success          bool             `json:"success"`
	Message          string           `json:"message"`
	SignalID         atalaya.SignalID `json:"signal_id"`
	ScreenshotQueued bool             `json:"screenshot_queued"`
	ScreenshotAfter  string           `json:"screenshot_after,omitempty"` // when a limit lets it be taken, as timestamp
	Duplicate        bool             `json:"duplicate"`
	Spooled          bool             `json:"spooled,omitempty"` // kept on disk; it is decided once the database is back
	DurationMS       int64            `json:"duration_ms"`
	Timestamp        string           `json:"timestamp"` // RFC 3339 with milliseconds, UTC
	Warning          string           `json:"warning,omitempty"`
}

// answer turns a receipt into what TradingView and the user's own scripts see.
func answer(w http.ResponseWriter, receipt atalaya.Receipt, start time.Time, took time.Duration) error {
	if err := refusal(w, receipt, start); err != nil {
		return err
	}
	body := accepted{
		Success: true, Message: message(receipt), SignalID: receipt.SignalID,
		ScreenshotQueued: receipt.ScreenshotQueued, Duplicate: receipt.Outcome == atalaya.OutcomeDuplicate, Spooled: receipt.Spooled, DurationMS: took.Milliseconds(),
		Timestamp: start.UTC().Format("2006-01-02T15:04:05.000Z"),
	}
	if !receipt.ScreenshotAfter.IsZero() {
		body.ScreenshotAfter = receipt.ScreenshotAfter.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	if receipt.QuotaWarning {
		body.Warning = "The month's quota of signals is used up."
	}
	respond.JSON(w, http.StatusOK, body)
	return nil
}

// refusal returns the error for an arrival that made no signal and repeats none, nil for the others. It also sets the
// headers of tellRate.
func refusal(w http.ResponseWriter, receipt atalaya.Receipt, start time.Time) error {
	tellRate(w, receipt.Rate)
	switch receipt.Outcome {
	case atalaya.OutcomeRateLimited:
		return atalaya.Errorf(atalaya.CodeRateLimited,
			"More than %d alerts came to this webhook within a minute. One a second is kept in the delivery log, from where it can be replayed; the others are only counted.", receipt.Rate.Limit).Until(receipt.Rate.Reset)
	case atalaya.OutcomeRefusedSender:
		return atalaya.Errorf(atalaya.CodeForbidden,
			"This service takes alerts from TradingView's addresses alone. The alert is kept in the delivery log. The operator can add the sender's address to TRADINGVIEW_IPS, or the proxy in front of the service to TRUSTED_PROXIES.")
	case atalaya.OutcomeDisabled:
		return atalaya.Errorf(atalaya.CodeWebhookDisabled,
			"This webhook is switched off. Switch it on in your settings; the alert is kept in the delivery log.")
	case atalaya.OutcomeTooLarge:
		return atalaya.Errorf(atalaya.CodeBodyTooLarge, "An alert has at most 64 KiB. Shorten its message in TradingView.")
	case atalaya.OutcomeQuotaExceeded:
		return quotaExceeded(receipt.Quota, start)
	}
	return nil
}

// message returns what became of an arrival and what happens next, for people.
func message(receipt atalaya.Receipt) string {
	if receipt.Outcome == atalaya.OutcomeDuplicate {
		return "This alert was stored before, as the signal named here. Nothing was done again."
	}
	if receipt.Spooled {
		return "Alert kept: it is stored, as the signal named here, once the database is back. Quota and limits are decided then, as of now."
	}
	if receipt.ScreenshotQueued && !receipt.ScreenshotAfter.IsZero() {
		return "Signal stored; its screenshot is queued behind your limit of screenshots."
	}
	if receipt.ScreenshotQueued {
		return "Signal stored; its screenshot is queued."
	}
	switch receipt.ScreenshotError {
	case string(atalaya.SkipNoChart):
		return "Signal stored without a screenshot: neither the alert nor your settings name a chart."
	case string(atalaya.SkipNoCookies):
		return "Signal stored without a screenshot: your TradingView cookies are not stored yet."
	case string(atalaya.SkipMalformed):
		return "Signal stored without a screenshot: " + atalaya.MalformedCookies
	case string(atalaya.SkipRateLimited):
		return "Signal stored without a screenshot: the limit of screenshots is used up for now."
	case string(atalaya.SkipDailyLimit):
		return "Signal stored without a screenshot: the day's limit of screenshots is used up."
	case string(atalaya.SkipCaptureOff):
		return "Signal stored without a screenshot: captures are switched off in your settings."
	case string(atalaya.CaptureSessionExpired):
		return "Signal stored without a screenshot: your TradingView session has expired. Store new cookies."
	}
	return "Signal stored."
}

// limits shows how much of the month is used.
type limits struct {
	SignalsQuota int64     `json:"signals_quota"` // -1 for no limit
	SignalsUsed  int64     `json:"signals_used"`
	ResetsAt     time.Time `json:"resets_at"`
}

// tellRate sets the headers of the limit that is reached first: that of captures if one was wanted, else that of
// alerts. X-RateLimit-Reset is a Unix time in seconds.
func tellRate(w http.ResponseWriter, r atalaya.Rate) {
	if r.Limit == 0 {
		return
	}
	w.Header().Set("X-RateLimit-Limit", strconv.FormatInt(r.Limit, 10))
	w.Header().Set("X-RateLimit-Remaining", strconv.FormatInt(r.Remaining, 10))
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(r.Reset.Unix(), 10))
}

// quotaExceeded returns the refusal, with the time at which the next month begins.
func quotaExceeded(q atalaya.Quota, now time.Time) error {
	now = now.UTC()
	next := time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	return respond.With(
		atalaya.Errorf(atalaya.CodeQuotaExceeded,
			"All %d signals of this month are used. The alert is kept in the delivery log; a larger plan or the next month lets further alerts in.", q.Total).Until(next),
		"limits", limits{SignalsQuota: q.Total, SignalsUsed: q.Used, ResetsAt: next})
}

// webhookStatus is what GET shows about the webhook. It does not name the user.
type webhookStatus struct {
	Status               string             `json:"status"`
	WebhookEnabled       bool               `json:"webhook_enabled"`
	CookiesConfigured    bool               `json:"cookies_configured"`
	CookiesValid         bool               `json:"cookies_valid"`
	SignalsQuota         int64              `json:"signals_quota"`
	SignalsUsed          int64              `json:"signals_used"`
	ScreenshotResolution atalaya.Resolution `json:"screenshot_resolution"`
	Usage                usage              `json:"usage"`
}

type usage struct {
	Requests   int64    `json:"webhook_requests_count"`
	Used       int64    `json:"used"`
	Quota      int64    `json:"quota"`
	Remaining  int64    `json:"remaining"`  // -1 if the quota is unlimited
	Percentage *float64 `json:"percentage"` // null if the quota is unlimited
}

// status answers GET.
func (d *Door) status(w http.ResponseWriter, r *http.Request, token atalaya.WebhookToken) error {
	ctx, cancel := context.WithTimeout(r.Context(), databaseTimeout)
	defer cancel()
	t, err := d.ingest.Status(ctx, token, d.opt.ClientIP(r))
	if err != nil {
		return err
	}
	quota := t.Quota()
	respond.JSON(w, http.StatusOK, webhookStatus{
		Status: "active", WebhookEnabled: t.WebhookEnabled,
		CookiesConfigured: t.CookiesConfigured(), CookiesValid: t.CookiesValid,
		SignalsQuota: quota.Total, SignalsUsed: quota.Used,
		ScreenshotResolution: t.ScreenshotResolution,
		Usage: usage{
			Requests: t.WebhookRequestsCount, Used: quota.Used, Quota: quota.Total,
			Remaining: quota.Remaining(), Percentage: quota.Percentage(),
		},
	})
	return nil
}

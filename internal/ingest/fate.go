package ingest

import "atalaya"

// captureFate decides whether a capture is queued. If it is not, reason is the value for
// screenshot_error. It decides for new alerts, replays and repeated captures alike.
func captureFate(f atalaya.CaptureFacts) (status atalaya.ScreenshotStatus, reason string) {
	plainChart := f.Symbol != "" && !f.CookiesStored && f.WithoutCookies
	switch {
	case f.ChartID == "" && !plainChart:
		return atalaya.ScreenshotSkipped, string(atalaya.SkipNoChart)
	case !f.CookiesStored && !f.WithoutCookies:
		return atalaya.ScreenshotSkipped, string(atalaya.SkipNoCookies)
	case f.CookiesStored && f.CookiesMalformed:
		return atalaya.ScreenshotSkipped, string(atalaya.SkipMalformed)
	case f.CookiesStored && !f.CookiesValid:
		return atalaya.ScreenshotFailed, string(atalaya.CaptureSessionExpired) // only new cookies can help
	}
	return atalaya.ScreenshotPending, ""
}

// newCaptureFate decides on the capture of a new signal.
func newCaptureFate(t *atalaya.TenantConfig, n atalaya.NewSignal) (status atalaya.ScreenshotStatus, reason string) {
	facts := atalaya.CaptureFacts{
		ChartID: n.ChartID, Symbol: n.Symbol, WithoutCookies: t.CaptureWithoutCookies, CookiesStored: t.CookiesConfigured(),
		CookiesMalformed: t.CookiesProblem != nil, CookiesValid: t.CookiesValid,
	}
	switch {
	case !t.CaptureEnabled:
		return atalaya.ScreenshotSkipped, string(atalaya.SkipCaptureOff)
	case n.Origin == atalaya.OriginTest && !facts.CookiesStored && !facts.WithoutCookies:
		// Cookies come first: without them no chart helps a new user.
		return atalaya.ScreenshotSkipped, string(atalaya.SkipNoCookies)
	}
	return captureFate(facts)
}

// recaptureRefusal returns why a signal may not be captured again now, or nil. Users may ask for a capture even if
// they have switched captures of alerts off.
func recaptureRefusal(r atalaya.RecaptureFacts) error {
	if r.Status == atalaya.ScreenshotPending || r.Status == atalaya.ScreenshotProcessing {
		return atalaya.Errorf(atalaya.CodeConflict, "A screenshot of this signal is being taken. Wait until it is completed or failed.")
	}
	switch _, reason := captureFate(r.CaptureFacts); reason {
	case string(atalaya.SkipNoChart):
		return atalaya.Errorf(atalaya.CodeConflict, "There is no chart to capture: neither the alert nor your settings name one. Set default_chart_id in your settings.")
	case string(atalaya.SkipNoCookies):
		return atalaya.Errorf(atalaya.CodeConflict, "No TradingView cookies are stored. Store both in your settings, or set capture_without_cookies there.")
	case string(atalaya.SkipMalformed):
		return atalaya.Errorf(atalaya.CodeConflict, atalaya.MalformedCookies)
	case string(atalaya.CaptureSessionExpired):
		return atalaya.Errorf(atalaya.CodeConflict, "TradingView has refused your cookies. Store new ones in your settings.")
	}
	return nil
}

// checkRefusal returns why cookies cannot be checked, nil if they can be. Cookies that TradingView has
// refused may be asked about again.
func checkRefusal(stored, malformed bool) error {
	switch {
	case malformed:
		return atalaya.Errorf(atalaya.CodeConflict, atalaya.MalformedCookies)
	case !stored:
		return atalaya.Errorf(atalaya.CodeConflict, "No TradingView cookies are stored. Store both in your settings.")
	}
	return nil
}

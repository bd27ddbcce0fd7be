package tradingview

import (
	"context"
	"time"

	"atalaya"
)

// CheckSession reports whether the session is signed in, by what the site's empty chart page says about
// its visitor. If the page says neither, or the site cannot be reached, the error is as that of Capture.
func (s *Site) CheckSession(ctx context.Context, session atalaya.TVSession) (alive bool, err error) {
	req := atalaya.CaptureRequest{Session: session, Resolution: atalaya.Res720p}
	visit, err := s.Open(ctx, req, nil)
	if err != nil {
		return false, err
	}
	defer visit.Close()
	bounded, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	c := &capture{req: req, began: time.Now(), visit: visit, page: visit.page}
	alive, err = c.signedIn(bounded, s.opts.Base.JoinPath("chart/").String())
	return alive, interrupted(ctx, err)
}

// signedIn waits until the page says whether someone is signed in. It believes that nobody is only on the
// second look in a row, because that ends a user's captures.
func (c *capture) signedIn(ctx context.Context, target string) (bool, error) {
	var err error
	if c.status, err = c.page.Navigate(ctx, target); err != nil {
		return false, c.failed(err, Verdict{Code: atalaya.CaptureSiteError, Step: "navigate", Detail: "the page did not load"})
	}
	signedOut := false
	for {
		seen, verdict, err := c.look(ctx)
		if err != nil {
			return false, c.failed(err, verdict)
		}
		said, decided := judgeStatus(seen, c.req)
		switch {
		case decided && said.Outlook == Wrong:
			return false, c.failed(nil, said)
		case !decided && seen.Authenticated && !seen.SignedOut:
			return true, nil
		case !decided && seen.SignedOut && !seen.Authenticated && signedOut:
			return false, nil
		}
		signedOut = !decided && seen.SignedOut && !seen.Authenticated
		if err := pause(ctx, pollEvery); err != nil {
			return false, c.failed(err, Verdict{Code: atalaya.CaptureSiteError, Step: "sign-in",
				Detail: "the page does not say whether anyone is signed in"})
		}
	}
}

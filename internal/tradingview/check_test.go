package tradingview_test

import (
	"testing"

	"atalaya"
	"atalaya/internal/chartsite"
)

func TestTheSitesAnswerTellsWhetherASessionIsAlive(t *testing.T) {
	t.Parallel()
	rig := newRig(t)
	ended := chartsite.NewSession("ended")
	rig.chartsite.Expire(ended)
	forged := chartsite.NewSession("ana")
	forged.Sign = chartsite.NewSession("ben").Sign
	for name, c := range map[string]struct {
		session atalaya.TVSession
		alive   bool
		code    atalaya.CaptureCode // "" if there is no error
	}{
		"good":             {session: chartsite.NewSession("ana"), alive: true},
		"ended":            {session: ended},
		"forged":           {session: forged},
		"refused by site":  {session: chartsite.NewSession("forbidden403-ana"), code: atalaya.CaptureBlocked},
		"asked for a rest": {session: chartsite.NewSession("toomany429-ana"), code: atalaya.CaptureRateLimited},
		"a captcha":        {session: chartsite.NewSession("captcha-ana"), code: atalaya.CaptureBlocked},
		"a broken site":    {session: chartsite.NewSession("error500-ana"), code: atalaya.CaptureSiteError},
		"no cookies":       {session: atalaya.TVSession{ID: "x"}, code: atalaya.CaptureCookiesUnreadable},
	} {
		alive, err := rig.site(long).CheckSession(t.Context(), c.session)
		if alive != c.alive || (err == nil) != (c.code == "") || err != nil && atalaya.CaptureCodeOf(err) != c.code {
			t.Errorf("%s: alive %v, %v; want %v, %q", name, alive, err, c.alive, c.code)
		}
	}
}

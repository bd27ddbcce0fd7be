package chartsite_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya"
	"atalaya/internal/chartsite"
)

func TestScenariosOfTheSiteAnswerAsDescribed(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	alice := chartsite.NewSession("alice")
	for chartID, c := range map[string]struct {
		session atalaya.TVSession
		want    string // as seen
		holds   string // in the page
		header  string // "Name: value", or none
	}{
		"good1":            {alice, "200 chart in", "", ""},
		"bench1":           {alice, "200 chart in", "", ""},
		"private1":         {alice, "200 message in", "has not shared it", ""},
		"private2":         {atalaya.TVSession{}, "200 message out", "has not shared it", ""},
		"signedoutpublic1": {alice, "200 chart out", "", ""},
		"forbidden403":     {alice, "403 message out", "", ""},
		"captcha1":         {alice, "200 message out", `class="h-captcha"`, ""},
		"captcha403":       {alice, "403 message out", `class="h-captcha"`, ""},
		"tooMany429":       {alice, "429 message out", "", "Retry-After: 90"},
		"redirectloop1":    {alice, "302 message nobody", "", "Location: /chart/redirectloop1/?symbol=AAPL"},
		"national1":        {alice, "302 message nobody", "", "Location: /es/chart/national1/?symbol=AAPL"},
		"nationalaway1":    {alice, "302 message nobody", "", "Location: http://es.chart.invalid/chart/nationalaway1/?symbol=AAPL"},
		"cjk1":             {alice, "200 chart in", "", ""},
	} {
		status, body, header := get(t, address+"/chart/"+chartID+"/?symbol=AAPL", c.session)
		if got := seen(status, body); got != c.want || !strings.Contains(body, c.holds) {
			t.Errorf("%s shows %q, want %q with %q in it:\n%.600s", chartID, got, c.want, c.holds, body)
		}
		if name, value, ok := strings.Cut(c.header, ": "); ok && header.Get(name) != value {
			t.Errorf("%s: %s is %q, want %q", chartID, name, header.Get(name), value)
		}
	}
	status, body, _ := get(t, address+"/es/chart/national1/?symbol=AAPL", alice)
	if got := seen(status, body); got != "200 chart in" {
		t.Errorf("the national site shows %q", got)
	}
}

func TestAResetConnectionGivesNoAnswer(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	_, _, _, err := ask(t.Context(), address+"/chart/reset1/", chartsite.NewSession("alice"))
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the answer ended with %v, want a reset", err)
	}
}

func TestTheHugePageIsAGoodOneOfSixtyMegabytes(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	status, body, _ := get(t, address+"/chart/huge1/", chartsite.NewSession("alice"))
	if got := seen(status, body); got != "200 chart in" || len(body) < 60<<20 || len(body) > 61<<20 {
		t.Errorf("the page shows %q in %d bytes", got, len(body))
	}
}

func TestADyingSessionHasOneGoodVisit(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	alice, bob := chartsite.NewSession("alice"), chartsite.NewSession("bob")
	for i, visit := range []struct {
		chartID string
		session atalaya.TVSession
		want    string
	}{
		{"dying1", alice, "200 chart in"},
		{"other1", alice, "200 chart in"},
		{"dying1", bob, "200 chart in"},
		{"dying2", alice, "200 message out"},
		{"other1", alice, "200 message out"},
		{"public1", alice, "200 chart out"},
		{"other1", bob, "200 chart in"},
	} {
		status, body, _ := get(t, address+"/chart/"+visit.chartID+"/", visit.session)
		if got := seen(status, body); got != visit.want {
			t.Errorf("visit %d, of %s: %q, want %q", i+1, visit.chartID, got, visit.want)
		}
	}
}

func TestATestCanChooseTheScenarioOfAnyChart(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	alice := chartsite.NewSession("wrongsymbol-alice") // the chosen scenario wins over the session's
	choose := func(body string) int {
		res, err := http.Post(address+"/_site/scenario", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		_, _ = io.Copy(io.Discard, res.Body)
		return res.StatusCode
	}
	for _, c := range []struct {
		body   string
		status int
		want   string // what the chart AbCd1234 shows afterwards
	}{
		{`{"chart_id":"AbCd1234","scenario":"error500"}`, 204, "500 message out"},
		{`{"chart_id":"AbCd1234","scenario":"toomany429"}`, 204, "429 message out"},
		{`{"chart_id":"AbCd1234","scenario":"nosuch"}`, 400, "429 message out"},
		{`{"chart_id":"a/b","scenario":"error500"}`, 400, "429 message out"},
		{`error500`, 400, "429 message out"},
		{`{"chart_id":"AbCd1234","scenario":"slow100"}`, 204, "200 chart in"},
		{`{"chart_id":"Other123","scenario":"error500"}`, 204, "200 chart in"},
		{`{"chart_id":"AbCd1234","scenario":"notfound"}`, 204, "404 message out"},
		{`{"chart_id":"AbCd1234","scenario":""}`, 204, "200 chart in"},
	} {
		if got := choose(c.body); got != c.status {
			t.Errorf("%s: %d, want %d", c.body, got, c.status)
		}
		status, body, _ := get(t, address+"/chart/AbCd1234/", alice)
		if got := seen(status, body); got != c.want {
			t.Errorf("after %s the chart shows %q, want %q", c.body, got, c.want)
		}
	}
}

func TestWhateverIsNotTheChartAskedForIsOnRecordAsFlawed(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	alice := chartsite.NewSession("alice")
	type drawn struct {
		Symbol string
		Flaw   chartsite.Flaw
	}
	const apple, other = "NASDAQ:AAPL", "BINANCE:ETHUSDT"
	want := map[string][]drawn{
		"good1":           {{apple, chartsite.FlawLate}, {apple, ""}},
		"late1":           {{apple, chartsite.FlawLate}, {apple, ""}},
		"latecollapsed1":  {{apple, chartsite.FlawLate}, {apple, ""}},
		"stale1":          {{other, chartsite.FlawStale}, {apple, chartsite.FlawLate}, {apple, ""}},
		"staleinterval1":  {{apple, chartsite.FlawStale}, {apple, chartsite.FlawLate}, {apple, ""}},
		"exchangeahead1":  {{"KRAKEN:AAPL", chartsite.FlawLate}, {"KRAKEN:AAPL", ""}},
		"pair1":           {{apple, chartsite.FlawAlone}, {apple, ""}},
		"wrongthenright1": {{other, chartsite.FlawStale}, {apple, chartsite.FlawLate}, {apple, ""}},
		"rightthenwrong1": {{apple, ""}, {other, chartsite.FlawLate}, {other, ""}},
		"half1":           {{apple, chartsite.FlawLate}, {apple, chartsite.FlawHalf}},
		"latehalf1":       {{apple, chartsite.FlawHalf}, {apple, ""}},
		"blank1":          {{apple, chartsite.FlawBlank}},
		"blankthengood1":  {{apple, chartsite.FlawBlank}, {apple, chartsite.FlawLate}, {apple, ""}},
		"stepping1":       {{apple, chartsite.FlawLate}, {apple, chartsite.FlawMoving}},
		"wrongshot1":      {{other, chartsite.FlawStale}, {apple, chartsite.FlawLate}, {apple, ""}},
		"gopro1":          {{apple, chartsite.FlawLate}, {apple, ""}},
		"four1":           {{apple, chartsite.FlawLate}, {apple, ""}},
	}
	for chartID := range want {
		if status, body, _ := get(t, address+dataPath(chartID, apple, "5"), alice); status != http.StatusOK {
			t.Fatalf("%s: %d %s", chartID, status, body)
		}
	}
	got, covers := make(map[string][]drawn), make(map[string]int)
	for _, d := range site.Draws() {
		if d.Flaw == chartsite.FlawCovered { // each page has one, for whatever lies over its charts
			covers[d.ChartID]++
			continue
		}
		got[d.ChartID] = append(got[d.ChartID], drawn{d.Symbol, d.Flaw})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the record (-want +got):\n%s", diff)
	}
	for chartID := range want {
		if covers[chartID] != 1 {
			t.Errorf("%s has %d drawings for what lies over it", chartID, covers[chartID])
		}
	}
	if status, _, _ := get(t, address+dataPath("private1", apple, "5"), alice); status != http.StatusForbidden {
		t.Errorf("data of a private layout: %d", status)
	}
}

func TestTheBenchmarksChartHasFiveHundredCandles(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	_, body, _ := get(t, address+dataPath("bench1", "AAPL", "5"), chartsite.NewSession("alice"))
	var answer struct {
		Frames []struct{ Bars []struct{ Time int64 } }
	}
	err := json.Unmarshal([]byte(body), &answer)
	if err != nil || len(answer.Frames) != 2 || len(answer.Frames[0].Bars) != 500 || answer.Frames[1].Bars != nil {
		t.Errorf("the chart has %d frames, the first %d candles: %v", len(answer.Frames), len(answer.Frames[0].Bars), err)
	}
}

func TestDigitsOfAChartIDSayHowLongTheFirstFrameIsShown(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	for chartID, want := range map[string]int64{
		"late": 1500, "late20": 20, "stale3000": 3000, "latehalf7": 7, "wrongshot5": 0, "late99999999": 60_000, "late20x": 1500,
	} {
		_, body, _ := get(t, address+dataPath(chartID, "AAPL", "5"), chartsite.NewSession("alice"))
		var answer struct {
			Frames []struct {
				StandsMS int64 `json:"stands_ms"`
			}
		}
		err := json.Unmarshal([]byte(body), &answer)
		if err != nil || len(answer.Frames) == 0 || answer.Frames[0].StandsMS != want {
			t.Errorf("%s: %+v, want %d ms (%v)", chartID, answer.Frames, want, err)
		}
	}
}

package main

import (
	"encoding/json"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCaptureWritesAPictureOfTheResolutionsSize(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := program{dir: dir}.run(t, "capture", "--demo", "--chart", "Zk4Tq9Lm", "--symbol", "BINANCE:ETHUSDT", "--interval", "15",
		"--resolution", "720p", "-o", "eth.png")
	holds(t, r.ok(t), "BINANCE:ETHUSDT 15", "1200x683", "user_chart", "the chart alone in a window of 1280x720")
	file, err := os.Open(filepath.Join(dir, "eth.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size.X != 1200 || size.Y != 683 {
		t.Errorf("the picture is %s, want 1200x683", size)
	}
}

func TestCaptureSaysWhyThereIsNoPictureAndWritesNone(t *testing.T) {
	t.Parallel()
	for chart, code := range map[string]string{"notfoundA1": "chart_not_found", "expiredA1": "session_expired"} {
		dir := t.TempDir()
		program{dir: dir}.run(t, "capture", "--demo", "--chart", chart, "-o", "none.png").refused(t, code)
		if _, err := os.Stat(filepath.Join(dir, "none.png")); err == nil {
			t.Errorf("%s: a picture was written", chart)
		}
	}
}

func TestCaptureEndsWithOneLineOfJSONWithFixedMembers(t *testing.T) {
	t.Parallel()
	type line struct {
		Code, Source, Symbol, Interval string
		Width, Height                  int
		Seconds                        float64
		Warnings                       []string
	}
	members := []string{"code", "height", "interval", "seconds", "source", "symbol", "warnings", "width"}
	parse := func(out string) (l line) {
		last := out[strings.LastIndex(strings.TrimSuffix(out, "\n"), "\n")+1:]
		var all map[string]any
		if err := json.Unmarshal([]byte(last), &all); err != nil {
			t.Fatalf("the last line is no JSON: %v\n%s", err, out)
		}
		if got := slices.Sorted(maps.Keys(all)); !slices.Equal(got, members) {
			t.Errorf("the members are %q, want %q", got, members)
		}
		if err := json.Unmarshal([]byte(last), &l); err != nil || l.Warnings == nil {
			t.Errorf("%s: %v, warnings %v", last, err, l.Warnings)
		}
		return l
	}

	dir := t.TempDir()
	good := parse(program{dir: dir}.run(t, "capture", "--demo", "--json", "--chart", "Zk4Tq9Lm", "--symbol", "BINANCE:ETHUSDT", "--interval", "15",
		"--resolution", "720p", "-o", "eth.png").ok(t))
	if good.Code != "completed" || good.Source == "" || good.Symbol != "BINANCE:ETHUSDT" || good.Interval != "15" || good.Width < 1000 || good.Seconds <= 0 {
		t.Errorf("a good capture ends with %+v", good)
	}
	if _, err := os.Stat(filepath.Join(dir, "eth.png")); err != nil {
		t.Error(err)
	}

	failed := program{}.run(t, "capture", "--demo", "--json", "--chart", "notfoundA1", "-o", "none.png")
	if failed.code != 1 {
		t.Errorf("a failed capture ends with status %d, want 1", failed.code)
	}
	if bad := parse(failed.out); bad.Code != "chart_not_found" || bad.Source != "" || bad.Width != 0 {
		t.Errorf("a failed capture ends with %+v", bad)
	}
}

func TestCaptureTakesWhatAlertsTakeAndRefusesTheRestAtOnce(t *testing.T) {
	t.Parallel()
	holds(t, program{}.run(t, "capture", "--demo", "--resolution", "720p").ok(t), "chart.png: ")
	holds(t, program{}.run(t, "capture", "--demo", "--chart", "https://www.tradingview.com/chart/Zk4Tq9Lm/?symbol=X", "--symbol", "binance:ethusdt",
		"--interval", "4h", "--resolution", "720p").ok(t), "BINANCE:ETHUSDT 240")
	noBrowser := []string{"capture", "--browser", "/does/not/exist"} // so that only flags can be refused first
	program{}.run(t, noBrowser...).refused(t, "--chart", "--symbol", "--demo")
	program{}.run(t, append(noBrowser, "--chart", "https://example.com/x")...).refused(t, "is no chart's URL", "/chart/AbCd1234/")
	program{}.run(t, append(noBrowser, "--chart", "Zk4Tq9Lm", "--interval", "soon")...).refused(t, `"soon" is no interval`, "15m")
}

func TestCaptureWantsBothCookiesOrNone(t *testing.T) {
	t.Parallel()
	program{env: []string{"ATALAYA_SESSIONID=s3cret"}}.run(t, "capture", "--chart", "Zk4Tq9Lm").
		refused(t, "ATALAYA_SESSIONID and ATALAYA_SESSIONID_SIGN go together")
}

func TestAnUnknownVerbIsAnsweredWithWhereToLook(t *testing.T) {
	t.Parallel()
	program{}.run(t, "nonsense").refused(t, "atalaya --help")
	holds(t, program{}.run(t, "--help").ok(t), "dev", "serve", "doctor")
}

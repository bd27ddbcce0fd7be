package main

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func TestCaptureWritesAPictureOfTheResolutionsSize(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := program{dir: dir}.run(t, "capture", "--demo", "--chart", "Zk4Tq9Lm", "--symbol", "BINANCE:ETHUSDT", "--interval", "15",
		"--resolution", "720p", "-o", "eth.png")
	holds(t, r.ok(t), "BINANCE:ETHUSDT 15", "1200x683", "user_chart")
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

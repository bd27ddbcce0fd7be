package tradingview_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"atalaya"
	"atalaya/internal/chartsite"
)

// The test takes 30 pictures, every tenth of a page that crashes. It is not parallel: it counts the program's
// goroutines.
func TestManyCapturesLeaveNothingBehind(t *testing.T) { //nolint:paralleltest // see above
	const captures = 30
	rig := newRig(t)
	site := rig.site(long)
	goroutines, heap := 0, uint64(0)
	for i := 1; i <= captures; i++ {
		chart, want := "AbC12345", atalaya.CaptureCode("")
		if i%10 == 0 {
			chart, want = "crash", atalaya.CaptureBrowserCrashed
		}
		_, err := site.Capture(t.Context(), atalaya.CaptureRequest{
			ChartID: chart, Resolution: atalaya.Res720p, Session: chartsite.NewSession("ana"),
		}, nil)
		if (err != nil) != (want != "") || err != nil && atalaya.CaptureCodeOf(err) != want {
			t.Fatalf("capture %d of %s: %v", i, chart, err)
		}
		if i == 9 || i == captures-1 { // neither follows a crash at once
			runtime.GC()
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			if i == 9 {
				goroutines, heap = runtime.NumGoroutine(), memory.HeapAlloc
				continue
			}
			if now := runtime.NumGoroutine(); now > goroutines+10 {
				t.Errorf("%d goroutines, after 9 captures %d", now, goroutines)
			}
			if memory.HeapAlloc > heap+32<<20 {
				t.Errorf("%d MB of heap, after 9 captures %d MB", memory.HeapAlloc>>20, heap>>20)
			}
			if browsers, profiles := rig.left(t); browsers != 1 || profiles != 1 {
				t.Errorf("%d browsers and %d profile folders, want one of each", browsers, profiles)
			}
		}
	}
	rig.browser.Stop()
	if browsers, profiles := rig.left(t); browsers != 0 || profiles != 0 {
		t.Errorf("after the end %d browsers and %d profile folders are left", browsers, profiles)
	}
}

// left returns the number of browsers that run with a profile of the rig, and of profile folders.
func (r rig) left(t *testing.T) (browsers, profiles int) {
	t.Helper()
	commands, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range commands {
		line, _ := os.ReadFile(name) // gone: none
		if strings.Contains(string(line), "--user-data-dir="+r.folder) && !strings.Contains(string(line), "--type=") {
			browsers++
		}
	}
	entries, err := filepath.Glob(filepath.Join(r.folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if info, err := os.Stat(entry); err == nil && info.IsDir() {
			profiles++
		}
	}
	return browsers, profiles
}

package chromium_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"atalaya/internal/chromium"
	"atalaya/internal/test/program"
	"atalaya/internal/test/wait"
)

// processes returns the running processes of the rig's browsers by pid: those with the rig's folder on their command
// line, and all their descendants.
func (r rig) processes(t *testing.T) map[int]process {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	all, ours := map[int]process{}, map[int]process{}
	for _, d := range dirs {
		cmdline, _ := os.ReadFile(d + "/cmdline")
		stat, err := os.ReadFile(d + "/stat")
		if err != nil || len(cmdline) == 0 { // gone, or a zombie
			continue
		}
		p := process{cmdline: string(cmdline)}
		p.pid, _ = strconv.Atoi(filepath.Base(d))
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		p.parent, _ = strconv.Atoi(fields[1])
		p.group, _ = strconv.Atoi(fields[2])
		all[p.pid] = p
	}
	for pid := range all {
		for at, ok := all[pid]; ok; at, ok = all[at.parent] {
			if strings.Contains(at.cmdline, r.folder) {
				ours[pid] = all[pid]
			}
		}
	}
	return ours
}

type process struct {
	pid, parent, group int
	cmdline            string
}

// group returns the process group of the rig's newest browser.
func (r rig) group(t *testing.T) (newest int) {
	t.Helper()
	for _, p := range r.processes(t) {
		newest = max(newest, p.group)
	}
	if newest == 0 {
		t.Fatal("no browser runs")
	}
	return newest
}

// eventuallyGone waits until no process of a group is left.
func eventuallyGone(t *testing.T, group int) {
	t.Helper()
	wait.For(t, fmt.Sprintf("no process of group %d is left", group), func() bool { return syscall.Kill(-group, 0) != nil })
}

func TestACrashedPageReturnsErrCrashedAndTheNextOneWorks(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<p>here</p>`))
	rig := newRig(t, site.URL)
	page := rig.open(t, 800, 600)
	visit(t, page, site.URL)
	for pid, p := range rig.processes(t) {
		if strings.Contains(p.cmdline, "--type=renderer") {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out any
	err := page.Eval(within(t), `new Promise(() => {})`, &out)
	var marked interface{ Crashed() bool }
	if !errors.Is(err, chromium.ErrCrashed) || !errors.As(err, &marked) || !marked.Crashed() {
		t.Errorf("error %v, want ErrCrashed", err)
	}
	if !rig.Running() {
		t.Error("one page's crash took the browser down")
	}
	page.Close()
	visit(t, rig.open(t, 800, 600), site.URL)
}

func TestAKilledBrowserIsReplacedAndItsRemainsAreCleared(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<p>here</p>`))
	rig := newRig(t, site.URL)
	page := rig.open(t, 800, 600)
	visit(t, page, site.URL)
	before := rig.processes(t)
	leader := 0
	for _, p := range before {
		if leader != 0 && p.group != leader {
			t.Errorf("process %d left the browser's group: %s", p.pid, p.cmdline)
		}
		leader = p.group
	}
	if len(before) < 2 {
		t.Fatalf("processes %v: a browser has several", before)
	}
	if err := syscall.Kill(leader, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	var out any
	if err := page.Eval(within(t), `new Promise(() => {})`, &out); !errors.Is(err, chromium.ErrCrashed) {
		t.Errorf("error %v, want ErrCrashed", err)
	}
	page.Close()
	visit(t, rig.open(t, 800, 600), site.URL)
	eventuallyGone(t, leader)
	if entries, err := os.ReadDir(rig.folder); err != nil || len(entries) != 1 {
		t.Errorf("profile folders %v, %v; want that of the living browser", entries, err)
	}
}

func TestStopLeavesNoProcessAndNoFolder(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<p>here</p>`))
	rig := newRig(t, site.URL)
	page := rig.open(t, 800, 600)
	visit(t, page, site.URL)
	if !rig.Running() {
		t.Error("a browser with an open page is not running")
	}
	running := rig.processes(t)
	if len(running) == 0 {
		t.Error("no process of the browser was found")
	}
	if os.Geteuid() == 0 {
		for pid := range running {
			info, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
			if err == nil && info.Sys().(*syscall.Stat_t).Uid == 0 {
				t.Errorf("process %d of the browser runs as root", pid)
			}
		}
	}
	rig.Stop()
	rig.Stop()
	if left := rig.processes(t); len(left) > 0 {
		t.Errorf("processes left: %v", left)
	}
	entries, err := os.ReadDir(rig.folder)
	if err != nil || len(entries) > 0 {
		t.Errorf("left in the profile folder: %v, %v", entries, err)
	}
	var out any
	if err := page.Eval(within(t), `1`, &out); err == nil {
		t.Error("a page works after Stop")
	}
	if _, err := rig.NewPage(within(t), 800, 600); err == nil {
		t.Error("a page opens after Stop")
	}
	if rig.Running() {
		t.Error("running after Stop")
	}
}

func TestAnOpeningThatIsCancelledLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<p>here</p>`))
	rig := newRig(t, site.URL)
	rig.open(t, 800, 600).Close()
	for i := range 20 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*time.Millisecond)
		if page, err := rig.NewPage(ctx, 800, 600); err == nil {
			page.Close()
		} else if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the deadline", err)
		}
		cancel()
	}
	page := rig.open(t, 800, 600)
	visit(t, page, site.URL)
}

func TestAProcessThatHasServedItsPagesIsReplacedOnceTheyAreClosed(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<p>here</p>`))
	rig := newRig(t, site.URL, func(o *chromium.Options) { o.PagesPerProcess = 2 })
	first, second := rig.open(t, 800, 600), rig.open(t, 800, 600)
	old := rig.group(t)
	third := rig.open(t, 800, 600)
	for _, page := range []*chromium.Page{first, second, third} {
		visit(t, page, site.URL)
	}
	first.Close()
	visit(t, second, site.URL)
	second.Close()
	eventuallyGone(t, old)
	visit(t, third, site.URL)
	if now := rig.group(t); now == old {
		t.Error("the third page is in the first process")
	}
}

func TestABrowserThatCannotHaveASandboxRunsWithoutAndSaysSoOnce(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<p>here</p>`))
	script := withoutSandbox(t)
	var log bytes.Buffer
	rig := newRig(t, site.URL, func(o *chromium.Options) {
		o.Executable = script
		o.PagesPerProcess = 1
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	for range 2 {
		page := rig.open(t, 800, 600)
		visit(t, page, site.URL)
		page.Close()
	}
	if n := strings.Count(log.String(), "without its sandbox"); n != 1 {
		t.Errorf("warned %d times, want once:\n%s", n, log.String())
	}
}

func TestARequiredSandboxIsNeverGivenUp(t *testing.T) {
	t.Parallel()
	rig := newRig(t, "http://127.0.0.1:1", func(o *chromium.Options) {
		o.Executable, o.RequireSandbox = withoutSandbox(t), true
	})
	for range 2 { // a failure must not switch the sandbox off
		if page, err := rig.NewPage(within(t), 800, 600); !errors.Is(err, chromium.ErrNoSandbox) {
			page.Close()
			t.Fatalf("a page opens: %v", err)
		}
	}
}

// withoutSandbox returns a browser that fails to start with a sandbox.
func withoutSandbox(t *testing.T) (script string) {
	t.Helper()
	real, err := chromium.New(chromium.Options{Proxy: "127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	script = filepath.Join(program.Folder(t), "browser")
	if err := os.WriteFile(script, []byte(fmt.Sprintf(`#!/bin/sh
case "$*" in
*--no-sandbox*) exec %q "$@" ;;
esac
echo "FATAL: No usable sandbox! Update your kernel" >&2
exit 1
`, real.Executable())), 0o755); err != nil {
		t.Fatal(err)
	}
	return script
}

func TestABrowserThatDoesNotStartSaysWhy(t *testing.T) {
	t.Parallel()
	rig := newRig(t, "http://127.0.0.1:1", func(o *chromium.Options) { o.Executable = "/bin/false" })
	if _, err := rig.NewPage(within(t), 800, 600); err == nil || !strings.Contains(err.Error(), "start the browser") || !strings.HasSuffix(err.Error(), "is /bin/false a Chromium or Chrome?") {
		t.Errorf("error %v", err)
	}
	if entries, err := os.ReadDir(rig.folder); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// childFolder names the variable that makes the test below the program to be killed.
const childFolder = "ATALAYA_TEST_BROWSER_FOLDER"

func TestTheBrowserDiesWithAProgramThatIsKilled(t *testing.T) {
	t.Parallel()
	if folder := os.Getenv(childFolder); folder != "" {
		browser, err := chromium.New(chromium.Options{Proxy: "127.0.0.1:1", Folder: folder})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := browser.NewPage(within(t), 800, 600); err != nil {
			t.Fatal(err)
		}
		fmt.Println("\nopen")
		select {} // until killed
	}
	rig := newRig(t, "http://127.0.0.1:1") // for its folder
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), childFolder+"="+rig.folder)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != "open"; {
	}
	group := rig.group(t)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // the error of a killed process
	eventuallyGone(t, group)
}

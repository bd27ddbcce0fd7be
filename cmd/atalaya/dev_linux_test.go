package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	runner "atalaya/internal/test/program"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
	"atalaya/internal/test/web"
)

// running is a service that is ready.
type running struct {
	*runner.Program
	url         string
	hook, token string // of the demo user, as the welcome prints them
}

var (
	printedHook  = regexp.MustCompile(`http://127\.0\.0\.1:\d+/webhook/\w+`)
	printedToken = regexp.MustCompile(`export ATALAYA_TOKEN=(\S+)`)
)

// startDev runs `atalaya dev` on a folder and waits until it is ready.
func startDev(t *testing.T, data, port string, more ...string) *running {
	t.Helper()
	r := start(t, program{dir: data}, port, append([]string{"dev", "--data", data, "--port", port}, more...)...)
	wait.For(t, "the welcome is printed", func() bool { return strings.Contains(r.Output(), "Ctrl-C") })
	r.hook = printedHook.FindString(r.Output())
	if match := printedToken.FindStringSubmatch(r.Output()); match != nil {
		r.token = match[1]
	}
	return r
}

// start runs a program that serves on a port, and waits until it is ready.
func start(t *testing.T, p program, port string, args ...string) *running {
	t.Helper()
	cmd := p.command(t.Context(), t, args...) // is not run: the runner takes over its path and environment
	r := &running{url: "http://127.0.0.1:" + port, Program: &runner.Program{Path: cmd.Path, Args: args, Env: cmd.Env, Bare: true, Dir: cmd.Dir}}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Terminate(patience); errors.Is(err, runner.ErrKilled) {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(r.Output())
		}
	})
	if err := r.Ready(t.Context(), r.url+"/readyz"); err != nil {
		t.Fatal(err)
	}
	return r
}

// get returns a route's status and body, or 0 if nothing answers.
func (r *running) get(t *testing.T, path string) (status int, body []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	status, body, _ = web.Send(ctx, http.MethodGet, r.url+path, r.token, nil)
	return status, body
}

// process identifies a process even if its pid is used again later.
type process struct{ pid, parent, born string }

// processes lists the running processes, without those that have ended and wait to be reaped.
func processes(t *testing.T) []process {
	t.Helper()
	names, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var list []process
	for _, name := range names {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue // it has just ended
		}
		// pid (name) state parent …, the 22nd being when it began; a name may hold anything.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if fields[0] != "Z" && fields[0] != "X" {
			list = append(list, process{pid: strings.Fields(string(stat))[0], parent: fields[1], born: fields[19]})
		}
	}
	return list
}

// descendants returns the processes that a service has started, and theirs: at least its database and its browser.
func descendants(t *testing.T, pid int) []process {
	t.Helper()
	all := processes(t)
	family := []process{{pid: strconv.Itoa(pid)}}
	for i := 0; i < len(family); i++ {
		for _, p := range all {
			if p.parent == family[i].pid {
				family = append(family, p)
			}
		}
	}
	if len(family) < 3 {
		t.Fatalf("the service has the descendants %v, want at least its database and its browser", family[1:])
	}
	return family[1:]
}

// left returns those of a list that still run, whatever their parent is now.
func left(t *testing.T, list []process) []process {
	t.Helper()
	alive := processes(t)
	return slices.DeleteFunc(slices.Clone(list), func(p process) bool {
		return !slices.ContainsFunc(alive, func(q process) bool { return q.pid == p.pid && q.born == p.born })
	})
}

func TestDevGoesOnWithTheSameDataAfterItWasKilled(t *testing.T) {
	t.Parallel()
	data := runner.Folder(t)
	first := startDev(t, data, testkit.FreePort(t), "--no-demo-data")

	program{}.run(t, "dev", "--data", data, "--port", testkit.FreePort(t)).refused(t, "another atalaya dev is running with "+data, "--data")
	if status, _ := first.get(t, "/livez"); status != http.StatusOK {
		t.Fatalf("the first one answers %d after a second was refused", status)
	}

	picture := program{stdin: demoAlert, env: []string{"ATALAYA_TOKEN=" + first.token}}.run(t, "alert", "send", "--url", first.hook).ok(t)
	holds(t, picture, first.url+"/pictures/")
	family := descendants(t, first.PID())
	if err := syscall.Kill(first.PID(), syscall.SIGKILL); err != nil { // alone: what it has started has to end by itself
		t.Fatal(err)
	}
	<-first.Exited()

	second := startDev(t, data, testkit.FreePort(t)) // the folder is not new, so no demo data either
	wait.For(t, "nothing is left of the killed program", func() bool { return len(left(t, family)) == 0 })
	if second.hook[strings.LastIndex(second.hook, "/"):] != first.hook[strings.LastIndex(first.hook, "/"):] {
		t.Error("the demo user has another webhook token after the restart")
	}
	status, body := second.get(t, "/api/signals")
	var list struct {
		Data []struct {
			Status string `json:"screenshot_status"`
		}
	}
	if err := json.Unmarshal(body, &list); err != nil || status != http.StatusOK {
		t.Fatalf("/api/signals answers %d %s: %v", status, body, err)
	}
	if len(list.Data) != 1 || list.Data[0].Status != "completed" {
		t.Errorf("the signals after the restart are %+v, want the one that was completed before", list.Data)
	}
	if status, _ := second.get(t, strings.TrimSpace(strings.TrimPrefix(picture, first.url))); status != http.StatusOK {
		t.Errorf("the picture from before answers %d", status)
	}
	another := strings.Replace(demoAlert, "67890.50", "67891.50", 1) // the same again would be a repeat
	picture = program{stdin: another, env: []string{"ATALAYA_TOKEN=" + second.token}}.run(t, "alert", "send", "--url", second.hook).ok(t)
	holds(t, picture, second.url+"/pictures/")
	holds(t, program{}.run(t, "user", "list", "--env-file", filepath.Join(data, devSettings)).ok(t), demoUser)
}

func TestDevSaysThatItsPortIsTakenBeforeItStartsAnything(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	data := filepath.Join(runner.Folder(t), "data")
	program{}.run(t, "dev", "--data", data, "--port", port).refused(t, "port "+port+" cannot be used", "--port or PORT")
	program{env: []string{"PORT=" + port}}.run(t, "dev", "--data", data).refused(t, "port "+port+" cannot be used")
	if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("dev made its folder although its port is taken: %v", err)
	}
}

func TestDevEndsWithEverythingThatItStarted(t *testing.T) {
	t.Parallel()
	r := startDev(t, runner.Folder(t), testkit.FreePort(t))
	family := descendants(t, r.PID())
	if err := syscall.Kill(r.PID(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	<-r.Exited()
	if err := r.Terminate(patience); err != nil {
		t.Errorf("dev ended with %v, want status 0", err)
	}
	if alive := left(t, family); len(alive) != 0 {
		t.Errorf("%d processes are left: %v", len(alive), alive)
	}
}

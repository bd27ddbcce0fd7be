package program_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"atalaya/internal/test/program"
	"atalaya/internal/test/wait"
)

func shell(script string) *program.Program {
	return &program.Program{Path: "/bin/sh", Args: []string{"-c", script}}
}

func TestReadyWaitsForAProgramAndTerminateEndsIt(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	p := shell("sleep 600 & wait")
	for range 2 { // it can be started again
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		if err := p.Ready(t.Context(), server.URL); err != nil {
			t.Error(err)
		}
		if err := p.Terminate(time.Minute); err == nil || !strings.Contains(err.Error(), "terminated") {
			t.Errorf("the program ended with %v, want the signal", err)
		}
		p.Kill() // does nothing
	}
}

func TestAProgramThatEndsEarlySaysWhy(t *testing.T) {
	t.Parallel()
	p := shell("echo no port for me; exit 3")
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	port, err := program.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(t.Context(), "http://127.0.0.1:"+port); err == nil || !strings.Contains(err.Error(), "no port for me") {
		t.Errorf("%v, want what it printed", err)
	}
}

func TestAProgramThatDoesNotEndIsKilled(t *testing.T) {
	t.Parallel()
	p := shell("trap '' TERM; echo deaf; while :; do sleep 600; done")
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	wait.For(t, "the program ignores SIGTERM", func() bool { return strings.Contains(p.Output(), "deaf") })
	if err := p.Terminate(100 * time.Millisecond); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("%v, want that it was killed", err)
	}
}

func TestStoppingAProgramThatDoesNotRunDoesNothing(t *testing.T) {
	t.Parallel()
	p := &program.Program{Path: "/nonexistent/program"}
	if err := p.Start(); err == nil || !strings.Contains(err.Error(), "program") {
		t.Errorf("%v, want an error that names it", err)
	}
	p.Kill()
	if err := p.Terminate(time.Second); err != nil {
		t.Error(err)
	}
}

package main

import (
	"log/slog"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestShellsAskTheProgramWhatMayFollow(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"atalaya doc": "doctor", "atalaya user cr": "create", "atalaya serve --dom": "--domain", "atalaya completion z": "zsh",
	} {
		holds(t, program{env: []string{"COMP_LINE=" + line}}.run(t).ok(t), want)
	}
	for shell, want := range map[string]string{"bash": "complete -C atalaya atalaya", "zsh": "#compdef atalaya", "fish": "complete -c atalaya"} {
		holds(t, program{}.run(t, "completion", shell).ok(t), want)
	}
	bash := exec.CommandContext(t.Context(), "bash", "-c", scripts("bash")+"complete -p atalaya")
	if out, err := bash.CombinedOutput(); err != nil || !strings.Contains(string(out), "complete -C 'atalaya' atalaya") && !strings.Contains(string(out), "complete -C atalaya atalaya") {
		t.Errorf("bash says %q, %v", out, err)
	}
	program{}.run(t, "completion", "csh").refused(t, "bash")
}

func TestTheManualNamesEveryVerbAndEverySetting(t *testing.T) {
	t.Parallel()
	page := program{}.run(t, "man").ok(t)
	holds(t, page, ".TH ATALAYA 1", ".SS serve", ".SS user create <email>", `\-\-domain=NAME`, ".B DATABASE_URL", "/etc/atalaya/atalaya.env")
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !strings.Contains(".TH .SH .SS .TP .B ", strings.Fields(line)[0]+" ") {
			t.Errorf("roff would take this for a request: %s", line)
		}
	}
}

func TestSystemdIsToldThatTheServiceIsReady(t *testing.T) {
	t.Parallel()
	if tellReady("", nil) != nil {
		t.Error("without a socket somebody is told")
	}
	address := &net.UnixAddr{Name: filepath.Join(t.TempDir(), "notify"), Net: "unixgram"}
	socket, err := net.ListenUnixgram("unixgram", address)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	tellReady(address.Name, slog.New(slog.DiscardHandler))()
	if err := socket.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 64)
	n, err := socket.Read(said)
	if err != nil || string(said[:n]) != "READY=1" {
		t.Errorf("systemd is told %q, %v", said[:n], err)
	}
}

package main

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

func TestShellsAskTheProgramForCompletions(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"atalaya doc": "doctor\n", "atalaya user cr": "create\n", "atalaya serve --dom": "--domain\n", "atalaya completion z": "zsh\n",
	} {
		if got := (program{env: []string{"COMP_LINE=" + line}}).run(t).ok(t); got != want {
			t.Errorf("after %q the program says %q, want %q", line, got, want)
		}
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

func TestCompletionOffersEveryCommandFlagAndValue(t *testing.T) { //nolint:paralleltest // the line to complete is in the environment of the process
	parser, err := kong.New(&cli{}, kong.Name("atalaya"))
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	follows := func(line string, want []string) {
		t.Helper()
		t.Setenv("COMP_LINE", line)
		var out bytes.Buffer
		if err := run(t.Context(), nil, streams{in: strings.NewReader(""), out: &out, err: io.Discard}); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		got := strings.Fields(out.String())
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after %q (-want +got):\n%s", line, diff)
		}
		asked++
	}
	var walk func(node *kong.Node, inherited []string)
	walk = func(node *kong.Node, inherited []string) {
		var commands []string
		flags := slices.Clone(inherited)
		for _, flag := range node.Flags {
			flags = append(flags, "--"+flag.Name)
			if flag.Short != 0 {
				flags = append(flags, "-"+string(flag.Short))
			}
		}
		follows(node.FullPath()+" -", slices.Clone(flags))
		for _, flag := range node.Flags {
			if flag.Enum != "" {
				follows(node.FullPath()+" --"+flag.Name+" ", flag.EnumSlice())
			}
		}
		for _, child := range node.Children {
			commands = append(commands, child.Name)
			walk(child, flags)
		}
		switch {
		case len(commands) > 0:
			follows(node.FullPath()+" ", commands)
		case len(node.Positional) > 0 && node.Positional[0].Enum != "":
			follows(node.FullPath()+" ", node.Positional[0].EnumSlice())
		}
	}
	walk(parser.Model.Node, nil)
	if asked < 50 {
		t.Errorf("only %d lines were tried", asked)
	}
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

func TestSystemdIsNotifiedThatTheServiceIsReady(t *testing.T) {
	t.Parallel()
	if tellReady("", nil) != nil {
		t.Error("without a socket tellReady returns a function")
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
		t.Errorf("systemd got %q, %v", said[:n], err)
	}
}

package install

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"atalaya/internal/test/program"
)

// machine is a Debian in a folder, booted by systemd-nspawn. It shares this machine's network.
type machine struct {
	root   string
	nspawn *program.Program
	leader string // process id of its systemd, as seen from here
}

// inside are the packages of the machine beside Debian's base: what the package recommends, and shells and man
// to try its completions and its page.
var inside = []string{
	"systemd", "systemd-sysv", "dbus", "adduser", "ca-certificates", "chromium-headless-shell", "fonts-liberation",
	"bash-completion", "fish", "zsh", "man-db", "procps",
}

// debootstrap installs the Debian.
func (m *machine) debootstrap(ctx context.Context) error {
	// This Debian need not survive a power cut.
	_, err := command(ctx, "env", "DPKG_FORCE=unsafe-io", "debootstrap", "--variant=minbase", "--include="+strings.Join(inside, ","), "bookworm", m.root)
	return err
}

// nspawn is systemd-nspawn on a folder. If this machine has no unified control groups, it gets them in a mount
// namespace of its own, and nothing outside changes.
func nspawn(root string, args ...string) *program.Program {
	const script = `[ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] || { umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup; } && exec "$@"`
	return &program.Program{Path: "/usr/bin/unshare", Args: append([]string{
		"--mount", "--propagation", "private", "sh", "-c", script, "nspawn",
		"systemd-nspawn", "--quiet", "--keep-unit", "--register=no", "--directory", root, "--console=pipe", "--resolv-conf=off",
	}, args...)}
}

// boot starts systemd inside.
func (m *machine) boot(ctx context.Context) error {
	m.nspawn = nspawn(m.root, "--boot")
	if err := m.nspawn.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for {
		if m.leader == "" {
			m.leader = systemdBelow(m.nspawn.PID())
		}
		state := "no systemd yet"
		if m.leader != "" {
			state, _ = m.run(ctx, "systemctl", "is-system-running")
		}
		if state == "running" || state == "degraded" {
			return nil
		}
		select {
		case <-m.nspawn.Exited():
			return fmt.Errorf("systemd-nspawn ended: %s", m.nspawn.Output())
		case <-ctx.Done():
			return fmt.Errorf("the machine has not booted, its systemd is %q: %s", state, m.nspawn.Output())
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// systemdBelow returns the id of the first child of a process that is systemd, or "".
func systemdBelow(pid int) string {
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return ""
	}
	for child := range strings.FieldsSeq(string(children)) {
		name, err := os.ReadFile("/proc/" + child + "/comm")
		if err == nil && strings.TrimSpace(string(name)) == "systemd" {
			return child
		}
	}
	return ""
}

// run runs a command inside, as root, and returns what it prints.
func (m *machine) run(ctx context.Context, args ...string) (string, error) {
	if m.leader == "" {
		return "", errors.New("the machine does not run")
	}
	enter := []string{
		"--target", m.leader, "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--",
		"env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
	}
	return command(ctx, "nsenter", append(enter, args...)...)
}

// file is a path inside, as seen from here.
func (m *machine) file(path string) string { return filepath.Join(m.root, path) }

// stop ends the machine: its systemd dies with systemd-nspawn.
func (m *machine) stop() {
	if m.leader != "" {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_, _ = m.run(ctx, "systemctl", "poweroff", "--force")
		select {
		case <-m.nspawn.Exited():
		case <-ctx.Done():
		}
	}
	m.nspawn.Kill()
}

// command runs a program of this machine and returns what it prints; its error holds both outputs.
func command(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := cmd.Run()
	printed := strings.TrimSpace(out.String())
	if err != nil {
		return printed, fmt.Errorf("%s: %w\n%s%s", filepath.Base(name), err, tail(out.String()), tail(problems.String()))
	}
	return printed, nil
}

// tail returns the end of a long text.
func tail(text string) string { return text[max(0, len(text)-3000):] }

package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"atalaya/internal/test/wait"
)

// maxExposure is the highest exposure level that systemd may give the unit; it calls 2.5 "OK". The rest is what the
// service needs: it talks to networks, and its browser makes namespaces and compiles code.
const maxExposure = 2.4

var exposure = regexp.MustCompile(`Overall exposure level for atalaya\.service: ([0-9.]+)`)

// checkHardening checks the unit as systemd judges it, and the browser's processes. An earlier capture has started
// the browser.
func (r *run) checkHardening(ctx context.Context) error {
	if out, err := r.machine.run(ctx, "systemd-analyze", "verify", "atalaya.service"); err != nil || out != "" {
		return errors.Join(fmt.Errorf("systemd-analyze verify: %s", out), err)
	}
	out, err := r.machine.run(ctx, "systemd-analyze", "security", "--no-pager", "atalaya.service")
	if err != nil {
		return err
	}
	found := exposure.FindStringSubmatch(out)
	if found == nil {
		return fmt.Errorf("systemd-analyze security printed %s", tail(out))
	}
	if level, err := strconv.ParseFloat(found[1], 64); err != nil || level > maxExposure {
		return fmt.Errorf("the exposure level is %s, want at most %.1f: %s", found[1], maxExposure, out)
	}
	r.say("exposure level %s", found[1])
	return r.checkBrowser(ctx)
}

// checkBrowser fails unless the browser runs as the service's user, without capabilities, with its renderers in
// namespaces of their own.
func (r *run) checkBrowser(ctx context.Context) error {
	pid, err := r.mainPID(ctx)
	if err != nil {
		return err
	}
	const script = `service=$(readlink /proc/$1/ns/user)
for p in $(pgrep -u atalaya); do
	line=$(tr '\0' ' ' </proc/$p/cmdline 2>/dev/null) || continue
	case $line in *--type=renderer*) kind=renderer ;; *headless*|*chromium*) kind=browser ;; *) continue ;; esac
	case $line in *--no-sandbox*) echo "$kind runs without its sandbox" ;; esac
	[ "$kind" = renderer ] && [ "$(readlink /proc/$p/ns/user)" != "$service" ] && echo sandboxed
	[ "$kind" = renderer ] || grep -q '^CapAmb:\s*0*$' /proc/$p/status || echo "$kind has capabilities"
done`
	var out string
	if err := wait.Until(ctx, patience, "a renderer runs in its sandbox", func() (bool, error) {
		out, err = r.machine.run(ctx, "sh", "-c", script, "look", pid)
		return strings.Contains(out, "sandboxed"), err
	}); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	if strings.Contains(out, "without") || strings.Contains(out, "capabilities") {
		return errors.New(out)
	}
	return nil
}

// checkSecrets tries to read the keys as the service's user, which is the user of a page that has broken out of the
// browser.
func (r *run) checkSecrets(ctx context.Context) error {
	pid, err := r.mainPID(ctx)
	if err != nil {
		return err
	}
	for _, path := range []string{settings, "/proc/" + pid + "/environ", "/proc/" + pid + "/mem"} {
		if _, err := r.machine.run(ctx, "runuser", "-u", "atalaya", "--", "head", "-c", "1", path); err == nil {
			return fmt.Errorf("the service's user reads %s", path)
		}
	}
	mode, err := r.machine.run(ctx, "stat", "--format=%a %U:%G", settings)
	if err != nil || mode != "640 root:root" {
		return errors.Join(fmt.Errorf("the settings are %s", mode), err)
	}
	if mode, err = r.machine.run(ctx, "stat", "--format=%a %U:%G", "/var/lib/atalaya"); err != nil || mode != "750 atalaya:atalaya" {
		return errors.Join(fmt.Errorf("the data folder is %s", mode), err)
	}
	return nil
}

// checkWords asks the shells and man.
func (r *run) checkWords(ctx context.Context) error {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"man":  {[]string{"man", "--pager=cat", "atalaya"}, "DATABASE_URL"},
		"bash": {[]string{"bash", "-c", ". /usr/share/bash-completion/completions/atalaya; complete -p atalaya; COMP_LINE='atalaya doc' atalaya"}, "doctor"},
		"fish": {[]string{"fish", "-c", "complete -C 'atalaya doc'"}, "doctor"},
		"zsh":  {[]string{"zsh", "-c", "autoload -U compinit; compinit -u; print $_comps[atalaya]"}, "_atalaya"},
	} {
		if out, err := r.machine.run(ctx, c.args...); err != nil || !strings.Contains(out, c.want) {
			return errors.Join(fmt.Errorf("%s says %s", name, tail(out)), err)
		}
	}
	return nil
}

// complaint matches the beginning of a test's failure. The processes' logs after it would push it out of tail.
var complaint = regexp.MustCompile(`(?m)^ +\w+_test\.go:\d+: .{0,500}`)

// tests is a step that runs Go tests, for what needs no machine of its own.
type tests struct{ name, module, pkg, pattern string }

// earlier returns the file of the earlier program, or "" if no step has built it.
func (r *run) earlier() string {
	if _, err := os.Stat(r.earlierFile()); err != nil {
		return ""
	}
	return r.earlierFile()
}

func (r *run) earlierFile() string { return filepath.Join(r.folder, "earlier", "atalaya") }

// elsewhere returns the steps that run tests of other packages.
func (r *run) elsewhere() []step {
	var steps []step
	for _, t := range []tests{
		{"ACME: a certificate is got and renewed", ".", "./internal/certificate", "."},
		{"ACME: serve --domain serves ports 443 and 80", ".", "./internal/app", "Domain"},
		{"proxies: nginx, Caddy and a CDN tell the client's address", ".", "./deploy", "Behind"},
		{"backup and restore", "acceptance", "./operations", "^TestABackupIsRestored"},
		{"replicas: three web and three worker processes", "acceptance", "./operations", "^TestThreeWebAndThreeWorkerReplicas"},
		{"upgrade: from the earlier schema while it serves", "acceptance", "./operations", "^TestAnUpgradeFromTheFirstSchema"},
	} {
		steps = append(steps, step{t.name, func(ctx context.Context) error {
			out, err := r.inRoot(ctx, []string{"ATALAYA_FORMER=" + r.earlier()}, "go", "test", "-C", filepath.Join(r.opt.Root, t.module), "-tags", "upgrade", "-count=1", "-timeout", "20m", "-v", "-run", t.pattern, t.pkg)
			if err == nil && !strings.Contains(out, "--- PASS") {
				return fmt.Errorf("no test ran: %s", tail(out))
			}
			if err != nil {
				return fmt.Errorf("%s\n%w", strings.Join(complaint.FindAllString(out, 20), "\n"), err)
			}
			return nil
		}})
	}
	return steps
}

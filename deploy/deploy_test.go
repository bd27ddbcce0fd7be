// Package deploy_test checks the files for Docker, for the Debian package and for proxies. No container engine runs
// here: compose.yaml and the Dockerfile are read only. The database's script, systemd-analyze and the proxies do run.
package deploy_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.yaml.in/yaml/v3"

	"atalaya/internal/pgrun"
	"atalaya/internal/postgres"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/test/program"
)

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// container is a service of compose.yaml, as far as the tests look at it.
type container struct {
	Environment map[string]string `yaml:"environment"`
	Ports       []string          `yaml:"ports"`
	SecurityOpt []string          `yaml:"security_opt"`
	CapDrop     []string          `yaml:"cap_drop"`
	CapAdd      []string          `yaml:"cap_add"`
	Privileged  bool              `yaml:"privileged"`
	Init        bool              `yaml:"init"`
	Volumes     []string          `yaml:"volumes"`
	Healthcheck map[string]any    `yaml:"healthcheck"`
}

func compose(t *testing.T) map[string]container {
	t.Helper()
	var file struct{ Services map[string]container }
	if err := yaml.Unmarshal([]byte(text(t, "compose.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Services) != 3 {
		t.Fatalf("%d services, want db, migrate and atalaya", len(file.Services))
	}
	return file.Services
}

func TestComposeSetsWhatAFileOfSettingsCannotSpoil(t *testing.T) {
	t.Parallel()
	known := text(t, "docs/configuration.md")
	for _, name := range []string{"migrate", "atalaya"} {
		c := compose(t)[name]
		for setting := range c.Environment {
			if setting != "PGPASSWORD" && setting != "POSTGRES_PASSWORD" && !strings.Contains(known, "`"+setting+"`") {
				t.Errorf("%s sets %s, which the program does not know", name, setting)
			}
		}
		// PORT of .env moves the host's port; inside it stays, on every address.
		for setting, want := range map[string]string{"HOST": "", "PORT": "3000", "DOMAIN": "", "ADMIN_ADDR": "0.0.0.0:9465"} {
			if got, ok := c.Environment[setting]; !ok || got != want {
				t.Errorf("%s of %s is %q, want %q whatever .env says", setting, name, got, want)
			}
		}
		if !strings.Contains(c.Environment["PUBLIC_URL"], "${PORT:-3000}") || !strings.Contains(c.Environment["JWT_ISSUER"], "${PORT:-3000}") {
			t.Errorf("%s does not follow PORT of .env: %v", name, c.Environment)
		}
		// A password in an address would have to be quoted.
		if c.Environment["DATABASE_URL"] != "postgresql://atalaya@db:5432/postgres" || !strings.HasPrefix(c.Environment["PGPASSWORD"], "${ATALAYA_PASSWORD:?") {
			t.Errorf("%s reaches the database by %v", name, c.Environment)
		}
		if given, ok := c.Environment["POSTGRES_PASSWORD"]; !ok || given != "" {
			t.Errorf("%s gets the superuser's password by .env", name)
		}
		if strings.HasPrefix(c.Environment["METRICS_ADDR"], "127.") || c.Environment["METRICS_ADDR"] == "" {
			t.Errorf("the metrics of %s are on %q, which only the container itself reaches", name, c.Environment["METRICS_ADDR"])
		}
	}
	service := compose(t)["atalaya"]
	if !slices.Equal(service.Ports, []string{"127.0.0.1:${PORT:-3000}:3000", "127.0.0.1:9465:9465"}) {
		t.Errorf("the ports are %q: the webhook and the API, and the operator's door, on the host's loopback", service.Ports)
	}
	for _, setting := range []string{"PICTURES_DIR", "SPOOL_DIR"} {
		folder := service.Environment[setting]
		if !slices.ContainsFunc(service.Volumes, func(v string) bool { return folder != "" && strings.HasSuffix(v, ":"+folder) }) {
			t.Errorf("%s %q is on no volume of %q", setting, folder, service.Volumes)
		}
		if !strings.Contains(text(t, "deploy/Dockerfile"), folder) {
			t.Errorf("the image has no folder %s, whose owner and mode the volume takes", folder)
		}
	}
}

func TestComposeGivesTheServiceNoMoreThanItNeeds(t *testing.T) {
	t.Parallel()
	for name, c := range compose(t) {
		if c.Privileged || slices.ContainsFunc(c.SecurityOpt, func(o string) bool { return strings.Contains(o, "unconfined") }) {
			t.Errorf("%s is privileged or unconfined", name)
		}
	}
	c := compose(t)["atalaya"]
	if !slices.Equal(c.CapDrop, []string{"ALL"}) || slices.Contains(c.CapAdd, "SYS_ADMIN") || !slices.Contains(c.CapAdd, "SETUID") {
		t.Errorf("capabilities: -%v +%v", c.CapDrop, c.CapAdd)
	}
	if !c.Init || !slices.Contains(c.SecurityOpt, "no-new-privileges:true") {
		t.Errorf("init %v, security_opt %q", c.Init, c.SecurityOpt)
	}
	if !slices.Contains(c.SecurityOpt, "seccomp=deploy/seccomp.json") {
		t.Errorf("no profile of system calls: %q", c.SecurityOpt)
	}
}

func TestTheProfileOfSystemCallsLetsTheSandboxWorkAndLittleElse(t *testing.T) {
	t.Parallel()
	var profile struct {
		DefaultAction string
		Syscalls      []struct {
			Names  []string
			Action string
		}
	}
	if err := json.Unmarshal([]byte(text(t, "deploy/seccomp.json")), &profile); err != nil {
		t.Fatal(err)
	}
	var refused []string
	for _, rule := range profile.Syscalls {
		if rule.Action == "SCMP_ACT_ERRNO" {
			refused = append(refused, rule.Names...)
		}
	}
	for _, needed := range []string{"clone", "clone3", "unshare", "chroot", "execve", "prctl", "seccomp", "setresuid", "setresgid", "setgroups", "kill", "ptrace"} {
		if profile.DefaultAction != "SCMP_ACT_ALLOW" || slices.Contains(refused, needed) {
			t.Errorf("%s is refused, which service or browser need", needed)
		}
	}
	for _, dangerous := range []string{"mount", "umount2", "pivot_root", "setns", "bpf", "keyctl", "add_key", "perf_event_open", "init_module", "finit_module", "kexec_load", "open_by_handle_at", "userfaultfd", "io_uring_setup", "fsopen", "move_mount"} {
		if !slices.Contains(refused, dangerous) {
			t.Errorf("%s is let through", dangerous)
		}
	}
}

func TestTheImageHasAHealthCheckAndTheWholeProgram(t *testing.T) {
	t.Parallel()
	file := text(t, "deploy/Dockerfile")
	for _, want := range []string{`HEALTHCHECK`, `CMD ["atalaya", "ready"]`, "internal/dashboard/page/built", "app.version=$VERSION", "chromium-headless-shell", "ca-certificates"} {
		if !strings.Contains(file, want) {
			t.Errorf("the image lacks %s", want)
		}
	}
	// The service is root, so that the browser can be somebody else (internal/chromium/user.go).
	if strings.Contains(file, "\nUSER ") {
		t.Error("a service that is not root shares its user id with the browser")
	}
	for _, c := range compose(t) {
		for _, mount := range c.Volumes {
			if host, _, ok := strings.Cut(mount, ":"); ok && strings.HasPrefix(host, "./") {
				_ = text(t, host) // fails if the file is missing
			}
		}
	}
}

func TestTheImageIsBuiltByScriptsAndOfFilesThatExist(t *testing.T) {
	t.Parallel()
	ran := regexp.MustCompile(`npm --prefix (\S+) run (\S+)`).FindAllStringSubmatch(text(t, "deploy/Dockerfile"), -1)
	if len(ran) == 0 {
		t.Error("the image builds no page")
	}
	for _, r := range ran {
		var parts struct{ Scripts map[string]string }
		if err := json.Unmarshal([]byte(text(t, filepath.Join(r[1], "package.json"))), &parts); err != nil {
			t.Fatal(err)
		}
		if parts.Scripts[r[2]] == "" {
			t.Errorf("%s has no script %s", r[1], r[2])
		}
	}
	if text(t, "internal/chartsite/assets/vendor/lightweight-charts.js") == "" {
		t.Error("the demo site's chart library is empty")
	}
	for line := range strings.Lines(text(t, ".dockerignore")) {
		if strings.HasPrefix(line, "internal/") {
			t.Errorf("%s is kept from the image, whose build embeds what is committed", strings.TrimSpace(line))
		}
	}
}

// The database is prepared by compose.yaml's own script, with a password that an address would have to escape.
func TestTheServicesOwnRoleMigratesAndServesAndIsNoSuperuser(t *testing.T) {
	server, err := pgrun.Start(t.Context(), pgrun.Options{DataDir: filepath.Join(program.Folder(t), "postgres")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	superuser, err := pgx.ParseConfig(server.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(int(superuser.Port))
	const password = `p@ss:w/o#?rd%20'"\ $HOME`
	script := exec.CommandContext(t.Context(), "deploy/database.sh") // without POSTGRES_USER and POSTGRES_DB, as docker compose exec runs it
	script.Dir = ".."
	script.Env = append(os.Environ(), "ATALAYA_PASSWORD="+password, "PGHOST="+superuser.Host, "PGPORT="+port, "PGPASSWORD="+superuser.Password)
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Setenv("PGPASSWORD", password)
	address := "postgresql://atalaya@" + superuser.Host + ":" + port + "/postgres"
	for range 2 {
		if _, err := migrate.Up(t.Context(), address, migrate.Plans{Free: 10, Pro: 10, Lifetime: 10, Default: 10}); err != nil {
			t.Fatal(err)
		}
	}
	pool, err := postgres.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	var role string
	var super, bypasses, settings bool
	if _, err := pool.Exec(t.Context(), "insert into auth.users (email) values ('ana@example.com')"); err != nil {
		t.Fatal(err)
	}
	err = pool.QueryRow(t.Context(), `select current_user, r.rolsuper, r.rolbypassrls and pg_has_role('authenticated', 'member'), exists (select from trading_signals_config)
		from pg_roles r where r.rolname = current_user`).Scan(&role, &super, &bypasses, &settings)
	if err != nil || role != "atalaya" || super || !bypasses || !settings {
		t.Errorf("the role %s: superuser %v, passes row level security %v, settings of a new user %v, %v", role, super, bypasses, settings, err)
	}
}

// systemd-analyze has to know every line of the unit and to rate its exposure below the threshold.
func TestTheUnitIsKnownToSystemdAndHardened(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for path, file := range map[string]string{
		"usr/lib/systemd/system/atalaya.service": text(t, "deploy/package/atalaya.service"), "usr/bin/atalaya": "#!/bin/sh\n",
		"usr/lib/systemd/system/sysinit.target": "[Unit]\n", "usr/lib/systemd/system/system.slice": "[Slice]\n", "usr/lib/systemd/system/-.slice": "[Slice]\n",
	} {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(file), 0o755); err != nil { //nolint:gosec // a program has to be executable
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"verify", "--man=no", "--root=" + root, "atalaya.service"},
		{"security", "--no-pager", "--offline=true", "--threshold=24", "--root=" + root, "atalaya.service"},
	} {
		out, err := exec.CommandContext(t.Context(), "systemd-analyze", args...).CombinedOutput()
		if err != nil || strings.Contains(string(out), "Unknown") || strings.Contains(string(out), "ignoring") {
			t.Errorf("systemd-analyze %s: %v\n%s", args[0], err, out)
		}
	}
}

// The unit is only read here; acceptance/install runs the browser under it.
func TestTheUnitLeavesTheBrowserItsSandbox(t *testing.T) {
	t.Parallel()
	unit := text(t, "deploy/package/atalaya.service")
	for _, want := range []string{"RestrictNamespaces=user pid net\n", " chroot\n", "User=atalaya\n", "KillMode=mixed\n", "OOMPolicy=continue\n", "--migrate\n"} {
		if !strings.Contains(unit, want) {
			t.Errorf("the unit lacks %q", want)
		}
	}
	for _, refused := range []string{"MemoryDenyWriteExecute=yes", "ProcSubset=pid", "PrivateUsers=yes"} {
		if strings.Contains(unit, refused) {
			t.Errorf("the unit has %s, under which the browser does not run", refused)
		}
	}
}

func TestTheSettingsThatThePackageBringsAreKnownAndHoldNoSecret(t *testing.T) {
	t.Parallel()
	known := text(t, "docs/configuration.md")
	for line := range strings.Lines(text(t, "deploy/package/atalaya.env")) {
		name, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "#")), "=")
		if !ok || strings.Contains(name, " ") {
			continue
		}
		if !strings.HasPrefix(line, "#") {
			t.Errorf("%s is set, which an upgrade could not tell from the operator's own", name)
		}
		if !strings.Contains(known, "`"+name+"`") {
			t.Errorf("%s is no setting", name)
		}
		if strings.Contains(name, "KEY") && value != "" {
			t.Errorf("%s has a value", name)
		}
	}
}

func TestTheScriptsOfPackageAndReleaseParse(t *testing.T) {
	t.Parallel()
	for _, script := range []string{"deploy/package/postinst.sh", "deploy/package/prerm.sh", "deploy/package/postrm.sh", "scripts/release.sh", "scripts/image.sh"} {
		shell := "bash"
		if strings.HasPrefix(script, "deploy/package/") {
			shell = "dash"
		}
		if out, err := exec.CommandContext(t.Context(), shell, "-n", filepath.Join("..", script)).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", script, err, out)
		}
	}
}

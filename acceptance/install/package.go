package install

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"atalaya/internal/pgrun"
	"atalaya/internal/test/program"
	"atalaya/internal/test/wait"
)

// The versions of the run. The earlier one is the program of a commit whose schema is older.
const (
	earlierCommit  = "3296d8d"
	earlierVersion = "0.0.1"
	version        = "0.0.2"
)

// settings is where the package keeps them.
const settings = "/etc/atalaya/atalaya.env"

// packaged are the steps around the Debian package, in the order of its life.
func (r *run) packaged() []step {
	return []step{
		{"package: it and one of an earlier version are built", r.buildPackages},
		{"release: the same commit gives the same bytes", r.buildAgain},
		{"package: a Debian is made and booted", r.makeMachine},
		{"package: the earlier version is installed and works", r.installEarlier},
		{"upgrade: the new version migrates and restarts among alerts, and keeps what was there", r.upgrade},
		{"package: the unit is hardened and the browser keeps its sandbox", r.checkHardening},
		{"package: nobody but root and the service reads the settings", r.checkSecrets},
		{"package: the manual and the completions of three shells work", r.checkWords},
		{"package: the service comes back after it was killed", r.kill},
		{"removal: the service ends, settings and pictures stay", r.remove},
		{"removal: installed again it goes on where it was", r.installAgain},
		{"removal: purging leaves nothing but the database", r.purge},
		{"package: installed anew in the order of docs/install.md, it works", r.installAnew},
		{"package: an operator's commands run as the service does", r.operate},
	}
}

// earlierPackage is what an earlier release might have been: its program, a plain unit, other default settings.
const earlierPackage = `{name: atalaya, arch: %[1]s, platform: linux, version: %[2]s, version_schema: none, maintainer: Nobody <nobody@localhost>,
description: earlier, depends: [adduser, ca-certificates],
scripts: {postinstall: deploy/package/postinst.sh, preremove: deploy/package/prerm.sh, postremove: deploy/package/postrm.sh},
contents: [{src: %[3]s/atalaya, dst: /usr/bin/atalaya, file_info: {mode: 0755}},
{src: %[3]s/atalaya.service, dst: /usr/lib/systemd/system/atalaya.service, file_info: {mode: 0644}},
{src: %[3]s/atalaya.env, dst: /etc/atalaya/atalaya.env, type: config|noreplace, file_info: {mode: 0640}}]}
`

const earlierUnit = `[Service]
User=atalaya
EnvironmentFile=/etc/atalaya/atalaya.env
ExecStart=/usr/bin/atalaya serve
StateDirectory=atalaya
WorkingDirectory=/var/lib/atalaya
[Install]
WantedBy=multi-user.target
`

func (r *run) buildPackages(ctx context.Context) error {
	stage := filepath.Join(r.folder, "earlier")
	if err := os.Mkdir(stage, 0o755); err != nil {
		return err
	}
	if _, err := r.inRoot(ctx, nil, "scripts/build-before.sh", earlierCommit, r.earlierFile()); err != nil {
		return err
	}
	arch, err := command(ctx, "dpkg", "--print-architecture")
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"atalaya.service": earlierUnit, "atalaya.env": "# Settings of the earlier version.\n", "nfpm.yaml": fmt.Sprintf(earlierPackage, arch, earlierVersion, stage),
	} {
		if err := os.WriteFile(filepath.Join(stage, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if _, err := r.inRoot(ctx, nil, "bin/nfpm", "package", "--config", filepath.Join(stage, "nfpm.yaml"), "--packager", "deb", "--target", r.deb(earlierVersion)); err != nil {
		return err
	}
	return r.buildPackage(ctx, r.deb(version))
}

// buildPackage builds the package of this tree as a file. settings are environment variables of the person who
// builds.
func (r *run) buildPackage(ctx context.Context, file string, settings ...string) error {
	folder, err := os.MkdirTemp(r.folder, "dist-")
	if err != nil {
		return err
	}
	env := append(settings, "VERSION="+version, "DIST="+folder)
	if _, err := r.inRoot(ctx, env, "sh", "-c", `umask "${MASK:-022}" && scripts/release.sh package`); err != nil {
		return err
	}
	built, err := filepath.Glob(filepath.Join(folder, "atalaya_"+version+"_*.deb"))
	if err != nil || len(built) != 1 {
		return errors.Join(fmt.Errorf("scripts/release.sh has built %q", built), err)
	}
	return os.Rename(built[0], file)
}

// buildAgain builds the package a second time, in another second and with another person's settings.
func (r *run) buildAgain(ctx context.Context) error {
	again := filepath.Join(r.folder, "again.deb")
	if err := r.buildPackage(ctx, again, "MASK=077", "TZ=Asia/Tokyo", "LC_ALL=C.UTF-8", "GOFLAGS=-ldflags=-w", "GOAMD64=v2"); err != nil {
		return err
	}
	_, err := command(ctx, "cmp", r.deb(version), again)
	return err
}

// deb returns the path of the package of a version.
func (r *run) deb(version string) string { return filepath.Join(r.folder, "atalaya-"+version+".deb") }

// startOutside starts the database and the chart site, once for all steps.
func (r *run) startOutside(ctx context.Context) (err error) {
	if r.database != nil {
		return nil
	}
	if r.database, err = pgrun.Start(ctx, pgrun.Options{DataDir: filepath.Join(r.folder, "postgres")}); err != nil {
		return err
	}
	r.closers = append(r.closers, func() { _ = r.database.Stop() })
	port, err := program.FreePort()
	if err != nil {
		return err
	}
	r.site = "http://127.0.0.1:" + port
	site := &program.Program{Path: r.opt.Binary, Args: []string{"chartsite", "--listen", "127.0.0.1:" + port}}
	if err := site.Start(); err != nil {
		return err
	}
	r.closers = append(r.closers, site.Kill)
	return site.Ready(ctx, r.site+"/_site/draws")
}

// makeMachine makes the Debian. What the service stands on stays outside.
func (r *run) makeMachine(ctx context.Context) error {
	if err := r.startOutside(ctx); err != nil {
		return err
	}
	if err := r.machine.debootstrap(ctx); err != nil {
		return err
	}
	r.closers = append(r.closers, r.machine.stop)
	return r.machine.boot(ctx)
}

// install installs the package of a version. dpkg must not ask questions: there is no terminal.
func (r *run) install(ctx context.Context, version string) error {
	text, err := os.ReadFile(r.deb(version))
	if err != nil {
		return err
	}
	if err := os.WriteFile(r.machine.file("/srv/atalaya.deb"), text, 0o644); err != nil {
		return err
	}
	_, err = r.machine.run(ctx, "dpkg", "--install", "/srv/atalaya.deb")
	return err
}

func (r *run) installEarlier(ctx context.Context) error {
	if err := r.install(ctx, earlierVersion); err != nil {
		return err
	}
	if err := r.writeSettings("postgres"); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"atalaya", "migrate", "--env-file", settings}, {"systemctl", "enable", "--now", "atalaya"},
	} {
		if _, err := r.machine.run(ctx, args...); err != nil {
			return err
		}
	}
	if err := r.ready(ctx); err != nil {
		return err
	}
	if err := r.signUp(ctx, r.inMachine); err != nil {
		return err
	}
	return r.capture(ctx)
}

// upgrade installs the new version while alerts arrive. Each alert is sent until it is accepted.
func (r *run) upgrade(ctx context.Context) error {
	before, err := os.ReadFile(r.machine.file(settings))
	if err != nil {
		return err
	}
	picture, err := r.picture(ctx)
	if err != nil {
		return err
	}
	alerts := r.startAlerts(ctx)
	err = r.install(ctx, version)
	if err == nil {
		err = r.ready(ctx)
	}
	sent, pause, failure := alerts.end()
	if err := errors.Join(err, failure); err != nil {
		return err
	}
	r.say("%d alerts during the upgrade; the slowest was accepted after %s", sent, pause)
	if after, err := os.ReadFile(r.machine.file(settings)); err != nil || string(after) != string(before) {
		return errors.Join(errors.New("the settings were changed"), err)
	}
	said, err := r.machine.run(ctx, "atalaya", "version")
	if err != nil || !strings.HasPrefix(said, "atalaya "+version+" ") {
		return errors.Join(fmt.Errorf("the program is %q", said), err)
	}
	status, err := r.machine.run(ctx, "atalaya", "migrate", "--status", "--env-file", settings)
	if err != nil || status == "" || strings.Contains(status, "pending") {
		return errors.Join(fmt.Errorf("the migrations are\n%s", status), err)
	}
	if n, err := r.signals(ctx); err != nil || n != 1+sent {
		return errors.Join(fmt.Errorf("%d signals of %d alerts", n, 1+sent), err)
	}
	if after, err := r.picture(ctx); err != nil || !bytes.Equal(after, picture) {
		return errors.Join(fmt.Errorf("the picture of before has %d bytes, and had %d", len(after), len(picture)), err)
	}
	return r.capture(ctx)
}

func (r *run) kill(ctx context.Context) error {
	before, err := r.mainPID(ctx)
	if err != nil {
		return err
	}
	if _, err := r.machine.run(ctx, "systemctl", "kill", "--kill-whom=main", "--signal=KILL", "atalaya"); err != nil {
		return err
	}
	if err := wait.Until(ctx, patience, "the service runs again", func() (bool, error) {
		now, err := r.mainPID(ctx)
		return err == nil && now != "0" && now != before, nil
	}); err != nil {
		return err
	}
	if err := r.ready(ctx); err != nil {
		return err
	}
	return r.capture(ctx)
}

func (r *run) remove(ctx context.Context) error {
	if _, err := r.machine.run(ctx, "dpkg", "--remove", "atalaya"); err != nil {
		return err
	}
	if state, _ := r.machine.run(ctx, "systemctl", "is-active", "atalaya"); state == "active" {
		return errors.New("the service still runs")
	}
	if _, err := os.Stat(r.machine.file("/usr/bin/atalaya")); err == nil {
		return errors.New("the program is still there")
	}
	if _, err := os.Stat(r.machine.file(settings)); err != nil {
		return err
	}
	pictures, err := filepath.Glob(r.machine.file("/var/lib/atalaya/pictures/*/*.png"))
	if err != nil || len(pictures) == 0 {
		return errors.Join(fmt.Errorf("%d pictures are left", len(pictures)), err)
	}
	return nil
}

func (r *run) installAgain(ctx context.Context) error {
	if err := r.install(ctx, version); err != nil {
		return err
	}
	if _, err := r.machine.run(ctx, "systemctl", "enable", "--now", "atalaya"); err != nil {
		return err
	}
	if err := r.ready(ctx); err != nil {
		return err
	}
	return r.capture(ctx)
}

func (r *run) purge(ctx context.Context) error {
	if _, err := r.machine.run(ctx, "dpkg", "--purge", "atalaya"); err != nil {
		return err
	}
	for _, path := range []string{"/etc/atalaya", "/var/lib/atalaya", "/usr/lib/systemd/system/atalaya.service", "/usr/bin/atalaya", "/usr/sbin/atalayactl", "/etc/systemd/system/multi-user.target.wants/atalaya.service"} {
		if _, err := os.Lstat(r.machine.file(path)); err == nil {
			return fmt.Errorf("%s is left", path)
		}
	}
	if _, err := r.machine.run(ctx, "getent", "passwd", "atalaya"); err == nil {
		return errors.New("the user is left")
	}
	if state, err := r.machine.run(ctx, "dpkg-query", "--show", "--showformat=${db:Status-Status}", "atalaya"); err == nil && state != "not-installed" {
		return fmt.Errorf("the package is %s", state)
	}
	return nil
}

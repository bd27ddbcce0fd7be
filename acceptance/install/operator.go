package install

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// installAnew follows docs/install.md on a Debian that does not have the package: settings, tables, doctor, start,
// a user. Commands before the service's first start must not make folders that the service cannot write to.
func (r *run) installAnew(ctx context.Context) error {
	const database = "anew"
	if err := r.makeDatabase(ctx, database); err != nil {
		return err
	}
	if err := r.install(ctx, version); err != nil {
		return err
	}
	if err := r.writeSettings(database); err != nil {
		return err
	}
	if _, err := r.asService(ctx, "migrate"); err != nil {
		return err
	}
	found, err := r.asService(ctx, "doctor")
	if err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	if strings.Contains(found, "SPOOL_DIR is not set") {
		return fmt.Errorf("doctor does not have the service's folders: %s", found)
	}
	if _, err := r.machine.run(ctx, "systemctl", "enable", "--now", "atalaya"); err != nil {
		return err
	}
	if err := r.ready(ctx); err != nil {
		return err
	}
	if err := r.signUp(ctx, r.asService); err != nil {
		return err
	}
	return r.capture(ctx)
}

// operate runs an operator's commands beside a running service. Afterwards every file must still be the service's.
func (r *run) operate(ctx context.Context) error {
	for _, c := range []struct {
		want string
		args []string
	}{
		{"ana@example.com", []string{"user", "list"}},
		{"/app/#code=", []string{"user", "login", "ana@example.com"}},
		{"captures", []string{"queue", "list"}},
		{"completed", []string{"signal", "show", r.people.signal}},
		{"the browser runs in its sandbox", []string{"doctor"}},
		{"", []string{"spool", "list"}},
		{"", []string{"pictures", "sweep", "--dry-run"}},
	} {
		if out, err := r.asService(ctx, c.args...); err != nil || !strings.Contains(out, c.want) {
			return errors.Join(fmt.Errorf("%s says %s", strings.Join(c.args, " "), tail(out)), err)
		}
	}
	if _, err := r.asService(ctx, "user", "show", "nobody@example.com"); err == nil {
		return errors.New("a command that fails does not end as a failure")
	}
	strangers, err := r.machine.run(ctx, "find", "/var/lib/atalaya", "!", "-user", "atalaya")
	if err != nil || strangers != "" {
		return errors.Join(fmt.Errorf("others own %s", strangers), err)
	}
	return r.capture(ctx)
}

package acceptance

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// histories applies the migrations with both tools, in both orders.
func (r *run) histories(ctx context.Context) error {
	r.say("both tools, one history")
	if err := os.CopyFS(filepath.Join(r.folder, "supabase"), os.DirFS(filepath.Join(r.opt.Root, "supabase"))); err != nil {
		return err
	}
	first, err := r.project(ctx, "cli_first")
	if err != nil {
		return err
	}
	_, err = r.cli(ctx, "db", "push", "--yes", "--db-url", first)
	r.check("supabase db push applies the migrations", err)
	out, err := r.migrate(ctx, first)
	r.check("atalaya migrate afterwards applies none of them", errors.Join(err, without(out, "202")))
	out, err = r.migrate(ctx, first)
	r.check("atalaya migrate a second time has nothing to do", errors.Join(err, with(out, "nothing to do")))

	second, err := r.project(ctx, "program_first")
	if err != nil {
		return err
	}
	_, err = r.migrate(ctx, second)
	r.check("atalaya migrate applies the migrations", err)
	out, err = r.cli(ctx, "db", "push", "--yes", "--db-url", second)
	r.check("supabase db push afterwards has nothing to do", errors.Join(err, with(out, "up to date")))
	for _, database := range []string{first, second} {
		out, err = r.cli(ctx, "migration", "list", "--db-url", database)
		r.check("supabase migration list agrees", errors.Join(err, r.listed(out)))
	}
	for _, database := range []string{first, second} {
		found, err := texts(ctx, database, rules)
		if err == nil && len(found) > 0 {
			err = errors.New(strings.Join(found, "\n"))
		}
		r.check("our own rules find nothing", err)
	}
	version, err := texts(ctx, first, "show server_version")
	if err != nil {
		return err
	}
	r.say("so far on PostgreSQL %s", version[0])
	return r.advice(ctx, first)
}

// rules is a query for what is wrong with a database.
//
//go:embed rules.sql
var rules string //nolint:gochecknoglobals // embedded

// advice counts what the CLI has to say about the database.
func (r *run) advice(ctx context.Context, database string) error {
	r.say("advisors and lint")
	for _, asked := range []struct {
		verb  string
		args  []string
		count *int
	}{
		{"advisors", []string{"--level", "warn"}, &r.result.AdvisorFindings},
		{"lint", []string{"--level", "warning", "--schema", "public"}, &r.result.LintFindings},
	} {
		if asked.verb == "lint" && r.opt.Postgres != "" {
			continue
		}
		args := append([]string{"db", asked.verb, "--db-url", database, "--output-format", "json"}, asked.args...)
		out, err := r.cli(ctx, args...)
		if err != nil {
			return err
		}
		var found struct {
			Results *[]json.RawMessage `json:"results"`
		}
		_, answer, _ := strings.Cut("\n"+out, "\n{")
		if err := json.Unmarshal([]byte("{"+answer), &found); err != nil || found.Results == nil {
			return fmt.Errorf("supabase db %s answered what cannot be read (%w):\n%s", asked.verb, err, out)
		}
		*asked.count = len(*found.Results)
		if *asked.count > 0 {
			err = fmt.Errorf("%s", *found.Results)
		}
		r.check("supabase db "+asked.verb+" finds nothing", err)
	}
	return nil
}

// migrate runs the program's own verb.
func (r *run) migrate(ctx context.Context, database string) (string, error) {
	return r.command(ctx, r.settings(database), r.opt.Binary, "migrate")
}

// cli runs the Supabase CLI, with its telemetry off, in a copy of supabase/, where it leaves files of its own.
func (r *run) cli(ctx context.Context, args ...string) (string, error) {
	args = append([]string{"--workdir", r.folder, "--agent", "no"}, args...)
	return r.command(ctx, []string{"HOME=" + r.folder, "DO_NOT_TRACK=1", "SUPABASE_TELEMETRY_DISABLED=1"},
		filepath.Join(r.opt.Root, "acceptance/node_modules/@supabase/cli-linux-x64/bin/supabase"), args...)
}

// listed fails unless every migration is on both sides of the CLI's table.
func (r *run) listed(out string) error {
	files, err := filepath.Glob(filepath.Join(r.opt.Root, "supabase/migrations/*.sql"))
	if err != nil {
		return err
	}
	for _, file := range files {
		version, _, _ := strings.Cut(filepath.Base(file), "_")
		for line := range strings.Lines(out) {
			if strings.Contains(line, version) && strings.Count(line, version) < 2 {
				return fmt.Errorf("%s is on one side only:\n%s", version, out)
			}
		}
		err = errors.Join(err, with(out, version))
	}
	return err
}

func with(out, part string) error {
	if strings.Contains(out, part) {
		return nil
	}
	return fmt.Errorf("%q is missing in:\n%s", part, out)
}

func without(out, part string) error {
	if strings.Contains(out, part) {
		return fmt.Errorf("%q is in:\n%s", part, out)
	}
	return nil
}

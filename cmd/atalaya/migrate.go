package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"atalaya/internal/app"
	"atalaya/internal/config"
	"atalaya/internal/postgres"
	"atalaya/internal/postgres/migrate"
)

// migrateCommand applies the migrations.
type migrateCommand struct {
	Status bool `help:"Only list the migrations that are applied." xor:"only"`
	Setup  bool `help:"Only print the SQL by which a superuser prepares plain PostgreSQL for the role of DATABASE_URL." xor:"only"`
}

// Run implements the verb.
func (m *migrateCommand) Run(ctx context.Context, c *cli, std streams) error {
	if m.Setup {
		return printSetup(c, std)
	}
	return withStore(ctx, c, func(cfg config.Config, store *postgres.Store) error {
		if m.Status {
			return migrationStatus(ctx, cfg, std)
		}
		applied, err := migrate.Up(ctx, cfg.DatabaseURL.Reveal(), app.Plans(cfg))
		for _, name := range applied {
			fmt.Fprintln(std.out, "applied", name)
		}
		var unprepared *migrate.UnpreparedError
		if errors.As(err, &unprepared) {
			return errors.Join(writeSetup(cfg, std), err)
		}
		if err == nil && len(applied) == 0 {
			fmt.Fprintln(std.out, "nothing to do: the database is up to date")
		}
		if err != nil || !cfg.SupabaseStorage() {
			return err
		}
		return shutBucket(ctx, store, cfg.StorageBucket, std)
	})
}

// printSetup prints what a superuser has to run. It connects to nothing: the role may not exist yet.
func printSetup(c *cli, std streams) error {
	cfg, err := loadConfig(c.Env)
	if err != nil {
		return err
	}
	return writeSetup(cfg, std)
}

func writeSetup(cfg config.Config, std streams) error {
	setup, err := migrate.Setup(cfg.DatabaseURL.Reveal())
	if err != nil {
		return err
	}
	_, err = io.WriteString(std.out, setup)
	return err
}

// shutBucket keeps users out of the pictures' bucket, or tells how, if its table is another role's.
func shutBucket(ctx context.Context, store *postgres.Store, bucket string, std streams) error {
	open, err := store.ShutBucket(ctx, bucket)
	if err != nil || len(open) == 0 {
		return err
	}
	fmt.Fprintln(std.out, "The pictures are not private yet: these policies on storage.objects let users reach the bucket, and this role may not make the one that shuts it. Run in the SQL editor:")
	for _, policy := range open {
		fmt.Fprintln(std.out, " ", policy.Narrow)
	}
	return nil
}

func migrationStatus(ctx context.Context, cfg config.Config, std streams) error {
	list, err := migrate.Status(ctx, cfg.DatabaseURL.Reveal())
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for _, m := range list {
		state := "pending"
		if m.Applied {
			state = "applied"
		}
		fmt.Fprintf(table, "%s\t%s\n", m.Name, state)
	}
	return table.Flush()
}

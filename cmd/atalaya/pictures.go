package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"atalaya/internal/app"
	"atalaya/internal/config"
	"atalaya/internal/postgres"
	"atalaya/internal/upkeep"
)

type picturesCommand struct {
	Sweep picturesSweepCommand `cmd:"" help:"Remove pictures that no signal has and that are older than a day. The service does this once a day."`
}

type picturesSweepCommand struct {
	DryRun bool `help:"List them and remove nothing."`
	Force  bool `help:"Remove them even if they are most of what is stored."`
}

// Run implements the verb. It prints the paths to standard output, one a line, and the progress to standard error.
func (v *picturesSweepCommand) Run(ctx context.Context, c *cli, std streams) error {
	return withStore(ctx, c, func(cfg config.Config, store *postgres.Store) error {
		stored, err := app.OpenStorage(cfg)
		if err != nil {
			return err
		}
		defer stored.Close()
		found, err := upkeep.FindOrphans(ctx, store, stored, time.Now(), func(o upkeep.Orphans) {
			fmt.Fprintf(std.err, "\r%d pictures looked at, %d that no signal has", o.Looked, len(o.Paths))
		})
		fmt.Fprintln(std.err)
		if err != nil {
			return err
		}
		for _, path := range found.Paths {
			fmt.Fprintln(std.out, path)
		}
		return v.remove(ctx, store, stored, found, std)
	})
}

func (v *picturesSweepCommand) remove(ctx context.Context, store *postgres.Store, stored upkeep.Stored, found upkeep.Orphans, std streams) error {
	more := ""
	if found.More {
		more = "; there are more: run it again"
	}
	if v.DryRun {
		fmt.Fprintf(std.err, "%d of %d pictures would be removed%s\n", len(found.Paths), found.Looked, more)
		return nil
	}
	if found.Doubtful() && !v.Force {
		return errors.New("these are most of what is stored, and nothing is removed: does another service, with another database, keep its pictures there too, or was the database set back? Where they are to go, add --force")
	}
	removed, err := upkeep.RemoveOrphans(ctx, store, stored, found.Paths, func(removed int) {
		fmt.Fprintf(std.err, "\r%s %d of %d removed", bar(removed, len(found.Paths)), removed, len(found.Paths))
	})
	if len(found.Paths) > 0 {
		fmt.Fprintln(std.err)
	}
	if err != nil {
		return fmt.Errorf("%w; %d were removed: run it again", err, removed)
	}
	fmt.Fprintf(std.err, "%d of %d pictures removed%s\n", removed, found.Looked, more)
	return nil
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/config"
	"atalaya/internal/postgres"
)

// evidenceCommand shows what a signal's failed captures saw.
type evidenceCommand struct {
	Signal   string `arg:"" help:"The signal's id."`
	Pictures string `help:"Folder for the small pictures. Without it none are written." placeholder:"DIR" type:"path"`
}

// Help explains how long evidence is kept, and what it shows.
func (*evidenceCommand) Help() string {
	return "Every failed attempt is kept for seven days, at most a hundred of a user. The pictures show a user's chart: handle them as what they are."
}

// Run implements the verb.
func (e *evidenceCommand) Run(ctx context.Context, c *cli, std streams) error {
	id, err := atalaya.ParseSignalID(strings.ToLower(e.Signal))
	if err != nil {
		return err
	}
	return withStore(ctx, c, func(_ config.Config, store *postgres.Store) error {
		failures, err := store.Evidence(ctx, id)
		if err != nil {
			return err
		}
		if len(failures) == 0 {
			return fmt.Errorf("nothing is kept of signal %s: none of its captures failed in the last seven days, or there is no such signal", id)
		}
		if e.Pictures != "" {
			if err := os.MkdirAll(e.Pictures, 0o700); err != nil {
				return err
			}
		}
		for i, f := range failures {
			if err := e.show(std, i+1, f); err != nil {
				return err
			}
		}
		return nil
	})
}

// show prints one attempt and writes its picture.
func (e *evidenceCommand) show(std streams, n int, f atalaya.CaptureFailure) error {
	fmt.Fprintf(std.out, "%s  %s at %s: %s\n", f.CapturedAt.UTC().Format(time.RFC3339), f.Code, f.Step, f.Detail)
	if len(f.Seen) > 0 && string(f.Seen) != "null" {
		var seen bytes.Buffer
		if err := json.Indent(&seen, f.Seen, "  ", "  "); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "  %s\n", &seen)
	}
	if e.Pictures == "" || len(f.Thumbnail) == 0 {
		return nil
	}
	path := filepath.Join(e.Pictures, fmt.Sprintf("%d-%s.png", n, f.Code))
	if err := os.WriteFile(path, f.Thumbnail, 0o600); err != nil {
		return err
	}
	_, err := fmt.Fprintf(std.out, "  %s\n", path)
	return err
}

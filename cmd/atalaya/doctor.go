package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"atalaya/internal/config"
	"atalaya/internal/doctor"
)

// doctorCommand checks the settings and everything that they point at.
type doctorCommand struct{}

// Run implements the verb. It checks everything, and then fails if anything is wrong.
func (*doctorCommand) Run(ctx context.Context, c *cli, std streams) error {
	vars, err := environment(c.Env)
	if err != nil {
		return err
	}
	cfg, err := config.Load(vars)
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintln(std.out, "✗ settings:", strings.TrimSpace(line))
		}
		return errors.New("mend the settings first; the rest depends on them")
	}
	fmt.Fprintln(std.out, "✓ settings")
	for _, warning := range cfg.Warnings {
		fmt.Fprintln(std.out, "! settings:", warning)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	wrong := 0
	for finding := range doctor.Examine(ctx, cfg, slog.New(slog.DiscardHandler)) {
		mark := map[doctor.Severity]string{doctor.Fine: "✓", doctor.Notable: "!", doctor.Wrong: "✗"}[finding.Severity]
		fmt.Fprintf(std.out, "%s %s: %s\n", mark, finding.Part, finding.Text)
		if finding.Severity == doctor.Wrong {
			wrong++
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%d of the checks failed", wrong)
	}
	return nil
}

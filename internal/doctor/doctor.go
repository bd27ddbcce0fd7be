// Package doctor checks everything that the settings point at, and says what is wrong and how to mend it.
// It uses the wiring of package app, so it sees what the service would see.
package doctor

import (
	"context"
	"fmt"
	"iter"
	"log/slog"

	"atalaya/internal/config"
)

// Severity is how much a finding matters.
type Severity int

// The severities.
const (
	Fine    Severity = iota
	Notable          // works, but the operator should know
	Wrong            // has to be mended; the text says how
)

// Finding is what one check has found.
type Finding struct {
	Severity Severity
	Part     string
	Text     string
}

// Examine checks everything that the settings point at, one part after another, and yields its findings.
// It creates the pictures' bucket if that is missing, and writes and removes a file in PICTURES_DIR. It changes nothing
// else.
func Examine(ctx context.Context, cfg config.Config, log *slog.Logger) iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for _, check := range []func(context.Context, config.Config, *slog.Logger) []Finding{
			examineDatabase, examineSpool, examineStorage, examineAddress, examineTokens, examineSignIn, examineRedis, examineChannels, examineOrigins, examineSite, examineNames, examineBrowser,
		} {
			for _, f := range check(ctx, cfg, log) {
				if !yield(f) {
					return
				}
			}
		}
	}
}

func fine(part, format string, args ...any) Finding {
	return Finding{Fine, part, fmt.Sprintf(format, args...)}
}

func wrong(part, format string, args ...any) Finding {
	return Finding{Wrong, part, fmt.Sprintf(format, args...)}
}

// Package doctor tries everything that the settings point at, and says what is wrong and how to mend
// it. It uses the wiring of package app, so that it meets what the service would meet.
package doctor

import (
	"context"
	"fmt"
	"iter"
	"log/slog"

	"atalaya/internal/config"
)

// Severity says how much a finding matters.
type Severity int

// The severities.
const (
	Fine    Severity = iota
	Notable          // works, and the operator should know
	Wrong            // has to be mended; the text says how
)

// Finding is what one check has found.
type Finding struct {
	Severity Severity
	Part     string
	Text     string
}

// Examine tries everything that the settings point at, one part after the other, and yields what it
// finds. It leaves nothing behind but the bucket, which it makes where it is missing.
func Examine(ctx context.Context, cfg config.Config, log *slog.Logger) iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for _, check := range []func(context.Context, config.Config, *slog.Logger) []Finding{
			examineDatabase, examineStorage, examineTokens, examineRedis, examineChannels, examineNames, examineBrowser,
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

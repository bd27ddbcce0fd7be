package doctor

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"atalaya/internal/app"
	"atalaya/internal/config"
	"atalaya/internal/spool"
)

// examineSpool looks at the folder that keeps alerts while the database is away. It creates no file there: doctor may run
// as another user, whose files the service could not use.
func examineSpool(ctx context.Context, cfg config.Config, log *slog.Logger) []Finding {
	const part = "spool"
	notable := func(format string, args ...any) Finding {
		return Finding{Notable, part, fine(part, format, args...).Text}
	}
	if cfg.SpoolDir == "" {
		return []Finding{notable("SPOOL_DIR is not set: an alert that comes while the database is away is lost once TradingView has sent it four times, within 15 s. Name a folder on a disk that outlives the service")}
	}
	keys, err := app.Keyring(cfg)
	if err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	waiting, closed := 0, 0
	var oldest time.Time
	err = spool.List(ctx, spool.Options{Dir: cfg.SpoolDir, Sealer: keys, Log: log}, func(e spool.Entry) {
		if waiting++; oldest.IsZero() || e.At.Before(oldest) {
			oldest = e.At
		}
		if e.Err != nil {
			closed++
		}
	})
	if err != nil {
		return []Finding{wrong(part, "SPOOL_DIR %s: %v", cfg.SpoolDir, err)}
	}
	found := []Finding{fine(part, "%s takes up to %d MiB of alerts while the database is away", cfg.SpoolDir, cfg.SpoolMax>>20)}
	if info, err := os.Stat(cfg.SpoolDir); err == nil && info.Mode().Perm()&0o077 != 0 {
		found = append(found, notable("others may look into %s: chmod 700 it", cfg.SpoolDir))
	}
	if waiting > 0 {
		found = append(found, notable("%d alerts wait, the first since %s. A running service stores them once the database is back; for one that does not run any more: atalaya spool drain", waiting, oldest.Format(time.RFC3339)))
	}
	if closed > 0 {
		found = append(found, wrong(part, "%d of them do not open: add the former key to ENCRYPTION_KEYS_OLD. atalaya spool list names them", closed))
	}
	if torn, _ := filepath.Glob(filepath.Join(cfg.SpoolDir, spool.TornPattern)); len(torn) > 0 {
		found = append(found, notable("%d damaged files were moved aside in %s, and their intact alerts were recovered. Compare, then remove them", len(torn), cfg.SpoolDir))
	}
	return found
}

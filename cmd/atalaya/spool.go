package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"atalaya"
	"atalaya/internal/app"
	"atalaya/internal/config"
	"atalaya/internal/spool"
)

type spoolCommand struct {
	List  spoolListCommand  `cmd:"" help:"List the alerts in SPOOL_DIR, also while the service runs."`
	Drain spoolDrainCommand `cmd:"" help:"Store the alerts in SPOOL_DIR, for a replica that does not run any more. A running service does this itself."`
}

type spoolListCommand struct{}

// Run implements the verb. Bodies and tokens are not shown.
func (*spoolListCommand) Run(ctx context.Context, c *cli, std streams) error {
	cfg, err := spoolConfig(c)
	if err != nil {
		return err
	}
	keys, err := app.Keyring(cfg)
	if err != nil {
		return err
	}
	waiting, aside := 0, 0
	err = spool.List(ctx, spool.Options{Dir: cfg.SpoolDir, Sealer: keys}, func(e spool.Entry) {
		state := "waiting"
		if waiting++; e.Aside {
			state = "aside"
			aside++
		}
		if e.Err != nil {
			fmt.Fprintf(std.out, "%s  %s  user %s  %v\n", e.At.Format(time.RFC3339), state, e.User, e.Err)
			return
		}
		fmt.Fprintf(std.out, "%s  %s  user %s  signal %s  %d bytes\n", e.At.Format(time.RFC3339), state, e.User, e.Signal, e.BodySize)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%d alerts wait, %d were set aside\n", waiting-aside, aside)
	return nil
}

type spoolDrainCommand struct{}

// Run implements the verb. It fails if alerts are left.
func (*spoolDrainCommand) Run(ctx context.Context, c *cli, std streams) error {
	cfg, err := spoolConfig(c)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(std.err, nil))
	s, err := app.OpenSpool(cfg, log)
	if errors.Is(err, spool.ErrLocked) {
		return fmt.Errorf("%w. The process that has it drains it by itself", err)
	}
	if err != nil {
		return err
	}
	stored, err := app.DrainSpool(ctx, cfg, s, log)
	st := s.Status()
	err = errors.Join(err, s.Close())
	fmt.Fprintf(std.out, "%d alerts stored, %d left\n", stored-st.Aside, st.Alerts+st.Aside)
	if err == nil && st.Alerts+st.Aside > 0 {
		err = errors.New("alerts are left in the spool: see above, and run this again")
	}
	return err
}

// spoolConfig reads the settings, which have to name a spool.
func spoolConfig(c *cli) (config.Config, error) {
	cfg, err := loadConfig(c.Env)
	if err == nil && cfg.SpoolDir == "" {
		err = atalaya.Errorf(atalaya.CodeInvalid, "SPOOL_DIR is not set: this service keeps no alerts while its database is away")
	}
	return cfg, err
}

package main

import (
	"context"
	"fmt"

	"atalaya/internal/app"
	"atalaya/internal/config"
	"atalaya/internal/postgres"
	"atalaya/internal/secret"
	"atalaya/internal/upkeep"
)

type keysCommand struct {
	New    keysNewCommand    `cmd:"" help:"Print a new ENCRYPTION_KEY."`
	Rotate keysRotateCommand `cmd:"" help:"Encrypt every stored secret with ENCRYPTION_KEY. Keys of ENCRYPTION_KEYS_OLD are only used to decrypt."`
	Accept keysAcceptCommand `cmd:"" help:"Use ENCRYPTION_KEY from now on, although the former key is lost. Users have to store their secrets again."`
}

type keysNewCommand struct{}

// Run implements the verb.
func (*keysNewCommand) Run(std streams) error {
	key, err := secret.NewKey()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, key)
	return err
}

type keysRotateCommand struct{}

// Run implements the verb.
func (*keysRotateCommand) Run(ctx context.Context, c *cli, std streams) error {
	return withStore(ctx, c, func(cfg config.Config, store *postgres.Store) error {
		keyring, err := app.Keyring(cfg)
		if err != nil {
			return err
		}
		if err := upkeep.UseKey(ctx, store, keyring); err != nil {
			return err
		}
		total, err := store.CountSealedSecrets(ctx)
		if err != nil {
			return err
		}
		report, err := upkeep.Rotate(ctx, store, keyring, func(done int) {
			fmt.Fprintf(std.err, "\r%s %d of %d users", bar(done, int(total)), done, total)
		})
		fmt.Fprintln(std.err)
		if err != nil {
			return fmt.Errorf("%w; what was done stays done: run it again", err)
		}
		if err := upkeep.AcceptKey(ctx, store, keyring); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%d users with secrets, %d sealed anew\n", report.Users, report.Rewritten)
		if report.Channels > 0 {
			fmt.Fprintf(std.out, "%d notification channels with a secret, %d sealed anew\n", report.Channels, report.ChannelsRewritten)
		}
		for _, user := range report.PlainText {
			fmt.Fprintf(std.out, "%s: cookies stored in plain text are refused; the user must store them again through the API\n", user)
		}
		for _, user := range report.Unreadable {
			fmt.Fprintf(std.out, "%s: no key opens these secrets; add the former key to ENCRYPTION_KEYS_OLD, or have the user store them again\n", user)
		}
		for _, c := range report.ChannelsUnreadable {
			fmt.Fprintf(std.out, "%s: no key opens the secret of channel %s; add the former key to ENCRYPTION_KEYS_OLD, or have the user save it again\n", c.UserID, c.ID)
		}
		return nil
	})
}

type keysAcceptCommand struct{}

// Run implements the verb.
func (*keysAcceptCommand) Run(ctx context.Context, c *cli, std streams) error {
	return withStore(ctx, c, func(cfg config.Config, store *postgres.Store) error {
		keyring, err := app.Keyring(cfg)
		if err != nil {
			return err
		}
		if err := upkeep.AcceptKey(ctx, store, keyring); err != nil {
			return err
		}
		_, err = fmt.Fprintln(std.out, "this database goes on with ENCRYPTION_KEY; `atalaya doctor` counts the secrets that it does not open")
		return err
	})
}

// barWidth is the length of a progress bar in characters.
const barWidth = 30

// bar draws how much is done.
func bar(done, total int) string {
	filled := barWidth
	if total > 0 {
		filled = min(barWidth, barWidth*done/total)
	}
	full, empty := "##############################", ".............................."
	return "[" + full[:filled] + empty[filled:] + "]"
}

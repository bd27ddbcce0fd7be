// Command notify tries the notifications of a built program and prints its result as one JSON line, the last:
// make test-notify.
package main

import (
	"context"
	"flag"
	"os"

	"atalaya/acceptance/command"
	"atalaya/acceptance/notify"
)

func main() {
	binary := flag.String("binary", "bin/atalaya", "the built program")
	kills := flag.Int("kills", 200, "how often the program is killed while it sends")
	users := flag.Int("users", 10, "users with a channel of five kinds")
	signals := flag.Int("signals", 100, "signals of each user")
	captures := flag.Int("captures", 20, "signals with a picture")
	flag.Parse()
	command.Run("notify", func(ctx context.Context) (notify.Result, error) {
		return notify.Run(ctx, notify.Options{Binary: *binary, Progress: os.Stderr, Kills: *kills, Users: *users, Signals: *signals, Captures: *captures})
	})
}

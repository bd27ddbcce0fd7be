package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/secret"
)

// bots is how many Telegram bots the users share, because Telegram accepts 30 messages a second from each.
const bots = 10

// priceOf returns an alert's price, by which the alert is found in messages.
func priceOf(n int) string { return fmt.Sprintf("%d.5", 1_000_000+n) }

var priceForm = regexp.MustCompile(`\b(1\d{6})\.5\b`)

// addChat makes a Telegram channel of a user, with a chat of its own.
func (w *world) addChat(ctx context.Context, keyring *secret.Keyring, i int, user atalaya.UserID) error {
	token, chat := fmt.Sprintf("%d:chaos", 100+i%bots), strconv.Itoa(4000+i)
	w.telegram.AddBot(token, "chaos")
	w.telegram.AddChat(chat)
	sealed, err := keyring.Seal(user, atalaya.ColumnChannelSecret, token)
	if err != nil {
		return err
	}
	_, err = w.pool.Exec(ctx, `insert into public.notification_channels (user_id, kind, settings, secret) values ($1, 'telegram', jsonb_build_object('chat_id', $2::text), $3)`, user, chat, sealed)
	return err
}

// checkTold waits until nothing is left to send, and compares the messages that arrived with the signals.
func (w *world) checkTold(ctx context.Context, stored map[int][]storedSignal, r *result) error {
	if err := w.settleTold(ctx); err != nil {
		return err
	}
	first, again := map[int]int{}, map[int]int{}
	for _, m := range w.telegram.Box.Messages() {
		repeat := strings.Contains(m.Text, "possible repeat")
		for _, found := range priceForm.FindAllStringSubmatch(m.Text, -1) {
			price, err := strconv.Atoi(found[1])
			if err != nil {
				return err
			}
			if n := price - 1_000_000; repeat {
				again[n]++
			} else {
				first[n]++
			}
		}
	}
	for n, found := range stored {
		r.ToldAgain += again[n]
		if first[n]+again[n] == 0 {
			r.Untold++
			var row string
			err := w.pool.QueryRow(ctx, `select coalesce(string_agg(concat_ws(' ', state, code, 'attempts', attempts, 'unknown', unknown), '; '), 'no row of the outbox') from public.notifications where signal_id = $1`, found[0].id).Scan(&row)
			if err != nil {
				return err
			}
			say("alert %d is there and was never told: %s", n, row)
		}
		if first[n] > 1 || again[n] > 1 {
			r.ToldTwice++
			say("alert %d was told %d times, and %d times as a possible repeat", n, first[n], again[n])
		}
	}
	return nil
}

// settleTold waits until every message has been sent or given up.
func (w *world) settleTold(ctx context.Context) error {
	const left = `select count(*), coalesce(min(c.code), '') from public.notifications n join public.notification_channels c on c.id = n.channel_id
		where n.state in ('waiting', 'ready', 'sending') or n.picture = 'owed'`
	for deadline := time.Now().Add(10 * time.Minute); ; {
		var n int
		var code string
		if err := w.pool.QueryRow(ctx, left).Scan(&n, &code); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d messages are not sent; %s", n, code)
		}
		if err := pause(ctx, pollEvery); err != nil {
			return err
		}
	}
}

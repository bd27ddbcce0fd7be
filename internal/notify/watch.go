package notify

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"atalaya"
)

// WatchRows is the storage of a Watch.
type WatchRows interface {
	// ClaimDuty reports whether the caller has to do a duty now. Only one of all replicas has to, once in every.
	ClaimDuty(ctx context.Context, duty string, every time.Duration) (bool, error)
	// NotifiedUsers pages through the users with a channel that wants troubles, by id; empty at the end.
	NotifiedUsers(ctx context.Context, after atalaya.UserID, most int) ([]atalaya.NotifiedUser, error)
	// RecentCaptures returns how the users' captures of the last hour ended, at most ten each, the newest
	// first.
	RecentCaptures(ctx context.Context, users []atalaya.UserID) (map[atalaya.UserID][]atalaya.CaptureEnding, error)
	// Sources returns a user's sources that fire often enough to have habits, or every one.
	Sources(ctx context.Context, user atalaya.UserID, every bool) ([]atalaya.SourceHistory, error)
	// ToldTroubles returns the troubles that users were told, oldest first.
	ToldTroubles(ctx context.Context, users []atalaya.UserID) (map[atalaya.UserID][]atalaya.ToldTrouble, error)
	// TellTrouble queues a trouble on a user's channels, once for each key.
	TellTrouble(ctx context.Context, user atalaya.UserID, key string, about *atalaya.SignalID) error
	// NotificationsDue returns how many messages are not sent yet, by state, and the age of the oldest.
	NotificationsDue(ctx context.Context) (counts map[atalaya.NotificationState]int64, oldest time.Duration, err error)
}

// Backlog receives how much waits.
type Backlog interface {
	// NotificationsDue notes how many messages wait, are ready and are being sent, and the age of the oldest.
	NotificationsDue(waiting, ready, sending int64, oldest time.Duration)
}

// Operator sends messages to the operator of the service.
type Operator interface {
	// TellOperator sends a message; an error says that it was not delivered.
	TellOperator(ctx context.Context, m Message) error
}

const (
	watchCapturesEvery = time.Minute
	watchSourcesEvery  = 5 * time.Minute
	// watchPage is how many users are looked at with one statement.
	watchPage = 200
	// operatorUsers is the number of users with one failing code from which on the operator is told.
	operatorUsers = 5
)

// Watch finds what users have to be told without an alert: captures that fail and sources that have gone silent.
type Watch struct {
	rows     WatchRows
	operator Operator // nil if nobody is to be told
	backlog  Backlog
	log      *slog.Logger
	now      func() time.Time
}

// NewWatch makes a Watch. operator may be nil.
func NewWatch(rows WatchRows, operator Operator, backlog Backlog, log *slog.Logger) *Watch {
	return &Watch{rows: rows, operator: operator, backlog: backlog, log: log, now: time.Now}
}

// Round does what is due. It may be called any number of times, on every replica.
func (w *Watch) Round(ctx context.Context) error {
	return errors.Join(
		w.count(ctx),
		w.duty(ctx, "failing captures", watchCapturesEvery, w.lookAtCaptures),
		w.duty(ctx, "silent sources", watchSourcesEvery, w.lookAtSources),
	)
}

func (w *Watch) count(ctx context.Context) error {
	counts, oldest, err := w.rows.NotificationsDue(ctx)
	if err == nil {
		w.backlog.NotificationsDue(counts[atalaya.NotificationWaiting], counts[atalaya.NotificationReady], counts[atalaya.NotificationSending], oldest)
	}
	return err
}

func (w *Watch) duty(ctx context.Context, name string, every time.Duration, do func(context.Context) error) error {
	mine, err := w.rows.ClaimDuty(ctx, name, every)
	if err != nil || !mine {
		return err
	}
	return do(ctx)
}

// eachPage calls f for every page of users with channels.
func (w *Watch) eachPage(ctx context.Context, f func(users []atalaya.NotifiedUser, ids []atalaya.UserID) error) error {
	after := atalaya.UserID("")
	for {
		users, err := w.rows.NotifiedUsers(ctx, after, watchPage)
		if err != nil || len(users) == 0 {
			return err
		}
		ids := make([]atalaya.UserID, len(users))
		for i, u := range users {
			ids[i] = u.ID
		}
		if err := f(users, ids); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// lookAtCaptures tells users that their captures fail or work again. If many users are affected, it tells the
// operator too.
func (w *Watch) lookAtCaptures(ctx context.Context) error {
	affected := map[string]int{} // code -> users
	err := w.eachPage(ctx, func(_ []atalaya.NotifiedUser, ids []atalaya.UserID) error {
		recent, err := w.rows.RecentCaptures(ctx, ids)
		if err != nil || len(recent) == 0 {
			return err
		}
		told, err := w.rows.ToldTroubles(ctx, ids)
		if err != nil {
			return err
		}
		for user, captures := range recent {
			if code := failing(captures); code != "" {
				affected[code]++
			}
			if err := w.queue(ctx, user, captureTroubles(captures, told[user], w.now())); err != nil {
				return err
			}
		}
		return nil
	})
	for code, users := range affected {
		if users >= operatorUsers {
			err = errors.Join(err, w.tellOperator(ctx, code, users))
		}
	}
	return err
}

// lookAtSources tells users that their alerts have gone quiet or are back.
func (w *Watch) lookAtSources(ctx context.Context) error {
	return w.eachPage(ctx, func(users []atalaya.NotifiedUser, ids []atalaya.UserID) error {
		told, err := w.rows.ToldTroubles(ctx, ids)
		if err != nil {
			return err
		}
		for _, u := range users {
			sources, err := w.rows.Sources(ctx, u.ID, len(u.Rules) > 0)
			if err != nil {
				return err
			}
			zone, err := time.LoadLocation(u.Zone)
			if err != nil {
				zone = time.UTC // the database knows zones that this machine does not
			}
			if err := w.queue(ctx, u.ID, silenceTroubles(subjectsOf(sources, u.Rules), told[u.ID], w.now(), zone)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *Watch) queue(ctx context.Context, user atalaya.UserID, troubles []trouble) error {
	for _, t := range troubles {
		if err := w.rows.TellTrouble(ctx, user, t.key, t.about); err != nil {
			return err
		}
	}
	return nil
}

// tellOperator tells the operator once in six hours for each code. If the message cannot be delivered, it is
// logged, since the operator reads the log.
func (w *Watch) tellOperator(ctx context.Context, code string, users int) error {
	mine, err := w.rows.ClaimDuty(ctx, "tell operator "+code, failuresAgain)
	if err != nil || !mine {
		return err
	}
	w.log.WarnContext(ctx, "captures of many users fail", "code", code, "users", users)
	if w.operator == nil {
		return nil
	}
	m := Message{
		ID: "operator", Type: "captures.failing", Language: "en", Title: "📷 Captures of many users fail", Urgent: true, At: w.now(),
		Lines: []Line{{Label: "Code", Value: clean(code)}, {Label: "Users", Value: strconv.Itoa(users)}, {Value: "docs/troubleshooting.md says what the code means and what helps."}},
	}
	if err := w.operator.TellOperator(ctx, m); err != nil {
		w.log.ErrorContext(ctx, "the operator could not be told by Telegram; check TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID", "error", err)
	}
	return nil
}

// operatorChat is a chat with the operator's bot.
type operatorChat struct {
	channel Channel
	chat    string
}

// NewOperatorChat returns an Operator for a chat in which the operator's bot may write.
func NewOperatorChat(telegram Channel, chat string) Operator {
	return operatorChat{channel: telegram, chat: chat}
}

const (
	operatorTries = 3
	operatorPause = 5 * time.Second
)

// TellOperator implements Operator. A request that was certainly not accepted is tried again.
func (o operatorChat) TellOperator(ctx context.Context, m Message) error {
	to := Destination{Settings: atalaya.ChannelSettings{ChatID: o.chat, House: true}}
	for try := 1; ; try++ {
		r := o.channel.Send(ctx, to, m)
		switch {
		case r.Verdict == Sent:
			return nil
		case r.Verdict != Retry && r.Verdict != Limited, try == operatorTries:
			return errors.New(r.Verdict.String() + ": " + Explain(atalaya.English, r))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(max(operatorPause, r.After)):
		}
	}
}

package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

const (
	// maxDue is how much of a channel's outbox is read at once.
	maxDue = 60
	// maxSendsPerUser is how many of a user's channels are sent to at once.
	maxSendsPerUser = 4
)

// ClaimChannels implements the dispatcher's Rows.
func (s *Store) ClaimChannels(ctx context.Context, kinds []atalaya.ChannelKind, limit int, lease time.Duration) ([]atalaya.ChannelClaim, error) {
	owner := uuid.NewString()
	params := rows.ClaimChannelsParams{Owner: &owner, ForEach: maxSendsPerUser, Most: int32(limit), Lease: lease.Seconds()}
	for _, kind := range kinds {
		params.Kinds = append(params.Kinds, string(kind))
	}
	found, err := rows.New(s.pool).ClaimChannels(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("claim channels: %w", err)
	}
	claims := make([]atalaya.ChannelClaim, len(found))
	for i, r := range found {
		claims[i] = atalaya.ChannelClaim{
			Owner: owner, ID: atalaya.ChannelID(r.ID), UserID: atalaya.UserID(r.UserID), Kind: atalaya.ChannelKind(r.Kind), Language: r.Language,
			AsFile: r.AsFile, Settings: settingsOf(r.Settings), Refusals: r.Refusals, Shares: r.Destination != nil,
		}
		claims[i].Secret, claims[i].Column = sealedOf(r.Origin, r.Kind, r.Secret, r.Classic)
	}
	return claims, nil
}

// sealedOf returns a channel's secret and the column that it is stored in.
func sealedOf(origin, kind, own, classic string) (atalaya.Sealed, atalaya.SecretColumn) {
	switch {
	case origin != "classic":
		return atalaya.Sealed(own), atalaya.ColumnChannelSecret
	case kind == string(atalaya.ChannelTelegram):
		return atalaya.Sealed(classic), atalaya.ColumnBotToken
	}
	return atalaya.Sealed(classic), atalaya.ColumnDiscordURL
}

// settingsOf reads the settings of a channel. Settings that cannot be read count as empty.
func settingsOf(raw json.RawMessage) (settings atalaya.ChannelSettings) {
	_ = json.Unmarshal(raw, &settings) // the column holds what this service and its triggers wrote
	return settings
}

// DueNotifications implements the dispatcher's Rows.
func (s *Store) DueNotifications(ctx context.Context, c atalaya.ChannelClaim) (due atalaya.DueList, err error) {
	q := rows.New(s.pool)
	reader, err := q.ChannelReader(ctx, string(c.UserID))
	if err != nil {
		return due, fmt.Errorf("read a channel's reader: %w", err)
	}
	due.Zone, due.Now, due.Email = reader.PreferredTimezone, reader.At, reader.Email
	found, err := q.DueNotifications(ctx, rows.DueNotificationsParams{ChannelID: string(c.ID), UserID: string(c.UserID), Most: maxDue})
	if err != nil {
		return due, fmt.Errorf("read what is due: %w", err)
	}
	var ids []string
	for _, r := range found {
		due.Total = int(r.Total)
		due.Rows = append(due.Rows, atalaya.DueNotification{Notification: notificationOf(r.Notification)})
		if r.Notification.SignalID != nil {
			ids = append(ids, *r.Notification.SignalID)
		}
	}
	if len(ids) == 0 {
		return due, nil
	}
	signals, err := q.SignalsForNotices(ctx, rows.SignalsForNoticesParams{UserID: string(c.UserID), Ids: ids})
	if err != nil {
		return due, fmt.Errorf("read the signals to tell: %w", err)
	}
	byID := make(map[atalaya.SignalID]*atalaya.Signal, len(signals))
	for _, r := range signals {
		signal := signalOf(r)
		byID[signal.ID] = &signal
	}
	for i, d := range due.Rows {
		if d.SignalID != nil {
			due.Rows[i].Signal = byID[*d.SignalID]
		}
	}
	return due, nil
}

func notificationOf(r rows.Notification) atalaya.Notification {
	return atalaya.Notification{
		ID: atalaya.NotificationID(r.ID), UserID: atalaya.UserID(r.UserID), ChannelID: atalaya.ChannelID(r.ChannelID), Event: atalaya.NotificationEvent(r.Event),
		SignalID: (*atalaya.SignalID)(r.SignalID), Key: r.Key, State: atalaya.NotificationState(r.State), NotBefore: r.NotBefore, Attempts: r.Attempts, Unknown: r.Unknown,
		StartedAt: r.StartedAt, SentAt: r.SentAt, ExternalID: textOrEmpty(r.ExternalID), Picture: atalaya.PictureState(r.Picture), Code: textOrEmpty(r.Code), CreatedAt: r.CreatedAt,
	}
}

// BeginSending implements the dispatcher's Rows.
func (s *Store) BeginSending(ctx context.Context, c atalaya.ChannelClaim, ids []atalaya.NotificationID, lease time.Duration) (ok bool, err error) {
	n, err := rows.New(s.pool).BeginSending(ctx, rows.BeginSendingParams{
		Lease: lease.Seconds(), ChannelID: string(c.ID), UserID: string(c.UserID), Owner: &c.Owner, Ids: textsOf(ids),
	})
	if err != nil {
		return false, fmt.Errorf("begin sending: %w", err)
	}
	return n > 0, nil
}

// UndoSending implements the dispatcher's Rows.
func (s *Store) UndoSending(ctx context.Context, c atalaya.ChannelClaim, begun []atalaya.DueNotification) error {
	p := rows.UndoSendingParams{ChannelID: string(c.ID), UserID: string(c.UserID)}
	for _, d := range begun {
		p.Ids, p.Attempts = append(p.Ids, string(d.ID)), append(p.Attempts, d.Attempts)
	}
	if err := rows.New(s.pool).UndoSending(ctx, p); err != nil {
		return fmt.Errorf("undo the begin of sending: %w", err)
	}
	return nil
}

// EndSending implements the dispatcher's Rows.
func (s *Store) EndSending(ctx context.Context, c atalaya.ChannelClaim, e atalaya.SendEnding) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		q := rows.New(tx)
		if err := endRows(ctx, q, c, e.Rows); err != nil {
			return err
		}
		if err := endChannel(ctx, q, c, e.Channel); err != nil {
			return err
		}
		if !e.Channel.Tell {
			return nil
		}
		return tellElsewhere(ctx, q, c, e.Channel)
	})
	if err != nil {
		return fmt.Errorf("write the outcome of a notification: %w", err)
	}
	return nil
}

func endRows(ctx context.Context, q *rows.Queries, c atalaya.ChannelClaim, endings []atalaya.RowEnding) error {
	p := rows.EndNotificationsParams{ChannelID: string(c.ID), UserID: string(c.UserID)}
	for _, r := range endings {
		p.Ids, p.States, p.Unknown = append(p.Ids, string(r.ID)), append(p.States, string(r.State)), append(p.Unknown, r.Unknown)
		p.ExternalIds, p.Pictures = append(p.ExternalIds, r.ExternalID), append(p.Pictures, string(r.Picture))
		p.Codes, p.Delays = append(p.Codes, r.Code), append(p.Delays, r.Delay.Seconds())
	}
	if len(p.Ids) == 0 {
		return nil
	}
	if err := q.LockNotifications(ctx, rows.LockNotificationsParams{ChannelID: p.ChannelID, UserID: p.UserID, Ids: p.Ids}); err != nil {
		return err
	}
	return q.EndNotifications(ctx, p)
}

func endChannel(ctx context.Context, q *rows.Queries, c atalaya.ChannelClaim, e atalaya.ChannelEnding) error {
	p := rows.EndChannelParams{
		ID: string(c.ID), UserID: string(c.UserID), Owner: &c.Owner, Status: string(e.Status), Code: e.Code, Refusals: e.Refusals, Pause: e.Pause.Seconds(),
	}
	if e.Settings != nil {
		p.Settings, _ = json.Marshal(e.Settings) // strings and a bool always can be
	}
	if err := q.EndChannel(ctx, p); err != nil || !e.Wide || !c.Shares {
		return err
	}
	channel, err := q.GetChannel(ctx, rows.GetChannelParams{UserID: string(c.UserID), ID: string(c.ID)})
	if err != nil {
		return err
	}
	return q.PauseDestination(ctx, rows.PauseDestinationParams{Pause: e.Pause.Seconds(), Destination: channel.NotificationChannel.Destination})
}

// tellElsewhere tells a user that a channel accepts no messages, through the user's other channels, or by mail to
// the account's address if there are none.
func tellElsewhere(ctx context.Context, q *rows.Queries, c atalaya.ChannelClaim, e atalaya.ChannelEnding) error {
	key := atalaya.NoticeKey(atalaya.NoticeChannel, string(c.Kind), e.Code, fmt.Sprint(time.Now().Unix()))
	id := string(c.ID)
	n, err := q.WriteTrouble(ctx, rows.WriteTroubleParams{UserID: string(c.UserID), Key: key, But: &id})
	if err != nil || n > 0 || c.Kind == atalaya.ChannelEmail {
		return err
	}
	return q.WriteFallback(ctx, rows.WriteFallbackParams{UserID: string(c.UserID), Language: c.Language, Key: key})
}

// ReleaseChannel implements the dispatcher's Rows.
func (s *Store) ReleaseChannel(ctx context.Context, c atalaya.ChannelClaim) error {
	err := rows.New(s.pool).ReleaseChannel(ctx, rows.ReleaseChannelParams{ID: string(c.ID), UserID: string(c.UserID), Owner: &c.Owner})
	if err != nil {
		return fmt.Errorf("release a channel: %w", err)
	}
	return nil
}

// OnNotify sets the function that is called after each commit that may have made notifications due. Set it before the
// store is used; f must not block.
func (s *Store) OnNotify(f func()) { s.notified = f }

// wakeDispatcher calls the function of OnNotify.
func (s *Store) wakeDispatcher() {
	if s.notified != nil {
		s.notified()
	}
}

// textsOf converts ids of the domain to text.
func textsOf[T ~string](ids []T) []string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return texts
}

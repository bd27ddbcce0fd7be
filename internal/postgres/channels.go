package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// Channels returns the user's channels, the oldest first.
func (s *Store) Channels(ctx context.Context, user atalaya.UserID) ([]atalaya.NotificationChannel, error) {
	found, err := rows.New(s.pool).ListChannels(ctx, string(user))
	if err != nil {
		return nil, failed("list the channels", err)
	}
	channels := make([]atalaya.NotificationChannel, len(found))
	for i, r := range found {
		channels[i] = channelOf(r.NotificationChannel)
	}
	return channels, nil
}

// Channel returns a channel of the user, with its secret as it is stored; CodeNotFound if there is none.
func (s *Store) Channel(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID) (atalaya.NotificationChannel, error) {
	r, err := rows.New(s.pool).GetChannel(ctx, rows.GetChannelParams{UserID: string(user), ID: string(id)})
	if errors.Is(err, pgx.ErrNoRows) {
		return atalaya.NotificationChannel{}, noChannel()
	}
	if err != nil {
		return atalaya.NotificationChannel{}, failed("read the channel", err)
	}
	c := channelOf(r.NotificationChannel)
	c.Secret, c.Column = sealedOf(c.Origin, string(c.Kind), textOrEmpty(r.NotificationChannel.Secret), r.Classic)
	return c, nil
}

func noChannel() error {
	return atalaya.Errorf(atalaya.CodeNotFound, "You have no such channel.")
}

func channelOf(r rows.NotificationChannel) atalaya.NotificationChannel {
	c := atalaya.NotificationChannel{
		ID: atalaya.ChannelID(r.ID), UserID: atalaya.UserID(r.UserID), Kind: atalaya.ChannelKind(r.Kind), Name: r.Name, Origin: r.Origin, Enabled: r.Enabled,
		Mode: atalaya.DeliveryMode(r.Mode), MaxWait: time.Duration(r.MaxWaitSeconds) * time.Second, Language: r.Language, AsFile: r.AsFile,
		Settings: settingsOf(r.Settings), Status: atalaya.ChannelStatus(r.Status), Code: textOrEmpty(r.Code), ResumeAt: r.ResumeAt,
		HasSecret: r.Secret != nil, Pending: textOrEmpty(r.Pending), PendingUntil: r.PendingUntil, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	for _, event := range r.Events {
		c.Events = append(c.Events, atalaya.NotificationEvent(event))
	}
	return c
}

// destinationOf returns a hash that is equal for channels that send with the same token, nil for none.
func destinationOf(c atalaya.NotificationChannel, token string) []byte {
	if c.Settings.House {
		token = "house"
	}
	if token == "" {
		return nil
	}
	hash := sha256.Sum256([]byte(string(c.Kind) + " " + token))
	return hash[:16]
}

// CreateChannel creates a channel. token is its secret in plain text; only its hash is stored. It fails with
// CodeConflict if the user has MaxChannels, and with CodeNotFound if the user has no settings.
func (s *Store) CreateChannel(ctx context.Context, c atalaya.NotificationChannel, token string) (id atalaya.ChannelID, err error) {
	settings, err := json.Marshal(c.Settings)
	if err != nil {
		return "", fmt.Errorf("encode the channel's settings: %w", err)
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		q := rows.New(tx)
		n, err := q.LockChannels(ctx, string(c.UserID))
		if err != nil {
			return err
		}
		if n >= atalaya.MaxChannels {
			return atalaya.Errorf(atalaya.CodeConflict, "You have %d channels, which is the most. Delete one first.", n)
		}
		made, err := q.InsertChannel(ctx, rows.InsertChannelParams{
			UserID: string(c.UserID), Kind: string(c.Kind), Name: c.Name, Enabled: c.Enabled, Events: textsOf(c.Events), Mode: string(c.Mode),
			MaxWaitSeconds: int32(c.MaxWait / time.Second), Language: c.Language, AsFile: c.AsFile, Settings: settings, Secret: orNull(c.Secret.Reveal()),
			Destination: destinationOf(c, token), Pending: orNull(c.Pending), PendingUntil: c.PendingUntil,
		})
		id = atalaya.ChannelID(made)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", atalaya.Errorf(atalaya.CodeNotFound, "You have no settings yet: read GET /api/config once.")
	}
	if err != nil {
		return "", failed("make the channel", err)
	}
	return id, nil
}

// UpdateChannel writes a channel. Of a classic one it writes only what the columns of the settings do not hold. It fails
// with CodeNotFound if there is no such channel.
func (s *Store) UpdateChannel(ctx context.Context, c atalaya.NotificationChannel, token string) error {
	settings, err := json.Marshal(c.Settings)
	if err != nil {
		return fmt.Errorf("encode the channel's settings: %w", err)
	}
	q := rows.New(s.pool)
	var n int64
	if c.Origin == "classic" {
		n, err = q.UpdateClassicChannel(ctx, rows.UpdateClassicChannelParams{
			UserID: string(c.UserID), ID: string(c.ID), Events: textsOf(c.Events), Mode: string(c.Mode), MaxWaitSeconds: int32(c.MaxWait / time.Second),
			Language: c.Language, AsFile: c.AsFile, Name: c.Name, Status: string(c.Status),
		})
	} else {
		n, err = q.UpdateChannel(ctx, rows.UpdateChannelParams{
			UserID: string(c.UserID), ID: string(c.ID), Name: c.Name, Enabled: c.Enabled, Events: textsOf(c.Events), Mode: string(c.Mode),
			MaxWaitSeconds: int32(c.MaxWait / time.Second), Language: c.Language, AsFile: c.AsFile, Settings: settings, Secret: orNull(c.Secret.Reveal()),
			Destination: destinationOf(c, token), Status: string(c.Status), Pending: orNull(c.Pending), PendingUntil: c.PendingUntil,
		})
	}
	switch {
	case err != nil:
		return failed("change the channel", err)
	case n == 0:
		return noChannel()
	}
	s.wakeDispatcher()
	return nil
}

// DeleteChannel removes a channel with its outbox. It fails with CodeNotFound if there is none, and with CodeConflict for
// a classic one.
func (s *Store) DeleteChannel(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID) error {
	n, err := rows.New(s.pool).DeleteChannel(ctx, rows.DeleteChannelParams{UserID: string(user), ID: string(id)})
	if err != nil {
		return failed("delete the channel", err)
	}
	if n == 1 {
		return nil
	}
	if _, err := s.Channel(ctx, user, id); err != nil {
		return err
	}
	return atalaya.Errorf(atalaya.CodeConflict, "This channel follows your settings: clear them by PUT /api/config, and it is switched off.")
}

// SetChannelState records the outcome of a test message. code is "" for none.
func (s *Store) SetChannelState(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID, status atalaya.ChannelStatus, code string) error {
	err := rows.New(s.pool).SetChannelState(ctx, rows.SetChannelStateParams{UserID: string(user), ID: string(id), Status: string(status), Code: code})
	if err != nil {
		return failed("note the state of the channel", err)
	}
	s.wakeDispatcher()
	return nil
}

// ProveChannel switches on the channel if pending is its code and has not expired. ok is false if not.
func (s *Store) ProveChannel(ctx context.Context, id atalaya.ChannelID, pending string) (ok bool, err error) {
	n, err := rows.New(s.pool).ProveChannel(ctx, rows.ProveChannelParams{ID: string(id), Pending: pending})
	if err != nil {
		return false, failed("prove the channel", err)
	}
	return n == 1, nil
}

// UnsubscribeChannel switches a mail channel off, for whoever has its link.
func (s *Store) UnsubscribeChannel(ctx context.Context, id atalaya.ChannelID) error {
	if _, err := rows.New(s.pool).UnsubscribeChannel(ctx, string(id)); err != nil {
		return failed("switch the channel off", err)
	}
	return nil
}

// NewestSignal returns the user's newest signal with a picture, else the newest, else nil. zone is the user's time zone,
// and email the confirmed address, "" for none.
func (s *Store) NewestSignal(ctx context.Context, user atalaya.UserID) (signal *atalaya.Signal, zone, email string, err error) {
	q := rows.New(s.pool)
	reader, err := q.ChannelReader(ctx, string(user))
	if err != nil {
		return nil, "", "", failed("read for whom a message is", err)
	}
	row, err := q.NewestPicture(ctx, string(user))
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, reader.PreferredTimezone, reader.Email, nil
	case err != nil:
		return nil, "", "", failed("read the newest signal", err)
	}
	found := signalOf(row)
	return &found, reader.PreferredTimezone, reader.Email, nil
}

// Notifications returns up to limit rows of the user's outbox after a position, the newest first. A nil position is the
// beginning.
func (s *Store) Notifications(ctx context.Context, user atalaya.UserID, f atalaya.NotificationFilter, limit int, after *atalaya.DeliveryCursor) ([]atalaya.Notification, error) {
	p := rows.ListNotificationsParams{
		UserID: string(user), State: string(f.State), Channel: string(f.Channel), Signal: string(f.Signal), BeforeID: noID, Most: int32(limit),
	}
	if after != nil {
		p.Before, p.BeforeID = &after.ReceivedAt, after.ID
	}
	found, err := rows.New(s.pool).ListNotifications(ctx, p)
	if err != nil {
		return nil, failed("list the notifications", err)
	}
	list := make([]atalaya.Notification, len(found))
	for i, r := range found {
		list[i] = notificationOf(r.Notification)
	}
	return list, nil
}

// ResendNotification queues a message again. It fails with CodeNotFound if no ended message has this id.
func (s *Store) ResendNotification(ctx context.Context, user atalaya.UserID, id atalaya.NotificationID) error {
	n, err := rows.New(s.pool).ResendNotification(ctx, rows.ResendNotificationParams{UserID: string(user), ID: string(id)})
	if err != nil {
		return failed("send the notification again", err)
	}
	if n == 0 {
		return atalaya.Errorf(atalaya.CodeNotFound, "You have no such notification, or it is being sent already.")
	}
	s.wakeDispatcher()
	return nil
}

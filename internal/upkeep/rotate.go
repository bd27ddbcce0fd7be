package upkeep

import (
	"context"
	"errors"

	"atalaya"
)

// Secrets is the storage of sealed secrets.
type Secrets interface {
	// SealedSecrets pages through the users with any secret, in user id order; empty at the end.
	SealedSecrets(ctx context.Context, after atalaya.UserID, most int) ([]atalaya.SealedSecrets, error)
	// ReplaceSecrets writes after if before is still stored. ok is false if it is not.
	ReplaceSecrets(ctx context.Context, before, after atalaya.SealedSecrets) (ok bool, err error)
	// ChannelSecrets pages through the channels with a secret, in the order of their ids; empty at the end.
	ChannelSecrets(ctx context.Context, after atalaya.ChannelID, most int) ([]atalaya.SealedChannel, error)
	// ReplaceChannelSecret writes after if before is still stored. ok is false if it is not.
	ReplaceChannelSecret(ctx context.Context, before atalaya.SealedChannel, after atalaya.Sealed) (ok bool, err error)
}

// Keyring seals and opens.
type Keyring interface {
	Seal(user atalaya.UserID, column atalaya.SecretColumn, plain string) (atalaya.Sealed, error)
	Open(user atalaya.UserID, column atalaya.SecretColumn, sealed atalaya.Sealed) (string, error)
	// Current reports whether a value is sealed with the current key in the current form.
	Current(sealed atalaya.Sealed) bool
	// Plain reports whether a value is not encrypted.
	Plain(sealed atalaya.Sealed) bool
}

// page is how many users are read at a time.
const page = 100

// Rotation tells what became of the stored secrets.
type Rotation struct {
	Users      int              // with any secret
	Rewritten  int              // users whose secrets were sealed anew
	Unreadable []atalaya.UserID // users with a secret that no key opens, left as it is
	PlainText  []atalaya.UserID // users with cookies stored in plain text, left as they are and refused

	Channels           int // with a secret
	ChannelsRewritten  int
	ChannelsUnreadable []atalaya.SealedChannel // with a secret that no key opens, left as it is
}

// Rotate seals every stored secret with the current key while the service runs. A value that its owner replaces
// meanwhile is left as the owner stored it. progress is called after each user.
func Rotate(ctx context.Context, rows Secrets, keyring Keyring, progress func(done int)) (Rotation, error) {
	var r Rotation
	err := eachUser(ctx, rows, func(s atalaya.SealedSecrets) error {
		r.Users++
		changed, err := rotateUser(ctx, rows, keyring, s, &r)
		if err != nil {
			return err
		}
		if changed {
			r.Rewritten++
		}
		progress(r.Users)
		return nil
	})
	if err == nil {
		err = rotateChannels(ctx, rows, keyring, &r)
	}
	return r, err
}

// rotateChannels seals the secrets of notification channels with the current key.
func rotateChannels(ctx context.Context, rows Secrets, keyring Keyring, r *Rotation) error {
	after := atalaya.ChannelID("")
	for {
		list, err := rows.ChannelSecrets(ctx, after, page)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, before := range list {
			after = before.ID
			r.Channels++
			if keyring.Current(before.Secret) {
				continue
			}
			plain, err := keyring.Open(before.UserID, atalaya.ColumnChannelSecret, before.Secret)
			if err != nil {
				r.ChannelsUnreadable = append(r.ChannelsUnreadable, before)
				continue
			}
			sealed, err := keyring.Seal(before.UserID, atalaya.ColumnChannelSecret, plain)
			if err != nil {
				return err
			}
			ok, err := rows.ReplaceChannelSecret(ctx, before, sealed)
			if err != nil {
				return err
			}
			if ok {
				r.ChannelsRewritten++
			}
		}
	}
}

// eachUser calls f for every user with a secret.
func eachUser(ctx context.Context, rows Secrets, f func(atalaya.SealedSecrets) error) error {
	var after atalaya.UserID
	for {
		list, err := rows.SealedSecrets(ctx, after, page)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, s := range list {
			if err := f(s); err != nil {
				return err
			}
			after = s.UserID
		}
	}
}

// rotateUser seals one user's secrets with the current key, and notes those that it cannot.
func rotateUser(ctx context.Context, rows Secrets, keyring Keyring, before atalaya.SealedSecrets, r *Rotation) (changed bool, err error) {
	after := before
	unreadable, plain := false, false
	for _, secret := range []struct {
		column atalaya.SecretColumn
		value  *atalaya.Sealed
	}{
		{atalaya.ColumnSessionID, &after.SessionID}, {atalaya.ColumnSessionSign, &after.SessionSign}, {atalaya.ColumnBotToken, &after.BotToken},
	} {
		switch value := *secret.value; {
		case value == "" || keyring.Current(value):
		case keyring.Plain(value) && secret.column != atalaya.ColumnBotToken:
			plain = true
		default:
			sealed, err := reseal(keyring, before.UserID, secret.column, value)
			if err != nil {
				unreadable = true
				continue
			}
			*secret.value = sealed
		}
	}
	if unreadable {
		r.Unreadable = append(r.Unreadable, before.UserID)
	}
	if plain {
		r.PlainText = append(r.PlainText, before.UserID)
	}
	if after == before {
		return false, nil
	}
	return rows.ReplaceSecrets(ctx, before, after)
}

// reseal seals a value with the current key. It also seals a bot token in plain text, as the Node service's front end
// writes it.
func reseal(keyring Keyring, user atalaya.UserID, column atalaya.SecretColumn, value atalaya.Sealed) (atalaya.Sealed, error) {
	plain := value.Reveal()
	if !keyring.Plain(value) {
		opened, err := keyring.Open(user, column, value)
		if err != nil {
			return "", err
		}
		plain = opened
	}
	return keyring.Seal(user, column, plain)
}

// sealBotTokens seals the bot tokens that front ends wrote in plain text.
func (u *Upkeep) sealBotTokens(ctx context.Context) error {
	list, err := u.rows.PlainBotTokens(ctx, page)
	if err != nil {
		return err
	}
	var failures []error
	for _, before := range list {
		after := before
		if after.BotToken, err = u.keyring.Seal(before.UserID, atalaya.ColumnBotToken, before.BotToken.Reveal()); err == nil {
			_, err = u.rows.ReplaceSecrets(ctx, before, after)
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

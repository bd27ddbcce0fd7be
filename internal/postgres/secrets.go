package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// SealedSecrets returns up to most users that have any secret stored, after a user, in the order of their ids; "" begins
// with the first. An empty result is the end.
func (s *Store) SealedSecrets(ctx context.Context, after atalaya.UserID, most int) ([]atalaya.SealedSecrets, error) {
	list, err := rows.New(s.pool).SealedSecrets(ctx, rows.SealedSecretsParams{After: afterID(string(after)), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read the sealed secrets: %w", err)
	}
	secrets := make([]atalaya.SealedSecrets, 0, len(list))
	for _, r := range list {
		secrets = append(secrets, sealedSecrets(r.UserID, r.TvSessionid, r.TvSessionidSign, r.TelegramBotToken))
	}
	return secrets, nil
}

// SealedCookies returns the cookies that a user has stored. It fails with CodeNotFound unless both are.
func (s *Store) SealedCookies(ctx context.Context, user atalaya.UserID) (atalaya.SealedCookies, error) {
	found, err := rows.New(s.pool).SealedCookies(ctx, string(user))
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return atalaya.SealedCookies{}, atalaya.Errorf(atalaya.CodeNotFound, "User %s has no TradingView cookies stored.", user)
	case err != nil:
		return atalaya.SealedCookies{}, fmt.Errorf("read a user's cookies: %w", err)
	}
	return atalaya.SealedCookies{SessionID: atalaya.Sealed(found.TvSessionid), Sign: atalaya.Sealed(found.TvSessionidSign)}, nil
}

func sealedSecrets(user, sessionID, sessionSign, botToken string) atalaya.SealedSecrets {
	return atalaya.SealedSecrets{
		UserID: atalaya.UserID(user), SessionID: atalaya.Sealed(sessionID), SessionSign: atalaya.Sealed(sessionSign), BotToken: atalaya.Sealed(botToken),
	}
}

// CountSealedSecrets counts the users that have any secret stored.
func (s *Store) CountSealedSecrets(ctx context.Context) (int64, error) {
	n, err := rows.New(s.pool).CountSealedSecrets(ctx)
	if err != nil {
		return 0, fmt.Errorf("count the sealed secrets: %w", err)
	}
	return n, nil
}

// ReplaceSecrets replaces the user's ciphertexts if they are still those of before. ok is false if the user has
// stored others meanwhile.
func (s *Store) ReplaceSecrets(ctx context.Context, before, after atalaya.SealedSecrets) (ok bool, err error) {
	n, err := rows.New(s.pool).ReplaceSecrets(ctx, rows.ReplaceSecretsParams{
		NewSessionid: after.SessionID.Reveal(), NewSessionidSign: after.SessionSign.Reveal(), NewBotToken: after.BotToken.Reveal(),
		UserID:       string(before.UserID),
		OldSessionid: before.SessionID.Reveal(), OldSessionidSign: before.SessionSign.Reveal(), OldBotToken: before.BotToken.Reveal(),
	})
	if err != nil {
		return false, fmt.Errorf("replace the sealed secrets: %w", err)
	}
	return n == 1, nil
}

// PlainBotTokens returns up to most users whose Telegram bot token is stored in plain text.
func (s *Store) PlainBotTokens(ctx context.Context, most int) ([]atalaya.SealedSecrets, error) {
	list, err := rows.New(s.pool).PlainBotTokens(ctx, int32(most))
	if err != nil {
		return nil, fmt.Errorf("find plain bot tokens: %w", err)
	}
	secrets := make([]atalaya.SealedSecrets, 0, len(list))
	for _, r := range list {
		secrets = append(secrets, sealedSecrets(r.UserID, r.TvSessionid, r.TvSessionidSign, r.TelegramBotToken))
	}
	return secrets, nil
}

// CountWithoutConsent counts the users whose cookies are stored and whose consent to automation is
// not recorded.
func (s *Store) CountWithoutConsent(ctx context.Context) (int64, error) {
	n, err := rows.New(s.pool).CountWithoutConsent(ctx)
	if err != nil {
		return 0, fmt.Errorf("count missing consents: %w", err)
	}
	return n, nil
}

// KeyCanary returns the sealed value that shows whether a key is the database's, "" if none is stored yet.
func (s *Store) KeyCanary(ctx context.Context) (atalaya.Sealed, error) {
	sealed, err := rows.New(s.pool).KeyCanary(ctx)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("read the key's canary: %w", err)
	}
	return atalaya.Sealed(sealed), nil
}

// PlaceKeyCanary stores the canary unless there is one.
func (s *Store) PlaceKeyCanary(ctx context.Context, sealed atalaya.Sealed) error {
	if err := rows.New(s.pool).PlaceKeyCanary(ctx, sealed.Reveal()); err != nil {
		return fmt.Errorf("place the key's canary: %w", err)
	}
	return nil
}

// ReplaceKeyCanary stores another canary.
func (s *Store) ReplaceKeyCanary(ctx context.Context, sealed atalaya.Sealed) error {
	if err := rows.New(s.pool).ReplaceKeyCanary(ctx, sealed.Reveal()); err != nil {
		return fmt.Errorf("replace the key's canary: %w", err)
	}
	return nil
}

// ChannelSecrets returns up to most channels that have a secret, after a channel, in the order of their ids; "" begins with
// the first. An empty result is the end.
func (s *Store) ChannelSecrets(ctx context.Context, after atalaya.ChannelID, most int) ([]atalaya.SealedChannel, error) {
	list, err := rows.New(s.pool).ChannelSecrets(ctx, rows.ChannelSecretsParams{After: afterID(string(after)), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read the channels' secrets: %w", err)
	}
	secrets := make([]atalaya.SealedChannel, len(list))
	for i, r := range list {
		secrets[i] = atalaya.SealedChannel{ID: atalaya.ChannelID(r.ID), UserID: atalaya.UserID(r.UserID), Secret: atalaya.Sealed(r.Secret)}
	}
	return secrets, nil
}

// ReplaceChannelSecret replaces a channel's ciphertext if it is still that of before. ok is false if it has changed.
func (s *Store) ReplaceChannelSecret(ctx context.Context, before atalaya.SealedChannel, after atalaya.Sealed) (ok bool, err error) {
	n, err := rows.New(s.pool).ReplaceChannelSecret(ctx, rows.ReplaceChannelSecretParams{
		NewSecret: after.Reveal(), ID: string(before.ID), UserID: string(before.UserID), OldSecret: before.Secret.Reveal(),
	})
	if err != nil {
		return false, fmt.Errorf("replace a channel's secret: %w", err)
	}
	return n == 1, nil
}

// CountChannels counts all users' channels by kind.
func (s *Store) CountChannels(ctx context.Context) ([]atalaya.ChannelCount, error) {
	found, err := rows.New(s.pool).CountChannels(ctx)
	if err != nil {
		return nil, fmt.Errorf("count the channels: %w", err)
	}
	counts := make([]atalaya.ChannelCount, len(found))
	for i, r := range found {
		counts[i] = atalaya.ChannelCount{Kind: atalaya.ChannelKind(r.Kind), On: r.OnCount, Broken: r.Broken}
	}
	return counts, nil
}

package postgres

import (
	"context"
	"fmt"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// SealedSecrets are one user's ciphertexts, "" where nothing is stored.
type SealedSecrets struct {
	UserID      atalaya.UserID
	SessionID   string // column tv_sessionid
	SessionSign string // column tv_sessionid_sign
	BotToken    string // column telegram_bot_token; plain text where a front end wrote it
}

// firstUser sorts before every user id.
const firstUser = "00000000-0000-0000-0000-000000000000"

// SealedSecrets gives the users that have any secret stored, in user id order after the given one;
// "" begins with the first. An empty result is the end.
func (s *Store) SealedSecrets(ctx context.Context, after atalaya.UserID, most int) ([]SealedSecrets, error) {
	if after == "" {
		after = firstUser
	}
	list, err := rows.New(s.pool).SealedSecrets(ctx, rows.SealedSecretsParams{After: string(after), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read the sealed secrets: %w", err)
	}
	secrets := make([]SealedSecrets, 0, len(list))
	for _, r := range list {
		secrets = append(secrets, SealedSecrets{
			UserID: atalaya.UserID(r.UserID), SessionID: r.TvSessionid, SessionSign: r.TvSessionidSign, BotToken: r.TelegramBotToken,
		})
	}
	return secrets, nil
}

// CountSealedSecrets counts the users that have any secret stored.
func (s *Store) CountSealedSecrets(ctx context.Context) (int64, error) {
	n, err := rows.New(s.pool).CountSealedSecrets(ctx)
	if err != nil {
		return 0, fmt.Errorf("count the sealed secrets: %w", err)
	}
	return n, nil
}

// ReplaceSecrets writes a user's ciphertexts anew where they are still those of before; ok is false
// where the user has stored others in the meantime.
func (s *Store) ReplaceSecrets(ctx context.Context, user atalaya.UserID, before, after SealedSecrets) (ok bool, err error) {
	n, err := rows.New(s.pool).ReplaceSecrets(ctx, rows.ReplaceSecretsParams{
		NewSessionid: after.SessionID, NewSessionidSign: after.SessionSign, NewBotToken: after.BotToken,
		UserID:       string(user),
		OldSessionid: before.SessionID, OldSessionidSign: before.SessionSign, OldBotToken: before.BotToken,
	})
	if err != nil {
		return false, fmt.Errorf("replace the sealed secrets: %w", err)
	}
	return n == 1, nil
}

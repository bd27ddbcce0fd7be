package upkeep

import (
	"context"
	"errors"
	"fmt"

	"atalaya"
)

// Canaries is the storage of the sealed value that reveals a wrong key.
type Canaries interface {
	// KeyCanary returns the sealed word, "" if none was placed yet.
	KeyCanary(ctx context.Context) (atalaya.Sealed, error)
	// PlaceKeyCanary stores the sealed word unless there is one.
	PlaceKeyCanary(ctx context.Context, sealed atalaya.Sealed) error
	// ReplaceKeyCanary stores another sealed word.
	ReplaceKeyCanary(ctx context.Context, sealed atalaya.Sealed) error
	// SealedSecrets is that of Secrets.
	SealedSecrets(ctx context.Context, after atalaya.UserID, most int) ([]atalaya.SealedSecrets, error)
}

// ErrWrongKey means that the keyring does not open what this database's secrets are sealed with. Its text
// has the cure.
var ErrWrongKey = errors.New("ENCRYPTION_KEY is not the key that this database's secrets are sealed with. Set the former key again; to change keys, put the new one into ENCRYPTION_KEY and the former into ENCRYPTION_KEYS_OLD, and run `atalaya keys rotate`. Only if the former key is lost: `atalaya keys accept` goes on with the new one, and users have to store their cookies again")

const (
	// canaryUser and canaryColumn are the place that the word is sealed for, which no secret has.
	canaryUser   = atalaya.UserID("00000000-0000-0000-0000-000000000000")
	canaryColumn = "key_canary"
	canaryWord   = "atalaya"
	// canarySample is how many users' secrets are tried if there is no sealed value yet. Each secret that the Node
	// service sealed takes about 50 ms.
	canarySample = 20
)

// CheckKey fails with ErrWrongKey if the keyring is not the database's, and changes nothing. If no word was
// placed yet, the keyring has to open one of the first secrets, if there are any.
func CheckKey(ctx context.Context, rows Canaries, keyring Keyring) error {
	sealed, err := rows.KeyCanary(ctx)
	if err != nil {
		return err
	}
	if sealed == "" {
		return checkSample(ctx, rows, keyring)
	}
	if word, err := keyring.Open(canaryUser, canaryColumn, sealed); err != nil || word != canaryWord {
		return ErrWrongKey
	}
	return nil
}

// UseKey is CheckKey for callers that are going to seal: it stores the sealed value if there is none. A value that
// an old key sealed stays until Rotate has sealed everything with the new key; until then the old key must be
// kept.
func UseKey(ctx context.Context, rows Canaries, keyring Keyring) error {
	if err := CheckKey(ctx, rows, keyring); err != nil {
		return err
	}
	sealed, err := sealCanary(keyring)
	if err != nil {
		return err
	}
	if err := rows.PlaceKeyCanary(ctx, sealed); err != nil {
		return err
	}
	return CheckKey(ctx, rows, keyring) // another replica with another key may have been first
}

// AcceptKey makes the database accept the current key, whatever its secrets were sealed with.
func AcceptKey(ctx context.Context, rows Canaries, keyring Keyring) error {
	sealed, err := sealCanary(keyring)
	if err != nil {
		return err
	}
	return rows.ReplaceKeyCanary(ctx, sealed)
}

func sealCanary(keyring Keyring) (atalaya.Sealed, error) {
	sealed, err := keyring.Seal(canaryUser, canaryColumn, canaryWord)
	if err != nil {
		return "", fmt.Errorf("seal the key's canary: %w", err)
	}
	return sealed, nil
}

// checkSample fails with ErrWrongKey if none of the first secrets opens. One that opens is enough: single values may
// be damaged, or in plain text.
func checkSample(ctx context.Context, rows Canaries, keyring Keyring) error {
	list, err := rows.SealedSecrets(ctx, "", canarySample)
	if err != nil {
		return err
	}
	sealed := 0
	for _, s := range list {
		for _, v := range []struct {
			column atalaya.SecretColumn
			sealed atalaya.Sealed
		}{
			{atalaya.ColumnSessionID, s.SessionID}, {atalaya.ColumnSessionSign, s.SessionSign}, {atalaya.ColumnBotToken, s.BotToken},
		} {
			if v.sealed == "" || keyring.Plain(v.sealed) {
				continue
			}
			if _, err := keyring.Open(s.UserID, v.column, v.sealed); err == nil {
				return nil
			}
			sealed++
			break // the others of a user are sealed with the same key
		}
	}
	if sealed > 0 {
		return ErrWrongKey
	}
	return nil
}

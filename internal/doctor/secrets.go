package doctor

import (
	"context"
	"errors"
	"fmt"

	"atalaya"
	"atalaya/internal/app"
	"atalaya/internal/config"
	"atalaya/internal/postgres"
	"atalaya/internal/secret"
	"atalaya/internal/upkeep"
)

// secretsPage is how many users are read at a time.
const secretsPage = 500

// examineSecrets counts the users' secrets by form, and those that no key opens.
func examineSecrets(ctx context.Context, cfg config.Config, store *postgres.Store) []Finding {
	const part = "secrets"
	keyring, err := app.Keyring(cfg)
	if err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	if err := upkeep.CheckKey(ctx, store, keyring); err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	var users, old, plain, unreadable int
	for after := atalaya.UserID(""); ; {
		list, err := store.SealedSecrets(ctx, after, secretsPage)
		if err != nil {
			return []Finding{wrong(part, "%v", err)}
		}
		if len(list) == 0 {
			break
		}
		for _, s := range list {
			users++
			for column, sealed := range map[atalaya.SecretColumn]atalaya.Sealed{atalaya.ColumnSessionID: s.SessionID, atalaya.ColumnSessionSign: s.SessionSign} {
				if sealed == "" || keyring.Current(sealed) {
					continue
				}
				_, err := keyring.Open(s.UserID, column, sealed)
				switch {
				case errors.Is(err, secret.ErrPlainText):
					plain++
				case err != nil:
					unreadable++
				default:
					old++
				}
			}
			after = s.UserID
		}
	}
	list := []Finding{fine(part, "%d users have stored secrets", users)}
	if old > 0 {
		list = append(list, Finding{Notable, part, fmt.Sprintf("%d cookies are sealed in the Node service's form or with a former key: `atalaya keys rotate` encrypts them with the current one (after that you cannot return to the Node service)", old)})
	}
	if plain > 0 {
		list = append(list, wrong(part, "%d cookies are stored in plain text and are refused: their owners have to store them again through the API", plain))
	}
	if n, err := store.CountWithoutConsent(ctx); err != nil {
		list = append(list, wrong(part, "%v", err))
	} else if n > 0 {
		list = append(list, Finding{Notable, part, fmt.Sprintf("%d users have stored cookies without agreeing to automation: have them send automation_consent; REQUIRE_CONSENT=true refuses new cookies without it", n)})
	}
	if unreadable > 0 {
		list = append(list, wrong(part, "no key opens %d stored cookies: add the former key to ENCRYPTION_KEYS_OLD, or have their owners store them again", unreadable))
	}
	return list
}

// Package secret owns the keyring: it seals users' secrets for their columns, and opens them again
// with the current key, a former one, or as the Node service wrote them. It knows no database and
// no settings, keeps no opened value, and never puts one into an error.
package secret

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"atalaya"
)

// The ways that opening fails. None of them, nor what wraps them, holds any part of a value.
var (
	// ErrPlainText: the value is no ciphertext. Cookies in plain text are refused; a caller that
	// accepts a plain telegram_bot_token asks FormOf or Plain first.
	ErrPlainText = errors.New("the value is stored in plain text, not encrypted")
	// ErrUnknownKey: the value was sealed with a key that the keyring lacks.
	ErrUnknownKey = errors.New("the value was sealed with a key that is not in the keyring")
	// ErrUnreadable: the value was changed, cut short or moved from another row or column; or it
	// has the Node service's form, which names no key, and no key of the keyring opens it.
	ErrUnreadable = errors.New("the value does not open")
)

// Form says who wrote a stored value.
type Form string

// The forms.
const (
	FormOwn   Form = "own"   // sealed by a Keyring
	FormNode  Form = "node"  // sealed by the Node service
	FormPlain Form = "plain" // no ciphertext at all; the empty value too
)

// ownForm matches every version of our own form, later ones too: what a newer release wrote is
// unreadable to this one, but it is not plain text.
var ownForm = regexp.MustCompile(`^at[0-9]+\.`)

// FormOf tells a value's form by its looks alone; it may still not open.
func FormOf(sealed atalaya.Sealed) Form {
	switch value := sealed.Reveal(); {
	case ownForm.MatchString(value):
		return FormOwn
	case looksNode(value):
		return FormNode
	default:
		return FormPlain
	}
}

// Keyring seals with its current key and opens with all. It is safe for concurrent use.
type Keyring struct {
	current Key
	keys    []Key // the current one first
}

// NewKeyring makes a keyring. Old keys are for reading only; zero ones and repeats are left out.
// With a zero current key nothing can be sealed, and Seal says so.
func NewKeyring(current Key, old ...Key) *Keyring {
	ring := &Keyring{current: current}
	seen := map[string]bool{"": true}
	for _, key := range append([]Key{current}, old...) {
		if !seen[key.ID()] {
			seen[key.ID()] = true
			ring.keys = append(ring.keys, key)
		}
	}
	return ring
}

// Seal encrypts plain for one user's column with the current key. The result is printable ASCII and
// differs each time. plain may be empty.
func (r *Keyring) Seal(user atalaya.UserID, column atalaya.SecretColumn, plain string) (atalaya.Sealed, error) {
	switch {
	case r.current.IsZero():
		return "", errors.New("there is no encryption key to seal with: make one with `atalaya keys new`")
	case user == "" || column == "":
		return "", errors.New("a secret is sealed for a user and a column, and one of them is missing")
	}
	return sealOwn(r.current, user, column, plain)
}

// Open decrypts a value of one user's column. It fails with ErrPlainText, ErrUnknownKey or
// ErrUnreadable.
//
// A value of the Node service costs about 50 ms of CPU for each key tried (100,000 rounds of
// PBKDF2). What is derived or opened is not kept to save that: a cache would hold secrets in memory
// for longer than the capture that needs them.
func (r *Keyring) Open(user atalaya.UserID, column atalaya.SecretColumn, sealed atalaya.Sealed) (string, error) {
	switch FormOf(sealed) {
	case FormOwn:
		return r.openOwn(user, column, sealed.Reveal())
	case FormNode:
		return r.openNode(sealed.Reveal())
	default:
		return "", ErrPlainText
	}
}

// Current reports whether a value is sealed in our own form by the current key: rotation leaves it alone.
func (r *Keyring) Current(sealed atalaya.Sealed) bool {
	return !r.current.IsZero() && strings.HasPrefix(sealed.Reveal(), ownPrefix(r.current.ID()))
}

// Plain reports whether a value is no ciphertext at all.
func (r *Keyring) Plain(sealed atalaya.Sealed) bool { return FormOf(sealed) == FormPlain }

func (r *Keyring) openOwn(user atalaya.UserID, column atalaya.SecretColumn, ciphertext string) (string, error) {
	id, sealed, err := splitOwn(ciphertext)
	if err != nil {
		return "", err
	}
	for _, key := range r.keys {
		if key.ID() == id {
			return openOwn(key, user, column, sealed)
		}
	}
	return "", fmt.Errorf("%w: add the former key, whose id is %s, to the old keys", ErrUnknownKey, id)
}

func (r *Keyring) openNode(ciphertext string) (string, error) {
	value, err := splitNode(ciphertext)
	if err != nil {
		return "", err
	}
	for _, key := range r.keys {
		plain, ok, err := openNode(key, value)
		if err != nil {
			return "", err
		}
		if ok {
			return plain, nil
		}
	}
	return "", fmt.Errorf("%w with any of %d keys: it was sealed by the Node service with another "+
		"ENCRYPTION_KEY, or it is damaged", ErrUnreadable, len(r.keys))
}

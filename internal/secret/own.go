package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"atalaya"
)

// Our own form is "at1.{key id}.{base64url of salt | nonce | ciphertext | tag}". Each value has a
// subkey of its own, made by HKDF-SHA256 from the key and the salt, so that the random nonces of
// one key never come near their limit. Version, key id, user and column are the associated data.
const (
	ownVersion = "at1"
	saltSize   = 32
	nonceSize  = 12
	tagSize    = 16
)

var keyIDForm = regexp.MustCompile(`^[0-9a-f]{16}$`)

func ownPrefix(keyID string) string { return ownVersion + "." + keyID + "." }

func sealOwn(key Key, user atalaya.UserID, column atalaya.SecretColumn, plain string) (atalaya.Sealed, error) {
	out := make([]byte, saltSize+nonceSize, saltSize+nonceSize+len(plain)+tagSize)
	if _, err := rand.Read(out); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	aead, err := ownCipher(key, out[:saltSize])
	if err != nil {
		return "", err
	}
	out = aead.Seal(out, out[saltSize:], []byte(plain), associated(key, user, column))
	return atalaya.Sealed(ownPrefix(key.ID()) + base64.RawURLEncoding.EncodeToString(out)), nil
}

// splitOwn takes a value of our own form apart.
func splitOwn(ciphertext string) (keyID string, sealed []byte, err error) {
	version, rest, _ := strings.Cut(ciphertext, ".")
	if version != ownVersion {
		return "", nil, fmt.Errorf("%w: a newer release of Atalaya sealed it", ErrUnreadable)
	}
	keyID, text, _ := strings.Cut(rest, ".")
	if !keyIDForm.MatchString(keyID) {
		return "", nil, fmt.Errorf("%w: it is damaged", ErrUnreadable)
	}
	sealed, err = base64.RawURLEncoding.DecodeString(text)
	// The decoder lets line ends and loose last bits through; only what we wrote is accepted.
	if err != nil || base64.RawURLEncoding.EncodeToString(sealed) != text || len(sealed) < saltSize+nonceSize+tagSize {
		return "", nil, fmt.Errorf("%w: it is damaged", ErrUnreadable)
	}
	return keyID, sealed, nil
}

func openOwn(key Key, user atalaya.UserID, column atalaya.SecretColumn, sealed []byte) (string, error) {
	aead, err := ownCipher(key, sealed[:saltSize])
	if err != nil {
		return "", err
	}
	nonce, text := sealed[saltSize:saltSize+nonceSize], sealed[saltSize+nonceSize:]
	plain, err := aead.Open(nil, nonce, text, associated(key, user, column))
	if err != nil {
		return "", fmt.Errorf("%w: it was changed, or moved here from another row or column", ErrUnreadable)
	}
	return string(plain), nil
}

func ownCipher(key Key, salt []byte) (cipher.AEAD, error) {
	subkey, err := hkdf.Key(sha256.New, key.reveal(), salt, "atalaya secret "+ownVersion, keySize)
	if err != nil {
		return nil, fmt.Errorf("derive a subkey: %w", err)
	}
	block, err := aes.NewCipher(subkey)
	if err != nil {
		return nil, fmt.Errorf("use a subkey: %w", err)
	}
	return cipher.NewGCM(block)
}

// associated binds a value to its place. Lengths stand before the parts, so that no two places
// give the same bytes.
func associated(key Key, user atalaya.UserID, column atalaya.SecretColumn) []byte {
	return fmt.Appendf(nil, "%s.%s.%d:%s.%d:%s", ownVersion, key.ID(), len(user), user, len(column), column)
}

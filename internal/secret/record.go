package secret

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// A sealed record is version (1 byte) | key id (8) | salt (32) | nonce (12) | ciphertext | tag (16). Version,
// key id and place are the associated data.
const (
	recordVersion = 1
	keyIDSize     = 8
	recordHead    = 1 + keyIDSize
)

// SealRecord encrypts bytes for one place, which a file or a table names, with the current key. The result
// opens in that place alone and differs each time.
func (r *Keyring) SealRecord(place, plain []byte) ([]byte, error) {
	if r.current.IsZero() {
		return nil, errors.New("there is no encryption key to seal with: make one with `atalaya keys new`")
	}
	id, err := hex.DecodeString(r.current.ID())
	if err != nil {
		return nil, fmt.Errorf("read the key's id: %w", err)
	}
	out := make([]byte, recordHead+saltSize+nonceSize, recordHead+saltSize+nonceSize+len(plain)+tagSize)
	out[0] = recordVersion
	copy(out[1:], id)
	_, _ = rand.Read(out[recordHead:]) // never fails: crypto/rand ends the program instead
	aead, err := ownCipher(r.current, out[recordHead:recordHead+saltSize])
	if err != nil {
		return nil, err
	}
	return aead.Seal(out, out[recordHead+saltSize:], plain, recordPlace(out, place)), nil
}

// OpenRecord decrypts what SealRecord sealed for a place. It fails with ErrUnknownKey or ErrUnreadable.
func (r *Keyring) OpenRecord(place, sealed []byte) ([]byte, error) {
	if len(sealed) < recordHead+saltSize+nonceSize+tagSize || sealed[0] != recordVersion {
		return nil, fmt.Errorf("%w: it is damaged, or a newer release of Atalaya sealed it", ErrUnreadable)
	}
	id := hex.EncodeToString(sealed[1:recordHead])
	for _, key := range r.keys {
		if key.ID() != id {
			continue
		}
		salt, rest := sealed[recordHead:recordHead+saltSize], sealed[recordHead+saltSize:]
		aead, err := ownCipher(key, salt)
		if err != nil {
			return nil, err
		}
		plain, err := aead.Open(nil, rest[:nonceSize], rest[nonceSize:], recordPlace(sealed, place))
		if err != nil {
			return nil, fmt.Errorf("%w: it was changed, or moved here from another place", ErrUnreadable)
		}
		return plain, nil
	}
	return nil, fmt.Errorf("%w: add the former key, whose id is %s, to ENCRYPTION_KEYS_OLD", ErrUnknownKey, id)
}

// recordPlace binds a record to its version, key and place.
func recordPlace(sealed, place []byte) []byte {
	return append(append([]byte("atalaya record "), sealed[:recordHead]...), bytes.Clone(place)...)
}

// TokenHashes returns what stands for a webhook token in a file: 32 bytes for each key of the ring, the
// current one's first. Without a key nobody can try guesses against them.
func (r *Keyring) TokenHashes(token string) [][]byte {
	hashes := make([][]byte, len(r.keys))
	for i, key := range r.keys {
		mac := hmac.New(sha256.New, subkeyOf(key, "atalaya webhook token"))
		mac.Write([]byte(token))
		hashes[i] = mac.Sum(nil)
	}
	return hashes
}

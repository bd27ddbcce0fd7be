package secret

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// keySize is that of AES-256, in bytes.
const keySize = 32

// mask is all that a key ever prints as.
const mask = "******"

// Key is one encryption key. The zero Key is none: a keyring leaves it out. It masks itself wherever
// it is printed, logged or marshalled.
type Key struct {
	// reveal returns the 32 bytes. It is a function because fmt cannot call the methods of a key that
	// sits in an unexported field of another struct, and then prints what it finds: of a function
	// that is an address under every verb, of a pointer to bytes it may be the bytes.
	reveal func() []byte
	id     string
}

// ParseKey reads a key from its 64 hexadecimal characters, in either case, with blanks around them
// allowed. Its errors say the cure and never hold the text.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return Key{}, errors.New("the encryption key is empty: make one with `atalaya keys new`")
	case len(text) != hex.EncodedLen(keySize):
		return Key{}, fmt.Errorf("the encryption key has %d characters and needs 64 hexadecimal ones: "+
			"make one with `atalaya keys new`", len(text))
	}
	material, err := hex.DecodeString(text)
	if err != nil {
		// The cause is left out: it quotes a character of the key.
		return Key{}, errors.New("the encryption key has characters other than 0-9 and a-f: " +
			"make one with `atalaya keys new`")
	}
	id, err := hkdf.Key(sha256.New, material, nil, "atalaya key id", 8)
	if err != nil {
		return Key{}, fmt.Errorf("derive the key's id: %w", err)
	}
	return Key{reveal: func() []byte { return material }, id: hex.EncodeToString(id)}, nil
}

// NewKey makes a fresh key as the text that ParseKey reads: 64 lower-case hexadecimal characters.
func NewKey() (string, error) {
	var material [keySize]byte
	if _, err := rand.Read(material[:]); err != nil {
		return "", fmt.Errorf("make an encryption key: %w", err)
	}
	return hex.EncodeToString(material[:]), nil
}

// ID names the key in ciphertexts and to the operator: 16 hexadecimal characters that tell nothing
// of the key itself; "" for the zero Key.
func (k Key) ID() string { return k.id }

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.reveal == nil }

// Format masks the key under every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(mask)) }

// String masks the key.
func (k Key) String() string { return mask }

// LogValue masks the key in logs.
func (k Key) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText masks the key in JSON and other encodings.
func (k Key) MarshalText() ([]byte, error) { return []byte(mask), nil }

package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"regexp"
)

// The Node service's form: lower-case hex of salt | IV | tag | ciphertext, the key by
// PBKDF2-HMAC-SHA512, AES-256-GCM without associated data. It is read, never written.
const (
	nodeSaltSize = 64
	nodeIVSize   = 16
	nodeHeader   = nodeSaltSize + nodeIVSize + tagSize
	nodeRounds   = 100_000
)

var lowerHex = regexp.MustCompile(`^[0-9a-f]*$`)

// looksNode reports whether a value has the Node service's form. It wants the whole header: neither a cookie (32
// characters) nor a bot token is that long.
func looksNode(value string) bool {
	return len(value) >= hex.EncodedLen(nodeHeader) && len(value)%2 == 0 && lowerHex.MatchString(value)
}

// nodeValue is a value of the Node service, taken apart.
type nodeValue struct {
	salt, iv []byte
	sealed   []byte // ciphertext and tag, in the order that Go wants
}

func splitNode(ciphertext string) (nodeValue, error) {
	b, err := hex.DecodeString(ciphertext)
	if err != nil || len(b) < nodeHeader {
		return nodeValue{}, fmt.Errorf("%w: it is damaged", ErrUnreadable)
	}
	iv, tag, text := b[nodeSaltSize:nodeSaltSize+nodeIVSize], b[nodeSaltSize+nodeIVSize:nodeHeader], b[nodeHeader:]
	sealed := make([]byte, 0, len(text)+tagSize)
	sealed = append(append(sealed, text...), tag...)
	return nodeValue{salt: b[:nodeSaltSize], iv: iv, sealed: sealed}, nil
}

// openNode tries one key; ok is false if it is not the one, or the value is damaged: the form
// cannot tell the two apart.
func openNode(key Key, v nodeValue) (plain string, ok bool, err error) {
	derived, err := pbkdf2.Key(sha512.New, string(key.reveal()), v.salt, nodeRounds, keySize)
	if err != nil {
		return "", false, fmt.Errorf("derive the Node service's key: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return "", false, fmt.Errorf("use the Node service's key: %w", err)
	}
	aead, err := cipher.NewGCMWithNonceSize(block, nodeIVSize)
	if err != nil {
		return "", false, fmt.Errorf("use the Node service's key: %w", err)
	}
	opened, err := aead.Open(nil, v.iv, v.sealed, nil)
	if err != nil {
		return "", false, nil //nolint:nilerr // a wrong key is an answer, not a failure
	}
	return string(opened), true, nil
}

package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
)

// SealSession encrypts what a browser keeps in the cookie of its session, with a key of its own derived
// from the current one. The result fits in a cookie.
func (r *Keyring) SealSession(plain []byte) (string, error) {
	aead, err := r.sessionCipher()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(aead.Seal(nonce, nonce, plain, nil)), nil
}

// OpenSession decrypts what SealSession returned. It fails with ErrUnreadable for everything else, and
// for what was sealed before the current key: a change of keys signs browsers out.
func (r *Keyring) OpenSession(sealed string) ([]byte, error) {
	aead, err := r.sessionCipher()
	if err != nil {
		return nil, err
	}
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(b) < aead.NonceSize() {
		return nil, ErrUnreadable
	}
	plain, err := aead.Open(nil, b[:aead.NonceSize()], b[aead.NonceSize():], nil)
	if err != nil {
		return nil, ErrUnreadable
	}
	return plain, nil
}

func (r *Keyring) sessionCipher() (cipher.AEAD, error) {
	if r.current.IsZero() {
		return nil, errors.New("there is no encryption key to seal with: make one with `atalaya keys new`")
	}
	block, err := aes.NewCipher(r.subkey("atalaya dashboard session"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

package secret

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
)

// Fingerprint names a secret without telling it: the same secret has the same 32 bytes on every
// replica with the same current key, and nobody without that key can try guesses against them. It
// changes with the key, so it is for what is short-lived. A keyring without a current key returns nil.
func (r *Keyring) Fingerprint(plain string) []byte {
	if r.current.IsZero() {
		return nil
	}
	mac := hmac.New(sha256.New, r.subkey("atalaya fingerprint"))
	mac.Write([]byte(plain))
	return mac.Sum(nil)
}

// AddressKey returns the key that signs addresses of pictures: 32 bytes that tell nothing of the current
// key, and change with it. A keyring without a current key returns nil.
func (r *Keyring) AddressKey() []byte {
	if r.current.IsZero() {
		return nil
	}
	return r.subkey("atalaya picture addresses")
}

// subkey derives 32 bytes from the current key for one purpose.
func (r *Keyring) subkey(purpose string) []byte { return subkeyOf(r.current, purpose) }

func subkeyOf(k Key, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, k.reveal(), nil, purpose, sha256.Size)
	if err != nil { // only for a length beyond what HKDF gives
		panic(err)
	}
	return key
}

package secret

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
)

// Fingerprint names a secret without telling it: the same secret has the same 32 bytes on every
// replica with the same current key, and nobody without that key can try guesses against them. It
// changes with the key, so it is for what is short-lived. A keyring without a current key gives nil.
func (r *Keyring) Fingerprint(plain string) []byte {
	if r.current.IsZero() {
		return nil
	}
	subkey, err := hkdf.Key(sha256.New, r.current.reveal(), nil, "atalaya fingerprint", sha256.Size)
	if err != nil { // only for a length beyond what HKDF gives
		panic(err)
	}
	mac := hmac.New(sha256.New, subkey)
	mac.Write([]byte(plain))
	return mac.Sum(nil)
}

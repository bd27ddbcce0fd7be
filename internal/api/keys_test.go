package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// publicKeys serves the JWKS of a project.
type publicKeys struct {
	*httptest.Server
	mu   sync.Mutex
	keys map[string]*ecdsa.PrivateKey // by kid
}

func newPublicKeys(t *testing.T) *publicKeys {
	t.Helper()
	k := &publicKeys{keys: map[string]*ecdsa.PrivateKey{}}
	k.Server = httptest.NewServer(k)
	t.Cleanup(k.Close)
	return k
}

// add generates a key and publishes it.
func (k *publicKeys) add(t *testing.T, kid string) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[kid] = key
	return key
}

func (k *publicKeys) remove(kid string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.keys, kid)
}

func (k *publicKeys) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := []map[string]string{}
	for kid, key := range k.keys {
		point, err := key.PublicKey.Bytes()
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		b64 := base64.RawURLEncoding.EncodeToString
		list = append(list, map[string]string{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid, "x": b64(point[1:33]), "y": b64(point[33:])})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": list})
}

// publicBytes returns a public key in PEM. Everybody has it, so it must not be taken for a secret that signs.
func publicBytes(t *testing.T, key *ecdsa.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

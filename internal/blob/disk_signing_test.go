package blob_test

import (
	"crypto/rand"
	"net/url"
	"strconv"
	"testing"
	"time"

	"atalaya/internal/blob"
	"atalaya/internal/blob/blobtest"
)

// signingKey returns a random key.
func signingKey() []byte { return []byte(rand.Text()) }

func signedDisk(t *testing.T, dir string, key []byte) *blob.Disk {
	t.Helper()
	disk, err := blob.OpenSignedDisk(dir, "https://alerts.example.com/pictures", key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = disk.Close() })
	return disk
}

func TestASignedDiskKeepsTheContractOfAStore(t *testing.T) {
	t.Parallel()
	blobtest.Conformance(t, func(t *testing.T) blob.Store { return signedDisk(t, t.TempDir(), signingKey()) })
}

func TestADiskAdmitsOnlyWhatItSignedAndOnlyInItsTime(t *testing.T) {
	t.Parallel()
	dir, key := t.TempDir(), signingKey()
	disk := signedDisk(t, dir, key)
	if err := disk.Put(t.Context(), picture, []byte("picture"), blob.TypePNG); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	signed, err := disk.SignURLs(t.Context(), []string{picture}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(signed[picture])
	if err != nil {
		t.Fatal(err)
	}
	expires, signature := address.Query().Get("expires"), address.Query().Get("signature")
	later, err := strconv.ParseInt(expires, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if left, ok := disk.Admits(picture, expires, signature, now); !ok || left < 59*time.Minute || left > 61*time.Minute {
		t.Errorf("admitted %t for %v, want about an hour", ok, left)
	}
	if _, ok := signedDisk(t, dir, key).Admits(picture, expires, signature, now); !ok {
		t.Error("another replica does not admit it")
	}
	for name, c := range map[string]struct {
		path, expires, signature string
		at                       time.Time
	}{
		"past its time":            {picture, expires, signature, now.Add(2 * time.Hour)},
		"of another picture":       {picture[:len(picture)-5] + "z.png", expires, signature, now},
		"with a later time":        {picture, strconv.FormatInt(later+60, 10), signature, now},
		"with a time before zero":  {picture, "0" + expires, signature, now},
		"with no time":             {picture, "", signature, now},
		"with no signature":        {picture, expires, "", now},
		"with half a signature":    {picture, expires, signature[:20], now},
		"with nothing":             {picture, "", "", now},
		"of a place between names": {picture + "\n" + expires, "", signature, now},
	} {
		if _, ok := disk.Admits(c.path, c.expires, c.signature, c.at); ok {
			t.Errorf("an address %s is admitted", name)
		}
	}
	if _, ok := signedDisk(t, dir, signingKey()).Admits(picture, expires, signature, now); ok {
		t.Error("a disk with another key admits it")
	}
}

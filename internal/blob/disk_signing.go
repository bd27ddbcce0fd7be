package blob

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"time"
)

// OpenSignedDisk is OpenDisk for pictures that are shown only at signed addresses. Whoever serves the folder calls
// Admits before Open. key is secret, and is the same on every replica.
func OpenSignedDisk(dir, baseURL string, key []byte) (*Disk, error) {
	d, err := OpenDisk(dir, baseURL)
	if err != nil {
		return nil, err
	}
	d.key = key
	return d, nil
}

// SignURLs returns addresses that end in "?expires={unix seconds}&signature={HMAC-SHA256, base64url}".
func (d *Disk) SignURLs(ctx context.Context, names []string, ttl time.Duration) (map[string]string, error) {
	if err := checkAll(names); err != nil {
		return nil, err
	}
	expires := strconv.FormatInt(time.Now().Unix()+seconds(ttl), 10)
	signed := make(map[string]string, len(names))
	for _, name := range names {
		if err := ended(ctx); err != nil {
			return nil, err
		}
		_, err := d.root.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, diskError("look at the picture", err)
		}
		signed[name] = d.PublicURL(name)
		if d.key != nil {
			signed[name] += "?expires=" + expires + "&signature=" + d.signature(name, expires)
		}
	}
	return signed, nil
}

// Admits reports whether the address of a picture with this query is valid at the given time, and for how much
// longer. A disk that signs nothing admits every address, without end.
func (d *Disk) Admits(name, expires, signature string, now time.Time) (left time.Duration, ok bool) {
	if d.key == nil {
		return math.MaxInt64, true
	}
	// The text is what was signed: another spelling of the same number fails here.
	if !hmac.Equal([]byte(signature), []byte(d.signature(name, expires))) {
		return 0, false
	}
	at, err := strconv.ParseInt(expires, 10, 64)
	if err != nil {
		return 0, false
	}
	left = time.Unix(at, 0).Sub(now)
	return left, left > 0
}

// signature signs a name and a time. Neither can hold the line break between them.
func (d *Disk) signature(name, expires string) string {
	mac := hmac.New(sha256.New, d.key)
	fmt.Fprintf(mac, "%s\n%s", name, expires)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// seconds rounds a lifetime up to whole seconds, at least one.
func seconds(ttl time.Duration) int64 { return max(1, int64(math.Ceil(ttl.Seconds()))) }

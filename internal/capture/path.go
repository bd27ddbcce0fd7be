package capture

import (
	"crypto/rand"
	"strings"
	"time"

	"atalaya"
)

// picturePath returns the path for a capture's picture: {user_id}/{ticker}_{yyyymmddThhmmssZ}-{26 random
// base32}.png. The random part (130 bits) makes a public picture's address impossible to guess.
func picturePath(t atalaya.CaptureTask, at time.Time) string {
	ticker := t.Symbol
	if t.Exchange != "" {
		ticker = t.Exchange + "-" + t.Symbol
	}
	return string(t.UserID) + "/" + safeName(ticker) + "_" + at.UTC().Format("20060102T150405Z") + "-" + rand.Text() + ".png"
}

// maxName keeps a path well below the limits of file systems and object stores.
const maxName = 64

// safeName returns a ticker with every character but letters, digits, dots and hyphens replaced by a hyphen:
// object stores refuse others, or shells misread them. It returns "chart" if nothing remains.
func safeName(ticker string) string {
	var b strings.Builder
	for _, r := range ticker {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-':
			b.WriteRune(r)
		default:
			b.WriteByte('-')
		}
		if b.Len() == maxName {
			break
		}
	}
	if name := strings.Trim(b.String(), ".-"); name != "" {
		return name
	}
	return "chart"
}

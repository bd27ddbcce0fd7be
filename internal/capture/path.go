package capture

import (
	"crypto/rand"
	"strings"
	"time"

	"atalaya"
)

// picturePath chooses where a capture's picture goes:
// {user_id}/{ticker}_{yyyymmddThhmmssZ}-{26 random base32}.png. The random part (130 bits) is what
// keeps a public picture from being guessed.
func picturePath(t atalaya.CaptureTask, at time.Time) string {
	ticker := t.Symbol
	if t.Exchange != "" {
		ticker = t.Exchange + "-" + t.Symbol
	}
	return string(t.UserID) + "/" + safeName(ticker) + "_" + at.UTC().Format("20060102T150405Z") + "-" + rand.Text() + ".png"
}

// maxName keeps a path well below what file systems and object stores take.
const maxName = 64

// safeName keeps the letters, digits, dots and hyphens of a ticker. Everything else, which object
// stores refuse or shells misread, becomes a hyphen; what is left of nothing is "chart".
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

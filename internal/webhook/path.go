package webhook

import (
	"strings"

	"atalaya"
)

// Prefix is the path of the webhook.
const Prefix = "/webhook"

// Owns reports whether a path belongs to the webhook door, however it is written: people paste URLs
// with doubled or trailing slashes, and TradingView follows no redirect that would mend them.
func (d *Door) Owns(path string) bool {
	segments := segmentsOf(path)
	return len(segments) > 0 && segments[0] == strings.TrimPrefix(Prefix, "/") || d.opt.Legacy && isLegacy(path)
}

// isLegacy reports whether a path is that of version 1, whose token is in the query.
func isLegacy(path string) bool {
	segments := segmentsOf(path)
	if len(segments) == 2 && segments[0] == "v1" {
		segments = segments[1:]
	}
	return len(segments) == 1 && segments[0] == strings.TrimPrefix(Prefix, "/")
}

// tokenOf finds the token in a path that Owns accepts.
func tokenOf(path string) (atalaya.WebhookToken, bool) {
	segments := segmentsOf(path)
	if len(segments) != 2 {
		return "", false
	}
	return asToken(segments[1]), true
}

// asToken returns a token as the database has it. A token that is not 64 hex digits comes from an existing
// database and is compared unchanged.
func asToken(text string) atalaya.WebhookToken {
	if len(text) == 64 && strings.Trim(text, "0123456789abcdefABCDEF") == "" {
		text = strings.ToLower(text)
	}
	return atalaya.WebhookToken(text)
}

// segmentsOf splits a decoded path at its slashes, drops blank segments, and resolves . and .. as some clients do
// themselves.
func segmentsOf(path string) []string {
	var segments []string
	for s := range strings.SplitSeq(path, "/") {
		switch s = strings.TrimSpace(s); s {
		case "", ".":
		case "..":
			segments = segments[:max(0, len(segments)-1)]
		default:
			segments = append(segments, s)
		}
	}
	return segments
}

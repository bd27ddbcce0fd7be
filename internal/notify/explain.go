package notify

import (
	"fmt"
	"strings"
	"time"

	"atalaya"
)

// Explain describes a result to a channel's owner, with the cure. Texts other than cures are English; package
// respond translates them.
func Explain(language atalaya.Language, r Result) string {
	if r.Verdict == Sent {
		return "Delivered."
	}
	if text, ok := cures(string(language))[r.Code]; ok {
		return text
	}
	switch r.Verdict {
	case Limited:
		return fmt.Sprintf("The service asks to wait for %s. Messages are held back until then.", r.After.Round(time.Second))
	case Unknown:
		return "The service got the message but did not answer. It may have arrived."
	case Retry:
		return "The message could not be delivered now and is tried again."
	case Sent, Refused, Broken:
	}
	return "The service refused the message: " + r.Detail
}

// cure returns what the owner of a broken channel has to do, in the channel's language.
func (w words) cure(code string) string {
	if text, ok := w.cures[code]; ok {
		return text
	}
	for _, prefix := range []string{"http_", "smtp_"} {
		if number, ok := strings.CutPrefix(code, prefix); ok {
			return fmt.Sprintf(w.cures[prefix], number)
		}
	}
	return fmt.Sprintf(w.cures[""], strings.ReplaceAll(code, "_", " "))
}

// cures returns the cures in a language, by code; docs/notifications.md lists the codes. The empty code stands for
// all other codes, http_ and smtp_ for codes that begin with them.
func cures(language string) map[string]string {
	of := map[string]string{}
	for code, texts := range allCures() {
		of[code] = texts[0]
		if language == "es" {
			of[code] = texts[1]
		}
	}
	return of
}

// pauses reports whether a channel continues automatically after a code.
func pauses(code string) bool {
	return code == "rate_limited" || code == "service_paused" || code == "daily_limit" || code == "own_limit"
}

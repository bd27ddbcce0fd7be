package alert

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

type timestamp = time.Time

var (
	isoForm   = regexp.MustCompile(`^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?` + zone)
	isoBasic  = regexp.MustCompile(`^([0-9]{4})([0-9]{2})([0-9]{2})[Tt]([0-9]{2})([0-9]{2})(?:([0-9]{2})(?:[.,]([0-9]+))?)?` + zone)
	epochForm = regexp.MustCompile(`^(?:[0-9]{16}|[0-9]{13}|[0-9]{10})`)
)

const zone = `[ ]?(?:([Zz]|UTC|GMT)|([+-][0-9]{2})(?::?([0-9]{2}))?)?`

// parseTime reads a whole value as a time, in UTC.
func parseTime(text string) (timestamp, bool) {
	t, rest, ok := leadingTime(strings.TrimSpace(text))
	return t, ok && strings.TrimSpace(rest) == ""
}

// leadingTime reads the time that a text begins with, and gives what follows.
func leadingTime(text string) (t timestamp, rest string, ok bool) {
	for _, form := range []*regexp.Regexp{isoForm, isoBasic} {
		if match := form.FindStringSubmatch(text); match != nil {
			t, ok = isoTime(match)
			return t, text[len(match[0]):], ok
		}
	}
	epoch := epochForm.FindString(text)
	if epoch == "" || len(text) > len(epoch) && text[len(epoch)] >= '0' && text[len(epoch)] <= '9' {
		return timestamp{}, text, false
	}
	n, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return timestamp{}, text, false
	}
	switch len(epoch) {
	case 10:
		t = time.Unix(n, 0).UTC()
	case 13:
		t = time.UnixMilli(n).UTC()
	default:
		t = time.UnixMicro(n).UTC()
	}
	return t, text[len(epoch):], plausible(t)
}

// isoTime makes a time of year, month, day, hour, minute, second, fraction, UTC and offset.
func isoTime(match []string) (timestamp, bool) {
	offset := "Z"
	if match[9] != "" {
		offset = match[9] + ":" + or(match[10], "00")
	}
	written := match[1] + "-" + match[2] + "-" + match[3] + "T" + match[4] + ":" + match[5] + ":" + or(match[6], "00")
	if match[7] != "" {
		written += "." + match[7]
	}
	t, err := time.Parse(time.RFC3339Nano, written+offset)
	return t.UTC(), err == nil && plausible(t)
}

// plausible reports whether a time lies between the years 2000 and 2100.
func plausible(t time.Time) bool { return t.UTC().Year() >= 2000 && t.UTC().Year() < 2100 }

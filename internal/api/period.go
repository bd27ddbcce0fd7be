package api

import (
	"context"
	"strings"
	"time"
	_ "time/tzdata" // the zones of users, wherever this runs

	"atalaya"
)

// period is the times between which rows are asked for: from included, to excluded. A zero time does
// not bound it.
type period struct{ from, to time.Time }

// readPeriod reads from and to. Each is a moment or a day; days are those of the time zone that zone returns for tz. A
// day in to is included, a moment is not.
func (s *server) readPeriod(ctx context.Context, caller atalaya.Caller, tz, from, to string) (p period, err error) {
	zone := time.UTC
	if isDay(from) || isDay(to) {
		if zone, err = s.zone(ctx, caller, tz); err != nil {
			return period{}, err
		}
	}
	if p.from, err = readTime("from", from, zone, 0); err != nil {
		return period{}, err
	}
	p.to, err = readTime("to", to, zone, 1)
	return p, err
}

// zone returns the time zone tz, or that of the caller's settings if tz is empty.
func (s *server) zone(ctx context.Context, caller atalaya.Caller, tz string) (*time.Location, error) {
	if tz != "" {
		zone, err := time.LoadLocation(tz)
		if err != nil || tz == "Local" {
			return nil, atalaya.Errorf(atalaya.CodeInvalid, "tz: send the name of a time zone of the IANA database, such as America/New_York or UTC.")
		}
		return zone, nil
	}
	c, err := s.Store.Config(ctx, caller)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(c.PreferredTimezone)
	if err != nil {
		return nil, atalaya.Wrap(atalaya.CodeInvalid, err, "Days and hours cannot be computed in the time zone "+c.PreferredTimezone+". Send moments, or set preferred_timezone to another one.")
	}
	return zone, nil
}

// isDay reports whether a value is a day.
func isDay(v string) bool {
	_, err := time.Parse(time.DateOnly, v)
	return err == nil
}

// readTime reads a moment, or a day, for which it returns the start of the day so many days later. The plus of an
// offset that was not escaped arrives as a blank.
func readTime(name, v string, zone *time.Location, daysLater int) (time.Time, error) {
	if v == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, v); err == nil {
		return startOfDay(day.AddDate(0, 0, daysLater), zone), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, strings.ReplaceAll(v, " ", "+")); err == nil {
		return t.UTC(), nil
	}
	return time.Time{}, atalaya.Errorf(atalaya.CodeInvalid, "%s: send a day such as 2026-01-31 or a moment such as 2026-01-31T08:00:00Z.", name)
}

// startOfDay returns the first moment of a day in a zone. Where clocks change at midnight, that is not
// 00:00, or the first of two.
func startOfDay(day time.Time, zone *time.Location) time.Time {
	y, m, d := day.Date()
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	start, end := t.ZoneBounds()
	if t.Day() != d { // there is no midnight: the day begins when the clocks change
		return end.UTC()
	}
	if start.IsZero() {
		return t.UTC()
	}
	// Before the last change of clocks midnight may have been earlier.
	_, offset := start.Add(-time.Second).Zone()
	earlier := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Add(-time.Duration(offset) * time.Second).In(zone)
	if earlier.Before(t) && earlier.Before(start) && earlier.Day() == d {
		return earlier.UTC()
	}
	return t.UTC()
}

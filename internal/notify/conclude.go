package notify

import (
	"cmp"
	"math/rand/v2"
	"time"

	"atalaya"
)

// peopleBackoff is the time before each further attempt at a message that people wait for. The last
// one repeats until plan finds the row too old.
var peopleBackoff = []time.Duration{ //nolint:gochecknoglobals // read only
	2 * time.Second, 10 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
}

// WebhookBackoff is the table of the Standard Webhooks specification, after the first attempt.
func WebhookBackoff() []time.Duration {
	return []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
		10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
}

const (
	// defaultMaxAge is NOTIFY_MAX_AGE's default: after an hour a trade is over.
	defaultMaxAge = time.Hour
	// defaultRepeatAfter is how long an unknown outcome rests before its one repeat.
	defaultRepeatAfter = 30 * time.Second
	// tellElsewhere is the pause from which a channel's owner is told through another one. Telegram has asked for
	// 10,072 seconds (tdlib/td#1331).
	tellElsewhere = 10 * time.Minute
)

// backoff returns the pause after the given number of attempts, spread by ±20 % so that what failed
// together does not come back together; ok is false when the table is at its end and gives up.
func backoff(t Traits, attempts int32, random func() float64) (pause time.Duration, ok bool) {
	table := t.Backoff
	if table == nil {
		table = peopleBackoff
	}
	at := int(max(attempts, 1)) - 1
	if at >= len(table) {
		if t.Backoff != nil {
			return 0, false
		}
		at = len(table) - 1
	}
	return time.Duration(float64(table[at]) * (0.8 + 0.4*random())), true
}

// limits are what an ending depends on besides the outcome.
type limits struct {
	repeatAfter time.Duration
	random      func() float64
	refusals    int32 // of the channel, in a row, before this request
}

// conclude decides what the rows of one message and their channel become after a request. It does
// not look at the clock: plan judges ages.
func conclude(rows []Due, r Result, t Traits, l limits) Ending {
	var e Ending
	e.Channel.Pause, e.Channel.Settings, e.Channel.Refusals = r.Pause, r.Settings, l.refusals
	switch r.Verdict {
	case Sent:
		e.Channel.Status, e.Channel.Refusals = atalaya.ChannelOK, 0
		if t.Every > 0 {
			e.Channel.Pause = max(e.Channel.Pause, t.Every)
		}
	case Limited:
		e.Channel.Code, e.Channel.Wide = r.Code, r.Wide
		e.Channel.Pause = max(r.Pause, r.After, time.Second)
		e.Channel.Tell = r.After > tellElsewhere
	case Broken:
		e.Channel.Status, e.Channel.Code, e.Channel.Tell = atalaya.ChannelBroken, r.Code, true
	case Refused:
		e.Channel.Code = r.Code
		if e.Channel.Refusals++; t.BreakAfter > 0 && e.Channel.Refusals >= int32(t.BreakAfter) {
			e.Channel.Status, e.Channel.Tell = atalaya.ChannelBroken, true
		}
	case Retry, Unknown:
		e.Channel.Code = r.Code
	}
	for _, row := range rows {
		end := concludeRow(row, r, t, l, &e.Channel)
		if len(rows) > 1 && end.State == atalaya.NotificationSent {
			end.Picture = atalaya.PictureNone // an edit would put one signal in the place of a whole digest
		}
		e.Rows = append(e.Rows, end)
	}
	return e
}

func concludeRow(row Due, r Result, t Traits, l limits, c *ChannelEnding) RowEnding {
	end := RowEnding{
		ID: row.ID, State: atalaya.NotificationReady, Unknown: row.Unknown, ExternalID: row.ExternalID, Picture: row.Picture, Code: r.Code,
	}
	if r.Verdict == Retry || r.Verdict == Limited {
		end.ExternalID = cmp.Or(r.ExternalID, row.ExternalID)
	}
	switch r.Verdict {
	case Sent:
		end.State, end.ExternalID, end.Code = atalaya.NotificationSent, r.ExternalID, ""
		end.Picture = pictureAfter(row, r, t)
	case Limited:
		// The channel's pause holds the row back, and the rows behind it: the order stays.
	case Retry:
		end = again(end, row, r, t, l, c)
	case Unknown:
		end.Unknown++
		switch {
		case t.Idempotent:
			end = again(end, row, r, t, l, c)
		case end.Unknown > 1:
			end.State, end.Code = atalaya.NotificationFailed, "unknown"
		default:
			c.Pause = max(c.Pause, l.repeatAfter)
		}
	case Refused, Broken:
		end.State = atalaya.NotificationFailed
	}
	return end
}

// again schedules another attempt at a row. The whole channel waits with it, so that the order is kept.
func again(end RowEnding, row Due, r Result, t Traits, l limits, c *ChannelEnding) RowEnding {
	pause, ok := backoff(t, row.Attempts, l.random)
	if !ok {
		end.State = atalaya.NotificationFailed
		if t.Breaks {
			c.Status, c.Code, c.Tell = atalaya.ChannelBroken, r.Code, true
		}
		return end
	}
	c.Pause = max(c.Pause, pause, r.After)
	return end
}

// pictureAfter returns the state of an accepted message's picture.
func pictureAfter(row Due, r Result, t Traits) atalaya.PictureState {
	switch {
	case row.Event != atalaya.NotifySignal || row.Signal == nil:
		return atalaya.PictureNone
	case r.Attached:
		return atalaya.PictureAttached
	case !t.Edits:
		return atalaya.PictureImpossible
	case unsettled(row.Signal):
		return atalaya.PictureOwed
	}
	return atalaya.PictureImpossible
}

// concludeEdit decides what a sent row becomes after an edit.
func concludeEdit(row Due, r Result, t Traits, l limits) Ending {
	e := Ending{Channel: ChannelEnding{Pause: r.Pause, Settings: r.Settings, Refusals: l.refusals}}
	end := RowEnding{ID: row.ID, State: atalaya.NotificationSent, Unknown: row.Unknown, ExternalID: row.ExternalID, Picture: row.Picture}
	switch r.Verdict {
	case Sent:
		if r.ExternalID != "" {
			end.ExternalID = r.ExternalID
		}
		end.Picture = atalaya.PictureImpossible
		if r.Attached {
			end.Picture = atalaya.PictureAttached
		}
	case Limited:
		e.Channel.Code, e.Channel.Wide, e.Channel.Pause = r.Code, r.Wide, max(r.Pause, r.After, time.Second)
	case Retry, Unknown: // an edit may be repeated without harm
		pause, ok := backoff(t, row.Attempts, l.random)
		if !ok || row.Attempts > int32(len(peopleBackoff)) {
			end.Picture, end.Code = atalaya.PictureImpossible, r.Code
			break
		}
		end.Delay = max(pause, r.After)
	case Refused:
		end.Picture, end.Code = atalaya.PictureImpossible, r.Code
	case Broken:
		end.Picture, end.Code = atalaya.PictureImpossible, r.Code
		e.Channel.Status, e.Channel.Code, e.Channel.Tell = atalaya.ChannelBroken, r.Code, true
	}
	e.Rows = []RowEnding{end}
	return e
}

// unsettled reports whether a signal still waits for its screenshot.
func unsettled(s *atalaya.Signal) bool {
	return s.ScreenshotStatus == atalaya.ScreenshotPending || s.ScreenshotStatus == atalaya.ScreenshotProcessing
}

// spread is the production source of jitter.
func spread() float64 { return rand.Float64() } //nolint:gosec // jitter is no secret

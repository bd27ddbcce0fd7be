package notify

import (
	"time"

	"atalaya"
)

const (
	// digestAbove is how many ready messages become one digest.
	digestAbove = 10
	// digestAfter is the age of the oldest from which on several become one digest.
	digestAfter = 2 * time.Minute
	// digestSize bounds the signals that one digest lists.
	digestSize = 20
	// forgetAfter ends rows that are too old even for the digest of what came too late.
	forgetAfter = 24 * time.Hour
)

// action is what is to be done next at a channel.
type action int

const (
	doNothing action = iota
	doSend           // one message
	doDigest         // one message about several signals
	doLate           // one digest of what came too late, which then is expired
	doEdit           // add the picture to a sent message
	doSettle         // write endings without a request
)

// step is the next thing to do at a channel.
type step struct {
	action  action
	rows    []Due
	endings []RowEnding
	rest    time.Duration
}

// signals returns the signals that the step is about.
func (s step) signals() (list []atalaya.SignalID) {
	for _, row := range s.rows {
		if row.Signal != nil {
			list = append(list, row.Signal.ID)
		}
	}
	return list
}

// plan decides what is next at a channel. Rows that were left in sending by a worker that died have
// an unknown outcome; rows whose signal is gone are cancelled; signals older than maxAge are gathered
// into one digest of what came too late.
func plan(due DueList, t Traits, maxAge, repeatAfter time.Duration) step {
	if endings, rest := recovered(due, t, repeatAfter); len(endings) > 0 {
		return step{action: doSettle, endings: endings, rest: rest}
	}
	var ready, late, edits []Due
	for _, d := range due.Rows {
		age := due.Now.Sub(d.CreatedAt)
		switch {
		case d.IsEdit():
			edits = append(edits, d)
		case d.Event == atalaya.NotifySignal && t.Backoff == nil && age > maxAge:
			late = append(late, d)
		default:
			ready = append(ready, d)
		}
	}
	if len(late) > 0 {
		return step{action: doLate, rows: late[:min(len(late), digestSize)]}
	}
	if len(ready) == 0 {
		if len(edits) == 0 {
			return step{action: doNothing}
		}
		return step{action: doEdit, rows: edits[:1]}
	}
	if run := leadingSignals(ready); t.Digests && len(run) > 1 && digests(run, due, t) {
		return step{action: doDigest, rows: run[:min(len(run), digestSize)]}
	}
	return step{action: doSend, rows: ready[:1]}
}

// digests reports whether the signals at the head become one message.
func digests(run []Due, due DueList, t Traits) bool {
	return t.Every > 0 || due.Total > digestAbove || due.Now.Sub(run[0].CreatedAt) > digestAfter
}

// leadingSignals returns the signals before the first row that is about something else, without
// possible repeats: those are sent alone, with their mark.
func leadingSignals(rows []Due) []Due {
	for i, d := range rows {
		if d.Event != atalaya.NotifySignal || d.Unknown > 0 {
			return rows[:i]
		}
	}
	return rows
}

// recovered ends rows that need no request: rows found as sending, whose outcome is unknown; signals that were
// deleted; rows that are too old.
func recovered(due DueList, t Traits, repeatAfter time.Duration) (endings []RowEnding, rest time.Duration) {
	for _, d := range due.Rows {
		end := RowEnding{ID: d.ID, State: d.State, Unknown: d.Unknown, ExternalID: d.ExternalID, Picture: d.Picture, Code: d.Code}
		switch {
		case d.State == atalaya.NotificationSending:
			end.State, end.Code = atalaya.NotificationReady, "unknown"
			end.Unknown++
			if !t.Idempotent && end.Unknown > 1 {
				end.State = atalaya.NotificationFailed
			}
			if d.StartedAt != nil && !t.Idempotent {
				rest = max(rest, d.StartedAt.Add(repeatAfter).Sub(due.Now))
			}
		case d.IsEdit() && (d.Signal == nil || d.ExternalID == "" || !t.Edits):
			end.Picture = atalaya.PictureImpossible
		case d.Event == atalaya.NotifySignal && d.Signal == nil:
			end.State, end.Code = atalaya.NotificationCancelled, "signal_deleted"
		case !d.IsEdit() && due.Now.Sub(d.CreatedAt) > forgetAfter && t.Backoff == nil:
			end.State, end.Code = atalaya.NotificationExpired, "too_old"
		default:
			continue
		}
		endings = append(endings, end)
	}
	return endings, rest
}

package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"atalaya"
)

// eventType is the media type of an event stream.
const eventType = "text/event-stream"

// streamPath is where streams are opened.
const streamPath = "/api/signals/stream"

// writeTimeout is how long a slow reader may keep a write waiting.
const writeTimeout = 10 * time.Second

// readsAtOnce is how many signals of a batch are read and held in memory at a time.
const readsAtOnce = 50

// Stream tells which of a user's rows changed.
type Stream interface {
	// Next waits for the next batch until ctx is done. Now and then it returns an empty one.
	Next(ctx context.Context) (atalaya.LiveBatch, error)
	// Acknowledge records which state of a signal of the last batch was sent.
	Acknowledge(id atalaya.SignalID, updatedAt time.Time)
	Close()
}

type streamInput struct {
	LastEventID string `header:"Last-Event-ID" doc:"The id of the last event that arrived: what happened since is told first. Without it the stream begins now."`
}

const streamDescription = `Server-sent events, until the access token expires, the service stops, or either side closes.

| event | data |
| --- | --- |
| ` + "`signal.created`, `signal.updated`" + ` | the whole signal, as ` + "`GET /api/signals/{id}`" + ` shows it |
| ` + "`signal.deleted`" + ` | ` + "`{id}`" + ` |
| ` + "`config.updated`" + ` | the settings, as ` + "`GET /api/config`" + ` shows them |
| ` + "`reset`" + ` | ` + "`{}`" + `: something was missed that cannot be told any more; read everything anew |

Open the stream first, then read the list. An event may come twice: put a signal in the place of the one with the same id.
After the end connect again with the id of the last event as Last-Event-ID. A comment comes every 15 s.`

// openStream begins an event stream, which ends with the token that opened it.
func (s *server) openStream(ctx context.Context, caller atalaya.Caller, in *streamInput) (*huma.StreamResponse, error) {
	expires, err := expiry(caller)
	if err != nil {
		return nil, err
	}
	stream, err := s.Streams(ctx, caller.UserID, in.LastEventID)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer stream.Close()
		ctx.SetHeader("Content-Type", eventType)
		ctx.SetHeader("X-Accel-Buffering", "no") // nginx would gather events
		if ctx.Method() == http.MethodHead {
			return
		}
		t := &teller{server: s, caller: caller, stream: stream, out: newEventWriter(ctx.BodyWriter())}
		if err := t.run(ctx.Context(), expires); err != nil && !errors.Is(err, context.Canceled) {
			s.Log.DebugContext(ctx.Context(), "an event stream broke off", "error", err)
		}
	}}, nil
}

// expiry returns when the caller's token expires.
func expiry(caller atalaya.Caller) (time.Time, error) {
	var claims struct {
		Expires float64 `json:"exp"` // seconds, perhaps with decimals
	}
	if err := json.Unmarshal(caller.Claims, &claims); err != nil {
		return time.Time{}, atalaya.Wrap(atalaya.CodeUnauthorized, err, "This is not an access token.")
	}
	return time.Unix(int64(claims.Expires), 0), nil
}

// teller writes the events of one stream to its client.
type teller struct {
	server *server
	caller atalaya.Caller
	stream Stream
	out    *eventWriter
}

// errExpired ends a stream with its access token.
var errExpired = errors.New("the access token has expired")

// run writes events until the stream ends, ctx is done, the token expires, or writing fails. A client that
// connects again continues after its last event.
func (t *teller) run(ctx context.Context, expires time.Time) error {
	defer t.out.done()
	untilExpiry, cancel := context.WithDeadlineCause(ctx, expires, errExpired)
	defer cancel()
	for {
		batch, err := t.stream.Next(untilExpiry)
		if errors.Is(err, errExpired) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := t.send(ctx, batch); err != nil || batch.Last {
			return err
		}
	}
}

// send writes a batch; an empty one becomes a comment that shows that the stream is alive. The batch's cursor goes
// with its last event, so a client that misses that event gets the whole batch again.
func (t *teller) send(ctx context.Context, batch atalaya.LiveBatch) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	if batch.Reset {
		if err := t.out.event("reset", struct{}{}); err != nil {
			return err
		}
	}
	if batch.Last { // the next stream tells the rest
		return t.out.flush(batch.Cursor)
	}
	for len(batch.Signals) > 0 {
		part := batch.Signals[:min(readsAtOnce, len(batch.Signals))]
		batch.Signals = batch.Signals[len(part):]
		if err := t.sendSignals(ctx, part); err != nil {
			return err
		}
	}
	if batch.Config {
		config, err := t.server.Store.Config(ctx, t.caller)
		if err != nil {
			return err
		}
		if err := t.out.event("config.updated", t.server.configView(config)); err != nil {
			return err
		}
	}
	return t.out.flush(batch.Cursor)
}

// sendSignals reads the changed signals as the caller and writes their events. It leaves out a signal that is gone
// meanwhile: its deletion has its own event.
func (t *teller) sendSignals(ctx context.Context, changes []atalaya.Change) error {
	var ids []atalaya.SignalID
	for _, c := range changes {
		if c.Kind == atalaya.ChangedSignal {
			ids = append(ids, atalaya.SignalID(c.RowID))
		}
	}
	found := map[string]signal{}
	if len(ids) > 0 {
		signals, err := t.server.Store.SignalsByID(ctx, t.caller, ids)
		if err != nil {
			return err
		}
		for _, view := range t.server.signalViews(ctx, signals) {
			found[view.ID] = view
		}
	}
	for _, c := range changes {
		if err := t.tellSignal(c, found); err != nil {
			return err
		}
	}
	return nil
}

func (t *teller) tellSignal(c atalaya.Change, found map[string]signal) error {
	if c.Kind == atalaya.DeletedSignal {
		return t.out.event("signal.deleted", deletedSignal{ID: c.RowID})
	}
	view, ok := found[c.RowID]
	if !ok {
		return nil
	}
	t.stream.Acknowledge(atalaya.SignalID(view.ID), view.UpdatedAt)
	name := "signal.updated"
	if c.New {
		name = "signal.created"
	}
	return t.out.event(name, view)
}

type deletedSignal struct {
	ID string `json:"id"`
}

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// reconnectAfter is how long clients are asked to wait before they connect again.
const reconnectAfter = 3 * time.Second

// eventWriter writes server-sent events to one client. The last event is held back until the cursor
// that goes with it is known.
type eventWriter struct {
	out     io.Writer
	control *http.ResponseController // nil if the server's own writer is out of reach
	held    bytes.Buffer
	cursor  string
}

func newEventWriter(out io.Writer) *eventWriter {
	w := &eventWriter{out: out}
	if response, ok := out.(http.ResponseWriter); ok {
		w.control = http.NewResponseController(response)
	}
	return w
}

// event writes the event before this one, with the cursor of the batch before, and holds this one.
func (w *eventWriter) event(name string, data any) error {
	body, err := json.Marshal(data) // on one line
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	if w.held.Len() > 0 {
		if err := w.release(); err != nil {
			return err
		}
	}
	fmt.Fprintf(&w.held, "event: %s\ndata: %s\n", name, body)
	return nil
}

// flush ends a batch with its cursor and sends all of it. An empty batch is a comment, which shows that the stream
// is alive. The first batch also says when to connect again.
func (w *eventWriter) flush(cursor string) error {
	if w.cursor == "" {
		fmt.Fprintf(&w.held, "retry: %d\n", reconnectAfter.Milliseconds())
	} else if w.held.Len() == 0 {
		w.held.WriteString(": alive\n")
	}
	w.cursor = cursor
	if err := w.release(); err != nil {
		return err
	}
	if w.control == nil {
		return nil
	}
	if err := w.control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("send events: %w", err)
	}
	return nil
}

// release writes what is held.
func (w *eventWriter) release() error {
	if w.cursor != "" {
		fmt.Fprintf(&w.held, "id: %s\n", w.cursor)
	}
	w.held.WriteString("\n")
	w.deadline(time.Now().Add(writeTimeout))
	_, err := w.held.WriteTo(w.out)
	if w.held.Cap() > 256 { // signs of life fit, and an idle stream holds no more
		w.held = bytes.Buffer{}
	}
	if err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	return nil
}

// done sets a deadline for the end of the stream, which the server writes after the handler returns.
func (w *eventWriter) done() { w.deadline(time.Now().Add(writeTimeout)) }

// deadline sets a deadline for writing. A writer without deadlines, as in tests, has no slow readers.
func (w *eventWriter) deadline(at time.Time) {
	if w.control != nil {
		_ = w.control.SetWriteDeadline(at)
	}
}

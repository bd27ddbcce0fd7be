package attack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"atalaya/internal/test/wait"
)

// receipt is the webhook's answer.
type receipt struct {
	ID        string `json:"signal_id"`
	Queued    bool   `json:"screenshot_queued"`
	Duplicate bool   `json:"duplicate"`
}

// post sends an alert to a user's webhook, which takes it.
func (w *world) post(ctx context.Context, u user, body string, header http.Header) (receipt, error) {
	a, err := ask(ctx, w.main, request{method: http.MethodPost, path: u.hook, body: body, header: header, from: "127.0.0.7"})
	if err != nil {
		return receipt{}, err
	}
	var r receipt
	if err := a.is(http.StatusOK); err != nil {
		return r, err
	}
	w.mu.Lock()
	if u == w.victim || u == w.bystander {
		w.took = append(w.took, a.took)
	}
	w.mu.Unlock()
	return r, json.Unmarshal([]byte(a.body), &r)
}

// body is an alert that no other repeats.
func (w *world) body() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent++
	return fmt.Sprintf(`{"ticker":"BINANCE:BTCUSDT","price":%d,"direction":"LONG","interval":"60"}`, 10_000+w.sent)
}

// alert sends one of the victim's.
func (w *world) alert(ctx context.Context) error {
	_, err := w.post(ctx, w.victim, w.body(), nil)
	return err
}

// signal makes one of a user's.
func (w *world) signal(ctx context.Context, u user) (id string, err error) {
	r, err := w.post(ctx, u, w.body(), nil)
	return r.ID, err
}

// captured waits until a signal has its picture.
func (w *world) captured(ctx context.Context, id string) error {
	return wait.Until(ctx, capturePatience, "the capture is completed", func() (bool, error) {
		var status string
		if err := w.pool.QueryRow(ctx, "select screenshot_status from trading_signals where id = $1", id).Scan(&status); err != nil {
			return false, err
		}
		if status == "failed" || status == "skipped" {
			return false, fmt.Errorf("the capture ended %s", status)
		}
		return status == "completed", nil
	})
}

// capturePatience bounds a capture under attack.
const capturePatience = 90 * time.Second

// quietCapture returns the time of the slower of the victim's captures, in seconds, while nobody attacks.
func (w *world) quietCapture(ctx context.Context, captures int) (slowest float64, err error) {
	for range captures {
		start := time.Now()
		r, err := w.post(ctx, w.victim, w.body(), nil)
		if err != nil {
			return 0, err
		}
		if err := w.captured(ctx, r.ID); err != nil {
			return 0, err
		}
		slowest = max(slowest, time.Since(start).Seconds())
	}
	return slowest, nil
}

// p99 is that of other users' alerts under attack, in milliseconds.
func (w *world) p99() float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.took) == 0 {
		return 0
	}
	slices.Sort(w.took)
	return float64(w.took[len(w.took)*99/100].Microseconds()) / 1000
}

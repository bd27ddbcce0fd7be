package install

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"atalaya/internal/test/wait"
)

// alerts is a stream of alerts, one a second. Each is sent again every 200 ms until it is accepted, so the time of the
// slowest is how long no alert was accepted.
type alerts struct {
	stop    context.CancelFunc
	ended   chan struct{}
	sent    int // to be read after ended, as what follows
	slowest time.Duration
	failure error
}

func (r *run) startAlerts(ctx context.Context) *alerts {
	going, stop := context.WithCancel(ctx)
	a := &alerts{stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(a.ended)
		for a.failure == nil && going.Err() == nil {
			begun := time.Now()
			_, a.failure = r.sendUntilAccepted(ctx, int64(a.sent+1))
			a.sent, a.slowest = a.sent+1, max(a.slowest, time.Since(begun))
			select {
			case <-going.Done():
			case <-time.After(time.Second):
			}
		}
	}()
	return a
}

// end ends the stream. It returns how many alerts were accepted, and how long the slowest took.
func (a *alerts) end() (sent int, slowest time.Duration, failure error) {
	a.stop()
	<-a.ended
	return a.sent, a.slowest.Round(time.Millisecond), a.failure
}

// sendUntilAccepted sends an alert, and sends it again if nothing answers or if the answer is a 503, which a busy machine
// may cause. It returns the receipt.
func (r *run) sendUntilAccepted(ctx context.Context, price int64) (receipt []byte, err error) {
	body := json.RawMessage(fmt.Sprintf(`{"ticker":"BINANCE:BTCUSDT","interval":"60","price":%d}`, price))
	err = wait.Until(ctx, patience, "an alert is accepted", func() (bool, error) {
		status, answer, err := r.ask(ctx, http.MethodPost, strings.TrimPrefix(r.people.webhook, r.people.address), body)
		if err == nil && status != http.StatusOK && status != http.StatusServiceUnavailable {
			return false, fmt.Errorf("the webhook answered %d %s", status, answer)
		}
		receipt = answer
		return err == nil && status == http.StatusOK, nil
	})
	return receipt, err
}

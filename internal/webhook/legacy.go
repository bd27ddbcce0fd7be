package webhook

import (
	"net/http"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/respond"
)

// legacyAccepted is the body of a 200, as version 1 answered.
type legacyAccepted struct {
	Success       bool                 `json:"success"`
	Message       string               `json:"message"`
	DurationMS    int64                `json:"duration_ms"`
	DeliveryMode  atalaya.DeliveryMode `json:"delivery_mode"`
	HadScreenshot bool                 `json:"had_screenshot"` // always false: the picture is taken after the answer
}

// serveLegacy serves POST /webhook?key=&chart=&ticker=&delivery=&jsonRequest=, the webhook of version 1 for one
// user. The key is the user's token. jsonRequest is ignored: the body itself decides how it is read. Like every
// path, this one is logged without its query.
func (d *Door) serveLegacy(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return atalaya.Errorf(atalaya.CodeMethodNotAllowed, "Alerts are sent with POST.")
	}
	query := r.URL.Query()
	key := strings.TrimSpace(query.Get("key"))
	if key == "" {
		return atalaya.Errorf(atalaya.CodeInvalidToken, "The query has no key. Add ?key= and your webhook token, or use /webhook/{token}.")
	}
	mode, ok := atalaya.ParseDeliveryMode(query.Get("delivery"))
	if !ok {
		mode = atalaya.DeliverTogether // as in version 1
	}
	arrival := atalaya.Arrival{Token: asToken(key), Hints: atalaya.Hints{ChartID: query.Get("chart"), Ticker: query.Get("ticker"), DeliveryMode: mode}}
	return d.receive(w, r, arrival, func(w http.ResponseWriter, receipt atalaya.Receipt, start time.Time, took time.Duration) error {
		if err := refusal(w, receipt, start); err != nil {
			return err
		}
		respond.JSON(w, http.StatusOK, legacyAccepted{Success: true, Message: message(receipt), DurationMS: took.Milliseconds(), DeliveryMode: mode})
		return nil
	})
}

package channel

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"atalaya/internal/notify"
)

const (
	// webhookBytes bounds a payload, as the Standard Webhooks specification advises.
	webhookBytes = 20_000
	// webhookKeepsOld is how long two signatures are sent after a rotation.
	webhookKeepsOld = 24 * time.Hour
	secretPrefix    = "whsec_"
)

// Webhook posts signed JSON to a user's own address, as Standard Webhooks defines it.
type Webhook struct {
	client *Client
	check  func(address string) error
}

// NewWebhook makes the channel. The client's connections have to go through a policy that refuses
// addresses that are not public: users choose them. check returns what is wrong with an address, before any request.
func NewWebhook(client *Client, check func(address string) error) *Webhook {
	return &Webhook{client: client, check: check}
}

// Check implements notify.Channel.
func (w *Webhook) Check(to notify.Destination) error { return w.check(to.Settings.URL) }

// Traits implements notify.Channel. An edit is a second message, signal.settled, with its own id.
func (*Webhook) Traits() notify.Traits {
	return notify.Traits{Edits: true, Idempotent: true, Backoff: notify.WebhookBackoff(), Breaks: true}
}

// Send implements notify.Channel.
func (w *Webhook) Send(ctx context.Context, to notify.Destination, m notify.Message) notify.Result {
	return w.post(ctx, to, m.ID, m)
}

// Edit implements notify.Channel.
func (w *Webhook) Edit(ctx context.Context, to notify.Destination, _ string, m notify.Message) notify.Result {
	return w.post(ctx, to, m.ID+"-settled", m)
}

func (w *Webhook) post(ctx context.Context, to notify.Destination, id string, m notify.Message) notify.Result {
	if err := w.check(to.Settings.URL); err != nil {
		return notify.Result{Verdict: notify.Broken, Code: "bad_address", Detail: err.Error()}
	}
	now := time.Now()
	body := webhookBody(m)
	signatures, err := signatures(to.Secret, id, now, body)
	if err != nil {
		return notify.Result{Verdict: notify.Broken, Code: "bad_secret", Detail: "the channel's signing secret cannot be read: rotate it"}
	}
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	header := jsonHeader()
	header.Set("webhook-id", id)
	header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	header.Set("webhook-signature", signatures)
	a, failure := w.client.do(ctx, http.MethodPost, to.Settings.URL, header, body)
	if failure != nil {
		return *failure
	}
	r := webhookResult(a)
	r.Attached = r.Verdict == notify.Sent && m.Link != ""
	r.ExternalID = m.ID
	return r
}

// webhookResult classifies an answer. Only 2xx is success: a redirect is not followed, and 410 breaks the channel.
func webhookResult(a answer) notify.Result {
	r := a.result()
	switch {
	case r.Verdict == notify.Sent:
	case a.status == http.StatusGone:
		r.Verdict, r.Code = notify.Broken, "gone"
	case a.status == http.StatusTooManyRequests, a.status == http.StatusBadGateway, a.status == http.StatusServiceUnavailable, a.status == http.StatusGatewayTimeout:
		r.Verdict, r.After = notify.Retry, min(a.retryAfter(), 24*time.Hour)
	case a.status/100 == 3:
		r.Verdict, r.Code = notify.Retry, "redirected"
	default:
		r.Verdict = notify.Retry
	}
	return r
}

// webhookBody encodes a message; the raw body of the alert is cut until it fits.
func webhookBody(m notify.Message) []byte {
	payload := func(data any) []byte {
		return mustJSON(struct {
			Type      string    `json:"type"`
			Timestamp time.Time `json:"timestamp"`
			Data      any       `json:"data"`
		}{m.Type, m.At.UTC(), data})
	}
	body := payload(m.Data)
	data, ok := m.Data.(notify.Payload)
	for raw := webhookBytes; ok && len(body) > webhookBytes && raw > 0; raw /= 2 {
		body = payload(data.WithRaw(raw / 2))
	}
	return body
}

// NewSecret makes a signing secret, 32 random bytes.
func NewSecret() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the program instead
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// RotateSecret makes a new secret and keeps the old one valid for 24 hours. The result is the text to store; its
// first word is the new secret, which the user is shown.
func RotateSecret(stored string, now time.Time) string {
	old, _, _ := strings.Cut(stored, " ")
	return fmt.Sprintf("%s %s %d", NewSecret(), old, now.Add(webhookKeepsOld).Unix())
}

// Rotate makes a channel's first secret, or rotates the stored one. next is the text to store, shown the secret that
// its owner is shown.
func (*Webhook) Rotate(stored string) (next, shown string) {
	next = NewSecret()
	if stored != "" {
		next = RotateSecret(stored, time.Now())
	}
	shown, _, _ = strings.Cut(next, " ")
	return next, shown
}

// signatures signs "id.timestamp.body" with the secret, and with the one before it while that is kept.
func signatures(stored, id string, now time.Time, body []byte) (string, error) {
	words := strings.Fields(stored)
	if len(words) == 0 {
		return "", fmt.Errorf("no secret")
	}
	secrets := words[:1]
	if len(words) == 3 {
		if until, err := strconv.ParseInt(words[2], 10, 64); err == nil && now.Unix() < until {
			secrets = words[:2]
		}
	}
	var signed []string
	for _, text := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, secretPrefix))
		if err != nil || len(key) == 0 {
			return "", fmt.Errorf("a secret is not base64")
		}
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%d.", id, now.Unix())
		mac.Write(body)
		signed = append(signed, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(signed, " "), nil
}

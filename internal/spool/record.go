package spool

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"atalaya"
)

// A key is the user's id (16 bytes) and the arrival in Unix microseconds (8 bytes, big endian), so a user's alerts
// are adjacent and in order. A value is frame | key | length (4) | sealed record. The frame and the key make it
// possible to find a value in a damaged file.
const (
	userSize = 16
	keySize  = userSize + 8
	headSize = 8 + keySize + 4
)

var alertFrame = []byte("ATSPOOL\x01")

func keyOf(user atalaya.UserID, at int64) ([]byte, error) {
	id, err := uuid.Parse(string(user))
	if err != nil {
		return nil, fmt.Errorf("a user's id is no UUID: %w", err)
	}
	return binary.BigEndian.AppendUint64(id[:], uint64(at)), nil
}

func readKey(key []byte) (user atalaya.UserID, at int64, err error) {
	if len(key) != keySize {
		return "", 0, fmt.Errorf("%w: a key has %d bytes", errTorn, len(key))
	}
	return atalaya.UserID(uuid.UUID(key[:userSize]).String()), int64(binary.BigEndian.Uint64(key[userSize:])), nil
}

// frame makes the value of a key.
func frame(key, sealed []byte) []byte {
	value := make([]byte, 0, headSize+len(sealed))
	value = append(append(value, alertFrame...), key...)
	return append(binary.BigEndian.AppendUint32(value, uint32(len(sealed))), sealed...)
}

// unframe splits a value, which other bytes may follow, into its key and sealed record.
func unframe(value []byte) (key, sealed []byte, ok bool) {
	if len(value) < headSize || !bytes.HasPrefix(value, alertFrame) {
		return nil, nil, false
	}
	key, rest := value[len(alertFrame):headSize-4], value[headSize:]
	length := binary.BigEndian.Uint32(value[headSize-4 : headSize])
	if int64(length) > int64(len(rest)) {
		return nil, nil, false
	}
	return key, rest[:length], true
}

// cost estimates the bytes that a value takes in the file. Small values share pages that are not full; large ones
// have pages of their own.
func cost(value []byte) int64 {
	const page = 4096
	n := int64(len(value) + keySize + 16)
	if n > page/2 {
		return (n + page - 1) / page * page
	}
	return n * 3 / 2
}

// about is the description of an arrival: all of it but the body. Its JSON names belong to the file format and do not
// change if a field of atalaya.Arrival is renamed.
type about struct {
	Token          string               `json:"token"`
	Signal         atalaya.SignalID     `json:"signal"`
	BodySize       int64                `json:"body_size"`
	TooLarge       bool                 `json:"too_large,omitzero"`
	Sender         netip.Addr           `json:"sender,omitzero"`
	SenderRefused  bool                 `json:"sender_refused,omitzero"`
	IdempotencyKey string               `json:"idempotency_key,omitzero"`
	ChartID        string               `json:"chart_id,omitzero"`
	Ticker         string               `json:"ticker,omitzero"`
	DeliveryMode   atalaya.DeliveryMode `json:"delivery_mode,omitzero"`
	RefusedSince   int64                `json:"refused_since,omitzero"`
	Flooded        bool                 `json:"flooded,omitzero"`
	Recent503      bool                 `json:"recent_503,omitzero"`
	CaptureAt      time.Time            `json:"capture_at,omitzero"`
}

// encode writes an arrival as the length of its description (4 bytes), that description as JSON, and its body.
func encode(a atalaya.Arrival) ([]byte, error) {
	head, err := json.Marshal(about{
		Token: a.Token.Reveal(), Signal: a.SignalID, BodySize: a.BodySize, TooLarge: a.TooLarge, Sender: a.Sender,
		SenderRefused: a.SenderRefused, IdempotencyKey: a.IdempotencyKey, ChartID: a.Hints.ChartID, Ticker: a.Hints.Ticker,
		DeliveryMode: a.Hints.DeliveryMode, RefusedSince: a.RefusedSince, Flooded: a.Spooled.Flooded, Recent503: a.Spooled.Recent503,
		CaptureAt: a.Spooled.CaptureAt,
	})
	if err != nil {
		return nil, fmt.Errorf("write an alert down: %w", err)
	}
	out := make([]byte, 0, 4+len(head)+len(a.Body))
	out = append(binary.BigEndian.AppendUint32(out, uint32(len(head))), head...)
	return append(out, a.Body...), nil
}

// decode reads what encode wrote.
func decode(user atalaya.UserID, at int64, plain []byte) (atalaya.Arrival, error) {
	if len(plain) < 4 || int64(binary.BigEndian.Uint32(plain)) > int64(len(plain)-4) {
		return atalaya.Arrival{}, errors.New("an alert in the spool has no description")
	}
	end := 4 + int(binary.BigEndian.Uint32(plain))
	var head about
	if err := json.Unmarshal(plain[4:end], &head); err != nil {
		return atalaya.Arrival{}, errors.New("the description of an alert in the spool cannot be read") // the cause may quote it
	}
	a := atalaya.Arrival{
		Token: atalaya.WebhookToken(head.Token), SignalID: head.Signal, BodySize: head.BodySize, TooLarge: head.TooLarge, Sender: head.Sender,
		SenderRefused: head.SenderRefused, IdempotencyKey: head.IdempotencyKey, RefusedSince: head.RefusedSince,
		Hints:      atalaya.Hints{ChartID: head.ChartID, Ticker: head.Ticker, DeliveryMode: head.DeliveryMode},
		ReceivedAt: time.UnixMicro(at).UTC(),
		Spooled:    atalaya.Spooled{User: user, Flooded: head.Flooded, Recent503: head.Recent503, CaptureAt: head.CaptureAt},
	}
	if !a.TooLarge {
		a.Body = plain[end:]
	}
	return a, nil
}

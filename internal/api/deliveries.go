package api

import (
	"context"
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"atalaya"
)

// maxCountedReplays bounds how many replayable deliveries are counted.
const maxCountedReplays = 1000

// maxReplays is how many deliveries one request replays. Each takes a transaction.
const maxReplays = 100

// delivery is a row of webhook_deliveries.
type delivery struct {
	ID         string    `json:"id" format:"uuid"`
	ReceivedAt time.Time `json:"received_at"`
	Body       *string   `json:"body" doc:"As it arrived; null where it was larger than 64 KiB, or is no text."`
	BodyBase64 *string   `json:"body_base64" doc:"A body that is no text."`
	BodySize   int64     `json:"body_size" doc:"Bytes."`
	Sender     *string   `json:"sender" doc:"The address that it came from."`
	Outcome    string    `json:"outcome" enum:"accepted,duplicate,quota_exceeded,rate_limited,disabled,too_large,refused_sender"`
	Reason     *string   `json:"reason" doc:"Why it was refused."`
	SignalID   *string   `json:"signal_id" format:"uuid" doc:"The signal that it made, or repeats."`
}

func deliveryView(d atalaya.Delivery) delivery {
	view := delivery{
		ID: d.ID, ReceivedAt: d.ReceivedAt.UTC(), BodySize: d.BodySize,
		Outcome: string(d.Outcome), Reason: d.Reason, SignalID: (*string)(d.SignalID),
	}
	switch {
	case d.Body == nil:
	case utf8.Valid(d.Body):
		text := string(d.Body)
		view.Body = &text
	default:
		encoded := base64.StdEncoding.EncodeToString(d.Body)
		view.BodyBase64 = &encoded
	}
	if d.Sender.IsValid() {
		sender := d.Sender.String()
		view.Sender = &sender
	}
	return view
}

// DeliveryQuery narrows the log, in the list and in a replay of many. It is exported for the library,
// which reads no other embedded fields.
type DeliveryQuery struct {
	Outcome string `query:"outcome" default:"all" enum:"all,accepted,duplicate,quota_exceeded,rate_limited,disabled,too_large,refused_sender"`
	From    string `query:"from" maxLength:"40" doc:"Arrived on this day or later, or at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are those of your preferred_timezone."`
	To      string `query:"to" maxLength:"40" doc:"Arrived on this day or earlier, or before this moment."`
}

func (in DeliveryQuery) filter(times period) atalaya.DeliveryFilter {
	return atalaya.DeliveryFilter{Outcome: atalaya.Outcome(notAll(in.Outcome)), From: times.from, To: times.to}
}

type deliveriesInput struct {
	DeliveryQuery
	Signal string `query:"signal" maxLength:"36" doc:"The id of the signal that they made or repeat."`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200" doc:"How many, 1 to 200."`
	Cursor string `query:"cursor" maxLength:"200" doc:"next_cursor of the part before."`
}

type deliveriesOutput struct {
	Body struct {
		Success    bool       `json:"success"`
		Data       []delivery `json:"data" nullable:"false"`
		Count      int        `json:"count" doc:"How many are in data."`
		NextCursor *string    `json:"next_cursor" doc:"null at the end."`
	}
}

func (s *server) listDeliveries(ctx context.Context, caller atalaya.Caller, in *deliveriesInput) (*deliveriesOutput, error) {
	times, err := s.readPeriod(ctx, caller, "", in.From, in.To)
	if err != nil {
		return nil, err
	}
	var after *atalaya.DeliveryCursor
	if in.Cursor != "" {
		cursor, err := readCursor(in.Cursor)
		if err != nil {
			return nil, err
		}
		after = &atalaya.DeliveryCursor{ReceivedAt: cursor.CreatedAt, ID: string(cursor.ID)}
	}
	filter := in.filter(times)
	if in.Signal != "" {
		if filter.Signal, err = atalaya.ParseSignalID(in.Signal); err != nil {
			return nil, atalaya.Wrap(atalaya.CodeInvalid, err, "signal: "+err.Error()+".")
		}
	}
	list, err := s.Store.Deliveries(ctx, caller.UserID, filter, in.Limit+1, after)
	if err != nil {
		return nil, err
	}
	out := &deliveriesOutput{}
	if len(list) > in.Limit { // there is more
		list = list[:in.Limit]
		last := list[in.Limit-1]
		cursor := writeCursor(atalaya.SignalCursor{CreatedAt: last.ReceivedAt, ID: atalaya.SignalID(last.ID)})
		out.Body.NextCursor = &cursor
	}
	out.Body.Success, out.Body.Count, out.Body.Data = true, len(list), make([]delivery, 0, len(list))
	for _, d := range list {
		out.Body.Data = append(out.Body.Data, deliveryView(d))
	}
	return out, nil
}

type replayInput struct {
	ID string `path:"id" doc:"The delivery's id."`
}

type replayOutput struct {
	Body struct {
		Success          bool   `json:"success"`
		Message          string `json:"message"`
		SignalID         string `json:"signal_id" format:"uuid"`
		ScreenshotQueued bool   `json:"screenshot_queued" doc:"false for an alert whose chart has moved on."`
	}
}

// replayDelivery makes a signal of one delivery; doing it again gives the same signal.
func (s *server) replayDelivery(ctx context.Context, caller atalaya.Caller, in *replayInput) (*replayOutput, error) {
	id, err := atalaya.ParseSignalID(strings.ToLower(in.ID))
	if err != nil {
		return nil, atalaya.Errorf(atalaya.CodeNotFound, "You have no such delivery.")
	}
	receipt, err := s.Intake.Replay(ctx, caller.UserID, string(id))
	if err != nil {
		return nil, err
	}
	if receipt.Outcome != atalaya.OutcomeAccepted {
		return nil, atalaya.Errorf(atalaya.CodeQuotaExceeded,
			"All %d signals of this month are used. A larger plan or the next month lets the alert in.", receipt.Quota.Total)
	}
	out := &replayOutput{}
	out.Body.Success, out.Body.Message = true, "The alert is a signal now."
	out.Body.SignalID, out.Body.ScreenshotQueued = string(receipt.SignalID), receipt.ScreenshotQueued
	return out, nil
}

type countReplaysOutput struct {
	Body struct {
		Success    bool `json:"success"`
		Replayable int  `json:"replayable" doc:"Deliveries that a replay with the same parameters would make signals of."`
		Capped     bool `json:"capped" doc:"There are more than the 1,000 that were counted."`
	}
}

// countReplays counts what replayDeliveries would take, for those who are asked to confirm it.
func (s *server) countReplays(ctx context.Context, caller atalaya.Caller, in *DeliveryQuery) (*countReplaysOutput, error) {
	times, err := s.readPeriod(ctx, caller, "", in.From, in.To)
	if err != nil {
		return nil, err
	}
	ids, err := s.Store.ReplayableDeliveries(ctx, caller.UserID, in.filter(times), maxCountedReplays+1)
	if err != nil {
		return nil, err
	}
	out := &countReplaysOutput{}
	out.Body.Success, out.Body.Replayable, out.Body.Capped = true, min(len(ids), maxCountedReplays), len(ids) > maxCountedReplays
	return out, nil
}

type replayManyOutput struct {
	Body struct {
		Success  bool   `json:"success"`
		Message  string `json:"message"`
		Replayed int    `json:"replayed" doc:"Deliveries that are signals now."`
		Refused  int    `json:"refused" doc:"Deliveries that the quota refused; where there are any, the rest was not tried."`
		More     bool   `json:"more" doc:"There may be more: send the request again."`
	}
}

// replayDeliveries makes signals of the deliveries that were refused, oldest first, until the quota
// refuses one.
func (s *server) replayDeliveries(ctx context.Context, caller atalaya.Caller, in *DeliveryQuery) (*replayManyOutput, error) {
	times, err := s.readPeriod(ctx, caller, "", in.From, in.To)
	if err != nil {
		return nil, err
	}
	ids, err := s.Store.ReplayableDeliveries(ctx, caller.UserID, in.filter(times), maxReplays)
	if err != nil {
		return nil, err
	}
	out := &replayManyOutput{}
	out.Body.Success, out.Body.Message = true, "Replayed."
	for _, id := range ids {
		receipt, err := s.Intake.Replay(ctx, caller.UserID, id)
		if err != nil && out.Body.Replayed == 0 {
			return nil, err
		}
		if err != nil {
			s.Log.WarnContext(ctx, "a replay of several deliveries stopped", "error", err, "replayed", out.Body.Replayed)
			out.Body.More, out.Body.Message = true, "The next one could not be replayed just now. Send the request again for the rest."
			return out, nil
		}
		if receipt.Outcome != atalaya.OutcomeAccepted {
			out.Body.Refused++
			out.Body.Message = "The month's quota is used up. A larger plan or the next month lets the rest in."
			return out, nil
		}
		out.Body.Replayed++
	}
	out.Body.More = len(ids) == maxReplays
	return out, nil
}

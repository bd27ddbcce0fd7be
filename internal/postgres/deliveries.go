package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// Deliveries returns up to limit deliveries of a user after a position, newest first. A nil position is the beginning.
func (s *Store) Deliveries(ctx context.Context, user atalaya.UserID, f atalaya.DeliveryFilter, limit int, after *atalaya.DeliveryCursor) ([]atalaya.Delivery, error) {
	p := rows.ListDeliveriesParams{
		UserID: string(user), Outcome: string(f.Outcome), FromTime: timeOrNull(f.From), ToTime: timeOrNull(f.To), Most: int32(limit),
	}
	if f.Signal != "" {
		p.SignalID = (*string)(&f.Signal)
	}
	if after != nil {
		p.BeforeTime, p.BeforeID = &after.ReceivedAt, &after.ID
	}
	list, err := rows.New(s.pool).ListDeliveries(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("list the deliveries: %w", err)
	}
	deliveries := make([]atalaya.Delivery, 0, len(list))
	for _, r := range list {
		deliveries = append(deliveries, deliveryOf(r))
	}
	return deliveries, nil
}

func deliveryOf(r rows.ListDeliveriesRow) atalaya.Delivery {
	d := atalaya.Delivery{
		ID: r.ID, ReceivedAt: r.ReceivedAt, Body: r.Body, BodySize: r.BodySize,
		Outcome: atalaya.Outcome(r.Outcome), Reason: r.Reason, SignalID: (*atalaya.SignalID)(r.SignalID),
	}
	if r.Sender != nil {
		d.Sender = *r.Sender
	}
	return d
}

// ReplayableDeliveries returns up to limit ids of deliveries that made no signal and can still make
// one, oldest first.
func (s *Store) ReplayableDeliveries(ctx context.Context, user atalaya.UserID, f atalaya.DeliveryFilter, limit int) ([]string, error) {
	ids, err := rows.New(s.pool).ReplayableDeliveries(ctx, rows.ReplayableDeliveriesParams{
		UserID: string(user), Outcome: string(f.Outcome), FromTime: timeOrNull(f.From), ToTime: timeOrNull(f.To), Most: int32(limit),
	})
	if err != nil {
		return nil, fmt.Errorf("find deliveries to replay: %w", err)
	}
	return ids, nil
}

// Replay makes a signal of a kept delivery, if decide accepts it. If the delivery has made a signal before, made
// is that signal and decide is not called. It fails with CodeNotFound if the user has no such delivery, with
// CodeConflict if its body was not kept, and with CodeInvalid as Ingest does.
func (s *Store) Replay(ctx context.Context, user atalaya.UserID, id string, decide func(atalaya.TenantConfig, atalaya.Arrival) atalaya.Decision) (made atalaya.SignalID, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) (err error) {
		made, err = replay(ctx, tx, user, id, decide)
		return err
	})
	if err != nil {
		return "", err
	}
	s.announce(user)
	s.wakeDispatcher()
	return made, nil
}

func replay(ctx context.Context, tx pgx.Tx, user atalaya.UserID, id string, decide func(atalaya.TenantConfig, atalaya.Arrival) atalaya.Decision) (made atalaya.SignalID, err error) {
	q := rows.New(tx)
	row, err := q.LockTenant(ctx, string(user))
	if err != nil {
		return "", missingDelivery(err)
	}
	delivery, err := q.LockDelivery(ctx, rows.LockDeliveryParams{UserID: string(user), ID: id})
	if err != nil {
		return "", missingDelivery(err)
	}
	if delivery.Outcome == string(atalaya.OutcomeAccepted) && delivery.SignalID != nil {
		return atalaya.SignalID(*delivery.SignalID), nil
	}
	if delivery.Body == nil {
		return "", atalaya.Errorf(atalaya.CodeConflict, "The body of this delivery was larger than 64 KiB and was not kept.")
	}
	tenant := tenantOf(row.TradingSignalsConfig, row.Used)
	decision := decide(tenant, atalaya.Arrival{Body: delivery.Body, BodySize: delivery.BodySize, ReceivedAt: delivery.ReceivedAt})
	if decision.Outcome != atalaya.OutcomeAccepted {
		return "", nil
	}
	return "", writeReplay(ctx, tx, &tenant, id, decision)
}

// writeReplay writes the signal of a replayed delivery. A replay does not count as a request to the webhook.
func writeReplay(ctx context.Context, tx pgx.Tx, tenant *atalaya.TenantConfig, id string, d atalaya.Decision) error {
	q, user := rows.New(tx), tenant.UserID
	w := &writes{}
	w.CountedUsers, w.Requests, w.Stored = []string{string(user)}, []int64{0}, []int32{1}
	w.addSignal(user, d.Signal)
	if err := q.WriteArrivals(ctx, w.WriteArrivalsParams); err != nil {
		return unstorable(err)
	}
	if len(w.captures) > 0 {
		if err := insertCaptures(ctx, tx, w.captures); err != nil {
			return err
		}
	}
	w.addNotices(tenant, atalaya.Arrival{}, d)
	if w.hasNotices() {
		if err := w.writeNotices(ctx, tx); err != nil {
			return err
		}
	}
	signal := string(d.Signal.ID)
	if err := q.AcceptDelivery(ctx, rows.AcceptDeliveryParams{UserID: string(user), ID: id, SignalID: &signal}); err != nil {
		return fmt.Errorf("note the replay: %w", err)
	}
	return nil
}

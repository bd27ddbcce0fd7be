package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/shopspring/decimal"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// Ingest finds and locks the user of the arrival's token, asks decide, and commits what it decided:
// counters, delivery and, where accepted, the signal with its capture job. It fails with
// CodeInvalidToken where no user has the token and with CodeInvalid where the columns cannot hold
// the signal; after any other error nothing was committed, or that is unknown.
func (s *Store) Ingest(ctx context.Context, a atalaya.Arrival, decide func(atalaya.TenantConfig) atalaya.Decision) (atalaya.Receipt, error) {
	var receipt atalaya.Receipt
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		q := rows.New(tx)
		row, err := q.LockTenantByToken(ctx, a.Token.Reveal())
		if err != nil {
			return unknownToken(err)
		}
		tenant := tenantOf(row.TradingSignalsConfig, row.Used)
		decision := decide(tenant)
		first, err := findRepeat(ctx, q, tenant.UserID, decision.Repeat)
		if err != nil {
			return err
		}
		if first != "" {
			decision = atalaya.Decision{Outcome: atalaya.OutcomeDuplicate, Reason: "the same alert made this signal before"}
		}
		receipt, err = s.write(ctx, tx, q, tenant, a, decision, first)
		return err
	})
	if err != nil {
		return atalaya.Receipt{}, err
	}
	return receipt, nil
}

// findRepeat gives the signal that the same alert made before, "" where there is none.
func findRepeat(ctx context.Context, q *rows.Queries, user atalaya.UserID, key atalaya.RepeatKey) (atalaya.SignalID, error) {
	if key.Keep == 0 {
		return "", nil
	}
	id, err := q.FindRepeat(ctx, rows.FindRepeatParams{UserID: string(user), Key: key.Hash[:]})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("look for a repeat: %w", err)
	}
	return atalaya.SignalID(id), nil
}

// keepRepeat notes which signal an alert made.
func keepRepeat(ctx context.Context, q *rows.Queries, user atalaya.UserID, key atalaya.RepeatKey, id atalaya.SignalID) error {
	if key.Keep == 0 {
		return nil
	}
	signal := string(id)
	err := q.KeepRepeat(ctx, rows.KeepRepeatParams{UserID: string(user), Key: key.Hash[:], SignalID: &signal, KeepSeconds: key.Keep.Seconds()})
	if err != nil {
		return fmt.Errorf("keep the key of repeats: %w", err)
	}
	return nil
}

// write carries a decision out; first is the signal that a duplicate repeats.
func (s *Store) write(ctx context.Context, tx pgx.Tx, q *rows.Queries, tenant atalaya.TenantConfig, a atalaya.Arrival, d atalaya.Decision, first atalaya.SignalID) (atalaya.Receipt, error) {
	receipt := atalaya.Receipt{
		Outcome: d.Outcome, UserID: tenant.UserID, SignalID: first, QuotaWarning: d.QuotaWarning,
		Quota: atalaya.Quota{UserID: tenant.UserID, Total: tenant.SignalsQuota, Used: tenant.SignalsUsedThisMonth, Plan: tenant.UserPlan},
	}
	stored := d.Outcome == atalaya.OutcomeAccepted
	if stored {
		receipt.Quota.Used++
	}
	if err := q.CountArrival(ctx, rows.CountArrivalParams{UserID: string(tenant.UserID), Stored: int32(receipt.Quota.Used - tenant.SignalsUsedThisMonth)}); err != nil {
		return receipt, fmt.Errorf("count the arrival: %w", err)
	}
	if stored {
		id, err := s.insertSignal(ctx, tx, q, tenant.UserID, d.Signal)
		if err != nil {
			return receipt, err
		}
		receipt.SignalID = id
		receipt.ScreenshotQueued = d.Signal.CaptureWanted()
		receipt.ScreenshotError = d.Signal.ScreenshotError
		if err := keepRepeat(ctx, q, tenant.UserID, d.Repeat, id); err != nil {
			return receipt, err
		}
	}
	return receipt, insertDelivery(ctx, q, a, d, receipt)
}

// insertSignal writes the signal and, where a capture is wanted, its job.
func (s *Store) insertSignal(ctx context.Context, tx pgx.Tx, q *rows.Queries, user atalaya.UserID, n atalaya.NewSignal) (atalaya.SignalID, error) {
	missing := n.Missing
	if missing == nil {
		missing = []string{}
	}
	id, err := q.InsertSignal(ctx, rows.InsertSignalParams{
		UserID: string(user), IndicatorName: orNull(n.IndicatorName), Ticker: orNull(n.Ticker),
		Exchange: orNull(n.Exchange), Symbol: orNull(n.Symbol), Price: digits(n.Price),
		SignalType: orNull(n.SignalType), Direction: orNull(string(n.Direction)),
		ChartID: orNull(n.ChartID), Interval: orNull(n.Interval),
		ScreenshotStatus: string(n.ScreenshotStatus), ScreenshotError: orNull(n.ScreenshotError),
		RawMessage: &n.Raw, ParsedData: n.Parsed, ParseStatus: orNull(string(n.ParseStatus)),
		Missing: missing, Timestamp: n.Timestamp,
	})
	if err != nil {
		return "", unstorable(err)
	}
	if n.CaptureWanted() {
		if err := insertCapture(ctx, s.inserter, tx, atalaya.SignalID(id)); err != nil {
			return "", err
		}
	}
	return atalaya.SignalID(id), nil
}

// unstorable tells a signal that the columns cannot hold (SQLSTATE class 22, or a CHECK) from a
// failure that has nothing to do with what it says.
func unstorable(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && (strings.HasPrefix(refused.Code, "22") || refused.Code == checkViolation) {
		return atalaya.Wrap(atalaya.CodeInvalid, err, "the database cannot hold this signal")
	}
	return fmt.Errorf("insert the signal: %w", err)
}

func insertDelivery(ctx context.Context, q *rows.Queries, a atalaya.Arrival, d atalaya.Decision, r atalaya.Receipt) error {
	var sender *netip.Addr
	if a.Sender.IsValid() {
		sender = &a.Sender
	}
	err := q.InsertDelivery(ctx, rows.InsertDeliveryParams{
		UserID: string(r.UserID), ReceivedAt: a.ReceivedAt.Truncate(time.Microsecond),
		Body: a.Body, BodySize: a.BodySize, Sender: sender,
		Outcome: string(d.Outcome), Reason: orNull(d.Reason), SignalID: orNull(string(r.SignalID)),
	})
	if err != nil {
		return fmt.Errorf("keep the delivery: %w", err)
	}
	return nil
}

// TenantByToken reads the user of a webhook token, with the month rolled over; CodeInvalidToken
// where there is none.
func (s *Store) TenantByToken(ctx context.Context, token atalaya.WebhookToken) (atalaya.TenantConfig, error) {
	row, err := rows.New(s.pool).TenantByToken(ctx, token.Reveal())
	if err != nil {
		return atalaya.TenantConfig{}, unknownToken(err)
	}
	return tenantOf(row.TradingSignalsConfig, row.Used), nil
}

// unknownToken tells a token without a user from a failure.
func unknownToken(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return atalaya.Errorf(atalaya.CodeInvalidToken, "no user has this webhook token")
	}
	return fmt.Errorf("look the webhook token up: %w", err)
}

// digits writes a number with every digit it was given. As a parameter of its own type it would lose
// its trailing zeros.
func digits(n decimal.NullDecimal) *string {
	if !n.Valid {
		return nil
	}
	text := n.Decimal.StringFixed(max(0, -n.Decimal.Exponent()))
	return &text
}

// orNull makes the empty string SQL's null.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

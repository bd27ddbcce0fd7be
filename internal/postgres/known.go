package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// knownPatience is how long IngestKnown waits for a user whom another transaction keeps locked. Ingest waits
// longer, and finds out whose alert has to wait.
const knownPatience = 100 * time.Millisecond

// IngestKnown stores arrivals that were accepted by earlier readings of their users' rows, in one transaction and one
// round trip. It writes a user's arrivals if the row has not changed, if none of them may be a repeat and, if strict, if
// the quota has room for all. used maps each user that was written to what the month has used now. Of other users
// nothing is written. After an error nothing was committed, or that is unknown.
func (s *Store) IngestKnown(ctx context.Context, arrivals []atalaya.Arrival, facts []atalaya.Facts, decisions []atalaya.Decision, strict bool) (used map[atalaya.UserID]int64, err error) {
	w := written(arrivals, facts, decisions)
	users := slices.Sorted(slices.Values(w.CountedUsers))
	params := knownParams(w, users, facts, strict)
	var taken []rows.WriteKnownArrivalsRow
	err = s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) (err error) {
		taken, err = ingestKnown(ctx, conn.Conn(), params)
		return err
	})
	var refused *pgconn.PgError
	if errors.As(err, &refused) && slices.Contains([]string{"22", "23", "40", "55"}, refused.Code[:2]) {
		return nil, nil // a repeat that came meanwhile, a user who is locked or leaves, a value: Ingest tells which
	}
	if err != nil {
		return nil, fmt.Errorf("write the arrivals of known users: %w", err)
	}
	used = make(map[atalaya.UserID]int64, len(taken))
	for _, row := range taken {
		used[atalaya.UserID(users[row.Place-1])] = row.Used
	}
	s.announce(slices.Collect(maps.Keys(used))...)
	if w.hasNotices() {
		s.wakeDispatcher()
	}
	return used, nil
}

// ingestKnown sends all statements at once. Without a begin they are one transaction, which ends with them.
func ingestKnown(ctx context.Context, conn *pgx.Conn, params rows.WriteKnownArrivalsParams) (taken []rows.WriteKnownArrivalsRow, err error) {
	err = pipelined(ctx, conn, func(db rows.DBTX) error {
		var errWrite error
		_, errPrepare := db.Exec(ctx, prepareIngest, strconv.FormatInt(knownPatience.Milliseconds(), 10))
		taken, errWrite = rows.New(db).WriteKnownArrivals(ctx, params)
		return cmp.Or(errPrepare, errWrite)
	})
	return taken, err
}

// knownParams returns the parameters of WriteKnownArrivals. Users are in the order of their ids, and every other row has
// the place of its user among them, from 1.
func knownParams(w *writes, users []string, facts []atalaya.Facts, strict bool) rows.WriteKnownArrivalsParams {
	places := make(map[string]int32, len(users))
	for i, user := range users {
		places[user] = int32(i + 1)
	}
	placesOf := func(users []string) []int32 {
		list := make([]int32, len(users))
		for i, user := range users {
			list[i] = places[user]
		}
		return list
	}
	n := len(users)
	p := rows.WriteKnownArrivalsParams{
		CountedUsers: users, Strict: strict, Thresholds: atalaya.QuotaThresholds(), Runs: int32(captureJobs.runs),
		Tokens: make([]string, n), ReadAt: make([]time.Time, n), Requests: make([]int64, n), Stored: make([]int32, n),
		KeyPlaces: placesOf(w.KeyUsers), KeyUsers: w.KeyUsers, KeyHashes: w.KeyHashes, KeySignals: w.KeySignals, KeySeconds: w.KeySeconds,
		SignalPlaces: placesOf(w.SignalUsers), SignalIds: w.SignalIds, SignalUsers: w.SignalUsers,
		IndicatorNames: w.IndicatorNames, Tickers: w.Tickers, Exchanges: w.Exchanges, Symbols: w.Symbols, Prices: w.Prices,
		SignalTypes: w.SignalTypes, Directions: w.Directions, ChartIds: w.ChartIds, Intervals: w.Intervals,
		ScreenshotStatuses: w.ScreenshotStatuses, ScreenshotErrors: w.ScreenshotErrors, RawMessages: w.RawMessages,
		ParsedData: w.ParsedData, ParseStatuses: w.ParseStatuses, Missing: w.Missing, Timestamps: w.Timestamps,
		DeliveryModes: w.DeliveryModes, EventKinds: w.EventKinds, StopPrices: w.StopPrices, Origins: w.Origins,
		Told: textsOf(w.notices), DeliveryIds: w.DeliveryIds, ReceivedAt: w.ReceivedAt, Bodies: w.Bodies, BodySizes: w.BodySizes, Senders: w.Senders,
	}
	for _, f := range facts {
		at := places[string(f.Tenant.UserID)] - 1
		p.Tokens[at], p.ReadAt[at] = f.Tenant.WebhookToken.Reveal(), f.Tenant.UpdatedAt
	}
	for i, user := range w.CountedUsers {
		at := places[user] - 1
		p.Requests[at], p.Stored[at] = w.Requests[i], w.Stored[i]
	}
	for _, c := range w.captures {
		p.CapturePlaces = append(p.CapturePlaces, places[string(c.user)])
		p.Captures, p.CaptureUsers, p.Due = append(p.Captures, string(c.signal)), append(p.CaptureUsers, string(c.user)), append(p.Due, c.due)
	}
	return p
}

package postgres

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// lockPatience is how long Ingest waits for a user whom another transaction keeps locked. Another replica's commit
// takes a few milliseconds. Anything longer is a transaction that was left open, and must not delay other users'
// alerts.
const lockPatience = 300 * time.Millisecond

// prepareIngest makes the settings for one transaction of Ingest. Planning its statements anew for the
// arrays of each batch, as PostgreSQL would, costs more than executing them. A plan that is kept must
// suit any size of the tables, even if it was made while they were empty: row by row through the
// indexes.
const prepareIngest = `select set_config('lock_timeout', $1, true), set_config('plan_cache_mode', 'force_generic_plan', true),
	set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`

// Ingest stores arrivals in one transaction and two round trips. It finds and locks their users, calls decide once, and
// writes the decisions. It fails with CodeInvalid if the columns cannot hold one of the signals, and with CodeConflict if
// a user stays locked. After any other error nothing was committed, or that is unknown.
func (s *Store) Ingest(ctx context.Context, arrivals []atalaya.Arrival, decide func([]atalaya.Facts) []atalaya.Decision) error {
	var w *writes
	err := s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) (err error) {
		w, err = ingest(ctx, conn.Conn(), arrivals, decide)
		if err != nil {
			s.rollBack(ctx, conn.Conn())
		}
		return err
	})
	if err != nil {
		return lockedOut(err)
	}
	s.announce(w.changed...)
	if w.hasNotices() {
		s.wakeDispatcher()
	}
	return nil
}

// ingest runs the transaction of Ingest and returns what it wrote. After an error the transaction may still be open.
func ingest(ctx context.Context, conn *pgx.Conn, arrivals []atalaya.Arrival, decide func([]atalaya.Facts) []atalaya.Decision) (*writes, error) {
	find := findFacts
	if fromSpool(arrivals) {
		find = findSpooledFacts
	}
	facts, err := find(ctx, conn, arrivals)
	if err != nil {
		return nil, err
	}
	w := written(arrivals, facts, decide(facts))
	err = pipelined(ctx, conn, func(db rows.DBTX) error {
		var errMonth, errWrite, errQueue, errTell error
		if len(w.CountedUsers) > 0 && fromSpool(arrivals) {
			errMonth = rows.New(db).CountFormerMonth(ctx, rows.CountFormerMonthParams{Month: monthOf(arrivals), CountedUsers: w.CountedUsers, Stored: w.Stored})
		}
		if len(w.CountedUsers) > 0 {
			if errWrite = rows.New(db).WriteArrivals(ctx, w.WriteArrivalsParams); errWrite != nil {
				errWrite = fmt.Errorf("write the arrivals: %w", errWrite)
			}
		}
		if len(w.captures) > 0 {
			errQueue = insertCaptures(ctx, db, w.captures)
		}
		if w.hasNotices() {
			errTell = w.writeNotices(ctx, db)
		}
		_, errCommit := db.Exec(ctx, "commit")
		return cmp.Or(errMonth, unstorable(cmp.Or(errWrite, errQueue, errTell)), errCommit)
	})
	return w, err
}

// rollBack ends a transaction that failed, even if its time is up: the pool closes a connection
// that comes back in the middle of one.
func (s *Store) rollBack(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if !conn.IsClosed() {
		_, _ = conn.Exec(ctx, "rollback")
	}
}

// findFacts begins the transaction, locks the users of the arrivals' tokens and looks for repeats.
func findFacts(ctx context.Context, conn *pgx.Conn, arrivals []atalaya.Arrival) ([]atalaya.Facts, error) {
	tokens, hashes := make([]string, len(arrivals)), make([][]byte, len(arrivals))
	for i, a := range arrivals {
		tokens[i], hashes[i] = a.Token.Reveal(), arrivals[i].RepeatHash[:]
	}
	var locked []rows.LockTenantsRow
	var repeats []rows.FindRepeatsRow
	err := pipelined(ctx, conn, func(db rows.DBTX) error {
		q := rows.New(db)
		_, errBegin := db.Exec(ctx, "begin")
		_, errPrepare := db.Exec(ctx, prepareIngest, strconv.FormatInt(lockPatience.Milliseconds(), 10))
		var errLock, errFind error
		locked, errLock = q.LockTenants(ctx, tokens)
		repeats, errFind = q.FindRepeats(ctx, rows.FindRepeatsParams{Tokens: tokens, Hashes: hashes})
		return cmp.Or(errBegin, errPrepare, errLock, errFind)
	})
	if err != nil {
		return nil, unstorable(fmt.Errorf("find the users of the tokens: %w", err))
	}
	tenants := make(map[string]*atalaya.TenantConfig, len(locked))
	for _, row := range locked {
		t := tenantOf(row.TradingSignalsConfig, row.Used)
		tenants[row.TradingSignalsConfig.WebhookToken] = &t
	}
	firsts := make(map[string]rows.FindRepeatsRow, len(repeats))
	for _, r := range repeats {
		firsts[r.UserID+string(r.Key)] = r
	}
	facts := make([]atalaya.Facts, len(arrivals))
	for i := range arrivals {
		if t := tenants[tokens[i]]; t != nil {
			first := firsts[string(t.UserID)+string(hashes[i])]
			facts[i] = atalaya.Facts{Tenant: t, DuplicateOf: atalaya.SignalID(first.SignalID), Expired: first.Expired, Recent503: first.Recent503}
		}
	}
	return facts, nil
}

// writes is what one transaction of arrivals writes.
type writes struct {
	rows.WriteArrivalsParams
	captures []queuedCapture
	changed  []atalaya.UserID   // the users of the signals, some more than once
	keys     map[string]int     // the index in KeyUsers of a user and hash
	notices  []atalaya.SignalID // signals to notify their users' channels of
	quotas   rows.WriteQuotaNoticesParams
}

// hasNotices reports whether there are messages to queue. Users without channels cost no statement.
func (w *writes) hasNotices() bool { return len(w.notices) > 0 || len(w.quotas.Keys) > 0 }

// writeNotices writes the rows of the outbox, in the transaction of the signals.
func (w *writes) writeNotices(ctx context.Context, db rows.DBTX) error {
	q := rows.New(db)
	var errSignals, errQuotas error
	if len(w.notices) > 0 {
		errSignals = q.WriteSignalNotices(ctx, textsOf(w.notices))
	}
	if len(w.quotas.Keys) > 0 {
		errQuotas = q.WriteQuotaNotices(ctx, w.quotas)
	}
	if err := cmp.Or(errSignals, errQuotas); err != nil {
		return fmt.Errorf("write the notifications: %w", err)
	}
	return nil
}

// addNotices adds the messages about a decision, if its user has channels.
func (w *writes) addNotices(t *atalaya.TenantConfig, a atalaya.Arrival, d atalaya.Decision) {
	if !t.Notifies {
		return
	}
	if d.Outcome == atalaya.OutcomeAccepted && !d.Quiet {
		w.notices = append(w.notices, d.Signal.ID)
	}
	if d.QuotaPercent > 0 {
		month := time.Now().UTC().Format("2006-01")
		if a.Spooled.User != "" {
			month = a.ReceivedAt.UTC().Format("2006-01")
		}
		w.quotas.UserIds = append(w.quotas.UserIds, string(t.UserID))
		w.quotas.Keys = append(w.quotas.Keys, atalaya.NoticeKey(atalaya.NoticeQuota, month, strconv.FormatInt(d.QuotaPercent, 10)))
	}
}

// written returns decisions as the arrays of WriteArrivals.
func written(arrivals []atalaya.Arrival, facts []atalaya.Facts, decisions []atalaya.Decision) *writes {
	w := &writes{keys: make(map[string]int, len(arrivals))}
	if fromSpool(arrivals) {
		w.SpooledMonth = monthOf(arrivals).Format(time.DateOnly)
	}
	counted := make(map[atalaya.UserID]int, len(arrivals))
	for i, d := range decisions {
		if d.Outcome == "" {
			continue
		}
		user := facts[i].Tenant.UserID
		at, ok := counted[user]
		if !ok {
			at = len(w.CountedUsers)
			counted[user] = at
			w.CountedUsers, w.Requests, w.Stored = append(w.CountedUsers, string(user)), append(w.Requests, 0), append(w.Stored, 0)
		}
		w.Requests[at] += 1 + arrivals[i].RefusedSince
		signal := d.DuplicateOf
		if d.Outcome == atalaya.OutcomeAccepted {
			if d.Signal.Origin != atalaya.OriginTest { // a test uses no quota
				w.Stored[at]++
			}
			signal = d.Signal.ID
			w.addSignal(user, d.Signal)
			if w.SpooledMonth != "" {
				w.ArrivedAt = append(w.ArrivedAt, arrivals[i].ReceivedAt)
			}
			w.addRepeat(user, arrivals[i], d)
		}
		w.addNotices(facts[i].Tenant, arrivals[i], d)
		if !d.OmitDelivery {
			w.addDelivery(user, arrivals[i], d, signal)
		}
	}
	return w
}

func (w *writes) addSignal(user atalaya.UserID, n atalaya.NewSignal) {
	w.SignalIds, w.SignalUsers = append(w.SignalIds, string(n.ID)), append(w.SignalUsers, string(user))
	w.IndicatorNames, w.Tickers = append(w.IndicatorNames, n.IndicatorName), append(w.Tickers, n.Ticker)
	w.Exchanges, w.Symbols = append(w.Exchanges, n.Exchange), append(w.Symbols, n.Symbol)
	w.Prices, w.SignalTypes = append(w.Prices, digits(n.Price)), append(w.SignalTypes, n.SignalType)
	w.Directions, w.ChartIds = append(w.Directions, string(n.Direction)), append(w.ChartIds, n.ChartID)
	w.Intervals = append(w.Intervals, n.Interval)
	w.ScreenshotStatuses, w.ScreenshotErrors = append(w.ScreenshotStatuses, string(n.ScreenshotStatus)), append(w.ScreenshotErrors, n.ScreenshotError)
	w.RawMessages, w.ParsedData = append(w.RawMessages, n.Raw), append(w.ParsedData, string(n.Parsed))
	w.ParseStatuses, w.Missing = append(w.ParseStatuses, string(n.ParseStatus)), append(w.Missing, strings.Join(n.Missing, ","))
	w.Timestamps, w.DeliveryModes = append(w.Timestamps, n.Timestamp), append(w.DeliveryModes, string(n.DeliveryMode))
	w.EventKinds, w.StopPrices = append(w.EventKinds, string(n.EventKind)), append(w.StopPrices, digits(n.StopPrice))
	w.Origins = append(w.Origins, string(cmp.Or(n.Origin, atalaya.OriginAlert)))
	w.changed = append(w.changed, user)
	if n.CaptureWanted() {
		w.captures = append(w.captures, queuedCapture{signal: n.ID, user: user, due: n.CaptureAfter})
	}
}

// addRepeat records the signal under its hash. If several have one hash, because their records end at once, the
// last counts: a statement writes a row only once.
func (w *writes) addRepeat(user atalaya.UserID, a atalaya.Arrival, d atalaya.Decision) {
	key, left := string(user)+string(a.RepeatHash[:]), (d.DedupeFor - ageOf(a)).Seconds()
	if at, ok := w.keys[key]; ok {
		w.KeySignals[at], w.KeySeconds[at] = string(d.Signal.ID), left
		return
	}
	w.keys[key] = len(w.KeyUsers)
	w.KeyUsers, w.KeyHashes = append(w.KeyUsers, string(user)), append(w.KeyHashes, a.RepeatHash[:])
	w.KeySignals, w.KeySeconds = append(w.KeySignals, string(d.Signal.ID)), append(w.KeySeconds, left)
}

func (w *writes) addDelivery(user atalaya.UserID, a atalaya.Arrival, d atalaya.Decision, signal atalaya.SignalID) {
	sender := ""
	if a.Sender.IsValid() {
		sender = a.Sender.String()
	}
	id, body := cmp.Or(string(a.SignalID), newID()), a.Body
	if d.Outcome == atalaya.OutcomeAccepted && id == string(d.Signal.ID) && string(body) == d.Signal.Raw {
		body = nil // the signal has it
	}
	w.DeliveryIds, w.DeliveryUsers = append(w.DeliveryIds, id), append(w.DeliveryUsers, string(user))
	w.ReceivedAt = append(w.ReceivedAt, a.ReceivedAt.Truncate(time.Microsecond))
	w.Bodies, w.BodySizes = append(w.Bodies, body), append(w.BodySizes, a.BodySize)
	w.Senders, w.Outcomes = append(w.Senders, sender), append(w.Outcomes, string(d.Outcome))
	w.Reasons, w.DeliverySignals = append(w.Reasons, d.Reason), append(w.DeliverySignals, string(signal))
}

// NoteTrouble records that alerts of these tokens were just answered 503. Unknown tokens are ignored.
func (s *Store) NoteTrouble(ctx context.Context, tokens []atalaya.WebhookToken) error {
	texts := make([]string, len(tokens))
	for i, token := range tokens {
		texts[i] = token.Reveal()
	}
	if err := rows.New(s.pool).NoteTrouble(ctx, texts); err != nil {
		return fmt.Errorf("note alerts that were answered 503: %w", err)
	}
	return nil
}

// TenantByToken returns the user of a webhook token, with the month rolled over. It fails with CodeInvalidToken if
// there is none.
func (s *Store) TenantByToken(ctx context.Context, token atalaya.WebhookToken) (atalaya.TenantConfig, error) {
	row, err := rows.New(s.pool).TenantByToken(ctx, token.Reveal())
	if err != nil {
		return atalaya.TenantConfig{}, unknownToken(err)
	}
	return tenantOf(row.TradingSignalsConfig, row.Used), nil
}

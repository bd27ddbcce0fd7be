package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// ClaimDuty claims a duty that all replicas together do once in every. It returns false if it was claimed within that
// time. The first claim of a duty succeeds.
func (s *Store) ClaimDuty(ctx context.Context, duty string, every time.Duration) (bool, error) {
	n, err := rows.New(s.pool).ClaimDuty(ctx, rows.ClaimDutyParams{Name: duty, Every: every.Seconds()})
	if err != nil {
		return false, fmt.Errorf("claim a duty: %w", err)
	}
	return n == 1, nil
}

// ClaimDaily is ClaimDuty for a duty of once a day.
func (s *Store) ClaimDaily(ctx context.Context, duty string) (bool, error) {
	return s.ClaimDuty(ctx, duty, 24*time.Hour)
}

// NotifiedUsers returns up to most users with a channel that subscribes to troubles, after a user, in the order of their
// ids; "" begins with the first.
func (s *Store) NotifiedUsers(ctx context.Context, after atalaya.UserID, most int) ([]atalaya.NotifiedUser, error) {
	found, err := rows.New(s.pool).NotifiedUsers(ctx, rows.NotifiedUsersParams{After: afterID(string(after)), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read the users with channels: %w", err)
	}
	users := make([]atalaya.NotifiedUser, len(found))
	for i, r := range found {
		users[i] = atalaya.NotifiedUser{ID: atalaya.UserID(r.UserID), Zone: r.PreferredTimezone}
		// Rules are checked when they are written. A row that others have spoilt must not keep all users unwatched.
		if json.Unmarshal(r.SilenceRules, &users[i].Rules) != nil {
			users[i].Rules = nil
		}
	}
	return users, nil
}

// rulesAsStored returns rules as their column holds them. nil leaves the column unchanged.
func rulesAsStored(rules *[]atalaya.SilenceRule) []byte {
	if rules == nil {
		return nil
	}
	if len(*rules) == 0 {
		return []byte("[]")
	}
	stored, err := json.Marshal(*rules)
	if err != nil { // strings and numbers always can
		return nil
	}
	return stored
}

// RecentCaptures returns how the users' captures of the last hour ended, at most ten each, the newest first.
func (s *Store) RecentCaptures(ctx context.Context, users []atalaya.UserID) (map[atalaya.UserID][]atalaya.CaptureEnding, error) {
	found, err := rows.New(s.pool).RecentCaptures(ctx, textsOf(users))
	if err != nil {
		return nil, fmt.Errorf("read how captures ended: %w", err)
	}
	endings := make(map[atalaya.UserID][]atalaya.CaptureEnding)
	for _, r := range found {
		user := atalaya.UserID(r.UserID)
		endings[user] = append(endings[user], atalaya.CaptureEnding{
			Completed: r.ScreenshotStatus == string(atalaya.ScreenshotCompleted), Code: r.ScreenshotError, At: r.UpdatedAt,
		})
	}
	return endings, nil
}

// Sources returns the user's sources of signals that fire often enough to have habits or, if every, all that fired within
// 56 days. It returns at most 500, the busiest first.
func (s *Store) Sources(ctx context.Context, user atalaya.UserID, every bool) ([]atalaya.SourceHistory, error) {
	found, err := rows.New(s.pool).SourceHistory(ctx, rows.SourceHistoryParams{UserID: string(user), Every: every})
	if err != nil {
		return nil, fmt.Errorf("read a user's sources of signals: %w", err)
	}
	sources := make([]atalaya.SourceHistory, len(found))
	for i, r := range found {
		sources[i] = atalaya.SourceHistory{
			Indicator: r.IndicatorName, Ticker: r.Ticker, Interval: r.Interval, Fired: r.Fired, LastSignal: atalaya.SignalID(r.LastID),
		}
	}
	return sources, nil
}

// ToldTroubles returns the messages that users were sent about silent sources and failing captures, oldest first.
func (s *Store) ToldTroubles(ctx context.Context, users []atalaya.UserID) (map[atalaya.UserID][]atalaya.ToldTrouble, error) {
	found, err := rows.New(s.pool).ToldTroubles(ctx, textsOf(users))
	if err != nil {
		return nil, fmt.Errorf("read what users were told: %w", err)
	}
	told := make(map[atalaya.UserID][]atalaya.ToldTrouble)
	for _, r := range found {
		user := atalaya.UserID(r.UserID)
		told[user] = append(told[user], atalaya.ToldTrouble{Key: r.Key, At: r.ToldAt})
	}
	return told, nil
}

// TellTrouble queues a message about a trouble on every working channel of a user that subscribes to troubles, once for
// each key.
func (s *Store) TellTrouble(ctx context.Context, user atalaya.UserID, key string, about *atalaya.SignalID) error {
	_, err := rows.New(s.pool).WriteTrouble(ctx, rows.WriteTroubleParams{UserID: string(user), Key: key, SignalID: (*string)(about)})
	if err != nil {
		return fmt.Errorf("write a trouble to tell: %w", err)
	}
	s.wakeDispatcher()
	return nil
}

// ForgetNotifications removes up to 5,000 rows of the outbox from before the given time, and returns how many.
func (s *Store) ForgetNotifications(ctx context.Context, before time.Time) (int64, error) {
	n, err := rows.New(s.pool).ForgetNotifications(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("forget old notifications: %w", err)
	}
	return n, nil
}

// EndStaleNotifications ends messages that no channel will send: of channels that are switched off, and
// those that a broken channel has kept for a day.
func (s *Store) EndStaleNotifications(ctx context.Context) error {
	if _, err := rows.New(s.pool).EndStaleNotifications(ctx); err != nil {
		return fmt.Errorf("end stale notifications: %w", err)
	}
	return nil
}

// NotificationsDue returns how many messages wait by state, and how long the oldest has waited.
func (s *Store) NotificationsDue(ctx context.Context) (map[atalaya.NotificationState]int64, time.Duration, error) {
	found, err := rows.New(s.pool).CountNotifications(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("count notifications: %w", err)
	}
	counts, oldest := make(map[atalaya.NotificationState]int64), time.Duration(0)
	for _, r := range found {
		counts[atalaya.NotificationState(r.State)] = r.Rows
		oldest = max(oldest, time.Duration(r.Oldest*float64(time.Second)))
	}
	return counts, oldest, nil
}

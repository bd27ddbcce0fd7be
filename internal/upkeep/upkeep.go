// Package upkeep does what is due as time passes: it begins months, deletes old deliveries, removes pictures of
// deleted signals and those that a plan no longer keeps, settles captures that lost their worker, and seals plain
// secrets. Every round may run on every replica at once.
package upkeep

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"atalaya"
)

// Rows is the storage that upkeep needs. Its methods are safe to call at the same time from many
// replicas.
type Rows interface {
	Secrets
	Known
	Aging
	Removals
	Stuck
	// ClaimDaily reports whether the caller has to do a daily duty now. Only one of all replicas has to.
	ClaimDaily(ctx context.Context, duty string) (bool, error)
	// PlainBotTokens returns some users whose bot token is stored in plain text.
	PlainBotTokens(ctx context.Context, most int) ([]atalaya.SealedSecrets, error)
	// ResetMonthlyQuotas begins the month for some users whose counters are of an earlier one, and returns for
	// how many. It returns 0 once none is left but those whom somebody else has locked.
	ResetMonthlyQuotas(ctx context.Context) (int64, error)
}

// Aging removes rows that have become too old. A method that removes some rows returns how many, 0 if none is
// left.
type Aging interface {
	// ForgetDeliveries removes some deliveries older than the given time.
	ForgetDeliveries(ctx context.Context, before time.Time) (int64, error)
	// ForgetEvidence removes some of what captures saw before the given time.
	ForgetEvidence(ctx context.Context, before time.Time) (int64, error)
	// ForgetNotifications removes some rows of the outbox older than the given time.
	ForgetNotifications(ctx context.Context, before time.Time) (int64, error)
	// EndStaleNotifications ends messages that no channel will send.
	EndStaleNotifications(ctx context.Context) error
	// ForgetRepeats removes some keys of repeats that are not kept any more.
	ForgetRepeats(ctx context.Context) (int64, error)
	// ForgetDeletions removes some notes of signals deleted before the given time.
	ForgetDeletions(ctx context.Context, before time.Time) (int64, error)
	// ExpirePictures removes the pictures of some signals that are older than the times in before, one for each
	// plan, and queues the bytes for removal.
	ExpirePictures(ctx context.Context, before map[atalaya.Plan]time.Time) (int64, error)
	// SweepCaptures removes what captures left behind of deleted signals and of accounts long unseen.
	SweepCaptures(ctx context.Context) error
}

// Removals is the queue of pictures to delete.
type Removals interface {
	// ClaimRemovals returns paths of pictures to delete; each comes again later until forgotten.
	ClaimRemovals(ctx context.Context) ([]string, error)
	// ForgetRemovals ends removals.
	ForgetRemovals(ctx context.Context, paths []string) error
}

// Pictures removes the bytes.
type Pictures interface {
	Stored
	// Delete removes a picture; removing an absent one succeeds.
	Delete(ctx context.Context, path string) error
}

// Meter counts what became of pictures.
type Meter interface {
	// PicturesExpired counts signals whose picture is older than the plan keeps it.
	PicturesExpired(n int)
	// PicturesRemoved counts pictures whose bytes were removed: of deleted signals, replaced or expired.
	PicturesRemoved(n int)
	// PicturesSwept counts removed pictures that no row referred to.
	PicturesSwept(n int)
}

// Options are the settings of an Upkeep.
type Options struct {
	// PictureRetention is how long pictures are kept by plan; a plan without keeps them for ever.
	PictureRetention  map[atalaya.Plan]time.Duration
	DeliveryRetention time.Duration // how long deliveries are kept
	StrandedAfter     time.Duration // longer than any capture can wait and take
	// Spooling reports whether alerts wait in the spool of this process; nil for no spool. While they do, this
	// process removes no record of repeats, since theirs are told as of their arrival. Upkeep of other processes
	// goes on: what they remove ended more than an hour ago.
	Spooling func() bool
	// Watch is called in every round to find what users have to be told; nil for nothing.
	Watch func(context.Context) error
}

const (
	// interval between rounds: what a user deletes is gone within seconds.
	interval = 10 * time.Second
	// roundTimeout bounds a round, so that a hanging storage cannot hold up the month.
	roundTimeout = 2 * time.Minute
)

// Upkeep runs rounds until stopped.
type Upkeep struct {
	rows     Rows
	pictures Pictures
	keyring  Keyring
	meter    Meter
	log      *slog.Logger
	opt      Options
	now      func() time.Time
	expiry   schedule
	named    time.Time // when a blocker was named last

	start  sync.Once
	cancel context.CancelFunc
	done   chan struct{}
}

// New makes an Upkeep; nothing runs before Start.
func New(rows Rows, pictures Pictures, keyring Keyring, meter Meter, log *slog.Logger, opt Options) *Upkeep {
	return &Upkeep{
		rows: rows, pictures: pictures, keyring: keyring, meter: meter, log: log, opt: opt, now: time.Now,
		expiry: schedule{every: time.Hour}, done: make(chan struct{}),
	}
}

// Start begins the rounds, the first at once. A second call does nothing.
func (u *Upkeep) Start() {
	u.start.Do(func() {
		ctx, cancel := context.WithCancel(context.Background())
		u.cancel = cancel
		var running sync.WaitGroup
		running.Go(func() { u.run(ctx) })
		running.Go(func() { u.sweepDaily(ctx) })
		go func() { running.Wait(); close(u.done) }()
	})
}

// Stop ends the rounds and waits for the running one to give up. It is safe without Start.
func (u *Upkeep) Stop() {
	u.start.Do(func() { close(u.done); u.cancel = func() {} })
	u.cancel()
	<-u.done
}

func (u *Upkeep) run(ctx context.Context) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		if err := u.Round(ctx); err != nil && ctx.Err() == nil {
			u.log.WarnContext(ctx, "upkeep is behind and tries again; check the database and the storage", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Round does everything that is due, once. If one duty fails, the others are done all the same; the error joins all
// failures.
func (u *Upkeep) Round(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, roundTimeout)
	defer cancel()
	return errors.Join(
		u.beginMonth(ctx),
		u.expirePictures(ctx),
		u.removePictures(ctx),
		u.settleStranded(ctx),
		u.rows.SweepCaptures(ctx),
		u.forgetDeliveries(ctx),
		u.forgetEvidence(ctx),
		u.forgetRepeats(ctx),
		u.forgetDeletions(ctx),
		u.sealBotTokens(ctx),
		u.rows.EndStaleNotifications(ctx),
		u.forgetNotifications(ctx),
		u.watch(ctx),
		u.endBlockers(ctx),
	)
}

// beginMonth resets counters of an earlier month, in parts: alerts go on between them.
func (u *Upkeep) beginMonth(ctx context.Context) error {
	for {
		n, err := u.rows.ResetMonthlyQuotas(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// watch looks for what users have to be told.
func (u *Upkeep) watch(ctx context.Context) error {
	if u.opt.Watch == nil {
		return nil
	}
	return u.opt.Watch(ctx)
}

// notificationsKept is how long owners can see which messages were sent, and which were not and why. It is longer
// than any silence is remembered.
const notificationsKept = 30 * 24 * time.Hour

func (u *Upkeep) forgetNotifications(ctx context.Context) error {
	for {
		n, err := u.rows.ForgetNotifications(ctx, u.now().Add(-notificationsKept))
		if err != nil || n == 0 {
			return err
		}
	}
}

// removePictures deletes the pictures that nothing shows any more.
func (u *Upkeep) removePictures(ctx context.Context) error {
	paths, err := u.rows.ClaimRemovals(ctx)
	if err != nil || len(paths) == 0 {
		return err
	}
	var gone []string
	var failures []error
	for _, path := range paths {
		if err := u.pictures.Delete(ctx, path); err != nil {
			failures = append(failures, err)
			continue
		}
		gone = append(gone, path)
	}
	if len(gone) > 0 {
		u.meter.PicturesRemoved(len(gone))
		failures = append(failures, u.rows.ForgetRemovals(ctx, gone))
	}
	return errors.Join(failures...)
}

// settleStranded fails signals whose capture job was lost.
func (u *Upkeep) settleStranded(ctx context.Context) error {
	n, err := u.rows.FailStrandedCaptures(ctx, u.now().Add(-u.opt.StrandedAfter))
	if n > 0 {
		u.log.WarnContext(ctx, "captures that lost their worker were ended as too late", "signals", n)
	}
	return err
}

// forgetDeliveries removes what is older than the retention, in portions that lock little.
func (u *Upkeep) forgetDeliveries(ctx context.Context) error {
	for {
		n, err := u.rows.ForgetDeliveries(ctx, u.now().Add(-u.opt.DeliveryRetention))
		if err != nil || n == 0 {
			return err
		}
	}
}

// evidenceKept is how long what failed captures saw is kept for the operator.
const evidenceKept = 7 * 24 * time.Hour

func (u *Upkeep) forgetEvidence(ctx context.Context) error {
	for {
		n, err := u.rows.ForgetEvidence(ctx, u.now().Add(-evidenceKept))
		if err != nil || n == 0 {
			return err
		}
	}
}

// deletionsKept is how long deleted signals are remembered for event streams, which resume after an hour at most.
const deletionsKept = 2 * time.Hour

// forgetDeletions removes records of deletions that no event stream needs any more.
func (u *Upkeep) forgetDeletions(ctx context.Context) error {
	for {
		n, err := u.rows.ForgetDeletions(ctx, u.now().Add(-deletionsKept))
		if err != nil || n == 0 {
			return err
		}
	}
}

// forgetRepeats removes records of repeats that have ended.
func (u *Upkeep) forgetRepeats(ctx context.Context) error {
	if u.opt.Spooling != nil && u.opt.Spooling() {
		return nil
	}
	for {
		n, err := u.rows.ForgetRepeats(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

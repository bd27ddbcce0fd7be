package notify

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"atalaya"
)

// The words of the outbox, shared with whoever stores it.
type (
	Claim         = atalaya.ChannelClaim
	Due           = atalaya.DueNotification
	DueList       = atalaya.DueList
	RowEnding     = atalaya.RowEnding
	ChannelEnding = atalaya.ChannelEnding
	Ending        = atalaya.SendEnding
)

// Rows is the outbox and the channels.
type Rows interface {
	// ClaimChannels leases up to limit channels of the kinds that have something due, at most four of a
	// user at once. A channel whose lease has expired can be claimed again.
	ClaimChannels(ctx context.Context, kinds []atalaya.ChannelKind, limit int, lease time.Duration) ([]Claim, error)
	// DueNotifications reads what is due at a claimed channel, with its signals and its reader.
	DueNotifications(ctx context.Context, claim Claim) (DueList, error)
	// BeginSending commits that a request about the rows is about to be made, and renews the lease; ok is
	// false if the lease was lost, and nothing was written. After an error that is unknown.
	BeginSending(ctx context.Context, claim Claim, ids []atalaya.NotificationID, lease time.Duration) (ok bool, err error)
	// UndoSending takes back a BeginSending that may have been committed, for rows as they were before it. It
	// leaves alone what somebody else has begun or ended since.
	UndoSending(ctx context.Context, claim Claim, begun []Due) error
	// EndSending records the outcome for rows and channel. If the ending says so, it also tells the user through
	// the other channels.
	EndSending(ctx context.Context, claim Claim, ending Ending) error
	// ReleaseChannel ends the lease.
	ReleaseChannel(ctx context.Context, claim Claim) error
}

// Pictures reads screenshots.
type Pictures interface {
	// Picture reads the picture at a path of the storage.
	Picture(ctx context.Context, path string) ([]byte, error)
	// Address returns the address at which people can open a signal's picture, "" if it has none.
	Address(ctx context.Context, s *atalaya.Signal) string
}

// Keys opens secrets.
type Keys interface {
	Open(user atalaya.UserID, column atalaya.SecretColumn, sealed atalaya.Sealed) (string, error)
	// Plain reports whether a value is not encrypted.
	Plain(sealed atalaya.Sealed) bool
}

// Meter counts outcomes.
type Meter interface {
	// Notified counts one request of a kind; outcome is sent, retry, limited, unknown, refused or broken.
	Notified(kind, outcome string, took time.Duration)
	// NotificationDelay is the time from when a message could be sent to when it was accepted.
	NotificationDelay(d time.Duration)
}

// Options are the settings of a Service. Zero values mean the defaults.
type Options struct {
	Workers     int           // channels that are sent to at once, for services and for users' addresses each; 16
	Lease       time.Duration // 90 s: longer than any request
	Poll        time.Duration // 1 s: how often due rows are looked for unless woken
	MaxAge      time.Duration // NOTIFY_MAX_AGE, 1 h
	RepeatAfter time.Duration // 30 s: how long an unknown outcome rests before its one repeat
	Grace       time.Duration // 10 s: what requests under way have left after Stop
	Trace       Trace         // nil for none
}

// Trace begins the trace of a request to a channel, about the signals of one message. end takes the verdict's
// name.
type Trace func(ctx context.Context, kind atalaya.ChannelKind, signals []atalaya.SignalID) (_ context.Context, end func(outcome string))

func untraced(ctx context.Context, _ atalaya.ChannelKind, _ []atalaya.SignalID) (context.Context, func(string)) {
	return ctx, func(string) {}
}

func (o Options) withDefaults() Options {
	set := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	if o.Workers <= 0 {
		o.Workers = 16
	}
	set(&o.Lease, 90*time.Second)
	set(&o.Poll, time.Second)
	set(&o.MaxAge, defaultMaxAge)
	set(&o.RepeatAfter, defaultRepeatAfter)
	set(&o.Grace, 10*time.Second)
	if o.Trace == nil {
		o.Trace = untraced
	}
	return o
}

// Service is the dispatcher, between Start and Stop.
type Service struct {
	rows     Rows
	pictures Pictures
	keys     Keys
	channels map[atalaya.ChannelKind]Channel
	meter    Meter
	log      *slog.Logger
	options  Options

	mu      sync.Mutex
	cancel  context.CancelFunc // ends claiming
	abort   context.CancelFunc // ends requests under way
	wakes   []chan struct{}
	running sync.WaitGroup
}

// New makes a Service that sends through the channels; kinds that are missing there are left alone.
func New(rows Rows, pictures Pictures, keys Keys, channels map[atalaya.ChannelKind]Channel, meter Meter, log *slog.Logger, options Options) *Service {
	return &Service{rows: rows, pictures: pictures, keys: keys, channels: channels, meter: meter, log: log, options: options.withDefaults()}
}

// Start begins to send. Starting a service that runs does nothing.
func (s *Service) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		return
	}
	claiming, cancel := context.WithCancel(context.Background())
	sending, abort := context.WithCancel(context.Background())
	s.cancel, s.abort = cancel, abort
	var services, users []atalaya.ChannelKind
	for _, kind := range atalaya.ChannelKinds() {
		switch c := s.channels[kind]; {
		case c == nil:
		case c.Traits().Shared:
			services = append(services, kind)
		default:
			users = append(users, kind)
		}
	}
	// Addresses that users choose have workers of their own, so that slow ones delay no service.
	for _, kinds := range [][]atalaya.ChannelKind{services, users} {
		if len(kinds) > 0 {
			wake := make(chan struct{}, 1)
			s.wakes = append(s.wakes, wake)
			s.running.Go(func() { s.claim(claiming, sending, kinds, wake) })
		}
	}
}

// Stop claims nothing more, gives requests under way their grace, and returns when all have ended. What
// was being sent without an answer is found again by another process.
func (s *Service) Stop() {
	s.mu.Lock()
	cancel, abort := s.cancel, s.abort
	s.cancel, s.abort, s.wakes = nil, nil, nil
	s.mu.Unlock()
	if cancel == nil {
		return
	}
	cancel()
	grace := time.AfterFunc(s.options.Grace, abort)
	defer grace.Stop()
	s.running.Wait()
	abort()
}

// Wake looks for due rows now. It never blocks.
func (s *Service) Wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, wake := range s.wakes {
		select {
		case wake <- struct{}{}:
		default: // one is pending already
		}
	}
}

// claim leases channels while there are free workers, and sends to each in its own goroutine.
func (s *Service) claim(claiming, sending context.Context, kinds []atalaya.ChannelKind, wake chan struct{}) {
	slots := make(chan struct{}, s.options.Workers)
	over := make(chan struct{}, 1)
	poll := time.NewTicker(s.options.Poll)
	defer poll.Stop()
	for claiming.Err() == nil {
		free := cap(slots) - len(slots)
		var claims []Claim
		if free > 0 {
			var err error
			if claims, err = s.rows.ClaimChannels(claiming, kinds, free, s.options.Lease); err != nil && claiming.Err() == nil {
				s.log.WarnContext(claiming, "could not look for notifications to send; they wait", "error", err)
			}
		}
		for _, c := range claims {
			slots <- struct{}{} // there is room: claims are at most as many as free slots
			s.running.Go(func() {
				defer func() {
					<-slots
					select {
					case over <- struct{}{}:
					default:
					}
				}()
				s.drain(claiming, sending, c)
			})
		}
		if len(claims) > 0 && len(claims) == free {
			free = 0
		}
		var done chan struct{}
		if free == 0 || len(claims) > 0 {
			done = over // a worker that ended may leave more due at its channel
		}
		select {
		case <-claiming.Done():
		case <-wake:
		case <-poll.C:
		case <-done:
		}
	}
}

// logFailure logs what a channel answered that its operator should know.
func (s *Service) logFailure(ctx context.Context, c Claim, r Result) {
	if r.Verdict == Sent || r.Code == "own_limit" {
		return
	}
	level := slog.LevelInfo
	if r.Verdict == Broken {
		level = slog.LevelWarn
	}
	s.log.Log(ctx, level, "a notification was not accepted", "kind", c.Kind, "channel", c.ID, "user", c.UserID, "outcome", r.Verdict.String(), "code", r.Code)
}

// String names a verdict, for logs and metrics.
func (v Verdict) String() string {
	return [...]string{"sent", "retry", "limited", "unknown", "refused", "broken"}[v]
}

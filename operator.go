package atalaya

import "time"

// Job is a job of the queue as the operator sees it. Its arguments are ids, so it holds no secret.
type Job struct {
	ID          int64
	Kind        string // capture, cookie_check
	Queue       string
	State       string // River's: available, running, retryable, scheduled, completed, cancelled, discarded, pending
	Attempt     int
	MaxAttempts int
	SignalID    SignalID // "" if it is about none
	UserID      UserID
	Ticker      string // of the signal
	CreatedAt   time.Time
	ScheduledAt time.Time
	AttemptedAt *time.Time // when the last run began
	FinalizedAt *time.Time
	Error       string // of the last run that failed
}

// JobFilter narrows the list of jobs. Zero values do not filter.
type JobFilter struct {
	Queue  string
	States []string
	Signal SignalID
	Limit  int
}

// JobQueue is one queue of jobs with how many are in each of River's states.
type JobQueue struct {
	Name     string
	PausedAt *time.Time
	Jobs     map[string]int64
}

// UserSummary is a user as the operator's lists show one.
type UserSummary struct {
	ID             UserID
	Email          string
	Plan           Plan
	Quota          Quota
	WebhookEnabled bool
	TotalSignals   int64
	SupportAccess  bool // the operator may read the user's deliveries
	Since          time.Time
}

// FailureCount is how often captures failed with one code in the last seven days.
type FailureCount struct {
	Code     CaptureCode
	Attempts int64
	Users    int64
	LastAt   time.Time
}

// FailedAttempt is a failed attempt at a capture among those of all users. Its Thumbnail is left out.
type FailedAttempt struct {
	ID         string // UUID
	SignalID   SignalID
	UserID     UserID
	HasPicture bool
	CaptureFailure
}

// SessionHealth says how a user's TradingView session is, without its cookies.
type SessionHealth struct {
	UserID    UserID
	Email     string
	Valid     bool
	Problem   *string // CookiesMalformed, nil if there is none
	UpdatedAt *time.Time
	Check     CookieState // of the last check, "" if there was none
	CheckedAt *time.Time
}

// ChannelHealth is the state of a notification channel, without its address.
type ChannelHealth struct {
	ID        ChannelID
	UserID    UserID
	Kind      ChannelKind
	Enabled   bool
	Status    ChannelStatus
	Code      string
	ResumeAt  *time.Time
	UpdatedAt time.Time
}

// SignalFigures count the signals of all users without tests and demos. Days are UTC.
type SignalFigures struct {
	Users, Signals, SignalsToday int64
	// Of signals that arrived within the last 24 hours: how many have or had a screenshot, how many failed for good, and
	// how many screenshots were taken today.
	Completed, Failed, TakenToday int64
	CaptureTime                   time.Duration // mean of the captures that the queue still keeps, 0 if there are none
}

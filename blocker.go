package atalaya

import "time"

// Blocker is a database session that keeps rows of users locked for long: alerts of those users may be
// answered 503 until it ends.
type Blocker struct {
	PID         int32
	Application string        // as the session calls itself
	Role        string        // of the database
	State       string        // as PostgreSQL has it: "idle in transaction", "active"
	For         time.Duration // since its transaction began, in whole seconds
	Ours        bool          // a session of this service
}

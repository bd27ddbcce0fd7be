package api

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"atalaya"
)

const (
	healthKept    = 5 * time.Second // probes and dashboards ask more often than parts change
	healthTimeout = 4 * time.Second
)

// State is the state of a part of the service.
type State int

// The states. NotConfigured is not a failure.
const (
	Down State = iota
	Up
	NotConfigured
)

// MarshalJSON writes true, false or "not_configured".
func (s State) MarshalJSON() ([]byte, error) {
	if s == NotConfigured {
		return []byte(`"not_configured"`), nil
	}
	return json.Marshal(s == Up)
}

// Schema implements huma.SchemaProvider.
func (State) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "Up (true), down (false), or not part of this process.",
		OneOf:       []*huma.Schema{{Type: huma.TypeBoolean}, {Type: huma.TypeString, Enum: []any{"not_configured"}}},
	}
}

// Queue counts the capture jobs. Completed and Failed are those that the queue still keeps.
type Queue struct {
	Waiting   int64 `json:"waiting"`
	Active    int64 `json:"active"`
	Completed int64 `json:"completed"`
	Failed    int64 `json:"failed"`
	Delayed   int64 `json:"delayed"`
	Total     int64 `json:"total"`
}

// Report is the state of every part.
type Report struct {
	Database    State
	Redis       State
	Worker      State // runs captures
	BrowserPool State // has room for captures
	Browser     State
	Queue       Queue
	Errors      []string // stable codes of what is wrong, such as database_unreachable
	// Warnings are stable codes of what an operator should know. They do not change the status, because users can
	// cause them.
	Warnings []string
	Blockers []atalaya.Blocker // database sessions of others that keep users' rows locked
	Spool    *Spool            // nil without one
}

// Spool is what waits on this replica's disk for the database.
type Spool struct {
	Alerts        int   `json:"alerts" doc:"That wait."`
	Users         int   `json:"users" doc:"Whose alerts wait."`
	OldestSeconds int64 `json:"oldest_seconds" doc:"Since the first of them arrived."`
	Aside         int   `json:"aside" doc:"Alerts that could not be stored; the next start tries them again."`
	Bytes         int64 `json:"bytes" doc:"Of the file."`
	MaxBytes      int64 `json:"max_bytes"`
	Failing       bool  `json:"failing" doc:"The file could not be written last."`
}

// takesAlerts reports whether alerts are kept while the database is away.
func (r Report) takesAlerts() bool { return r.Spool != nil && !r.Spool.Failing }

// status returns unhealthy if neither a database nor a spool keeps alerts, degraded if anything else is down, and
// healthy otherwise.
func (r Report) status() string {
	switch {
	case r.Database != Up && !r.takesAlerts():
		return "unhealthy"
	case r.Database != Up:
		return "degraded"
	case r.Redis == Down, r.Worker == Down, r.BrowserPool == Down, r.Browser == Down, len(r.Errors) > 0:
		return "degraded"
	}
	return "healthy"
}

// keptReport keeps one report for healthKept, whoever asks.
type keptReport struct {
	mu    sync.Mutex
	taken time.Time
	last  Report
}

// report checks the parts again if the last report is too old. The check has its own deadline, so a probe that
// gives up early does not leave half a report for the next one.
func (s *server) report(ctx context.Context) Report {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	if s.health.taken.IsZero() || time.Since(s.health.taken) >= healthKept {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthTimeout)
		defer cancel()
		s.health.last, s.health.taken = s.Health(ctx), time.Now()
	}
	return s.health.last
}

type healthServices struct {
	Supabase    State `json:"supabase" doc:"The database."`
	Redis       State `json:"redis"`
	Worker      State `json:"worker"`
	BrowserPool State `json:"browserPool"`
	Puppeteer   State `json:"puppeteer" doc:"The browser."`
	Queue       Queue `json:"queue"`
}

type memory struct {
	TotalBytes uint64 `json:"total_bytes" doc:"Taken from the system by this process, without its browser."`
	HeapBytes  uint64 `json:"heap_bytes" doc:"Of which live or not yet collected."`
}

// blocker is an atalaya.Blocker without the session's role, which strangers need not know.
type blocker struct {
	PID         int32  `json:"pid"`
	Application string `json:"application"`
	State       string `json:"state"`
	Seconds     int64  `json:"seconds" doc:"Since its transaction began."`
}

type healthOutput struct {
	Status int
	Body   struct {
		Status          string         `json:"status" enum:"healthy,degraded,unhealthy"`
		Uptime          int64          `json:"uptime" doc:"Seconds."`
		UptimeFormatted string         `json:"uptimeFormatted"`
		Timestamp       time.Time      `json:"timestamp"`
		Services        healthServices `json:"services"`
		Queue           Queue          `json:"queue"`
		Errors          []string       `json:"errors" nullable:"false" doc:"Stable codes."`
		Warnings        []string       `json:"warnings" nullable:"false" doc:"Stable codes of what an operator should look at. They do not change the status."`
		Blockers        []blocker      `json:"blockers" nullable:"false" doc:"Database sessions of others that keep users' rows locked."`
		Spool           *Spool         `json:"spool,omitempty" doc:"Alerts that wait on this replica's disk; absent without SPOOL_DIR."`
		Memory          memory         `json:"memory"`
	}
}

func (s *server) getHealth(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	r := s.report(ctx)
	uptime := time.Since(s.started).Truncate(time.Second)
	out := &healthOutput{Status: http.StatusOK}
	out.Body.Status = r.status()
	if out.Body.Status == "unhealthy" {
		out.Status = http.StatusServiceUnavailable
	}
	out.Body.Uptime, out.Body.UptimeFormatted = int64(uptime.Seconds()), uptime.String()
	out.Body.Timestamp = time.Now().UTC()
	out.Body.Services = healthServices{
		Supabase: r.Database, Redis: r.Redis, Worker: r.Worker, BrowserPool: r.BrowserPool,
		Puppeteer: r.Browser, Queue: r.Queue,
	}
	out.Body.Queue, out.Body.Memory, out.Body.Spool = r.Queue, readMemory(), r.Spool
	out.Body.Errors, out.Body.Warnings = append([]string{}, r.Errors...), append([]string{}, r.Warnings...)
	out.Body.Blockers = []blocker{}
	for _, b := range r.Blockers {
		out.Body.Blockers = append(out.Body.Blockers, blocker{b.PID, b.Application, b.State, int64(b.For.Seconds())})
	}
	return out, nil
}

func readMemory() memory {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(samples)
	return memory{TotalBytes: samples[0].Value.Uint64(), HeapBytes: samples[1].Value.Uint64()}
}

type probeOutput struct {
	Body struct {
		Status string `json:"status"`
	}
}

func (s *server) getLive(context.Context, *struct{}) (*probeOutput, error) {
	out := &probeOutput{}
	out.Body.Status = "alive"
	return out, nil
}

func (s *server) getReady(ctx context.Context, _ *struct{}) (*probeOutput, error) {
	if r := s.report(ctx); r.Database != Up && !r.takesAlerts() { // a proxy that takes this replica out would lose alerts
		return nil, atalaya.Errorf(atalaya.CodeUnavailable, "The database does not answer. Check DATABASE_URL and that the database is up; /health says more.")
	}
	out := &probeOutput{}
	out.Body.Status = "ready"
	return out, nil
}

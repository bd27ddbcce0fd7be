package operator

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"time"

	"atalaya"
	"atalaya/internal/respond"
)

const (
	// figuresKept is how long figures over all users are reused.
	figuresKept = time.Minute
	// figuresTimeout bounds the counting. Beyond it the former figures are answered.
	figuresTimeout = 5 * time.Second
)

// keptFigures are the last figures.
type keptFigures struct {
	mu      sync.Mutex
	at      time.Time // when they were counted, or the counting failed; zero if neither has happened
	last    *atalaya.SignalFigures
	running bool
}

// due returns the last figures, nil if there are none. count reports whether the caller has to count, and then call
// keep.
func (k *keptFigures) due(now time.Time) (last *atalaya.SignalFigures, count bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last != nil && (k.running || now.Sub(k.at) < figuresKept) {
		return k.last, false
	}
	k.running = true
	return k.last, true
}

func (k *keptFigures) keep(figures *atalaya.SignalFigures, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.at, k.running = now, false; figures != nil {
		k.last = figures
	}
}

// signalFigures returns figures that are at most a minute old, or older ones if they cannot be counted in time or
// somebody is counting.
func (s *server) signalFigures(ctx context.Context) (atalaya.SignalFigures, error) {
	last, count := s.figures.due(s.Now())
	if !count {
		return *last, nil
	}
	ctx, cancel := context.WithTimeout(ctx, figuresTimeout)
	defer cancel()
	figures, err := s.Figures.Signals(ctx)
	switch {
	case err == nil:
		last = &figures
		s.figures.keep(last, s.Now())
	case last != nil:
		s.Log.WarnContext(ctx, "the figures over all users were not counted in time: the operator's door shows older ones", "error", err)
		s.figures.keep(nil, s.Now())
	default:
		s.figures.keep(nil, s.Now())
		return atalaya.SignalFigures{}, err
	}
	return *last, nil
}

// pool stands in for the Node service's pool of browsers: one browser, with a page for each capture. Members that
// are not counted here are 0.
type pool struct {
	Total          int    `json:"total"`
	Available      int    `json:"available"`
	InUse          int    `json:"inUse"`
	Status         string `json:"status"` // healthy, busy, saturated
	TotalCreated   int    `json:"totalCreated"`
	TotalClosed    int    `json:"totalClosed"`
	TotalCaptures  int64  `json:"totalCaptures"`
	ActiveCaptures int64  `json:"activeCaptures"`
}

// poolOf describes this process's browser and the captures that it takes. The queue counts those of all processes.
func poolOf(b Browser, jobs JobCounts) pool {
	p := pool{Status: "healthy", TotalCaptures: jobs.Completed + jobs.Failed, ActiveCaptures: b.Active}
	switch {
	case b.MaxCaptures > 0 && b.Active >= int64(b.MaxCaptures):
		p.Status = "saturated"
	case b.Active > 0:
		p.Status = "busy"
	}
	if b.Running {
		p.Total = 1
	}
	if p.InUse = p.Total; b.Active == 0 {
		p.InUse = 0
	}
	p.Available = p.Total - p.InUse
	return p
}

// nodeMetrics is the answer of GET /admin/metrics, in the Node service's shape.
type nodeMetrics struct {
	Success       bool      `json:"success"`
	Timestamp     time.Time `json:"timestamp"`
	Uptime        string    `json:"uptime"` // 2d 5h 30m
	UptimeSeconds int64     `json:"uptimeSeconds"`
	BrowserPool   pool      `json:"browserPool"`
	Queue         JobCounts `json:"queue"`
	Performance   struct {
		Completed   int64  `json:"screenshotsCompleted"`
		Failed      int64  `json:"screenshotsFailed"`
		SuccessRate string `json:"successRate"` // 99.55%
		Today       int64  `json:"screenshotsToday"`
		AverageTime string `json:"avgScreenshotTime"` // 6.2s
	} `json:"performance"`
	Capacity struct {
		CurrentLoad    int64 `json:"currentLoad"`
		MaxConcurrency int   `json:"maxConcurrency"`
		MaxBrowsers    int   `json:"maxBrowsers"`
	} `json:"capacity"`
	Database struct {
		TotalSignals int64 `json:"totalSignals"`
		TotalUsers   int64 `json:"totalUsers"`
		SignalsToday int64 `json:"signalsToday"`
	} `json:"database"`
	System struct {
		Platform string `json:"platform"`
		Memory   struct {
			Used  uint64 `json:"used"`  // bytes of this process, without its browser
			Total uint64 `json:"total"` // bytes of the machine; 0 if it does not say
		} `json:"memory"`
	} `json:"system"`
}

func (s *server) metrics(w http.ResponseWriter, r *http.Request) error {
	jobs, err := s.Figures.Jobs(r.Context())
	if err != nil {
		return err
	}
	figures, err := s.signalFigures(r.Context())
	if err != nil {
		return err
	}
	browser := s.Figures.Browser()
	up := s.Now().Sub(s.started)
	m := nodeMetrics{Success: true, Timestamp: s.Now().UTC(), Uptime: uptime(up), UptimeSeconds: int64(up.Seconds()), BrowserPool: poolOf(browser, jobs), Queue: jobs}
	m.Performance.Completed, m.Performance.Failed, m.Performance.Today = figures.Completed, figures.Failed, figures.TakenToday
	m.Performance.SuccessRate = percent(figures.Completed, figures.Failed)
	m.Performance.AverageTime = strconv.FormatFloat(figures.CaptureTime.Seconds(), 'f', 1, 64) + "s"
	m.Capacity.CurrentLoad, m.Capacity.MaxConcurrency = browser.Active, browser.MaxCaptures
	if browser.Worker {
		m.Capacity.MaxBrowsers = 1
	}
	m.Database.TotalSignals, m.Database.TotalUsers, m.Database.SignalsToday = figures.Signals, figures.Users, figures.SignalsToday
	m.System.Platform = runtime.GOOS
	m.System.Memory.Used, m.System.Memory.Total = usedMemory(), machineMemory("/proc/meminfo")
	respond.JSON(w, http.StatusOK, m)
	return nil
}

// uptime writes a duration as 2d 5h 30m.
func uptime(d time.Duration) string {
	minutes := int(d.Minutes())
	return fmt.Sprintf("%dd %dh %dm", minutes/(24*60), minutes/60%24, minutes%60)
}

// percent writes the share of good in good and bad, such as 99.55%. It returns 0.00% if both are 0.
func percent(good, bad int64) string {
	if good+bad == 0 {
		return "0.00%"
	}
	return strconv.FormatFloat(100*float64(good)/float64(good+bad), 'f', 2, 64) + "%"
}

func usedMemory() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// machineMemory returns MemTotal of Linux's /proc/meminfo in bytes, 0 if it cannot be read.
func machineMemory(file string) uint64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			kilobytes, _ := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kilobytes << 10
		}
	}
	return 0
}

// poolStatus answers GET /admin/pool-status, in the Node service's shape.
func (s *server) poolStatus(w http.ResponseWriter, r *http.Request) error {
	jobs, err := s.Figures.Jobs(r.Context())
	if err != nil {
		return err
	}
	b := s.Figures.Browser()
	stats := poolOf(b, jobs)
	browsers := []map[string]string{}
	if b.Running {
		browsers = append(browsers, map[string]string{"id": "browser-1", "status": stats.Status})
	}
	respond.JSON(w, http.StatusOK, map[string]any{
		"success": true, "initialized": b.Worker, "config": map[string]any{"maxConcurrency": b.MaxCaptures, "captureTimeout": b.CaptureMillis},
		"stats": stats, "browsers": browsers,
	})
	return nil
}

// nodeJob is a job in the Node service's shape. Times are milliseconds since 1970.
type nodeJob struct {
	ID          string `json:"id"`
	Status      string `json:"status"`
	ProcessedOn *int64 `json:"processedOn"`
	FinishedOn  *int64 `json:"finishedOn,omitempty"`
	Duration    *int64 `json:"duration,omitempty"` // milliseconds
	Data        struct {
		Ticker string         `json:"ticker"`
		UserID atalaya.UserID `json:"userId"`
	} `json:"data"`
}

// queueStats answers GET /admin/queue-stats, in the Node service's shape.
func (s *server) queueStats(w http.ResponseWriter, r *http.Request) error {
	counts, err := s.Figures.Jobs(r.Context())
	if err != nil {
		return err
	}
	const most = 10
	completed, err := s.Queue.Jobs(r.Context(), atalaya.JobFilter{Queue: "captures", States: []string{"completed"}, Limit: most})
	if err != nil {
		return err
	}
	active, err := s.Queue.Jobs(r.Context(), atalaya.JobFilter{Queue: "captures", States: []string{"running"}, Limit: most})
	if err != nil {
		return err
	}
	respond.JSON(w, http.StatusOK, map[string]any{"success": true, "counts": counts, "recentCompleted": nodeJobs(completed), "activeJobs": nodeJobs(active)})
	return nil
}

func nodeJobs(jobs []atalaya.Job) []nodeJob {
	views := make([]nodeJob, len(jobs))
	for i, j := range jobs {
		v := nodeJob{ID: strconv.FormatInt(j.ID, 10), Status: j.State, ProcessedOn: millis(j.AttemptedAt), FinishedOn: millis(j.FinalizedAt)}
		if j.State == "running" {
			v.Status = "active"
		}
		if j.AttemptedAt != nil && j.FinalizedAt != nil {
			took := j.FinalizedAt.Sub(*j.AttemptedAt).Milliseconds()
			v.Duration = &took
		}
		v.Data.Ticker, v.Data.UserID = j.Ticker, j.UserID
		views[i] = v
	}
	return views
}

func millis(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	ms := t.UnixMilli()
	return &ms
}

package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"atalaya"
	"atalaya/internal/capture"
	"atalaya/internal/config"
	"atalaya/internal/ingest"
	"atalaya/internal/notify"
	"atalaya/internal/trace"
)

// Tracing wraps the parts from outside. Without a collector there are no wrappers.

// newTracer returns the tracer of the settings, nil if there is no collector.
func newTracer(cfg config.Config, log *slog.Logger) (*trace.Tracer, error) {
	if cfg.TracesEndpoint == "" {
		return nil, nil
	}
	headers, err := cfg.TraceHeaders()
	if err != nil {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_HEADERS: %w", err)
	}
	return trace.New(context.Background(), trace.Options{
		Endpoint: cfg.TracesEndpoint, Headers: headers, Service: cfg.TracesService, Version: Version(),
		Sampler: cfg.TracesSampler, SamplerArg: cfg.TracesSamplerArg, Log: log,
	})
}

// tracesPatience bounds the last batch of spans, which nothing waits for.
const tracesPatience = 3 * time.Second

func (a *App) stopTracer() error {
	ctx, cancel := context.WithTimeout(context.Background(), tracesPatience)
	defer cancel()
	if err := a.tracer.Stop(ctx); err != nil {
		a.log.WarnContext(ctx, "the last traces did not reach the collector", "error", err)
	}
	return nil
}

// traceAlerts returns rows whose commits are traced.
func traceAlerts(tracer *trace.Tracer, rows ingest.Rows) ingest.Rows {
	if tracer == nil {
		return rows
	}
	return tracedRows{rows, tracer}
}

type tracedRows struct {
	ingest.Rows
	tracer *trace.Tracer
}

// Ingest implements ingest.Rows.
func (r tracedRows) Ingest(ctx context.Context, arrivals []atalaya.Arrival, decide func([]atalaya.Facts) []atalaya.Decision) error {
	ctx, commit := r.tracer.Commit(ctx, len(arrivals))
	var decided []trace.Alert
	err := r.Rows.Ingest(ctx, arrivals, func(facts []atalaya.Facts) []atalaya.Decision {
		decisions := decide(facts)
		for i, d := range decisions {
			if facts[i].Tenant != nil {
				decided = append(decided, decidedAlert(arrivals[i], facts[i].Tenant.UserID, d))
			}
		}
		return decisions
	})
	commit.End(decided, err)
	return err
}

// IngestKnown implements ingest.Rows. It leaves out users whose alerts were not written: Ingest stores and traces
// those.
func (r tracedRows) IngestKnown(ctx context.Context, arrivals []atalaya.Arrival, facts []atalaya.Facts, decisions []atalaya.Decision, strict bool) (map[atalaya.UserID]int64, error) {
	ctx, commit := r.tracer.Commit(ctx, len(arrivals))
	used, err := r.Rows.IngestKnown(ctx, arrivals, facts, decisions, strict)
	var decided []trace.Alert
	for i, d := range decisions {
		if _, written := used[facts[i].Tenant.UserID]; written {
			decided = append(decided, decidedAlert(arrivals[i], facts[i].Tenant.UserID, d))
		}
	}
	commit.End(decided, err)
	return used, err
}

// Replay implements ingest.Rows. The signal's trace begins with the replay, not with the delivery of days ago.
func (r tracedRows) Replay(ctx context.Context, user atalaya.UserID, id string, decide func(atalaya.TenantConfig, atalaya.Arrival) atalaya.Decision) (atalaya.SignalID, error) {
	began := time.Now()
	ctx, commit := r.tracer.Commit(ctx, 1)
	var decided []trace.Alert
	made, err := r.Rows.Replay(ctx, user, id, func(t atalaya.TenantConfig, a atalaya.Arrival) atalaya.Decision {
		d := decide(t, a)
		a.ReceivedAt = began
		decided = append(decided, decidedAlert(a, user, d))
		return d
	})
	commit.End(decided, err)
	return made, err
}

func decidedAlert(a atalaya.Arrival, user atalaya.UserID, d atalaya.Decision) trace.Alert {
	signal := d.DuplicateOf
	if d.Outcome == atalaya.OutcomeAccepted {
		signal = d.Signal.ID
	}
	return trace.Alert{Signal: signal, User: user, Outcome: d.Outcome, Began: a.ReceivedAt}
}

// traceCaptures returns a camera and a storage whose work is traced, and the function that begins the trace of an
// attempt, nil without a tracer.
func traceCaptures(tracer *trace.Tracer, camera capture.Camera, pictures capture.Pictures) (capture.Camera, capture.Pictures, capture.Trace) {
	if tracer == nil {
		return camera, pictures, nil
	}
	return tracedCamera{camera, tracer}, tracedPictures{pictures, tracer}, tracer.Capture
}

type tracedCamera struct {
	capture.Camera
	tracer *trace.Tracer
}

// Open implements capture.Camera.
func (c tracedCamera) Open(ctx context.Context, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (capture.Visit, error) {
	ctx, end := c.tracer.Part(ctx, "open page")
	visit, err := c.Camera.Open(ctx, req, stepping(ctx, progress))
	end(err)
	if err != nil {
		return nil, err
	}
	return tracedVisit{visit, c.tracer}, nil
}

type tracedVisit struct {
	capture.Visit
	tracer *trace.Tracer
}

// Capture implements capture.Visit.
func (v tracedVisit) Capture(ctx context.Context, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (atalaya.Picture, error) {
	ctx, end := v.tracer.Part(ctx, "take picture")
	picture, err := v.Visit.Capture(ctx, req, stepping(ctx, progress))
	end(err)
	return picture, err
}

// stepping adds the names of steps to the trace. It leaves out their details, which a page has written.
func stepping(ctx context.Context, progress func(atalaya.CaptureStep)) func(atalaya.CaptureStep) {
	return func(step atalaya.CaptureStep) {
		trace.Step(ctx, step.Name)
		progress(step)
	}
}

type tracedPictures struct {
	capture.Pictures
	tracer *trace.Tracer
}

// Put implements capture.Pictures.
func (p tracedPictures) Put(ctx context.Context, path string, png []byte) error {
	ctx, end := p.tracer.Part(ctx, "store picture")
	err := p.Pictures.Put(ctx, path, png)
	end(err)
	return err
}

// traceNotifications returns what begins the trace of a request to a channel.
func traceNotifications(tracer *trace.Tracer) notify.Trace {
	if tracer == nil {
		return nil
	}
	return tracer.Notification
}

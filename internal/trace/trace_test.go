package trace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.uber.org/goleak"

	"atalaya"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorded returns a tracer and the exporter that keeps its spans.
func recorded(t *testing.T, sampler sdk.Sampler) (*Tracer, *tracetest.InMemoryExporter) {
	t.Helper()
	kept := tracetest.NewInMemoryExporter()
	limits := sdk.NewSpanLimits()
	limits.LinkCountLimit = maxLinks
	provider := sdk.NewTracerProvider(sdk.WithSyncer(kept), sdk.WithSampler(sdk.ParentBased(sampler)), sdk.WithIDGenerator(ids{}), sdk.WithRawSpanLimits(limits))
	t.Cleanup(func() { _ = provider.Shutdown(context.Background()) })
	return &Tracer{provider: provider, tracer: provider.Tracer("test"), sampler: sampler}, kept
}

func newSignal(t *testing.T) atalaya.SignalID {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	return atalaya.SignalID(id.String())
}

func accepted(id atalaya.SignalID) Alert {
	return Alert{Signal: id, User: "a user", Outcome: atalaya.OutcomeAccepted, Began: time.Now().Add(-time.Second)}
}

func TestAlertsThatAreCommittedTogetherAreLinkedToOneCommit(t *testing.T) {
	t.Parallel()
	tracer, kept := recorded(t, sdk.AlwaysSample())
	alerts := make([]Alert, maxLinks)
	for i := range alerts {
		alerts[i] = accepted(newSignal(t))
	}
	_, commit := tracer.Commit(t.Context(), len(alerts))
	commit.End(alerts, nil)
	traces := map[string]bool{}
	for _, span := range kept.GetSpans() {
		switch span.Name {
		case "commit alerts":
			if len(span.Links) != len(alerts) {
				t.Errorf("the commit has %d links, want %d", len(span.Links), len(alerts))
			}
		case "alert":
			traces[span.SpanContext.TraceID().String()] = true
			if span.Parent.IsValid() || span.EndTime.Sub(span.StartTime) < time.Second {
				t.Errorf("an alert has a parent, or does not begin with its request: %v", span)
			}
		}
	}
	if len(traces) != len(alerts) {
		t.Errorf("%d alerts have %d traces", len(alerts), len(traces))
	}
}

func TestTwoProcessesFindTheSameTraceOfASignal(t *testing.T) {
	t.Parallel()
	web, kept := recorded(t, sdk.AlwaysSample())
	worker, captured := recorded(t, sdk.AlwaysSample())
	id := newSignal(t)
	_, commit := web.Commit(t.Context(), 1)
	commit.End([]Alert{accepted(id)}, nil)
	_, end := worker.Capture(t.Context(), id)
	end("completed")
	spans := kept.GetSpans()
	i := slices.IndexFunc(spans, func(s tracetest.SpanStub) bool { return s.Name == "alert" })
	if i < 0 {
		t.Fatal("the alert has no span")
	}
	alert, capture := spans[i].SpanContext, captured.GetSpans()[0]
	if alert.SpanID() != capture.Parent.SpanID() {
		t.Error("the capture's parent is not the alert")
	}
	if trace := capture.SpanContext.TraceID(); trace != alert.TraceID() || trace != ownOf(id).trace {
		t.Error("the capture has a trace of its own")
	}
}

func TestATraceIsSampledWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	const signals, share = 4000, 0.25
	tracer, kept := recorded(t, sdk.TraceIDRatioBased(share))
	for range signals {
		id := newSignal(t)
		_, commit := tracer.Commit(t.Context(), 1)
		commit.End([]Alert{accepted(id)}, nil)
		_, end := tracer.Capture(t.Context(), id)
		end("completed")
		_, end = tracer.Notification(t.Context(), atalaya.ChannelTelegram, []atalaya.SignalID{id})
		end("sent")
	}
	seen := map[string]int{}
	for _, span := range kept.GetSpans() {
		if span.Name != "commit alerts" {
			seen[span.SpanContext.TraceID().String()]++
		}
	}
	for trace, spans := range seen {
		if spans != 4 {
			t.Fatalf("trace %s has %d spans, want alert, commit, capture and notify", trace, spans)
		}
	}
	// Four standard deviations: one run in 16,000 is farther off.
	if want, most := signals*share, 4*math.Sqrt(signals*share*(1-share)); math.Abs(float64(len(seen))-want) > most {
		t.Errorf("%d of %d signals are sampled, want about %.0f", len(seen), signals, want)
	}
}

func TestASpansFailureIsOnlyItsCode(t *testing.T) {
	t.Parallel()
	tracer, kept := recorded(t, sdk.AlwaysSample())
	for name, err := range map[string]error{
		"not_painted": &atalaya.CaptureError{Code: atalaya.CaptureNotPainted, Err: errors.New("hunter2")},
		"unavailable": atalaya.Wrap(atalaya.CodeUnavailable, errors.New("hunter2"), "hunter2"),
		"internal":    errors.New("hunter2"),
	} {
		kept.Reset()
		_, end := tracer.Part(t.Context(), "part")
		end(err)
		_, commit := tracer.Commit(t.Context(), 1)
		commit.End([]Alert{accepted(newSignal(t))}, err)
		if text := fmt.Sprintf("%+v", kept.GetSpans()); strings.Contains(text, "hunter2") || strings.Count(text, name) < 2 {
			t.Errorf("%s: the spans hold the error's text, or lack its code: %s", name, text)
		}
		if n := len(kept.GetSpans()); n != 2 {
			t.Errorf("%s: a failed commit has %d spans, want no spans of its alerts", name, n)
		}
	}
}

func TestAnUnreachableCollectorIsLoggedOnceAndBlocksNothing(t *testing.T) {
	t.Parallel()
	var away atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if away.Load() {
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	defer server.Close()
	var log bytes.Buffer
	tracer, err := New(t.Context(), Options{Endpoint: server.URL, Service: "atalaya", Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for _, isAway := range []bool{false, true, true, false} {
		away.Store(isAway)
		_, end := tracer.Capture(t.Context(), newSignal(t))
		end("completed")
		if err := tracer.provider.ForceFlush(t.Context()); err != nil {
			t.Errorf("the failure is not kept to the log: %v", err)
		}
	}
	if err := tracer.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if strings.Count(log.String(), "do not reach") != 1 || strings.Count(log.String(), "again") != 1 {
		t.Errorf("the log says\n%s", log.String())
	}
}

func TestTheSamplersOfTheSpecificationAreKnown(t *testing.T) {
	t.Parallel()
	for _, good := range [][2]string{{"", ""}, {"always_on", ""}, {"parentbased_always_off", ""}, {"traceidratio", "0.5"}, {"parentbased_traceidratio", ""}} {
		if _, err := samplerOf(good[0], good[1]); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range [][2]string{{"jaeger_remote", ""}, {"traceidratio", "2"}, {"traceidratio", "NaN"}, {"traceidratio", "half"}} {
		if _, err := samplerOf(bad[0], bad[1]); err == nil {
			t.Errorf("%v is accepted", bad)
		}
	}
}

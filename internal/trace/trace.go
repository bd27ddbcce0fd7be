// Package trace owns OpenTelemetry: it creates the spans of an alert and sends them to a collector. Every signal
// has one trace, whose ids follow from the signal's, so that neither the queue nor the outbox carries them and
// every replica finds the same. No span holds a token, a cookie, a body, an address or the text of an error: only
// outcomes and codes.
package trace

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"atalaya"
)

// Options say where spans go.
type Options struct {
	Endpoint   string // of the collector, such as http://localhost:4318; OTLP over HTTP
	Headers    map[string]string
	Service    string // its name in the traces
	Version    string
	Sampler    string // as OTEL_TRACES_SAMPLER has it; "" is parentbased_always_on
	SamplerArg string
	Log        *slog.Logger
}

// maxLinks bounds the links of a span: one for each alert of a commit.
const maxLinks = 256

// Tracer makes spans, until Stop.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	sampler  sdk.Sampler
}

// New makes a Tracer; it connects to nothing yet. It fails if the options make no sense.
func New(ctx context.Context, opt Options) (*Tracer, error) {
	sampler, err := samplerOf(opt.Sampler, opt.SamplerArg)
	if err != nil {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx,
		otlptracehttp.WithEndpointURL(strings.TrimRight(opt.Endpoint, "/")+"/v1/traces"), otlptracehttp.WithHeaders(opt.Headers))
	if err != nil {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(
		attribute.String("service.name", opt.Service), attribute.String("service.version", opt.Version),
		attribute.String("service.instance.id", rand.Text())), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	limits := sdk.NewSpanLimits()
	limits.LinkCountLimit = maxLinks
	provider := sdk.NewTracerProvider(
		sdk.WithBatcher(&telling{SpanExporter: exporter, log: opt.Log}), sdk.WithResource(about), sdk.WithRawSpanLimits(limits),
		sdk.WithSampler(sdk.ParentBased(sampler)), sdk.WithIDGenerator(ids{}))
	return &Tracer{provider: provider, tracer: provider.Tracer("atalaya"), sampler: sampler}, nil
}

// Stop sends the remaining spans, as long as ctx allows. Without a tracer it does nothing.
func (t *Tracer) Stop(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// samplerOf reads the standard's names. The parent of a span is always of this service, so parent-based samplers
// mean the same as the others.
func samplerOf(name, arg string) (sdk.Sampler, error) {
	switch strings.TrimPrefix(name, "parentbased_") {
	case "", "always_on":
		return sdk.AlwaysSample(), nil
	case "always_off":
		return sdk.NeverSample(), nil
	case "traceidratio":
		if arg == "" {
			return sdk.AlwaysSample(), nil
		}
		ratio, err := strconv.ParseFloat(arg, 64)
		if err != nil || !(ratio >= 0 && ratio <= 1) {
			return nil, fmt.Errorf("OTEL_TRACES_SAMPLER_ARG is %q; it lies between 0 and 1", arg)
		}
		return sdk.TraceIDRatioBased(ratio), nil
	}
	return nil, fmt.Errorf("OTEL_TRACES_SAMPLER is %q; it can be always_on, always_off or traceidratio, with parentbased_ before it or not", name)
}

// telling logs once that spans do not arrive, until they do again. The library would print an error for every
// batch.
type telling struct {
	sdk.SpanExporter
	log    *slog.Logger
	failed atomic.Bool
}

// ExportSpans implements sdk.SpanExporter.
func (e *telling) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	switch was := e.failed.Swap(err != nil); {
	case err != nil && !was:
		e.log.WarnContext(ctx, "traces do not reach the collector and are dropped; check OTEL_EXPORTER_OTLP_ENDPOINT", "error", err)
	case err == nil && was:
		e.log.InfoContext(ctx, "traces reach the collector again")
	}
	return nil
}

// own are the ids of a root span that are known before it is made.
type own struct {
	trace trace.TraceID
	span  trace.SpanID
}

// ownOf returns the ids of a signal's trace and of its first span. They are a hash, because samplers expect random ids
// and the first bits of a signal's id are its time.
func ownOf(id atalaya.SignalID) (o own) {
	sum := sha256.Sum256([]byte("atalaya signal " + id))
	copy(o.trace[:], sum[:16])
	copy(o.span[:], sum[16:24])
	return o
}

// ownKey is the context key of the ids of the next root span.
type ownKey struct{}

// ids implements sdk.IDGenerator.
type ids struct{}

// NewIDs implements sdk.IDGenerator.
func (ids) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	if o, ok := ctx.Value(ownKey{}).(own); ok {
		return o.trace, o.span
	}
	var o own
	_, _ = rand.Read(o.trace[:]) // never fails
	_, _ = rand.Read(o.span[:])
	return o.trace, o.span
}

// NewSpanID implements sdk.IDGenerator.
func (ids) NewSpanID(context.Context, trace.TraceID) (id trace.SpanID) {
	_, _ = rand.Read(id[:])
	return id
}

// contextOf returns the context of the first span of a signal's trace, which every process can compute.
func (t *Tracer) contextOf(id atalaya.SignalID) trace.SpanContext {
	o := ownOf(id)
	flags := trace.TraceFlags(0)
	if t.sampler.ShouldSample(sdk.SamplingParameters{ParentContext: context.Background(), TraceID: o.trace}).Decision == sdk.RecordAndSample {
		flags = trace.FlagsSampled
	}
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: o.trace, SpanID: o.span, TraceFlags: flags, Remote: true})
}

// within returns a context whose spans belong to a signal's trace.
func (t *Tracer) within(ctx context.Context, id atalaya.SignalID) context.Context {
	return trace.ContextWithRemoteSpanContext(ctx, t.contextOf(id))
}

// outside returns a context whose next span begins a trace, with o's ids if it has some.
func outside(ctx context.Context, o own) context.Context {
	ctx = trace.ContextWithSpanContext(ctx, trace.SpanContext{})
	if o == (own{}) {
		return ctx
	}
	return context.WithValue(ctx, ownKey{}, o)
}

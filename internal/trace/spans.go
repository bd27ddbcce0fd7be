package trace

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"atalaya"
)

// Alert is what a commit has decided of one arrival.
type Alert struct {
	Signal  atalaya.SignalID // that it has made, or that it repeats; "" for neither
	User    atalaya.UserID
	Outcome atalaya.Outcome
	Began   time.Time // when its request arrived
}

// Commit is the span of a transaction that stores alerts. It has its own trace, since the alerts belong to many
// signals; it and they are linked.
type Commit struct {
	tracer *Tracer
	span   trace.Span
	began  time.Time
}

// Commit begins the span of a commit of so many arrivals.
func (t *Tracer) Commit(ctx context.Context, arrivals int) (context.Context, *Commit) {
	began := time.Now()
	ctx, span := t.tracer.Start(outside(ctx, own{}), "commit alerts", trace.WithTimestamp(began),
		trace.WithAttributes(attribute.Int("atalaya.arrivals", arrivals)))
	return ctx, &Commit{t, span, began}
}

// End ends the commit. Without an error it makes the spans of the alerts too: a signal's first span begins when
// its request arrived.
func (c *Commit) End(alerts []Alert, err error) {
	now := time.Now()
	if err != nil {
		fail(c.span, err)
		c.span.End(trace.WithTimestamp(now))
		return
	}
	for _, a := range alerts {
		c.alert(a, now)
	}
	c.span.End(trace.WithTimestamp(now))
}

func (c *Commit) alert(a Alert, now time.Time) {
	ctx, name := outside(context.Background(), own{}), "alert"
	switch {
	case a.Outcome == atalaya.OutcomeAccepted:
		ctx = outside(context.Background(), ownOf(a.Signal))
	case a.Signal != "":
		ctx, name = c.tracer.within(context.Background(), a.Signal), "alert again"
	}
	ctx, span := c.tracer.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(a.Began), trace.WithAttributes(
		attribute.String("atalaya.outcome", string(a.Outcome)), attribute.String("atalaya.signal_id", string(a.Signal)), attribute.String("atalaya.user_id", string(a.User))))
	_, part := c.tracer.tracer.Start(ctx, "commit", trace.WithTimestamp(c.began), trace.WithLinks(trace.Link{SpanContext: c.span.SpanContext()}))
	part.End(trace.WithTimestamp(now))
	span.End(trace.WithTimestamp(now))
	c.span.AddLink(trace.Link{SpanContext: span.SpanContext()})
}

// Capture begins the span of an attempt at a signal's capture. end takes its outcome: completed, a code, or a reason
// for postponing it.
func (t *Tracer) Capture(ctx context.Context, id atalaya.SignalID) (_ context.Context, end func(outcome string)) {
	ctx, span := t.tracer.Start(t.within(ctx, id), "capture", trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(attribute.String("atalaya.signal_id", string(id))))
	return ctx, ending(span)
}

// Notification begins the span of a request to a channel, about the signals of one message. The span belongs to the
// trace of the first signal, and is linked to those of the others.
func (t *Tracer) Notification(ctx context.Context, kind atalaya.ChannelKind, signals []atalaya.SignalID) (_ context.Context, end func(outcome string)) {
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindProducer), trace.WithAttributes(attribute.String("atalaya.channel", string(kind)))}
	ctx = outside(ctx, own{})
	for i, id := range signals {
		if i == 0 {
			ctx = t.within(ctx, id)
			options = append(options, trace.WithAttributes(attribute.String("atalaya.signal_id", string(id))))
			continue
		}
		options = append(options, trace.WithLinks(trace.Link{SpanContext: t.contextOf(id)}))
	}
	ctx, span := t.tracer.Start(ctx, "notify", options...)
	return ctx, ending(span)
}

// ending returns the function that ends a span with an outcome.
func ending(span trace.Span) func(outcome string) {
	return func(outcome string) {
		span.SetAttributes(attribute.String("atalaya.outcome", outcome))
		span.End()
	}
}

// Part begins a part of the span that ctx holds.
func (t *Tracer) Part(ctx context.Context, name string) (_ context.Context, end func(error)) {
	ctx, span := t.tracer.Start(ctx, name)
	return ctx, func(err error) {
		if err != nil {
			fail(span, err)
		}
		span.End()
	}
}

// Step adds a step to the span that ctx holds.
func Step(ctx context.Context, name string) { trace.SpanFromContext(ctx).AddEvent(name) }

// fail marks a span as failed. It records the error's code, not its text, which may hold a secret.
func fail(span trace.Span, err error) {
	code := string(atalaya.CodeOf(err))
	if failure, ok := errors.AsType[*atalaya.CaptureError](err); ok {
		code = string(failure.Code)
	}
	span.SetAttributes(attribute.String("error.type", code))
	span.SetStatus(codes.Error, code)
}

package postgres

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// sqlTracer makes a span of each statement, or of statements that are sent together, if ctx holds a recorded span.
// Otherwise it costs one look at ctx. A span has a statement's name and the SQLSTATE of its failure, but neither
// arguments nor error texts, because PostgreSQL quotes values in them. No library leaves those out.
type sqlTracer struct{}

var (
	_ pgx.QueryTracer = sqlTracer{}
	_ pgx.BatchTracer = sqlTracer{}
)

// begin begins a span below the one in ctx, if that is recorded.
func (sqlTracer) begin(ctx context.Context, sql string) context.Context {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx
	}
	name := statementName(sql)
	ctx, span := parent.TracerProvider().Tracer("atalaya/postgres").Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("db.system.name", "postgresql"), attribute.String("db.operation.name", name)))
	return context.WithValue(ctx, sqlSpan{}, span)
}

// sqlSpan is the context key of a statement's span, which differs from the span around it.
type sqlSpan struct{}

func (sqlTracer) end(ctx context.Context, err error) {
	span, ok := ctx.Value(sqlSpan{}).(trace.Span)
	if !ok {
		return
	}
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		state := "connection"
		if failure, ok := errors.AsType[*pgconn.PgError](err); ok {
			state = failure.Code
		}
		span.SetAttributes(attribute.String("db.response.status_code", state))
		span.SetStatus(codes.Error, state)
	}
	span.End()
}

// TraceQueryStart implements pgx.QueryTracer.
func (t sqlTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return t.begin(ctx, data.SQL)
}

// TraceQueryEnd implements pgx.QueryTracer.
func (t sqlTracer) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	t.end(ctx, data.Err)
}

// TraceBatchStart implements pgx.BatchTracer.
func (t sqlTracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return t.begin(ctx, "pipeline")
}

// TraceBatchQuery implements pgx.BatchTracer.
func (sqlTracer) TraceBatchQuery(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	if span, ok := ctx.Value(sqlSpan{}).(trace.Span); ok {
		span.AddEvent(statementName(data.SQL))
	}
}

// TraceBatchEnd implements pgx.BatchTracer.
func (t sqlTracer) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchEndData) {
	t.end(ctx, data.Err)
}

// statementName returns the name that sqlc puts before a statement, else the statement's first word.
func statementName(sql string) string {
	if rest, named := strings.CutPrefix(sql, "-- name: "); named {
		name, _, _ := strings.Cut(rest, " ")
		return name
	}
	word, _, _ := strings.Cut(strings.TrimSpace(sql), " ")
	if len(word) > 20 || strings.ContainsAny(word, "\n\t'\"") {
		return "statement"
	}
	return strings.ToLower(word)
}

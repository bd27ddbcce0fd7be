package app_test

import (
	"bytes"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"atalaya/internal/chartsite"
	"atalaya/internal/notify/double"
	"atalaya/internal/test/testkit"
)

// spanCollector is an OpenTelemetry collector that keeps what it is sent.
type spanCollector struct {
	mu      sync.Mutex
	spans   []*spans.Span
	raw     []byte
	headers http.Header
}

func startCollector(t *testing.T) (*spanCollector, string) {
	t.Helper()
	c := &spanCollector{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var sent collector.ExportTraceServiceRequest
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &sent) != nil {
			http.Error(w, "these are no traces", http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.raw, c.headers = append(c.raw, body...), r.Header
		for _, resource := range sent.GetResourceSpans() {
			for _, scope := range resource.GetScopeSpans() {
				c.spans = append(c.spans, scope.GetSpans()...)
			}
		}
	}))
	t.Cleanup(server.Close)
	return c, server.URL
}

// spansOf returns the spans of a trace.
func (c *spanCollector) spansOf(trace []byte) (list []*spans.Span) {
	for _, s := range c.spans {
		if bytes.Equal(s.GetTraceId(), trace) {
			list = append(list, s)
		}
	}
	return list
}

// attribute returns the text of a span's attribute, or "" if the span does not have it.
func attribute(s *spans.Span, name string) string {
	for _, a := range s.GetAttributes() {
		if a.GetKey() == name {
			return a.GetValue().GetStringValue()
		}
	}
	return ""
}

// onlySpan returns the only span of a name.
func onlySpan(t *testing.T, list []*spans.Span, name string) *spans.Span {
	t.Helper()
	var found []*spans.Span
	for _, s := range list {
		if s.GetName() == name {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d spans are called %q", len(found), name)
	}
	return found[0]
}

func TestAnAlertIsOneConnectedTraceWithoutSecrets(t *testing.T) {
	t.Parallel()
	pool, site := testkit.Database(t), startSite(t)
	traces, endpoint := startCollector(t)
	box := double.NewBox()
	hook := httptest.NewServer(double.NewHook(box))
	t.Cleanup(hook.Close)
	address, err := url.Parse(hook.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := run(t, testkit.Settings(t, pool, map[string]string{
		"TRADINGVIEW_URL": site, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20key", "NOTIFY_EXTRA_HOSTS": address.Host,
	}))
	session := chartsite.NewSession("ada")
	s.signUp(t, pool, session)
	s.configure(t, map[string]any{"dedupe_window_seconds": 3600}) // a busy machine takes longer than the usual 30 s
	var made struct{ Secret string }
	s.get(t, http.MethodPost, "/api/channels", map[string]any{"kind": "webhook", "settings": map[string]any{"url": hook.URL + "/hidden-address"}, "events": []string{"signal"}, "mode": "together"}, &made)
	var sent receipt
	s.get(t, http.MethodPost, s.hook, map[string]any{"ticker": "BINANCE:BTCUSDT", "price": 67890, "direction": "LONG", "interval": "60", "indicator": "the-body-of-the-alert"}, &sent)
	s.settled(t, sent.SignalID, "completed")
	s.await(t, "the message is sent", func() bool { return len(box.Messages()) == 1 })
	var again struct{ Duplicate bool }
	s.get(t, http.MethodPost, s.hook, map[string]any{"ticker": "BINANCE:BTCUSDT", "price": 67890, "direction": "LONG", "interval": "60", "indicator": "the-body-of-the-alert"}, &again)
	s.stop(t) // sends what is left

	traces.mu.Lock()
	defer traces.mu.Unlock()
	var alert *spans.Span
	for _, span := range traces.spans {
		if span.GetName() == "alert" && attribute(span, "atalaya.signal_id") == sent.SignalID {
			alert = span
		}
	}
	if alert == nil {
		t.Fatalf("no span is about the alert; there are %d", len(traces.spans))
	}
	trace := traces.spansOf(alert.GetTraceId())
	connected(t, trace, alert)
	// An attempt that finds its account taken, by the check of the cookies, has a span of its own.
	done := slices.DeleteFunc(slices.Clone(trace), func(s *spans.Span) bool {
		return s.GetName() == "capture" && attribute(s, "atalaya.outcome") == "put_off"
	})
	capture := onlySpan(t, done, "capture")
	if got := attribute(capture, "atalaya.outcome"); got != "completed" {
		t.Errorf("the capture ended as %q", got)
	}
	for _, part := range []string{"open page", "take picture", "store picture", "CompleteCapture"} {
		if span := onlySpan(t, trace, part); !bytes.Equal(span.GetParentSpanId(), capture.GetSpanId()) {
			t.Errorf("%q is not below the capture", part)
		}
	}
	if len(onlySpan(t, trace, "take picture").GetEvents()) == 0 {
		t.Error("the span of the picture has no events for its steps")
	}
	for _, child := range []string{"capture", "notify", "alert again", "commit"} {
		list := slices.DeleteFunc(slices.Clone(done), func(s *spans.Span) bool {
			return s.GetName() != child || !bytes.Equal(s.GetParentSpanId(), alert.GetSpanId())
		})
		if len(list) != 1 {
			t.Errorf("%d spans %q stand below the alert; its trace has %q", len(list), child, names(trace))
		}
	}
	if got := attribute(onlySpan(t, trace, "notify"), "atalaya.outcome"); got != "sent" {
		t.Errorf("the notification ended as %q", got)
	}
	linkedToItsCommit(t, traces, trace, alert)
	if traces.headers.Get("X-Key") != "a key" {
		t.Error("the collector was not sent the header of the settings")
	}
	_, path := stored(t, pool, sent.SignalID)
	for what, text := range map[string]string{
		"the webhook token": s.hook[strings.LastIndex(s.hook, "/")+1:], "the access token": s.token, "a cookie": session.ID, "a cookie's sign": session.Sign,
		"the body": "the-body-of-the-alert", "the ticker": "BTCUSDT", "the channel's address": "hidden-address", "the channel's secret": made.Secret,
		"the picture's path": path, "the key": s.cfg.EncryptionKey.Reveal(), "the database's address": s.cfg.DatabaseURL.Reveal(),
	} {
		if text == "" || bytes.Contains(traces.raw, []byte(text)) {
			t.Errorf("%s (%d characters) is in the traces", what, len(text))
		}
	}
}

func names(list []*spans.Span) (all []string) {
	for _, s := range list {
		all = append(all, s.GetName())
	}
	return all
}

// connected fails the test unless every span of a trace but its first has its parent in the trace.
func connected(t *testing.T, trace []*spans.Span, first *spans.Span) {
	t.Helper()
	if len(first.GetParentSpanId()) != 0 {
		t.Error("the first span has a parent")
	}
	known := map[string]bool{}
	for _, span := range trace {
		known[hex.EncodeToString(span.GetSpanId())] = true
	}
	for _, span := range trace {
		if span != first && !known[hex.EncodeToString(span.GetParentSpanId())] {
			t.Errorf("the parent of %q is not in the trace", span.GetName())
		}
	}
}

// linkedToItsCommit fails the test unless the alert's commit and its transaction link to each other.
func linkedToItsCommit(t *testing.T, traces *spanCollector, trace []*spans.Span, alert *spans.Span) {
	t.Helper()
	for _, part := range trace {
		if part.GetName() != "commit" || !bytes.Equal(part.GetParentSpanId(), alert.GetSpanId()) {
			continue
		}
		if len(part.GetLinks()) != 1 {
			t.Fatalf("the alert's commit has %d links", len(part.GetLinks()))
		}
		transaction := traces.spansOf(part.GetLinks()[0].GetTraceId())
		whole := onlySpan(t, transaction, "commit alerts")
		connected(t, transaction, whole)
		if len(whole.GetLinks()) != 1 || !bytes.Equal(whole.GetLinks()[0].GetSpanId(), alert.GetSpanId()) {
			t.Errorf("the transaction has %d links, and the alert must be one", len(whole.GetLinks()))
		}
		if len(transaction) < 2 {
			t.Error("the transaction has no statements")
		}
		return
	}
	t.Error("the alert has no commit")
}

package app

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/ingest"
	"atalaya/internal/trace"
)

// knownRows is a store that writes only the alerts of one user.
type knownRows struct {
	ingest.Rows
	writes atalaya.UserID
}

func (r knownRows) IngestKnown(context.Context, []atalaya.Arrival, []atalaya.Facts, []atalaya.Decision, bool) (map[atalaya.UserID]int64, error) {
	return map[atalaya.UserID]int64{r.writes: 1}, nil
}

func TestAlertsOfKnownUsersAreTracedIfTheyWereWritten(t *testing.T) {
	t.Parallel()
	var sent bytes.Buffer
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(&sent, r.Body) }))
	defer collector.Close()
	tracer, err := trace.New(t.Context(), trace.Options{Endpoint: collector.URL, Service: "atalaya", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	rows := traceAlerts(tracer, knownRows{writes: "user-one"})
	var arrivals []atalaya.Arrival
	var facts []atalaya.Facts
	var decisions []atalaya.Decision
	for _, user := range []atalaya.UserID{"user-one", "user-two"} {
		arrivals = append(arrivals, atalaya.Arrival{ReceivedAt: time.Now()})
		facts = append(facts, atalaya.Facts{Tenant: &atalaya.TenantConfig{UserID: user}})
		d := atalaya.Decision{Outcome: atalaya.OutcomeAccepted}
		d.Signal.ID = atalaya.SignalID("signal-of-" + user)
		decisions = append(decisions, d)
	}
	used, err := rows.IngestKnown(t.Context(), arrivals, facts, decisions, true)
	if err != nil || used["user-one"] != 1 {
		t.Fatalf("used %v, want 1 of user-one: %v", used, err)
	}
	if err := tracer.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(sent.Bytes(), []byte("signal-of-user-one")) || bytes.Contains(sent.Bytes(), []byte("signal-of-user-two")) {
		t.Errorf("the traces hold %q", sent.String())
	}
	if _, traced := traceAlerts(nil, knownRows{}).(knownRows); !traced {
		t.Error("without a collector the rows are wrapped")
	}
}

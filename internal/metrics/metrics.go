// Package metrics owns the Prometheus registry and the meters that the steps and doors declare. No
// label holds a user, a ticker or anything else that a sender chooses.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what the service does.
type Metrics struct {
	registry       *prometheus.Registry
	arrivals       *prometheus.CounterVec
	arrivalSeconds prometheus.Histogram
	captures       *prometheus.CounterVec
	captureSeconds prometheus.Histogram
	pictures       *prometheus.CounterVec
	sources        *prometheus.CounterVec
	refusals       *prometheus.CounterVec
	missing        *prometheus.CounterVec
	notified       *prometheus.CounterVec
	notifySeconds  *prometheus.HistogramVec
	notifyDelay    prometheus.Histogram
	notifyDue      *prometheus.GaugeVec
	notifyOldest   prometheus.Gauge
	requests       *prometheus.CounterVec
	requestSeconds *prometheus.HistogramVec
}

// New makes the registry, with Go's own and the process's metrics beside ours.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		arrivals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "atalaya_webhook_requests_total",
			Help: "Requests at webhook URLs by what became of them.",
		}, []string{"outcome"}),
		arrivalSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "atalaya_webhook_seconds",
			Help: "From the first byte of a webhook request to its answer.",
			// TradingView gives up after 3 seconds.
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 3},
		}),
		captures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "atalaya_captures_total",
			Help: "Attempts at screenshots by how they ended.",
		}, []string{"outcome"}),
		captureSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "atalaya_capture_seconds",
			Help:    "One attempt at a screenshot, from the job's start to the recorded picture.",
			Buckets: []float64{.25, .5, 1, 2, 4, 8, 15, 30, 60, 90},
		}),
	}
	m.pictures = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "atalaya_pictures_total",
		Help: "What upkeep did with pictures: expired (signals whose plan keeps them no longer), removed (bytes that nothing shows any more), swept (orphans).",
	}, []string{"done"})
	m.sources = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "atalaya_picture_sources_total",
		Help: "Captures by where their picture came from: client (the page's own), viewport, none (the page could not be read). Fewer from client mean that TradingView's page has changed.",
	}, []string{"source"})
	m.refusals = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "atalaya_picture_refusals_total",
		Help: "Captures without the page's own picture, by why: no_api, other, form, late, learned, unknown.",
	}, []string{"reason"})
	m.missing = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "atalaya_page_names_missing_total",
		Help: "Captures whose page did not answer to a name by which it is read, such as legend.title.",
	}, []string{"name"})
	m.addNotifications()
	m.addRequests()
	m.registry.MustRegister(m.sources, m.refusals, m.missing, m.arrivals, m.arrivalSeconds, m.captures, m.captureSeconds, m.pictures,
		collectors.NewGoCollector(), collectors.NewBuildInfoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// addNotifications makes and registers what is measured of notifications.
func (m *Metrics) addNotifications() {
	m.notified = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "atalaya_notifications_total",
		Help: "Requests to notification channels by kind and outcome: sent, retry, limited, unknown, refused, broken.",
	}, []string{"kind", "outcome"})
	m.notifySeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "atalaya_notification_request_seconds",
		Help:    "One request to a notification channel.",
		Buckets: []float64{.01, .05, .1, .25, .5, 1, 2, 5, 10, 30},
	}, []string{"kind"})
	m.notifyDelay = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "atalaya_notification_delay_seconds",
		Help:    "From when a message could be sent, its capture settled, to when its channel accepted it.",
		Buckets: []float64{.01, .05, .1, .25, .5, 1, 2, 5, 15, 60, 300},
	})
	m.notifyDue = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "atalaya_notifications_due",
		Help: "Messages that are not sent yet, over all replicas: waiting (for a picture), ready, sending.",
	}, []string{"state"})
	m.notifyOldest = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "atalaya_notifications_oldest_seconds",
		Help: "The age of the oldest message that is not sent yet.",
	})
	m.registry.MustRegister(m.notified, m.notifySeconds, m.notifyDelay, m.notifyDue, m.notifyOldest)
}

// Queue is the queue of captures as the database has it.
type Queue struct {
	Waiting, Active, Delayed int64
	Oldest                   time.Duration // how long the first of those waiting has been due
}

// WatchQueue adds the queue's gauges. read is called at each scrape; while it fails they are left out.
func (m *Metrics) WatchQueue(read func() (Queue, error)) { m.registry.MustRegister(queueGauges{read}) }

// queueGauges collects the queue's gauges. It implements prometheus.Collector.
type queueGauges struct{ read func() (Queue, error) }

var (
	queueLength = prometheus.NewDesc("atalaya_queue_captures", "Captures in the queue, over all replicas: waiting, active, delayed.", []string{"state"}, nil)
	queueOldest = prometheus.NewDesc("atalaya_queue_oldest_seconds", "How long the first of the waiting captures has been due.", nil, nil)
)

// Describe implements prometheus.Collector.
func (queueGauges) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- queueLength
	descriptions <- queueOldest
}

// Collect implements prometheus.Collector.
func (g queueGauges) Collect(values chan<- prometheus.Metric) {
	q, err := g.read()
	if err != nil {
		return
	}
	for state, n := range map[string]int64{"waiting": q.Waiting, "active": q.Active, "delayed": q.Delayed} {
		values <- prometheus.MustNewConstMetric(queueLength, prometheus.GaugeValue, float64(n), state)
	}
	values <- prometheus.MustNewConstMetric(queueOldest, prometheus.GaugeValue, q.Oldest.Seconds())
}

// Arrived counts a webhook request and observes how long it took. outcome is an atalaya.Outcome, an atalaya.Code, or
// spooled.
func (m *Metrics) Arrived(outcome string, took time.Duration) {
	m.arrivals.WithLabelValues(outcome).Inc()
	m.arrivalSeconds.Observe(took.Seconds())
}

// Captured counts an attempt at a screenshot; outcome is "completed" or an atalaya.CaptureCode.
func (m *Metrics) Captured(outcome string, took time.Duration) {
	m.captures.WithLabelValues(outcome).Inc()
	m.captureSeconds.Observe(took.Seconds())
}

// Sighted counts what a capture saw of the site; see tradingview.Sighting for the values. source is "" if
// there is no picture, refused is "" if nothing was refused.
func (m *Metrics) Sighted(source, refused string, missing []string) {
	if source == "" {
		source = "none"
	}
	m.sources.WithLabelValues(source).Inc()
	if refused != "" {
		m.refusals.WithLabelValues(refused).Inc()
	}
	for _, name := range missing {
		m.missing.WithLabelValues(name).Inc()
	}
}

// PicturesExpired counts signals whose picture is older than the plan keeps it.
func (m *Metrics) PicturesExpired(n int) { m.pictures.WithLabelValues("expired").Add(float64(n)) }

// PicturesRemoved counts pictures whose bytes were removed.
func (m *Metrics) PicturesRemoved(n int) { m.pictures.WithLabelValues("removed").Add(float64(n)) }

// PicturesSwept counts removed orphans: pictures that no row referred to.
func (m *Metrics) PicturesSwept(n int) { m.pictures.WithLabelValues("swept").Add(float64(n)) }

// Notified counts a request to a channel of a kind.
func (m *Metrics) Notified(kind, outcome string, took time.Duration) {
	m.notified.WithLabelValues(kind, outcome).Inc()
	m.notifySeconds.WithLabelValues(kind).Observe(took.Seconds())
}

// NotificationDelay observes how long a message had been due when its channel accepted it.
func (m *Metrics) NotificationDelay(d time.Duration) { m.notifyDelay.Observe(d.Seconds()) }

// NotificationsDue sets how many messages are not sent yet, by state, and the age of the oldest.
func (m *Metrics) NotificationsDue(waiting, ready, sending int64, oldest time.Duration) {
	for state, n := range map[string]int64{"waiting": waiting, "ready": ready, "sending": sending} {
		m.notifyDue.WithLabelValues(state).Set(float64(n))
	}
	m.notifyOldest.Set(oldest.Seconds())
}

// Handler serves the registry in Prometheus' text form.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

package metrics

import (
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// addRequests makes and registers what is measured of the API.
func (m *Metrics) addRequests() {
	m.requests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "atalaya_api_requests_total",
		Help: "Requests at the API by route and class of status: 2xx, 3xx, 4xx, 5xx.",
	}, []string{"route", "status"})
	m.requestSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "atalaya_api_seconds",
		Help:    "One request at the API, from its headers to the end of its answer; event streams are left out.",
		Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"route"})
	m.registry.MustRegister(m.requests, m.requestSeconds)
}

// Answered counts a request at a route of the API, "GET /api/signals/{id}" or "" for none. took is 0 for an
// event stream, whose time is its reader's choice.
func (m *Metrics) Answered(route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status/100)+"xx").Inc()
	if took > 0 {
		m.requestSeconds.WithLabelValues(route).Observe(took.Seconds())
	}
}

// WatchStreams adds the gauge of open event streams. count is called at each scrape.
func (m *Metrics) WatchStreams(count func() int) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "atalaya_streams", Help: "Open event streams of this process.",
	}, func() float64 { return float64(count()) }))
}

// Built tells the version of the program and the roles of this process.
func (m *Metrics) Built(version, roles string) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "atalaya_build_info", Help: "1, with the program's version, its Go version and the roles of this process.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version(), "roles": roles},
	}, func() float64 { return 1 }))
}

package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Spool is what waits on this replica's disk.
type Spool struct {
	Alerts, Aside   int
	Bytes, MaxBytes int64
	Age             time.Duration // of the first alert that waits
	Failing         bool          // the file could not be written last
}

// WatchSpool adds the spool's gauges. read is called at each scrape.
func (m *Metrics) WatchSpool(read func() Spool) { m.registry.MustRegister(spoolGauges{read}) }

// spoolGauges collects the spool's gauges. It implements prometheus.Collector.
type spoolGauges struct{ read func() Spool }

var (
	spoolAlerts  = prometheus.NewDesc("atalaya_spool_alerts", "Alerts that wait on this replica's disk for the database: waiting, aside (could not be stored).", []string{"state"}, nil)
	spoolOldest  = prometheus.NewDesc("atalaya_spool_oldest_seconds", "The age of the first alert that waits.", nil, nil)
	spoolBytes   = prometheus.NewDesc("atalaya_spool_bytes", "The size of the spool's file.", nil, nil)
	spoolMax     = prometheus.NewDesc("atalaya_spool_max_bytes", "SPOOL_MAX_BYTES.", nil, nil)
	spoolFailing = prometheus.NewDesc("atalaya_spool_failing", "1 if the spool's file could not be written last.", nil, nil)
)

// Describe implements prometheus.Collector.
func (spoolGauges) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{spoolAlerts, spoolOldest, spoolBytes, spoolMax, spoolFailing} {
		descriptions <- d
	}
}

// Collect implements prometheus.Collector.
func (g spoolGauges) Collect(values chan<- prometheus.Metric) {
	s := g.read()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		values <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	gauge(spoolAlerts, float64(s.Alerts), "waiting")
	gauge(spoolAlerts, float64(s.Aside), "aside")
	gauge(spoolOldest, s.Age.Seconds())
	gauge(spoolBytes, float64(s.Bytes))
	gauge(spoolMax, float64(s.MaxBytes))
	failing := 0.0
	if s.Failing {
		failing = 1
	}
	gauge(spoolFailing, failing)
}

package app

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is what this node tells a monitor.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	lag      prometheus.Gauge
	head     prometheus.Gauge
	counted  sync.Map // seen → counts
}

// seen is what a request is counted under; finding its counters by their labels
// would cost more than a page from the cache.
type seen struct {
	page   string
	status int
}

type counts struct {
	requests prometheus.Counter
	seconds  prometheus.Observer
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "gongkai_requests_total", Help: "Requests by page and status."}, []string{"page", "status"}),
		seconds:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "gongkai_request_seconds", Help: "Time to answer by page.", Buckets: []float64{.001, .005, .02, .1, .5, 2, 10}}, []string{"page"}),
		lag:      prometheus.NewGauge(prometheus.GaugeOpts{Name: "gongkai_index_lag_rows", Help: "Rows of the publication log not yet in this node's index."}),
		head:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "gongkai_log_head", Help: "Newest sequence number of the publication log."}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.lag, m.head, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe counts one answered request.
func (m *metrics) observe(page string, status int, took time.Duration) {
	c, ok := m.counted.Load(seen{page, status})
	if !ok {
		c, _ = m.counted.LoadOrStore(seen{page, status}, counts{m.requests.WithLabelValues(page, strconv.Itoa(status)), m.seconds.WithLabelValues(page)})
	}
	c.(counts).requests.Inc()
	c.(counts).seconds.Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Package meting is what an operator sees of a program: counters for
// Prometheus and over OTLP, traces over OTLP, and a listener of its own for /metrics, /health
// and /ready.
//
// It promises: nothing in it is about a person. A label takes its values from a
// set that ends: names that stand in the code, and at most MaxReeksen of them;
// what comes after is counted as "overig". A span tells the method, the pattern
// of the route and the status, never the address, its query or an identifier.
package meting

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// MaxReeksen is how many different label values one measure keeps.
const MaxReeksen = 500

// overig is the label value of everything beyond MaxReeksen.
const overig = "overig"

// Metingen are the measures of one program. A nil one measures nothing, so that
// whoever measures need not ask. Safe for use by many goroutines.
type Metingen struct {
	reg   *prometheus.Registry
	voor  string
	tel   *Teller
	duurt *Verdeling
}

// Nieuw makes the measures of a program: "hub", "node" or "portal". They are
// called soh_<programma>_….
func Nieuw(programma string) *Metingen {
	m := &Metingen{reg: prometheus.NewRegistry(), voor: "soh_" + programma + "_"}
	m.reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.tel = m.Teller("http_verzoeken_total", "Requests by route and class of status.", "route", "status")
	m.duurt = m.Verdeling("http_duur_seconden", "Duration of requests by route.", prometheus.ExponentialBuckets(0.0005, 4, 8), "route")
	return m
}

// Teller counts.
type Teller struct{ *reeksen[prometheus.Counter] }

// Teller makes a counter; its labels take values that end.
func (m *Metingen) Teller(naam, hulp string, labels ...string) *Teller {
	if m == nil {
		return nil
	}
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: m.voor + naam, Help: hulp}, labels)
	m.reg.MustRegister(v)
	return &Teller{&reeksen[prometheus.Counter]{labels: len(labels), maak: v.WithLabelValues}}
}

// Plus adds n under these label values.
func (t *Teller) Plus(n int, waarden ...string) {
	if t != nil {
		t.van(waarden).Add(float64(n))
	}
}

// Verdeling keeps how values are spread.
type Verdeling struct {
	*reeksen[prometheus.Observer]
}

// Verdeling makes a histogram with these upper bounds.
func (m *Metingen) Verdeling(naam, hulp string, grenzen []float64, labels ...string) *Verdeling {
	if m == nil {
		return nil
	}
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: m.voor + naam, Help: hulp, Buckets: grenzen}, labels)
	m.reg.MustRegister(v)
	return &Verdeling{&reeksen[prometheus.Observer]{labels: len(labels), maak: v.WithLabelValues}}
}

// Meet adds one value.
func (v *Verdeling) Meet(waarde float64, waarden ...string) {
	if v != nil {
		v.van(waarden).Observe(waarde)
	}
}

// Stand shows what f gives at the moment of asking, such as a backlog.
func (m *Metingen) Stand(naam, hulp string, f func() float64) {
	if m != nil {
		m.reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: m.voor + naam, Help: hulp}, f))
	}
}

// reeksen bounds how many label values there are.
type reeksen[T any] struct {
	labels int
	maak   func(...string) T
	op     sync.Map // label values → T
	aantal atomic.Int64
}

func (r *reeksen[T]) van(waarden []string) T {
	sleutel := ""
	switch len(waarden) {
	case 0:
	case 1:
		sleutel = waarden[0]
	default:
		sleutel = strings.Join(waarden, "\x00")
	}
	if t, ok := r.op.Load(sleutel); ok {
		return t.(T)
	}
	if r.labels > 0 && r.aantal.Add(1) > MaxReeksen {
		waarden = make([]string, r.labels)
		for i := range waarden {
			waarden[i] = overig
		}
		return r.maak(waarden...)
	}
	t, _ := r.op.LoadOrStore(sleutel, r.maak(waarden...))
	return t.(T)
}

// HTTP measures and traces the requests to mux. It must stand directly around
// the mux, which is what knows the pattern of the route.
func (m *Metingen) HTTP(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		r, klaar := spoor(r)
		s := &schrijver{ResponseWriter: w}
		defer func() {
			route := route(r)
			klaar(route, s.status)
			if m != nil {
				m.tel.Plus(1, route, klasse(s.status))
				m.duurt.Meet(time.Since(begin).Seconds(), route)
			}
		}()
		mux.ServeHTTP(s, r)
	})
}

// route is the pattern that the mux chose; it holds no values.
func route(r *http.Request) string {
	if r.Pattern == "" {
		return "geen"
	}
	return r.Pattern
}

func klasse(status int) string {
	if status < 100 || status > 599 {
		return "2xx" // nothing written is 200
	}
	return [...]string{"1xx", "2xx", "3xx", "4xx", "5xx"}[status/100-1]
}

type schrijver struct {
	http.ResponseWriter
	status int
}

// Unwrap lets http.ResponseController reach the connection.
func (s *schrijver) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *schrijver) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

// Beheer is what the listener of the operator serves: /metrics, /health and
// /ready. gereed tells why the program cannot do its work now; nil is that it
// can. Its error is shown, so it holds no personal data.
func (m *Metingen) Beheer(gereed func() error) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.reg, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if err := gereed(); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte(err.Error() + "\n"))
			return
		}
		_, _ = w.Write([]byte("gereed\n"))
	})
	return mux
}

package meting

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace/noop"
)

const (
	sentinel = "999999990" // passes the eleven-test, belongs to nobody
	geheim   = "SanneGeheim"
)

func haal(t *testing.T, h http.Handler, pad string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", pad, nil))
	return w.Code, w.Body.String()
}

// Whatever a caller puts in a request, it is in no measure and in no span.
func TestWatEenBellerStuurtStaatInGeenMetingEnGeenSpoor(t *testing.T) {
	var slot sync.Mutex
	var sporen bytes.Buffer
	otlp := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		slot.Lock()
		defer slot.Unlock()
		_, _ = io.Copy(&sporen, r.Body)
	}))
	defer otlp.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.URL)
	t.Cleanup(func() { otel.SetTracerProvider(noop.NewTracerProvider()) })
	stop, err := Sporen(context.Background(), "proef", "1")
	if err != nil {
		t.Fatal(err)
	}
	m := Nieuw("proef")
	uit, err := m.Uitvoer(context.Background(), "proef", "1")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status/{id}", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /v1/zoek", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	h := m.HTTP(mux)
	for _, v := range []struct{ methode, pad string }{
		{"GET", "/v1/status/" + sentinel}, {"GET", "/v1/status/x?naam=" + geheim}, {"POST", "/v1/zoek?bsn=" + sentinel},
		{geheim, "/v1/zoek"}, {"GET", "/" + geheim + "/" + sentinel}, {"DELETE", "/v1/status/" + sentinel},
	} {
		r := httptest.NewRequest(v.methode, v.pad, strings.NewReader(`{"bsn":"`+sentinel+`"}`))
		r.Header.Set("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
		for _, k := range []string{"Tracestate", "Baggage", "User-Agent", "Referer", "X-Naam"} {
			r.Header.Set(k, "a="+geheim+sentinel)
		}
		r.Host = geheim + ".example"
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if err := errors.Join(stop(context.Background()), uit(context.Background())); err != nil {
		t.Fatal(err)
	}
	_, metingen := haal(t, m.Beheer(func() error { return nil }), "/metrics")
	for _, wil := range []string{`soh_proef_http_verzoeken_total{route="GET /v1/status/{id}",status="2xx"} 2`, `route="POST /v1/zoek",status="5xx"} 1`, `route="geen",status="4xx"}`} {
		if !strings.Contains(metingen, wil) {
			t.Errorf("metingen zonder %s:\n%s", wil, metingen)
		}
	}
	if !bytes.Contains(sporen.Bytes(), []byte("GET /v1/status/{id}")) || !bytes.Contains(sporen.Bytes(), []byte("soh-proef")) {
		t.Error("er zijn geen sporen, dus de proef zegt niets")
	}
	if !bytes.Contains(sporen.Bytes(), []byte("soh_proef_http_verzoeken")) || !bytes.Contains(sporen.Bytes(), []byte("POST /v1/zoek")) {
		t.Error("de metingen gaan niet naar de verzamelaar")
	}
	for naam, tekst := range map[string]string{"metingen": metingen, "sporen": sporen.String()} {
		for _, fout := range []string{sentinel, geheim} {
			if strings.Contains(tekst, fout) {
				t.Errorf("%s staat in de %s", fout, naam)
			}
		}
	}
}

func TestLabelsHebbenEenEinde(t *testing.T) {
	m := Nieuw("proef")
	een, twee := m.Teller("een_total", "x", "a"), m.Teller("twee_total", "x", "a", "b")
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 1000 {
				een.Plus(1, fmt.Sprint(i))
				twee.Plus(1, fmt.Sprint(i), fmt.Sprint(w))
			}
		})
	}
	wg.Wait()
	_, tekst := haal(t, m.Beheer(nil), "/metrics")
	for _, naam := range []string{"soh_proef_een_total{", "soh_proef_twee_total{"} {
		if n := strings.Count(tekst, "\n"+naam); n < 2 || n > MaxReeksen+1 {
			t.Errorf("%s heeft %d reeksen", naam, n)
		}
	}
	if !strings.Contains(tekst, `a="overig",b="overig"`) {
		t.Error("de rest is niet geteld")
	}
}

func TestTraceparentReistDoorOokZonderSporen(t *testing.T) {
	const in = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	var kop http.Header
	verder := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { kop = r.Header.Clone() }))
	defer verder.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(_ http.ResponseWriter, r *http.Request) {
		uit, err := http.NewRequestWithContext(r.Context(), "GET", verder.URL, nil)
		if err != nil {
			t.Error(err)
			return
		}
		resp, err := Verstuur(http.DefaultTransport, uit, "urn:nld:oin:00000001000000002000")
		if err != nil {
			t.Error(err)
			return
		}
		_ = resp.Body.Close()
	})
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Traceparent", in)
	r.Header.Set("Tracestate", "a="+geheim)
	(*Metingen)(nil).HTTP(mux).ServeHTTP(httptest.NewRecorder(), r)
	if kop.Get("Traceparent") != in || kop.Get("Tracestate") != "" {
		t.Errorf("verder gestuurd: %q %q", kop.Get("Traceparent"), kop.Get("Tracestate"))
	}
	haal(t, (*Metingen)(nil).HTTP(mux), "/")
	if kop.Get("Traceparent") != "" {
		t.Error("een traceparent uit het niets")
	}
}

func TestZonderVraagGaatErNietsUit(t *testing.T) {
	gebeld := make(chan struct{}, 8)
	otlp := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { gebeld <- struct{}{} }))
	defer otlp.Close()
	for _, omgeving := range [][2]string{{"OTEL_METRICS_EXPORTER", "none"}, {"OTEL_SDK_DISABLED", "true"}, {"OTEL_EXPORTER_OTLP_ENDPOINT", ""}} {
		t.Run(omgeving[0], func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.URL)
			t.Setenv(omgeving[0], omgeving[1])
			stop, err := Nieuw("proef").Uitvoer(t.Context(), "proef", "1")
			if err == nil {
				err = stop(t.Context())
			}
			if err != nil || len(gebeld) > 0 {
				t.Errorf("%v, %d keer gebeld", err, len(gebeld))
			}
		})
	}
}

func TestNietGereedZegtWaarom(t *testing.T) {
	h := Nieuw("proef").Beheer(func() error { return fmt.Errorf("log: onbereikbaar") })
	if s, b := haal(t, h, "/ready"); s != http.StatusServiceUnavailable || !strings.Contains(b, "onbereikbaar") {
		t.Error(s, b)
	}
	if s, _ := haal(t, h, "/health"); s != http.StatusOK {
		t.Error(s)
	}
	var geen *Metingen // measures nothing, and breaks nothing
	geen.Teller("x", "").Plus(1)
	geen.Verdeling("x", "", nil).Meet(1)
	geen.Stand("x", "", nil)
}

func BenchmarkHTTP(b *testing.B) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status/{id}", func(http.ResponseWriter, *http.Request) {})
	r := httptest.NewRequest("GET", "/v1/status/1", nil)
	for naam, h := range map[string]http.Handler{"zonder": mux, "met": Nieuw("proef").HTTP(mux)} {
		b.Run(naam, func(b *testing.B) {
			w := httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
}

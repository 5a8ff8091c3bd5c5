package demo

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace/noop"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/handbereik/soh/internal/meting"
)

// verzamelaar is a real receiver of OTLP traces.
type verzamelaar struct {
	slot  sync.Mutex
	ruw   bytes.Buffer
	spans []*trace.Span
	stop  func(context.Context) error
}

func luisterNaarSporen(t *testing.T) *verzamelaar {
	t.Helper()
	v := &verzamelaar{}
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		var in collector.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(b, &in) != nil {
			t.Errorf("no traces came in: %v", err)
		}
		v.slot.Lock()
		defer v.slot.Unlock()
		v.ruw.Write(b)
		for _, rs := range in.ResourceSpans {
			for _, s := range rs.ScopeSpans {
				v.spans = append(v.spans, s.Spans...)
			}
		}
	}))
	t.Cleanup(srv.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", srv.URL)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "100000")
	var err error
	if v.stop, err = meting.Sporen(context.Background(), "demo", "1"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = v.stop(context.Background())
		otel.SetTracerProvider(noop.NewTracerProvider())
	})
	return v
}

// van gives the names of the spans of one trace.
func (v *verzamelaar) van(id string) (uit []string) {
	v.slot.Lock()
	defer v.slot.Unlock()
	for _, s := range v.spans {
		if hex.EncodeToString(s.TraceId) == id {
			uit = append(uit, s.Kind.String()+" "+s.Name)
		}
	}
	return uit
}

// TestSpoorReistVanKnooppuntNaarKnooppuntEnKetenindex: one traceparent from
// outside is in the request at the police, in the Opdracht that this sends to
// Veilig Thuis and in the event at the hub, though both go by the outbox.
func TestSpoorReistVanKnooppuntNaarKnooppuntEnKetenindex(t *testing.T) {
	v := luisterNaarSporen(t)
	d := netwerk(t, t.TempDir())
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	ctx := meting.MetSpoor(t.Context(), "00-"+id+"-00f067aa0ba902b7-01")
	s := &verhaal{d: d, client: map[string]*http.Client{"politie": d.lid("politie").identiteit.Client(10 * time.Second)}}
	if err := s.meld(ctx, "politie", gezin("bakker").Melding(time.Now(), meldingDeWit())); err != nil {
		t.Fatal(err)
	}
	wil := []string{"SPAN_KIND_SERVER POST /v1/meldingen", "SPAN_KIND_SERVER POST /v1/opdrachten", "SPAN_KIND_SERVER POST /v1/events"}
	if err := totdat(t.Context(), func() error {
		got := v.van(id)
		for _, w := range wil {
			if !slices.Contains(got, w) {
				return fmtErr("the trace has %q, not %q", got, w)
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// TestNiemandIsLeesbaarInMetingenSporenEnLogs: after all stories and a visit to
// the pages, nobody's number, name or address is in what operators of hub, nodes and
// portal see.
func TestNiemandIsLeesbaarInMetingenSporenEnLogs(t *testing.T) {
	v := luisterNaarSporen(t)
	d := netwerk(t, t.TempDir())
	links(t, d, "portaal", "sanne", "/wie-keek", "/")
	links(t, d, "portaal", "kim", "/overzicht", "/")
	links(t, d, "ggz", "ggz-eva", "/postvak", "/")
	melding := links(t, d, "veilig-thuis", "vt-marieke", "/postvak", "/postvak/melding/")
	if len(melding) == 0 {
		t.Fatal("there is no melding to read")
	}
	links(t, d, "veilig-thuis", "vt-marieke", melding[0], "/")
	gezien := map[string]string{}
	delen := 0
	d.metingen.Range(func(kort, m any) bool {
		w := httptest.NewRecorder()
		m.(*meting.Metingen).Beheer(func() error { return nil }).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		gezien["metingen van "+kort.(string)] = w.Body.String()
		if strings.Contains(w.Body.String(), "http_verzoeken_total{") {
			delen++
		}
		return true
	})
	if delen < len(Deelnemers())+2 {
		t.Errorf("%d parts measure", delen)
	}
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := v.stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	gezien["sporen"] = v.ruw.String()
	for _, naam := range []string{"POST /v1/events", "POST /v1/opdrachten", "GET /overzicht", "GET /postvak"} {
		if !strings.Contains(gezien["sporen"], naam) {
			t.Errorf("no trace of %s, so this says nothing", naam)
		}
	}
	logs, err := filepath.Glob(filepath.Join(d.Dir(), "log", "*"))
	if err != nil || len(logs) < len(Deelnemers())+2 {
		t.Fatal(logs, err)
	}
	for _, pad := range logs {
		b, err := os.ReadFile(pad)
		if err != nil {
			t.Fatal(err)
		}
		gezien[filepath.Base(pad)] = string(b)
	}
	var geheim []string
	for _, g := range Gezinnen() {
		geheim = append(geheim, g.Straat, g.Postcode)
		for _, l := range g.Leden {
			geheim = append(geheim, l.BSN.Leesbaar(), l.Naam(), l.Voornamen+" ")
		}
	}
	for _, o := range Deelnemers() {
		for _, m := range o.Mensen {
			geheim = append(geheim, m.Naam) // a professional may be a melder who is shielded
		}
	}
	for waar, tekst := range gezien {
		for _, x := range geheim {
			if strings.Contains(tekst, x) {
				t.Errorf("%q stands in %s", x, waar)
			}
		}
	}
}

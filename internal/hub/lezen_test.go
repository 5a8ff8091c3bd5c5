package hub_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/proeflast"
	"github.com/handbereik/soh/internal/hub/register"
)

// leesbank is a full hub of which the handler is called without network.
type leesbank struct {
	*hub.Hub
	h        http.Handler
	tls      *tls.ConnectionState
	personen int
}

const (
	bankEvents   = 60_000
	bankPersonen = 20_000 // three events each
)

func nieuweLeesbank(b *testing.B, lezer begrip.Organisatie) *leesbank {
	b.Helper()
	dir := b.TempDir()
	if err := register.Schrijf(dir, []register.Deelnemer{{Organisatie: hubtest.OrgPolitie}, {Organisatie: hubtest.OrgVT}, {Organisatie: hubtest.OrgPortaal}}); err != nil {
		b.Fatal(err)
	}
	h, err := hub.Open(kern.Config{Dir: dir, Organisatie: hubtest.OrgHub, Log: slog.New(slog.DiscardHandler), Grenzen: kern.Grenzen{Medewerker: 1 << 30, Organisatie: 1 << 30}})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	klaar := make(chan error, 1)
	go func() { klaar <- h.Run(ctx) }()
	b.Cleanup(func() {
		stop()
		<-klaar
		_ = h.Close()
	})
	maker := proeflast.Nieuw(hubtest.OrgPolitie, bankPersonen, 0, 1)
	for range bankEvents / 500 {
		var evs []cloudevent.Event
		for range 500 {
			ruw, _, _ := maker.Append(nil)
			ev, err := cloudevent.Parse(ruw)
			if err != nil {
				b.Fatal(err)
			}
			evs = append(evs, ev)
		}
		if _, err := h.Inname.LegVast(ctx, hubtest.OrgPolitie.OIN, evs); err != nil {
			b.Fatal(err)
		}
	}
	h.WachtOp(ctx, h.Log.Laatste(), 1<<40)
	cert := &x509.Certificate{Subject: pkix.Name{SerialNumber: string(lezer.OIN)}}
	return &leesbank{Hub: h, h: h.Handler(), personen: bankPersonen,
		tls: &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}, VerifiedChains: [][]*x509.Certificate{{cert}}}}
}

// vang keeps what a handler writes, and little more.
type vang struct {
	kop    http.Header
	status int
	b      []byte
}

func (v *vang) Header() http.Header { return v.kop }

func (v *vang) WriteHeader(s int) { v.status = s }

func (v *vang) Write(b []byte) (int, error) { v.b = append(v.b, b...); return len(b), nil }

func (l *leesbank) doe(b *testing.B, v *vang, methode, pad, accept, body string) {
	clear(v.kop)
	v.b, v.status = v.b[:0], 200
	r := &http.Request{Method: methode, URL: &url.URL{Path: pad}, Header: http.Header{"Accept": {accept}}, TLS: l.tls,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: "hub", ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body))}
	l.h.ServeHTTP(v, r)
	if v.status >= 300 {
		b.Fatalf("%d %s", v.status, v.b)
	}
}

// BenchmarkVraag is step one of a query about a person, without network.
func BenchmarkVraag(b *testing.B) {
	l := nieuweLeesbank(b, hubtest.OrgVT)
	var n atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		v := &vang{kop: http.Header{}}
		for pb.Next() {
			l.doe(b, v, "POST", hubtest.Zoekpad, "*/*", `{"burgerservicenummer":"`+proeflast.BSN(int(n.Add(7919))%l.personen)+`"}`)
		}
	})
}

// BenchmarkResultaat is step two: about three events of one person, in each
// form, to a professional who was not in it and to who told them.
func BenchmarkResultaat(b *testing.B) {
	for _, lezer := range []begrip.Organisatie{hubtest.OrgVT, hubtest.OrgPolitie} {
		l := nieuweLeesbank(b, lezer)
		for naam, accept := range map[string]string{"lijst": cloudevent.TypeBatch, "graaf": cloudevent.TypeEvent, "provn": "text/provenance-notation"} {
			b.Run(string(lezer.Soort)+"/"+naam, func(b *testing.B) { l.resultaten(b, accept) })
		}
	}
}

func (l *leesbank) resultaten(b *testing.B, accept string) {
	const vragen = 4096
	paden := make([]string, vragen)
	v := &vang{kop: http.Header{}}
	for i := range paden {
		var in struct{ InteractieID string }
		l.doe(b, v, "POST", hubtest.Zoekpad, "*/*", `{"burgerservicenummer":"`+proeflast.BSN(i*5%l.personen)+`"}`)
		if err := json.Unmarshal(v.b, &in); err != nil {
			b.Fatal(err)
		}
		paden[i] = "/v1/resultaten/" + in.InteractieID
	}
	var n, bytes atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		v := &vang{kop: http.Header{}}
		for pb.Next() {
			l.doe(b, v, "GET", paden[n.Add(1)%vragen], accept, "")
			bytes.Add(int64(len(v.b)))
		}
	})
	b.ReportMetric(float64(bytes.Load())/float64(b.N), "B/answer")
}

package cloudevent

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cloudevents/sdk-go/v2/binding"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"

	"github.com/handbereik/soh/internal/begrip"
)

func verzoek(soort string, body []byte) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/v1/events", bytes.NewReader(body))
	if soort != "" {
		r.Header.Set("Content-Type", soort)
	}
	return r
}

func TestThreeFormsGiveTheSameEvent(t *testing.T) {
	e := voorbeeld()
	binair := verzoek("", nil)
	e.SetBinary(binair)
	for naam, r := range map[string]*http.Request{
		"structured":         verzoek(TypeEvent, e.Append(nil)),
		"structured, utf-8":  verzoek(TypeEvent+"; charset=UTF-8", e.Append(nil)),
		"batch":              verzoek(TypeBatch, AppendBatch(nil, []Event{e})),
		"binary":             binair,
		"structured, length": func() *http.Request { r := verzoek(TypeEvent, e.Append(nil)); r.ContentLength = -1; return r }(),
	} {
		events, batch, err := FromRequest(r)
		if err != nil || len(events) != 1 || batch != (naam == "batch") || !events[0].Equal(e) {
			t.Errorf("%s: %+v, %v, %v", naam, events, batch, err)
		}
	}
}

func TestBinarySameAsSDK(t *testing.T) {
	e := voorbeeld()
	r := verzoek("", nil)
	e.SetBinary(r)
	sdk, err := binding.ToEvent(t.Context(), cehttp.NewMessageFromHttpRequest(r))
	if err != nil {
		t.Fatal(err)
	}
	if sdk.ID() != e.ID || sdk.Source() != e.Source || !sdk.Time().Equal(e.Time) || string(sdk.Data()) != string(e.Data) {
		t.Errorf("the SDK reads %s", sdk)
	}
	uit := verzoek("", nil)
	if err := cehttp.WriteRequest(binding.WithForceBinary(t.Context()), (*binding.EventMessage)(sdk), uit); err != nil {
		t.Fatal(err)
	}
	events, _, err := FromRequest(uit)
	if err != nil || events[0].ID != e.ID || string(events[0].Data) != string(e.Data) {
		t.Errorf("we read %+v, %v", events, err)
	}
}

func TestRefusedRequests(t *testing.T) {
	goed := voorbeeld().Append(nil)
	binair := func(wijzig func(*http.Request)) *http.Request {
		r := verzoek("", nil)
		voorbeeld().SetBinary(r)
		wijzig(r)
		return r
	}
	for naam, tt := range map[string]struct {
		r    *http.Request
		code begrip.Code
	}{
		"geen type":       {verzoek("", goed), begrip.VerkeerdType},
		"gewone JSON":     {verzoek(TypeJSON, goed), begrip.VerkeerdType},
		"avro":            {verzoek("application/cloudevents+avro", goed), begrip.VerkeerdType},
		"onleesbaar type": {verzoek("a/b/c;;", goed), begrip.VerkeerdType},
		"andere tekens":   {verzoek(TypeEvent+"; charset=latin1", goed), begrip.VerkeerdType},
		"gecomprimeerd": {func() *http.Request {
			r := verzoek(TypeEvent, goed)
			r.Header.Set("Content-Encoding", "gzip")
			return r
		}(), begrip.VerkeerdType},
		"te groot": {verzoek(TypeEvent, make([]byte, MaxEvent+1)), begrip.TeGroot},
		"te groot, stroom": {func() *http.Request {
			r := verzoek(TypeEvent, make([]byte, MaxEvent+1))
			r.ContentLength = -1
			return r
		}(), begrip.TeGroot},
		"batch te groot": {verzoek(TypeBatch, make([]byte, MaxRequest+1)), begrip.TeGroot},
		"grens van buiten": {func() *http.Request {
			r := verzoek(TypeEvent, goed)
			r.Body = http.MaxBytesReader(nil, r.Body, 9)
			return r
		}(), begrip.TeGroot},
		"afgebroken":      {func() *http.Request { r := verzoek(TypeEvent, goed); r.ContentLength++; return r }(), begrip.Ongeldig},
		"zonder inhoud":   {func() *http.Request { r := verzoek(TypeEvent, nil); r.Body, r.ContentLength = nil, 0; return r }(), begrip.Ongeldig},
		"binair, geen id": {binair(func(r *http.Request) { r.Header.Del("Ce-Id") }), begrip.Ongeldig},
		"binair, versie":  {binair(func(r *http.Request) { r.Header.Set("Ce-Specversion", "2.0") }), begrip.Ongeldig},
		"binair, dubbel":  {binair(func(r *http.Request) { r.Header.Add("Ce-Id", "nog een") }), begrip.Ongeldig},
		"binair, procent": {binair(func(r *http.Request) { r.Header.Set("Ce-Subject", "%zz") }), begrip.Ongeldig},
		"binair, bsn":     {binair(func(r *http.Request) { r.Header.Set("Ce-Subject", "%31"+sentinel[1:]) }), begrip.Ongeldig},
		"binair, geen JSON": {binair(func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", int(r.ContentLength))))
		}), begrip.Ongeldig},
		"binair, tekst":      {binair(func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }), begrip.Ongeldig},
		"binair, inhoudtype": {binair(func(r *http.Request) { r.Header.Set("Ce-Datacontenttype", TypeLD) }), begrip.Ongeldig},
		"binair, te groot":   {binair(func(r *http.Request) { r.ContentLength = MaxEvent + 1 }), begrip.TeGroot},
	} {
		events, _, err := FromRequest(tt.r)
		if !begrip.Is(err, tt.code) || events != nil {
			t.Errorf("%s: %v, %v; want %s", naam, events, err, tt.code)
		}
		if err != nil && strings.Contains(err.Error(), sentinel) {
			t.Errorf("%s: the error holds the BSN", naam)
		}
	}
}

func TestBinaryDecoding(t *testing.T) {
	for in, uit := range map[string]string{`a%20b`: "a b", `"a b"`: "a b", `"a\"b"`: `a"b`, `Euro%E2%82%AC`: "Euro€", `a+b`: "a+b"} {
		if got, err := ontcijfer(in); err != nil || got != uit {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	in := bench()
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseBatch(b *testing.B) {
	e, err := Parse(bench())
	if err != nil {
		b.Fatal(err)
	}
	events := make([]Event, 100)
	for i := range events {
		events[i] = e
	}
	in := AppendBatch(nil, events)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseBatch(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	e, err := Parse(bench())
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buf = e.Append(buf[:0])
	}
}

// bench is an event of the size the hub sees most, some 1.3 KB.
func bench() []byte {
	e := voorbeeld()
	e.Extensions = nil
	e.Data = []byte(`{"@context":{"prov":"http://www.w3.org/ns/prov#","soh":"https://samen-onder-handbereik.github.io/specificaties/schema/"},"@graph":[` +
		`{"@id":"urn:soh:melding:0192f0c1-7d1e-7a55-8f5e-0b1d3a2c4e60","@type":["prov:Entity","soh:Melding"],"soh:identifier":"0192f0c1-7d1e-7a55-8f5e-0b1d3a2c4e60","soh:zaak":{"@id":"urn:soh:zaak:0192f0c1-7d1e-7a55-8f5e-0b1d3a2c4e61"},"soh:heeftBetrokkene":[{"@id":"urn:soh:betrokkene:1"},{"@id":"urn:soh:betrokkene:2"}],"prov:wasGeneratedBy":{"@id":"urn:soh:activiteit:1"}},` +
		`{"@id":"urn:soh:activiteit:1","@type":["prov:Activity","soh:RegistrerenMelding"],"soh:tijdstip":"2026-11-23T09:29:00Z","prov:wasAssociatedWith":{"@id":"urn:nld:oin:00000001823288444000"}},` +
		`{"@id":"urn:nld:oin:00000001823288444000","@type":["prov:Agent","soh:Organisatie"],"soh:naam":"Politie"},` +
		`{"@id":"urn:soh:betrokkene:1","@type":"soh:Betrokkene","soh:burgerservicenummer":"999990019"},{"@id":"urn:soh:betrokkene:2","@type":"soh:Betrokkene","soh:burgerservicenummer":"999990020"}]}`)
	return e.Append(nil)
}

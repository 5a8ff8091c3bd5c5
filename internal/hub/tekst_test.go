package hub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/prov"
)

// verraad is text that people write about people, and numbers that lead to them. Each is
// long enough that chance does not make it.
var verraad = []string{"Jan slaat Sanne", "0612345678", "jan.slaat@voorbeeld.nl", "NL91ABNA0417164300", "1234AB 12a", "Jan%20slaat%20Sanne"}

// plekkenVanTekst gives v with tekst in one place more each time: as a value, as the
// name of a property, in front of and behind what stands there, nested and in a list.
// The name of each tells where. Places where one text has always to stand (the namespaces
// of the contract) are changed as well.
func plekkenVanTekst(v any, tekst string, zie func(plek string, v any)) {
	switch t := v.(type) {
	case map[string]any:
		for naam, oud := range t {
			plekkenVanTekst(oud, tekst, func(plek string, w any) {
				t[naam] = w
				zie("/"+naam+plek, v)
				t[naam] = oud
			})
			delete(t, naam)
			t[naam+tekst] = oud
			zie("/"+naam+" (name)", v)
			delete(t, naam+tekst)
			t[naam] = oud
		}
		for _, extra := range []map[string]any{
			{tekst: "x"}, {"soh:toelichting": tekst}, {"prov:label": tekst}, {"prov:value": []any{tekst}}, {"prov:" + tekst: "x"}, {"toelichting": tekst}, {"soh:status": tekst},
			{"soh:x": map[string]any{"@value": tekst, "@language": "nl"}}, {"soh:x": map[string]any{"@value": "x", "@language": tekst}},
			{"soh:x": map[string]any{"@value": tekst, "@type": "xsd:string"}}, {"soh:x": map[string]any{"@value": "x", "@type": tekst}},
			{"soh:x": map[string]any{"@list": []any{"x", tekst}}}, {"soh:x": map[string]any{"@id": "urn:x:1", "soh:y": map[string]any{"soh:z": tekst}}},
			{"soh:x": map[string]any{"@id": tekst}}, {"prov:used": map[string]any{"@id": tekst}}, {"@index": tekst}, {"@reverse": map[string]any{"prov:used": map[string]any{"@id": "urn:x:2", "soh:y": tekst}}},
			{"@context": map[string]any{"v": prov.NSSoh}, "v:identifier": tekst}, {"@context": map[string]any{"v": prov.NSSoh}, "v:naam": tekst}, {"@context": map[string]any{"v": "soh:status"}, "v": tekst},
			{"@context": map[string]any{tekst: "http://x.example/"}},
			{"@context": map[string]any{"v": map[string]any{"@id": "soh:" + tekst}}}, {"@context": "https://x.example/" + tekst}, {"@context": map[string]any{"v": "@id"}, "v": tekst},
			{"@included": []any{map[string]any{"@id": "urn:x:3", "soh:y": tekst}}}, {"@nest": map[string]any{"soh:y": tekst}},
			{"soh:x": map[string]any{"@type": "@json", "@value": map[string]any{tekst: []any{tekst}}}},
		} {
			oud := map[string]any{}
			for naam, w := range extra {
				oud[naam], t[naam] = t[naam], w
			}
			b, _ := json.Marshal(extra)
			zie("+"+string(b), v)
			for naam := range extra {
				if delete(t, naam); oud[naam] != nil {
					t[naam] = oud[naam]
				}
			}
		}
	case []any:
		for i, oud := range t {
			plekkenVanTekst(oud, tekst, func(plek string, w any) {
				t[i] = w
				zie(fmt.Sprintf("/%d%s", i, plek), v)
				t[i] = oud
			})
		}
		zie("/+", append(t, tekst))
	case string:
		zie("", tekst)
		zie("<", tekst+t)
		zie(">", t+tekst)
		zie("[]", []any{t, tekst})
		zie("{}", map[string]any{"@value": tekst})
	}
}

// staatErin tells whether b holds the text, also as JSON or an address would write it.
func staatErin(b []byte, tekst string) bool {
	return bytes.Contains(b, []byte(tekst)) || bytes.Contains(b, []byte(strings.ReplaceAll(tekst, " ", "%20"))) || bytes.Contains(b, []byte(strings.ReplaceAll(tekst, " ", "+")))
}

// proces is an option: every deelnemer sees the process of a melding, and no content.
func proces(p *hubtest.Proefhub) {
	s := soorten.Begin()
	k, _ := s.Soort(cloudevent.MeldingGeregistreerd)
	n := begrip.NiveauProces
	k.Ketenbreed = &n
	s, err := s.MetSoort(k)
	if err != nil {
		p.T.Fatal(err)
	}
	p.Regels.Store(s)
}

// What is free text or a readable number in an event is refused, or encrypted and given
// below the level of content to nobody, in every place of a JSON document where text can
// stand: not in the log, the index, the program's own log, a measure, a refusal, a
// status or an answer.
func TestVrijeTekstIsNergensTeLezen(t *testing.T) {
	basis := t.TempDir()
	m := meting.Nieuw("soh_hub")
	p := hubtest.StartMet(t, basis, kern.Config{Dir: filepath.Join(basis, "hub"), Metingen: m}, proces)
	politie := p.Als(hubtest.OrgPolitie)
	const bsn = "999970185"
	genomen, geweigerd := 0, 0
	bied := func(plek, tekst string, ev cloudevent.Event) {
		a := politie.Push(ev)
		switch {
		case staatErin(a.Body, tekst):
			t.Errorf("%s: the answer repeats it: %s", plek, a.Body)
		case a.Status == http.StatusBadRequest || a.Status == http.StatusForbidden:
			geweigerd++
		case a.Status != http.StatusAccepted:
			t.Errorf("%s: %d %s", plek, a.Status, a.Body)
		default:
			genomen++
			_, entries, err := p.Inname.MaakEntries(t.Context(), hubtest.OrgPolitie.OIN, []cloudevent.Event{ev})
			if err != nil {
				t.Fatal(err)
			}
			if staatErin(entries[0], tekst) {
				t.Errorf("%s: readable in the log", plek)
			}
		}
	}
	for _, tekst := range verraad {
		ev := hubtest.Melding(hubtest.OrgPolitie, bsn, false)
		var data any
		if err := json.Unmarshal(ev.Data, &data); err != nil {
			t.Fatal(err)
		}
		plekkenVanTekst(data, tekst, func(plek string, v any) {
			anders := hubtest.Melding(hubtest.OrgPolitie, bsn, false)
			b, _ := json.Marshal(v)
			_, oud, _ := strings.Cut(ev.Subject, "melding:")
			_, nieuw, _ := strings.Cut(anders.Subject, "melding:")
			anders.Data = bytes.ReplaceAll(b, []byte(oud), []byte(nieuw)) // another record and deed each time
			if !bytes.HasPrefix(anders.Data, []byte("{")) {
				return
			}
			bied(plek, tekst, anders)
		})
		for plek, zet := range map[string]func(*cloudevent.Event){
			"id": func(ev *cloudevent.Event) { ev.ID = tekst }, "id>": func(ev *cloudevent.Event) { ev.ID += tekst }, "source": func(ev *cloudevent.Event) { ev.Source += tekst },
			"subject": func(ev *cloudevent.Event) { ev.Subject = tekst }, "subject>": func(ev *cloudevent.Event) { ev.Subject += tekst }, "type": func(ev *cloudevent.Event) { ev.Type += tekst },
			"dataschema": func(ev *cloudevent.Event) { ev.DataSchema = "https://x.example/" + tekst }, "dataschema.json": func(ev *cloudevent.Event) { ev.DataSchema = "https://x.example/" + tekst + ".schema.json" }, "dataschema?": func(ev *cloudevent.Event) { ev.DataSchema += "?q=" + tekst },
			"datacontenttype": func(ev *cloudevent.Event) { ev.DataContentType = `application/json; profile="` + tekst + `"` },
			"extensie":        func(ev *cloudevent.Event) { ev.Extensions = map[string]string{"extra": tekst} }, "naam van extensie": func(ev *cloudevent.Event) { ev.Extensions = map[string]string{"x" + tekst: "1"} },
			"tracestate": func(ev *cloudevent.Event) { ev.Extensions = map[string]string{"tracestate": "a=" + tekst} }, "traceparent": func(ev *cloudevent.Event) { ev.Extensions = map[string]string{"traceparent": tekst} },
			"dataref": func(ev *cloudevent.Event) {
				ev.Extensions = map[string]string{"dataref": "https://x.example/" + tekst}
			}, "partitionkey": func(ev *cloudevent.Event) { ev.Extensions = map[string]string{"partitionkey": tekst} },
		} {
			ev := hubtest.Melding(hubtest.OrgPolitie, bsn, false)
			if zet(&ev); plek == "type" && tekst == "0612345678" { // a type nobody knows: only its sender hears of it
				continue
			}
			bied(plek, tekst, ev)
		}
		ev = hubtest.Melding(hubtest.OrgPolitie, bsn, false)
		r, _ := http.NewRequest("POST", p.URL+"/v1/events?q="+strings.ReplaceAll(strings.ReplaceAll(tekst, "%", "%25"), " ", "+"), bytes.NewReader(ev.Data))
		for naam, w := range map[string]string{"Ce-Specversion": "1.0", "Ce-Id": ev.ID, "Ce-Source": ev.Source, "Ce-Type": ev.Type, "Ce-Time": ev.Time.Format(time.RFC3339), "Ce-Subject": ev.Subject, "Ce-Extra": tekst, "X-Reden": tekst, "Content-Type": cloudevent.TypeLD} {
			r.Header.Set(naam, w)
		}
		resp, err := politie.C.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("header: %d", resp.StatusCode)
		}
	}
	// What is found at least, so that what is looked for below has been given.
	if n := len(p.Als(hubtest.OrgVT).Zoek(hubtest.OpZoek, hubtest.OpPersoon(bsn))); n < 100 {
		t.Errorf("only %d of the events taken are found", n)
	}
	if genomen < 300 || geweigerd < 300 {
		t.Errorf("%d taken, %d refused: the generator walks past the places", genomen, geweigerd)
	}
	for _, getal := range []string{`612345678`, `6.12345678e8`} {
		ev := hubtest.Melding(hubtest.OrgPolitie, bsn, false)
		ev.Data = bytes.Replace(ev.Data, []byte(`"soh:identifier":`), []byte(`"soh:telefoon":`+getal+`,"soh:zwanger":true,"soh:identifier":`), 1)
		bied("getal", getal, ev)
	}
	if !p.WachtOp(t.Context(), p.Hub.Log.Laatste(), 20*time.Second) {
		t.Fatal("the projection is behind")
	}
	nergens := func(waar string, b []byte) {
		t.Helper()
		for _, tekst := range append(verraad, "612345678") {
			if i := bytes.Index(b, []byte(tekst)); i >= 0 {
				t.Errorf("%s holds %q: …%s…", waar, tekst, b[max(0, i-80):min(len(b), i+40)])
			}
		}
	}
	for _, b := range []*hubtest.Beller{p.Als(hubtest.OrgVT)} {
		for _, pad := range []string{hubtest.OpZoek, "/v1/meldingen/query", "/v1/tijdlijnen/query"} {
			for _, vraag := range []string{`{"burgerservicenummer":"` + bsn + `","limiet":1000}`, `{"organisatie":"` + string(hubtest.OrgPolitie.OIN) + `","limiet":1000}`} {
				if strings.Contains(pad, "tijdlijn") && vraag[2] == 'o' { // a timeline is of someone
					continue
				}
				a := b.Doe("POST", pad, "application/json", []byte(vraag), "")
				nergens(pad, a.Body)
				var in struct{ InteractieID string }
				if a.Status != http.StatusAccepted || json.Unmarshal(a.Body, &in) != nil {
					t.Fatalf("%s: %d %s", pad, a.Status, a.Body)
				}
				b.Klaar(in.InteractieID)
				for _, vorm := range []string{cloudevent.TypeBatch, cloudevent.TypeEvent, cloudevent.TypeLD, "text/provenance-notation", "application/json"} {
					for plek := "/v1/resultaten/" + in.InteractieID; plek != ""; {
						a := b.Doe("GET", plek, "", nil, vorm)
						nergens(pad+" "+vorm, a.Body)
						plek, _, _ = strings.Cut(strings.TrimPrefix(a.Kop.Get("Link"), "<"), ">")
					}
				}
			}
		}
	}
	nergens("the program's log", []byte(p.Logboek.String()))
	w := httptest.NewRecorder()
	m.Beheer(func() error { return nil }).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	nergens("/metrics", w.Body.Bytes())
	p.Stop()
	err := filepath.WalkDir(p.Dir, func(pad string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(pad)
		nergens(pad, b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

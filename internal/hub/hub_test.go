package hub

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/prov"
)

const overPersoon = `{"burgerservicenummer":"` + sentinel + `"}`

func TestAanvaardeGebeurtenisWordtTeruggevonden(t *testing.T) {
	p := start(t)
	politie, vt := p.als(orgPolitie), p.als(orgVT)
	ev := melding(orgPolitie, sentinel, false)
	if id, s := politie.aanvaard(ev); s.Status != statusOK || !strings.HasPrefix(id, "urn:uuid:") || id == "urn:uuid:"+ev.ID {
		t.Fatalf("status %+v of %s", s, id)
	}
	for _, vraag := range []string{
		overPersoon, `{"betrokkeneIdentifier":"` + sentinel + `"}`, `{"subject":"` + ev.Subject + `"}`,
		`{"zaak":"` + strings.Replace(ev.Subject, "melding", "zaak", 1) + `"}`, `{"organisatie":"` + string(orgPolitie.OIN) + `","type":"` + ev.Type + `"}`,
		`{"type":"uitwisselen-melding.melding-geregistreerd"}`, `{"vanaf":"` + ev.Time.Format(time.RFC3339Nano) + `"}`,
	} {
		gevonden := vt.zoek("/v1/gebeurtenissen/query", vraag)
		if len(gevonden) != 1 || gevonden[0].ID != ev.ID || gevonden[0].Source != ev.Source {
			t.Errorf("%s found %v", vraag, gevonden)
			continue
		}
		gevraagd := strings.Contains(vraag, sentinel)
		if bytes.Contains(gevonden[0].Data, []byte(sentinel)) != gevraagd || bytes.Contains(gevonden[0].Data, []byte("Sanne")) != gevraagd {
			t.Errorf("%s shows the person: %v: %s", vraag, !gevraagd, gevonden[0].Data)
		}
	}
	if g := politie.zoek("/v1/gebeurtenissen/query", `{"subject":"`+ev.Subject+`"}`); len(g) != 1 || !bytes.Equal(g[0].Data, ev.Data) {
		t.Errorf("the sender does not get its own event back: %v", g)
	}
	for _, vraag := range []string{`{"burgerservicenummer":"999970185"}`, `{"type":"` + ev.Type + `","tot":"` + ev.Time.Format(time.RFC3339Nano) + `"}`, `{"zaak":"urn:soh:zaak:anders"}`} {
		if g := vt.zoek("/v1/gebeurtenissen/query", vraag); len(g) != 0 {
			t.Errorf("%s found %v", vraag, g)
		}
	}
}

func TestHerhalingGeeftHetzelfdeAntwoordEnTeltEenKeer(t *testing.T) {
	p := start(t)
	b := p.als(orgPolitie)
	ev := melding(orgPolitie, sentinel, false)
	een, s := b.aanvaard(ev)
	twee, s2 := b.aanvaard(ev)
	if een != twee || s.Status != statusOK || len(s2.Waarschuwingen) != 0 {
		t.Fatalf("%s %v, %s %v", een, s, twee, s2)
	}
	anders := ev
	anders.Data = bytes.Replace(ev.Data, []byte("Sanne"), []byte("Bram "), 1)
	drie, _ := b.aanvaard(anders)
	nieuw := ev
	nieuw.ID = "een-ander-nummer"
	vier, s4 := b.aanvaard(nieuw)
	if drie != een || vier == een || !slices.Contains(s4.Waarschuwingen, dubbelHandeld) {
		t.Fatalf("other content: %s, resubmitted: %s %v", drie, vier, s4)
	}
	if s := b.klaar(een); !slices.Contains(s.Waarschuwingen, andereInhoud) {
		t.Fatalf("no warning about the other content: %+v", s)
	}
	if g := b.zoek("/v1/gebeurtenissen/query", overPersoon); len(g) != 1 || !bytes.Equal(g[0].Data, ev.Data) {
		t.Fatalf("found %d events, or not the first", len(g))
	}
}

func TestLijstWordtHeelOfNietAangenomen(t *testing.T) {
	p := start(t)
	b := p.als(orgPolitie)
	evs := []cloudevent.Event{melding(orgPolitie, sentinel, false), melding(orgPolitie, "999970185", false)}
	a := b.push(evs...)
	var in struct {
		Interacties []struct{ InteractieID string }
	}
	if a.status != http.StatusAccepted || json.Unmarshal(a.body, &in) != nil || len(in.Interacties) != 2 {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	for _, i := range in.Interacties {
		b.klaar(i.InteractieID)
	}
	stuk := []cloudevent.Event{melding(orgPolitie, sentinel, false), melding(orgPolitie, sentinel, false), melding(orgPolitie, sentinel, false)}
	stuk[1].Type, stuk[2].Source = "Fout Type", ""
	a = b.push(stuk...)
	if a.status != http.StatusBadRequest || !bytes.Contains(a.body, []byte("1")) || !bytes.Contains(a.body, []byte("2")) {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if g := b.zoek("/v1/gebeurtenissen/query", `{"type":"`+evs[0].Type+`","limiet":1}`); len(g) != 2 || g[0].ID != evs[0].ID || g[1].ID != evs[1].ID {
		t.Fatalf("found %d, want the two of the good list in order", len(g))
	}
}

func TestSlechteInvoerHeeftEenDuidelijkAntwoord(t *testing.T) {
	p := start(t)
	b := p.als(orgPolitie)
	goed := melding(orgPolitie, sentinel, false)
	met := func(f func(*cloudevent.Event)) []byte { e := goed; f(&e); return e.Append(nil) }
	const q = "/v1/gebeurtenissen/query"
	for _, tt := range []struct {
		naam, pad, typ string
		body           []byte
		status         int
	}{
		{"kapotte JSON", "/v1/events", cloudevent.TypeEvent, []byte(`{"id":`), 400},
		{"dubbel veld", "/v1/events", cloudevent.TypeEvent, []byte(`{"id":"a","id":"` + sentinel + `"}`), 400},
		{"alles mist", "/v1/events", cloudevent.TypeEvent, []byte(`{}`), 400},
		{"BSN in subject", "/v1/events", cloudevent.TypeEvent, met(func(e *cloudevent.Event) { e.Subject = sentinel }), 400},
		{"antwoordtype", "/v1/events", cloudevent.TypeEvent, met(func(e *cloudevent.Event) { e.Type = cloudevent.GebeurtenissenQueryResultaat }), 400},
		{"source van een ander", "/v1/events", cloudevent.TypeEvent, met(func(e *cloudevent.Event) { e.Source = orgVT.OIN.Systeem("x") }), 403},
		{"te groot", "/v1/events", cloudevent.TypeEvent, met(func(e *cloudevent.Event) {
			e.Data = []byte(`{"x":"` + strings.Repeat("a", cloudevent.MaxEvent) + `"}`)
		}), 413},
		{"veel te groot", "/v1/events", cloudevent.TypeBatch, bytes.Repeat([]byte(" "), cloudevent.MaxRequest+1), 413},
		{"verkeerd mediatype", "/v1/events", "text/plain", []byte("hoi"), 415},
		{"lege lijst", "/v1/events", cloudevent.TypeBatch, []byte(`[]`), 202},
		{"verkeerd BSN", q, "application/json", []byte(`{"burgerservicenummer":"999999991"}`), 400},
		{"leeg BSN", q, "application/json", []byte(`{"burgerservicenummer":"","zaak":"z"}`), 400},
		{"leeg filter", q, "application/json", []byte(`{"type":"nl.jzv.uitwisselen-melding.melding-ingezien","zaak":""}`), 400},
		{"verkeerd BSN uitkomsten", "/v1/uitkomsten-overleg/query", "application/json", []byte(`{"burgerservicenummer":"123"}`), 400},
		{"leeg BSN uitkomsten", "/v1/uitkomsten-overleg/query", "application/json", []byte(`{"betrokkeneIdentifier":""}`), 400},
		{"null als BSN uitkomsten", "/v1/uitkomsten-overleg/query", "application/json", []byte(`{"burgerservicenummer":null}`), 400},
		{"getal als BSN uitkomsten", "/v1/uitkomsten-overleg/query", "application/json", []byte(`{"burgerservicenummer":999970185}`), 400},
		{"onbekend filter", q, "application/json", []byte(`{"bsn":"` + sentinel + `"}`), 400},
		{"geen filter", q, "application/json", []byte(`{}`), 400},
		{"twee personen", q, "application/json", []byte(`{"burgerservicenummer":"` + sentinel + `","betrokkeneIdentifier":"999970185"}`), 400},
		{"tijd omgekeerd", q, "application/json", []byte(`{"vanaf":"2026-02-01T00:00:00Z","tot":"2026-01-01T00:00:00Z"}`), 400},
		{"onbekend type", q, "application/json", []byte(`{"type":"nl.jzv.bestaat.niet"}`), 400},
		{"limiet", q, "application/json", []byte(`{"zaak":"z","limiet":0}`), 400},
		{"onbekend filter uitkomsten", "/v1/uitkomsten-overleg/query", "application/json", []byte(`{"zaak":"z"}`), 400},
	} {
		t.Run(tt.naam, func(t *testing.T) {
			if a := b.doe("POST", tt.pad, tt.typ, tt.body, ""); a.status != tt.status {
				t.Errorf("got %d, want %d: %s", a.status, tt.status, a.body)
			}
		})
	}
	for pad, status := range map[string]int{
		"/v1/status/urn:uuid:987e6543-e21b-45d6-b789-426614174111": 404, "/v1/status/" + sentinel: 404,
		"/v1/resultaten/987e6543-e21b-45d6-b789-426614174111": 404, "/v1/events/987e6543-e21b-45d6-b789-426614174111/bewijs": 404,
		"/v1/bestaat-niet": 404, "/v1/events": 405, "/tlog/tile/0/999": 404,
	} {
		if a := b.doe("GET", pad, "", nil, ""); a.status != status || !strings.HasPrefix(a.kop.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: got %d %s, want %d", pad, a.status, a.body, status)
		}
	}
}

func TestFunctioneleFoutStaatBijDeStatusEnIsNietVindbaar(t *testing.T) {
	p := start(t)
	b := p.als(orgPolitie)
	onbekend := melding(orgPolitie, sentinel, false)
	onbekend.Type = "nl.jzv.bestaat-niet.iets-gebeurd"
	leeg := melding(orgPolitie, sentinel, false)
	leeg.Data = []byte(`{"@context":{"prov":"` + prov.NSProv + `","soh":"` + prov.NSSoh + `"},"@graph":[{"@id":"urn:x:1","@type":"soh:Melding","soh:x":"` + sentinel + `"}]}`)
	for _, ev := range []cloudevent.Event{onbekend, leeg} {
		id, s := b.aanvaard(ev)
		if s.Status != statusFout || s.Resultaat == nil || s.Resultaat.TypeFout != "FUNCTIONEEL" || s.Resultaat.Info == nil || len(s.Resultaat.Info.Validatiefouten) == 0 {
			t.Errorf("got %+v", s)
		}
		if a := b.doe("GET", "/v1/resultaten/"+id, "", nil, ""); a.status != http.StatusConflict {
			t.Errorf("a failed interaction has a result: %d", a.status)
		}
	}
	if g := b.zoek("/v1/gebeurtenissen/query", overPersoon); len(g) != 0 {
		t.Errorf("found %v", g)
	}
}

func TestAlleenDeelnemersKomenBinnen(t *testing.T) {
	p := start(t)
	ev := melding(orgVreemd, sentinel, false)
	if a := p.als(orgVreemd).push(ev); a.status != http.StatusForbidden {
		t.Fatalf("a stranger got %d", a.status)
	}
	politie := p.als(orgPolitie)
	id, _ := politie.aanvaard(melding(orgPolitie, sentinel, false))
	if a := p.als(orgVT).doe("GET", "/v1/status/"+id, "", nil, ""); a.status != http.StatusNotFound {
		t.Fatalf("another organisation sees the status: %d", a.status)
	}
	a := politie.doe("GET", "/v1/deelnemers", "", nil, "")
	if a.status != http.StatusOK || !bytes.Contains(a.body, []byte(`"api":"https://`)) {
		t.Fatalf("deelnemers: %d %s", a.status, a.body)
	}
	if err := register.Schrijf(p.dir, []register.Deelnemer{{Organisatie: orgVT}, {Organisatie: orgPolitie, Ingetrokken: true}}); err != nil {
		t.Fatal(err)
	}
	for eind := time.Now().Add(30 * time.Second); p.Deelnemers() != 1; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(eind) {
			t.Fatal("the change of the list was never taken over")
		}
	}
	if a := politie.push(melding(orgPolitie, sentinel, false)); a.status != http.StatusForbidden || !bytes.Contains(a.body, []byte("ingetrokken")) {
		t.Fatalf("a withdrawn deelnemer got %d %s", a.status, a.body)
	}
	zonder := &http.Client{Transport: &http.Transport{TLSClientConfig: p.identiteit(orgPolitie).ServerTLS()}}
	if _, err := zonder.Get(p.url + "/health"); err == nil {
		t.Fatal("an unverified server certificate was accepted")
	}
}

func TestSentinelStaatInGeenBestandEnGeenLog(t *testing.T) {
	p := start(t)
	b := p.als(orgPolitie)
	for range 20 {
		b.aanvaard(melding(orgPolitie, sentinel, true))
	}
	b.zoek("/v1/gebeurtenissen/query", overPersoon)
	b.doe("GET", "/v1/status/"+sentinel, "", nil, "")
	b.doe("GET", "/v1/resultaten/x?cursor="+sentinel+"x&bsn="+sentinel, "", nil, "")
	b.doe("POST", "/v1/gebeurtenissen/query", "application/json", []byte(`{"`+sentinel+`":1}`), "")
	p.stop()
	if strings.Contains(p.log.String(), sentinel) {
		t.Error("the BSN is in the log of the program")
	}
	err := filepath.WalkDir(p.dir, func(pad string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		inhoud, err := os.ReadFile(pad)
		if bytes.Contains(inhoud, []byte(sentinel)) || bytes.Contains(inhoud, []byte("Sanne")) || strings.Contains(pad, sentinel) {
			t.Errorf("the person is readable in %s", pad)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestVolleSchijfIsEenDuidelijkAntwoordEnRood(t *testing.T) {
	p := startIn(t, t.TempDir(), 64<<10)
	b := p.als(orgPolitie)
	var ids []string
	for range 2000 {
		a := b.push(melding(orgPolitie, sentinel, false))
		if a.status == http.StatusServiceUnavailable {
			break
		}
		var in struct{ InteractieID string }
		if a.status != http.StatusAccepted || json.Unmarshal(a.body, &in) != nil {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		ids = append(ids, in.InteractieID)
	}
	if a := b.doe("GET", "/ready", "", nil, ""); a.status != http.StatusServiceUnavailable {
		t.Errorf("ready with a full disk: %d %s", a.status, a.body)
	}
	if a := b.doe("GET", "/health", "", nil, ""); a.status != http.StatusOK {
		t.Errorf("health: %d", a.status)
	}
	for _, id := range ids {
		if s := b.klaar(id); s.Status != statusOK {
			t.Errorf("%s is %s", id, s.Status)
		}
	}
	if begrip.NietBeschikbaar.Status() != http.StatusServiceUnavailable || len(ids) == 0 {
		t.Error("nothing fitted")
	}
}

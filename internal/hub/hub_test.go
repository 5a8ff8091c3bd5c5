package hub_test

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
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/prov"
)

func TestAanvaardeGebeurtenisWordtTeruggevonden(t *testing.T) {
	p := hubtest.Start(t)
	politie, vt := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	if id, s := politie.Aanvaard(ev); s.Status != antwoord.StatusOK || !strings.HasPrefix(id, "urn:uuid:") || id == "urn:uuid:"+ev.ID {
		t.Fatalf("status %+v of %s", s, id)
	}
	for _, vraag := range []string{
		hubtest.OverPersoon, `{"betrokkeneIdentifier":"` + hubtest.Sentinel + `"}`, `{"subject":"` + ev.Subject + `"}`,
		`{"zaak":"` + strings.Replace(ev.Subject, "melding", "zaak", 1) + `"}`, `{"organisatie":"` + string(hubtest.OrgPolitie.OIN) + `","type":"` + ev.Type + `"}`,
		`{"type":"uitwisselen-melding.melding-geregistreerd"}`, `{"vanaf":"` + ev.Time.Format(time.RFC3339Nano) + `"}`,
	} {
		gevonden := vt.Zoek("/v1/gebeurtenissen/query", vraag)
		if len(gevonden) != 1 || gevonden[0].ID != ev.ID || gevonden[0].Source != ev.Source {
			t.Errorf("%s found %v", vraag, gevonden)
			continue
		}
		gevraagd := strings.Contains(vraag, hubtest.Sentinel)
		if bytes.Contains(gevonden[0].Data, []byte(hubtest.Sentinel)) != gevraagd || bytes.Contains(gevonden[0].Data, []byte("Sanne")) != gevraagd {
			t.Errorf("%s shows the person: %v: %s", vraag, !gevraagd, gevonden[0].Data)
		}
	}
	if g := politie.Zoek("/v1/gebeurtenissen/query", `{"subject":"`+ev.Subject+`"}`); len(g) != 1 || !bytes.Equal(g[0].Data, ev.Data) {
		t.Errorf("the sender does not get its own event back: %v", g)
	}
	for _, vraag := range []string{`{"burgerservicenummer":"999970185"}`, `{"type":"` + ev.Type + `","tot":"` + ev.Time.Format(time.RFC3339Nano) + `"}`, `{"zaak":"urn:soh:zaak:anders"}`} {
		if g := vt.Zoek("/v1/gebeurtenissen/query", vraag); len(g) != 0 {
			t.Errorf("%s found %v", vraag, g)
		}
	}
}

func TestHerhalingGeeftHetzelfdeAntwoordEnTeltEenKeer(t *testing.T) {
	p := hubtest.Start(t)
	b := p.Als(hubtest.OrgPolitie)
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	een, s := b.Aanvaard(ev)
	twee, s2 := b.Aanvaard(ev)
	if een != twee || s.Status != antwoord.StatusOK || len(s2.Waarschuwingen) != 0 {
		t.Fatalf("%s %v, %s %v", een, s, twee, s2)
	}
	anders := ev
	anders.Data = bytes.Replace(ev.Data, []byte("Sanne"), []byte("Bram "), 1)
	drie, _ := b.Aanvaard(anders)
	nieuw := ev
	nieuw.ID = "een-ander-nummer"
	vier, s4 := b.Aanvaard(nieuw)
	if drie != een || vier == een || !slices.Contains(s4.Waarschuwingen, kern.DubbelHandeld) {
		t.Fatalf("other content: %s, resubmitted: %s %v", drie, vier, s4)
	}
	if s := b.Klaar(een); !slices.Contains(s.Waarschuwingen, kern.AndereInhoud) {
		t.Fatalf("no warning about the other content: %+v", s)
	}
	if g := b.Zoek("/v1/gebeurtenissen/query", hubtest.OverPersoon); len(g) != 1 || !bytes.Equal(g[0].Data, ev.Data) {
		t.Fatalf("found %d events, or not the first", len(g))
	}
}

func TestLijstWordtHeelOfNietAangenomen(t *testing.T) {
	p := hubtest.Start(t)
	b := p.Als(hubtest.OrgPolitie)
	evs := []cloudevent.Event{hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false), hubtest.Melding(hubtest.OrgPolitie, "999970185", false)}
	a := b.Push(evs...)
	var in struct {
		Interacties []struct{ InteractieID string }
	}
	if a.Status != http.StatusAccepted || json.Unmarshal(a.Body, &in) != nil || len(in.Interacties) != 2 {
		t.Fatalf("got %d %s", a.Status, a.Body)
	}
	for _, i := range in.Interacties {
		b.Klaar(i.InteractieID)
	}
	stuk := []cloudevent.Event{hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false), hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false), hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)}
	stuk[1].Type, stuk[2].Source = "Fout Type", ""
	a = b.Push(stuk...)
	if a.Status != http.StatusBadRequest || !bytes.Contains(a.Body, []byte("1")) || !bytes.Contains(a.Body, []byte("2")) {
		t.Fatalf("got %d %s", a.Status, a.Body)
	}
	if g := b.Zoek("/v1/gebeurtenissen/query", `{"type":"`+evs[0].Type+`","limiet":1}`); len(g) != 2 || g[0].ID != evs[0].ID || g[1].ID != evs[1].ID {
		t.Fatalf("found %d, want the two of the good list in order", len(g))
	}
}

func TestSlechteInvoerHeeftEenDuidelijkAntwoord(t *testing.T) {
	p := hubtest.Start(t)
	b := p.Als(hubtest.OrgPolitie)
	goed := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	met := func(f func(*cloudevent.Event)) []byte { e := goed; f(&e); return e.Append(nil) }
	const q = "/v1/gebeurtenissen/query"
	for _, tt := range []struct {
		naam, pad, typ string
		body           []byte
		status         int
	}{
		{"kapotte JSON", "/v1/events", cloudevent.TypeEvent, []byte(`{"id":`), 400},
		{"dubbel veld", "/v1/events", cloudevent.TypeEvent, []byte(`{"id":"a","id":"` + hubtest.Sentinel + `"}`), 400},
		{"alles mist", "/v1/events", cloudevent.TypeEvent, []byte(`{}`), 400},
		{"BSN in subject", "/v1/events", cloudevent.TypeEvent, met(func(e *cloudevent.Event) { e.Subject = hubtest.Sentinel }), 400},
		{"antwoordtype", "/v1/events", cloudevent.TypeEvent, met(func(e *cloudevent.Event) { e.Type = cloudevent.GebeurtenissenQueryResultaat }), 400},
		{"source van een ander", "/v1/events", cloudevent.TypeEvent, met(func(e *cloudevent.Event) { e.Source = hubtest.OrgVT.OIN.Systeem("x") }), 403},
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
		{"onbekend filter", q, "application/json", []byte(`{"bsn":"` + hubtest.Sentinel + `"}`), 400},
		{"geen filter", q, "application/json", []byte(`{}`), 400},
		{"twee personen", q, "application/json", []byte(`{"burgerservicenummer":"` + hubtest.Sentinel + `","betrokkeneIdentifier":"999970185"}`), 400},
		{"tijd omgekeerd", q, "application/json", []byte(`{"vanaf":"2026-02-01T00:00:00Z","tot":"2026-01-01T00:00:00Z"}`), 400},
		{"onbekend type", q, "application/json", []byte(`{"type":"nl.jzv.bestaat.niet"}`), 400},
		{"limiet", q, "application/json", []byte(`{"zaak":"z","limiet":0}`), 400},
		{"onbekend filter uitkomsten", "/v1/uitkomsten-overleg/query", "application/json", []byte(`{"zaak":"z"}`), 400},
	} {
		t.Run(tt.naam, func(t *testing.T) {
			if a := b.Doe("POST", tt.pad, tt.typ, tt.body, ""); a.Status != tt.status {
				t.Errorf("got %d, want %d: %s", a.Status, tt.status, a.Body)
			}
		})
	}
	for pad, status := range map[string]int{
		"/v1/status/urn:uuid:987e6543-e21b-45d6-b789-426614174111": 404, "/v1/status/" + hubtest.Sentinel: 404,
		"/v1/resultaten/987e6543-e21b-45d6-b789-426614174111": 404, "/v1/events/987e6543-e21b-45d6-b789-426614174111/bewijs": 404,
		"/v1/bestaat-niet": 404, "/v1/events": 405, "/tlog/tile/0/999": 404,
	} {
		if a := b.Doe("GET", pad, "", nil, ""); a.Status != status || !strings.HasPrefix(a.Kop.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: got %d %s, want %d", pad, a.Status, a.Body, status)
		}
	}
}

func TestFunctioneleFoutStaatBijDeStatusEnIsNietVindbaar(t *testing.T) {
	p := hubtest.Start(t)
	b := p.Als(hubtest.OrgPolitie)
	onbekend := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	onbekend.Type = "nl.jzv.bestaat-niet.iets-gebeurd"
	leeg := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	leeg.Data = []byte(`{"@context":{"prov":"` + prov.NSProv + `","soh":"` + prov.NSSoh + `"},"@graph":[{"@id":"urn:x:1","@type":"soh:Melding","soh:x":"` + hubtest.Sentinel + `"}]}`)
	for _, ev := range []cloudevent.Event{onbekend, leeg} {
		id, s := b.Aanvaard(ev)
		if s.Status != antwoord.StatusFout || s.Resultaat == nil || s.Resultaat.TypeFout != "FUNCTIONEEL" || s.Resultaat.Info == nil || len(s.Resultaat.Info.Validatiefouten) == 0 {
			t.Errorf("got %+v", s)
		}
		if a := b.Doe("GET", "/v1/resultaten/"+id, "", nil, ""); a.Status != http.StatusConflict {
			t.Errorf("a failed interaction has a result: %d", a.Status)
		}
	}
	if g := b.Zoek("/v1/gebeurtenissen/query", hubtest.OverPersoon); len(g) != 0 {
		t.Errorf("found %v", g)
	}
}

func TestAlleenDeelnemersKomenBinnen(t *testing.T) {
	p := hubtest.Start(t)
	ev := hubtest.Melding(hubtest.OrgVreemd, hubtest.Sentinel, false)
	if a := p.Als(hubtest.OrgVreemd).Push(ev); a.Status != http.StatusForbidden {
		t.Fatalf("a stranger got %d", a.Status)
	}
	politie := p.Als(hubtest.OrgPolitie)
	id, _ := politie.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	if a := p.Als(hubtest.OrgVT).Doe("GET", "/v1/status/"+id, "", nil, ""); a.Status != http.StatusNotFound {
		t.Fatalf("another organisation sees the status: %d", a.Status)
	}
	a := politie.Doe("GET", "/v1/deelnemers", "", nil, "")
	if a.Status != http.StatusOK || !bytes.Contains(a.Body, []byte(`"api":"https://`)) {
		t.Fatalf("deelnemers: %d %s", a.Status, a.Body)
	}
	if err := register.Schrijf(p.Dir, []register.Deelnemer{{Organisatie: hubtest.OrgVT}, {Organisatie: hubtest.OrgPolitie, Ingetrokken: true}}); err != nil {
		t.Fatal(err)
	}
	for eind := time.Now().Add(30 * time.Second); p.Deelnemers() != 1; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(eind) {
			t.Fatal("the change of the list was never taken over")
		}
	}
	if a := politie.Push(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)); a.Status != http.StatusForbidden || !bytes.Contains(a.Body, []byte("ingetrokken")) {
		t.Fatalf("a withdrawn deelnemer got %d %s", a.Status, a.Body)
	}
	zonder := &http.Client{Transport: &http.Transport{TLSClientConfig: p.Identiteit(hubtest.OrgPolitie).ServerTLS()}}
	if _, err := zonder.Get(p.URL + "/health"); err == nil {
		t.Fatal("an unverified server certificate was accepted")
	}
}

func TestSentinelStaatInGeenBestandEnGeenLog(t *testing.T) {
	p := hubtest.Start(t)
	b := p.Als(hubtest.OrgPolitie)
	for range 20 {
		b.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, true))
	}
	b.Zoek("/v1/gebeurtenissen/query", hubtest.OverPersoon)
	b.Doe("GET", "/v1/status/"+hubtest.Sentinel, "", nil, "")
	b.Doe("GET", "/v1/resultaten/x?cursor="+hubtest.Sentinel+"x&bsn="+hubtest.Sentinel, "", nil, "")
	b.Doe("POST", "/v1/gebeurtenissen/query", "application/json", []byte(`{"`+hubtest.Sentinel+`":1}`), "")
	p.Stop()
	if strings.Contains(p.Logboek.String(), hubtest.Sentinel) {
		t.Error("the BSN is in the log of the program")
	}
	err := filepath.WalkDir(p.Dir, func(pad string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		inhoud, err := os.ReadFile(pad)
		if bytes.Contains(inhoud, []byte(hubtest.Sentinel)) || bytes.Contains(inhoud, []byte("Sanne")) || strings.Contains(pad, hubtest.Sentinel) {
			t.Errorf("the person is readable in %s", pad)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestVolleSchijfIsEenDuidelijkAntwoordEnRood(t *testing.T) {
	p := hubtest.StartIn(t, t.TempDir(), 64<<10)
	b := p.Als(hubtest.OrgPolitie)
	var ids []string
	for range 2000 {
		a := b.Push(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
		if a.Status == http.StatusServiceUnavailable {
			break
		}
		var in struct{ InteractieID string }
		if a.Status != http.StatusAccepted || json.Unmarshal(a.Body, &in) != nil {
			t.Fatalf("got %d %s", a.Status, a.Body)
		}
		ids = append(ids, in.InteractieID)
	}
	if a := b.Doe("GET", "/ready", "", nil, ""); a.Status != http.StatusServiceUnavailable {
		t.Errorf("ready with a full disk: %d %s", a.Status, a.Body)
	}
	if a := b.Doe("GET", "/health", "", nil, ""); a.Status != http.StatusOK {
		t.Errorf("health: %d", a.Status)
	}
	for _, id := range ids {
		if s := b.Klaar(id); s.Status != antwoord.StatusOK {
			t.Errorf("%s is %s", id, s.Status)
		}
	}
	if begrip.NietBeschikbaar.Status() != http.StatusServiceUnavailable || len(ids) == 0 {
		t.Error("nothing fitted")
	}
}

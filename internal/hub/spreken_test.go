package hub

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
)

var (
	orgAnderVT = begrip.Organisatie{OIN: "00000001000000005000", Naam: "Veilig Thuis Elders", Soort: begrip.VeiligThuis}
	orgSchool  = begrip.Organisatie{OIN: "00000001000000006000", Naam: "School", Soort: begrip.School}
)

// overRecord makes an event of typ about someone's record, fit for every schema.
func overRecord(o begrip.Organisatie, typ, record string, handelt begrip.Organisatie) cloudevent.Event {
	var g prov.Graph
	act := "urn:soh:activiteit:" + uuid.NewString()
	g.Node(record, prov.Entity, "soh:Melding", "soh:Verrijkingsverzoek", "soh:Verrijking", "soh:UitkomstOverleg", "soh:Wegwijzer", "soh:Verwerkingenlog").Set("soh:identifier", record)
	g.Node(act, prov.Activity, "soh:RegistrerenMelding", "soh:InzienMelding", "soh:VragenBekendheid", "soh:VerstrekkenBekendheid", "soh:WeigerenBekendheid",
		"soh:BeschikbaarStellenVerrijking").Set("soh:tijdstip", "2026-11-23T09:00:00Z").Ref("prov:used", record).Ref("prov:wasAssociatedWith", handelt.OIN.URN())
	g.Node(handelt.OIN.URN(), prov.Agent, "soh:Organisatie")
	return gebeurtenis(o, typ, record, g)
}

// telt pushes an event and tells whether it came to count.
func (b *beller) telt(ev cloudevent.Event) bool {
	b.p.t.Helper()
	a := b.push(ev)
	if a.status == http.StatusForbidden {
		return false
	}
	var in struct{ InteractieID string }
	if a.status != http.StatusAccepted || json.Unmarshal(a.body, &in) != nil {
		b.p.t.Fatalf("%s: %d %s", ev.Type, a.status, a.body)
	}
	return b.klaar(in.InteractieID).Status == statusOK
}

func (p *proefhub) erbij(os ...begrip.Organisatie) {
	p.t.Helper()
	for _, o := range os {
		p.als(orgHub).stuur("POST", "/v1/deelnemers", register.Deelnemer{Organisatie: o, API: "https://" + string(o.OIN) + ".example"}, 201)
	}
}

// Every registered type of the field, by every kind of sender, about a record of the
// police that was offered to one Veilig Thuis.
func TestAlleenDeHouderOfEenPartijSpreekt(t *testing.T) {
	p := start(t)
	p.erbij(orgAnderVT, orgSchool)
	for _, typ := range cloudevent.Typen() {
		if f := cloudevent.Functie(typ); f == "ketenindex" || f == "uitwisselen-beschikbare-diensten" || cloudevent.IsResultaat(typ) || typ == cloudevent.LogVerankerd {
			continue
		}
		record := "urn:soh:melding:" + uuid.NewString()
		ev := overRecord(orgPolitie, cloudevent.MeldingGeregistreerd, record, orgPolitie)
		g, _, _ := prov.Lees(ev.Data)
		g.Vind(record).Ref(soorten.AangebodenAan, orgVT.OIN.URN())
		ev.Data = g.JSONLD()
		if !p.als(orgPolitie).telt(ev) {
			t.Fatal("the record was not registered")
		}
		partij := soorten.Begin().Over([]byte(typ)) == soorten.Partij
		for _, o := range []begrip.Organisatie{orgPolitie, orgVT, orgAnderVT, orgSchool, orgPortaal} {
			mag := o.OIN == orgPolitie.OIN || partij && o.OIN == orgVT.OIN
			if got := p.als(o).telt(overRecord(o, typ, record, o)); got != mag {
				t.Errorf("%s by %s: counts %v", typ, o.Naam, got)
			}
		}
		// The record may hide behind another subject.
		los := overRecord(orgSchool, typ, record, orgSchool)
		los.Subject = "urn:soh:melding:" + uuid.NewString()
		if p.als(orgSchool).telt(los) {
			t.Errorf("%s: about another's record under another subject", typ)
		}
	}
}

func TestWieHandeltIsDeZender(t *testing.T) {
	p := start(t)
	politie := p.als(orgPolitie)
	record := "urn:soh:melding:" + uuid.NewString()
	if politie.telt(overRecord(orgPolitie, cloudevent.MeldingGeregistreerd, record, orgVT)) {
		t.Error("the police tell what Veilig Thuis did")
	}
	if !politie.telt(overRecord(orgPolitie, cloudevent.MeldingGeregistreerd, record, orgPolitie)) {
		t.Error("the police may not tell what they did")
	}
	if !politie.telt(overRecord(orgPolitie, cloudevent.MeldingIngezien, record, orgVT)) {
		t.Error("a source may not tell who looked")
	}
	log := "urn:soh:verwerkingenlog:"
	if politie.telt(overRecord(orgPolitie, cloudevent.LogVerankerd, log+string(orgVT.OIN), orgPolitie)) {
		t.Error("an anchor of another's log")
	}
	if !politie.telt(overRecord(orgPolitie, cloudevent.LogVerankerd, log+string(orgPolitie.OIN), orgPolitie)) {
		t.Error("no anchor of the own log")
	}
}

func TestSourceIsDieVanDeZenderInEenVorm(t *testing.T) {
	p := start(t)
	politie := p.als(orgPolitie)
	eigen := string(orgPolitie.OIN)
	for _, bron := range []string{
		"urn:nld:oin:" + string(orgVT.OIN), "urn:nld:oin:" + string(orgVT.OIN) + ":systeem:x", "URN:NLD:OIN:" + eigen, "urn:NLD:oin:" + eigen, "urn:nld:oin:" + eigen + ":",
		"urn:nld:oin:" + eigen + ":systeem:", "urn:nld:oin:" + eigen + ":systeem:a%20b", "urn:nld:oin%3A" + eigen, "urn:nld:oin:" + eigen + "/x", "urn:nld:oin:" + eigen + "?x",
		"https://" + eigen + ".example", "urn:organisatie:voorbeeld", "urn:nld:kvknr:09220932", "urn:nld:kvknr:09220932:systeem:x", "urn:uuid:" + uuid.NewString(), "urn:oin:" + eigen, "/oin/" + string(orgVT.OIN) + "/systeem/x",
		"urn:nld:oin:" + eigen + ":systeem:x:systeem:y",
	} {
		ev := melding(orgPolitie, sentinel, false)
		ev.Source = bron
		if a := politie.push(ev); a.status != 403 && a.status != 400 {
			t.Errorf("%s: %d %s", bron, a.status, a.body)
		}
	}
	ev := melding(orgPolitie, sentinel, false)
	ev.Source = "/oin/" + eigen + "/systeem/oud"
	if !politie.telt(ev) {
		t.Error("the older spelling of one's own source is refused")
	}
	// A number of the register is its owner's, and nobody else's.
	met := register.Deelnemer{Organisatie: orgSchool, Nummers: "urn:nld:kvknr:09220932 urn:organisatie:voorbeeld"}
	p.als(orgHub).stuur("POST", "/v1/deelnemers", met, 201)
	ander := register.Deelnemer{Organisatie: orgAnderVT, Nummers: "urn:nld:kvknr:09220932"}
	p.als(orgHub).stuur("POST", "/v1/deelnemers", ander, 400)
	for _, bron := range []string{"urn:nld:kvknr:09220932:systeem:x", "urn:organisatie:voorbeeld"} {
		ev := melding(orgSchool, sentinel, false)
		ev.Source = bron
		if !p.als(orgSchool).telt(ev) {
			t.Errorf("%s is the school's own", bron)
		}
		ev = melding(orgPolitie, sentinel, false)
		ev.Source = bron
		if politie.push(ev).status != 403 {
			t.Errorf("%s is taken from another", bron)
		}
	}
}

func TestOpvolgerSpreektVerder(t *testing.T) {
	p := start(t)
	p.erbij(orgAnderVT)
	record := "urn:soh:melding:" + uuid.NewString()
	if !p.als(orgVT).telt(overRecord(orgVT, cloudevent.MeldingGeregistreerd, record, orgVT)) {
		t.Fatal("not registered")
	}
	beheer := p.als(orgHub)
	met := register.Deelnemer{Organisatie: orgVT, Opvolger: orgAnderVT.OIN}
	beheer.stuur("PUT", "/v1/deelnemers/"+string(orgVT.OIN), met, 200)
	if p.als(orgAnderVT).telt(overRecord(orgAnderVT, cloudevent.VerrijkingBeschikbaar, record, orgAnderVT)) {
		t.Error("a successor speaks while the other still takes part")
	}
	beheer.stuur("DELETE", "/v1/deelnemers/"+string(orgVT.OIN), nil, 204)
	if !p.als(orgAnderVT).telt(overRecord(orgAnderVT, cloudevent.VerrijkingBeschikbaar, record, orgAnderVT)) {
		t.Error("the successor may not speak")
	}
}

func TestMomentenLiggenBinnenDeGrenzen(t *testing.T) {
	p := start(t)
	politie := p.als(orgPolitie)
	for _, op := range []time.Time{time.Now().Add(time.Hour), time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)} {
		ev := melding(orgPolitie, sentinel, false)
		ev.Time = op
		if a := politie.push(ev); a.status != 400 {
			t.Errorf("time %s: %d", op, a.status)
		}
		ev = melding(orgPolitie, sentinel, false)
		ev.Data = []byte(strings.ReplaceAll(string(ev.Data), "2026-11-23T09:00:00Z", op.UTC().Format(time.RFC3339)))
		if politie.telt(ev) {
			t.Errorf("an Activity of %s counts", op)
		}
	}
}

func TestNaamKomtUitHetRegister(t *testing.T) {
	p := start(t)
	ev := melding(orgPolitie, sentinel, false)
	ev.Data = []byte(strings.ReplaceAll(string(ev.Data), `"Politie"`, `"Bel 06 12345678"`))
	p.als(orgPolitie).aanvaard(ev)
	beheer := p.als(orgHub)
	anders := orgPolitie
	anders.Naam = "Nationale Politie"
	beheer.stuur("PUT", "/v1/deelnemers/"+string(orgPolitie.OIN), register.Deelnemer{Organisatie: anders}, 200)
	beheer.stuur("DELETE", "/v1/deelnemers/"+string(orgPolitie.OIN), nil, 204)
	vt := p.als(orgVT)
	a := vt.doe("GET", "/v1/resultaten/"+vt.vraag("/v1/tijdlijnen/query", opPersoon(sentinel)), "", nil, "")
	if s := string(a.body); strings.Contains(s, "06 12345678") || !strings.Contains(s, `"naam":"Politie"`) {
		t.Errorf("the timeline names %s", s)
	}
}

// The inputs that were accepted and still wrong.
func TestGevallen(t *testing.T) {
	p := start(t)
	politie := p.als(orgPolitie)
	for naam, w := range map[string]string{
		"event-bsn-elfproef-fout":    letOpNummer,
		"event-data-als-tekst-gosdk": "data stond er als tekst en is gelezen als JSON; stuur een JSON-object.",
		"event-leeg-subject":         "subject was leeg en is weggelaten; laat het weg of vul het in.",
		"event-leeg-dataschema":      "dataschema was leeg en is weggelaten; laat het weg of vul het in.",
		"event-leeg-datacontenttype": "datacontenttype was leeg en is weggelaten; laat het weg of vul het in.",
		"event-extensie-getal":       "",
		"prov-naieve-tijd":           "",
	} {
		b, err := os.ReadFile("testdata/gevallen/" + naam + ".json")
		if err != nil {
			t.Fatal(err)
		}
		a := politie.doe("POST", "/v1/events", cloudevent.TypeEvent, b, "")
		var in struct{ InteractieID string }
		if a.status != 202 || json.Unmarshal(a.body, &in) != nil {
			t.Errorf("%s: %d %s", naam, a.status, a.body)
			continue
		}
		s := politie.klaar(in.InteractieID)
		if s.Status != statusOK || w == "" && len(s.Waarschuwingen) > 0 || w != "" && !slices.Contains(s.Waarschuwingen, w) {
			t.Errorf("%s: %+v", naam, s)
		}
	}
	vraag := politie.vraag(opZoek, `{"subject":"urn:uitkomst-overleg:197ee085-d7e9-4331-a1f0-a3e7bea63156"}`)
	a := politie.doe("GET", "/v1/resultaten/"+vraag, "", nil, cloudevent.TypeBatch)
	if s := string(a.body); !strings.Contains(s, `"extinteger":10`) || !strings.Contains(s, `"extboolean":true`) {
		t.Errorf("extensions come back as %s", s)
	}
	b, _ := os.ReadFile("testdata/gevallen/batch-leeg.json")
	if a := politie.doe("POST", "/v1/events", cloudevent.TypeBatch, b, ""); a.status != 202 {
		t.Errorf("an empty batch: %d", a.status)
	}
	twee := melding(orgPolitie, sentinel, false)
	twee.Data = []byte(strings.ReplaceAll(string(twee.Data), `"`+sentinel+`"`, `["`+sentinel+`","999970185"]`))
	if politie.telt(twee) {
		t.Error("two numbers at one person count")
	}
	nul := melding(orgPolitie, sentinel, false)
	nul.Data = []byte(strings.ReplaceAll(string(nul.Data), `Sanne`, `San\u0000ne`))
	if a := politie.push(nul); a.status != 400 {
		t.Errorf("NUL: %d", a.status)
	}
}

// What stands outside data is no place for text, nor for a number of a person that is
// written so that it passes.
func TestGeenTekstBuitenDeInhoud(t *testing.T) {
	p := start(t)
	politie := p.als(orgPolitie)
	for _, s := range []string{"x" + sentinel + "y", "999 999 990", "999.999.990", "999-999-990", "９９９９９９９９０", "Jan slaat Sanne"} {
		for naam, zet := range map[string]func(*cloudevent.Event){
			"id":         func(ev *cloudevent.Event) { ev.ID = s },
			"subject":    func(ev *cloudevent.Event) { ev.Subject = s },
			"extensie":   func(ev *cloudevent.Event) { ev.Extensions = map[string]string{"extra": s} },
			"dataschema": func(ev *cloudevent.Event) { ev.DataSchema = "https://x.example/" + s },
			"mediatype":  func(ev *cloudevent.Event) { ev.DataContentType = `application/json; x="` + s + `"` },
		} {
			ev := melding(orgPolitie, sentinel, false)
			zet(&ev)
			if a := politie.push(ev); a.status != 400 {
				t.Errorf("%q in %s: %d", s, naam, a.status)
			}
		}
	}
	for _, s := range []string{"urn:SOH:melding:" + uuid.NewString(), "URN:soh:melding:x", "urn:soh:melding:" + strings.ToUpper(uuid.NewString()), "urn:soh:melding:" + strings.ReplaceAll(uuid.NewString(), "-", ""), "urn:soh:Melding:x"} {
		ev := melding(orgPolitie, sentinel, false)
		ev.Subject = s
		if a := politie.push(ev); a.status != 400 {
			t.Errorf("subject %s: %d", s, a.status)
		}
	}
}

func TestPaginaVanEenAnderKanNietsSturen(t *testing.T) {
	p := start(t)
	c := p.als(orgPolitie).c
	for naam, kop := range map[string][2]string{"origin": {"Origin", "https://elders.example"}, "sec-fetch-site": {"Sec-Fetch-Site", "cross-site"}, "tekst": {"Content-Type", "text/plain"}} {
		r, _ := http.NewRequest("POST", p.url+opZoek, strings.NewReader(`{"zaak":"urn:soh:zaak:x"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(kop[0], kop[1])
		resp, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != 403 && resp.StatusCode != 415 {
			t.Errorf("%s: %d", naam, resp.StatusCode)
		}
	}
}

// Who may speak of what nobody was asked to take up is no party to it: it names no
// party, itself least of all, and so gets no other kind of event.
func TestWieNietGevraagdIsMaaktNiemandPartij(t *testing.T) {
	p := start(t)
	p.erbij(orgSchool)
	record := "urn:soh:melding:" + uuid.NewString()
	if !p.als(orgPolitie).telt(overRecord(orgPolitie, cloudevent.MeldingGeregistreerd, record, orgPolitie)) {
		t.Fatal("the record was not registered")
	}
	ev := overRecord(orgSchool, cloudevent.BekendheidVerstrekt, record, orgSchool)
	g, _, _ := prov.Lees(ev.Data)
	g.Vind(record).Ref(soorten.AangebodenAan, orgSchool.OIN.URN())
	ev.Data = g.JSONLD()
	if !p.als(orgSchool).telt(ev) {
		t.Fatal("whoever may be asked, may answer of what names nobody")
	}
	if p.als(orgSchool).telt(overRecord(orgSchool, cloudevent.UitkomstMelding, record, orgSchool)) {
		t.Error("a school that named itself tells the outcome of a melding")
	}
	if !p.als(orgVT).telt(overRecord(orgVT, cloudevent.UitkomstMelding, record, orgVT)) {
		t.Error("it shut out who may")
	}
}

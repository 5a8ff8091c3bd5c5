package inname_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/lezing"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
)

// Every registered type of the field, by every kind of sender, about a record of the
// police that was offered to one Veilig Thuis.
func TestAlleenDeHouderOfEenPartijSpreekt(t *testing.T) {
	p := hubtest.Start(t)
	p.Erbij(hubtest.OrgAnderVT, hubtest.OrgSchool)
	for _, typ := range cloudevent.Typen() {
		if f := cloudevent.Functie(typ); f == "ketenindex" || f == "uitwisselen-beschikbare-diensten" || cloudevent.IsResultaat(typ) || typ == cloudevent.LogVerankerd {
			continue
		}
		record := "urn:soh:melding:" + uuid.NewString()
		ev := hubtest.OverRecord(hubtest.OrgPolitie, cloudevent.MeldingGeregistreerd, record, hubtest.OrgPolitie)
		g, _, _ := prov.Lees(ev.Data)
		g.Vind(record).Ref(soorten.AangebodenAan, hubtest.OrgVT.OIN.URN())
		ev.Data = g.JSONLD()
		if !p.Als(hubtest.OrgPolitie).Telt(ev) {
			t.Fatal("the record was not registered")
		}
		partij := soorten.Begin().Over([]byte(typ)) == soorten.Partij
		for _, o := range []begrip.Organisatie{hubtest.OrgPolitie, hubtest.OrgVT, hubtest.OrgAnderVT, hubtest.OrgSchool, hubtest.OrgPortaal} {
			mag := o.OIN == hubtest.OrgPolitie.OIN || partij && o.OIN == hubtest.OrgVT.OIN
			if got := p.Als(o).Telt(hubtest.OverRecord(o, typ, record, o)); got != mag {
				t.Errorf("%s by %s: counts %v", typ, o.Naam, got)
			}
		}
		// The record may hide behind another subject.
		los := hubtest.OverRecord(hubtest.OrgSchool, typ, record, hubtest.OrgSchool)
		los.Subject = "urn:soh:melding:" + uuid.NewString()
		if p.Als(hubtest.OrgSchool).Telt(los) {
			t.Errorf("%s: about another's record under another subject", typ)
		}
	}
}

func TestWieHandeltIsDeZender(t *testing.T) {
	p := hubtest.Start(t)
	politie := p.Als(hubtest.OrgPolitie)
	record := "urn:soh:melding:" + uuid.NewString()
	if politie.Telt(hubtest.OverRecord(hubtest.OrgPolitie, cloudevent.MeldingGeregistreerd, record, hubtest.OrgVT)) {
		t.Error("the police tell what Veilig Thuis did")
	}
	if !politie.Telt(hubtest.OverRecord(hubtest.OrgPolitie, cloudevent.MeldingGeregistreerd, record, hubtest.OrgPolitie)) {
		t.Error("the police may not tell what they did")
	}
	if !politie.Telt(hubtest.OverRecord(hubtest.OrgPolitie, cloudevent.MeldingIngezien, record, hubtest.OrgVT)) {
		t.Error("a source may not tell who looked")
	}
	log := "urn:soh:verwerkingenlog:"
	if politie.Telt(hubtest.OverRecord(hubtest.OrgPolitie, cloudevent.LogVerankerd, log+string(hubtest.OrgVT.OIN), hubtest.OrgPolitie)) {
		t.Error("an anchor of another's log")
	}
	if !politie.Telt(hubtest.OverRecord(hubtest.OrgPolitie, cloudevent.LogVerankerd, log+string(hubtest.OrgPolitie.OIN), hubtest.OrgPolitie)) {
		t.Error("no anchor of the own log")
	}
}

func TestSourceIsDieVanDeZenderInEenVorm(t *testing.T) {
	p := hubtest.Start(t)
	politie := p.Als(hubtest.OrgPolitie)
	eigen := string(hubtest.OrgPolitie.OIN)
	for _, bron := range []string{
		"urn:nld:oin:" + string(hubtest.OrgVT.OIN), "urn:nld:oin:" + string(hubtest.OrgVT.OIN) + ":systeem:x", "URN:NLD:OIN:" + eigen, "urn:NLD:oin:" + eigen, "urn:nld:oin:" + eigen + ":",
		"urn:nld:oin:" + eigen + ":systeem:", "urn:nld:oin:" + eigen + ":systeem:a%20b", "urn:nld:oin%3A" + eigen, "urn:nld:oin:" + eigen + "/x", "urn:nld:oin:" + eigen + "?x",
		"https://" + eigen + ".example", "urn:organisatie:voorbeeld", "urn:nld:kvknr:09220932", "urn:nld:kvknr:09220932:systeem:x", "urn:uuid:" + uuid.NewString(), "urn:oin:" + eigen, "/oin/" + string(hubtest.OrgVT.OIN) + "/systeem/x",
		"urn:nld:oin:" + eigen + ":systeem:x:systeem:y",
	} {
		ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
		ev.Source = bron
		if a := politie.Push(ev); a.Status != 403 && a.Status != 400 {
			t.Errorf("%s: %d %s", bron, a.Status, a.Body)
		}
	}
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	ev.Source = "/oin/" + eigen + "/systeem/oud"
	if !politie.Telt(ev) {
		t.Error("the older spelling of one's own source is refused")
	}
	// A number of the register is its owner's, and nobody else's.
	met := register.Deelnemer{Organisatie: hubtest.OrgSchool, Nummers: "urn:nld:kvknr:09220932 urn:organisatie:voorbeeld"}
	p.Als(hubtest.OrgHub).Stuur("POST", "/v1/deelnemers", met, 201)
	ander := register.Deelnemer{Organisatie: hubtest.OrgAnderVT, Nummers: "urn:nld:kvknr:09220932"}
	p.Als(hubtest.OrgHub).Stuur("POST", "/v1/deelnemers", ander, 400)
	for _, bron := range []string{"urn:nld:kvknr:09220932:systeem:x", "urn:organisatie:voorbeeld"} {
		ev := hubtest.Melding(hubtest.OrgSchool, hubtest.Sentinel, false)
		ev.Source = bron
		if !p.Als(hubtest.OrgSchool).Telt(ev) {
			t.Errorf("%s is the school's own", bron)
		}
		ev = hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
		ev.Source = bron
		if politie.Push(ev).Status != 403 {
			t.Errorf("%s is taken from another", bron)
		}
	}
}

func TestOpvolgerSpreektVerder(t *testing.T) {
	p := hubtest.Start(t)
	p.Erbij(hubtest.OrgAnderVT)
	record := "urn:soh:melding:" + uuid.NewString()
	if !p.Als(hubtest.OrgVT).Telt(hubtest.OverRecord(hubtest.OrgVT, cloudevent.MeldingGeregistreerd, record, hubtest.OrgVT)) {
		t.Fatal("not registered")
	}
	beheer := p.Als(hubtest.OrgHub)
	met := register.Deelnemer{Organisatie: hubtest.OrgVT, Opvolger: hubtest.OrgAnderVT.OIN}
	beheer.Stuur("PUT", "/v1/deelnemers/"+string(hubtest.OrgVT.OIN), met, 200)
	if p.Als(hubtest.OrgAnderVT).Telt(hubtest.OverRecord(hubtest.OrgAnderVT, cloudevent.VerrijkingBeschikbaar, record, hubtest.OrgAnderVT)) {
		t.Error("a successor speaks while the other still takes part")
	}
	beheer.Stuur("DELETE", "/v1/deelnemers/"+string(hubtest.OrgVT.OIN), nil, 204)
	if !p.Als(hubtest.OrgAnderVT).Telt(hubtest.OverRecord(hubtest.OrgAnderVT, cloudevent.VerrijkingBeschikbaar, record, hubtest.OrgAnderVT)) {
		t.Error("the successor may not speak")
	}
}

func TestMomentenLiggenBinnenDeGrenzen(t *testing.T) {
	p := hubtest.Start(t)
	politie := p.Als(hubtest.OrgPolitie)
	for _, op := range []time.Time{time.Now().Add(time.Hour), time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)} {
		ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
		ev.Time = op
		if a := politie.Push(ev); a.Status != 400 {
			t.Errorf("time %s: %d", op, a.Status)
		}
		ev = hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
		ev.Data = []byte(strings.ReplaceAll(string(ev.Data), "2026-11-23T09:00:00Z", op.UTC().Format(time.RFC3339)))
		if politie.Telt(ev) {
			t.Errorf("an Activity of %s counts", op)
		}
	}
}

func TestNaamKomtUitHetRegister(t *testing.T) {
	p := hubtest.Start(t)
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	ev.Data = []byte(strings.ReplaceAll(string(ev.Data), `"Politie"`, `"Bel 06 12345678"`))
	p.Als(hubtest.OrgPolitie).Aanvaard(ev)
	beheer := p.Als(hubtest.OrgHub)
	anders := hubtest.OrgPolitie
	anders.Naam = "Nationale Politie"
	beheer.Stuur("PUT", "/v1/deelnemers/"+string(hubtest.OrgPolitie.OIN), register.Deelnemer{Organisatie: anders}, 200)
	beheer.Stuur("DELETE", "/v1/deelnemers/"+string(hubtest.OrgPolitie.OIN), nil, 204)
	vt := p.Als(hubtest.OrgVT)
	a := vt.Doe("GET", "/v1/resultaten/"+vt.Vraag("/v1/tijdlijnen/query", hubtest.OpPersoon(hubtest.Sentinel)), "", nil, "")
	if s := string(a.Body); strings.Contains(s, "06 12345678") || !strings.Contains(s, `"naam":"Politie"`) {
		t.Errorf("the timeline names %s", s)
	}
}

// The inputs that were accepted and still wrong.
func TestGevallen(t *testing.T) {
	p := hubtest.Start(t)
	politie := p.Als(hubtest.OrgPolitie)
	for naam, w := range map[string]string{
		"event-bsn-elfproef-fout":    lezing.LetOpNummer,
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
		a := politie.Doe("POST", "/v1/events", cloudevent.TypeEvent, b, "")
		var in struct{ InteractieID string }
		if a.Status != 202 || json.Unmarshal(a.Body, &in) != nil {
			t.Errorf("%s: %d %s", naam, a.Status, a.Body)
			continue
		}
		s := politie.Klaar(in.InteractieID)
		if s.Status != antwoord.StatusOK || w == "" && len(s.Waarschuwingen) > 0 || w != "" && !slices.Contains(s.Waarschuwingen, w) {
			t.Errorf("%s: %+v", naam, s)
		}
	}
	vraag := politie.Vraag(hubtest.OpZoek, `{"subject":"urn:uitkomst-overleg:197ee085-d7e9-4331-a1f0-a3e7bea63156"}`)
	a := politie.Doe("GET", "/v1/resultaten/"+vraag, "", nil, cloudevent.TypeBatch)
	if s := string(a.Body); !strings.Contains(s, `"extinteger":10`) || !strings.Contains(s, `"extboolean":true`) {
		t.Errorf("extensions come back as %s", s)
	}
	b, _ := os.ReadFile("testdata/gevallen/batch-leeg.json")
	if a := politie.Doe("POST", "/v1/events", cloudevent.TypeBatch, b, ""); a.Status != 202 {
		t.Errorf("an empty batch: %d", a.Status)
	}
	twee := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	twee.Data = []byte(strings.ReplaceAll(string(twee.Data), `"`+hubtest.Sentinel+`"`, `["`+hubtest.Sentinel+`","999970185"]`))
	if politie.Telt(twee) {
		t.Error("two numbers at one person count")
	}
	nul := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	nul.Data = []byte(strings.ReplaceAll(string(nul.Data), `Sanne`, `San\u0000ne`))
	if a := politie.Push(nul); a.Status != 400 {
		t.Errorf("NUL: %d", a.Status)
	}
}

// What stands outside data is no place for text, nor for a number of a person that is
// written so that it passes.
func TestGeenTekstBuitenDeInhoud(t *testing.T) {
	p := hubtest.Start(t)
	politie := p.Als(hubtest.OrgPolitie)
	for _, s := range []string{"x" + hubtest.Sentinel + "y", "999 999 990", "999.999.990", "999-999-990", "９９９９９９９９０", "Jan slaat Sanne"} {
		for naam, zet := range map[string]func(*cloudevent.Event){
			"id":         func(ev *cloudevent.Event) { ev.ID = s },
			"subject":    func(ev *cloudevent.Event) { ev.Subject = s },
			"extensie":   func(ev *cloudevent.Event) { ev.Extensions = map[string]string{"extra": s} },
			"dataschema": func(ev *cloudevent.Event) { ev.DataSchema = "https://x.example/" + s },
			"mediatype":  func(ev *cloudevent.Event) { ev.DataContentType = `application/json; x="` + s + `"` },
		} {
			ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
			zet(&ev)
			if a := politie.Push(ev); a.Status != 400 {
				t.Errorf("%q in %s: %d", s, naam, a.Status)
			}
		}
	}
	for _, s := range []string{"urn:SOH:melding:" + uuid.NewString(), "URN:soh:melding:x", "urn:soh:melding:" + strings.ToUpper(uuid.NewString()), "urn:soh:melding:" + strings.ReplaceAll(uuid.NewString(), "-", ""), "urn:soh:Melding:x"} {
		ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
		ev.Subject = s
		if a := politie.Push(ev); a.Status != 400 {
			t.Errorf("subject %s: %d", s, a.Status)
		}
	}
}

// Who may speak of what nobody was asked to take up is no party to it: it names no
// party, itself least of all, and so gets no other kind of event.
func TestWieNietGevraagdIsMaaktNiemandPartij(t *testing.T) {
	p := hubtest.Start(t)
	p.Erbij(hubtest.OrgSchool)
	record := "urn:soh:melding:" + uuid.NewString()
	if !p.Als(hubtest.OrgPolitie).Telt(hubtest.OverRecord(hubtest.OrgPolitie, cloudevent.MeldingGeregistreerd, record, hubtest.OrgPolitie)) {
		t.Fatal("the record was not registered")
	}
	ev := hubtest.OverRecord(hubtest.OrgSchool, cloudevent.BekendheidVerstrekt, record, hubtest.OrgSchool)
	g, _, _ := prov.Lees(ev.Data)
	g.Vind(record).Ref(soorten.AangebodenAan, hubtest.OrgSchool.OIN.URN())
	ev.Data = g.JSONLD()
	if !p.Als(hubtest.OrgSchool).Telt(ev) {
		t.Fatal("whoever may be asked, may answer of what names nobody")
	}
	if p.Als(hubtest.OrgSchool).Telt(hubtest.OverRecord(hubtest.OrgSchool, cloudevent.UitkomstMelding, record, hubtest.OrgSchool)) {
		t.Error("a school that named itself tells the outcome of a melding")
	}
	if !p.Als(hubtest.OrgVT).Telt(hubtest.OverRecord(hubtest.OrgVT, cloudevent.UitkomstMelding, record, hubtest.OrgVT)) {
		t.Error("it shut out who may")
	}
}

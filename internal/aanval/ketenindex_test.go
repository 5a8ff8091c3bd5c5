package aanval

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// zoek asks the hub in its two steps.
func (p *partij) zoek(t *testing.T, filter any, kop ...string) (int, string) {
	t.Helper()
	a := p.vraag(t, "POST", p.Hub+"/v1/gebeurtenissen/query", filter, kop...)
	if a.Status != http.StatusAccepted {
		return a.Status, a.Body
	}
	var in struct{ InteractieId string }
	a.lees(t, &in)
	var uit antwoord
	wacht(t, func() string {
		if uit = p.vraag(t, "GET", p.Hub+"/v1/resultaten/"+in.InteractieId, nil, "Accept", cloudevent.TypeBatch); uit.Status == http.StatusConflict {
			return "niet klaar"
		}
		return ""
	})
	return uit.Status, uit.Body
}

func overBSN(b begrip.BSN) map[string]any {
	return map[string]any{"burgerservicenummer": b.Leesbaar()}
}

func professional(naam string, rol begrip.Rol, doel begrip.Doel, g begrip.Grondslag) toegang.Lezer {
	return toegang.Lezer{Persoon: naam, Naam: naam, Rol: rol, Doel: doel, Grondslag: g}
}

var beoordeelt = professional("Marieke Kijkt", begrip.RolMedewerkerVT, begrip.DoelBeoordelen, begrip.GrondWmo516)

// verzonnen is an event of o about somebody, in a zaak of others, that names o itself.
func verzonnen(o *partij, b begrip.BSN, zaak string) cloudevent.Event {
	id := uuid.NewString()
	var g prov.Graph
	g.Node("urn:soh:melding:"+id, prov.Entity, "soh:Melding").Ref("soh:zaak", zaak).Ref("soh:aangebodenAan", o.OIN.URN()).
		Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:"+id).Ref("prov:wasGeneratedBy", "urn:soh:activiteit:"+id)
	g.Node("urn:soh:activiteit:"+id, prov.Activity, "soh:RegistrerenMelding").Ref("prov:wasAssociatedWith", o.OIN.URN())
	g.Node(o.OIN.URN(), prov.Agent, "soh:Organisatie")
	g.Node("urn:soh:betrokkene:"+id, prov.Betrokkene).Set(prov.Burgerservicenummer, b.Leesbaar())
	return cloudevent.Event{ID: uuid.NewString(), Source: o.OIN.Systeem("x"), Type: cloudevent.MeldingGeregistreerd, Time: time.Now().UTC(),
		Subject: "urn:soh:melding:" + id, DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD()}
}

// TestDeKetenindexVerteltNietsAanWieNietBetrokkenIs: any organisation, by person, type
// or zaak, in any spelling, with or without a stated purpose, also by its own word.
func TestDeKetenindexVerteltNietsAanWieNietBetrokkenIs(t *testing.T) {
	n := deNetwerk(t)
	kind := bsn()
	m := n.lid(t, "politie").meld(t, nil, persoon(kind, "Kim", nil))
	vt := n.lid(t, "veilig-thuis")
	wacht(t, func() string { // the receiver of the melding does see it
		if _, b := vt.zoek(t, overBSN(kind), vt.als(t, vt.HubOIN, beoordeelt)...); !strings.Contains(b, "melding-geregistreerd") {
			return "Veilig Thuis ziet de melding niet: " + b
		}
		return ""
	})
	filters := []any{overBSN(kind), map[string]any{"betrokkeneIdentifier": kind.Leesbaar()}, map[string]any{"type": cloudevent.MeldingGeregistreerd},
		map[string]any{"zaak": m.Zaak}, map[string]any{"subject": "urn:soh:melding:" + m.ID}}
	for _, soort := range []begrip.OrganisatieSoort{begrip.School, begrip.GGZ, begrip.Overig} {
		o := n.nieuw(t, soort, nil)
		vraag := func(wanneer string) {
			for _, kop := range [][]string{nil, o.als(t, o.HubOIN, beoordeelt), o.als(t, o.HubOIN, professional("s", begrip.RolSysteem, begrip.DoelToezicht, begrip.GrondAvg24))} {
				for _, f := range filters {
					if _, b := o.zoek(t, f, kop...); strings.Contains(b, m.ID) || strings.Contains(b, string(vt.OIN)) || strings.Contains(b, "urn:nld:oin:"+string(n.lid(t, "politie").OIN)) {
						t.Errorf("%s %s, %v: %s", soort, wanneer, f, b)
					}
				}
			}
		}
		vraag("as a stranger")
		o.zeg(t, verzonnen(o, kind, m.Zaak))
		vraag("by its own word")
		if a := o.vraag(t, "POST", o.Hub+"/v1/abonnementen", map[string]any{"soort": "pull", "burgerservicenummer": kind.Leesbaar()}, o.als(t, o.HubOIN, beoordeelt)...); a.Status != http.StatusForbidden {
			t.Errorf("%s follows a person by its own word: %d", soort, a.Status)
		}
	}
}

// TestWieInDeKetenindexVistWordtTegengehouden: 900 persons with a certificate alone, 61
// by one professional.
func TestWieInDeKetenindexVistWordtTegengehouden(t *testing.T) {
	n := deNetwerk(t)
	o, goed, nee := n.nieuw(t, begrip.School, nil), 0, 0
	for range 900 {
		switch a := o.vraag(t, "POST", o.Hub+"/v1/uitkomsten-overleg/query", overBSN(bsn())); a.Status {
		case http.StatusAccepted:
			goed++
		case http.StatusTooManyRequests:
			if nee++; len(a.Kop.Get("Retry-After")) < 2 {
				t.Fatalf("no word on when again: %v", a.Kop)
			}
		default:
			t.Fatal(a.Status, a.Body)
		}
	}
	if goed > 600 || nee == 0 {
		t.Errorf("%d of 900 persons were asked about", goed)
	}
	p := n.nieuw(t, begrip.Gemeente, nil)
	kop := p.als(t, p.HubOIN, professional("een", begrip.RolWijkteam, begrip.DoelHulp, begrip.GrondAvg61a))
	for i := range 61 {
		if a := p.vraag(t, "POST", p.Hub+"/v1/gebeurtenissen/query", overBSN(bsn()), kop...); (a.Status == http.StatusTooManyRequests) != (i == 60) {
			t.Fatalf("%d: %d %s", i, a.Status, a.Body)
		}
	}
	wacht(t, func() string { // its own organisation sees who
		if a := p.vraag(t, "GET", p.Hub+"/v1/inzagen?stap=grens", nil); !strings.Contains(a.Body, `"persoon":"een"`) {
			return a.Body
		}
		return ""
	})
}

// TestHetAntwoordVanEenAnderIsOnbekend: the result of another's question.
func TestHetAntwoordVanEenAnderIsOnbekend(t *testing.T) {
	n := deNetwerk(t)
	vt, school := n.lid(t, "veilig-thuis"), n.nieuw(t, begrip.School, nil)
	var in struct{ InteractieId string }
	vt.vraag(t, "POST", vt.Hub+"/v1/gebeurtenissen/query", overBSN(bsn()), vt.als(t, vt.HubOIN, beoordeelt)...).wil(t, http.StatusAccepted).lees(t, &in)
	for _, pad := range []string{"/v1/resultaten/", "/v1/status/"} {
		school.vraag(t, "GET", school.Hub+pad+in.InteractieId, nil).wil(t, http.StatusNotFound)
	}
}

// TestVerklaringAanDeKetenindexIsNietVanEenAnder: foreign, expired, for another.
func TestVerklaringAanDeKetenindexIsNietVanEenAnder(t *testing.T) {
	n := deNetwerk(t)
	vt, school := n.lid(t, "veilig-thuis"), n.nieuw(t, begrip.School, nil)
	l := beoordeelt
	l.Organisatie = vt.Organisatie
	oud, err := vt.id.Verklaring(l, vt.HubOIN, time.Now().Add(-3*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	for naam, kop := range map[string][]string{"van een ander": vt.als(t, vt.HubOIN, beoordeelt), "voor een ander": school.als(t, vt.OIN, beoordeelt), "onzin": {"Authorization", "Bearer x.y.z"}} {
		if s, b := school.zoek(t, overBSN(bsn()), kop...); s != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", naam, s, b)
		}
	}
	if s, _ := vt.zoek(t, overBSN(bsn()), "Authorization", "Bearer "+oud); s != http.StatusUnauthorized {
		t.Errorf("verlopen: %d", s)
	}
}

// TestHetGezinLeestWieInDeKetenindexKeek: and nobody else does.
func TestHetGezinLeestWieInDeKetenindexKeek(t *testing.T) {
	n := deNetwerk(t)
	portaal, vt := n.lid(t, "portaal"), n.lid(t, "veilig-thuis")
	wie := bsn()
	n.lid(t, "politie").meld(t, nil, persoon(wie, "Ouder", nil))
	wacht(t, func() string {
		if _, b := vt.zoek(t, overBSN(wie), vt.als(t, vt.HubOIN, beoordeelt)...); !strings.Contains(b, "melding-geregistreerd") {
			return b
		}
		return ""
	})
	burger := toegang.Lezer{Persoon: "x", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: wie}
	a := portaal.vraag(t, "POST", portaal.Hub+"/v1/inzagen/query", overBSN(wie), portaal.als(t, portaal.HubOIN, burger)...).wil(t, http.StatusOK)
	for _, s := range []string{`"wie":"Marieke Kijkt"`, vt.Naam, `"doel":"beoordelen-melding"`, `"niveau":2`} {
		if !strings.Contains(a.Body, s) {
			t.Errorf("%q is not in %s", s, a.Body)
		}
	}
	ander := burger
	ander.Burger = bsn()
	portaal.vraag(t, "POST", portaal.Hub+"/v1/inzagen/query", overBSN(wie), portaal.als(t, portaal.HubOIN, ander)...).wil(t, http.StatusForbidden)
	vt.vraag(t, "POST", vt.Hub+"/v1/inzagen/query", overBSN(wie), vt.als(t, vt.HubOIN, beoordeelt)...).wil(t, http.StatusForbidden)
	n.nergensIn(t, wie.Leesbaar(), "Marieke Kijkt")
}

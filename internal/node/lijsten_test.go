package node

import (
	"encoding/json"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/waarborg"
)

// lijsten asks, as wie for itself, everything that stands beside the records.
func (n *net) lijsten(wie begrip.BSN, rol begrip.Rol) (g inzage.Gezinsbeeld, kijken []inzage.Inkijk, bezoeken []inzage.Bezoek, voorWie int) {
	n.t.Helper()
	l := gezinslid(wie, begrip.BSN{})
	l.Rol = rol
	vraag := func(pad string, uit any) {
		n.t.Helper()
		s, _, b := n.vraag(portaal, politie, pad, l, bsnVraag(wie))
		if s != 200 {
			n.t.Fatalf("%s: %d %s", pad, s, b)
		}
		if err := json.Unmarshal([]byte(b), uit); err != nil {
			n.t.Fatal(err)
		}
	}
	vraag("/v1/betrokkenen/query", &g)
	var k struct{ Inkijken []inzage.Inkijk }
	vraag(inzage.PadInkijken, &k)
	var z struct{ Bezoeken []inzage.Bezoek }
	vraag(inzage.PadBezoeken, &z)
	var v struct{ Personen []waarborg.VoorWie }
	vraag("/v1/betrokkenen/voor-wie/query", &v)
	return g, k.Inkijken, z.Bezoeken, len(v.Personen)
}

// TestKindTotTwaalfKrijgtGeenLijsten: a child that may not see its records gets none
// of what stands beside them either: looks with names, visits, choices, for whom it
// may look. From its twelfth birthday it does.
func TestKindTotTwaalfKrijgtGeenLijsten(t *testing.T) {
	for leeftijd, mag := range map[int]bool{6: false, 11: false, 12: true, 15: true} {
		n := nieuwNet(t)
		id := n.schrijfBrief(politie, kind)
		n.leg(politie, waarborg.SoortGezagsfeit, gezag(leeftijd, "EenhoofdigOuderlijkGezag", moeder))
		l := medewerker(vt, begrip.RolMedewerkerVT)
		if s, _, b := n.vraag(vt, politie, "/v1/brieven/"+id, &l, nil); s != 200 {
			t.Fatal(s, b)
		}
		n.vraag(portaal, politie, "/v1/betrokkenen/query", gezinslid(moeder, kind), bsnVraag(kind))
		g, kijken, bezoeken, _ := n.lijsten(kind, begrip.RolJongere)
		if got := len(g.Inzagen) > 0; got != mag || (len(kijken) > 0) != mag || (len(bezoeken) > 0) != mag || !mag && len(g.Delen)+len(g.Keuzes) > 0 {
			t.Errorf("%d years: %d looks, %d on the page, %d visits, %d parts, %d choices", leeftijd, len(g.Inzagen), len(kijken), len(bezoeken), len(g.Delen), len(g.Keuzes))
		}
		for _, b := range bezoeken { // that the mother looked, not that it was she
			if b.Wie == "Ouder" || b.Wie != "" && b.Wie != "Iemand die over u beslist" {
				t.Errorf("the child reads who looked for it: %+v", b)
			}
		}
	}
}

// TestEenOuderZietDeAndereNiet: what one parent, the child or a professional does is
// told apart; a parent learns of no visit but the own.
func TestEenOuderZietDeAndereNiet(t *testing.T) {
	n := nieuwNet(t)
	n.schrijfBrief(politie, kind)
	n.leg(politie, waarborg.SoortGezagsfeit, gezag(14, "TweehoofdigOuderlijkGezag", moeder, vader))
	bezoek := func(wie, namens begrip.BSN, rol begrip.Rol) (uit []inzage.Bezoek) {
		l := gezinslid(wie, namens)
		l.Rol = rol
		n.vraag(portaal, politie, "/v1/betrokkenen/query", l, bsnVraag(kind))
		_, _, b := n.vraag(portaal, politie, inzage.PadBezoeken, l, bsnVraag(kind))
		var z struct{ Bezoeken []inzage.Bezoek }
		if err := json.Unmarshal([]byte(b), &z); err != nil {
			t.Fatal(err, b)
		}
		return z.Bezoeken
	}
	bezoek(kind, begrip.BSN{}, begrip.RolJongere)
	bezoek(moeder, kind, begrip.RolOuder)
	if bs := bezoek(vader, kind, begrip.RolOuder); len(bs) != 1 || bs[0].Wie != "" {
		t.Errorf("the father sees %+v", bs)
	}
	if bs := bezoek(moeder, kind, begrip.RolOuder); len(bs) != 3 {
		t.Errorf("the mother sees %+v, not her own three", bs)
	}
}

// TestEenGeverZietWieVoorHemKeek: who let somebody look along reads when that person
// did, also after it was stopped.
func TestEenGeverZietWieVoorHemKeek(t *testing.T) {
	n := nieuwNet(t)
	n.schrijfBrief(politie, moeder)
	s, id, b := n.verleen(gezinslid(moeder, begrip.BSN{}), meekijken("gemachtigde", "I3"))
	if s != 201 || n.aanvaard(oma, b) != 204 {
		t.Fatal(s, b)
	}
	n.beeld(oma, moeder)
	n.vraag(portaal, politie, "/v1/vertegenwoordigingen/"+id+"/intrekkingen", gezinslid(moeder, begrip.BSN{}), map[string]any{})
	n.beeld(oma, moeder) // refused now
	_, _, bezoeken, _ := n.lijsten(moeder, begrip.RolOuder)
	mocht, mochtNiet := 0, 0
	for _, x := range bezoeken {
		if x.Wie == "Oma Ria" && x.Toegestaan {
			mocht++
		} else if x.Wie == "Oma Ria" {
			mochtNiet++
		}
	}
	if mocht != 1 || mochtNiet != 1 {
		t.Errorf("oma looked once and was refused once: %+v", bezoeken)
	}
	n.geenBSN()
}

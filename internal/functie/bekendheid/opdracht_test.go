package bekendheid

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/opdracht"
)

// offer is what belongs to the question of binnengekomen, as it was decided about.
func metVrager(o opdracht.Opdracht) opdracht.Opdracht {
	o.Personen, o.Vrager = 2, opdracht.Vrager{Naam: "Marieke", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelVTMelding, Grondslag: begrip.GrondWmo516}
	return o
}

// The proof is about nobody here (functietest): so no rule answers, whatever else
// is right.
func TestEenRegelAntwoordtNietOverWieNietBewezenIs(t *testing.T) {
	f, d := knooppunt(t, gi)
	o, v := binnengekomen(t, f, d)
	if mag, err := f.volgensRegel(context.Background(), metVrager(o), v); mag || err != nil {
		t.Errorf("%v %v", mag, err)
	}
}

func TestEenRegelAntwoordtAlleenDeVraagDieIsBeslist(t *testing.T) {
	f, d := bewezen(t, gi)
	o, v := binnengekomen(t, f, d)
	o = metVrager(o)
	if mag, err := f.volgensRegel(context.Background(), o, v); !mag || err != nil {
		t.Fatalf("%v %v", mag, err)
	}
	for naam, anders := range map[string]func(*opdracht.Opdracht, *Verrijking){
		"iemand zonder BSN": func(_ *opdracht.Opdracht, v *Verrijking) {
			v.OverigePersonen[0].Burgerservicenummer = begrip.InhoudBSN{}
		},
		"meer personen":         func(o *opdracht.Opdracht, _ *Verrijking) { o.Personen = 1 },
		"een ander doel":        func(_ *opdracht.Opdracht, v *Verrijking) { v.RedenVerzoek = "02" },
		"een andere zaak":       func(_ *opdracht.Opdracht, v *Verrijking) { v.Zaak = "urn:soh:zaak:2" },
		"een andere vrager":     func(_ *opdracht.Opdracht, v *Verrijking) { v.Vrager = ggz.OIN },
		"een vraag aan anderen": func(_ *opdracht.Opdracht, v *Verrijking) { v.Bevraagde = begrip.InVerblijf(ggz.OIN) },
		"van voor het besluit":  func(o *opdracht.Opdracht, _ *Verrijking) { o.Vrager = opdracht.Vrager{} },
	} {
		o, v := o, v
		v.OverigePersonen = slices.Clone(v.OverigePersonen)
		anders(&o, &v)
		if mag, err := f.volgensRegel(context.Background(), o, v); mag || err != nil {
			t.Errorf("%s: %v %v", naam, mag, err)
		}
	}
}

// Who may ask may read the answer as well: the policy and the declaration do not
// drift apart.
func TestWieMagVragenMagHetAntwoordLezen(t *testing.T) {
	m := regexp.MustCompile(`vragers := (\{.*\})`).FindStringSubmatch(beleid)
	var vragers map[string]struct{ Rol string }
	if m == nil || json.Unmarshal([]byte(regexp.MustCompile(`\{("[^:]*?)\}`).ReplaceAllString(m[1], `[$1]`)), &vragers) != nil {
		t.Fatalf("vragers in beleid.rego: %v", m)
	}
	for _, w := range vraagregel.Wegen {
		for _, s := range w.Soorten {
			for _, r := range w.Rollen {
				if vragers[string(s)].Rol != string(r) {
					t.Errorf("%s mag als %s vragen, maar het antwoord niet lezen", s, r)
				}
			}
		}
	}
	if len(vragers) != 1 {
		t.Errorf("beleid.rego kent %d vragers", len(vragers))
	}
}

// A hidden address goes to nobody who is asked.
func TestEenVerborgenAdresGaatNietMee(t *testing.T) {
	for _, g := range []begrip.Geheim{begrip.GeheimJa, begrip.GeheimOnbekend} {
		b := gezin()[0]
		b.AdresGeheim = g
		kreeg, _ := json.Marshal(persoonVan(b))
		if s := string(kreeg); regexp.MustCompile("Lindelaan|1234|Voorbeeldstad").MatchString(s) {
			t.Errorf("%d: %s", g, s)
		}
	}
}

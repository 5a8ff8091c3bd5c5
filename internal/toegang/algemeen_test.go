package toegang

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang/regotest"
)

func TestAlgemeneRegels(t *testing.T) {
	m, err := Modules(os.DirFS("beleid"), "beleid")
	if err != nil {
		t.Fatal(err)
	}
	regotest.TestRego(t, m)
}

func ja(n begrip.Niveau) *Besluit {
	return &Besluit{Toegestaan: true, Niveau: n, Redenen: []Reden{{Tekst: "mag"}}}
}

// The order of the rules: what nothing lifts, noodtoegang, objections, the functie.
func TestWeigerenGaatVoorToestaan(t *testing.T) {
	nooit, bezwaar := []Reden{{Tekst: "nooit"}}, []Reden{{Tekst: "bezwaar"}}
	functieNee := &Besluit{Redenen: []Reden{{Tekst: "functie"}}}
	for naam, g := range map[string]struct {
		functie *Besluit
		o       oordeel
		mag     bool
		niveau  begrip.Niveau
		reden   string
		plicht  string
	}{
		"functie mag":                       {ja(2), oordeel{plafond: 2}, true, 2, "mag", ""},
		"plafond verlaagt":                  {ja(2), oordeel{plafond: 1}, true, 1, "mag", ""},
		"plafond verhoogt niet":             {ja(1), oordeel{plafond: 2}, true, 1, "mag", ""},
		"bezwaar":                           {ja(2), oordeel{plafond: 2, bezwaren: bezwaar}, false, 0, "bezwaar", ""},
		"weigering":                         {ja(2), oordeel{plafond: 2, weigeringen: nooit}, false, 0, "nooit", ""},
		"functie weigert":                   {functieNee, oordeel{plafond: 2}, false, 0, "functie", ""},
		"functie zwijgt":                    {nil, oordeel{plafond: 2}, false, 0, "Geen regel staat deze inzage toe.", ""},
		"nood heft functie op":              {functieNee, oordeel{plafond: 2, nood: &noodregel{}}, true, 2, "", PlichtAlarm},
		"nood heft bezwaar op":              {ja(2), oordeel{plafond: 2, bezwaren: bezwaar, nood: &noodregel{}}, true, 2, "", PlichtAlarm},
		"nood heft weigering niet op":       {ja(2), oordeel{plafond: 2, weigeringen: nooit, nood: &noodregel{}}, false, 0, "nooit", ""},
		"nood zonder nodig is geen alarm":   {ja(2), oordeel{plafond: 2, nood: &noodregel{}}, true, 2, "mag", ""},
		"nood waar de functie minder geeft": {ja(1), oordeel{plafond: 2, nood: &noodregel{}}, true, 2, "", PlichtAlarm},
		"minder zonder nood":                {ja(1), oordeel{plafond: 2}, true, 1, "mag", ""},
		"nood bij zwijgende functie":        {nil, oordeel{plafond: 1, nood: &noodregel{}}, true, 2, "", PlichtNakijken},
	} {
		b := verenig(g.functie, g.o, begrip.NiveauInhoud)
		if b.Toegestaan != g.mag || b.Niveau != g.niveau || g.reden != "" && b.Redenen[0].Tekst != g.reden || g.plicht != "" && !slices.Contains(b.Plichten, g.plicht) || g.plicht == "" && len(b.Plichten) > 0 {
			t.Errorf("%s: %+v", naam, b)
		}
	}
}

// The general rules are in every policy, also one that knows nothing of them.
func TestAlgemeneRegelsGeldenBijElkBeleid(t *testing.T) {
	b := beleid(t, map[string]string{"x.rego": "package x\nbesluit := {\"toegestaan\": true, \"niveau\": 2}"})
	nu := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	basis := func() Invoer {
		return Invoer{"lezer": map[string]any{"burger": false, "rol": begrip.RolMedewerkerVT, "soort": begrip.VeiligThuis, "bsn": true}, "klasse": "I3", "nu": nu}
	}
	vraag := func(in Invoer) Besluit {
		k, err := b.Besluit(t.Context(), "x", in)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	if !vraag(basis()).Toegestaan {
		t.Error("geweigerd zonder reden")
	}
	in := basis()
	in["klasse"] = "I6"
	if vraag(in).Toegestaan {
		t.Error("beschermde bron getoond")
	}
	in = basis()
	in["verband"] = Verband{Redenen: []Reden{{Tekst: "Geen toestemming."}}}
	if k := vraag(in); k.Toegestaan || k.Redenen[0].Tekst != "Geen toestemming." {
		t.Errorf("verband: %+v", k)
	}
	in["nood"] = map[string]any{"reden": "Er is nu gevaar voor het kind.", "tot": nu.Add(time.Hour)}
	if k := vraag(in); !k.Toegestaan || !slices.Equal(k.Plichten, []string{PlichtAlarm, PlichtMeldGezin, PlichtNakijken}) {
		t.Errorf("nood: %+v", k)
	}
	delete(in, "nu")
	if vraag(in).Toegestaan {
		t.Error("nood zonder klok")
	}
	if k, err := b.Besluit(context.Background(), "x", Invoer{}); err != nil || !k.Toegestaan {
		t.Error(k, err)
	}
}

func TestVerbandBeperkt(t *testing.T) {
	b := beleid(t, map[string]string{"x.rego": "package x\nbesluit := {\"toegestaan\": true, \"niveau\": 2, \"gemaskeerd\": [\"melder\"]}"})
	nee := Verband{Naam: "mdo", Redenen: []Reden{{Tekst: "Geen toestemming.", Artikel: "JW-7.3.11"}}}
	wel := Verband{Naam: "mdo", Toegestaan: true, Niveau: 1, Gemaskeerd: []string{"burgerservicenummer"}, Plichten: []string{PlichtMeldGezin}}
	for naam, g := range map[string]struct {
		in     Invoer
		mag    bool
		niveau begrip.Niveau
	}{
		"laagste niveau telt":            {Invoer{"verband": wel, "doel": begrip.Doel("mdo")}, true, 1},
		"nee is nee":                     {Invoer{"verband": nee, "doel": begrip.Doel("mdo")}, false, 0},
		"leeg is nee":                    {Invoer{"verband": Verband{}, "doel": "mdo"}, false, 0},
		"eigen gegeven":                  {Invoer{"verband": nee, "zelf": true}, true, 2},
		"verzoek aan de lezer":           {Invoer{"verband": nee, "geadresseerd": true}, true, 2},
		"melding beoordelen":             {Invoer{"verband": nee, "doel": begrip.DoelBeoordelen}, true, 2},
		"eigen melding":                  {Invoer{"verband": nee, "doel": string(begrip.DoelEigenMelding)}, true, 2},
		"gezin":                          {Invoer{"verband": nee, "lezer": map[string]any{"burger": true, "rol": begrip.RolOuder}}, true, 2},
		"gezin van een ander":            {Invoer{"verband": wel, "lezer": map[string]any{"burger": true, "rol": begrip.RolOuder, "namens": true, "relatie": "ander"}}, false, 0},
		"zelf is een woord, geen waar":   {Invoer{"verband": nee, "zelf": "true", "doel": "mdo"}, false, 0},
		"burger is een woord, geen waar": {Invoer{"verband": nee, "lezer": map[string]any{"burger": "true", "rol": begrip.RolOuder}}, false, 0},
	} {
		k, err := b.Besluit(t.Context(), "x", g.in)
		if err != nil || k.Toegestaan != g.mag || k.Niveau != g.niveau {
			t.Errorf("%s: %+v %v", naam, k, err)
		}
	}
	k, err := b.Besluit(t.Context(), "x", Invoer{"verband": wel, "doel": "mdo"})
	if err != nil || !slices.Equal(k.Gemaskeerd, []string{"burgerservicenummer", "melder"}) || !slices.Equal(k.Plichten, []string{PlichtMeldGezin}) {
		t.Errorf("%+v %v", k, err)
	}
	if k, err := b.Besluit(t.Context(), "x", Invoer{"verband": map[string]any{"toegestaan": true, "niveau": 2}, "doel": "mdo"}); err == nil || k.Toegestaan {
		t.Error("een verband in een andere vorm beslist niets")
	}
}

package functie_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/functie/functietest"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/toegang"
)

// proef is a kind of record as a functie would declare it.
type proef struct {
	URL         string                  `json:"url" niveau:"0"`
	ID          string                  `json:"id" niveau:"0"`
	Wie         begrip.OIN              `json:"wie" niveau:"1"`
	Wat         string                  `json:"wat"`
	Waar        begrip.Verblijf[string] `json:"waar,omitzero"`
	Klaar       string                  `json:"klaar,omitempty"`
	Betrokkenen []begrip.Betrokkene     `json:"betrokkenen"`
}

func (proef) Beschermt() begrip.Bescherming { return 0 }

type klaar struct{ Hoe string }

func (k *klaar) Controleer(c *begrip.Controle, _ time.Time) {
	c.Eis(k.Hoe != "", "hoe", "Vul in hoe het ging.")
}

const proefBeleid = `package soh.proef

import rego.v1

besluit := {"toegestaan": true, "niveau": 2, "gemaskeerd": [], "redenen": [{"tekst": "Dit is van uw organisatie.", "artikel": ""}]} if {
	leest
} else := {"toegestaan": false, "niveau": 0, "gemaskeerd": [], "redenen": [{"tekst": "U bent geen partij.", "artikel": ""}]}

leest if {
	input.zelf
	input.lezer.rol != "administratie"
}

leest if input.lezer.oin == input.wie

handelingen contains "afronden" if {
	input.zelf
	input.lezer.rol == "medewerker-wijkteam"
}
`

var (
	ik      = begrip.Organisatie{OIN: "00000001003000000000", Naam: "Wijkteam", Soort: begrip.Gemeente}
	partij  = begrip.Organisatie{OIN: "00000001005000000000", Naam: "Jeugdbescherming", Soort: begrip.GI}
	vreemde = begrip.Organisatie{OIN: "00000001009000000000", Naam: "School", Soort: begrip.Overig}
	proeven = &functie.Gegeven[proef]{
		Naam: "proef", Pad: "/v1/proeven", Titel: "Proef", Beleid: "soh.proef", Entiteit: "soh:Proef", Begin: "open", ZonderHerkomst: "een proef is het begin", ZonderWegwijzer: "afgerond noemt iedereen",
		Personen: func(p *proef) []functie.Persoon { return functie.PersonenIn("betrokkenen", p.Betrokkenen) },
		Partijen: func(_ *functie.Omgeving, v functie.Versie[proef]) []begrip.OIN { return []begrip.OIN{v.Waarde.Wie} },
		Feiten: func(_ *functie.Omgeving, v functie.Versie[proef], _ toegang.Lezer) map[string]any {
			return map[string]any{"wie": v.Waarde.Wie}
		},
		Benoem: func(_ *functie.Omgeving, v functie.Versie[proef], p *proef, url string) { p.ID, p.URL = v.ID, url },
		Controleer: func(p *proef, c *begrip.Controle, _ time.Time) {
			c.Eis(p.Wat != "", "wat", "Vul in wat er moet gebeuren.")
		},
		Staten: []functie.Staat{{Naam: "open", Tekst: "Open"}, {Naam: "klaar", Tekst: "Klaar", Einde: true}},
		Daden: []functie.Handeling[proef]{
			functie.Doe(functie.Handeling[proef]{
				Naam: "afronden", Titel: "Rond af", Van: []string{"open"}, Naar: "klaar",
				Gebeurtenis: functie.Gebeurtenis{Type: "nl.jzv.proef.afgerond", Activiteit: "AfrondenProef", Tekst: functie.Tekst{Titel: "{bron} is klaar"}},
			}, func(d *functie.Daad[proef], k *klaar) error {
				d.V.Waarde.Klaar = k.Hoe
				return nil
			}),
		},
	}
)

const bsnProef = "999999990"

// opstelling is one stored proef in a node of ik.
func opstelling(t *testing.T) (*functie.Omgeving, functie.Versie[proef]) {
	t.Helper()
	o := functietest.Omgeving(t, ik, partij, vreemde)
	functietest.Gebruik(t, o, functie.Functie{Beleid: map[string]string{"proef.rego": proefBeleid}, Soorten: []inzage.Soort{proeven.Soort(o)}})
	v := functie.Versie[proef]{Waarde: &proef{Wie: partij.OIN, Wat: "Bel het gezin.", Waar: begrip.InVerblijf("Schuilstraat 1"),
		Betrokkenen: []begrip.Betrokkene{{ID: "urn:soh:betrokkene:1", Burgerservicenummer: begrip.InhoudBSN{BSN: begrip.MustBSN(bsnProef)}}}}}
	v.Zaak, v.Door = "urn:soh:zaak:1", "Samira"
	err := o.Dossier.Tx(t.Context(), func(tx *dossier.Tx) (err error) {
		v, err = proeven.Bewaar(t.Context(), tx, o, v, o.Nu())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return o, v
}

func lezer(o begrip.Organisatie, rol begrip.Rol) toegang.Lezer {
	return toegang.Lezer{Organisatie: o, Persoon: "p", Naam: "Samira", Rol: rol, Doel: begrip.DoelHulp, Grondslag: begrip.GrondAvg61a, Zaak: "urn:soh:zaak:1"}
}

func TestElkNiveauGeeftDeLedenDieErBijHoren(t *testing.T) {
	o, v := opstelling(t)
	for n, wil := range []string{"id url", "id url wie", "betrokkenen id url waar wat wie"} {
		x, err := proeven.Soort(o).Reduceer(v.Record, begrip.Niveau(n), nil)
		if err != nil {
			t.Fatal(err)
		}
		x, _ = begrip.Open(x, begrip.Inzagerecht(begrip.Allebei))
		b, err := json.Marshal(x)
		var m map[string]any
		if err != nil || json.Unmarshal(b, &m) != nil {
			t.Fatal(err)
		}
		if got := strings.Join(slices.Sorted(maps.Keys(m)), " "); got != wil {
			t.Errorf("level %d: %s, want %s", n, got, wil)
		}
		if n < 2 && strings.Contains(string(b), bsnProef) || m["url"] != "https://gemeente.example/v1/proeven/"+v.ID {
			t.Errorf("level %d: %s", n, b)
		}
	}
	dicht, err := proeven.Soort(o).Reduceer(v.Record, begrip.NiveauInhoud, nil)
	if b, _ := json.Marshal(dicht); err != nil || strings.Contains(string(b), "Schuilstraat") {
		t.Errorf("a protected value is open before a decision: %s", b)
	}
}

// An act is done by who may, once, at its moment and on what was seen; nothing else
// changes anything, and each try is in the log.
func TestEenHandelingIsVanWieMagOpHetGoedeMoment(t *testing.T) {
	wijk := lezer(ik, begrip.RolWijkteam)
	for _, p := range []struct {
		naam   string
		l      toegang.Lezer
		versie int
		in     any
		daad   string
		fout   begrip.Code
		logt   bool // a line that says no
	}{
		{"who may", wijk, 1, &klaar{"Goed."}, "afronden", "", false},
		{"whichever version", wijk, 0, &klaar{"Goed."}, "afronden", "", false},
		{"reads, but may not act", lezer(ik, begrip.RolBehandelaar), 0, &klaar{"Goed."}, "afronden", begrip.Verboden, true},
		{"may not even read", lezer(ik, begrip.RolAdministratie), 0, &klaar{"Goed."}, "afronden", begrip.Verboden, true},
		{"a party", lezer(partij, begrip.RolJeugdbeschermer), 0, &klaar{"Goed."}, "afronden", begrip.Verboden, true},
		{"who may not know of it", lezer(vreemde, begrip.RolWijkteam), 0, &klaar{"Goed."}, "afronden", begrip.NietGevonden, true},
		{"without the words", wijk, 0, &klaar{}, "afronden", begrip.Ongeldig, false},
		{"another was first", wijk, 7, &klaar{"Goed."}, "afronden", begrip.Conflict, false},
		{"no such act", wijk, 0, nil, "weggooien", begrip.NietGevonden, false},
	} {
		o, v := opstelling(t)
		uit, err := proeven.Handel(t.Context(), o, v.ID, p.daad, p.versie, p.in, p.l)
		regels, e := o.Dossier.LogVoorPersoon(t.Context(), begrip.MustBSN(bsnProef), 10)
		if e != nil {
			t.Fatal(e)
		}
		nu, _ := o.Dossier.Lees(t.Context(), "proef", v.ID, time.Time{})
		bericht, gemeld, _ := o.Dossier.Volgende(t.Context(), "hub")
		if p.fout == "" {
			if err != nil || uit.Waarde.Klaar != "Goed." || uit.Staat != "klaar" || nu.Versie != 2 || !gemeld || strings.Contains(string(bericht.Body), "Goed") || len(regels) != 1 || !regels[0].Toegestaan || regels[0].Handeling != "afronden" {
				t.Errorf("%s: %v %+v, %d lines, event %v", p.naam, err, uit, len(regels), gemeld)
			}
			if _, err := proeven.Handel(t.Context(), o, v.ID, p.daad, 0, p.in, p.l); !begrip.Is(err, begrip.Conflict) {
				t.Errorf("%s: twice: %v", p.naam, err)
			}
			continue
		}
		if !begrip.Is(err, p.fout) || nu.Versie != 1 || nu.Staat != "open" || gemeld {
			t.Errorf("%s: %v, version %d, event %v", p.naam, err, nu.Versie, gemeld)
		}
		if p.logt != (len(regels) == 1) || p.logt && (regels[0].Toegestaan || regels[0].Handeling != "afronden") {
			t.Errorf("%s: log %+v", p.naam, regels)
		}
	}
}

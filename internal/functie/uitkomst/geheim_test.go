package uitkomst

import (
	"net/http"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/toegang"
)

// The address of who lives in hiding is in no version of an uitkomst: every party reads it whole. That of somebody who does not hide stays.
func TestEenVerborgenAdresStaatInGeenUitkomst(t *testing.T) {
	for geheim, wil := range map[begrip.Geheim]bool{begrip.GeheimJa: false, begrip.GeheimNee: true} {
		o := omgeving(t)
		u := overleg()
		for _, p := range u.personen() {
			p.AdresGeheim = geheim
			p.Adres.Zet(begrip.Adres{Straatnaam: "Schuilstraat", Huisnummer: 7, Postcode: "1234 AB", Plaats: "Verweg"})
		}
		v := functie.Versie[Uitkomst]{Waarde: u}
		v.Zaak = zaak
		v, err := soort.Nieuw(t.Context(), o, v, samira())
		if err != nil {
			t.Fatal(err)
		}
		in := soort.Met(o, v)
		for i := range in.Hoofdbetrokkenen {
			in.Hoofdbetrokkenen[i].Adres.Zet(begrip.Adres{Straatnaam: "Schuilstraat", Huisnummer: 7, Postcode: "1234 AB", Plaats: "Verweg"})
		}
		if v, err = soort.Handel(t.Context(), o, v.ID, "wijzigen", 0, &in, samira()); err != nil {
			t.Fatal(err)
		}
		for _, daad := range []string{"vaststellen", "beschikbaarstellen"} {
			if v, err = soort.Handel(t.Context(), o, v.ID, daad, 0, &functie.Niets{}, samira()); err != nil {
				t.Fatal(err)
			}
		}
		for wie, l := range map[string]toegang.Lezer{"the police": lezer(agent, begrip.RolAgent), "GGZ": lezer(ggz, begrip.RolBehandelaar), "ourselves": samira()} {
			if _, tekst, err := lees(t, o, v.ID, l); err != nil || strings.Contains(tekst, "Schuilstraat") != wil {
				t.Errorf("hidden %v: %s reads %s (%v)", geheim, wie, tekst, err)
			}
		}
		recs, err := o.Dossier.Versies(t.Context(), "uitkomst", v.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range recs {
			if !wil && strings.Contains(string(r.Inhoud), "Schuilstraat") {
				t.Errorf("hidden %v: version %d holds it", geheim, r.Versie)
			}
		}
	}
}

// Who may not do an act, or is nobody, keeps no draft of it.
func TestWieHetNietMagBewaartGeenConcept(t *testing.T) {
	o, w := werkplek(t)
	v := gemaakt(t, o, Concept)
	pad := "/uitkomsten/" + v.ID + "/wijzigen"
	f := velden(t, w.Open(pad).HTML)
	f.Set("actie", "bewaar")
	for _, s := range []toegang.Sessie{{Persoon: "ger", Naam: "Ger", Rol: begrip.RolAdministratie, OIN: wijk.OIN}, {Naam: "Niemand", Rol: begrip.RolWijkteam, OIN: wijk.OIN}} {
		w.Als = s
		if p := w.Stuur(pad, f); p.Status != http.StatusForbidden && p.Status != http.StatusUnauthorized {
			t.Errorf("%q: %d", s.Naam, p.Status)
		}
		if velden, _, err := o.Dossier.Concept(t.Context(), string(s.OIN)+"/"+s.Persoon, pad); err != nil || velden != nil {
			t.Errorf("%q keeps a draft (%v)", s.Naam, err)
		}
	}
}

package dossier

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/handbereik/soh/internal/begrip"
)

func regel() Logregel {
	return Logregel{Richting: Gegeven, LezerOIN: "00000001123456789000", LezerOrganisatie: "Veilig Thuis", Persoon: "p1", Naam: "M. Bos",
		Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516, Zaak: "urn:soh:zaak:1",
		Bron: "00000001123456780000", Soort: "melding", RecordID: "a", Niveau: begrip.NiveauInhoud, Velden: []string{"tekst"},
		Betrokkenen: []begrip.BSN{schildwacht, ander}, Toegestaan: true, Redenen: []Reden{{"dit mag", "Wmo 2015, artikel 5.1.6", ""}}, TraceID: "t"}
}

func TestLogregelHeenEnTerug(t *testing.T) {
	s, k := nieuw(t)
	wil := regel()
	wil.Burger, wil.BronAfgeschermd = ander, true
	if err := s.Log(t.Context(), wil); err != nil {
		t.Fatal(err)
	}
	tweede := regel()
	tweede.Betrokkenen, tweede.RecordID = []begrip.BSN{ander}, "b"
	if err := s.Log(t.Context(), tweede); err != nil {
		t.Fatal(err)
	}
	ls, err := s.LogVoorPersoon(t.Context(), schildwacht, 0)
	if err != nil || len(ls) != 1 {
		t.Fatal(ls, err)
	}
	wil.ID, wil.Tijdstip = ls[0].ID, k.t
	if d := cmp.Diff(wil, ls[0], bsnGelijk); d != "" || wil.ID == "" {
		t.Error(d)
	}
	ls, err = s.LogVoorPersoon(t.Context(), ander, 1)
	if err != nil || len(ls) != 1 || ls[0].RecordID != "b" {
		t.Error("nieuwste eerst:", ls, err)
	}
	if ls, err = s.Logboek(t.Context(), 0); err != nil || len(ls) != 2 || ls[0].RecordID != "b" {
		t.Error(ls, err)
	}
	if b, _ := json.Marshal(ls); strings.Contains(string(b), schildwacht.Leesbaar()) {
		t.Error("een Logregel toont een BSN in JSON")
	}
}

func TestVerifieerVindtGeknoei(t *testing.T) {
	for naam, sql := range map[string]string{
		"gewijzigde regel":    `UPDATE verwerking SET regel = replace(regel, 'M. Bos', 'A. Vos') WHERE nr = 2`,
		"weggehaalde regel":   `DELETE FROM verwerking WHERE nr = 2`,
		"eerste weg":          `DELETE FROM verwerking WHERE nr = 1`,
		"gewijzigde hash":     `UPDATE verwerking SET hash = x'00' WHERE nr = 2`,
		"gewijzigde tijd":     `UPDATE verwerking SET tijdstip = tijdstip + 1 WHERE nr = 2`,
		"persoon losgemaakt":  `DELETE FROM verwerking_persoon WHERE nr = 2 AND bsn = '999990019'`,
		"andere persoon":      `UPDATE verwerking_persoon SET bsn = '999991760' WHERE nr = 2 AND bsn = '999990019'`,
		"omgewisselde regels": `UPDATE verwerking SET regel = (SELECT regel FROM verwerking WHERE nr = 3), id = 'x' WHERE nr = 2`,
	} {
		t.Run(naam, func(t *testing.T) {
			s, _ := nieuw(t)
			for range 3 {
				if err := s.Log(t.Context(), regel()); err != nil {
					t.Fatal(err)
				}
			}
			n, kop, err := s.Verifieer(t.Context())
			if n != 3 || kop == [32]byte{} || err != nil {
				t.Fatal("gaaf log:", n, err)
			}
			for _, q := range []string{`PRAGMA foreign_keys = 0`, sql} {
				if _, err := s.schrijf.Exec(q); err != nil {
					t.Fatal(err)
				}
			}
			if _, _, err := s.Verifieer(t.Context()); err == nil {
				t.Error("niet gevonden")
			} else if strings.Contains(err.Error(), schildwacht.Leesbaar()) {
				t.Error("BSN in fout")
			}
		})
	}
}

// TestVerifieerKopToontAfgekniptEinde: a cut-off end leaves a sound chain, but
// another head.
func TestVerifieerKopToontAfgekniptEinde(t *testing.T) {
	s, _ := nieuw(t)
	if n, kop, err := s.Verifieer(t.Context()); n != 0 || kop != [32]byte{} || err != nil {
		t.Error("leeg log:", n, err)
	}
	for range 2 {
		if err := s.Log(t.Context(), regel()); err != nil {
			t.Fatal(err)
		}
	}
	_, voor, _ := s.Verifieer(t.Context())
	for _, q := range []string{`DELETE FROM verwerking_persoon WHERE nr = 2`, `DELETE FROM verwerking WHERE nr = 2`} {
		if _, err := s.schrijf.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	n, na, err := s.Verifieer(t.Context())
	if n != 1 || err != nil || na == voor {
		t.Error(n, err)
	}
}

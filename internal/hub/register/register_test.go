package register

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

var politie = Deelnemer{Organisatie: begrip.Organisatie{OIN: "00000004000000001000", Naam: "Politie", Soort: begrip.Politie}, API: "https://politie.example"}

func TestWieVertrokIsMeteenUit(t *testing.T) {
	r := Nieuw()
	if _, err := r.Toegelaten(politie.OIN); !begrip.Is(err, begrip.Verboden) {
		t.Fatalf("an empty register let someone in: %v", err)
	}
	r.Zet(politie)
	if d, err := r.Toegelaten(politie.OIN); err != nil || d != politie {
		t.Fatalf("%v %v", d, err)
	}
	weg := politie
	weg.Ingetrokken = true
	r.Zet(weg)
	if _, err := r.Toegelaten(politie.OIN); !begrip.Is(err, begrip.Verboden) {
		t.Fatalf("who left is let in: %v", err)
	}
	if n := len(r.Deelnemers()); n != 0 {
		t.Fatalf("%d deelnemers shown", n)
	}
}

func TestLijstGeeftAlleenWatNieuwIsEnKlopt(t *testing.T) {
	dir := t.TempDir()
	l := NieuweLijst(dir)
	if _, ok, err := l.Veranderd(); ok || err != nil {
		t.Fatalf("a list that is not there: %v %v", ok, err)
	}
	if err := Schrijf(dir, []Deelnemer{politie}); err != nil {
		t.Fatal(err)
	}
	if ds, ok, err := l.Veranderd(); !ok || err != nil || len(ds) != 1 || ds[0] != politie {
		t.Fatalf("%v %v %v", ds, ok, err)
	}
	if _, ok, _ := l.Veranderd(); ok {
		t.Fatal("the same list counts as new")
	}
	l.Opnieuw()
	if _, ok, _ := l.Veranderd(); !ok {
		t.Fatal("a list that was not used is not given again")
	}
	zelfde := `{"oin":"00000004000000001000","naam":"Politie","soort":"politie","api":""}`
	for i, stuk := range []string{`{`, `{"deelnemers":[{"oin":"1","naam":"x"}]}`, `{"deelnemers":[` + zelfde + `,` + zelfde + `]}`,
		strings.Replace(`{"deelnemers":[`+zelfde+`]}`, `"api":""`, `"api":"http://x"`, 1)} {
		if err := os.WriteFile(filepath.Join(dir, Bestand), []byte(stuk), 0o600); err != nil {
			t.Fatal(err)
		}
		l.Opnieuw()
		if _, ok, err := l.Veranderd(); ok || err == nil {
			t.Errorf("list %d does not hold up and was given", i)
		}
	}
}

func TestRegistersWeigerenWatErNietInHoort(t *testing.T) {
	nu := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	eerder := nu.Add(-time.Hour)
	slecht := politie
	slecht.API, slecht.Soort = "https://u:p@politie.example?token=1", "bende"
	slecht.Contact.Techniek = Contactpunt{Email: "geen adres", Telefoon: "999990019"}
	for naam, g := range map[string]struct {
		controleer func(*begrip.Controle)
		fouten     []string
	}{
		"deelnemer": {slecht.Controleer, []string{"soort", "api", "contact.techniek.email", "contact.techniek.telefoon"}},
		"dienst":    {Dienst{Naam: "x", Omschrijving: "over 999990019"}.Controleer, []string{"omschrijving", "doelgroep", "regio", "hoeAanvragen"}},
		"api":       {API{Naam: "x", OpenAPI: "https://x/openapi.json?key=1", Versie: "1", Status: "mooi"}.Controleer, []string{"openapi", "status"}},
		"storing":   {Storing{Soort: "onderhoud", Wat: "x", Gevolg: "y", Vanaf: nu}.Controleer, []string{"tot"}},
		"einde":     {Storing{Soort: "storing", Wat: "x", Gevolg: "y", Vanaf: nu, Tot: &eerder}.Controleer, []string{"tot"}},
	} {
		var c begrip.Controle
		g.controleer(&c)
		var kreeg []string
		for _, v := range c.Velden {
			kreeg = append(kreeg, v.Veld)
			if strings.Contains(v.Bericht, "999990019") {
				t.Errorf("%s: the refused value is told back", naam)
			}
		}
		if strings.Join(kreeg, " ") != strings.Join(g.fouten, " ") {
			t.Errorf("%s: wrong are %v, want %v", naam, kreeg, g.fouten)
		}
	}
	var c begrip.Controle
	if politie.Controleer(&c); len(c.Velden) > 0 {
		t.Errorf("a good deelnemer is refused: %v", c.Velden)
	}
}

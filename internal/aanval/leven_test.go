package aanval

import (
	"encoding/json"
	"html"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// What people live in can be told: each input is taken, the receiver reads at the source
// everything that was sent, and it can be read on a page.
func TestElkLevenPastInEenMelding(t *testing.T) {
	n := deNetwerk(t)
	politie, vt := n.lid(t, "politie"), n.lid(t, "veilig-thuis")
	bestanden, err := filepath.Glob("testdata/melding-*.json")
	if err != nil || len(bestanden) < 9 {
		t.Fatalf("%d inputs, %v", len(bestanden), err)
	}
	for _, f := range bestanden {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b = []byte(strings.ReplaceAll(string(b), "999990093", bsn().Leesbaar())) // a person of nobody else's story
		var gestuurd, gelezen map[string]any
		if err := json.Unmarshal(b, &gestuurd); err != nil {
			t.Fatal(err)
		}
		a := politie.vraag(t, "POST", politie.API+"/meldingen", b).wil(t, http.StatusCreated)
		var m gemeld
		a.lees(t, &m)
		url := a.Kop.Get("Location")
		l := toegang.Lezer{Persoon: "marieke", Naam: "Marieke", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516, Zaak: m.Zaak}
		wacht(t, func() string {
			if a = vt.vraag(t, "GET", url, nil, vt.als(t, politie.OIN, l)...); a.Status != http.StatusOK {
				return a.Body
			}
			return ""
		})
		a.lees(t, &gelezen)
		for _, verlies := range verloren("", gestuurd, gelezen) {
			t.Errorf("%s: %s is lost or changed", filepath.Base(f), verlies)
		}
	}

	marieke := n.binnen(t, "veilig-thuis", "vt-marieke")
	wacht(t, func() string {
		if err := marieke.Open(t.Context(), "/postvak"); err != nil {
			return err.Error()
		}
		gelezen := ""
		for _, l := range marieke.Links("/postvak/melding/") {
			if err := marieke.Open(t.Context(), l); err != nil {
				return err.Error()
			}
			gelezen += html.UnescapeString(marieke.HTML)
		}
		for _, tekst := range []string{
			"Rue du Pont 5, 4000 Liège, België", "Suharto", ">2018<", "Molenweg 3A-bis, 1236 EF Voorbeeldstad", "Nog niet geboren, verwacht op", "1 februari 2027",
			"Burgemeester van Hasselts 3", "Adres niet bekend", "Gebeurde tussen 1 oktober 2026 en 8 oktober 2026", "https://dossier.politie.example/bijlage/1",
		} {
			if !strings.Contains(gelezen, tekst) {
				return "no page of the receiver says " + tekst
			}
		}
		return ""
	})
}

// verloren gives the places where terug does not hold what in held.
func verloren(plek string, in, terug any) (uit []string) {
	switch v := in.(type) {
	case map[string]any:
		w, _ := terug.(map[string]any)
		for k, x := range v {
			uit = append(uit, verloren(plek+"."+k, x, w[k])...)
		}
		return uit
	case []any:
		w, _ := terug.([]any)
		for i, x := range v {
			if i >= len(w) {
				return append(uit, plek)
			}
			uit = append(uit, verloren(plek, x, w[i])...)
		}
		return uit
	}
	if !reflect.DeepEqual(in, terug) {
		uit = append(uit, plek)
	}
	return uit
}

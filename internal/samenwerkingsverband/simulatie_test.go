package samenwerkingsverband

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Who could see it, according to the simulation, is who may see it.
func TestWieKanIsWatToetsToestaat(t *testing.T) {
	for _, naam := range Ingebouwd().Namen() {
		d, _ := Ingebouwd().Definitie(naam)
		for k := Bekendheid; k <= Bronbeschermd; k++ {
			ks := d.WieKan(k)
			if k == Bronbeschermd && len(ks) > 0 {
				t.Errorf("%s: I6 is te zien: %v", naam, ks)
			}
			for _, x := range ks {
				v := volledig(d)
				v.Rol, v.Soort, v.Grondslag, v.Doel, v.Klasse, v.Niveau = x.Rol, x.Soort, x.Grondslag, x.Doel, k, x.Niveau
				v.Functie, v.Bron = functieVoor(x.Soort), bronVoor(d.gronden[x.Grondslag])
				if len(x.Delen) > 0 {
					v.Deel = x.Delen[0]
				}
				if u := d.Toets(v); !u.Toegestaan {
					t.Errorf("%s %s: %+v zou het kunnen zien, maar Toets weigert: %v", naam, k, x, u.Redenen)
				}
			}
		}
	}
}

// What a professional could have known follows the facts of that moment.
func TestWegenVolgenDeFeitenVanToen(t *testing.T) {
	d, _ := Ingebouwd().Definitie("multidisciplinair-overleg")
	v := volledig(d)
	v.Rol, v.Soort, v.Klasse = RolCasusregisseur, begrip.GI, Hulp
	wegen := d.Wegen(v)
	var gronden []begrip.Grondslag
	for _, w := range wegen {
		gronden = append(gronden, w.Grondslag)
	}
	if !slices.Equal(gronden, []begrip.Grondslag{"JW-7.3.11", "JW-7.3.11-4", "WMO-5.3.3"}) {
		t.Fatal(gronden)
	}
	v.Waarborgen.OTS = Periode{}
	v.Nu = nu.Add(-2 * time.Hour) // before anything was on record
	if w := d.Wegen(v); len(w) != 0 {
		t.Errorf("wist toen al: %v", w)
	}
}

func TestConvenantZegtAlles(t *testing.T) {
	for w := range waarborgen {
		if w.Naam() == "" {
			t.Errorf("waarborg %q heeft geen woorden voor een convenant", w)
		}
	}
	for _, naam := range Ingebouwd().Namen() {
		d, _ := Ingebouwd().Definitie(naam)
		var md, page strings.Builder
		if err := SchrijfMarkdown(&md, d.Convenant()); err != nil {
			t.Fatal(err)
		}
		if err := SchrijfHTML(&page, d.Titel, d.Convenant()); err != nil {
			t.Fatal(err)
		}
		for _, u := range append(slices.Clone(d.Uitkomsten), d.Onbekend...) {
			if !strings.Contains(md.String(), u.Tekst) {
				t.Errorf("%s: %q ontbreekt", naam, u.Tekst)
			}
		}
		for _, p := range d.Deelnemers {
			if !strings.Contains(strings.ToLower(md.String()), strings.ToLower(p.Naam)) {
				t.Errorf("%s: %q ontbreekt", naam, p.Naam)
			}
		}
		for _, fout := range []string{"%!", "map[", "[]", "; ;", "<nil>"} {
			if strings.Contains(md.String(), fout) {
				t.Errorf("%s: %q staat in het convenant", naam, fout)
			}
		}
	}
	var s strings.Builder
	if err := SchrijfHTML(&s, "<x>", []Blok{{Tekst: "<script>"}, {Tabel: [][]string{{"a & b"}}}}); err != nil || strings.Contains(s.String(), "<script>") || strings.Contains(s.String(), "<x>") {
		t.Error(s.String(), err)
	}
}

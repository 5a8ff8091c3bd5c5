package samenwerkingsverband

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestEigenDefinitiesKloppen(t *testing.T) {
	v, err := laad(bestanden, nil)
	if err != nil {
		t.Fatal(err)
	}
	wil := []string{
		"actieoverleg", "beschermingsoverleg", "indicatieoverleg-jeugdstrafrecht", "indicatieoverleg-toegang-hulp", "mda-plus-plus",
		"motorkapoverleg", "multidisciplinair-overleg", "nazorgoverleg", "trajectberaad", "zorg-en-veiligheidshuis",
	}
	if !slices.Equal(v.Namen(), wil) {
		t.Error(v.Namen())
	}
	for _, g := range v.Gronden() {
		if (g.Code == "WAMS") == g.Aan {
			t.Errorf("%s: aan %v; alleen WAMS staat uit", g.Code, g.Aan)
		}
	}
}

func lezenUit(t testing.TB, naam string) string {
	t.Helper()
	b, err := os.ReadFile(naam)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTiendeUitEenMap(t *testing.T) {
	v, err := Laad("testdata/tiende")
	if err != nil {
		t.Fatal(err)
	}
	d, ok := v.Definitie("regionaal-spreekuur")
	if !ok || len(v.Namen()) != 11 || v.Doelen()["spreekuur"] == "" {
		t.Fatal(v.Namen(), v.Doelen())
	}
	vraag := vraagVoor(d, d.Toegang[0], Gezondheid)
	u := d.Toets(vraag)
	if !u.Toegestaan || u.Niveau != 2 || !slices.Equal(u.Gemaskeerd, []string{"burgerservicenummer", "medicatie"}) || !slices.Equal(u.Plichten, []string{"nakijken"}) {
		t.Errorf("%+v", u)
	}
	for _, vraag.Fase = range []int{0, 3} {
		if u := d.Toets(vraag); u.Toegestaan || u.Redenen[0].Tekst != "In deze fase van de zaak is dit niet te zien." {
			t.Errorf("fase %d: %+v", vraag.Fase, u)
		}
	}
	if _, ok := Ingebouwd().Definitie("regionaal-spreekuur"); ok {
		t.Error("een map verandert het programma")
	}
	if v, err := Laad(""); err != nil || v != Ingebouwd() {
		t.Error(err)
	}
	if _, err := Laad("testdata/bestaat-niet"); err == nil {
		t.Error("een map die er niet is")
	}
}

// Each mistake is told with the file, the line and what is wrong.
func TestElkeFoutMetRegel(t *testing.T) {
	goed := lezenUit(t, "testdata/tiende/regionaal-spreekuur.yaml")
	if _, fouten := lees("regionaal-spreekuur.yaml", []byte(goed), Ingebouwd().gronden); fouten != nil {
		t.Fatal(fouten)
	}
	for _, g := range []struct{ van, naar, wil string }{
		{"titel: Regionaal", "titl: Regionaal", `onbekend veld "titl"`},
		{"titel: Regionaal spreekuur", "lezing: x", `het veld "titel" ontbreekt`},
		{"titel: Regionaal spreekuur", "titel: Regionaal spreekuur\ntitel: nog een", `het veld "titel" staat er twee keer`},
		{"naam: regionaal-spreekuur", "naam: anders", `de naam "anders" is niet de naam van het bestand`},
		{"wie: [deelnemer]", "wie: [directeur]", `onbekende rol "directeur"`},
		{"rollen: [deelnemer]", "rollen: [baas]", `onbekende rol "baas"`},
		{"rollen: [deelnemer]", "rollen: [burger]", "de rol burger hoort bij het burgerportaal"},
		{"soort: ggz", "soort: tandarts", `onbekende soort organisatie "tandarts"`},
		{"soort: ggz", "soort: vertrouwenspersoon", "een vertrouwenspersoon is onafhankelijk"},
		{"grondslag: AVG-9-2-h", "grondslag: AVG-99", `onbekende grondslag "AVG-99"`},
		{"klassen: {I5: 2}", "klassen: {I7: 2}", `onbekend veld "I7"`},
		{"klassen: {I5: 2}", "klassen: {I5: 3}", "hier hoort een getal van 0 tot en met 2"},
		{"klassen: {I5: 2}", "klassen: {I4: 1}", "AVG-9-2-h opent I4 niet"},
		{"klassen: {I5: 2}", "klassen: {I6: 0}", "AVG-9-2-h opent I6 niet"},
		{"grondslag: AVG-9-2-h", "grondslag: AVG-9-2-g", "AVG-9-2-g opent I5 hoogstens op niveau 1, niet op 2"},
		{"[wet-genoemd, zorgprofessional, deelname]", "[zorgprofessional, deelname]", `AVG-9-2-h eist de waarborg "wet-genoemd"`},
		{"[wet-genoemd, zorgprofessional, deelname]", "[wet-genoemd, deelname]", "I5 is voor behandelaars"},
		{"[wet-genoemd, zorgprofessional, deelname]", "[wet-genoemd, zorgprofessional]", `de waarborg "deelname" ontbreekt`},
		{"[wet-genoemd, zorgprofessional, deelname]", "[wet-genoemd, zorgprofessional, deelname, hek]", `onbekende waarborg "hek"`},
		{"[wet-genoemd, zorgprofessional, deelname]", "[wet-genoemd, zorgprofessional, deelname, bron]", `niets waar de waarborg "bron" naar kijkt`},
		{"[wet-genoemd, zorgprofessional, deelname]", "[wet-genoemd, zorgprofessional, deelname, zvh-reikwijdte]", "vraagt een reikwijdte"},
		{"plichten: [nakijken]\n    status: eigen-keuze", "plichten: [nakijken]\n    status: wet\n    bron: x", "is zekerder dan die van AVG-9-2-h"},
		{"plichten: [nakijken]", "plichten: [zingen]", `"zingen" kan hier niet`},
		{"fasen: [2]", "fasen: [4]", "fase 4 hoort niet bij dit samenwerkingsverband"},
		{"fase: 2", "fase: 5", "fase 5 hoort niet bij dit samenwerkingsverband"},
		{"fasen: [2]", "relaties: [zelf]", "relaties horen bij het gezin"},
		{"duur: 1 uur", "duur: een uurtje", "schrijf een duur als"},
		{"duur: 1 uur", "duur: onbekend", "status onbekend en waarde onbekend horen bij elkaar"},
		{"duur: onbekend, status: onbekend", "duur: onbekend, status: wet, bron: x", "status onbekend en waarde onbekend horen bij elkaar"},
		{"{tekst: advies, status: eigen-keuze}", "{tekst: advies, status: wet}", `noem de bron: dit heeft status "wet"`},
		{"{tekst: advies, status: eigen-keuze}", "{tekst: advies}", `het veld "status" ontbreekt`},
		{"{tekst: advies, status: eigen-keuze}", "{tekst: advies, status: zeker}", `"zeker" kan hier niet`},
		{"code: spreekuur, omschrijving: meedenken op het regionale spreekuur,", "code: spreekuur,", "is nieuw; geef er een omschrijving bij"},
		{"fasen: [2]", "doelen: [mdo]", `het doel "mdo" hoort niet bij dit samenwerkingsverband`},
		{"titel: Regionaal spreekuur", "titel: &a Regionaal spreekuur", "verwijzingen binnen YAML"},
		{"uitkomsten:\n", "zelfde-zaak: x\nuitkomsten:\n", "hier hoort een lijst te staan"},
		{"  - {tekst: advies, status: eigen-keuze}\n", "", "hier hoort een lijst te staan"},
		{"bedoeling: {", "bedoeling: [", "geen geldige YAML"},
		{"uitkomsten:", "---\nuitkomsten:", "meer dan één document"},
	} {
		if strings.Count(goed, g.van) == 0 {
			t.Fatalf("de test past niet bij het bestand: %q", g.van)
		}
		_, fouten := lees("regionaal-spreekuur.yaml", []byte(strings.Replace(goed, g.van, g.naar, 1)), Ingebouwd().gronden)
		if !strings.Contains(fouten.Error(), g.wil) {
			t.Errorf("%q → %q\nwil %q\nkreeg %v", g.van, g.naar, g.wil, fouten)
		}
		for _, f := range fouten {
			if f.Bestand != "regionaal-spreekuur.yaml" || f.Regel < 1 {
				t.Errorf("fout zonder plek: %v", f)
			}
		}
	}
}

func TestAlleFoutenTegelijkMetDeJuisteRegel(t *testing.T) {
	goed := lezenUit(t, "testdata/tiende/regionaal-spreekuur.yaml")
	slecht := strings.NewReplacer("soort: ggz, rollen", "soort: tandarts, rollen", "klassen: {I5: 2}", "klassen: {I5: 9}", "duur: 1 uur", "duur: even").Replace(goed)
	_, fouten := lees("x/regionaal-spreekuur.yaml", []byte(slecht), Ingebouwd().gronden)
	regels := strings.Split(slecht, "\n")
	for _, woord := range []string{"tandarts", "I5: 9", "duur: even"} {
		i := slices.IndexFunc(regels, func(r string) bool { return strings.Contains(r, woord) }) + 1
		if !strings.Contains(fouten.Error(), "regionaal-spreekuur.yaml:"+strconv.Itoa(i)+": ") {
			t.Errorf("geen fout op regel %d (%s):\n%v", i, woord, fouten)
		}
	}
}

func TestMapMetFoutenGeeftAlleBestanden(t *testing.T) {
	dir := t.TempDir()
	for naam, tekst := range map[string]string{"a.yaml": "naam: a\n", "b.yaml": "x", "gronden.yaml": "gronden: []", "lees.txt": "telt niet mee"} {
		if err := os.WriteFile(filepath.Join(dir, naam), []byte(tekst), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Laad(dir)
	fouten, ok := errors.AsType[Fouten](err)
	if !ok {
		t.Fatal(err)
	}
	for _, wil := range []string{"a.yaml:1: het veld \"doelen\" ontbreekt", "b.yaml:1: hier horen velden", "gronden.yaml:1: grondslagen zijn van het programma"} {
		if !strings.Contains(fouten.Error(), wil) {
			t.Errorf("wil %q in\n%v", wil, fouten)
		}
	}
}

func TestGrondenWordenNagekeken(t *testing.T) {
	for _, g := range []struct{ tekst, wil string }{
		{`{code: NIEUW-1, tekst: x, aan: ja, klassen: {I0: 1}, waarborgen: [deelname], status: eigen-keuze}`, "heeft geen artikel in het programma"},
		{`{code: WTH, tekst: x, aan: ja, klassen: {I6: 1}, waarborgen: [deelname], status: eigen-keuze}`, "geen grondslag opent I6"},
		{`{code: WTH, tekst: x, aan: ja, klassen: {I0: 1}, waarborgen: [], status: eigen-keuze}`, "heeft een waarborg"},
		{`{code: WTH, tekst: x, aan: ja, klassen: {I0: 1}, waarborgen: [ontvanger], status: eigen-keuze}`, "horen bij elkaar"},
		{`{code: WTH, tekst: x, aan: ja, ontvangers: [maan], klassen: {I0: 1}, waarborgen: [ontvanger], status: eigen-keuze}`, `onbekende soort organisatie "maan"`},
	} {
		l := &lezer{bestand: "gronden.yaml"}
		l.gronden([]byte("gronden:\n  - " + g.tekst))
		if !strings.Contains(l.fouten.Error(), g.wil) {
			t.Errorf("wil %q, kreeg %v", g.wil, l.fouten)
		}
	}
}

// Whatever a file holds, reading it ends, tells where it is wrong, or gives a
// definition that never opens I6.
func FuzzLees(f *testing.F) {
	f.Add([]byte(lezenUit(f, "testdata/tiende/regionaal-spreekuur.yaml")))
	f.Add([]byte(lezenUit(f, "motorkapoverleg.yaml")))
	for _, s := range []string{"", "a: b", "- a", "naam: &x [*x]", "naam: {naam: {naam: x}}", "\x00", "fasen: [1, 1]", "toegang: [{wie: [burger]}]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, fouten := lees("regionaal-spreekuur.yaml", b, Ingebouwd().gronden)
		for _, x := range fouten {
			if x.Regel < 1 || x.Tekst == "" {
				t.Errorf("fout zonder plek: %v", x)
			}
		}
		if fouten != nil || d == nil {
			return
		}
		d.stelOp(Ingebouwd().gronden)
		for k, regels := range d.tabel {
			for _, in := range regels {
				if in.niveaus[Bronbeschermd] >= 0 || len(in.regel.Waarborgen) == 0 {
					t.Errorf("%v opent te veel", k)
				}
			}
		}
		if _, ok := d.namen[RolBurger]; !ok {
			t.Error("rollen ontbreken")
		}
	})
}

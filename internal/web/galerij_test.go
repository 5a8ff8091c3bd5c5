package web_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/web"
	"github.com/handbereik/soh/internal/web/browsertest"
)

var nu = time.Date(2026, 11, 23, 9, 12, 0, 0, web.Zone)

// galerij serves every component in both frames.
func galerij(t *testing.T, cfg web.Config) http.Handler {
	t.Helper()
	cfg.Nu = func() time.Time { return nu }
	basis, err := web.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s, err := basis.Met(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	s.Routes(mux)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		s.Toon(w, r, 200, "galerij.html", web.Pagina{Titel: "Overzicht", Breed: !cfg.Werkplek, Data: galerijData(), Doel: doelbalk(cfg.Werkplek)})
	})
	mux.HandleFunc("GET /formulier", func(w http.ResponseWriter, r *http.Request) {
		toonFormulier(s, w, r, 200, new(web.Formulier).Zet("gemeente", "b"), nil)
	})
	mux.HandleFunc("POST /formulier", s.Handel(func(w http.ResponseWriter, r *http.Request) error {
		f, err := web.LeesFormulier(w, r)
		if err != nil {
			return err
		}
		f.Eis(f.Waarde("naam") != "", "naam", "Vul uw naam in.")
		f.Eis(f.Waarde("aard") != "", "aard", "Kies wat er is gebeurd.")
		f.Eis(len(f.Waarde("tekst")) > 9, "tekst", "Vertel iets meer. Schrijf ten minste één zin.")
		if !f.Goed() {
			toonFormulier(s, w, r, http.StatusBadRequest, f, nil)
			return nil
		}
		toonFormulier(s, w, r, 200, f, &web.Alert{Soort: "ok", Titel: "Gelukt", Tekst: "Wij hebben uw melding."})
		return nil
	}))
	mux.HandleFunc("GET /stuk", s.Handel(func(http.ResponseWriter, *http.Request) error {
		return begrip.NieuweFout(begrip.Verboden, "U mag deze melding niet zien. Uw rol past niet bij dit doel.")
	}))
	mux.HandleFunc("GET /paniek", func(http.ResponseWriter, *http.Request) { panic("geheim detail") })
	return s.Handler(mux)
}

func doelbalk(werk bool) *web.Doelbalk {
	if !werk {
		return nil
	}
	return &web.Doelbalk{Rol: "medewerker Veilig Thuis", Doel: "de melding beoordelen", Grondslag: "Wmo 2015, artikel 4.1.1"}
}

func toonFormulier(s *web.Site, w http.ResponseWriter, r *http.Request, status int, f *web.Formulier, a *web.Alert) {
	s.Toon(w, r, status, "formulier.html", web.Pagina{Titel: "Nieuwe melding", Bericht: a,
		Kruimels: []web.Kruimel{{Tekst: "Postvak", Pad: "/"}, {Tekst: "Nieuwe melding"}},
		Data: map[string]any{"F": f,
			"Gemeenten": []web.Optie{{Waarde: "", Tekst: "Kies een gemeente"}, {Waarde: "a", Tekst: "Voorbeeldstad"}, {Waarde: "b", Tekst: "Testdorp"}},
			"Aarden":    []web.Optie{{Waarde: "ruzie", Tekst: "Ruzie of geweld", Uitleg: "Iemand is geslagen of bedreigd."}, {Waarde: "zorg", Tekst: "Te weinig zorg voor een kind"}},
			"Wie":       []web.Optie{{Waarde: "k", Tekst: "Kinderen"}, {Waarde: "p", Tekst: "Partner"}, {Waarde: "b", Tekst: "Buren"}}}})
}

func galerijData() map[string]any {
	straks := nu.AddDate(0, 0, 15)
	return map[string]any{
		"Op": straks, "Knop": web.Link{Tekst: "Lees de brief", Pad: "#", Icoon: "arrow-right"},
		"Stappen": web.Stappen{{Titel: "Melding", Bij: "2 november", Staat: "klaar"}, {Titel: "Bekijken", Staat: "nu"}, {Titel: "Gesprek", Bij: "Vóór 8 december"}, {Titel: "Besluit"}},
		"Tegels": []web.Tegel{{Titel: "Geef uw mening", Tekst: "Vertel hoe u het ziet. Wij lezen het altijd.", Pad: "#a", Icoon: "message-2"},
			{Titel: "Er klopt iets niet", Tekst: "Laat gegevens verbeteren of weghalen.", Pad: "#b", Icoon: "edit-circle"}, {Titel: "Ik ben het er niet mee eens", Tekst: "Maak bezwaar of dien een klacht in.", Pad: "#c", Icoon: "hand-stop"}},
		"Personen": []web.Persoon{{Naam: "Mirjam Koster", Rol: "Medewerker", Organisatie: "Veilig Thuis", Hoofd: true, Label: &web.Label{Soort: "info", Tekst: "Uw vaste contactpersoon"}, Doet: "Zij beoordeelt de melding en belt u.", Ziet: "de melding", Telefoon: "0800 2000"},
			{Naam: "Joke Visser", Rol: "Juf", Organisatie: "Basisschool De Wilg", Label: &web.Label{Tekst: "School"}, Doet: "Zij helpt Adam in de klas.", Ziet: "niets", Links: []web.Link{{Tekst: "Stuur bericht", Pad: "#x", Icoon: "message-2", Extra: "aan Joke Visser"}}}},
		"Alerts": []web.Alert{{Soort: "ok", Titel: "Gelukt", Tekst: "Wij hebben uw mening."}, {Soort: "info", Tekst: "U krijgt antwoord vóór 8 december."}, {Soort: "let-op", Titel: "Nog 3 dagen", Tekst: "Kies een dag voor het gesprek."}, {Soort: "fout", Titel: "Dit mag niet", Tekst: "Uw rol past niet bij dit doel."}},
		"Tijdlijn": web.Tijdlijn{Straks: []web.Gebeurtenis{{Op: straks, Titel: "Gesprek", Tekst: "U praat met Mirjam over wat nodig is.", Wie: "Veilig Thuis", Icoon: "calendar-event"}, {Op: straks.AddDate(0, 1, 4), Tot: true, Titel: "U krijgt ons besluit", Icoon: "gavel"}},
			Gebeurd: []web.Gebeurtenis{{Op: nu, Soort: "u", Titel: "U gaf uw mening", Tekst: "“Adam slaapt beter.”", Wie: "Van u"}, {Op: nu.AddDate(0, 0, -1), Soort: "kijk", Titel: "Iemand keek", Tekst: "Mirjam las de melding.", Wie: "Veilig Thuis"}, {Op: nu.AddDate(0, 0, -10), AlleenDag: true, Titel: "Er kwam een melding", Icoon: "flag", Label: &web.Label{Soort: "wacht", Tekst: "Wacht"}}}},
		"Tabel": web.Tabel{Onderschrift: "Wie keek in uw gegevens, nieuwste eerst", Kop: []string{"Wanneer", "Wie", "Wat", "Waarom"}, Voet: "2 van 14 keer", VoetLinks: []web.Link{{Tekst: "Bekijk alles", Pad: "#alles"}},
			Rijen: [][]web.Cel{{{Op: nu}, {Tekst: "Mirjam Koster", Bij: "Veilig Thuis"}, {Tekst: "De melding"}, {Tekst: "De melding beoordelen", Bij: "Wmo 2015, artikel 4.1.1"}},
				{{Op: nu.AddDate(0, 0, -5)}, {Tekst: "Een medewerker", Bij: "Gemeente"}, {Tekst: "Of er hulp is"}, {Label: &web.Label{Soort: "fout", Tekst: "Mocht niet"}, Bij: "Er was geen reden."}}}},
		"Regels": []web.Regel{{Label: "Gemeld op", Waarde: "2 november 2026"}, {Label: "Wat er gebeurde", Waarde: "De buren hoorden ruzie.\nDe politie ging langs."}},
	}
}

var gezinCfg = web.Config{Ondertitel: "Voorbeeldgemeente", Kader: func(*http.Request) web.Kader { return web.Kader{Wie: "Samira", Afmelden: "/afmelden"} },
	Nav: []web.NavItem{{Titel: "Overzicht", Pad: "/", Icoon: "home"}, {Titel: "Mijn gegevens", Pad: "/gegevens", Icoon: "shield-lock"}, {Titel: "Hulp", Pad: "#hulp", Icoon: "help-circle"}}}

var werkCfg = web.Config{Naam: "Werkplek", Ondertitel: "Veilig Thuis Voorbeeld", Werkplek: true,
	Kader: func(*http.Request) web.Kader {
		return web.Kader{Wie: "Mirjam Koster", Bij: "medewerker Veilig Thuis", Afmelden: "/afmelden"}
	},
	Nav: []web.NavItem{{Titel: "Postvak", Pad: "/", Icoon: "inbox", Aantal: 4, Nieuw: true, AantalTekst: "open"}, {Titel: "Meldingen", Pad: "/formulier", Icoon: "flag"}, {Titel: "Mijn logboek", Pad: "/logboek", Icoon: "eye", Groep: "Ikzelf"}}}

// TestPaginasInEenBrowser looks at every component and fixed page in a real
// browser, in both frames and both languages.
func TestPaginasInEenBrowser(t *testing.T) {
	if !web.AssetsGebouwd() {
		t.Fatal("de assets zijn niet gebouwd: doe eerst `make assets`")
	}
	b := browsertest.Start(t)
	for naam, cfg := range map[string]web.Config{"gezin": gezinCfg, "werk": werkCfg} {
		srv := httptest.NewServer(galerij(t, cfg))
		defer srv.Close()
		tab := b.Tab(t)
		tab.Open(srv.URL + "/").Controleer(naam + "-galerij")
		tab.Open(srv.URL + "/formulier").Controleer(naam + "-formulier")
		tab.Klik("button[type=submit].nl-button--primary").Wacht(".foutlijst")
		if strings.Contains(strings.Join(tab.Console(), ""), "Content Security Policy") {
			t.Error(tab.Console())
		}
		tab2 := b.Tab(t)
		for _, p := range []string{"toegankelijkheid", "privacy", "broncode"} {
			tab2.Open(srv.URL + "/" + p + "?taal=en").Controleer(naam + "-" + p)
		}
	}
}

// TestFormulierKomtTerugMetAlleFouten posts without script.
func TestFormulierKomtTerugMetAlleFouten(t *testing.T) {
	srv := httptest.NewServer(galerij(t, gezinCfg))
	defer srv.Close()
	tab := browsertest.Start(t).Tab(t)
	tab.Open(srv.URL+"/formulier").Vul("#v-telefoon", "06 12 34 56 78").Klik("button[type=submit].nl-button--primary").Wacht(".foutlijst")
	if n := browsertest.Reken[int](tab, `document.querySelectorAll(".foutlijst a").length`); n != 3 {
		t.Errorf("%d fouten in de lijst, niet 3", n)
	}
	if v := browsertest.Reken[string](tab, `document.querySelector("#v-telefoon").value`); v != "06 12 34 56 78" {
		t.Errorf("de waarde is weg: %q", v)
	}
	if !browsertest.Reken[bool](tab, `[...document.querySelectorAll("[aria-describedby]")].every(e=>e.getAttribute("aria-describedby").split(" ").every(i=>document.getElementById(i)))`) {
		t.Error("aria-describedby wijst naar niets")
	}
	if !browsertest.Reken[bool](tab, `[...document.querySelectorAll(".foutlijst a")].every(a=>document.getElementById(a.hash.slice(1)))`) {
		t.Error("een link in de lijst met fouten leidt nergens heen")
	}
	if n := browsertest.Reken[int](tab, `document.activeElement.matches("[data-foutlijst]")?1:0`); n != 1 {
		t.Error("de lijst met fouten heeft de focus niet")
	}
	for _, b := range tab.Axe() {
		t.Errorf("axe %s: %s %v", b.Regel, b.Uitleg, b.Waar)
	}
	tab.Schermfoto("gezin-fouten")
}

package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/bekendheid"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
)

// TestHetGezinZietHetHeleVerhaal walks a melding from start to decision and
// reads the page after each step, on a real hub and real nodes.
func TestHetGezinZietHetHeleVerhaal(t *testing.T) {
	n := nieuwNet(t, politie, vt, ggz)
	moet(t, n.leesPagina(ouder, "/overzicht"), []string{"Dag Sanne", "U hoeft nu niets te doen", "Wij vonden geen meldingen", "Er is nu niemand betrokken", "Er keek nog niemand"}, []string{"antwoordt nu niet", "Politie Oost"})

	n.meld(politie, false)
	s := n.ziet("Er is een melding gedaan")
	moet(t, s, []string{"Politie Oost maakt zich zorgen", "Beoordelen Hier bent u nu", "Melding aan Veilig Thuis Oost"}, []string{"Dit komt nog", "De kinderen zijn bang"})

	b := n.pakOp()
	s = n.ziet("De melding wordt beoordeeld")
	moet(t, s, []string{"Veilig Thuis Oost bekijkt de melding", "Dit komt nog", "Is nu bezig", "Marieke van Loon", "Bel 0800 2000", "Las de melding.", "De melding beoordelen. Wmo 2015, artikel 5.1.6"}, []string{"Te laat"})

	if _, err := n.knopen[ggz.OIN].bekend.Registreer(t.Context(), bekendheid.Registratie{Burgerservicenummer: begrip.InhoudBSN{BSN: ouder}, Omschrijving: "U krijgt hulp van ons.",
		Contact: begrip.InVerblijf(bekendheid.Contact{Naam: "Eva Brouwer", Functie: "behandelaar", Telefoonnummer: "010 123 45 67"})}); err != nil {
		t.Fatal(err)
	}
	l := beoordelaar()
	l.Zaak = b.Zaak
	if err := n.knopen[vt.OIN].bekend.Vraag(t.Context(), b.Zaak, begrip.DoelVTMelding, b.Betrokkenen, []begrip.OIN{politie.OIN, ggz.OIN}, l, opBeoordeling(b)); err != nil {
		t.Fatal(err)
	}
	s = n.ziet("Organisaties gaven antwoord")
	moet(t, s, []string{"Wie kent u? Hier bent u nu", "GGZ Oost; Politie Oost", "Eva Brouwer", "Bel 010 123 45 67", "GGZ Oost kent u", "Een computer, volgens een vaste regel"}, nil)

	n.rondAf(b)
	s = n.ziet("Er is een besluit over de melding")
	moet(t, s, []string{"De melding is beoordeeld", "Het wijkteam belt u.", "Als dat nodig is"}, []string{"Dit komt nog", "Is nu bezig"})

	alles := n.leesPagina(ouder, "/wie-keek")
	moet(t, alles, []string{"Marieke van Loon", "Medewerker Veilig Thuis, Veilig Thuis Oost"}, []string{"Sanne de Wit"})
	moet(t, n.leesPagina(ander, "/overzicht"), []string{"Wij vonden geen meldingen"}, []string{"Politie", "GGZ", "Marieke"})
	n.geenBSN()
}

// TestGeweigerdeInzageStaatErbij: a look that was refused is shown with why.
func TestGeweigerdeInzageStaatErbij(t *testing.T) {
	n := nieuwNet(t, politie, vt)
	n.meld(politie, false)
	l := beoordelaar()
	l.Rol, l.Naam, l.Persoon = begrip.RolAdministratie, "Johan Blauw", "vt-johan"
	o := n.open_()[0]
	l.Zaak = o.Zaak
	if _, err := n.knopen[vt.OIN].Omgeving().Inzage.Haal(t.Context(), politie.OIN, o.Onderwerp.Pad, l, nil, nil); !begrip.Is(err, begrip.Verboden) {
		t.Fatalf("niet geweigerd: %v", err)
	}
	for _, pad := range []string{"/overzicht", "/wie-keek"} {
		moet(t, n.leesPagina(ouder, pad), []string{"Johan Blauw", "Mocht niet", "Waarom dit niet mocht"}, nil)
	}
}

// TestAfgeschermdeMelderStaatNergens plants a melder that the family may not
// know, lets everyone do everything, and searches every page for a trace.
func TestAfgeschermdeMelderStaatNergens(t *testing.T) {
	n := nieuwNet(t, school, vt, ggz)
	geheimen := []string{"Geheim", "geheim", string(school.OIN), "Verborgen", "verborgen", "010 765 43 21", strings.TrimPrefix(n.knopen[school.OIN].srv.URL, "https://"),
		"School", "school", "eigen melding", "De kinderen zijn bang"}
	zoek := func(stap string) {
		t.Helper()
		for _, pad := range []string{"/overzicht", "/wie-keek", "/overzicht?taal=en", "/hulp"} {
			status, kop, b := n.pagina(ouder, pad)
			for _, g := range geheimen {
				if status != http.StatusOK || strings.Contains(b, g) || strings.Contains(strings.Join(kop.Values("Set-Cookie"), ""), g) {
					t.Errorf("%s, %s: %d, %q staat in de pagina", stap, pad, status, g)
				}
			}
		}
	}
	n.meld(school, true)
	s := n.ziet("Iemand heeft zorgen gemeld")
	moet(t, s, []string{"Wij mogen niet zeggen wie.", "Er is nu niemand betrokken"}, nil)
	zoek("gemeld")

	b := n.pakOp()
	moet(t, n.ziet("De melding wordt beoordeeld"), []string{"Veilig Thuis Oost bekijkt de melding"}, nil)
	zoek("opgepakt")

	n.rondAf(b)
	n.ziet("Er is een besluit over de melding")
	l := toegang.Lezer{Organisatie: school, Persoon: "juf", Naam: "Juf Verborgen", Rol: begrip.RolBehandelaar, Doel: begrip.DoelEigenMelding, Grondslag: begrip.GrondUb417, Zaak: b.Zaak}
	if _, err := n.knopen[school.OIN].Omgeving().Inzage.Haal(t.Context(), vt.OIN, melding.PadBeoordeling(b.ID), l, nil, nil); err != nil {
		t.Fatal(err)
	}
	zoek("de melder las de uitkomst")

	n.hub.CloseClientConnections()
	n.hub.Close()
	zoek("zonder Ketenindex")
	moet(t, n.leesPagina(ouder, "/overzicht"), []string{"De tijdlijn kunnen wij nu niet laten zien.", "De melding is beoordeeld"}, nil)
	n.geenBSN()
}

// TestAanmelden: nobody in, the way in, the end of a session, the way out.
func TestAanmelden(t *testing.T) {
	n := leegNet(t)
	n.hub = n.luister(keten, http.NotFoundHandler())
	n.open(toegang.AanmeldConfig{})
	moet(t, n.leesPagina(begrip.BSN{}, "/"), []string{"Inloggen met DigiD", "Bel 112", "0800 2000", "Kindertelefoon"}, []string{"Overzicht"})
	moet(t, n.leesPagina(begrip.BSN{}, "/?taal=en"), []string{"Sign in with DigiD"}, nil)
	moet(t, n.leesPagina(begrip.BSN{}, "/afspraken"), []string{"MDA++"}, nil)
	moet(t, n.leesPagina(begrip.BSN{}, "/afspraken/mda-plus-plus"), []string{"Het gezin", "Wie doet mee", "Andere overleggen"}, nil)
	if status, _, _ := n.pagina(begrip.BSN{}, "/afspraken/bestaat-niet"); status != http.StatusNotFound {
		t.Errorf("afspraken die er niet zijn: %d", status)
	}
	for _, pad := range []string{"/overzicht", "/wie-keek"} {
		status, kop, _ := n.pagina(begrip.BSN{}, pad)
		if u, _ := url.Parse(kop.Get("Location")); status != http.StatusSeeOther || u.Path != "/aanmelden" || u.Query().Get("terug") != pad {
			t.Errorf("%s: %d %s", pad, status, kop.Get("Location"))
		}
	}
	if status, kop, _ := n.pagina(ouder, "/"); status != http.StatusSeeOther || kop.Get("Location") != "/overzicht" {
		t.Errorf("wie is ingelogd, begint niet op het overzicht: %d", status)
	}
	n.verlopen()
	resp, err := http.Get(n.web.URL + "/afmelden")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode == http.StatusOK || len(resp.Cookies()) > 0 {
		t.Errorf("uitloggen kan met een gewone link: %d", resp.StatusCode)
	}
	n.geenBSN()
}

func (n *net) verlopen() {
	n.t.Helper()
	toen := time.Now().Add(-2 * time.Hour)
	echt := n.portaal
	oud := *echt
	cfg := echt.cfg.Aanmelding
	var err error
	if cfg.Sleutel, err = sleutel(echt.cfg.Map); err != nil {
		n.t.Fatal(err)
	}
	cfg.Burgers, cfg.Nu = true, func() time.Time { return toen }
	if oud.aanmelding, err = toegang.NieuweAanmelding(cfg); err != nil {
		n.t.Fatal(err)
	}
	n.portaal = &oud
	status, kop, _ := n.pagina(ouder, "/overzicht")
	n.portaal = echt
	if status != http.StatusSeeOther || !strings.HasPrefix(kop.Get("Location"), "/aanmelden") {
		n.t.Errorf("een verlopen aanmelding geeft %d", status)
	}
}

// TestAfgeschermdVerdwijntOokUitDeTijdlijn: what a source withholds from this
// person, the Ketenindex does not tell after all.
func TestAfgeschermdVerdwijntOokUitDeTijdlijn(t *testing.T) {
	n := nieuwNet(t, politie, vt)
	n.meld(politie, false)
	n.meldOver(politie, ander, false) // who reads everything of it
	n.ziet("Er is een melding gedaan")
	n.wacht("de andere melding", func() bool { return strings.Contains(n.leesPagina(ander, "/overzicht"), "Er is een melding gedaan") })
	om := n.knopen[politie.OIN].Omgeving()
	recs, err := om.Dossier.Zoek(t.Context(), dossier.Filter{Soort: "melding", Persoon: ouder})
	if err != nil || len(recs) != 1 {
		t.Fatal(err, len(recs))
	}
	a := &waarborg.Afscherming{Onderwerp: waarborg.Onderwerp{Soort: "melding", ID: recs[0].ID}, Reden: waarborg.RedenGeweld, Toelichting: "Er was dreiging in huis.",
		Geraadpleegd: "Anton", Tegen: []begrip.InhoudBSN{{BSN: ouder}}, HerzienOp: time.Now().AddDate(0, 1, 0)}
	if err := om.Waarborgen.Maak(t.Context(), waarborg.SoortAfscherming, a, "Ada"); err != nil {
		t.Fatal(err)
	}
	for _, pad := range []string{"/overzicht", "/wie-keek", "/mijn-keuzes"} {
		moet(t, n.leesPagina(ouder, pad), nil, []string{"Er is een melding gedaan", "Politie Oost maakt zich", "afgeschermd", recs[0].ID})
	}
	moet(t, n.leesPagina(ouder, "/overzicht"), []string{"Wij vonden geen meldingen"}, nil)
	// The source falls silent: nothing comes back, the page does not say which it is, and it
	// says just the same to a person from whom that source withholds nothing.
	n.knopen[politie.OIN].srv.CloseClientConnections()
	n.knopen[politie.OIN].srv.Close()
	for _, pad := range []string{"/overzicht", "/wie-keek", "/mijn-keuzes", "/overzicht?taal=en"} {
		hier, elders := n.leesPagina(ouder, pad), n.leesPagina(ander, pad)
		moet(t, hier, nil, []string{"Er is een melding gedaan", "Politie Oost maakt zich", "report was made", recs[0].ID})
		if hier != elders {
			t.Errorf("%s: what is withheld leaves a gap that tells:\n%s\n%s", pad, hier, elders)
		}
	}
	moet(t, n.leesPagina(ouder, "/overzicht?taal=nl"), []string{"Een organisatie antwoordt nu niet"}, []string{"Politie"})
}

package demo

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/web/browsertest"
)

// mens is one person at a screen.
type mens struct {
	*browsertest.Tab
	t *testing.T
	d *Demo
}

// aan signs a persona in, through the simulator, as a person does.
func (d *Demo) aan(t *testing.T, b *browsertest.Browser, sub string) mens {
	t.Helper()
	for _, p := range d.Lijst().Personas {
		if p.Persoon == sub {
			tab := b.Tab(t)
			tab.Open(p.Aanmelden).WachtTekst("Inloggen als " + p.Naam)
			if f := tab.Axe(); len(f) > 0 {
				t.Errorf("aanmelden: %+v", f)
			}
			tab.KlikTekst("Inloggen als " + p.Naam)
			return mens{tab, t, d}
		}
	}
	t.Fatalf("geen persona %s", sub)
	return mens{}
}

func (m mens) kort() string {
	u := m.URL()
	return u[:strings.Index(u[8:], "/")+8]
}

// naar opens a path of the same site.
func (m mens) naar(pad string) mens { m.Open(m.kort() + pad); return m }

// kies presses a radio button or checkbox by its name and value.
func (m mens) kies(naam, waarde string) {
	m.t.Helper()
	m.Klik(fmt.Sprintf(`input[name=%q][value=%q]`, naam, waarde))
}

// totdat opens the page again until klaar holds.
func (m mens) totdat(wat string, klaar func() bool) {
	m.t.Helper()
	einde := time.Now().Add(30 * time.Second)
	for !klaar() {
		if time.Now().After(einde) {
			m.t.Fatalf("%s kwam niet:\n%s", wat, m.Tekst("main"))
		}
		time.Sleep(200 * time.Millisecond)
		m.Open(m.URL())
	}
}

// laatste opens the last link that starts with voor.
func (m mens) laatste(voor string) mens {
	m.t.Helper()
	href := browsertest.Reken[string](m.Tab, fmt.Sprintf(`[...document.querySelectorAll('a[href^=%q]')].at(-1)?.getAttribute('href') ?? ''`, voor))
	if href == "" {
		m.t.Fatalf("geen link %s op\n%s", voor, m.Tekst("main"))
	}
	return m.naar(href)
}

func startDemo(t *testing.T) *Demo {
	t.Helper()
	d, err := Start(context.Background(), Config{Addr: "127.0.0.1:0", Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Stop(); err != nil {
			t.Errorf("stoppen: %v", err)
		}
	})
	for einde := time.Now().Add(20 * time.Second); !d.Gereed(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(einde) {
			t.Fatal("de verhalen stonden er na 20 seconden nog niet")
		}
	}
	return d
}

// TestVerhaalInDeBrowser clicks the whole story of the family Bakker in
// Chromium: melding, reading at the source, asking, answering, outcome, and
// the family's own page. Every page is checked on the way (see Controleer).
func TestVerhaalInDeBrowser(t *testing.T) {
	d, b := startDemo(t), browsertest.Start(t)
	b.Tab(t).Open(d.URL()).Controleer("start")

	agent := d.aan(t, b, "politie-noor")
	vulMelding(t, agent)

	vt := d.aan(t, b, "vt-marieke")
	vt.WachtTekst("Melding beoordelen").Controleer("postvak")
	vt.laatste("/postvak/melding/").WachtTekst("Gezin Bakker").WachtTekst("Er was ruzie").Controleer("melding-inkomend")
	weigerRol(t, d, b, vt.URL())

	vt.KlikTekst("Pak de melding op").WachtTekst("U hebt de melding opgepakt").Controleer("beoordeling")
	vt.KlikTekst("Vraag wie het gezin kent").WachtTekst("Over wie stelt u de vraag?").Controleer("bekendheid-nieuw")
	browsertest.Reken[any](vt.Tab, `document.querySelectorAll('main input[type="checkbox"]').forEach(e=>e.click())`)
	vt.KlikTekst("Stel de vraag").WachtTekst("De vraag is verstuurd")
	vt.totdat("de antwoorden volgens regel", func() bool { return strings.Count(vt.Tekst("main"), "Wacht op antwoord") == 1 })

	ggz := d.aan(t, b, "ggz-eva")
	ggz.WachtTekst("Vraag of u het gezin kent")
	ggz.laatste("/postvak/bekendheid/").WachtTekst("Kim Bakker").Controleer("bekendheid-inkomend")
	ggz.KlikTekst("Geef antwoord").WachtTekst("dingen nog niet goed").Controleer("bekendheid-fouten")
	browsertest.Reken[any](ggz.Tab, `document.querySelectorAll('input[value="nee"]').forEach(e=>e.click())`)
	ggz.KlikTekst("Geef antwoord").WachtTekst("Uw antwoord is verstuurd").Controleer("postvak-leeg")

	vt.totdat("het antwoord van de GGZ", func() bool { return !strings.Contains(vt.Tekst("main"), "Wacht op antwoord") })
	vt.Controleer("beoordeling-antwoorden")
	zaak := vt.URL()
	vt.KlikTekst("Lees het antwoord").WachtTekst("Antwoord van").Controleer("bekendheid-antwoord")
	vt.Open(zaak).WachtTekst("Wat besluit u?")
	vt.KlikTekst("Sla het besluit op").WachtTekst("nog niet goed").Controleer("besluit-fouten")
	vt.kies("code", "overdracht")
	vt.Vul(`[name="aan"]`, wijkteamOIN)
	vt.Vul(`[name="vraag"]`, "Help Kim met rust in huis.")
	vt.Vul(`[name="toelichtingMelder"]`, "Het wijkteam neemt het over.")
	vt.Vul(`[name="toelichtingGezin"]`, "Het wijkteam belt u deze week.")
	vt.KlikTekst("Sla het besluit op").WachtTekst("Het besluit is opgeslagen").Controleer("beoordeling-besluit")
	vt.naar("/beoordelingen").WachtTekst("Gezin Bakker").Controleer("mijn-gezinnen")
	vt.naar("/logboek").WachtTekst("Melding").Controleer("logboek")

	agent.naar("/meldingen").totdat("de uitkomst", func() bool { return strings.Contains(agent.Tekst("main"), "Beoordeeld") })
	agent.Controleer("meldingen")
	agent.KlikTekst("de melding over Gezin Bakker").WachtTekst("Het wijkteam neemt het over.").Controleer("melding-uitkomst")

	kim := d.aan(t, b, "kim")
	kim.WachtTekst("Kim")
	kim.totdat("het besluit op de pagina van het gezin", func() bool { return strings.Contains(kim.Tekst("main"), "Het wijkteam belt u deze week.") })
	kim.WachtTekst("Politie Voorbeeldstad").WachtTekst("Marieke van Loon").Controleer("gezin-overzicht")
	kim.naar("/wie-keek").WachtTekst("Marieke van Loon").Controleer("gezin-wie-keek")

	if err := d.StopDeel("rvdk"); err != nil {
		t.Fatal(err)
	}
	kim.naar("/overzicht").WachtTekst("Raad voor de Kinderbescherming Voorbeeldstad antwoordt nu niet").Controleer("gezin-bron-stil")
}

func vulMelding(t *testing.T, agent mens) {
	t.Helper()
	agent.WachtTekst("Postvak")
	agent.naar("/meldingen/nieuw").WachtTekst("Nieuwe melding").Controleer("melding-nieuw")
	agent.KlikTekst("Verstuur de melding").WachtTekst("dingen nog niet goed").Controleer("melding-fouten")
	g := gezin("bakker")
	agent.KlikTekst("Nog een persoon").WachtTekst("Persoon 2")
	agent.kies("soort", "VT")
	for veld, tekst := range map[string]string{
		"verzoek": "Wilt u het gezin bezoeken?", "zorgelijkeSituatie.situatieSchets": "Er was ruzie in huis.", "zorgelijkeSituatie.nadereOmschrijving": "De kinderen waren erbij.",
		"contact.emailAdres": "noor@politie.voorbeeld.nl", "contact.telefoonnummer": "0900 123 45 67",
	} {
		agent.Vul(fmt.Sprintf(`[name=%q]`, veld), tekst)
	}
	for i, l := range g.Leden[:2] {
		for veld, tekst := range map[string]string{
			"naam.voornamen": l.Voornamen, "naam.geslachtsnaam": l.Achter, "burgerservicenummer": l.BSN.Leesbaar(), "geboortedatum": l.Geboren, "rolInGezin": l.Rol, "geslacht": l.Geslacht,
			"adres.straatnaam": g.Straat, "adres.huisnummer": fmt.Sprint(g.Huisnummer), "adres.postcode": g.Postcode, "adres.plaats": "Voorbeeldstad",
		} {
			agent.Vul(fmt.Sprintf(`[name="heeftBetrekkingOp[%d].%s"]`, i, veld), tekst)
		}
	}
	agent.KlikTekst("Verstuur de melding").WachtTekst("De melding is verstuurd").Controleer("melding-verstuurd")
	if strings.Contains(agent.URL(), g.Leden[0].BSN.Leesbaar()) {
		t.Error("BSN in een URL")
	}
}

// weigerRol: somebody without the right role is refused with a reason.
func weigerRol(t *testing.T, d *Demo, b *browsertest.Browser, adres string) {
	t.Helper()
	johan := d.aan(t, b, "vt-administratie")
	johan.WachtTekst("Postvak").Open(adres).WachtTekst("Alleen een medewerker Veilig Thuis mag deze melding lezen")
	if tekst := johan.Tekst("body"); strings.Contains(tekst, "Bakker") || strings.Contains(tekst, "ruzie") {
		t.Errorf("inhoud zichtbaar voor wie niet mag kijken:\n%s", tekst)
	}
	if f := johan.Axe(); len(f) > 0 {
		t.Errorf("weigering: %+v", f)
	}
	johan.Schermfoto("weigering")
}

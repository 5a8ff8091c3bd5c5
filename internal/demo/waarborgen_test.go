package demo

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/demo/bezoeker"
	"github.com/handbereik/soh/internal/web/browsertest"
)

// kiesVoor has a parent choose to look for the child with this name.
func kiesVoor(t *testing.T, b *bezoeker.Bezoeker, naam string) {
	t.Helper()
	bezoek(t, b, "/voor-wie", "Voor wie kijkt u?")
	i := strings.Index(b.HTML, "Kijk voor "+naam)
	if i < 0 {
		t.Fatalf("no choice for %s:\n%s", naam, b.HTML)
	}
	voor := b.HTML[:i]
	sleutel := bezoeker.Attrs(voor[strings.LastIndex(voor, "<button"):])["value"]
	post(t, b, "/voor-wie", url.Values{"voor": {sleutel}})
}

// TestGezinHoudtZelfDeRegie walks what the family De Wit can do: stop what was
// said yes to, look for a child, and see who looked in an emergency; and what
// the father does not get to see.
func TestGezinHoudtZelfDeRegie(t *testing.T) {
	d := netwerk(t, t.TempDir())
	const behandelaar = "U krijgt hulp van een behandelaar."
	sanne, mark := binnen(t, d, "portaal", "sanne"), binnen(t, d, "portaal", "mark")
	for _, g := range []struct {
		b      *bezoeker.Bezoeker
		toont  bool
		andere string
	}{{sanne, true, "Mark"}, {mark, false, "Sanne"}} {
		kiesVoor(t, g.b, "Lotte")
		bezoek(t, g.b, "/overzicht", "U kijkt nu voor Lotte.", "Het wijkteam helpt u")
		if strings.Contains(g.b.HTML, behandelaar) != g.toont {
			t.Errorf("%s: what is withheld from the father is shown %v", g.b.Nu, !g.toont)
		}
		for _, niet := range []string{"afgeschermd", "Kastanjelaan", gezin("dewit").Leden[3].BSN.Leesbaar()} {
			if strings.Contains(g.b.HTML, niet) {
				t.Errorf("%q stands on the page", niet)
			}
		}
		bezoek(t, g.b, "/wie-keek")
		if strings.Contains(g.b.HTML, g.andere) {
			t.Errorf("one parent reads what %s did", g.andere)
		}
		post(t, bezoekt(t, g.b, "/voor-wie"), "/voor-wie", url.Values{"voor": {""}})
		bezoek(t, g.b, "/overzicht")
		if strings.Contains(g.b.HTML, "U kijkt nu voor") {
			t.Error("back to oneself, and still for another")
		}
	}
	bezoek(t, sanne, "/overzicht", "Iemand keek met spoed")
	bezoek(t, sanne, "/mijn-keuzes", "GGZ Voorbeeldstad", "mag dit zien:", "doel 1 uit het plan", "U zei ja op", "Dit stopt vanzelf op", "Dit mag van de wet, ook zonder uw ja. U kunt dit niet uitzetten.")
	post(t, sanne, "/mijn-keuzes/stop", nil)
	if !strings.Contains(sanne.HTML, "Gelukt. Dit is gestopt.") || strings.Contains(sanne.HTML, "Stop hiermee") {
		t.Errorf("not stopped:\n%s", sanne.HTML)
	}
	bezoek(t, mark, "/mijn-keuzes", "Gestopt op")

	ada := binnen(t, d, "politie", "politie-ada")
	bezoek(t, ada, "/waarborgen", "Linda Meijer", "Lotte is niet thuisgekomen", "Alarm")
	if err := ada.Verstuur(t.Context(), noodActie(ada), nil); err == nil || !strings.Contains(ada.HTML, "nog niet goed") {
		t.Errorf("judged without a word: %v", err)
	}
	bezoek(t, ada, "/waarborgen")
	actie := noodActie(ada)
	id := actie[strings.LastIndexByte(actie, '/')+1:]
	post(t, ada, actie, url.Values{"terecht-" + id: {"ja"}, "toelichting-" + id: {"Het kind was echt zoek."}})
	bezoek(t, ada, "/waarborgen", "Nagekeken door Ada Visser", "Niemand gebruikte noodtoegang")
	noor := binnen(t, d, "politie", "politie-noor")
	if err := noor.Open(t.Context(), "/waarborgen"); err == nil || strings.Contains(noor.HTML, "Linda") {
		t.Errorf("an officer reads the page of the privacy officer: %v", err)
	}
	bezoek(t, binnen(t, d, "ggz", "ggz-teun"), "/waarborgen", "goede hulpverlening")

	// Without a reference: search on the person, read one of what there is.
	linda := binnen(t, d, "gi", "gi-linda")
	lotte := gezin("dewit").Leden[3].BSN.Leesbaar()
	bezoek(t, linda, "/noodtoegang", "Geen verwijzing?")
	post(t, linda, "/noodtoegang", url.Values{"bron": {string(d.lid("politie").OIN)}, "burgerservicenummer": {lotte}, "duur": {"1"}, "zeker": {"ja"}, "reden": {"Lotte is alweer niet thuisgekomen uit school."}})
	if !strings.Contains(linda.HTML, "Lees dit met noodtoegang") || strings.Contains(linda.HTML, lotte) {
		t.Fatalf("found nothing, or the number stands on the page:\n%s", linda.HTML)
	}
	post(t, linda, "/noodtoegang", nil)
	if !strings.Contains(linda.HTML, "U kijkt zonder gewone regel") {
		t.Errorf("not read:\n%s", linda.HTML)
	}
	bezoek(t, ada, "/waarborgen", "Gezocht op persoon", "alweer niet thuisgekomen")
}

// TestOmaKijktMeeZolangSanneDatWil: Sanne lets her mother look along on the
// portal; Ria signs in with DigiD and sees what was chosen and nothing else;
// Sanne stops it, and the next page of Ria is empty.
func TestOmaKijktMeeZolangSanneDatWil(t *testing.T) {
	d := netwerk(t, t.TempDir())
	g := gezin("dewit")
	ria := g.Naasten[0]
	oma := binnen(t, d, "portaal", ria.Sub)
	bezoek(t, oma, "/voor-wie", "Voor mijzelf")
	if strings.Contains(oma.HTML, "Sanne") {
		t.Fatalf("before it was given:\n%s", oma.HTML)
	}
	sanne := binnen(t, d, "portaal", "sanne")
	bezoek(t, sanne, "/meekijken", "Iemand laten meekijken", "Gemeente Voorbeeldstad", "Veilig Thuis Voorbeeldstad")
	fout := url.Values{"naam": {""}, "burgerservicenummer": {"123456789"}, "bij": {}, "klassen": {}}
	if err := sanne.Verstuur(t.Context(), "/meekijken", fout); err == nil || strings.Contains(sanne.HTML, "123456789") {
		t.Errorf("a form full of mistakes: %v", err)
	}
	for _, mist := range []string{"hoe u deze persoon noemt", "geen goed burgerservicenummer", "bij welke organisatie", "wat deze persoon mag zien"} {
		if !strings.Contains(sanne.HTML, mist) {
			t.Errorf("%q is not told", mist)
		}
	}
	bezoek(t, sanne, "/meekijken")
	post(t, sanne, "/meekijken", url.Values{"naam": {"Mama"}, "burgerservicenummer": {ria.BSN.Leesbaar()}, "als": {"steunfiguur"},
		"klassen": {"I1", "I2"}, "bij": {string(d.lid("gemeente").OIN), string(d.lid("ggz").OIN)}, "duur": {"3"}})
	_, rest, _ := strings.Cut(sanne.HTML, `<p class="lead" dir="ltr"><b>`)
	code, _, _ := strings.Cut(rest, "<")
	bezoek(t, oma, "/voor-wie", "Hebt u een code gekregen?")
	if strings.Contains(oma.HTML, "Sanne") || len(code) != 9 {
		t.Fatalf("before Ria accepted (%q):\n%s", code, oma.HTML)
	}
	for _, g := range []struct {
		wie  *bezoeker.Bezoeker
		code string
		zegt string
	}{{binnen(t, d, "portaal", "mark"), code, "Deze code klopt niet"}, {oma, "AAAA-AAAA", "Deze code klopt niet"}, {oma, code, "U kunt nu meekijken"}, {oma, code, "Deze code klopt niet"}} {
		bezoek(t, g.wie, "/voor-wie")
		if g.zegt != "U kunt nu meekijken" && g.wie != oma && strings.Contains(g.wie.HTML, "Sanne") {
			t.Error("another sees who asked")
		}
		post(t, g.wie, "/voor-wie/code", url.Values{"code": {g.code}})
		if !strings.Contains(g.wie.HTML, g.zegt) {
			t.Errorf("%q is not told:\n%s", g.zegt, g.wie.HTML)
		}
	}
	bezoek(t, sanne, "/mijn-keuzes")
	for _, moet := range []string{"Mama", "Deze persoon steunt u", "Gemeente Voorbeeldstad"} {
		if !strings.Contains(sanne.HTML, moet) {
			t.Errorf("%q is not on the page of Sanne:\n%s", moet, sanne.HTML)
		}
	}
	kiesVoor(t, oma, "Sanne")
	for _, pad := range []string{"/overzicht", "/wie-keek", "/overzicht?taal=en", "/mijn-keuzes"} {
		bezoek(t, oma, pad)
		niet := []string{"Mark", "Bram", "Lotte", "Kastanjelaan", "Politie", "GGZ Voorbeeldstad kent", "Veilig Thuis Voorbeeldstad bekijkt", "Het wijkteam helpt", "afgeschermd", "Mama"}
		for _, l := range append(g.Leden, ria) {
			niet = append(niet, l.BSN.Leesbaar())
		}
		_, tekst, _ := strings.Cut(oma.HTML, "<main")
		for _, s := range niet {
			if strings.Contains(tekst, s) {
				t.Errorf("%s of Ria shows %q", pad, s)
			}
		}
	}
	bezoek(t, oma, "/overzicht?taal=nl", "U kijkt nu voor Sanne.", "U kijkt om te steunen. U ziet niet alles.", "wijkteam kent Sanne", "Wie keek in de gegevens van Sanne?")
	bezoek(t, sanne, "/mijn-keuzes")
	for strings.Contains(sanne.HTML, "Stop hiermee") {
		post(t, sanne, "/mijn-keuzes/stop", nil)
	}
	bezoek(t, oma, "/overzicht", "Dag Ria")
	if strings.Contains(oma.HTML, "Sanne") || strings.Contains(oma.HTML, "wijkteam kent") {
		t.Errorf("after it stopped:\n%s", oma.HTML)
	}
	bezoek(t, sanne, "/mijn-keuzes", "Mama", "Gestopt op")
}

func bezoekt(t *testing.T, b *bezoeker.Bezoeker, pad string) *bezoeker.Bezoeker {
	t.Helper()
	bezoek(t, b, pad)
	return b
}

func noodActie(b *bezoeker.Bezoeker) string {
	for _, a := range b.Acties() {
		if strings.HasPrefix(a, "/waarborgen/noodtoegang/") {
			return a
		}
	}
	return "geen"
}

// TestWaarborgenInDeBrowser looks at every page of the safeguards, as a person
// does (see Controleer for what each is held against).
func TestWaarborgenInDeBrowser(t *testing.T) {
	d, b := startDemo(t), browsertest.Start(t)
	sanne := d.aan(t, b, "sanne")
	sanne.WachtTekst("Dag Sanne")
	sanne.naar("/mijn-keuzes").WachtTekst("U zei ja op").Controleer("gezin-mijn-keuzes")
	sanne.KlikTekst("Kies iemand die meekijkt").WachtTekst("Wie kijkt met u mee?").Controleer("gezin-meekijken")
	sanne.KlikTekst("Laat deze persoon meekijken").WachtTekst("nog niet goed").Controleer("gezin-meekijken-fouten")
	sanne.naar("/voor-wie").WachtTekst("Lotte").Controleer("gezin-voor-wie")
	sanne.KlikTekst("Kijk voor Lotte").WachtTekst("U kijkt nu voor Lotte").Controleer("gezin-overzicht-voor-lotte")
	sanne.naar("/mijn-keuzes").KlikTekst("Stop hiermee").WachtTekst("Gelukt. Dit is gestopt.").Controleer("gezin-gestopt")
	ada := d.aan(t, b, "politie-ada")
	ada.WachtTekst("Postvak")
	ada.naar("/afspraken/mda-plus-plus").WachtTekst("Wie doet mee").Controleer("afspraak")
	ada.naar("/wie-kan?klasse=I3&samenwerkingsverband=multidisciplinair-overleg").WachtTekst("Wie dit niet zomaar ziet").Controleer("wie-kan")
	ada.naar("/wat-kon").WachtTekst("Over wie gaat uw vraag?").Controleer("wat-kon")
	ada.naar("/waarborgen").WachtTekst("Linda Meijer").Controleer("waarborgen")
	ada.KlikTekst("Sla uw oordeel op").WachtTekst("nog niet goed").Controleer("waarborgen-fouten")
	ada.naar("/waarborgen").Klik("input[value=nee]").Vul("textarea", "Er was geen gevaar.").KlikTekst("Sla uw oordeel op").WachtTekst("Deze persoon kan bij ons geen noodtoegang meer gebruiken")
	ada.Klik(".todo details summary").KlikTekst("Sta noodtoegang weer toe").WachtTekst("nog niet goed").Controleer("waarborgen-gestopt")
	linda := d.aan(t, b, "gi-linda")
	linda.WachtTekst("Postvak")
	linda.naar("/noodtoegang").WachtTekst("Alleen als iemand nu gevaar loopt").Controleer("noodtoegang")
	linda.KlikTekst("Gebruik noodtoegang").WachtTekst("nog niet goed").Controleer("noodtoegang-fouten")
	linda.naar("/noodtoegang?bron=" + string(d.lid("politie").OIN) + "&verwijzing=" + url.QueryEscape("/v1/meldingen/0199c0de-0000-7000-8000-000000000009")).WachtTekst("Alleen als iemand nu gevaar loopt").Controleer("noodtoegang-ingevuld")
	linda.naar("/noodtoegang?bron="+string(d.lid("politie").OIN)).Vul("input[name=burgerservicenummer]", gezin("dewit").Leden[3].BSN.Leesbaar())
	linda.Vul("textarea[name=reden]", "Lotte is alweer niet thuisgekomen uit school.").Klik("input[name=duur]").Klik("input[name=zeker]").KlikTekst("Gebruik noodtoegang").WachtTekst("een eerdere keer was volgens onze privacyfunctionaris niet terecht").Schermfoto("noodtoegang-gestopt")
	ada.Vul(".todo details textarea", "Wij hebben dit samen besproken.").KlikTekst("Sta noodtoegang weer toe").WachtTekst("Weer toegestaan door Ada Visser").Controleer("waarborgen-weer-open")
	noor := d.aan(t, b, "politie-noor")
	noor.WachtTekst("Postvak")
	noor.naar("/meldingen").laatste("/meldingen/").WachtTekst("Scherm dit af voor iemand")
	noor.KlikTekst("Scherm dit af voor iemand").WachtTekst("Voor wie schermt u dit af?").Controleer("afschermen")
}

// TestGezagKomtUitDeBasisregistratie: nobody in the demo records gezag. The
// mother who has it in the simulated register looks for her daughter; the
// father, who has not, is not offered her; and no number is in a log.
func TestGezagKomtUitDeBasisregistratie(t *testing.T) {
	d := netwerk(t, t.TempDir())
	deniz := gezin("yilmaz").Leden[2]
	elif, kaan := binnen(t, d, "portaal", "elif"), binnen(t, d, "portaal", "kaan")
	kiesVoor(t, elif, "Deniz")
	bezoek(t, elif, "/overzicht", "U kijkt nu voor Deniz.")
	bezoek(t, kaan, "/voor-wie", "Voor wie kijkt u?")
	if strings.Contains(kaan.HTML, "Deniz") {
		t.Errorf("without gezag:\n%s", kaan.HTML)
	}
	// Without the register the families see nothing of a child that they did not
	// see before, and the rest goes on.
	if err := d.StopDeel("brp"); err != nil {
		t.Fatal(err)
	}
	kim := binnen(t, d, "portaal", "kim")
	bezoek(t, kim, "/voor-wie", "Voor wie kijkt u?")
	if strings.Contains(kim.HTML, "Kijk voor Daan") {
		t.Errorf("the register is silent, and a child is offered:\n%s", kim.HTML)
	}
	bezoek(t, kim, "/overzicht")
	logs, err := filepath.Glob(filepath.Join(d.Dir(), "log", "*.jsonl"))
	if err != nil || len(logs) < 9 {
		t.Fatal(logs, err)
	}
	for _, pad := range logs {
		b, err := os.ReadFile(pad)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), deniz.BSN.Leesbaar()) {
			t.Errorf("a number stands in %s", filepath.Base(pad))
		}
		if filepath.Base(pad) == "brp-simulator.jsonl" && !strings.Contains(string(b), "register asked") {
			t.Error("nobody asked the register")
		}
	}
}

// TestHetRegisterKentIedereenEnWatBijzonderIs: everybody of the families, and
// the children out of the ordinary.
func TestHetRegisterKentIedereenEnWatBijzonderIs(t *testing.T) {
	soorten, gezien := map[string]bool{}, map[string]bool{}
	for _, p := range Personen() {
		nr := p.BSN.Leesbaar()
		if !strings.HasPrefix(nr, "9999") || gezien[nr] {
			t.Errorf("%s has no test number of its own", p.Voornamen)
		}
		gezien[nr] = true
		if p.Gezag != nil {
			soorten[p.Gezag.Soort] = true
		}
		soorten["geheim"] = soorten["geheim"] || p.Geheim > 0
		soorten["half"] = soorten["half"] || strings.Contains(p.Geboren, "-00")
	}
	for _, s := range []string{"TweehoofdigOuderlijkGezag", "EenhoofdigOuderlijkGezag", "Voogdij", "GezagNietTeBepalen", "geheim", "half"} {
		if !soorten[s] {
			t.Errorf("nobody in the register with %s", s)
		}
	}
	for _, g := range Gezinnen() {
		for _, l := range g.Leden {
			if !gezien[l.BSN.Leesbaar()] {
				t.Errorf("%s is not in the register", l.Naam())
			}
		}
	}
}

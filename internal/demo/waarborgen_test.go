package demo

import (
	"net/url"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/web/browsertest"
)

// kiesVoor has a parent choose to look for the child with this name.
func kiesVoor(t *testing.T, b *bezoeker, naam string) {
	t.Helper()
	bezoek(t, b, "/voor-wie", "Voor wie kijkt u?")
	i := strings.Index(b.html, "Kijk voor "+naam)
	if i < 0 {
		t.Fatalf("no choice for %s:\n%s", naam, b.html)
	}
	voor := b.html[:i]
	sleutel := attrs(voor[strings.LastIndex(voor, "<button"):])["value"]
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
		b      *bezoeker
		toont  bool
		andere string
	}{{sanne, true, "Mark"}, {mark, false, "Sanne"}} {
		kiesVoor(t, g.b, "Lotte")
		bezoek(t, g.b, "/overzicht", "U kijkt nu voor Lotte.", "Het wijkteam helpt u")
		if strings.Contains(g.b.html, behandelaar) != g.toont {
			t.Errorf("%s: what is withheld from the father is shown %v", g.b.nu, !g.toont)
		}
		for _, niet := range []string{"afgeschermd", "Kastanjelaan", gezin("dewit").Leden[3].BSN.Leesbaar()} {
			if strings.Contains(g.b.html, niet) {
				t.Errorf("%q stands on the page", niet)
			}
		}
		bezoek(t, g.b, "/wie-keek")
		if strings.Contains(g.b.html, g.andere) {
			t.Errorf("one parent reads what %s did", g.andere)
		}
		post(t, bezoekt(t, g.b, "/voor-wie"), "/voor-wie", url.Values{"voor": {""}})
		bezoek(t, g.b, "/overzicht")
		if strings.Contains(g.b.html, "U kijkt nu voor") {
			t.Error("back to oneself, and still for another")
		}
	}
	bezoek(t, sanne, "/overzicht", "Iemand keek met spoed")
	bezoek(t, sanne, "/mijn-keuzes", "GGZ Voorbeeldstad", "mag dit zien:", "doel 1 uit het plan", "U zei ja op", "Dit stopt vanzelf op", "Dit moet van de wet. U kunt dit niet uitzetten.")
	post(t, sanne, "/mijn-keuzes/stop", nil)
	if !strings.Contains(sanne.html, "Gelukt. Dit is gestopt.") || strings.Contains(sanne.html, "Stop hiermee") {
		t.Errorf("not stopped:\n%s", sanne.html)
	}
	bezoek(t, mark, "/mijn-keuzes", "Gestopt op")

	ada := binnen(t, d, "politie", "politie-ada")
	bezoek(t, ada, "/waarborgen", "Linda Meijer", "Lotte is niet thuisgekomen", "Alarm")
	if err := ada.verstuur(t.Context(), noodActie(ada), nil); err == nil || !strings.Contains(ada.html, "nog niet goed") {
		t.Errorf("judged without a word: %v", err)
	}
	bezoek(t, ada, "/waarborgen")
	actie := noodActie(ada)
	id := actie[strings.LastIndexByte(actie, '/')+1:]
	post(t, ada, actie, url.Values{"terecht-" + id: {"ja"}, "toelichting-" + id: {"Het kind was echt zoek."}})
	bezoek(t, ada, "/waarborgen", "Nagekeken door Ada Visser", "Niemand gebruikte noodtoegang")
	noor := binnen(t, d, "politie", "politie-noor")
	if err := noor.open(t.Context(), "/waarborgen"); err == nil || strings.Contains(noor.html, "Linda") {
		t.Errorf("an officer reads the page of the privacy officer: %v", err)
	}
	bezoek(t, binnen(t, d, "ggz", "ggz-teun"), "/waarborgen", "goede hulpverlening")
}

func bezoekt(t *testing.T, b *bezoeker, pad string) *bezoeker {
	t.Helper()
	bezoek(t, b, pad)
	return b
}

func noodActie(b *bezoeker) string {
	for _, m := range formVorm.FindAllStringSubmatch(b.html, -1) {
		if a := attrs(m[1])["action"]; strings.HasPrefix(a, "/waarborgen/noodtoegang/") {
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
	linda := d.aan(t, b, "gi-linda")
	linda.WachtTekst("Postvak")
	linda.naar("/noodtoegang").WachtTekst("Alleen als iemand nu gevaar loopt").Controleer("noodtoegang")
	linda.KlikTekst("Gebruik noodtoegang").WachtTekst("nog niet goed").Controleer("noodtoegang-fouten")
	noor := d.aan(t, b, "politie-noor")
	noor.WachtTekst("Postvak")
	noor.naar("/meldingen").laatste("/meldingen/").WachtTekst("Scherm dit af voor iemand")
	noor.KlikTekst("Scherm dit af voor iemand").WachtTekst("Voor wie schermt u dit af?").Controleer("afschermen")
}

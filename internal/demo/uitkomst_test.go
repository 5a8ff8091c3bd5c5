package demo

import (
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/web/browsertest"
)

// The story goes up to an uitkomst that each reads in the own way: the wijkteam that wrote
// it down, the police officer on the street, who has something to do and was not there,
// and every member of the family.
func TestIederLeestDeUitkomstOpZijnManier(t *testing.T) {
	d := startDemo(t)
	b := browsertest.Start(t)

	samira := d.aan(t, b, "gemeente-samira")
	samira.WachtTekst("Postvak")
	samira.naar("/uitkomsten").WachtTekst("Uitkomsten").Controleer("uitkomsten")
	samira.laatste("/uitkomsten/0").WachtTekst("Wie doet wat?").Controleer("uitkomst")
	samira.naar("/uitkomsten/nieuw").WachtTekst("Het overleg").Controleer("uitkomst-nieuw")

	for wie, wil := range map[string]struct {
		wel, niet string
	}{
		"politie-noor": {"Wij spraken over de ruzies over geld", "Een deel is weggelaten"},
		"ggz-eva":      {"Lotte praat met een behandelaar.", "Wij spraken over de ruzies"},
	} {
		m := d.aan(t, b, wie)
		m.WachtTekst("Postvak")
		m.naar("/postvak").WachtTekst("Afspraken uit een overleg")
		m.laatste("/postvak/uitkomst/").WachtTekst("Wie doet wat?").Controleer("uitkomst-" + wie)
		if s := m.Tekst("main"); !strings.Contains(s, wil.wel) || strings.Contains(s, wil.niet) {
			t.Errorf("%s reads:\n%s", wie, s)
		}
		m.KlikTekst("Gelezen en verwerkt").WachtTekst("U liet weten dat dit gelezen en verwerkt is.")
		m.naar("/postvak").WachtTekst("Klaar")
	}

	// A colleague who was not there finds it by the number of one of them, at the source.
	marieke := d.aan(t, b, "vt-marieke")
	marieke.WachtTekst("Postvak")
	marieke.naar("/uitkomsten/zoek").WachtTekst("Burgerservicenummer").Controleer("uitkomst-zoek")
	marieke.Vul(`[name="burgerservicenummer"]`, "9999 90 044")
	marieke.Klik(`main form button[type="submit"]`).WachtTekst("Gemeente Voorbeeldstad, wijkteam").Controleer("uitkomst-gevonden")
	if s := marieke.URL() + marieke.Tekst("body"); strings.Contains(s, "999990044") || strings.Contains(s, "9999 90 044") {
		t.Error("the number that was sought stands on the page or in its address")
	}
	marieke.Klik(`a[href^="/uitkomsten/bij/"]`).WachtTekst("Wie doet wat?").WachtTekst("Wij spraken over de ruzies over geld")
	linda := d.aan(t, b, "gi-linda") // finds that it is there, and reads nothing
	linda.WachtTekst("Postvak")
	linda.naar("/uitkomsten/zoek").WachtTekst("Burgerservicenummer")
	linda.Vul(`[name="burgerservicenummer"]`, "999990044")
	linda.Klik(`main form button[type="submit"]`).WachtTekst("Gemeente Voorbeeldstad, wijkteam")
	linda.Klik(`a[href^="/uitkomsten/bij/"]`).WachtTekst("heeft dit niet")

	sanne := d.aan(t, b, "sanne")
	sanne.WachtTekst("Dag Sanne")
	sanne.totdat("what is asked of her", func() bool { return strings.Contains(sanne.Tekst("main"), "Zoek alle brieven over geld bij elkaar.") })
	sanne.Controleer("overzicht-met-afspraken")
	for _, wil := range []string{"Wat wordt er van u gevraagd?", "Samira van het wijkteam helpt daarbij", "Er zijn afspraken gemaakt", "Samira Aziz"} {
		if !strings.Contains(sanne.Tekst("main"), wil) {
			t.Errorf("the mother does not read %q", wil)
		}
	}
	for _, niet := range []string{"wijkagent komt", "Wij spraken over de ruzies", "praat met een behandelaar", "Hij was er niet bij"} {
		if strings.Contains(sanne.Tekst("main"), niet) {
			t.Errorf("the mother reads %q", niet)
		}
	}
	mark := d.aan(t, b, "mark")
	mark.WachtTekst("Dag Mark")
	mark.totdat("what is done about him", func() bool { return strings.Contains(mark.Tekst("main"), "De wijkagent komt een keer langs") })
	if s := mark.Tekst("main"); strings.Contains(s, "Zoek alle brieven") || !strings.Contains(s, "hij was er niet bij. Samira belt hem eerst.") {
		t.Errorf("the father reads:\n%s", s)
	}
}

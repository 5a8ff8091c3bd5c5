package aanval

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/demo/bezoeker"
)

// TestAfschermingReistLangsDrieKnooppunten: what the police told, Veilig Thuis read and
// used, and the municipality and the Raad read and used in their turn, before the police
// withhold it. It closes at all of them for that member of the family, reaches each as an
// Opdracht without content that only who may handle it handles, once; the Ketenindex
// hears nothing; and no rule answers from it any more.
func TestAfschermingReistLangsDrieKnooppunten(t *testing.T) {
	n := deNetwerk(t)
	g := nieuweTweeling(t, n)
	m, paden := n.doorloop(t, g)
	moeder := g.ogen()["moeder"]
	toont := func(kort string) bool {
		for pad, x := range n.antwoorden(t, moeder, nil, g.gelijk) {
			if strings.HasPrefix(pad, kort+" POST /v1/betrokkenen/query") {
				return strings.Count(x, `"soort":"beoordeling"`)+strings.Count(x, `"soort":"verrijking"`) > 1 // beside what stays open
			}
		}
		return false
	}
	for _, kort := range []string{"veilig-thuis", "gemeente"} {
		if !toont(kort) {
			t.Fatalf("%s shows nothing of it before it is withheld", kort)
		}
	}
	bezoekers := map[string]*bezoeker.Bezoeker{"veilig-thuis": n.binnen(t, "veilig-thuis", "vt-marieke"), "gemeente": n.binnen(t, "gemeente", "gemeente-samira"), "rvdk": n.binnen(t, "rvdk", "rvdk-peter")}
	oud := map[string]bool{}
	for _, b := range bezoekers {
		if err := b.Open(t.Context(), "/postvak"); err != nil {
			t.Fatal(err)
		}
		for _, l := range b.Links("/postvak/afscherming/") {
			oud[l] = true
		}
	}
	n.toontGevolgen(t, m.ID, nummerVan(paden[1]))
	n.schermAf(t, "politie", "melding", m.ID, g.moeder)
	wacht(t, func() string {
		for _, kort := range []string{"veilig-thuis", "gemeente"} {
			if toont(kort) {
				return kort + " still shows it"
			}
		}
		return ""
	})
	taken := map[string]string{}
	for kort, b := range bezoekers {
		wacht(t, func() string {
			if err := b.Open(t.Context(), "/postvak"); err != nil {
				return err.Error()
			}
			for _, l := range b.Links("/postvak/afscherming/") {
				if !oud[l] {
					taken[kort] = l
					return ""
				}
			}
			return kort + " has heard nothing"
		})
		if err := b.Open(t.Context(), taken[kort]); err != nil {
			t.Fatalf("%s: %v", kort, err)
		}
		if err := verraadt(b.HTML, g.moeder.Leesbaar(), g.kind.Leesbaar(), "dreiging", "Anton", "Mira", "Kiki"); err != nil {
			t.Errorf("%s: %v", kort, err)
		}
		if !strings.Contains(b.HTML, "is anders afgeschermd") || !strings.Contains(b.HTML, "Ik heb dit nagekeken") || strings.Contains(b.HTML, "rust niets op dit gegeven") != (kort == "rvdk") {
			t.Errorf("%s: %s", kort, tekst(b.HTML))
		}
	}
	n.handelAf(t, taken["veilig-thuis"], bezoekers["veilig-thuis"])
	hub := n.lid(t, "politie")
	if a := hub.vraag(t, "POST", hub.Hub+"/v1/gebeurtenissen/query", map[string]any{"organisatie": hub.OIN}); strings.Contains(a.Body, "afscherm") {
		t.Errorf("the Ketenindex heard of it: %s", a.Body)
	}
	n.geenRegelAntwoordt(t, g, nummerVan(paden[1]), bezoekers["veilig-thuis"])
	n.nergensIn(t, g.moeder.Leesbaar(), g.vader.Leesbaar(), g.kind.Leesbaar())
}

// toontGevolgen: who withholds sees beforehand what already rests on it there and which
// organisations read it, no person; who may not, and who does not have it, sees nothing.
func (n *netwerk) toontGevolgen(t *testing.T, melding, beoordeling string) {
	t.Helper()
	for _, x := range []struct {
		kort, sub, soort, id string
		status               int
		wel                  []string
	}{
		{"politie", "politie-noor", "melding", melding, http.StatusOK, []string{"Bij u rust nog niets op dit gegeven", "<b>Veilig Thuis Voorbeeldstad</b>"}},
		{"veilig-thuis", "vt-marieke", "beoordeling", beoordeling, http.StatusOK, []string{"Het wordt mee afgeschermd", "<b>Vraag wie het gezin kent</b>", "<b>Raad voor de Kinderbescherming Voorbeeldstad</b>", "<b>Gemeente Voorbeeldstad, wijkteam</b>"}},
		{"veilig-thuis", "vt-administratie", "beoordeling", beoordeling, http.StatusForbidden, nil},
		{"gemeente", "gemeente-samira", "beoordeling", beoordeling, http.StatusNotFound, nil},
	} {
		b := n.binnen(t, x.kort, x.sub)
		_ = b.Open(t.Context(), "/waarborgen/afschermen?soort="+x.soort+"&id="+x.id)
		if b.Status != x.status {
			t.Errorf("%s: %d %s", x.sub, b.Status, tekst(b.HTML))
		}
		for _, w := range x.wel {
			if !strings.Contains(b.HTML, w) {
				t.Errorf("%s: %q is not in %s", x.sub, w, tekst(b.HTML))
			}
		}
		paneel, _, _ := strings.Cut(b.HTML, "<form class=\"formulier\"")
		if err := verraadt(paneel, "Mira", "Kiki", "Marieke van Loon<"); x.status == http.StatusOK && x.kort == "politie" && err != nil {
			t.Errorf("%s: %v", x.sub, err)
		}
		if x.status != http.StatusOK && strings.Contains(b.HTML, "Vraag wie het gezin kent") {
			t.Errorf("%s sees what rests on it", x.sub)
		}
	}
}

// handelAf tries the task of an afscherming without the right, at another party, and
// twice.
func (n *netwerk) handelAf(t *testing.T, pad string, marieke *bezoeker.Bezoeker) {
	t.Helper()
	for _, wie := range []struct {
		kort, sub string
		wil       int
	}{{"veilig-thuis", "vt-administratie", http.StatusForbidden}, {"politie", "politie-noor", http.StatusNotFound}, {"gemeente", "gemeente-samira", http.StatusNotFound}} {
		b := n.binnen(t, wie.kort, wie.sub)
		if err := b.Open(t.Context(), pad); err == nil || b.Status != wie.wil {
			t.Errorf("%s opens the task of Veilig Thuis: %d", wie.sub, b.Status)
		}
		if st := n.stuur(t, b, pad); st != wie.wil {
			t.Errorf("%s handles the task of Veilig Thuis: %d", wie.sub, st)
		}
	}
	if err := marieke.Verstuur(t.Context(), pad, nil); err != nil {
		t.Fatal(err)
	}
	if st := n.stuur(t, marieke, pad); st != http.StatusConflict {
		t.Errorf("handled twice: %d", st)
	}
	if err := marieke.Open(t.Context(), pad); err != nil || strings.Contains(marieke.HTML, "Ik heb dit nagekeken") || !strings.Contains(marieke.HTML, "Dit is nagekeken.") {
		t.Errorf("after: %v %s", err, tekst(marieke.HTML))
	}
}

// stuur posts to pad though no page of b offers it.
func (n *netwerk) stuur(t *testing.T, b *bezoeker.Bezoeker, pad string) int {
	t.Helper()
	html := b.HTML
	b.HTML = `<form method="post" action="` + pad + `"></form>`
	err := b.Verstuur(t.Context(), pad, url.Values{})
	b.HTML = html
	if err == nil {
		return http.StatusOK
	}
	return b.Status
}

// geenRegelAntwoordt: asked by Veilig Thuis for a beoordeling that rests on what is
// withheld, an organisation that always answers by a rule waits for a person; for
// another one it answers.
func (n *netwerk) geenRegelAntwoordt(t *testing.T, g *tweeling, dicht string, b *bezoeker.Bezoeker) {
	t.Helper()
	gi := n.lid(t, "gi")
	n.registreer(t, gi, g.kind, "Wij begeleiden u.")
	vraag := func(beoordeling string) {
		if err := b.Open(t.Context(), "/bekendheid/nieuw?beoordeling="+beoordeling); err != nil {
			t.Fatal(err)
		}
		if err := b.Verstuur(t.Context(), "/bekendheid/nieuw", url.Values{"personen": b.Keuzes("personen"), "aan": {string(gi.OIN)}}); err != nil {
			t.Fatal(err)
		}
	}
	open := func(beoordeling string) bool {
		if err := b.Open(t.Context(), "/beoordelingen/"+beoordeling); err != nil {
			t.Fatal(err)
		}
		return !strings.Contains(b.HTML, "Wacht op antwoord")
	}
	vraag(dicht)
	vraag(nummerVan(g.open[1]))
	wacht(t, func() string {
		if !open(nummerVan(g.open[1])) {
			return "no rule answers at all"
		}
		return ""
	})
	time.Sleep(time.Second)
	if open(dicht) {
		t.Errorf("a rule answered from what is withheld: %s", tekst(b.HTML))
	}
}

func nummerVan(pad string) string { return pad[strings.LastIndexByte(pad, '/')+1:] }

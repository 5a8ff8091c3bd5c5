package aanval

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo/bezoeker"
	"github.com/handbereik/soh/internal/demo/brpsimulator"
	"github.com/handbereik/soh/internal/toegang"
)

// gezinnenlijst are families that the population register knows: parents, a child of
// fourteen, and somebody who acts for the mother.
type gezinnenlijst struct {
	rest []*tweeling
	eens sync.Once
	slot sync.Mutex
}

var tweelingen gezinnenlijst

func (l *gezinnenlijst) maak() {
	l.eens.Do(func() {
		var nrs []begrip.BSN
		for i := 1; len(nrs) < 160; i++ {
			if b, err := begrip.ParseBSN(fmt.Sprintf("9997%05d", i)); err == nil {
				nrs = append(nrs, b)
			}
		}
		for i := 0; i < len(nrs); i += 4 {
			l.rest = append(l.rest, &tweeling{moeder: nrs[i], vader: nrs[i+1], kind: nrs[i+2], helper: nrs[i+3]})
		}
	})
}

func (l *gezinnenlijst) personen() (uit []brpsimulator.Persoon) {
	l.maak()
	p := func(b begrip.BSN, naam, geboren string) brpsimulator.Persoon {
		return brpsimulator.Persoon{BSN: b, Voornamen: naam, Geslachtsnaam: "Aanval", Geboren: geboren, Adresregel1: "Proefstraat 1", Adresregel2: "1234 AB  VOORBEELDSTAD"}
	}
	for _, g := range l.rest {
		kind := p(g.kind, "Kiki", geborenKind)
		kind.Gezag = &brpsimulator.Gezag{Soort: "TweehoofdigOuderlijkGezag", Ouders: []begrip.BSN{g.moeder, g.vader}}
		uit = append(uit, p(g.moeder, "Mira", "1988-04-03"), p(g.vader, "Victor", "1986-04-03"), kind, p(g.helper, "Hulp", "1970-04-03"))
	}
	return uit
}

// geborenKind is fourteen years ago: old enough to look itself.
var geborenKind = time.Now().AddDate(-14, -2, 0).Format(time.DateOnly)

func (l *gezinnenlijst) neem(t *testing.T) *tweeling {
	t.Helper()
	l.slot.Lock()
	defer l.slot.Unlock()
	if len(l.rest) == 0 {
		t.Fatal("make more families")
	}
	g := l.rest[0]
	l.rest = l.rest[1:]
	return g
}

// nieuweTweeling is a family of which every source knows who has gezag and how old
// the child is, about which the municipality keeps a file, and about which a melding
// was done and taken up: all that the family may know of.
func nieuweTweeling(t *testing.T, n *netwerk) *tweeling {
	t.Helper()
	g := tweelingen.neem(t)
	gemeente := n.lid(t, "gemeente")
	ouder := func(b begrip.BSN, naam string) map[string]any {
		return map[string]any{"burgerservicenummer": b.Leesbaar(), "roepnaam": naam, "geboortedatum": "1988-04-03"}
	}
	for _, d := range n.Lijst().Deelnemers {
		eigen := n.lid(t, d.Kort)
		eigen.vraag(t, "POST", d.API+"/vertegenwoordigingen", map[string]any{
			"over": ouder(g.moeder, "Mira"), "wie": ouder(g.helper, "Hulp"), "als": "curator", "klassen": []string{"I0", "I1", "I2", "I3", "I4", "I5"},
			"bron": "beschikking", "tot": time.Now().AddDate(0, 6, 0).UTC().Format(time.RFC3339),
		}).wil(t, http.StatusCreated)
	}
	for _, b := range []begrip.BSN{g.moeder, g.vader, g.kind} {
		n.registreer(t, gemeente, b, "Het wijkteam helpt bij de opvoeding.")
	}
	gemeente.vraag(t, "POST", gemeente.API+"/toestemmingen", map[string]any{
		"over": map[string]any{"burgerservicenummer": g.moeder.Leesbaar(), "geboortedatum": "1988-04-03", "roepnaam": "Mira"}, "doel": "hulp", "omschrijving": "hoe het gaat", "klassen": []string{"I1"},
		"gegevenDoor": []any{map[string]any{"burgerservicenummer": g.moeder.Leesbaar(), "als": "zelf", "op": time.Now().AddDate(0, 0, -3).Format(time.DateOnly)}},
		"aan":         []string{string(n.lid(t, "ggz").OIN)}, "tot": time.Now().AddDate(0, 6, 0).UTC().Format(time.RFC3339), "bron": "gesprek",
	}).wil(t, http.StatusCreated)
	_, g.open = n.doorloop(t, g)
	return g
}

func (n *netwerk) registreer(t *testing.T, bij *partij, b begrip.BSN, wat string) string {
	t.Helper()
	a := bij.vraag(t, "POST", bij.API+"/registraties", map[string]any{"burgerservicenummer": b.Leesbaar(), "omschrijving": wat, "antwoorden": map[string]any{},
		"contact": map[string]any{"naam": "Hilde Helper", "functie": "hulpverlener", "telefoonnummer": "0699 112 233"}}).wil(t, http.StatusCreated)
	var r struct{ ID string }
	a.lees(t, &r)
	return r.ID
}

// doorloop lets a melding about g go its whole way: done at the police, read and
// taken up at Veilig Thuis, asked about, answered by a rule and by hand, read, and
// decided with a handover. It gives the addresses of all that was made.
func (n *netwerk) doorloop(t *testing.T, g *tweeling) (gemeld, []string) {
	t.Helper()
	kind := map[string]any{"geboortedatum": geborenKind, "rolInGezin": "kind"}
	merk := "merk " + uuid.NewString() // no member of the family reads this
	politie, vt := n.lid(t, "politie"), n.lid(t, "veilig-thuis")
	m := politie.meld(t, map[string]any{"verzoek": "Wilt u kijken? " + merk}, persoon(g.moeder, "Mira", nil), persoon(g.vader, "Victor", nil), persoon(g.kind, "Kiki", kind))
	marieke := n.binnen(t, "veilig-thuis", "vt-marieke")
	n.uitPostvak(t, marieke, "/postvak/melding/", merk, func() error { return marieke.Verstuur(t.Context(), "/oppakken", nil) })
	beoordeling := strings.TrimPrefix(marieke.Nu.Path, "/beoordelingen/")
	zonder := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%v: %s", err, tekst(marieke.HTML))
		}
	}
	zonder(marieke.Open(t.Context(), "/bekendheid/nieuw?beoordeling="+beoordeling))
	zonder(marieke.Verstuur(t.Context(), "/bekendheid/nieuw", url.Values{"personen": marieke.Keuzes("personen"), "aan": {string(n.lid(t, "gemeente").OIN), string(n.lid(t, "rvdk").OIN)}}))
	wacht(t, func() string {
		if err := marieke.Open(t.Context(), "/beoordelingen/"+beoordeling); err != nil {
			return err.Error()
		}
		if len(marieke.Links("/verzoeken/bekendheid/")) == 0 || strings.Contains(marieke.HTML, "komt nog") || strings.Contains(marieke.HTML, "komen nog") {
			return "not everybody answered"
		}
		return ""
	})
	for _, l := range marieke.Links("/verzoeken/bekendheid/") {
		zonder(marieke.Open(t.Context(), l))
	}
	zonder(marieke.Open(t.Context(), "/beoordelingen/"+beoordeling))
	zonder(marieke.Verstuur(t.Context(), "/uitkomst", url.Values{"code": {"overdracht"}, "aan": {string(n.lid(t, "gemeente").OIN)}, "vraag": {"Help dit gezin: " + merk + "."},
		"toelichtingMelder": {"Het wijkteam gaat ermee verder."}, "toelichtingGezin": {"Het wijkteam belt u."}}))
	samira := n.binnen(t, "gemeente", "gemeente-samira")
	n.uitPostvak(t, samira, "/postvak/overdracht/", merk, func() error { return samira.Verstuur(t.Context(), samira.Nu.Path, url.Values{"actie": {"ja"}}) })
	portaal, keer := n.lid(t, "portaal"), g.doorlopen+1
	wacht(t, func() string { // word of it is back
		l := toegang.Lezer{Persoon: "wandelaar", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: g.vader}
		a := portaal.vraag(t, "POST", vt.API+"/betrokkenen/query", map[string]any{"burgerservicenummer": g.vader.Leesbaar()}, portaal.als(t, vt.OIN, l)...)
		if strings.Count(a.Body, "neemt het over") < keer {
			return "the handover is not known: " + a.Body
		}
		return ""
	})
	g.doorlopen = keer
	return m, []string{m.URL, vt.API + "/beoordelingen/" + beoordeling}
}

// dichtbaar is a record that can be withheld.
type dichtbaar struct{ kort, soort, id string }

// nogMeer makes one record of every kind about g that tells the family something by
// a page, a list or an event, and looks at the melding in an hour of need.
func (n *netwerk) nogMeer(t *testing.T, g *tweeling, m gemeld) (uit []dichtbaar) {
	t.Helper()
	gemeente, ggz, rvdk, politie := n.lid(t, "gemeente"), n.lid(t, "ggz"), n.lid(t, "rvdk"), n.lid(t, "politie")
	for _, b := range []begrip.BSN{g.moeder, g.vader, g.kind} {
		uit = append(uit, dichtbaar{"ggz", "registratie", n.registreer(t, ggz, b, "Er is een gesprek geweest.")})
	}
	tot, vandaag := time.Now().AddDate(0, 0, 20).UTC().Format(time.RFC3339), time.Now().Format(time.DateOnly)
	for b, geboren := range map[begrip.BSN]string{g.moeder: "1988-04-03", g.vader: "1986-04-03", g.kind: geborenKind} {
		over := map[string]any{"burgerservicenummer": b.Leesbaar(), "geboortedatum": geboren, "roepnaam": "Iemand"}
		door, zaak := []any{map[string]any{"burgerservicenummer": b.Leesbaar(), "als": "zelf", "op": vandaag}}, "urn:soh:zaak:"+uuid.NewString()
		if b == g.kind {
			for _, ouder := range []begrip.BSN{g.moeder, g.vader} {
				door = append(door, map[string]any{"burgerservicenummer": ouder.Leesbaar(), "als": "ouder", "op": vandaag})
			}
		}
		for soort, lijf := range map[string]map[string]any{
			"toestemming":        {"over": over, "gegevenDoor": door, "tot": tot, "doel": "hulp", "omschrijving": "een geheim plan", "klassen": []string{"I3"}, "aan": []any{ggz.OIN}},
			"zaakverband":        {"zaak": zaak, "samenwerkingsverband": "multidisciplinair-overleg", "fase": 2, "betrokkenen": []any{b.Leesbaar()}, "deelnemers": []any{map[string]any{"organisatie": ggz.OIN, "rol": "deelnemer"}}},
			"maatregel":          {"over": over, "soort": "ots", "uitvoerder": string(ggz.OIN), "bron": "Beschikking 24/1", "tot": tot},
			"bespreekverzoek":    {"zaak": zaak, "over": over, "besproken": true},
			"vertegenwoordiging": {"over": over, "wie": map[string]any{"burgerservicenummer": bsn().Leesbaar(), "roepnaam": "Buur"}, "als": "steunfiguur", "klassen": []string{"I1"}, "tot": tot},
		} {
			meervoud := map[string]string{"toestemming": "toestemmingen", "zaakverband": "zaakverbanden", "maatregel": "maatregelen", "bespreekverzoek": "bespreekverzoeken", "vertegenwoordiging": "vertegenwoordigingen"}
			a := gemeente.vraag(t, "POST", gemeente.API+"/"+meervoud[soort], lijf).wil(t, http.StatusCreated)
			var r struct{ ID string }
			a.lees(t, &r)
			uit = append(uit, dichtbaar{"gemeente", soort, r.ID})
		}
	}
	rvdk.vraag(t, "GET", m.URL, nil, rvdk.als(t, politie.OIN, inNood())...).wil(t, http.StatusOK)
	return append(uit, dichtbaar{"politie", "melding", m.ID})
}

var geopend sync.Map // what was opened in a Postvak: opening it again is a look more at another family

// uitPostvak opens what waits and was never opened, until it holds merk, and then
// does f.
func (n *netwerk) uitPostvak(t *testing.T, b *bezoeker.Bezoeker, voor, merk string, f func() error) {
	t.Helper()
	wacht(t, func() string {
		if err := b.Open(t.Context(), "/postvak"); err != nil {
			return err.Error()
		}
		for _, l := range b.Links(voor) {
			if _, al := geopend.LoadOrStore(l, true); al {
				continue
			}
			if err := b.Open(t.Context(), l); err != nil {
				return err.Error()
			}
			if strings.Contains(b.HTML, merk) {
				if err := f(); err != nil {
					t.Fatalf("%v: %s", err, tekst(b.HTML))
				}
				return ""
			}
		}
		return "it has not arrived: " + voor
	})
}

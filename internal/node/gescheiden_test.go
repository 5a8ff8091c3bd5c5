package node

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/waarborg"
)

// TestGescheidenOudersZienElkaarsAdresNiet: parents at two addresses, one of
// them hidden, both with gezag: each sees the child's own melding and nowhere
// an address, the other's number or what the other looked at.
func TestGescheidenOudersZienElkaarsAdresNiet(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	m := meldingJSON(false)
	lotte := m["heeftBetrekkingOp"].([]any)[0].(map[string]any)
	lotte["geboortedatum"] = time.Now().AddDate(-8, 0, 0).Format(time.DateOnly)
	ouder := func(bsn begrip.BSN, naam, straat string, geheim bool) map[string]any {
		o := maps.Clone(lotte)
		o["burgerservicenummer"], o["rolInGezin"], o["geboortedatum"], o["adresGeheim"] = bsn.Leesbaar(), "ouder", "1988-01-02", geheim
		o["naam"] = map[string]any{"voornamen": naam, "geslachtsnaam": "Proef"}
		o["adres"] = map[string]any{"straatnaam": straat, "huisnummer": 7, "postcode": "4321 ZX", "plaats": "Elders"}
		return o
	}
	m["heeftBetrekkingOp"] = []any{lotte, ouder(moeder, "Samantha", "Schuilstraat", true), ouder(vader, "Ruben", "Dorpsweg", false)}
	id := c.registreer(m)
	g := gezag(8, "TweehoofdigOuderlijkGezag", moeder, vader)
	n.leg(politie, waarborg.SoortGezagsfeit, g)
	alles := []string{"Schuilstraat", "Dorpsweg", "Lindelaan", "4321 ZX", "Elders", "Ruzie in huis", "Noor Hendriks"}
	for _, x := range []struct {
		wie  begrip.BSN
		niet []string
	}{{moeder, []string{"Ruben", vader.Leesbaar()}}, {vader, []string{"Samantha", moeder.Leesbaar()}}} {
		for _, voor := range []begrip.BSN{x.wie, kind} {
			s, beeld, b := n.beeld(x.wie, voor)
			if s != 200 || len(beeld.Delen) != 1 || beeld.Delen[0].ID != id || len(beeld.Inzagen) != 0 {
				t.Errorf("%d %s", s, b)
			}
			namens := kind
			if voor == x.wie {
				namens = begrip.BSN{}
			}
			for _, staart := range []string{"", "/niveau0", "/niveau1", "/niveau2"} {
				_, _, r := n.vraag(portaal, politie, "/v1/meldingen/"+id+staart, gezinslid(x.wie, namens), nil)
				b += r
			}
			for _, niet := range append(alles, x.niet...) {
				if strings.Contains(b, niet) {
					t.Errorf("one parent reads %q: %s", niet, b)
				}
			}
		}
	}
}

// TestWatEenGezinVraagtKostAltijdEvenveel: with a withheld record and without
// one, every question of a member of the family leaves the same lines in the
// log, and gives as many bytes.
func TestWatEenGezinVraagtKostAltijdEvenveel(t *testing.T) {
	n := nieuwNet(t)
	vragen := func() (regels, bytes int) {
		voor := len(n.logboek(politie))
		for _, pad := range []string{"/v1/betrokkenen/query", "/v1/betrokkenen/voor-wie/query"} {
			_, h, b := n.vraag(portaal, politie, pad, gezinslid(vader, begrip.BSN{}), bsnVraag(vader))
			h.Del("Date")
			for k, v := range h {
				bytes += len(k) + len(strings.Join(v, ""))
			}
			bytes += len(b)
		}
		return len(n.logboek(politie)) - voor, bytes
	}
	r1, b1 := vragen()
	for range 5 {
		n.leg(politie, waarborg.SoortAfscherming, afscherming(n.schrijfBrief(politie, moeder, vader, kind), vader))
	}
	if r2, b2 := vragen(); r1 != r2 || b1 != b2 || r1 != 2 {
		t.Errorf("%d lines and %d bytes without, %d and %d with what is withheld", r1, b1, r2, b2)
	}
}

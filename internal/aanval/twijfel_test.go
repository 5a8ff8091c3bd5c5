package aanval

import (
	"net/http"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// People of the demo's population register, see demo.Personen.
var (
	betwisteMoeder = begrip.MustBSN("999990238")
	gezagBetwist   = begrip.MustBSN("999990251")
	leeftijdTwijf  = begrip.MustBSN("999990263")
	geweigerd      = begrip.MustBSN("999990275")
	bekend         = begrip.MustBSN("999990111")
	ookBekend      = begrip.MustBSN("999990093")
)

// TestNietWetenIsEenVerborgenAdres: of whom the register refuses to answer and of
// whom it knows nothing the address counts as hidden, whoever stands beside them;
// one refusal costs nobody else the answer.
func TestNietWetenIsEenVerborgenAdres(t *testing.T) {
	n := deNetwerk(t)
	p := n.lid(t, "politie")
	for naam, g := range map[string]struct {
		wie begrip.BSN
		wil string
	}{"refused": {geweigerd, "null"}, "nobody's number there": {bsn(), "null"}, "answered": {bekend, "false"}} {
		m := p.meld(t, nil, persoon(g.wie, "Bas", nil), persoon(ookBekend, "Kim", nil))
		var uit struct {
			HeeftBetrekkingOp []struct {
				AdresGeheim *bool `json:"adresGeheim"`
			} `json:"heeftBetrekkingOp"`
		}
		p.vraag(t, "GET", m.URL, nil).wil(t, http.StatusOK).lees(t, &uit)
		heeft := "null"
		if x := uit.HeeftBetrekkingOp[0].AdresGeheim; x != nil {
			heeft = map[bool]string{true: "true", false: "false"}[*x]
		}
		if heeft != g.wil {
			t.Errorf("%s: %s, want %s", naam, heeft, g.wil)
		}
		for _, ander := range uit.HeeftBetrekkingOp[1:] {
			if ander.AdresGeheim == nil || *ander.AdresGeheim {
				t.Errorf("%s: another is not known any more", naam)
			}
		}
	}
}

// TestTwijfelVanHetRegisterOpentNergensIets: at every node, with a record about
// the child and without, the parent of a child whose gezag or age is under enquiry
// sees nothing and reads what to do; a stranger reads nothing of it.
func TestTwijfelVanHetRegisterOpentNergensIets(t *testing.T) {
	n := deNetwerk(t)
	p, portaal := n.lid(t, "politie"), n.lid(t, "portaal")
	for _, kind := range []begrip.BSN{gezagBetwist, leeftijdTwijf} {
		p.meld(t, nil, persoon(kind, "Sem", map[string]any{"geboortedatum": "2018-04-11", "rolInGezin": "kind"}))
	}
	for _, d := range n.Lijst().Deelnemers {
		if !d.Soort.MagBSN() {
			continue
		}
		for kind, leest := range map[begrip.BSN]string{gezagBetwist: "wie gezag heeft", leeftijdTwijf: "geboortedatum van dit kind klopt"} {
			for wie, wil := range map[begrip.BSN]string{betwisteMoeder: leest, bekend: "Wij weten niet of u voor deze persoon mag kijken"} {
				l := toegang.Lezer{Persoon: "sub", Naam: "Iris Proef", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: wie, Namens: kind}
				a := portaal.vraag(t, "POST", d.API+"/betrokkenen/query", map[string]any{"burgerservicenummer": kind.Leesbaar()}, portaal.als(t, d.OIN, l)...)
				if a.Status != http.StatusForbidden || !strings.Contains(a.Body, wil) {
					t.Errorf("%s: %d %s", d.Naam, a.Status, a.Body)
				}
			}
		}
	}
}

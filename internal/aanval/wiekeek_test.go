package aanval

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/toegang"
)

// gezin asks, as the portal for the person itself, a list at the node of bij, to its
// last page.
func (n *netwerk) gezin(t *testing.T, bij *partij, b begrip.BSN, pad string, lees func(antwoord)) {
	t.Helper()
	portaal := n.lid(t, "portaal")
	l := toegang.Lezer{Persoon: "aanval", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: b}
	for volgende := pad; volgende != ""; {
		a := portaal.vraag(t, "POST", strings.TrimSuffix(bij.API, "/v1")+volgende, map[string]any{"burgerservicenummer": b.Leesbaar()}, portaal.als(t, bij.OIN, l)...).wil(t, http.StatusOK)
		lees(a)
		link, _, _ := strings.Cut(strings.TrimPrefix(a.Kop.Get("Link"), "<"), ">")
		volgende = link
	}
}

func (n *netwerk) inkijken(t *testing.T, bij *partij, b begrip.BSN) (uit []inzage.Inkijk) {
	t.Helper()
	n.gezin(t, bij, b, inzage.PadInkijken, func(a antwoord) {
		var in struct{ Inkijken []inzage.Inkijk }
		a.lees(t, &in)
		uit = append(uit, in.Inkijken...)
	})
	return uit
}

// TestEigenBezoekenDuwenNietsWeg: more visits than a page holds, and every look of a
// professional is still there, once, over more pages than one.
func TestEigenBezoekenDuwenNietsWeg(t *testing.T) {
	n := deNetwerk(t)
	politie, vt, wie := n.lid(t, "politie"), n.lid(t, "veilig-thuis"), bsn()
	m := politie.meld(t, nil, persoon(wie, "Bezoek", nil))
	l := toegang.Lezer{Persoon: "m", Naam: "Marieke", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516, Zaak: m.Zaak}
	const blikken, bezoeken = 210, 230
	samen(blikken, func() { vt.vraag(t, "GET", m.URL, nil, vt.als(t, politie.OIN, l)...) })
	portaal := n.lid(t, "portaal")
	burger := toegang.Lezer{Persoon: "aanval", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: wie}
	samen(bezoeken, func() {
		portaal.vraag(t, "POST", politie.API+"/betrokkenen/query", map[string]any{"burgerservicenummer": wie.Leesbaar()}, portaal.als(t, politie.OIN, burger)...)
	})
	if ks := n.inkijken(t, politie, wie); len(ks) != blikken {
		t.Errorf("%d looks are left of %d", len(ks), blikken)
	}
	aantal := 0
	n.gezin(t, politie, wie, inzage.PadBezoeken, func(a antwoord) {
		var in struct{ Bezoeken []inzage.Bezoek }
		a.lees(t, &in)
		aantal += len(in.Bezoeken)
	})
	if aantal < bezoeken {
		t.Errorf("%d visits are left of %d", aantal, bezoeken)
	}
}

// samen does f n times, a few at a time.
func samen(n int, f func()) {
	var wg sync.WaitGroup
	plek := make(chan struct{}, 8)
	for range n {
		plek <- struct{}{}
		wg.Go(func() { defer func() { <-plek }(); f() })
	}
	wg.Wait()
}

var hrefs = regexp.MustCompile(`<a\b[^>]*\bhref="(/[^"#]*)"`)

// TestEenMenuIsGeenPoging: everybody who works anywhere opens all that the menu
// offers, and what those pages lead to; nobody's list of looks says that somebody
// tried what was not allowed.
func TestEenMenuIsGeenPoging(t *testing.T) {
	n := deNetwerk(t)
	politie, wie := n.lid(t, "politie"), bsn()
	politie.meld(t, nil, persoon(wie, "Menu", nil))
	for _, d := range demo.Deelnemers() {
		for _, mens := range d.Mensen {
			b := n.binnen(t, d.Kort, mens.Sub)
			open := []string{"/postvak"}
			gezien := map[string]bool{}
			for diep := 0; diep < 3; diep++ {
				var verder []string
				for _, pad := range open {
					if gezien[pad] || strings.HasPrefix(pad, "/noodtoegang") || strings.HasPrefix(pad, "/afmelden") || strings.HasPrefix(pad, "/aanmelden") || strings.HasPrefix(pad, "/assets") {
						continue
					}
					gezien[pad] = true
					if err := b.Open(t.Context(), pad); err == nil {
						for _, m := range hrefs.FindAllStringSubmatch(b.HTML, -1) {
							verder = append(verder, strings.ReplaceAll(m[1], "&amp;", "&"))
						}
					}
				}
				open = verder
			}
			if len(gezien) < 4 {
				t.Errorf("%s sees %d pages", mens.Sub, len(gezien))
			}
		}
	}
	for _, d := range n.Lijst().Deelnemers {
		for _, k := range n.inkijken(t, n.lid(t, d.Kort), wie) {
			if !k.Toegestaan || strings.Contains(k.Waarom, "mocht") {
				t.Errorf("%s: %s, %s: %s", d.Kort, k.Wie, k.Rol, k.Wat)
			}
		}
	}
}

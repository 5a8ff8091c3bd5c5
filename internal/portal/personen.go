package portal

import (
	"net/http"
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/web"
)

// persoon is one organisation on the page: who, what they do, what they see.
type persoon struct {
	Naam, Organisatie string
	Rol               zin
	Doet, Ziet        zin
	Telefoon, Mail    string
	Hoofd             bool // busy with the melding now
	Stil              bool
	gewicht           int
}

// personen gives the organisations that are involved, the busiest first, and
// the names of those that only answered a question.
func (p *Portal) personen(r *http.Request, b beeld, l loop) (uit []persoon, zijdelings []string) {
	for _, oin := range b.betrokken() {
		i := slices.IndexFunc(b.Bronnen, func(x bron) bool { return x.OIN == oin })
		x := bron{}
		if i >= 0 {
			x = b.Bronnen[i]
		}
		naam := b.namen[oin]
		if naam == "" {
			continue
		}
		if len(x.Beeld.Delen) == 0 && !b.deed(oin) {
			zijdelings = append(zijdelings, naam)
			continue
		}
		uit = append(uit, p.persoon(r, b, x, naam, b.soorten[oin], b.aanZet(l, oin)))
	}
	slices.SortStableFunc(uit, func(a, b persoon) int { return b.gewicht - a.gewicht })
	slices.Sort(zijdelings)
	return uit, zijdelings
}

// betrokken gives every organisation that an event names, or that has a part.
func (b *beeld) betrokken() []begrip.OIN {
	var uit []begrip.OIN
	voeg := func(o begrip.OIN) {
		if s := b.soorten[o]; o != "" && !slices.Contains(uit, o) && s != begrip.Burgerportaal && s != begrip.Ketenbeheerder {
			uit = append(uit, o)
		}
	}
	for _, g := range b.Gebeurtenissen {
		for _, o := range g.Wie {
			voeg(o)
		}
	}
	for _, x := range b.Bronnen {
		if len(x.Beeld.Delen) > 0 {
			voeg(x.OIN)
		}
	}
	return uit
}

// deed tells that an organisation did more than look or answer whether it knows
// the family.
func (b *beeld) deed(oin begrip.OIN) bool {
	return slices.ContainsFunc(b.Gebeurtenissen, func(g gebeurtenis) bool { return g.Bron == oin && g.doet() })
}

// doet tells that the sender did more than be looked at or answer a question.
func (g gebeurtenis) doet() bool {
	return !gelezen(g.Type) && g.Type != cloudevent.BekendheidVerstrekt && g.Type != cloudevent.BekendheidGeweigerd
}

// persoon makes the card of one organisation. That it is busy with the melding now takes
// aanZet: its own word is not enough.
func (p *Portal) persoon(r *http.Request, b beeld, x bron, naam string, soort begrip.OrganisatieSoort, aanZet bool) persoon {
	st := soortTeksten[soort]
	k := persoon{Naam: naam, Rol: p.zin(r, st.Naam, ""), Doet: p.zin(r, st.Doet, ""), Telefoon: st.Telefoon, Stil: x.Stil, gewicht: 1}
	var open *inzage.Deel // newest part that is not done
	for i := range x.Beeld.Delen {
		d := &x.Beeld.Delen[i]
		if !d.Klaar && (open == nil || d.Tijdstip.After(open.Tijdstip)) {
			open = d
		}
		k.Hoofd = k.Hoofd || aanZet && !d.Klaar && d.Uiterlijk != nil
		c := d.Contact
		if c == nil || c.Naam == "" || k.Organisatie != "" && d.Uiterlijk == nil {
			continue
		}
		k.Naam, k.Organisatie, k.Rol = c.Naam, naam, nl(r, hoofdletter(c.Functie))
		if c.Telefoon != "" {
			k.Telefoon = c.Telefoon
		}
		k.Mail = c.Email
	}
	if len(x.Beeld.Delen) > 0 {
		k.gewicht = 2
	}
	if open != nil && open.Tekst != "" && !k.Hoofd { // what is busy now stands on top of the page
		k.Doet = nl(r, open.Tekst)
	}
	if k.Hoofd {
		k.gewicht = 3
	}
	k.Ziet = p.ziet(r, b, naam, len(x.Beeld.Delen) > 0)
	return k
}

// ziet tells what an organisation saw, from the logs of all sources.
func (p *Portal) ziet(r *http.Request, b beeld, naam string, eigen bool) zin {
	var gezien []string
	for _, k := range b.inkijken() {
		if k.Organisatie != naam || !k.Toegestaan || k.Wat == "" {
			continue
		}
		wat := k.Wat
		if k.Bron != "" { // who tells of it: nobody fills the card of another unseen
			wat = strings.TrimSuffix(wat, ".") + " (" + k.Bron + ")."
		}
		if !slices.Contains(gezien, wat) {
			gezien = append(gezien, wat)
		}
	}
	switch {
	case len(gezien) > 0:
		return nl(r, strings.Join(gezien[:min(3, len(gezien))], " "))
	case eigen:
		return p.zin(r, web.Vertaalbaar("wat deze organisatie zelf over {wie} opschreef"), "")
	case b.heel():
		return p.zin(r, web.Vertaalbaar("niets. Zij keken niet in gegevens van anderen"), "")
	}
	return zin{}
}

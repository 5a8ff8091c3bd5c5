package portal

import (
	"cmp"
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/inzage"
)

// verhul makes the whole view tell nobody's whereabouts, when one source says that
// somebody lives in hiding from this reader, or cannot be asked whether (Twijfel): the other sources need not know. No
// organisation is named but by its kind, in no text, and no contact or word of a
// professional stays.
func (b *beeld) verhul(alle []functie.Deelnemer) {
	if !b.Twijfel && !slices.ContainsFunc(b.Bronnen, func(x bron) bool { return x.Beeld.Verborgen }) {
		return
	}
	b.Verhuld = true
	type paar struct{ naam, kind string }
	var paren []paar
	for oin, naam := range b.namen {
		kind := hoofdletter(b.soorten[oin].Verhuld())
		if naam != "" {
			paren = append(paren, paar{naam, kind})
		}
		b.namen[oin] = kind
	}
	for _, d := range alle {
		paren = append(paren, paar{d.Naam, hoofdletter(d.Soort.Verhuld())})
	}
	slices.SortFunc(paren, func(a, b paar) int { return cmp.Compare(len(b.naam), len(a.naam)) }) // the longest name first
	var oudNieuw []string
	bekend := map[string]bool{}
	for _, p := range paren {
		if p.naam != "" {
			oudNieuw, bekend[p.kind] = append(oudNieuw, p.naam, p.kind), true
		}
	}
	schoon := strings.NewReplacer(oudNieuw...)
	b.zonderNaam = func(s string) (string, bool) { t := schoon.Replace(s); return t, t != s || bekend[t] }
	for i := range b.Bronnen {
		x := &b.Bronnen[i]
		x.Naam, x.Reden = hoofdletter(x.Soort.Verhuld()), schoon.Replace(x.Reden)
		for j := range x.Beeld.Delen {
			d := &x.Beeld.Delen[j]
			d.Titel, d.Tekst, d.Regels, d.Contact, d.Gevraagd = schoon.Replace(d.Titel), "", nil, nil, nil
		}
		b.verhulKeren(x.Beeld.Inzagen)
		for j := range x.Beeld.Keuzes {
			for w := range x.Beeld.Keuzes[j].Wie {
				x.Beeld.Keuzes[j].Wie[w] = schoon.Replace(x.Beeld.Keuzes[j].Wie[w])
			}
		}
	}
	b.verhulKeren(b.HubKeek)
}

// verhulKeren does the same to looks that came later than the view.
func (b *beeld) verhulKeren(ks []inzage.Inkijk) {
	if !b.Verhuld {
		return
	}
	for i := range ks {
		k := &ks[i]
		org, bekend := b.zonderNaam(k.Organisatie)
		if !bekend { // in no register
			org = hoofdletter(begrip.Overig.Verhuld())
		}
		k.Organisatie, k.Rol = org, ""
		k.Bron, _ = b.zonderNaam(k.Bron)
		for _, s := range []*string{&k.Waarom, &k.Wat, &k.Gegeven, &k.Reden} {
			*s, _ = b.zonderNaam(*s)
		}
		if !strings.HasPrefix(k.Wie, "Een ") {
			k.Wie = "Een medewerker"
		}
	}
}

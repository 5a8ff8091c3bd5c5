package portal

import (
	"net/http"
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// wieKeek is the full list of looks.
type wieKeek struct {
	Stil         []string
	Heel         bool
	GeenRegister bool
	Keek         web.Tabel
	Voor         *voorWie
	Gegevens     string // whose: uw gegevens, or of another
}

func (p *Portal) toonWieKeek(w http.ResponseWriter, r *http.Request, s toegang.Sessie) {
	k := p.kijker(r, s)
	r = voor(r, k)
	b := p.haal(r.Context(), k)
	d := wieKeek{Keek: p.tabel(b.inkijken()), Heel: b.heel(), GeenRegister: b.GeenRegister, Voor: k.Voor}
	_, d.Gegevens = p.aanspreking(r)
	for _, x := range b.Bronnen {
		if x.Stil {
			d.Stil = append(d.Stil, x.Naam)
		}
	}
	p.site.Toon(w, r, http.StatusOK, "wie-keek.html", web.Pagina{Titel: web.Vertaalbaar("Wie keek in mijn gegevens?"), Breed: true, Data: d})
}

// inkijken merges the looks that all sources logged, newest first. Sources
// leave out looks by the family itself.
//
// Who follows a melding of one's own is the melder. As long as the melder is
// shielded, or the Ketenindex cannot tell whether, those looks are left out.
func (b *beeld) inkijken() []inzage.Inkijk {
	dicht := b.HubStil || b.Onvolledig || slices.ContainsFunc(b.Gebeurtenissen, func(g gebeurtenis) bool { return g.Afgeschermd })
	var uit []inzage.Inkijk
	for _, x := range b.Bronnen {
		for _, k := range x.Beeld.Inzagen {
			if !dicht || !strings.HasPrefix(strings.ToLower(k.Waarom), begrip.DoelEigenMelding.Omschrijving()) {
				uit = append(uit, k)
			}
		}
	}
	slices.SortStableFunc(uit, func(a, b inzage.Inkijk) int { return b.Tijdstip.Compare(a.Tijdstip) })
	return uit
}

func (p *Portal) tabel(ks []inzage.Inkijk) web.Tabel {
	t := web.Tabel{Onderschrift: web.Vertaalbaar("Wie in uw gegevens keek, nieuwste eerst"), Kop: []string{
		web.Vertaalbaar("Wanneer"), web.Vertaalbaar("Wie"), web.Vertaalbaar("Wat"), web.Vertaalbaar("Waarom")}}
	for _, k := range ks {
		waarom := web.Cel{Tekst: k.Waarom, Bij: k.Grondslag}
		if !k.Toegestaan {
			waarom.Label = &web.Label{Soort: "fout", Tekst: web.Vertaalbaar("Mocht niet"), Icoon: "hand-stop"}
		}
		wie := k.Organisatie
		if k.Rol != "" {
			wie = k.Rol + ", " + wie
		}
		t.Rijen = append(t.Rijen, []web.Cel{{Op: k.Tijdstip}, {Tekst: k.Wie, Bij: wie}, {Tekst: k.Wat}, waarom})
	}
	return t
}

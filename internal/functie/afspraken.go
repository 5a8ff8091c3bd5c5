package functie

import (
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/web"
)

// Afspraken gives the covenant of a samenwerkingsverband as a page shows it, to
// a professional and to a family alike. It has no personal data.
func Afspraken(d *samenwerkingsverband.Definitie) []web.Tekstblok {
	var uit []web.Tekstblok
	kop := ""
	for _, b := range d.Convenant() {
		x := web.Tekstblok{Kop: b.Kop, Niveau: b.Niveau, Tekst: b.Tekst, Lijst: b.Lijst}
		switch {
		case b.Kop != "":
			kop = b.Kop
		case len(b.Tabel) > 1:
			x.Tabel = &web.Tabel{Onderschrift: kop, Kop: b.Tabel[0]}
			for _, rij := range b.Tabel[1:] {
				cellen := make([]web.Cel, len(rij))
				for i, c := range rij {
					cellen[i].Tekst = c
				}
				x.Tabel.Rijen = append(x.Tabel.Rijen, cellen)
			}
		case b.Tekst == "" && len(b.Lijst) == 0:
			continue
		}
		uit = append(uit, x)
	}
	return uit
}

// AlleAfspraken lists the samenwerkingsverbanden with where their agreements are.
func AlleAfspraken(v *samenwerkingsverband.Verzameling) []web.Link {
	var uit []web.Link
	for _, n := range v.Namen() {
		d, _ := v.Definitie(n)
		uit = append(uit, web.Link{Tekst: Titel(d), Pad: "/afspraken/" + n})
	}
	return uit
}

// Titel names a samenwerkingsverband, with the reading when there are more.
func Titel(d *samenwerkingsverband.Definitie) string {
	if d.Lezing != "" {
		return d.Titel + " (" + d.Lezing + ")"
	}
	return d.Titel
}

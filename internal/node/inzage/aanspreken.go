package inzage

import (
	"strings"

	"github.com/handbereik/soh/internal/samenwerkingsverband"
)

// What a text for the family holds where it says about whom it is. Filled in
// for who reads: u and uw gegevens, uw kind and de gegevens van uw kind, or the
// name of who gave a mandate.
const (
	Wie      = "{wie}"
	Gegevens = "{gegevens}"
)

// Aanspreking gives what Wie and Gegevens become; relatie is zelf for who looks
// for itself.
func Aanspreking(relatie samenwerkingsverband.Relatie, roepnaam string) (wie, gegevens string) {
	switch {
	case relatie == samenwerkingsverband.RelatieZelf || relatie == "":
		return "u", "uw gegevens"
	case relatie == samenwerkingsverband.RelatieOuder || relatie == samenwerkingsverband.RelatieVoogd:
		return "uw kind", "de gegevens van uw kind"
	case roepnaam == "":
		return "deze persoon", "de gegevens van deze persoon"
	}
	return roepnaam, "de gegevens van " + roepnaam
}

// spreekAan makes d fit for the reader. A steunfiguur gets the process only:
// who, when and how far, without what an organisation explains.
func (b *blik) spreekAan(d *Deel) {
	relatie := b.f.Relatie(b.l.Burger, b.l.VoorWie())
	if relatie == samenwerkingsverband.RelatieSteunfiguur {
		d.Tekst, d.Regels, d.Gevraagd = "", nil, nil
	}
	wie, gegevens := Aanspreking(relatie, b.f.Roepnaam(b.l.VoorWie()))
	vul := strings.NewReplacer(Wie, wie, Gegevens, gegevens)
	d.Titel, d.Tekst = vul.Replace(d.Titel), vul.Replace(d.Tekst)
	for i := range d.Regels {
		d.Regels[i].Waarde = vul.Replace(d.Regels[i].Waarde)
	}
}

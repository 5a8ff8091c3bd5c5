package samenwerkingsverband

import (
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// sleutel finds the lines that may apply; ingang is one of them for one kind
// of organisation, with all that can be known beforehand.
type sleutel struct {
	rol   Rol
	soort begrip.OrganisatieSoort
	doel  begrip.Doel
	grond begrip.Grondslag
}

type meedoen struct {
	rol   Rol
	soort begrip.OrganisatieSoort
}

type ingang struct {
	regel      *Regel
	grond      *Grond
	niveaus    [AantalKlassen]int8 // -1: opens nothing
	gemaskeerd []string
	plichten   []string
	reden      []toegang.Reden
}

// maskerBSN is the field that parties without a task for it do not see.
const maskerBSN = "burgerservicenummer"

// stelOp makes the tables. The definition has been checked.
func (d *Definitie) stelOp(gronden map[begrip.Grondslag]*Grond) {
	d.gronden, d.tabel = gronden, map[sleutel][]*ingang{}
	d.inZin = klein(d.Titel)
	d.meedoen, d.doelcode, d.gebruikt = map[meedoen]bool{}, map[begrip.Doel]bool{}, map[begrip.Grondslag]bool{}
	for _, p := range d.Deelnemers {
		for _, r := range p.Rollen {
			d.meedoen[meedoen{r, p.Soort}] = true
		}
	}
	for _, r := range d.Toegang {
		g := gronden[r.Grondslag]
		d.gebruikt[r.Grondslag] = true
		for _, doel := range r.Doelen {
			d.doelcode[doel] = true
		}
		if !g.Aan {
			continue
		}
		for _, rol := range r.Wie {
			for _, soort := range r.Soorten {
				if !d.meedoen[meedoen{rol, soort}] {
					continue
				}
				in := d.ingang(r, g, rol, soort)
				for _, doel := range r.Doelen {
					k := sleutel{rol, soort, doel, r.Grondslag}
					d.tabel[k] = append(d.tabel[k], in)
				}
			}
		}
	}
}

func (d *Definitie) ingang(r *Regel, g *Grond, rol Rol, soort begrip.OrganisatieSoort) *ingang {
	in := &ingang{regel: r, grond: g}
	for k := range in.niveaus {
		in.niveaus[k] = -1
		if n, ok := r.Klassen[Klasse(k)]; ok {
			in.niveaus[k] = int8(n)
		}
	}
	in.gemaskeerd = slices.Clone(r.Gemaskeerd)
	if rol != RolBurger && !slices.ContainsFunc(d.Deelnemers, func(p Deelnemer) bool {
		return p.Soort == soort && p.BSN && slices.Contains(p.Rollen, rol)
	}) {
		in.gemaskeerd = append(in.gemaskeerd, maskerBSN)
	}
	in.plichten = append(slices.Clone(r.Plichten), g.Plichten...)
	switch d.Gezin.Kennisgeving.Waarde {
	case "direct":
		in.plichten = append(in.plichten, toegang.PlichtMeldGezin)
	case "uitgesteld":
		in.plichten = append(in.plichten, toegang.PlichtGeenMeldGezin)
	}
	if rol == RolBurger {
		in.plichten = nil
	}
	slices.Sort(in.gemaskeerd)
	slices.Sort(in.plichten)
	in.gemaskeerd, in.plichten = slices.Compact(in.gemaskeerd), slices.Compact(in.plichten)
	tekst := "U doet mee aan het " + d.inZin + " als " + d.rolnaam(rol) + ". " + g.Tekst
	if rol == RolBurger {
		tekst = "Dit gaat over u, of over iemand voor wie u mag kijken."
	}
	in.reden = []toegang.Reden{{Tekst: tekst, Artikel: string(r.Grondslag)}}
	return in
}

// Toets answers v by this definition: default deny, and a line opens nothing
// unless each of its guards is on record. It looks at v alone and changes
// nothing. Niveau tells the highest level that is allowed, Toegestaan whether
// v.Niveau is within it.
func (d *Definitie) Toets(v Vraag) Uitkomst {
	if v.Klasse < Bekendheid || v.Klasse > Bronbeschermd || v.Niveau < begrip.NiveauBestaan || v.Niveau > begrip.NiveauInhoud || v.Nu.IsZero() {
		return nee("Deze vraag is niet volledig.", "")
	}
	if v.Klasse == Bronbeschermd {
		return nee("Wie iets vertrouwelijk meldde en waar iemand verborgen woont, is voor niemand in dit overleg te zien.", "")
	}
	var beste *ingang
	var gebreken []toegang.Reden
	regels := d.tabel[sleutel{v.Rol, v.Soort, v.Doel, v.Grondslag}]
	for _, in := range regels {
		if in.niveaus[v.Klasse] < 0 || beste != nil && in.niveaus[v.Klasse] <= beste.niveaus[v.Klasse] {
			continue
		}
		if g := d.gebrek(&v, in); len(g) > 0 {
			gebreken = append(gebreken, g...)
			continue
		}
		beste = in
	}
	if beste == nil {
		return d.waarom(&v, regels, gebreken)
	}
	n := begrip.Niveau(beste.niveaus[v.Klasse])
	u := Uitkomst{Toegestaan: n >= v.Niveau, Niveau: n, Gemaskeerd: beste.gemaskeerd, Plichten: beste.plichten, Redenen: beste.reden}
	if !u.Toegestaan {
		u.Redenen = append([]toegang.Reden{{Tekst: "U mag minder zien dan u vraagt: hoogstens niveau " + string(rune('0'+n)) + ".", Gezin: "Deze persoon vroeg meer dan mag."}}, u.Redenen...)
	}
	return u
}

// gebrek gives why a line does not open now; nothing is that it does.
func (d *Definitie) gebrek(v *Vraag, in *ingang) (uit []toegang.Reden) {
	r := in.regel
	if len(r.Fasen) > 0 && !slices.Contains(r.Fasen, v.Fase) {
		uit = append(uit, toegang.Reden{Tekst: "In deze fase van de zaak is dit niet te zien.", Gezin: nietNodig})
	}
	if len(r.Delen) > 0 && !slices.Contains(r.Delen, v.Deel) {
		uit = append(uit, toegang.Reden{Tekst: "U ziet het gezamenlijke plan en uw eigen deel, niet het werk van anderen.", Gezin: "Deze persoon ziet alleen het eigen deel van het plan."})
	}
	for _, w := range r.Waarborgen {
		if !waarborgen[w].houdt(v, d, r, in.grond) {
			uit = append(uit, toegang.Reden{Tekst: waarborgen[w].tekst, Artikel: string(r.Grondslag), Gezin: nietVast})
		}
	}
	return uit
}

// waarom explains a refusal: the first thing that the reader can do something
// about.
func (d *Definitie) waarom(v *Vraag, regels []*ingang, gebreken []toegang.Reden) Uitkomst {
	g, kent := d.gronden[v.Grondslag]
	switch {
	case v.Rol == "" || !d.meedoen[meedoen{v.Rol, v.Soort}]:
		return nee("Uw organisatie doet in deze rol niet mee aan het "+d.inZin+".", "")
	case !d.doelcode[v.Doel]:
		return nee("Dit doel hoort niet bij het "+d.inZin+".", "")
	case kent && !g.Aan:
		return nee("Deze grondslag staat uit: het is nog geen wet.", string(v.Grondslag))
	case !kent || !d.gebruikt[v.Grondslag]:
		return nee("Deze grondslag hoort niet bij het "+d.inZin+".", string(v.Grondslag))
	case len(gebreken) > 0:
		slices.SortFunc(gebreken, func(a, b toegang.Reden) int {
			return strings.Compare(a.Tekst+"|"+a.Artikel, b.Tekst+"|"+b.Artikel)
		})
		return Uitkomst{Redenen: slices.Compact(gebreken)}
	case len(regels) == 0:
		return nee("Uw rol, doel en grondslag passen in dit overleg niet bij elkaar.", string(v.Grondslag))
	}
	return nee("Op deze grondslag ziet u in dit overleg niet dit soort gegevens.", string(v.Grondslag))
}

// RollenVan gives the roles in which a kind of organisation may take part, in the
// order of the definition; none when it may not.
func (d *Definitie) RollenVan(soort begrip.OrganisatieSoort) (uit []Rol) {
	for _, p := range d.Deelnemers {
		for _, r := range p.Rollen {
			if p.Soort == soort && !slices.Contains(uit, r) {
				uit = append(uit, r)
			}
		}
	}
	return uit
}

// Kent tells whether anybody takes part in this role.
func (d *Definitie) Kent(rol Rol) bool {
	return slices.ContainsFunc(d.Deelnemers, func(p Deelnemer) bool { return slices.Contains(p.Rollen, rol) })
}

func nee(tekst, artikel string) Uitkomst {
	return Uitkomst{Redenen: []toegang.Reden{{Tekst: tekst, Artikel: artikel, Gezin: nietNodig}}}
}

// What the family reads of a refusal by the agreements.
const (
	nietNodig = "Dit hoort niet bij het werk van deze persoon in het overleg."
	nietVast  = "Er is niet vastgelegd dat dit mag."
)

func (d *Definitie) rolnaam(r Rol) string {
	if n := d.namen[r]; n != "" {
		return n
	}
	return string(r)
}

// klein gives a title in the middle of a sentence; names in capitals stay.
func klein(s string) string {
	if len(s) > 1 && s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:min(1, len(s))]) + s[min(1, len(s)):]
}

// code gives what stands before ": " in a text.
func code(s string) string { c, _, _ := strings.Cut(s, ": "); return c }

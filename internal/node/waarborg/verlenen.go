package waarborg

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// doorBetrokkene is by whom a fact is recorded that a member of the family gave
// on the portal.
const doorBetrokkene = "betrokkene"

// Verleen records that l, a member of the family, lets somebody look along here,
// as a gemachtigde or a steunfiguur, and gives it as l reads it. It is an
// invitation: it opens nothing before that person accepts it with the code, see
// Aanvaard. An unusable code is replaced by a new one. f is what l may
// know to be on record about itself. Nobody gives this for another.
//
// Under twelve who has gezag decides (Wmo 2015 5.3.2); from twelve a child may
// have a supporter; a full mandate takes sixteen years (Jeugdwet 7.3.5). Of a
// young person whose age is not known nothing is taken.
//
// Errors: Verboden with what to do, Ongeldig with every mistake, Conflict when
// this person looks along already.
func (w *Waarborgen) Verleen(ctx context.Context, l toegang.Lezer, v *Vertegenwoordiging, code string, f *Feiten) (Keuze, error) {
	if reden := magVerlenen(l, f); reden != "" {
		return Keuze{}, begrip.NieuweFout(begrip.Verboden, "%s", reden)
	}
	var c begrip.Controle
	c.Eis(v.Als == verband.RelatieGemachtigde || v.Als == verband.RelatieSteunfiguur, "als", "Kies hoe deze persoon met u meekijkt.")
	leeftijd := f.Leeftijd(l.Burger)
	c.Eis(v.Als != verband.RelatieGemachtigde || leeftijd < 0 || leeftijd >= 16, "als", "Tot u 16 bent, kan iemand u wel steunen, maar niet machtigen.")
	c.Eis(gevuld(v.Wie.Roepnaam), "wie.roepnaam", "Vul in hoe u deze persoon noemt.")
	if err := c.Fout(); err != nil {
		return Keuze{}, err
	}
	if o := f.vertegenwoordiging(v.Wie.Burgerservicenummer.BSN, l.Burger); o != nil {
		return Keuze{}, begrip.NieuweFout(begrip.Conflict, "Deze persoon kijkt hier al met u mee. Stop dat eerst.")
	}
	if f.uitgenodigd(v.Wie.Burgerservicenummer.BSN, l.Burger) {
		return Keuze{}, begrip.NieuweFout(begrip.Conflict, "U vroeg deze persoon hier al. Stop dat eerst.")
	}
	if schoneCode(code) == "" {
		code = NieuweCode()
	}
	v.Uitnodiging = nieuweUitnodiging(schoneCode(code), w.nu())
	voornaam, _, _ := strings.Cut(strings.TrimSpace(l.Naam), " ")
	v.Over = Persoon{Burgerservicenummer: begrip.InhoudBSN{BSN: l.Burger}, Roepnaam: voornaam}
	v.Kop = Kop{ID: uuid.Must(uuid.NewV7()).String(), Tot: v.Tot, Bron: "zelf gegeven op het portaal"}
	slices.Sort(v.Klassen)
	v.Klassen = slices.Compact(v.Klassen)
	regel := w.regel(l)
	regel.Soort, regel.RecordID, regel.Doel, regel.Grondslag = SoortVertegenwoord.Naam, v.ID, l.Doel, l.Grondslag
	if err := w.vastleggen(ctx, SoortVertegenwoord, v, 0, doorBetrokkene, &regel); err != nil {
		return Keuze{}, err
	}
	k, _ := w.keuze(v, l.Burger, func(begrip.OIN) string { return "" })
	k.Soort, k.Code = SoortVertegenwoord.Naam, code
	return k, nil
}

// magVerlenen gives why l may let nobody look along; empty when it may.
func magVerlenen(l toegang.Lezer, f *Feiten) string {
	switch leeftijd := f.Leeftijd(l.Burger); {
	case l.Burger.IsZero() || !l.Namens.IsZero():
		return "U kunt dit alleen voor uzelf regelen."
	case leeftijd < 0 && l.Rol == begrip.RolJongere:
		return "Wij weten niet hoe oud u bent. Daarom kunnen wij dit nog niet vastleggen. Bel deze organisatie en vraag of zij uw geboortedatum nagaan."
	case leeftijd >= 0 && leeftijd < 12:
		return "Tot u 12 jaar bent, beslist wie gezag over u heeft. Vraag het aan uw ouder of voogd."
	case !f.bekwaam(l.Burger):
		return "Wij kunnen dit nu niet voor u vastleggen. Bel deze organisatie. Zij leggen uit waarom en wie u kan helpen."
	}
	return ""
}

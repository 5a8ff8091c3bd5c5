package waarborg

import (
	"context"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// Feiten are the safeguards that hold now around some persons and zaken, read
// once per request.
type Feiten struct {
	Nu time.Time

	verbanden     []*Zaakverband
	toestemmingen []*Toestemming
	gezag         []*Gezagsfeit
	bekwaamheid   []*Handelingsbekwaamheid // newest last
	vertegenwoord []*Vertegenwoordiging
	uitnodigingen []*Vertegenwoordiging // wait for who was named; open nothing
	afschermingen []*Afscherming
	verstrekking  []*Verstrekkingsbesluit
	maatregelen   []*Maatregel
	medewerking   []*Medewerking
	verzoeken     []*Bespreekverzoek
	meldingen     map[string]time.Time // zaak → since when a melding is on record
	geboren       map[begrip.BSN]time.Time
	betwijfeld    map[begrip.BSN]bool // birth date under enquiry at its source, and nobody decided

	aanhangen []*Aanhang                              // of records of other sources
	op        map[dossier.Sleutel][]begrip.Verwijzing // what a record rests on directly
}

var alleSoorten = func() []string {
	var uit []string
	for _, s := range Soorten() {
		uit = append(uit, s.Naam)
	}
	return append(uit, soortAanhang)
}()

// Laad reads, in one go, every safeguard about these persons or in these zaken
// that holds now. meldingen names the kinds of record that prove that a melding
// to Veilig Thuis exists.
func (w *Waarborgen) Laad(ctx context.Context, personen []begrip.BSN, zaken []string, meldingen ...string) (*Feiten, error) {
	return w.LaadOp(ctx, time.Time{}, personen, zaken, meldingen...)
}

// LaadOp is Laad as it was at op: what this node had on record then, and of that
// what held then. The zero time means now.
func (w *Waarborgen) LaadOp(ctx context.Context, op time.Time, personen []begrip.BSN, zaken []string, meldingen ...string) (*Feiten, error) {
	recs, err := w.d.VerwantOp(ctx, op, slices.Concat(alleSoorten, meldingen), personen, zaken)
	if err != nil {
		return nil, err
	}
	if op.IsZero() {
		op = w.nu()
	}
	f := &Feiten{Nu: op.UTC(), meldingen: map[string]time.Time{}, geboren: map[begrip.BSN]time.Time{}}
	slices.SortStableFunc(recs, func(a, b dossier.Record) int { return a.VastgelegdOp.Compare(b.VastgelegdOp) })
	for _, rec := range recs {
		if slices.Contains(meldingen, rec.Soort) {
			if t, ok := f.meldingen[rec.Zaak]; !ok || rec.GeldigVanaf.Before(t) {
				f.meldingen[rec.Zaak] = rec.GeldigVanaf
			}
			continue
		}
		if rec.Soort == soortAanhang {
			a, err := lees[Aanhang](rec)
			if err != nil {
				return nil, err
			}
			f.aanhangen = append(f.aanhangen, a)
			continue
		}
		if rec.Staat == staatBeeindigd {
			continue
		}
		i := slices.IndexFunc(Soorten(), func(s Soort) bool { return s.Naam == rec.Soort })
		g, err := Soorten()[i].Lees(rec)
		if err != nil {
			return nil, err
		}
		if g.kop().Geldt(f.Nu) {
			f.voeg(g)
		}
	}
	return f, nil
}

func (f *Feiten) voeg(g Gegeven) {
	switch g := g.(type) {
	case *Zaakverband:
		f.verbanden = append(f.verbanden, g)
	case *Toestemming:
		f.toestemmingen = append(f.toestemmingen, g)
		f.ken(g.Over)
	case *Gezagsfeit:
		f.gezag = append(f.gezag, g)
		f.kenGezag(g)
		for _, h := range g.Houders {
			f.ken(h)
		}
	case *Handelingsbekwaamheid:
		f.bekwaamheid = append(f.bekwaamheid, g)
		f.ken(g.Over)
	case *Vertegenwoordiging:
		switch {
		case g.aanvaard():
			f.vertegenwoord = append(f.vertegenwoord, g)
		case g.wacht(f.Nu):
			f.uitnodigingen = append(f.uitnodigingen, g)
		}
		f.ken(g.Over)
	case *Afscherming:
		if g.werkt(f.Nu) {
			f.afschermingen = append(f.afschermingen, g)
		}
	case *Verstrekkingsbesluit:
		f.verstrekking = append(f.verstrekking, g)
	case *Maatregel:
		f.maatregelen = append(f.maatregelen, g)
		f.ken(g.Over)
	case *Medewerking:
		f.medewerking = append(f.medewerking, g)
	case *Bespreekverzoek:
		f.verzoeken = append(f.verzoeken, g)
		f.ken(g.Over)
	}
}

func (f *Feiten) ken(p Persoon) {
	if g := p.geboren(); !g.IsZero() {
		f.geboren[p.Burgerservicenummer.BSN] = g
	}
}

// kenGezag is ken for the person of a fact of gezag: what its source doubts of
// the birth date, every other word of it is doubted too, until a person decided
// with a reason.
func (f *Feiten) kenGezag(g *Gezagsfeit) {
	if f.betwijfeld == nil {
		f.betwijfeld = map[begrip.BSN]bool{}
	}
	b, beslist := g.Over.Burgerservicenummer.BSN, g.Afwijking != nil && g.Over.Geboortedatum != ""
	if beslist {
		f.betwijfeld[b] = false
	} else if _, al := f.betwijfeld[b]; !al && g.betwijfelt(TwijfelGeboorte) {
		f.betwijfeld[b] = true
	}
	if eerder := slices.ContainsFunc(f.gezag, func(x *Gezagsfeit) bool {
		return x != g && x.Over.Burgerservicenummer.BSN == b && x.Afwijking != nil && x.Over.Geboortedatum != ""
	}); beslist || !eerder { // a decision stands, also when the register speaks again
		f.ken(g.Over)
	}
}

// Geboren adds a birth date that a record itself tells; what is on record as a
// safeguard goes first.
func (f *Feiten) Geboren(b begrip.BSN, op time.Time) {
	if _, ok := f.geboren[b]; !ok && !op.IsZero() {
		f.geboren[b] = op
	}
}

// Leeftijd gives the age of a person in full years now, -1 when it is unknown or
// doubted.
func (f *Feiten) Leeftijd(b begrip.BSN) int {
	if f.betwijfeld[b] {
		return -1
	}
	return Leeftijd(f.geboren[b], f.Nu)
}

func (f *Feiten) leeftijd(b begrip.BSN, geboren time.Time) int {
	f.Geboren(b, geboren)
	return f.Leeftijd(b)
}

func (f *Feiten) bekwaam(b begrip.BSN) bool {
	for _, h := range slices.Backward(f.bekwaamheid) {
		if h.Over.Burgerservicenummer.BSN == b {
			return h.Bekwaam
		}
	}
	return true
}

// gezagOver gives the fact that counts: that the child died, then a motivated
// override, then the latest word of a source by its own date; of one day what
// a professional recorded goes before the register.
func (f *Feiten) gezagOver(kind begrip.BSN) *Gezagsfeit {
	var uit *Gezagsfeit
	for _, g := range f.gezag {
		if g.Over.Burgerservicenummer.BSN != kind {
			continue
		}
		if uit == nil || !uit.gaatVoor(g) {
			uit = g
		}
	}
	return uit
}

// gaatVoor tells whether g counts before h, which was recorded later.
func (g *Gezagsfeit) gaatVoor(h *Gezagsfeit) bool {
	switch {
	case g.Overleden != h.Overleden:
		return g.Overleden
	case (g.Afwijking != nil) != (h.Afwijking != nil):
		return g.Afwijking != nil
	case g.Peildatum != h.Peildatum:
		return g.Peildatum > h.Peildatum
	}
	return g.GevraagdOp == nil && h.GevraagdOp != nil
}

// alleGezag tells that everyone with gezag is among gevers, and that it is
// certain who that is.
func (f *Feiten) alleGezag(kind begrip.BSN, gevers []Gever) bool {
	g := f.gezagOver(kind)
	if g == nil {
		return false
	}
	hs := g.houders()
	for _, h := range hs {
		if !slices.ContainsFunc(gevers, func(x Gever) bool { return x.Burgerservicenummer.BSN == h }) {
			return false
		}
	}
	return len(hs) > 0 && !g.onvolledig()
}

// Relatie is how burger stands to the person for whom is looked.
func (f *Feiten) Relatie(burger, voor begrip.BSN) verband.Relatie {
	if burger == voor {
		return verband.RelatieZelf
	}
	v := f.vertegenwoordiging(burger, voor)
	// From sixteen gezag opens nothing of its own accord: what the young person
	// gave the parent then goes first (Jeugdwet 7.3.5).
	zelfGegeven := v != nil && f.Leeftijd(voor) >= 16 && len(f.meekijken(burger, voor)) == 0
	if g := f.gezagOver(voor); g != nil && g.heeft(burger) && !zelfGegeven {
		return gezagTabel[g.Soort].houder
	}
	if v != nil {
		return v.Als
	}
	return verband.RelatieAnder
}

// Roepnaam is how the family calls the person for whom somebody looks; empty
// when that is not on record.
func (f *Feiten) Roepnaam(b begrip.BSN) string {
	if g := f.gezagOver(b); g != nil && g.Over.Roepnaam != "" {
		return g.Over.Roepnaam
	}
	for _, v := range slices.Backward(f.vertegenwoord) {
		if v.Over.Burgerservicenummer.BSN == b {
			return v.Over.Roepnaam
		}
	}
	return ""
}

// What a member of the family reads who may not act for somebody, with what to
// do about it.
const (
	// NamensOnbekend says nothing of the person: it is the answer of every source
	// that has no fact about these two.
	NamensOnbekend        = "Wij weten niet of u voor deze persoon mag kijken. Vraag het aan deze organisatie."
	namensLeeftijd        = "Wij weten niet hoe oud dit kind is. Daarom laten wij nog niets zien. Bel deze organisatie en vraag of zij de geboortedatum nagaan. Daarna kunt u kijken."
	namensTwijfelLeeftijd = "De gemeente onderzoekt of de geboortedatum van dit kind klopt. Daarom laten wij nog niets zien. Bel deze organisatie: een medewerker kan met u nagaan wat er wel kan. Of vraag het aan uw gemeente."
	namensTwijfelGezag    = "De gemeente of de rechter onderzoekt wie gezag heeft over dit kind. Daarom laten wij nog niets zien. Hebt u een uitspraak of een brief daarover? Bel deze organisatie: een medewerker kan dan beslissen."
	namensVolwassen       = "Deze persoon is 18 of ouder en beslist zelf."
	namensZestien         = "Vanaf 16 jaar ziet een ouder dit alleen als de jongere dat goed vindt. De jongere kan dat zelf regelen, bij ‘Mijn keuzes’."
)

// NamensRedenen are all the reasons that a source gives the portal why somebody may not be
// looked for: it shows no others.
var NamensRedenen = []string{NamensOnbekend, namensLeeftijd, namensTwijfelLeeftijd, namensTwijfelGezag, namensVolwassen, namensZestien}

// MagNamens gives why l may not act for the person it names at all; empty when
// it may, or acts for itself. What it then sees of a record, the policy decides.
func (f *Feiten) MagNamens(l toegang.Lezer) string {
	if l.Namens.IsZero() {
		return ""
	}
	switch r, leeftijd := f.Relatie(l.Burger, l.Namens), f.Leeftijd(l.Namens); r {
	case verband.RelatieAnder, verband.RelatieZelf:
		if f.gezagBetwijfeld(l.Burger, l.Namens) {
			return namensTwijfelGezag
		}
		return NamensOnbekend
	case verband.RelatieOuder, verband.RelatieVoogd:
		return f.ouderMagNiet(l.Burger, l.Namens, leeftijd)
	}
	return ""
}

// ouderMagNiet gives why a parent or voogd with gezag may not look for a child
// of this age; empty when it may.
func (f *Feiten) ouderMagNiet(ouder, kind begrip.BSN, leeftijd int) string {
	switch {
	case f.betwijfeld[kind]:
		return namensTwijfelLeeftijd
	case leeftijd < 0:
		return namensLeeftijd
	case leeftijd >= 18:
		return namensVolwassen
	case leeftijd >= 16 && f.bekwaam(kind) && len(f.meekijken(ouder, kind)) == 0:
		return namensZestien
	}
	return ""
}

// gezagBetwijfeld tells that the fact that counts names burger, but that its
// source doubts it.
func (f *Feiten) gezagBetwijfeld(burger, kind begrip.BSN) bool {
	g := f.gezagOver(kind)
	return g != nil && !g.Overleden && g.betwijfelt(TwijfelGezag) && slices.ContainsFunc(g.Houders, func(h Persoon) bool { return h.Burgerservicenummer.BSN == burger })
}

func (f *Feiten) vertegenwoordiging(wie, voor begrip.BSN) *Vertegenwoordiging {
	for _, v := range slices.Backward(f.vertegenwoord) {
		if v.Wie.Burgerservicenummer.BSN == wie && v.Over.Burgerservicenummer.BSN == voor {
			return v
		}
	}
	return nil
}

// meekijken gives at which kinds of information the person itself agreed that
// burger looks along.
func (f *Feiten) meekijken(burger, voor begrip.BSN) []string {
	uit := []string{}
	for _, t := range f.toestemmingen {
		if t.Over.Burgerservicenummer.BSN != voor || !t.door(verband.RelatieZelf) ||
			!slices.ContainsFunc(t.AanPersonen, func(p begrip.InhoudBSN) bool { return p.BSN == burger }) {
			continue
		}
		for _, k := range t.Klassen {
			uit = append(uit, k.String())
		}
	}
	return uit
}

// Afgeschermd gives the first safeguard that withholds a record from l: the
// record itself, or anything it rests on, here or at another source; nil when
// none does. To such a reader the record is not there. Who looks by the mandate
// of a person, or in its place, sees no more than that person; a parent or voogd
// looks in its own right.
func (f *Feiten) Afgeschermd(soort, id string, l toegang.Lezer) *Afscherming {
	if len(f.afschermingen)+len(f.aanhangen) == 0 {
		return nil
	}
	wie := f.wie(l)
	for _, a := range f.afschermingen {
		if a.tegen(l, wie) && f.over(a, soort, id) {
			return a
		}
	}
	if len(f.aanhangen) == 0 {
		return nil
	}
	for _, v := range f.RustOp(soort, id) {
		if a := f.aanhang(v); a != nil {
			if x := a.Tegen(l, wie, f.Nu); x != nil {
				return x
			}
		}
	}
	return nil
}

// Elders is Afgeschermd for a record of another source.
func (f *Feiten) Elders(a Aanhang, l toegang.Lezer) *Afscherming { return a.Tegen(l, f.wie(l), f.Nu) }

// wie are the persons of whom l sees no more than they do.
func (f *Feiten) wie(l toegang.Lezer) []begrip.BSN {
	var wie []begrip.BSN
	if !l.Burger.IsZero() {
		wie = append(wie, l.Burger)
	}
	if r := f.Relatie(l.Burger, l.Namens); !l.Namens.IsZero() && r != verband.RelatieOuder && r != verband.RelatieVoogd {
		wie = append(wie, l.Namens)
	}
	return wie
}

// Dicht tells that a record, or anything it rests on, is withheld from anybody:
// what a rule must not answer from.
func (f *Feiten) Dicht(soort, id string) bool { return len(f.Aanhang(soort, id).Afschermingen) > 0 }

// Verband gives in which samenwerkingsverband a zaak runs now; nil is none.
func (f *Feiten) Verband(zaak string) *Zaakverband {
	for _, z := range slices.Backward(f.verbanden) {
		if z.Zaak == zaak && zaak != "" {
			return z
		}
	}
	return nil
}

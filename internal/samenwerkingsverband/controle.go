package samenwerkingsverband

import (
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

var (
	delen    = []string{string(DeelPlan), string(DeelEigen), string(DeelEigenMelding)}
	relaties = []string{
		string(RelatieZelf), string(RelatieOuder), string(RelatieVoogd), string(RelatieCurator), string(RelatieMentor),
		string(RelatieGemachtigde), string(RelatiePartner), string(RelatieFamilie),
	}
	plichten = []string{
		toegang.PlichtAlarm, toegang.PlichtNakijken, toegang.PlichtMeldGezin, toegang.PlichtGeenMeldGezin,
		toegang.PlichtNietDoorgeven, toegang.PlichtEenmalig, toegang.PlichtWegingVastgelegd,
	}
	vasteRollen = map[Rol]string{
		RolProcesregisseur: "procesregisseur", RolCasusregisseur: "casusregisseur", RolDeelnemer: "deelnemer",
		RolMelder: "melder", RolBurger: "gezin",
	}
)

// grondKlopt checks one ground on its own.
func (l *lezer) grondKlopt(g *Grond) {
	if g.Code != "" && !g.Code.Bekend() {
		l.fout(g.Lijn, "de grondslag %q heeft geen artikel in het programma", g.Code)
	}
	l.waarborgenBekend(g.Lijn, g.Waarborgen)
	for _, s := range append(slices.Clone(g.Ontvangers), g.Bronnen...) {
		if !s.Bekend() {
			l.fout(g.Lijn, "onbekende soort organisatie %q", s)
		}
	}
	for w, lijst := range map[Waarborg]int{"ontvanger": len(g.Ontvangers), "bron": len(g.Bronnen), "doel": len(g.Doelen)} {
		if slices.Contains(g.Waarborgen, w) != (lijst > 0) {
			l.fout(g.Lijn, "de waarborg %q en de lijst die erbij hoort, horen bij elkaar", w)
		}
	}
	if _, ok := g.Klassen[Bronbeschermd]; ok {
		l.fout(g.Lijn, "geen grondslag opent I6: wie vertrouwelijk meldde of verborgen woont, blijft beschermd")
	}
	if len(g.Klassen) > 0 && len(g.Waarborgen) == 0 {
		l.fout(g.Lijn, "een grondslag die iets opent, heeft een waarborg")
	}
}

func (l *lezer) waarborgenBekend(lijn int, ws []Waarborg) {
	for _, w := range ws {
		if _, ok := waarborgen[w]; !ok && w != "" {
			l.fout(lijn, "onbekende waarborg %q", kort(string(w)))
		}
	}
}

// klopt checks a definition as a whole, and fills in what a line left to the
// definition (purposes, kinds of organisation).
func (l *lezer) klopt(d *Definitie, gronden map[begrip.Grondslag]*Grond) {
	if d.Naam != "" && d.Naam != strings.TrimSuffix(l.bestand, ".yaml") {
		l.fout(1, "de naam %q is niet de naam van het bestand", d.Naam)
	}
	d.namen = map[Rol]string{}
	for r, n := range vasteRollen {
		d.namen[r] = n
	}
	for _, r := range d.Rollen {
		c := Rol(code(r.Tekst))
		if !codeVorm.MatchString(string(c)) || d.namen[c] != "" {
			l.fout(r.Lijn, "schrijf een eigen rol als \"code: omschrijving\", met een code die nog niet bestaat")
		}
		d.namen[c] = strings.TrimPrefix(r.Tekst, string(c)+": ")
	}
	l.doelenKloppen(d)
	l.deelnemersKloppen(d)
	fasen := map[int]bool{}
	for _, f := range d.Fasen {
		if fasen[f.Nummer] {
			l.fout(f.Lijn, "fase %d staat er twee keer", f.Nummer)
		}
		fasen[f.Nummer] = true
	}
	for _, s := range d.Stappen {
		if !fasen[s.Fase] {
			l.fout(s.Lijn, "fase %d hoort niet bij dit samenwerkingsverband", s.Fase)
		}
	}
	for _, r := range d.Toegang {
		l.regelKlopt(d, r, gronden, fasen)
	}
	for naam, n := range map[string]int{"fasen": len(d.Fasen), "stappen": len(d.Stappen), "deelnemers": len(d.Deelnemers), "toegang": len(d.Toegang), "uitkomsten": len(d.Uitkomsten), "termijnen": len(d.Termijnen), "bewaren": len(d.Bewaren), "doelen": len(d.Doelen)} {
		if n == 0 {
			l.fout(1, "%q is leeg; schrijf wat niet bekend is met status onbekend", naam)
		}
	}
}

func (l *lezer) doelenKloppen(d *Definitie) {
	gezien := map[begrip.Doel]bool{}
	for _, x := range d.Doelen {
		switch {
		case x.Code == "":
		case gezien[x.Code]:
			l.fout(x.Lijn, "het doel %q staat er twee keer", x.Code)
		case x.Omschrijving == "" && !x.Code.Bekend():
			l.fout(x.Lijn, "het doel %q is nieuw; geef er een omschrijving bij", x.Code)
		}
		gezien[x.Code] = true
	}
}

func (l *lezer) deelnemersKloppen(d *Definitie) {
	for _, p := range d.Deelnemers {
		switch {
		case p.Soort == "":
		case !p.Soort.Bekend():
			l.fout(p.Lijn, "onbekende soort organisatie %q", kort(string(p.Soort)))
		case p.Soort == begrip.Vertrouwenspersoon:
			l.fout(p.Lijn, "een vertrouwenspersoon is onafhankelijk en neemt geen deel")
		}
		if p.BSN && p.Soort.Bekend() && !p.Soort.MagBSN() {
			l.fout(p.Lijn, "de wet geeft %q geen burgerservicenummer", p.Soort)
		}
		if len(p.Rollen) == 0 {
			l.fout(p.Lijn, "een deelnemer heeft een rol")
		}
		for _, r := range p.Rollen {
			if d.namen[r] == "" {
				l.fout(p.Lijn, "onbekende rol %q", kort(string(r)))
			}
			if (r == RolBurger) != (p.Soort == begrip.Burgerportaal) {
				l.fout(p.Lijn, "de rol burger hoort bij het burgerportaal, en alleen daarbij")
			}
		}
	}
}

// regelKlopt checks a line of who may see what.
func (l *lezer) regelKlopt(d *Definitie, r *Regel, gronden map[begrip.Grondslag]*Grond, fasen map[int]bool) {
	burger := slices.Contains(r.Wie, RolBurger)
	for _, w := range r.Wie {
		if d.namen[w] == "" {
			l.fout(r.Lijn, "onbekende rol %q", kort(string(w)))
		}
	}
	if len(r.Wie) == 0 || burger && len(r.Wie) > 1 {
		l.fout(r.Lijn, "noem wie dit ziet; het gezin krijgt een eigen regel")
	}
	if r.Soorten == nil {
		for _, p := range d.Deelnemers {
			if slices.ContainsFunc(p.Rollen, func(x Rol) bool { return slices.Contains(r.Wie, x) }) && !slices.Contains(r.Soorten, p.Soort) {
				r.Soorten = append(r.Soorten, p.Soort)
			}
		}
	}
	for _, w := range r.Wie {
		if d.namen[w] != "" && !slices.ContainsFunc(d.Deelnemers, func(p Deelnemer) bool {
			return slices.Contains(r.Soorten, p.Soort) && slices.Contains(p.Rollen, w)
		}) {
			l.fout(r.Lijn, "geen van deze deelnemers heeft de rol %q", kort(string(w)))
		}
	}
	for _, s := range r.Soorten {
		if !slices.ContainsFunc(d.Deelnemers, func(p Deelnemer) bool { return p.Soort == s }) {
			l.fout(r.Lijn, "%q is geen deelnemer", kort(string(s)))
		}
	}
	for _, f := range r.Fasen {
		if !fasen[f] {
			l.fout(r.Lijn, "fase %d hoort niet bij dit samenwerkingsverband", f)
		}
	}
	l.waarborgenBekend(r.Lijn, r.Waarborgen)
	if burger != (len(r.Relaties) > 0) {
		l.fout(r.Lijn, "relaties horen bij het gezin, en alleen daarbij")
	}
	if g := gronden[r.Grondslag]; g == nil {
		if r.Grondslag != "" {
			l.fout(r.Lijn, "onbekende grondslag %q", kort(string(r.Grondslag)))
		}
	} else {
		l.regelBijGrond(d, r, g)
	}
}

// regelBijGrond checks that a line stays within its ground and takes over its
// guards, with what holds for every form: I4 and I5.
func (l *lezer) regelBijGrond(d *Definitie, r *Regel, g *Grond) {
	vt := alleenVT(g)
	if r.Doelen == nil {
		for _, x := range d.Doelen {
			if len(g.Doelen) == 0 && eigenDoel(x.Code, vt) || slices.Contains(g.Doelen, x.Code) {
				r.Doelen = append(r.Doelen, x.Code)
			}
		}
	}
	if len(r.Doelen) == 0 {
		l.fout(r.Lijn, "geen doel van dit samenwerkingsverband past bij %s", g.Code)
	}
	for _, x := range r.Doelen {
		if !slices.ContainsFunc(d.Doelen, func(y Doel) bool { return y.Code == x }) {
			l.fout(r.Lijn, "het doel %q hoort niet bij dit samenwerkingsverband", kort(string(x)))
		} else if len(g.Doelen) > 0 && !slices.Contains(g.Doelen, x) {
			l.fout(r.Lijn, "het doel %q past niet bij %s", kort(string(x)), g.Code)
		}
	}
	if zekerheid(r.Status) > zekerheid(g.Status) {
		l.fout(r.Lijn, "de status %q is zekerder dan die van %s (%q)", r.Status, g.Code, g.Status)
	}
	for k := range Klasse(AantalKlassen) {
		n, ok := r.Klassen[k]
		if !ok {
			continue
		}
		max, mag := g.Klassen[k]
		switch {
		case !mag:
			l.fout(r.Lijn, "%s opent %s niet", g.Code, k)
		case n > max:
			l.fout(r.Lijn, "%s opent %s hoogstens op niveau %d, niet op %d", g.Code, k, max, n)
		}
	}
	for _, w := range g.Waarborgen {
		if !slices.Contains(r.Waarborgen, w) {
			l.fout(r.Lijn, "%s eist de waarborg %q", g.Code, w)
		}
	}
	for _, w := range r.Waarborgen {
		if lijst, ok := map[Waarborg]bool{"ontvanger": len(g.Ontvangers) > 0, "bron": len(g.Bronnen) > 0, "doel": len(g.Doelen) > 0}[w]; ok && !lijst {
			l.fout(r.Lijn, "%s heeft niets waar de waarborg %q naar kijkt", g.Code, w)
		}
	}
	for _, w := range r.Wie {
		if w != RolBurger && w != RolMelder && !slices.Contains(r.Waarborgen, "deelname") {
			l.fout(r.Lijn, "wie deelneemt, is uitgenodigd: de waarborg \"deelname\" ontbreekt")
			break
		}
	}
	if slices.Contains(r.Waarborgen, "zvh-reikwijdte") && len(d.Reikwijdte) == 0 {
		l.fout(r.Lijn, "de waarborg \"zvh-reikwijdte\" vraagt een reikwijdte in deze definitie")
	}
	l.gezondheidKlopt(r, g)
}

// zekerheid orders statuses: a line is never surer than the ground it rests on.
func zekerheid(s Status) int {
	return slices.Index([]Status{Onbekend, EigenKeuze, Praktijk, BekendRecht, Wet}, s)
}

// gezondheidKlopt: health is for those who treat. Exceptions are Veilig Thuis
// on its own ground, a summary for the casusregisseur, and people themselves.
func (l *lezer) gezondheidKlopt(r *Regel, g *Grond) {
	n, ok := r.Klassen[Gezondheid]
	if !ok || slices.Contains(r.Waarborgen, "zorgprofessional") || slices.Contains(r.Waarborgen, "eigen-gegevens") {
		return
	}
	if alleenVT(g) {
		return
	}
	if slices.Equal(r.Wie, []Rol{RolCasusregisseur}) && n <= begrip.NiveauProces {
		return
	}
	l.fout(r.Lijn, "I5 is voor behandelaars (waarborg \"zorgprofessional\"), of als samenvatting (niveau 1) voor de casusregisseur")
}

// alleenVT tells that only Veilig Thuis may rely on the ground.
func alleenVT(g *Grond) bool {
	return slices.Equal(g.Ontvangers, []begrip.OrganisatieSoort{begrip.VeiligThuis})
}

// eigenDoel tells whether a line that names no purpose may be used for this
// one: every purpose of the form itself, and those of Veilig Thuis for Veilig
// Thuis.
func eigenDoel(d begrip.Doel, vt bool) bool {
	switch d {
	case begrip.DoelEigenInzage, begrip.DoelEigenMelding:
		return false
	case begrip.DoelVTMelding, begrip.DoelBeoordelen:
		return vt
	}
	return true
}

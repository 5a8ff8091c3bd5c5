package samenwerkingsverband

import (
	"go.yaml.in/yaml/v3"

	"github.com/handbereik/soh/internal/begrip"
)

// definitie reads the one definition of a file.
func (l *lezer) definitie(b []byte) *Definitie {
	n := l.wortel(b)
	if n == nil {
		return nil
	}
	d := &Definitie{bestand: l.bestand}
	tekst := func(doel *string) func(*yaml.Node) { return func(w *yaml.Node) { *doel = l.tekst(w) } }
	l.object(n, velden{
		"!naam": func(w *yaml.Node) { d.Naam = l.code(w) }, "!titel": tekst(&d.Titel), "lezing": tekst(&d.Lezing),
		"!bedoeling": func(w *yaml.Node) { d.Bedoeling = l.zin(w) },
		"!doelen":    func(w *yaml.Node) { l.lijst(w, func(e *yaml.Node) { d.Doelen = append(d.Doelen, l.doel(e)) }) },
		"!fasen":     func(w *yaml.Node) { l.lijst(w, func(e *yaml.Node) { d.Fasen = append(d.Fasen, l.fase(e)) }) },
		"!stappen":   func(w *yaml.Node) { l.lijst(w, func(e *yaml.Node) { d.Stappen = append(d.Stappen, l.stap(e)) }) },
		"rollen":     l.zinnen(&d.Rollen),
		"!deelnemers": func(w *yaml.Node) {
			l.lijst(w, func(e *yaml.Node) { d.Deelnemers = append(d.Deelnemers, l.deelnemer(e)) })
		},
		"!gezin":      func(w *yaml.Node) { d.Gezin = l.gezin(w) },
		"!toegang":    func(w *yaml.Node) { l.lijst(w, func(e *yaml.Node) { d.Toegang = append(d.Toegang, l.regel(e)) }) },
		"reikwijdte":  l.zinnen(&d.Reikwijdte),
		"criteria":    l.zinnen(&d.Criteria),
		"!termijnen":  func(w *yaml.Node) { l.lijst(w, func(e *yaml.Node) { d.Termijnen = append(d.Termijnen, l.termijn(e)) }) },
		"!uitkomsten": l.zinnen(&d.Uitkomsten),
		"!bewaren":    func(w *yaml.Node) { l.lijst(w, func(e *yaml.Node) { d.Bewaren = append(d.Bewaren, l.bewaren(e)) }) },
		"zelfde-zaak": func(w *yaml.Node) { d.ZelfdeZaak = l.codes(w) },
		"onbekend":    l.zinnen(&d.Onbekend),
	})
	return d
}

func (l *lezer) zin(n *yaml.Node) (t Tekst) {
	l.metFeit(n, &t.Feit, velden{"!tekst": func(w *yaml.Node) { t.Tekst = l.tekst(w) }})
	return t
}

func (l *lezer) zinnen(doel *[]Tekst) func(*yaml.Node) {
	return func(n *yaml.Node) { l.lijst(n, func(e *yaml.Node) { *doel = append(*doel, l.zin(e)) }) }
}

func (l *lezer) doel(n *yaml.Node) (d Doel) {
	l.metFeit(n, &d.Feit, velden{
		"!code":        func(w *yaml.Node) { d.Code = begrip.Doel(l.code(w)) },
		"omschrijving": func(w *yaml.Node) { d.Omschrijving = l.tekst(w) },
	})
	return d
}

func (l *lezer) fase(n *yaml.Node) (f Fase) {
	l.metFeit(n, &f.Feit, velden{
		"!nummer": func(w *yaml.Node) { f.Nummer = l.getal(w, 1, 5) },
		"tekst":   func(w *yaml.Node) { f.Tekst = l.tekst(w) },
	})
	return f
}

func (l *lezer) stap(n *yaml.Node) (s Stap) {
	l.metFeit(n, &s.Feit, velden{
		"!tekst": func(w *yaml.Node) { s.Tekst = l.tekst(w) },
		"!fase":  func(w *yaml.Node) { s.Fase = l.getal(w, 1, 5) },
	})
	return s
}

func (l *lezer) deelnemer(n *yaml.Node) (d Deelnemer) {
	l.metFeit(n, &d.Feit, velden{
		"!naam":       func(w *yaml.Node) { d.Naam = l.tekst(w) },
		"!soort":      func(w *yaml.Node) { d.Soort = begrip.OrganisatieSoort(l.code(w)) },
		"!rollen":     func(w *yaml.Node) { d.Rollen = als[Rol](l.codes(w)) },
		"uitnodiging": func(w *yaml.Node) { d.Uitnodiging = l.janee(w) },
		"!bsn":        func(w *yaml.Node) { d.BSN = l.janee(w) },
	})
	return d
}

func (l *lezer) gezin(n *yaml.Node) (g Gezin) {
	keuze := func(k *Keuze, uit ...string) func(*yaml.Node) {
		return func(w *yaml.Node) {
			l.metFeit(w, &k.Feit, velden{"!waarde": func(x *yaml.Node) { k.Waarde = l.keuze(x, uit...) }})
			l.onbekendKlopt(w.Line, k.Status, k.Waarde == "onbekend")
		}
	}
	l.object(n, velden{
		"!aanwezig":     keuze(&g.Aanwezig, "ja", "meestal-niet", "nee", "onbekend"),
		"!kennisgeving": keuze(&g.Kennisgeving, "direct", "uitgesteld", "onbekend"),
		"!uitstel":      func(w *yaml.Node) { l.lijst(w, func(e *yaml.Node) { g.Uitstel = append(g.Uitstel, l.termijn(e)) }) },
	})
	return g
}

func (l *lezer) regel(n *yaml.Node) *Regel {
	r := &Regel{}
	l.metFeit(n, &r.Feit, velden{
		"!wie":       func(w *yaml.Node) { r.Wie = als[Rol](l.codes(w)) },
		"soorten":    func(w *yaml.Node) { r.Soorten = als[begrip.OrganisatieSoort](l.codes(w)) },
		"!grondslag": func(w *yaml.Node) { r.Grondslag = begrip.Grondslag(l.code(w)) },
		"doelen":     func(w *yaml.Node) { r.Doelen = als[begrip.Doel](l.codes(w)) },
		"!klassen":   func(w *yaml.Node) { r.Klassen = l.klassen(w) },
		"fasen":      func(w *yaml.Node) { l.lijst(w, func(e *yaml.Node) { r.Fasen = append(r.Fasen, l.getal(e, 1, 5)) }) },
		"delen": func(w *yaml.Node) {
			l.lijst(w, func(e *yaml.Node) { r.Delen = append(r.Delen, Deel(l.keuze(e, delen...))) })
		},
		"relaties": func(w *yaml.Node) {
			l.lijst(w, func(e *yaml.Node) { r.Relaties = append(r.Relaties, Relatie(l.keuze(e, relaties...))) })
		},
		"!waarborgen": func(w *yaml.Node) { r.Waarborgen = als[Waarborg](l.codes(w)) },
		"gemaskeerd":  func(w *yaml.Node) { r.Gemaskeerd = l.codes(w) },
		"plichten": func(w *yaml.Node) {
			l.lijst(w, func(e *yaml.Node) { r.Plichten = append(r.Plichten, l.keuze(e, plichten...)) })
		},
	})
	return r
}

func (l *lezer) termijn(n *yaml.Node) (t Termijn) {
	l.metFeit(n, &t.Feit, velden{
		"!tekst":     func(w *yaml.Node) { t.Tekst = l.tekst(w) },
		"!duur":      func(w *yaml.Node) { t.Duur = l.duur(w) },
		"!telt":      func(w *yaml.Node) { t.Telt = l.keuze(w, "kalenderdagen", "werkdagen", "onbekend") },
		"!vanaf":     func(w *yaml.Node) { t.Vanaf = l.tekst(w) },
		"verlenging": func(w *yaml.Node) { d := l.duur(w); t.Verlenging = &d },
	})
	l.onbekendKlopt(n.Line, t.Status, t.Duur.Onbekend)
	return t
}

func (l *lezer) bewaren(n *yaml.Node) (b Bewaartermijn) {
	l.metFeit(n, &b.Feit, velden{
		"!houder":    func(w *yaml.Node) { b.Houder = begrip.OrganisatieSoort(l.code(w)) },
		"!soort":     func(w *yaml.Node) { b.Soort = l.tekst(w) },
		"!start":     func(w *yaml.Node) { b.Start = l.tekst(w) },
		"!duur":      func(w *yaml.Node) { b.Duur = l.duur(w) },
		"verlenging": func(w *yaml.Node) { d := l.duur(w); b.Verlenging = &d },
		"reden":      func(w *yaml.Node) { b.Reden = l.tekst(w) },
	})
	l.onbekendKlopt(n.Line, b.Status, b.Duur.Onbekend)
	if !b.Houder.Bekend() && b.Houder != "" {
		l.fout(n.Line, "onbekende soort organisatie %q als houder", b.Houder)
	}
	return b
}

// onbekendKlopt: what is not known has no value, and the other way round.
func (l *lezer) onbekendKlopt(regel int, s Status, onbekend bool) {
	if s != "" && (s == Onbekend) != onbekend {
		l.fout(regel, "status onbekend en waarde onbekend horen bij elkaar")
	}
}

// gronden reads gronden.yaml.
func (l *lezer) gronden(b []byte) map[begrip.Grondslag]*Grond {
	uit := map[begrip.Grondslag]*Grond{}
	n := l.wortel(b)
	if n == nil {
		return uit
	}
	l.object(n, velden{"!gronden": func(w *yaml.Node) {
		l.lijst(w, func(e *yaml.Node) {
			g := l.grond(e)
			if uit[g.Code] != nil {
				l.fout(e.Line, "de grondslag %q staat er twee keer", g.Code)
			}
			uit[g.Code] = g
		})
	}})
	return uit
}

func (l *lezer) grond(n *yaml.Node) *Grond {
	g := &Grond{}
	l.metFeit(n, &g.Feit, velden{
		"!code":        func(w *yaml.Node) { g.Code = begrip.Grondslag(l.code(w)) },
		"!tekst":       func(w *yaml.Node) { g.Tekst = l.tekst(w) },
		"!aan":         func(w *yaml.Node) { g.Aan = l.janee(w) },
		"ontvangers":   func(w *yaml.Node) { g.Ontvangers = als[begrip.OrganisatieSoort](l.codes(w)) },
		"bronnen":      func(w *yaml.Node) { g.Bronnen = als[begrip.OrganisatieSoort](l.codes(w)) },
		"doelen":       func(w *yaml.Node) { g.Doelen = als[begrip.Doel](l.codes(w)) },
		"!klassen":     func(w *yaml.Node) { g.Klassen = l.klassen(w) },
		"!waarborgen":  func(w *yaml.Node) { g.Waarborgen = als[Waarborg](l.codes(w)) },
		"uitzondering": func(w *yaml.Node) { g.Uitzondering = l.keuze(w, UitzonderingBetrokken, UitzonderingMedewerking) },
		"plichten": func(w *yaml.Node) {
			l.lijst(w, func(e *yaml.Node) { g.Plichten = append(g.Plichten, l.keuze(e, plichten...)) })
		},
	})
	l.grondKlopt(g)
	return g
}

func als[T ~string](s []string) []T {
	uit := make([]T, len(s))
	for i, x := range s {
		uit[i] = T(x)
	}
	return uit
}

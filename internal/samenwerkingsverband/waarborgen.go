package samenwerkingsverband

import (
	"slices"

	"github.com/handbereik/soh/internal/begrip"
)

// Waarborg is the code of a guard: what must be on record before a line of a
// definition opens anything.
type Waarborg string

// waarborg is a guard at work.
type waarborg struct {
	houdt func(v *Vraag, d *Definitie, r *Regel, g *Grond) bool
	tekst string // why not, in plain Dutch, when it does not hold
}

// waarborgen are all guards. Each has a test that breaks it; a guard without
// one fails the tests of this package.
var waarborgen = map[Waarborg]waarborg{
	"ontvanger": {func(v *Vraag, _ *Definitie, _ *Regel, g *Grond) bool { return slices.Contains(g.Ontvangers, v.Soort) },
		"Deze grondslag geldt niet voor uw soort organisatie."},
	"bron": {func(v *Vraag, _ *Definitie, _ *Regel, g *Grond) bool { return slices.Contains(g.Bronnen, v.Bron) },
		"Deze grondslag geldt alleen voor gegevens die de bron zelf geeft. Doorgeven mag niet."},
	"doel": {func(v *Vraag, _ *Definitie, _ *Regel, g *Grond) bool { return slices.Contains(g.Doelen, v.Doel) },
		"Deze grondslag past niet bij dit doel."},
	"deelname": {func(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool { return v.Waarborgen.Deelname.Geldt(v.Nu) },
		"Uw organisatie is voor deze zaak niet uitgenodigd, of doet niet meer mee."},
	"melding": {func(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool { return v.Waarborgen.Melding.Geldt(v.Nu) },
		"Er is geen melding bij Veilig Thuis. Zonder melding geldt deze grondslag niet."},
	"eigen-melding": {func(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool { return v.Deel == DeelEigenMelding },
		"U ziet alleen wat er met uw eigen melding gebeurde."},
	"ots": {func(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool { return v.Waarborgen.OTS.Geldt(v.Nu) },
		"Er loopt geen ondertoezichtstelling. Zonder ondertoezichtstelling geldt deze grondslag niet."},
	"raadsonderzoek": {func(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool { return v.Waarborgen.Raadsonderzoek.Geldt(v.Nu) },
		"Er loopt geen onderzoek van de Raad. Zonder onderzoek geldt deze grondslag niet."},
	"huisverbod": {func(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool { return v.Waarborgen.Huisverbod.Geldt(v.Nu) },
		"Er is geen huisverbod, en er wordt er geen overwogen."},
	"gevaar": {func(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool { return v.Waarborgen.Gevaar.Geldt(v.Nu) },
		"Er is geen direct gevaar vastgelegd."},
	"verblijf-jji": {func(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool { return v.Waarborgen.VerblijfJJI.Geldt(v.Nu) },
		"Er is geen verblijf in een justitiële jeugdinrichting, en geen nazorg daarvan."},
	"aanvraag": {func(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool { return v.Waarborgen.Aanvraag.Geldt(v.Nu) },
		"Er is geen aanvraag om hulp of ondersteuning."},
	"verzoek-besproken": {func(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool {
		return v.Waarborgen.Verzoek.Geldt(v.Nu) && v.Waarborgen.Verzoek.Besproken
	}, "Het verzoek is nog niet met de ouders besproken."},
	"zvh-reikwijdte": {func(v *Vraag, d *Definitie, _ *Regel, _ *Grond) bool {
		return v.Waarborgen.Zaaktype != "" && slices.ContainsFunc(d.Reikwijdte, func(t Tekst) bool { return code(t.Tekst) == v.Waarborgen.Zaaktype })
	}, "Deze zaak hoort niet bij de zaken van het Zorg- en Veiligheidshuis."},
	"wet-genoemd": {func(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool { return v.Waarborgen.Wet != "" },
		"Bij dit gegeven staat niet welke wet dit toestaat."},
	"zorgprofessional": {func(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool {
		return v.Functie == begrip.RolBehandelaar && slices.Contains(zorg, v.Soort)
	}, "Gegevens over gezondheid zijn alleen voor behandelaars."},
	"eigen-gegevens":   {eigenGegevens, "U ziet alleen gegevens over uzelf, of over wie u vertegenwoordigt."},
	"wpg20-besluit":    {wpg20, "De politie heeft geen geldige beslissing vastgelegd om dit aan u te geven voor dit overleg."},
	"wpg19-instemming": {wpg19, "Voor deze ene verstrekking is er geen instemming van het bevoegd gezag, of die is al gebruikt."},
	"wjsg-weging":      {weging, "De bevoegde instantie heeft niet vastgelegd dat dit mag, en waarom dat belang zwaarder weegt."},
	"toestemming":      {toestemming, "Er is geen geldige toestemming van iedereen die daarover gaat."},
}

// zorg are the kinds of organisation whose behandelaars treat people.
var zorg = []begrip.OrganisatieSoort{begrip.GGZ, begrip.Jeugdhulp, begrip.Arts, begrip.Ambulance, begrip.ForensischArts}

// eigenGegevens: a citizen looks for a person whom the record is about, in a
// relation that the line names. From twelve years on a child looks itself; an
// adult is represented only when it cannot weigh its own interests (Wmo 2015
// 5.3.2, 5.3.3; Jeugdwet 7.3.15). Whose gezag it is, what parents of 12 to 17
// see, and conflicts are the general rules of toegang.
func eigenGegevens(v *Vraag, _ *Definitie, r *Regel, _ *Grond) bool {
	i := slices.IndexFunc(v.Personen, func(p Persoon) bool { return p.BSN == v.Over })
	if v.Over.IsZero() || i < 0 || !slices.Contains(r.Relaties, v.Relatie) {
		return false
	}
	p := &v.Personen[i]
	switch v.Relatie {
	case RelatieZelf:
		return p.Leeftijd < 0 || p.Leeftijd >= 12 // who signed in itself and whose age is not on record
	case RelatieOuder, RelatieVoogd:
		return p.Leeftijd >= 0 && p.Leeftijd < 18 && !p.GezagOnzeker
	case RelatieGemachtigde:
		return true
	}
	return p.Leeftijd >= 18 && p.Onbekwaam && p.Vertegenwoordiger == v.Relatie
}

func wpg20(v *Vraag, d *Definitie, _ *Regel, _ *Grond) bool {
	return slices.ContainsFunc(v.Waarborgen.Wpg20, func(w Wpg20) bool {
		return w.Geldt(v.Nu) && w.Belang != "" && w.Voorwaarden != "" && w.Samenwerkingsverband == d.Naam && w.Doel == v.Doel &&
			slices.Contains(w.Gegevens, v.Klasse) && slices.Contains(w.Ontvangers, v.OIN)
	})
}

// DoelenWpg19 are the four purposes of an incidental supply (Wet
// politiegegevens, article 19).
var DoelenWpg19 = []string{"opsporing", "openbare-orde", "hulpverlening", "toezicht"}

func wpg19(v *Vraag, _ *Definitie, _ *Regel, _ *Grond) bool {
	return slices.ContainsFunc(v.Waarborgen.Wpg19, func(w Wpg19) bool {
		return w.Geldt(v.Nu) && !w.Verstrekt && w.Bevoegd != "" && slices.Contains(DoelenWpg19, w.Doel) && w.Ontvanger == v.OIN && slices.Contains(w.Klassen, v.Klasse)
	})
}

func weging(v *Vraag, _ *Definitie, r *Regel, _ *Grond) bool {
	return slices.ContainsFunc(v.Waarborgen.Wjsg, func(w Weging) bool {
		return w.Geldt(v.Nu) && w.Grondslag == r.Grondslag && w.Bevoegd != "" && w.Belang != "" && w.Ontvanger == v.OIN && slices.Contains(w.Klassen, v.Klasse)
	})
}

// toestemming: everybody the record is about is covered by living consent of
// the right persons, or by the exception that the ground knows.
func toestemming(v *Vraag, _ *Definitie, _ *Regel, g *Grond) bool {
	if len(v.Personen) == 0 {
		return false
	}
	for i := range v.Personen {
		p := &v.Personen[i]
		if !instemming(v, p) && !uitgezonderd(v, p, g.Uitzondering) {
			return false
		}
	}
	return true
}

func uitgezonderd(v *Vraag, p *Persoon, code string) bool {
	return code != "" && slices.ContainsFunc(v.Waarborgen.Uitzonderingen, func(u Uitzondering) bool {
		return u.Geldt(v.Nu) && u.Code == code && u.Reden != "" && u.Ontvanger == v.OIN && (u.Over.IsZero() || u.Over == p.BSN)
	})
}

// instemming: who must consent goes by age (Jeugdwet 7.3.4, 7.3.5, 7.3.15):
// under 12 all who have gezag; from 12 to 15 the child as well; from 16 the
// person alone; who cannot weigh own interests is represented.
func instemming(v *Vraag, p *Persoon) bool {
	if p.BSN.IsZero() || p.Leeftijd < 0 {
		return false
	}
	if p.Leeftijd >= 18 && p.Onbekwaam {
		return p.Vertegenwoordiger != "" && slices.ContainsFunc(v.Waarborgen.Toestemmingen, func(t Toestemming) bool {
			return t.Als == p.Vertegenwoordiger && levend(v, p, &t)
		})
	}
	if (p.Leeftijd < 16 || p.Leeftijd < 18 && p.Onbekwaam) && !metGezag(v, p) {
		return false
	}
	if p.Leeftijd < 12 || p.Leeftijd < 18 && p.Onbekwaam {
		return true
	}
	return slices.ContainsFunc(v.Waarborgen.Toestemmingen, func(t Toestemming) bool {
		return t.Als == RelatieZelf && t.Door == p.BSN && levend(v, p, &t)
	})
}

func metGezag(v *Vraag, p *Persoon) bool {
	if p.GezagOnzeker || len(p.Gezaghouders) == 0 {
		return false
	}
	for _, h := range p.Gezaghouders {
		if !slices.ContainsFunc(v.Waarborgen.Toestemmingen, func(t Toestemming) bool {
			return !h.IsZero() && t.Door == h && (t.Als == RelatieOuder || t.Als == RelatieVoogd) && levend(v, p, &t)
		}) {
			return false
		}
	}
	return true
}

// levend tells whether a consent counts now, for this person, purpose, kind of
// information and receiver. Withdrawing works at once.
func levend(v *Vraag, p *Persoon, t *Toestemming) bool {
	return t.Geldt(v.Nu) && (t.Ingetrokken.IsZero() || v.Nu.Before(t.Ingetrokken)) && t.Over == p.BSN &&
		t.Doel == v.Doel && slices.Contains(t.Klassen, v.Klasse) && slices.Contains(t.Aan, v.OIN)
}

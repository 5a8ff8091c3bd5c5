package waarborg

import (
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// Invoer gives what a policy has to know of the reader and of the person for
// whom is looked: relatie and namens (for input.lezer), persoon, gezag,
// toestemming, afschermingen and nood. An absent fact has no key.
func (f *Feiten) Invoer(soort, id string, l toegang.Lezer) (lezer, rest map[string]any) {
	lezer, rest = map[string]any{}, map[string]any{"nu": f.Nu}
	if a := f.Afgeschermd(soort, id, l); a != nil {
		rest["afschermingen"] = []any{map[string]any{
			"reden": string(a.Reden), "artikel": a.Reden.Artikel(), "collega": gevuld(a.Geraadpleegd), "tot": a.HerzienOp,
		}}
	}
	if !l.Nood.IsZero() {
		rest["nood"] = map[string]any{"reden": l.Nood.Reden, "tot": l.Nood.Tot}
	}
	if l.Burger.IsZero() {
		return lezer, rest
	}
	voor := l.VoorWie()
	lezer["relatie"], lezer["namens"] = string(f.Relatie(l.Burger, voor)), voor != l.Burger
	p := map[string]any{"leeftijd": f.Leeftijd(voor), "handelingsbekwaam": f.bekwaam(voor), "overleden": f.overleden(voor), "vertegenwoordiger": string(f.eersteVertegenwoordiger(voor))}
	if v := f.vertegenwoordiging(l.Burger, voor); v != nil {
		var ks []string
		for _, k := range v.Klassen {
			ks = append(ks, k.String())
		}
		p["klassen"], p["zelf_gegeven"] = ks, v.Door == doorBetrokkene
	}
	rest["persoon"] = p
	if g := f.gezagOver(voor); g != nil {
		rest["gezag"] = map[string]any{
			"soort": string(gezagTabel[g.Soort].soort), "heeft_gezag": g.heeft(l.Burger), "datum": g.Peildatum, "bron": g.Bron, "afwijking": g.Afwijking != nil,
		}
	}
	rest["toestemming"] = map[string]any{"klassen": f.meekijken(l.Burger, voor)}
	return lezer, rest
}

// Look is the record of a look, for Vraag.
type Look struct {
	Zaak     string
	Klasse   verband.Klasse
	Deel     verband.Deel
	Niveau   begrip.Niveau
	Bron     begrip.OrganisatieSoort
	Personen []begrip.BSN
}

// Vraag gives the question to the definition of z whether l may look; what is
// on record for the zaak and these persons goes with it.
func (f *Feiten) Vraag(z *Zaakverband, k Look, l toegang.Lezer) verband.Vraag {
	rol, deelname := z.deelname(l.Organisatie.OIN, f.Nu)
	v := verband.Vraag{
		OIN: l.Organisatie.OIN, Soort: l.Organisatie.Soort, Functie: l.Rol, Rol: rol, Doel: l.Doel, Grondslag: l.Grondslag,
		Klasse: k.Klasse, Niveau: k.Niveau, Deel: k.Deel, Bron: k.Bron, Fase: z.Fase, Nu: f.Nu,
		Waarborgen: f.waarborgen(z, k, l.Organisatie.OIN),
	}
	v.Waarborgen.Deelname = deelname
	if !l.Burger.IsZero() {
		v.Rol, v.Relatie, v.Over = verband.RolBurger, f.Relatie(l.Burger, l.VoorWie()), l.VoorWie()
	}
	for _, b := range k.Personen {
		p := verband.Persoon{BSN: b, Leeftijd: f.Leeftijd(b), Onbekwaam: !f.bekwaam(b), GezagOnzeker: true, Vertegenwoordiger: f.eersteVertegenwoordiger(b)}
		if g := f.gezagOver(b); g != nil {
			p.Gezaghouders, p.GezagOnzeker = g.houders(), !g.zeker() || g.onvolledig()
		}
		v.Personen = append(v.Personen, p)
	}
	return v
}

// eersteVertegenwoordiger gives as what the first in line represents an adult
// (Jeugdwet 7.3.15); empty when nobody does.
func (f *Feiten) eersteVertegenwoordiger(b begrip.BSN) verband.Relatie {
	for _, als := range []verband.Relatie{verband.RelatieCurator, verband.RelatieMentor, verband.RelatieGemachtigde} {
		if slices.ContainsFunc(f.vertegenwoord, func(v *Vertegenwoordiging) bool {
			return v.Als == als && v.Over.Burgerservicenummer.BSN == b
		}) {
			return als
		}
	}
	return ""
}

func (k *Kop) periode() verband.Periode { return verband.Periode{Vanaf: k.Vanaf, Tot: k.tot()} }

// alleenOnderToezicht tells that every minor of the record is under supervision
// by uitvoerder: others inform it of that child and who raises it, not of a
// brother or sister (Jeugdwet 7.3.11 lid 4).
func (f *Feiten) alleenOnderToezicht(k Look, uitvoerder begrip.OIN) bool {
	return !slices.ContainsFunc(k.Personen, func(b begrip.BSN) bool {
		l := f.Leeftijd(b)
		return (l >= 0 && l < 18 || f.betwijfeld[b]) && !slices.ContainsFunc(f.maatregelen, func(m *Maatregel) bool {
			return m.ots() && m.Uitvoerder == uitvoerder && m.Over.Burgerservicenummer.BSN == b && (m.Zaak == "" || m.Zaak == k.Zaak)
		})
	})
}

// waarborgen gives what stands on record for this zaak, these persons and lezer.
func (f *Feiten) waarborgen(z *Zaakverband, k Look, lezer begrip.OIN) verband.Waarborgen {
	hier := func(kop *Kop) bool { return kop.Zaak == "" || kop.Zaak == k.Zaak }
	w := verband.Waarborgen{Zaaktype: z.Zaaktype}
	if t, ok := f.meldingen[k.Zaak]; ok {
		w.Melding = verband.Periode{Vanaf: t}
	}
	for _, m := range f.maatregelen {
		if hier(&m.Kop) && slices.Contains(k.Personen, m.Over.Burgerservicenummer.BSN) && (!m.ots() || m.Uitvoerder == lezer && f.alleenOnderToezicht(k, lezer)) {
			zetMaatregel(&w, m)
		}
	}
	for _, b := range f.verzoeken {
		if hier(&b.Kop) {
			w.Verzoek = verband.Verzoek{Periode: b.periode(), Besproken: b.Besproken}
		}
	}
	for _, t := range f.toestemmingen {
		if !hier(&t.Kop) {
			continue
		}
		for _, g := range t.GegevenDoor {
			w.Toestemmingen = append(w.Toestemmingen, verband.Toestemming{
				Over: t.Over.Burgerservicenummer.BSN, Door: g.Burgerservicenummer.BSN, Als: g.Als, Doel: t.Doel, Klassen: t.Klassen, Aan: t.Aan, Periode: t.periode(),
			})
		}
	}
	for _, m := range f.medewerking {
		if hier(&m.Kop) {
			w.Uitzonderingen = append(w.Uitzonderingen, verband.Uitzondering{Code: m.Code, Reden: m.Reden, Ontvanger: m.Ontvanger, Over: m.Over.BSN, Periode: m.periode()})
		}
	}
	for _, b := range f.verstrekking {
		if hier(&b.Kop) {
			zetVerstrekking(&w, b)
		}
	}
	return w
}

func zetMaatregel(w *verband.Waarborgen, m *Maatregel) {
	switch p := m.periode(); m.Soort {
	case "ots", "voorlopige-ots":
		w.OTS = p
	case "raadsonderzoek":
		w.Raadsonderzoek = p
	case "huisverbod":
		w.Huisverbod = p
	case "verblijf-jji":
		w.VerblijfJJI = p
	case "aanvraag":
		w.Aanvraag = p
	case "acuut-gevaar":
		w.Gevaar = p
	}
}

func zetVerstrekking(w *verband.Waarborgen, b *Verstrekkingsbesluit) {
	p := b.periode()
	if b.Grondslag != "WPG-20" && len(b.Ontvangers) == 0 { // to nobody: opens nothing
		return
	}
	switch b.Grondslag {
	case "WPG-20":
		w.Wpg20 = append(w.Wpg20, verband.Wpg20{
			Belang: b.Belang, Samenwerkingsverband: b.Samenwerkingsverband, Doel: begrip.Doel(b.Doel), Gegevens: b.Gegevens,
			Voorwaarden: b.Voorwaarden, Ontvangers: b.Ontvangers, Periode: p,
		})
	case "WPG-19":
		w.Wpg19 = append(w.Wpg19, verband.Wpg19{Bevoegd: b.Bevoegd, Doel: b.Doel, Ontvanger: b.Ontvangers[0], Klassen: b.Gegevens, Verstrekt: b.Verstrekt != nil, Periode: p})
	default:
		w.Wjsg = append(w.Wjsg, verband.Weging{Grondslag: b.Grondslag, Bevoegd: b.Bevoegd, Belang: b.Belang, Ontvanger: b.Ontvangers[0], Klassen: b.Gegevens, Periode: p})
	}
}

package brp

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

const typeRaadpleeg = "RaadpleegMetBurgerservicenummer"

// Persoon is what the register says about one person, of what was asked.
type Persoon struct {
	Op            time.Time            // when the register said so
	Roepnaam      string               // the first of the given names; the register knows no other
	Geboortedatum begrip.Geboortedatum // a full date; empty when day, month or year is not known
	Geheim        bool                 // its address must not be told to others
	Overleden     bool
	Gezag         []Gezag // about this child, or of this adult over its children

	// GeboorteInOnderzoek: the register itself doubts the date of birth. What is
	// doubted opens nothing.
	GeboorteInOnderzoek bool
}

// Gezag is one gezagsrelatie.
type Gezag struct {
	Soort   string // as the register writes it
	Kind    begrip.BSN
	Houders []begrip.BSN // who have it, as far as the register knows their number
	Voluit  string       // the explanation of the register; may be empty
	// InOnderzoek: the register itself doubts who has gezag.
	InOnderzoek bool
}

func (g Gezag) heeft(wie begrip.BSN) bool { return slices.Contains(g.Houders, wie) }

// The answer as it comes (components RaadpleegMetBurgerservicenummerResponse,
// AbstractDatum and AbstractGezagsrelatie of the published description).
type raadpleging struct {
	Type     string         `json:"type"`
	Personen []persoonInfra `json:"personen"`
}

type persoonInfra struct {
	Burgerservicenummer begrip.InhoudBSN `json:"burgerservicenummer"`
	Naam                struct {
		Voornamen string `json:"voornamen"`
	} `json:"naam"`
	Geboorte struct {
		Datum       datum     `json:"datum"`
		InOnderzoek onderzoek `json:"inOnderzoek"`
	} `json:"geboorte"`
	Overlijden *struct {
		Datum datum `json:"datum"`
	} `json:"overlijden"`
	Opschorting struct {
		Reden struct {
			Code string `json:"code"`
		} `json:"reden"`
	} `json:"opschortingBijhouding"`
	Geheim      bool            `json:"geheimhoudingPersoonsgegevens"`
	Gezag       []gezagsrelatie `json:"gezag"`
	InOnderzoek onderzoek       `json:"inOnderzoek"`
}

// onderzoek is what the register has under enquiry (inOnderzoek): true for all
// of it, or an object with true at each member that is doubted. It comes unasked.
type onderzoek struct{ alles, datum, nummer bool }

// UnmarshalJSON takes any form: one that we do not know is doubt as well.
func (o *onderzoek) UnmarshalJSON(b []byte) error {
	var leden map[string]any
	if json.Unmarshal(b, &o.alles) == nil {
		return nil
	}
	if json.Unmarshal(b, &leden) != nil {
		o.alles = true
		return nil
	}
	o.datum, o.nummer = leden["datum"] != nil && leden["datum"] != false, leden["burgerservicenummer"] != nil && leden["burgerservicenummer"] != false
	return nil
}

// een tells that anything of it is under enquiry.
func (o onderzoek) een() bool { return o.alles || o.datum || o.nummer }

// datum is a date of which parts may be unknown: only the type Datum is full.
type datum struct {
	Type  string `json:"type"`
	Datum string `json:"datum"`
}

func (d datum) vol() string {
	if _, err := time.Parse(time.DateOnly, d.Datum); err != nil || d.Type != "Datum" {
		return ""
	}
	return d.Datum
}

type genummerd struct {
	Burgerservicenummer begrip.InhoudBSN `json:"burgerservicenummer"`
	InOnderzoek         onderzoek        `json:"inOnderzoek"`
}

type gezagsrelatie struct {
	Type         string      `json:"type"`
	Minderjarige genummerd   `json:"minderjarige"`
	Ouders       []genummerd `json:"ouders"`
	Ouder        *genummerd  `json:"ouder"`
	Derde        *genummerd  `json:"derde"` // an OnbekendeDerde has no number
	Derden       []genummerd `json:"derden"`
	Toelichting  string      `json:"toelichting"`
	InOnderzoek  onderzoek   `json:"inOnderzoek"`
}

// overledenCode is the reason of opschortingBijhouding for a death; it comes
// unasked.
const overledenCode = "O"

func (p persoonInfra) persoon(op time.Time) Persoon {
	wie := p.InOnderzoek.alles || p.InOnderzoek.nummer // the register doubts whose data these are
	uit := Persoon{
		Op: op, Geboortedatum: begrip.Geboortedatum(p.Geboorte.Datum.vol()), Geheim: p.Geheim,
		GeboorteInOnderzoek: p.Geboorte.InOnderzoek.alles || p.Geboorte.InOnderzoek.datum || wie,
		Overleden:           p.Overlijden != nil || p.Opschorting.Reden.Code == overledenCode,
	}
	uit.Roepnaam, _, _ = strings.Cut(strings.TrimSpace(p.Naam.Voornamen), " ")
	for _, g := range p.Gezag {
		x := g.gezag()
		x.InOnderzoek = x.InOnderzoek || wie
		uit.Gezag = append(uit.Gezag, x)
	}
	return uit
}

func (g gezagsrelatie) gezag() Gezag {
	uit := Gezag{Soort: g.Type, Kind: g.Minderjarige.Burgerservicenummer.BSN, Voluit: g.Toelichting, InOnderzoek: g.InOnderzoek.een() || g.Minderjarige.InOnderzoek.een()}
	alle := slices.Concat(g.Ouders, g.Derden)
	for _, een := range []*genummerd{g.Ouder, g.Derde} {
		if een != nil {
			alle = append(alle, *een)
		}
	}
	for _, h := range alle {
		uit.InOnderzoek = uit.InOnderzoek || h.InOnderzoek.een()
		if b := h.Burgerservicenummer; !b.IsZero() && !b.Ongeldig() {
			uit.Houders = append(uit.Houders, b.BSN)
		}
	}
	return uit
}

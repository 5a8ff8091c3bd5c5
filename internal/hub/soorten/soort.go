// Package soorten owns what the chain agreed about the kinds of event: which
// there are, who sees how much of one, how long it can be found, and the form
// of its data as JSON Schema per version.
//
// It promises: a Stand never changes, so a reader that has one sees one whole
// agreement; a new version of a schema never refuses what an older one took;
// what Beperk gives at a level holds nothing of the levels above; no schema is
// ever fetched from outside, and no value stands in what Controleer tells.
package soorten

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
)

// Soort is what holds for one event type.
type Soort struct {
	Type         string `json:"type"`
	Functie      string `json:"functie"`
	Omschrijving string `json:"omschrijving"`
	// Ketenbreed is the level for every deelnemer, whoever it is and without
	// saying why; nil: no deelnemer sees it by taking part alone.
	Ketenbreed *begrip.Niveau `json:"ketenbreed,omitempty"`
	// Wegen are the pairs of purpose and ground that it is looked at with, and the
	// level of each. Another pair gives who is involved level 0 at most.
	Wegen []Weg `json:"wegen,omitempty"`
	// Gesloten: being involved with the person or the zaak is not enough; only who
	// is in Niveaus, is named in the event by another or sent it, and the family,
	// when it is in Niveaus, sees it.
	Gesloten bool `json:"gesloten"`
	// Niveaus gives the level per kind of organisation that is involved; absent
	// is the whole event.
	Niveaus map[begrip.OrganisatieSoort]begrip.Niveau `json:"niveaus,omitempty"`
	// Genoemd is the level at least for an organisation that the event names;
	// nil is the whole event.
	Genoemd *begrip.Niveau `json:"genoemd,omitempty"`
	// Bewaartermijn is an ISO 8601 duration in years, months or days, counted
	// from the time of the event; empty is for ever.
	Bewaartermijn string `json:"bewaartermijn,omitempty"`
	// Zegt is who may say it and about whose record. Without, this program's own rule
	// holds; a type that it does not know is said by the holder of the record.
	Zegt *Spreekrecht `json:"zegt,omitempty"`
}

// Weg is a purpose and a ground to look for, the level that goes with them for
// who is involved, and that for who is not; Anderen nil is nothing.
type Weg struct {
	Doel      begrip.Doel      `json:"doel"`
	Grondslag begrip.Grondslag `json:"grondslag"`
	Niveau    begrip.Niveau    `json:"niveau"`
	Anderen   *begrip.Niveau   `json:"anderen,omitempty"`
}

// Lezer is who looks, as far as the agreements ask. Without a Doel nothing was
// stated: a certificate alone.
type Lezer struct {
	begrip.Organisatie
	Doel      begrip.Doel
	Grondslag begrip.Grondslag
	Burger    bool // a member of the family, at what is about itself
}

// Band tells how the reader's organisation hangs together with an event. Both
// rest on what others said: an event of one's own gives nothing.
type Band struct {
	Genoemd   func() bool // an event of another names the organisation
	Betrokken func() bool // it is involved with the person or the zaak
}

// Niveau gives how much of an event of this kind the reader sees; ok is false
// when not even that it is there. The sender always sees the whole event.
func (s Soort) Niveau(l Lezer, afzender begrip.OIN, b Band) (n begrip.Niveau, ok bool) {
	switch {
	case l.OIN == afzender:
		return begrip.NiveauInhoud, true
	case l.Burger:
		if n, ok = s.Niveaus[begrip.Burgerportaal]; !ok && !s.Gesloten {
			n, ok = begrip.NiveauInhoud, true
		}
		return n, ok
	}
	if s.Ketenbreed != nil {
		n, ok = *s.Ketenbreed, true
	}
	if ok && n == begrip.NiveauInhoud || l.Doel == "" {
		return n, ok
	}
	if m, in := s.door(l, b); in && (!ok || m > n) {
		return m, true
	}
	return n, ok
}

// door gives the level by what the reader stated and how it is involved.
func (s Soort) door(l Lezer, b Band) (n begrip.Niveau, ok bool) {
	i := slices.IndexFunc(s.Wegen, func(w Weg) bool { return w.Doel == l.Doel && w.Grondslag == l.Grondslag })
	if n, ok = s.Niveaus[l.Soort]; !ok && !s.Gesloten {
		n, ok = begrip.NiveauInhoud, true
	}
	switch {
	case b.Genoemd():
		g := begrip.NiveauInhoud
		if s.Genoemd != nil {
			g = *s.Genoemd
		}
		n = max(n, g)
	case b.Betrokken():
		if !ok {
			return 0, false
		}
	default:
		if i < 0 || s.Wegen[i].Anderen == nil {
			return 0, false
		}
		return *s.Wegen[i].Anderen, true
	}
	if i < 0 {
		return begrip.NiveauBestaan, true
	}
	return min(n, s.Wegen[i].Niveau), true
}

var soortenOrganisatie = []begrip.OrganisatieSoort{begrip.Politie, begrip.VeiligThuis, begrip.Gemeente, begrip.RvdK, begrip.GI, begrip.ZVH,
	begrip.GGZ, begrip.Burgerportaal, begrip.Ketenbeheerder, begrip.Jeugdhulp, begrip.School, begrip.Overig}

// Controleer gives every mistake in an offered Soort.
func (s Soort) Controleer() error {
	var c begrip.Controle
	functie := cloudevent.Functie(s.Type)
	c.Eis(functie != "" && cloudevent.TypeVorm(s.Type), "type", "Gebruik de vorm nl.jzv.<samenwerkfunctie>.<gebeurtenis>, in kleine letters.")
	c.Eis(!strings.HasSuffix(s.Type, "-query-resultaat"), "type", "Een naam op -query-resultaat is voor antwoorden van de Ketenindex.")
	c.Eis(s.Functie == functie, "functie", "Dit moet de samenwerkfunctie uit het type zijn.")
	c.Eis(strings.TrimSpace(s.Omschrijving) != "" && len(s.Omschrijving) <= 500, "omschrijving", "Zeg in ten hoogste 500 tekens wat er is gebeurd.")
	for _, o := range slices.Sorted(maps.Keys(s.Niveaus)) {
		c.Eis(slices.Contains(soortenOrganisatie, o), "niveaus", "Hier staat een soort organisatie die wij niet kennen.")
		c.Eis(s.Niveaus[o] >= begrip.NiveauBestaan && s.Niveaus[o] <= begrip.NiveauInhoud, "niveaus", "Een niveau is 0, 1 of 2.")
	}
	c.Eis(s.Ketenbreed == nil || *s.Ketenbreed >= begrip.NiveauBestaan && *s.Ketenbreed <= begrip.NiveauInhoud, "ketenbreed", "Een niveau is 0, 1 of 2.")
	for i, w := range s.Wegen {
		veld := "wegen[" + strconv.Itoa(i) + "]"
		c.Eis(w.Doel.Bekend(), veld+".doel", "Dit doel staat niet in de lijst van doelen.")
		c.Eis(w.Grondslag.Bekend(), veld+".grondslag", "Deze grondslag staat niet in de lijst van grondslagen.")
		c.Eis(w.Niveau >= begrip.NiveauBestaan && w.Niveau <= begrip.NiveauInhoud, veld+".niveau", "Een niveau is 0, 1 of 2.")
		c.Eis(w.Anderen == nil || *w.Anderen >= begrip.NiveauBestaan && *w.Anderen <= w.Niveau, veld+".anderen", "Dit is 0, 1 of 2, en niet meer dan het niveau.")
	}
	c.Eis(s.Genoemd == nil || *s.Genoemd >= begrip.NiveauBestaan && *s.Genoemd <= begrip.NiveauInhoud, "genoemd", "Een niveau is 0, 1 of 2.")
	if z := s.Zegt; z != nil {
		for _, o := range z.Wie {
			c.Eis(slices.Contains(begrip.OrganisatieSoorten, o), "zegt.wie", "Hier staat een soort organisatie die wij niet kennen.")
		}
		c.Eis(z.Over == "" || z.Over == Houder || z.Over == Partij || z.Over == Zichzelf, "zegt.over", "Kies houder, partij of zichzelf.")
		c.Eis(z.Handelt == "" || z.Handelt == Zender || z.Handelt == Ander, "zegt.handelt", "Kies zender of ander.")
	}
	_, ok := ParseTermijn(s.Bewaartermijn)
	c.Eis(s.Bewaartermijn == "" || ok, "bewaartermijn", "Gebruik de vorm P20Y, P6M of P90D, of een combinatie. Laat dit veld weg voor altijd.")
	return c.Fout()
}

// Termijn is a length of time on the calendar.
type Termijn struct{ Jaren, Maanden, Dagen int }

// ParseTermijn reads P[n]Y[n]M[n]D, longer than nothing and at most 200 years.
func ParseTermijn(s string) (t Termijn, ok bool) {
	rest, ok := strings.CutPrefix(s, "P")
	for _, deel := range []struct {
		letter string
		in     *int
	}{{"Y", &t.Jaren}, {"M", &t.Maanden}, {"D", &t.Dagen}} {
		getal, achter, er := strings.Cut(rest, deel.letter)
		if !er {
			continue
		}
		n, err := strconv.ParseUint(getal, 10, 16)
		if err != nil {
			return Termijn{}, false
		}
		*deel.in, rest = int(n), achter
	}
	nul := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	einde := t.Na(nul)
	return t, ok && rest == "" && einde.After(nul) && einde.Before(nul.AddDate(201, 0, 0))
}

// Na gives the moment this long after m.
func (t Termijn) Na(m time.Time) time.Time { return m.AddDate(t.Jaren, t.Maanden, t.Dagen) }

// Voor gives the moment this long before m.
func (t Termijn) Voor(m time.Time) time.Time { return m.AddDate(-t.Jaren, -t.Maanden, -t.Dagen) }

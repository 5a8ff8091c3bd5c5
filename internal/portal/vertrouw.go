package portal

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/waarborg"
)

// What a source may say at most in one answer; more is no answer.
const (
	maxDelen   = 500
	maxKeuzes  = 500
	maxNamen   = 100 // persons for whom one may look
	voorloop   = time.Minute
	geenNaam   = "Iemand"
	nietMeer   = "Een organisatie die niet meer meedoet"
	uitFamilie = "Iemand uit uw familie" // whom a consent lets look along: a node never says who
)

var (
	telefoonVorm = regexp.MustCompile(`^[0-9+][0-9 ()-]{2,19}$`)
	// geenNaamVorm is what leads somewhere: a number to call, an address to go to. A name
	// does not.
	geenNaamVorm = regexp.MustCompile(`(?i)([0-9][ .()/-]*){6}|@|https?:|www\.`)
)

// persoonsnaam gives the name of a person as a source writes it, or anders when it is more
// than a name.
func persoonsnaam(s, anders string) string {
	if s = veilig(s); geenNaamVorm.MatchString(s) || len([]rune(s)) > 100 {
		return anders
	}
	return s
}

// kentNaam tells that an organisation in the register bears this name.
func (r *register) kentNaam(naam string) bool {
	for _, d := range *r.lijst.Load() {
		if d.Naam == naam {
			return true
		}
	}
	return false
}

// organisatienaam gives the name that a source gives to an organisation, when the register
// has it: an answer names nobody.
func (p *Portal) organisatienaam(s string) string {
	if p.register.kentNaam(s) {
		return s
	}
	return nietMeer
}

// neem makes an answer fit to show, or refuses it: what is no answer of a node, as a
// source that fell silent. Nothing in it is the name of an organisation, a BSN, a link
// that is no telephone number or address, or a moment that has not come yet.
func (p *Portal) neem(g *inzage.Gezinsbeeld, bron string, nu time.Time) error {
	if len(g.Delen) > maxDelen || len(g.Keuzes) > maxKeuzes {
		return errors.New("het antwoord is te veel")
	}
	schoon(g)
	for i := range g.Delen {
		if d := &g.Delen[i]; d.Tijdstip.After(nu) {
			d.Tijdstip = nu
		}
	}
	g.Inzagen = p.neemKeren(g.Inzagen, bron, nu)
	g.Keuzes = slices.DeleteFunc(g.Keuzes, func(k waarborg.Keuze) bool { return intrekPad[k.Soort] == "" || !nummerVorm.MatchString(k.ID) })
	for i := range g.Keuzes {
		k := &g.Keuzes[i]
		k.Over, k.Reden, k.Code = persoonsnaam(k.Over, geenNaam), veilig(k.Reden), ""
		for j, wie := range k.Wie {
			switch {
			case k.Soort == waarborg.SoortVertegenwoord.Naam:
				k.Wie[j] = persoonsnaam(wie, geenNaam)
			case wie != uitFamilie:
				k.Wie[j] = p.organisatienaam(wie)
			}
		}
	}
	return nil
}

// neemKeren leaves out of a list of looks those of a moment that has not come, and notes of
// each that bron tells it: nobody can make one up and leave it to another.
func (p *Portal) neemKeren(ks []inzage.Inkijk, bron string, nu time.Time) []inzage.Inkijk {
	ks = slices.DeleteFunc(ks, func(k inzage.Inkijk) bool { return k.Tijdstip.After(nu.Add(voorloop)) })
	schoonKeren(ks)
	for i := range ks {
		k := &ks[i]
		k.Bron = bron
		k.Wie, k.Rol, k.Organisatie = persoonsnaam(k.Wie, "Een medewerker"), persoonsnaam(k.Rol, ""), p.organisatienaam(k.Organisatie)
	}
	return ks
}

// neemBlad is neemKeren for a page of a list before tot: what is not before it, or not in
// order, is no such page. A list that goes nowhere would keep the looks at other sources
// out of reach.
func (p *Portal) neemBlad(ks []inzage.Inkijk, bron string, tot time.Time) ([]inzage.Inkijk, error) {
	for i, k := range ks {
		if !tot.IsZero() && !k.Tijdstip.Before(tot) || i > 0 && k.Tijdstip.After(ks[i-1].Tijdstip) {
			return nil, errors.New("de lijst loopt niet terug in de tijd")
		}
	}
	return p.neemKeren(ks, bron, p.cfg.Nu()), nil
}

// eigenDelen leaves of what each source tells what is its own: a record is of the source of
// the first event about it, and nobody else shows it.
func (p *Portal) eigenDelen(ctx context.Context, b *beeld, eigenaar map[string]gebeurtenis) {
	for i := range b.Bronnen {
		x := &b.Bronnen[i]
		voor := len(x.Beeld.Delen)
		x.Beeld.Delen = slices.DeleteFunc(x.Beeld.Delen, func(d inzage.Deel) bool {
			e, ok := eigenaar[d.URN()]
			return ok && e.Bron != x.OIN
		})
		if weg := voor - len(x.Beeld.Delen); weg > 0 {
			p.cfg.Log.WarnContext(ctx, "een bron toont wat van een ander is; dat laten wij weg", "bron", x.OIN, "aantal", weg)
		}
	}
}

// neemVoorWie makes for whom a source says one may look fit to show.
func neemVoorWie(vs []waarborg.VoorWie) ([]waarborg.VoorWie, error) {
	if len(vs) > maxNamen {
		return nil, fmt.Errorf("het antwoord noemt %d personen", len(vs))
	}
	for i := range vs {
		v := &vs[i]
		v.Roepnaam = persoonsnaam(v.Roepnaam, geenNaam)
		if v.Reden != "" && !slices.Contains(waarborg.NamensRedenen, v.Reden) {
			v.Reden = waarborg.NamensOnbekend
		}
	}
	return vs, nil
}

// schoon makes the words of a source fit to show: no BSN, no contact that is
// no telephone number or address.
func schoon(g *inzage.Gezinsbeeld) {
	for i := range g.Delen {
		d := &g.Delen[i]
		d.Titel, d.Tekst = veilig(d.Titel), veilig(d.Tekst)
		for j := range d.Regels {
			d.Regels[j].Label, d.Regels[j].Waarde = veilig(d.Regels[j].Label), veilig(d.Regels[j].Waarde)
		}
		for j := range d.Gevraagd {
			d.Gevraagd[j].Tekst = veilig(d.Gevraagd[j].Tekst)
		}
		if c := d.Contact; c != nil {
			c.Naam, c.Functie = persoonsnaam(c.Naam, ""), persoonsnaam(c.Functie, "")
			if !telefoonVorm.MatchString(c.Telefoon) {
				c.Telefoon = ""
			}
			if a, err := mail.ParseAddress(c.Email); err != nil || a.Address != c.Email || strings.ContainsAny(c.Email, "?&%") {
				c.Email = ""
			}
		}
	}
	for i := range g.Keuzes {
		g.Keuzes[i].Wat = veilig(g.Keuzes[i].Wat)
	}
}

func schoonKeren(ks []inzage.Inkijk) {
	for i := range ks {
		k := &ks[i]
		for _, s := range []*string{&k.Wie, &k.Organisatie, &k.Rol, &k.Wat, &k.Gegeven, &k.Waarom, &k.Reden, &k.Grondslag} {
			*s = veilig(*s)
		}
	}
}

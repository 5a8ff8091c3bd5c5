package soorten

import (
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
)

// Spreekrecht is who may say an event of one type, and about whose record. It is
// data: what is not here is the strictest, Houder by the sender itself.
type Spreekrecht struct {
	// Wie are the kinds of organisation that may say it; none: every party of the
	// chain, which the portal of the family and the chain manager are not. Of a
	// Partij it is who may say it as long as nobody was named; the holder always may.
	Wie []begrip.OrganisatieSoort `json:"wie,omitempty"`
	// Over is whose record it may be about; empty is Houder.
	Over Over `json:"over,omitempty"`
	// Handelt is who may have done it; empty is Zender.
	Handelt Handelt `json:"handelt,omitempty"`
}

// Over is the relation of the sender to the record an event is about.
type Over string

// The relations. The holder of a record is who first said, as holder, something
// about it; a party is whom the holder, or a party, named in soh:aangebodenAan.
const (
	Houder   Over = "houder"   // the sender holds it
	Partij   Over = "partij"   // the sender is party to the Opdracht about it
	Zichzelf Over = "zichzelf" // the record bears the number of the sender
	Ieder    Over = "ieder"    // a feit of the chain: its own rule says who may
)

// Handelt is whom an event may name as who acted.
type Handelt string

// Who may have acted.
const (
	Zender Handelt = "zender" // the sender, or who has no number of an organisation
	Ander  Handelt = "ander"  // another too: a look, told by the source that was looked at
)

// AangebodenAan names, on the Entity an event is about, the organisation that is
// asked to take it up.
const AangebodenAan = "soh:aangebodenAan"

// Partijen are the kinds of organisation that work in the chain.
func Partijen() []begrip.OrganisatieSoort {
	return slices.DeleteFunc(slices.Clone(begrip.OrganisatieSoorten), func(s begrip.OrganisatieSoort) bool {
		return s == begrip.Burgerportaal || s == begrip.Ketenbeheerder || s == begrip.Vertrouwenspersoon
	})
}

var partijen = Partijen()

// rechten of the types this program knows. Who asks bekendheid, and who takes up a
// melding, follow the policy of their functie.
var rechten = map[string]Spreekrecht{
	cloudevent.MeldingGeregistreerd:       {},
	cloudevent.MeldingIngezien:            {Handelt: Ander},
	cloudevent.MeldingOpgepakt:            {Wie: opvangers, Over: Partij},
	cloudevent.MeldingGeweigerd:           {Wie: opvangers, Over: Partij},
	cloudevent.UitkomstMelding:            {Wie: opvangers, Over: Partij},
	cloudevent.OpdrachtIngetrokken:        {},
	cloudevent.BekendheidGevraagd:         {},
	cloudevent.BekendheidVerstrekt:        {Over: Partij},
	cloudevent.BekendheidGeweigerd:        {Over: Partij},
	cloudevent.VerrijkingBeschikbaar:      {},
	cloudevent.VerrijkingIngezien:         {Handelt: Ander},
	cloudevent.BekendheidsverzoekIngezien: {Handelt: Ander},
	cloudevent.UitkomstBeschikbaar:        {},
	cloudevent.UitkomstGewijzigd:          {},
	cloudevent.UitkomstIngetrokken:        {},
	cloudevent.UitkomstIngezien:           {Handelt: Ander},
	cloudevent.SamenwerkingBegonnen:       {Handelt: Ander},
	cloudevent.SamenwerkingGestopt:        {Handelt: Ander},
	cloudevent.ToestemmingGegeven:         {},
	cloudevent.ToestemmingIngetrokken:     {},
	cloudevent.NoodtoegangGebruikt:        {Handelt: Ander},
	cloudevent.WegwijzerGeplaatst:         {},
	cloudevent.LogVerankerd:               {Wie: begrip.OrganisatieSoorten, Over: Zichzelf},
}

// opvangers receive a melding, or a case that was handed over.
var opvangers = []begrip.OrganisatieSoort{begrip.VeiligThuis, begrip.ZVH, begrip.Gemeente}

// recht gives what holds for typ: the agreement of the chain, else what this program
// knows. The types of the hub itself have rules of their own.
func (s *Stand) recht(typ string) Spreekrecht {
	v := s.soorten[typ]
	switch {
	case v == nil:
		return Spreekrecht{}
	case v.Zegt != nil:
		return *v.Zegt
	case cloudevent.Functie(typ) == "ketenindex" || cloudevent.Functie(typ) == "uitwisselen-beschikbare-diensten":
		return Spreekrecht{Wie: begrip.OrganisatieSoorten, Over: Ieder, Handelt: Ander}
	}
	return rechten[typ]
}

// MagZeggen tells whether an organisation of this kind may say an event of typ at
// all. A type that is not registered is no event that counts; that is told later.
func (s *Stand) MagZeggen(typ string, soort begrip.OrganisatieSoort) bool {
	if !s.Bekend(typ) {
		return true
	}
	if r := s.recht(typ); r.Over != Partij {
		return r.heeft(soort)
	}
	return slices.Contains(partijen, soort)
}

// MagAlsPartij tells whether an organisation of this kind may say an event of typ
// about a record of which nobody was named as party.
func (s *Stand) MagAlsPartij(typ string, soort begrip.OrganisatieSoort) bool {
	return s.recht(typ).heeft(soort)
}

func (r Spreekrecht) heeft(soort begrip.OrganisatieSoort) bool {
	if len(r.Wie) == 0 {
		return slices.Contains(partijen, soort)
	}
	return slices.Contains(r.Wie, soort)
}

// Uitspraak is what an event says about records, as far as that rests on others.
type Uitspraak struct {
	Over     Over
	Records  []string // of which the sender must be holder or party; the subject first
	Partijen []string // organisations that are asked to take it up
	Vreemd   string   // not empty: why the event alone shows that the sender may not say it
}

const (
	vreemdHandelt  = "De organisatie die volgens deze gebeurtenis iets deed, is niet de organisatie die hem stuurt."
	vreemdVeel     = "Deze gebeurtenis gaat over te veel gegevens tegelijk. Stuur er meer, elk over ten hoogste 100."
	vreemdZichzelf = "Deze gebeurtenis gaat over een andere organisatie dan die hem stuurt."
)

// Leest gives what an event says about records. eigen tells whether a name is that of
// the sender; a name that is of no organisation is nobody's.
func (s *Stand) Leest(ev cloudevent.Event, g prov.Graph, eigen func(string) bool) (u Uitspraak) {
	r := s.recht(ev.Type)
	u.Over = s.Over([]byte(ev.Type))
	if u.Over == Ieder {
		return u
	}
	if r.Handelt != Ander && !handeltZelf(g, ev.Subject, eigen) {
		u.Vreemd = vreemdHandelt
		return u
	}
	u.records(ev.Subject, g, r.Handelt == Ander)
	if u.Over == Zichzelf {
		for _, naam := range u.Records {
			if i := len(naam) - 20; i < 0 || !eigen("urn:nld:oin:"+naam[i:]) {
				u.Vreemd = vreemdZichzelf
			}
		}
		u.Records = nil
	}
	return u
}

// handeltZelf tells whether what g tells was done by who is eigen: of each Activity the
// first organisation that it names, or for whom the person acts that it names, and
// whom the record is attributed to. Others may be named after it.
func handeltZelf(g prov.Graph, subject string, eigen func(string) bool) bool {
	zelf := func(n *prov.Node, naam string) bool {
		for _, v := range n.Values(naam) {
			if v.Kind == prov.Verwijzing && IsOrganisatie(v.Ref) {
				return eigen(v.Ref)
			}
		}
		return true
	}
	for _, n := range g.Nodes {
		switch {
		case n.Is(prov.Activity) && !zelf(n, "prov:wasAssociatedWith"), n.ID == subject && !zelf(n, "prov:wasAttributedTo"),
			n.Is(prov.Agent) && !IsOrganisatie(n.ID) && !zelf(n, "prov:actedOnBehalfOf"):
			return false
		}
	}
	return true
}

// records notes what the event is about: its subject, every Entity that it tells
// something of, and of a look what was looked at.
func (u *Uitspraak) records(subject string, g prov.Graph, blik bool) {
	voeg := func(naam string) {
		if naam != "" && len(u.Records) <= maxRecords && !slices.Contains(u.Records, naam) {
			u.Records = append(u.Records, naam)
		}
	}
	voeg(subject)
	for _, n := range g.Nodes {
		if n.Is(prov.Activity) && blik {
			for _, v := range n.Values("prov:used") {
				voeg(v.Ref)
			}
		}
		if !n.Is(prov.Entity) || len(n.Props) == 0 {
			continue
		}
		voeg(n.ID)
		for _, v := range n.Values(AangebodenAan) {
			if v.Kind == prov.Verwijzing {
				u.Partijen = append(u.Partijen, v.Ref)
			}
		}
	}
	if len(u.Records) > maxRecords {
		u.Vreemd = vreemdVeel
	}
}

// maxRecords bounds what one event is about.
const maxRecords = 100

// IsOrganisatie tells whether urn is the number of an organisation, or of a system of
// one.
func IsOrganisatie(urn string) bool {
	const oin, kvk = "urn:nld:oin:", "urn:nld:kvknr:"
	return len(urn) > len(oin) && (urn[:len(oin)] == oin || len(urn) > len(kvk) && urn[:len(kvk)] == kvk)
}

// Over gives what the sender of an event of typ must be of the records it is about.
func (s *Stand) Over(typ []byte) Over { return s.over[string(typ)] }

func (s *Stand) zetOver(typ string) {
	if s.over[typ] = s.recht(typ).Over; s.over[typ] == "" {
		s.over[typ] = Houder
	}
}

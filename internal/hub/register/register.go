// Package register holds what the network knows of itself: who takes part, what
// they offer, where their API's are, and what does not work now. All of it are
// feiten in the log of the hub; this package says what each is and when it holds
// up, and keeps the deelnemers in memory, where every request looks.
//
// The file deelnemers.json is the operator's own way to say who takes part: the
// hub makes events of what differs. It promises: a file that cannot be read or
// does not hold up changes nothing; whoever is not a deelnemer, or has left, is
// out at once.
package register

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
)

// Deelnemer is an organisation that takes part, the base URL of its API and how
// to reach it.
type Deelnemer struct {
	begrip.Organisatie
	API         string  `json:"api"`
	Contact     Contact `json:"contact,omitzero"`
	Ingetrokken bool    `json:"ingetrokken,omitempty"` // it left, or was put out

	// Nummers are the other numbers that are this deelnemer's, in the source of its
	// events and as an Agent. Each is of one deelnemer.
	Nummers Nummers `json:"nummers,omitzero"`
	// Opvolger takes over when this deelnemer left: what it told, its successor may
	// go on telling about. Nothing else passes on by itself: no certificate, no
	// subscription, no mandate.
	Opvolger begrip.OIN `json:"opvolger,omitempty"`
}

// Nummers is a list of urns, in JSON as well. It is one text with spaces between, so
// that deelnemers can be compared.
type Nummers string

// Lijst gives the numbers one by one.
func (n Nummers) Lijst() []string { return strings.Fields(string(n)) }

// Heeft tells whether urn is one of them.
func (n Nummers) Heeft(urn string) bool { return n != "" && slices.Contains(n.Lijst(), urn) }

// MarshalJSON writes a list.
func (n Nummers) MarshalJSON() ([]byte, error) { return json.Marshal(n.Lijst()) }

// UnmarshalJSON reads a list.
func (n *Nummers) UnmarshalJSON(b []byte) error {
	var lijst []string
	if err := json.Unmarshal(b, &lijst); err != nil {
		return err
	}
	for _, s := range lijst {
		if strings.ContainsFunc(s, unicode.IsSpace) || s == "" {
			return errors.New("a number has no spaces")
		}
	}
	*n = Nummers(strings.Join(lijst, " "))
	return nil
}

// Spreekt tells whether source, that of an event, is this deelnemer's own: its OIN or
// a number that the register has for it, in the one form that counts.
func (d Deelnemer) Spreekt(source string) bool {
	nummer, ok := cloudevent.NummerVan(source)
	return ok && d.Is(nummer)
}

// Is tells whether urn names this deelnemer.
func (d Deelnemer) Is(urn string) bool {
	const voor = "urn:nld:oin:"
	return len(urn) == len(voor)+20 && urn[len(voor):] == string(d.OIN) && urn[:len(voor)] == voor || d.Nummers.Heeft(urn)
}

// Contact is how an organisation is reached, per purpose. These are mailboxes
// and numbers of the organisation, never those of a person.
type Contact struct {
	Techniek    Contactpunt `json:"techniek,omitzero"`
	Privacy     Contactpunt `json:"privacy,omitzero"` // functionaris gegevensbescherming, artikel 37 lid 7 AVG
	Servicedesk Contactpunt `json:"servicedesk,omitzero"`
}

// Contactpunt is one of them.
type Contactpunt struct {
	Email    string `json:"email,omitempty"`
	Telefoon string `json:"telefoon,omitempty"`
}

// soorten are the kinds of organisation a deelnemer can be.
var soorten = []begrip.OrganisatieSoort{
	begrip.Politie, begrip.VeiligThuis, begrip.Gemeente, begrip.RvdK, begrip.GI, begrip.ZVH, begrip.GGZ, begrip.Burgerportaal,
	begrip.Ketenbeheerder, begrip.Jeugdhulp, begrip.School, begrip.Overig,
}

// Controleer checks all of it.
func (d Deelnemer) Controleer(c *begrip.Controle) {
	_, err := begrip.ParseOIN(string(d.OIN))
	c.Eis(err == nil, "oin", "Vul een geldig OIN in.")
	tekst(c, "naam", d.Naam, 1, 200)
	c.Eis(slices.Contains(soorten, d.Soort), "soort", "Kies een soort organisatie die in de lijst staat.")
	if d.API != "" {
		adres(c, "api", d.API)
	}
	nummers := d.Nummers.Lijst()
	c.Eis(len(nummers) <= 20, "nummers", "Vul hoogstens 20 nummers in.")
	for _, n := range nummers {
		c.Eis(cloudevent.NummerVorm(n) && n != d.OIN.URN(), "nummers", "Een nummer heeft de vorm urn:nld:kvknr:<8 cijfers>, urn:nld:oin:<20 tekens> of een andere urn in kleine letters.")
	}
	_, err = begrip.ParseOIN(string(d.Opvolger))
	c.Eis(d.Opvolger == "" || err == nil && d.Opvolger != d.OIN, "opvolger", "Vul het OIN in van de organisatie die deze opvolgt.")
	for _, p := range []struct {
		naam string
		punt Contactpunt
	}{{"techniek", d.Contact.Techniek}, {"privacy", d.Contact.Privacy}, {"servicedesk", d.Contact.Servicedesk}} {
		p.punt.controleer(c, "contact."+p.naam)
	}
}

func (p Contactpunt) controleer(c *begrip.Controle, veld string) {
	voor, na, apenstaart := strings.Cut(p.Email, "@")
	goed := p.Email == "" || apenstaart && voor != "" && strings.Contains(na, ".") && !strings.ContainsAny(p.Email, " <>\"\n\r") && len(p.Email) <= 254
	c.Eis(goed, veld+".email", "Vul het e-mailadres van een gedeelde postbus in. Bijvoorbeeld techniek@organisatie.nl.")
	cijfers := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()+", r) {
			return -1
		}
		return r
	}, p.Telefoon)
	goed = p.Telefoon == "" || len(cijfers) >= 8 && len(cijfers) <= 15 && strings.Trim(cijfers, "0123456789") == "" && !begrip.ElfProef(cijfers)
	c.Eis(goed, veld+".telefoon", "Vul een telefoonnummer van de organisatie in. Bijvoorbeeld 070 123 45 67.")
}

// Register is the deelnemers in memory. Reading is one atomic load.
type Register struct {
	slot  sync.Mutex // of who changes it
	stand atomic.Pointer[map[begrip.OIN]Deelnemer]
	namen atomic.Pointer[map[begrip.OIN][]EerdereNaam]
}

// EerdereNaam is how a deelnemer was called until a moment.
type EerdereNaam struct {
	Naam string    `json:"naam"`
	Tot  time.Time `json:"tot"`
}

// ZetNamen tells how oin was called before, oldest first.
func (r *Register) ZetNamen(oin begrip.OIN, namen []EerdereNaam) {
	r.slot.Lock()
	defer r.slot.Unlock()
	op := maps.Clone(*r.namen.Load())
	op[oin] = namen
	r.namen.Store(&op)
}

// NaamOp gives how oin was called at a moment, also when it left since; empty for
// who was never in the register.
func (r *Register) NaamOp(oin begrip.OIN, op time.Time) string {
	for _, n := range (*r.namen.Load())[oin] {
		if op.Before(n.Tot) {
			return n.Naam
		}
	}
	d, _ := r.Geef(oin)
	return d.Naam
}

// maxOpvolgers bounds a walk along successors.
const maxOpvolgers = 8

// Zelfde tells whether oin may speak as wie: it is wie itself, or wie left and oin is
// its successor, or that of its successor.
func (r *Register) Zelfde(wie, oin begrip.OIN) bool {
	for range maxOpvolgers {
		if wie == oin {
			return true
		}
		d, ok := r.Geef(wie)
		if !ok || !d.Ingetrokken || d.Opvolger == "" {
			return false
		}
		wie = d.Opvolger
	}
	return false
}

// VanAnder tells whether a number of d is already another's.
func (r *Register) VanAnder(d Deelnemer) bool {
	for _, ander := range *r.stand.Load() {
		if ander.OIN == d.OIN || ander.Ingetrokken {
			continue
		}
		if d.Nummers.Heeft(ander.OIN.URN()) || ander.Nummers.Heeft(d.OIN.URN()) || slices.ContainsFunc(d.Nummers.Lijst(), ander.Nummers.Heeft) {
			return true
		}
	}
	return false
}

// Nieuw makes an empty register.
func Nieuw() *Register {
	r := new(Register)
	r.stand.Store(&map[begrip.OIN]Deelnemer{})
	r.namen.Store(&map[begrip.OIN][]EerdereNaam{})
	return r
}

// Zet makes ds count from now on.
func (r *Register) Zet(ds ...Deelnemer) {
	r.slot.Lock()
	defer r.slot.Unlock()
	op := maps.Clone(*r.stand.Load())
	for _, d := range ds {
		op[d.OIN] = d
	}
	r.stand.Store(&op)
}

// Geef gives the deelnemer, also one that left.
func (r *Register) Geef(oin begrip.OIN) (Deelnemer, bool) {
	d, ok := (*r.stand.Load())[oin]
	return d, ok
}

// Deelnemers gives who takes part now, ordered by OIN.
func (r *Register) Deelnemers() []Deelnemer {
	uit := []Deelnemer{}
	for _, d := range *r.stand.Load() {
		if !d.Ingetrokken {
			uit = append(uit, d)
		}
	}
	slices.SortFunc(uit, func(a, b Deelnemer) int { return strings.Compare(string(a.OIN), string(b.OIN)) })
	return uit
}

// Toegelaten gives the deelnemer behind oin; Verboden when it does not take
// part, or no longer.
func (r *Register) Toegelaten(oin begrip.OIN) (Deelnemer, error) {
	d, ok := r.Geef(oin)
	switch {
	case !ok:
		return Deelnemer{}, begrip.NieuweFout(begrip.Verboden, "Uw organisatie staat niet in de lijst van deelnemers. Neem contact op met de ketenbeheerder.")
	case d.Ingetrokken:
		return Deelnemer{}, begrip.NieuweFout(begrip.Verboden, "De deelname van uw organisatie is ingetrokken. Neem contact op met de ketenbeheerder.")
	}
	return d, nil
}

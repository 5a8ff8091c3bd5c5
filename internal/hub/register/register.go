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
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/handbereik/soh/internal/begrip"
)

// Deelnemer is an organisation that takes part, the base URL of its API and how
// to reach it.
type Deelnemer struct {
	begrip.Organisatie
	API         string  `json:"api"`
	Contact     Contact `json:"contact,omitzero"`
	Ingetrokken bool    `json:"ingetrokken,omitempty"` // it left, or was put out
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
}

// Nieuw makes an empty register.
func Nieuw() *Register {
	r := new(Register)
	r.stand.Store(&map[begrip.OIN]Deelnemer{})
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

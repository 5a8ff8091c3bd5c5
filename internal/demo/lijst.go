package demo

import (
	"net/url"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo/inlogsimulator"
)

// Lijst is GET /demo.json: where everything of this demo is, for machines. The
// BSNs in it are test numbers that are given to nobody.
type Lijst struct {
	Hub        LijstHub         `json:"hub"`
	Portaal    LijstPortaal     `json:"portaal"`
	Deelnemers []LijstDeelnemer `json:"deelnemers"`
	Personas   []Persona        `json:"personas"`
	Map        string           `json:"map"`
	Ketenbord  string           `json:"ketenbord"` // pages of the chain manager
}

// LijstHub tells how to reach the hub and whose certificates to believe.
type LijstHub struct {
	URL string     `json:"url"`
	CA  string     `json:"ca"`
	OIN begrip.OIN `json:"oin"`
}

// LijstPortaal is the family's page and the certificate it reads with.
type LijstPortaal struct {
	URL         string     `json:"url"`
	OIN         begrip.OIN `json:"oin"`
	Certificaat string     `json:"certificaat"`
	Sleutel     string     `json:"sleutel"`
}

// LijstDeelnemer is an organisation with a node. API ends in /v1: a melding is
// POSTed to {api}/meldingen with the certificate of that same organisation.
type LijstDeelnemer struct {
	Naam        string                  `json:"naam"`
	Kort        string                  `json:"kort"`
	Soort       begrip.OrganisatieSoort `json:"soort"`
	OIN         begrip.OIN              `json:"oin"`
	API         string                  `json:"api"`
	Werkplek    string                  `json:"werkplek"`
	Certificaat string                  `json:"certificaat"`
	Sleutel     string                  `json:"sleutel"`
}

// Persona is somebody to sign in as. Aanmelden opens the sign-in with this
// person in front; Persoon is the value of the button that chooses.
type Persona struct {
	Naam        string     `json:"naam"`
	Rol         begrip.Rol `json:"rol"`
	Organisatie string     `json:"organisatie,omitempty"`
	Gezin       string     `json:"gezin,omitempty"`
	Uitleg      string     `json:"uitleg,omitempty"`
	Persoon     string     `json:"persoon"`
	Aanmelden   string     `json:"aanmelden"`
	Testnummer  string     `json:"burgerservicenummer,omitempty"` // of a member of a family
}

// Lijst gives the list as it is now.
func (d *Demo) Lijst() Lijst {
	hub, portaal := d.lid("hub"), d.lid("portaal")
	uit := Lijst{
		Hub: LijstHub{hub.apiURL, d.ca.Pad(), hub.OIN}, Map: d.dir, Ketenbord: d.KetenbordURL(),
		Portaal: LijstPortaal{portaal.werkURL, portaal.OIN, portaal.cert, portaal.key},
	}
	for _, o := range Deelnemers() {
		l := d.lid(o.Kort)
		uit.Deelnemers = append(uit.Deelnemers, LijstDeelnemer{o.Naam, o.Kort, o.Soort, o.OIN, l.apiURL + "/v1", l.werkURL, l.cert, l.key})
		for _, p := range o.Mensen {
			m := persona(p, l.werkURL)
			m.Organisatie = o.Naam
			uit.Personas = append(uit.Personas, m)
		}
	}
	for _, g := range Gezinnen() {
		for _, p := range g.Inloggers() {
			m := persona(p, portaal.werkURL)
			m.Gezin, m.Testnummer = g.Naam, p.BSN.Leesbaar()
			uit.Personas = append(uit.Personas, m)
		}
	}
	return uit
}

func persona(p inlogsimulator.Persoon, basis string) Persona {
	return Persona{Naam: p.Naam, Rol: p.Rol, Uitleg: p.Uitleg, Persoon: p.Sub, Aanmelden: basis + "/aanmelden?login_hint=" + url.QueryEscape(p.Sub)}
}

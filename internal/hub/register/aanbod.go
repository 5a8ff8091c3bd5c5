package register

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/handbereik/soh/internal/begrip"
)

// Dienst is what an organisation offers to families or to other organisations.
type Dienst struct {
	ID           string                    `json:"id"`
	Aanbieder    begrip.OIN                `json:"aanbieder"`
	Naam         string                    `json:"naam"`
	Omschrijving string                    `json:"omschrijving"`
	Doelgroep    string                    `json:"doelgroep"`
	Regio        string                    `json:"regio"`
	Voorwaarden  string                    `json:"voorwaarden,omitempty"`
	WieMogen     []begrip.OrganisatieSoort `json:"wieMogen,omitempty"` // who may ask; empty: everyone, families too
	HoeAanvragen string                    `json:"hoeAanvragen"`
	Wachtdagen   *int                      `json:"wachtdagen,omitempty"` // days; nil: not known
	Vervallen    bool                      `json:"vervallen,omitempty"`
}

// Controleer checks all of it.
func (d Dienst) Controleer(c *begrip.Controle) {
	tekst(c, "naam", d.Naam, 1, 200)
	tekst(c, "omschrijving", d.Omschrijving, 1, 4000)
	tekst(c, "doelgroep", d.Doelgroep, 1, 500)
	tekst(c, "regio", d.Regio, 1, 200)
	tekst(c, "voorwaarden", d.Voorwaarden, 0, 4000)
	tekst(c, "hoeAanvragen", d.HoeAanvragen, 1, 1000)
	for _, s := range d.WieMogen {
		c.Eis(slices.Contains(soorten, s), "wieMogen", "Kies soorten organisatie die in de lijst staan.")
	}
	c.Eis(d.Wachtdagen == nil || *d.Wachtdagen >= 0 && *d.Wachtdagen <= 3650, "wachtdagen", "Vul een aantal dagen in.")
}

// API is one API of a deelnemer: where its description is and how it stands.
type API struct {
	ID        string     `json:"id"`
	Deelnemer begrip.OIN `json:"deelnemer"`
	Naam      string     `json:"naam"`
	OpenAPI   string     `json:"openapi"` // address of its OpenAPI document
	Versie    string     `json:"versie"`
	Status    string     `json:"status"`
	Vervallen bool       `json:"vervallen,omitempty"`
}

// APIStatussen are the stages of an API.
var APIStatussen = []string{"in-voorbereiding", "in-gebruik", "wordt-afgebouwd"}

// Controleer checks all of it.
func (a API) Controleer(c *begrip.Controle) {
	tekst(c, "naam", a.Naam, 1, 200)
	adres(c, "openapi", a.OpenAPI)
	tekst(c, "versie", a.Versie, 1, 40)
	c.Eis(slices.Contains(APIStatussen, a.Status), "status", "Kies uit: %s.", strings.Join(APIStatussen, ", "))
}

// Storing is word of something that does not work, or will not during
// maintenance.
type Storing struct {
	ID     string     `json:"id"`
	Over   begrip.OIN `json:"over"`  // whose; that of the chain manager is the Ketenindex
	Soort  string     `json:"soort"` // storing or onderhoud
	Wat    string     `json:"wat"`
	Gevolg string     `json:"gevolg"` // what users notice
	Vanaf  time.Time  `json:"vanaf"`
	Tot    *time.Time `json:"tot,omitempty"` // nil: not known yet
}

// Controleer checks all of it.
func (s Storing) Controleer(c *begrip.Controle) {
	c.Eis(s.Soort == "storing" || s.Soort == "onderhoud", "soort", "Kies storing of onderhoud.")
	tekst(c, "wat", s.Wat, 1, 500)
	tekst(c, "gevolg", s.Gevolg, 1, 1000)
	c.Eis(!s.Vanaf.IsZero(), "vanaf", "Vul in wanneer het begint.")
	c.Eis(s.Soort != "onderhoud" || s.Tot != nil, "tot", "Vul in wanneer het onderhoud klaar is.")
	c.Eis(s.Tot == nil || !s.Tot.Before(s.Vanaf), "tot", "Het einde moet na het begin liggen.")
}

// Geldt tells whether it is so at nu.
func (s Storing) Geldt(nu time.Time) bool {
	return !nu.Before(s.Vanaf) && (s.Tot == nil || nu.Before(*s.Tot))
}

// tekst wants between min and max characters, without a BSN: nothing about a
// person belongs in a register.
func tekst(c *begrip.Controle, veld, s string, minstens, hoogstens int) {
	n := utf8.RuneCountInString(strings.TrimSpace(s))
	c.Eis(n >= minstens, veld, "Vul dit in.")
	c.Eis(utf8.RuneCountInString(s) <= hoogstens, veld, "Gebruik hoogstens %d tekens.", hoogstens)
	c.Eis(string(begrip.MaskeerBSN([]byte(s))) == s, veld, "Hier staat een burgerservicenummer in. Dat mag hier niet.")
}

// adres wants an https address without anything that could be a secret.
func adres(c *begrip.Controle, veld, s string) {
	u, err := url.Parse(s)
	c.Eis(err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "", veld,
		"Vul een adres in dat begint met https://, zonder wachtwoord en zonder vraagteken.")
}

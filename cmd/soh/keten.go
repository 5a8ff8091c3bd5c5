package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/register"
)

// KetenCmd reads and changes the registers of the chain through the API of the
// hub. Who takes part, only the chain manager changes.
type KetenCmd struct {
	Deelnemer struct {
		Lijst     DeelnemerLijstCmd   `cmd:"" help:"Wie meedoen."`
		Toevoegen DeelnemerErbijCmd   `cmd:"" help:"Laat een organisatie meedoen."`
		Wijzigen  DeelnemerAndersCmd  `cmd:"" help:"Wijzig een deelnemer; wat u weglaat blijft."`
		Vertrek   DeelnemerVertrekCmd `cmd:"" help:"Laat een organisatie vertrekken. Zij wordt meteen geweigerd."`
	} `cmd:"" help:"Deelnemers."`
	Dienst struct {
		Lijst     DienstLijstCmd  `cmd:"" help:"Wat organisaties aanbieden."`
		Toevoegen DienstErbijCmd  `cmd:"" help:"Bied een dienst aan."`
		Beeindig  DienstKlaarCmd  `cmd:"" help:"Bied een dienst niet meer aan."`
		Wijzigen  DienstAndersCmd `cmd:"" help:"Wijzig een dienst; wat u weglaat blijft."`
	} `cmd:"" help:"Diensten."`
	API struct {
		Lijst     APILijstCmd `cmd:"" help:"Welke API's er zijn."`
		Toevoegen APIErbijCmd `cmd:"" help:"Meld een API aan."`
		Beeindig  APIKlaarCmd `cmd:"" help:"Haal een API weg."`
	} `cmd:"" name:"api" help:"API's."`
	Storing struct {
		Lijst    StoringLijstCmd  `cmd:"" help:"Wat nu niet werkt, en onderhoud."`
		Melden   StoringErbijCmd  `cmd:"" help:"Meld een storing of kondig onderhoud aan."`
		Wijzigen StoringAndersCmd `cmd:"" help:"Meld wat er meer bekend is; wat u weglaat blijft."`
		Voorbij  StoringKlaarCmd  `cmd:"" help:"Meld dat het voorbij is."`
	} `cmd:"" help:"Storingen en onderhoud."`
}

// schrijf sends v and prints what the hub keeps.
func (t HubToegang) schrijf(methode, pad string, v any) error {
	var lijf []byte
	typ := ""
	if v != nil {
		var err error
		if lijf, err = json.Marshal(v); err != nil {
			return err
		}
		typ = cloudevent.TypeJSON
	}
	b, _, err := t.vraag(methode, pad, typ, "", lijf)
	if err == nil && len(b) > 0 {
		_, err = fmt.Println(strings.TrimSpace(string(b)))
	}
	return err
}

// lees gets pad into v.
func (t HubToegang) lees(pad string, v any) error {
	b, _, err := t.vraag("GET", pad, "", "", nil)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("het antwoord van de Ketenindex is onleesbaar: %w", err)
	}
	return nil
}

// wijzig reads what is at pad, lets zet change it, and writes it back.
func wijzig[T any](t HubToegang, pad string, zet func(*T)) error {
	var v T
	if err := t.lees(pad, &v); err != nil {
		return err
	}
	zet(&v)
	return t.schrijf("PUT", pad, v)
}

// drukAf prints every page of a list, each item as one line of JSON.
func (t HubToegang) drukAf(pad, lijst string) error {
	uit := json.NewEncoder(os.Stdout)
	for pad != "" {
		b, kop, err := t.vraag("GET", pad, "", "", nil)
		if err != nil {
			return err
		}
		var l map[string][]json.RawMessage
		if err := json.Unmarshal(b, &l); err != nil {
			return fmt.Errorf("het antwoord van de Ketenindex is onleesbaar: %w", err)
		}
		for _, x := range l[lijst] {
			if err := uit.Encode(x); err != nil {
				return err
			}
		}
		pad, _, _ = strings.Cut(strings.TrimPrefix(kop.Get("Link"), "<"), ">")
	}
	return nil
}

// filter makes the query of a list from what was filled in.
func filter(pad string, paren ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(paren); i += 2 {
		if paren[i+1] != "" {
			q.Set(paren[i], paren[i+1])
		}
	}
	if len(q) == 0 {
		return pad
	}
	return pad + "?" + q.Encode()
}

// neem takes over what was filled in.
func neem(doel *string, waarde string) {
	if waarde != "" {
		*doel = waarde
	}
}

// DeelnemerLijstCmd prints who takes part.
type DeelnemerLijstCmd struct {
	HubToegang `embed:""`
}

// Run prints a line of JSON for each.
func (c *DeelnemerLijstCmd) Run() error { return c.drukAf("/v1/deelnemers", "deelnemers") }

// DeelnemerVelden are what can be told of a deelnemer.
type DeelnemerVelden struct {
	Naam        string `help:"Naam van de organisatie."`
	Soort       string `help:"Soort organisatie, bijvoorbeeld gemeente."`
	API         string `name:"api" help:"https-adres van haar knooppunt."`
	Techniek    string `help:"Gedeelde postbus voor de techniek."`
	Privacy     string `help:"Gedeelde postbus van de functionaris gegevensbescherming."`
	Servicedesk string `help:"Gedeelde postbus van de servicedesk."`
	Telefoon    string `help:"Telefoonnummer van de servicedesk."`
}

func (v DeelnemerVelden) zet(d *register.Deelnemer) {
	neem(&d.Naam, v.Naam)
	neem((*string)(&d.Soort), v.Soort)
	neem(&d.API, v.API)
	neem(&d.Contact.Techniek.Email, v.Techniek)
	neem(&d.Contact.Privacy.Email, v.Privacy)
	neem(&d.Contact.Servicedesk.Email, v.Servicedesk)
	neem(&d.Contact.Servicedesk.Telefoon, v.Telefoon)
}

// DeelnemerErbijCmd lets an organisation join.
type DeelnemerErbijCmd struct {
	HubToegang      `embed:""`
	DeelnemerVelden `embed:""`
	OIN             string `arg:"" name:"oin" help:"OIN van de organisatie."`
}

// Run tells the hub.
func (c *DeelnemerErbijCmd) Run() error {
	d := register.Deelnemer{Organisatie: begrip.Organisatie{OIN: begrip.OIN(c.OIN)}}
	c.zet(&d)
	return c.schrijf("POST", "/v1/deelnemers", d)
}

// DeelnemerAndersCmd changes what the register has of one.
type DeelnemerAndersCmd struct {
	HubToegang      `embed:""`
	DeelnemerVelden `embed:""`
	OIN             string `arg:"" name:"oin" help:"OIN van de organisatie."`
}

// Run reads, changes and writes.
func (c *DeelnemerAndersCmd) Run() error {
	return wijzig(c.HubToegang, "/v1/deelnemers/"+url.PathEscape(c.OIN), c.zet)
}

// DeelnemerVertrekCmd lets one go.
type DeelnemerVertrekCmd struct {
	HubToegang `embed:""`
	OIN        string `arg:"" name:"oin" help:"OIN van de organisatie."`
}

// Run tells the hub.
func (c *DeelnemerVertrekCmd) Run() error {
	return c.schrijf("DELETE", "/v1/deelnemers/"+url.PathEscape(c.OIN), nil)
}

// DienstLijstCmd prints what is offered.
type DienstLijstCmd struct {
	HubToegang `embed:""`
	Aanbieder  string `help:"OIN van de aanbieder."`
	Regio      string `help:"Deel van de regio."`
	Zoek       string `help:"Deel van naam, omschrijving of doelgroep."`
}

// Run prints a line of JSON for each.
func (c *DienstLijstCmd) Run() error {
	return c.drukAf(filter("/v1/diensten", "aanbieder", c.Aanbieder, "regio", c.Regio, "zoek", c.Zoek), "diensten")
}

// DienstVelden are what can be told of a dienst.
type DienstVelden struct {
	Naam         string   `help:"Naam."`
	Omschrijving string   `help:"Wat het is."`
	Doelgroep    string   `help:"Voor wie."`
	Regio        string   `help:"Waar."`
	Voorwaarden  string   `help:"Voorwaarden."`
	WieMogen     []string `help:"Soorten organisatie die het mogen aanvragen; leeg is iedereen."`
	HoeAanvragen string   `help:"Hoe het aan te vragen is."`
	Wachtdagen   *int     `help:"Wachttijd in dagen."`
}

func (v DienstVelden) zet(d *register.Dienst) {
	neem(&d.Naam, v.Naam)
	neem(&d.Omschrijving, v.Omschrijving)
	neem(&d.Doelgroep, v.Doelgroep)
	neem(&d.Regio, v.Regio)
	neem(&d.Voorwaarden, v.Voorwaarden)
	neem(&d.HoeAanvragen, v.HoeAanvragen)
	if len(v.WieMogen) > 0 {
		d.WieMogen = nil
	}
	for _, s := range v.WieMogen {
		d.WieMogen = append(d.WieMogen, begrip.OrganisatieSoort(s))
	}
	if v.Wachtdagen != nil {
		d.Wachtdagen = v.Wachtdagen
	}
}

// DienstErbijCmd offers a dienst.
type DienstErbijCmd struct {
	HubToegang   `embed:""`
	DienstVelden `embed:""`
}

// Run tells the hub.
func (c *DienstErbijCmd) Run() error {
	var d register.Dienst
	c.zet(&d)
	return c.schrijf("POST", "/v1/diensten", d)
}

// DienstAndersCmd changes a dienst.
type DienstAndersCmd struct {
	HubToegang   `embed:""`
	DienstVelden `embed:""`
	ID           string `arg:"" name:"id" help:"Id van de dienst."`
}

// Run reads, changes and writes.
func (c *DienstAndersCmd) Run() error {
	return wijzig(c.HubToegang, "/v1/diensten/"+url.PathEscape(c.ID), c.zet)
}

// DienstKlaarCmd ends one.
type DienstKlaarCmd struct {
	HubToegang `embed:""`
	ID         string `arg:"" name:"id" help:"Id van de dienst."`
}

// Run tells the hub.
func (c *DienstKlaarCmd) Run() error {
	return c.schrijf("DELETE", "/v1/diensten/"+url.PathEscape(c.ID), nil)
}

// APILijstCmd prints the API's.
type APILijstCmd struct {
	HubToegang `embed:""`
	Deelnemer  string `help:"OIN."`
}

// Run prints a line of JSON for each.
func (c *APILijstCmd) Run() error {
	return c.drukAf(filter("/v1/apis", "deelnemer", c.Deelnemer), "apis")
}

// APIErbijCmd tells of an API.
type APIErbijCmd struct {
	HubToegang `embed:""`
	Naam       string `help:"Naam." required:""`
	OpenAPI    string `name:"openapi" help:"https-adres van de OpenAPI-beschrijving." required:""`
	Versie     string `help:"Versie." required:""`
	Status     string `help:"in-voorbereiding, in-gebruik of wordt-afgebouwd." default:"in-gebruik"`
}

// Run tells the hub.
func (c *APIErbijCmd) Run() error {
	return c.schrijf("POST", "/v1/apis", register.API{Naam: c.Naam, OpenAPI: c.OpenAPI, Versie: c.Versie, Status: c.Status})
}

// APIKlaarCmd takes one away.
type APIKlaarCmd struct {
	HubToegang `embed:""`
	ID         string `arg:"" name:"id" help:"Id van de API."`
}

// Run tells the hub.
func (c *APIKlaarCmd) Run() error { return c.schrijf("DELETE", "/v1/apis/"+url.PathEscape(c.ID), nil) }

// StoringLijstCmd prints what does not work now.
type StoringLijstCmd struct {
	HubToegang `embed:""`
	Alle       bool `help:"Ook wat voorbij is en wat nog komt."`
}

// Run prints a line of JSON for each.
func (c *StoringLijstCmd) Run() error {
	geldt := "true"
	if c.Alle {
		geldt = ""
	}
	return c.drukAf(filter("/v1/storingen", "geldt", geldt), "storingen")
}

// StoringErbijCmd tells of a failure or of maintenance.
type StoringErbijCmd struct {
	HubToegang `embed:""`
	Onderhoud  bool      `help:"Het is onderhoud, geen storing."`
	Over       string    `help:"OIN van wie het is; zonder is het uw eigen organisatie."`
	Wat        string    `help:"Wat er is." required:""`
	Gevolg     string    `help:"Wat gebruikers merken." required:""`
	Vanaf      time.Time `help:"Begin (RFC 3339); zonder is nu."`
	Tot        time.Time `help:"Einde (RFC 3339)."`
}

// Run tells the hub.
func (c *StoringErbijCmd) Run() error {
	s := register.Storing{Over: begrip.OIN(c.Over), Soort: "storing", Wat: c.Wat, Gevolg: c.Gevolg, Vanaf: c.Vanaf}
	if c.Onderhoud {
		s.Soort = "onderhoud"
	}
	if s.Vanaf.IsZero() {
		s.Vanaf = time.Now().UTC().Truncate(time.Second)
	}
	if !c.Tot.IsZero() {
		s.Tot = &c.Tot
	}
	return c.schrijf("POST", "/v1/storingen", s)
}

// StoringAndersCmd tells more of one.
type StoringAndersCmd struct {
	HubToegang `embed:""`
	ID         string    `arg:"" name:"id" help:"Id van de storing."`
	Wat        string    `help:"Wat er is."`
	Gevolg     string    `help:"Wat gebruikers merken."`
	Vanaf      time.Time `help:"Begin (RFC 3339)."`
	Tot        time.Time `help:"Einde (RFC 3339)."`
}

// Run reads, changes and writes.
func (c *StoringAndersCmd) Run() error {
	return wijzig(c.HubToegang, "/v1/storingen/"+url.PathEscape(c.ID), func(s *register.Storing) {
		neem(&s.Wat, c.Wat)
		neem(&s.Gevolg, c.Gevolg)
		if !c.Vanaf.IsZero() {
			s.Vanaf = c.Vanaf
		}
		if !c.Tot.IsZero() {
			s.Tot = &c.Tot
		}
	})
}

// StoringKlaarCmd tells that it is over.
type StoringKlaarCmd struct {
	HubToegang `embed:""`
	ID         string `arg:"" name:"id" help:"Id van de storing."`
}

// Run tells the hub.
func (c *StoringKlaarCmd) Run() error {
	return c.schrijf("DELETE", "/v1/storingen/"+url.PathEscape(c.ID), nil)
}

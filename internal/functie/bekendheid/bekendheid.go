// Package bekendheid is samenwerkfunctie 3, Bepalen Bekendheid & Verrijking:
// who weighs a melding asks other organisations whether they know the family;
// they answer by rule or by a professional. Who knows the family makes a
// Verrijking available, which the asker reads at its source.
//
// It owns three record kinds: the verrijkingsverzoek at the asker, and the
// registratie (what an organisation itself has about a person) and verrijking
// at the one who answers. It promises that a question reaches only the one it
// is meant for, that no BSN or answer travels in a request or event, and that
// who does not know the family keeps no record of it.
package bekendheid

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/melding"
)

// Verrijking is a question about persons and, at the one who knows them, its
// answers. Members are those of the published draft Verrijking (2025); those
// marked (soh) are ours. Leniencies against the draft: huisletter may be absent
// and straatAdres carries postcode and plaats; a family is asked about at once
// (overigePersonen); a missing BSN is allowed (Jeugdwet 7.2.4).
type Verrijking struct {
	URL               string              `json:"url,omitempty" doc:"(soh)" readOnly:"true"`
	Registratienummer string              `json:"registratienummer"`
	RedenVerzoek      begrip.Doel         `json:"redenVerzoek" enum:"01,02,03,04,05,06"`
	Omschrijving      string              `json:"omschrijving"`
	NatuurlijkPersoon NatuurlijkPersoon   `json:"natuurlijkPersoon"`
	OverigePersonen   []NatuurlijkPersoon `json:"overigePersonen,omitempty" doc:"(soh)"`
	VerrijkingsVraag  []string            `json:"verrijkingsVraag"`
	VraagAntwoord     []Antwoord          `json:"vraagAntwoord,omitempty" doc:"(soh)"`

	Zaak      string                      `json:"zaak" doc:"(soh)"`
	Vrager    begrip.OIN                  `json:"vrager" doc:"(soh)"`
	Bevraagde begrip.Verblijf[begrip.OIN] `json:"bevraagde,omitzero" required:"true" doc:"(soh)"`
	Op        time.Time                   `json:"op" doc:"(soh) moment van vragen of antwoorden"`
	Door      string                      `json:"door,omitempty" doc:"(soh) wie vroeg of antwoordde"`
	Contact   begrip.Verblijf[Contact]    `json:"contact,omitzero" required:"false" doc:"(soh) wie meer kan vertellen"`
}

// Beschermt: where somebody in it may be found, the organisation that is asked and
// its helper included, is secret when one of them lives in hiding.
func (v Verrijking) Beschermt() begrip.Bescherming {
	if slices.ContainsFunc(v.Personen(), func(p NatuurlijkPersoon) bool { return p.AdresGeheim.Verborgen() }) {
		return begrip.OmVerblijf
	}
	return 0
}

// Antwoord is the answer to one question about one person.
type Antwoord struct {
	Vraag    string `json:"vraag"`
	Persoon  string `json:"persoon" doc:"id van de persoon in dit bericht"`
	Antwoord string `json:"antwoord"`
}

// NatuurlijkPersoon is a person in the form of the draft.
type NatuurlijkPersoon struct {
	ID                  string                 `json:"id" doc:"(soh) urn:soh:betrokkene:…"`
	Burgerservicenummer begrip.InhoudBSN       `json:"burgerservicenummer,omitzero"`
	Geslachtsaanduiding string                 `json:"geslachtsaanduiding,omitempty" enum:"man,vrouw,anders,onbekend"`
	Naam                Naam                   `json:"naam"`
	Adres               begrip.Verblijf[Adres] `json:"adres,omitzero" required:"true"`
	AdresGeheim         begrip.Geheim          `json:"adresGeheim" required:"false" nullable:"true" doc:"(soh) Deze persoon woont verborgen: het adres staat alleen in de melding, bij de bron"`
	Geboorte            *Geboorte              `json:"geboorte,omitempty"`
	Geboortedatum       begrip.Geboortedatum   `json:"geboortedatum,omitempty" doc:"(soh) als de datum niet helemaal bekend is, met nullen voor wat ontbreekt"`
	Ongeboren           bool                   `json:"ongeboren,omitempty" doc:"(soh) dit kind is nog niet geboren; de datum is wanneer het verwacht wordt"`
}

// Geboren gives the date of birth as far as it is known.
func (p NatuurlijkPersoon) Geboren() begrip.Geboortedatum {
	if p.Geboorte != nil {
		return begrip.Geboortedatum(p.Geboorte.Datum)
	}
	return p.Geboortedatum
}

// Naam is a name in the form of the draft.
type Naam struct {
	Geslachtsnaam            string `json:"geslachtsnaam"`
	Voornamen                string `json:"voornamen,omitempty"`
	VoorvoegselGeslachtsnaam string `json:"voorvoegselGeslachtsnaam,omitempty"`
}

// Voluit gives the name as people say it.
func (n Naam) Voluit() string {
	return strings.Join(strings.Fields(n.Voornamen+" "+n.VoorvoegselGeslachtsnaam+" "+n.Geslachtsnaam), " ")
}

// Adres is an address in the form of the draft; 02 is where a person lives.
type Adres struct {
	SoortAdres  string      `json:"soortAdres" enum:"01,02,03"`
	StraatAdres Straatadres `json:"straatAdres"`
}

// Straatadres is the street part.
type Straatadres struct {
	Straatnaam string `json:"straatnaam"`
	Huisnummer int    `json:"huisnummer"`
	Huisletter string `json:"huisletter,omitempty"`
	Toevoeging string `json:"huisnummertoevoeging,omitempty" doc:"(soh)"`
	Land       string `json:"land,omitempty" doc:"(soh)"`
	Postcode   string `json:"postcode,omitempty" doc:"(soh)"`
	Plaats     string `json:"plaats,omitempty" doc:"(soh)"`
}

// Geboorte holds the date of birth.
type Geboorte struct {
	Datum string `json:"datum" format:"date"`
}

// Contact is whom to call about an answer or about help.
type Contact struct {
	Naam           string `json:"naam" maxLength:"200"`
	Functie        string `json:"functie,omitempty" required:"false" maxLength:"200"`
	EmailAdres     string `json:"emailAdres,omitempty" required:"false" maxLength:"254"`
	Telefoonnummer string `json:"telefoonnummer,omitempty" required:"false" maxLength:"20"`
}

// Registratie is what an organisation's own case system tells its node about a
// person it knows, so that a question can be answered by rule.
type Registratie struct {
	URL                 string                   `json:"url,omitempty" readOnly:"true"`
	ID                  string                   `json:"id,omitempty" readOnly:"true"`
	Burgerservicenummer begrip.InhoudBSN         `json:"burgerservicenummer"`
	Omschrijving        string                   `json:"omschrijving" maxLength:"1000" doc:"Wat de organisatie voor deze persoon doet, in woorden die het gezin leest"`
	Antwoorden          map[string]string        `json:"antwoorden" doc:"Antwoord per vraagcode, bijvoorbeeld GI-001"`
	Contact             begrip.Verblijf[Contact] `json:"contact,omitzero" required:"false"`
	Sinds               string                   `json:"sinds,omitempty" format:"date" required:"false"`
}

// Beschermt: a registratie does not know whether the person lives in hiding.
// Who is no party to it and reads it all the same asks the population register.
func (Registratie) Beschermt() begrip.Bescherming { return 0 }

// Validate gives every mistake at once.
func (r *Registratie) Validate(soort begrip.OrganisatieSoort) error {
	c := &begrip.Controle{}
	c.Eis(!r.Burgerservicenummer.IsZero(), "burgerservicenummer", "Vul een geldig burgerservicenummer in.")
	c.Eis(strings.TrimSpace(r.Omschrijving) != "", "omschrijving", "Vul in wat uw organisatie voor deze persoon doet.")
	eigen := map[string]bool{}
	for _, v := range VragenVoor(soort) {
		eigen[v.Code] = true
	}
	for code, tekst := range r.Antwoorden {
		c.Eis(eigen[code], "antwoorden."+veiligeSleutel(code), "Deze vraag hoort niet bij uw organisatie.")
		c.Eis(strings.TrimSpace(tekst) != "" && len(tekst) <= 2000, "antwoorden."+veiligeSleutel(code), "Vul een antwoord in van hoogstens 2000 tekens.")
	}
	r.Contact.Bewerk(func(k *Contact) {
		c.Eis(strings.TrimSpace(k.Naam) != "", "contact.naam", "Vul een naam in, of laat het contact weg.")
	})
	_, err := time.Parse(time.DateOnly, r.Sinds)
	c.Eis(r.Sinds == "" || err == nil, "sinds", "Vul een datum in. Bijvoorbeeld 2026-11-23.")
	return c.Fout()
}

// veiligeSleutel keeps an unknown key, which may hold anything, out of an error.
func veiligeSleutel(code string) string {
	if _, ok := vraagVan(code); ok {
		return code
	}
	return "(onbekend)"
}

// Vraag is one question of the published list.
type Vraag struct {
	Code   string                  `json:"code"`
	Soort  begrip.OrganisatieSoort `json:"soort"`
	Klasse string                  `json:"klasse"` // information class I0–I6
	Vraag  string                  `json:"vraag"`
}

//go:embed vragen.json
var vragenJSON []byte

// vragen is data: the codes of the draft, in our words.
var vragen = func() (v []Vraag) {
	if err := json.Unmarshal(vragenJSON, &v); err != nil {
		panic(fmt.Sprintf("bekendheid: vragen.json: %v", err))
	}
	return v
}()

// VragenVoor gives the questions that a kind of organisation can be asked;
// none means it can only say whether it knows someone.
func VragenVoor(soort begrip.OrganisatieSoort) []Vraag {
	var uit []Vraag
	for _, v := range vragen {
		if v.Soort == soort {
			uit = append(uit, v)
		}
	}
	return uit
}

func vraagVan(code string) (Vraag, bool) {
	for _, v := range vragen {
		if v.Code == code {
			return v, true
		}
	}
	return Vraag{}, false
}

// vraagTekst gives the question behind a code.
func vraagTekst(code string) string {
	if v, ok := vraagVan(code); ok {
		return v.Vraag
	}
	return code
}

var aanduidingen = map[string]string{"0": "onbekend", "1": "man", "2": "vrouw", "9": "anders"}

// persoonVan puts a betrokkene of a melding in the form of this draft.
func persoonVan(b melding.Betrokkene) NatuurlijkPersoon {
	p := NatuurlijkPersoon{
		ID: b.ID, Burgerservicenummer: b.Burgerservicenummer, Geslachtsaanduiding: aanduidingen[b.Geslacht],
		Naam:        Naam{Geslachtsnaam: b.Naam.Geslachtsnaam, Voornamen: b.Naam.Voornamen, VoorvoegselGeslachtsnaam: b.Naam.Voorvoegsel},
		AdresGeheim: b.AdresGeheim,
	}
	b = b.Verwijs() // who lives in hiding, or may, is asked about without the address; the draft wants one
	p.Adres.Zet(Adres{SoortAdres: "02", StraatAdres: Straatadres{Straatnaam: "geheim"}})
	b.Adres.Bewerk(func(a *begrip.Adres) {
		p.Adres.Zet(Adres{SoortAdres: "02", StraatAdres: Straatadres{
			Straatnaam: cmp.Or(a.Straatnaam, a.Locatiebeschrijving, "onbekend"), Huisnummer: a.Huisnummer, Huisletter: a.Huisletter, Toevoeging: a.Toevoeging,
			Postcode: a.Postcode, Plaats: a.Plaats, Land: a.Land,
		}})
	})
	p.Ongeboren = b.Ongeboren
	if _, ok := b.Geboortedatum.Volledig(); ok {
		p.Geboorte = &Geboorte{string(b.Geboortedatum)}
	} else {
		p.Geboortedatum = b.Geboortedatum
	}
	return p
}

// Personen gives all persons the question is about.
func (v Verrijking) Personen() []NatuurlijkPersoon {
	return append([]NatuurlijkPersoon{v.NatuurlijkPersoon}, v.OverigePersonen...)
}

func bsns(ps []NatuurlijkPersoon) []begrip.BSN {
	var uit []begrip.BSN
	for _, p := range ps {
		if !p.Burgerservicenummer.IsZero() {
			uit = append(uit, p.Burgerservicenummer.BSN)
		}
	}
	return uit
}

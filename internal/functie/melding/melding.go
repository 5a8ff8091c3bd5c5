// Package melding is samenwerkfunctie 1, Uitwisselen Melding: an organisation
// that worries about a family registers a Melding and keeps it; the receiver
// (Veilig Thuis or the zorg- en veiligheidshuis) gets an Opdracht, reads the
// content at its source, accepts or refuses, and sends the outcome back.
//
// It owns two record kinds: the melding at the melder's node and the
// beoordeling at the receiver's node. It promises that content of a melding
// never leaves its source but through an Inzage, and that a shielded melder is
// shielded in every event and every family view.
package melding

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Melding is an official statement of worries about the safety, health or
// development of a person or family. Its members are those of the published
// draft Melding (July 2026); members marked (soh) are ours. Leniencies against
// the draft, all on input: id and url are given out by us; a missing BSN is
// allowed when name, birth date, postcode and house number are there (Jeugdwet
// 7.2.4, Wmo 5.2.9); vraagAntwoord holds one or many; voorvoegsel and
// periodeVanTot may be absent; postcode may come without a space.
type Melding struct {
	URL                   string                    `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID                    string                    `json:"id,omitempty" doc:"Nummer dat de bron uitgeeft"`
	Soort                 Soort                     `json:"soort" enum:"VT,ZVH" doc:"Voor wie de melding is: Veilig Thuis of het zorg- en veiligheidshuis. NAZ uit het ontwerp heeft nog geen ontvanger"`
	DatumTijd             time.Time                 `json:"datumTijd,omitzero" required:"false" doc:"Moment van melden; zonder waarde: nu"`
	Verzoek               string                    `json:"verzoek" maxLength:"4000" doc:"Wat de melder van de ontvanger vraagt"`
	TerugkoppelingGewenst bool                      `json:"terugkoppelingGewenst"`
	ZorgelijkeSituatie    ZorgelijkeSituatie        `json:"zorgelijkeSituatie"`
	Contact               begrip.Vertrouwd[Contact] `json:"contact,omitzero" required:"true"`
	OverigeInformatie     *Informatie               `json:"overigeInformatie,omitempty" required:"false"`
	NaarAanleidingVan     []Incident                `json:"naarAanleidingVan,omitempty" nullable:"false" required:"false"`
	HeeftBetrekkingOp     []Betrokkene              `json:"heeftBetrekkingOp" nullable:"false" maxItems:"30"`

	Zaak              string                        `json:"zaak,omitempty" doc:"(soh) Zaak waar de melding bij hoort; zonder waarde: een nieuwe zaak"`
	Ontvanger         begrip.OIN                    `json:"ontvanger,omitempty" required:"false" doc:"(soh) OIN van de ontvanger; zonder waarde volgt die uit soort"`
	MelderAfscherming begrip.Vertrouwd[Afscherming] `json:"melderAfscherming,omitzero" required:"false" doc:"(soh) De melder blijft onbekend voor het gezin"`
}

// Beschermt: who is the melder is secret when the melding says so, and all places
// are when somebody in it lives in hiding: a family lives at one address.
func (m Melding) Beschermt() (b begrip.Bescherming) {
	if !m.MelderAfscherming.Leeg() {
		b |= begrip.OmBron
	}
	if slices.ContainsFunc(m.HeeftBetrekkingOp, Betrokkene.Verborgen) {
		b |= begrip.OmVerblijf
	}
	return b
}

// Soort tells for whom a melding is, a code of the published list.
type Soort string

// The codes and the kind of organisation that receives them. NAZ has no
// receiver yet: its questions are placeholders in the drafts.
const (
	SoortVT  Soort = "VT"
	SoortZVH Soort = "ZVH"
)

var ontvangers = map[Soort]begrip.OrganisatieSoort{SoortVT: begrip.VeiligThuis, SoortZVH: begrip.ZVH}

// Afscherming hides the melder from the family (Uitvoeringsbesluit Wmo 2015
// art. 4.1.8 lid 3). It needs a reason, a consulted colleague and a review date.
type Afscherming struct {
	Reden        string    `json:"reden" enum:"gevaar,vertrouwen,particulier" doc:"gevaar: noemen brengt iemand in gevaar; vertrouwen: noemen schaadt de hulprelatie; particulier: de melder is geen beroepskracht"`
	Geraadpleegd string    `json:"geraadpleegdeCollega" maxLength:"200" doc:"Met wie dit is besproken"`
	HerzienOp    time.Time `json:"herzienOp" format:"date-time" doc:"Wanneer dit opnieuw wordt bekeken"`
}

// ZorgelijkeSituatie is why the melding is made.
type ZorgelijkeSituatie struct {
	URL                string          `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID                 string          `json:"id,omitempty" readOnly:"true"`
	SituatieSchets     string          `json:"situatieSchets" maxLength:"8000" doc:"Achtergrond van de situatie"`
	NadereOmschrijving string          `json:"nadereOmschrijving" maxLength:"8000"`
	VraagAntwoord      VraagAntwoorden `json:"vraagAntwoord,omitempty" required:"false"`
}

// VraagAntwoord is a question and its answer.
type VraagAntwoord struct {
	URL      string `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID       string `json:"id,omitempty" readOnly:"true"`
	Vraag    string `json:"vraag" maxLength:"1000"`
	Antwoord string `json:"antwoord" maxLength:"4000"`
}

// Contact tells how to reach the melder.
type Contact struct {
	URL            string `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID             string `json:"id,omitempty" readOnly:"true"`
	Naam           string `json:"naam" maxLength:"200"`
	EmailAdres     string `json:"emailAdres" maxLength:"254"`
	Telefoonnummer string `json:"telefoonnummer" maxLength:"20"`
}

// Informatie is free further information.
type Informatie struct {
	URL          begrip.Vertrouwd[string] `json:"url,omitzero" format:"uri" required:"false" doc:"Waar de informatie staat, bij de melder; zonder waarde een verwijzing naar dit deel van de melding"`
	ID           string                   `json:"id,omitempty" readOnly:"true"`
	Omschrijving string                   `json:"omschrijving" maxLength:"8000"`
}

// Incident is an event that gave cause to the melding.
type Incident struct {
	URL           string                  `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID            string                  `json:"id,omitempty"`
	DatumTijd     time.Time               `json:"datumTijd,omitzero" required:"false" doc:"Mag ontbreken als alleen een periode bekend is; dan het begin daarvan"`
	Locatie       begrip.Verblijf[string] `json:"locatie,omitzero" required:"true" maxLength:"500"`
	Omschrijving  string                  `json:"omschrijving" maxLength:"8000"`
	PeriodeVanTot *Periode                `json:"periodeVanTot,omitempty" required:"false"`
}

// Periode is a stretch of time.
type Periode struct {
	URL            string    `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID             string    `json:"id,omitempty" readOnly:"true"`
	DatumTijdBegin time.Time `json:"datumTijdBegin"`
	DatumTijdEinde time.Time `json:"datumTijdEinde"`
}

// Betrokkene, Naam and Adres are the field's shared words for a person.
type (
	Betrokkene = begrip.Betrokkene
	Naam       = begrip.Naam
	Adres      = begrip.Adres
)

var telefoonVorm = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{7,18}$`)

// Normaliseer puts what can be written in several ways into the one form that
// is stored, before Validate.
func (m *Melding) Normaliseer(nu time.Time) {
	if m.DatumTijd.IsZero() {
		m.DatumTijd = nu
	}
	m.DatumTijd = m.DatumTijd.UTC() // one rule for times: every moment is kept in UTC
	for i := range m.NaarAanleidingVan {
		in := &m.NaarAanleidingVan[i]
		in.DatumTijd = in.DatumTijd.UTC()
		if p := in.PeriodeVanTot; p != nil {
			p.DatumTijdBegin, p.DatumTijdEinde = p.DatumTijdBegin.UTC(), p.DatumTijdEinde.UTC()
			if in.DatumTijd.IsZero() { // the draft wants a moment; what is known is a period
				in.DatumTijd = p.DatumTijdBegin
			}
		}
	}
	m.MelderAfscherming.Bewerk(func(a *Afscherming) { a.HerzienOp = a.HerzienOp.UTC() })
	for i := range m.HeeftBetrekkingOp {
		m.HeeftBetrekkingOp[i].Normaliseer(nu)
	}
}

// Validate gives every mistake at once as one *begrip.Fout; veld is the JSON
// path, as in heeftBetrekkingOp[0].adres.postcode.
func (m *Melding) Validate(nu time.Time) error {
	c := &begrip.Controle{}
	c.Eis(ontvangers[m.Soort] != "", "soort", "Kies voor wie de melding is: VT (Veilig Thuis) of ZVH (zorg- en veiligheidshuis).")
	c.Eis(gevuld(m.Verzoek), "verzoek", "Vul in wat u van de ontvanger vraagt.")
	c.Eis(gevuld(m.ZorgelijkeSituatie.SituatieSchets), "zorgelijkeSituatie.situatieSchets", "Beschrijf de situatie.")
	c.Eis(gevuld(m.ZorgelijkeSituatie.NadereOmschrijving), "zorgelijkeSituatie.nadereOmschrijving", "Beschrijf wat u zorgen geeft.")
	for i, va := range m.ZorgelijkeSituatie.VraagAntwoord {
		c.Eis(gevuld(va.Vraag) && gevuld(va.Antwoord), fmt.Sprintf("zorgelijkeSituatie.vraagAntwoord[%d]", i), "Vul de vraag en het antwoord in.")
	}
	c.Eis(!m.DatumTijd.After(nu.Add(5*time.Minute)), "datumTijd", "De melding kan niet in de toekomst gedaan zijn.")
	c.Eis(m.OverigeInformatie == nil || gevuld(m.OverigeInformatie.Omschrijving), "overigeInformatie.omschrijving", "Vul de informatie in, of laat dit deel weg.")
	if i := m.OverigeInformatie; i != nil {
		i.URL.Bewerk(func(u *string) {
			c.Eis(webadres(*u), "overigeInformatie.url", "Vul een webadres in dat met https:// begint, of laat dit leeg.")
		})
	}
	if m.Ontvanger != "" {
		_, err := begrip.ParseOIN(string(m.Ontvanger))
		c.Eis(err == nil, "ontvanger", "%s.", hoofdletter(begrip.ErrOIN.Error()))
	}
	c.Eis(m.Zaak == "" || strings.HasPrefix(m.Zaak, "urn:soh:zaak:"), "zaak", "Een zaak begint met urn:soh:zaak:.")
	c.Eis(!m.Contact.Leeg(), "contact", "Vul in hoe de ontvanger u kan bereiken.")
	m.Contact.Bewerk(func(k *Contact) { k.valideer(c) })
	m.MelderAfscherming.Bewerk(func(a *Afscherming) { a.valideer(c, nu) })
	for i := range m.NaarAanleidingVan {
		m.NaarAanleidingVan[i].valideer(c, fmt.Sprintf("naarAanleidingVan[%d].", i), nu)
	}
	c.Eis(len(m.HeeftBetrekkingOp) > 0, "heeftBetrekkingOp", "Noem minstens één persoon over wie de melding gaat.")
	eerder := map[string]bool{}
	for i := range m.HeeftBetrekkingOp {
		b, veld := &m.HeeftBetrekkingOp[i], fmt.Sprintf("heeftBetrekkingOp[%d].", i)
		b.Controleer(c, veld, nu)
		nr := b.Burgerservicenummer.Leesbaar()
		c.Eis(nr == "" || !eerder[nr], veld+"burgerservicenummer", "Deze persoon staat er twee keer in.")
		eerder[nr] = true
	}
	return c.Fout()
}

func (k *Contact) valideer(c *begrip.Controle) {
	c.Eis(gevuld(k.Naam), "contact.naam", "Vul uw naam in.")
	_, err := mail.ParseAddress(k.EmailAdres)
	c.Eis(err == nil, "contact.emailAdres", "Vul uw e-mailadres in. Bijvoorbeeld naam@politie.voorbeeld.nl.")
	c.Eis(telefoonVorm.MatchString(k.Telefoonnummer), "contact.telefoonnummer", "Vul uw telefoonnummer in. Bijvoorbeeld 06 12 34 56 78.")
}

func (a *Afscherming) valideer(c *begrip.Controle, nu time.Time) {
	c.Eis(a.Reden == "gevaar" || a.Reden == "vertrouwen" || a.Reden == "particulier", "melderAfscherming.reden", "Kies waarom de melder onbekend moet blijven.")
	c.Eis(gevuld(a.Geraadpleegd), "melderAfscherming.geraadpleegdeCollega", "Vul in met wie u dit besprak.")
	c.Eis(a.HerzienOp.After(nu), "melderAfscherming.herzienOp", "Kies een datum in de toekomst.")
}

func (i *Incident) valideer(c *begrip.Controle, veld string, nu time.Time) {
	c.Eis(!i.DatumTijd.IsZero() && !i.DatumTijd.After(nu.Add(5*time.Minute)), veld+"datumTijd", "Vul in wanneer het gebeurde. Dat kan niet in de toekomst zijn.")
	waar := ""
	i.Locatie.Bewerk(func(l *string) { waar = *l })
	c.Eis(gevuld(waar), veld+"locatie", "Vul in waar het gebeurde.")
	c.Eis(gevuld(i.Omschrijving), veld+"omschrijving", "Vul in wat er gebeurde.")
	if p := i.PeriodeVanTot; p != nil {
		c.Eis(!p.DatumTijdBegin.IsZero() && !p.DatumTijdEinde.Before(p.DatumTijdBegin), veld+"periodeVanTot", "Vul het begin en het einde in. Het einde komt na het begin.")
	}
}

// BSNs gives the BSN of every betrokkene that has one.
func BSNs(bs []Betrokkene) []begrip.BSN {
	var uit []begrip.BSN
	for _, b := range bs {
		if !b.Burgerservicenummer.IsZero() {
			uit = append(uit, b.Burgerservicenummer.BSN)
		}
	}
	return uit
}

// Gezinsnaam names the family for a list at the professional's own desk.
func (m *Melding) Gezinsnaam() string {
	for _, rol := range []string{"kind", "ouder", ""} {
		for _, b := range m.HeeftBetrekkingOp {
			if rol == "" || b.Rol == rol {
				n := b.Naam
				return "Gezin " + strings.TrimSpace(n.Voorvoegsel+" "+n.Geslachtsnaam)
			}
		}
	}
	return "Onbekend gezin"
}

// webadres tells whether s is where something can be read: an https address without a name
// or a password in it.
func webadres(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && len(s) <= 1000
}

func gevuld(s string) bool { return strings.TrimSpace(s) != "" }

func hoofdletter(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

package samenwerkingsverband

import (
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// Klasse is the kind of information that a record holds; the higher, the more
// sensitive. A record of several kinds has the highest.
type Klasse int

// The kinds of information.
const (
	Bekendheid    Klasse = iota // I0: known, yes or no
	Betrokkenen                 // I1: who is involved and how to reach them
	Maatregelen                 // I2: that measures or enquiries exist, with dates
	Hulp                        // I3: what the help is about
	Strafrecht                  // I4: data of police and criminal law
	Gezondheid                  // I5: health
	Bronbeschermd               // I6: who a protected melder is, where a hidden address is
)

// AantalKlassen is how many there are.
const AantalKlassen = int(Bronbeschermd) + 1

// String gives I0 to I6.
func (k Klasse) String() string {
	if k < Bekendheid || k > Bronbeschermd {
		return "I?"
	}
	return "I" + string(rune('0'+k))
}

// Rol is a role within a samenwerkingsverband; each definition says which it has.
type Rol string

// Roles that every definition may use. Others are named in the definition.
const (
	RolProcesregisseur Rol = "procesregisseur"
	RolCasusregisseur  Rol = "casusregisseur"
	RolDeelnemer       Rol = "deelnemer"
	RolMelder          Rol = "melder"
	RolBurger          Rol = "burger"
)

// Relatie is how the reader stands to the record or to whom it is about.
type Relatie string

// Relations of a citizen to the person that a record is about.
const (
	RelatieZelf        Relatie = "zelf"
	RelatieOuder       Relatie = "ouder" // with gezag: also Persoon.Gezaghouders
	RelatieVoogd       Relatie = "voogd"
	RelatieCurator     Relatie = "curator"
	RelatieMentor      Relatie = "mentor"
	RelatieGemachtigde Relatie = "gemachtigde"
	RelatiePartner     Relatie = "partner"
	RelatieFamilie     Relatie = "familie"
	RelatieSteunfiguur Relatie = "steunfiguur"
	RelatieAnder       Relatie = "ander"
)

// Deel is what part of the case a record is, seen from the reader.
type Deel string

// The parts; empty is any other part.
const (
	DeelPlan         Deel = "plan"          // the shared plan, agreements or report
	DeelEigen        Deel = "eigen-deel"    // what the reader's own organisation does or brought in
	DeelEigenMelding Deel = "eigen-melding" // the reader's own melding and its outcome
)

// Vraag is one question to a definition: may this reader see that. Everything
// that counts is in it.
type Vraag struct {
	OIN       begrip.OIN              // reader's organisation
	Soort     begrip.OrganisatieSoort // its kind
	Functie   begrip.Rol              // as what the person acts at that organisation
	Rol       Rol                     // as what it takes part; empty: it takes no part in this zaak
	Relatie   Relatie                 // of a citizen only: to Over
	Over      begrip.BSN              // of a citizen only: for whom it looks
	Doel      begrip.Doel
	Grondslag begrip.Grondslag

	Klasse   Klasse
	Niveau   begrip.Niveau           // asked
	Deel     Deel                    // what part of the case the record is
	Bron     begrip.OrganisatieSoort // kind of organisation that keeps the record
	Personen []Persoon               // everyone the record is about

	Fase       int // phase of the zaak, 1 to 5; 0 is not known
	Nu         time.Time
	Waarborgen Waarborgen
}

// Persoon is someone the record is about.
type Persoon struct {
	BSN          begrip.BSN // or zero
	Leeftijd     int        // full years; -1 is not known
	Onbekwaam    bool       // an adult who cannot weigh own interests (judgement on record)
	Gezaghouders []begrip.BSN
	// Vertegenwoordiger is as what the first in line represents an adult who is
	// Onbekwaam (Jeugdwet 7.3.15): curator, mentor, gemachtigde, partner, familie.
	Vertegenwoordiger Relatie
	GezagOnzeker      bool // TijdelijkGeenGezag, GezagNietTeBepalen, or not asked
}

// Periode is a time in which something holds. Without Vanaf it never does;
// without Tot it has no end yet.
type Periode struct{ Vanaf, Tot time.Time }

// Geldt tells whether it holds at nu: Vanaf included, Tot not.
func (p Periode) Geldt(nu time.Time) bool {
	return !p.Vanaf.IsZero() && !nu.Before(p.Vanaf) && (p.Tot.IsZero() || nu.Before(p.Tot))
}

// Waarborgen is what stands on record for this zaak and these people. A guard
// reads it; what is not in it, is not on record.
type Waarborgen struct {
	Deelname       Periode // the reader's organisation is invited to this zaak, and has not left
	Melding        Periode // a melding to Veilig Thuis exists
	OTS            Periode
	Raadsonderzoek Periode
	Huisverbod     Periode // a tijdelijk huisverbod is weighed or runs
	Gevaar         Periode // acute danger, with a reason on record
	VerblijfJJI    Periode // stay in a JJI on a criminal title, and the aftercare of it
	Aanvraag       Periode // an application for jeugdhulp or support
	Verzoek        Verzoek
	Zaaktype       string // kind of case, for the scope of a ZVH
	Wet            string // the law named for this very item (AVG 9 lid 2 onder g of h)
	Wpg20          []Wpg20
	Wpg19          []Wpg19
	Wjsg           []Weging
	Toestemmingen  []Toestemming
	Uitzonderingen []Uitzondering
}

// Verzoek is a request to discuss a family at the beschermingsoverleg.
type Verzoek struct {
	Periode
	Besproken bool // told to the parents, with their reaction in it
}

// Wpg20 is a stored decision of the police to supply a samenwerkingsverband
// (Wet politiegegevens, article 20). Empty fields make it worthless.
type Wpg20 struct {
	Belang               string // the weighty public interest
	Samenwerkingsverband string // name of the definition
	Doel                 begrip.Doel
	Gegevens             []Klasse
	Voorwaarden          string
	Ontvangers           []begrip.OIN
	Periode
}

// Wpg19 is an incidental supply by the police (Wet politiegegevens, article
// 19): for one receiver, once.
type Wpg19 struct {
	Bevoegd   string // competent authority that agreed
	Doel      string // one of the four purposes of the article
	Ontvanger begrip.OIN
	Klassen   []Klasse // what is supplied
	Verstrekt bool     // it was used
	Periode
}

// Weging is a decision of the authority (OM, Minister) to supply data of
// criminal law for a weighty public interest (Wjsg 39f, 51c).
type Weging struct {
	Grondslag begrip.Grondslag
	Bevoegd   string // authority that decided
	Belang    string // the interest, and why it weighs more
	Ontvanger begrip.OIN
	Klassen   []Klasse
	Periode
}

// Toestemming is one person's consent about one person.
type Toestemming struct {
	Over        begrip.BSN
	Door        begrip.BSN
	Als         Relatie // zelf, or as whom it was given: ouder, voogd, curator, mentor, gemachtigde, partner, familie
	Doel        begrip.Doel
	Klassen     []Klasse
	Aan         []begrip.OIN
	Ingetrokken time.Time
	Periode
}

// Uitzondering is a recorded reason why consent is not needed for one receiver.
type Uitzondering struct {
	Code      string // UitzonderingBetrokken, UitzonderingMedewerking
	Reden     string
	Ontvanger begrip.OIN
	Over      begrip.BSN // zero: everybody in the zaak
	Periode
}

// Exceptions to consent.
const (
	UitzonderingBetrokken   = "rechtstreeks-betrokken" // directly involved in the help (Jeugdwet 7.3.11 lid 2 onder a)
	UitzonderingMedewerking = "vereiste-medewerking"   // professional cooperation is required (Wmo 5.3.3)
)

// Uitkomst is what the definition says. The zero value refuses.
type Uitkomst struct {
	Toegestaan bool
	Niveau     begrip.Niveau   // highest level, also when less was asked
	Gemaskeerd []string        // fields to leave out, sorted
	Plichten   []string        // codes of toegang.Plicht…, sorted
	Redenen    []toegang.Reden // plain Dutch with article
}

// Invoer gives the outcome as "verband" of a toegang.Invoer.
func (u Uitkomst) Invoer(naam string) toegang.Verband {
	return toegang.Verband{Naam: naam, Toegestaan: u.Toegestaan, Niveau: u.Niveau, Gemaskeerd: u.Gemaskeerd, Plichten: u.Plichten, Redenen: u.Redenen}
}

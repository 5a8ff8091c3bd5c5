// Package vraag owns what is asked of the Ketenindex: one declaration per
// samenwerkfunctie, the bodies of queries, and the sealed interactieId that
// holds an accepted query.
//
// It promises: a member that is unknown, empty, null or wrong refuses the
// query and never widens it (whether a type is registered is for the caller);
// every mistake is told at once, without the refused value; a sealed query or
// cursor can be read by hubs with the same key only, for the one reader it was
// made for, and holds no readable number of a person. Nothing of a query is
// kept anywhere else.
package vraag

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
)

// Limits of one query.
const (
	MaxBody        = 16 << 10 // bytes
	StandaardPage  = 100      // events on a page when none is asked
	MaxPage        = 1000
	maxTekst       = 2048 // bytes of one filter, as of an attribute of a CloudEvent
	maxTeksten     = 4096 // bytes of all filters: an address has its limits
	Geldig         = 24 * time.Hour
	maxVoorsprong  = 10 * time.Minute // that the clock of another replica may be ahead
	naamBSN        = "burgerservicenummer"
	naamBetrokkene = "betrokkeneIdentifier"
	naamLimiet     = "limiet"
	berichtBSN     = "Vul een geldig burgerservicenummer in, of laat dit veld weg."
	berichtLeeg    = "Vul iets in, of laat dit veld weg."
	berichtTijd    = "Vul een moment in zoals 2026-11-23T09:00:00Z, of laat dit veld weg."
	berichtLimiet  = "Kies een getal van 1 tot en met %d."
	berichtVreemd  = "Dit veld kennen wij niet."
	berichtURN     = "Vul een burgerservicenummer in, of de naam (urn) die de betrokkene in gebeurtenissen heeft."
	berichtAnder   = "Dit is een ander nummer dan burgerservicenummer. Geef er één."
	berichtDubbel  = "Geef %s of %s, niet allebei."
	berichtVolgend = "Dit moment moet na %s liggen."
)

// Vraag is an accepted query: what to look for, until where in the log.
type Vraag struct {
	ID          uuid.UUID // names the query in its result; set by Verzegel
	Soort       *Soort
	Persoon     [16]byte // keyed reference; zero: not asked about a person
	Betrokkene  string   // the @id that was asked about, of whom Persoon is the reference; not sealed
	Zaak        string
	Subject     string
	Organisatie string // urn
	Type        string
	Vanaf, Tot  time.Time // zero: no bound; in microseconds
	Limiet      int
	Wie         Wie       // who asks and why
	Blok        uint64    // last block of the log when the query came in
	Gesteld     time.Time // in milliseconds
}

// Wie is who asks and why, as its organisation stated in the Verklaring of step
// one; zero when it stated nothing. Step two answers by it.
type Wie struct {
	Persoon, Naam string
	Rol           begrip.Rol
	Doel          begrip.Doel
	Grondslag     begrip.Grondslag
	Zaak          string
	Burger        bool          // a member of the family, through the portal
	Namens        bool          // who looks for another
	Hoogst        begrip.Niveau // that the access token of step one permits
}

// Gesteld tells that somebody said who looks and why.
func (w Wie) Gesteld() bool { return w.Persoon != "" }

// OverPersoon tells whether the query is about one person.
func (v *Vraag) OverPersoon() bool { return v.Persoon != [16]byte{} }

// Soort is what one samenwerkfunctie lets others ask. The four are the whole
// list of query operations there is.
type Soort struct {
	code      byte // in sealed queries: never changed, never used again
	Pad       string
	Type      string // of the events sought; empty: the reader chooses
	Resultaat string // type of the CloudEvent of the result
	Lid       string // domain type of the Entities the answer has as members; empty: every Entity
	Tijdlijn  bool   // the result is a timeline unless asked otherwise

	leden      []string // filters beside person, time and limiet
	vanaf, tot string   // names of the functie for vanaf and tot, beside these two
	filter     eis
}

// eis is what must be asked for at least.
type eis byte

const (
	niets          eis = iota
	ietsOf             // one filter
	persoonOfZaak      // a timeline is of someone or something
	berichtIets    = "Geef minstens één filter."
	berichtPersoon = "Geef een burgerservicenummer of een zaak."
)

// Soorten are the queries of the API.
var Soorten = []*Soort{
	{code: 1, Pad: "/v1/gebeurtenissen/query", Resultaat: cloudevent.GebeurtenissenQueryResultaat,
		leden: []string{"zaak", "subject", "organisatie", "type"}, filter: ietsOf},
	{code: 2, Pad: "/v1/uitkomsten-overleg/query", Type: cloudevent.UitkomstBeschikbaar, Resultaat: cloudevent.UitkomstQueryResultaat,
		Lid: "soh:UitkomstOverleg", vanaf: "beschikbaarVanaf", tot: "beschikbaarTot"},
	{code: 3, Pad: "/v1/meldingen/query", Type: cloudevent.MeldingGeregistreerd, Resultaat: cloudevent.MeldingQueryResultaat,
		Lid: "soh:Melding", leden: []string{"zaak", "organisatie"}, vanaf: "geregistreerdVanaf", tot: "geregistreerdTot"},
	{code: 4, Pad: "/v1/tijdlijnen/query", Resultaat: cloudevent.TijdlijnQueryResultaat, Tijdlijn: true,
		leden: []string{"zaak"}, filter: persoonOfZaak},
}

// Functie is the part of the path that an access token names.
func (s *Soort) Functie() string {
	f, _, _ := strings.Cut(strings.TrimPrefix(s.Pad, "/v1/"), "/")
	return f
}

func soortVan(code byte) *Soort {
	for _, s := range Soorten {
		if s.code == code {
			return s
		}
	}
	return nil
}

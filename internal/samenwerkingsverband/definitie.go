package samenwerkingsverband

import "github.com/handbereik/soh/internal/begrip"

// Status tells how sure a fact is.
type Status string

// The statuses of a fact.
const (
	Wet         Status = "wet"          // read in the text of the law
	Praktijk    Status = "praktijk"     // from a guideline, a region or an evaluation
	EigenKeuze  Status = "eigen-keuze"  // our own default: change it freely
	BekendRecht Status = "bekend-recht" // known law, its article not read again
	Onbekend    Status = "onbekend"     // no source found
)

var statussen = []string{string(Wet), string(Praktijk), string(EigenKeuze), string(BekendRecht), string(Onbekend)}

// Feit is what every fact of a definition carries.
type Feit struct {
	Status Status `json:"status"`
	Bron   string `json:"bron,omitempty"` // article or source
	Lijn   int    `json:"-"`              // where it stands in the file
}

// Tekst is a fact in words.
type Tekst struct {
	Tekst string `json:"tekst"`
	Feit
}

// Doel is a purpose for which data is used in this form.
type Doel struct {
	Code         begrip.Doel `json:"code"`
	Omschrijving string      `json:"omschrijving,omitempty"` // of a purpose that the definition adds
	Feit
}

// Fase is a phase that this form walks through.
type Fase struct {
	Nummer int    `json:"nummer"`
	Tekst  string `json:"tekst,omitempty"`
	Feit
}

// Stap is a step of the work, in order.
type Stap struct {
	Tekst string `json:"tekst"`
	Fase  int    `json:"fase"`
	Feit
}

// Deelnemer is a kind of party that may take part.
type Deelnemer struct {
	Naam        string                  `json:"naam"` // in words: "de wijkagent"
	Soort       begrip.OrganisatieSoort `json:"soort"`
	Rollen      []Rol                   `json:"rollen"`
	Uitnodiging bool                    `json:"uitnodiging"` // only when invited
	BSN         bool                    `json:"bsn"`         // may see a burgerservicenummer
	Feit
}

// Gezin is whether the family is there and when it hears of it.
type Gezin struct {
	Aanwezig     Keuze `json:"aanwezig"`     // ja, meestal-niet, nee, onbekend
	Kennisgeving Keuze `json:"kennisgeving"` // direct, uitgesteld, onbekend
	// Uitstel is how long telling the family may wait.
	Uitstel []Termijn `json:"uitstel"`
}

// Keuze is one of a few values.
type Keuze struct {
	Waarde string `json:"waarde"`
	Feit
}

// Regel is one line of who may see what.
type Regel struct {
	Wie        []Rol                     `json:"wie"`
	Soorten    []begrip.OrganisatieSoort `json:"soorten"`
	Grondslag  begrip.Grondslag          `json:"grondslag"`
	Doelen     []begrip.Doel             `json:"doelen"`
	Klassen    map[Klasse]begrip.Niveau  `json:"klassen"`
	Fasen      []int                     `json:"fasen,omitempty"`
	Delen      []Deel                    `json:"delen,omitempty"`
	Relaties   []Relatie                 `json:"relaties,omitempty"`
	Waarborgen []Waarborg                `json:"waarborgen"`
	Gemaskeerd []string                  `json:"gemaskeerd,omitempty"`
	Plichten   []string                  `json:"plichten,omitempty"`
	Feit
}

// Duur is an amount of time, or that it is not known, or for ever.
type Duur struct {
	Aantal   int    `json:"aantal,omitempty"`
	Eenheid  string `json:"eenheid,omitempty"` // uur, dag, week, maand, jaar
	Onbekend bool   `json:"onbekend,omitempty"`
	Altijd   bool   `json:"altijd,omitempty"`
}

// Termijn is a time limit.
type Termijn struct {
	Tekst      string `json:"tekst"`
	Duur       Duur   `json:"duur"`
	Telt       string `json:"telt"`  // kalenderdagen, werkdagen, onbekend
	Vanaf      string `json:"vanaf"` // event that starts it
	Verlenging *Duur  `json:"verlenging,omitempty"`
	Feit
}

// Bewaartermijn is how long a holder keeps a kind of record.
type Bewaartermijn struct {
	Houder     begrip.OrganisatieSoort `json:"houder"`
	Soort      string                  `json:"soort"`
	Start      string                  `json:"start"`
	Duur       Duur                    `json:"duur"`
	Verlenging *Duur                   `json:"verlenging,omitempty"`
	Reden      string                  `json:"reden,omitempty"`
	Feit
}

// Definitie is one samenwerkingsverband.
type Definitie struct {
	Naam       string          `json:"naam"`
	Titel      string          `json:"titel"`
	Lezing     string          `json:"lezing,omitempty"` // which of several readings of the name
	Bedoeling  Tekst           `json:"bedoeling"`
	Doelen     []Doel          `json:"doelen"`
	Fasen      []Fase          `json:"fasen"`
	Stappen    []Stap          `json:"stappen"`
	Rollen     []Tekst         `json:"rollen"` // roles beyond the five that all have
	Deelnemers []Deelnemer     `json:"deelnemers"`
	Gezin      Gezin           `json:"gezin"`
	Toegang    []*Regel        `json:"toegang"`
	Reikwijdte []Tekst         `json:"reikwijdte"` // kinds of case (code: words), for the guard zvh-reikwijdte
	Criteria   []Tekst         `json:"criteria"`
	Termijnen  []Termijn       `json:"termijnen"`
	Uitkomsten []Tekst         `json:"uitkomsten"`
	Bewaren    []Bewaartermijn `json:"bewaren"`
	ZelfdeZaak []string        `json:"zelfdeZaak"` // definitions that go on with the same zaak
	Onbekend   []Tekst         `json:"onbekend"`   // what nobody could tell

	bestand  string
	inZin    string // title in the middle of a sentence
	namen    map[Rol]string
	tabel    map[sleutel][]*ingang
	gronden  map[begrip.Grondslag]*Grond
	meedoen  map[meedoen]bool
	doelcode map[begrip.Doel]bool
	gebruikt map[begrip.Grondslag]bool
}

// Grond is what a legal ground may open at most.
type Grond struct {
	Code         begrip.Grondslag          `json:"code"`
	Tekst        string                    `json:"tekst"`
	Aan          bool                      `json:"aan"`
	Ontvangers   []begrip.OrganisatieSoort `json:"ontvangers,omitempty"`
	Bronnen      []begrip.OrganisatieSoort `json:"bronnen,omitempty"`
	Doelen       []begrip.Doel             `json:"doelen,omitempty"`
	Klassen      map[Klasse]begrip.Niveau  `json:"klassen"`
	Waarborgen   []Waarborg                `json:"waarborgen"`
	Uitzondering string                    `json:"uitzondering,omitempty"` // recorded reason that replaces consent
	Plichten     []string                  `json:"plichten,omitempty"`
	Feit
}

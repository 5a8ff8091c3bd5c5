package inzage

import (
	"encoding/json"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// Soort declares one kind of record that can be read at this source. Naam,
// Pad, Titel, Beleid, Vorm and Reduceer are required.
type Soort struct {
	Naam   string // "melding": the soort of the dossier records
	Pad    string // "/v1/meldingen"
	Ook    string // a second path at which a published contract has it, with {id}; may be empty
	Titel  string // "Melding"
	InZin  string // "de melding": how a sentence for the family names it; default the title
	Beleid string // rego package, "soh.melding"

	// Vorm is the zero value of the content. What in it may tell where somebody is
	// or who said something in confidence is a begrip.Verblijf or Vertrouwd, and it
	// is a begrip.Beschermer when not all of that is secret always; a node does not
	// start with a kind of which a member that tells a place is bare.
	Vorm any
	// Reduceer is THE reduction of this kind of record to a level. What in it is
	// protected stays closed: the decision opens it, or it is left out.
	Reduceer func(rec dossier.Record, n begrip.Niveau, gemaskeerd []string) (any, error)
	// Klasse tells what kind of information the record holds; without it counts
	// as help (I3).
	Klasse func(rec dossier.Record) samenwerkingsverband.Klasse
	// Deel tells what part of the case the record is, seen from this reader.
	Deel func(rec dossier.Record, l toegang.Lezer) samenwerkingsverband.Deel
	// Betrokkenen gives whom the record is about as it tells itself: names for
	// the workspace, birth dates for a decision.
	Betrokkenen func(rec dossier.Record) []begrip.Betrokkene
	// Melding: a record of this kind proves that a melding to Veilig Thuis exists
	// in its zaak, from the moment it is valid.
	Melding bool

	// ZonderNood: noodtoegang opens no record of this kind. It tells how people
	// are protected or watched over, not what somebody in danger needs.
	ZonderNood bool

	// Herkomst names the kinds of record that one of this kind rests on, here or at
	// another source, ElkeSoort for any; its writer says which
	// (dossier.Record.Herkomst). Withholding and protection then follow by themselves.
	Herkomst []string
	// ZonderHerkomst says why a record of this kind may rest on nothing. One of the two
	// is required; with Herkomst alone none is stored that leaves it out.
	ZonderHerkomst string
	// ZonderWegwijzer says why nobody needs to be pointed to a record of this kind: by which
	// event the persons in it find it, or why they never may. Without, each of them gets a
	// wegwijzer at the Ketenindex: the portal asks only sources to which that points.
	ZonderWegwijzer string
	// Verteld: an event tells the family that a record of this kind is there, though it
	// is no part of what they see, or is kept from them (Afgeschermd).
	Verteld bool

	// Feiten adds to the policy input what only this kind knows.
	Feiten func(rec dossier.Record, l toegang.Lezer) map[string]any
	// Partij tells whether an organisation may know that this record is here.
	// To any other a refusal is the same answer as for a record that does not
	// exist; nil is that everybody may know. Our own organisation always may.
	Partij func(rec dossier.Record, oin begrip.OIN) bool
	// Ingezien gives the …-ingezien event of an allowed look; ok false is none.
	Ingezien func(rec dossier.Record, l toegang.Lezer) (g prov.Graph, type_ string, ok bool)
	// Afgeschermd tells that the family may not learn who this record is from:
	// the record, and every look at it, is then left out of what they see.
	Afgeschermd func(rec dossier.Record) bool
	// LezerAfgeschermd tells that the family may not learn that this organisation
	// reads the record, as with a shielded melder who reads the outcome.
	LezerAfgeschermd func(rec dossier.Record, lezer begrip.OIN) bool
	// Personen gives whom content read at another source is about, so that the
	// log can tell them; nil when content says nothing of that.
	Personen func(inhoud json.RawMessage) []begrip.BSN
	// Gezin gives what the family sees of it; false is nothing. Its texts may hold
	// Wie and Gegevens, which are filled in for who reads. It is asked only when the policy allows the family member (lezer.burger, betrokken,
	// doel eigen-inzage) at least niveau 1. over is who looks, or for whom it looks: what is
	// asked of one of them, the others need not read.
	Gezin func(rec dossier.Record, over begrip.BSN) (Deel, bool)
}

// kent tells whether a source stands for records of this kind before the family: what
// it does not name of them, no event may tell.
func (s Soort) kent() bool { return s.Gezin != nil || s.Herkomst != nil || s.Verteld }

// ElkeSoort stands in Soort.Herkomst for any kind.
const ElkeSoort = dossier.ElkeSoort

// Deel is one part of a source's answer to the family, in Dutch B1.
type Deel struct {
	Soort    string    `json:"soort"`
	ID       string    `json:"id"`
	Titel    string    `json:"titel"`
	Tekst    string    `json:"tekst,omitempty"`
	Tijdstip time.Time `json:"tijdstip"`
	Regels   []Regel   `json:"regels,omitempty"`
	Contact  *Contact  `json:"contact,omitempty"`
	Gevraagd []Vraag   `json:"gevraagd,omitempty"` // of who reads, or for whom

	Uiterlijk *time.Time `json:"uiterlijk,omitempty"` // when the family hears more, at the latest
	Klaar     bool       `json:"klaar,omitempty"`     // this part is done; nothing more follows from it
}

// URN names the record of which d is.
func (d Deel) URN() string { return "urn:soh:" + d.Soort + ":" + d.ID }

// Vraag is something that is asked of a member of the family.
type Vraag struct {
	Tekst     string     `json:"tekst"`
	Uiterlijk *time.Time `json:"uiterlijk,omitempty"`
}

// Regel is a label with its value.
type Regel struct {
	Label  string `json:"label"`
	Waarde string `json:"waarde"`
}

// Contact is whom the family can reach about a part.
type Contact struct {
	Naam     string `json:"naam,omitempty"`
	Functie  string `json:"functie,omitempty"`
	Telefoon string `json:"telefoon,omitempty"`
	Email    string `json:"email,omitempty"`
}

// Antwoord is what a reader gets of a record, here or at another source.
type Antwoord struct {
	Niveau     begrip.Niveau
	Inhoud     json.RawMessage // the record, reduced to Niveau; nil when refused
	Redenen    []toegang.Reden // why it was allowed or refused
	Gemaskeerd []string        // fields that were withheld within the level
	Recht      begrip.Recht    // opens what is protected in Inhoud, see Lees
	Plichten   []string        // what the reader has to do with it, codes of toegang.Plicht…
	Geweigerd  bool

	Afgeschermd bool // the family may not learn who the source is

	// Herkomst is what was read, for the record that is made of it.
	Herkomst begrip.Verwijzing
	aanhang  string // its Kenmerk; see waarborg.Aanhang
	gegeven  string // the header in which another source told both
}

// Gezinsbeeld is what one source has for one member of the family.
type Gezinsbeeld struct {
	Organisatie begrip.Organisatie `json:"organisatie"`
	Verborgen   bool               `json:"verborgen,omitempty" doc:"Voor deze lezer woont iemand verborgen: noem geen organisatie bij naam en toon geen contact, ook niet uit andere bronnen"`
	Delen       []Deel             `json:"delen"`
	Inzagen     []Inkijk           `json:"inzagen" doc:"De nieuwste keren dat iemand keek"`
	Vervolg     string             `json:"vervolg,omitempty" doc:"Bladwijzer voor de keren daarvoor, voor /betrokkenen/inkijken/query; leeg: dit zijn ze alle"`
	Soorten     []string           `json:"soorten" doc:"Soorten gegevens waar deze bron voor staat, voor iedereen dezelfde lijst: van zo'n soort mag het gezin weten wat in delen of in bekend staat, en niets anders"`
	Bekend      []string           `json:"bekend,omitempty" doc:"Gegevens zonder deel waar deze persoon van mag weten"`
	RustOp      []string           `json:"rustOp,omitempty" doc:"Gegevens van andere bronnen waar iets hier op rust waar deze persoon van mag weten"`
	Keuzes      []waarborg.Keuze   `json:"keuzes" doc:"Wat deze persoon goed vond, ook wat is gestopt"`
}

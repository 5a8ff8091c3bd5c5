// Package authzen is the edge of a Policy Decision Point after the AuthZEN
// Authorization API 1.0: other systems ask it who may do what. It owns the wire
// form and the rules of that standard; what is decided, and on which facts, is
// given to it.
//
// It promises: deny is an answer (200, decision false) and no error; a missing
// required member is 400 with a plain message, and in a list a deny of that item
// alone; members it does not know are ignored, but one that stands twice or is
// spelled with other capitals is refused; X-Request-ID is echoed as it came; every call leaves exactly one record in the
// decision log, and without that record there is no answer.
//
// On these paths the standard wins over the design rules for APIs of the Dutch
// government: errors are plain text, another content type is 400.
package authzen

import (
	"context"
	"encoding/json"
	"time"
)

// Subject is who wants something, or for a search what kind of subject.
type Subject struct {
	Type       string         `json:"type"`
	ID         string         `json:"id,omitempty"`
	Properties map[string]any `json:"properties,omitempty"`
}

// Resource is what it is wanted of.
type Resource struct {
	Type       string         `json:"type"`
	ID         string         `json:"id,omitempty"`
	Properties map[string]any `json:"properties,omitempty"`
}

// Action is what is wanted.
type Action struct {
	Name       string         `json:"name"`
	Properties map[string]any `json:"properties,omitempty"`
}

// Vraag is one question, complete.
type Vraag struct {
	Subject  Subject
	Action   Action
	Resource Resource
	Context  map[string]any
}

// Antwoord is one decision. Its zero value denies.
type Antwoord struct {
	Decision bool    `json:"decision"`
	Context  *Uitleg `json:"context,omitempty"`
}

// Uitleg goes with a decision: why, and what comes with it.
type Uitleg struct {
	Reden      map[string]string `json:"reason_user,omitempty"` // language → reasons in one text
	Niveau     *int              `json:"niveau,omitempty"`      // highest level that may be shown
	Gemaskeerd []string          `json:"gemaskeerd,omitempty"`  // members to leave out
	Plichten   []string          `json:"plichten,omitempty"`    // what the enforcement point must do
	Artikelen  []string          `json:"artikelen,omitempty"`   // grounds in law of the decision
	Fout       *Itemfout         `json:"error,omitempty"`       // why an item of a list could not be decided
}

// Itemfout is what is wrong with one item of a list, in the form of the
// standard's example.
type Itemfout struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
}

// Dienst answers the calls. Its functions are required.
type Dienst struct {
	// Adres is the public https base of the decision point.
	Adres string
	// Toegelaten refuses callers that may not ask; its error is a begrip.Fout.
	Toegelaten func(ctx context.Context) error
	// Beslis decides. An error is a failure to decide and never a permit.
	Beslis func(ctx context.Context, v Vraag) (Antwoord, error)
	// Kandidaten gives what a search goes through: what v lacks filled in, each
	// one as a complete question, from position na on, at most limiet.
	Kandidaten func(ctx context.Context, s Zoek, v Vraag, na string, limiet int) (vragen []Vraag, volgende string, err error)
	// Log writes the record of a call to the decision log.
	Log func(ctx context.Context, r Logregel) error
	Nu  func() time.Time // default time.Now
}

// Zoek is what a search looks for.
type Zoek string

// The three searches of the standard.
const (
	ZoekSubject  Zoek = "subject"
	ZoekResource Zoek = "resource"
	ZoekAction   Zoek = "action"
)

// Logregel is the record of one call in the decision log.
type Logregel struct {
	Tijdstip time.Time  `json:"tijdstip"`
	Pad      string     `json:"pad"`
	Verzoek  string     `json:"verzoek,omitempty"` // X-Request-ID of the caller
	Besluit  []Beslist  `json:"besluiten"`
	Fout     string     `json:"fout,omitempty"` // why there was no decision
	Duur     Milliduren `json:"duurMs"`
}

// Milliduren is a duration in milliseconds with three decimals.
type Milliduren time.Duration

// MarshalJSON writes milliseconds.
func (d Milliduren) MarshalJSON() ([]byte, error) {
	return json.Marshal(float64(time.Duration(d).Microseconds()) / 1000)
}

// Beslist is one decision of a call, without what was asked about it beyond the
// names: properties and context may hold personal data.
type Beslist struct {
	Subject  string  `json:"subject"`  // type/id
	Action   string  `json:"action"`   // name
	Resource string  `json:"resource"` // type/id
	Mag      bool    `json:"mag"`
	Uitleg   *Uitleg `json:"uitleg,omitempty"`
}

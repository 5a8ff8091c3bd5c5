package begrip

import (
	"regexp"
	"strings"
)

// Verwijzing points to a record at its source. With Versie and Hash it pins one
// version of it: what was on the table, without a copy.
type Verwijzing struct {
	Bron   OIN    `json:"bron"`
	Soort  string `json:"soort"`
	Pad    string `json:"pad"` // "/v1/meldingen/<uuid>"
	Versie int    `json:"versie,omitempty" required:"false" minimum:"0" doc:"Versie die is gelezen"`
	Hash   string `json:"hash,omitempty" required:"false" maxLength:"64" doc:"SHA-256 die de bron over die versie gaf"`
}

var (
	verwijzingSoort = regexp.MustCompile(`^[a-z][a-z-]{0,59}$`)
	verwijzingPad   = regexp.MustCompile(`^/v1/[a-z][a-z-]{0,59}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	verwijzingHash  = regexp.MustCompile(`^([0-9a-f]{64})?$`)
)

// ID gives the uuid of the record.
func (v Verwijzing) ID() string { return v.Pad[strings.LastIndexByte(v.Pad, '/')+1:] }

// URN gives the name of the record in the graph.
func (v Verwijzing) URN() string { return "urn:soh:" + v.Soort + ":" + v.ID() }

// Controleer looks for every mistake.
func (v Verwijzing) Controleer(c *Controle, veld string) {
	_, err := ParseOIN(string(v.Bron))
	c.Eis(err == nil, veld+".bron", "Dit is geen geldig OIN.")
	c.Eis(verwijzingSoort.MatchString(v.Soort), veld+".soort", "Zeg waar de verwijzing naar wijst.")
	c.Eis(verwijzingPad.MatchString(v.Pad), veld+".pad", "Een verwijzing heeft de vorm /v1/<soort>/<nummer>.")
	c.Eis(v.Versie >= 0 && verwijzingHash.MatchString(v.Hash), veld+".hash", "Een hash is een SHA-256, in 64 tekens.")
}

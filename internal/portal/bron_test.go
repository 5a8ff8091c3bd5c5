package portal

import (
	"testing"

	"github.com/handbereik/soh/internal/node/inzage"
)

// TestContactIsAlleenEenAdres: what a source gives as contact becomes a link of
// our page only when it is one plain address or number: never one that adds a
// reader, a subject or a text to the mail.
func TestContactIsAlleenEenAdres(t *testing.T) {
	for email, wil := range map[string]string{
		"eva.brouwer@ggz.voorbeeld.nl":              "eva.brouwer@ggz.voorbeeld.nl",
		"eva+gezin@ggz.voorbeeld.nl":                "eva+gezin@ggz.voorbeeld.nl",
		"eva@ggz.voorbeeld.nl?cc=a@kwaad.voorbeeld": "",
		"eva?cc=a@kwaad.voorbeeld":                  "",
		"eva&bcc=a@kwaad.voorbeeld":                 "",
		"eva%3Fcc=a@kwaad.voorbeeld":                "",
		"eva%0Acc@kwaad.voorbeeld":                  "",
		"Eva <eva@ggz.voorbeeld.nl>":                "",
		"eva@ggz.voorbeeld.nl, a@kwaad.voorbeeld":   "",
		"javascript:alert(1)":                       "",
		"":                                          "",
	} {
		g := inzage.Gezinsbeeld{Delen: []inzage.Deel{{Contact: &inzage.Contact{Naam: "Eva", Telefoon: "010 123 45 67", Email: email}}}}
		schoon(&g)
		if c := g.Delen[0].Contact; c.Email != wil || c.Telefoon != "010 123 45 67" {
			t.Errorf("%q became %q, %q", email, c.Email, c.Telefoon)
		}
	}
	for nummer, wil := range map[string]string{"+31 (10) 123-45": "+31 (10) 123-45", "010;ext=1": "", "112?x": "", "bel mij": "", "*21*0612345678#": ""} {
		g := inzage.Gezinsbeeld{Delen: []inzage.Deel{{Contact: &inzage.Contact{Telefoon: nummer}}}}
		schoon(&g)
		if c := g.Delen[0].Contact; c.Telefoon != wil {
			t.Errorf("%q became %q", nummer, c.Telefoon)
		}
	}
}

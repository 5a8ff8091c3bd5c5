package inzage

import (
	"encoding/json"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// What a decision masks is gone, at any depth, also when the kind of record
// does not know the mask.
func TestGemaskeerdVeldIsWeg(t *testing.T) {
	soort := Soort{Reduceer: func(dossier.Record, begrip.Niveau, []string) (any, error) {
		return json.RawMessage(`{"id":12345678901234567890,"burgerservicenummer":"999970185","personen":[{"naam":"Lotte","burgerservicenummer":"999970185"}]}`), nil
	}}
	for wil, gemaskeerd := range map[string][]string{
		`{"id":12345678901234567890,"personen":[{"naam":"Lotte"}]}`:                                                                     {"anderen", "burgerservicenummer"},
		`{"burgerservicenummer":"999970185","id":12345678901234567890,"personen":[{"burgerservicenummer":"999970185"}]}`:                {"naam"},
		`{"id":12345678901234567890,"burgerservicenummer":"999970185","personen":[{"naam":"Lotte","burgerservicenummer":"999970185"}]}`: {"anderen"},
	} {
		b, _, err := reduceer(soort, dossier.Record{}, toegang.Besluit{Gemaskeerd: gemaskeerd}, begrip.Inzagerecht(begrip.Allebei))
		if err != nil || string(b) != wil {
			t.Errorf("%v: %s %v", gemaskeerd, b, err)
		}
	}
}

package toegang

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/handbereik/soh/internal/begrip"
)

//go:embed beleid/algemeen.rego
var algemeneRegels embed.FS

const algemeenBestand = "beleid/algemeen.rego"

// oordeel is what the general rules say beside the policy of a functie.
type oordeel struct {
	weigeringen, bezwaren []Reden
	plafond               begrip.Niveau
	gemaskeerd, plichten  []string
	nood                  bool
}

var errOordeel = errors.New("de algemene regels geven geen oordeel")

func leesOordeel(x any) (o oordeel, err error) {
	m, ok := x.(map[string]any)
	if !ok || len(m) != 6 {
		return o, errOordeel
	}
	var fouten [5]error
	o.weigeringen, fouten[0] = leesRedenen(m["weigeringen"])
	o.bezwaren, fouten[1] = leesRedenen(m["bezwaren"])
	o.gemaskeerd, fouten[2] = leesTeksten(m["gemaskeerd"])
	o.plichten, fouten[3] = leesTeksten(m["plichten"])
	n, ok := m["plafond"].(json.Number)
	if !ok {
		return o, errOordeel
	}
	o.plafond, fouten[4] = begrip.ParseNiveau(n.String())
	o.nood = m["nood"] != nil
	return o, errors.Join(fouten[:]...)
}

// verenig puts the decision of a functie and the general rules together. The
// order is fixed: what nothing lifts; noodtoegang; what the general rules
// object to; what the functie decides, never above the ceiling.
func verenig(functie *Besluit, o oordeel) Besluit {
	if len(o.weigeringen) > 0 {
		return Besluit{Redenen: o.weigeringen}
	}
	mag := functie != nil && functie.Toegestaan && len(o.bezwaren) == 0
	if !mag && o.nood {
		return Besluit{
			Toegestaan: true, Niveau: begrip.NiveauInhoud, Plichten: []string{PlichtAlarm, PlichtNakijken},
			Redenen: []Reden{{Tekst: "Dit is noodtoegang. De functionaris gegevensbescherming krijgt nu bericht en uw inzage wordt nagekeken."}},
		}
	}
	if functie == nil {
		return Besluit{Redenen: slices.Concat(o.bezwaren, weiger("Geen regel staat deze inzage toe.").Redenen)}
	}
	b := *functie
	if !mag {
		b = Besluit{Redenen: o.bezwaren}
		if !functie.Toegestaan {
			b.Redenen = slices.Concat(functie.Redenen, o.bezwaren)
		}
		return b
	}
	b.Niveau = min(b.Niveau, o.plafond)
	b.Gemaskeerd = verzamel(b.Gemaskeerd, o.gemaskeerd)
	b.Plichten = verzamel(b.Plichten, o.plichten)
	return b
}

// verzamel gives a and b together, sorted, without doubles.
func verzamel(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	uit := slices.Concat(a, b)
	slices.Sort(uit)
	return slices.Compact(uit)
}

// leesAntwoord reads {"f": [besluit] or [], "a": oordeel}.
func leesAntwoord(x any) (Besluit, error) {
	m, ok := x.(map[string]any)
	fs, ok2 := m["f"].([]any)
	if !ok || !ok2 || len(fs) > 1 {
		return Besluit{}, errVorm
	}
	o, err := leesOordeel(m["a"])
	if err != nil {
		return Besluit{}, fmt.Errorf("algemene regels: %w", err)
	}
	if len(fs) == 0 {
		return verenig(nil, o), nil
	}
	b, err := leesBesluit(fs[0])
	if err != nil {
		return Besluit{}, err
	}
	return verenig(&b, o), nil
}

package toegang

import (
	"embed"
	"errors"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/handbereik/soh/internal/begrip"
)

//go:embed beleid/algemeen.rego
var algemeneRegels embed.FS

const algemeenBestand = "beleid/algemeen.rego"

// oordeel is what the general rules say beside the policy of a functie.
type oordeel struct {
	weigeringen []Reden
	plafond     begrip.Niveau
	gemaskeerd  []string
	nood        *noodregel // nil: no call on noodtoegang that is in order

	bezwaren []Reden // of the samenwerkingsverband: noodtoegang lifts them
	plichten []string
}

// noodregel is what comes with a look on noodtoegang.
type noodregel struct{ gemaskeerd, plichten []string }

var errOordeel = errors.New("de algemene regels geven geen oordeel")

// leesOordeel reads what the rules gave.
func leesOordeel(x ast.Value) (o oordeel, err error) {
	m, ok := x.(ast.Object)
	if !ok || m.Len() != 4 {
		return o, errOordeel
	}
	var fouten [5]error
	o.weigeringen, fouten[0] = leesRedenen(veld(m, "weigeringen"))
	o.gemaskeerd, fouten[1] = leesTeksten(veld(m, "gemaskeerd"))
	o.plafond, fouten[2] = leesNiveau(veld(m, "plafond"))
	if _, geen := veld(m, "nood").(ast.Null); geen {
		return o, errors.Join(fouten[:]...)
	}
	n, ok := veld(m, "nood").(ast.Object)
	if !ok || n.Len() != 2 {
		return o, errOordeel
	}
	o.nood = &noodregel{}
	o.nood.gemaskeerd, fouten[3] = leesTeksten(veld(n, "gemaskeerd"))
	o.nood.plichten, fouten[4] = leesTeksten(veld(n, "plichten"))
	return o, errors.Join(fouten[:]...)
}

// gewoon tells, for sure, that the general rules say nothing about in, so that
// they need not be asked. Most looks are, and this keeps their decision short;
// a test holds it against the rules.
func gewoon(in Invoer) bool {
	for _, naam := range []string{"afschermingen", "nood"} {
		if x, ok := in[naam]; ok && x != false {
			return false
		}
	}
	if x, ok := in["klasse"]; ok {
		if k, tekst := x.(string); !tekst || k == "I6" {
			return false
		}
	}
	x, ok := in["lezer"]
	if !ok {
		return true
	}
	lezer, ok := x.(map[string]any)
	burger, bekend := lezer["burger"]
	return ok && (!bekend || burger == false)
}

// verenig puts the decision of a functie and the general rules together. The
// order is fixed: what nothing lifts; noodtoegang, when the rules below allow less
// than is asked; what the samenwerkingsverband objects to; what the functie
// decides, never above the ceiling.
func verenig(functie *Besluit, o oordeel, gevraagd begrip.Niveau) Besluit {
	if len(o.weigeringen) > 0 {
		return Besluit{Redenen: o.weigeringen}
	}
	mag := functie != nil && functie.Toegestaan && len(o.bezwaren) == 0
	if o.nood != nil && (!mag || min(functie.Niveau, o.plafond) < gevraagd) {
		return Besluit{
			Toegestaan: true, Niveau: begrip.NiveauInhoud, Gemaskeerd: verzamel(o.gemaskeerd, o.nood.gemaskeerd),
			Plichten: verzamel([]string{PlichtAlarm, PlichtMeldGezin, PlichtNakijken}, o.nood.plichten),
			Redenen:  []Reden{{Tekst: "Dit is noodtoegang. De functionaris gegevensbescherming krijgt nu bericht en uw inzage wordt nagekeken."}},
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

// gevraagdNiveau is the level that is asked; 0 when that is not said.
func gevraagdNiveau(in Invoer) begrip.Niveau {
	switch n := in["gevraagd"].(type) {
	case int:
		return begrip.Niveau(n)
	case begrip.Niveau:
		return n
	}
	return 0
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

// Verband is what the samenwerkingsverband of the zaak says of a look, in
// Invoer under "verband". It restricts what the functie allows; a policy does
// not see it.
type Verband struct {
	Naam       string
	Fase       int    // phase of the zaak; 0 is not known
	Rol        string // of the reader in it
	Toegestaan bool
	Niveau     begrip.Niveau
	Gemaskeerd []string
	Plichten   []string
	Redenen    []Reden
}

// beperk adds to the general rules what the samenwerkingsverband says. It does
// not hold for what is not the work of the overleg: own records (zelf), a
// request addressed to the reader (geadresseerd), a melding that its receiver
// weighs or its melder follows, and the family's own view, which does not
// shrink because an overleg starts.
func (o *oordeel) beperk(in Invoer) error {
	x, ok := in["verband"]
	if !ok || waar(in["zelf"]) || waar(in["geadresseerd"]) {
		return nil
	}
	v, ok := x.(Verband)
	if !ok {
		return errVerband
	}
	lezer, _ := in["lezer"].(map[string]any)
	if doel := fmt.Sprint(in["doel"]); waar(lezer["burger"]) || doel == string(begrip.DoelBeoordelen) || doel == string(begrip.DoelEigenMelding) {
		return nil
	}
	if !v.Toegestaan {
		o.bezwaren = slices.Concat(o.bezwaren, v.Redenen)
		if len(v.Redenen) == 0 {
			o.bezwaren = append(o.bezwaren, Reden{Tekst: "Het samenwerkingsverband van deze zaak staat dit niet toe.", Gezin: "De afspraken over samenwerken staan dit niet toe."})
		}
		return nil
	}
	o.plafond = min(o.plafond, v.Niveau)
	o.gemaskeerd, o.plichten = verzamel(o.gemaskeerd, v.Gemaskeerd), verzamel(o.plichten, v.Plichten)
	return nil
}

var errVerband = errors.New("het veld verband is geen Verband")

func waar(x any) bool { b, _ := x.(bool); return b }

// leesAntwoord reads {"f": [besluit] or [], "a": oordeel} on in.
func leesAntwoord(x ast.Value, in Invoer) (Besluit, error) {
	m, ok := x.(ast.Object)
	if !ok {
		return Besluit{}, errVorm
	}
	o, err := leesOordeel(veld(m, "a"))
	if err != nil {
		return Besluit{}, fmt.Errorf("algemene regels: %w", err)
	}
	fs, ok := veld(m, "f").(*ast.Array)
	switch {
	case !ok || fs.Len() > 1:
		return Besluit{}, errVorm
	case fs.Len() == 0:
		return samen(nil, o, in)
	}
	return samen(fs.Elem(0).Value, o, in)
}

// leesKort reads a besluit, or nil, where the general rules say nothing.
func leesKort(x ast.Value, in Invoer) (Besluit, error) {
	return samen(x, oordeel{plafond: begrip.NiveauInhoud}, in)
}

// samen puts what the functie gave (nil is nothing), the general rules and the
// samenwerkingsverband together.
func samen(x ast.Value, o oordeel, in Invoer) (Besluit, error) {
	if err := o.beperk(in); err != nil {
		return Besluit{}, fmt.Errorf("algemene regels: %w", err)
	}
	if x == nil {
		return verenig(nil, o, gevraagdNiveau(in)), nil
	}
	b, err := leesBesluit(x)
	if err != nil {
		return Besluit{}, err
	}
	return verenig(&b, o, gevraagdNiveau(in)), nil
}

package toegang

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/handbereik/soh/internal/begrip"
)

// Invoer is what a decision is about: plain values (text, numbers, booleans,
// lists and maps of them).
type Invoer map[string]any

// Reden is why a decision fell as it did: for the reader, and for the family that
// reads of a refusal. An auditor reads the words of the reader, with the article.
type Reden struct {
	Tekst   string `json:"tekst"`             // plain Dutch, for the reader
	Artikel string `json:"artikel,omitempty"` // article of law, when there is one
	Gezin   string `json:"gezin,omitempty"`   // a refusal of a professional in words for the family
}

// Besluit is the outcome. The zero value refuses.
type Besluit struct {
	Toegestaan bool          `json:"toegestaan"`
	Niveau     begrip.Niveau `json:"niveau"`     // the highest level the reader may see
	Gemaskeerd []string      `json:"gemaskeerd"` // fields to leave out, sorted
	Plichten   []string      `json:"plichten"`   // what must be done when the look happens, sorted
	Redenen    []Reden       `json:"redenen"`
}

// Obligations that come with a decision. Whoever carries out the look carries
// them out too, or does not look.
const (
	PlichtAlarm            = "alarm"              // tell the privacy officer at once
	PlichtNakijken         = "nakijken"           // somebody else reviews this look afterwards
	PlichtMeldGezin        = "meld-gezin"         // tell the family of this look actively
	PlichtGeenMeldGezin    = "geen-melding-gezin" // do not tell the family yet; with a date on record
	PlichtNietDoorgeven    = "niet-doorgeven"     // the reader keeps it secret (Wpg 7 lid 2)
	PlichtEenmalig         = "eenmalig"           // mark the incidental supply as used (Wpg 19)
	PlichtWegingVastgelegd = "weging-vastleggen"  // log the weighing with the look (Wjsg 39f, 51c)
)

// Beleid is a set of compiled Rego modules, safe for concurrent use.
type Beleid struct {
	vragen map[string]bereide                // package → its besluit
	daden  map[string]rego.PreparedEvalQuery // package → its handelingen, where it has any
	bouw   bouw
}

// bereide is how a package is asked: with the general rules, or without where
// those have nothing to say (see gewoon).
type bereide struct{ volledig, kort rego.PreparedEvalQuery }

// gevaarlijk are the built-in functions that reach outside the process: a
// decision depends on its input alone.
var gevaarlijk = map[string]struct{}{
	"http.send": {}, "net.lookup_ip_addr": {}, "opa.runtime": {}, "trace": {}, "rego.parse_module": {},
}

// NieuwBeleid compiles modules (file name → Rego) with the general rules, and
// prepares for every package with a rule besluit one query that asks both.
// Files *_test.rego are left out.
func NieuwBeleid(modules map[string]string) (*Beleid, error) {
	algemeen, err := algemeneRegels.ReadFile(algemeenBestand)
	if err != nil {
		return nil, err
	}
	return compileer(modules, string(algemeen))
}

// neutraal stands in for the general rules where a policy stands alone.
const neutraal = `package soh.algemeen

oordeel := {"weigeringen": [], "plafond": 2, "gemaskeerd": [], "nood": null}
`

// NieuwProefBeleid is NieuwBeleid without the general rules: modules alone
// decide. For tests of others against a decision point, never for real data.
func NieuwProefBeleid(modules map[string]string) (*Beleid, error) {
	return compileer(modules, neutraal)
}

func compileer(modules map[string]string, algemeen string) (*Beleid, error) {
	modules = maps.Clone(modules)
	modules[algemeenBestand] = algemeen
	geparsed := map[string]*ast.Module{}
	pakketten, metDaden := map[string]bool{}, map[string]bool{}
	for _, naam := range slices.Sorted(maps.Keys(modules)) {
		if strings.HasSuffix(naam, "_test.rego") {
			continue
		}
		m, err := ast.ParseModule(naam, modules[naam])
		if err != nil {
			return nil, fmt.Errorf("beleid %s: %w", naam, err)
		}
		geparsed[naam] = m
		for _, r := range m.Rules {
			pakket := strings.TrimPrefix(m.Package.Path.String(), "data.")
			switch r.Head.Ref()[0].String() {
			case "besluit":
				pakketten[pakket] = true
			case "handelingen":
				metDaden[pakket] = true
			}
		}
	}
	mogelijk := ast.CapabilitiesForThisVersion()
	mogelijk.Builtins = slices.DeleteFunc(mogelijk.Builtins, func(f *ast.Builtin) bool { _, weg := gevaarlijk[f.Name]; return weg })
	c := ast.NewCompiler().WithCapabilities(mogelijk)
	if c.Compile(geparsed); c.Failed() {
		return nil, fmt.Errorf("beleid: %w", c.Errors)
	}
	b := &Beleid{vragen: map[string]bereide{}, daden: map[string]rego.PreparedEvalQuery{}, bouw: nieuweBouw(c.Modules)}
	for p := range pakketten {
		volledig, err := bereid(c, `{"f": [b | b := data.`+p+`.besluit], "a": data.soh.algemeen.oordeel}`)
		kort, err2 := bereid(c, `data.`+p+`.besluit`)
		if err := errors.Join(err, err2); err != nil {
			return nil, fmt.Errorf("beleid %s: %w", p, err)
		}
		b.vragen[p] = bereide{volledig, kort}
		if metDaden[p] {
			if b.daden[p], err = bereid(c, `data.`+p+`.handelingen`); err != nil {
				return nil, fmt.Errorf("beleid %s: %w", p, err)
			}
		}
	}
	return b, nil
}

// bereid prepares a query that answers with a term, not a copy of it in Go.
func bereid(c *ast.Compiler, q string) (rego.PreparedEvalQuery, error) {
	return rego.New(
		rego.Query(q), rego.Compiler(c), rego.StrictBuiltinErrors(true),
		rego.Store(inmem.NewWithOpts(inmem.OptReturnASTValuesOnRead(true))),
		rego.GenerateJSON(func(t *ast.Term, _ *rego.EvalContext) (any, error) { return t.Value, nil }),
	).PrepareForEval(context.Background())
}

// Modules reads every *.rego in the root of f, for NieuwBeleid and for tests.
// voorvoegsel keeps files of different folders apart.
func Modules(f fs.FS, voorvoegsel string) (map[string]string, error) {
	namen, err := fs.Glob(f, "*.rego")
	if err != nil {
		return nil, err
	}
	uit := make(map[string]string, len(namen))
	for _, n := range namen {
		b, err := fs.ReadFile(f, n)
		if err != nil {
			return nil, err
		}
		uit[path.Join(voorvoegsel, n)] = string(b)
	}
	return uit, nil
}

// Heeft tells whether there is a rule besluit in pakket.
func (b *Beleid) Heeft(pakket string) bool { _, ok := b.vragen[pakket]; return ok }

func weiger(tekst string) Besluit {
	return Besluit{Redenen: []Reden{{Tekst: tekst, Gezin: "Er is geen regel die dit toestaat."}}}
}

// Besluit asks data.<pakket>.besluit together with the general rules; deny
// beats permit. It refuses when there is no such rule, when no rule matches
// (both without error) and when a rule fails or gives something else than a
// besluit; only then err is not nil, and it holds no value of the input.
func (b *Beleid) Besluit(ctx context.Context, pakket string, in Invoer) (Besluit, error) {
	q, ok := b.vragen[pakket]
	if !ok {
		return weiger("Voor deze gegevens is geen regel die inzage toestaat."), nil
	}
	besluit, err := b.vraag(ctx, q, in, gewoon(in))
	if err != nil {
		return weiger("De regels voor deze gegevens konden niet worden getoetst. Daarom mag het nu niet."), fmt.Errorf("beleid %s: %w", pakket, schoon(err))
	}
	if !besluit.Toegestaan && len(besluit.Redenen) == 0 {
		besluit.Redenen = weiger("Geen regel staat deze inzage toe.").Redenen
	}
	return besluit, nil
}

// Handelingen gives the acts, by name, that data.<pakket>.handelingen allows, and the
// besluit about reading: who may not read, at least that it is there, may do nothing.
func (b *Beleid) Handelingen(ctx context.Context, pakket string, in Invoer) ([]string, Besluit, error) {
	besluit, err := b.Besluit(ctx, pakket, in)
	q, ok := b.daden[pakket]
	if err != nil || !besluit.Toegestaan || !ok {
		return nil, besluit, err
	}
	waarde, err := b.bouw.invoer(in)
	if err != nil {
		return nil, besluit, err
	}
	x, err := evalueer(ctx, q, waarde)
	if err != nil || x == nil {
		return nil, besluit, err
	}
	daden, err := leesTeksten(x)
	if err != nil {
		return nil, besluit, fmt.Errorf("beleid %s: handelingen: %w", pakket, err)
	}
	return daden, besluit, nil
}

// vraag asks the package; kort leaves out the general rules.
func (b *Beleid) vraag(ctx context.Context, q bereide, in Invoer, kort bool) (Besluit, error) {
	waarde, err := b.bouw.invoer(in)
	if err != nil {
		return Besluit{}, err
	}
	x, err := evalueer(ctx, q.kies(kort), waarde)
	if err != nil {
		return Besluit{}, err
	}
	if !kort {
		return leesAntwoord(x, in)
	}
	return leesKort(x, in)
}

func (q bereide) kies(kort bool) rego.PreparedEvalQuery {
	if kort {
		return q.kort
	}
	return q.volledig
}

// evalueer gives the value of q on in; nil is that it has none. It stops when
// ctx does, without a goroutine per question.
func evalueer(ctx context.Context, q rego.PreparedEvalQuery, in ast.Value) (ast.Value, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	stop := topdown.NewCancel()
	defer context.AfterFunc(ctx, stop.Cancel)()
	rs, err := q.Eval(ctx, rego.EvalParsedInput(in), rego.EvalExternalCancel(stop), rego.EvalMetrics(metrics.NoOp()))
	if err != nil || len(rs) == 0 || len(rs[0].Expressions) == 0 {
		return nil, err
	}
	x, ok := rs[0].Expressions[0].Value.(ast.Value)
	if !ok {
		return nil, errVorm
	}
	return x, nil
}

package soorten

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The validator of the library tells everything that is wrong, and pays for
// that with every way of an anyOf that does not fit, also when all is well. As
// nearly all events are well, a plan of the same compiled schema first says yes or
// no; only a no goes to the library. It looks at the graph where it stands, and
// is more than a hundred times faster; a test holds the two against each other.

// plan is what a schema asks, with what it does not ask left out.
type plan struct {
	nooit  bool // the schema false
	typen  jsonschema.Types
	waarde *waarden // const, enum
	niet   *plan
	alle   []*plan // allOf, and $ref
	een    []*plan // anyOf
	vorm   *jsonschema.Format

	tekst  *tekstPlan
	lijst  *lijstPlan
	object *objectPlan
}

// waarden are those that const and enum leave, one of each.
type waarden struct {
	teksten []string // when all are texts
	alle    [][]any
}

type tekstPlan struct {
	min, max int // characters
	patroon  jsonschema.Regexp
}

type lijstPlan struct {
	min, max       int
	eerste         []*plan
	rest           *plan
	bevat          *plan
	minste, meeste int // that bevat holds for
}

type objectPlan struct {
	min, max    int
	telt        bool // min and max matter
	verplicht   []string
	samen       map[string][]string
	leden       []lid
	geenAnder   bool
	elkAnder    *plan
	aandacht    bool // members that are not among leden matter
	alleenLeden map[string]bool
}

type lid struct {
	naam string
	plan *plan
}

// oneindig is more than there can be of anything here.
const oneindig = 1 << 30

// planVan gives the plan of s; nil when s asks what a plan does not know.
func planVan(s *jsonschema.Schema, gezien map[*jsonschema.Schema]*plan) *plan {
	if p, al := gezien[s]; al {
		return p
	}
	if s.RecursiveRef != nil || s.DynamicRef != nil || s.If != nil || s.UnevaluatedItems != nil || s.UnevaluatedProperties != nil ||
		s.UniqueItems || s.PropertyNames != nil || len(s.PatternProperties) > 0 || len(s.DependentSchemas) > 0 || len(s.Dependencies) > 0 ||
		s.Items != nil || s.AdditionalItems != nil || s.MultipleOf != nil || s.Maximum != nil || s.Minimum != nil || s.ExclusiveMaximum != nil ||
		s.ExclusiveMinimum != nil || len(s.Extensions) > 0 || len(s.OneOf) > 0 {
		return nil
	}
	p := new(plan)
	gezien[s] = p
	goed := true
	een := func(s *jsonschema.Schema) *plan {
		if s == nil {
			return nil
		}
		k := planVan(s, gezien)
		goed = goed && k != nil
		return k
	}
	elk := func(ss []*jsonschema.Schema) (uit []*plan) {
		for _, s := range ss {
			uit = append(uit, een(s))
		}
		return uit
	}
	p.nooit, p.vorm, p.niet = s.Bool != nil && !*s.Bool, s.Format, een(s.Not)
	if s.Types != nil {
		p.typen = *s.Types
	}
	p.alle, p.een = elk(s.AllOf), elk(s.AnyOf)
	if s.Ref != nil {
		p.alle = append(p.alle, een(s.Ref))
	}
	p.waarde = waardenVan(s)
	if s.MinLength != nil || s.MaxLength != nil || s.Pattern != nil {
		p.tekst = &tekstPlan{anders(s.MinLength, 0), anders(s.MaxLength, oneindig), s.Pattern}
	}
	if s.MinItems != nil || s.MaxItems != nil || s.PrefixItems != nil || s.Items2020 != nil || s.Contains != nil {
		p.lijst = &lijstPlan{anders(s.MinItems, 0), anders(s.MaxItems, oneindig), elk(s.PrefixItems), een(s.Items2020),
			een(s.Contains), anders(s.MinContains, 1), anders(s.MaxContains, oneindig)}
	}
	p.object = objectPlanVan(s, een)
	if !goed {
		return nil // and so is the plan of the whole: nothing that refers to p is used
	}
	return p
}

func anders(n *int, gewoon int) int {
	if n == nil {
		return gewoon
	}
	return *n
}

func waardenVan(s *jsonschema.Schema) *waarden {
	w := new(waarden)
	if s.Const != nil {
		w.alle = append(w.alle, []any{*s.Const})
	}
	if s.Enum != nil {
		w.alle = append(w.alle, s.Enum.Values)
	}
	if len(w.alle) == 0 {
		return nil
	}
	if len(w.alle) == 1 {
		for _, v := range w.alle[0] {
			if t, is := v.(string); is {
				w.teksten = append(w.teksten, t)
			} else {
				w.teksten = nil
				break
			}
		}
	}
	return w
}

func objectPlanVan(s *jsonschema.Schema, een func(*jsonschema.Schema) *plan) *objectPlan {
	o := &objectPlan{min: anders(s.MinProperties, 0), max: anders(s.MaxProperties, oneindig), telt: s.MinProperties != nil || s.MaxProperties != nil,
		verplicht: s.Required, samen: s.DependentRequired, alleenLeden: map[string]bool{}}
	for naam, k := range s.Properties {
		o.leden = append(o.leden, lid{naam, een(k)})
		o.alleenLeden[naam] = true
	}
	slices.SortFunc(o.leden, func(a, b lid) int { return strings.Compare(a.naam, b.naam) })
	switch a := s.AdditionalProperties.(type) {
	case bool:
		o.geenAnder = !a
	case *jsonschema.Schema:
		o.elkAnder = een(a)
	}
	o.aandacht = o.geenAnder || o.elkAnder != nil
	if !o.telt && !o.aandacht && len(o.verplicht)+len(o.samen)+len(o.leden) == 0 {
		return nil
	}
	return o
}

// diepteSnel bounds what a plan follows; deeper it says no, and the library looks.
const diepteSnel = 64

// goed tells whether v is valid.
func (p *plan) goed(v *blik, diepte int) bool {
	if diepte > diepteSnel || p.nooit {
		return false
	}
	if p.typen != 0 && !heeftType(p.typen, v) || p.waarde != nil && !p.waarde.heeft(v) || p.niet != nil && p.niet.goed(v, diepte+1) {
		return false
	}
	for _, k := range p.alle {
		if !k.goed(v, diepte+1) {
			return false
		}
	}
	eenGoed := len(p.een) == 0
	for _, k := range p.een {
		if eenGoed = k.goed(v, diepte+1); eenGoed {
			break
		}
	}
	if !eenGoed || p.vorm != nil && p.vorm.Validate(v.alles()) != nil {
		return false
	}
	switch {
	case p.tekst != nil && v.isTekst():
		return p.tekst.goed(v.lees())
	case p.lijst != nil && v.isLijst():
		return p.lijst.goed(v, diepte+1)
	case p.object != nil && v.isObject():
		return p.object.goed(v, diepte+1)
	}
	return true
}

func (w *waarden) heeft(v *blik) bool {
	if w.teksten != nil {
		return v.isTekst() && slices.Contains(w.teksten, v.lees())
	}
	alles := v.alles()
	for _, een := range w.alle {
		if !slices.ContainsFunc(een, func(w any) bool { return gelijk(w, alles) }) {
			return false
		}
	}
	return true
}

func typeBit(naam string) (t jsonschema.Types) {
	t.Add(naam)
	return t
}

var (
	bitTekst, bitLijst, bitObject = typeBit("string"), typeBit("array"), typeBit("object")
	bitNiets, bitWaar             = typeBit("null"), typeBit("boolean")
	bitGetal, bitHeel             = typeBit("number"), typeBit("integer")
)

func heeftType(t jsonschema.Types, v *blik) bool {
	switch {
	case v.isTekst():
		return t&bitTekst != 0
	case v.isLijst():
		return t&bitLijst != 0
	case v.isObject():
		return t&bitObject != 0
	}
	switch v.w.(type) {
	case nil:
		return t&bitNiets != 0
	case bool:
		return t&bitWaar != 0
	}
	return t&bitGetal != 0 || t&bitHeel != 0 && typeVan(v.w) == "integer"
}

func (p *tekstPlan) goed(v string) bool {
	if p.min > len(v) || p.max < len(v) || p.min > 1 { // else the bytes tell
		if n := utf8.RuneCountInString(v); n < p.min || n > p.max {
			return false
		}
	}
	return p.patroon == nil || p.patroon.MatchString(v)
}

func (p *lijstPlan) goed(v *blik, diepte int) bool {
	lengte := v.aantal()
	if lengte < p.min || lengte > p.max {
		return false
	}
	var d blik // outside the loops: a pointer to it in there would put each one on the heap
	for i := range lengte {
		k := p.rest
		if i < len(p.eerste) {
			k = p.eerste[i]
		}
		if k == nil {
			break
		}
		if d = v.deel(i); !k.goed(&d, diepte) {
			return false
		}
	}
	if p.bevat == nil {
		return true
	}
	n := 0
	for i := 0; i < lengte && (n < p.minste || p.meeste != oneindig); i++ {
		if d = v.deel(i); p.bevat.goed(&d, diepte) {
			n++
		}
	}
	return n >= p.minste && n <= p.meeste
}

func (p *objectPlan) goed(v *blik, diepte int) bool {
	if p.telt {
		if n := len(v.namen()); n < p.min || n > p.max {
			return false
		}
	}
	for _, naam := range p.verplicht {
		if !v.heeft(naam) {
			return false
		}
	}
	for naam, eisen := range p.samen {
		if v.heeft(naam) && slices.ContainsFunc(eisen, func(e string) bool { return !v.heeft(e) }) {
			return false
		}
	}
	var w blik // outside the loops, as in lijstPlan
	var er bool
	for i := range p.leden {
		if w, er = v.eigenschap(p.leden[i].naam); er && !p.leden[i].plan.goed(&w, diepte) {
			return false
		}
	}
	if !p.aandacht {
		return true
	}
	for _, naam := range v.namen() {
		if p.alleenLeden[naam] {
			continue
		}
		if w, _ = v.eigenschap(naam); p.geenAnder || !p.elkAnder.goed(&w, diepte) {
			return false
		}
	}
	return true
}

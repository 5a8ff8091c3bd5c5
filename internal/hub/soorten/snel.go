package soorten

import (
	"slices"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The validator of the library tells everything that is wrong, and pays for
// that with every way of an anyOf that does not fit, also when all is well. As
// nearly all events are well, snel first asks yes or no over the same compiled
// schema; only a no goes to the library. It looks at the graph where it stands, and
// is more than forty times faster; a test holds the two against each other.

// kanSnel tells whether snel knows everything that s asks.
func kanSnel(s *jsonschema.Schema, gezien map[*jsonschema.Schema]bool) bool {
	if s == nil || gezien[s] {
		return true
	}
	gezien[s] = true
	if s.RecursiveRef != nil || s.DynamicRef != nil || s.If != nil || s.UnevaluatedItems != nil || s.UnevaluatedProperties != nil ||
		s.UniqueItems || s.PropertyNames != nil || len(s.PatternProperties) > 0 || len(s.DependentSchemas) > 0 || len(s.Dependencies) > 0 ||
		s.Items != nil || s.AdditionalItems != nil || s.MultipleOf != nil || s.Maximum != nil || s.Minimum != nil || s.ExclusiveMaximum != nil ||
		s.ExclusiveMinimum != nil || len(s.Extensions) > 0 || len(s.OneOf) > 0 {
		return false
	}
	kinderen := []*jsonschema.Schema{s.Ref, s.Not, s.Contains, s.Items2020}
	kinderen = append(append(append(kinderen, s.AllOf...), s.AnyOf...), s.PrefixItems...)
	for _, p := range s.Properties {
		kinderen = append(kinderen, p)
	}
	if a, ok := s.AdditionalProperties.(*jsonschema.Schema); ok {
		kinderen = append(kinderen, a)
	}
	return !slices.ContainsFunc(kinderen, func(k *jsonschema.Schema) bool { return !kanSnel(k, gezien) })
}

// diepteSnel bounds what snel follows; deeper it says no, and the library looks.
const diepteSnel = 64

// snel tells whether v is valid under s; s passed kanSnel.
func snel(s *jsonschema.Schema, v blik, diepte int) bool {
	if diepte > diepteSnel {
		return false
	}
	if s.Bool != nil {
		return *s.Bool
	}
	if s.Types != nil && !heeftType(s.Types, v) || s.Const != nil && !gelijkBlik(*s.Const, v) || s.Ref != nil && !snel(s.Ref, v, diepte+1) || s.Not != nil && snel(s.Not, v, diepte+1) {
		return false
	}
	if s.Enum != nil && !slices.ContainsFunc(s.Enum.Values, func(w any) bool { return gelijkBlik(w, v) }) {
		return false
	}
	for _, k := range s.AllOf {
		if !snel(k, v, diepte+1) {
			return false
		}
	}
	goed := len(s.AnyOf) == 0
	for _, k := range s.AnyOf {
		if goed = snel(k, v, diepte+1); goed {
			break
		}
	}
	if !goed || s.Format != nil && s.Format.Validate(v.alles()) != nil {
		return false
	}
	if t, is := v.isTekst(); is {
		return snelTekst(s, t)
	}
	if v.isLijst() {
		return snelLijst(s, v, diepte+1)
	}
	return !v.isObject() || snelObject(s, v, diepte+1)
}

func gelijkBlik(w any, v blik) bool {
	if t, is := v.isTekst(); is {
		return w == t
	}
	return gelijk(w, v.alles())
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

func heeftType(t *jsonschema.Types, v blik) bool {
	if _, is := v.isTekst(); is {
		return *t&bitTekst != 0
	}
	if v.isLijst() {
		return *t&bitLijst != 0
	}
	if v.isObject() {
		return *t&bitObject != 0
	}
	switch v.w.(type) {
	case nil:
		return *t&bitNiets != 0
	case bool:
		return *t&bitWaar != 0
	}
	return *t&bitGetal != 0 || *t&bitHeel != 0 && typeVan(v.w) == "integer"
}

func snelTekst(s *jsonschema.Schema, v string) bool {
	if s.MinLength != nil || s.MaxLength != nil {
		n := utf8.RuneCountInString(v)
		if s.MinLength != nil && n < *s.MinLength || s.MaxLength != nil && n > *s.MaxLength {
			return false
		}
	}
	return s.Pattern == nil || s.Pattern.MatchString(v)
}

func snelLijst(s *jsonschema.Schema, v blik, diepte int) bool {
	lengte := v.aantal()
	if s.MinItems != nil && lengte < *s.MinItems || s.MaxItems != nil && lengte > *s.MaxItems {
		return false
	}
	for i := range lengte {
		k := s.Items2020
		if i < len(s.PrefixItems) {
			k = s.PrefixItems[i]
		}
		if k == nil {
			break
		}
		if !snel(k, v.deel(i), diepte) {
			return false
		}
	}
	if s.Contains == nil {
		return true
	}
	minst, n := 1, 0
	if s.MinContains != nil {
		minst = *s.MinContains
	}
	for i := range lengte {
		if n >= minst && s.MaxContains == nil {
			break
		}
		if snel(s.Contains, v.deel(i), diepte) {
			n++
		}
	}
	return n >= minst && (s.MaxContains == nil || n <= *s.MaxContains)
}

func snelObject(s *jsonschema.Schema, v blik, diepte int) bool {
	if s.MinProperties != nil || s.MaxProperties != nil {
		n := len(v.namen())
		if s.MinProperties != nil && n < *s.MinProperties || s.MaxProperties != nil && n > *s.MaxProperties {
			return false
		}
	}
	heeft := func(p string) bool { _, er := v.eigenschap(p); return er }
	for _, p := range s.Required {
		if !heeft(p) {
			return false
		}
	}
	for p, eisen := range s.DependentRequired {
		if heeft(p) && slices.ContainsFunc(eisen, func(e string) bool { return !heeft(e) }) {
			return false
		}
	}
	for p, k := range s.Properties {
		if w, er := v.eigenschap(p); er && !snel(k, w, diepte) {
			return false
		}
	}
	if s.AdditionalProperties == nil || s.AdditionalProperties == true {
		return true
	}
	k, _ := s.AdditionalProperties.(*jsonschema.Schema) // nil for false
	for _, p := range v.namen() {
		if s.Properties[p] != nil {
			continue
		}
		if w, _ := v.eigenschap(p); k == nil || !snel(k, w, diepte) {
			return false
		}
	}
	return true
}

package soorten

import (
	"slices"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The validator of the library tells everything that is wrong, and pays for
// that with every way of an anyOf that does not fit, also when all is well. As
// nearly all events are well, snel first asks yes or no over the same compiled
// schema; only a no goes to the library. It is forty times faster, and a test
// holds the two against each other.

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
func snel(s *jsonschema.Schema, v any, diepte int) bool {
	if diepte > diepteSnel {
		return false
	}
	if s.Bool != nil {
		return *s.Bool
	}
	past := func(k *jsonschema.Schema) bool { return snel(k, v, diepte+1) }
	switch {
	case s.Types != nil && !heeftType(s.Types, v),
		s.Const != nil && !gelijk(*s.Const, v),
		s.Enum != nil && !slices.ContainsFunc(s.Enum.Values, func(w any) bool { return gelijk(w, v) }),
		s.Format != nil && s.Format.Validate(v) != nil,
		s.Ref != nil && !past(s.Ref),
		s.Not != nil && past(s.Not):
		return false
	}
	for _, k := range s.AllOf {
		if !past(k) {
			return false
		}
	}
	if len(s.AnyOf) > 0 && !slices.ContainsFunc(s.AnyOf, past) {
		return false
	}
	switch w := v.(type) {
	case string:
		return snelTekst(s, w)
	case []any:
		return snelLijst(s, w, diepte+1)
	case map[string]any:
		return snelObject(s, w, diepte+1)
	}
	return true
}

// typeBit lets a type be looked up without making a list of names.
var typeBit = func() map[string]jsonschema.Types {
	m := map[string]jsonschema.Types{}
	for n := range namen {
		var t jsonschema.Types
		t.Add(n)
		m[n] = t
	}
	return m
}()

var (
	bitTekst, bitLijst, bitObject = typeBit["string"], typeBit["array"], typeBit["object"]
	bitNiets, bitWaar             = typeBit["null"], typeBit["boolean"]
	bitGetal, bitHeel             = typeBit["number"], typeBit["integer"]
)

func heeftType(t *jsonschema.Types, v any) bool {
	switch v.(type) {
	case string:
		return *t&bitTekst != 0
	case []any:
		return *t&bitLijst != 0
	case map[string]any:
		return *t&bitObject != 0
	case nil:
		return *t&bitNiets != 0
	case bool:
		return *t&bitWaar != 0
	}
	return *t&bitGetal != 0 || *t&bitHeel != 0 && typeVan(v) == "integer"
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

func snelLijst(s *jsonschema.Schema, v []any, diepte int) bool {
	if s.MinItems != nil && len(v) < *s.MinItems || s.MaxItems != nil && len(v) > *s.MaxItems {
		return false
	}
	for i, w := range v {
		switch {
		case i < len(s.PrefixItems):
			if !snel(s.PrefixItems[i], w, diepte) {
				return false
			}
		case s.Items2020 != nil && !snel(s.Items2020, w, diepte):
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
	for _, w := range v {
		if n >= minst && s.MaxContains == nil {
			break
		}
		if snel(s.Contains, w, diepte) {
			n++
		}
	}
	return n >= minst && (s.MaxContains == nil || n <= *s.MaxContains)
}

func snelObject(s *jsonschema.Schema, v map[string]any, diepte int) bool {
	if s.MinProperties != nil && len(v) < *s.MinProperties || s.MaxProperties != nil && len(v) > *s.MaxProperties {
		return false
	}
	for _, p := range s.Required {
		if _, er := v[p]; !er {
			return false
		}
	}
	for p, eisen := range s.DependentRequired {
		if _, er := v[p]; !er {
			continue
		}
		for _, e := range eisen {
			if _, er := v[e]; !er {
				return false
			}
		}
	}
	for p, k := range s.Properties {
		if w, er := v[p]; er && !snel(k, w, diepte) {
			return false
		}
	}
	switch extra := s.AdditionalProperties.(type) {
	case bool:
		if extra {
			return true
		}
		for p := range v {
			if s.Properties[p] == nil {
				return false
			}
		}
	case *jsonschema.Schema:
		for p, w := range v {
			if s.Properties[p] == nil && !snel(extra, w, diepte) {
				return false
			}
		}
	}
	return true
}

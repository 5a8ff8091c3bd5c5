package soorten

import (
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
)

// geldtVoor tells about which type of value a keyword speaks: of another type
// it asks nothing.
var geldtVoor = map[string]string{
	"minLength": "string", "maxLength": "string", "pattern": "string",
	"minimum": "number", "maximum": "number", "exclusiveMinimum": "number", "exclusiveMaximum": "number", "multipleOf": "number",
	"items": "array", "prefixItems": "array", "contains": "array", "minContains": "array", "maxContains": "array", "uniqueItems": "array", "minItems": "array", "maxItems": "array",
	"properties": "object", "patternProperties": "object", "additionalProperties": "object", "propertyNames": "object", "required": "object",
	"dependentRequired": "object", "dependentSchemas": "object", "minProperties": "object", "maxProperties": "object",
}

// typenVan gives the types that a value of type keyword v may have.
func typenVan(v any) map[string]bool {
	uit := map[string]bool{}
	switch t := v.(type) {
	case string:
		uit[t] = true
	case []any:
		for _, x := range t {
			if s, ok := x.(string); ok {
				uit[s] = true
			}
		}
	}
	return uit
}

// kan tells whether a value of type t may be valid under all of f.
func kan(f []map[string]any, t string) bool {
	for _, o := range f {
		v, er := o["type"]
		if !er {
			continue
		}
		ts := typenVan(v)
		if !ts[t] && !(t == "number" && ts["integer"]) {
			return false
		}
	}
	return true
}

// eindig gives the values of which one it must be, when the old schema says so.
func eindig(f []map[string]any) ([]any, bool) {
	for _, o := range f {
		if v, er := o["const"]; er {
			return []any{v}, true
		}
		if vs, er := o["enum"].([]any); er {
			return vs, true
		}
	}
	return nil, false
}

func (b *bewijs) type_(f []map[string]any, n any, hier string) bool {
	mag := typenVan(n)
	for _, o := range f {
		v, er := o["type"]
		if !er {
			continue
		}
		goed := true
		for t := range typenVan(v) {
			goed = goed && (mag[t] || t == "integer" && mag["number"])
		}
		if goed {
			return true
		}
	}
	if vs, er := eindig(f); er && !slices.ContainsFunc(vs, func(v any) bool { return !mag[typeVan(v)] && !(typeVan(v) == "integer" && mag["number"]) }) {
		return true
	}
	return b.breuk(hier, "Dit mocht eerst ook van een andere soort zijn.")
}

func typeVan(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	if r := getal(v); r != nil && r.IsInt() {
		return "integer"
	}
	return "number"
}

func (b *bewijs) waarden(f []map[string]any, m map[string]any, k, hier string) bool {
	mag, _ := m["enum"].([]any)
	if k == "const" {
		mag = []any{m["const"]}
	}
	if vs, er := eindig(f); er && !slices.ContainsFunc(vs, func(v any) bool {
		return !slices.ContainsFunc(mag, func(w any) bool { return gelijk(v, w) })
	}) {
		return true
	}
	return b.breuk(hier, "Hier mochten eerst ook andere waarden staan.")
}

// grens compares with a bound of the old schema: streng gives whether the old
// bound o is at least as strict as the new n.
func grens(naam string, streng func(o, n *big.Rat) bool) func(map[string]any, *big.Rat) bool {
	return func(f map[string]any, n *big.Rat) bool {
		o := getal(f[naam])
		return o != nil && n != nil && streng(o, n)
	}
}

func of(fs ...func(map[string]any, *big.Rat) bool) func(map[string]any, *big.Rat) bool {
	return func(f map[string]any, n *big.Rat) bool {
		return slices.ContainsFunc(fs, func(g func(map[string]any, *big.Rat) bool) bool { return g(f, n) })
	}
}

func minst(o, n *big.Rat) bool  { return o.Cmp(n) >= 0 }
func hoogst(o, n *big.Rat) bool { return o.Cmp(n) <= 0 }

// grenzen are the keywords with one number.
var grenzen = map[string]func(map[string]any, *big.Rat) bool{
	"minLength": grens("minLength", minst), "maxLength": grens("maxLength", hoogst),
	"minItems": grens("minItems", minst), "maxItems": grens("maxItems", hoogst),
	"minProperties": grens("minProperties", minst), "maxProperties": grens("maxProperties", hoogst),
	"minimum":          of(grens("minimum", minst), grens("exclusiveMinimum", minst)),
	"maximum":          of(grens("maximum", hoogst), grens("exclusiveMaximum", hoogst)),
	"exclusiveMinimum": of(grens("exclusiveMinimum", minst), grens("minimum", func(o, n *big.Rat) bool { return o.Cmp(n) > 0 })),
	"exclusiveMaximum": of(grens("exclusiveMaximum", hoogst), grens("maximum", func(o, n *big.Rat) bool { return o.Cmp(n) < 0 })),
	"multipleOf":       grens("multipleOf", func(o, n *big.Rat) bool { return n.Sign() > 0 && new(big.Rat).Quo(o, n).IsInt() }),
}

func ondergrensNul(k string, n any) bool {
	r := getal(n)
	return slices.Contains([]string{"minLength", "minItems", "minProperties"}, k) && r != nil && r.Sign() == 0
}

func tekstenVan(v any) []string {
	lijst, _ := v.([]any)
	var uit []string
	for _, x := range lijst {
		if s, ok := x.(string); ok {
			uit = append(uit, s)
		}
	}
	return uit
}

func verplicht(f []map[string]any, p string) bool {
	return slices.ContainsFunc(f, func(o map[string]any) bool { return slices.Contains(tekstenVan(o["required"]), p) })
}

func deel(o map[string]any, k string) map[string]any {
	m, _ := o[k].(map[string]any)
	return m
}

// vanEigenschap gives the old schemas that hold for property p.
func vanEigenschap(f []map[string]any, p string) []any {
	var uit []any
	for _, o := range f {
		v, gevonden := deel(o, "properties")[p]
		if gevonden {
			uit = append(uit, v)
		}
		for r, w := range deel(o, "patternProperties") {
			if re, err := regexp.Compile(r); err != nil {
				gevonden = true // unknown: then additionalProperties may not be counted on
			} else if re.MatchString(p) {
				uit, gevonden = append(uit, w), true
			}
		}
		if extra, er := o["additionalProperties"]; er && !gevonden {
			uit = append(uit, extra)
		}
	}
	return uit
}

func (b *bewijs) object(f []map[string]any, m map[string]any, k, hier string) bool {
	ja := true
	switch k {
	case "required":
		for _, p := range tekstenVan(m[k]) {
			ja = (verplicht(f, p) || b.breuk(hier, "Een eigenschap die eerst mocht ontbreken, is nu verplicht: %s.", p)) && ja
		}
	case "dependentRequired":
		for p, eisen := range deel(m, k) {
			for _, e := range tekstenVan(eisen) {
				ja = (verplicht(f, e) || slices.ContainsFunc(f, func(o map[string]any) bool {
					return slices.Contains(tekstenVan(deel(o, k)[p]), e)
				}) || b.breuk(hier+"/"+vlucht.Replace(p), "Deze eigenschap vraagt nu om een andere die eerst mocht ontbreken.")) && ja
			}
		}
	case "dependentSchemas":
		for _, p := range slices.Sorted(maps.Keys(deel(m, k))) {
			samen := alsAny(f)
			for _, o := range f {
				if d, er := deel(o, k)[p]; er {
					samen = append(samen, d)
				}
			}
			ja = b.past(samen, deel(m, k)[p], hier+"/"+vlucht.Replace(p)) && ja
		}
	case "properties":
		for _, p := range slices.Sorted(maps.Keys(deel(m, k))) {
			ja = b.past(vanEigenschap(f, p), deel(m, k)[p], hier+"/"+vlucht.Replace(p)) && ja
		}
	case "patternProperties":
		for _, r := range slices.Sorted(maps.Keys(deel(m, k))) {
			n := deel(m, k)[r]
			zelfde := slices.ContainsFunc(f, func(o map[string]any) bool {
				v, er := deel(o, k)[r]
				return er && b.probeer(func() bool { return b.past([]any{v}, n, hier+"/"+vlucht.Replace(r)) })
			})
			ja = (alles(n) || zelfde || b.breuk(hier+"/"+vlucht.Replace(r), "Voor deze namen geldt nu een eis die er eerst niet was, of wij kunnen dat niet nagaan.")) && ja
		}
	case "additionalProperties":
		return b.overige(f, m, hier)
	case "propertyNames":
		if alles(m[k]) {
			return true
		}
		for _, o := range f {
			if v, er := o[k]; er && b.probeer(func() bool { return b.past([]any{v, map[string]any{"type": "string"}}, m[k], hier) }) {
				return true
			}
		}
		return b.breuk(hier, "De namen van eigenschappen waren eerst vrijer.")
	}
	return ja
}

// overige proves additionalProperties: of every name that the new schema does
// not name, the old one must ask at least as much.
func (b *bewijs) overige(f []map[string]any, m map[string]any, hier string) bool {
	extra := m["additionalProperties"]
	if alles(extra) {
		return true
	}
	genoemd := func(p string) bool {
		if _, er := deel(m, "properties")[p]; er {
			return true
		}
		for r := range deel(m, "patternProperties") {
			if re, err := regexp.Compile(r); err == nil && re.MatchString(p) {
				return true
			}
		}
		return false
	}
	ja, rest := true, false
	for _, o := range f {
		for _, p := range slices.Sorted(maps.Keys(deel(o, "properties"))) {
			if !genoemd(p) {
				ja = b.past(vanEigenschap(f, p), extra, hier) && ja
			}
		}
		for r, v := range deel(o, "patternProperties") {
			if _, er := deel(m, "patternProperties")[r]; !er {
				ja = b.past([]any{v}, extra, hier) && ja
			}
		}
		if v, er := o["additionalProperties"]; er && !rest {
			rest = b.probeer(func() bool { return b.past([]any{v}, extra, hier) })
		}
	}
	return (rest || b.breuk(hier, "Eigenschappen die het schema niet noemt, mochten eerst.")) && ja
}

func (b *bewijs) lijst(f []map[string]any, m map[string]any, k, hier string) bool {
	switch k {
	case "minContains", "maxContains":
		return true // with contains
	case "uniqueItems":
		return m[k] != true || slices.ContainsFunc(f, func(o map[string]any) bool { return o[k] == true }) ||
			b.breuk(hier, "Een waarde mocht hier eerst twee keer staan.")
	case "contains":
		return b.bevat(f, m, hier)
	case "prefixItems":
		ja := true
		for i, n := range m[k].([]any) {
			ja = b.past(vanPlaats(f, i), n, hier+"/"+strconv.Itoa(i)) && ja
		}
		return ja
	}
	// items: every place behind the prefix of the new schema.
	vast, _ := m["prefixItems"].([]any)
	langst := len(vast)
	for _, o := range f {
		if p, ok := o["prefixItems"].([]any); ok {
			langst = max(langst, len(p))
		}
	}
	ja := true
	for i := len(vast); i <= langst; i++ { // the last stands for all behind it
		ja = b.past(vanPlaats(f, i), m[k], hier) && ja
	}
	return ja
}

// vanPlaats gives the old schemas that hold for place i of a list.
func vanPlaats(f []map[string]any, i int) []any {
	var uit []any
	for _, o := range f {
		p, _ := o["prefixItems"].([]any)
		if i < len(p) {
			uit = append(uit, p[i])
		} else if v, er := o["items"]; er {
			uit = append(uit, v)
		}
	}
	return uit
}

// bevat proves contains, with minContains and maxContains.
func (b *bewijs) bevat(f []map[string]any, m map[string]any, hier string) bool {
	tel := func(o map[string]any, k string, anders int64) *big.Rat {
		if r := getal(o[k]); r != nil {
			return r
		}
		return big.NewRat(anders, 1)
	}
	minder := tel(m, "minContains", 1)
	_, top := m["maxContains"]
	min, max := minder.Sign() == 0, !top
	for _, o := range f {
		v, er := o["contains"]
		if !er {
			continue
		}
		// What the old list must hold may be known from its items as well.
		min = min || tel(o, "minContains", 1).Cmp(minder) >= 0 && b.probeer(func() bool { return b.past([]any{v}, m["contains"], hier) })
		if _, oud := o["maxContains"]; oud && top {
			max = max || tel(o, "maxContains", 0).Cmp(tel(m, "maxContains", 0)) <= 0 && b.probeer(func() bool { return b.omgekeerd(m["contains"], v) })
		}
	}
	return min && max || b.breuk(hier, "Een lijst moet hier nu iets bevatten, of mag iets minder vaak bevatten, wat eerst niet hoefde.")
}

package soorten

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
)

// ruimer proves that whatever is valid under oud is valid under nieuw, so that
// only widening passes: a sender of an older version is never refused by a newer
// one. What it cannot prove it refuses, with the keyword of nieuw and why; so a
// few harmless changes are refused as well. Both are documents as the compiler
// read them, known to be JSON Schema 2020-12.
func ruimer(oud, nieuw any) error {
	if gelijk(oud, nieuw) {
		return nil
	}
	b := &bewijs{oud: oud, nieuw: nieuw, bezig: map[string]int{}}
	if b.past([]any{oud}, nieuw, "#") {
		return nil
	}
	if b.stappen > maxStappen {
		b.breuk("#", "Dit schema is te ingewikkeld om met het vorige te vergelijken.")
	}
	return &begrip.Fout{Code: begrip.Conflict, Velden: b.breuken,
		Bericht: "Deze versie past niet bij de vorige: gegevens die eerst goed waren, moeten goed blijven. Wat wij niet kunnen nagaan, weigeren wij ook."}
}

// maxStappen bounds the work on one pair of schemas.
const maxStappen = 5_000

type bewijs struct {
	oud, nieuw any
	bezig      map[string]int // pairs under proof, with the depth in the value where each began
	diepte     int            // in the value
	stappen    int
	breuken    []begrip.Veldfout
	stil       int // above zero: a try, of which nothing is told
}

func (b *bewijs) breuk(waar, waarom string, a ...any) bool {
	f := begrip.Veldfout{Veld: waar, Bericht: fmt.Sprintf(waarom, a...)}
	if b.stil == 0 && len(b.breuken) < maxFouten && !slices.Contains(b.breuken, f) {
		b.breuken = append(b.breuken, f)
	}
	return false
}

// probeer runs f without telling what went wrong.
func (b *bewijs) probeer(f func() bool) bool {
	b.stil++
	defer func() { b.stil-- }()
	return f()
}

// zonderEis are keywords that ask nothing.
var zonderEis = map[string]bool{"title": true, "description": true, "$schema": true, "$comment": true, "examples": true, "default": true,
	"deprecated": true, "readOnly": true, "writeOnly": true, "$defs": true, "definitions": true, "contentEncoding": true, "contentMediaType": true, "contentSchema": true}

// past proves that what holds under all of oud holds under n, which stands at
// waar.
func (b *bewijs) past(oud []any, n any, waar string) bool {
	if b.stappen++; b.stappen > maxStappen {
		return false
	}
	if alles(n) {
		return true
	}
	feiten, nooit, ok := b.feiten(oud)
	if !ok {
		return b.breuk(waar, "Het vorige schema verwijst hier te vaak door om te vergelijken.")
	}
	if nooit {
		return true
	}
	m, ok := n.(map[string]any)
	if !ok {
		return b.breuk(waar, "Hier mocht eerst iets staan, en nu niet meer.")
	}
	sleutel := waar + "\n" + afdruk(feiten)
	if begin, er := b.bezig[sleutel]; er {
		// Deeper in the value the same pair is proven if the rest is: every value is
		// finite. At the same depth a schema refers to itself for nothing.
		return b.diepte > begin || b.breuk(waar, "Dit schema verwijst naar zichzelf zonder iets te beschrijven.")
	}
	b.bezig[sleutel] = b.diepte
	defer delete(b.bezig, sleutel)
	goed := func() bool {
		ja := true
		for _, k := range slices.Sorted(maps.Keys(m)) {
			ja = b.eis(feiten, m, k, waar) && ja
		}
		return ja
	}
	if b.probeer(goed) || b.perTak(feiten, n, waar) {
		return true
	}
	return b.stil == 0 && b.stappen <= maxStappen && goed() // once more, to tell why
}

// perTak proves by cases: every way of an anyOf or oneOf of the old schema.
func (b *bewijs) perTak(feiten []map[string]any, n any, waar string) bool {
	for i, f := range feiten {
		for _, k := range []string{"anyOf", "oneOf"} {
			takken, ok := f[k].([]any)
			if !ok {
				continue
			}
			rest := maps.Clone(f)
			delete(rest, k)
			basis := []any{rest}
			for j, g := range feiten {
				if j != i {
					basis = append(basis, g)
				}
			}
			if b.probeer(func() bool {
				for _, tak := range takken {
					if !b.past(append(slices.Clone(basis), tak), n, waar) {
						return false
					}
				}
				return true
			}) {
				return true
			}
		}
	}
	return false
}

// feiten takes allOf and $ref of the old schemas apart, into objects that all
// hold, each once and in a fixed order; nooit when nothing is valid.
func (b *bewijs) feiten(oud []any) (uit []map[string]any, nooit, ok bool) {
	gezien := map[string]map[string]any{}
	rij := slices.Clone(oud)
	for len(rij) > 0 {
		o := rij[0]
		rij = rij[1:]
		m, is := o.(map[string]any)
		if !is {
			if o == false {
				return nil, true, true
			}
			continue
		}
		tekst, _ := json.Marshal(m) // sorted by key
		if gezien[string(tekst)] != nil {
			continue
		}
		gezien[string(tekst)] = m
		if ref, is := m["$ref"].(string); is {
			doel, er := wijs(b.oud, ref)
			if !er {
				return nil, false, false
			}
			rij = append(rij, doel)
		}
		if lijst, is := m["allOf"].([]any); is {
			rij = append(rij, lijst...)
		}
	}
	for _, t := range slices.Sorted(maps.Keys(gezien)) {
		uit = append(uit, gezien[t])
	}
	return uit, false, true
}

// eis proves one keyword of the new schema m.
func (b *bewijs) eis(f []map[string]any, m map[string]any, k, waar string) bool {
	hier := waar + "/" + vlucht.Replace(k)
	n := m[k]
	if zonderEis[k] {
		return true
	}
	if t, er := geldtVoor[k]; er && !kan(f, t) {
		return true
	}
	switch k {
	case "$ref":
		doel, ok := wijs(b.nieuw, n.(string))
		if !ok {
			return b.breuk(hier, "Deze verwijzing kunnen wij niet volgen.")
		}
		return b.past(alsAny(f), doel, n.(string))
	case "allOf":
		ja := true
		for i, d := range n.([]any) {
			ja = b.past(alsAny(f), d, hier+"/"+strconv.Itoa(i)) && ja
		}
		return ja
	case "anyOf":
		for i, d := range n.([]any) {
			if b.probeer(func() bool { return b.past(alsAny(f), d, hier+"/"+strconv.Itoa(i)) }) {
				return true
			}
		}
		return b.breuk(hier, "Wij kunnen niet nagaan dat alles wat eerst mocht, onder één van deze vormen valt.")
	case "type":
		return b.type_(f, n, hier)
	case "enum", "const":
		return b.waarden(f, m, k, hier)
	case "required", "dependentRequired", "dependentSchemas", "properties", "patternProperties", "additionalProperties", "propertyNames":
		b.diepte++
		defer func() { b.diepte-- }()
		return b.object(f, m, k, hier)
	case "items", "prefixItems", "contains", "minContains", "maxContains", "uniqueItems":
		b.diepte++
		defer func() { b.diepte-- }()
		return b.lijst(f, m, k, hier)
	case "oneOf", "if", "then", "else":
		for _, o := range f {
			if zelfde(o, m, "oneOf") && k == "oneOf" || k != "oneOf" && zelfde(o, m, "if") && zelfde(o, m, "then") && zelfde(o, m, "else") {
				return true
			}
		}
		return b.breuk(hier, "Dit sleutelwoord kunnen wij alleen vergelijken als het gelijk blijft en geen $ref bevat. Gebruik anyOf.")
	case "not":
		for _, o := range f {
			if t, er := o["not"]; er && b.probeer(func() bool { return b.omgekeerd(n, t) }) {
				return true
			}
		}
		return b.breuk(hier, "Hier wordt iets uitgesloten wat eerst mocht, of wij kunnen dat niet nagaan.")
	}
	if vgl, er := grenzen[k]; er {
		for _, o := range f {
			if vgl(o, getal(n)) {
				return true
			}
		}
		return ondergrensNul(k, n) || b.breuk(hier, "Deze grens is strenger dan eerst.")
	}
	if slices.Contains([]string{"pattern", "format"}, k) {
		for _, o := range f {
			if o[k] == n {
				return true
			}
		}
		return b.breuk(hier, "Deze vorm gold eerst niet, of is anders dan eerst.")
	}
	return b.breuk(hier, "Dit sleutelwoord kunnen wij niet vergelijken. Laat het weg, of beschrijf het anders.")
}

// zelfde tells whether a keyword says the same in the old and the new schema,
// without a reference that may lead to something else.
func zelfde(o, m map[string]any, k string) bool {
	return gelijk(o[k], m[k]) && !strings.Contains(afdruk([]map[string]any{{k: m[k]}}), `"$ref"`)
}

// omgekeerd proves that what is valid under the new schema n is valid under the
// old schema o: below not the direction turns.
func (b *bewijs) omgekeerd(n, o any) bool {
	c := &bewijs{oud: b.nieuw, nieuw: b.oud, bezig: map[string]int{}, stappen: b.stappen, stil: 1}
	ja := c.past([]any{n}, o, "#")
	b.stappen = c.stappen
	return ja
}

func alsAny(f []map[string]any) []any {
	uit := make([]any, len(f))
	for i := range f {
		uit[i] = f[i]
	}
	return uit
}

// alles tells whether a schema plainly takes everything.
func alles(n any) bool {
	m, ok := n.(map[string]any)
	if !ok {
		return n == true
	}
	for k := range m {
		if !zonderEis[k] {
			return false
		}
	}
	return true
}

// wijs follows a reference inside the document: "#" or a JSON pointer.
func wijs(doc any, ref string) (any, bool) {
	pad, ok := strings.CutPrefix(ref, "#")
	if !ok || pad != "" && pad[0] != '/' || strings.Contains(pad, "%") {
		return nil, false
	}
	if pad == "" {
		return doc, true
	}
	v := doc
	for deel := range strings.SplitSeq(pad[1:], "/") {
		deel = strings.NewReplacer("~1", "/", "~0", "~").Replace(deel)
		switch t := v.(type) {
		case map[string]any:
			if v, ok = t[deel]; !ok {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(deel)
			if err != nil || i < 0 || i >= len(t) {
				return nil, false
			}
			v = t[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// afdruk names a set of schemas within one document.
func afdruk(f []map[string]any) string {
	var s strings.Builder
	for _, m := range f {
		b, _ := json.Marshal(m) // sorted by key
		s.Write(b)
		s.WriteByte('\n')
	}
	return s.String()
}

func getal(v any) *big.Rat {
	if n, ok := v.(json.Number); ok {
		if r, ok := new(big.Rat).SetString(string(n)); ok {
			return r
		}
	}
	return nil
}

// gelijk compares two JSON values the way JSON Schema does: 1 is 1.0.
func gelijk(a, b any) bool {
	if x, y := getal(a), getal(b); x != nil && y != nil {
		return x.Cmp(y) == 0
	}
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k := range x {
			if w, er := y[k]; !er || !gelijk(x[k], w) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, gelijk)
	}
	return reflect.DeepEqual(a, b)
}

// Package resttest holds our APIs to their own description in tests, and the
// description to the NL GOV REST API Design Rules. It owns the rules in our own
// words: what the public rule set of the design rules checks, and a few it
// leaves to readers (names of operations, https, input that can be wrong).
//
// It promises that Ontwerpregels tells every breach at once, each with its
// place in the document, and that Antwoord fails on any status, content type
// or member that the document does not name.
package resttest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Ontwerpregels fails t with every breach of the design rules in an OpenAPI
// document.
func Ontwerpregels(t testing.TB, doc []byte) {
	t.Helper()
	for _, f := range Overtredingen(doc) {
		t.Error(f)
	}
}

// Overtredingen gives every breach of the design rules in doc, with its place.
func Overtredingen(doc []byte) []string {
	k := &keuring{operaties: map[string]string{}}
	if err := json.Unmarshal(doc, &k.doc); err != nil {
		return []string{"document: no JSON object: " + err.Error()}
	}
	k.wortel()
	k.servers("", k.doc)
	for pad, v := range object(k.doc, "paths") {
		k.pad(pad, object(v))
	}
	for naam, v := range object(k.doc, "components", "schemas") {
		k.eis(schemaNaam.MatchString(naam), "components/schemas/"+naam, "the name of a schema is UpperCamelCase")
		k.schema("components/schemas/"+naam, v)
	}
	slices.Sort(k.fouten)
	return slices.Compact(k.fouten)
}

var (
	semver     = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)
	versiePad  = regexp.MustCompile(`/v[1-9]\d*$`)
	segment    = regexp.MustCompile(`^([a-z0-9]+(-[a-z0-9]+)*(\.json)?|\{[a-z][A-Za-z0-9]*\})$`)
	kameel     = regexp.MustCompile(`^[a-z][a-z0-9]*([A-Z][a-z0-9]*)*$`)
	schemaNaam = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	variabele  = regexp.MustCompile(`\{([^}]+)\}`)
	datumVeld  = regexp.MustCompile(`^(date|datum)$|[a-z_][dD](ate|atum)$`)
	werkwoord  = map[string]bool{"get": true, "post": true, "put": true, "delete": true, "patch": true, "head": true, "options": true, "trace": true}
)

type keuring struct {
	doc       map[string]any
	operaties map[string]string // operationId → where it stands
	fouten    []string
}

func (k *keuring) eis(goed bool, plek, regel string, a ...any) {
	if !goed {
		k.fouten = append(k.fouten, plek+": "+fmt.Sprintf(regel, a...))
	}
}

// wortel checks what the document says of itself.
func (k *keuring) wortel() {
	k.eis(strings.HasPrefix(tekst(k.doc, "openapi"), "3.1."), "openapi", "the document is OpenAPI 3.1")
	k.eis(tekst(k.doc, "info", "title") != "", "info", "the API has a title")
	k.eis(semver.MatchString(tekst(k.doc, "info", "version")), "info/version", "the version is major.minor.patch")
	for _, veld := range []string{"name", "url", "email"} {
		k.eis(tekst(k.doc, "info", "contact", veld) != "", "info/contact", "the contact has a %s", veld)
	}
	k.eis(len(object(k.doc, "paths")) > 0, "paths", "the document names at least one path")
	gezien := map[string]bool{}
	for _, v := range lijst(k.doc, "tags") {
		naam := tekst(object(v), "name")
		k.eis(!gezien[naam], "tags", "the tag %q stands there once", naam)
		gezien[naam] = true
	}
}

// servers checks the addresses of the API; the root must have one.
func (k *keuring) servers(plek string, in map[string]any) {
	l := lijst(in, "servers")
	k.eis(plek != "" || len(l) > 0, "servers", "the document names a server")
	for _, v := range l {
		u := tekst(object(v), "url")
		k.eis(strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "/") && !strings.HasPrefix(u, "//"), plek+"servers", "a server is reached by https")
		k.eis(versiePad.MatchString(u), plek+"servers", "the address of a server ends in its major version, such as /v1")
	}
}

func (k *keuring) pad(pad string, v map[string]any) {
	k.eis(pad == "/" || !strings.HasSuffix(pad, "/"), pad, "a path has no slash at its end")
	for _, s := range strings.Split(strings.Trim(pad, "/"), "/") {
		k.eis(s == "" || segment.MatchString(s), pad, "%q is not kebab-case", s)
		k.eis(!werkwoord[s], pad, "a path names a thing, not the method %s", s)
	}
	for methode, o := range v {
		switch {
		case werkwoord[methode]:
			k.operatie(pad, methode, object(o), lijst(v, "parameters"))
		case methode == "servers":
			k.servers(pad+"/", v)
		default:
			k.eis(slices.Contains([]string{"parameters", "summary", "description", "$ref"}, methode), pad, "%q is no standard HTTP method", methode)
		}
	}
}

func (k *keuring) operatie(pad, methode string, op map[string]any, gedeeld []any) {
	plek := methode + " " + pad
	id := tekst(op, "operationId")
	k.eis(kameel.MatchString(id), plek, "operationId %q is lowerCamelCase", id)
	k.eis(k.operaties[id] == "", plek, "operationId %q is used once, also at %s", id, k.operaties[id])
	k.operaties[id] = plek
	k.servers(plek+"/", op)
	params := append(slices.Clone(gedeeld), lijst(op, "parameters")...)
	k.parameters(plek, pad, params)
	invoer := len(params) > 0 || methode == "post" || methode == "put" || methode == "patch"
	antwoorden := object(op, "responses")
	k.eis(!invoer || antwoorden["400"] != nil, plek, "an operation with input can answer 400")
	k.eis(antwoorden["422"] == nil, plek, "invalid input is 400, not 422")
	k.eis(len(antwoorden) > 0, plek, "an operation has answers")
	for status, a := range antwoorden {
		k.antwoord(plek+" "+status, status, k.volg(a))
	}
	for soort, m := range object(op, "requestBody", "content") {
		k.schema(plek+" "+soort, object(m)["schema"])
	}
}

func (k *keuring) parameters(plek, pad string, params []any) {
	inPad := map[string]bool{}
	for _, v := range params {
		p := k.volg(v)
		naam := tekst(p, "name")
		switch tekst(p, "in") {
		case "query":
			k.eis(kameel.MatchString(naam), plek, "query key %q is lowerCamelCase", naam)
		case "path":
			k.eis(p["required"] == true, plek, "path parameter %q is required", naam)
			k.eis(strings.Contains(pad, "{"+naam+"}"), plek, "path parameter %q is in the path", naam)
			inPad[naam] = true
		}
		k.eis(p["schema"] != nil || p["content"] != nil, plek, "parameter %q has a schema", naam)
		k.schema(plek+" "+naam, p["schema"])
	}
	for _, m := range variabele.FindAllStringSubmatch(pad, -1) {
		k.eis(inPad[m[1]], plek, "{%s} is described as a parameter", m[1])
	}
}

func (k *keuring) antwoord(plek, status string, a map[string]any) {
	k.eis(tekst(a, "description") != "", plek, "an answer has a description")
	inhoud := object(a, "content")
	switch status[0] {
	case '2', '3':
		k.eis(slices.ContainsFunc(slices.Collect(maps.Keys(object(a, "headers"))), func(h string) bool { return strings.EqualFold(h, "API-Version") }), plek, "the answer carries API-Version")
	case '4', '5', 'd':
		p := object(inhoud, "application/problem+json")
		k.eis(p != nil, plek, "an error is application/problem+json")
		velden := object(k.volg(p["schema"]), "properties")
		for _, veld := range []string{"status", "title", "detail"} {
			k.eis(p == nil || velden[veld] != nil, plek, "an error has the member %s", veld)
		}
	}
	for soort, m := range inhoud {
		k.schema(plek+" "+soort, object(m)["schema"])
	}
}

// onvolledigeDatum is the form of a date of which parts may be unknown, as the population
// register writes it: 2014-05-00.
const onvolledigeDatum = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`

// schema checks the members of a schema and of what it holds.
func (k *keuring) schema(plek string, v any) {
	s, ok := v.(map[string]any)
	if !ok {
		return
	}
	if ref := tekst(s, "$ref"); ref != "" {
		k.eis(k.zoek(ref) != nil, plek, "%s points to nothing", ref)
	}
	format := tekst(s, "format")
	k.eis(format != "date-time-local" && format != "time", plek, "a moment has a time zone, a time of day has none: not %q", format)
	for naam, p := range object(s, "properties") {
		if datumVeld.MatchString(naam) {
			// A date of birth may be known in part, which the format date cannot say.
			k.eis(tekst(k.volg(p), "format") == "date" || tekst(k.volg(p), "pattern") == onvolledigeDatum, plek+"/"+naam, "a date has the format date")
		}
		k.schema(plek+"/"+naam, p)
	}
	for _, onder := range []string{"items", "additionalProperties"} {
		k.schema(plek+"/"+onder, s[onder])
	}
	for _, onder := range []string{"allOf", "anyOf", "oneOf"} {
		for _, d := range lijst(s, onder) {
			k.schema(plek+"/"+onder, d)
		}
	}
}

// volg gives an object, or what its $ref points to.
func (k *keuring) volg(v any) map[string]any {
	for range 8 { // a ring of references ends
		ref := tekst(object(v), "$ref")
		if ref == "" {
			break
		}
		v = k.zoek(ref)
	}
	return object(v)
}

func (k *keuring) zoek(ref string) any {
	rest, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return nil
	}
	var v any = k.doc
	for _, stap := range strings.Split(rest, "/") {
		v = object(v)[strings.NewReplacer("~1", "/", "~0", "~").Replace(stap)]
	}
	return v
}

func waarde(v any, pad ...string) any {
	for _, p := range pad {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

func object(v any, pad ...string) map[string]any {
	m, _ := waarde(v, pad...).(map[string]any)
	return m
}

func lijst(v any, pad ...string) []any {
	l, _ := waarde(v, pad...).([]any)
	return l
}

func tekst(v any, pad ...string) string {
	s, _ := waarde(v, pad...).(string)
	return s
}

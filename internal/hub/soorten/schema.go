package soorten

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
)

// maxSchema is the largest schema that is taken, in bytes.
const maxSchema = 64 << 10

// Schema is the form of the data of one event type, in one version. Versions
// count from 1, without gaps. The schema is about the plain form of a graph, in
// which a personal value is a text of nine asterisks: it may be asked to be
// there, its form is not looked at.
type Schema struct {
	Type   string          `json:"type"`
	Versie int             `json:"versie"`
	Schema json.RawMessage `json:"schema"`

	doc  any // as the compiler reads it
	af   *jsonschema.Schema
	snel *plan // the short way to ask af; nil for none
}

// plek is the name under which a schema is compiled. No schema is loaded by it.
const plek = "schema.json"

// nietsLaden refuses every reference that leaves the schema.
type nietsLaden struct{}

func (nietsLaden) Load(string) (any, error) {
	return nil, errors.New("een schema verwijst alleen naar zichzelf")
}

// compileer makes s ready for use; the error is for who offered it.
func (s *Schema) compileer() error {
	fout := func(bericht string, err error) error {
		f := &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: "schema", Bericht: bericht}}}
		return f.Door(err)
	}
	if len(s.Schema) > maxSchema {
		return fout(fmt.Sprintf("Een schema is ten hoogste %d KB groot.", maxSchema>>10), nil)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(s.Schema))
	if err != nil {
		return fout("Dit is geen geldige JSON.", err)
	}
	m, ok := doc.(map[string]any)
	if !ok {
		return fout("Een schema is een JSON-object.", nil)
	}
	if v, er := m["$schema"]; er && v != "https://json-schema.org/draft/2020-12/schema" {
		return fout("Gebruik JSON Schema 2020-12.", nil)
	}
	if k := vreemd(m, true); k != "" {
		return fout("Het sleutelwoord "+k+" kan hier niet: een schema staat op zichzelf en verwijst met #/$defs/….", nil)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(nietsLaden{})
	c.AssertFormat()
	if err := c.AddResource(plek, doc); err != nil {
		return fout("Dit is geen JSON Schema 2020-12.", err)
	}
	if s.af, err = c.Compile(plek); err != nil {
		return fout("Dit is geen JSON Schema 2020-12, of het verwijst naar iets buiten zichzelf.", err)
	}
	s.doc, s.snel = doc, planVan(s.af, map[*jsonschema.Schema]*plan{})
	return nil
}

// vreemd gives a keyword that changes what a reference means: without those,
// ruimer can follow each reference itself.
func vreemd(v any, buiten bool) string {
	switch t := v.(type) {
	case map[string]any:
		for _, k := range []string{"$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$vocabulary", "$schema"} {
			if _, er := t[k]; er && !(buiten && k == "$schema") {
				return k
			}
		}
		for _, w := range t {
			if k := vreemd(w, false); k != "" {
				return k
			}
		}
	case []any:
		for _, w := range t {
			if k := vreemd(w, false); k != "" {
				return k
			}
		}
	}
	return ""
}

// MetSchema gives the Stand with one more schema. It refuses a version that is
// not the next, and a schema that would refuse data an older version takes.
func (s *Stand) MetSchema(v Schema) (*Stand, error) {
	if !s.Bekend(v.Type) {
		return nil, begrip.NieuweFout(begrip.NietGevonden, "Dit type staat niet in het register.")
	}
	if b, ok := ingebouwd[v.Type]; ok && b.vast {
		return nil, begrip.NieuweFout(begrip.Verboden, "Dit soort gebeurtenis is van de Ketenindex zelf. U kunt het niet wijzigen.")
	}
	ouder := s.schemas[v.Type]
	if v.Versie != len(ouder)+1 {
		return nil, begrip.NieuweFout(begrip.Conflict, "De volgende versie van dit schema is %d.", len(ouder)+1)
	}
	if err := v.compileer(); err != nil {
		return nil, err
	}
	if len(ouder) > 0 {
		if err := ruimer(ouder[len(ouder)-1].doc, v.doc); err != nil {
			return nil, err
		}
	}
	return s.met(&v), nil
}

func (s *Stand) met(v *Schema) *Stand {
	n := *s
	n.schemas = make(map[string][]*Schema, len(s.schemas)+1)
	for t, vs := range s.schemas {
		n.schemas[t] = vs
	}
	n.schemas[v.Type] = append(slices.Clone(s.schemas[v.Type]), v)
	return &n
}

// Schemas gives every version of the schema of typ, the first first.
func (s *Stand) Schemas(typ string) []*Schema { return s.schemas[typ] }

// Typen gives the types that have a schema, in order.
func (s *Stand) Typen() []string {
	var uit []string
	for t := range s.schemas {
		uit = append(uit, t)
	}
	slices.Sort(uit)
	return uit
}

var dataschemaVorm = regexp.MustCompile(`/v1/schemas/([a-z0-9.-]+)/versies/([1-9][0-9]{0,5})$`)

// kies gives the schema that dataschema of the event names, the newest when it
// names none of ours; nil when there is none.
func (s *Stand) kies(ev cloudevent.Event) (*Schema, *begrip.Veldfout) {
	vs := s.schemas[ev.Type]
	if strings.Contains(ev.DataSchema, "/v1/schemas/") {
		m := dataschemaVorm.FindStringSubmatch(ev.DataSchema)
		if m == nil || m[1] != ev.Type {
			return nil, &begrip.Veldfout{Veld: "/dataschema", Bericht: "Dit schema hoort niet bij dit type."}
		}
		n, _ := strconv.Atoi(m[2])
		if n > len(vs) {
			return nil, &begrip.Veldfout{Veld: "/dataschema", Bericht: "Deze versie van het schema kennen wij niet."}
		}
		return vs[n-1], nil
	}
	if len(vs) == 0 {
		return nil, nil
	}
	return vs[len(vs)-1], nil
}

// Controleer holds the graph of an event against its schema and gives every
// mistake: where it stands in the plain form, and what is wrong in plain Dutch,
// never the value. masker replaces what is encrypted in a text.
func (s *Stand) Controleer(ev cloudevent.Event, g prov.Graph, masker func(string) string) []begrip.Veldfout {
	v, fout := s.kies(ev)
	if fout != nil {
		return []begrip.Veldfout{*fout}
	}
	if v == nil {
		return nil
	}
	if v.snel != nil {
		if b := zichtOp(&g, masker).blik(); v.snel.goed(&b, 0) {
			return nil
		}
	}
	var mis *jsonschema.ValidationError
	err := v.af.Validate(plat(g, masker))
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &mis):
		return []begrip.Veldfout{{Veld: "/data", Bericht: "De inhoud past niet bij het schema."}}
	}
	u := uitleg{doc: v.doc}
	u.loop(mis)
	return u.fouten
}

// maxFouten bounds what one event is told.
const maxFouten = 100

// uitleg turns what the validator found into words for the sender.
type uitleg struct {
	doc    any
	fouten []begrip.Veldfout
}

func (u *uitleg) meld(e *jsonschema.ValidationError, bericht string, a ...any) {
	f := begrip.Veldfout{Veld: pointer(e.InstanceLocation), Bericht: fmt.Sprintf(bericht, a...)}
	if len(u.fouten) < maxFouten && !slices.Contains(u.fouten, f) {
		u.fouten = append(u.fouten, f)
	}
}

// loop gives one message per mistake. Below anyOf, oneOf, contains and not only
// the whole is told: which of the ways the sender meant is not known.
func (u *uitleg) loop(e *jsonschema.ValidationError) {
	switch k := e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		u.meld(e, "Dit voldoet aan geen van de vormen die hier mogen%s.", u.titel(e))
		return
	case *kind.Contains, *kind.MinContains:
		u.meld(e, "Hier ontbreekt een onderdeel%s.", u.titel(e))
		return
	case *kind.Required:
		u.meld(e, "Hier ontbreekt: %s.", strings.Join(k.Missing, ", "))
	case *kind.DependentRequired:
		u.meld(e, "Hier ontbreekt, bij %s: %s.", k.Prop, strings.Join(k.Missing, ", "))
	case *kind.AdditionalProperties:
		u.meld(e, "Hier staat een eigenschap die niet in het schema staat.")
	case *kind.Type:
		u.meld(e, "Dit moet %s zijn.", soortNamen(k.Want))
	case *kind.Format:
		u.meld(e, "Dit heeft niet de vorm %s.", k.Want)
	case *kind.MinLength:
		u.meld(e, "Deze tekst is te kort: ten minste %d tekens.", k.Want)
	case *kind.MaxLength:
		u.meld(e, "Deze tekst is te lang: ten hoogste %d tekens.", k.Want)
	case *kind.MinItems:
		u.meld(e, "Hier staan te weinig waarden: ten minste %d.", k.Want)
	case *kind.MaxItems:
		u.meld(e, "Hier staan te veel waarden: ten hoogste %d.", k.Want)
	case *kind.MinProperties, *kind.MaxProperties:
		u.meld(e, "Het aantal eigenschappen klopt niet met het schema.")
	case *kind.Enum, *kind.Const:
		u.meld(e, "Deze waarde is hier niet toegestaan%s.", u.titel(e))
	case *kind.Pattern:
		u.meld(e, "Deze tekst heeft niet de vorm die het schema vraagt%s.", u.titel(e))
	case *kind.Minimum, *kind.ExclusiveMinimum:
		u.meld(e, "Dit getal is te klein.")
	case *kind.Maximum, *kind.ExclusiveMaximum:
		u.meld(e, "Dit getal is te groot.")
	case *kind.UniqueItems:
		u.meld(e, "Hier staat een waarde twee keer.")
	default:
		if len(e.Causes) == 0 {
			u.meld(e, "Dit past niet bij het schema%s.", u.titel(e))
		}
	}
	for _, c := range e.Causes {
		u.loop(c)
	}
}

// titel gives the title the writer of the schema gave to the rule that failed.
func (u *uitleg) titel(e *jsonschema.ValidationError) string {
	_, pad, _ := strings.Cut(e.SchemaURL, "#")
	v := u.doc
	for deel := range strings.SplitSeq(strings.TrimPrefix(pad, "/"), "/") {
		if d, err := url.PathUnescape(deel); err == nil {
			deel = strings.NewReplacer("~1", "/", "~0", "~").Replace(d)
		}
		switch t := v.(type) {
		case map[string]any:
			if deel != "" {
				v = t[deel]
			}
		case []any:
			i, err := strconv.Atoi(deel)
			if err != nil || i >= len(t) {
				return ""
			}
			v = t[i]
		}
	}
	m, _ := v.(map[string]any)
	if t, ok := m["title"].(string); ok && t != "" {
		return " (" + t + ")"
	}
	return ""
}

var namen = map[string]string{"object": "een object", "array": "een lijst", "string": "een tekst", "number": "een getal",
	"integer": "een heel getal", "boolean": "true of false", "null": "null"}

func soortNamen(typen []string) string {
	var uit []string
	for _, s := range typen {
		uit = append(uit, namen[s])
	}
	return strings.Join(uit, " of ")
}

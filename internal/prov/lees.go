package prov

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/valyala/fastjson"

	"github.com/handbereik/soh/internal/begrip"
)

// zonderPrefix are terms that published examples write without a prefix.
var zonderPrefix = map[string]string{
	"tijdstip":             "soh:tijdstip",
	"beschikbaarGesteldOp": "soh:beschikbaarGesteldOp",
	"inzageUrl":            "soh:inzageUrl",
}

// ouder are names of earlier drafts, read as the newest.
var ouder = map[string]string{
	"soh:betreft":                    "soh:heeftBetrokkene",
	"soh:beschikbaarSinds":           "soh:beschikbaarGesteldOp",
	"soh:BeschikbaarStellenUitkomst": "soh:BeschikbaarStellenUitkomstOverleg",
	"soh:InzienUitkomst":             "soh:InzienUitkomstOverleg",
}

// maxMeldingen bounds the warnings about one payload.
const maxMeldingen = 50

// lezing is one reading under way.
type lezing struct {
	g            Graph
	waarschuwing []string
	leeg         int // blank nodes so far

	// Room for the nodes of g and what is in them, in few pieces.
	nodes []Node
	props []Prop
	typen []string
	plek  []Value
}

// neem takes room for n from a piece, or from a new one that is large enough for
// as much again.
func neem[T any](stuk *[]T, n int) []T {
	if cap(*stuk)-len(*stuk) < n {
		*stuk = make([]T, 0, max(n, 2*cap(*stuk), 16))
	}
	van := len(*stuk)
	*stuk = (*stuk)[:van+n]
	return (*stuk)[van : van : van+n]
}

// Lezer is Lees with memory that is used again: the graph it gives holds until
// its next call. It is for one goroutine.
type Lezer struct{ l lezing }

// Lees is the function Lees.
func (z *Lezer) Lees(data json.RawMessage) (Graph, []string, error) {
	l := &z.l
	clear(l.nodes)
	clear(l.props)
	clear(l.typen)
	clear(l.plek)
	*l = lezing{g: Graph{Nodes: l.g.Nodes[:0]}, nodes: l.nodes[:0], props: l.props[:0], typen: l.typen[:0], plek: l.plek[:0]}
	return l.lees(data)
}

// Lees reads a payload, infers what relations imply and leaves out what PROV
// forbids; each such repair is one waarschuwing, in plain Dutch, without a
// burgerservicenummer. The error is a *begrip.Fout: the payload is no JSON-LD
// we can read, or the graph has no Entity, no Activity or no Agent; in that
// last case the graph is given all the same.
//
// A payload with the plain context of prov and soh is read directly; any other
// goes through JSON-LD expansion with built-in contexts.
func Lees(data json.RawMessage) (Graph, []string, error) { return new(lezing).lees(data) }

func (l *lezing) lees(data json.RawMessage) (Graph, []string, error) {
	if !utf8.Valid(data) {
		return Graph{}, nil, begrip.NieuweFout(begrip.Ongeldig, "De inhoud is geen geldige UTF-8.")
	}
	// The fast parser is lax about escapes, so those get a strict look first.
	if bytes.IndexByte(data, '\\') >= 0 && !jsontext.Value(data).IsValid() {
		return Graph{}, nil, errJSON()
	}
	p := parsers.Get()
	defer parsers.Put(p)
	if v, err := p.ParseBytes(data); err != nil || !l.gewoon(v) {
		*l = lezing{}
		if err := l.uitgebreid(data); err != nil {
			return Graph{}, nil, err
		}
	}
	l.herstel()
	return l.g, l.waarschuwing, l.volledig()
}

var parsers fastjson.ParserPool

func errJSON() error {
	return begrip.NieuweFout(begrip.Ongeldig, "De inhoud is geen geldige JSON, of er staat een naam twee keer in hetzelfde object.")
}

func (l *lezing) volledig() error {
	var c begrip.Controle
	for _, eis := range []struct{ typ, naam string }{{Entity, "Entity"}, {Activity, "Activity"}, {Agent, "Agent"}} {
		gevonden := slices.ContainsFunc(l.g.Nodes, func(n *Node) bool { return n.Is(eis.typ) })
		if !gevonden {
			c.Eis(false, "/data/@graph", "er staat geen prov:%s in de graaf", eis.naam)
		}
	}
	return c.Fout()
}

// waarschuw adds a warning; ids in it are masked, since anything can be an id.
func (l *lezing) waarschuw(tekst string, args ...any) {
	if len(l.waarschuwing) < maxMeldingen {
		l.waarschuwing = append(l.waarschuwing, string(begrip.MaskeerBSN(fmt.Appendf(nil, tekst, args...))))
	}
}

// gewoon reads the plain form; false means: this needs JSON-LD expansion.
func (l *lezing) gewoon(v *fastjson.Value) bool {
	top, err := v.Object()
	if err != nil || top.Len() != 2 || !gewoneContext(top.Get("@context")) {
		return false
	}
	g := top.Get("@graph")
	if g == nil || g.Type() != fastjson.TypeArray {
		return false
	}
	graaf := g.GetArray()
	l.g.Nodes = slices.Grow(l.g.Nodes, len(graaf)+4)
	for _, n := range graaf {
		o, err := n.Object()
		if err != nil {
			return false
		}
		if _, ok := l.object(o, 0); !ok {
			return false
		}
	}
	return true
}

func gewoneContext(v *fastjson.Value) bool {
	if v == nil || v.Type() != fastjson.TypeObject {
		return false
	}
	o := v.GetObject()
	return o.Len() == 2 && is(o.Get("prov"), NSProv) && is(o.Get("soh"), NSSoh)
}

func is(v *fastjson.Value, s string) bool {
	return v != nil && string(v.GetStringBytes()) == s
}

// maxDiepte bounds embedded nodes in the plain form; deeper goes the long way.
const maxDiepte = 8

// object reads one node object and gives its id.
func (l *lezing) object(o *fastjson.Object, diepte int) (string, bool) {
	if diepte > maxDiepte {
		return "", false
	}
	id := ""
	if v := o.Get("@id"); v != nil {
		b, err := v.StringBytes()
		if err != nil || len(b) == 0 {
			return "", false
		}
		id = compact(naam(b))
	} else {
		id = fmt.Sprintf("_:soh%d", l.leeg)
		l.leeg++
	}
	n := l.node(id)
	if n.Props == nil {
		n.Props = neem(&l.props, o.Len())
	}
	goed := true
	ids, types := 0, 0
	o.Visit(func(k []byte, v *fastjson.Value) {
		switch {
		case !goed:
		case string(k) == "@id":
			ids++
		case string(k) == "@type":
			types++
			goed = l.types(n, v)
		case len(k) > 0 && k[0] == '@':
			goed = false
		default:
			goed = l.eigenschap(n, k, v, diepte)
		}
	})
	return id, goed && ids <= 1 && types <= 1
}

// node is Graph.Node without an allocation per node.
func (l *lezing) node(id string) *Node {
	if n := l.g.Vind(id); n != nil {
		return n
	}
	n := &neem(&l.nodes, 1)[:1][0]
	n.ID = id
	l.g.Nodes = append(l.g.Nodes, n)
	return n
}

// voeg is Node.Add without an allocation for a first value.
func (l *lezing) voeg(n *Node, term string, v Value) {
	if n.Values(term) != nil {
		n.Add(term, v)
		return
	}
	n.Props = append(n.Props, Prop{Name: term, Values: append(neem(&l.plek, 1), v)})
}

func (l *lezing) types(n *Node, v *fastjson.Value) bool {
	switch v.Type() {
	case fastjson.TypeString:
		if n.Types == nil {
			n.Types = neem(&l.typen, 1)
		}
		return l.type_(n, v)
	case fastjson.TypeArray:
		rij, _ := v.Array()
		if n.Types == nil {
			n.Types = neem(&l.typen, len(rij))
		}
		for _, t := range rij {
			if !l.type_(n, t) {
				return false
			}
		}
		return true
	}
	return false
}

func (l *lezing) type_(n *Node, v *fastjson.Value) bool {
	b, err := v.StringBytes()
	if err != nil || len(b) == 0 || b[0] == '@' {
		return false
	}
	l.typeer(n, naam(b))
	return true
}

// typeer gives n a type as it stood in the payload, in compact or full form.
func (l *lezing) typeer(n *Node, t string) {
	t = l.nieuwste(compact(t))
	switch {
	case t == typeloos:
	case !strings.Contains(t, ":"):
		l.waarschuw("Een type zonder voorvoegsel bij %s is weggelaten.", n.ID)
	default:
		n.Typeer(t)
	}
}

func (l *lezing) nieuwste(naam string) string {
	nieuw, ok := ouder[naam]
	if !ok {
		return naam
	}
	l.waarschuw("De oudere naam %s is gelezen als %s.", naam, nieuw)
	return nieuw
}

// eigenschap reads one property of n.
func (l *lezing) eigenschap(n *Node, k []byte, v *fastjson.Value, diepte int) bool {
	term := compact(naam(k))
	if !strings.Contains(term, ":") {
		nieuw, ok := zonderPrefix[term]
		if !ok {
			l.waarschuw("Een eigenschap zonder voorvoegsel bij %s is weggelaten.", n.ID)
			return true
		}
		l.waarschuw("%s zonder voorvoegsel is gelezen als %s.", term, nieuw)
		term = nieuw
	}
	return l.waarden(n, l.nieuwste(term), v, diepte)
}

func (l *lezing) waarden(n *Node, term string, v *fastjson.Value, diepte int) bool {
	switch v.Type() {
	case fastjson.TypeNull:
	case fastjson.TypeString:
		b, _ := v.StringBytes()
		l.voeg(n, term, Value{Literal: string(b)})
	case fastjson.TypeNumber:
		w := Value{Literal: v.String(), Kind: Getal}
		if !jsontext.Value(w.Literal).IsValid() { // the fast parser takes nan and the like
			return false
		}
		l.voeg(n, term, w)
	case fastjson.TypeTrue, fastjson.TypeFalse:
		l.voeg(n, term, Value{Literal: v.String(), Kind: Waarheid})
	case fastjson.TypeArray:
		rij, _ := v.Array()
		for _, w := range rij {
			if w.Type() == fastjson.TypeArray || !l.waarden(n, term, w, diepte) {
				return false
			}
		}
	case fastjson.TypeObject:
		o, _ := v.Object()
		if o.Get("@value") != nil {
			return l.literal(n, term, o)
		}
		id, ok := l.verwijs(o, diepte)
		if ok {
			l.voeg(n, term, Value{Ref: id, Kind: Verwijzing})
		}
		return ok
	}
	return true
}

// verwijs reads an object in value position: a bare reference, or a node that
// is described right there.
func (l *lezing) verwijs(o *fastjson.Object, diepte int) (string, bool) {
	if o.Len() == 1 && o.Get("@id") != nil {
		b, err := o.Get("@id").StringBytes()
		return compact(naam(b)), err == nil && len(b) > 0
	}
	return l.object(o, diepte+1)
}

// literal reads a value object.
func (l *lezing) literal(n *Node, term string, o *fastjson.Object) bool {
	inhoud := o.Get("@value")
	taal, soort := o.Get("@language"), o.Get("@type")
	leden := 1
	w := Value{}
	switch inhoud.Type() {
	case fastjson.TypeString:
		b, _ := inhoud.StringBytes()
		w.Literal = string(b)
	case fastjson.TypeNumber:
		w.Literal, w.Kind = inhoud.String(), Getal
		if !jsontext.Value(w.Literal).IsValid() {
			return false
		}
	case fastjson.TypeTrue, fastjson.TypeFalse:
		w.Literal, w.Kind = inhoud.String(), Waarheid
	default:
		return false
	}
	if soort != nil {
		leden++
		b, err := soort.StringBytes()
		if err != nil || len(b) == 0 || b[0] == '@' {
			return false
		}
		w.Kind, w.Datatype = Getypeerd, compact(string(b))
	}
	if taal != nil {
		leden++
		b, err := taal.StringBytes()
		if err != nil || w.Kind != Tekst {
			return false
		}
		w.Taal = string(b)
	}
	if o.Len() != leden {
		return false
	}
	l.voeg(n, term, w.ontypeer())
	return true
}

// bekende holds the names nearly every payload uses, so that reading one costs
// no allocation.
var bekende = struct {
	sync.Once
	namen map[string]string
}{}

// naam gives b as a string.
func naam(b []byte) string {
	bekende.Do(func() {
		bekende.namen = map[string]string{}
		for _, n := range veelVoorkomend {
			bekende.namen[n] = n
		}
	})
	if n, ok := bekende.namen[string(b)]; ok {
		return n
	}
	return string(b)
}

var veelVoorkomend = []string{
	Entity, Activity, Agent, Betrokkene, Burgerservicenummer, Zaak, BronAfgeschermd,
	"soh:Organisatie", "soh:Melding", "soh:UitkomstOverleg", "soh:identifier", "soh:naam", "soh:tijdstip", "soh:inzageUrl",
	"soh:heeftBetrokkene", "soh:beschikbaarGesteldOp", "prov:wasGeneratedBy", "prov:used", "prov:wasAssociatedWith",
	"prov:wasAttributedTo", "soh:RegistrerenMelding", "soh:InzienMelding",
}

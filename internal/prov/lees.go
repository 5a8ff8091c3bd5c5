package prov

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/jsontape"
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
	grens        Grenzen
	teVeel       error // not nil: it is beyond a bound

	band  *jsontape.Tape
	tekst string // what stands on it, from van on: the texts of g are parts of it
	van   int32

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

// Lezer is LeesGebeurtenis with memory that is used again: the graph it gives holds
// until its next call. It is for one goroutine.
type Lezer struct{ l lezing }

// LeesBand is LeesGebeurtenis for a payload that was read before, and found to be UTF-8.
func (z *Lezer) LeesBand(t *jsontape.Tape) (Graph, []string, error) {
	l := &z.l
	clear(l.nodes)
	clear(l.props)
	clear(l.typen)
	clear(l.plek)
	*l = lezing{g: Graph{Nodes: l.g.Nodes[:0]}, nodes: l.nodes[:0], props: l.props[:0], typen: l.typen[:0], plek: l.plek[:0], grens: VanGebeurtenis}
	return l.lees(t)
}

// Lees reads a payload, infers what relations imply and leaves out what PROV
// forbids; each such repair is one waarschuwing, in plain Dutch, without a
// burgerservicenummer. The error is a *begrip.Fout: the payload is no JSON-LD
// we can read, or the graph has no Entity, no Activity or no Agent; in that
// last case the graph is given all the same.
//
// A payload with the plain context of prov and soh is read directly; any other
// goes through JSON-LD expansion with built-in contexts.
func Lees(data json.RawMessage) (Graph, []string, error) { return lees(data, Grenzen{}) }

// LeesGebeurtenis is Lees for what a sender offers: a graph beyond VanGebeurtenis is
// a *begrip.Fout.
func LeesGebeurtenis(data json.RawMessage) (Graph, []string, error) {
	return lees(data, VanGebeurtenis)
}

func lees(data json.RawMessage, grens Grenzen) (Graph, []string, error) {
	if !utf8.Valid(data) {
		return Graph{}, nil, begrip.NieuweFout(begrip.Ongeldig, "De inhoud is geen geldige UTF-8.")
	}
	t := banden.Get().(*jsontape.Tape)
	defer banden.Put(t)
	if !t.Read(data) {
		return Graph{}, nil, errJSON()
	}
	l := lezing{grens: grens}
	return l.lees(t)
}

var banden = sync.Pool{New: func() any { return new(jsontape.Tape) }}

func (l *lezing) lees(t *jsontape.Tape) (Graph, []string, error) {
	heel := &t.Items[0]
	l.band, l.tekst, l.van = t, string(t.Raw(heel)), heel.From
	if !l.gewoon() && l.teVeel == nil && l.binnen(int(heel.Next), l.grens.Uitgebreid, teVeelUitgebreid) {
		*l = lezing{grens: l.grens}
		if err := l.uitgebreid(t.Raw(heel)); err != nil {
			return Graph{}, nil, err
		}
	}
	l.band, l.tekst = nil, ""
	if l.teVeel == nil {
		l.herstel()
	}
	if l.teVeel != nil {
		return Graph{}, nil, l.teVeel
	}
	return l.g, l.waarschuwing, l.volledig()
}

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
func (l *lezing) gewoon() bool {
	t := l.band
	context, graaf := t.Member(0, "@context"), t.Member(0, "@graph")
	if t.Items[0].Kind != jsontape.Object || t.Len(0) != 2 || context == 0 || graaf == 0 || !l.gewoneContext(context) || t.Items[graaf].Kind != jsontape.Array {
		return false
	}
	l.g.Nodes = slices.Grow(l.g.Nodes, 8)
	for k := graaf + 1; k < t.Items[graaf].Next; k = t.Items[k].Next {
		if t.Items[k].Kind != jsontape.Object {
			return false
		}
		if _, ok := l.object(k, 0); !ok {
			return false
		}
	}
	return true
}

func (l *lezing) gewoneContext(k int32) bool {
	t := l.band
	if t.Items[k].Kind != jsontape.Object || t.Len(k) != 2 {
		return false
	}
	is := func(naam, ns string) bool {
		m := t.Member(k, naam)
		return m != 0 && string(t.Text(&t.Items[m])) == ns
	}
	return is("prov", NSProv) && is("soh", NSSoh)
}

// knip gives what stands on the tape between two quotes, as a part of tekst.
func (l *lezing) knip(van, tot int32) string {
	s := l.tekst[van+1-l.van : tot-1-l.van]
	if strings.IndexByte(s, '\\') >= 0 {
		return string(jsontape.Unquote([]byte(s)))
	}
	return s
}

// tekstOp gives the text at k; ok is false for another value.
func (l *lezing) tekstOp(k int32) (tekst string, ok bool) {
	it := &l.band.Items[k]
	if it.Kind != jsontape.String {
		return "", false
	}
	return l.knip(it.From, it.To), true
}

// letterlijk gives the number or boolean at k as it was written.
func (l *lezing) letterlijk(k int32) string {
	it := &l.band.Items[k]
	return l.tekst[it.From-l.van : it.To-l.van]
}

// maxDiepte bounds embedded nodes in the plain form; deeper goes the long way.
const maxDiepte = 8

// object reads the node object at k and gives its id.
func (l *lezing) object(k int32, diepte int) (string, bool) {
	if diepte > maxDiepte {
		return "", false
	}
	t := l.band
	id := ""
	if m := t.Member(k, "@id"); m != 0 {
		s, ok := l.tekstOp(m)
		if !ok || s == "" {
			return "", false
		}
		id = compact(s)
	} else {
		id = fmt.Sprintf("_:soh%d", l.leeg)
		l.leeg++
	}
	n := l.node(id)
	if n.Props == nil {
		n.Props = neem(&l.props, t.Len(k))
	}
	ids, types := 0, 0
	for m := k + 1; m < t.Items[k].Next; m = t.Items[m].Next {
		goed := true
		switch naam := l.knip(t.Items[m].NameFrom, t.Items[m].NameTo); {
		case naam == "@id":
			ids++
		case naam == "@type":
			types++
			goed = l.types(n, m)
		case strings.HasPrefix(naam, "@"):
			goed = false
		default:
			goed = l.eigenschap(n, naam, m, diepte)
		}
		if !goed {
			return "", false
		}
	}
	return id, ids <= 1 && types <= 1 && l.teVeel == nil
}

// node is Graph.Node without an allocation per node.
func (l *lezing) node(id string) *Node {
	if n := l.g.Vind(id); n != nil {
		return n
	}
	n := &neem(&l.nodes, 1)[:1][0]
	n.ID = id
	l.g.Nodes = append(l.g.Nodes, n)
	l.binnen(len(l.g.Nodes), l.grens.Nodes, teVeelNodes)
	return n
}

// voeg is Node.Add without an allocation for a first value. Beyond a bound it adds
// nothing.
func (l *lezing) voeg(n *Node, term string, v Value) {
	if l.teVeel != nil {
		return
	}
	if vs := n.Values(term); vs != nil {
		if n.Add(term, v); len(vs) == l.grens.Waarden {
			l.binnen(len(n.Values(term)), l.grens.Waarden, teVeelWaarden)
		}
		return
	}
	if !l.binnen(len(n.Props)+1, l.grens.Eigenschappen, teVeelEigenschappen) {
		return
	}
	n.Props = append(n.Props, Prop{Name: term, Values: append(neem(&l.plek, 1), v)})
}

func (l *lezing) types(n *Node, k int32) bool {
	t := l.band
	switch t.Items[k].Kind {
	case jsontape.String:
		if n.Types == nil {
			n.Types = neem(&l.typen, 1)
		}
		return l.type_(n, k)
	case jsontape.Array:
		if n.Types == nil {
			n.Types = neem(&l.typen, t.Len(k))
		}
		for m := k + 1; m < t.Items[k].Next; m = t.Items[m].Next {
			if !l.type_(n, m) {
				return false
			}
		}
		return true
	}
	return false
}

func (l *lezing) type_(n *Node, k int32) bool {
	s, ok := l.tekstOp(k)
	if !ok || s == "" || s[0] == '@' {
		return false
	}
	l.typeer(n, s)
	return true
}

// typeer gives n a type as it stood in the payload, in compact or full form.
func (l *lezing) typeer(n *Node, t string) {
	t = l.nieuwste(compact(t))
	switch {
	case t == typeloos:
	case !strings.Contains(t, ":"):
		l.waarschuw("Een type zonder voorvoegsel bij %s is weggelaten.", n.ID)
	case l.teVeel == nil:
		n.Typeer(t)
		l.binnen(len(n.Types), l.grens.Typen, teVeelTypen)
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
func (l *lezing) eigenschap(n *Node, naam string, k int32, diepte int) bool {
	term := compact(naam)
	if !strings.Contains(term, ":") {
		nieuw, ok := zonderPrefix[term]
		if !ok {
			l.waarschuw("Een eigenschap zonder voorvoegsel bij %s is weggelaten.", n.ID)
			return true
		}
		l.waarschuw("%s zonder voorvoegsel is gelezen als %s.", term, nieuw)
		term = nieuw
	}
	return l.waarden(n, l.nieuwste(term), k, diepte)
}

func (l *lezing) waarden(n *Node, term string, k int32, diepte int) bool {
	t := l.band
	switch t.Items[k].Kind {
	case jsontape.String:
		s, _ := l.tekstOp(k)
		l.voeg(n, term, Value{Literal: s})
	case jsontape.Number:
		l.voeg(n, term, Value{Literal: l.letterlijk(k), Kind: Getal})
	case jsontape.Boolean:
		l.voeg(n, term, Value{Literal: l.letterlijk(k), Kind: Waarheid})
	case jsontape.Array:
		for m := k + 1; m < t.Items[k].Next; m = t.Items[m].Next {
			if t.Items[m].Kind == jsontape.Array || l.teVeel != nil || !l.waarden(n, term, m, diepte) {
				return false
			}
		}
	case jsontape.Object:
		if m := t.Member(k, "@value"); m != 0 {
			return l.literal(n, term, k, m)
		}
		id, ok := l.verwijs(k, diepte)
		if ok {
			l.voeg(n, term, Value{Ref: id, Kind: Verwijzing})
		}
		return ok
	}
	return true
}

// verwijs reads an object in value position: a bare reference, or a node that
// is described right there.
func (l *lezing) verwijs(k int32, diepte int) (string, bool) {
	if m := l.band.Member(k, "@id"); m != 0 && l.band.Len(k) == 1 {
		s, ok := l.tekstOp(m)
		return compact(s), ok && s != ""
	}
	return l.object(k, diepte+1)
}

// literal reads the value object at k, with its @value at inhoud.
func (l *lezing) literal(n *Node, term string, k, inhoud int32) bool {
	t := l.band
	w, leden := Value{}, 1
	switch t.Items[inhoud].Kind {
	case jsontape.String:
		w.Literal, _ = l.tekstOp(inhoud)
	case jsontape.Number:
		w.Literal, w.Kind = l.letterlijk(inhoud), Getal
	case jsontape.Boolean:
		w.Literal, w.Kind = l.letterlijk(inhoud), Waarheid
	default:
		return false
	}
	if m := t.Member(k, "@type"); m != 0 {
		leden++
		s, ok := l.tekstOp(m)
		if !ok || s == "" || s[0] == '@' {
			return false
		}
		w.Kind, w.Datatype = Getypeerd, compact(s)
	}
	if m := t.Member(k, "@language"); m != 0 {
		leden++
		s, ok := l.tekstOp(m)
		if !ok || w.Kind != Tekst {
			return false
		}
		w.Taal = s
	}
	if t.Len(k) != leden {
		return false
	}
	l.voeg(n, term, w.ontypeer())
	return true
}

package prov

import (
	"slices"
	"time"
)

// geordend are the relations whose meaning is strict: following them can never
// lead back (PROV-Constraints 42, 52 and the transitivity of inference 19).
var geordend = map[string]bool{
	"prov:wasDerivedFrom": true, "prov:wasRevisionOf": true, "prov:wasQuotedFrom": true,
	"prov:hadPrimarySource": true, "prov:specializationOf": true,
}

// The instants in the life of a node. All generations of one entity are the
// same instant (39), and so are its invalidations (40), and the starts (31) and
// ends (32) of an activity. A usage needs no instant of its own: what comes
// before it comes before what follows it.
const (
	begin = iota // of an activity
	einde
	maken // generation of an entity
	weg   // its invalidation
	punten
)

// volgorde says which instants cannot come after which: an edge for "precedes".
type volgorde struct {
	nummer map[string]int // of a node
	na     [][]int        // per instant: those that do not come before it
	gezien []int          // last search that came by
	zoek   int
	rij    []int
	stap   int // steps that all searches took
}

func nieuweVolgorde(g *Graph) *volgorde {
	o := &volgorde{nummer: make(map[string]int, len(g.Nodes)), na: make([][]int, punten*len(g.Nodes)), gezien: make([]int, punten*len(g.Nodes))}
	for i, n := range g.Nodes {
		o.nummer[n.ID] = i
	}
	return o
}

func (o *volgorde) punt(id string, soort int) int {
	i, ok := o.nummer[id]
	if !ok {
		return -1
	}
	return punten*i + soort
}

func (o *volgorde) voor(a, b int) {
	if a >= 0 && b >= 0 {
		o.na[a] = append(o.na[a], b)
	}
}

// bereikt tells whether b follows from a.
func (o *volgorde) bereikt(a, b int) bool {
	o.zoek++
	o.gezien[a] = o.zoek
	for o.rij = append(o.rij[:0], a); len(o.rij) > 0; {
		p := o.rij[len(o.rij)-1]
		o.rij = o.rij[:len(o.rij)-1]
		if p == b {
			return true
		}
		o.stap += 1 + len(o.na[p])
		for _, q := range o.na[p] {
			if o.gezien[q] != o.zoek {
				o.gezien[q] = o.zoek
				o.rij = append(o.rij, q)
			}
		}
	}
	return false
}

// orden leaves out every strict statement that would put something before
// itself, given the rest (ordering, constraints 30–49, after the inferences
// that say something about order). Of two that contradict each other the first
// in the payload stands.
func (l *lezing) orden() {
	o := nieuweVolgorde(&l.g)
	// What is more specific than what comes first, because it orders instants too.
	l.streng(func(naam string) bool { return naam == "prov:specializationOf" }, o, begin)
	for i := range o.na {
		o.na[i] = nil
	}
	o.stelAlle(&l.g)
	l.streng(func(naam string) bool { return geordend[naam] && naam != "prov:specializationOf" }, o, maken)
}

// streng adds the strict statements of some relations one by one, each unless
// the opposite follows from what is there.
func (l *lezing) streng(welke func(string) bool, o *volgorde, soort int) {
	for _, n := range l.g.Nodes {
		leeg := false
		for j := range n.Props {
			p := &n.Props[j]
			if !welke(p.Name) {
				continue
			}
			over := p.Values[:0]
			var weg map[string]bool
			for _, v := range p.Values {
				if !l.binnen(o.stap, l.grens.Stappen, teVeelVolgorde) {
					return
				}
				eerder, later := o.punt(v.Ref, soort), o.punt(n.ID, soort)
				if v.Kind == Verwijzing && eerder >= 0 && o.bereikt(later, eerder) {
					l.waarschuw("%s van %s naar %s spreekt de rest van de graaf tegen (iets zou voor zichzelf bestaan) en is weggelaten.", p.Name, n.ID, v.Ref)
					weg = zet(weg, v.Ref)
					continue
				}
				o.voor(eerder, later)
				over = append(over, v)
			}
			p.Values = over
			l.zonderLang(n, p.Name, weg)
			leeg = leeg || len(over) == 0
		}
		if leeg {
			n.ruimOp()
		}
	}
}

// stelAlle adds the weak order of the whole graph.
func (o *volgorde) stelAlle(g *Graph) {
	for _, n := range g.Nodes {
		o.voor(o.punt(n.ID, begin), o.punt(n.ID, einde)) // 30
		o.voor(o.punt(n.ID, maken), o.punt(n.ID, weg))   // 36
		for _, p := range n.Props {
			for _, v := range p.Values {
				if v.Kind != Verwijzing {
					continue
				}
				o.stel(n.ID, p.Name, v.Ref)
				if f := lang[p.Name]; f != nil {
					o.stelLang(n.ID, f, g.Vind(v.Ref))
				}
			}
		}
	}
}

// stel adds the weak order that one relation implies; the numbers are those of
// the constraints.
func (o *volgorde) stel(van, naam, naar string) {
	p := o.punt
	switch naam {
	case "prov:wasGeneratedBy": // 34
		o.voor(p(naar, begin), p(van, maken))
		o.voor(p(van, maken), p(naar, einde))
	case "prov:generated":
		o.stel(naar, "prov:wasGeneratedBy", van)
	case "prov:used": // 33, 37, 38
		o.voor(p(naar, maken), p(van, einde))
		o.voor(p(van, begin), p(naar, weg))
	case "prov:wasInformedBy": // 35
		o.voor(p(naar, begin), p(van, einde))
	case "prov:wasStartedBy": // 43
		o.voor(p(naar, maken), p(van, begin))
		o.voor(p(van, begin), p(naar, weg))
	case "prov:wasEndedBy": // 44
		o.voor(p(naar, maken), p(van, einde))
		o.voor(p(van, einde), p(naar, weg))
	case "prov:specializationOf": // 45, 46
		o.voor(p(naar, maken), p(van, maken))
		o.voor(p(van, weg), p(naar, weg))
	case "prov:wasAssociatedWith": // 47
		o.voor(p(van, begin), p(naar, weg))
		o.voor(p(naar, maken), p(van, einde))
		o.voor(p(van, begin), p(naar, einde))
		o.voor(p(naar, begin), p(van, einde))
	case "prov:wasAttributedTo": // 48
		o.voor(p(naar, maken), p(van, maken))
		o.voor(p(naar, begin), p(van, maken))
	case "prov:actedOnBehalfOf": // 49
		o.voor(p(naar, maken), p(van, weg))
		o.voor(p(naar, begin), p(van, einde))
	}
}

// stelLang adds what only the long form says: which activity was at work.
func (o *volgorde) stelLang(van string, v *vorm, q *Node) {
	if q == nil {
		return
	}
	for _, door := range q.Refs("prov:hadActivity") {
		for _, naar := range q.Refs(v.leden[0].prop) {
			switch v.typ {
			case "Start", "End": // the starter generated the trigger (inferences 9, 10)
				o.stel(naar, "prov:wasGeneratedBy", door)
			case "Derivation": // it used the one and generated the other (inference 11); 41 follows with 42
				o.stel(door, "prov:used", naar)
				o.stel(van, "prov:wasGeneratedBy", door)
			}
		}
	}
}

// eenmalig are properties with one value (uniqueness, constraint 22).
var eenmalig = map[string]bool{
	"prov:startedAtTime": true, "prov:endedAtTime": true,
	"prov:generatedAtTime": true, "prov:invalidatedAtTime": true,
}

// tijden keeps the first of two differing times, and drops an end that lies
// before the start: PROV orders events, not clocks, but these are two times in
// one statement, by one clock.
func (l *lezing) tijden(n *Node) {
	for j := range n.Props {
		p := &n.Props[j]
		if !eenmalig[p.Name] || len(p.Values) < 2 {
			continue
		}
		eerste := p.Values[0]
		anders := slices.ContainsFunc(p.Values[1:], func(v Value) bool { return anderMoment(eerste.String(), v.String()) })
		if p.Values = p.Values[:1]; anders {
			l.waarschuw("%s heeft meer dan één %s; alleen de eerste telt.", n.ID, p.Name)
		}
	}
	for _, paar := range [][2]string{{"prov:startedAtTime", "prov:endedAtTime"}, {"prov:generatedAtTime", "prov:invalidatedAtTime"}} {
		begin, ok1 := Moment(n.Tekst(paar[0]))
		einde, ok2 := Moment(n.Tekst(paar[1]))
		if ok1 && ok2 && einde.Before(begin) {
			n.Wis(paar[1])
			l.waarschuw("%s van %s ligt voor %s en is weggelaten.", paar[1], n.ID, paar[0])
		}
	}
}

// Moment reads a time in a graph, an xsd:dateTime, and gives it in UTC. One rule
// holds everywhere: what names no zone is UTC, as the contract of the field writes
// every time; two texts are the same time when they are the same moment, however
// many digits or which zone they are written with.
func Moment(s string) (time.Time, bool) {
	if len(s) < 19 || s[4] != '-' {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05.999999999", s)
	}
	return t.UTC(), err == nil
}

// anderMoment tells whether two times cannot be the same.
func anderMoment(a, b string) bool {
	if a == "" || b == "" || a == b {
		return false
	}
	t1, ok1 := Moment(a)
	t2, ok2 := Moment(b)
	return !ok1 || !ok2 || !t1.Equal(t2)
}

package prov

import "time"

// geordend are the relations whose meaning is strict: following them can never
// lead back (PROV-Constraints 41, 42, 51 and the transitivity of 20).
var geordend = map[string]bool{
	"prov:wasDerivedFrom": true, "prov:wasRevisionOf": true, "prov:wasQuotedFrom": true,
	"prov:hadPrimarySource": true, "prov:specializationOf": true,
}

// punt is an instant in the life of a node, or the node itself ('x').
type punt struct {
	soort byte // 'b'egin and 'e'nd of an activity, 'g'eneration and 'i'nvalidation of an entity
	id    string
}

// volgorde says which instants cannot come after which.
type volgorde map[punt][]punt

func (o volgorde) voor(a, b punt) { o[a] = append(o[a], b) }

// bereikt tells whether b follows from a.
func (o volgorde) bereikt(a, b punt) bool {
	gezien := map[punt]bool{a: true}
	for rij := []punt{a}; len(rij) > 0; {
		p := rij[len(rij)-1]
		rij = rij[:len(rij)-1]
		if p == b {
			return true
		}
		for _, q := range o[p] {
			if !gezien[q] {
				gezien[q] = true
				rij = append(rij, q)
			}
		}
	}
	return false
}

// orden leaves out every strict statement that would put something before
// itself, given the rest (ordering, constraints 30–49).
func (l *lezing) orden() {
	o := volgorde{}
	for _, n := range l.g.Nodes {
		o.voor(punt{'b', n.ID}, punt{'e', n.ID})
		o.voor(punt{'g', n.ID}, punt{'i', n.ID})
		for _, p := range n.Props {
			for _, v := range p.Values {
				if v.Kind == Verwijzing {
					o.stel(n.ID, p.Name, v.Ref)
				}
			}
		}
	}
	for _, n := range l.g.Nodes {
		leeg := false
		for j := range n.Props {
			if p := &n.Props[j]; geordend[p.Name] {
				l.ordenEen(o, n, p)
				leeg = leeg || len(p.Values) == 0
			}
		}
		if leeg {
			n.ruimOp()
		}
	}
}

func (l *lezing) ordenEen(o volgorde, n *Node, p *Prop) {
	soort := byte('g')
	if p.Name == "prov:specializationOf" {
		soort = 'x'
	}
	over := p.Values[:0]
	for _, v := range p.Values {
		eerder, later := punt{soort, v.Ref}, punt{soort, n.ID}
		if o.bereikt(later, eerder) {
			l.waarschuw("%s van %s naar %s spreekt de rest van de graaf tegen (iets zou voor zichzelf bestaan) en is weggelaten.", p.Name, n.ID, v.Ref)
			continue
		}
		o.voor(eerder, later)
		over = append(over, v)
	}
	p.Values = over
}

// stel adds the weak order that one relation implies; strict ones come later,
// one by one.
func (o volgorde) stel(van, naam, naar string) {
	switch naam {
	case "prov:wasGeneratedBy":
		o.voor(punt{'b', naar}, punt{'g', van})
		o.voor(punt{'g', van}, punt{'e', naar})
	case "prov:generated":
		o.stel(naar, "prov:wasGeneratedBy", van)
	case "prov:used":
		o.voor(punt{'g', naar}, punt{'e', van})
		o.voor(punt{'b', van}, punt{'i', naar})
	case "prov:wasInvalidatedBy":
		o.voor(punt{'b', naar}, punt{'i', van})
		o.voor(punt{'i', van}, punt{'e', naar})
	case "prov:invalidated":
		o.stel(naar, "prov:wasInvalidatedBy", van)
	case "prov:wasInformedBy":
		o.voor(punt{'b', naar}, punt{'e', van})
	case "prov:wasStartedBy":
		o.voor(punt{'g', naar}, punt{'b', van})
		o.voor(punt{'b', van}, punt{'i', naar})
	case "prov:wasEndedBy":
		o.voor(punt{'g', naar}, punt{'e', van})
		o.voor(punt{'e', van}, punt{'i', naar})
	case "prov:specializationOf":
		o.voor(punt{'g', naar}, punt{'g', van})
		o.voor(punt{'i', van}, punt{'i', naar})
	}
}

// eenmalig are properties with one value (uniqueness, constraints 22–29).
var eenmalig = map[string]bool{
	"prov:startedAtTime": true, "prov:endedAtTime": true,
	"prov:generatedAtTime": true, "prov:invalidatedAtTime": true,
}

// tijden keeps the first of two differing times, and drops an end that lies
// before the start (constraint 30).
func (l *lezing) tijden(n *Node) {
	for j := range n.Props {
		if p := &n.Props[j]; eenmalig[p.Name] && len(p.Values) > 1 {
			p.Values = p.Values[:1]
			l.waarschuw("%s heeft meer dan één %s; alleen de eerste telt.", n.ID, p.Name)
		}
	}
	for _, paar := range [][2]string{{"prov:startedAtTime", "prov:endedAtTime"}, {"prov:generatedAtTime", "prov:invalidatedAtTime"}} {
		begin, err1 := time.Parse(time.RFC3339Nano, n.Tekst(paar[0]))
		einde, err2 := time.Parse(time.RFC3339Nano, n.Tekst(paar[1]))
		if err1 == nil && err2 == nil && einde.Before(begin) {
			n.Wis(paar[1])
			l.waarschuw("%s van %s ligt voor %s en is weggelaten.", paar[1], n.ID, paar[0])
		}
	}
}

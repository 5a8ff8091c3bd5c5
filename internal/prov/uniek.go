package prov

import "slices"

// gelezenLang is a qualified statement that stands: whose, and of what form.
type gelezenLang struct {
	vorm *vorm
	van  string
	q    *Node
}

// langeVorm leaves out the qualified statements that cannot be beside those
// before them: uniqueness (constraints 23–29) and impossibility (51, 53, 54).
func (l *lezing) langeVorm() {
	staat := map[string]gelezenLang{}  // by the id of the statement
	zelfde := map[string]gelezenLang{} // by what makes two statements the same one (24–27)
	for _, n := range l.g.Nodes {
		leeg := false
		for i := range n.Props {
			p := &n.Props[i]
			v := lang[p.Name]
			if v == nil {
				continue
			}
			over := p.Values[:0]
			for _, w := range p.Values {
				q := l.g.Vind(w.Ref)
				if w.Kind != Verwijzing || q == nil || l.kanLang(gelezenLang{v, n.ID, q}, staat, zelfde) {
					over = append(over, w)
				}
			}
			p.Values = over
			leeg = leeg || len(over) == 0
		}
		if leeg {
			n.ruimOp()
		}
	}
	for _, n := range l.g.Nodes { // in order, so that warnings come in order
		if s, ok := staat[n.ID]; ok {
			l.ledenLang(s, staat)
		}
	}
}

// kanLang tells whether s can be, given those before it; if so it counts.
func (l *lezing) kanLang(s gelezenLang, staat, zelfde map[string]gelezenLang) bool {
	id := s.q.ID
	if s.q.Is(Entity) || s.q.Is(Activity) || s.q.Is(Agent) {
		l.waarschuw("%s is zelf een Entity, Activity of Agent en kan geen %s zijn; die uitspraak is weggelaten (PROV-regel 54).", id, s.vorm.typ)
		return false
	}
	if eerder, ok := staat[id]; ok && eerder.vorm != s.vorm && eerder.vorm.typ != "Influence" && s.vorm.typ != "Influence" {
		l.waarschuw("%s is al een %s en kan niet ook een %s zijn; die uitspraak is weggelaten (PROV-regel 53).", id, eerder.vorm.typ, s.vorm.typ)
		return false
	} else if ok && eerder.vorm == s.vorm && eerder.van != s.van {
		l.waarschuw("%s is al een %s van %s en kan niet ook van %s zijn; die uitspraak is weggelaten (PROV-regel 23).", id, s.vorm.typ, eerder.van, s.van)
		return false
	}
	for _, lid := range s.vorm.leden {
		s.q.eenWaarde(l, lid.prop)
	}
	s.q.andereVormen(l, s.vorm)
	if k := s.sleutel(); k != "" {
		if eerder, ok := zelfde[k]; ok && eerder.q != s.q &&
			(!isLeeg(id) && !isLeeg(eerder.q.ID) || anderMoment(s.q.Tekst("prov:atTime"), eerder.q.Tekst("prov:atTime"))) {
			l.waarschuw("%s van %s staat er twee keer, met andere gegevens; alleen de eerste telt (PROV-regel %d).", s.vorm.typ, s.van, regelUniek[s.vorm.typ])
			return false
		}
		zelfde[k] = s
	}
	staat[id] = s
	return true
}

// regelUniek are the constraints that make two statements one.
var regelUniek = map[string]int{"Generation": 24, "Invalidation": 25, "Start": 26, "End": 27}

// sleutel is what two statements have in common when they must be one:
// generation and invalidation by the same activity, start and end by the same
// starter. Empty when nothing makes them so.
func (s gelezenLang) sleutel() string {
	door := ""
	switch s.vorm.typ {
	case "Generation", "Invalidation":
		door = s.q.Tekst("prov:activity")
	case "Start", "End":
		door = s.q.Tekst("prov:hadActivity")
	}
	if door == "" {
		return ""
	}
	return s.vorm.typ + "\n" + s.van + "\n" + door
}

// eenWaarde keeps the first value: the id of a statement tells all of it (23).
func (n *Node) eenWaarde(l *lezing, naam string) {
	for i := range n.Props {
		if p := &n.Props[i]; p.Name == naam && len(p.Values) > 1 {
			p.Values = p.Values[:1]
			l.waarschuw("%s heeft meer dan één %s; alleen de eerste telt (PROV-regel 23).", n.ID, naam)
		}
	}
}

// andereVormen drops the types of other relations than the one q stands for (53).
func (n *Node) andereVormen(l *lezing, v *vorm) {
	n.Types = slices.DeleteFunc(n.Types, func(t string) bool {
		for i := range vormen {
			if w := &vormen[i]; t == "prov:"+w.typ && w.typ != v.typ && w.typ != "Influence" && v.typ != "Influence" {
				l.waarschuw("%s is een %s en kan niet ook een %s zijn; dat type is weggelaten (PROV-regel 53).", n.ID, v.typ, w.typ)
				return true
			}
		}
		return false
	})
}

// ledenLang checks what a qualified statement says beside its object.
func (l *lezing) ledenLang(s gelezenLang, staat map[string]gelezenLang) {
	wis := func(regel int, namen ...string) {
		for _, naam := range namen {
			if s.q.Values(naam) != nil {
				s.q.Wis(naam)
				l.waarschuw("%s bij de %s van %s kan niet volgens PROV en is weggelaten (PROV-regel %d).", naam, s.vorm.typ, s.van, regel)
			}
		}
	}
	van := l.g.Vind(s.van)
	switch s.vorm.typ {
	case "Start":
		if anderMoment(van.Tekst("prov:startedAtTime"), s.q.Tekst("prov:atTime")) {
			wis(28, "prov:atTime")
		}
	case "End":
		if anderMoment(van.Tekst("prov:endedAtTime"), s.q.Tekst("prov:atTime")) {
			wis(29, "prov:atTime")
		}
	case "Derivation":
		door := s.q.Tekst("prov:hadActivity")
		if door == "" {
			wis(51, "prov:hadGeneration", "prov:hadUsage")
			return
		}
		// The generation and usage it names are those of its own activity
		// (inference 11), and the id tells all of them.
		if g, ok := staat[s.q.Tekst("prov:hadGeneration")]; ok && (g.vorm.typ != "Generation" || g.van != s.van || g.ander("prov:activity", door)) {
			wis(23, "prov:hadGeneration")
		}
		if u, ok := staat[s.q.Tekst("prov:hadUsage")]; ok && (u.vorm.typ != "Usage" || u.van != door || u.ander("prov:entity", s.q.Tekst("prov:entity"))) {
			wis(23, "prov:hadUsage")
		}
	}
}

func (s gelezenLang) ander(naam, waarde string) bool {
	w := s.q.Tekst(naam)
	return w != "" && waarde != "" && w != waarde
}

// zonderLang drops the qualified forms of the statements of one relation that were
// left out.
func (l *lezing) zonderLang(n *Node, kort string, doelen map[string]bool) {
	if len(doelen) == 0 {
		return
	}
	for i := range n.Props {
		p := &n.Props[i]
		v := lang[p.Name]
		if v == nil {
			continue
		}
		p.Values = slices.DeleteFunc(p.Values, func(w Value) bool {
			q := l.g.Vind(w.Ref)
			return w.Kind == Verwijzing && q != nil && v.korteNaam(p.Name, q) == kort && doelen[q.Tekst(v.leden[0].prop)]
		})
	}
}

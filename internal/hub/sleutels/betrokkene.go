package sleutels

import (
	"bytes"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/jsontape"
)

// knoop is what an object says about itself.
type knoop struct {
	betrokkene bool // typed soh:Betrokkene
	heeftID    bool
	id         []byte
	bsn        begrip.BSN
}

func lokaal(naam []byte) []byte {
	return naam[bytes.LastIndexAny(naam, "#/:")+1:]
}

// isBSNNaam tells whether a property holds a burgerservicenummer, whatever the
// prefix and the case.
func isBSNNaam(naam []byte) bool {
	if n := len(naam); n < 3 || naam[n-1]|0x20 != 'r' && naam[n-1]|0x20 != 'n' { // nearly every name
		return false
	}
	l := lokaal(naam)
	return bytes.EqualFold(l, []byte("burgerservicenummer")) || bytes.EqualFold(l, []byte("bsn"))
}

// knoop looks at the direct members of object i.
func (v *versleutelaar) knoop(i int32) (n knoop) {
	items := v.in.Items
	for k := i + 1; k < items[i].Next; k = items[k].Next {
		switch naam := v.in.Name(&items[k]); string(naam) {
		case "@id", "id":
			if t := v.in.Text(&items[k]); t != nil {
				n.heeftID, n.id = true, t
			}
		case "@type", "type":
			n.betrokkene = n.betrokkene || v.alleTeksten(k, func(t []byte) bool {
				return string(lokaal(t)) == "Betrokkene"
			})
		default:
			if n.bsn.IsZero() && isBSNNaam(naam) {
				v.alleTeksten(k, func(t []byte) bool {
					b, err := begrip.ParseBSN(cijfers(t))
					if err == nil {
						n.bsn = b
					}
					return err == nil
				})
			}
		}
	}
	return n
}

// alleTeksten offers the strings and numbers in item k to f until it says yes.
func (v *versleutelaar) alleTeksten(k int32, f func([]byte) bool) bool {
	items := v.in.Items
	for j := k; j < items[k].Next; j++ {
		switch it := &items[j]; it.Kind {
		case jsontape.String:
			if f(v.in.Text(it)) {
				return true
			}
		case jsontape.Number:
			if f(v.in.Src[it.From:it.To]) {
				return true
			}
		}
	}
	return false
}

// persoon is who an @id names.
type persoon struct {
	betrokkene bool
	ref        [16]byte // of a Betrokkene, once all objects were seen
	bsn        begrip.BSN
}

// zoekBetrokkenen looks at every object inside item i, and finds the @id of each
// Betrokkene, so that a person described in several places is one person.
func (v *versleutelaar) zoekBetrokkenen(i int32) {
	items := v.in.Items
	for k := i; k < items[i].Next; k++ {
		if items[k].Kind != jsontape.Object {
			continue
		}
		n := v.knoop(k)
		items[k].Aux = int32(len(v.knopen))
		v.knopen = append(v.knopen, n)
		if !n.heeftID || !n.betrokkene && n.bsn.IsZero() {
			continue
		}
		p := v.personen[string(n.id)]
		p.betrokkene = p.betrokkene || n.betrokkene
		if !n.bsn.IsZero() {
			p.bsn = n.bsn
		}
		v.personen[string(n.id)] = p
	}
	for id, p := range v.personen {
		switch {
		case !p.betrokkene:
			delete(v.personen, id)
			continue
		case p.bsn.IsZero():
			p.ref = v.s.ref("id", id)
		default:
			p.ref = v.s.Ref(p.bsn)
		}
		v.personen[id] = p
	}
}

// vanWie tells whether object i describes a Betrokkene, and which.
func (v *versleutelaar) vanWie(i int32, n *knoop) (ref [16]byte, ja bool) {
	if n.heeftID {
		p, ja := v.personen[string(n.id)]
		if ja || !n.betrokkene {
			return p.ref, ja
		}
	}
	if !n.betrokkene {
		return ref, false
	}
	if !n.bsn.IsZero() {
		return v.s.Ref(n.bsn), true
	}
	return v.naamloos(&v.in.Items[i]), true
}

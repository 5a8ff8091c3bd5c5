package sleutels

import (
	"bytes"

	"github.com/handbereik/soh/internal/begrip"
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
	l := lokaal(naam)
	return bytes.EqualFold(l, []byte("burgerservicenummer")) || bytes.EqualFold(l, []byte("bsn"))
}

// knoop looks at the direct members of object i.
func (v *versleutelaar) knoop(i int32) (n knoop) {
	items := v.band.items
	for k := i + 1; k < items[i].volgend; k = items[k].volgend {
		switch naam := v.band.naam(items[k]); string(naam) {
		case "@id", "id":
			if t := v.band.tekstVan(items[k]); t != nil {
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
	items := v.band.items
	for j := k; j < items[k].volgend; j++ {
		switch it := items[j]; it.soort {
		case '"':
			if f(v.band.tekstVan(it)) {
				return true
			}
		case '0':
			if f(v.band.src[it.van:it.tot]) {
				return true
			}
		}
	}
	return false
}

// zoekBetrokkenen finds the @id of every Betrokkene inside item i, so that a
// person described in several places is one person.
func (v *versleutelaar) zoekBetrokkenen(i int32) {
	items := v.band.items
	bekend := map[string]begrip.BSN(nil)
	for k := i; k < items[i].volgend; k++ {
		if items[k].soort != '{' {
			continue
		}
		n := v.knoop(k)
		if !n.heeftID || !n.betrokkene && n.bsn.IsZero() {
			continue
		}
		id := string(n.id)
		if n.betrokkene {
			if _, ok := v.betrokkene[id]; !ok {
				v.betrokkene[id] = v.s.ref("id", id)
			}
		}
		if !n.bsn.IsZero() {
			if bekend == nil {
				bekend = map[string]begrip.BSN{}
			}
			bekend[id] = n.bsn
		}
	}
	for id, bsn := range bekend {
		if _, ok := v.betrokkene[id]; ok {
			v.betrokkene[id] = v.s.Ref(bsn)
		}
	}
}

// vanWie tells whether object i describes a Betrokkene, and which.
func (v *versleutelaar) vanWie(i int32, n knoop) (ref [16]byte, ja bool) {
	if n.heeftID {
		ref, ja = v.betrokkene[string(n.id)]
		if ja || !n.betrokkene {
			return ref, ja
		}
	}
	if !n.betrokkene {
		return ref, false
	}
	if !n.bsn.IsZero() {
		return v.s.Ref(n.bsn), true
	}
	return v.naamloos(v.band.items[i]), true
}

package sleutels

import (
	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/leesbaar"
	"github.com/handbereik/soh/internal/jsontape"
)

// Text that somebody wrote about somebody can stand anywhere in a graph, also where it
// is about no Betrokkene. What package leesbaar does not declare is encrypted. Where no
// token can stand (an @id, a type, a context, the name of a property) what is no
// identifier or word is refused.

// leesbaar tells whether the string, number or boolean at it may stand as it is.
func (v *versleutelaar) leesbaar(it *jsontape.Item, h houder) bool {
	if !v.streng || h.vorm == leesbaar.Alles {
		return true
	}
	t := v.in.Src[it.From:it.To]
	if it.Kind == jsontape.String {
		t = v.in.Text(it)
	}
	switch h.vorm {
	case leesbaar.Niets:
		return false
	case leesbaar.Feit:
		return v.feit
	case leesbaar.Partij:
		return v.s.Partij(h.id, t)
	}
	return h.vorm.Past(t)
}

// tekstVan is under whose key text is that is of no Betrokkene: of the one person whom the
// event is about, so that it is read and destroyed with what else is of that person.
// Of more persons, or in the place of something that everybody reads, it is under a key that
// nobody has but the sender, which is destroyed with that of the first.
func (v *versleutelaar) tekstVan(h houder) (ref [16]byte, persoon bool) {
	eerste, meer, iemand := [16]byte{}, false, false
	for i := range v.knopen {
		n := &v.knopen[i]
		var r [16]byte
		switch p, ok := v.personen[string(n.id)]; {
		case n.heeftID && ok:
			r = p.ref
		case !n.bsn.IsZero():
			r = v.s.Ref(n.bsn)
		default:
			continue
		}
		if !iemand {
			eerste, iemand = r, true
		}
		meer = meer || r != eerste
	}
	switch {
	case !iemand:
		return v.naamloos(&v.in.Items[0]), false
	case meer || h.vorm != leesbaar.Niets:
		return v.s.RefTekst(eerste), false
	}
	return eerste, true
}

// RefTekst names the key of text in events of which ref is the first person.
func (s *Sleutels) RefTekst(ref [16]byte) [16]byte { return s.ref("tekst", string(ref[:])) }

// alleenNamen refuses text in k and all inside it, where only identifiers and words of a
// vocabulary can stand.
func (v *versleutelaar) alleenNamen(k int32, past func([]byte) bool) {
	items := v.in.Items
	for j := k; j < items[k].Next; j++ {
		it := &items[j]
		if it.Kind == jsontape.String && it.To-it.From > 2 && !past(v.in.Text(it)) || it.Kind == jsontape.Number || j > k && it.NameTo > 0 && !cloudevent.Woord(v.in.Name(it)) {
			v.weiger()
			return
		}
	}
}

func isNaam(t []byte) bool  { return cloudevent.Identifier(t) }
func isWoord(t []byte) bool { return cloudevent.Woord(t) }

// inContext takes what a context says of a term: an identifier, a keyword, or a language.
func inContext(t []byte) bool { return cloudevent.Identifier(t) || cloudevent.Woord(t) }

func (v *versleutelaar) weiger() {
	if v.err == nil {
		const bericht = "In een @id, een @type, de @context of de naam van een eigenschap staat iets dat geen naam is. Gebruik een UUID, een korte code of een term, zonder tekst en zonder nummers van mensen."
		v.err = &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: "data", Bericht: bericht}}}
	}
}

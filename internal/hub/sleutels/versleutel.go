package sleutels

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/leesbaar"
	"github.com/handbereik/soh/internal/jsontape"
)

// A token stands in stored text as: merk, kind, base64url of ref, nonce and
// ciphertext, ';'. The sender's own merk is always written as merk '=', so no
// sender can make a token. The kind is bound to the ciphertext.
const (
	merk        = "\uf5a1" // a private-use character
	soortTekst  = 't'      // a BSN inside a string, or the value of a burgerservicenummer
	soortWaarde = 'l'      // the content of a string of a Betrokkene, may hold tokens itself
	soortFout   = 'f'      // the value of a burgerservicenummer that is no BSN
	soortKaal   = 'n'      // a number, true or false: the quotes around the token go as well
	tokenKop    = 16 + 12
)

var b64 = base64.RawURLEncoding

// Versleutel appends to dst event as it may stand in the log: in the member data every
// BSN (in strings, names and numbers), every value of a burgerservicenummer
// and every literal of a Betrokkene is replaced by a token under the key of
// that person. The result is JSON again. refs are the persons met, each once:
// a BSN by its Ref, a Betrokkene without BSN by a name derived from its @id.
// The keys are durable when Versleutel returns. Errors: Ongeldig when event is
// no JSON object, NietBeschikbaar when keys cannot be stored.
func (s *Sleutels) Versleutel(ctx context.Context, dst, event []byte) (stored []byte, refs [][16]byte, err error) {
	var t jsontape.Tape
	if !t.Read(event) {
		return nil, nil, begrip.NieuweFout(begrip.Ongeldig, "De gebeurtenis is geen geldige JSON.")
	}
	if t.Items[0].Kind != jsontape.Object {
		return nil, nil, begrip.NieuweFout(begrip.Ongeldig, "Een gebeurtenis is een JSON-object.")
	}
	var data []int32
	for i := int32(1); i < t.Items[0].Next; i = t.Items[i].Next {
		switch string(t.Name(&t.Items[i])) {
		case "data":
			data = append(data, i)
		case "data_base64":
			if err := geenBSN(t.Text(&t.Items[i])); err != nil {
				return nil, nil, err
			}
		}
	}
	return s.versleutel(ctx, dst, &t, data, nil, false)
}

// VersleutelBand is Versleutel for an event of which data, the only member that can
// hold a person, was read before: in holds it, as it stands in the event. uit
// becomes the same for what is given. ok is false when uit cannot be told; there is
// nothing on it then. feit: the event tells the hub what it must remember and read.
func (s *Sleutels) VersleutelBand(ctx context.Context, dst []byte, in, uit *jsontape.Tape, feit bool) (stored []byte, refs [][16]byte, ok bool, err error) {
	stored, refs, err = s.versleutel(ctx, dst, in, []int32{0}, uit, feit)
	uit.Src = stored
	return stored, refs, len(uit.Items) > 0, err
}

func (s *Sleutels) versleutel(ctx context.Context, dst []byte, in *jsontape.Tape, data []int32, uit *jsontape.Tape, feit bool) (stored []byte, refs [][16]byte, err error) {
	for range 8 {
		if stored, refs, err = s.probeer(ctx, dst, in, data, uit, feit); !errors.Is(err, errOpnieuw) {
			return stored, refs, err
		}
	}
	return nil, nil, begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex heeft het te druk. Probeer het zo nog eens.").Door(err)
}

func (s *Sleutels) probeer(ctx context.Context, dst []byte, in *jsontape.Tape, data []int32, uit *jsontape.Tape, feit bool) (stored []byte, refs [][16]byte, err error) {
	v := werkers.Get().(*versleutelaar)
	defer werkers.Put(v)
	v.begin(ctx, s, dst, in, uit)
	v.feit = feit
	for _, i := range data {
		v.zoekBetrokkenen(i)
		v.loop(i, houder{})
	}
	v.kopieer(len(in.Src))
	stored, v.uit = v.uit, nil
	if v.err != nil {
		return nil, nil, v.err
	}
	for _, p := range v.wachten {
		if err := wacht(ctx, p); err != nil {
			return nil, nil, err
		}
	}
	return stored, slices.Clone(v.refs), nil
}

// geenBSN refuses binary data with a BSN in it: there is no place for a token.
func geenBSN(t []byte) error {
	raw, err := base64.StdEncoding.DecodeString(string(t))
	if err != nil {
		return begrip.NieuweFout(begrip.Ongeldig, "data_base64 is geen geldige base64.")
	}
	begrip.VindBSN(raw, func(int, int) {
		err = begrip.NieuweFout(begrip.Ongeldig, "data_base64 bevat een burgerservicenummer. Stuur persoonsgegevens als JSON in data.")
	})
	return err
}

// houder is whose literals are met: zero for nobody's.
type houder struct {
	ref        [16]byte
	betrokkene bool // literals belong to ref
	bsn        bool // the value is that of a burgerservicenummer
	vorm       leesbaar.Vorm
	id         []byte // @id of the node
}

type versleutelaar struct {
	s        *Sleutels
	ctx      context.Context
	in       *jsontape.Tape
	uit      []byte
	pos      int             // what of the source is in uit
	op       []jsontape.Item // where what is in Items of in stands in uit; nil when nobody asks
	kladje   []byte          // a token in the making
	merken   bool
	streng   bool // only what is declared stays readable
	feit     bool
	refs     [][16]byte
	veelRefs map[[16]byte]bool // of many refs
	wachten  []*partij
	knopen   []knoop
	personen map[string]persoon // by @id; each a Betrokkene, once zoekBetrokkenen is done
	err      error
}

var werkers = sync.Pool{New: func() any { return &versleutelaar{personen: map[string]persoon{}} }}

func (v *versleutelaar) begin(ctx context.Context, s *Sleutels, dst []byte, in, uit *jsontape.Tape) {
	v.s, v.ctx, v.err, v.pos, v.in, v.op = s, ctx, nil, 0, in, nil
	v.uit, v.refs, v.wachten = dst, v.refs[:0], v.wachten[:0]
	v.veelRefs, v.streng = nil, s.Partij != nil
	v.merken = bytes.IndexByte(in.Src, merk[0]) >= 0 && bytes.Contains(in.Src, []byte(merk))
	v.knopen = v.knopen[:0]
	clear(v.personen)
	if uit == nil {
		return
	}
	uit.Items = uit.Items[:0]
	if !v.merken { // else places shift wherever the sender wrote ours
		uit.Items = append(uit.Items, in.Items...)
		v.op = uit.Items
	}
}

// plek is where place p of the source, which is not in uit yet, will stand.
func (v *versleutelaar) plek(p int32) int32 { return int32(len(v.uit)-v.pos) + p }

// kopieer takes src over up to tot, as it is.
func (v *versleutelaar) kopieer(tot int) {
	v.uit = v.schoon(v.uit, v.in.Src[v.pos:tot])
	v.pos = tot
}

func (v *versleutelaar) schoon(dst, b []byte) []byte {
	if v.merken {
		b = bytes.ReplaceAll(b, []byte(merk), []byte(merk+"="))
	}
	return append(dst, b...)
}

// loop passes item i and all inside it.
func (v *versleutelaar) loop(i int32, h houder) {
	it := &v.in.Items[i]
	if v.op == nil {
		v.naam(it)
		v.inhoud(i, it, h)
		return
	}
	op := &v.op[i]
	op.NameFrom = v.plek(it.NameFrom)
	v.naam(it)
	op.NameTo = v.plek(it.NameTo)
	if it.NameTo == 0 {
		op.NameFrom, op.NameTo = 0, 0
	}
	op.From = v.plek(it.From)
	v.inhoud(i, it, h)
	op.To = v.plek(it.To)
	if it.Kind == jsontape.Number || it.Kind == jsontape.Boolean {
		op.Kind = soortVan(v.uit, op.From, it.Kind)
	}
}

// soortVan is the kind of a number or boolean once it is written: a token is a
// string. One that is not written yet is what it was.
func soortVan(uit []byte, van int32, was jsontape.Kind) jsontape.Kind {
	if int(van) < len(uit) && uit[van] == '"' {
		return jsontape.String
	}
	return was
}

func (v *versleutelaar) naam(it *jsontape.Item) {
	if it.NameTo > 0 {
		v.tekstIn(int(it.NameFrom)+1, int(it.NameTo)-1)
	}
}

func (v *versleutelaar) inhoud(i int32, it *jsontape.Item, h houder) {
	switch it.Kind {
	case jsontape.Object:
		v.object(i, h)
	case jsontape.Array:
		for k := i + 1; k < it.Next; k = v.in.Items[k].Next {
			v.loop(k, h)
		}
	case jsontape.String:
		v.letterlijk(it, h)
	case jsontape.Number, jsontape.Boolean:
		v.kaal(it, h)
	}
}

// object passes the members of i. A value object or container passes h on to
// its value; a node is its own, or belongs to the node around it when it has
// no @id of its own.
func (v *versleutelaar) object(i int32, h houder) {
	n := &v.knopen[v.in.Items[i].Aux]
	ref, eigen := v.vanWie(i, n)
	binnen := houder{ref: ref, betrokkene: eigen, id: n.id}
	if !eigen && !n.heeftID && h.betrokkene {
		binnen.ref, binnen.betrokkene = h.ref, true
	}
	items := v.in.Items
	if h.vorm == leesbaar.Alles { // looked at as a whole
		binnen = h
	}
	for k := i + 1; k < items[i].Next; k = items[k].Next {
		naam := v.in.Name(&items[k])
		hk := binnen
		switch string(naam) {
		case "@value", "@list", "@set":
			hk = h
		case "@id":
			hk = v.naamPlek(k, isNaam)
		case "@type":
			hk = v.naamPlek(k, isWoord)
		case "@context", "@language", "@direction":
			hk = v.naamPlek(k, inContext)
		case "@graph", "@included", "@index":
			hk = houder{}
		default:
			hk.bsn = isBSNNaam(naam) || h.bsn && !n.heeftID
			if v.streng && h.vorm != leesbaar.Alles {
				if hk.vorm = leesbaar.Van(naam); hk.vorm == leesbaar.Niets && !cloudevent.Woord(naam) {
					v.weiger()
				}
			}
		}
		v.loop(k, hk)
	}
}

// naamPlek is whose the place k is where only what past takes can stand.
func (v *versleutelaar) naamPlek(k int32, past func([]byte) bool) houder {
	if v.streng {
		v.alleenNamen(k, past)
	}
	return houder{vorm: leesbaar.Alles}
}

// letterlijk writes a string: whole as a token, or with the BSNs in it replaced.
func (v *versleutelaar) letterlijk(it *jsontape.Item, h houder) {
	van, tot := int(it.From)+1, int(it.To)-1
	switch {
	case tot == van:
	case h.bsn:
		v.kopieer(van)
		begin := len(v.uit)
		v.kopieer(tot)
		ref, goed := v.refVan(v.in.Text(it), h)
		soort := byte(soortTekst)
		if !goed {
			soort = soortFout
		}
		v.uit = v.token(v.uit[:begin], soort, ref, v.uit[begin:], true)
	case h.betrokkene:
		v.kopieer(van)
		begin := len(v.uit)
		v.tekstIn(van, tot)
		v.kopieer(tot)
		v.uit = v.token(v.uit[:begin], soortWaarde, h.ref, v.uit[begin:], true)
	case !v.leesbaar(it, h):
		v.kopieer(van)
		begin := len(v.uit)
		v.tekstIn(van, tot)
		v.kopieer(tot)
		ref, persoon := v.tekstVan(h)
		v.uit = v.token(v.uit[:begin], soortWaarde, ref, v.uit[begin:], persoon)
	default:
		v.tekstIn(van, tot)
	}
}

// tekstIn replaces the BSNs between van and tot, inside the quotes.
func (v *versleutelaar) tekstIn(van, tot int) {
	raw := v.in.Src[van:tot]
	t, plek := raw, []int(nil)
	if bytes.IndexByte(raw, '\\') >= 0 {
		t, plek = jsontape.UnquotePlaces(raw)
	}
	if len(t) < 9 {
		return
	}
	begrip.VindBSN(t, func(a, b int) {
		ra, rb := a, b
		if plek != nil {
			ra, rb = plek[a], plek[b]
		}
		bsn, err := begrip.ParseBSN(string(t[a:b]))
		if err != nil {
			return
		}
		v.kopieer(van + ra)
		v.uit = v.token(v.uit, soortTekst, v.s.Ref(bsn), raw[ra:rb], true)
		v.pos = van + rb
	})
}

// kaal writes a number, true or false.
func (v *versleutelaar) kaal(it *jsontape.Item, h houder) {
	raw := v.in.Src[it.From:it.To]
	ref, persoon := h.ref, true
	if bsn, ok := getalBSN(raw); h.bsn {
		ref, _ = v.refVan(raw, h)
	} else if ok {
		ref = v.s.Ref(bsn)
	} else if !h.betrokkene {
		if v.leesbaar(it, h) {
			return
		}
		ref, persoon = v.tekstVan(h)
	}
	v.kopieer(int(it.From))
	v.uit = append(v.uit, '"')
	v.uit = v.token(v.uit, soortKaal, ref, raw, persoon)
	v.uit = append(v.uit, '"')
	v.pos = int(it.To)
}

// getalBSN finds a BSN in a number, also written as 1.11222333e8.
func getalBSN(raw []byte) (gevonden begrip.BSN, ok bool) {
	if len(raw) < 9 {
		return gevonden, false
	}
	begrip.VindBSN(raw, func(van, tot int) {
		gevonden, _ = begrip.ParseBSN(string(raw[van:tot]))
		ok = true
	})
	if !ok && bytes.ContainsAny(raw, "eE") {
		f, err := strconv.ParseFloat(string(raw), 64)
		if f = math.Abs(f); err == nil && f == math.Trunc(f) && f < 1e9 && f >= 1e8 {
			gevonden, err = begrip.ParseBSN(strconv.FormatInt(int64(f), 10))
			ok = err == nil
		}
	}
	return gevonden, ok
}

// refVan is the person a burgerservicenummer names. What is no BSN (goed is false)
// belongs to the person around it, or to nobody else.
func (v *versleutelaar) refVan(t []byte, h houder) (ref [16]byte, goed bool) {
	if bsn, err := begrip.ParseBSN(cijfers(t)); err == nil {
		return v.s.Ref(bsn), true
	}
	if h.betrokkene {
		return h.ref, false
	}
	return v.s.ref("waarde", string(t)), false
}

var scheiding = strings.NewReplacer(" ", "", ".", "", "-", "")

// cijfers drops the spaces and dots people put between digits.
func cijfers(t []byte) string { return scheiding.Replace(string(t)) }

// token appends the token of inhoud under the key of ref. inhoud may stand in the
// room behind dst. persoon: ref is somebody under whom the event is found.
func (v *versleutelaar) token(dst []byte, soort byte, ref [16]byte, inhoud []byte, persoon bool) []byte {
	a, p, err := v.s.geef(v.ctx, ref, true)
	if err != nil {
		v.err = err
		return dst
	}
	v.noteer(ref, p, persoon)
	b := append(v.kladje[:0], ref[:]...)
	b = append(b, nulNonce[:]...)
	_, _ = rand.Read(b[16:tokenKop])
	b = a.Seal(b, b[16:tokenKop], inhoud, aad(ref, soort))
	v.kladje = b
	dst = append(append(dst, merk...), soort)
	dst = b64.AppendEncode(dst, b)
	return append(dst, ';')
}

var nulNonce [tokenKop - 16]byte

// maxRijRefs is up to how many persons a row is faster than a set.
const maxRijRefs = 32

// noteer notes a person that was met, and the key that must be durable.
func (v *versleutelaar) noteer(ref [16]byte, p *partij, persoon bool) {
	if p != nil && (len(v.wachten) == 0 || v.wachten[len(v.wachten)-1] != p) {
		v.wachten = append(v.wachten, p)
	}
	if !persoon {
		return
	}
	if len(v.refs) > maxRijRefs {
		if v.veelRefs == nil {
			v.veelRefs = make(map[[16]byte]bool, 2*len(v.refs))
			for _, r := range v.refs {
				v.veelRefs[r] = true
			}
		}
		if !v.veelRefs[ref] {
			v.veelRefs[ref] = true
			v.refs = append(v.refs, ref)
		}
		return
	}
	for _, r := range v.refs {
		if r == ref {
			return
		}
	}
	v.refs = append(v.refs, ref)
}

func aad(ref [16]byte, soort byte) []byte {
	return append(append(make([]byte, 0, 40), ref[:]...), "soh log "+string(rune(soort))...)
}

// naamloos is the ref of a Betrokkene of whom nothing tells who it is: stable
// for the same text, so that an event offered again needs no new key.
func (v *versleutelaar) naamloos(it *jsontape.Item) [16]byte {
	h := sha256.Sum256(v.in.Src)
	return v.s.ref("naamloos", string(h[:])+strconv.Itoa(int(it.From)))
}

package sleutels

import (
	"bytes"
	"context"
	"crypto/cipher"
	"iter"
	"strings"
	"sync"
)

// aadTekst and the kind stand behind the ref in what is bound to a token.
const aadTekst = "soh log "

// masker stands where a value may not be read, or cannot any more.
const masker = "*********"

// Ontsleutel gives stored with the original bytes of every value whose person
// alleen permits (nil permits everyone); the others, and those whose key was
// destroyed, become *********. What Versleutel got comes back byte for byte
// when all is permitted. stored itself may be returned. The error is of the
// storage only; nothing is given then.
func (s *Sleutels) Ontsleutel(ctx context.Context, stored []byte, alleen func(ref [16]byte) bool) ([]byte, error) {
	if !bytes.Contains(stored, []byte(merk)) {
		return stored, nil
	}
	return s.OntsleutelIn(ctx, make([]byte, 0, len(stored)), stored, alleen)
}

// OntsleutelIn appends what Ontsleutel gives to dst.
func (s *Sleutels) OntsleutelIn(ctx context.Context, dst, stored []byte, alleen func(ref [16]byte) bool) ([]byte, error) {
	o := openers.Get().(*opener)
	defer openers.Put(o)
	o.s, o.ctx, o.kladje, o.sleutel = s, ctx, o.kladje[:0], nil
	return o.ontsleutel(dst, stored, alleen, true)
}

// opener opens the tokens of one text.
type opener struct {
	s       *Sleutels
	ctx     context.Context
	kladje  []byte // what is open, behind one another
	aad     []byte
	ref     [16]byte // of sleutel: most tokens are of the person before
	sleutel cipher.AEAD
}

var openers = sync.Pool{New: func() any { return &opener{kladje: make([]byte, 0, 1024)} }}

func geenEnkele([16]byte) bool { return false }

// ontsleutel appends b without tokens to dst; a literal may hold tokens, but
// no literals.
func (o *opener) ontsleutel(dst, b []byte, alleen func([16]byte) bool, buiten bool) ([]byte, error) {
	for {
		i := bytes.Index(b, []byte(merk))
		if i < 0 {
			return append(dst, b...), nil
		}
		dst = append(dst, b[:i]...)
		b = b[i+len(merk):]
		if len(b) > 0 && b[0] == '=' { // the sender's own
			dst, b = append(dst, merk...), b[1:]
			continue
		}
		tot := bytes.IndexByte(b, ';')
		if tot < 1 { // not ours: damaged
			dst = append(dst, masker...)
			continue
		}
		soort := b[0]
		inhoud, err := o.token(b[:tot], alleen)
		if err != nil {
			return nil, err
		}
		b = b[tot+1:]
		switch {
		case inhoud == nil:
			dst = append(dst, masker...)
		case soort == soortWaarde && buiten:
			if dst, err = o.ontsleutel(dst, inhoud, alleen, false); err != nil {
				return nil, err
			}
		case soort == soortKaal:
			dst = append(bytes.TrimSuffix(dst, []byte{'"'}), inhoud...)
			b = bytes.TrimPrefix(b, []byte{'"'})
		default:
			if dst, err = o.ontsleutel(dst, inhoud, geenEnkele, false); err != nil {
				return nil, err
			}
		}
	}
}

// token opens one token; nil content when it may not or cannot be read.
func (o *opener) token(t []byte, alleen func([16]byte) bool) (inhoud []byte, err error) {
	const refTekst = 24 // characters that hold the ref, and two bytes more
	soort, t := t[0], t[1:]
	if b64.DecodedLen(len(t)) < tokenKop+16 {
		return nil, nil
	}
	var kop [18]byte
	if _, err := b64.Decode(kop[:], t[:refTekst]); err != nil {
		return nil, nil
	}
	ref := [16]byte(kop[:])
	if alleen != nil && !alleen(ref) {
		return nil, nil
	}
	if o.sleutel == nil || o.ref != ref {
		if o.sleutel, _, err = o.s.geef(o.ctx, ref, false); err != nil || o.sleutel == nil {
			return nil, err
		}
		o.ref = ref
	}
	van := len(o.kladje)
	if o.kladje, err = b64.AppendDecode(o.kladje, t); err != nil {
		return nil, nil
	}
	raw := o.kladje[van:]
	o.aad = append(append(append(o.aad[:0], ref[:]...), aadTekst...), soort)
	inhoud, err = o.sleutel.Open(raw[tokenKop:tokenKop], raw[16:tokenKop], raw[tokenKop:], o.aad)
	if err != nil { // under a key that was destroyed, or damaged
		return nil, nil
	}
	if inhoud == nil {
		inhoud = raw[:0]
	}
	return inhoud, nil
}

// Masker gives a text of the log with ********* for everything that is
// encrypted in it.
func Masker(s string) string {
	if !strings.Contains(s, merk) {
		return s
	}
	var b strings.Builder
	for {
		voor, na, er := strings.Cut(s, merk)
		b.WriteString(voor)
		if !er {
			return b.String()
		}
		if eigen, is := strings.CutPrefix(na, "="); is { // the sender's own
			b.WriteString(merk)
			s = eigen
			continue
		}
		b.WriteString(masker)
		_, s, _ = strings.Cut(na, ";")
	}
}

// RefID is the keyed name of a Betrokkene of whom only the @id is known.
func (s *Sleutels) RefID(id string) [16]byte { return s.ref("id", id) }

// Heeft tells whether this person has a key now, as far as was read.
func (s *Sleutels) Heeft(ref [16]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, levend := s.index[ref]
	return levend || s.onderweg[ref] != nil
}

// EenPersoon tells whether the values of a burgerservicenummer, as they stand in the
// log, are of one person.
func EenPersoon(eerste string, andere iter.Seq[string]) bool {
	for a := range andere {
		if a != eerste && refIn(a) != refIn(eerste) {
			return false
		}
	}
	return true
}

// refIn gives the part of a token that tells whose it is.
func refIn(s string) string {
	const refTekst = 21 // characters that hold the 16 bytes of the ref, but for the last two bits
	if s, ok := strings.CutPrefix(s, merk); ok && len(s) > refTekst+1 {
		return s[1 : 1+refTekst]
	}
	return s
}

// IsFoutNummer tells whether the value of a burgerservicenummer, as it stands in the
// log, did not pass the eleven-test.
func IsFoutNummer(s string) bool { return strings.HasPrefix(s, merk+string(soortFout)) }

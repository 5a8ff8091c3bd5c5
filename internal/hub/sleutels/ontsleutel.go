package sleutels

import (
	"bytes"
	"context"
	"strings"
)

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
	return s.ontsleutel(ctx, make([]byte, 0, len(stored)), stored, alleen, true)
}

// ontsleutel appends b without tokens to dst; a literal may hold tokens, but
// no literals.
func (s *Sleutels) ontsleutel(ctx context.Context, dst, b []byte, alleen func([16]byte) bool, buiten bool) ([]byte, error) {
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
		soort, inhoud, err := s.token(ctx, b[:tot], alleen)
		if err != nil {
			return nil, err
		}
		b = b[tot+1:]
		switch {
		case inhoud == nil:
			dst = append(dst, masker...)
		case soort == soortWaarde && buiten:
			if dst, err = s.ontsleutel(ctx, dst, inhoud, alleen, false); err != nil {
				return nil, err
			}
		case soort == soortKaal:
			dst = append(bytes.TrimSuffix(dst, []byte{'"'}), inhoud...)
			b = bytes.TrimPrefix(b, []byte{'"'})
		default:
			if dst, err = s.ontsleutel(ctx, dst, inhoud, func([16]byte) bool { return false }, false); err != nil {
				return nil, err
			}
		}
	}
}

// token opens one token; nil content when it may not or cannot be read.
func (s *Sleutels) token(ctx context.Context, t []byte, alleen func([16]byte) bool) (soort byte, inhoud []byte, err error) {
	soort = t[0]
	raw := make([]byte, b64.DecodedLen(len(t)-1))
	n, err := b64.Decode(raw, t[1:])
	if err != nil || n < tokenKop+16 {
		return soort, nil, nil
	}
	raw = raw[:n]
	ref := [16]byte(raw[:16])
	if alleen != nil && !alleen(ref) {
		return soort, nil, nil
	}
	a, _, err := s.geef(ctx, ref, false)
	if err != nil || a == nil {
		return soort, nil, err
	}
	inhoud, err = a.Open(make([]byte, 0, n), raw[16:tokenKop], raw[tokenKop:], aad(ref, soort))
	if err != nil { // under a key that was destroyed, or damaged
		return soort, nil, nil
	}
	return soort, inhoud, nil
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

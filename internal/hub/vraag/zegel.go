package vraag

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/handbereik/soh/internal/begrip"
)

// Naam stands before every sealed query.
const Naam = "urn:soh:vraag:"

const (
	nonce     = chacha20poly1305.NonceSizeX
	maxCursor = 200 // characters
)

// What is sealed is bound to: a version of its layout, and whom or what it is
// for.
const (
	doelVraag  = "soh vraag 2\n"
	doelCursor = "soh cursor 1\n"
)

// Zegel seals queries and cursors. Replicas with the same key open each
// other's. A random nonce of 24 bytes never comes twice, however many queries
// there are: that is why this is XChaCha20-Poly1305 and not AES-GCM.
type Zegel struct{ aead cipher.AEAD }

// NieuwZegel makes a Zegel of a key that serves nothing else.
func NieuwZegel(sleutel [32]byte) Zegel {
	a, err := chacha20poly1305.NewX(sleutel[:])
	if err != nil {
		panic(err) // only for a key of another length
	}
	return Zegel{a}
}

// Which optional parts stand in a sealed query.
const (
	metPersoon = 1 << iota
	metVanaf
	metTot
	metWie
	metBurger
	metNamens
)

// Verzegel gives the interactieId of v for this reader and sets v.ID.
func (z Zegel) Verzegel(v *Vraag, lezer begrip.OIN) string {
	p := make([]byte, 0, 192+len(v.Zaak)+len(v.Subject)+len(v.Organisatie)+len(v.Type))
	p = append(p, v.Soort.code, 0)
	p = binary.AppendUvarint(p, v.Blok)
	p = binary.AppendUvarint(p, uint64(v.Gesteld.UnixMilli()))
	p = binary.AppendUvarint(p, uint64(v.Limiet))
	if v.OverPersoon() {
		p[1] |= metPersoon
		p = append(p, v.Persoon[:]...)
	}
	if !v.Vanaf.IsZero() {
		p[1] |= metVanaf
		p = binary.AppendVarint(p, v.Vanaf.UnixMicro())
	}
	if !v.Tot.IsZero() {
		p[1] |= metTot
		p = binary.AppendVarint(p, v.Tot.UnixMicro())
	}
	for _, s := range [...]string{v.Zaak, v.Subject, v.Organisatie, v.eigenType()} {
		p = append(binary.AppendUvarint(p, uint64(len(s))), s...)
	}
	p = append(p, byte(v.Wie.Hoogst))
	if v.Wie.Gesteld() {
		p[1] |= metWie
		for _, s := range [...]string{v.Wie.Persoon, v.Wie.Naam, string(v.Wie.Rol), string(v.Wie.Doel), string(v.Wie.Grondslag), v.Wie.Zaak} {
			p = append(binary.AppendUvarint(p, uint64(len(s))), s...)
		}
		if v.Wie.Burger {
			p[1] |= metBurger
		}
		if v.Wie.Namens {
			p[1] |= metNamens
		}
	}
	for {
		n := make([]byte, nonce, nonce+len(p)+chacha20poly1305.Overhead)
		_, _ = rand.Read(n) // never fails
		t := z.sluit(Naam, n, p, doelVraag+string(lezer))
		if !lijktBSN(t) {
			v.ID = idVan(n)
			return t
		}
	}
}

// eigenType is the type the reader chose; that of the Soort needs no room.
func (v *Vraag) eigenType() string {
	if v.Type == v.Soort.Type {
		return ""
	}
	return v.Type
}

func (z Zegel) sluit(naam string, n, inhoud []byte, doel string) string {
	b := z.aead.Seal(n, n, inhoud, []byte(doel))
	uit := make([]byte, len(naam), len(naam)+base64.RawURLEncoding.EncodedLen(len(b)))
	copy(uit, naam)
	return string(base64.RawURLEncoding.AppendEncode(uit, b))
}

func (z Zegel) breek(t string, doel string) (n, inhoud []byte, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(t)
	if err != nil || len(b) < nonce+chacha20poly1305.Overhead {
		return nil, nil, false
	}
	inhoud, err = z.aead.Open(b[nonce:nonce], b[:nonce], b[nonce:], []byte(doel))
	return b[:nonce], inhoud, err == nil
}

// lijktBSN tells whether chance made something a filter would take for a BSN.
func lijktBSN(t string) (ja bool) {
	begrip.VindBSN([]byte(t), func(int, int) { ja = true })
	return ja
}

// idVan makes the identifier of a query from its nonce (RFC 9562 version 4).
func idVan(n []byte) uuid.UUID {
	id := uuid.UUID(n[:16])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// IsVraag tells whether an interactieId has the form of a query.
func IsVraag(id string) bool { return strings.HasPrefix(id, Naam) }

// Open reads the interactieId of a query of this reader; ok is false when it
// is anything else, the query of another reader included.
func (z Zegel) Open(id string, lezer begrip.OIN) (v Vraag, ok bool) {
	t, ok := strings.CutPrefix(id, Naam)
	if !ok || len(t) > 2*maxTeksten {
		return Vraag{}, false
	}
	n, p, ok := z.breek(t, doelVraag+string(lezer))
	if !ok || len(p) < 2 {
		return Vraag{}, false
	}
	v.ID = idVan(n)
	return v, v.uit(p)
}

// uit reads what Verzegel wrote.
func (v *Vraag) uit(p []byte) bool {
	l := strook{b: p[2:], goed: true}
	v.Soort = soortVan(p[0])
	v.Blok = l.getal()
	v.Gesteld = time.UnixMilli(int64(l.getal())).UTC()
	v.Limiet = int(l.getal())
	if p[1]&metPersoon != 0 {
		copy(v.Persoon[:], l.stuk(16))
	}
	if p[1]&metVanaf != 0 {
		v.Vanaf = l.moment()
	}
	if p[1]&metTot != 0 {
		v.Tot = l.moment()
	}
	for _, s := range []*string{&v.Zaak, &v.Subject, &v.Organisatie, &v.Type} {
		*s = string(l.stuk(l.getal()))
	}
	if h := l.stuk(1); len(h) == 1 {
		v.Wie.Hoogst = begrip.Niveau(h[0])
	}
	if p[1]&metWie != 0 {
		w := &v.Wie
		tekst := func() string { return string(l.stuk(l.getal())) }
		w.Persoon, w.Naam, w.Rol, w.Doel, w.Grondslag, w.Zaak = tekst(), tekst(), begrip.Rol(tekst()), begrip.Doel(tekst()), begrip.Grondslag(tekst()), tekst()
		w.Burger, w.Namens = p[1]&metBurger != 0, p[1]&metNamens != 0
	}
	if v.Soort == nil || !l.goed || len(l.b) > 0 {
		return false
	}
	if v.Type == "" {
		v.Type = v.Soort.Type
	}
	return true
}

// strook reads numbers and pieces from the front of b.
type strook struct {
	b    []byte
	goed bool
}

func (l *strook) getal() uint64 {
	n, w := binary.Uvarint(l.b)
	if w <= 0 {
		l.goed = false
		return 0
	}
	l.b = l.b[w:]
	return n
}

func (l *strook) moment() time.Time {
	n, w := binary.Varint(l.b)
	if w <= 0 {
		l.goed = false
		return time.Time{}
	}
	l.b = l.b[w:]
	return time.UnixMicro(n).UTC()
}

func (l *strook) stuk(n uint64) []byte {
	if n > uint64(len(l.b)) {
		l.goed = false
		return nil
	}
	s := l.b[:n]
	l.b = l.b[n:]
	return s
}

// Verlopen tells whether v is too old to be answered at nu.
func (v *Vraag) Verlopen(nu time.Time) bool {
	oud := nu.Sub(v.Gesteld)
	return oud > Geldig || oud < -maxVoorsprong
}

// Cursor seals where the next page of v starts: behind plaats. It belongs to
// this query and this peildatum (zero: none) only.
func (z Zegel) Cursor(v *Vraag, peildatum time.Time, plaats uint64) string {
	n := make([]byte, nonce, nonce+8+chacha20poly1305.Overhead)
	_, _ = rand.Read(n)
	return z.sluit("", n, binary.BigEndian.AppendUint64(nil, plaats), cursorDoel(v, peildatum))
}

// LeesCursor opens a cursor of v.
func (z Zegel) LeesCursor(v *Vraag, peildatum time.Time, cursor string) (plaats uint64, ok bool) {
	if len(cursor) > maxCursor {
		return 0, false
	}
	_, p, ok := z.breek(cursor, cursorDoel(v, peildatum))
	if !ok || len(p) != 8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(p), true
}

func cursorDoel(v *Vraag, peildatum time.Time) string {
	b := append([]byte(doelCursor), v.ID[:]...)
	if !peildatum.IsZero() {
		b = binary.BigEndian.AppendUint64(b, uint64(peildatum.UnixMicro()))
	}
	return string(b)
}

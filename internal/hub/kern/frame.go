package kern

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
)

// Frame is one entry of the log: who offered the event, when it was received,
// a keyed digest of its content, its interactieId, the keyed references of the
// persons in it, what reading it gave (kaart), and the event with every personal
// value encrypted. Nothing in it is readable about a person. Layout: version 2 (3
// when there are opmerkingen, then one byte of those), OIN 20, received µs 8, digest 16, number of references 2, interactieId 16,
// references 16 each, length of the kaart (uvarint), kaart, event.
type Frame struct {
	OIN       begrip.OIN
	Ontvangen time.Time
	Digest    [16]byte
	ID        uuid.UUID // interactieId
	Refs      [][16]byte
	Kaart     []byte // as kaart writes it; empty: the event must be read
	Event     []byte

	Opmerkingen cloudevent.Opmerkingen // what the sender wrote otherwise
}

const (
	frameVersie = 2
	frameExtra  = 3                        // with opmerkingen
	frameKop    = 1 + 20 + 8 + 16 + 2 + 16 // what stands before the references
)

var errFrame = errors.New("hub: this entry of the log is not a frame this version knows")

func (f Frame) Bytes() []byte {
	b := make([]byte, 0, 1+frameKop+16*len(f.Refs)+2+len(f.Kaart)+len(f.Event))
	if f.Opmerkingen != 0 {
		b = append(b, frameExtra, byte(f.Opmerkingen))
	} else {
		b = append(b, frameVersie)
	}
	b = append(b, f.OIN...)
	b = binary.BigEndian.AppendUint64(b, uint64(f.Ontvangen.UnixMicro()))
	b = append(b, f.Digest[:]...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(f.Refs)))
	b = append(b, f.ID[:]...)
	for _, r := range f.Refs {
		b = append(b, r[:]...)
	}
	b = append(binary.AppendUvarint(b, uint64(len(f.Kaart))), f.Kaart...)
	return append(b, f.Event...)
}

func LeesFrame(b []byte) (Frame, error) {
	var opmerkingen cloudevent.Opmerkingen
	if len(b) > 1 && b[0] == frameExtra {
		opmerkingen, b = cloudevent.Opmerkingen(b[1]), b[1:] // the rest is as without
	} else if len(b) == 0 || b[0] != frameVersie {
		return Frame{}, errFrame
	}
	if len(b) < frameKop {
		return Frame{}, errFrame
	}
	f := Frame{Opmerkingen: opmerkingen, OIN: begrip.OIN(b[1:21]), Ontvangen: time.UnixMicro(int64(binary.BigEndian.Uint64(b[21:]))).UTC(), Digest: [16]byte(b[29:45])}
	f.ID = uuid.UUID(b[47:frameKop])
	n, rest := int(binary.BigEndian.Uint16(b[45:])), b[frameKop:]
	if len(rest) < 16*n {
		return Frame{}, errFrame
	}
	f.Refs = make([][16]byte, n)
	for i := range f.Refs {
		f.Refs[i], rest = [16]byte(rest), rest[16:]
	}
	l, w := binary.Uvarint(rest)
	if w <= 0 || l > uint64(len(rest)-w) {
		return Frame{}, errFrame
	}
	f.Kaart, rest = rest[w:w+int(l)], rest[w+int(l):]
	f.Event = rest
	return f, nil
}

// Naamruimte of the interactieIds of events (RFC 9562 version 5).
var Naamruimte = uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:soh:interactie"))

// InteractieVan derives the interactieId from source and id, so that the same
// event offered again gets the same answer without a look-up. A source that
// does not name the sender's OIN is no proof of who speaks: there the sender is
// part of the name, so that nobody can take another's place.
func InteractieVan(ev cloudevent.Event, afzender begrip.OIN) uuid.UUID {
	naam := ev.Source + "\n" + ev.ID
	if oin, ok := ev.BronOIN(); !ok || oin != afzender {
		naam = string(afzender) + "\n" + naam
	}
	return uuid.NewSHA1(Naamruimte, []byte(naam))
}

// LeesInteractie reads an interactieId from a path: urn:uuid:<uuid> or the uuid.
func LeesInteractie(s string) (uuid.UUID, error) {
	if len(s) == 45 && s[:9] == "urn:uuid:" {
		s = s[9:]
	}
	if len(s) == 36 {
		if id, err := uuid.Parse(s); err == nil {
			return id, nil
		}
	}
	return uuid.UUID{}, NietBekend
}

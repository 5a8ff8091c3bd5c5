package hublog

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"sync/atomic"

	"github.com/klauspost/compress/s2"
)

// boeken are the words with which the entries of an afschrift are packed: a few
// earlier entries, one after another. Names, addresses and context of an entry
// stand in the one before it as well, so an entry packed alone takes a quarter
// of its size, and no more time than without.
//
// New words are chosen while the copy grows, because what is sent changes; the
// file woorden holds them all, each behind its size (4) and checksum (4). The
// first has number 1; 0 is none.
type boeken struct {
	f     *os.File
	einde int64
	lijst atomic.Pointer[[]*woordenboek]

	proef [][]byte // of what was copied last
	bytes int64    // packed with the newest
}

// woordenboek is one set of words; without any, entries are packed alone.
type woordenboek struct {
	dict *s2.Dict
	som  uint32
}

var zonderWoorden = new(woordenboek)

const (
	maxProef      = 16               // entries
	maxProefBytes = 4 << 10          // of one of them
	eersteBoek    = int64(256 << 10) // bytes packed with the first words; each next serves for eight times more
	laatsteBoek   = 1 << 30          // at most
)

// open reads what is whole; the words behind that are not used again.
func (b *boeken) open(pad string) error {
	f, err := os.OpenFile(pad, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	alles, err := io.ReadAll(f)
	if err != nil {
		_ = f.Close()
		return err
	}
	lijst := []*woordenboek{zonderWoorden}
	rest := alles
	for len(rest) >= 8 {
		n := binary.BigEndian.Uint32(rest)
		if uint64(n) > uint64(len(rest)-8) || crc32.Checksum(rest[8:8+n], crcTabel) != binary.BigEndian.Uint32(rest[4:]) {
			break
		}
		d := s2.NewDict(rest[8 : 8+n])
		if d == nil {
			break
		}
		lijst, rest = append(lijst, &woordenboek{d, binary.BigEndian.Uint32(rest[4:])}), rest[8+n:]
	}
	b.f, b.einde, b.bytes = f, int64(len(alles)-len(rest)), 0
	b.lijst.Store(&lijst)
	return nil
}

// voor gives the words to pack entries with; the caller is the one that writes.
func (b *boeken) voor(entries [][]byte) (nr uint32, w *woordenboek) {
	lijst := *b.lijst.Load()
	if n := len(lijst); n == 1 || b.bytes >= min(laatsteBoek, eersteBoek<<min(3*(n-2), 30)) {
		b.neemProef(entries)
		if w := b.maak(); w != nil {
			lijst = append(lijst[:n:n], w)
			b.lijst.Store(&lijst)
			b.bytes = 0
		}
	} else if len(entries) > 0 {
		i := int(b.bytes % int64(len(entries)))
		b.neemProef(entries[i : i+1])
	}
	b.bytes += omvang(entries)
	return uint32(len(lijst) - 1), lijst[len(lijst)-1]
}

func (b *boeken) neemProef(entries [][]byte) {
	for _, e := range entries[:min(len(entries), maxProef)] {
		b.proef = append(b.proef, bytes.Clone(e[:min(len(e), maxProefBytes)]))
	}
	b.proef = b.proef[max(0, len(b.proef)-maxProef):]
}

// maak makes words of the newest entries; nil when these are too few, or cannot
// be kept.
func (b *boeken) maak() *woordenboek {
	var alles []byte
	for _, e := range b.proef {
		alles = append(alles, e...)
	}
	d := s2.MakeDict(alles, alles[:min(len(alles), 64)])
	if d == nil {
		return nil
	}
	w := d.Bytes()
	r := binary.BigEndian.AppendUint32(nil, uint32(len(w)))
	r = append(binary.BigEndian.AppendUint32(r, crc32.Checksum(w, crcTabel)), w...)
	if _, err := b.f.WriteAt(r, b.einde); err != nil {
		return nil
	}
	b.einde += int64(len(r))
	return &woordenboek{s2.NewDict(w), crc32.Checksum(w, crcTabel)} // as a reader of the file has it
}

// geef gives the words with that number.
func (b *boeken) geef(nr uint32) (*woordenboek, bool) {
	lijst := *b.lijst.Load()
	if int(nr) >= len(lijst) {
		return nil, false
	}
	return lijst[nr], true
}

// pak packs e in dst, when that has room.
func (w *woordenboek) pak(dst, e []byte) []byte {
	if w.dict == nil {
		return s2.Encode(dst[:cap(dst)], e)
	}
	return w.dict.Encode(dst, e)
}

// pakUit appends what was packed to dst.
func (w *woordenboek) pakUit(dst, gepakt []byte) ([]byte, error) {
	n, err := s2.DecodedLen(gepakt)
	if err != nil || n > maxPayload {
		return dst, errAfschrift
	}
	dst = slices.Grow(dst, n)
	ruimte := dst[len(dst) : len(dst)+n : len(dst)+n]
	var e []byte
	if w.dict == nil {
		e, err = s2.Decode(ruimte, gepakt)
	} else {
		e, err = w.dict.Decode(ruimte, gepakt)
	}
	if err != nil || len(e) != n {
		return dst, errAfschrift
	}
	return dst[:len(dst)+n], nil
}

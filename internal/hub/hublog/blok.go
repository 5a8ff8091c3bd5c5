package hublog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// A block is: version byte, number of entries and of parts (uvarint), of each
// part the number of entries and the size as it is kept (uvarint), then the
// parts. A part is zstd over the length of each entry (uvarint) and the entries
// one after another. Parts are small, so that one entry is read without
// reading the block: 16 KB costs a third more on disk than whole blocks, and
// a sixtieth of the time to read an entry.
const (
	blokVersie = 2
	deelBytes  = 16 << 10 // of entries, before compression
)

// eerderBlok begins a block of version 1, which is zstd as a whole.
var eerderBlok = []byte{0x28, 0xb5, 0x2f, 0xfd}

var errBlok = errors.New("het blok is beschadigd")

type codeur struct {
	enc        *zstd.Encoder
	ruw, delen []byte
}

func nieuweCodeur() *codeur {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // only for options that do not exist
	}
	return &codeur{enc: enc}
}

func (c *codeur) codeer(entries [][]byte) []byte {
	var tabel []byte
	aantal := 0
	c.delen = c.delen[:0]
	for van := 0; van < len(entries); aantal++ {
		tot, n := van, 0
		for ; tot < len(entries) && (n == 0 || n+len(entries[tot]) <= deelBytes); tot++ {
			n += len(entries[tot])
		}
		voor := len(c.delen)
		c.deel(entries[van:tot])
		tabel = binary.AppendUvarint(tabel, uint64(tot-van))
		tabel = binary.AppendUvarint(tabel, uint64(len(c.delen)-voor))
		van = tot
	}
	b := append(make([]byte, 0, 16+len(tabel)+len(c.delen)), blokVersie)
	b = binary.AppendUvarint(b, uint64(len(entries)))
	b = binary.AppendUvarint(b, uint64(aantal))
	return append(append(b, tabel...), c.delen...)
}

func (c *codeur) deel(entries [][]byte) {
	b := c.ruw[:0]
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(len(e)))
	}
	for _, e := range entries {
		b = append(b, e...)
	}
	c.ruw = b
	c.delen = c.enc.EncodeAll(b, c.delen)
}

var decoder, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(64<<20))

// kop is what the front of a block tells.
type kop struct {
	aantal int // entries
	delen  []plek
	bytes  int // of the front itself
}

// plek is where a part stands: its first entry, how many there are, and where
// it begins and ends in the block.
type plek struct{ eerste, aantal, van, tot int }

// leesKop reads the front of a block; b may end behind it.
func leesKop(b []byte) (k kop, err error) {
	heel := len(b)
	if len(b) == 0 || b[0] != blokVersie {
		return kop{}, fmt.Errorf("%w: onbekende versie", errBlok)
	}
	b = b[1:]
	getal := func(max int) int {
		v, w := binary.Uvarint(b)
		if w <= 0 || v > uint64(max) {
			err = errBlok
			return 0
		}
		b = b[w:]
		return int(v)
	}
	k.aantal = getal(1 << 16)
	n := getal(k.aantal)
	if err != nil || n > len(b) {
		return kop{}, errBlok
	}
	k.delen = make([]plek, n)
	eerste, van := 0, 0
	for i := range k.delen {
		p := plek{eerste: eerste, aantal: getal(1 << 16), van: van}
		p.tot = van + getal(1<<30)
		k.delen[i] = p
		eerste, van = eerste+p.aantal, p.tot
	}
	if err != nil || eerste != k.aantal {
		return kop{}, errBlok
	}
	k.bytes = heel - len(b)
	for i := range k.delen {
		k.delen[i].van += k.bytes
		k.delen[i].tot += k.bytes
	}
	return k, nil
}

// van gives the part that entry i stands in.
func (k kop) van(i int) (plek, bool) {
	for _, p := range k.delen {
		if i >= p.eerste && i < p.eerste+p.aantal {
			return p, true
		}
	}
	return plek{}, false
}

func decodeer(data []byte) ([][]byte, error) {
	if bytes.HasPrefix(data, eerderBlok) {
		return decodeerEerder(data)
	}
	k, err := leesKop(data)
	if err != nil {
		return nil, err
	}
	uit := make([][]byte, 0, k.aantal)
	tot := k.bytes
	for _, p := range k.delen {
		if p.tot > len(data) {
			return nil, errBlok
		}
		es, err := decodeerDeel(data[p.van:p.tot], p.aantal)
		if err != nil {
			return nil, err
		}
		uit, tot = append(uit, es...), p.tot
	}
	if tot != len(data) {
		return nil, errBlok
	}
	return uit, nil
}

// decodeerDeel unpacks one part of n entries.
func decodeerDeel(data []byte, n int) ([][]byte, error) {
	b, err := decoder.DecodeAll(data, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBlok, err)
	}
	return splits(b, n)
}

// splits takes the lengths of n entries and then the entries from b.
func splits(b []byte, n int) ([][]byte, error) {
	if n > len(b) {
		return nil, errBlok
	}
	lengten := make([]int, n)
	for i := range lengten {
		v, w := binary.Uvarint(b)
		if w <= 0 || v > uint64(len(b)) {
			return nil, errBlok
		}
		lengten[i], b = int(v), b[w:]
	}
	entries := make([][]byte, n)
	for i, v := range lengten {
		if v > len(b) {
			return nil, errBlok
		}
		entries[i], b = b[:v:v], b[v:]
	}
	if len(b) != 0 {
		return nil, errBlok
	}
	return entries, nil
}

// decodeerEerder reads a block of version 1: zstd over a version byte, the
// number of entries, and then what a part holds.
func decodeerEerder(data []byte) ([][]byte, error) {
	b, err := decoder.DecodeAll(data, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBlok, err)
	}
	if len(b) == 0 || b[0] != 1 {
		return nil, fmt.Errorf("%w: onbekende versie", errBlok)
	}
	n, w := binary.Uvarint(b[1:])
	if w <= 0 || n > 1<<16 {
		return nil, errBlok
	}
	return splits(b[1+w:], int(n))
}

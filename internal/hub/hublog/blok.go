package hublog

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// A block is zstd over: version byte, number of entries (uvarint), the length
// of each (uvarint), then the entries one after another.
const blokVersie = 1

var errBlok = errors.New("het blok is beschadigd")

type codeur struct {
	enc *zstd.Encoder
	ruw []byte
}

func nieuweCodeur() *codeur {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // only for options that do not exist
	}
	return &codeur{enc: enc}
}

func (c *codeur) codeer(entries [][]byte) []byte {
	b := append(c.ruw[:0], blokVersie)
	b = binary.AppendUvarint(b, uint64(len(entries)))
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(len(e)))
	}
	for _, e := range entries {
		b = append(b, e...)
	}
	c.ruw = b
	return c.enc.EncodeAll(b, make([]byte, 0, len(b)/3+64))
}

var decoder, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(64<<20))

func decodeer(data []byte) ([][]byte, error) {
	b, err := decoder.DecodeAll(data, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBlok, err)
	}
	if len(b) == 0 || b[0] != blokVersie {
		return nil, fmt.Errorf("%w: onbekende versie", errBlok)
	}
	b = b[1:]
	n, w := binary.Uvarint(b)
	if w <= 0 || n > uint64(len(b)) || n > 1<<16 {
		return nil, errBlok
	}
	b = b[w:]
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

// kopie keeps a block in memory of its own: the senders' buffers stay theirs.
func kopie(entries [][]byte) [][]byte {
	n := 0
	for _, e := range entries {
		n += len(e)
	}
	buf := make([]byte, 0, n)
	uit := make([][]byte, len(entries))
	for i, e := range entries {
		van := len(buf)
		buf = append(buf, e...)
		uit[i] = buf[van:len(buf):len(buf)]
	}
	return uit
}

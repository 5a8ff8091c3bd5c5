package hublog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// afschrift is a copy of the blocks in two files of this replica, because the
// storage gives a block as a whole only, and slowly when it is old: here one
// entry is read with three short reads. It is never the truth: what is not in
// it, or not whole, is read from the log, and it may be thrown away.
//
// The file blokken holds per block its sequence (8 bytes), size (4), checksum
// of the front of the block with these two (4), and the block; plaatsen holds
// per sequence where that begins (8).
type afschrift struct {
	dat, idx *os.File
	regels   *cache    // entries that were read, by Plaats
	open     sync.Pool // of *opendeel: who reads on in the log unpacks a part once

	mu    sync.Mutex // of writers
	einde int64      // of dat

	vrij  func(n int) error // tells whether the disk has room
	rij   chan afschrijving
	stop  chan struct{}
	klaar chan struct{}
}

type afschrijving struct {
	seq  uint64
	data []byte
}

const (
	afschriftKop = 16
	eersteLezing = 512 // bytes: the front of nearly every block
	maxRij       = 32  // blocks that wait; more are left out
)

var crcTabel = crc32.MakeTable(crc32.Castagnoli)

var errAfschrift = errors.New("niet in het afschrift")

func openAfschrift(dir string, cacheBytes int64, vrij func(n int) error) (*afschrift, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("afschrift van het log: %w", err)
	}
	a := &afschrift{regels: nieuweCache(cacheBytes), open: sync.Pool{New: func() any { return new(opendeel) }}, vrij: vrij, rij: make(chan afschrijving, maxRij), stop: make(chan struct{}), klaar: make(chan struct{})}
	var err error
	if a.dat, err = os.OpenFile(filepath.Join(dir, "blokken"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, fmt.Errorf("afschrift van het log: %w", err)
	}
	if a.idx, err = os.OpenFile(filepath.Join(dir, "plaatsen"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		_ = a.dat.Close()
		return nil, fmt.Errorf("afschrift van het log: %w", err)
	}
	if a.einde, err = a.dat.Seek(0, io.SeekEnd); err != nil {
		_, _ = a.dat.Close(), a.idx.Close()
		return nil, fmt.Errorf("afschrift van het log: %w", err)
	}
	go a.werk()
	return a, nil
}

// keur empties a copy of another log: the newest block in it must be in ours,
// byte for byte.
func (a *afschrift) keur(laatste uint64, lees func(seq uint64) ([]byte, error)) error {
	info, err := a.idx.Stat()
	if err != nil {
		return err
	}
	seq := uint64(info.Size() / 8)
	if seq == 0 {
		return nil
	}
	goed := seq <= laatste
	if goed {
		data, err := a.blok(seq)
		if err != nil { // torn at the end: what is whole is checked per block
			goed = false
		} else {
			echt, err := lees(seq)
			goed = err == nil && string(echt) == string(data)
		}
	}
	if goed {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.einde = 0
	return errors.Join(a.idx.Truncate(0), a.dat.Truncate(0)) // before anything was read from it
}

// erbij lets a block be copied, behind the caller's back; with too many
// waiting it is left out, and read from the log when it is asked for.
func (a *afschrift) erbij(seq uint64, data []byte) {
	select {
	case a.rij <- afschrijving{seq, data}:
	default:
	}
}

// werk copies blocks until sluit. An error is no harm: see erbij.
func (a *afschrift) werk() {
	defer close(a.klaar)
	for {
		select {
		case x := <-a.rij:
			if _, _, err := a.plek(x.seq); err != nil && a.vrij(len(x.data)) == nil {
				_ = a.schrijf(x.seq, x.data)
			}
		case <-a.stop:
			return
		}
	}
}

func (a *afschrift) schrijf(seq uint64, data []byte) error {
	k, err := leesKop(data)
	if err != nil { // of version 1: those are read whole
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	b := binary.BigEndian.AppendUint64(make([]byte, 0, afschriftKop+len(data)), seq)
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	b = binary.BigEndian.AppendUint32(b, crc32.Update(crc32.Checksum(b, crcTabel), crcTabel, data[:k.bytes]))
	if _, err := a.dat.WriteAt(append(b, data...), a.einde); err != nil {
		return errors.Join(err, a.dat.Truncate(a.einde)) // room for who needs it more
	}
	// +1, so that a hole in the file is no place
	if _, err := a.idx.WriteAt(binary.BigEndian.AppendUint64(nil, uint64(a.einde)+1), int64(seq-1)*8); err != nil {
		return err
	}
	a.einde += int64(afschriftKop + len(data))
	return nil
}

// plek gives where block seq begins and the front of it, as much as is read.
func (a *afschrift) plek(seq uint64) (van int64, b []byte, err error) {
	var i [8]byte
	if _, err := a.idx.ReadAt(i[:], int64(seq-1)*8); err != nil {
		return 0, nil, errAfschrift
	}
	van = int64(binary.BigEndian.Uint64(i[:])) - 1
	if van < 0 {
		return 0, nil, errAfschrift
	}
	b = make([]byte, eersteLezing)
	n, _ := a.dat.ReadAt(b, van) // at the end of the file fewer than asked
	if n < afschriftKop || binary.BigEndian.Uint64(b) != seq {
		return 0, nil, errAfschrift
	}
	return van, b[:n], nil
}

// front reads the front of block seq and checks that it is whole.
func (a *afschrift) front(seq uint64) (van int64, k kop, b []byte, err error) {
	van, b, err = a.plek(seq)
	if err != nil {
		return 0, kop{}, nil, err
	}
	if k, err = leesKop(b[afschriftKop:]); err != nil { // longer than usual
		heel := make([]byte, afschriftKop+int(binary.BigEndian.Uint32(b[8:])))
		if len(heel) > maxPayload {
			return 0, kop{}, nil, errAfschrift
		}
		if _, err = a.dat.ReadAt(heel, van); err != nil {
			return 0, kop{}, nil, errAfschrift
		}
		if k, err = leesKop(heel[afschriftKop:]); err != nil {
			return 0, kop{}, nil, errAfschrift
		}
		b = heel
	}
	som := crc32.Update(crc32.Checksum(b[:12], crcTabel), crcTabel, b[afschriftKop:afschriftKop+k.bytes])
	if som != binary.BigEndian.Uint32(b[12:]) {
		return 0, kop{}, nil, errAfschrift
	}
	return van, k, b, nil
}

// opendeel is an unpacked part, with room that is used again.
type opendeel struct {
	eerste      Plaats // of its first entry; 0: none
	ingepakt, b []byte
	entries     [][]byte
}

// lees gives the entry at p; errAfschrift when it must come from the log.
func (a *afschrift) lees(p Plaats) ([]byte, error) {
	if es, ok := a.regels.geef(uint64(p)); ok {
		return es[0], nil
	}
	o := a.open.Get().(*opendeel)
	defer a.open.Put(o)
	if p < o.eerste || p >= o.eerste+Plaats(len(o.entries)) {
		if err := a.pakUit(o, p); err != nil {
			o.eerste, o.entries = 0, nil
			return nil, err
		}
	}
	e := bytes.Clone(o.entries[p-o.eerste])
	a.regels.zet(uint64(p), [][]byte{e})
	return e, nil
}

// pakUit unpacks the part with the entry at p into o.
func (a *afschrift) pakUit(o *opendeel, p Plaats) error {
	van, k, front, err := a.front(p.Seq())
	if err != nil {
		return err
	}
	d, ok := k.van(p.Index())
	if !ok {
		return errAfschrift
	}
	ingepakt := front[min(afschriftKop+d.van, len(front)):]
	if n := d.tot - d.van; len(ingepakt) >= n {
		ingepakt = ingepakt[:n]
	} else {
		o.ingepakt = slices.Grow(o.ingepakt[:0], n)[:n]
		if _, err := a.dat.ReadAt(o.ingepakt, van+afschriftKop+int64(d.van)); err != nil {
			return errAfschrift
		}
		ingepakt = o.ingepakt
	}
	if o.b, err = decoder.DecodeAll(ingepakt, o.b[:0]); err != nil {
		o.b = nil
		return errAfschrift
	}
	if o.entries, err = splits(o.b, d.aantal); err != nil {
		return errAfschrift
	}
	o.eerste = PlaatsVan(p.Seq(), d.eerste)
	return nil
}

// blok gives a whole block as it is kept.
func (a *afschrift) blok(seq uint64) ([]byte, error) {
	van, b, err := a.plek(seq)
	if err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(b[8:])
	if n > maxPayload {
		return nil, errAfschrift
	}
	data := make([]byte, n)
	if _, err := a.dat.ReadAt(data, van+afschriftKop); err != nil {
		return nil, errAfschrift
	}
	return data, nil
}

// sluit ends the copying and closes; what waits is left out.
func (a *afschrift) sluit() {
	close(a.stop)
	<-a.klaar
	_, _ = a.dat.Close(), a.idx.Close()
}

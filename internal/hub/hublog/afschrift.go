package hublog

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/klauspost/compress/s2"
	"golang.org/x/sys/unix"
)

// afschrift is a copy of the entries in files of this replica, because the
// storage gives a block as a whole only, and slowly when it is old: here an
// entry stands on its own, packed with words that entries share, and is there
// after three short reads. It is never the truth: what is not in it, or not
// whole, is read from the log, and it may be thrown away.
//
// The file regels holds the entries: a checksum over Plaats, the checksum of
// the words and what follows (4), and the entry as s2 packs it. The file plekken
// holds, for each block, where in regels its entries end (4 each, counted from
// the block, behind a zero). The file blokken holds for each sequence: where
// the block begins in regels, plus one (8), where its ends begin in plekken
// (8), the number of entries (4) and of the words (4); zeros: not copied.
type afschrift struct {
	regels, plekken, blokken *os.File
	boeken                   boeken
	conRegels                syscall.RawConn
	bron                     afschriftBron
	gepakt                   sync.Pool                          // of *[]byte
	kaarten                  [maxKaarten]atomic.Pointer[blokIn] // of blocks that were read, by sequence
	inKaarten                atomic.Int64                       // bytes
	gewacht                  atomic.Int64                       // when the disk was last waited for, Unix nanoseconds

	rij   chan Blok
	wacht atomic.Int64  // bytes in rij
	gat   atomic.Uint64 // below it, every block was copied or cannot be
	wek   chan struct{} // gat went back
	ctx   context.Context
	stop  func()
	klaar chan struct{}

	// of the one that writes
	eindeRegels, eindePlekken int64
	buf, ends                 []byte
}

// afschriftBron is what is copied.
type afschriftBron struct {
	laatste func() uint64
	lees    func(ctx context.Context, seq uint64) ([][]byte, error)
	vrij    func(n int) error // tells whether the disk has room
}

const (
	afschriftVorm = "2\n" // of the files; another is thrown away
	blokPlek      = 24
	somBytes      = 4
	maxRij        = 64       // blocks that wait
	maxRijBytes   = 16 << 20 // of entries; more are copied later
	maxKaarten    = 1 << 17
	maxKaartBytes = 32 << 20
	maxKeur       = 64 // blocks at the end that may be torn
)

var crcTabel = crc32.MakeTable(crc32.Castagnoli)

var errAfschrift = errors.New("niet in het afschrift")

// openAfschrift opens the copy in dir, or begins it anew.
func openAfschrift(dir string, bron afschriftBron) (*afschrift, error) {
	a := &afschrift{bron: bron, gepakt: sync.Pool{New: func() any { return new([]byte) }}, rij: make(chan Blok, maxRij),
		wek: make(chan struct{}, 1), klaar: make(chan struct{})}
	a.ctx, a.stop = context.WithCancel(context.Background())
	a.gat.Store(1)
	for poging := range 2 {
		err := a.openBestanden(dir)
		if err == nil && a.keur() {
			break
		}
		a.sluitBestanden()
		if err == nil && poging == 0 {
			err = os.RemoveAll(dir)
		}
		if err != nil {
			return nil, fmt.Errorf("afschrift van het log: %w", err)
		}
	}
	go a.werk()
	return a, nil
}

func (a *afschrift) openBestanden(dir string) error {
	vorm := filepath.Join(dir, "vorm")
	if b, err := os.ReadFile(vorm); err != nil || string(b) != afschriftVorm {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(vorm, []byte(afschriftVorm), 0o600); err != nil {
			return err
		}
	}
	var err error
	for naam, f := range map[string]**os.File{"regels": &a.regels, "plekken": &a.plekken, "blokken": &a.blokken} {
		if *f, err = os.OpenFile(filepath.Join(dir, naam), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
			return err
		}
	}
	if a.conRegels, err = a.regels.SyscallConn(); err != nil {
		return err
	}
	if a.eindeRegels, err = a.regels.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	if a.eindePlekken, err = a.plekken.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	a.eindePlekken = (a.eindePlekken + 3) &^ 3 // torn
	for i := range a.kaarten {
		a.kaarten[i].Store(nil)
	}
	a.inKaarten.Store(0)
	return a.boeken.open(filepath.Join(dir, "woorden"))
}

func (a *afschrift) sluitBestanden() {
	for _, f := range []*os.File{a.regels, a.plekken, a.blokken, a.boeken.f} {
		_ = f.Close() // a nil file gives an error
	}
	a.boeken.f = nil
}

// keur tells whether this is a copy of our log: its newest block that is whole
// must be in the log, entry for entry.
func (a *afschrift) keur() bool {
	info, err := a.blokken.Stat()
	if err != nil {
		return false
	}
	n := uint64(info.Size() / blokPlek)
	if n > a.bron.laatste() {
		return false
	}
	for seq := n; seq > 0 && seq+maxKeur > n; seq-- {
		es, err := a.blok(seq)
		if err != nil {
			continue
		}
		echt, err := a.bron.lees(a.ctx, seq)
		return err == nil && slices.EqualFunc(es, echt, bytes.Equal)
	}
	return n == 0
}

// erbij lets a block be copied, behind the caller's back; with too much waiting
// that is done later.
func (a *afschrift) erbij(seq uint64, entries [][]byte) {
	n := omvang(entries)
	if a.wacht.Add(n) <= maxRijBytes {
		select {
		case a.rij <- Blok{seq, entries}:
			return
		default:
		}
	}
	a.wacht.Add(-n)
	a.mist(seq)
}

func omvang(entries [][]byte) (n int64) {
	for _, e := range entries {
		n += int64(len(e))
	}
	return n
}

// mist notes that block seq is to be copied from the log.
func (a *afschrift) mist(seq uint64) {
	for g := a.gat.Load(); seq < g && !a.gat.CompareAndSwap(g, seq); g = a.gat.Load() {
	}
	select {
	case a.wek <- struct{}{}:
	default:
	}
}

// werk copies blocks until sluit: what waits first, then what was left out. An
// error is no harm: what is not here is read from the log.
func (a *afschrift) werk() {
	defer close(a.klaar)
	neem := func(b Blok) {
		a.wacht.Add(-omvang(b.Entries))
		_ = a.schrijf(b.Seq, b.Entries)
	}
	for {
		select {
		case <-a.ctx.Done():
			return
		case b := <-a.rij:
			neem(b)
			continue
		default:
		}
		if a.vulGat() {
			continue
		}
		select {
		case <-a.ctx.Done():
			return
		case b := <-a.rij:
			neem(b)
		case <-a.wek:
		}
	}
}

// vulGat copies the first block that was left out; false when there is none.
func (a *afschrift) vulGat() bool {
	van := a.gat.Load()
	laatste := a.bron.laatste()
	b := make([]byte, blokPlek*int(min(1024, max(laatste+1, van)-van)))
	n, _ := a.blokken.ReadAt(b, int64(van-1)*blokPlek)
	clear(b[n:])
	seq := van
	for ; len(b) > 0 && binary.BigEndian.Uint64(b) != 0; b = b[blokPlek:] {
		seq++
	}
	if len(b) > 0 {
		if es, err := a.bron.lees(a.ctx, seq); err == nil {
			_ = a.schrijf(seq, es)
		}
		seq++
	}
	a.gat.CompareAndSwap(van, seq)
	return seq > van
}

// schrijf copies a block that was not copied before.
func (a *afschrift) schrijf(seq uint64, entries [][]byte) error {
	if _, err := a.plek(seq); err == nil {
		return nil
	}
	if err := a.bron.vrij(int(omvang(entries))); err != nil {
		return err
	}
	nr, boek := a.boeken.voor(entries)
	a.buf, a.ends = a.buf[:0], append(a.ends[:0], 0, 0, 0, 0)
	for i, e := range entries {
		van := len(a.buf)
		a.buf = slices.Grow(a.buf, somBytes+s2.MaxEncodedLen(len(e)))
		a.buf = a.buf[:van+somBytes+len(boek.pak(a.buf[van+somBytes:van+somBytes:cap(a.buf)], e))]
		binary.BigEndian.PutUint32(a.buf[van:], som(PlaatsVan(seq, i), boek, a.buf[van+somBytes:]))
		a.ends = binary.BigEndian.AppendUint32(a.ends, uint32(len(a.buf)))
	}
	_, err := a.regels.WriteAt(a.buf, a.eindeRegels)
	if err == nil {
		_, err = a.plekken.WriteAt(a.ends, a.eindePlekken)
	}
	if err != nil { // room for who needs it more
		return errors.Join(err, a.regels.Truncate(a.eindeRegels), a.plekken.Truncate(a.eindePlekken))
	}
	p := binary.BigEndian.AppendUint64(make([]byte, 0, blokPlek), uint64(a.eindeRegels)+1)
	p = binary.BigEndian.AppendUint64(p, uint64(a.eindePlekken))
	p = binary.BigEndian.AppendUint32(p, uint32(len(entries)))
	p = binary.BigEndian.AppendUint32(p, nr)
	if _, err := a.blokken.WriteAt(p, int64(seq-1)*blokPlek); err != nil {
		return err
	}
	a.eindeRegels += int64(len(a.buf))
	a.eindePlekken += int64(len(a.ends))
	return nil
}

func som(p Plaats, w *woordenboek, gepakt []byte) uint32 {
	var b [12]byte
	binary.BigEndian.PutUint64(b[:], uint64(p))
	binary.BigEndian.PutUint32(b[8:], w.som)
	return crc32.Update(crc32.Checksum(b[:], crcTabel), crcTabel, gepakt)
}

// blokIn is where a block stands.
type blokIn struct {
	seq             uint64
	regels, plekken int64
	aantal          int
	boek            uint32
	ends            []byte // of its entries, when read
}

func (a *afschrift) plek(seq uint64) (in blokIn, err error) {
	var b [blokPlek]byte
	if _, err := a.blokken.ReadAt(b[:], int64(seq-1)*blokPlek); err != nil {
		return in, errAfschrift
	}
	in = blokIn{seq: seq, regels: int64(binary.BigEndian.Uint64(b[:])) - 1, plekken: int64(binary.BigEndian.Uint64(b[8:])),
		aantal: int(binary.BigEndian.Uint32(b[16:])), boek: binary.BigEndian.Uint32(b[20:])}
	if in.regels < 0 || in.plekken < 0 || in.aantal > 1<<16 {
		return in, errAfschrift
	}
	return in, nil
}

// kaart gives where a block and its entries stand, as is kept in memory of
// those that were read: what was copied does not move.
func (a *afschrift) kaart(seq uint64) (*blokIn, error) {
	vak := &a.kaarten[seq%maxKaarten]
	oud := vak.Load()
	if oud != nil && oud.seq == seq {
		return oud, nil
	}
	in, err := a.plek(seq)
	if err != nil {
		return nil, err
	}
	in.ends = make([]byte, 4*(in.aantal+1))
	if _, err := a.plekken.ReadAt(in.ends, in.plekken); err != nil {
		return nil, errAfschrift
	}
	erbij := int64(cap(in.ends))
	if oud != nil {
		erbij -= int64(cap(oud.ends))
	}
	if erbij <= 0 || a.inKaarten.Load()+erbij <= maxKaartBytes {
		if vak.CompareAndSwap(oud, &in) {
			a.inKaarten.Add(erbij)
		}
	}
	return &in, nil
}

// lees appends the entry at p to dst; errAfschrift when it must come from the log.
func (a *afschrift) lees(dst []byte, p Plaats) ([]byte, error) {
	in, err := a.kaart(p.Seq())
	if err != nil || p.Index() >= in.aantal {
		return dst, errAfschrift
	}
	e, err := a.regel(dst, p, in)
	if err != nil {
		a.vergeet(in)
	}
	return e, err
}

// vergeet lets a block that is damaged be copied again.
func (a *afschrift) vergeet(in *blokIn) {
	if a.kaarten[in.seq%maxKaarten].CompareAndSwap(in, nil) {
		a.inKaarten.Add(-int64(cap(in.ends)))
	}
	if _, err := a.blokken.WriteAt(make([]byte, blokPlek), int64(in.seq-1)*blokPlek); err == nil {
		a.mist(in.seq)
	}
}

func (a *afschrift) regel(dst []byte, p Plaats, in *blokIn) ([]byte, error) {
	van, n, ok := in.deel(p.Index())
	boek, er := a.boeken.geef(in.boek)
	if !ok || !er {
		return dst, errAfschrift
	}
	ruimte := a.gepakt.Get().(*[]byte)
	defer a.gepakt.Put(ruimte)
	b := slices.Grow((*ruimte)[:0], n)[:n]
	*ruimte = b
	if err := a.leesRegels(b, van); err != nil || binary.BigEndian.Uint32(b) != som(p, boek, b[somBytes:]) {
		return dst, errAfschrift
	}
	return boek.pakUit(dst, b[somBytes:])
}

// deel is where entry i stands in regels, and its size there.
func (in *blokIn) deel(i int) (van int64, n int, ok bool) {
	begin, eind := binary.BigEndian.Uint32(in.ends[4*i:]), binary.BigEndian.Uint32(in.ends[4*i+4:])
	return in.regels + int64(begin), int(eind) - int(begin), eind >= begin+somBytes && eind-begin <= maxPayload
}

// leesRegels reads from regels: from the memory of the machine when it is there,
// and else from the disk. As long as the disk is met, what is read next is told
// to the kernel, which fetches it all at once; else that is work for nothing.
func (a *afschrift) leesRegels(b []byte, van int64) error {
	n, err := a.uitGeheugen(b, van)
	if err == nil && n == len(b) {
		return nil
	}
	a.gewacht.Store(time.Now().UnixNano())
	_, err = a.regels.ReadAt(b, van)
	return err
}

func (a *afschrift) uitGeheugen(b []byte, van int64) (n int, err error) {
	cerr := a.conRegels.Control(func(fd uintptr) { n, err = unix.Preadv2(int(fd), [][]byte{b}, van, unix.RWF_NOWAIT) })
	return n, errors.Join(cerr, err)
}

func (a *afschrift) isTraag() bool {
	return time.Now().UnixNano()-a.gewacht.Load() < int64(time.Second)
}

func (a *afschrift) straks(plaatsen []uint64) {
	for _, p := range plaatsen {
		in, err := a.kaart(Plaats(p).Seq())
		if err != nil || Plaats(p).Index() >= in.aantal {
			continue
		}
		if van, n, ok := in.deel(Plaats(p).Index()); ok {
			_ = a.conRegels.Control(func(fd uintptr) { _ = unix.Fadvise(int(fd), van, int64(n), unix.FADV_WILLNEED) })
		}
	}
}

// blok gives the entries of a whole block.
func (a *afschrift) blok(seq uint64) ([][]byte, error) {
	in, err := a.kaart(seq)
	if err != nil {
		return nil, err
	}
	es := make([][]byte, in.aantal)
	for i := range es {
		if es[i], err = a.regel(nil, PlaatsVan(seq, i), in); err != nil {
			return nil, err
		}
	}
	return es, nil
}

// sluit ends the copying and closes; what waits is left out.
func (a *afschrift) sluit() {
	a.stop()
	<-a.klaar
	a.sluitBestanden()
}

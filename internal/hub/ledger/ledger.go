// Package ledger owns the proof over the log: an RFC 6962 Merkle tree with one
// leaf per stored entry, in log order, published as C2SP tlog-tiles with
// checkpoints as C2SP signed notes.
//
// It promises: the tree depends on the entries in the log and nothing else, so
// any replica computes the same; and a tree is signed only when it extends the
// tree signed before. What is signed last stands in a file of its own, because
// the tiles live in a projection that may be thrown away and rebuilt.
//
// The entry of a leaf is the SHA-256 of the stored entry (32 bytes), so that
// the published bundles hold no content.
package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/handbereik/soh/internal/begrip"
)

const (
	hoogte  = 8
	breedte = 1 << hoogte
)

// Oorsprong is the origin line of a checkpoint unless configured.
const Oorsprong = "soh.handbereik/ketenindex"

// Config says where the ledger keeps what is its own.
type Config struct {
	DB        *pebble.DB
	Prefix    []byte   // of its keys in DB
	Oorsprong string   // origin line and name of the key; empty is Oorsprong
	Sleutel   string   // file of the Ed25519 key, made (0600) when absent
	Getekend  string   // file of the last signed checkpoint; empty is Sleutel + ".checkpoint"
	Gedeeld   *Gedeeld // the same for all replicas of a log; nil when there is one
}

// Gedeeld keeps the checkpoint that was signed last by any replica: a tree is
// signed only as the successor of that one, so that two replicas never sign
// trees that contradict each other, and none goes back.
type Gedeeld struct {
	Lees func() (noot []byte, versie uint64, err error) // nil and zero for none
	// Zet replaces the version that was read. It gives ErrVerschoven when
	// another replica did so first; after another error it may have happened.
	Zet func(noot []byte, versie uint64) error
}

// ErrVerschoven tells that another replica signed first.
var ErrVerschoven = errors.New("een andere hub ondertekende eerder")

// Ledger is the tree. Append is for one goroutine; all else is safe for many.
type Ledger struct {
	cfg         Config
	ondertekent note.Signer
	controleert note.Verifier
	vkey        string

	// The right edge, as staged in batches: Append and Sluit are the only users.
	grootte int64
	vuil    map[int]bool   // levels whose tile grew since Sluit
	rand    map[int][]byte // level → hashes of the tile that grows
	bundel  []byte         // commitments of the bundle that grows

	tekenMu  sync.Mutex // one at a time signs
	mu       sync.Mutex
	getekend Checkpoint // last signed
	noot     []byte

	bekend     Checkpoint // last published, with the witnesses that signed it
	bekendNoot []byte
}

// Inzet is the leaf entry of a stored entry: its SHA-256.
func Inzet(entry []byte) [32]byte { return sha256.Sum256(entry) }

// Open reads the state from cfg.DB and the last signed checkpoint.
func Open(cfg Config) (*Ledger, error) {
	if cfg.Oorsprong == "" {
		cfg.Oorsprong = Oorsprong
	}
	if cfg.Getekend == "" {
		cfg.Getekend = cfg.Sleutel + ".checkpoint"
	}
	l := &Ledger{cfg: cfg}
	if err := l.laadSleutel(); err != nil {
		return nil, err
	}
	if err := l.laadGetekend(); err != nil {
		return nil, err
	}
	return l, l.Herlaad()
}

// Herlaad forgets what was staged in a batch that was not committed.
func (l *Ledger) Herlaad() error {
	n, err := l.vast()
	if err != nil {
		return err
	}
	l.grootte, l.vuil, l.rand, l.bundel = n, map[int]bool{}, map[int][]byte{}, nil
	if w := n % breedte; w > 0 {
		if l.bundel, err = l.lees('e', 0, n/breedte, int(w)); err != nil {
			return err
		}
	}
	for niveau, m := 0, n; m > 0; niveau, m = niveau+1, m/breedte {
		if w := m % breedte; w > 0 {
			if l.rand[niveau], err = l.lees('t', niveau, m/breedte, int(w)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Append adds the entries of one block to the tree, what is full to b. Call
// Sluit after the last block and commit b together with its own watermark; when
// b is not committed, call Herlaad before the next Append. It gives the index
// of the first entry.
func (l *Ledger) Append(b *pebble.Batch, entries [][]byte) (eerste int64, err error) {
	eerste = l.grootte
	for _, e := range entries {
		c := Inzet(e)
		l.bundel = append(l.bundel, c[:]...)
		if len(l.bundel) == breedte*32 {
			if err := b.Set(l.sleutel('e', 0, l.grootte/breedte), l.bundel, nil); err != nil {
				return 0, err
			}
			l.bundel = l.bundel[:0]
		}
		if err := l.blad(b, tlog.RecordHash(c[:])); err != nil {
			return 0, err
		}
	}
	return eerste, nil
}

// Sluit adds the right edge to b, once for all blocks that were appended: a
// part of a tile is up to 8 KB, and a block may hold a single entry.
func (l *Ledger) Sluit(b *pebble.Batch) (err error) {
	if len(l.bundel) > 0 {
		err = b.Set(l.sleutel('e', 0, l.grootte/breedte), l.bundel, nil)
	}
	for niveau := range l.vuil {
		if r := l.rand[niveau]; len(r) > 0 {
			n := l.grootte >> (hoogte * (niveau + 1))
			err = errors.Join(err, b.Set(l.sleutel('t', niveau, n), r, nil))
		}
	}
	clear(l.vuil)
	return errors.Join(err, b.Set(l.sleutel('n', 0, 0), binary.BigEndian.AppendUint64(nil, uint64(l.grootte)), nil))
}

// blad adds one leaf hash to the right edge; a full tile goes to b, and its
// root becomes a hash one level up.
func (l *Ledger) blad(b *pebble.Batch, h tlog.Hash) error {
	n := l.grootte
	l.grootte++
	for niveau := 0; ; niveau, n = niveau+1, n/breedte {
		l.rand[niveau] = append(l.rand[niveau], h[:]...)
		l.vuil[niveau] = true
		if len(l.rand[niveau]) < breedte*32 {
			return nil
		}
		if err := b.Set(l.sleutel('t', niveau, n/breedte), l.rand[niveau], nil); err != nil {
			return err
		}
		h = wortel(l.rand[niveau])
		l.rand[niveau] = l.rand[niveau][:0]
	}
}

// wortel is the hash over a full tile.
func wortel(data []byte) tlog.Hash {
	hs := make([]tlog.Hash, len(data)/32)
	for i := range hs {
		hs[i] = tlog.Hash(data[i*32:])
	}
	for len(hs) > 1 {
		for i := range len(hs) / 2 {
			hs[i] = tlog.NodeHash(hs[2*i], hs[2*i+1])
		}
		hs = hs[:len(hs)/2]
	}
	return hs[0]
}

func (l *Ledger) sleutel(soort byte, niveau int, n int64) []byte {
	k := append(bytes.Clone(l.cfg.Prefix), soort, byte(niveau))
	return binary.BigEndian.AppendUint64(k, uint64(n))
}

// vast is the number of leaves that are committed to the database.
func (l *Ledger) vast() (int64, error) {
	v, dicht, err := l.cfg.DB.Get(l.sleutel('n', 0, 0))
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = dicht.Close() }()
	return int64(binary.BigEndian.Uint64(v)), nil
}

// lees gives the first w hashes (or commitments) of a tile.
func (l *Ledger) lees(soort byte, niveau int, n int64, w int) ([]byte, error) {
	v, dicht, err := l.cfg.DB.Get(l.sleutel(soort, niveau, n))
	if err != nil && !errors.Is(err, pebble.ErrNotFound) {
		return nil, err
	}
	if err == nil {
		defer func() { _ = dicht.Close() }()
	}
	if len(v) < w*32 {
		return nil, begrip.NieuweFout(begrip.NietGevonden, "Dit deel van de boom is er nog niet.").
			Door(fmt.Errorf("tegel %c %d/%d: %d hashes, gevraagd %d", soort, niveau, n, len(v)/32, w))
	}
	return bytes.Clone(v[:w*32]), nil
}

// ReadHashes reads tree hashes out of the tiles (tlog.HashReader).
func (l *Ledger) ReadHashes(plaatsen []int64) ([]tlog.Hash, error) {
	uit := make([]tlog.Hash, len(plaatsen))
	for i, p := range plaatsen {
		t := tlog.TileForIndex(hoogte, p)
		data, err := l.lees('t', t.L, t.N, t.W)
		if err != nil {
			return nil, err
		}
		if uit[i], err = tlog.HashFromTile(t, data, p); err != nil {
			return nil, err
		}
	}
	return uit, nil
}

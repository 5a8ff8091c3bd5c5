package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Bron gives what stands at a path below /tlog of a log: "checkpoint" and
// "tile/…" (C2SP tlog-tiles). A hub over HTTP or a folder with a copy; the error
// for what is not there is fs.ErrNotExist.
type Bron func(pad string) ([]byte, error)

// Keuring says what is checked of a log.
type Keuring struct {
	Sleutel   string                              // public key of the log, from another channel than the log
	Vanaf     int64                               // first entry
	Tot       int64                               // entry after the last; 0 is all under the checkpoint
	Sinds     []byte                              // an older checkpoint of the same log, that this one must extend
	Getuigen  []string                            // public keys of witnesses
	MinstensG int                                 // how many of them must have signed
	Regel     func(index int64) ([]byte, error)   // the stored entry, if the checker has it; nil, nil when not
	Tegel     func(pad string, data []byte) error // sees all that was read, for who keeps a copy
}

// Uitslag is what was found to hold.
type Uitslag struct {
	Stand        Checkpoint
	Vanaf, Tot   int64
	Regels       int64 // stored entries that were held against their leaf
	Sinds        int64 // size of the older checkpoint
	Medegetekend int   // witnesses
}

// Keur checks a log, or a range of it, without trusting where it comes from:
// the signature under the checkpoint, every tile it needs up to the root, each
// commitment in the range against its leaf, each stored entry the checker has
// against its commitment, and that the log extends an older checkpoint. The
// error says in Dutch what does not hold. With the whole log in range, it is
// also computed anew from the commitments alone.
func Keur(bron Bron, k Keuring) (u Uitslag, err error) {
	noot, err := bron("checkpoint")
	if err != nil {
		return u, fmt.Errorf("de stand (checkpoint) is er niet: %w", err)
	}
	if u.Stand, err = LeesCheckpoint(noot, k.Sleutel); err != nil {
		return u, err
	}
	if u.Medegetekend, err = Medegetekend(noot, k.Getuigen); err != nil {
		return u, err
	}
	if u.Medegetekend < k.MinstensG {
		return u, fmt.Errorf("onder de stand staan handtekeningen van %d getuigen, gevraagd is %d", u.Medegetekend, k.MinstensG)
	}
	if k.Tegel != nil {
		if err := k.Tegel("checkpoint", noot); err != nil {
			return u, err
		}
	}
	u.Vanaf, u.Tot = k.Vanaf, k.Tot
	if u.Tot == 0 {
		u.Tot = u.Stand.Grootte
	}
	if u.Vanaf < 0 || u.Vanaf > u.Tot || u.Tot > u.Stand.Grootte {
		return u, fmt.Errorf("het bereik %d tot %d valt buiten de stand, die %d regels telt", u.Vanaf, u.Tot, u.Stand.Grootte)
	}
	t := &tegels{bron: bron, boom: u.Stand, zie: k.Tegel, hoog: map[tlog.Tile][]byte{}}
	if err := t.sinds(k, &u); err != nil {
		return u, err
	}
	return u, t.bereik(k, &u)
}

// tegels reads tiles of one tree out of a Bron (tlog.TileReader).
type tegels struct {
	bron Bron
	boom Checkpoint
	zie  func(string, []byte) error
	fout error                // of zie
	hoog map[tlog.Tile][]byte // checked tiles above the leaves, which many leaves need
}

// Height is that of tlog-tiles.
func (*tegels) Height() int { return hoogte }

// ReadTiles gives tiles that are not checked yet; package tlog does that.
func (t *tegels) ReadTiles(ts []tlog.Tile) ([][]byte, error) {
	uit := make([][]byte, len(ts))
	for i, x := range ts {
		if uit[i] = t.hoog[x]; uit[i] != nil {
			continue
		}
		data, err := t.haal(x, x.W*tlog.HashSize)
		if err != nil {
			return nil, err
		}
		uit[i] = data
	}
	return uit, nil
}

// SaveTiles gives those that hold to who keeps a copy.
func (t *tegels) SaveTiles(ts []tlog.Tile, data [][]byte) {
	for i := range ts {
		if ts[i].L > 0 {
			t.hoog[ts[i]] = data[i]
		}
		if t.zie != nil && t.fout == nil {
			t.fout = t.zie(pad(ts[i]), data[i])
		}
	}
}

// haal reads a tile, or the beginning of the full tile where a partial one was
// (tlog-tiles lets a log drop partial tiles once there is the full one).
func (t *tegels) haal(x tlog.Tile, bytes int) ([]byte, error) {
	data, err := t.bron(pad(x))
	if errors.Is(err, fs.ErrNotExist) && x.W < breedte {
		vol := x
		vol.W = breedte
		data, err = t.bron(pad(vol))
	}
	if err != nil {
		return nil, fmt.Errorf("%s is er niet: %w", pad(x), err)
	}
	if len(data) < bytes {
		return nil, fmt.Errorf("%s heeft %d bytes, verwacht %d", pad(x), len(data), bytes)
	}
	return data[:bytes:bytes], nil
}

// pad is the path of a tile in tlog-tiles; level -1 is that of the entries.
func pad(t tlog.Tile) string {
	rest := strings.TrimPrefix(t.Path(), "tile/8/")
	if r, ok := strings.CutPrefix(rest, "data/"); ok {
		return "tile/entries/" + r
	}
	return "tile/" + rest
}

// sinds checks that the log extends an older checkpoint.
func (t *tegels) sinds(k Keuring, u *Uitslag) error {
	if k.Sinds == nil {
		return nil
	}
	oud, err := LeesCheckpoint(k.Sinds, k.Sleutel)
	if err != nil {
		return fmt.Errorf("de oudere stand: %w", err)
	}
	if oud.Grootte > u.Stand.Grootte {
		return fmt.Errorf("deze stand telt %d regels, de oudere al %d: het log is korter geworden", u.Stand.Grootte, oud.Grootte)
	}
	u.Sinds = oud.Grootte
	if oud.Grootte == 0 {
		return nil
	}
	p, err := tlog.ProveTree(u.Stand.Grootte, oud.Grootte, t.lezer())
	if err != nil {
		return fmt.Errorf("de tegels kloppen niet met de stand: %w", err)
	}
	return VerifieerGroei(oud, u.Stand, p)
}

func (t *tegels) lezer() tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: t.boom.Grootte, Hash: t.boom.Wortel}, t)
}

// bereik checks the entries of the range, a bundle at a time.
func (t *tegels) bereik(k Keuring, u *Uitslag) error {
	var opbouw *stapel
	if u.Vanaf == 0 && u.Tot == u.Stand.Grootte {
		opbouw = &stapel{}
	}
	lezer := t.lezer()
	for n := u.Vanaf / breedte; n*breedte < u.Tot; n++ {
		w := int(min(breedte, u.Stand.Grootte-n*breedte))
		inzet, err := t.bundel(n, w)
		if err != nil {
			return err
		}
		eerste, na := max(u.Vanaf, n*breedte), min(u.Tot, n*breedte+int64(w))
		plekken := make([]int64, 0, na-eerste)
		for i := eerste; i < na; i++ {
			plekken = append(plekken, tlog.StoredHashIndex(0, i))
		}
		bladen, err := lezer.ReadHashes(plekken)
		if err != nil {
			return fmt.Errorf("de tegels kloppen niet met de stand: %w", err)
		}
		for j, blad := range bladen {
			i := eerste + int64(j)
			c := inzet[i-n*breedte]
			if tlog.RecordHash(c[:]) != blad {
				return fmt.Errorf("regel %d klopt niet: de vastlegging hoort niet bij het blad", i)
			}
			if opbouw != nil {
				opbouw.erbij(blad)
			}
			if err := k.regel(i, c, u); err != nil {
				return err
			}
		}
	}
	if t.fout != nil {
		return t.fout
	}
	if opbouw != nil && opbouw.wortel() != u.Stand.Wortel {
		return errors.New("de wortel die uit alle regels volgt is een andere dan die van de stand")
	}
	return nil
}

// regel holds a stored entry against its commitment.
func (k Keuring) regel(i int64, c [32]byte, u *Uitslag) error {
	if k.Regel == nil {
		return nil
	}
	b, err := k.Regel(i)
	if err != nil || b == nil {
		return err
	}
	if Inzet(b) != c {
		return fmt.Errorf("regel %d is niet wat er is vastgelegd: hij is veranderd", i)
	}
	u.Regels++
	return nil
}

// bundel reads the commitments of one bundle.
func (t *tegels) bundel(n int64, w int) ([][32]byte, error) {
	x := tlog.Tile{H: hoogte, L: -1, N: n, W: w}
	data, err := t.haal(x, 34*w)
	if err != nil {
		return nil, err
	}
	uit := make([][32]byte, w)
	for i := range uit {
		regel := data[34*i:]
		if !bytes.Equal(regel[:2], []byte{0, 32}) {
			return nil, fmt.Errorf("%s is onleesbaar: een vastlegging heeft 32 bytes", pad(x))
		}
		uit[i] = [32]byte(regel[2:34])
	}
	if t.zie != nil {
		return uit, t.zie(pad(x), data)
	}
	return uit, nil
}

// stapel computes a root from leaves alone: the roots of full subtrees, from
// large to small (RFC 6962 §2.1).
type stapel struct {
	n  int64
	hs []tlog.Hash
}

func (s *stapel) erbij(h tlog.Hash) {
	for m := s.n; m&1 == 1; m >>= 1 {
		h = tlog.NodeHash(s.hs[len(s.hs)-1], h)
		s.hs = s.hs[:len(s.hs)-1]
	}
	s.hs = append(s.hs, h)
	s.n++
}

func (s *stapel) wortel() tlog.Hash {
	if len(s.hs) == 0 {
		h, _ := tlog.TreeHash(0, nil)
		return h
	}
	h := s.hs[len(s.hs)-1]
	for i := len(s.hs) - 2; i >= 0; i-- {
		h = tlog.NodeHash(s.hs[i], h)
	}
	return h
}

package graph

import (
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

var (
	sleutel = []byte("0123456789abcdef0123456789abcdef")
	begin   = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

func vul(t *testing.T, g *Graph, seq uint64) {
	t.Helper()
	s := g.Stap()
	for i := range uint64(10) {
		p := seq<<16 | i
		tijd := begin.Add(time.Duration(100-p%7) * time.Minute) // not in log order
		for _, te := range []Term{{Alle, ""}, {Type, "t"}, {Persoon, string(rune('a' + i%2))}} {
			if err := s.Post(te.Kind, te.Waarde, tijd, p); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Zet(Interactie, string(rune(p)), p, []byte("ok")); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Blad(seq, seq*10); err != nil {
		t.Fatal(err)
	}
	if err := s.Klaar(seq); err != nil {
		t.Fatal(err)
	}
}

func opent(t *testing.T, dir string) *Graph {
	t.Helper()
	g, err := Open(dir, sleutel)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if g.db != nil {
			_ = g.Close()
		}
	})
	return g
}

func TestZoekGeeftLogvolgordePerBladzijde(t *testing.T) {
	g := opent(t, t.TempDir())
	for seq := uint64(1); seq <= 5; seq++ {
		vul(t, g, seq)
	}
	var alle []uint64
	v := Vraag{Termen: []Term{{Persoon, "a"}, {Type, "t"}}, Limiet: 4}
	for {
		tr, meer, err := g.Zoek(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range tr {
			alle = append(alle, x.Plaats)
		}
		if !meer {
			break
		}
		v.Na = tr[len(tr)-1].Plaats
	}
	if len(alle) != 25 {
		t.Fatalf("got %d hits, want 25", len(alle))
	}
	for i := range alle[1:] {
		if alle[i] >= alle[i+1] {
			t.Fatalf("not in log order: %v", alle)
		}
	}
	if tr, _, _ := g.Zoek(Vraag{Termen: []Term{{Persoon, "a"}, {Type, "ander"}}, Limiet: 9}); len(tr) != 0 {
		t.Fatalf("an event without the type was found: %v", tr)
	}
}

func TestVanafIsInclusiefTotIsExclusief(t *testing.T) {
	g := opent(t, t.TempDir())
	s := g.Stap()
	for i := range uint64(3) {
		if err := s.Post(Alle, "", begin.Add(time.Duration(i)*time.Second), i+1); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Klaar(1); err != nil {
		t.Fatal(err)
	}
	tr, meer, err := g.Zoek(Vraag{Vanaf: begin, Tot: begin.Add(2 * time.Second), Limiet: 10})
	if err != nil || meer || len(tr) != 2 || tr[0].Plaats != 1 || tr[1].Plaats != 2 {
		t.Fatalf("got %v %v %v", tr, meer, err)
	}
	if !tr[1].Tijd.Equal(begin.Add(time.Second)) {
		t.Fatalf("time came back as %v", tr[1].Tijd)
	}
}

func TestUniekZietEigenStap(t *testing.T) {
	g := opent(t, t.TempDir())
	s := g.Stap()
	if err := s.Zet(Activiteit, "x", 7, []byte("w")); err != nil {
		t.Fatal(err)
	}
	if p, w, ok, err := s.Uniek(Activiteit, "x"); err != nil || !ok || p != 7 || string(w) != "w" {
		t.Fatalf("own step not seen: %v %q %v %v", p, w, ok, err)
	}
	if _, _, ok, _ := g.Uniek(Activiteit, "x"); ok {
		t.Fatal("seen before the step was applied")
	}
	s.Weg()
}

// A crash keeps a prefix of the steps, with the watermark that belongs to it;
// doing the rest again gives the same model.
func TestHerbouwIsGelijkNaStroomuitval(t *testing.T) {
	fs := vfs.NewCrashableMem()
	g, err := open("g", sleutel, fs)
	if err != nil {
		t.Fatal(err)
	}
	for seq := uint64(1); seq <= 6; seq++ {
		vul(t, g, seq)
		if seq == 3 {
			if err := g.Bewaar(); err != nil {
				t.Fatal(err)
			}
		}
	}
	want, err := g.Hash()
	if err != nil {
		t.Fatal(err)
	}
	na := fs.CrashClone(vfs.CrashCloneCfg{})
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	g, err = open("g", sleutel, na)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	stand, err := g.Stand()
	if err != nil || stand < 3 || stand > 6 {
		t.Fatalf("watermark after the crash is %d (%v)", stand, err)
	}
	for seq := stand + 1; seq <= 6; seq++ {
		vul(t, g, seq)
	}
	if got, _ := g.Hash(); got != want {
		t.Fatal("the rebuilt model differs")
	}
}

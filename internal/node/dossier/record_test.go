package dossier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/handbereik/soh/internal/begrip"
)

// schildwacht is the BSN that must never show up in an error.
var schildwacht = begrip.MustBSN("999990019")

var ander = begrip.MustBSN("999993653")

// klok is a clock that a test moves.
type klok struct{ t time.Time }

func (k *klok) nu() time.Time { return k.t }

func nieuw(t *testing.T) (*Store, *klok) {
	t.Helper()
	s := opent(t, filepath.Join(t.TempDir(), "node", "dossier.db"))
	k := &klok{time.Date(2026, 11, 23, 20, 0, 0, 123456000, time.UTC)}
	s.nu = k.nu
	return s, k
}

func opent(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func schrijf(t *testing.T, s *Store, r Record) Record {
	t.Helper()
	var uit Record
	err := s.Tx(t.Context(), func(tx *Tx) (err error) {
		uit, err = tx.Schrijf(t.Context(), r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return uit
}

func melding(id string) Record {
	return Record{Soort: "melding", ID: id, Zaak: "urn:soh:zaak:1", Staat: "ingediend", Door: "agent 7",
		Personen: []begrip.BSN{schildwacht, ander, schildwacht}, Inhoud: json.RawMessage(`{"tekst":"é"}`)}
}

var bsnGelijk = cmp.Comparer(func(a, b begrip.BSN) bool { return a == b })

// zonderOntleed compares what stands in the database.
var zonderOntleed = cmpopts.IgnoreUnexported(Record{})

func TestSchrijfEnLees(t *testing.T) {
	s, k := nieuw(t)
	r := schrijf(t, s, melding("a"))
	wil := melding("a")
	wil.Versie, wil.VastgelegdOp, wil.GeldigVanaf = 1, k.t, k.t
	wil.Personen = []begrip.BSN{schildwacht, ander}
	if wil.Zout = r.Zout; len(wil.Zout) != 32 {
		t.Errorf("the salt of a version is %q", wil.Zout)
	}
	if d := cmp.Diff(wil, r, bsnGelijk, zonderOntleed); d != "" {
		t.Error("geschreven", d)
	}
	g, err := s.Lees(t.Context(), "melding", "a", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(wil, g, bsnGelijk, zonderOntleed); d != "" {
		t.Error("gelezen", d)
	}
	if _, err := s.Lees(t.Context(), "melding", "b", time.Time{}); !begrip.Is(err, begrip.NietGevonden) {
		t.Error("onbekend record:", err)
	}
	if _, err := s.Versies(t.Context(), "melding", "b"); !begrip.Is(err, begrip.NietGevonden) {
		t.Error("versies van onbekend record:", err)
	}
}

func TestOudeVersieGeeftConflict(t *testing.T) {
	s, _ := nieuw(t)
	r := schrijf(t, s, melding("a"))
	tweede := r
	tweede.Staat = "beoordeeld"
	schrijf(t, s, tweede)
	for _, versie := range []int{0, 1, 3, -1} {
		r.Versie = versie
		err := s.Tx(t.Context(), func(tx *Tx) error { _, err := tx.Schrijf(t.Context(), r); return err })
		if !begrip.Is(err, begrip.Conflict) {
			t.Errorf("versie %d: %v", versie, err)
		}
	}
	vs, err := s.Versies(t.Context(), "melding", "a")
	if err != nil || len(vs) != 2 || vs[0].Staat != "ingediend" || vs[1].Staat != "beoordeeld" {
		t.Error(vs, err)
	}
}

func TestVeelSchrijversWinnenNooitSamen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twee.db")
	s := opent(t, path)
	tweede := opent(t, path) // as a second process would
	schrijf(t, s, melding("a"))
	var wg sync.WaitGroup
	var mu sync.Mutex
	gewonnen := 0
	for i := range 8 {
		wg.Go(func() {
			bij := s
			if i%2 == 1 {
				bij = tweede
			}
			r := melding("a")
			r.Versie = 1
			err := bij.Tx(context.Background(), func(tx *Tx) error { _, err := tx.Schrijf(context.Background(), r); return err })
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				gewonnen++
			} else if !begrip.Is(err, begrip.Conflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if gewonnen != 1 {
		t.Errorf("%d schrijvers wonnen", gewonnen)
	}
}

func TestPeildatumGeeftWatToenBekendWas(t *testing.T) {
	s, k := nieuw(t)
	begin := k.t
	r := schrijf(t, s, melding("a"))
	k.t = begin.Add(time.Hour)
	r.Staat, r.GeldigVanaf = "gesloten", begin.Add(-24*time.Hour) // true since yesterday, known only now
	r.Personen = []begrip.BSN{ander}
	schrijf(t, s, r)
	for _, c := range []struct {
		op     time.Time
		versie int
	}{
		{begin.Add(-time.Microsecond), 0}, {begin, 1}, {begin.Add(time.Hour - time.Microsecond), 1},
		{begin.Add(time.Hour), 2}, {begin.Add(999 * time.Hour), 2}, {time.Time{}, 2},
	} {
		g, err := s.Lees(t.Context(), "melding", "a", c.op)
		if c.versie == 0 {
			if !begrip.Is(err, begrip.NietGevonden) {
				t.Error(c.op, err)
			}
			continue
		}
		if err != nil || g.Versie != c.versie || len(g.Personen) != 3-c.versie {
			t.Errorf("%s: versie %d, %d personen, %v", c.op, g.Versie, len(g.Personen), err)
		}
	}
}

func TestKlokDieTerugloopt(t *testing.T) {
	s, k := nieuw(t)
	r := schrijf(t, s, melding("a"))
	k.t = k.t.Add(-time.Hour)
	tweede := schrijf(t, s, r)
	if !tweede.VastgelegdOp.After(r.VastgelegdOp) {
		t.Error(tweede.VastgelegdOp)
	}
}

func TestZoek(t *testing.T) {
	s, k := nieuw(t)
	for i, id := range []string{"a", "b", "c"} {
		k.t = k.t.Add(time.Minute)
		r := melding(id)
		if i == 1 {
			r.Zaak, r.Personen = "urn:soh:zaak:2", []begrip.BSN{ander}
		}
		schrijf(t, s, r)
	}
	k.t = k.t.Add(time.Minute)
	r, _ := s.Lees(t.Context(), "melding", "a", time.Time{})
	r.Staat, r.Personen = "gesloten", []begrip.BSN{ander}
	schrijf(t, s, r)
	schrijf(t, s, Record{Soort: "opdracht", ID: "a", Inhoud: json.RawMessage(`{}`)})
	for naam, c := range map[string]struct {
		f   Filter
		wil string
	}{
		"soort, nieuwste eerst":   {Filter{Soort: "melding"}, "a c b"},
		"zaak":                    {Filter{Soort: "melding", Zaak: "urn:soh:zaak:1"}, "a c"},
		"alleen huidige staat":    {Filter{Staat: "ingediend"}, "c b"},
		"alleen huidige personen": {Filter{Persoon: schildwacht}, "c"},
		"persoon":                 {Filter{Persoon: ander, Soort: "melding"}, "a c b"},
		"limiet":                  {Filter{Soort: "melding", Limiet: 1}, "a"},
		"niets":                   {Filter{Soort: "onbekend"}, ""},
	} {
		rs, err := s.Zoek(t.Context(), c.f)
		var ids []string
		for _, r := range rs {
			ids = append(ids, r.ID)
		}
		if got := strings.Join(ids, " "); got != c.wil || err != nil {
			t.Errorf("%s: %q, wil %q, %v", naam, got, c.wil, err)
		}
	}
}

func TestMislukteTransactieLaatNietsAchter(t *testing.T) {
	s, _ := nieuw(t)
	gewekt := 0
	s.NaVerstuur(func() { gewekt++ })
	err := s.Tx(t.Context(), func(tx *Tx) error {
		if _, err := tx.Schrijf(t.Context(), melding("a")); err != nil {
			return err
		}
		if err := tx.Verstuur(t.Context(), bericht("hub", 1)); err != nil {
			return err
		}
		if err := tx.Log(t.Context(), regel()); err != nil {
			return err
		}
		if r, err := tx.Lees(t.Context(), "melding", "a", time.Time{}); err != nil || r.Versie != 1 {
			t.Error("tx ziet eigen werk niet:", err)
		}
		if rs, err := tx.Zoek(t.Context(), Filter{Persoon: ander}); err != nil || len(rs) != 1 {
			t.Error("tx zoekt eigen werk niet:", err)
		}
		return errors.New("toch niet")
	})
	if err == nil || err.Error() != "toch niet" {
		t.Error(err)
	}
	if rs, _ := s.Zoek(t.Context(), Filter{}); len(rs) != 0 {
		t.Error("record bleef staan")
	}
	if b, _ := s.Bestemmingen(t.Context()); len(b) != 0 || gewekt != 0 {
		t.Error("bericht bleef staan of wekte")
	}
	if l, _ := s.Logboek(t.Context(), 0); len(l) != 0 {
		t.Error("logregel bleef staan")
	}
}

// TestHeropenenBewaartWatVastlag copies the files of an open store, as a crash
// leaves them, with a transaction under way.
func TestHeropenenBewaartWatVastlag(t *testing.T) {
	map_ := t.TempDir()
	s := opent(t, filepath.Join(map_, "d.db"))
	schrijf(t, s, melding("vast"))
	na := t.TempDir()
	err := s.Tx(t.Context(), func(tx *Tx) error {
		if _, err := tx.Schrijf(t.Context(), melding("los")); err != nil {
			return err
		}
		for _, n := range []string{"d.db", "d.db-wal"} {
			b, err := os.ReadFile(filepath.Join(map_, n))
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(na, n), b, 0o600); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h := opent(t, filepath.Join(na, "d.db"))
	rs, err := h.Zoek(t.Context(), Filter{})
	if err != nil || len(rs) != 1 || rs[0].ID != "vast" || len(rs[0].Personen) != 2 {
		t.Errorf("%v %v", rs, err)
	}
}

func TestBestandAlleenVoorEigenaar(t *testing.T) {
	path := filepath.Join(t.TempDir(), "map met ruimte & 100%?", "d.db")
	s := opent(t, path)
	schrijf(t, s, melding("a"))
	for _, n := range []string{"", "-wal"} {
		i, err := os.Stat(path + n)
		if err != nil {
			t.Fatal(err)
		}
		if i.Mode().Perm() != 0o600 {
			t.Error(n, i.Mode())
		}
	}
}

func TestLezerWachtNietOpSchrijver(t *testing.T) {
	s, _ := nieuw(t)
	schrijf(t, s, melding("a"))
	err := s.Tx(t.Context(), func(tx *Tx) error {
		if _, err := tx.Schrijf(t.Context(), melding("b")); err != nil {
			return err
		}
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
		defer stop()
		_, err := s.Lees(ctx, "melding", "a", time.Time{})
		if err != nil {
			return err
		}
		if _, err := s.Lees(ctx, "melding", "b", time.Time{}); !begrip.Is(err, begrip.NietGevonden) {
			return fmt.Errorf("lezer zag half werk: %w", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFoutenZonderBSN(t *testing.T) {
	s, _ := nieuw(t)
	schrijf(t, s, melding("a"))
	klad := melding("a")
	klad.Inhoud = json.RawMessage(`{"bsn":"` + schildwacht.Leesbaar() + `"`)
	var fouten []error
	for _, r := range []Record{melding("a"), klad, {}} {
		fouten = append(fouten, s.Tx(t.Context(), func(tx *Tx) error { _, err := tx.Schrijf(t.Context(), r); return err }))
	}
	_, err := s.Lees(t.Context(), "melding", schildwacht.Leesbaar(), time.Time{})
	fouten = append(fouten, err)
	s.Close()
	_, err = s.Zoek(t.Context(), Filter{Persoon: schildwacht})
	fouten = append(fouten, err, s.Log(t.Context(), regel()))
	for i, err := range fouten {
		if err == nil {
			t.Errorf("geval %d: geen fout", i)
		} else if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), schildwacht.Leesbaar()) {
			t.Errorf("geval %d: BSN in fout", i)
		}
	}
}

func TestWaarde(t *testing.T) {
	s, _ := nieuw(t)
	if _, ok, err := s.Waarde(t.Context(), "register"); ok || err != nil {
		t.Error(ok, err)
	}
	for _, w := range []string{"een", "", "twee"} {
		if err := s.ZetWaarde(t.Context(), "register", []byte(w)); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := s.Waarde(t.Context(), "register"); string(got) != w || !ok || err != nil {
			t.Error(w, got, ok, err)
		}
	}
}

package dossier

import (
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Page by page a list gives each record once, also when all were stored at one moment and
// new ones come in meanwhile, and each with its own persons.
func TestZoekBladVoorBlad(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "d.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	op := time.Now()
	s.nu = func() time.Time { return op }
	ctx, n := t.Context(), 0
	schrijf := func(aantal int) {
		if err := s.Tx(ctx, func(tx *Tx) error {
			for range aantal {
				n++
				if _, err := tx.Schrijf(ctx, Record{Soort: "x", ID: fmt.Sprintf("%03d", n), Personen: []begrip.BSN{begrip.MustBSN("999990019"), begrip.MustBSN("999990020")}[:1+n%2], Inhoud: []byte(`{}`)}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	schrijf(600)
	gezien, na := map[string]bool{}, Plek{}
	for {
		recs, err := s.Zoek(ctx, Filter{Soort: "x", Limiet: 70, Na: na})
		if err != nil {
			t.Fatal(err)
		}
		if len(recs) == 0 {
			break
		}
		for _, r := range recs {
			nr, err := strconv.Atoi(r.ID)
			if err != nil || gezien[r.ID] || len(r.Personen) != 1+nr%2 {
				t.Fatalf("%s: twice %v, %d persons", r.ID, gezien[r.ID], len(r.Personen))
			}
			gezien[r.ID] = true
		}
		na = Plek{recs[len(recs)-1].VastgelegdOp, recs[len(recs)-1].ID}
		op = op.Add(time.Millisecond)
		schrijf(1)
	}
	if len(gezien) != 600 {
		t.Errorf("%d of 600", len(gezien))
	}
}

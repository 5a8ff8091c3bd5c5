package inzage

import (
	"fmt"
	"testing"
	"time"
)

// The same person counts once, an hour later there is room again, and what was refused
// took no place.
func TestDrukteTeltVerschillendePersonenPerUur(t *testing.T) {
	d, nu := nieuweDrukte(Grenzen{PerPersoon: 3, PerOrganisatie: 4}), time.Now()
	kijk := func(na time.Duration, wie ...byte) time.Duration {
		var wat []kort
		for _, w := range wie {
			wat = append(wat, kort(w))
		}
		return d.neem("org", "p", wat, nu.Add(na))
	}
	for i, p := range []struct {
		na  time.Duration
		wie []byte
		mag bool
	}{
		{0, []byte{1, 2}, true}, {time.Minute, []byte{1}, true}, {2 * time.Minute, []byte{3, 4}, false}, {3 * time.Minute, []byte{3}, true}, {4 * time.Minute, []byte{4}, false},
		{5 * time.Minute, []byte{1, 2, 3}, true}, {time.Hour, []byte{4}, true}, {time.Hour, []byte{5}, true}, {time.Hour, []byte{6}, false}, {2 * time.Hour, []byte{6, 7, 8}, true},
	} {
		wacht := kijk(p.na, p.wie...)
		if (wacht == 0) != p.mag || wacht > time.Hour {
			t.Errorf("look %d: wait %v", i, wacht)
		}
	}
	nu = nu.Add(4 * time.Hour)
	if kijk(0, 1, 2, 3); d.neem("org", "q", []kort{1, 8}, nu) != 0 {
		t.Error("one counts for another")
	}
	if d.neem("org", "q", []kort{9}, nu) == 0 || d.neem("ander", "q", []kort{9}, nu) != 0 {
		t.Error("what one organisation looks at is not counted, or for another")
	}
	if d.neem("org", "q", []kort{1, 2, 8}, nu) != 0 {
		t.Error("what the organisation had no room for took a place of who asked")
	}
	for i := range 1000 {
		d.neem("ander", fmt.Sprint(i), []kort{9}, nu)
	}
	if d.neem("org", "p", []kort{1}, nu.Add(time.Hour)); len(d.gezien) != 2 {
		t.Errorf("an hour later %d are kept", len(d.gezien))
	}
}

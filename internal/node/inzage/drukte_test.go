package inzage

import (
	"testing"
	"time"
)

// The same person counts once, an hour later there is room again, and what was refused
// took no place.
func TestDrukteTeltVerschillendePersonenPerUur(t *testing.T) {
	d, nu := nieuweDrukte(Grenzen{PerPersoon: 3}), time.Now()
	kijk := func(na time.Duration, wie ...byte) time.Duration {
		var wat []kort
		for _, w := range wie {
			wat = append(wat, kort{w})
		}
		return d.neem("p", 3, wat, nu.Add(na))
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
	if d.neem("q", 3, []kort{{9}}, nu) != 0 {
		t.Error("one counts for another")
	}
}

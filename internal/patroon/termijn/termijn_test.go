package termijn

import (
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

func op(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, begrip.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// The last day of terms, counted by hand.
func TestEinde(t *testing.T) {
	for _, p := range []struct {
		wat     string
		termijn Termijn
		begin   string
		wil     string // the last day, or the moment for hours
		os      []Opschorting
	}{
		{"calendar days", Termijn{Aantal: 5, Eenheid: Dagen}, "2026-12-01 09:00", "2026-12-07", nil}, // the 6th is a Sunday
		{"the day it begins does not count", Termijn{Aantal: 3, Eenheid: Dagen}, "2026-12-01 23:59", "2026-12-04", nil},
		{"a Saturday that the law does not move", Termijn{Aantal: 4, Eenheid: Dagen, Vast: true}, "2026-12-01 09:00", "2026-12-05", nil},
		{"one day on a Saturday", Termijn{Aantal: 1, Eenheid: Dagen}, "2026-12-04 09:00", "2026-12-07", nil},
		{"at least two working days", Termijn{Aantal: 3, Eenheid: Dagen}, "2026-12-24 09:00", "2026-12-29", nil},
		{"over Easter", Termijn{Aantal: 1, Eenheid: Weken}, "2026-03-30 09:00", "2026-04-07", nil}, // 6 April is a holiday
		{"working days", Termijn{Aantal: 5, Eenheid: Werkdagen}, "2026-12-23 09:00", "2026-12-31", nil},
		{"working days over the year", Termijn{Aantal: 2, Eenheid: Werkdagen}, "2026-12-31 09:00", "2027-01-05", nil},
		{"end of a short month", Termijn{Aantal: 1, Eenheid: Maanden}, "2027-01-31 09:00", "2027-03-01", nil}, // 28 February is a Sunday
		{"a long term stays", Termijn{Aantal: 13, Eenheid: Weken}, "2026-12-06 09:00", "2027-03-07", nil},
		{"a hundred days stay", Termijn{Aantal: 95, Eenheid: Dagen}, "2026-12-02 09:00", "2027-03-07", nil},
		{"twenty years from a leap day", Termijn{Aantal: 1, Eenheid: Jaren}, "2028-02-29 09:00", "2029-02-28", nil},
		{"hours", Termijn{Aantal: 24, Eenheid: Uren}, "2026-12-05 22:30", "2026-12-06 22:30", nil},
		{"hours over the change of clocks", Termijn{Aantal: 24, Eenheid: Uren}, "2027-03-27 12:00", "2027-03-28 13:00", nil},
		{"suspended", Termijn{Aantal: 5, Eenheid: Dagen, Vast: true}, "2026-12-01 09:00", "2026-12-09",
			[]Opschorting{{op("2026-12-02 12:00"), op("2026-12-05 10:00")}}},
		{"suspended twice, over each other", Termijn{Aantal: 5, Eenheid: Dagen, Vast: true}, "2026-12-01 09:00", "2026-12-09",
			[]Opschorting{{op("2026-12-03 12:00"), op("2026-12-05 10:00")}, {op("2026-12-02 12:00"), op("2026-12-04 10:00")}}},
		{"suspended after the end", Termijn{Aantal: 2, Eenheid: Dagen, Vast: true}, "2026-12-01 09:00", "2026-12-03",
			[]Opschorting{{op("2026-12-10 12:00"), op("2026-12-12 10:00")}}},
		{"working days suspended over a weekend", Termijn{Aantal: 3, Eenheid: Werkdagen}, "2026-12-03 09:00", "2026-12-09",
			[]Opschorting{{op("2026-12-04 12:00"), op("2026-12-07 10:00")}}},
		{"hours suspended", Termijn{Aantal: 24, Eenheid: Uren}, "2026-12-05 22:30", "2026-12-07 00:30",
			[]Opschorting{{op("2026-12-06 01:00"), op("2026-12-06 03:00")}, {op("2026-12-06 02:00"), op("2026-12-06 03:00")}}},
	} {
		einde, open := p.termijn.Einde(op(p.begin), op("2027-01-01 00:00"), p.os...)
		is := DagVan(einde.Add(-time.Nanosecond)).String()
		if p.termijn.Eenheid == Uren {
			is = einde.In(begrip.Zone).Format("2006-01-02 15:04")
		} else if !einde.Equal(dagVan(p.wil).Einde()) {
			t.Errorf("%s: ends at %v", p.wat, einde)
		}
		if is != p.wil || open {
			t.Errorf("%s: %s (open %v), want %s", p.wat, is, open, p.wil)
		}
	}
}

// While a suspension lasts the end is not known, and moves with the days.
func TestEindeTijdensOpschorting(t *testing.T) {
	tm := Termijn{Aantal: 5, Eenheid: Dagen, Vast: true}
	os := Opschorting{Van: op("2026-12-02 12:00")}
	for nu, wil := range map[string]string{"2026-12-02 13:00": "2026-12-06", "2026-12-05 10:00": "2026-12-09"} {
		einde, open := tm.Einde(op("2026-12-01 09:00"), op(nu), os)
		if got := DagVan(einde.Add(-time.Nanosecond)).String(); !open || got != wil {
			t.Errorf("at %s: %s, %v", nu, got, open)
		}
	}
}

// The feast days of years that somebody looked up.
func TestFeestdagen(t *testing.T) {
	for dag, wil := range map[string]string{
		"2026-01-01": "Nieuwjaarsdag", "2026-04-03": "Goede Vrijdag", "2026-04-05": "", "2026-04-06": "tweede paasdag", "2026-04-27": "Koningsdag",
		"2026-05-05": "Bevrijdingsdag", "2026-05-14": "Hemelvaartsdag", "2026-05-25": "tweede pinksterdag", "2026-12-25": "eerste kerstdag", "2026-12-26": "tweede kerstdag", "2026-12-24": "",
		"2027-03-29": "tweede paasdag", "2025-04-26": "Koningsdag", "2025-04-27": "", "2013-04-27": "", "2024-03-31": "", "2024-04-01": "tweede paasdag", "2038-04-26": "tweede paasdag",
	} {
		if got := Feestdag(dagVan(dag)); got != wil {
			t.Errorf("%s: %q, want %q", dag, got, wil)
		}
	}
}

// Of every term and every day in four years: the end is never before the shortest it can
// be, a later beginning never ends earlier, and what the law moves ends on a working day.
func TestEindeSchuiftMeeEnEindigtNooitOpZondag(t *testing.T) {
	for _, tm := range []Termijn{{Aantal: 1, Eenheid: Dagen}, {Aantal: 3, Eenheid: Dagen}, {Aantal: 5, Eenheid: Dagen}, {Aantal: 42, Eenheid: Dagen}, {Aantal: 5, Eenheid: Werkdagen}, {Aantal: 6, Eenheid: Weken}, {Aantal: 1, Eenheid: Maanden}} {
		vorige := Dag{}
		for d := dagVan("2025-01-01"); !d.Na(dagVan("2028-12-31")); d = d.Plus(1) {
			l := tm.laatste(d, nil)
			if !l.Werkdag() || !l.Na(d) || vorige.Na(l) {
				t.Fatalf("%s from %s ends %s, the day before it ended %s", tm.Woorden(), d, l, vorige)
			}
			vorige = l
		}
	}
}

func TestControleerEnWoorden(t *testing.T) {
	if err := (Termijn{Eenheid: "manen"}).Controleer(); err == nil || len(begrip.FoutVan(err).Velden) != 3 {
		t.Error(err)
	}
	if err := (Termijn{Naam: "beoordelen", Aantal: 5, Eenheid: Dagen}).Controleer(); err != nil {
		t.Error(err)
	}
	for wil, tm := range map[string]Termijn{"1 week": {Aantal: 1, Eenheid: Weken}, "5 dagen": {Aantal: 5, Eenheid: Dagen}, "24 uur": {Aantal: 24, Eenheid: Uren}, "1 werkdag": {Aantal: 1, Eenheid: Werkdagen}, "20 jaar": {Aantal: 20, Eenheid: Jaren}} {
		if got := tm.Woorden(); got != wil {
			t.Errorf("%q, want %q", got, wil)
		}
	}
}

func FuzzParseDag(f *testing.F) {
	f.Add("2026-11-23")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDag(s); err == nil && d.String() != s {
			t.Errorf("%q became %q", s, d)
		}
	})
}

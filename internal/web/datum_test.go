package web

import (
	"testing"
	"time"
)

// TestDatums: dates read as a person says them, in the Dutch time zone and in
// both languages, also on the night the clock goes back.
func TestDatums(t *testing.T) {
	nu := time.Date(2026, 11, 23, 9, 12, 0, 0, Zone)
	for _, c := range []struct{ is, wil string }{
		{Nederlands.Wanneer(nu, nu), "vandaag, 9.12\u00a0uur"},
		{Engels.Wanneer(nu.Add(-24*time.Hour), nu), "yesterday, 9:12"},
		{Nederlands.Wanneer(time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC), nu), "morgen, 00.30\u00a0uur"},
		{Nederlands.Dag(nu.AddDate(0, 2, 0), nu), "zaterdag 23 januari 2027"},
		{Engels.Dag(nu, nu), "Monday 23 November"},
		{Nederlands.Datum(nu), "23 november 2026"},
		{Nederlands.Tijd(time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)), "2.30\u00a0uur"},
		{Nederlands.Wanneer(time.Time{}, nu), ""},
		{Letters("Mirjam de Koster"), "MK"}, {Letters("oma"), "O"}, {Letters(""), ""},
	} {
		if c.is != c.wil {
			t.Errorf("%q, niet %q", c.is, c.wil)
		}
	}
}

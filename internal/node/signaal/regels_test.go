package signaal

import (
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// TestWerktijd: to the minute, in Dutch time, in winter and in summer. The
// first minute of working time belongs to it, the last does not.
func TestWerktijd(t *testing.T) {
	nacht, err := LeesWerktijd("altijd")
	if err != nil {
		t.Fatal(err)
	}
	week := Standaard
	week.Weekend = true
	for _, g := range []struct {
		in     Instelling
		op     string // 20 November 2026 is a Friday
		rol    begrip.Rol
		buiten bool
	}{
		{Standaard, "2026-11-20T06:59:59+01:00", begrip.RolWijkteam, true},
		{Standaard, "2026-11-20T07:00:00+01:00", begrip.RolWijkteam, false},
		{Standaard, "2026-11-20T19:59:59+01:00", begrip.RolWijkteam, false},
		{Standaard, "2026-11-20T20:00:00+01:00", begrip.RolWijkteam, true},
		{Standaard, "2026-11-20T20:01:00+01:00", begrip.RolWijkteam, true},
		{Standaard, "2026-07-17T17:59:59Z", begrip.RolWijkteam, false},
		{Standaard, "2026-07-17T18:00:00Z", begrip.RolWijkteam, true},
		{Standaard, "2026-11-20T20:00:00+01:00", begrip.RolAgent, false},
		{Standaard, "2026-11-21T12:00:00+01:00", begrip.RolWijkteam, true},
		{Standaard, "2026-11-22T12:00:00+01:00", begrip.RolWijkteam, true},
		{Standaard, "2026-11-22T23:30:00Z", begrip.RolWijkteam, true}, // Monday, half past midnight
		{week, "2026-11-21T12:00:00+01:00", begrip.RolWijkteam, false},
		{week, "2026-11-21T20:00:00+01:00", begrip.RolWijkteam, true},
		{nacht, "2026-11-22T03:00:00+01:00", begrip.RolWijkteam, false},
	} {
		op, err := time.Parse(time.RFC3339, g.op)
		if err != nil {
			t.Fatal(err)
		}
		k := kijk{werk: true}
		k.Toegestaan, k.Niveau, k.Tijdstip, k.Rol = true, begrip.NiveauInhoud, op, g.rol
		if _, buiten := g.in.toets(k)[BuitenWerktijd]; buiten != g.buiten {
			t.Errorf("%s, %s: outside working time %v", g.op, g.rol, buiten)
		}
	}
}

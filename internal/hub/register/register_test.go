package register

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

var (
	stil    = slog.New(slog.NewTextHandler(io.Discard, nil))
	politie = Deelnemer{Organisatie: begrip.Organisatie{OIN: "00000004000000001000", Naam: "Politie", Soort: begrip.Politie}, API: "https://politie.example"}
)

func TestIngetrokkenDeelnemerIsErBinnenEenTelUit(t *testing.T) {
	dir := t.TempDir()
	r, err := Open(dir, stil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Toegelaten(politie.OIN); !begrip.Is(err, begrip.Verboden) {
		t.Fatalf("an empty list let someone in: %v", err)
	}
	if err := Schrijf(dir, []Deelnemer{politie}); err != nil {
		t.Fatal(err)
	}
	wacht(t, func() bool { d, err := r.Toegelaten(politie.OIN); return err == nil && d == politie })
	weg := politie
	weg.Ingetrokken = true
	if err := Schrijf(dir, []Deelnemer{weg}); err != nil {
		t.Fatal(err)
	}
	wacht(t, func() bool { _, err := r.Toegelaten(politie.OIN); return begrip.Is(err, begrip.Verboden) })
	if n := len(r.Deelnemers()); n != 0 {
		t.Fatalf("%d deelnemers shown", n)
	}
}

func TestStukBestandVervangtDeLijstNiet(t *testing.T) {
	dir := t.TempDir()
	if err := Schrijf(dir, []Deelnemer{politie}); err != nil {
		t.Fatal(err)
	}
	r, err := Open(dir, stil)
	if err != nil {
		t.Fatal(err)
	}
	for _, stuk := range []string{`{`, `{"deelnemers":[{"oin":"1","naam":"x"}]}`} {
		if err := os.WriteFile(filepath.Join(dir, Bestand), []byte(stuk), 0o600); err != nil {
			t.Fatal(err)
		}
		r.gezien = time.Time{}
		if _, err := r.Toegelaten(politie.OIN); err != nil {
			t.Fatalf("%s replaced a good list: %v", stuk, err)
		}
		if _, err := Open(dir, stil); err == nil {
			t.Fatalf("%s was opened", stuk)
		}
	}
}

func wacht(t *testing.T, f func() bool) {
	t.Helper()
	for eind := time.Now().Add(5 * time.Second); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(eind) {
			t.Fatal("the change was not seen in time")
		}
	}
}

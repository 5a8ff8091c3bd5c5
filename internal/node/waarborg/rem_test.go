package waarborg

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// nood lets l look at a record about wie, at the moment of the clock.
func (p *proef) nood(l toegang.Lezer, id string, plichten []string, wie ...begrip.BSN) error {
	return p.d.Tx(p.t.Context(), func(tx *dossier.Tx) error {
		return p.Nood(p.t.Context(), tx, dossier.Record{Soort: "x", ID: id, Personen: wie}, l, dossier.Logregel{ID: uuid.NewString(), Tijdstip: p.nu_, Plichten: plichten}, false)
	})
}

var alarm = []string{toegang.PlichtAlarm, toegang.PlichtNakijken}

func (p *proef) inNood(wie string, reden string) toegang.Lezer {
	return toegang.Lezer{Organisatie: school, Persoon: wie, Naam: wie, Rol: begrip.RolBehandelaar, Nood: toegang.Nood{Reden: reden, Tot: p.nu_.Add(4 * time.Hour)}}
}

// mens gives the n-th person of a family.
func mens(gezin, n int) begrip.BSN {
	for i := gezin*100 + n*10; ; i++ {
		if b, err := begrip.ParseBSN(fmt.Sprintf("9998%05d", i)); err == nil {
			return b
		}
	}
}

func geremd(err error) bool { _, ok := errors.AsType[*Geremd](err); return ok }

// One family is one place, whoever and whichever record; a fourth family waits until
// somebody looked, or the hour is over; another professional has places of its own until the
// organisation has none.
func TestNoodtoegangHeeftEenRem(t *testing.T) {
	p := nieuweProef(t)
	joris := p.inNood("joris", "Het kind is weg en niemand weet waar.")
	for g := range 3 {
		for n := range 3 { // a family of four, in three records
			if err := p.nood(joris, fmt.Sprint(g, "-", n), alarm, mens(g, n), mens(g, n+1)); err != nil {
				t.Fatalf("family %d, record %d: %v", g, n, err)
			}
		}
	}
	err := p.nood(joris, "vierde", alarm, mens(3, 0))
	if !geremd(err) || !begrip.Is(err, begrip.TeDruk) || begrip.FoutVan(err).Wacht < time.Minute || !strings.Contains(err.Error(), "Bel 112") {
		t.Fatalf("a fourth family: %v", err)
	}
	if err := p.nood(joris, "0-9", alarm, mens(0, 1)); err != nil {
		t.Errorf("the first family again: %v", err)
	}
	if err := p.nood(joris, "regel", []string{toegang.PlichtNakijken}, mens(4, 0)); err != nil {
		t.Errorf("what a rule allows in acute danger: %v", err)
	}
	taken, err := p.Taken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range taken.Nood {
		if !strings.HasPrefix(n.Onderwerp.ID, "0-") {
			continue
		}
		if err := p.ZieNa(t.Context(), n.ID, Oordeel{Terecht: true, Toelichting: "Er was echt gevaar."}, ada); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.nood(joris, "vierde", alarm, mens(3, 0)); err != nil {
		t.Errorf("after a judgement: %v", err)
	}
	for i := range 7 { // three of joris, one of each of these: ten
		if err := p.nood(p.inNood(fmt.Sprint("collega", i), "Er is brand in dit huis, ik zoek de kinderen."), fmt.Sprint("c", i), alarm, mens(10+i, 0)); err != nil {
			t.Errorf("colleague %d: %v", i, err)
		}
	}
	if err := p.nood(p.inNood("elfde", "Er is brand in dit huis, ik zoek de kinderen."), "elf", alarm, mens(30, 0)); !geremd(err) {
		t.Errorf("an eleventh family of one organisation: %v", err)
	}
	p.nu_ = p.nu_.Add(time.Hour)
	if err := p.nood(joris, "later", alarm, mens(40, 0)); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

// Who used it without good reason uses it no more, at once and also for what was open, until
// somebody else lifts that.
func TestNietTerechtStoptNoodtoegang(t *testing.T) {
	p := nieuweProef(t)
	joris := p.inNood("joris", "Het kind is weg en niemand weet waar.")
	for _, id := range []string{"een", "twee"} {
		if err := p.nood(joris, id, alarm, mens(0, 0)); err != nil {
			t.Fatal(err)
		}
	}
	taken, _ := p.Taken(t.Context())
	id := taken.Nood[0].ID
	zelf := toegang.Lezer{Organisatie: school, Persoon: "joris", Naam: "Joris", Rol: begrip.RolPrivacy}
	if err := p.ZieNa(t.Context(), id, Oordeel{Terecht: true, Toelichting: "Ik had een goede reden."}, zelf); !begrip.Is(err, begrip.Verboden) {
		t.Errorf("judged by who used it: %v", err)
	}
	if err := p.HefStop(t.Context(), id, "Er staat niets stil.", ada); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("lifted before it was stopped: %v", err)
	}
	if err := p.ZieNa(t.Context(), id, Oordeel{Toelichting: "Er was geen gevaar."}, ada); err != nil {
		t.Fatal(err)
	}
	for _, wat := range []string{"een", "twee", "drie"} {
		if err := p.nood(joris, wat, alarm, mens(0, 0)); !geremd(err) || !begrip.Is(err, begrip.Verboden) {
			t.Errorf("%s after it was stopped: %v", wat, err)
		}
	}
	if err := p.nood(p.inNood("ander", "Het kind is weg en niemand weet waar."), "vier", alarm, mens(0, 0)); err != nil {
		t.Errorf("a colleague: %v", err)
	}
	for naam, f := range map[string]func() error{
		"by oneself":       func() error { return p.HefStop(t.Context(), id, "Ik heb het uitgelegd.", zelf) },
		"without a reason": func() error { return p.HefStop(t.Context(), id, "ok", ada) },
		"of nothing":       func() error { return p.HefStop(t.Context(), uuid.NewString(), "Uitgelegd in gesprek.", ada) },
	} {
		if f() == nil {
			t.Error("lifted ", naam)
		}
	}
	if err := p.HefStop(t.Context(), id, "Wij hebben dit besproken.", ada); err != nil {
		t.Fatal(err)
	}
	if err := p.HefStop(t.Context(), id, "Wij hebben dit besproken.", ada); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("lifted twice: %v", err)
	}
	if err := p.nood(joris, "vijf", alarm, mens(0, 0)); err != nil {
		t.Errorf("after it was lifted: %v", err)
	}
}

// Of many at one moment no more pass than fit.
func TestRemHoudtOokTegelijk(t *testing.T) {
	p := nieuweProef(t)
	joris := p.inNood("joris", "Het kind is weg en niemand weet waar.")
	var wg sync.WaitGroup
	var mu sync.Mutex
	gelukt := 0
	for g := range 43 {
		wg.Go(func() {
			if err := p.nood(joris, fmt.Sprint(g), alarm, mens(g, 0)); err == nil {
				mu.Lock()
				gelukt++
				mu.Unlock()
			} else if !geremd(err) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if gelukt != StandaardRem.PerPersoon {
		t.Errorf("%d families at once", gelukt)
	}
	taken, _ := p.Taken(t.Context())
	herhaald := 0
	for _, n := range taken.Nood {
		if n.Herhaald {
			herhaald++
		}
	}
	if herhaald != 1 {
		t.Errorf("one reason for three families is marked %d times", herhaald)
	}
}

// Records that link one family to the next are no way round: a place holds so many people.
func TestEenKetenVanRecordsIsNietEenGezin(t *testing.T) {
	p := nieuweProef(t)
	joris := p.inNood("joris", "Het kind is weg en niemand weet waar.")
	gezien := 0
	for g := range 43 {
		switch err := p.nood(joris, fmt.Sprint(g), alarm, mens(g, 0), mens(g+1, 0)); {
		case err == nil:
			gezien++
		case !geremd(err):
			t.Fatal(err)
		}
	}
	if max := StandaardRem.PerPersoon*perPlaats - 1; gezien != max {
		t.Errorf("%d records in a chain, at most %d", gezien, max)
	}
	groot := make([]begrip.BSN, 30) // the largest melding there is
	for i := range groot {
		groot[i] = mens(100+i, 0)
	}
	if err := p.nood(p.inNood("els", "Er is brand in dit tehuis, ik zoek allen."), "tehuis", alarm, groot...); err != nil {
		t.Errorf("one record about many: %v", err)
	}
}

// Judging noodtoegang, and lifting a stop, is for the privacy officer of the organisation
// that was looked at: the act says so, whatever page leads to it.
func TestAlleenDeEigenPrivacyfunctionarisOordeelt(t *testing.T) {
	p := nieuweProef(t)
	eigen := p.inNood("ada", "Het kind is weg en niemand weet waar.")
	eigen.Organisatie = gemeente
	for i, l := range []toegang.Lezer{p.inNood("joris", "Het kind is weg en niemand weet waar."), eigen} {
		if err := p.nood(l, string(rune('a'+i)), alarm, mens(0, 0)); err != nil {
			t.Fatal(err)
		}
	}
	taken, _ := p.Taken(t.Context())
	oordeel := Oordeel{Toelichting: "Er was geen gevaar."}
	vreemd := ada
	vreemd.Organisatie = school
	for _, n := range taken.Nood {
		niet := map[string]toegang.Lezer{"another organisation": vreemd}
		for _, rol := range []begrip.Rol{begrip.RolAuditor, begrip.RolAdministratie, begrip.RolWijkteam, begrip.RolSysteem, begrip.RolOuder, ""} {
			l := ada
			l.Persoon, l.Rol = "iemand", rol
			niet[string(rol)] = l
		}
		if n.Persoon == "ada" {
			niet["oneself"] = ada
		}
		for wie, l := range niet {
			if err := p.ZieNa(t.Context(), n.ID, oordeel, l); !begrip.Is(err, begrip.Verboden) {
				t.Errorf("judged by %s: %v", wie, err)
			}
			if err := p.HefStop(t.Context(), n.ID, "Wij hebben dit besproken.", l); !begrip.Is(err, begrip.Verboden) {
				t.Errorf("lifted by %s: %v", wie, err)
			}
		}
	}
	if taken, _ = p.Taken(t.Context()); len(taken.Nood) != 2 {
		t.Errorf("%d still wait, want 2", len(taken.Nood))
	}
}

package waarborg

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// record puts something in the dossier to withhold.
func (p *proef) record(ps ...begrip.BSN) Onderwerp {
	p.t.Helper()
	o := Onderwerp{"brief", uuid.Must(uuid.NewV7()).String()}
	if err := p.d.Tx(p.t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(p.t.Context(), dossier.Record{Soort: o.Soort, ID: o.ID, Personen: ps, Inhoud: json.RawMessage(`{}`)})
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
	return o
}

func (p *proef) afscherming(o Onderwerp, r AfschermReden, tot time.Duration) *Afscherming {
	return &Afscherming{Onderwerp: o, Reden: r, Toelichting: "Er was dreiging in huis.", Geraadpleegd: "Anton de Groot",
		Tegen: []begrip.InhoudBSN{bsn(vader)}, TegenOIN: []begrip.OIN{school.OIN}, HerzienOp: *p.later(tot)}
}

// TestAfschermingEindigtVanzelfOfNaEenBlik: on the review date a ground that
// passes ends at once; the others go on until a person has looked again.
func TestAfschermingEindigtVanzelfOfNaEenBlik(t *testing.T) {
	for r, vanzelf := range map[AfschermReden]bool{"a": false, "b": true, "c": true, "d": false, "e": false, "f": false, "g": true} {
		p := nieuweProef(t)
		o := p.record(kind, moeder)
		id := p.maak(SoortAfscherming, p.afscherming(o, r, 24*time.Hour))
		dicht := func(l toegang.Lezer) bool {
			f, err := p.Laad(t.Context(), []begrip.BSN{kind, moeder}, []string{o.URN()})
			if err != nil {
				t.Fatal(err)
			}
			return f.Afgeschermd(o.Soort, o.ID, l) != nil
		}
		ziet := toegang.Lezer{Organisatie: portaal, Burger: vader, Namens: kind}
		if !dicht(ziet) || !dicht(toegang.Lezer{Organisatie: school}) || dicht(toegang.Lezer{Organisatie: portaal, Burger: moeder}) || dicht(toegang.Lezer{Organisatie: gemeente}) {
			t.Errorf("%s: withheld from the wrong ones", r)
		}
		if n, err := p.Hef(t.Context()); n != 0 || err != nil {
			t.Errorf("%s: released %d before its date, %v", r, n, err)
		}
		p.nu_ = p.nu_.Add(25 * time.Hour)
		if dicht(ziet) == vanzelf {
			t.Errorf("%s: after the review date withheld %v", r, dicht(ziet))
		}
		taken, err := p.Taken(t.Context())
		if err != nil || len(taken.Herzien) != map[bool]int{true: 0, false: 1}[vanzelf] {
			t.Errorf("%s: %d to review, %v", r, len(taken.Herzien), err)
		}
		n, err := p.Hef(t.Context())
		if err != nil || n != map[bool]int{true: 1, false: 0}[vanzelf] {
			t.Errorf("%s: %d released, %v", r, n, err)
		}
		log, _ := p.d.Logboek(t.Context(), 0)
		if vanzelf && (len(log) != 1 || log[0].RecordID != id || len(log[0].Redenen) != 1 || len(log[0].Betrokkenen) != 0) {
			t.Errorf("%s: the release is not in the log: %+v", r, log)
		}
		if n, _ := p.Hef(t.Context()); n != 0 {
			t.Errorf("%s: released twice", r)
		}
		if !vanzelf {
			if err := p.Verleng(t.Context(), id, *p.later(48 * time.Hour), "Nog steeds dreiging.", "Ada"); err != nil || !dicht(ziet) {
				t.Errorf("%s: extended: %v", r, err)
			}
		}
	}
}

func TestAfschermenVraagtRedenCollegaEnDatum(t *testing.T) {
	p := nieuweProef(t)
	o := p.record(kind)
	for naam, verander := range map[string]func(*Afscherming){
		"collega": func(a *Afscherming) { a.Geraadpleegd = " " }, "reden": func(a *Afscherming) { a.Reden = "z" }, "tegen niemand": func(a *Afscherming) { a.Tegen, a.TegenOIN = nil, nil },
		"verleden": func(a *Afscherming) { a.HerzienOp = p.nu_ }, "te ver": func(a *Afscherming) { a.HerzienOp = p.nu_.AddDate(3, 0, 0) },
		"niets": func(a *Afscherming) { a.Onderwerp.ID = uuid.NewString() },
	} {
		a := p.afscherming(o, RedenGeweld, time.Hour)
		verander(a)
		if err := p.Maak(t.Context(), SoortAfscherming, a, "Ada"); !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("%s: %v", naam, err)
		}
	}
	a := p.afscherming(o, RedenAnder, time.Hour)
	a.Geraadpleegd = ""
	p.maak(SoortAfscherming, a)
}

// TestNoodtoegangWachtOpEenOordeel: written once per hour of need, judged once.
func TestNoodtoegangWachtOpEenOordeel(t *testing.T) {
	p := nieuweProef(t)
	o := p.record(kind)
	l := toegang.Lezer{Organisatie: school, Persoon: "p1", Naam: "Joris", Rol: begrip.RolBehandelaar, Nood: toegang.Nood{Reden: "Het kind is weg en niemand weet waar.", Tot: p.nu_.Add(time.Hour)}}
	rec, err := p.d.Lees(t.Context(), o.Soort, o.ID, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := p.d.Tx(t.Context(), func(tx *dossier.Tx) error {
			return p.Nood(t.Context(), tx, rec, l, dossier.Logregel{ID: uuid.NewString(), Tijdstip: p.nu_}, true)
		}); err != nil {
			t.Fatal(err)
		}
	}
	taken, err := p.Taken(t.Context())
	if err != nil || len(taken.Nood) != 1 || taken.Nood[0].Reden != l.Nood.Reden {
		t.Fatalf("%+v %v", taken, err)
	}
	id := taken.Nood[0].ID
	if err := p.ZieNa(t.Context(), id, Oordeel{Toelichting: "ok"}, ada); !begrip.Is(err, begrip.Ongeldig) {
		t.Errorf("a word is a judgement: %v", err)
	}
	if err := p.ZieNa(t.Context(), id, Oordeel{Terecht: true, Toelichting: "Het kind was echt weg."}, ada); err != nil {
		t.Fatal(err)
	}
	if err := p.ZieNa(t.Context(), id, Oordeel{Toelichting: "Toch niet terecht."}, ada); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("judged twice: %v", err)
	}
	if taken, _ = p.Taken(t.Context()); len(taken.Nood) != 0 || len(taken.Nagezien) != 1 {
		t.Errorf("%+v", taken)
	}
}

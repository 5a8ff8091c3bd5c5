package bekendheid

import (
	"context"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
)

// regelVan is the automatic rule of an organisation, which may answer.
func regelVan(o begrip.Organisatie) toegang.Lezer {
	return toegang.Lezer{Organisatie: o, Persoon: "regel", Naam: "Automatische regel", Rol: begrip.RolSysteem, Doel: begrip.DoelVTMelding, Grondslag: grond}
}

// handelingen are the acts on a question that came in.
var handelingen = map[string]func(f *T, o opdracht.Opdracht, v Verrijking, l toegang.Lezer) error{
	"beantwoorden": func(f *T, o opdracht.Opdracht, v Verrijking, l toegang.Lezer) error {
		return f.Beantwoord(context.Background(), o, v, map[string]bool{v.NatuurlijkPersoon.ID: true}, nil, begrip.Verblijf[Contact]{}, l, o.Onderwerp)
	},
	"weigeren": func(f *T, o opdracht.Opdracht, v Verrijking, l toegang.Lezer) error {
		return f.Weiger(context.Background(), o, v, "Wij hebben geen tijd.", l)
	},
}

func professional(o begrip.Organisatie) toegang.Lezer {
	l := regelVan(o)
	l.Persoon, l.Naam, l.Rol = "p", "Iris", begrip.RolJeugdbeschermer
	return l
}

// Who may not read a question does not act on it: nothing is written, nothing goes out.
func TestWieDeVraagNietMagLezenHandeltNiet(t *testing.T) {
	for handeling, doe := range handelingen {
		for naam, anders := range map[string]func(*toegang.Lezer){
			"zonder rol":                   func(l *toegang.Lezer) { l.Rol = "" },
			"de administratie":             func(l *toegang.Lezer) { l.Rol = begrip.RolAdministratie },
			"met een ander doel":           func(l *toegang.Lezer) { l.Doel = begrip.DoelToezicht },
			"op een andere grondslag":      func(l *toegang.Lezer) { l.Grondslag = begrip.GrondAvg24 },
			"van een andere organisatie":   func(l *toegang.Lezer) { l.Organisatie = ggz },
			"de organisatie die het vroeg": func(l *toegang.Lezer) { l.Organisatie, l.Rol = vt, begrip.RolMedewerkerVT },
			"iemand van het gezin":         func(l *toegang.Lezer) { l.Burger = begrip.MustBSN(moederBSN) },
			"niemand":                      func(l *toegang.Lezer) { *l = toegang.Lezer{} },
		} {
			f, d := knooppunt(t, gi)
			o, v := binnengekomen(t, f, d)
			l := professional(gi)
			anders(&l)
			if err := doe(f, o, v, l); !begrip.Is(err, begrip.Verboden) {
				t.Errorf("%s, %s: %v", handeling, naam, err)
			}
			na, err := f.o.Opdrachten.Lees(context.Background(), o.ID)
			if err != nil || na.Staat != opdracht.Aangeboden {
				t.Errorf("%s, %s: %s %v", handeling, naam, na.Staat, err)
			}
			if log, err := d.Logboek(context.Background(), 0); err != nil || len(log) != 1 || log[0].Toegestaan || log[0].RecordID != o.Onderwerp.ID() || log[0].LezerOIN != l.Organisatie.OIN {
				t.Errorf("%s, %s: de poging staat niet in het log: %+v %v", handeling, naam, log, err)
			}
			if recs, err := d.Zoek(context.Background(), dossier.Filter{Soort: soortVerrijking}); err != nil || len(recs) > 0 || len(gebeurtenissen(t, d)) > 0 {
				t.Errorf("%s, %s: er is iets opgeschreven (%v)", handeling, naam, err)
			}
		}
	}
}

// What is answered or given back is done: a second act of either kind is too late.
func TestEenVraagWordtEenKeerBehandeld(t *testing.T) {
	for eerst, een := range handelingen {
		for daarna, twee := range handelingen {
			f, d := knooppunt(t, gi)
			o, v := binnengekomen(t, f, d) // as it was before the first act
			if err := een(f, o, v, professional(gi)); err != nil {
				t.Fatalf("%s: %v", eerst, err)
			}
			voor := len(gebeurtenissen(t, d))
			if err := twee(f, o, v, professional(gi)); voor == 0 || !begrip.Is(err, begrip.Conflict) {
				t.Errorf("%s en dan %s: %v", eerst, daarna, err)
			}
			if n := len(gebeurtenissen(t, d)); n > 0 {
				t.Errorf("%s en dan %s: %d gebeurtenissen", eerst, daarna, n)
			}
		}
	}
}

// The asker's own copy of a question is nothing to answer.
func TestWieVroegBeantwoordtNiet(t *testing.T) {
	f, _ := knooppunt(t, vt)
	ctx := context.Background()
	if err := f.Vraag(ctx, "urn:soh:zaak:1", begrip.DoelVTMelding, gezin(), []begrip.OIN{gi.OIN}, lezerVT(), opBeoordeling); err != nil {
		t.Fatal(err)
	}
	ops, err := f.o.Opdrachten.VoorZaak(ctx, "urn:soh:zaak:1")
	if err != nil || len(ops) != 1 {
		t.Fatal(ops, err)
	}
	for handeling, doe := range handelingen {
		for _, l := range []toegang.Lezer{lezerVT(), professional(gi)} {
			if err := doe(f, ops[0], Verrijking{}, l); !begrip.Is(err, begrip.NietGevonden) {
				t.Errorf("%s: %v", handeling, err)
			}
		}
	}
}

func TestEenVraagWeigerenVraagtEenReden(t *testing.T) {
	for _, reden := range []string{"", " ", "\n\t"} {
		f, d := knooppunt(t, gi)
		o, v := binnengekomen(t, f, d)
		err := f.Weiger(context.Background(), o, v, reden, professional(gi))
		if !begrip.Is(err, begrip.Ongeldig) || len(begrip.FoutVan(err).Velden) != 1 || begrip.FoutVan(err).Velden[0].Veld != "reden" {
			t.Errorf("%q: %v", reden, err)
		}
		if na, _ := f.o.Opdrachten.Lees(context.Background(), o.ID); na.Staat != opdracht.Aangeboden {
			t.Errorf("%q: %s", reden, na.Staat)
		}
	}
}

// Who may not ask, asks nothing: by role, purpose, ground and kind of organisation; one
// addressee that cannot be asked holds back all.
func TestWieNietMagVragenVraagtNiets(t *testing.T) {
	vraag := func(f *T, l toegang.Lezer, reden begrip.Doel, aan ...begrip.OIN) error {
		return f.Vraag(t.Context(), "urn:soh:zaak:1", reden, gezin(), aan, l, opBeoordeling)
	}
	anders := func(doe func(*toegang.Lezer)) toegang.Lezer {
		l := lezerVT()
		doe(&l)
		return l
	}
	for naam, g := range map[string]struct {
		van  begrip.Organisatie
		l    toegang.Lezer
		doel begrip.Doel
		aan  []begrip.OIN
		code begrip.Code
	}{
		"de administratie":              {vt, anders(func(l *toegang.Lezer) { l.Rol = begrip.RolAdministratie }), begrip.DoelVTMelding, []begrip.OIN{gi.OIN}, begrip.Verboden},
		"zonder rol":                    {vt, anders(func(l *toegang.Lezer) { l.Rol = "" }), begrip.DoelVTMelding, []begrip.OIN{gi.OIN}, begrip.Ongeldig},
		"op een andere grondslag":       {vt, anders(func(l *toegang.Lezer) { l.Grondslag = begrip.GrondAvg24 }), begrip.DoelVTMelding, []begrip.OIN{gi.OIN}, begrip.Verboden},
		"een andere soort organisatie":  {gi, anders(func(l *toegang.Lezer) { l.Organisatie = gi }), begrip.DoelVTMelding, []begrip.OIN{ggz.OIN}, begrip.Verboden},
		"met een doel dat niet bestaat": {vt, lezerVT(), "zomaar", []begrip.OIN{gi.OIN}, begrip.Ongeldig},
		"aan zichzelf":                  {vt, lezerVT(), begrip.DoelVTMelding, []begrip.OIN{vt.OIN}, begrip.Ongeldig},
		"ook aan een onbekende":         {vt, lezerVT(), begrip.DoelVTMelding, []begrip.OIN{gi.OIN, "00000001009999990000"}, begrip.Ongeldig},
	} {
		f, d := knooppunt(t, g.van)
		if err := vraag(f, g.l, g.doel, g.aan...); !begrip.Is(err, g.code) {
			t.Errorf("%s: %v", naam, err)
		}
		naar, err := d.Bestemmingen(t.Context())
		if n := len(verzoeken(t, d, soortVerzoek)); err != nil || n > 0 || len(naar) > 0 {
			t.Errorf("%s: %d questions stand, %v goes out (%v)", naam, n, naar, err)
		}
	}
}

package melding

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/functietest"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
)

const zaak = "urn:soh:zaak:1"

// ontvanger is the functie at Veilig Thuis, with one melding of the police in state s.
func ontvanger(t *testing.T, s opdracht.Staat) (*T, opdracht.Opdracht) {
	t.Helper()
	omg := functietest.Omgeving(t, vt, politie, gemeente)
	f := Nieuw(omg)
	f.nu = func() time.Time { return toen }
	functietest.Gebruik(t, omg, f.Functie())
	o := opdracht.Opdracht{
		ID: uuid.NewString(), Soort: soortMelding, Zaak: zaak, Van: politie.OIN, Aan: vt.OIN, Staat: s, Richting: opdracht.In, Personen: 1, AangebodenOp: toen,
		Onderwerp: opdracht.Verwijzing{Bron: politie.OIN, Soort: soortMelding, Pad: padMeldingen + "/" + uuid.NewString()}, Stappen: []opdracht.Stap{},
		Vrager: opdracht.Vrager{Naam: "agent", Rol: begrip.RolAgent, Doel: begrip.DoelEigenMelding, Grondslag: begrip.GrondWmo526},
	}
	if s != opdracht.Aangeboden {
		o.Stappen = append(o.Stappen, opdracht.Stap{ID: uuid.NewString(), Naar: s, Op: toen, Door: "Marieke"})
	}
	schrijf(t, f, dossier.Record{Soort: opdracht.RecordSoort, ID: o.ID, Zaak: zaak, Staat: string(s), Door: "test"}, o)
	return f, o
}

// opgepakt puts a beoordeling of that melding in the dossier.
func opgepakt(t *testing.T) (*T, opdracht.Opdracht, string) {
	t.Helper()
	f, o := ontvanger(t, opdracht.Geaccepteerd)
	b := Beoordeling{ID: uuid.NewString(), Zaak: zaak, Opdracht: o.ID, Melding: begrip.InVertrouwen(o.Onderwerp), Naam: "Gezin Bakker", OpgepaktOp: toen, OpgepaktDoor: "Marieke", UiterlijkOp: toen.AddDate(0, 0, 5)}
	schrijf(t, f, dossier.Record{Soort: soortBeoordeling, ID: b.ID, Zaak: zaak, Staat: "in-behandeling", GeldigVanaf: toen, Door: "test", Herkomst: []begrip.Verwijzing{o.Onderwerp}}, b)
	return f, o, b.ID
}

func schrijf(t *testing.T, f *T, rec dossier.Record, v any) {
	t.Helper()
	b, err := begrip.Opslag(v)
	if err != nil {
		t.Fatal(err)
	}
	rec.Inhoud = json.RawMessage(b)
	if err := f.o.Dossier.Tx(context.Background(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(context.Background(), rec)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func marieke() toegang.Lezer {
	return toegang.Lezer{Organisatie: vt, Persoon: "p", Naam: "Marieke", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516, Zaak: zaak}
}

func besluit() Uitkomst {
	return Uitkomst{Code: "geen-vervolg", ToelichtingMelder: begrip.InVertrouwen("Bedankt.")}
}

// zonderRecht is who may not read what is weighed here, and so decides nothing.
var zonderRecht = map[string]func(*toegang.Lezer){
	"zonder rol":                 func(l *toegang.Lezer) { l.Rol = "" },
	"de administratie":           func(l *toegang.Lezer) { l.Rol = begrip.RolAdministratie },
	"een functionaris":           func(l *toegang.Lezer) { l.Rol = begrip.RolPrivacy },
	"met een ander doel":         func(l *toegang.Lezer) { l.Doel = begrip.DoelToezicht },
	"op een andere grondslag":    func(l *toegang.Lezer) { l.Grondslag = begrip.GrondAvg24 },
	"van een andere organisatie": func(l *toegang.Lezer) { l.Organisatie = gemeente },
	"de melder": func(l *toegang.Lezer) {
		l.Organisatie, l.Rol, l.Doel, l.Grondslag = politie, begrip.RolAgent, begrip.DoelEigenMelding, begrip.GrondUb417
	},
	"het eigen systeem om iets anders": func(l *toegang.Lezer) {
		l.Rol, l.Doel, l.Grondslag = begrip.RolSysteem, begrip.DoelEigenMelding, begrip.GrondUb417
	},
	"iemand van het gezin": func(l *toegang.Lezer) { l.Burger = begrip.MustBSN("999999990") },
	"niemand":              func(l *toegang.Lezer) { *l = toegang.Lezer{} },
}

var gemeente = begrip.Organisatie{OIN: "00000001004000000000", Naam: "Wijkteam", Soort: begrip.Gemeente}

// gelogd wants each refused act to stand in the log once, by who tried it; none says why
// in words about people.
func gelogd(t *testing.T, f *T, aantal int, id string) {
	t.Helper()
	log, err := f.o.Dossier.Logboek(context.Background(), 0)
	if err != nil || len(log) != aantal {
		t.Fatalf("%d regels voor %d geweigerde handelingen, %v", len(log), aantal, err)
	}
	for _, r := range log {
		if r.Toegestaan || r.RecordID != id || len(r.Redenen) == 0 || len(r.Betrokkenen) > 0 && r.Richting == dossier.Bekeken {
			t.Errorf("%+v", r)
		}
	}
}

func TestWieDeMeldingNietMagLezenHandeltNiet(t *testing.T) {
	ctx := context.Background()
	f, o := ontvanger(t, opdracht.Aangeboden)
	for naam, anders := range zonderRecht {
		l := marieke()
		anders(&l)
		if _, err := f.Oppakken(ctx, o.ID, l); !begrip.Is(err, begrip.Verboden) {
			t.Errorf("oppakken, %s: %v", naam, err)
		}
		if err := f.Weiger(ctx, o.ID, "Niet voor ons.", l); !begrip.Is(err, begrip.Verboden) {
			t.Errorf("weigeren, %s: %v", naam, err)
		}
	}
	gelogd(t, f, 2*len(zonderRecht), o.Onderwerp.ID())
	// Who may, is let through as far as the source, which does not answer here.
	if _, err := f.Oppakken(ctx, o.ID, marieke()); !begrip.Is(err, begrip.BronAntwoordtNiet) {
		t.Errorf("wie mag: %v", err)
	}
	if na, err := f.o.Opdrachten.Lees(ctx, o.ID); err != nil || na.Staat != opdracht.Aangeboden {
		t.Errorf("%s %v", na.Staat, err)
	}
}

func TestWieDeBeoordelingNietMagLezenBesluitNiet(t *testing.T) {
	ctx := context.Background()
	f, o, id := opgepakt(t)
	for naam, anders := range zonderRecht {
		l := marieke()
		anders(&l)
		if err := f.Afronden(ctx, id, besluit(), l); !begrip.Is(err, begrip.Verboden) && !begrip.Is(err, begrip.NietGevonden) {
			t.Errorf("%s: %v", naam, err)
		}
	}
	gelogd(t, f, len(zonderRecht), id)
	rec, err := f.o.Dossier.Lees(ctx, soortBeoordeling, id, time.Time{})
	if err != nil || rec.Versie != 1 {
		t.Fatalf("er is besloten: versie %d, %v", rec.Versie, err)
	}
	if err := f.Afronden(ctx, id, besluit(), marieke()); err != nil {
		t.Fatal(err)
	}
	if err := f.Afronden(ctx, id, besluit(), marieke()); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("nog eens besluiten: %v", err)
	}
	if na, err := f.o.Opdrachten.Lees(ctx, o.ID); err != nil || na.Staat != opdracht.Uitgevoerd || na.Resultaat != "geen-vervolg" {
		t.Errorf("%+v %v", na, err)
	}
}

// At the wrong moment: what was taken up, given back or withdrawn is not taken up
// or given back again.
func TestEenMeldingWordtEenKeerOpgepaktOfGeweigerd(t *testing.T) {
	ctx := context.Background()
	for _, s := range []opdracht.Staat{opdracht.Geaccepteerd, opdracht.Geweigerd, opdracht.Ingetrokken, opdracht.Uitgevoerd, opdracht.Mislukt} {
		f, o := ontvanger(t, s)
		if _, err := f.Oppakken(ctx, o.ID, marieke()); !begrip.Is(err, begrip.Conflict) {
			t.Errorf("oppakken van wat %s is: %v", s, err)
		}
		if err := f.Weiger(ctx, o.ID, "Niet voor ons.", marieke()); !begrip.Is(err, begrip.Conflict) {
			t.Errorf("weigeren van wat %s is: %v", s, err)
		}
	}
}

// The step itself asks for a reason, whoever takes it.
func TestEenMeldingWeigerenVraagtEenReden(t *testing.T) {
	f, o := ontvanger(t, opdracht.Aangeboden)
	for _, reden := range []string{"", " ", "\n\t"} {
		_, err := f.o.Opdrachten.Zet(context.Background(), o.ID, opdracht.Stap{Naar: opdracht.Geweigerd, Door: "Marieke", Reden: reden})
		if !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("%q: %v", reden, err)
		}
	}
	if na, _ := f.o.Opdrachten.Lees(context.Background(), o.ID); na.Staat != opdracht.Aangeboden {
		t.Error(na.Staat)
	}
}

// The melder's own copy is nothing to take up.
func TestWieMeldtBeoordeeltNiet(t *testing.T) {
	f, _ := knooppunt(t)
	ctx := context.Background()
	m, err := f.Registreer(ctx, goede(), agent)
	if err != nil {
		t.Fatal(err)
	}
	ops, err := f.o.Opdrachten.VoorZaak(ctx, m.Zaak)
	if err != nil || len(ops) != 1 {
		t.Fatal(ops, err)
	}
	for _, l := range []toegang.Lezer{marieke(), {Organisatie: politie, Naam: "agent", Rol: begrip.RolAgent, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516}} {
		if _, err := f.Oppakken(ctx, ops[0].ID, l); !begrip.Is(err, begrip.NietGevonden) {
			t.Errorf("oppakken: %v", err)
		}
		if err := f.Weiger(ctx, ops[0].ID, "Nee.", l); !begrip.Is(err, begrip.NietGevonden) {
			t.Errorf("weigeren: %v", err)
		}
	}
}

var jaap = toegang.Lezer{Organisatie: gemeente, Persoon: "j", Naam: "Jaap", Rol: begrip.RolWijkteam, Doel: begrip.DoelOvernemen, Grondslag: begrip.GrondWmo411, Zaak: zaak}

func overdragen(aan begrip.OIN, vraag string) Uitkomst {
	u := besluit()
	u.Code, u.Overdracht = codeOverdracht, &Overdracht{Aan: begrip.InVerblijf(aan), Vraag: vraag}
	return u
}

// An empty handover is refused with all that is missing at once, and nothing is decided.
func TestEenLegeOverdrachtWordtGeweigerd(t *testing.T) {
	f, o, id := opgepakt(t)
	ctx := context.Background()
	leeg := overdragen("", " ")
	leeg.ToelichtingMelder = begrip.Vertrouwd[string]{}
	for naam, x := range map[string]struct {
		u    Uitkomst
		fout string
	}{
		"leeg":             {leeg, "toelichtingMelder aan vraag"},
		"niets ingevuld":   {Uitkomst{Code: codeOverdracht, ToelichtingMelder: begrip.InVertrouwen("Dank.")}, "aan vraag"},
		"zonder vraag":     {overdragen(gemeente.OIN, ""), "vraag"},
		"aan de melder":    {overdragen(politie.OIN, "Help."), "aan"},
		"aan onszelf":      {overdragen(vt.OIN, "Help."), "aan"},
		"aan een onbekend": {overdragen("00000001009900000000", "Help."), "aan"},
	} {
		if err := f.Afronden(ctx, id, x.u, marieke()); velden(err) != x.fout {
			t.Errorf("%s: %v", naam, err)
		}
	}
	if na, err := f.o.Opdrachten.Lees(ctx, o.ID); err != nil || na.Staat != opdracht.Geaccepteerd {
		t.Errorf("%s %v", na.Staat, err)
	}
	// The pattern does not let the outcome through without a next party either.
	if _, err := f.o.Opdrachten.Zet(ctx, o.ID, opdracht.Stap{Naar: opdracht.Uitgevoerd, Door: "x", Resultaat: codeOverdracht}); !begrip.Is(err, begrip.Ongeldig) {
		t.Errorf("zonder opdracht afgerond: %v", err)
	}
}

// Where a family is helped may tell where it is: of one that hides, or may, no state names
// the team to the family.
func TestVanWieSchuiltStaatHetTeamErNietBij(t *testing.T) {
	for geheim, noemt := range map[begrip.Geheim]bool{begrip.GeheimNee: true, begrip.GeheimJa: false, begrip.GeheimOnbekend: false} {
		for _, s := range opdracht.Staten() {
			f, _, _ := opgepakt(t)
			b := Beoordeling{Betrokkenen: []Betrokkene{{AdresGeheim: begrip.GeheimNee}, {AdresGeheim: geheim}},
				Uitkomst: &Uitkomst{Code: codeOverdracht, Overdracht: &Overdracht{Aan: begrip.InVerblijf(gemeente.OIN), Staat: s}}}
			inhoud, err := begrip.Opslag(b)
			if err != nil {
				t.Fatal(err)
			}
			d, ok := f.gezinBeoordeling(dossier.Record{Inhoud: inhoud}, begrip.BSN{})
			if tekst := d.Titel + d.Tekst; !ok || strings.Contains(tekst, gemeente.Naam) != noemt || d.Titel == "" {
				t.Errorf("adresGeheim %v, %s: %q", geheim, s, tekst)
			}
		}
	}
}

// An outcome that names a next party makes its Opdracht, and each state of that has
// its words for who reads here, for the family and for the melder.
func TestEenOverdrachtMaaktEenOpdrachtMetWoordenPerStaat(t *testing.T) {
	ctx := context.Background()
	gezien := map[string]opdracht.Staat{}
	for _, s := range opdracht.Staten() {
		f, _, id := opgepakt(t)
		if err := f.Afronden(ctx, id, overdragen(gemeente.OIN, "Help met de opvoeding."), marieke()); err != nil {
			t.Fatal(err)
		}
		ops, err := f.o.Opdrachten.VoorZaak(ctx, zaak)
		if err != nil || len(ops) != 2 {
			t.Fatalf("%+v %v", ops, err)
		}
		o := ops[0]
		if o.Soort != soortOverdracht {
			o = ops[1]
		}
		if o.Aan != gemeente.OIN || o.Richting != opdracht.Uit || o.Staat != opdracht.Aangeboden {
			t.Fatalf("%+v", o)
		}
		o.Staat, o.Reden = s, "Geen plek."
		if err := f.o.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
			return f.overdrachtBijgewerkt(ctx, tx, o, opdracht.Stap{ID: uuid.NewString(), Naar: s, Op: toen, Door: "Jaap"})
		}); err != nil {
			t.Fatal(err)
		}
		rec, _ := f.o.Dossier.Lees(ctx, soortBeoordeling, id, time.Time{})
		d, ok := f.gezinBeoordeling(rec, begrip.BSN{})
		w := overdrachtWoorden[s]
		if !ok || w.Lezer == "" || w.Melder == "" || d.Titel == "" || d.Tekst == "" || !strings.Contains(d.Titel+d.Tekst, gemeente.Naam) || strings.Contains(d.Titel+d.Tekst, "%[") || strings.Contains(d.Tekst, "Geen plek") {
			t.Errorf("%s: %+v %+v", s, w, d)
		}
		for _, x := range []string{w.Lezer, w.Titel, w.Gezin, w.Melder} {
			if eerder, al := gezien[x]; al {
				t.Errorf("%s en %s lezen hetzelfde: %q", eerder, s, x)
			}
			gezien[x] = s
		}
		if (s == opdracht.Geweigerd) == strings.Contains(w.Lezer+d.Tekst, "ingetrokken") && s == opdracht.Geweigerd {
			t.Errorf("geweigerd heet ingetrokken: %q", d.Tekst)
		}
		// Who takes it over reads it, but not who melded; not once it was refused or withdrawn.
		a, err := f.o.Inzage.Geef(ctx, f.soortBeoordeling(), id, jaap, nil, time.Time{})
		dicht := s == opdracht.Geweigerd || s == opdracht.Ingetrokken || s == opdracht.Mislukt
		if dicht != begrip.Is(err, begrip.NietGevonden) || !dicht && (err != nil || !strings.Contains(string(a.Inhoud), "opvoeding") || strings.Contains(string(a.Inhoud), string(politie.OIN)) || strings.Contains(string(a.Inhoud), "Bedankt")) {
			t.Errorf("%s: %v %s", s, err, a.Inhoud)
		}
	}
}

func TestOvernemenVraagtRechtRedenEnHetGoedeMoment(t *testing.T) {
	ctx := context.Background()
	lokaal := func() (*T, opdracht.Opdracht) {
		omg := functietest.Omgeving(t, gemeente, vt)
		f := Nieuw(omg)
		functietest.Gebruik(t, omg, f.Functie())
		o := opdracht.Opdracht{
			ID: uuid.NewString(), Soort: soortOverdracht, Zaak: zaak, Van: vt.OIN, Aan: gemeente.OIN, Staat: opdracht.Aangeboden, Richting: opdracht.In, Personen: 1, AangebodenOp: toen,
			Onderwerp: opdracht.Verwijzing{Bron: vt.OIN, Soort: soortBeoordeling, Pad: padBeoordelingen + "/" + uuid.NewString()}, Stappen: []opdracht.Stap{},
		}
		schrijf(t, f, dossier.Record{Soort: opdracht.RecordSoort, ID: o.ID, Zaak: zaak, Staat: string(o.Staat), Door: "test"}, o)
		return f, o
	}
	for _, ja := range []bool{true, false} {
		f, o := lokaal()
		for naam, anders := range zonderRecht {
			l := jaap
			if anders(&l); naam == "van een andere organisatie" {
				l.Organisatie = politie
			}
			if err := f.Overneem(ctx, o.ID, ja, "Geen plek.", l); !begrip.Is(err, begrip.Verboden) {
				t.Errorf("%v, %s: %v", ja, naam, err)
			}
		}
		gelogd(t, f, len(zonderRecht), o.Onderwerp.ID())
		if err := f.Overneem(ctx, o.ID, false, " ", jaap); velden(err) != "reden" {
			t.Errorf("zonder reden: %v", err)
		}
		if err := f.Overneem(ctx, o.ID, ja, "Geen plek.", jaap); err != nil {
			t.Errorf("%v: %v", ja, err)
		}
		for _, weer := range []bool{true, false} {
			if err := f.Overneem(ctx, o.ID, weer, "Geen plek.", jaap); !begrip.Is(err, begrip.Conflict) {
				t.Errorf("%v en dan %v: %v", ja, weer, err)
			}
		}
	}
	f, o := ontvanger(t, opdracht.Aangeboden)
	if err := f.Overneem(ctx, o.ID, true, "", marieke()); !begrip.Is(err, begrip.NietGevonden) {
		t.Errorf("een melding is geen overdracht: %v", err)
	}
}

// Who may not make a melding makes none: nothing is written, nothing goes out, and the
// content is not even weighed.
func TestWieNietMagMeldenMeldtNiets(t *testing.T) {
	for _, rol := range []begrip.Rol{begrip.RolAdministratie, begrip.RolPrivacy, begrip.RolAuditor, begrip.RolOuder, begrip.RolJongere, "", "iets-nieuws"} {
		f, d := knooppunt(t)
		for naam, m := range map[string]Melding{"a good one": goede(), "an empty one": {}} {
			if _, err := f.Registreer(t.Context(), m, toegang.Lezer{Naam: "Iemand", Rol: rol}); !begrip.Is(err, begrip.Verboden) {
				t.Errorf("%q, %s: %v", rol, naam, err)
			}
		}
		recs, err := d.Zoek(t.Context(), dossier.Filter{Soort: soortMelding})
		naar, err2 := d.Bestemmingen(t.Context())
		if err != nil || err2 != nil || len(recs)+len(naar) > 0 {
			t.Errorf("%q: %d meldingen, %v goes out (%v, %v)", rol, len(recs), naar, err, err2)
		}
	}
	f, d := knooppunt(t)
	if _, err := f.Registreer(t.Context(), Melding{}, agent); !begrip.Is(err, begrip.Ongeldig) {
		t.Errorf("an empty one: %v", err)
	}
	if recs, _ := d.Zoek(t.Context(), dossier.Filter{Soort: soortMelding}); len(recs) > 0 {
		t.Error("what was refused is stored")
	}
}

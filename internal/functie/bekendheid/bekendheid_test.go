package bekendheid

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/functie/functietest"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
)

const moederBSN, kindBSN = "999999990", "999970185"

var (
	vt  = begrip.Organisatie{OIN: "00000001002000000000", Naam: "Veilig Thuis", Soort: begrip.VeiligThuis}
	gi  = begrip.Organisatie{OIN: "00000001005000000000", Naam: "Jeugdbescherming", Soort: begrip.GI}
	ggz = begrip.Organisatie{OIN: "00000001007000000000", Naam: "GGZ", Soort: begrip.GGZ}
)

func gezin() []melding.Betrokkene {
	lid := func(id, bsn, naam, rol string) melding.Betrokkene {
		return melding.Betrokkene{
			ID: "urn:soh:betrokkene:" + id, Burgerservicenummer: begrip.InhoudBSN{BSN: begrip.MustBSN(bsn)}, Geslacht: "2", Rol: rol, Geboortedatum: "1990-01-02",
			Naam: melding.Naam{Voornamen: naam, Geslachtsnaam: "Voorbeeld"}, Adres: begrip.InVerblijf(melding.Adres{Straatnaam: "Lindelaan", Huisnummer: 3, Postcode: "1234 AB", Plaats: "Voorbeeldstad"}),
		}
	}
	return []melding.Betrokkene{lid("moeder", moederBSN, "Anna", "ouder"), lid("kind", kindBSN, "Noor", "kind")}
}

// knooppunt is the functie of one organisation on a real dossier, no network.
func knooppunt(t *testing.T, van begrip.Organisatie) (*T, *dossier.Store) {
	t.Helper()
	return op(t, omgeving(t, van))
}

// bewezen is knooppunt where every proof exists.
func bewezen(t *testing.T, van begrip.Organisatie) (*T, *dossier.Store) {
	t.Helper()
	o := omgeving(t, van)
	functietest.Bewezen(o)
	return op(t, o)
}

func omgeving(t *testing.T, van begrip.Organisatie) *functie.Omgeving {
	t.Helper()
	return functietest.Omgeving(t, van, slices.DeleteFunc([]begrip.Organisatie{vt, gi, ggz}, func(x begrip.Organisatie) bool { return x == van })...)
}

func op(t *testing.T, o *functie.Omgeving) (*T, *dossier.Store) {
	t.Helper()
	f := Nieuw(o, Automatisch)
	functietest.Gebruik(t, o, f.Functie())
	return f, o.Dossier
}

func verzoeken(t *testing.T, d *dossier.Store, soort string) []Verrijking {
	t.Helper()
	recs, err := d.Zoek(context.Background(), dossier.Filter{Soort: soort})
	if err != nil {
		t.Fatal(err)
	}
	var uit []Verrijking
	for _, rec := range recs {
		v, err := lees(rec)
		if err != nil {
			t.Fatal(err)
		}
		uit = append(uit, v)
	}
	return uit
}

func lezerVT() toegang.Lezer {
	return toegang.Lezer{Organisatie: vt, Persoon: "p", Naam: "Marieke", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelVTMelding, Grondslag: begrip.GrondWmo516}
}

// opBeoordeling is what gave cause to ask.
var opBeoordeling = begrip.Verwijzing{Bron: vt.OIN, Soort: "beoordeling", Pad: "/v1/beoordelingen/01890a5d-ac96-774b-bcce-b302099a8057"}

func TestElkeOrganisatieKrijgtAlleenHaarEigenVragen(t *testing.T) {
	f, d := knooppunt(t, vt)
	ctx := context.Background()
	if err := f.Vraag(ctx, "urn:soh:zaak:1", begrip.DoelVTMelding, gezin(), []begrip.OIN{gi.OIN, ggz.OIN}, lezerVT(), opBeoordeling); err != nil {
		t.Fatal(err)
	}
	vs := verzoeken(t, d, soortVerzoek)
	if len(vs) != 2 {
		t.Fatalf("%d vragen, want 2", len(vs))
	}
	for _, v := range vs {
		wil := 0
		if v.bevraagde() == gi.OIN {
			wil = 6
		}
		if len(v.VerrijkingsVraag) != wil || slices.ContainsFunc(v.VerrijkingsVraag, func(c string) bool { return !strings.HasPrefix(c, "GI-") }) {
			t.Errorf("%s krijgt %v", v.bevraagde(), v.VerrijkingsVraag)
		}
		if len(v.Personen()) != 2 {
			t.Errorf("%d personen", len(v.Personen()))
		}
		functietest.Past(t, "schema/verrijking.json", v)
	}
	for _, aan := range []begrip.OIN{gi.OIN, ggz.OIN} {
		u, ok, err := d.Volgende(ctx, string(aan))
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		for _, geheim := range []string{moederBSN, kindBSN, "Anna", "Lindelaan"} {
			if strings.Contains(string(u.Body), geheim) {
				t.Errorf("opdracht aan %s draagt %q", aan, geheim)
			}
		}
	}
}

func TestVraagZonderPersoonOfOntvangerMeldtAlles(t *testing.T) {
	f, _ := knooppunt(t, vt)
	err := f.Vraag(context.Background(), "urn:soh:zaak:1", "99", nil, []begrip.OIN{vt.OIN}, lezerVT())
	var velden []string
	for _, v := range begrip.FoutVan(err).Velden {
		velden = append(velden, v.Veld)
	}
	if got := strings.Join(velden, " "); got != "personen redenVerzoek aan" {
		t.Errorf("fouten: %s (%v)", got, err)
	}
}

// binnengekomen puts a question of Veilig Thuis in the Postvak of f.
func binnengekomen(t *testing.T, f *T, d *dossier.Store) (opdracht.Opdracht, Verrijking) {
	t.Helper()
	v := Verrijking{Registratienummer: "r1", RedenVerzoek: "01", Omschrijving: "Kent u deze persoon?", Zaak: "urn:soh:zaak:1", Vrager: vt.OIN, Bevraagde: begrip.InVerblijf(f.o.Organisatie.OIN), Op: time.Now(), VerrijkingsVraag: []string{"GI-001", "GI-002"}}
	g := gezin()
	v.NatuurlijkPersoon, v.OverigePersonen = persoonVan(g[0]), []NatuurlijkPersoon{persoonVan(g[1])}
	o := opdracht.Opdracht{
		ID: "01a20000-0000-7000-8000-000000000001", Soort: soortOpdracht, Zaak: v.Zaak, Van: vt.OIN, Aan: f.o.Organisatie.OIN, Staat: opdracht.Aangeboden, Richting: opdracht.In,
		AangebodenOp: time.Now().UTC(), Onderwerp: opdracht.Verwijzing{Bron: vt.OIN, Soort: soortVerzoek, Pad: padVerzoeken + "/01890a5d-ac96-774b-bcce-b302099a8058"}, Stappen: []opdracht.Stap{},
	}
	b, _ := json.Marshal(o)
	err := d.Tx(context.Background(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(context.Background(), dossier.Record{Soort: "opdracht", ID: o.ID, Zaak: o.Zaak, Staat: string(o.Staat), Door: "test", Inhoud: b})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return o, v
}

func gebeurtenissen(t *testing.T, d *dossier.Store) []string {
	t.Helper()
	var uit []string
	for {
		u, ok, err := d.Volgende(context.Background(), "hub")
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return uit
		}
		ev, err := cloudevent.Parse(u.Body)
		if err != nil {
			t.Fatal(err)
		}
		uit = append(uit, ev.Type[strings.LastIndexByte(ev.Type, '.')+1:])
		if strings.Contains(string(u.Body), "niet-bekend") || strings.Contains(string(u.Body), `"bekend"`) {
			t.Errorf("het antwoord reist mee in een gebeurtenis: %s", u.Body)
		}
		if err := d.IsBezorgd(context.Background(), u.Nr); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWieHetGezinNietKentHoudtNiets(t *testing.T) {
	f, d := knooppunt(t, gi)
	ctx := context.Background()
	o, v := binnengekomen(t, f, d)
	if err := f.Beantwoord(ctx, o, v, nil, nil, begrip.Verblijf[Contact]{}, regelVan(gi)); err != nil {
		t.Fatal(err)
	}
	for _, bsn := range []string{moederBSN, kindBSN} {
		recs, err := d.Zoek(ctx, dossier.Filter{Persoon: begrip.MustBSN(bsn)})
		if err != nil || len(recs) > 0 {
			t.Errorf("er blijft een record over een onbekende persoon: %v %v", recs, err)
		}
	}
	na, err := f.o.Opdrachten.Lees(ctx, o.ID)
	if err != nil || na.Staat != opdracht.Uitgevoerd || na.Resultaat != nietBekend || na.Antwoord != nil {
		t.Errorf("opdracht na antwoord: %+v %v", na, err)
	}
	if got := strings.Join(gebeurtenissen(t, d), " "); got != "bekendheid-verstrekt" {
		t.Errorf("gebeurtenissen: %s", got)
	}
}

func TestVerrijkingGaatAlleenOverWieBekendIs(t *testing.T) {
	f, d := knooppunt(t, gi)
	ctx := context.Background()
	if _, err := f.Registreer(ctx, Registratie{Burgerservicenummer: begrip.InhoudBSN{BSN: begrip.MustBSN(kindBSN)}, Omschrijving: "Wij begeleiden u.", Antwoorden: map[string]string{"GI-001": "Ja.", "GI-006": "Niet gevraagd."}}); err != nil {
		t.Fatal(err)
	}
	o, v := binnengekomen(t, f, d)
	gevonden, err := f.kennen(ctx, v)
	if err != nil || len(gevonden) != 1 {
		t.Fatalf("gevonden %v %v", gevonden, err)
	}
	antwoorden, contact := uitRegistraties(v, gevonden)
	if err := f.Beantwoord(ctx, o, v, map[string]bool{"urn:soh:betrokkene:kind": true}, antwoorden, contact, regelVan(gi), o.Onderwerp); err != nil {
		t.Fatal(err)
	}
	vs := verzoeken(t, d, soortVerrijking)
	if len(vs) != 1 || len(vs[0].Personen()) != 1 || vs[0].NatuurlijkPersoon.ID != "urn:soh:betrokkene:kind" {
		t.Fatalf("verrijking: %+v", vs)
	}
	if len(vs[0].VraagAntwoord) != 1 || vs[0].VraagAntwoord[0].Vraag != "GI-001" {
		t.Errorf("alleen wat gevraagd is wordt beantwoord: %+v", vs[0].VraagAntwoord)
	}
	functietest.Past(t, "schema/verrijking.json", vs[0])
	if recs, _ := d.Zoek(ctx, dossier.Filter{Persoon: begrip.MustBSN(moederBSN)}); len(recs) > 0 {
		t.Error("er staat iets over de moeder, die onbekend is")
	}
	if got := strings.Join(gebeurtenissen(t, d), " "); got != "wegwijzer-geplaatst verrijking-beschikbaar-gesteld bekendheid-verstrekt" {
		t.Errorf("gebeurtenissen: %s", got)
	}
}

func TestRegistratieMeldtElkeFout(t *testing.T) {
	r := Registratie{Antwoorden: map[string]string{"POL-001": "Ja", moederBSN: "x", "GI-001": " "}, Contact: begrip.InVerblijf(Contact{}), Sinds: "gisteren"}
	err := r.Validate(begrip.GI)
	f := begrip.FoutVan(err)
	if len(f.Velden) != 7 {
		t.Errorf("%d fouten: %v", len(f.Velden), err)
	}
	if strings.Contains(err.Error(), moederBSN) {
		t.Error("BSN in een fout")
	}
}

func TestVragenHebbenEenOrganisatieEnEenKlasse(t *testing.T) {
	gezien := map[string]bool{}
	for _, v := range vragen {
		if v.Vraag == "" || v.Soort == "" || !strings.HasPrefix(v.Klasse, "I") || gezien[v.Code] {
			t.Errorf("%+v", v)
		}
		gezien[v.Code] = true
	}
	if len(vragen) != 23 {
		t.Errorf("%d vragen, want 23", len(vragen))
	}
}

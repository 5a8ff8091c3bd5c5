package melding

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/functie/functietest"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

const sentinel = "999999990"

var (
	politie = begrip.Organisatie{OIN: "00000001001000000000", Naam: "Politie Voorbeeldstad", Soort: begrip.Politie}
	vt      = begrip.Organisatie{OIN: "00000001002000000000", Naam: "Veilig Thuis Voorbeeldstad", Soort: begrip.VeiligThuis}
	toen    = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

func goede() Melding {
	return Melding{
		Soort: SoortVT, Verzoek: "Wilt u dit gezin bezoeken?", TerugkoppelingGewenst: true,
		ZorgelijkeSituatie: ZorgelijkeSituatie{SituatieSchets: "Ruzie in huis.", NadereOmschrijving: "Er waren kinderen bij.", VraagAntwoord: VraagAntwoorden{{Vraag: "Waren er wapens?", Antwoord: "Nee."}}},
		Contact:            begrip.InVertrouwen(Contact{Naam: "Agent Voorbeeld", EmailAdres: "agent@politie.example", Telefoonnummer: "06 12 34 56 78"}),
		NaarAanleidingVan:  []Incident{{DatumTijd: toen.Add(-time.Hour), Locatie: begrip.InVerblijf("Thuis"), Omschrijving: "Geschreeuw."}},
		HeeftBetrekkingOp: []Betrokkene{{
			Burgerservicenummer: begrip.InhoudBSN{BSN: begrip.MustBSN(sentinel)}, Geslacht: "2", Rol: "kind",
			Naam: Naam{Voornamen: "Noor", Geslachtsnaam: "Voorbeeld"}, Adres: begrip.InVerblijf(Adres{Straatnaam: "Lindelaan", Huisnummer: 3, Postcode: "1234ab", Plaats: "Voorbeeldstad"}),
		}},
	}
}

func velden(err error) string {
	if err == nil {
		return ""
	}
	var v []string
	for _, f := range begrip.FoutVan(err).Velden {
		v = append(v, f.Veld)
	}
	return strings.Join(v, " ")
}

func TestElkeFoutInEenMeldingTegelijk(t *testing.T) {
	m := goede()
	m.Normaliseer(toen)
	if err := m.Validate(toen); err != nil {
		t.Fatalf("goede melding geweigerd: %v", err)
	}
	open, _ := begrip.Open(m, begrip.Inzagerecht(begrip.Allebei))
	if got := open.HeeftBetrekkingOp[0].Adres.Toon().Postcode; got != "1234 AB" {
		t.Errorf("postcode niet genormaliseerd: %q", got)
	}
	for _, tt := range []struct {
		naam, velden string
		stuk         func(*Melding)
	}{
		{"lege melding", "soort verzoek zorgelijkeSituatie.situatieSchets zorgelijkeSituatie.nadereOmschrijving contact heeftBetrekkingOp", func(m *Melding) { *m = Melding{DatumTijd: toen} }},
		{"nazorg heeft nog geen ontvanger", "soort", func(m *Melding) { m.Soort = "NAZ" }},
		{"in de toekomst", "datumTijd", func(m *Melding) { m.DatumTijd = toen.Add(time.Hour) }},
		{"contact onbereikbaar", "contact.naam contact.emailAdres contact.telefoonnummer", func(m *Melding) {
			m.Contact = begrip.InVertrouwen(Contact{Naam: " ", EmailAdres: "nee", Telefoonnummer: "1"})
		}},
		{"persoon zonder BSN en geboortedatum", "heeftBetrekkingOp[0].burgerservicenummer", func(m *Melding) { m.HeeftBetrekkingOp[0].Burgerservicenummer = begrip.InhoudBSN{} }},
		{"persoon dubbel", "heeftBetrekkingOp[1].burgerservicenummer", func(m *Melding) { m.HeeftBetrekkingOp = append(m.HeeftBetrekkingOp, m.HeeftBetrekkingOp[0]) }},
		{"adres leeg", "heeftBetrekkingOp[0].adres.straatnaam heeftBetrekkingOp[0].adres.huisnummer heeftBetrekkingOp[0].adres.postcode heeftBetrekkingOp[0].adres.plaats", func(m *Melding) { m.HeeftBetrekkingOp[0].Adres.Zet(Adres{}) }},
		{"geslacht en geboortedatum", "heeftBetrekkingOp[0].geslacht heeftBetrekkingOp[0].geboortedatum", func(m *Melding) {
			m.HeeftBetrekkingOp[0].Geslacht, m.HeeftBetrekkingOp[0].Geboortedatum = "m", "31-12-2014"
		}},
		{"afscherming zonder collega", "melderAfscherming.reden melderAfscherming.geraadpleegdeCollega melderAfscherming.herzienOp", func(m *Melding) { m.MelderAfscherming = begrip.InVertrouwen(Afscherming{}) }},
		{"incident leeg", "naarAanleidingVan[0].datumTijd naarAanleidingVan[0].locatie naarAanleidingVan[0].omschrijving", func(m *Melding) { m.NaarAanleidingVan = []Incident{{}} }},
		{"ontvanger en zaak", "ontvanger zaak", func(m *Melding) { m.Ontvanger, m.Zaak = "123", "SOH-1" }},
	} {
		t.Run(tt.naam, func(t *testing.T) {
			m := goede()
			m.Normaliseer(toen)
			tt.stuk(&m)
			err := m.Validate(toen)
			if got := velden(err); got != tt.velden {
				t.Errorf("velden\n got %s\nwant %s", got, tt.velden)
			}
			if err != nil && strings.Contains(err.Error(), sentinel) {
				t.Error("BSN in een fout")
			}
		})
	}
}

func TestGeenBSNIsGoedMetGeboortedatum(t *testing.T) {
	m := goede()
	m.HeeftBetrekkingOp[0].Burgerservicenummer, m.HeeftBetrekkingOp[0].Geboortedatum = begrip.InhoudBSN{}, "2014-05-31"
	m.Normaliseer(toen)
	if err := m.Validate(toen); err != nil {
		t.Error(err)
	}
}

func TestVraagAntwoordEenOfMeer(t *testing.T) {
	for in, n := range map[string]int{`{"vraag":"a","antwoord":"b"}`: 1, `[{"vraag":"a","antwoord":"b"},{"vraag":"c","antwoord":"d"}]`: 2, `[]`: 0} {
		var v VraagAntwoorden
		if err := json.Unmarshal([]byte(in), &v); err != nil || len(v) != n {
			t.Errorf("%s: %d, %v", in, len(v), err)
		}
	}
}

var agent = toegang.Lezer{Naam: "agent", Rol: begrip.RolAgent}

// knooppunt is the functie on a real dossier, without a network.
func knooppunt(t *testing.T) (*T, *dossier.Store) {
	t.Helper()
	o := functietest.Omgeving(t, politie, vt)
	f := Nieuw(o)
	f.nu = func() time.Time { return toen }
	functietest.Gebruik(t, o, f.Functie())
	return f, o.Dossier
}

func TestRegistrerenIsEenGeheel(t *testing.T) {
	f, d := knooppunt(t)
	ctx := context.Background()
	m, err := f.Registreer(ctx, goede(), agent)
	if err != nil {
		t.Fatal(err)
	}
	if m.URL != "https://politie.example/v1/meldingen/"+m.ID || m.Ontvanger != vt.OIN || !strings.HasPrefix(m.Zaak, "urn:soh:zaak:") {
		t.Errorf("melding niet af: %s %s %s", m.URL, m.Ontvanger, m.Zaak)
	}
	rec, err := d.Lees(ctx, soortMelding, m.ID, time.Time{})
	if err != nil || rec.Zaak != m.Zaak || len(rec.Personen) != 1 {
		t.Fatalf("record: %+v %v", rec, err)
	}
	ops, err := f.o.Opdrachten.VoorZaak(ctx, m.Zaak)
	if err != nil || len(ops) != 1 || ops[0].Aan != vt.OIN || ops[0].Onderwerp.Pad != "/v1/meldingen/"+m.ID {
		t.Fatalf("opdracht: %+v %v", ops, err)
	}
	naarVT, ok, err := d.Volgende(ctx, string(vt.OIN))
	if err != nil || !ok || strings.Contains(string(naarVT.Body), sentinel) || strings.Contains(string(naarVT.Body), "Noor") {
		t.Errorf("opdracht aan VT draagt inhoud of ontbreekt: %v %v %s", ok, err, naarVT.Body)
	}
	naarHub, ok, err := d.Volgende(ctx, "hub")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	ev, err := cloudevent.Parse(naarHub.Body)
	if err != nil {
		t.Fatal(err)
	}
	g, waarschuwingen, err := prov.Lees(ev.Data)
	if err != nil || len(waarschuwingen) > 0 || ev.Type != typeGeregistreerd || g.Zaak() != m.Zaak || g.IsBronAfgeschermd() {
		t.Errorf("gebeurtenis: %v %v %s", err, waarschuwingen, naarHub.Body)
	}
	for _, geheim := range []string{"Noor", "Ruzie", "Lindelaan", "agent@politie"} {
		if strings.Contains(string(naarHub.Body), geheim) {
			t.Errorf("%q reist mee in de gebeurtenis", geheim)
		}
	}
}

func TestAfgeschermdeMelderIsGemerktInElkeGebeurtenisVanDeBron(t *testing.T) {
	f, d := knooppunt(t)
	ctx := context.Background()
	m := goede()
	m.MelderAfscherming = begrip.InVertrouwen(Afscherming{Reden: "gevaar", Geraadpleegd: "Collega", HerzienOp: toen.Add(24 * time.Hour)})
	m, err := f.Registreer(ctx, m, agent)
	if err != nil {
		t.Fatal(err)
	}
	u, _, _ := d.Volgende(ctx, "hub")
	ev, err := cloudevent.Parse(u.Body)
	if err != nil {
		t.Fatal(err)
	}
	if g, _, _ := prov.Lees(ev.Data); !g.IsBronAfgeschermd() {
		t.Errorf("gebeurtenis verraadt de melder: %s", u.Body)
	}
	rec, _ := d.Lees(ctx, soortMelding, m.ID, time.Time{})
	if !f.soortMelding().Afgeschermd(rec) {
		t.Error("record telt niet als afgeschermd")
	}
	if deel, ok := f.gezinMelding(rec, begrip.BSN{}); ok {
		t.Errorf("gezin ziet afgeschermde melding: %+v", deel)
	}
}

func TestElkNiveauGeeftNietMeerDanHetMag(t *testing.T) {
	f, d := knooppunt(t)
	ctx := context.Background()
	m, err := f.Registreer(ctx, goede(), agent)
	if err != nil {
		t.Fatal(err)
	}
	rec, _ := d.Lees(ctx, soortMelding, m.ID, time.Time{})
	inhoud := []string{sentinel, "Noor", "Ruzie", "Lindelaan", "agent@politie", "Geschreeuw"}
	for niveau, verborgen := range map[begrip.Niveau][]string{0: append(inhoud, m.Zaak, string(vt.OIN)), 1: inhoud, 2: nil} {
		v, err := f.reduceer(rec, niveau, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := json.Marshal(v)
		for _, s := range verborgen {
			if strings.Contains(string(b), s) {
				t.Errorf("niveau %d toont %q", niveau, s)
			}
		}
		if niveau == 2 {
			functietest.Past(t, "schema/melding.json", v)
			if !strings.Contains(string(b), sentinel) {
				t.Error("niveau 2 mist de inhoud")
			}
		}
	}
	v, _ := f.reduceer(rec, 2, []string{"contact"})
	if b, _ := json.Marshal(v); strings.Contains(string(b), "agent@politie") {
		t.Error("gemaskeerd contact staat er toch")
	}
}

func TestOnbekendeOntvangerGeeftVeldfout(t *testing.T) {
	f, _ := knooppunt(t)
	m := goede()
	m.Soort = SoortZVH
	if _, err := f.Registreer(context.Background(), m, agent); velden(err) != "ontvanger" {
		t.Errorf("ZVH doet niet mee, kreeg %v", err)
	}
	m = goede()
	m.Ontvanger = politie.OIN
	if _, err := f.Registreer(context.Background(), m, agent); velden(err) != "ontvanger" {
		t.Errorf("politie neemt geen VT-melding aan, kreeg %v", err)
	}
}

func TestMeldingPrintGeenBSN(t *testing.T) {
	m := goede()
	for _, s := range []string{fmt.Sprintf("%v", m), fmt.Sprintf("%+v", m), fmt.Sprintf("%#v", m), fmt.Sprint(&m)} {
		if strings.Contains(s, sentinel) {
			t.Error("BSN zichtbaar in fmt-uitvoer")
		}
	}
}

func FuzzMeldingLezen(f *testing.F) {
	b, _ := json.Marshal(goede())
	f.Add(b)
	f.Add([]byte(`{"heeftBetrekkingOp":[{"burgerservicenummer":12}]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		var m Melding
		if err := rest.LeesJSON(in, &m); err != nil {
			if strings.Contains(err.Error(), sentinel) {
				t.Error("BSN in een fout")
			}
			return
		}
		m.Normaliseer(toen)
		_ = m.Validate(toen)
	})
}

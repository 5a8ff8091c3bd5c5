package inzage_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// metMelding puts a melding to Veilig Thuis in the dossier; inhoud as it is stored.
func (k *knoop) metMelding(inhoud string) string {
	k.t.Helper()
	id := uuid.Must(uuid.NewV7()).String()
	if err := k.d.Tx(k.t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(k.t.Context(), dossier.Record{Soort: "melding", ID: id, Inhoud: json.RawMessage(inhoud), Personen: []begrip.BSN{begrip.MustBSN("999990019")}})
		return err
	}); err != nil {
		k.t.Fatal(err)
	}
	return id
}

// Every look at a melding whose source is shielded is marked, a refused one and one of
// noodtoegang as well: by that mark the family is not told of it by us.
func TestElkeBlikInEenAfgeschermdeMeldingIsGemerkt(t *testing.T) {
	vt := org(begrip.VeiligThuis, 2)
	lezers := map[string]toegang.Lezer{
		"wie beoordeelt":   {Organisatie: vt, Persoon: "p", Naam: "Marieke", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516},
		"wie niet mag":     {Organisatie: vt, Persoon: "p", Naam: "Johan", Rol: begrip.RolAdministratie, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516},
		"met noodtoegang":  {Organisatie: org(begrip.GI, 2), Persoon: "p", Naam: "Linda", Rol: begrip.RolJeugdbeschermer, Doel: "acute-veiligheid", Grondslag: "AVG-6-1-d"},
		"een eigen agent":  {Organisatie: org(begrip.Politie, 1), Persoon: "p", Naam: "Noor", Rol: begrip.RolAgent, Doel: begrip.DoelEigenMelding, Grondslag: begrip.GrondUb417},
		"wie er niets mee": {Organisatie: org(begrip.School, 2), Persoon: "p", Naam: "Juf", Rol: begrip.RolBehandelaar, Doel: begrip.DoelHulp, Grondslag: begrip.GrondWmo411},
	}
	inhoud := func(anders string) string {
		return `{"id":"","ontvanger":"` + string(vt.OIN) + `","soort":"VT"` + anders + `}`
	}
	for naam, m := range map[string]struct {
		inhoud string
		wil    bool
	}{
		"open":        {inhoud(""), false},
		"afgeschermd": {inhoud(`,"melderAfscherming":{"reden":"Er is gevaar.","geraadpleegdeCollega":"Anton"}`), true},
		"onleesbaar":  {`"x"`, true},
	} {
		k := nieuweKnoop(t, begrip.Politie)
		soort, ok := k.VanSoort("melding")
		if !ok {
			t.Fatal("no melding")
		}
		id := k.metMelding(m.inhoud)
		for wie, l := range lezers {
			if wie == "met noodtoegang" {
				l.Nood = toegang.Nood{Reden: "Het kind is weg en niemand weet waar.", Tot: time.Now().Add(time.Hour)}
			}
			_, _ = k.Geef(t.Context(), soort, id, l, nil, time.Time{})
		}
		log, err := k.d.Logboek(t.Context(), 0)
		zonder := 0
		if naam == "onleesbaar" { // noodtoegang of what cannot be read is an error, and shows nothing
			zonder = 1
		}
		if err != nil || len(log) != len(lezers)-zonder {
			t.Fatalf("%s: %d lines for %d looks, %v", naam, len(log), len(lezers), err)
		}
		mocht := 0
		for _, r := range log {
			if r.BronAfgeschermd != m.wil {
				t.Errorf("%s, %s: marked %v", naam, r.Naam, r.BronAfgeschermd)
			}
			if r.Toegestaan {
				mocht++
			}
		}
		if naam != "onleesbaar" && (mocht < 2 || mocht == len(lezers)) {
			t.Errorf("%s: %d of %d looks were allowed", naam, mocht, len(lezers))
		}
	}
}

// A refused act is a refused look in the log, and without the log no answer.
func TestEenGeweigerdeHandelingStaatInHetLog(t *testing.T) {
	k := nieuweKnoop(t, begrip.VeiligThuis)
	l := toegang.Lezer{Organisatie: org(begrip.VeiligThuis, 1), Persoon: "p", Naam: "Johan", Rol: begrip.RolAdministratie, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516}
	nee := begrip.NieuweFout(begrip.Verboden, "Dat mag niet.")
	for richting, bron := range map[dossier.Richting]begrip.OIN{dossier.Bekeken: oin(begrip.Politie, 1), dossier.Gegeven: oin(begrip.VeiligThuis, 1)} {
		v := begrip.Verwijzing{Bron: bron, Soort: "melding", Pad: "/v1/meldingen/" + uuid.NewString()}
		if err := k.WeigerHandeling(t.Context(), v, l, nee); !begrip.Is(err, begrip.Verboden) {
			t.Error(err)
		}
		log, err := k.d.Logboek(t.Context(), 0)
		if err != nil || len(log) == 0 {
			t.Fatal(log, err)
		}
		if r := log[0]; r.Toegestaan || r.Richting != richting || r.Bron != bron || r.RecordID != v.ID() || r.Persoon != "p" || len(r.Redenen) != 1 {
			t.Errorf("%+v", r)
		}
	}
	_ = k.d.Close()
	if err := k.WeigerHandeling(t.Context(), begrip.Verwijzing{Bron: oin(begrip.Politie, 1)}, l, nee); !begrip.Is(err, begrip.NietBeschikbaar) {
		t.Errorf("without the log: %v", err)
	}
}

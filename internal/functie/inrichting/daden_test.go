package inrichting

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/functie/functietest"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
)

var wijk = begrip.Organisatie{OIN: "00000001003000000000", Naam: "Wijkteam", Soort: begrip.Gemeente}

func als(rol begrip.Rol) toegang.Sessie {
	return toegang.Sessie{Persoon: "p-" + string(rol), Naam: "Ada", Rol: rol, OIN: wijk.OIN}
}

func opstelling(t *testing.T) (*functie.Omgeving, *functietest.Werkplek) {
	t.Helper()
	o := functietest.Omgeving(t, wijk)
	f := Bouw(o)
	functietest.Gebruik(t, o, f)
	return o, functietest.NieuweWerkplek(t, f, als(begrip.RolPrivacy))
}

// Every act of a page is refused to whom it is not for, whatever the form says, and nothing
// that is refused tells what there is.
func TestElkeDaadIsVanWieErOverGaat(t *testing.T) {
	_, w := opstelling(t)
	id := uuid.NewString()
	for pad, mag := range map[string][]begrip.Rol{
		"/signalen/" + id: {begrip.RolPrivacy}, "/waarborgen/noodtoegang/" + id: {begrip.RolPrivacy}, "/waarborgen/noodtoegang/" + id + "/opheffen": {begrip.RolPrivacy},
		"/waarborgen/afscherming/" + id: {begrip.RolPrivacy}, "/wat-kon": {begrip.RolPrivacy, begrip.RolAuditor},
	} {
		for _, rol := range append(begrip.Rollen(), "") {
			toegestaan := false
			for _, r := range mag {
				toegestaan = toegestaan || r == rol
			}
			w.Als = als(rol)
			p := w.Stuur(pad, url.Values{"terecht-" + id: {"ja"}, "toelichting-" + id: {"Er was echt gevaar."}, "reden-" + id: {"Wij hebben dit besproken."}})
			if !toegestaan && p.Status != http.StatusForbidden {
				t.Errorf("%s by %q: %d", pad, rol, p.Status)
			}
			if toegestaan && p.Status == http.StatusForbidden {
				t.Errorf("%s by %q is refused", pad, rol)
			}
		}
	}
	for _, rol := range []begrip.Rol{begrip.RolAdministratie, begrip.RolPrivacy, begrip.RolAuditor} {
		w.Als = als(rol)
		if p := w.Stuur("/noodtoegang", url.Values{"zeker": {"ja"}, "reden": {"Het kind is weg en niemand weet waar."}}); p.Status != http.StatusForbidden {
			t.Errorf("noodtoegang by %q: %d", rol, p.Status)
		}
	}
}

// Looking again at what is withheld: with a reason, by the privacy officer, once.
func TestHerzienVanEenAfscherming(t *testing.T) {
	o, w := opstelling(t)
	a := &waarborg.Afscherming{Onderwerp: waarborg.Onderwerp{Soort: "melding", ID: uuid.NewString()}, Reden: waarborg.RedenGeweld, Toelichting: "Er was dreiging in huis.", Geraadpleegd: "Anton",
		TegenOIN: []begrip.OIN{"00000001005000000000"}, HerzienOp: time.Now().AddDate(0, 6, 0)}
	if err := o.Dossier.Tx(t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(t.Context(), dossier.Record{Soort: "melding", ID: a.Onderwerp.ID, Inhoud: []byte("{}")})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := o.Waarborgen.Maak(t.Context(), waarborg.SoortAfscherming, a, "Ada"); err != nil {
		t.Fatal(err)
	}
	pad := "/waarborgen/afscherming/" + a.ID
	for _, f := range []url.Values{{}, {"actie": {"stop"}}, {"actie": {"stop"}, "toelichting-" + a.ID: {"ok"}}, {"actie": {"iets"}, "toelichting-" + a.ID: {"De dreiging is voorbij."}}} {
		if p := w.Stuur(pad, f); p.Status == http.StatusSeeOther {
			t.Errorf("%v is taken", f)
		}
	}
	versies := func() int {
		recs, err := o.Dossier.Versies(t.Context(), waarborg.SoortAfscherming.Naam, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		return len(recs)
	}
	if n := versies(); n != 1 {
		t.Errorf("%d versions after what was refused", n)
	}
	w.Als = als(begrip.RolAuditor)
	stop := url.Values{"actie": {"stop"}, "toelichting-" + a.ID: {"De dreiging is voorbij."}}
	if p := w.Stuur(pad, stop); p.Status != http.StatusForbidden || versies() != 1 {
		t.Errorf("by the auditor: %d", p.Status)
	}
	w.Als = als(begrip.RolPrivacy)
	if p := w.Stuur(pad, stop); p.Status != http.StatusSeeOther || versies() != 2 {
		t.Errorf("%d %s", p.Status, p.HTML)
	}
	if p := w.Stuur(pad, stop); p.Status != http.StatusConflict || versies() != 2 {
		t.Errorf("twice: %d", p.Status)
	}
}

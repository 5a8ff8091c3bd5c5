package werkplek_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
	"github.com/handbereik/soh/internal/web/browsertest"
	"github.com/handbereik/soh/internal/werkplek"
)

const (
	vt      = begrip.OIN("00000001802327497000")
	politie = begrip.OIN("00000001802327498000")
)

var nu = time.Date(2026, 11, 23, 9, 12, 0, 0, web.Zone)

func open(t *testing.T) (*dossier.Store, http.Handler) {
	t.Helper()
	d, err := dossier.Open(filepath.Join(t.TempDir(), "dossier.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	org := begrip.Organisatie{OIN: vt, Naam: "Veilig Thuis", Soort: begrip.VeiligThuis}
	site, err := web.New(web.Config{Naam: "Werkplek", Ondertitel: org.Naam, Thuis: "/postvak", Werkplek: true, Nu: func() time.Time { return nu }})
	if err != nil {
		t.Fatal(err)
	}
	ingelogd := func(next func(http.ResponseWriter, *http.Request, toegang.Sessie)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			next(w, r, toegang.Sessie{Persoon: "p1", Naam: "Mirjam Koster", Rol: begrip.RolMedewerkerVT, OIN: vt})
		}
	}
	w := web.NieuwWerk(site, http.NewServeMux(), ingelogd, ingelogd)
	err = werkplek.Registreer(w, werkplek.Config{
		Dossier: d, Opdrachten: opdracht.Nieuw(opdracht.Config{Organisatie: org, Systeem: vt.Systeem("soh"), Dossier: d, Log: slog.Default(),
			Deelnemer: func(begrip.OIN) (begrip.Organisatie, bool) { return begrip.Organisatie{}, false }}),
		Titel: func(s string) string { return "Een " + s + " beoordelen" },
		Naam:  func(begrip.OIN) string { return "Politie Oost" }, Nu: func() time.Time { return nu },
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, w.Handler()
}

func zet(t *testing.T, d *dossier.Store, staat opdracht.Staat, op, uiterlijk time.Time) string {
	t.Helper()
	o := opdracht.Opdracht{ID: uuid.NewString(), Soort: "melding", Van: politie, Aan: vt, Staat: staat, Richting: opdracht.In, AangebodenOp: op}
	if !uiterlijk.IsZero() {
		o.UiterlijkOp = &uiterlijk
	}
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Tx(t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(t.Context(), dossier.Record{Soort: "opdracht", ID: o.ID, Staat: string(staat), Door: "test", Inhoud: b})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return o.ID
}

func kijk(t *testing.T, d *dossier.Store, persoon string, toegestaan bool) {
	t.Helper()
	err := d.Log(t.Context(), dossier.Logregel{Tijdstip: nu.Add(-time.Hour), Richting: dossier.Bekeken, LezerOIN: vt, LezerOrganisatie: "Veilig Thuis", Persoon: persoon, Naam: "Naam van " + persoon,
		Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516, Bron: politie, Soort: "melding", RecordID: uuid.NewString(),
		Niveau: begrip.NiveauInhoud, Toegestaan: toegestaan, Redenen: []dossier.Reden{{Tekst: "Uw rol past niet bij dit doel, " + persoon + "."}}})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPostvakEnLogboek: what is late is named, work that is done stands apart,
// and the log holds one's own looks only.
func TestPostvakEnLogboek(t *testing.T) {
	d, h := open(t)
	srv := httptest.NewServer(h)
	defer srv.Close()
	tab := browsertest.Start(t).Tab(t)
	tab.Open(srv.URL + "/postvak").WachtTekst("Uw postvak is leeg").Controleer("werkplek-postvak-leeg")
	tab.Open(srv.URL + "/logboek").WachtTekst("U hebt nog nergens gekeken")

	laat := zet(t, d, opdracht.Aangeboden, nu.AddDate(0, 0, -6), nu.AddDate(0, 0, -1))
	zet(t, d, opdracht.Geaccepteerd, nu.AddDate(0, 0, -2), nu.AddDate(0, 0, 1))
	zet(t, d, opdracht.InUitvoering, nu.AddDate(0, 0, -1), time.Time{})
	zet(t, d, opdracht.Uitgevoerd, nu.AddDate(0, 0, -9), time.Time{})
	kijk(t, d, "p1", true)
	kijk(t, d, "p1", false)
	kijk(t, d, "p2", true)

	tab.Open(srv.URL + "/").WachtTekst("Te laat").Controleer("werkplek-postvak")
	if n := browsertest.Reken[int](tab, `document.querySelectorAll(".todo li").length`); n != 4 {
		t.Errorf("%d opdrachten, niet 4", n)
	}
	if p := browsertest.Reken[string](tab, `document.querySelector(".todo a").pathname`); p != "/postvak/melding/"+laat {
		t.Errorf("de oudste staat niet vooraan: %s", p)
	}
	tab.KlikTekst("Mijn logboek").WachtTekst("Waar u keek").Controleer("werkplek-logboek")
	tekst := tab.Tekst("main")
	if strings.Contains(tekst, "p2") || !strings.Contains(tekst, "Uw rol past niet bij dit doel, p1.") {
		t.Errorf("het logboek klopt niet:\n%s", tekst)
	}
	if n := browsertest.Reken[int](tab, `document.querySelectorAll("tbody tr").length`); n != 2 {
		t.Errorf("%d regels, niet 2", n)
	}
	tab.Open(srv.URL + "/postvak?taal=en").WachtTekst("Inbox")
}

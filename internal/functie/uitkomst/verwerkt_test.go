package uitkomst

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/functie/functietest"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
)

// gevraagd is the police, asked by the wijkteam to read an uitkomst, with the Opdracht in
// state s.
func gevraagd(t *testing.T, s opdracht.Staat, aan begrip.OIN) (*functie.Omgeving, functie.Functie, opdracht.Opdracht) {
	t.Helper()
	o := functietest.Omgeving(t, agent, wijk, ggz)
	f := Bouw(o)
	functietest.Gebruik(t, o, f)
	w := woorden(wijk.Soort)
	op := opdracht.Opdracht{
		ID: uuid.NewString(), Soort: "uitkomst", Zaak: zaak, Van: wijk.OIN, Aan: aan, Staat: s, Richting: opdracht.In, Personen: 1, AangebodenOp: time.Now(), Stappen: []opdracht.Stap{},
		Onderwerp: begrip.Verwijzing{Bron: wijk.OIN, Soort: "uitkomst", Pad: "/v1/uitkomsten-overleg/" + uuid.NewString()},
		Vrager:    opdracht.Vrager{Naam: "Samira", Rol: begrip.RolWijkteam, Doel: w.Doel, Grondslag: w.Grondslag},
	}
	if s != opdracht.Aangeboden {
		op.Stappen = append(op.Stappen, opdracht.Stap{ID: uuid.NewString(), Naar: s, Op: time.Now(), Door: "Noor"})
	}
	b, err := json.Marshal(op)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Dossier.Tx(t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(t.Context(), dossier.Record{Soort: opdracht.RecordSoort, ID: op.ID, Zaak: zaak, Staat: string(s), Door: "test", Inhoud: b})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return o, f, op
}

func noor(rol begrip.Rol) toegang.Sessie {
	return toegang.Sessie{Persoon: "noor", Naam: "Noor", Rol: rol, OIN: agent.OIN}
}

// Saying that something is worked in: by who may read it, once, while it is asked, by whom
// it was asked.
func TestVerwerktZegtWieMagLezen(t *testing.T) {
	o, f, op := gevraagd(t, opdracht.Aangeboden, agent.OIN)
	for _, rol := range []begrip.Rol{begrip.RolAdministratie, begrip.RolPrivacy, ""} {
		if err := soort.Verwerkt(t.Context(), o, op.ID, noor(rol)); !begrip.Is(err, begrip.Verboden) {
			t.Errorf("by %q: %v", rol, err)
		}
		if f.Opent["uitkomst"](t.Context(), noor(rol), op) {
			t.Errorf("the Postvak leads %q to it", rol)
		}
	}
	if nu, _ := o.Opdrachten.Lees(t.Context(), op.ID); nu.Staat != opdracht.Aangeboden {
		t.Fatalf("a refused act changed it: %s", nu.Staat)
	}
	if !f.Opent["uitkomst"](t.Context(), noor(begrip.RolAgent), op) {
		t.Error("the Postvak does not lead to it")
	}
	if err := soort.Verwerkt(t.Context(), o, op.ID, noor(begrip.RolAgent)); err != nil {
		t.Fatal(err)
	}
	if nu, _ := o.Opdrachten.Lees(t.Context(), op.ID); nu.Staat != opdracht.Uitgevoerd {
		t.Errorf("afterwards: %s", nu.Staat)
	}
	if err := soort.Verwerkt(t.Context(), o, op.ID, noor(begrip.RolAgent)); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("twice: %v", err)
	}
	o, _, op = gevraagd(t, opdracht.Ingetrokken, agent.OIN)
	if err := soort.Verwerkt(t.Context(), o, op.ID, noor(begrip.RolAgent)); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("after it was withdrawn: %v", err)
	}
	if err := soort.Verwerkt(t.Context(), o, uuid.NewString(), noor(begrip.RolAgent)); !begrip.Is(err, begrip.NietGevonden) {
		t.Errorf("that is not there: %v", err)
	}
}

// The page of a source that does not answer says so, keeps the button away and shows
// nothing.
func TestEenStilleBronStaatOpDePagina(t *testing.T) {
	_, f, op := gevraagd(t, opdracht.Aangeboden, agent.OIN)
	w := functietest.NieuweWerkplek(t, f, noor(begrip.RolAgent))
	p := w.Open("/postvak/uitkomst/" + op.ID)
	if p.Status != http.StatusBadGateway || !strings.Contains(p.HTML, "Wijkteam") || strings.Contains(p.HTML, "Gelezen en verwerkt") {
		t.Errorf("%d %s", p.Status, p.HTML)
	}
	w.Als = noor(begrip.RolAdministratie)
	if p = w.Open("/postvak/uitkomst/" + op.ID); p.Status == http.StatusOK {
		t.Errorf("without the right: %d", p.Status)
	}
	if p = w.Stuur("/postvak/uitkomst/"+op.ID, nil); p.Status != http.StatusForbidden {
		t.Errorf("sent without the right: %d", p.Status)
	}
}

package node

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// A shielded source keeps silent about who looked. The reader's own node then
// tells the family that it looked, and not where.
func TestLezerVerteltZelfOverAfgeschermdeMelding(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	_, b := c.doe(verzoek{als: politie, bij: politie, methode: "POST", pad: "/meldingen", body: meldingJSON(true), wil: 201})
	var m struct{ ID, Zaak string }
	if err := json.Unmarshal([]byte(b), &m); err != nil {
		t.Fatal(err)
	}
	l := lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, m.Zaak)
	haal := func() {
		t.Helper()
		if _, err := n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, "/v1/meldingen/"+m.ID, *l, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	haal()
	regels := slices.DeleteFunc(n.logboek(vt), func(r dossier.Logregel) bool { return r.Soort != "melding" })
	if len(regels) != 2 || regels[0].Vervolg != regels[1].ID || !regels[0].BronAfgeschermd || regels[0].TraceID != regels[1].TraceID {
		t.Fatalf("the second line does not add to the first: %+v", regels)
	}
	ouder := &toegang.Lezer{Organisatie: portaal, Persoon: "s", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: kind}
	gezin := func(bij begrip.Organisatie) (delen, inzagen int, b string) {
		t.Helper()
		_, b = c.doe(verzoek{als: portaal, bij: bij, methode: "POST", pad: "/betrokkenen/query", lezer: ouder, body: map[string]any{"burgerservicenummer": kind.Leesbaar()}, wil: 200})
		var g struct{ Delen, Inzagen []any }
		if err := json.Unmarshal([]byte(b), &g); err != nil {
			t.Fatal(err)
		}
		return len(g.Delen), len(g.Inzagen), b
	}
	for _, geheim := range []string{politie.Naam, string(politie.OIN), m.ID, "Noor Hendriks"} {
		if _, inzagen, b := gezin(vt); inzagen != 1 || strings.Contains(b, geheim) || !strings.Contains(b, "Las de melding.") {
			t.Errorf("Veilig Thuis tells %d looks, %q may not be there: %s", inzagen, geheim, b)
		}
	}
	if delen, inzagen, b := gezin(politie); delen+inzagen != 0 {
		t.Errorf("the shielded source speaks: %s", b)
	}
	// Released later: the look from before stays where it was told, once.
	n.hef(m.ID)
	haal()
	if delen, inzagen, b := gezin(politie); delen != 1 || inzagen != 1 {
		t.Errorf("after the release the source tells %d looks, want the new one: %s", inzagen, b)
	}
	if _, inzagen, b := gezin(vt); inzagen != 1 || strings.Contains(b, politie.Naam) {
		t.Errorf("after the release the reader tells %d looks: %s", inzagen, b)
	}
	n.geenBSN()
}

// hef takes the shield off a melding of the police.
func (n *net) hef(id string) {
	n.t.Helper()
	if err := n.nodes[politie.OIN].store.Tx(n.t.Context(), func(tx *dossier.Tx) error {
		rec, err := tx.Lees(n.t.Context(), "melding", id, time.Time{})
		if err != nil {
			return err
		}
		var m map[string]json.RawMessage
		if err := json.Unmarshal(rec.Inhoud, &m); err != nil {
			return err
		}
		delete(m, "melderAfscherming")
		if rec.Inhoud, err = json.Marshal(m); err != nil {
			return err
		}
		_, err = tx.Schrijf(n.t.Context(), rec)
		return err
	}); err != nil {
		n.t.Fatal(err)
	}
}

package node

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/toegang"
)

// TestNoodtoegangMetAlarmEnControle: who has no rule reads one record for a
// good reason; the privacy officer knows at once, and the family sees it.
func TestNoodtoegangMetAlarmEnControle(t *testing.T) {
	n := nieuwNet(t)
	id := n.brief(politie, false)
	l := medewerker(vt, begrip.RolJeugdbeschermer)
	haal := func(l toegang.Lezer) (inzage.Antwoord, error) {
		return n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/"+id, l, nil, nil)
	}
	if _, err := haal(l); !begrip.Is(err, begrip.Verboden) {
		t.Fatalf("without a rule: %v", err)
	}
	l.Nood = toegang.Nood{Reden: "Kort.", Tot: time.Now().Add(time.Hour)}
	if _, err := haal(l); err == nil {
		t.Error("a word is a reason")
	}
	for _, rol := range []begrip.Rol{begrip.RolAdministratie, begrip.RolSysteem} {
		x := medewerker(vt, rol)
		x.Nood = toegang.Nood{Reden: "Het kind is weg en niemand weet waar.", Tot: time.Now().Add(time.Hour)}
		if _, err := haal(x); err == nil {
			t.Errorf("%s reads on noodtoegang", rol)
		}
	}
	l.Nood.Reden = "Het kind is weg en niemand weet waar."
	a, err := haal(l)
	if err != nil || a.Niveau != begrip.NiveauInhoud || !strings.Contains(strings.Join(a.Plichten, ","), toegang.PlichtNakijken) {
		t.Fatalf("%v %+v", err, a)
	}
	taken, err := n.nodes[politie.OIN].waarborgen.Taken(t.Context())
	if err != nil || len(taken.Nood) != 1 || taken.Nood[0].Reden != l.Nood.Reden || taken.Nood[0].Organisatie != vt.OIN {
		t.Fatalf("the privacy officer does not know: %+v %v", taken, err)
	}
	for _, o := range []begrip.Organisatie{politie, vt} {
		if r := n.logboek(o)[0]; r.Nood != l.Nood.Reden || !r.Toegestaan {
			t.Errorf("log of %s: %+v", o.Naam, r)
		}
	}
	_, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/query", gezinslid(kind, begrip.BSN{}), bsnVraag(kind))
	var g inzage.Gezinsbeeld
	if err := json.Unmarshal([]byte(b), &g); err != nil || len(g.Inzagen) == 0 || !g.Inzagen[0].Nood || strings.Contains(b, "niemand weet waar") {
		t.Errorf("the family: %s", b)
	}
	n.wacht("noodtoegang-gebruikt", func() bool {
		n.mu.Lock()
		defer n.mu.Unlock()
		for _, e := range n.events {
			if strings.Contains(string(e), "noodtoegang-gebruikt") {
				if strings.Contains(string(e), "niemand weet waar") || strings.Contains(string(e), l.Naam) {
					t.Errorf("the event tells who or why: %s", e)
				}
				return true
			}
		}
		return false
	})
	n.geenBSN()
}

// TestNoodtoegangGeeftDeInhoudWaarDeRegelMinderGeeft: who may see that a letter is
// there, and needs what is in it, asks for that; who may see it anyhow raises no
// alarm.
func TestNoodtoegangGeeftDeInhoudWaarDeRegelMinderGeeft(t *testing.T) {
	n := nieuwNet(t)
	id := n.brief(politie, false)
	nood := toegang.Nood{Reden: "Het kind is weg en niemand weet waar.", Tot: time.Now().Add(time.Hour)}
	haal := func(rol begrip.Rol, niveau *begrip.Niveau) inzage.Antwoord {
		t.Helper()
		l := medewerker(vt, rol)
		l.Nood = nood
		a, err := n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/"+id, l, nil, niveau)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	alarmen := func() int {
		t.Helper()
		taken, err := n.nodes[politie.OIN].waarborgen.Taken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(taken.Nood)
	}
	inhoud := begrip.NiveauInhoud
	if a := haal(begrip.RolMedewerkerVT, &inhoud); a.Niveau != inhoud || alarmen() != 0 {
		t.Errorf("who may read it: niveau %d, %d alarms", a.Niveau, alarmen())
	}
	if a := haal(begrip.RolRaadsonderzoek, nil); a.Niveau != begrip.NiveauProces || alarmen() != 0 {
		t.Errorf("no niveau asked: niveau %d, %d alarms", a.Niveau, alarmen())
	}
	if a := haal(begrip.RolRaadsonderzoek, &inhoud); a.Niveau != inhoud || !strings.Contains(string(a.Inhoud), "De inhoud") || alarmen() != 1 {
		t.Errorf("the content asked: niveau %d, %d alarms", a.Niveau, alarmen())
	}
}

// TestInzageBijDirectGevaarWordtNagekeken: a look that a rule allows because of
// acute danger needs no noodtoegang, and is reviewed all the same.
func TestInzageBijDirectGevaarWordtNagekeken(t *testing.T) {
	n := nieuwNet(t)
	id := n.brief(politie, false)
	l := medewerker(vt, begrip.RolBehandelaar)
	l.Doel, l.Grondslag = "acute-veiligheid", "AVG-6-1-d"
	if _, err := n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/"+id, l, nil, nil); err != nil {
		t.Fatal(err)
	}
	taken, err := n.nodes[politie.OIN].waarborgen.Taken(t.Context())
	if err != nil || len(taken.Nood) != 1 || taken.Nood[0].Onderwerp.ID != id || taken.Nood[0].Persoon != l.Persoon || !strings.Contains(taken.Nood[0].Reden, "direct gevaar") {
		t.Fatalf("nobody reviews it: %+v %v", taken.Nood, err)
	}
	if r := n.logboek(politie)[0]; r.Nood != "" || !r.Toegestaan {
		t.Errorf("the log calls it noodtoegang: %+v", r)
	}
}

// TestNoodtoegangOpAfgeschermdeBronMeldtNietsInDeKeten: a shielded source stays
// unknown to the family, also when someone looked in an hour of need.
func TestNoodtoegangOpAfgeschermdeBronMeldtNietsInDeKeten(t *testing.T) {
	n := nieuwNet(t)
	id := n.brief(politie, true)
	l := medewerker(vt, begrip.RolJeugdbeschermer)
	l.Nood = toegang.Nood{Reden: "Het kind is weg en niemand weet waar.", Tot: time.Now().Add(time.Hour)}
	if _, err := n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/"+id, l, []begrip.BSN{kind}, nil); err != nil {
		t.Fatal(err)
	}
	if taken, _ := n.nodes[politie.OIN].waarborgen.Taken(t.Context()); len(taken.Nood) != 1 {
		t.Errorf("the privacy officer does not know: %+v", taken)
	}
	n.wacht("de gebeurtenis van de blik", func() bool { n.mu.Lock(); defer n.mu.Unlock(); return len(n.events) > 0 })
	n.mu.Lock()
	for _, e := range n.events {
		if strings.Contains(string(e), "noodtoegang") {
			t.Errorf("%s", e)
		}
	}
	n.mu.Unlock()
	if _, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/query", gezinslid(kind, begrip.BSN{}), bsnVraag(kind)); strings.Contains(b, id) || strings.Contains(b, `"wie"`) {
		t.Errorf("the family reads of the shielded source: %s", b)
	}
}

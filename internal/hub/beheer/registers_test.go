package beheer_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/inname"
	"github.com/handbereik/soh/internal/hub/register"
)

func TestDeelnemerKomtWijzigtEnVertrektInHetLog(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0)
	keten, vt := p.Als(hubtest.OrgHub), p.Als(hubtest.OrgVT)
	nieuw := register.Deelnemer{Organisatie: hubtest.OrgVreemd, API: "https://vreemd.example/v1", Contact: register.Contact{Techniek: register.Contactpunt{Email: "techniek@vreemd.example", Telefoon: "070 123 45 67"}}}
	vt.JSON("POST", "/v1/deelnemers", nieuw, http.StatusForbidden)
	keten.JSON("POST", "/v1/deelnemers", nieuw, http.StatusCreated)
	keten.JSON("POST", "/v1/deelnemers", nieuw, http.StatusConflict)
	vreemd := p.Als(hubtest.OrgVreemd)
	if b := vreemd.JSON("GET", "/v1/deelnemers/"+string(hubtest.OrgVreemd.OIN), nil, http.StatusOK); !bytes.Contains(b, []byte("techniek@vreemd.example")) || bytes.Contains(b, []byte("uitBestand")) {
		t.Fatalf("deelnemer: %s", b)
	}
	nieuw.Naam = "Vreemd Anders"
	keten.JSON("PUT", "/v1/deelnemers/"+string(hubtest.OrgVreemd.OIN), nieuw, http.StatusOK)
	vreemd.JSON("PUT", "/v1/deelnemers/"+string(hubtest.OrgVreemd.OIN), nieuw, http.StatusForbidden)
	fout := nieuw
	fout.API, fout.Soort = "http://x", "?"
	if b := keten.JSON("PUT", "/v1/deelnemers/"+string(hubtest.OrgVreemd.OIN), fout, http.StatusBadRequest); !bytes.Contains(b, []byte(`"api"`)) || !bytes.Contains(b, []byte(`"soort"`)) {
		t.Errorf("not all mistakes at once: %s", b)
	}
	keten.JSON("DELETE", "/v1/deelnemers/"+string(hubtest.OrgVreemd.OIN), nil, http.StatusNoContent)
	vreemd.JSON("GET", "/v1/deelnemers", nil, http.StatusForbidden)
	keten.JSON("DELETE", "/v1/deelnemers/"+string(hubtest.OrgVreemd.OIN), nil, http.StatusNotFound)
	var typen []string
	for _, ev := range vt.Zoek("/v1/gebeurtenissen/query", `{"subject":"urn:soh:deelnemer:`+string(hubtest.OrgVreemd.OIN)+`"}`) {
		typen = append(typen, strings.TrimPrefix(ev.Type, "nl.jzv.ketenindex.deelnemer-"))
	}
	if strings.Join(typen, " ") != "toegetreden gewijzigd vertrokken" {
		t.Errorf("the history is %v", typen)
	}
	// The register is the log: it comes back without read model.
	p.Stop()
	if err := os.RemoveAll(filepath.Join(p.Dir, "index")); err != nil {
		t.Fatal(err)
	}
	p = hubtest.StartIn(t, basis, 0)
	if d, ok := p.Register.Geef(hubtest.OrgVreemd.OIN); !ok || !d.Ingetrokken || d.Naam != "Vreemd Anders" {
		t.Errorf("after a rebuild: %+v %v", d, ok)
	}
	p.Als(hubtest.OrgVreemd).JSON("GET", "/v1/deelnemers", nil, http.StatusForbidden)
}

// What was changed through the API stands, also after a restart, until the
// operator changes that entry of the file.
func TestBestandOverschrijftAlleenWatErinVeranderde(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0)
	keten := p.Als(hubtest.OrgHub)
	vt := register.Deelnemer{Organisatie: hubtest.OrgVT, API: "https://nieuw.example"}
	keten.JSON("PUT", "/v1/deelnemers/"+string(hubtest.OrgVT.OIN), vt, http.StatusOK)
	p.Stop()
	p = hubtest.StartIn(t, basis, 0)
	if d, _ := p.Register.Geef(hubtest.OrgVT.OIN); d.API != vt.API {
		t.Fatalf("the file put the old address back: %s", d.API)
	}
	voor := p.Hub.Log.Laatste()
	vt.API = "https://bestand.example"
	if err := register.Schrijf(p.Dir, []register.Deelnemer{{Organisatie: hubtest.OrgPolitie, API: "https://" + string(hubtest.OrgPolitie.OIN) + ".example"}, vt}); err != nil {
		t.Fatal(err)
	}
	hubtest.Rond(t, "the entry was taken over", func() bool { d, _ := p.Register.Geef(hubtest.OrgVT.OIN); return d.API == vt.API })
	if _, err := p.Register.Toegelaten(hubtest.OrgPortaal.OIN); !begrip.Is(err, begrip.Verboden) {
		t.Error("who was taken out of the file still takes part")
	}
	if n := p.Hub.Log.Laatste() - voor; n > 1 {
		t.Errorf("%d blocks for one change of the list", n)
	}
	if err := os.WriteFile(filepath.Join(p.Dir, register.Bestand), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	hubtest.Rond(t, "the broken file is told", func() bool { return strings.Contains(p.Logboek.String(), "niet uit het bestand overgenomen") })
	if n := p.Deelnemers(); n != 2 {
		t.Errorf("a broken file left %d deelnemers", n)
	}
}

// What changed in the registers is there to read, newest first, also by who
// left; what was refused or withdrawn is not.
func TestGeschiedenisVanDeRegistersStaatInHetLog(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0)
	keten, vt := p.Als(hubtest.OrgHub), p.Als(hubtest.OrgVT)
	begin := time.Now()
	vt.JSON("POST", "/v1/diensten", register.Dienst{Naam: "Wijkteam", Omschrijving: "Hulp", Doelgroep: "Gezinnen", Regio: "Utrecht", HoeAanvragen: "Bel"}, http.StatusCreated)
	tot := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Second)
	var s register.Storing
	if err := json.Unmarshal(vt.JSON("POST", "/v1/storingen", register.Storing{Soort: "onderhoud", Wat: "Nieuwe versie", Gevolg: "Even geen antwoord", Vanaf: tot.Add(-time.Hour), Tot: &tot}, http.StatusCreated), &s); err != nil {
		t.Fatal(err)
	}
	vt.JSON("POST", "/v1/storingen", register.Storing{Over: hubtest.OrgPolitie.OIN, Soort: "storing", Wat: "Verzonnen", Gevolg: "x", Vanaf: tot}, http.StatusForbidden)
	if b, err := p.Beheer.Bord(begin, time.Now()); err != nil || len(b.Storingen) != 1 || len(b.Diensten) != 1 {
		t.Errorf("the board: %+v %v", b, err)
	}
	vt.JSON("DELETE", "/v1/storingen/"+s.ID, nil, http.StatusNoContent)
	keten.JSON("DELETE", "/v1/deelnemers/"+string(hubtest.OrgVT.OIN), nil, http.StatusNoContent)
	zie := func(n int) (uit []string) {
		t.Helper()
		lijst, err := p.Beheer.Geschiedenis(begin.Add(-time.Minute), n)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range lijst {
			if w.Over == hubtest.OrgVT.OIN {
				uit = append(uit, cloudevent.Gebeurtenis(w.Type)+" "+w.Wat+" "+string(w.Door))
			}
		}
		return uit
	}
	keer, eigen := " "+string(hubtest.OrgVT.OIN), " "+string(hubtest.OrgHub.OIN)
	want := []string{"deelnemer-vertrokken " + hubtest.OrgVT.Naam + eigen, "storing-voorbij Nieuwe versie" + keer, "storing-gemeld Nieuwe versie" + keer, "dienst-aangeboden Wijkteam" + keer, "deelnemer-toegetreden " + hubtest.OrgVT.Naam + eigen}
	if got := zie(100); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the history is %q", got)
	}
	if got := zie(2); strings.Join(got, "\n") != strings.Join(want[:2], "\n") {
		t.Errorf("the newest two are %q", got)
	}
	if lijst, err := p.Beheer.Geschiedenis(time.Now().Add(time.Hour), 100); err != nil || len(lijst) > 0 {
		t.Errorf("of the future: %v %v", lijst, err)
	}
}

func TestNiemandAndersVerteltWieMeedoen(t *testing.T) {
	p := hubtest.Start(t)
	vals := register.Deelnemer{Organisatie: hubtest.OrgVreemd, API: "https://vreemd.example"}
	ev, err := p.Inname.FeitEvent(hubtest.OrgPolitie, inname.NieuwFeit{Typ: cloudevent.DeelnemerToegetreden, ID: string(hubtest.OrgVreemd.OIN), Activiteit: "soh:BeherenDeelnemer", Inhoud: vals})
	if err != nil {
		t.Fatal(err)
	}
	ev.Source = hubtest.OrgPolitie.OIN.Systeem("proef")
	if a := p.Als(hubtest.OrgPolitie).Push(ev); a.Status != http.StatusForbidden {
		t.Fatalf("the police let someone in: %d %s", a.Status, a.Body)
	}
	if _, ok := p.Register.Geef(hubtest.OrgVreemd.OIN); ok {
		t.Error("it counts")
	}
}

func TestDienstenApisEnStoringenPerDeelnemer(t *testing.T) {
	p := hubtest.Start(t)
	keten, vt, politie := p.Als(hubtest.OrgHub), p.Als(hubtest.OrgVT), p.Als(hubtest.OrgPolitie)
	var ids []string
	for _, naam := range []string{"Opvoedhulp", "Crisisopvang", "Gezinscoach"} {
		var d register.Dienst
		if err := json.Unmarshal(vt.JSON("POST", "/v1/diensten", register.Dienst{Naam: naam, Omschrijving: "Hulp", Doelgroep: "Ouders", Regio: "Den Haag", HoeAanvragen: "Bel ons."}, http.StatusCreated), &d); err != nil || d.Aanbieder != hubtest.OrgVT.OIN {
			t.Fatalf("%+v %v", d, err)
		}
		ids = append(ids, d.ID)
	}
	dienst := register.Dienst{Naam: "Gekaapt", Omschrijving: "x", Doelgroep: "x", Regio: "x", HoeAanvragen: "x"}
	politie.JSON("PUT", "/v1/diensten/"+ids[0], dienst, http.StatusForbidden)
	dienst.Aanbieder = hubtest.OrgPolitie.OIN
	politie.JSON("PUT", "/v1/diensten/"+ids[0], dienst, http.StatusForbidden)
	politie.JSON("DELETE", "/v1/diensten/"+ids[0], nil, http.StatusForbidden)
	dienst.Aanbieder = hubtest.OrgVT.OIN
	politie.JSON("POST", "/v1/diensten", dienst, http.StatusForbidden)
	vt.JSON("POST", "/v1/diensten", register.Dienst{Naam: "Over " + hubtest.Sentinel}, http.StatusBadRequest)
	vt.JSON("DELETE", "/v1/diensten/"+ids[0], nil, http.StatusNoContent)
	var gezien []string
	for pad := "/v1/diensten?limiet=1&regio=haag"; pad != ""; {
		a := politie.Doe("GET", pad, "", nil, "")
		var l struct{ Diensten []register.Dienst }
		if err := json.Unmarshal(a.Body, &l); err != nil || len(l.Diensten) > 1 {
			t.Fatalf("%s %v", a.Body, err)
		}
		for _, d := range l.Diensten {
			gezien = append(gezien, d.Naam)
		}
		pad, _, _ = strings.Cut(strings.TrimPrefix(a.Kop.Get("Link"), "<"), ">")
	}
	if len(gezien) != 2 || strings.Contains(strings.Join(gezien, " "), "Opvoedhulp") {
		t.Errorf("the list has %v", gezien)
	}
	politie.JSON("GET", "/v1/diensten?naam=x&limiet=0", nil, http.StatusBadRequest)

	politie.JSON("POST", "/v1/apis", register.API{Naam: "Meldingen", OpenAPI: "https://politie.example/v1/openapi.json", Versie: "1.0.0", Status: "in-gebruik"}, http.StatusCreated)
	if b := vt.JSON("GET", "/v1/apis?deelnemer="+string(hubtest.OrgPolitie.OIN), nil, http.StatusOK); !bytes.Contains(b, []byte("1.0.0")) {
		t.Errorf("apis: %s", b)
	}
	storing := register.Storing{Soort: "storing", Wat: "Traag", Gevolg: "Wachten", Vanaf: time.Now().Add(-time.Hour)}
	var s register.Storing
	if err := json.Unmarshal(keten.JSON("POST", "/v1/storingen", storing, http.StatusCreated), &s); err != nil || s.Over != hubtest.OrgHub.OIN {
		t.Fatal(err)
	}
	politie.JSON("DELETE", "/v1/storingen/"+s.ID, nil, http.StatusForbidden)
	keten.JSON("DELETE", "/v1/storingen/"+s.ID, nil, http.StatusNoContent)
	if b := vt.JSON("GET", "/v1/storingen?geldt=true", nil, http.StatusOK); bytes.Contains(b, []byte(s.ID)) {
		t.Errorf("what is over still holds: %s", b)
	}
	if b := vt.JSON("GET", "/v1/storingen/"+s.ID, nil, http.StatusOK); !bytes.Contains(b, []byte(`"tot"`)) {
		t.Errorf("the end is not on record: %s", b)
	}
}

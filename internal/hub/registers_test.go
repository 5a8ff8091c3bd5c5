package hub

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
	"github.com/handbereik/soh/internal/hub/register"
)

// rond waits for a condition; the deadline only guards against hanging.
func rond(t *testing.T, wat string, f func() bool) {
	t.Helper()
	for eind := time.Now().Add(time.Minute); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(eind) {
			t.Fatalf("%s: did not happen in time", wat)
		}
	}
}

func (b *beller) json(methode, pad string, v any, status int) []byte {
	b.p.t.Helper()
	lijf, err := json.Marshal(v)
	if err != nil {
		b.p.t.Fatal(err)
	}
	if v == nil {
		lijf = nil
	}
	a := b.doe(methode, pad, "application/json", lijf, "")
	if a.status != status {
		b.p.t.Fatalf("%s %s: %d, want %d: %s", methode, pad, a.status, status, a.body)
	}
	return a.body
}

func TestDeelnemerKomtWijzigtEnVertrektInHetLog(t *testing.T) {
	basis := t.TempDir()
	p := startIn(t, basis, 0)
	keten, vt := p.als(orgHub), p.als(orgVT)
	nieuw := register.Deelnemer{Organisatie: orgVreemd, API: "https://vreemd.example/v1", Contact: register.Contact{Techniek: register.Contactpunt{Email: "techniek@vreemd.example", Telefoon: "070 123 45 67"}}}
	vt.json("POST", "/v1/deelnemers", nieuw, http.StatusForbidden)
	keten.json("POST", "/v1/deelnemers", nieuw, http.StatusCreated)
	keten.json("POST", "/v1/deelnemers", nieuw, http.StatusConflict)
	vreemd := p.als(orgVreemd)
	if b := vreemd.json("GET", "/v1/deelnemers/"+string(orgVreemd.OIN), nil, http.StatusOK); !bytes.Contains(b, []byte("techniek@vreemd.example")) || bytes.Contains(b, []byte("uitBestand")) {
		t.Fatalf("deelnemer: %s", b)
	}
	nieuw.Naam = "Vreemd Anders"
	keten.json("PUT", "/v1/deelnemers/"+string(orgVreemd.OIN), nieuw, http.StatusOK)
	vreemd.json("PUT", "/v1/deelnemers/"+string(orgVreemd.OIN), nieuw, http.StatusForbidden)
	fout := nieuw
	fout.API, fout.Soort = "http://x", "?"
	if b := keten.json("PUT", "/v1/deelnemers/"+string(orgVreemd.OIN), fout, http.StatusBadRequest); !bytes.Contains(b, []byte(`"api"`)) || !bytes.Contains(b, []byte(`"soort"`)) {
		t.Errorf("not all mistakes at once: %s", b)
	}
	keten.json("DELETE", "/v1/deelnemers/"+string(orgVreemd.OIN), nil, http.StatusNoContent)
	vreemd.json("GET", "/v1/deelnemers", nil, http.StatusForbidden)
	keten.json("DELETE", "/v1/deelnemers/"+string(orgVreemd.OIN), nil, http.StatusNotFound)
	var typen []string
	for _, ev := range vt.zoek("/v1/gebeurtenissen/query", `{"subject":"urn:soh:deelnemer:`+string(orgVreemd.OIN)+`"}`) {
		typen = append(typen, strings.TrimPrefix(ev.Type, "nl.jzv.ketenindex.deelnemer-"))
	}
	if strings.Join(typen, " ") != "toegetreden gewijzigd vertrokken" {
		t.Errorf("the history is %v", typen)
	}
	// The register is the log: it comes back without read model.
	p.stop()
	if err := os.RemoveAll(filepath.Join(p.dir, "index")); err != nil {
		t.Fatal(err)
	}
	p = startIn(t, basis, 0)
	if d, ok := p.register.Geef(orgVreemd.OIN); !ok || !d.Ingetrokken || d.Naam != "Vreemd Anders" {
		t.Errorf("after a rebuild: %+v %v", d, ok)
	}
	p.als(orgVreemd).json("GET", "/v1/deelnemers", nil, http.StatusForbidden)
}

// What was changed through the API stands, also after a restart, until the
// operator changes that entry of the file.
func TestBestandOverschrijftAlleenWatErinVeranderde(t *testing.T) {
	basis := t.TempDir()
	p := startIn(t, basis, 0)
	keten := p.als(orgHub)
	vt := register.Deelnemer{Organisatie: orgVT, API: "https://nieuw.example"}
	keten.json("PUT", "/v1/deelnemers/"+string(orgVT.OIN), vt, http.StatusOK)
	p.stop()
	p = startIn(t, basis, 0)
	if d, _ := p.register.Geef(orgVT.OIN); d.API != vt.API {
		t.Fatalf("the file put the old address back: %s", d.API)
	}
	voor := p.Hub.log.Laatste()
	vt.API = "https://bestand.example"
	if err := register.Schrijf(p.dir, []register.Deelnemer{{Organisatie: orgPolitie, API: "https://" + string(orgPolitie.OIN) + ".example"}, vt}); err != nil {
		t.Fatal(err)
	}
	rond(t, "the entry was taken over", func() bool { d, _ := p.register.Geef(orgVT.OIN); return d.API == vt.API })
	if _, err := p.register.Toegelaten(orgPortaal.OIN); !begrip.Is(err, begrip.Verboden) {
		t.Error("who was taken out of the file still takes part")
	}
	if n := p.Hub.log.Laatste() - voor; n > 1 {
		t.Errorf("%d blocks for one change of the list", n)
	}
	if err := os.WriteFile(filepath.Join(p.dir, register.Bestand), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	rond(t, "the broken file is told", func() bool { return strings.Contains(p.log.String(), "niet uit het bestand overgenomen") })
	if n := p.Deelnemers(); n != 2 {
		t.Errorf("a broken file left %d deelnemers", n)
	}
}

// What changed in the registers is there to read, newest first, also by who
// left; what was refused or withdrawn is not.
func TestGeschiedenisVanDeRegistersStaatInHetLog(t *testing.T) {
	basis := t.TempDir()
	p := startIn(t, basis, 0)
	keten, vt := p.als(orgHub), p.als(orgVT)
	begin := time.Now()
	vt.json("POST", "/v1/diensten", register.Dienst{Naam: "Wijkteam", Omschrijving: "Hulp", Doelgroep: "Gezinnen", Regio: "Utrecht", HoeAanvragen: "Bel"}, http.StatusCreated)
	tot := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Second)
	var s register.Storing
	if err := json.Unmarshal(vt.json("POST", "/v1/storingen", register.Storing{Soort: "onderhoud", Wat: "Nieuwe versie", Gevolg: "Even geen antwoord", Vanaf: tot.Add(-time.Hour), Tot: &tot}, http.StatusCreated), &s); err != nil {
		t.Fatal(err)
	}
	vt.json("POST", "/v1/storingen", register.Storing{Over: orgPolitie.OIN, Soort: "storing", Wat: "Verzonnen", Gevolg: "x", Vanaf: tot}, http.StatusForbidden)
	if b, err := p.Bord(begin, time.Now()); err != nil || len(b.Storingen) != 1 || len(b.Diensten) != 1 {
		t.Errorf("the board: %+v %v", b, err)
	}
	vt.json("DELETE", "/v1/storingen/"+s.ID, nil, http.StatusNoContent)
	keten.json("DELETE", "/v1/deelnemers/"+string(orgVT.OIN), nil, http.StatusNoContent)
	zie := func(n int) (uit []string) {
		t.Helper()
		lijst, err := p.Geschiedenis(begin.Add(-time.Minute), n)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range lijst {
			if w.Over == orgVT.OIN {
				uit = append(uit, cloudevent.Gebeurtenis(w.Type)+" "+w.Wat+" "+string(w.Door))
			}
		}
		return uit
	}
	keer, eigen := " "+string(orgVT.OIN), " "+string(orgHub.OIN)
	want := []string{"deelnemer-vertrokken " + orgVT.Naam + eigen, "storing-voorbij Nieuwe versie" + keer, "storing-gemeld Nieuwe versie" + keer, "dienst-aangeboden Wijkteam" + keer, "deelnemer-toegetreden " + orgVT.Naam + eigen}
	if got := zie(100); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the history is %q", got)
	}
	if got := zie(2); strings.Join(got, "\n") != strings.Join(want[:2], "\n") {
		t.Errorf("the newest two are %q", got)
	}
	if lijst, err := p.Geschiedenis(time.Now().Add(time.Hour), 100); err != nil || len(lijst) > 0 {
		t.Errorf("of the future: %v %v", lijst, err)
	}
}

func TestNiemandAndersVerteltWieMeedoen(t *testing.T) {
	p := start(t)
	vals := register.Deelnemer{Organisatie: orgVreemd, API: "https://vreemd.example"}
	ev, err := p.feitEvent(orgPolitie, nieuwFeit{cloudevent.DeelnemerToegetreden, string(orgVreemd.OIN), "soh:BeherenDeelnemer", vals})
	if err != nil {
		t.Fatal(err)
	}
	ev.Source = orgPolitie.OIN.Systeem("proef")
	if a := p.als(orgPolitie).push(ev); a.status != http.StatusForbidden {
		t.Fatalf("the police let someone in: %d %s", a.status, a.body)
	}
	if _, ok := p.register.Geef(orgVreemd.OIN); ok {
		t.Error("it counts")
	}
}

func TestDienstenApisEnStoringenPerDeelnemer(t *testing.T) {
	p := start(t)
	keten, vt, politie := p.als(orgHub), p.als(orgVT), p.als(orgPolitie)
	var ids []string
	for _, naam := range []string{"Opvoedhulp", "Crisisopvang", "Gezinscoach"} {
		var d register.Dienst
		if err := json.Unmarshal(vt.json("POST", "/v1/diensten", register.Dienst{Naam: naam, Omschrijving: "Hulp", Doelgroep: "Ouders", Regio: "Den Haag", HoeAanvragen: "Bel ons."}, http.StatusCreated), &d); err != nil || d.Aanbieder != orgVT.OIN {
			t.Fatalf("%+v %v", d, err)
		}
		ids = append(ids, d.ID)
	}
	dienst := register.Dienst{Naam: "Gekaapt", Omschrijving: "x", Doelgroep: "x", Regio: "x", HoeAanvragen: "x"}
	politie.json("PUT", "/v1/diensten/"+ids[0], dienst, http.StatusForbidden)
	dienst.Aanbieder = orgPolitie.OIN
	politie.json("PUT", "/v1/diensten/"+ids[0], dienst, http.StatusForbidden)
	politie.json("DELETE", "/v1/diensten/"+ids[0], nil, http.StatusForbidden)
	dienst.Aanbieder = orgVT.OIN
	politie.json("POST", "/v1/diensten", dienst, http.StatusForbidden)
	vt.json("POST", "/v1/diensten", register.Dienst{Naam: "Over " + sentinel}, http.StatusBadRequest)
	vt.json("DELETE", "/v1/diensten/"+ids[0], nil, http.StatusNoContent)
	var gezien []string
	for pad := "/v1/diensten?limiet=1&regio=haag"; pad != ""; {
		a := politie.doe("GET", pad, "", nil, "")
		var l struct{ Diensten []register.Dienst }
		if err := json.Unmarshal(a.body, &l); err != nil || len(l.Diensten) > 1 {
			t.Fatalf("%s %v", a.body, err)
		}
		for _, d := range l.Diensten {
			gezien = append(gezien, d.Naam)
		}
		pad, _, _ = strings.Cut(strings.TrimPrefix(a.kop.Get("Link"), "<"), ">")
	}
	if len(gezien) != 2 || strings.Contains(strings.Join(gezien, " "), "Opvoedhulp") {
		t.Errorf("the list has %v", gezien)
	}
	politie.json("GET", "/v1/diensten?naam=x&limiet=0", nil, http.StatusBadRequest)

	politie.json("POST", "/v1/apis", register.API{Naam: "Meldingen", OpenAPI: "https://politie.example/v1/openapi.json", Versie: "1.0.0", Status: "in-gebruik"}, http.StatusCreated)
	if b := vt.json("GET", "/v1/apis?deelnemer="+string(orgPolitie.OIN), nil, http.StatusOK); !bytes.Contains(b, []byte("1.0.0")) {
		t.Errorf("apis: %s", b)
	}
	storing := register.Storing{Soort: "storing", Wat: "Traag", Gevolg: "Wachten", Vanaf: time.Now().Add(-time.Hour)}
	var s register.Storing
	if err := json.Unmarshal(keten.json("POST", "/v1/storingen", storing, http.StatusCreated), &s); err != nil || s.Over != orgHub.OIN {
		t.Fatal(err)
	}
	politie.json("DELETE", "/v1/storingen/"+s.ID, nil, http.StatusForbidden)
	keten.json("DELETE", "/v1/storingen/"+s.ID, nil, http.StatusNoContent)
	if b := vt.json("GET", "/v1/storingen?geldt=true", nil, http.StatusOK); bytes.Contains(b, []byte(s.ID)) {
		t.Errorf("what is over still holds: %s", b)
	}
	if b := vt.json("GET", "/v1/storingen/"+s.ID, nil, http.StatusOK); !bytes.Contains(b, []byte(`"tot"`)) {
		t.Errorf("the end is not on record: %s", b)
	}
}

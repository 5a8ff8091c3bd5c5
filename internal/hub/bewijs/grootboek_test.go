package bewijs_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/bewijs"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/ledger"
	"github.com/handbereik/soh/internal/prov"
)

// bron reads /tlog as a public tool does.
func bron(t *testing.T, h http.Handler, gezien *[]byte) ledger.Bron {
	return func(pad string) ([]byte, error) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/tlog/"+pad, nil))
		if w.Code == http.StatusNotFound {
			return nil, fs.ErrNotExist
		}
		if w.Code != http.StatusOK || w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d %v", pad, w.Code, w.Header())
		}
		want := "public, max-age=31536000, immutable"
		switch {
		case pad == "checkpoint":
			want = "no-store"
		case strings.Contains(pad, ".p/"):
			want = "public, max-age=60"
		}
		if got := w.Header().Get("Cache-Control"); got != want {
			t.Errorf("%s: Cache-Control %q, want %q", pad, got, want)
		}
		*gezien = append(*gezien, w.Body.Bytes()...)
		return w.Body.Bytes(), nil
	}
}

// The whole ledger is checked from what is public, and from the stored entries
// that the chain manager gets; neither holds a readable person.
func TestGrootboekIsNaTeKijkenEnVerraadtNiemand(t *testing.T) {
	p := hubtest.Start(t)
	politie, vt := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
	for i := range 300 {
		b, o := politie, hubtest.OrgPolitie
		if i%3 == 0 {
			b, o = vt, hubtest.OrgVT
		}
		if i < 295 {
			if a := b.Push(hubtest.Melding(o, hubtest.Sentinel, false)); a.Status != http.StatusAccepted {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
		} else {
			b.Aanvaard(hubtest.Melding(o, hubtest.Sentinel, false))
		}
	}
	p.WachtOpStand(300)
	// All entries, as the chain manager audits them.
	regels := map[int64][]byte{}
	var alles []byte
	for pad, n := "/v1/grootboekregels?vanaf=0", 0; pad != ""; n++ {
		a := p.Als(hubtest.OrgHub).Doe("GET", pad, "", nil, "")
		var g bewijs.Grootboekregels
		if a.Status != http.StatusOK || json.Unmarshal(a.Body, &g) != nil {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		for _, r := range g.Regels {
			e, err := base64.StdEncoding.DecodeString(r.Regel)
			if err != nil {
				t.Fatal(err)
			}
			regels[r.BladIndex], alles = e, append(alles, e...)
		}
		pad = ""
		if g.Volgende != nil {
			pad = fmt.Sprintf("/v1/grootboekregels?vanaf=%d", *g.Volgende)
		}
	}
	u, err := ledger.Keur(bron(t, p.Bewijs.Openbaar(), &alles), ledger.Keuring{Sleutel: p.Sleutel(), Regel: func(i int64) ([]byte, error) { return regels[i], nil }})
	if err != nil || u.Regels != u.Stand.Grootte || u.Regels < 300 {
		t.Fatalf("%+v %v", u, err)
	}
	for _, geheim := range []string{hubtest.Sentinel, "Sanne Geheim", base64.StdEncoding.EncodeToString([]byte(hubtest.Sentinel))} {
		if bytes.Contains(alles, []byte(geheim)) {
			t.Errorf("%s stands in the ledger", geheim)
		}
	}
	// A deelnemer gets what it offered, and nothing of another.
	a := vt.Doe("GET", "/v1/grootboekregels?vanaf=10&tot=200", "", nil, "")
	var g bewijs.Grootboekregels
	if a.Status != http.StatusOK || json.Unmarshal(a.Body, &g) != nil || len(g.Regels) == 0 || g.Vanaf != 10 || g.Tot != 200 {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	for _, r := range g.Regels {
		e, _ := base64.StdEncoding.DecodeString(r.Regel)
		f, err := kern.LeesFrame(e)
		if err != nil || f.OIN != hubtest.OrgVT.OIN || !bytes.Equal(e, regels[r.BladIndex]) || r.BladIndex < 10 || r.BladIndex >= 200 {
			t.Errorf("entry %d: %s %v", r.BladIndex, f.OIN, err)
		}
	}
	for pad, status := range map[string]int{"?vanaf=-1": 400, "?vanaf=x": 400, "?tot=9999": 400, "?vanaf=20&tot=10": 400, "?van=1": 400, "?vanaf=1&vanaf=2": 400, "?vanaf=5&tot=5": 200} {
		if a := vt.Doe("GET", "/v1/grootboekregels"+pad, "", nil, ""); a.Status != status {
			t.Errorf("%s: %d %s", pad, a.Status, a.Body)
		}
	}
	if a := p.Als(hubtest.OrgPortaal).Doe("GET", "/v1/grootboekregels", "", nil, ""); a.Status != http.StatusForbidden {
		t.Errorf("portal: %d", a.Status)
	}
	if a := p.Als(hubtest.OrgVreemd).Doe("GET", "/v1/grootboekregels", "", nil, ""); a.Status != http.StatusForbidden && a.Status != http.StatusUnauthorized {
		t.Errorf("stranger: %d", a.Status)
	}
}

// What is for everybody is the ledger, and nothing else.
func TestOpenbaarIsAlleenHetGrootboek(t *testing.T) {
	p := hubtest.Start(t)
	for _, pad := range []string{"/v1/events", "/v1/deelnemers", "/v1/grootboekregels", "/ready", "/v1/status/x", "/tlog/../v1/deelnemers"} {
		w := httptest.NewRecorder()
		p.Bewijs.Openbaar().ServeHTTP(w, httptest.NewRequest("GET", pad, nil))
		if w.Code == http.StatusOK {
			t.Errorf("%s: %d %s", pad, w.Code, w.Body)
		}
	}
}

// The same Activity in another event, with another id, counts once; what was
// left out of the graph is told at the status beside OK, and the event counts.
func TestHerhalingEnOnmogelijkeUitspraakMeldtDeStatus(t *testing.T) {
	p := hubtest.Start(t)
	b := p.Als(hubtest.OrgPolitie)
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	if _, s := b.Aanvaard(ev); s.Status != antwoord.StatusOK || len(s.Waarschuwingen) != 0 {
		t.Fatalf("%+v", s)
	}
	voor := b.Zoek("/v1/gebeurtenissen/query", `{"subject":"`+ev.Subject+`"}`)
	hash, err := p.Graph.Hash()
	if err != nil {
		t.Fatal(err)
	}
	ander := ev
	ander.ID += "-opnieuw"
	if _, s := b.Aanvaard(ander); s.Status != antwoord.StatusOK || len(s.Waarschuwingen) != 1 || s.Waarschuwingen[0] != kern.DubbelHandeld {
		t.Fatalf("%+v", s)
	}
	if na := b.Zoek("/v1/gebeurtenissen/query", `{"subject":"`+ev.Subject+`"}`); len(voor) != 1 || len(na) != 1 || na[0].ID != ev.ID {
		t.Fatalf("%d, then %d events", len(voor), len(na))
	}
	if nu, err := p.Graph.Hash(); err != nil || nu == hash {
		t.Fatal("the outcome of the second is not on record") // only its outcome, no posting
	}

	kapot := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	g, _, err := prov.Lees(kapot.Data)
	if err != nil {
		t.Fatal(err)
	}
	e := g.Entities()[0]
	e.Ref("prov:wasDerivedFrom", e.ID)
	kapot.Data = g.JSONLD()
	if _, s := b.Aanvaard(kapot); s.Status != antwoord.StatusOK || len(s.Waarschuwingen) != 1 || !strings.Contains(s.Waarschuwingen[0], "zichzelf") {
		t.Fatalf("%+v", s)
	}
	if len(b.Zoek("/v1/gebeurtenissen/query", `{"subject":"`+kapot.Subject+`"}`)) != 1 {
		t.Error("the event does not count")
	}
	leeg := hubtest.Gebeurtenis(hubtest.OrgPolitie, cloudevent.MeldingGeregistreerd, "urn:soh:melding:leeg", prov.Graph{})
	if _, s := b.Aanvaard(leeg); s.Status != antwoord.StatusFout || s.Resultaat == nil || s.Resultaat.TypeFout != "FUNCTIONEEL" {
		t.Errorf("%+v", s)
	}
}

package antwoord_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/prov"
)

// zonderPad takes out of a problem what the caller itself wrote.
func zonderPad(t *testing.T, b []byte) string {
	t.Helper()
	var p map[string]any
	if err := json.Unmarshal(b, &p); err != nil {
		t.Fatal(err)
	}
	delete(p, "instance")
	return fmt.Sprint(p)
}

func TestVraagVanEenAnderIsOnbekend(t *testing.T) {
	p := hubtest.Start(t)
	politie, vt := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
	politie.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	id := politie.Vraag(hubtest.Zoekpad, hubtest.OverPersoon)
	if bytes.Contains([]byte(id), []byte(hubtest.Sentinel)) || !strings.HasPrefix(id, "urn:soh:vraag:") {
		t.Fatalf("id %s", id)
	}
	for _, stap := range []string{"/v1/status/", "/v1/resultaten/"} {
		anders := vt.Doe("GET", stap+id, "", nil, "")
		for _, niets := range []string{id[:len(id)-4] + "AAAA", "urn:soh:vraag:", "urn:uuid:987e6543-e21b-45d6-b789-426614174111", "x"} {
			onbekend := vt.Doe("GET", stap+niets, "", nil, "")
			if anders.Status != http.StatusNotFound || onbekend.Status != anders.Status || zonderPad(t, onbekend.Body) != zonderPad(t, anders.Body) {
				t.Errorf("%s: another's query %d %s, unknown %d %s", stap, anders.Status, anders.Body, onbekend.Status, onbekend.Body)
			}
		}
	}
}

func TestBeideStappenVragenWieErBelt(t *testing.T) {
	p := hubtest.Start(t)
	vt := p.Als(hubtest.OrgVT)
	id := vt.Vraag(hubtest.Zoekpad, hubtest.OverPersoon)
	// another kind of organisation by now: the rules of that kind hold
	zaak := vt.Vraag(hubtest.Zoekpad, `{"zaak":"urn:soh:zaak:1"}`)
	burger := hubtest.OrgVT
	burger.Soort = begrip.Burgerportaal
	for _, stap := range []struct {
		lijst  []register.Deelnemer
		status int
	}{{[]register.Deelnemer{{Organisatie: burger}}, http.StatusForbidden}, {[]register.Deelnemer{{Organisatie: hubtest.OrgVT, Ingetrokken: true}}, http.StatusForbidden}} {
		if err := register.Schrijf(p.Dir, stap.lijst); err != nil {
			t.Fatal(err)
		}
		time.Sleep(700 * time.Millisecond) // the register looks again every half second
		for _, pad := range []string{"/v1/status/", "/v1/resultaten/"} {
			if a := vt.Doe("GET", pad+zaak, "", nil, ""); a.Status != stap.status {
				t.Errorf("%s: %d %s", pad, a.Status, a.Body)
			}
		}
	}
	for _, pad := range []string{"/v1/status/" + id, "/v1/resultaten/" + id} {
		if a := vt.Doe("GET", pad, "", nil, ""); a.Status != http.StatusForbidden || !bytes.Contains(a.Body, []byte("ingetrokken")) {
			t.Errorf("withdrawn: %d %s", a.Status, a.Body)
		}
	}
	if a := vt.Doe("POST", hubtest.Zoekpad, "application/json", []byte(hubtest.OverPersoon), ""); a.Status != http.StatusForbidden {
		t.Errorf("withdrawn, step one: %d", a.Status)
	}
}

func TestOudeVraagIsVerlopen(t *testing.T) {
	p := hubtest.Start(t)
	b := p.Als(hubtest.OrgPolitie)
	v := vraag.Vraag{Soort: vraag.Soorten[0], Zaak: "urn:soh:zaak:1", Limiet: 10, Gesteld: time.Now().Add(-vraag.Geldig - time.Minute)}
	id := p.Zegel.Verzegel(&v, hubtest.OrgPolitie.OIN)
	for _, pad := range []string{"/v1/status/", "/v1/resultaten/"} {
		if a := b.Doe("GET", pad+id, "", nil, ""); a.Status != http.StatusGone || !bytes.Contains(a.Body, []byte("24 uur")) {
			t.Errorf("%s: %d %s", pad, a.Status, a.Body)
		}
		if a := p.Als(hubtest.OrgVT).Doe("GET", pad+id, "", nil, ""); a.Status != http.StatusNotFound {
			t.Errorf("%s: another reader learns that the query was there: %d", pad, a.Status)
		}
	}
}

func TestVraagEnCursorBlijvenGoedNaHerstartEnHerbouw(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0)
	b := p.Als(hubtest.OrgPolitie)
	var want []string
	for range 7 {
		ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
		want = append(want, ev.ID)
		b.Aanvaard(ev)
	}
	id := b.Vraag(hubtest.Zoekpad, `{"burgerservicenummer":"`+hubtest.Sentinel+`","limiet":3}`)
	got, volgende := b.Bladzij("/v1/resultaten/" + id)
	p.Stop()

	p = hubtest.StartIn(t, basis, 0)
	b = p.Als(hubtest.OrgPolitie)
	laat := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false) // after the query: not in its answer
	b.Aanvaard(laat)
	ids, volgende := b.Bladzij(volgende)
	got = append(got, ids...)
	p.Stop()

	if err := os.RemoveAll(filepath.Join(basis, "hub", "index")); err != nil {
		t.Fatal(err)
	}
	p = hubtest.StartIn(t, basis, 0)
	b = p.Als(hubtest.OrgPolitie)
	b.Klaar(id)
	ids, volgende = b.Bladzij(volgende)
	got = append(got, ids...)
	if volgende != "" || !slices.Equal(got, want) {
		t.Fatalf("got %v and then %q\nwant %v", got, volgende, want)
	}
}

// A page is full although events on the way are hidden from the reader, and
// when only hidden events are left there is no next page.
func TestBladzijVerraadtGeenVerborgenGebeurtenis(t *testing.T) {
	p := hubtest.Start(t)
	politie, portaal := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgPortaal)
	var want []string
	for _, verborgen := range []bool{true, false, true, true, false, false, true, false, true, true} {
		ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, verborgen)
		politie.Aanvaard(ev)
		if !verborgen {
			want = append(want, ev.ID)
		}
	}
	for _, limiet := range []int{2, 4} {
		id := portaal.Vraag(hubtest.Zoekpad, fmt.Sprintf(`{"burgerservicenummer":%q,"organisatie":%q,"limiet":%d}`, hubtest.Sentinel, hubtest.OrgPolitie.OIN, limiet))
		var got []string
		for pad := "/v1/resultaten/" + id; pad != ""; {
			ids, volgende := portaal.Bladzij(pad)
			if len(ids) != limiet {
				t.Errorf("a page of %d, want %d", len(ids), limiet)
			}
			got, pad = append(got, ids...), volgende
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func TestPeildatumGeeftWatToenBekendWas(t *testing.T) {
	p := hubtest.Start(t)
	b := p.Als(hubtest.OrgPolitie)
	var ids, momenten []string
	for range 4 {
		momenten = append(momenten, time.Now().UTC().Format(time.RFC3339Nano))
		time.Sleep(2 * time.Millisecond) // the hub's clock must move between them
		ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
		ids = append(ids, ev.ID)
		b.Aanvaard(ev)
		time.Sleep(2 * time.Millisecond)
	}
	id := b.Vraag(hubtest.Zoekpad, `{"burgerservicenummer":"`+hubtest.Sentinel+`","limiet":1}`)
	for i, m := range append(momenten, "2099-01-01T00:00:00Z") {
		var got []string
		for pad := "/v1/resultaten/" + id + "?peildatum=" + m; pad != ""; {
			page, volgende := b.Bladzij(pad)
			got, pad = append(got, page...), volgende
			if pad != "" && !strings.Contains(pad, "peildatum=") {
				t.Fatalf("the next page forgets the peildatum: %s", pad)
			}
		}
		if !slices.Equal(got, ids[:i]) {
			t.Errorf("at %s: %v, want %v", m, got, ids[:i])
		}
	}
	for _, fout := range []string{"?peildatum=gisteren", "?peildatum=", "?peildatum=2026-01-01", "?cursor=", "?cursor=1z", "?bsn=" + hubtest.Sentinel, "?cursor=a&cursor=b", "?%zz"} {
		if a := b.Doe("GET", "/v1/resultaten/"+id+fout, "", nil, ""); a.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", fout, a.Status, a.Body)
		}
	}
	_, volgende := b.Bladzij("/v1/resultaten/" + id)
	if a := b.Doe("GET", volgende+"&peildatum=2026-01-01T00:00:00Z", "", nil, ""); a.Status != http.StatusBadRequest {
		t.Errorf("a cursor was taken with another peildatum: %d", a.Status)
	}
}

func TestElkeFunctieZoektAlleenHaarEigenSoort(t *testing.T) {
	p := hubtest.Start(t)
	politie, vt := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	politie.Aanvaard(ev)
	var g prov.Graph
	g.Node("urn:soh:uitkomst:1", prov.Entity, "soh:UitkomstOverleg").Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:9")
	g.Node("urn:soh:activiteit:1", prov.Activity, "soh:BeschikbaarStellenUitkomstOverleg").Ref("prov:wasAssociatedWith", hubtest.OrgVT.OIN.URN()).Ref("prov:used", ev.Subject)
	g.Node(hubtest.OrgVT.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", hubtest.OrgVT.Naam)
	g.Node("urn:soh:betrokkene:9", prov.Betrokkene).Set(prov.Burgerservicenummer, hubtest.Sentinel)
	uitkomst := hubtest.Gebeurtenis(hubtest.OrgVT, cloudevent.UitkomstBeschikbaar, "urn:soh:uitkomst:1", g)
	vt.Aanvaard(uitkomst)
	for _, tt := range []struct{ pad, id, typ, lid string }{
		{"/v1/meldingen/query", ev.ID, cloudevent.MeldingQueryResultaat, ev.Subject},
		{"/v1/uitkomsten-overleg/query", uitkomst.ID, cloudevent.UitkomstQueryResultaat, "urn:soh:uitkomst:1"},
	} {
		if got := vt.Zoek(tt.pad, hubtest.OverPersoon); len(got) != 1 || got[0].ID != tt.id {
			t.Errorf("%s: %v", tt.pad, got)
		}
		id := vt.Vraag(tt.pad, hubtest.OverPersoon)
		res, err := cloudevent.Parse(vt.Doe("GET", "/v1/resultaten/"+id, "", nil, "").Body)
		if err != nil || res.Type != tt.typ || res.Subject != id {
			t.Fatalf("%s: %+v %v", tt.pad, res, err)
		}
		graaf, w, err := prov.Lees(res.Data)
		if err != nil || len(w) > 0 {
			t.Fatalf("%s: %v %v", tt.pad, w, err)
		}
		antwoord := graaf.MetType("soh:Queryresultaat")
		if len(antwoord) != 1 || !slices.Equal(antwoord[0].Refs("prov:hadMember"), []string{tt.lid}) {
			t.Errorf("%s: members %s", tt.pad, res.Data)
		}
	}
	if got := vt.Zoek("/v1/meldingen/query", `{"organisatie":"`+string(hubtest.OrgVT.OIN)+`"}`); len(got) != 0 {
		t.Errorf("found %v", got)
	}
}

// What a sender writes as interactieid is not what the hub says it is.
func TestAfzenderKiestGeenInteractieID(t *testing.T) {
	p := hubtest.Start(t)
	b := p.Als(hubtest.OrgPolitie)
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	ev.Extensions = map[string]string{antwoord.Uitbreiding: "verzonnen", "anders": "blijft"}
	id, _ := b.Aanvaard(ev)
	got := b.Zoek(hubtest.Zoekpad, hubtest.OverPersoon)
	if len(got) != 1 || "urn:uuid:"+got[0].Extensions[antwoord.Uitbreiding] != id || got[0].Extensions["anders"] != "blijft" {
		t.Fatalf("got %v, want %s", got, id)
	}
}

// A page that is being made holds nothing that was withdrawn since its search
// began, although the search itself still finds it.
func TestIngetrokkenTijdensHetZoekenWordtNietGegeven(t *testing.T) {
	p := hubtest.Start(t)
	politie, vt := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
	id, _ := politie.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	lezer, err := p.Register.Toegelaten(hubtest.OrgVT.OIN)
	if err != nil {
		t.Fatal(err)
	}
	v, err := p.Antwoord.OpenVraag(vt.Vraag(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel)), lezer)
	if err != nil {
		t.Fatal(err)
	}
	b := antwoord.Bladzij{V: &v, Lezer: lezer, Stand: p.Geprojecteerd.Load()}
	ziet := func(plaats uint64) bool {
		x, err := p.Antwoord.Bekijk(t.Context(), &b, plaats)
		if err != nil {
			t.Fatal(err)
		}
		return x != nil
	}
	gevonden := false
	err = p.Graph.Zoek(antwoord.Zoekvraag(&v), func(plaats uint64) (bool, error) {
		gevonden = ziet(plaats)
		politie.Stuur("POST", "/v1/intrekkingen", map[string]any{"interactieId": id, "reden": "Verkeerde persoon."}, 201)
		if ziet(plaats) {
			t.Error("what was withdrawn is given")
		}
		return true, nil
	})
	if err != nil || !gevonden {
		t.Errorf("not found before it was withdrawn: %v", err)
	}
}

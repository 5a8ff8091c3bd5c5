package hub

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
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/prov"
)

const zoekpad = "/v1/gebeurtenissen/query"

// bladzij fetches one page as a list; volgende is the path of the next.
func (b *beller) bladzij(pad string) (ids []string, volgende string) {
	b.p.t.Helper()
	a := b.doe("GET", pad, "", nil, cloudevent.TypeBatch)
	var evs []struct{ ID string }
	if a.status != http.StatusOK || json.Unmarshal(a.body, &evs) != nil {
		b.p.t.Fatalf("%s: %d %s", pad, a.status, a.body)
	}
	for _, e := range evs {
		ids = append(ids, e.ID)
	}
	volgende, _, _ = strings.Cut(strings.TrimPrefix(a.kop.Get("Link"), "<"), ">")
	return ids, volgende
}

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
	p := start(t)
	politie, vt := p.als(orgPolitie), p.als(orgVT)
	politie.aanvaard(melding(orgPolitie, sentinel, false))
	id := politie.vraag(zoekpad, overPersoon)
	if bytes.Contains([]byte(id), []byte(sentinel)) || !strings.HasPrefix(id, "urn:soh:vraag:") {
		t.Fatalf("id %s", id)
	}
	for _, stap := range []string{"/v1/status/", "/v1/resultaten/"} {
		anders := vt.doe("GET", stap+id, "", nil, "")
		for _, niets := range []string{id[:len(id)-4] + "AAAA", "urn:soh:vraag:", "urn:uuid:987e6543-e21b-45d6-b789-426614174111", "x"} {
			onbekend := vt.doe("GET", stap+niets, "", nil, "")
			if anders.status != http.StatusNotFound || onbekend.status != anders.status || zonderPad(t, onbekend.body) != zonderPad(t, anders.body) {
				t.Errorf("%s: another's query %d %s, unknown %d %s", stap, anders.status, anders.body, onbekend.status, onbekend.body)
			}
		}
	}
}

func TestBeideStappenVragenWieErBelt(t *testing.T) {
	p := start(t)
	vt := p.als(orgVT)
	id := vt.vraag(zoekpad, overPersoon)
	// another kind of organisation by now: the rules of that kind hold
	zaak := vt.vraag(zoekpad, `{"zaak":"urn:soh:zaak:1"}`)
	burger := orgVT
	burger.Soort = begrip.Burgerportaal
	for _, stap := range []struct {
		lijst  []register.Deelnemer
		status int
	}{{[]register.Deelnemer{{Organisatie: burger}}, http.StatusForbidden}, {[]register.Deelnemer{{Organisatie: orgVT, Ingetrokken: true}}, http.StatusForbidden}} {
		if err := register.Schrijf(p.dir, stap.lijst); err != nil {
			t.Fatal(err)
		}
		time.Sleep(700 * time.Millisecond) // the register looks again every half second
		for _, pad := range []string{"/v1/status/", "/v1/resultaten/"} {
			if a := vt.doe("GET", pad+zaak, "", nil, ""); a.status != stap.status {
				t.Errorf("%s: %d %s", pad, a.status, a.body)
			}
		}
	}
	for _, pad := range []string{"/v1/status/" + id, "/v1/resultaten/" + id} {
		if a := vt.doe("GET", pad, "", nil, ""); a.status != http.StatusForbidden || !bytes.Contains(a.body, []byte("ingetrokken")) {
			t.Errorf("withdrawn: %d %s", a.status, a.body)
		}
	}
	if a := vt.doe("POST", zoekpad, "application/json", []byte(overPersoon), ""); a.status != http.StatusForbidden {
		t.Errorf("withdrawn, step one: %d", a.status)
	}
}

func TestOudeVraagIsVerlopen(t *testing.T) {
	p := start(t)
	b := p.als(orgPolitie)
	v := vraag.Vraag{Soort: vraag.Soorten[0], Zaak: "urn:soh:zaak:1", Limiet: 10, Gesteld: time.Now().Add(-vraag.Geldig - time.Minute)}
	id := p.zegel.Verzegel(&v, orgPolitie.OIN)
	for _, pad := range []string{"/v1/status/", "/v1/resultaten/"} {
		if a := b.doe("GET", pad+id, "", nil, ""); a.status != http.StatusGone || !bytes.Contains(a.body, []byte("24 uur")) {
			t.Errorf("%s: %d %s", pad, a.status, a.body)
		}
		if a := p.als(orgVT).doe("GET", pad+id, "", nil, ""); a.status != http.StatusNotFound {
			t.Errorf("%s: another reader learns that the query was there: %d", pad, a.status)
		}
	}
}

func TestVraagEnCursorBlijvenGoedNaHerstartEnHerbouw(t *testing.T) {
	basis := t.TempDir()
	p := startIn(t, basis, 0)
	b := p.als(orgPolitie)
	var want []string
	for range 7 {
		ev := melding(orgPolitie, sentinel, false)
		want = append(want, ev.ID)
		b.aanvaard(ev)
	}
	id := b.vraag(zoekpad, `{"burgerservicenummer":"`+sentinel+`","limiet":3}`)
	got, volgende := b.bladzij("/v1/resultaten/" + id)
	p.stop()

	p = startIn(t, basis, 0)
	b = p.als(orgPolitie)
	laat := melding(orgPolitie, sentinel, false) // after the query: not in its answer
	b.aanvaard(laat)
	ids, volgende := b.bladzij(volgende)
	got = append(got, ids...)
	p.stop()

	if err := os.RemoveAll(filepath.Join(basis, "hub", "index")); err != nil {
		t.Fatal(err)
	}
	p = startIn(t, basis, 0)
	b = p.als(orgPolitie)
	b.klaar(id)
	ids, volgende = b.bladzij(volgende)
	got = append(got, ids...)
	if volgende != "" || !slices.Equal(got, want) {
		t.Fatalf("got %v and then %q\nwant %v", got, volgende, want)
	}
}

// A page is full although events on the way are hidden from the reader, and
// when only hidden events are left there is no next page.
func TestBladzijVerraadtGeenVerborgenGebeurtenis(t *testing.T) {
	p := start(t)
	politie, portaal := p.als(orgPolitie), p.als(orgPortaal)
	var want []string
	for _, verborgen := range []bool{true, false, true, true, false, false, true, false, true, true} {
		ev := melding(orgPolitie, sentinel, verborgen)
		politie.aanvaard(ev)
		if !verborgen {
			want = append(want, ev.ID)
		}
	}
	for _, limiet := range []int{2, 4} {
		id := portaal.vraag(zoekpad, fmt.Sprintf(`{"burgerservicenummer":%q,"organisatie":%q,"limiet":%d}`, sentinel, orgPolitie.OIN, limiet))
		var got []string
		for pad := "/v1/resultaten/" + id; pad != ""; {
			ids, volgende := portaal.bladzij(pad)
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
	p := start(t)
	b := p.als(orgPolitie)
	var ids, momenten []string
	for range 4 {
		momenten = append(momenten, time.Now().UTC().Format(time.RFC3339Nano))
		time.Sleep(2 * time.Millisecond) // the hub's clock must move between them
		ev := melding(orgPolitie, sentinel, false)
		ids = append(ids, ev.ID)
		b.aanvaard(ev)
		time.Sleep(2 * time.Millisecond)
	}
	id := b.vraag(zoekpad, `{"burgerservicenummer":"`+sentinel+`","limiet":1}`)
	for i, m := range append(momenten, "2099-01-01T00:00:00Z") {
		var got []string
		for pad := "/v1/resultaten/" + id + "?peildatum=" + m; pad != ""; {
			page, volgende := b.bladzij(pad)
			got, pad = append(got, page...), volgende
			if pad != "" && !strings.Contains(pad, "peildatum=") {
				t.Fatalf("the next page forgets the peildatum: %s", pad)
			}
		}
		if !slices.Equal(got, ids[:i]) {
			t.Errorf("at %s: %v, want %v", m, got, ids[:i])
		}
	}
	for _, fout := range []string{"?peildatum=gisteren", "?peildatum=", "?peildatum=2026-01-01", "?cursor=", "?cursor=1z", "?bsn=" + sentinel, "?cursor=a&cursor=b", "?%zz"} {
		if a := b.doe("GET", "/v1/resultaten/"+id+fout, "", nil, ""); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", fout, a.status, a.body)
		}
	}
	_, volgende := b.bladzij("/v1/resultaten/" + id)
	if a := b.doe("GET", volgende+"&peildatum=2026-01-01T00:00:00Z", "", nil, ""); a.status != http.StatusBadRequest {
		t.Errorf("a cursor was taken with another peildatum: %d", a.status)
	}
}

func TestElkeFunctieZoektAlleenHaarEigenSoort(t *testing.T) {
	p := start(t)
	politie, vt := p.als(orgPolitie), p.als(orgVT)
	ev := melding(orgPolitie, sentinel, false)
	politie.aanvaard(ev)
	var g prov.Graph
	g.Node("urn:soh:uitkomst:1", prov.Entity, "soh:UitkomstOverleg").Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:9")
	g.Node("urn:soh:activiteit:1", prov.Activity, "soh:BeschikbaarStellenUitkomstOverleg").Ref("prov:wasAssociatedWith", orgVT.OIN.URN()).Ref("prov:used", ev.Subject)
	g.Node(orgVT.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", orgVT.Naam)
	g.Node("urn:soh:betrokkene:9", prov.Betrokkene).Set(prov.Burgerservicenummer, sentinel)
	uitkomst := gebeurtenis(orgVT, cloudevent.UitkomstBeschikbaar, "urn:soh:uitkomst:1", g)
	vt.aanvaard(uitkomst)
	for _, tt := range []struct{ pad, id, typ, lid string }{
		{"/v1/meldingen/query", ev.ID, cloudevent.MeldingQueryResultaat, ev.Subject},
		{"/v1/uitkomsten-overleg/query", uitkomst.ID, cloudevent.UitkomstQueryResultaat, "urn:soh:uitkomst:1"},
	} {
		if got := vt.zoek(tt.pad, overPersoon); len(got) != 1 || got[0].ID != tt.id {
			t.Errorf("%s: %v", tt.pad, got)
		}
		id := vt.vraag(tt.pad, overPersoon)
		res, err := cloudevent.Parse(vt.doe("GET", "/v1/resultaten/"+id, "", nil, "").body)
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
	if got := vt.zoek("/v1/meldingen/query", `{"organisatie":"`+string(orgVT.OIN)+`"}`); len(got) != 0 {
		t.Errorf("found %v", got)
	}
}

// What a sender writes as interactieid is not what the hub says it is.
func TestAfzenderKiestGeenInteractieID(t *testing.T) {
	p := start(t)
	b := p.als(orgPolitie)
	ev := melding(orgPolitie, sentinel, false)
	ev.Extensions = map[string]string{uitbreiding: "verzonnen", "anders": "blijft"}
	id, _ := b.aanvaard(ev)
	got := b.zoek(zoekpad, overPersoon)
	if len(got) != 1 || "urn:uuid:"+got[0].Extensions[uitbreiding] != id || got[0].Extensions["anders"] != "blijft" {
		t.Fatalf("got %v, want %s", got, id)
	}
}

// A page that is being made holds nothing that was withdrawn since its search
// began, although the search itself still finds it.
func TestIngetrokkenTijdensHetZoekenWordtNietGegeven(t *testing.T) {
	p := start(t)
	politie, vt := p.als(orgPolitie), p.als(orgVT)
	id, _ := politie.aanvaard(melding(orgPolitie, sentinel, false))
	lezer, err := p.register.Toegelaten(orgVT.OIN)
	if err != nil {
		t.Fatal(err)
	}
	v, err := p.openVraag(vt.vraag(opZoek, opPersoon(sentinel)), lezer)
	if err != nil {
		t.Fatal(err)
	}
	b := bladzij{v: &v, lezer: lezer, stand: p.geprojecteerd.Load()}
	ziet := func(plaats uint64) bool {
		x, err := p.bekijk(t.Context(), &b, plaats)
		if err != nil {
			t.Fatal(err)
		}
		return x != nil
	}
	gevonden := false
	err = p.graph.Zoek(zoekvraag(&v), func(plaats uint64) (bool, error) {
		gevonden = ziet(plaats)
		politie.stuur("POST", "/v1/intrekkingen", map[string]any{"interactieId": id, "reden": "Verkeerde persoon."}, 201)
		if ziet(plaats) {
			t.Error("what was withdrawn is given")
		}
		return true, nil
	})
	if err != nil || !gevonden {
		t.Errorf("not found before it was withdrawn: %v", err)
	}
}

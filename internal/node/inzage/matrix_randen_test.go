package inzage_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// rand is a whole node, with the edges at which others ask what it would decide.
type rand struct {
	*knoop
	api      http.Handler
	cert     *x509.Certificate
	vragen   []randvraag
	mag, nee int
}

// randvraag is one look with the decision itself.
type randvraag struct {
	rec dossier.Record
	l   toegang.Lezer
	b   toegang.Besluit
}

// nieuweRand opens the node of a kind of organisation that knows orgs.
func nieuweRand(t *testing.T, soort begrip.OrganisatieSoort, orgs []begrip.Organisatie) *rand {
	t.Helper()
	dir, ik := t.TempDir(), org(soort, 1)
	id := nieuweIdentiteit(t, dir, ik)
	var lijst []functie.Deelnemer
	for _, o := range orgs {
		lijst = append(lijst, functie.Deelnemer{Organisatie: o})
	}
	b, err := json.Marshal(lijst)
	if err != nil {
		t.Fatal(err)
	}
	d := nieuwDossier(t, dir)
	if err := d.ZetWaarde(t.Context(), "register/deelnemers", b); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	n, err := node.Open(node.Config{Organisatie: ik, Map: dir, Identiteit: id, HubURL: "https://127.0.0.1:1", HubOIN: "00000001000000001000", Functies: functies, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	if b, err = os.ReadFile(filepath.Join(dir, "certs", string(ik.OIN)+".crt")); err != nil {
		t.Fatal(err)
	}
	blok, _ := pem.Decode(b)
	cert, err := x509.ParseCertificate(blok.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return &rand{knoop: &knoop{t, n.Omgeving().Inzage, n.Omgeving().Dossier}, api: n.API(), cert: cert}
}

// neem takes a look along: every one that is allowed, and of the others one in
// so many.
func (r *rand) neem(rec dossier.Record, l toegang.Lezer, f *waarborg.Feiten) {
	b := r.beslis(rec, l, f)
	if b.Toegestaan {
		r.mag++
	} else if r.nee++; r.nee%23 != 0 {
		return
	}
	if r.vragen = append(r.vragen, randvraag{rec, l, b}); len(r.vragen) == 100 {
		r.vraagBeslispunt()
	}
}

func (r *rand) post(pad string, body any, uit any) {
	r.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	q := httptest.NewRequestWithContext(r.t.Context(), http.MethodPost, pad, bytes.NewReader(b))
	q.Header.Set("Content-Type", "application/json")
	q.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{r.cert}, VerifiedChains: [][]*x509.Certificate{{r.cert}}}
	w := httptest.NewRecorder()
	r.api.ServeHTTP(w, q)
	if w.Code != http.StatusOK || json.Unmarshal(w.Body.Bytes(), uit) != nil {
		r.t.Fatalf("%s: %d %s", pad, w.Code, w.Body)
	}
}

type beslispuntAntwoord struct {
	Decision bool `json:"decision"`
	Context  struct {
		Niveau     *int     `json:"niveau"`
		Gemaskeerd []string `json:"gemaskeerd"`
		Plichten   []string `json:"plichten"`
	} `json:"context"`
}

// vraagBeslispunt asks the decision point what was taken along, the first alone
// and all in one call, and holds each answer against the decision.
func (r *rand) vraagBeslispunt() {
	r.t.Helper()
	if len(r.vragen) == 0 {
		return
	}
	var lijst []map[string]any
	for _, v := range r.vragen {
		lijst = append(lijst, map[string]any{
			"subject": map[string]any{"type": "persoon", "id": v.l.Persoon, "properties": map[string]any{"rol": v.l.Rol, "organisatie": v.l.Organisatie.OIN}},
			"action":  map[string]any{"name": "lezen"}, "resource": map[string]any{"type": v.rec.Soort, "id": v.rec.ID},
			"context": map[string]any{"doel": v.l.Doel, "grondslag": v.l.Grondslag, "zaak": v.l.Zaak},
		})
	}
	var een beslispuntAntwoord
	r.post("/access/v1/evaluation", lijst[0], &een)
	var alle struct {
		Evaluations []beslispuntAntwoord `json:"evaluations"`
	}
	r.post("/access/v1/evaluations", map[string]any{"evaluations": lijst}, &alle)
	if len(alle.Evaluations) != len(lijst) {
		r.t.Fatalf("%d antwoorden op %d vragen", len(alle.Evaluations), len(lijst))
	}
	for i, a := range append(alle.Evaluations, een) {
		v := r.vragen[i%len(lijst)]
		fout := a.Decision != v.b.Toegestaan || a.Decision != (a.Context.Niveau != nil)
		if a.Decision && !fout {
			fout = *a.Context.Niveau != int(v.b.Niveau) || !slices.Equal(a.Context.Gemaskeerd, v.b.Gemaskeerd) || !slices.Equal(a.Context.Plichten, v.b.Plichten)
		}
		if fout {
			r.t.Errorf("beslispunt over %s %s, %s van %s, %q op %q: %+v; het besluit: %+v", v.rec.Soort, v.rec.Staat, v.l.Rol, v.l.Organisatie.Soort, v.l.Doel, v.l.Grondslag, a, v.b)
		}
	}
	r.vragen = r.vragen[:0]
}

// simuleer asks who could see rec, and holds each who is said to against the
// decision. It gives how many that are.
func (r *rand) simuleer(rec dossier.Record, f *waarborg.Feiten, orgs []begrip.Organisatie) (ziet int) {
	r.t.Helper()
	s, _ := r.VanSoort(rec.Soort)
	wie := toegang.Lezer{Organisatie: orgs[0], Persoon: "fg", Rol: begrip.RolPrivacy, Doel: begrip.DoelToezicht, Grondslag: begrip.GrondAvg24}
	kring, err := r.WieKan(r.t.Context(), wie, s, rec.ID, orgs)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, x := range kring.Kijkers {
		if !x.Ziet {
			continue
		}
		ziet++
		l := toegang.Lezer{Organisatie: begrip.Organisatie{OIN: x.Organisatie, Naam: x.Naam, Soort: x.Soort}, Persoon: "p", Rol: x.Functie, Doel: x.Doel, Grondslag: x.Grondslag, Zaak: rec.Zaak}
		if b := r.beslis(rec, l, f); !b.Toegestaan || x.Niveau > b.Niveau {
			r.t.Errorf("simulatie over %s %s: %s van %s ziet niveau %d, %q op %q; het besluit: %+v", rec.Soort, rec.Staat, x.Functie, x.Soort, x.Niveau, x.Doel, x.Grondslag, b)
		}
	}
	return ziet
}

// zegtIets asks what is left, and holds that there was enough to find something in.
func zegtIets(t *testing.T, ziet int, rs ...*rand) {
	t.Helper()
	mag, nee := 0, 0
	for _, r := range rs {
		r.vraagBeslispunt()
		mag, nee = mag+r.mag, nee+r.nee
	}
	if mag < 20 || nee < 200 || ziet < 10 {
		t.Errorf("de proef zegt niets: %d mag, %d niet, %d in de simulatie", mag, nee, ziet)
	}
}

// TestRandenVanDeFuncties: what the decision point and the simulation say of the
// records of the functies is what the node decides, never more.
func TestRandenVanDeFuncties(t *testing.T) {
	t.Parallel()
	gs, bij := gegevens(nummers(1)[0]), map[begrip.OrganisatieSoort]*rand{}
	var orgs []begrip.Organisatie
	for _, g := range gs {
		for _, o := range g.lezers {
			if !slices.Contains(orgs, o) {
				orgs = append(orgs, o)
			}
		}
	}
	ziet := 0
	for _, g := range gs {
		r := bij[g.bij]
		if r == nil {
			r = nieuweRand(t, g.bij, orgs)
			bij[g.bij] = r
		}
		if g.rec.Soort == waarborg.SoortZaakverband.Naam {
			g.rec.Zaak = zaakB + "-samen" // or the zaak of all the others runs in it
		}
		r.leg(g.rec)
		f := r.feiten(toegang.Lezer{}, g.rec)
		for _, o := range g.lezers {
			for _, rol := range []begrip.Rol{begrip.RolMedewerkerVT, begrip.RolAgent, begrip.RolProcesregisseur, begrip.RolSysteem, begrip.RolPrivacy, begrip.RolAdministratie, begrip.RolWijkteam} {
				for _, doel := range doelen[:7] {
					for _, grond := range gronden[:8] {
						r.neem(g.rec, toegang.Lezer{Organisatie: o, Persoon: "p", Rol: rol, Doel: doel, Grondslag: grond, Zaak: g.rec.Zaak}, f)
					}
				}
			}
		}
		ziet += r.simuleer(g.rec, f, append([]begrip.Organisatie{org(g.bij, 1)}, orgs...))
	}
	zegtIets(t, ziet, slices.Collect(maps.Values(bij))...)
}

// TestRandenVanHetVerband: the same of records in a zaak of each
// samenwerkingsverband, with all its facts on record; and of one that is withheld.
func TestRandenVanHetVerband(t *testing.T) {
	t.Parallel()
	ps := nummers(30)
	var orgs []begrip.Organisatie
	for _, s := range begrip.OrganisatieSoorten {
		for nr := range 30 {
			orgs = append(orgs, org(s, 100+nr))
		}
	}
	for _, bron := range []begrip.OrganisatieSoort{begrip.Overig, begrip.Politie} {
		r, ziet := nieuweRand(t, bron, orgs), 0
		for i, naam := range verband.Ingebouwd().Namen() {
			d, _ := verband.Ingebouwd().Definitie(naam)
			gezin := ps[3*i : 3*i+3]
			r.leg(dossierVoor(d, gezin[0], gezin[1], gezin[2])...)
			ziet += r.verband(d, gezin[:1], i)
		}
		zegtIets(t, ziet, r)
	}
}

// verband asks about one record of each class in the zaak of d; about one of
// them, another for each d, also the simulation.
func (r *rand) verband(d *verband.Definitie, over []begrip.BSN, nr int) (ziet int) {
	r.t.Helper()
	var gronden []begrip.Grondslag
	for _, regel := range d.Toegang {
		if !slices.Contains(gronden, regel.Grondslag) {
			gronden = append(gronden, regel.Grondslag)
		}
	}
	recs := []dossier.Record{}
	for k := verband.Bekendheid; k <= verband.Bronbeschermd; k++ {
		recs = append(recs, dossier.Record{Soort: "stuk", ID: stuk[:len(stuk)-4] + string(rune('a'+nr%6)) + string(rune('0'+nr/6)) + "0" + k.String()[1:], Zaak: zaakVol + d.Naam, Staat: k.String(), GeldigVanaf: gisteren, Personen: over, Inhoud: []byte("{}")})
	}
	if nr == 0 {
		recs = append(recs, dossier.Record{Soort: "stuk", ID: geheim, Zaak: zaakDicht + d.Naam, Staat: "I1", GeldigVanaf: gisteren, Personen: over, Inhoud: []byte("{}")})
	}
	r.leg(recs...)
	var mee []begrip.Organisatie
	for _, x := range deelnames(d) {
		mee = append(mee, x.org)
	}
	for i, rec := range recs {
		f := r.feiten(toegang.Lezer{}, rec)
		for _, o := range mee {
			for _, doel := range d.Doelen[:min(2, len(d.Doelen))] {
				for _, grond := range gronden {
					r.neem(rec, toegang.Lezer{Organisatie: o, Persoon: "p", Rol: begrip.RolBehandelaar, Doel: doel.Code, Grondslag: grond, Zaak: rec.Zaak}, f)
				}
			}
		}
		if i == nr%7 || rec.ID == geheim {
			n := r.simuleer(rec, f, append([]begrip.Organisatie{}, mee...))
			if ziet += n; rec.ID == geheim && n > 0 {
				r.t.Errorf("%s: de simulatie laat %d mensen zien wat is afgeschermd", d.Naam, n)
			}
		}
	}
	return ziet
}

package uitkomst

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/functie/functietest"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

var sessie = toegang.Sessie{Persoon: "samira", Naam: "Samira", Rol: begrip.RolWijkteam, OIN: wijk.OIN}

func werkplek(t *testing.T) (*functie.Omgeving, *functietest.Werkplek) {
	t.Helper()
	o := functietest.Omgeving(t, wijk, agent, ggz, vreemd)
	f := Bouw(o)
	functietest.Gebruik(t, o, f)
	return o, functietest.NieuweWerkplek(t, f, sessie)
}

// velden are the fields of the form on a page, as a browser would send them back.
func velden(t *testing.T, html string) url.Values {
	t.Helper()
	v, err := functietest.Velden(html)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A professional writes an uitkomst down on the form: nothing that was typed is lost, it is
// looked at before it is sent, and it is made once.
func TestUitkomstVastleggenOpHetFormulier(t *testing.T) {
	o, w := werkplek(t)
	p := w.Open("/uitkomsten")
	if p.Status != http.StatusOK || !strings.Contains(p.HTML, "Hier is nog niets") {
		t.Fatalf("%d %s", p.Status, p.HTML)
	}
	const pad = "/uitkomsten/nieuw"
	v := velden(t, w.Open(pad).HTML)
	v.Set("hoofdbetrokkenen[0].naam.geslachtsnaam", "Voorbeeld")
	v.Set("hoofdbetrokkenen[0].naam.voornamen", "Sanne")
	v.Set("hoofdbetrokkenen[0].geslacht", "2")
	v.Set("hoofdbetrokkenen[0].adres.soortAdres", string(begrip.AdresOnbekend))
	v.Set("hoofdbetrokkenen[0].burgerservicenummer", "9999 90 019")
	v.Set("actie", "erbij:zaak.heeftActie")
	p = w.Stuur(pad, v)
	if p.Status != http.StatusSeeOther || !strings.Contains(p.Naar, "#v-zaak-heeftActie-0-") {
		t.Fatalf("%d %s", p.Status, p.Naar)
	}
	w.Als.Persoon = "een ander"
	if strings.Contains(w.Open(pad).HTML, "Voorbeeld") {
		t.Error("somebody else reads what was typed")
	}
	w.Als.Persoon = "samira"
	p = w.Open(pad)
	v = velden(t, p.HTML)
	if v.Get("hoofdbetrokkenen[0].naam.geslachtsnaam") != "Voorbeeld" || !strings.Contains(p.HTML, "Sanne Voorbeeld") {
		t.Fatalf("what was typed is gone: %v", v)
	}
	v.Set("actie", "controleer")
	if p = w.Stuur(pad, v); p.Status != http.StatusBadRequest || !strings.Contains(p.HTML, "Vul in wat er gaat gebeuren.") || velden(t, p.HTML).Get("hoofdbetrokkenen[0].naam.voornamen") != "Sanne" {
		t.Fatalf("%d %s", p.Status, p.HTML)
	}
	v.Set("zaak.heeftActie[0].omschrijving", "Belt de school.")
	v.Set("zaak.heeftActie[0].over", v.Get("hoofdbetrokkenen[0].id"))
	v.Set("zaak.heeftActie[0].uitvoerder", "gezin")
	v.Set("zaak.heeftActie[0].belegdBij.oin", string(wijk.OIN))
	v.Set("zaak.heeftActie[0].conditie.soort", "zeker")
	v.Set("zaak.heeftActie[0].informering.stand", "ja")
	v.Set("voorHetGezin", "Het wijkteam helpt u.")
	if p = w.Stuur(pad, v); p.Status != http.StatusSeeOther || p.Naar != pad+"?stap=controle" {
		t.Fatalf("%d %s", p.Status, p.HTML)
	}
	p = w.Open(p.Naar)
	for _, wil := range []string{"Er is nog niets verstuurd", "Het wijkteam helpt u.", "Sanne Voorbeeld", "Belt de school."} {
		if !strings.Contains(p.HTML, wil) {
			t.Errorf("the page to check it has no %q:\n%s", wil, p.HTML)
		}
	}
	nog := velden(t, p.HTML)
	nog.Set("actie", "verstuur")
	p = w.Stuur(pad, nog)
	if p.Status != http.StatusSeeOther || !strings.Contains(p.Naar, "gelukt=maken") {
		t.Fatalf("%d %s %s", p.Status, p.Naar, p.HTML)
	}
	if q := w.Stuur(pad, nog); q.Status != http.StatusSeeOther || !strings.HasPrefix(p.Naar, q.Naar) {
		t.Errorf("sent twice: %d %s", q.Status, q.Naar)
	}
	vs, _, err := soort.Lijst(t.Context(), o, dossier.Filter{}, 10, func(string) toegang.Lezer { return samira() })
	if err != nil || len(vs) != 1 || vs[0].Waarde.Zaak.HeeftActie[0].Over[0] != vs[0].Waarde.Hoofdbetrokkenen[0].ID || vs[0].Door != "Samira" {
		t.Fatalf("%v %+v", err, vs)
	}
	if p = w.Open(p.Naar); p.Status != http.StatusOK || !strings.Contains(p.HTML, "Stel vast") || !strings.Contains(p.HTML, "Belt de school.") {
		t.Errorf("%d %s", p.Status, p.HTML)
	}
	if strings.Contains(w.Open(pad).HTML, "Sanne") {
		t.Error("what was sent still stands on the form")
	}
}

// From concept to withdrawn by the buttons; who may not, has none.
func TestUitkomstDoorlopenOpDePaginas(t *testing.T) {
	o, w := werkplek(t)
	v := gemaakt(t, o, Concept)
	blad := "/uitkomsten/" + v.ID
	for _, stap := range []struct{ daad, wil string }{{"vaststellen", "De uitkomst is vastgesteld"}, {"beschikbaarstellen", "De uitkomst is beschikbaar"}} {
		p := w.Open(blad + "/" + stap.daad)
		if p.Status != http.StatusOK {
			t.Fatalf("%s: %d %s", stap.daad, p.Status, p.HTML)
		}
		f := velden(t, p.HTML)
		f.Set("actie", "verstuur")
		p = w.Stuur(blad+"/"+stap.daad, f)
		if p.Status != http.StatusSeeOther || !strings.Contains(w.Open(p.Naar).HTML, stap.wil) {
			t.Fatalf("%s: %d %s", stap.daad, p.Status, p.Naar)
		}
		if p = w.Stuur(blad+"/"+stap.daad, f); p.Status != http.StatusConflict {
			t.Errorf("%s twice: %d", stap.daad, p.Status)
		}
	}
	f := velden(t, w.Open(blad+"/herzien").HTML)
	if f.Get("voorHetGezin") != "Het wijkteam helpt u." || f.Get("hoofdbetrokkenen[0].id") == "" {
		t.Fatalf("the form to change it: %v", f)
	}
	f.Set("voorHetGezin", "Het wijkteam helpt u vanaf maandag.")
	f.Set("redenWijziging", "De dag stond er niet bij.")
	f.Set("actie", "controleer")
	p := w.Stuur(blad+"/herzien", f)
	if p.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.Status, p.HTML)
	}
	f = velden(t, w.Open(p.Naar).HTML)
	f.Set("actie", "verstuur")
	if p = w.Stuur(blad+"/herzien", f); p.Status != http.StatusSeeOther || !strings.Contains(w.Open(p.Naar).HTML, "vanaf maandag") {
		t.Fatalf("%d %s", p.Status, p.HTML)
	}
	f = velden(t, w.Open(blad+"/intrekken").HTML)
	f.Set("actie", "verstuur")
	if p = w.Stuur(blad+"/intrekken", f); p.Status != http.StatusBadRequest || !strings.Contains(p.HTML, "Vul in waarom.") {
		t.Errorf("withdrawn without a reason: %d %s", p.Status, p.HTML)
	}
	f.Set("reden", "Dit ging over een ander gezin.")
	if p = w.Stuur(blad+"/intrekken", f); p.Status != http.StatusSeeOther {
		t.Errorf("%d %s", p.Status, p.HTML)
	}
	w.Als.Rol = begrip.RolAdministratie
	for _, pad := range []string{blad, blad + "/intrekken", "/uitkomsten/nieuw"} {
		if p = w.Open(pad); p.Status != http.StatusForbidden || strings.Contains(p.HTML, "Sanne") {
			t.Errorf("%s without the right: %d", pad, p.Status)
		}
	}
	if p = w.Open("/uitkomsten"); strings.Contains(p.HTML, "Sanne") {
		t.Error("the list shows it without the right")
	}
}

// The page to search asks the index only for who may read, only about a number that can be,
// and says so when it does not answer; the number comes back in nothing.
func TestZoekenVraagtAlleenWatMag(t *testing.T) {
	o := functietest.Omgeving(t, wijk, agent)
	var gevraagd []string
	var fout error
	o.Zoek = func(_ context.Context, l toegang.Lezer, pad, entity string, over begrip.BSN) ([]functie.Vindplaats, bool, error) {
		gevraagd = append(gevraagd, string(l.Doel)+" "+pad+" "+entity+" "+over.Leesbaar())
		v := functie.Vindplaats{Bron: agent.OIN, ID: "0198c0de-0000-7000-8000-000000000001", Zaak: zaak, Op: time.Now()}
		return []functie.Vindplaats{v, v, {Bron: agent.OIN, ID: "<script>"}}, false, fout
	}
	f := Bouw(o)
	functietest.Gebruik(t, o, f)
	w := functietest.NieuweWerkplek(t, f, sessie)
	for _, bsn := range []string{"", "999990018", "abc"} {
		if p := w.Stuur("/uitkomsten/zoek", url.Values{"burgerservicenummer": {bsn}}); p.Status != http.StatusBadRequest || bsn != "" && strings.Contains(p.HTML, bsn) {
			t.Errorf("%q: %d", bsn, p.Status)
		}
	}
	w.Als.Rol = begrip.RolAdministratie
	if p := w.Stuur("/uitkomsten/zoek", url.Values{"burgerservicenummer": {"999990019"}}); p.Status != http.StatusForbidden {
		t.Errorf("without the right: %d", p.Status)
	}
	if len(gevraagd) > 0 {
		t.Errorf("asked: %v", gevraagd)
	}
	w.Als = sessie
	p := w.Stuur("/uitkomsten/zoek", url.Values{"burgerservicenummer": {"9999 90 019"}})
	if p.Status != http.StatusOK || strings.Count(p.HTML, "/uitkomsten/bij/"+string(agent.OIN)) != 1 || strings.Contains(p.HTML, "99999") || strings.Contains(p.HTML, "<script>\"") || !strings.Contains(p.HTML, "Dit is niet alles") {
		t.Errorf("%d %s", p.Status, p.HTML)
	}
	if len(gevraagd) != 1 || gevraagd[0] != "uitvoeren /v1/uitkomsten-overleg/query soh:UitkomstOverleg 999990019" {
		t.Errorf("asked: %v", gevraagd)
	}
	fout = begrip.NieuweFout(begrip.BronAntwoordtNiet, "De Ketenindex antwoordt nu niet.")
	if p := w.Stuur("/uitkomsten/zoek", url.Values{"burgerservicenummer": {"999990019"}}); p.Status != http.StatusBadGateway || !strings.Contains(p.HTML, "De Ketenindex") || strings.Contains(p.HTML, "99999") {
		t.Errorf("silent: %d %s", p.Status, p.HTML)
	}
}

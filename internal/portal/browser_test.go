package portal

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo/inlogsimulator"
	"github.com/handbereik/soh/internal/functie/bekendheid"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
	"github.com/handbereik/soh/internal/web/browsertest"
)

// digid starts a sign-in that the portal at n.web knows, and opens the portal
// with it.
func (n *net) digid() {
	n.t.Helper()
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	n.t.Cleanup(srv.Close)
	basis := srv.URL + "/inloggen"
	n.open(toegang.AanmeldConfig{Issuer: basis + "/digid", ClientID: "portaal"})
	sim, err := inlogsimulator.Nieuw(basis, []inlogsimulator.Uitgever{{
		Pad: "digid", Naam: "DigiD (nagemaakt)", ACR: inlogsimulator.ACRSubstantieel, ClientID: "portaal", Terug: []string{n.web.URL + "/aanmelden/terug"}, Na: []string{n.web.URL + "/"},
		Personen: []inlogsimulator.Persoon{
			{Sub: "sanne", Naam: "Sanne de Wit", Rol: begrip.RolOuder, BSN: ouder},
			{Sub: "bram", Naam: "Bram Jansen", Rol: begrip.RolJongere, BSN: ander},
		},
	}}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		n.t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.Handle("/", sim.Handler())
	h = mux
}

// TestPortaalInEenBrowser signs in with OpenID Connect and looks at every page
// as a person does: rules of accessibility, small screens, large text, no
// message in the console, and the way out.
func TestPortaalInEenBrowser(t *testing.T) {
	if !web.AssetsGebouwd() {
		t.Fatal("de assets zijn niet gebouwd: doe eerst `make assets`")
	}
	n := nieuwNet(t, politie, vt, ggz)
	n.digid()
	if _, err := n.knopen[ggz.OIN].bekend.Registreer(t.Context(), bekendheid.Registratie{Burgerservicenummer: begrip.InhoudBSN{BSN: ouder}, Omschrijving: "U krijgt hulp van een behandelaar.",
		Contact: begrip.InVerblijf(bekendheid.Contact{Naam: "Eva Brouwer", Functie: "behandelaar", Telefoonnummer: "010 123 45 67", EmailAdres: "eva.brouwer@ggz.voorbeeld.nl"})}); err != nil {
		t.Fatal(err)
	}
	n.meld(politie, false)
	b := n.pakOp()
	l := beoordelaar()
	l.Zaak = b.Zaak
	if err := n.knopen[vt.OIN].bekend.Vraag(t.Context(), b.Zaak, begrip.DoelVTMelding, b.Betrokkenen, []begrip.OIN{politie.OIN, ggz.OIN}, l, opBeoordeling(b)); err != nil {
		t.Fatal(err)
	}
	l.Rol, l.Naam, l.Persoon = begrip.RolAdministratie, "Johan Blauw", "vt-johan"
	if _, err := n.knopen[vt.OIN].Omgeving().Inzage.Haal(t.Context(), politie.OIN, verwezen(b), l, nil, nil); !begrip.Is(err, begrip.Verboden) {
		t.Fatalf("niet geweigerd: %v", err)
	}
	n.ziet("Organisaties gaven antwoord")

	tab := browsertest.Start(t).Tab(t)
	tab.Open(n.web.URL + "/").Controleer("portaal-begin")
	tab.KlikTekst("Inloggen met DigiD").WachtTekst("Sanne de Wit").Klik(`button[value="sanne"]`).WachtTekst("Dag Sanne")
	if u := tab.URL(); u != n.web.URL+"/overzicht" {
		t.Errorf("na het inloggen: %s", u)
	}
	if k := browsertest.Reken[string](tab, `document.cookie`); k != "" {
		t.Errorf("een script kan het koekje lezen: %s", k)
	}
	tab.Controleer("portaal-overzicht")
	tab.Klik(`a.tile[href="/wie-keek"]`).WachtTekst("Uw eigen bezoeken staan onderaan").Controleer("portaal-wie-keek")
	tab.Open(n.web.URL + "/hulp").Controleer("portaal-hulp")
	tab.Open(n.web.URL + "/afspraken").Controleer("portaal-afspraken")
	tab.Open(n.web.URL + "/afspraken/mda-plus-plus").WachtTekst("Wie doet mee").Controleer("portaal-afspraak")
	tab.Open(n.web.URL + "/overzicht?taal=en").WachtTekst("Hello Sanne").Controleer("portaal-overzicht-en")
	tab.Open(n.web.URL + "/overzicht?taal=nl").WachtTekst("Dag Sanne")

	n.hub.CloseClientConnections()
	n.hub.Close()
	n.knopen[ggz.OIN].srv.CloseClientConnections()
	n.knopen[ggz.OIN].srv.Close()
	tab.Open(n.web.URL + "/overzicht").WachtTekst("Een organisatie antwoordt nu niet").Controleer("portaal-overzicht-stil")

	tab.Klik(`form[action="/afmelden"] button`).WachtTekst("Inloggen met DigiD")
	tab.Open(n.web.URL + "/overzicht").WachtTekst("Bram Jansen") // signed out: the sign-in again
	if strings.Contains(tab.URL(), ouder.Leesbaar()) {
		t.Error("het BSN staat in het adres")
	}
	n.geenBSN()
}

// verwezen is where the melding of a beoordeling stands, for who may know it.
func verwezen(b melding.Beoordeling) string {
	b, _ = begrip.Open(b, begrip.Inzagerecht(begrip.Allebei))
	return b.Melding.Toon().Pad
}

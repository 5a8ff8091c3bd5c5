package ketenbord

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/beheer"
	"github.com/handbereik/soh/internal/hub/gezondheid"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/web"
	"github.com/handbereik/soh/internal/web/browsertest"
)

var (
	nu    = time.Date(2026, 11, 28, 14, 5, 0, 0, web.Zone)
	keten = begrip.Organisatie{OIN: "00000004999009001000", Naam: "Ketenbeheer Proef", Soort: begrip.Ketenbeheerder}
	vt    = begrip.OIN("00000004999009003000")
)

// vol is a chain in which one party fails.
func vol(time.Time, time.Time) (beheer.Bord, error) {
	tot, dagen := nu.Add(3*time.Hour), 14
	b := beheer.Bord{
		Keten: keten, Hub: kern.Gereed{Gereed: true, Log: "OK", Projectie: "OK"},
		Deelnemers: []register.Deelnemer{
			{Organisatie: begrip.Organisatie{OIN: "00000004999009002000", Naam: "Politie Proef", Soort: begrip.Politie}, API: "https://politie.example/v1", Contact: register.Contact{Techniek: register.Contactpunt{Email: "techniek@politie.example", Telefoon: "070 123 45 67"}}},
			{Organisatie: begrip.Organisatie{OIN: vt, Naam: "Veilig Thuis Proef", Soort: begrip.VeiligThuis}, API: "https://vt.example/v1"},
			{Organisatie: begrip.Organisatie{OIN: "00000004999009004000", Naam: "School Proef", Soort: begrip.School}},
		},
		Diensten:  []register.Dienst{{Naam: "Wijkteam", Omschrijving: "Hulp thuis", Aanbieder: vt, Doelgroep: "Gezinnen", WieMogen: []begrip.OrganisatieSoort{begrip.Gemeente, begrip.School}, Voorwaarden: "Alleen na een gesprek", Regio: "Utrecht", HoeAanvragen: "Bel ons", Wachtdagen: &dagen}},
		APIs:      []register.API{{Naam: "Meldingen", Deelnemer: vt, Versie: "1.0.0", Status: "in-gebruik", OpenAPI: "https://vt.example/v1/openapi.json"}},
		Storingen: []register.Storing{{Over: vt, Soort: "onderhoud", Wat: "Nieuwe versie", Gevolg: "Even geen antwoord", Vanaf: nu.Add(time.Hour), Tot: &tot}},
		Staten:    map[begrip.OIN]gezondheid.Staat{keten.OIN: {OIN: keten.OIN, Goed: true, Sinds: nu.AddDate(0, -1, 0)}, vt: {OIN: vt, Sinds: nu.Add(-20 * time.Minute), Reden: "geen verbinding"}},
	}
	for d := range 60 {
		m := gezondheid.Meting{Begin: nu.AddDate(0, 0, -d), Wie: []begrip.OIN{keten.OIN, vt}}
		if d%9 == 0 {
			m.Mis = map[begrip.OIN]gezondheid.Mis{vt: {Fout: 2, Totaal: 5}}
		}
		b.Metingen = append(b.Metingen, m)
	}
	return b, nil
}

// gebeurd is what changed: a party failed, and one left that had a service.
func gebeurd(vanaf time.Time, n int) ([]beheer.Wijziging, error) {
	weg := begrip.OIN("00000004999009005000")
	return []beheer.Wijziging{
		{Moment: nu.Add(-20 * time.Minute), Type: cloudevent.GezondheidVeranderd, Over: vt, Door: keten.OIN, Reden: "geen verbinding"},
		{Moment: nu.Add(-time.Hour), Type: cloudevent.GezondheidVeranderd, Over: keten.OIN, Door: keten.OIN, Goed: true},
		{Moment: nu.AddDate(0, 0, -1), Type: cloudevent.StoringGemeld, Over: vt, Door: vt, Wat: "Nieuwe versie"},
		{Moment: nu.AddDate(0, 0, -2), Type: cloudevent.DeelnemerVertrokken, Over: weg, Door: keten.OIN, Wat: "GGZ Proef"},
		{Moment: nu.AddDate(0, 0, -3), Type: cloudevent.DienstAangeboden, Over: vt, Door: vt, Wat: "Wijkteam"},
	}, nil
}

func start(t *testing.T, f func(time.Time, time.Time) (beheer.Bord, error)) *httptest.Server {
	t.Helper()
	h, err := Nieuw(Config{Bord: f, Geschiedenis: gebeurd, Log: slog.New(slog.DiscardHandler), Nu: func() time.Time { return nu }})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

func haal(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%s: %d %v", url, resp.StatusCode, err)
	}
	return string(b)
}

func TestWatMisIsStaatBovenaanInWoorden(t *testing.T) {
	s := haal(t, start(t, vol).URL)
	for _, wil := range []string{"Eén systeem antwoordt niet.", "Werkt niet", "geen verbinding", "Nieuwe versie", "procent van de keren"} {
		if !strings.Contains(s, wil) {
			t.Errorf("%q is not on the page", wil)
		}
	}
	if strings.Index(s, "<h3>Veilig Thuis Proef") > strings.Index(s, "<h3>Ketenindex") {
		t.Error("what works stands above what does not")
	}
	if strings.Contains(s, "<h3>School Proef") || strings.Contains(s, "Alles werkt") {
		t.Error("a party without system is judged, or all seems well")
	}
	s = haal(t, start(t, func(a, b time.Time) (beheer.Bord, error) {
		x, err := vol(a, b)
		x.Hub = kern.Gereed{Log: "kan niet schrijven", Projectie: "OK"}
		return x, err
	}).URL)
	if !strings.Contains(s, "De Ketenindex werkt nu niet goed.") || !strings.Contains(s, "kan niet schrijven") {
		t.Error("the hub fails and the page does not say so")
	}
}

// The registers are whole on the pages: what is offered on which terms to whom,
// where each API is described, and what changed before.
func TestRegistersEnHunGeschiedenisStaanErHelemaal(t *testing.T) {
	url := start(t, vol).URL
	for pad, wil := range map[string][]string{
		"/diensten":     {"Hulp thuis", "Gemeente, School", "Alleen na een gesprek", "Wachttijd 14 dagen", `<a class="nl-link" href="https://vt.example/v1/openapi.json"`},
		"/geschiedenis": {"geen verbinding", "Ketenindex", "Nieuwe versie", "Doet niet meer mee", "GGZ Proef", "Nieuwe dienst", "Ketenbeheer Proef"},
	} {
		s := haal(t, url+pad)
		for _, w := range wil {
			if !strings.Contains(s, w) {
				t.Errorf("%s: %q is not on the page", pad, w)
			}
		}
	}
}

func TestElkeWijzigingHeeftWoorden(t *testing.T) {
	for _, typ := range cloudevent.Typen() {
		f := cloudevent.Functie(typ)
		register := f == "uitwisselen-beschikbare-diensten" || f == "ketenindex" && slices.ContainsFunc([]string{"deelnemer-", "api-", "storing-"}, func(s string) bool {
			return strings.HasPrefix(cloudevent.Gebeurtenis(typ), s)
		})
		if register != (wijzigingNaam[typ] != "") {
			t.Errorf("%s has words: %v", typ, !register)
		}
	}
}

func TestBordInEenBrowser(t *testing.T) {
	url := start(t, vol).URL
	leeg := start(t, func(time.Time, time.Time) (beheer.Bord, error) {
		return beheer.Bord{Keten: keten, Hub: kern.Gereed{Gereed: true, Log: "OK", Projectie: "OK"}}, nil
	}).URL
	tab := browsertest.Start(t).Tab(t)
	tab.Open(url).WachtTekst("Eén systeem antwoordt niet.").Controleer("bord-gezondheid")
	tab.Open(url + "/deelnemers").WachtTekst("Politie Proef").Controleer("bord-deelnemers")
	tab.Open(url + "/diensten").WachtTekst("Wijkteam").Controleer("bord-diensten")
	tab.Open(url + "/geschiedenis").WachtTekst("Doet niet meer mee").Controleer("bord-geschiedenis")
	tab.Open(leeg).WachtTekst("Nog niet bekeken").Controleer("bord-leeg")
	tab.Open(leeg + "/diensten").WachtTekst("Er zijn nog geen diensten").Controleer("bord-diensten-leeg")
}

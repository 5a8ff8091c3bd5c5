package node

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// TestAlleenDeKetenindexTeltAlsKetenindex: an organisation with a good
// certificate at the address of the hub gets no byte, and its list is not taken.
func TestAlleenDeKetenindexTeltAlsKetenindex(t *testing.T) {
	n := nieuwNet(t)
	var gezien atomic.Int64
	bedrieger := n.luister(vt, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		gezien.Add(1)
		_, _ = w.Write([]byte(`{"deelnemers":[{"oin":"` + string(vt.OIN) + `","naam":"Alles","soort":"ketenbeheerder"}]}`))
	}))
	cfg := Config{Organisatie: politie, Map: t.TempDir(), Identiteit: n.identiteit(politie), HubURL: bedrieger.URL, HubOIN: keten.OIN, Functies: n.functies(politie)}
	k, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if err := k.register.haal(t.Context()); !errors.Is(err, toegang.ErrAndereOrganisatie) {
		t.Errorf("het register van een ander: %v", err)
	}
	if err := k.register.abonneer(t.Context(), "https://127.0.0.1:1/haken/deelnemers"); !errors.Is(err, toegang.ErrAndereOrganisatie) {
		t.Errorf("een abonnement bij een ander: %v", err)
	}
	if _, wie, ok := k.register.adres("hub"); !ok || wie != keten.OIN {
		t.Errorf("de outbox gaat naar %q", wie)
	}
	if len(k.register.Deelnemers()) != 0 || gezien.Load() != 0 {
		t.Errorf("de bedrieger kreeg %d verzoeken, en er zijn %d deelnemers", gezien.Load(), len(k.register.Deelnemers()))
	}
}

// TestZonderOINVanDeKetenindexGeenStart: whose the hub is must be said.
func TestZonderOINVanDeKetenindexGeenStart(t *testing.T) {
	n := nieuwNet(t)
	for _, oin := range []string{"", "123", "0000000100000000100x"} {
		_, err := Open(Config{Organisatie: politie, Map: t.TempDir(), Identiteit: n.identiteit(politie), HubURL: n.hub.URL, HubOIN: begrip.OIN(oin), Functies: n.functies(politie)})
		if err == nil || !strings.Contains(err.Error(), "--hub-oin") {
			t.Errorf("%q: %v", oin, err)
		}
	}
}

// TestWieDeKetenindexTeVeelVroegIsEenSignaal: once, for the privacy officer of its own
// organisation.
func TestWieDeKetenindexTeVeelVroegIsEenSignaal(t *testing.T) {
	n := nieuwNet(t)
	regels := `{"tijdstip":"2026-12-01T10:00:00Z","persoon":"jansen","stap":"grens","aantal":0}`
	hub := n.luister(keten, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"inzagen":[` + regels + `]}`))
	}))
	k, err := Open(Config{Organisatie: politie, Map: t.TempDir(), Identiteit: n.identiteit(politie), HubURL: hub.URL, HubOIN: keten.OIN, Functies: n.functies(politie)})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	haal := func() (aantallen map[string]int) {
		t.Helper()
		if err := k.haalGrenzen(t.Context()); err != nil {
			t.Fatal(err)
		}
		alle, err := k.signalen.Alle(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		aantallen = map[string]int{}
		for _, s := range alle {
			aantallen[s.Naam] += s.Aantal
		}
		return aantallen
	}
	haal()
	if a := haal(); len(a) != 1 || a["jansen"] != 1 {
		t.Errorf("the same line twice: %v", a)
	}
	regels = `{"tijdstip":"2026-12-01T11:00:00Z","stap":"grens","aantal":0},` + regels
	if a := haal(); len(a) != 2 || a["jansen"] != 1 {
		t.Errorf("a system that said nothing: %v", a)
	}
}

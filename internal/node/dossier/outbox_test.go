package dossier

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

func bericht(bestemming string, n int) Bericht {
	return Bericht{ID: fmt.Sprintf("urn:soh:%d", n), Bestemming: bestemming, Soort: "gebeurtenis", Pad: "/v1/events",
		ContentType: "application/cloudevents+json", Body: []byte(fmt.Sprintf(`{"id":%d}`, n))}
}

func verstuur(t *testing.T, s *Store, bs ...Bericht) {
	t.Helper()
	err := s.Tx(t.Context(), func(tx *Tx) error {
		for _, b := range bs {
			if err := tx.Verstuur(t.Context(), b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func eerste(t *testing.T, s *Store, bestemming string) Uitgaand {
	t.Helper()
	u, ok, err := s.Volgende(t.Context(), bestemming)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return Uitgaand{}
	}
	return u
}

func TestOutboxVolgordePerBestemming(t *testing.T) {
	s, k := nieuw(t)
	gewekt := 0
	s.NaVerstuur(func() { gewekt++ })
	verstuur(t, s, bericht("hub", 1), bericht("peer", 2), bericht("hub", 3))
	verstuur(t, s, bericht("hub", 4))
	if gewekt != 2 {
		t.Errorf("%d keer gewekt", gewekt)
	}
	if b, err := s.Bestemmingen(t.Context()); err != nil || strings.Join(b, " ") != "hub peer" {
		t.Error(b, err)
	}
	u := eerste(t, s, "hub")
	if u.ID != "urn:soh:1" || string(u.Body) != `{"id":1}` || u.Staat != Wacht || !u.Gemaakt.Equal(k.t) {
		t.Errorf("%+v", u)
	}
	if err := s.StelUit(t.Context(), u.Nr, k.t.Add(time.Minute), "kapot voor "+schildwacht.Leesbaar()); err != nil {
		t.Fatal(err)
	}
	u = eerste(t, s, "hub") // still the first: the order holds
	if u.ID != "urn:soh:1" || u.Pogingen != 1 || !u.Volgende.Equal(k.t.Add(time.Minute)) || u.Reden != "kapot voor *********" {
		t.Errorf("%+v", u)
	}
	if err := s.IsBezorgd(t.Context(), u.Nr); err != nil {
		t.Fatal(err)
	}
	if u := eerste(t, s, "hub"); u.ID != "urn:soh:3" {
		t.Errorf("%+v", u)
	}
	if err := s.IsBezorgd(t.Context(), u.Nr); !begrip.Is(err, begrip.Conflict) {
		t.Error("tweemaal bezorgd:", err)
	}
}

func TestOutboxWeigertDubbel(t *testing.T) {
	s, _ := nieuw(t)
	verstuur(t, s, bericht("hub", 1), bericht("peer", 1))
	err := s.Tx(t.Context(), func(tx *Tx) error { return tx.Verstuur(t.Context(), bericht("hub", 1)) })
	if !begrip.Is(err, begrip.Conflict) {
		t.Error(err)
	}
	if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.Verstuur(t.Context(), Bericht{ID: "x"}) }); err == nil {
		t.Error("leeg bericht aanvaard")
	}
}

func TestOutboxParkerenEnHerbieden(t *testing.T) {
	s, k := nieuw(t)
	verstuur(t, s, bericht("hub", 1), bericht("hub", 2))
	u := eerste(t, s, "hub")
	if err := s.Parkeer(t.Context(), u.Nr, "400: ongeldig"); err != nil {
		t.Fatal(err)
	}
	if u := eerste(t, s, "hub"); u.ID != "urn:soh:2" {
		t.Errorf("%+v", u)
	}
	m, err := s.Mislukte(t.Context(), 10)
	if err != nil || len(m) != 1 || m[0].Reden != "400: ongeldig" || m[0].Klaar.IsZero() || m[0].Staat != Mislukt {
		t.Errorf("%+v %v", m, err)
	}
	st, err := s.Stand(t.Context())
	if err != nil || len(st) != 1 || st[0].Wacht != 1 || st[0].Mislukt != 1 || st[0].Bezorgd != 0 || !st[0].Oudste.Equal(k.t) {
		t.Errorf("%+v %v", st, err)
	}
	gewekt := 0
	s.NaVerstuur(func() { gewekt++ })
	if err := s.Herbied(t.Context(), u.Nr); err != nil || gewekt != 1 {
		t.Error(err, gewekt)
	}
	if u := eerste(t, s, "hub"); u.ID != "urn:soh:1" || u.Pogingen != 0 || !u.Klaar.IsZero() {
		t.Errorf("%+v", u)
	}
	if err := s.Herbied(t.Context(), u.Nr); !begrip.Is(err, begrip.Conflict) {
		t.Error(err)
	}
	for range 2 {
		if err := s.Parkeer(t.Context(), eerste(t, s, "hub").Nr, "nee"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.HerbiedAlles(t.Context(), "hub"); err != nil {
		t.Error(err)
	}
	if st, err := s.Stand(t.Context()); err != nil || st[0].Wacht != 2 {
		t.Errorf("%+v %v", st, err)
	}
	if err := s.HerbiedAlles(t.Context(), "hub"); !begrip.Is(err, begrip.Conflict) {
		t.Error(err)
	}
}

func TestOutboxOpruimenRaaktAlleenBezorgd(t *testing.T) {
	s, k := nieuw(t)
	verstuur(t, s, bericht("hub", 1), bericht("hub", 2), bericht("hub", 3))
	if err := s.IsBezorgd(t.Context(), eerste(t, s, "hub").Nr); err != nil {
		t.Fatal(err)
	}
	if err := s.Parkeer(t.Context(), eerste(t, s, "hub").Nr, "nee"); err != nil {
		t.Fatal(err)
	}
	if n, err := s.RuimOp(t.Context(), k.t); n != 0 || err != nil {
		t.Error("te vroeg:", n, err)
	}
	if n, err := s.RuimOp(t.Context(), k.t.Add(time.Second)); n != 1 || err != nil {
		t.Error(n, err)
	}
	st, err := s.Stand(t.Context())
	if err != nil || st[0].Wacht != 1 || st[0].Mislukt != 1 || st[0].Bezorgd != 0 {
		t.Errorf("%+v %v", st, err)
	}
}

func TestOutboxOverleeftHeropenen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.db")
	s := opent(t, path)
	verstuur(t, s, bericht("hub", 1), bericht("hub", 2))
	u := eerste(t, s, "hub")
	if err := s.StelUit(t.Context(), u.Nr, time.Now().Add(time.Hour), "weg"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s = opent(t, path)
	if v := eerste(t, s, "hub"); v.ID != u.ID || v.Pogingen != 1 {
		t.Errorf("%+v", v)
	}
}

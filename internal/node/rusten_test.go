package node

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
)

// TestElkeSoortZegtWaaropZijRust walks every kind of every functie: a node does not
// start with one that says nothing of it, and of one that always rests on something,
// no record is stored that leaves it out; one that was read in the same request is
// what it rests on by itself. A functie that comes gets this test for free.
func TestElkeSoortZegtWaaropZijRust(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	o, altijd := n.nodes[politie.OIN], 0
	for _, f := range o.Functies() {
		for _, s := range f.Soorten {
			stom := s
			stom.Herkomst, stom.ZonderHerkomst = nil, ""
			if err := stom.Controleer(); err == nil || !strings.Contains(err.Error(), "waarop het rust") {
				t.Errorf("%s: a node starts without a word about what it rests on: %v", s.Naam, err)
			}
			if s.ZonderHerkomst != "" {
				continue
			}
			altijd++
			leg := func(gelezen ...begrip.Verwijzing) (rec dossier.Record, err error) {
				ctx := dossier.MetGelezen(t.Context())
				for _, v := range gelezen {
					dossier.Las(ctx, v)
				}
				err = o.store.Tx(ctx, func(tx *dossier.Tx) error {
					rec, err = tx.Schrijf(ctx, dossier.Record{Soort: s.Naam, ID: uuid.NewString(), Personen: []begrip.BSN{kind}, Inhoud: json.RawMessage(`{}`)})
					return err
				})
				return rec, err
			}
			if _, err := leg(); err == nil {
				t.Errorf("%s: stored without a word about what it rests on", s.Naam)
			}
			v := begrip.Verwijzing{Bron: vt.OIN, Soort: s.Herkomst[0], Pad: "/v1/gegevens/" + uuid.NewString()}
			if rec, err := leg(v); err != nil || len(rec.Herkomst) != 1 || rec.Herkomst[0] != v {
				t.Errorf("%s: what was read is not what it rests on: %+v %v", s.Naam, rec.Herkomst, err)
			}
		}
	}
	if altijd < 3 {
		t.Errorf("%d kinds always rest on something", altijd)
	}
}

// TestEenAntwoordRustOpWatIsGevraagd: an Opdracht is not done with an answer that does
// not rest on what was asked, or that is not there, or that stands at another source.
func TestEenAntwoordRustOpWatIsGevraagd(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	n.meld(c)
	o, node := opdracht.Opdracht{}, n.nodes[vt.OIN]
	os, err := node.opdracht.Postvak(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range os {
		if x.Soort == "melding" && x.Staat == opdracht.Geaccepteerd {
			o = x
		}
	}
	recs, err := node.store.Zoek(t.Context(), dossier.Filter{Soort: "beoordeling", Zaak: o.Zaak})
	if err != nil || len(recs) != 1 {
		t.Fatal(len(recs), err)
	}
	ander := uuid.NewString() // a beoordeling of another melding
	if err := node.store.Tx(t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(t.Context(), dossier.Record{Soort: "beoordeling", ID: ander, Inhoud: json.RawMessage(`{}`),
			Herkomst: []begrip.Verwijzing{{Bron: politie.OIN, Soort: "melding", Pad: "/v1/meldingen/" + uuid.NewString()}}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	klaar := func(bron begrip.OIN, id string) error {
		_, err := node.opdracht.Zet(t.Context(), o.ID, opdracht.Stap{Naar: opdracht.Uitgevoerd, Door: "Marieke", Resultaat: "geen-vervolg", Op: time.Now(),
			Antwoord: &begrip.Verwijzing{Bron: bron, Soort: "beoordeling", Pad: "/v1/beoordelingen/" + id}})
		return err
	}
	for naam, err := range map[string]error{
		"of another melding": klaar(vt.OIN, ander), "that is not there": klaar(vt.OIN, uuid.NewString()), "at another source": klaar(politie.OIN, recs[0].ID),
	} {
		if err == nil {
			t.Errorf("done with an answer %s", naam)
		}
	}
	if err := klaar(vt.OIN, recs[0].ID); err != nil {
		t.Error(err)
	}
}

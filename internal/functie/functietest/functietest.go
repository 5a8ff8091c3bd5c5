// Package functietest puts a functie on a real dossier without a network, for
// its own tests, and holds what it gives against its JSON Schema.
package functietest

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// Omgeving gives the surroundings of a functie at van, in a register of van and
// anderen. Opdrachten and events stay in the outbox, where a test can read them.
func Omgeving(t *testing.T, van begrip.Organisatie, anderen ...begrip.Organisatie) *functie.Omgeving {
	t.Helper()
	d, err := dossier.Open(filepath.Join(t.TempDir(), "dossier.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	var lijst []functie.Deelnemer
	for _, o := range append([]begrip.Organisatie{van}, anderen...) {
		lijst = append(lijst, functie.Deelnemer{Organisatie: o, API: "https://" + string(o.Soort) + ".example"})
	}
	o := &functie.Omgeving{
		Organisatie: van, Systeem: van.OIN.Systeem("soh"), Dossier: d, Log: slog.New(slog.DiscardHandler),
		Wek: func() {}, Deelnemers: func() []functie.Deelnemer { return lijst },
	}
	verbanden := samenwerkingsverband.Ingebouwd()
	o.Waarborgen = waarborg.Nieuw(waarborg.Config{Organisatie: van, Systeem: o.Systeem, Dossier: d, Log: o.Log, Wek: o.Wek, Verbanden: verbanden})
	o.Inzage = inzage.Nieuw(inzage.Config{
		Organisatie: van, Systeem: o.Systeem, Identiteit: identiteit(t, van), Dossier: d, Waarborgen: o.Waarborgen, Verbanden: verbanden, Log: o.Log, Wek: o.Wek,
		Deelnemer: func(oin begrip.OIN) (begrip.Organisatie, string, bool) {
			x, ok := o.Deelnemer(oin)
			return x.Organisatie, x.API, ok
		},
	})
	o.Signalen = signaal.Nieuw(signaal.Config{Dossier: d, OIN: van.OIN, Instelling: signaal.Standaard, Log: o.Log})
	o.Opdrachten = opdrachten(o, geenBewijs)
	return o
}

// Gebruik wires f as a node does: its kinds of Opdracht, and its policy for every
// decision that its acts ask for.
func Gebruik(t *testing.T, o *functie.Omgeving, f functie.Functie) {
	t.Helper()
	if err := o.Opdrachten.Gebruik(f.Opdrachten...); err != nil {
		t.Fatal(err)
	}
	modules := maps.Clone(inzage.Regels)
	maps.Copy(modules, f.Beleid)
	beleid, err := toegang.NieuwBeleid(modules)
	if err != nil {
		t.Fatal(err)
	}
	o.Inzage.Gebruik(beleid, f.Soorten...)
}

func identiteit(t *testing.T, van begrip.Organisatie) toegang.Identiteit {
	t.Helper()
	ca, err := toegang.NieuweCA(filepath.Join(t.TempDir(), "ca"))
	if err != nil {
		t.Fatal(err)
	}
	crt, key, err := ca.Geef(t.TempDir(), van)
	if err != nil {
		t.Fatal(err)
	}
	id, err := toegang.LaadIdentiteit(crt, key, ca.Pad())
	if err != nil {
		t.Fatal(err)
	}
	id.Organisatie = van
	return id
}

func opdrachten(o *functie.Omgeving, zoek opdracht.Zoeker) *opdracht.Opdrachten {
	return opdracht.Nieuw(opdracht.Config{
		Organisatie: o.Organisatie, Systeem: o.Systeem, Dossier: o.Dossier, Log: o.Log, Ketenindex: zoek, EigenWerk: zoek, Grenzen: opdracht.Standaard,
		Meld: func(context.Context, begrip.Organisatie, signaal.Regel, string) error { return nil },
		Deelnemer: func(oin begrip.OIN) (begrip.Organisatie, bool) {
			x, ok := o.Deelnemer(oin)
			return x.Organisatie, ok
		},
	})
}

// geenBewijs: without a network nothing is proven.
func geenBewijs(context.Context, opdracht.Bewijsvraag) (opdracht.Bevestiging, error) {
	return opdracht.Bevestiging{}, nil
}

// Bewezen makes every proof that an Opdracht of the environment can rest on exist,
// about everybody. Call it before the functie declares its kinds.
func Bewezen(o *functie.Omgeving) {
	ja := func(_ context.Context, v opdracht.Bewijsvraag) (opdracht.Bevestiging, error) {
		uit := opdracht.Bevestiging{Ja: true, Personen: make([]bool, len(v.Personen))}
		for i := range uit.Personen {
			uit.Personen[i] = true
		}
		return uit, nil
	}
	o.Opdrachten = opdrachten(o, ja)
}

// Past wants the JSON of v to pass the schema in bestand.
func Past(t *testing.T, bestand string, v any) {
	t.Helper()
	raw, err := os.ReadFile(bestand)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	const id = "urn:soh:schema:test"
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(id, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	b, err := begrip.Opslag(v) // as who may read all of it gets it
	if err != nil {
		t.Fatal(err)
	}
	inst, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(inst); err != nil {
		t.Errorf("het antwoord past niet op %s: %v", bestand, err)
	}
}

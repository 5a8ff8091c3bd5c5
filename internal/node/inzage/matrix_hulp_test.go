package inzage_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/functie/alle"
	"github.com/handbereik/soh/internal/functie/bekendheid"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/node/waarborg"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// openBeleid allows everybody everything: what is refused then, the general
// rules or the samenwerkingsverband refuse.
const openBeleid = `package soh.open

besluit := {"toegestaan": true, "niveau": 2, "gemaskeerd": [], "redenen": [{"tekst": "Open.", "artikel": ""}]}
`

// knoop is one node's decision, with the real functies and an open one, on a
// real dossier and without a network.
type knoop struct {
	t *testing.T
	*inzage.Inzage
	d *dossier.Store
}

// oin gives the nr-th organisation of a kind its number; the first is the node.
func oin(soort begrip.OrganisatieSoort, nr int) begrip.OIN {
	for i, s := range begrip.OrganisatieSoorten {
		if s == soort {
			return begrip.OIN(fmt.Sprintf("00000001%05d%04d000", i+1, nr))
		}
	}
	panic("onbekende soort " + soort)
}

func org(soort begrip.OrganisatieSoort, nr int) begrip.Organisatie {
	return begrip.Organisatie{OIN: oin(soort, nr), Naam: string(soort), Soort: soort}
}

// stukken is the kind of record of the open functie: its class stands in Staat,
// its part of the case in Door.
func stukken(*functie.Omgeving) functie.Functie {
	return functie.Functie{Naam: "open", Titel: "Open", Beleid: map[string]string{"open.rego": openBeleid}, Soorten: []inzage.Soort{{
		Naam: "stuk", Pad: "/v1/stukken", Titel: "Stuk", Beleid: "soh.open", Vorm: struct{}{}, ZonderHerkomst: "een proef",
		Reduceer: func(dossier.Record, begrip.Niveau, []string) (any, error) { return nil, nil },
		Klasse: func(rec dossier.Record) (k verband.Klasse) {
			if k.UnmarshalText([]byte(rec.Staat)) != nil {
				return verband.Bronbeschermd
			}
			return k
		},
		Deel: func(rec dossier.Record, _ toegang.Lezer) verband.Deel { return verband.Deel(rec.Door) },
	}}}
}

// functies are those of every node of the matrices.
var functies = append(alle.Bouw(bekendheid.Handmatig), stukken)

// nieuwDossier makes an empty one in dir.
func nieuwDossier(t *testing.T, dir string) *dossier.Store {
	t.Helper()
	d, err := dossier.Open(filepath.Join(dir, "dossier.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// nieuweIdentiteit gives ik a certificate.
func nieuweIdentiteit(t *testing.T, dir string, ik begrip.Organisatie) toegang.Identiteit {
	t.Helper()
	ca, err := toegang.NieuweCA(filepath.Join(dir, "ca"))
	if err != nil {
		t.Fatal(err)
	}
	crt, key, err := ca.Geef(filepath.Join(dir, "certs"), ik)
	if err != nil {
		t.Fatal(err)
	}
	id, err := toegang.LaadIdentiteit(crt, key, ca.Pad())
	if err != nil {
		t.Fatal(err)
	}
	id.Organisatie = ik
	return id
}

// nieuweKnoop makes the node of a kind of organisation.
func nieuweKnoop(t *testing.T, soort begrip.OrganisatieSoort) *knoop {
	t.Helper()
	dir, ik := t.TempDir(), org(soort, 1)
	d, id := nieuwDossier(t, dir), nieuweIdentiteit(t, dir, ik)
	log := slog.New(slog.DiscardHandler)
	w := waarborg.Nieuw(waarborg.Config{Organisatie: ik, Systeem: ik.OIN.Systeem("soh"), Dossier: d, Log: log, Wek: func() {}, Verbanden: verband.Ingebouwd()})
	k := &knoop{t, inzage.Nieuw(inzage.Config{Organisatie: ik, Systeem: ik.OIN.Systeem("soh"), Identiteit: id, Dossier: d, Waarborgen: w, Verbanden: verband.Ingebouwd(), Log: log, Wek: func() {}}), d}
	o := &functie.Omgeving{Organisatie: ik, Systeem: ik.OIN.Systeem("soh"), Dossier: d, Waarborgen: w, Signalen: &signaal.Wachter{}, Inzage: k.Inzage, Log: log, Wek: func() {},
		Deelnemers: func() []functie.Deelnemer { return nil }}
	teksten, soorten := maps.Clone(inzage.Regels), []inzage.Soort{}
	for _, bouw := range functies {
		f := bouw(o)
		maps.Copy(teksten, f.Beleid)
		soorten = append(soorten, f.Soorten...)
	}
	eens.Do(func() { // the same for every node
		modules = teksten
		beleid, beleidFout = toegang.NieuwBeleid(modules)
	})
	if beleidFout != nil {
		t.Fatal(beleidFout)
	}
	k.Gebruik(beleid, soorten...)
	return k
}

// TestMain lets the matrices make more garbage before it is cleared: a hundred
// thousand decisions in a row are no program.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	begrip.GebruikDoelen(verband.Ingebouwd().Doelen())
	os.Exit(m.Run())
}

var (
	eens       sync.Once
	modules    map[string]string // policies of the functies
	beleid     *toegang.Beleid
	beleidFout error
)

// leg puts facts in the dossier as they are, in one transaction.
func (k *knoop) leg(recs ...dossier.Record) {
	k.t.Helper()
	if err := k.d.Tx(k.t.Context(), func(tx *dossier.Tx) error {
		for _, r := range recs {
			if _, err := tx.Schrijf(k.t.Context(), r); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		k.t.Fatal(err)
	}
}

// feit makes the record of a safeguard in a zaak about some persons.
func feit(s waarborg.Soort, zaak string, inhoud any, ps ...begrip.BSN) dossier.Record {
	b, err := json.Marshal(inhoud)
	if err != nil {
		panic(err)
	}
	return dossier.Record{Soort: s.Naam, ID: uuid.NewString(), Zaak: zaak, GeldigVanaf: gisteren, Staat: "actief", Personen: ps, Inhoud: b}
}

func (k *knoop) feiten(l toegang.Lezer, recs ...dossier.Record) *waarborg.Feiten {
	k.t.Helper()
	f, err := k.Feiten(k.t.Context(), l, recs...)
	if err != nil {
		k.t.Fatal(err)
	}
	return f
}

func (k *knoop) beslis(rec dossier.Record, l toegang.Lezer, f *waarborg.Feiten) toegang.Besluit {
	s, ok := k.VanSoort(rec.Soort)
	if !ok {
		k.t.Fatalf("geen soort %q", rec.Soort)
	}
	b, err := k.Beslis(k.t.Context(), s, rec, l, f)
	if err != nil {
		k.t.Fatal(err)
	}
	if len(b.Redenen) == 0 {
		k.t.Errorf("een besluit zonder reden: %+v", b)
	}
	return b
}

var (
	gisteren = time.Now().Add(-24 * time.Hour).UTC().Truncate(time.Second)
	morgen   = time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)
	geldig   = waarborg.Kop{Vanaf: gisteren, Tot: &morgen, Bron: "een bron"}
)

func in(zaak string) waarborg.Kop { k := geldig; k.Zaak = zaak; return k }

func inhoudBSN(b begrip.BSN) begrip.InhoudBSN { return begrip.InhoudBSN{BSN: b} }

// nummers gives n valid numbers that no living person has (9…).
func nummers(n int) []begrip.BSN {
	var uit []begrip.BSN
	for i := 900000000; len(uit) < n; i++ {
		if b, err := begrip.ParseBSN(fmt.Sprint(i)); err == nil {
			uit = append(uit, b)
		}
	}
	return uit
}

func noodVoor(l toegang.Lezer) toegang.Lezer {
	l.Nood = toegang.Nood{Reden: "Het kind is weg en niemand weet waar.", Tot: time.Now().Add(time.Hour)}
	return l
}

// schrijf writes the tables anew: go test ./internal/node/inzage -run Matrix -schrijf.
// Read the difference before it is kept.
var schrijf = flag.Bool("schrijf", false, "schrijf de tabellen opnieuw")

// goud holds what was found against a table that is kept and reviewed.
func goud(t *testing.T, naam, kreeg string) {
	t.Helper()
	pad := filepath.Join("testdata", "golden", naam)
	if *schrijf {
		if err := os.WriteFile(pad, []byte(kreeg), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(pad)
	if err != nil {
		t.Fatalf("%v; dit is de tabel:\n%s", err, kreeg)
	}
	if d := cmp.Diff(strings.Split(string(b), "\n"), strings.Split(kreeg, "\n")); d != "" {
		t.Errorf("de tabel %s klopt niet meer. Kijk de verschillen na (- tabel, + beslissing):\n%s", naam, d)
	}
}

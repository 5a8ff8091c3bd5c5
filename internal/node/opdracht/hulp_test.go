package opdracht

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/signaal"
)

const zaak = "urn:soh:zaak:1"

var (
	wij    = begrip.Organisatie{OIN: "00000001005000000000", Naam: "Jeugdbescherming", Soort: begrip.GI}
	vt     = begrip.Organisatie{OIN: "00000001002000000000", Naam: "Veilig Thuis", Soort: begrip.VeiligThuis}
	school = begrip.Organisatie{OIN: "00000001009000000000", Naam: "School", Soort: begrip.School}

	bekend, vreemd = begrip.MustBSN("999999990"), begrip.MustBSN("999970185")
)

// vraagSoort is a kind that takes a proof; groet one that takes none.
var vraagSoort = Soort{Naam: "vraag", Titel: "Vraag", Regel: Regel{
	Onderwerp: "verzoek", MaxPersonen: 3, Bewijs: []Bewijs{{BewijsMelding, BijKetenindex}},
	Wegen: []Weg{{Soorten: []begrip.OrganisatieSoort{begrip.VeiligThuis}, Rollen: []begrip.Rol{begrip.RolMedewerkerVT}, Doelen: []begrip.Doel{begrip.DoelVTMelding},
		Gronden: []begrip.Grondslag{begrip.GrondWmo516}, Aan: []begrip.OrganisatieSoort{begrip.GI}}},
}}

func groet() Soort {
	s := vraagSoort
	s.Naam, s.Regel.Bewijs, s.Regel.ZonderBewijs = "groet", nil, "vraagt niets"
	return s
}

// proef is one side that answers, with a register and a Ketenindex as they are
// set.
type proef struct {
	*Opdrachten
	t *testing.T
	d *dossier.Store

	mu        sync.Mutex
	register  map[begrip.OIN]begrip.Organisatie
	meldingen map[begrip.OIN][]begrip.BSN // for whom the Ketenindex knows a melding in zaak, about whom
	stil      bool
	gevraagd  int
	signalen  []signaal.Regel
	gedaan    []string // ids handled by rule
	regel     func(o Opdracht) error
	klok      time.Time
}

func nieuw(t *testing.T, anders func(*Config), soorten ...Soort) *proef {
	t.Helper()
	d, err := dossier.Open(filepath.Join(t.TempDir(), "dossier.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	p := &proef{t: t, d: d, register: map[begrip.OIN]begrip.Organisatie{}, meldingen: map[begrip.OIN][]begrip.BSN{}, klok: time.Now()}
	for _, o := range []begrip.Organisatie{wij, vt, school} {
		p.register[o.OIN] = o
	}
	cfg := Config{
		Organisatie: wij, Systeem: wij.OIN.Systeem("soh"), Dossier: d, Log: slog.New(slog.DiscardHandler), Grenzen: Standaard, Ketenindex: p.zoek,
		EigenWerk: func(context.Context, Bewijsvraag) (Bevestiging, error) { return Bevestiging{}, nil },
		Deelnemer: func(oin begrip.OIN) (begrip.Organisatie, bool) {
			p.mu.Lock()
			defer p.mu.Unlock()
			o, ok := p.register[oin]
			return o, ok
		},
		Meld: func(_ context.Context, _ begrip.Organisatie, r signaal.Regel, _ string) error {
			p.signalen = append(p.signalen, r)
			return nil
		},
		Nu: func() time.Time { p.mu.Lock(); defer p.mu.Unlock(); return p.klok },
	}
	if anders != nil {
		anders(&cfg)
	}
	p.Opdrachten = Nieuw(cfg)
	if len(soorten) == 0 {
		soorten = []Soort{vraagSoort, groet()}
	}
	for i := range soorten {
		soorten[i].Automatisch = func(_ context.Context, o Opdracht) error {
			p.mu.Lock()
			f := p.regel
			p.mu.Unlock()
			if f != nil {
				if err := f(o); err != nil {
					return err
				}
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			p.gedaan = append(p.gedaan, o.ID)
			return nil
		}
	}
	if err := p.Gebruik(soorten...); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *proef) zoek(_ context.Context, v Bewijsvraag) (Bevestiging, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gevraagd++
	if p.stil {
		return Bevestiging{}, begrip.NieuweFout(begrip.BronAntwoordtNiet, "stil")
	}
	over, ja := p.meldingen[v.Partij]
	ja = ja && v.Zaak == zaak
	uit := Bevestiging{Ja: ja, Personen: make([]bool, len(v.Personen))}
	for i, b := range v.Personen {
		for _, x := range over {
			uit.Personen[i] = uit.Personen[i] || ja && b == x
		}
	}
	return uit, nil
}

// vraag is a good offer of vt.
func vraag1(anders ...func(*Opdracht)) Opdracht {
	o := Opdracht{
		ID: uuid.Must(uuid.NewV7()).String(), Soort: "vraag", Zaak: zaak, Van: vt.OIN, Aan: wij.OIN, Personen: 2, AangebodenOp: time.Now(),
		Onderwerp: Verwijzing{Bron: vt.OIN, Soort: "verzoek", Pad: "/v1/verzoeken/" + uuid.NewString()},
		Vrager:    Vrager{Naam: "Marieke", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelVTMelding, Grondslag: begrip.GrondWmo516},
	}
	for _, f := range anders {
		f(&o)
	}
	return o
}

func (p *proef) krijg(o Opdracht) Opdracht {
	p.t.Helper()
	uit, _, err := p.ontvang(p.t.Context(), o.Van, o)
	if err != nil {
		p.t.Fatal(err)
	}
	return uit
}

// hier is the state of an offer here, and whether it became an Opdracht.
func (p *proef) hier(id string) (Staat, bool) {
	p.t.Helper()
	o, _, soort, err := leesBeide(p.t.Context(), p.d.Lees, id)
	if err != nil {
		p.t.Fatal(err)
	}
	return o.Staat, soort == RecordSoort
}

func (p *proef) logboek() []dossier.Logregel {
	p.t.Helper()
	l, err := p.d.Logboek(p.t.Context(), 0)
	if err != nil {
		p.t.Fatal(err)
	}
	return l
}

// draai runs the automatic work until f holds.
func (p *proef) draai(waarop string, f func() bool) {
	p.t.Helper()
	ctx, stop := context.WithCancel(p.t.Context())
	klaar := make(chan error, 1)
	go func() { klaar <- p.Run(ctx) }()
	defer func() {
		stop()
		if err := <-klaar; err != nil {
			p.t.Error(err)
		}
	}()
	for eind := time.Now().Add(20 * time.Second); time.Now().Before(eind); time.Sleep(5 * time.Millisecond) {
		if f() {
			return
		}
	}
	p.t.Errorf("%s kwam niet", waarop)
}

func (p *proef) aantal() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.gedaan)
}

func bevat(s string, delen ...string) bool {
	for _, d := range delen {
		if strings.Contains(s, d) {
			return true
		}
	}
	return false
}

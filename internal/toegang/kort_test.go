package toegang

import (
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// willekeurig gives an input with every fact that the rules read there, absent,
// or of another type, in any combination.
func willekeurig(r *rand.Rand) Invoer {
	kies := func(m map[string]any, naam string, uit ...any) {
		if i := r.IntN(len(uit) + 1); i < len(uit) {
			m[naam] = uit[i]
		}
	}
	in, lezer := Invoer{}, map[string]any{}
	kies(lezer, "burger", false, false, false, false, true, "false", nil)
	kies(lezer, "rol", "medewerker-veilig-thuis", "systeem", "politieagent", "ouder")
	kies(lezer, "soort", "veilig-thuis", "veilig-thuis", "politie")
	kies(lezer, "oin", vt.OIN, vt.OIN, politie.OIN)
	kies(lezer, "relatie", "zelf", "ouder", "steunfiguur")
	kies(lezer, "namens", false, true)
	kies(in, "lezer", lezer, lezer, lezer, lezer, lezer, lezer, lezer, "geen", nil)
	kies(in, "klasse", "I1", "I3", "I4", "I2", "I5", "I6", 6, nil)
	kies(in, "zelf", false, true, true, "true")
	for _, f := range []string{"betrokken", "geadresseerd", "afgeschermd"} {
		kies(in, f, false, false, true, "true")
	}
	if r.IntN(3) == 0 {
		kies(in, "afschermingen", false, []any{}, []any{map[string]any{"reden": "e", "artikel": "x", "collega": true, "tot": ""}}, nil)
		kies(in, "nood", map[string]any{"reden": "Er is nu gevaar voor dit kind, echt waar.", "tot": "2026-11-24T11:00:00Z"}, false, nil, "nu")
		kies(in, "persoon", map[string]any{"leeftijd": r.IntN(20)})
	}
	kies(in, "nu", "2026-11-24T10:00:00Z")
	kies(in, "doel", "01", "01", "beoordelen-melding", "eigen-melding", "eigen-melding", "eigen-inzage")
	kies(in, "reden", "01", "01", "02")
	kies(in, "grondslag", "WMO-5.1.6", "WMO-5.2.6", "WMO-5.2.6", "UBWMO-4.1.7", "UBWMO-4.1.7", "UBWMO-4.1.7", "AVG-15")
	kies(in, "aan", "veilig-thuis", "veilig-thuis", "veilig-thuis", "veilig-thuis")
	kies(in, "zaak", "z1", "z1", "z2")
	kies(in, "record", map[string]any{"soort": "verrijking", "zaak": "z1"}, map[string]any{"soort": "verrijkingsverzoek", "zaak": "z1"},
		map[string]any{"soort": "registratie", "zaak": "z1"}, map[string]any{"soort": "melding", "zaak": "z1"}, map[string]any{"soort": "beoordeling", "zaak": "z1"},
		map[string]any{"soort": "melding", "zaak": "z1"}, map[string]any{"soort": "beoordeling", "zaak": "z1"}, "geen")
	for _, f := range []string{"vrager", "bevraagde", "ontvanger", "melder"} {
		kies(in, f, vt.OIN, vt.OIN, politie.OIN)
	}
	kies(in, "verband", Verband{Toegestaan: true, Niveau: 1, Gemaskeerd: []string{"adres"}}, Verband{})
	return in
}

// The short way decides what the long way decides: where the general rules are
// left out they have nothing to say, and what is left out of the input nobody reads.
func TestKortBesluitIsHetVolledigeBesluit(t *testing.T) {
	for _, naam := range []string{"melding", "bekendheid"} {
		regels, err := os.ReadFile("../functie/" + naam + "/beleid.rego")
		if err != nil {
			t.Fatal(err)
		}
		b := beleid(t, map[string]string{"a.rego": string(regels)})
		alles := *b
		alles.bouw = bouw{leest: gelezen{alles: true}}
		r := rand.New(rand.NewPCG(1, 2))
		kort, mag := 0, 0
		for range 6000 {
			in := willekeurig(r)
			kreeg, err := b.Besluit(t.Context(), "soh."+naam, in)
			wil, err2 := alles.vraag(t.Context(), alles.vragen["soh."+naam], in, false)
			if !wil.Toegestaan && len(wil.Redenen) == 0 {
				wil.Redenen = kreeg.Redenen
			}
			if err == nil && err2 == nil {
				if d := cmp.Diff(wil, kreeg); d != "" {
					t.Fatalf("%s: %v\n%s", naam, in, d)
				}
			} else if (err == nil) != (err2 == nil) {
				t.Fatalf("%s: %v: %v, volledig %v", naam, in, err, err2)
			}
			if gewoon(in) {
				kort++
				if kreeg.Toegestaan {
					mag++
				}
			}
		}
		if kort < 400 || kort > 5400 || mag < 10 {
			t.Errorf("%s: de proef zegt niets: %d kort, %d mag", naam, kort, mag)
		}
	}
}

package toegang

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handbereik/soh/internal/begrip"
)

const voorbeeld = `package soh.voorbeeld

besluit := {"toegestaan": true, "niveau": 2, "gemaskeerd": {"melder", "adres"}, "redenen": [{"tekst": "U beoordeelt de melding.", "artikel": "Wmo 2015, artikel 5.1.6"}]} if {
	input.lezer.rol in {"medewerker-veilig-thuis"}
	input.doel == "beoordelen-melding"
	input.record.staat != "vernietigd"
}

besluit := {"toegestaan": false, "redenen": {{"tekst": "Uw rol mag dit niet zien."}}} if input.lezer.rol == "administratie"
`

const voorbeeldTest = `package soh.voorbeeld_test

import data.soh.voorbeeld

test_rol if voorbeeld.besluit.toegestaan with input as {"lezer": {"rol": "medewerker-veilig-thuis"}, "doel": "beoordelen-melding", "record": {"staat": "x"}}

test_leeg if not voorbeeld.besluit with input as {}
`

func beleid(t testing.TB, modules map[string]string) *Beleid {
	t.Helper()
	b, err := NieuwBeleid(modules)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func invoer(rol begrip.Rol) Invoer {
	return Invoer{
		"lezer": map[string]any{"oin": vt.OIN, "soort": vt.Soort, "rol": rol, "persoon": "m.jansen", "burger": false},
		"doel":  begrip.DoelBeoordelen, "grondslag": begrip.GrondWmo516, "zaak": "urn:soh:zaak:1", "gevraagd": begrip.NiveauInhoud,
		"record":     map[string]any{"soort": "melding", "zaak": "urn:soh:zaak:1", "staat": "geregistreerd", "eigenaar": politie.OIN},
		"ontvangers": []begrip.OIN{vt.OIN}, "zelf": false, "betrokken": false,
	}
}

func TestBesluit(t *testing.T) {
	b := beleid(t, map[string]string{"a.rego": voorbeeld, "a_test.rego": voorbeeldTest})
	kreeg, err := b.Besluit(t.Context(), "soh.voorbeeld", invoer(begrip.RolMedewerkerVT))
	wil := Besluit{true, begrip.NiveauInhoud, []string{"adres", "melder"}, nil, []Reden{{Tekst: "U beoordeelt de melding.", Artikel: "Wmo 2015, artikel 5.1.6"}}}
	if d := cmp.Diff(wil, kreeg); d != "" || err != nil {
		t.Error(err, d)
	}
	kreeg, err = b.Besluit(t.Context(), "soh.voorbeeld", invoer(begrip.RolAdministratie))
	if kreeg.Toegestaan || err != nil || kreeg.Redenen[0].Tekst != "Uw rol mag dit niet zien." {
		t.Error(kreeg, err)
	}
}

func TestZonderPassendeRegelIsHetNee(t *testing.T) {
	b := beleid(t, map[string]string{"a.rego": voorbeeld})
	for _, pakket := range []string{"soh.voorbeeld", "soh.bestaat-niet", ""} {
		k, err := b.Besluit(t.Context(), pakket, invoer(begrip.RolAgent))
		if err != nil || k.Toegestaan || len(k.Redenen) != 1 {
			t.Errorf("%q: %v %v", pakket, k, err)
		}
	}
}

func TestFoutInDeRegelIsNee(t *testing.T) {
	for naam, regel := range map[string]string{
		"geen object":     `besluit := true`,
		"geen niveau":     `besluit := {"toegestaan": true}`,
		"niveau 3":        `besluit := {"toegestaan": true, "niveau": 3}`,
		"niveau half":     `besluit := {"toegestaan": true, "niveau": 1.5}`,
		"tekst als ja":    `besluit := {"toegestaan": "true", "niveau": 1}`,
		"onbekend veld":   `besluit := {"toegestaan": true, "niveau": 1, "gemaskerd": ["x"]}`,
		"kapotte reden":   `besluit := {"toegestaan": true, "niveau": 1, "redenen": ["x"]}`,
		"functie faalt":   `besluit := {"toegestaan": true, "niveau": to_number(input.bsn)}`,
		"twee uitkomsten": "besluit := {\"toegestaan\": true, \"niveau\": 1} if input.a\nbesluit := {\"toegestaan\": true, \"niveau\": 2} if input.b",
	} {
		b := beleid(t, map[string]string{"x.rego": "package x\n" + regel})
		k, err := b.Besluit(t.Context(), "x", Invoer{"bsn": "nummer " + sentinel, "a": true, "b": true})
		if err == nil || k.Toegestaan || len(k.Redenen) == 0 {
			t.Errorf("%s: %v %v", naam, k, err)
		}
		if err != nil && strings.Contains(err.Error(), sentinel) {
			t.Errorf("%s: BSN in de fout", naam)
		}
	}
	gestopt, stop := context.WithCancel(t.Context())
	stop()
	b := beleid(t, map[string]string{"x.rego": "package x\nbesluit := {\"toegestaan\": true, \"niveau\": 1} if { some i in numbers.range(1, 300000); i > 299999 }"})
	if k, err := b.Besluit(gestopt, "x", Invoer{}); err == nil || k.Toegestaan {
		t.Errorf("afgebroken: %v %v", k, err)
	}
}

func TestBeleidReiktNietBuitenHetProces(t *testing.T) {
	for _, regel := range []string{`besluit := http.send({"method": "get", "url": "http://x"})`, `besluit := opa.runtime()`, `besluit := `} {
		if _, err := NieuwBeleid(map[string]string{"x.rego": "package x\n" + regel}); err == nil {
			t.Errorf("aanvaard: %s", regel)
		}
	}
}

func TestBSNInInvoerIsGemaskeerd(t *testing.T) {
	b := beleid(t, map[string]string{"x.rego": "package x\nbesluit := {\"toegestaan\": false, \"redenen\": [{\"tekst\": input.bsn}]}"})
	k, err := b.Besluit(t.Context(), "x", Invoer{"bsn": begrip.MustBSN(sentinel)})
	if err != nil || k.Redenen[0].Tekst != "*********" {
		t.Error(k, err)
	}
}

func BenchmarkBesluit(b *testing.B) {
	bel, in := beleid(b, map[string]string{"a.rego": voorbeeld}), invoer(begrip.RolMedewerkerVT)
	for b.Loop() {
		if k, err := bel.Besluit(b.Context(), "soh.voorbeeld", in); err != nil || !k.Toegestaan {
			b.Fatal(k, err)
		}
	}
}

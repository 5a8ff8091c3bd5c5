package toegang

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/handbereik/soh/internal/begrip"
)

// waarde turns input into a Rego value without a detour over JSON. Types it
// does not know go over JSON; a BSN is then masked.
func waarde(x any) (ast.Value, error) {
	switch x := x.(type) {
	case Invoer:
		return waarde(map[string]any(x))
	case map[string]any:
		paren := make([][2]*ast.Term, 0, len(x))
		for k, v := range x {
			w, err := waarde(v)
			if err != nil {
				return nil, err
			}
			paren = append(paren, [2]*ast.Term{ast.InternedTerm(k), ast.NewTerm(w)})
		}
		return ast.NewObject(paren...), nil
	case Verband:
		return waarde(x.invoer())
	case []any:
		return lijst(x)
	case []string:
		return lijst(x)
	case []begrip.OIN:
		return lijst(x)
	case []begrip.Rol:
		return lijst(x)
	case begrip.OIN:
		return ast.String(x), nil
	case begrip.OrganisatieSoort:
		return ast.String(x), nil
	case begrip.Rol:
		return ast.String(x), nil
	case begrip.Doel:
		return ast.String(x), nil
	case begrip.Grondslag:
		return ast.String(x), nil
	case begrip.Niveau:
		return ast.InterfaceToValue(int(x))
	case time.Time:
		return ast.String(x.UTC().Format(time.RFC3339Nano)), nil
	}
	return ast.InterfaceToValue(x)
}

func lijst[T any](x []T) (ast.Value, error) {
	termen := make([]*ast.Term, len(x))
	for i, v := range x {
		w, err := waarde(v)
		if err != nil {
			return nil, err
		}
		termen[i] = ast.NewTerm(w)
	}
	return ast.NewArray(termen...), nil
}

var errVorm = errors.New("de regel besluit geeft niet {toegestaan, niveau, gemaskeerd, plichten, redenen}")

// leesBesluit reads what the rule gave, strictly: a policy that speaks another
// form decides nothing.
func leesBesluit(x any) (Besluit, error) {
	m, ok := x.(map[string]any)
	if !ok {
		return Besluit{}, errVorm
	}
	var b Besluit
	for naam, v := range m {
		var err error
		switch naam {
		case "toegestaan":
			if b.Toegestaan, ok = v.(bool); !ok {
				err = errVorm
			}
		case "niveau":
			b.Niveau, err = leesNiveau(v)
		case "gemaskeerd":
			b.Gemaskeerd, err = leesTeksten(v)
		case "plichten":
			b.Plichten, err = leesTeksten(v)
		case "redenen":
			b.Redenen, err = leesRedenen(v)
		default:
			err = errVorm
		}
		if err != nil {
			return Besluit{}, fmt.Errorf("veld %q: %w", naam, err)
		}
	}
	_, heeftNiveau := m["niveau"]
	if _, ok := m["toegestaan"]; !ok || b.Toegestaan && !heeftNiveau {
		return Besluit{}, errVorm
	}
	if !b.Toegestaan {
		b.Niveau = begrip.NiveauBestaan
	}
	return b, nil
}

func leesNiveau(v any) (begrip.Niveau, error) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, errVorm
	}
	return begrip.ParseNiveau(n.String())
}

func leesTeksten(v any) ([]string, error) {
	l, ok := v.([]any)
	if !ok {
		return nil, errVorm
	}
	uit := make([]string, 0, len(l))
	for _, e := range l {
		s, ok := e.(string)
		if !ok {
			return nil, errVorm
		}
		uit = append(uit, s)
	}
	slices.Sort(uit)
	return slices.Compact(uit), nil
}

func leesRedenen(v any) ([]Reden, error) {
	l, ok := v.([]any)
	if !ok {
		return nil, errVorm
	}
	uit := make([]Reden, 0, len(l))
	for _, e := range l {
		m, ok := e.(map[string]any)
		tekst, ok2 := m["tekst"].(string)
		if !ok || !ok2 || tekst == "" {
			return nil, errVorm
		}
		artikel, ok := m["artikel"].(string)
		if _, is := m["artikel"]; is && !ok {
			return nil, errVorm
		}
		uit = append(uit, Reden{tekst, artikel})
	}
	return uit, nil
}

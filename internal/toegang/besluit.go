package toegang

import (
	"errors"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/handbereik/soh/internal/begrip"
)

var errVorm = errors.New("de regel besluit geeft niet {toegestaan, niveau, gemaskeerd, plichten, redenen}")

// veld gives a member of m; nil when it is not there.
func veld(m ast.Object, naam string) ast.Value {
	if t := m.Get(ast.InternedTerm(naam)); t != nil {
		return t.Value
	}
	return nil
}

// leesBesluit reads what the rule gave, strictly: a policy that speaks another
// form decides nothing.
func leesBesluit(x ast.Value) (Besluit, error) {
	m, ok := x.(ast.Object)
	if !ok {
		return Besluit{}, errVorm
	}
	var b Besluit
	heeftToegestaan, heeftNiveau := false, false
	err := m.Iter(func(k, t *ast.Term) (err error) {
		naam, _ := k.Value.(ast.String)
		switch v := t.Value; naam {
		case "toegestaan":
			heeftToegestaan = true
			w, ok := v.(ast.Boolean)
			if b.Toegestaan = bool(w); !ok {
				err = errVorm
			}
		case "niveau":
			heeftNiveau = true
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
			return fmt.Errorf("veld %q: %w", string(naam), err)
		}
		return nil
	})
	if err != nil {
		return Besluit{}, err
	}
	if !heeftToegestaan || b.Toegestaan && !heeftNiveau {
		return Besluit{}, errVorm
	}
	if !b.Toegestaan {
		b.Niveau = begrip.NiveauBestaan
	}
	return b, nil
}

func leesNiveau(v ast.Value) (begrip.Niveau, error) {
	n, ok := v.(ast.Number)
	if !ok {
		return 0, errVorm
	}
	return begrip.ParseNiveau(string(n))
}

// leesLijst reads every element of an array or, in its order, a set.
func leesLijst[T any](v ast.Value, lees func(ast.Value) (T, bool)) ([]T, error) {
	l, ok := v.(interface {
		Len() int
		Iter(func(*ast.Term) error) error
	})
	if !ok {
		return nil, errVorm
	}
	uit := make([]T, 0, l.Len())
	err := l.Iter(func(t *ast.Term) error {
		e, ok := lees(t.Value)
		if !ok {
			return errVorm
		}
		uit = append(uit, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return uit, nil
}

func leesTeksten(v ast.Value) ([]string, error) {
	uit, err := leesLijst(v, func(v ast.Value) (string, bool) { s, ok := v.(ast.String); return string(s), ok })
	slices.Sort(uit)
	return slices.Compact(uit), err
}

func leesRedenen(v ast.Value) ([]Reden, error) {
	return leesLijst(v, func(v ast.Value) (Reden, bool) {
		m, ok := v.(ast.Object)
		if !ok {
			return Reden{}, false
		}
		tekst, ok := veld(m, "tekst").(ast.String)
		artikel, ok2 := veld(m, "artikel").(ast.String)
		if !ok || tekst == "" || !ok2 && veld(m, "artikel") != nil {
			return Reden{}, false
		}
		r := Reden{Tekst: string(tekst), Artikel: string(artikel)}
		if m.Len() > 2 {
			gezin, _ := veld(m, "gezin").(ast.String)
			r.Gezin = string(gezin)
		}
		return r, true
	})
}

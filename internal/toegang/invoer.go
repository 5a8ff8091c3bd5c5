package toegang

import (
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/handbereik/soh/internal/begrip"
)

// bouw makes the Rego value of an input: only what the policies can read of
// it, with one shared term for every text that they name. Read only.
type bouw struct {
	leest  gelezen
	termen map[string]*ast.Term
}

// gelezen are the fields that are read of an object: of each, the fields in
// it, or alles.
type gelezen struct {
	alles  bool
	velden map[string]gelezen
}

// nieuweBouw finds what modules read, two names deep, and which texts they
// name. Whatever it does not see through counts as all.
func nieuweBouw(modules map[string]*ast.Module) bouw {
	b := bouw{leest: gelezen{velden: map[string]gelezen{}}, termen: map[string]*ast.Term{}}
	gezien, namen := 0, 0
	for _, m := range modules {
		ast.WalkRefs(m, func(r ast.Ref) bool {
			if r[0].Equal(ast.InputRootDocument) {
				gezien++
				b.leest.voeg(r[1:], 2)
			}
			return false
		})
		ast.WalkVars(m, func(v ast.Var) bool {
			if v.Equal(ast.InputRootDocument.Value) {
				namen++
			}
			return false
		})
		ast.WalkTerms(m, func(t *ast.Term) bool {
			if s, ok := t.Value.(ast.String); ok && b.termen[string(s)] == nil {
				b.termen[string(s)] = ast.StringTerm(string(s))
			}
			return false
		})
	}
	if gezien != namen { // somewhere input is used as a whole
		b.leest.alles = true
	}
	return b
}

// voeg adds what a ref reads below this place, diep names deep.
func (g *gelezen) voeg(r ast.Ref, diep int) {
	if len(r) == 0 || diep == 0 {
		g.alles = true
		return
	}
	naam, ok := r[0].Value.(ast.String)
	if !ok {
		g.alles = true
		return
	}
	onder := g.velden[string(naam)]
	if onder.velden == nil {
		onder.velden = map[string]gelezen{}
	}
	onder.voeg(r[1:], diep-1)
	g.velden[string(naam)] = onder
}

// invoer turns what is read of in into a Rego value. A Verband is for Go alone.
func (b bouw) invoer(in Invoer) (ast.Value, error) {
	t, err := b.object(in, b.leest)
	if err != nil {
		return nil, err
	}
	return t.Value, nil
}

func (b bouw) object(m map[string]any, g gelezen) (*ast.Term, error) {
	paren := make([][2]*ast.Term, 0, len(m))
	for k, x := range m {
		onder, leest := g.velden[k]
		if _, verband := x.(Verband); verband || !leest && !g.alles {
			continue
		}
		if g.alles {
			onder = gelezen{alles: true}
		}
		w, err := b.term(x, onder)
		if err != nil {
			return nil, err
		}
		paren = append(paren, [2]*ast.Term{b.tekst(k), w})
	}
	return ast.ObjectTerm(paren...), nil
}

func (b bouw) tekst(s string) *ast.Term {
	if t, ok := b.termen[s]; ok {
		return t
	}
	return ast.StringTerm(s)
}

// term turns x into a term without a detour over JSON. Types it does not know
// go over JSON; a BSN is then masked.
func (b bouw) term(x any, g gelezen) (*ast.Term, error) {
	switch x := x.(type) {
	case map[string]any:
		return b.object(x, g)
	case string:
		return b.tekst(x), nil
	case bool:
		return ast.InternedTerm(x), nil
	case int:
		return ast.InternedTerm(x), nil
	case begrip.Niveau:
		return ast.InternedTerm(int(x)), nil
	case []any:
		return lijst(b, x)
	case []string:
		return lijst(b, x)
	case []begrip.OIN:
		return lijst(b, x)
	case []begrip.Rol:
		return lijst(b, x)
	case begrip.OIN:
		return b.tekst(string(x)), nil
	case begrip.OrganisatieSoort:
		return b.tekst(string(x)), nil
	case begrip.Rol:
		return b.tekst(string(x)), nil
	case begrip.Doel:
		return b.tekst(string(x)), nil
	case begrip.Grondslag:
		return b.tekst(string(x)), nil
	case time.Time:
		return ast.StringTerm(x.UTC().Format(time.RFC3339Nano)), nil
	}
	v, err := ast.InterfaceToValue(x)
	if err != nil {
		return nil, err
	}
	return ast.NewTerm(v), nil
}

func lijst[T any](b bouw, x []T) (*ast.Term, error) {
	termen := make([]*ast.Term, len(x))
	for i, v := range x {
		var err error
		if termen[i], err = b.term(v, gelezen{alles: true}); err != nil {
			return nil, err
		}
	}
	return ast.ArrayTerm(termen...), nil
}

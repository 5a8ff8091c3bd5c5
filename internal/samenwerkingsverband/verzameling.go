package samenwerkingsverband

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/handbereik/soh/internal/begrip"
)

//go:embed *.yaml
var bestanden embed.FS

const grondenBestand = "gronden.yaml"

// Verzameling is a set of definitions, checked and compiled. It does not
// change, so that it may be used by many at once.
type Verzameling struct {
	definities map[string]*Definitie
	gronden    map[begrip.Grondslag]*Grond
}

// Ingebouwd gives the definitions that the program brings. They are checked by
// the tests of this package, so that a mistake in them is a mistake of ours.
var Ingebouwd = sync.OnceValue(func() *Verzameling {
	v, err := laad(bestanden, nil)
	if err != nil {
		panic(err)
	}
	return v
})

// Laad gives the definitions of the program with those of folder dir (*.yaml)
// added; a definition there replaces the one of the same name. Legal grounds
// are those of the program. The error holds every mistake with file and line.
func Laad(dir string) (*Verzameling, error) {
	if dir == "" {
		return Ingebouwd(), nil
	}
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil, fmt.Errorf("de map met samenwerkingsverbanden is niet te lezen: %w", errors.Join(err, fs.ErrInvalid))
	}
	return laad(bestanden, os.DirFS(dir))
}

func laad(eigen, extra fs.FS) (*Verzameling, error) {
	l := &lezer{bestand: grondenBestand}
	b, err := fs.ReadFile(eigen, grondenBestand)
	if err != nil {
		return nil, err
	}
	v := &Verzameling{definities: map[string]*Definitie{}, gronden: l.gronden(b)}
	fouten := l.fouten
	for i, f := range []fs.FS{eigen, extra} {
		if f == nil {
			continue
		}
		namen, err := fs.Glob(f, "*.yaml")
		if err != nil {
			return nil, err
		}
		slices.Sort(namen)
		for _, n := range namen {
			if n == grondenBestand && i == 0 {
				continue
			}
			b, err := fs.ReadFile(f, n)
			if err != nil {
				return nil, err
			}
			d, fs := lees(n, b, v.gronden)
			if fouten = append(fouten, fs...); d != nil && d.Naam != "" {
				v.definities[d.Naam] = d
			}
		}
	}
	for _, naam := range v.Namen() {
		d := v.definities[naam]
		for _, z := range d.ZelfdeZaak {
			if o, ok := v.definities[z]; !ok || !slices.Contains(o.ZelfdeZaak, naam) {
				fouten = append(fouten, Fout{d.bestand, 1, fmt.Sprintf("%q deelt de zaak niet met deze definitie; zelfde-zaak staat aan beide kanten", kort(z))})
			}
		}
	}
	if len(fouten) > 0 {
		return nil, fouten
	}
	for _, d := range v.definities {
		d.stelOp(v.gronden)
	}
	return v, nil
}

// lees reads and checks one definition; it is not compiled yet.
func lees(bestand string, b []byte, gronden map[begrip.Grondslag]*Grond) (*Definitie, Fouten) {
	l := &lezer{bestand: filepath.Base(bestand)}
	if l.bestand == grondenBestand {
		l.fout(1, "grondslagen zijn van het programma; een map voegt alleen samenwerkingsverbanden toe")
		return nil, l.fouten
	}
	d := l.definitie(b)
	if d != nil {
		l.klopt(d, gronden)
	}
	if l.klaar() != nil {
		return d, l.fouten
	}
	return d, nil
}

// Namen gives the names of all definitions, sorted.
func (v *Verzameling) Namen() []string { return slices.Sorted(maps.Keys(v.definities)) }

// Definitie gives the definition with this name.
func (v *Verzameling) Definitie(naam string) (*Definitie, bool) {
	d, ok := v.definities[strings.TrimSpace(naam)]
	return d, ok
}

// Gronden gives all legal grounds, by code.
func (v *Verzameling) Gronden() []*Grond {
	return slices.SortedFunc(maps.Values(v.gronden), func(a, b *Grond) int { return strings.Compare(string(a.Code), string(b.Code)) })
}

// Doelen gives the purposes that definitions add to the register, for
// begrip.GebruikDoelen at the start of a program.
func (v *Verzameling) Doelen() map[begrip.Doel]string {
	uit := map[begrip.Doel]string{}
	for _, naam := range v.Namen() {
		for _, d := range v.definities[naam].Doelen {
			if d.Omschrijving != "" {
				uit[d.Code] = d.Omschrijving
			}
		}
	}
	return uit
}

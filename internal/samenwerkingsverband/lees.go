package samenwerkingsverband

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handbereik/soh/internal/begrip"
)

// maxBestand bounds what a definition may be, in bytes.
const maxBestand = 256 << 10

// Fout is one mistake in a file.
type Fout struct {
	Bestand string
	Regel   int
	Tekst   string
}

// Error gives file:line: what is wrong, in Dutch.
func (f Fout) Error() string { return fmt.Sprintf("%s:%d: %s", f.Bestand, f.Regel, f.Tekst) }

// Fouten are all mistakes at once, in order of file and line.
type Fouten []Fout

func (f Fouten) Error() string {
	regels := make([]string, len(f))
	for i, x := range f {
		regels[i] = x.Error()
	}
	return strings.Join(regels, "\n")
}

// lezer reads one file and collects every mistake in it.
type lezer struct {
	bestand string
	fouten  Fouten
}

func (l *lezer) fout(regel int, tekst string, args ...any) {
	l.fouten = append(l.fouten, Fout{l.bestand, regel, fmt.Sprintf(tekst, args...)})
}

// klaar gives the mistakes in order, or nil.
func (l *lezer) klaar() error {
	if len(l.fouten) == 0 {
		return nil
	}
	slices.SortStableFunc(l.fouten, func(a, b Fout) int { return a.Regel - b.Regel })
	return l.fouten
}

var yamlRegel = regexp.MustCompile(`line (\d+): `)

// wortel gives the one document in b, or records why there is none.
func (l *lezer) wortel(b []byte) *yaml.Node {
	if len(b) > maxBestand {
		l.fout(1, "dit bestand is te groot")
		return nil
	}
	var n, meer yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(b))
	err := d.Decode(&n)
	if err == nil && !errors.Is(d.Decode(&meer), io.EOF) {
		l.fout(1, "er staat meer dan één document in dit bestand")
		return nil
	}
	if err != nil || len(n.Content) != 1 {
		regel := 1
		if err != nil {
			if m := yamlRegel.FindStringSubmatch(err.Error()); m != nil {
				regel, _ = strconv.Atoi(m[1])
			}
		}
		l.fout(regel, "dit is geen geldige YAML: let op inspringen, dubbele punten en aanhalingstekens")
		return nil
	}
	return n.Content[0]
}

// velden is what an object may have: key → how to read it. A key that starts
// with "!" must be there.
type velden map[string]func(*yaml.Node)

func (l *lezer) object(n *yaml.Node, v velden) {
	if n.Kind != yaml.MappingNode {
		l.fout(n.Line, "hier horen velden te staan (naam: waarde)")
		return
	}
	gezien := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, w := n.Content[i], n.Content[i+1]
		lees, ok := v[k.Value]
		if !ok {
			lees, ok = v["!"+k.Value]
		}
		switch {
		case k.Kind != yaml.ScalarNode || !ok:
			l.fout(k.Line, "onbekend veld %q; hier kan: %s", kort(k.Value), strings.Join(namen(v), ", "))
		case gezien[k.Value]:
			l.fout(k.Line, "het veld %q staat er twee keer", k.Value)
		case w.Kind == yaml.AliasNode || w.Anchor != "":
			l.fout(w.Line, "verwijzingen binnen YAML (& en *) kunnen hier niet")
		default:
			lees(w)
		}
		gezien[k.Value] = true
	}
	for _, k := range slices.Sorted(maps.Keys(v)) {
		if naam, moet := strings.CutPrefix(k, "!"); moet && !gezien[naam] {
			l.fout(n.Line, "het veld %q ontbreekt", naam)
		}
	}
}

func namen(v velden) []string {
	var uit []string
	for k := range v {
		uit = append(uit, strings.TrimPrefix(k, "!"))
	}
	slices.Sort(uit)
	return uit
}

func kort(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return string(begrip.MaskeerBSN([]byte(s)))
}

func (l *lezer) lijst(n *yaml.Node, lees func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		l.fout(n.Line, "hier hoort een lijst te staan")
		return
	}
	for _, e := range n.Content {
		if e.Kind == yaml.AliasNode || e.Anchor != "" {
			l.fout(e.Line, "verwijzingen binnen YAML (& en *) kunnen hier niet")
			continue
		}
		lees(e)
	}
}

const maxWoorden = 2000

func (l *lezer) tekst(n *yaml.Node) string {
	s := strings.TrimSpace(n.Value)
	switch {
	case n.Kind != yaml.ScalarNode || s == "" || n.Tag == "!!null":
		l.fout(n.Line, "hier hoort een tekst te staan")
		return ""
	case len(s) > maxWoorden:
		l.fout(n.Line, "deze tekst is te lang")
	}
	return s
}

var codeVorm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.:-]{0,59}$`)

func (l *lezer) code(n *yaml.Node) string {
	s := l.tekst(n)
	if s != "" && !codeVorm.MatchString(s) {
		l.fout(n.Line, "een code heeft alleen letters, cijfers, punten, dubbele punten en streepjes")
		return ""
	}
	return s
}

func (l *lezer) codes(n *yaml.Node) (uit []string) {
	l.lijst(n, func(e *yaml.Node) {
		s := l.code(e)
		if slices.Contains(uit, s) {
			l.fout(e.Line, "%q staat er twee keer", kort(s))
		}
		uit = append(uit, s)
	})
	return uit
}

func (l *lezer) keuze(n *yaml.Node, uit ...string) string {
	s := l.tekst(n)
	if s != "" && !slices.Contains(uit, s) {
		l.fout(n.Line, "%q kan hier niet; kies uit: %s", kort(s), strings.Join(uit, ", "))
		return ""
	}
	return s
}

func (l *lezer) janee(n *yaml.Node) bool { return l.keuze(n, "ja", "nee") == "ja" }

func (l *lezer) getal(n *yaml.Node, van, tot int) int {
	i, err := strconv.Atoi(l.tekst(n))
	if err != nil || i < van || i > tot {
		l.fout(n.Line, "hier hoort een getal van %d tot en met %d te staan", van, tot)
		return van
	}
	return i
}

func (l *lezer) klassen(n *yaml.Node) map[Klasse]begrip.Niveau {
	uit := map[Klasse]begrip.Niveau{}
	v := velden{}
	for k := range Klasse(AantalKlassen) {
		v[k.String()] = func(w *yaml.Node) { uit[k] = begrip.Niveau(l.getal(w, 0, 2)) }
	}
	l.object(n, v)
	return uit
}

// feit adds to v what every fact has; its status and source are checked by
// feitKlopt.
func (l *lezer) feit(v velden, n *yaml.Node, f *Feit) velden {
	f.Lijn = n.Line
	v["!status"] = func(w *yaml.Node) { f.Status = Status(l.keuze(w, statussen...)) }
	v["bron"] = func(w *yaml.Node) { f.Bron = l.tekst(w) }
	return v
}

// metFeit reads an object with a status, and checks that it names a source
// when it says to have one.
func (l *lezer) metFeit(n *yaml.Node, f *Feit, v velden) {
	l.object(n, l.feit(v, n, f))
	if f.Bron == "" && (f.Status == Wet || f.Status == BekendRecht || f.Status == Praktijk) {
		l.fout(n.Line, "noem de bron: dit heeft status %q", f.Status)
	}
}

var duurVorm = regexp.MustCompile(`^(\d{1,4}) (uur|dag|week|maand|jaar)$`)

var eenheden = map[string]string{
	"uur": "uur", "uren": "uur", "dag": "dag", "dagen": "dag", "week": "week", "weken": "week",
	"maand": "maand", "maanden": "maand", "jaar": "jaar", "jaren": "jaar",
}

func (l *lezer) duur(n *yaml.Node) Duur {
	s := l.tekst(n)
	switch s {
	case "":
		return Duur{}
	case "onbekend":
		return Duur{Onbekend: true}
	case "altijd":
		return Duur{Altijd: true}
	}
	aantal, eenheid, _ := strings.Cut(s, " ")
	m := duurVorm.FindStringSubmatch(aantal + " " + eenheden[eenheid])
	if m == nil {
		l.fout(n.Line, "schrijf een duur als \"5 dagen\", \"10 weken\" of \"20 jaar\", of schrijf onbekend of altijd")
		return Duur{}
	}
	a, _ := strconv.Atoi(m[1])
	return Duur{Aantal: a, Eenheid: m[2]}
}

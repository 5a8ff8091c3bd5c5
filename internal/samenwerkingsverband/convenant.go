package samenwerkingsverband

import (
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handbereik/soh/internal/begrip"
)

// Blok is one part of a covenant: a heading, a paragraph, a list or a table.
type Blok struct {
	Kop    string     // heading; Niveau 1 or 2
	Niveau int        //
	Tekst  string     // paragraph
	Lijst  []string   // bullets
	Tabel  [][]string // first row is the heading
}

// Convenant gives the agreements of a samenwerkingsverband in plain Dutch, from
// its definition. What is not known is said to be so.
func (d *Definitie) Convenant() []Blok {
	titel := d.Titel
	if d.Lezing != "" {
		titel += " (" + d.Lezing + ")"
	}
	uit := []Blok{
		{Kop: "Afspraken van het " + klein(titel), Niveau: 1},
		{Kop: "Waarvoor", Niveau: 2}, {Tekst: d.Bedoeling.Tekst + teken(d.Bedoeling.Feit)}, {Tabel: d.doeltabel()},
		{Kop: "Wie doet mee", Niveau: 2}, {Tabel: d.deelnemertabel()},
		{Kop: "Het gezin", Niveau: 2}, {Lijst: d.gezinlijst()},
		{Kop: "Hoe het gaat", Niveau: 2}, {Lijst: d.stappenlijst()},
	}
	if len(d.Criteria) > 0 {
		uit = append(uit, Blok{Kop: "Voor welke zaken", Niveau: 2}, Blok{Lijst: zinnen(d.Criteria)})
	}
	if len(d.Reikwijdte) > 0 {
		uit = append(uit, Blok{Kop: "Zaken waarvoor de wet gezamenlijk verwerken toestaat", Niveau: 2}, Blok{Lijst: zinnen(d.Reikwijdte)})
	}
	uit = append(
		uit, Blok{Kop: "Wat eruit kan komen", Niveau: 2}, Blok{Lijst: zinnen(d.Uitkomsten)},
		Blok{Kop: "Wie mag wat zien", Niveau: 2},
		Blok{Tekst: "Wat hier niet staat, mag niet. Elke regel geldt alleen als vastligt wat erbij staat. Wie iets vertrouwelijk meldde en waar iemand verborgen woont, ziet niemand."},
		Blok{Tabel: d.toegangtabel()},
		Blok{Kop: "Op grond van welke wet", Niveau: 2}, Blok{Tabel: d.grondtabel()},
		Blok{Kop: "Termijnen", Niveau: 2}, Blok{Tabel: d.termijntabel()},
		Blok{Kop: "Hoe lang bewaren", Niveau: 2}, Blok{Tabel: d.bewaartabel()},
	)
	if len(d.Onbekend) > 0 {
		uit = append(uit, Blok{Kop: "Wat wij niet weten", Niveau: 2}, Blok{Lijst: zinnen(d.Onbekend)})
	}
	return append(uit, Blok{Tekst: "Achter elk punt staat hoe zeker het is: wet (in de wet gelezen), bekend recht (niet opnieuw nagelezen), praktijk (uit een richtlijn of regio), eigen keuze (vrij te veranderen) of onbekend."})
}

// teken gives the status of a fact, to stand behind it.
func teken(f Feit) string {
	t := strings.ReplaceAll(string(f.Status), "-", " ")
	if f.Bron != "" {
		t += "; " + f.Bron
	}
	return " [" + t + "]"
}

func zinnen(ts []Tekst) []string {
	uit := make([]string, len(ts))
	for i, t := range ts {
		s := t.Tekst
		if c := code(s); c != s && codeVorm.MatchString(c) {
			s = strings.TrimPrefix(s, c+": ")
		}
		uit[i] = s + teken(t.Feit)
	}
	return uit
}

func (d *Definitie) doeltabel() [][]string {
	uit := [][]string{{"Doel", "Code", "Hoe zeker"}}
	for _, x := range d.Doelen {
		o := x.Omschrijving
		if o == "" {
			o = x.Code.Omschrijving()
		}
		uit = append(uit, []string{hoofdletter(o), string(x.Code), zeker(x.Feit)})
	}
	return uit
}

func zeker(f Feit) string { return strings.Trim(teken(f), " []") }

func (d *Definitie) deelnemertabel() [][]string {
	uit := [][]string{{"Wie", "In welke rol", "Wanneer", "Burgerservicenummer", "Hoe zeker"}}
	for _, p := range d.Deelnemers {
		wanneer, bsn := "vast", "nee"
		if p.Uitnodiging {
			wanneer = "op uitnodiging"
		}
		if p.BSN {
			bsn = "ja"
		}
		uit = append(uit, []string{hoofdletter(p.Naam), d.rolnamen(p.Rollen), wanneer, bsn, zeker(p.Feit)})
	}
	return uit
}

func (d *Definitie) rolnamen(rs []Rol) string {
	var uit []string
	for _, r := range rs {
		uit = append(uit, d.rolnaam(r))
	}
	return strings.Join(uit, ", ")
}

var gezinTeksten = map[string]string{
	"ja": "Het gezin is erbij.", "meestal-niet": "Het gezin is er meestal niet bij.", "nee": "Het gezin is er niet bij.",
	"direct": "Het gezin hoort meteen dat gegevens zijn gedeeld.", "uitgesteld": "Het gezin hoort later dat gegevens zijn gedeeld.",
}

func (d *Definitie) gezinlijst() []string {
	aanwezig, bericht := gezinTeksten[d.Gezin.Aanwezig.Waarde], gezinTeksten[d.Gezin.Kennisgeving.Waarde]
	if aanwezig == "" {
		aanwezig = "Of het gezin erbij is, is niet bekend."
	}
	if bericht == "" {
		bericht = "Wanneer het gezin hoort dat gegevens zijn gedeeld, is niet bekend."
	}
	uit := []string{aanwezig + teken(d.Gezin.Aanwezig.Feit), bericht + teken(d.Gezin.Kennisgeving.Feit)}
	for _, t := range d.Gezin.Uitstel {
		uit = append(uit, t.Tekst+": "+t.zin()+teken(t.Feit))
	}
	return uit
}

func (d *Definitie) stappenlijst() []string {
	var uit []string
	for _, s := range d.Stappen {
		uit = append(uit, fmt.Sprintf("Fase %d: %s%s", s.Fase, s.Tekst, teken(s.Feit)))
	}
	return uit
}

// String gives a time in words: 5 dagen, onbekend, altijd.
func (u Duur) String() string {
	switch {
	case u.Onbekend:
		return "onbekend"
	case u.Altijd:
		return "altijd"
	}
	meer := map[string]string{"uur": "uur", "dag": "dagen", "week": "weken", "maand": "maanden", "jaar": "jaar"}
	if u.Aantal == 1 {
		return "1 " + u.Eenheid
	}
	return fmt.Sprintf("%d %s", u.Aantal, meer[u.Eenheid])
}

func (t Termijn) zin() string {
	s := t.Duur.String()
	switch {
	case t.Duur.Onbekend, t.Duur.Eenheid == "uur":
	case t.Telt == "onbekend":
		s += " (of dit werkdagen zijn is niet bekend)"
	default:
		s += " (" + t.Telt + ")"
	}
	s += ", vanaf " + t.Vanaf
	if t.Verlenging != nil {
		s += ", te verlengen met " + t.Verlenging.String()
	}
	return s
}

func (d *Definitie) termijntabel() [][]string {
	uit := [][]string{{"Wat", "Hoe lang", "Hoe zeker"}}
	for _, t := range d.Termijnen {
		uit = append(uit, []string{t.Tekst, t.zin(), zeker(t.Feit)})
	}
	return uit
}

func (d *Definitie) bewaartabel() [][]string {
	uit := [][]string{{"Wie bewaart", "Wat", "Hoe lang", "Vanaf", "Bijzonder", "Hoe zeker"}}
	for _, b := range d.Bewaren {
		lang := b.Duur.String()
		if b.Verlenging != nil && !b.Verlenging.Onbekend {
			lang += ", en dan nog " + b.Verlenging.String()
		}
		houder := string(b.Houder)
		if b.Houder == begrip.Overig {
			houder = "iedere deelnemer"
		}
		uit = append(uit, []string{houder, b.Soort, lang, b.Start, b.Reden, zeker(b.Feit)})
	}
	return uit
}

func (d *Definitie) toegangtabel() [][]string {
	uit := [][]string{{"Rol", "Organisatie", "Grondslag", "Doel", "Ziet", "Alleen als", "Hoe zeker"}}
	for _, r := range d.Toegang {
		g := d.gronden[r.Grondslag]
		ziet := []string{}
		for k := range Klasse(AantalKlassen) {
			if n, ok := r.Klassen[k]; ok {
				ziet = append(ziet, fmt.Sprintf("%s (%s): %s", k.Naam(), k, niveauNamen[n]))
			}
		}
		if !g.Aan {
			ziet = []string{"niets: deze grondslag staat uit"}
		}
		var als []string
		for _, w := range r.Waarborgen {
			als = append(als, waarborgNamen[w])
		}
		if len(r.Delen) > 0 {
			als = append(als, "alleen "+teksten(r.Delen, " en "))
		}
		if len(r.Fasen) > 0 {
			als = append(als, "alleen in fase "+strings.Trim(fmt.Sprint(r.Fasen), "[]"))
		}
		uit = append(uit, []string{d.rolnamen(r.Wie), teksten(r.Soorten, ", "), r.Grondslag.Artikel(), teksten(r.Doelen, ", "), strings.Join(ziet, "; "), strings.Join(als, "; "), zeker(r.Feit)})
	}
	return uit
}

func teksten[T ~string](s []T, tussen string) string {
	uit := make([]string, len(s))
	for i, x := range s {
		uit[i] = string(x)
	}
	return strings.Join(uit, tussen)
}

var niveauNamen = map[begrip.Niveau]string{
	begrip.NiveauBestaan: "alleen dat het er is", begrip.NiveauProces: "een samenvatting", begrip.NiveauInhoud: "de inhoud",
}

func (d *Definitie) grondtabel() [][]string {
	uit := [][]string{{"Code", "Wat de wet zegt", "Hoe zeker"}}
	var gehad []begrip.Grondslag
	for _, r := range d.Toegang {
		if g := d.gronden[r.Grondslag]; !slices.Contains(gehad, r.Grondslag) {
			gehad = append(gehad, r.Grondslag)
			uit = append(uit, []string{string(g.Code), g.Tekst, zeker(g.Feit)})
		}
	}
	return uit
}

func hoofdletter(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// SchrijfMarkdown writes blocks as Markdown.
func SchrijfMarkdown(w io.Writer, bs []Blok) error {
	var s strings.Builder
	cel := strings.NewReplacer("|", "\\|", "\n", " ")
	for _, b := range bs {
		switch {
		case b.Kop != "":
			fmt.Fprintf(&s, "%s %s\n\n", strings.Repeat("#", b.Niveau), b.Kop)
		case b.Tabel != nil:
			for i, rij := range b.Tabel {
				for _, c := range rij {
					s.WriteString("| " + cel.Replace(c) + " ")
				}
				s.WriteString("|\n")
				if i == 0 {
					s.WriteString(strings.Repeat("|---", len(rij)) + "|\n")
				}
			}
			s.WriteString("\n")
		case b.Lijst != nil:
			for _, x := range b.Lijst {
				fmt.Fprintf(&s, "- %s\n", x)
			}
			s.WriteString("\n")
		default:
			fmt.Fprintf(&s, "%s\n\n", b.Tekst)
		}
	}
	_, err := io.WriteString(w, s.String())
	return err
}

// SchrijfHTML writes blocks as a page of its own, without style.
func SchrijfHTML(w io.Writer, titel string, bs []Blok) error {
	var s strings.Builder
	e := html.EscapeString
	fmt.Fprintf(&s, "<!doctype html>\n<html lang=\"nl\">\n<head><meta charset=\"utf-8\"><title>%s</title></head>\n<body>\n<main>\n", e(titel))
	for _, b := range bs {
		switch {
		case b.Kop != "":
			fmt.Fprintf(&s, "<h%d>%s</h%d>\n", b.Niveau, e(b.Kop), b.Niveau)
		case b.Tabel != nil:
			s.WriteString("<table>\n")
			for i, rij := range b.Tabel {
				tag := "td"
				if i == 0 {
					tag = "th scope=\"col\""
				}
				s.WriteString("<tr>")
				for _, c := range rij {
					fmt.Fprintf(&s, "<%s>%s</%s>", tag, e(c), tag[:2])
				}
				s.WriteString("</tr>\n")
			}
			s.WriteString("</table>\n")
		case b.Lijst != nil:
			s.WriteString("<ul>\n")
			for _, x := range b.Lijst {
				fmt.Fprintf(&s, "<li>%s</li>\n", e(x))
			}
			s.WriteString("</ul>\n")
		default:
			fmt.Fprintf(&s, "<p>%s</p>\n", e(b.Tekst))
		}
	}
	s.WriteString("</main>\n</body>\n</html>\n")
	_, err := io.WriteString(w, s.String())
	return err
}

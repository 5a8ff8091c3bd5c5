package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/handbereik/soh/internal/begrip"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
)

// VerbandCmd shows and checks the definitions of samenwerkingsverbanden.
type VerbandCmd struct {
	Lijst      VerbandLijstCmd      `cmd:"" help:"Welke samenwerkingsverbanden er zijn."`
	Toon       VerbandToonCmd       `cmd:"" help:"Wie wat mag zien in een samenwerkingsverband, als tabel."`
	Controleer VerbandControleerCmd `cmd:"" help:"Een map met eigen samenwerkingsverbanden nakijken: alle fouten, met bestand en regel."`
	Convenant  VerbandConvenantCmd  `cmd:"" help:"De afspraken in gewone taal."`
	WieKan     VerbandWieKanCmd     `cmd:"" name:"wie-kan" help:"Wie zou dit kunnen zien, voordat u het deelt?"`
}

// VerbandMap is where definitions of one's own stand.
type VerbandMap struct {
	Verbanden string `env:"SOH_VERBANDEN" help:"Map met eigen samenwerkingsverbanden (*.yaml), naast die van het programma." placeholder:"MAP"`
}

// laad reads all definitions, with their purposes.
func (m VerbandMap) laad() (*verband.Verzameling, error) {
	v, err := verband.Laad(m.Verbanden)
	if err != nil {
		return nil, err
	}
	begrip.GebruikDoelen(v.Doelen())
	return v, nil
}

func (m VerbandMap) een(naam string) (*verband.Definitie, error) {
	v, err := m.laad()
	if err != nil {
		return nil, err
	}
	d, ok := v.Definitie(naam)
	if !ok {
		return nil, fmt.Errorf("dit samenwerkingsverband is er niet; er is: %s", strings.Join(v.Namen(), ", "))
	}
	return d, nil
}

// VerbandLijstCmd lists them.
type VerbandLijstCmd struct{ VerbandMap }

// Run prints name, title and reading.
func (c *VerbandLijstCmd) Run() error {
	v, err := c.laad()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	for _, n := range v.Namen() {
		d, _ := v.Definitie(n)
		titel := d.Titel
		if d.Lezing != "" {
			titel += " (" + d.Lezing + ")"
		}
		fmt.Fprintf(w, "%s\t%s\n", n, titel)
	}
	return w.Flush()
}

// VerbandToonCmd shows who may see what.
type VerbandToonCmd struct {
	VerbandMap
	Naam string `arg:"" help:"Naam, zoals soh verband lijst die geeft."`
}

// Run prints for every class who could see it.
func (c *VerbandToonCmd) Run() error {
	d, err := c.een(c.Naam)
	if err != nil {
		return err
	}
	for k := verband.Bekendheid; k <= verband.Bronbeschermd; k++ {
		fmt.Printf("%s %s\n", k, k.Naam())
		if err := kijkers(d.WieKan(k)); err != nil {
			return err
		}
	}
	return nil
}

func kijkers(ks []verband.Kijker) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	for _, k := range ks {
		als := make([]string, 0, len(k.Waarborgen))
		for _, x := range k.Waarborgen {
			als = append(als, string(x))
		}
		if len(k.Delen) > 0 {
			als = append(als, "alleen "+strings.ReplaceAll(strings.Trim(fmt.Sprint(k.Delen), "[]"), " ", " of "))
		}
		fmt.Fprintf(w, "  %s\t%s\tniveau %d\t%s\tdoel %s\t%s\n", k.Rol, k.Soort, k.Niveau, k.Grondslag, k.Doel, strings.Join(als, ", "))
	}
	if len(ks) == 0 {
		fmt.Fprintln(w, "  niemand")
	}
	return w.Flush()
}

// VerbandControleerCmd checks a folder.
type VerbandControleerCmd struct {
	Map string `arg:"" help:"Map met eigen samenwerkingsverbanden (*.yaml)." type:"existingdir"`
}

// Run tells all mistakes, or what is there.
func (c *VerbandControleerCmd) Run() error {
	v, err := verband.Laad(c.Map)
	if err != nil {
		return fmt.Errorf("de samenwerkingsverbanden kloppen niet:\n%w", err)
	}
	fmt.Printf("Alles klopt: %d samenwerkingsverbanden, die van het programma meegeteld.\n", len(v.Namen()))
	return nil
}

// VerbandConvenantCmd prints the agreements.
type VerbandConvenantCmd struct {
	VerbandMap
	Naam string `arg:"" help:"Naam, zoals soh verband lijst die geeft."`
	HTML bool   `name:"html" help:"Als pagina in plaats van Markdown."`
}

// Run prints them as Markdown or HTML.
func (c *VerbandConvenantCmd) Run() error {
	d, err := c.een(c.Naam)
	if err != nil {
		return err
	}
	if c.HTML {
		return verband.SchrijfHTML(os.Stdout, d.Titel, d.Convenant())
	}
	return verband.SchrijfMarkdown(os.Stdout, d.Convenant())
}

// VerbandWieKanCmd answers who could see a kind of information.
type VerbandWieKanCmd struct {
	VerbandMap
	Klasse  verband.Klasse `arg:"" help:"I0 tot en met I6."`
	Verband []string       `help:"Alleen in dit samenwerkingsverband; mag vaker. Zonder: in alle." placeholder:"NAAM"`
}

// Run prints who, per samenwerkingsverband.
func (c *VerbandWieKanCmd) Run() error {
	v, err := c.laad()
	if err != nil {
		return err
	}
	namen := c.Verband
	if len(namen) == 0 {
		namen = v.Namen()
	}
	fmt.Printf("%s %s\n", c.Klasse, c.Klasse.Naam())
	for _, n := range slices.Compact(namen) {
		d, err := c.een(n)
		if err != nil {
			return err
		}
		fmt.Println(n)
		if err := kijkers(d.WieKan(c.Klasse)); err != nil {
			return err
		}
	}
	return nil
}

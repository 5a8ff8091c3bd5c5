package samenwerkingsverband

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
)

// vak is one cell of a golden table: who, why and which part.
type vak struct {
	rol     Rol
	soort   begrip.OrganisatieSoort
	grond   begrip.Grondslag
	doel    begrip.Doel
	deel    Deel
	functie bool // behandelaar
}

// niveaus holds what a cell of a row allows, and how sure that is.
type niveaus struct {
	n     [AantalKlassen]int
	zeker [AantalKlassen]Status
}

var (
	delenMatrix    = []Deel{"", DeelPlan, DeelEigen, DeelEigenMelding}
	relatiesMatrix = []Relatie{
		RelatieZelf, RelatieOuder, RelatieVoogd, RelatieCurator, RelatieMentor, RelatieGemachtigde,
		RelatiePartner, RelatieFamilie, RelatieSteunfiguur, RelatieAnder, "",
	}
	// Who may look for a child of fourteen, next to the child itself. Gezag is
	// the matter of the general rules.
	relatiesVan14 = []Relatie{RelatieZelf, RelatieOuder, RelatieVoogd, RelatieGemachtigde}
)

// goud reads a golden table: what may be seen when everything is on record.
func goud(t *testing.T, naam string) map[vak]niveaus {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "golden", naam+".md"))
	if err != nil {
		t.Fatalf("a definition has a golden table, written by hand: %v", err)
	}
	uit := map[vak]niveaus{}
	for i, regel := range strings.Split(string(b), "\n") {
		c := strings.Split(strings.Trim(regel, "|"), "|")
		if !strings.HasPrefix(regel, "| ") || len(c) != 13 || strings.Contains(c[0], "Rol") {
			continue
		}
		for j := range c {
			c[j] = strings.TrimSpace(c[j])
		}
		ds := delenMatrix
		if c[4] != "alles" {
			ds = als[Deel](strings.Split(c[4], ", "))
		}
		for _, soort := range strings.Split(c[1], ", ") {
			for _, doel := range strings.Split(c[3], ", ") {
				for _, deel := range ds {
					for _, f := range []bool{true, false} {
						if c[5] == "behandelaar" && !f {
							continue
						}
						v := vak{Rol(c[0]), begrip.OrganisatieSoort(soort), begrip.Grondslag(c[2]), begrip.Doel(doel), deel, f}
						uit[v] = hoogste(t, uit, v, c[6:12], Status(c[12]), i+1)
					}
				}
			}
		}
	}
	return uit
}

func hoogste(t *testing.T, uit map[vak]niveaus, v vak, cellen []string, zeker Status, regel int) niveaus {
	n, ok := uit[v]
	if !ok {
		n.n = [AantalKlassen]int{-1, -1, -1, -1, -1, -1, -1}
	}
	for k, c := range cellen {
		if c == "–" {
			continue
		}
		x := int(c[0] - '0')
		if len(c) != 1 || x < 0 || x > 2 {
			t.Fatalf("regel %d: %q is geen niveau", regel, c)
		}
		if x > n.n[k] {
			n.n[k], n.zeker[k] = x, zeker
		}
	}
	return n
}

// TestMatrix asks every question there is — samenwerkingsverband × role × kind
// of organisation × ground × purpose × part × profession × relation × class ×
// level — with every guard on record, and holds the answers against the golden
// tables and against what is never allowed.
func TestMatrix(t *testing.T) {
	for _, naam := range Ingebouwd().Namen() {
		t.Run(naam, func(t *testing.T) {
			t.Parallel()
			d, _ := Ingebouwd().Definitie(naam)
			m := matrix{t: t, d: d, goud: goud(t, naam), gezien: map[vak]bool{}}
			m.loop()
			for v := range m.goud {
				if !m.gezien[v] {
					t.Errorf("staat in de gouden tabel en is niet bevraagd of niet toegestaan: %+v", v)
				}
			}
		})
	}
}

type matrix struct {
	t      *testing.T
	d      *Definitie
	goud   map[vak]niveaus
	gezien map[vak]bool
	fouten int
}

func (m *matrix) fout(v *Vraag, wat string, args ...any) {
	if m.fouten++; m.fouten < 20 {
		m.t.Errorf("%s | %s %s, %s, doel %s, deel %q, functie %s, relatie %s, %s", fmt.Sprintf(wat, args...), v.Rol, v.Soort, v.Grondslag, v.Doel, v.Deel, v.Functie, v.Relatie, v.Klasse)
	}
}

func (m *matrix) loop() {
	rollen := []Rol{"", "vreemde-rol"}
	for r := range m.d.namen {
		rollen = append(rollen, r)
	}
	doelen := []begrip.Doel{"", "onbekend-doel", begrip.DoelBeoordelen, begrip.DoelEigenMelding, begrip.DoelToezicht}
	for _, x := range m.d.Doelen {
		doelen = append(doelen, x.Code)
	}
	v := volledig(m.d)
	for _, g := range append(Ingebouwd().Gronden(), &Grond{Code: "ONBEKEND"}, &Grond{}) {
		v.Grondslag, v.Bron = g.Code, bronVoor(g)
		for _, v.Rol = range rollen {
			for _, v.Soort = range append(slices.Clone(begrip.OrganisatieSoorten), "") {
				if !m.d.meedoen[meedoen{v.Rol, v.Soort}] {
					v.Doel = m.d.Doelen[0].Code
					m.vakken(v) // who takes no part is refused before the purpose counts
					continue
				}
				for _, v.Doel = range doelen {
					m.vakken(v)
				}
			}
		}
	}
}

// vakken asks all that is left for one reader, ground and purpose.
func (m *matrix) vakken(v Vraag) {
	ds, functies := delenMatrix, []begrip.Rol{begrip.RolBehandelaar, begrip.RolAgent}
	if !m.d.meedoen[meedoen{v.Rol, v.Soort}] {
		ds, functies = ds[1:2], functies[:1] // who takes no part is refused before that counts
	}
	for _, v.Deel = range ds {
		for _, v.Functie = range functies {
			relaties := relatiesMatrix
			if v.Rol != RolBurger {
				relaties = relatiesMatrix[:1]
			}
			for _, v.Relatie = range relaties {
				for v.Klasse = Bekendheid; v.Klasse <= Bronbeschermd; v.Klasse++ {
					m.vraag(&v)
				}
			}
		}
	}
}

func (m *matrix) vraag(v *Vraag) {
	k := vak{v.Rol, v.Soort, v.Grondslag, v.Doel, v.Deel, v.Functie == begrip.RolBehandelaar}
	wil := -1
	if n, ok := m.goud[k]; ok && (v.Rol != RolBurger || slices.Contains(relatiesVan14, v.Relatie)) {
		wil = n.n[v.Klasse]
	}
	u := m.d.Toets(*v)
	if u.Toegestaan != (wil >= 0) || u.Toegestaan && int(u.Niveau) != wil {
		m.fout(v, "gouden tabel zegt %d, de regels %v niveau %d", wil, u.Toegestaan, u.Niveau)
	}
	if len(u.Redenen) == 0 || u.Redenen[0].Tekst == "" {
		m.fout(v, "geen reden")
	}
	if !u.Toegestaan {
		return
	}
	m.gezien[k] = true
	if z := m.goud[k].zeker[v.Klasse]; z != m.zekerheid(v) {
		m.fout(v, "gouden tabel zegt %s, de regel %s", z, m.zekerheid(v))
	}
	for v.Niveau = begrip.NiveauBestaan; v.Niveau <= begrip.NiveauInhoud; v.Niveau++ {
		if x := m.d.Toets(*v); x.Toegestaan != (int(v.Niveau) <= wil) || x.Niveau != u.Niveau {
			m.fout(v, "niveau %d gevraagd, %v", v.Niveau, x.Toegestaan)
		}
	}
	v.Niveau = 0
	m.nooit(*v, int(u.Niveau))
}

// zekerheid gives the status of the line that answers v.
func (m *matrix) zekerheid(v *Vraag) Status {
	var beste *ingang
	for _, in := range m.d.tabel[sleutel{v.Rol, v.Soort, v.Doel, v.Grondslag}] {
		if (beste == nil || in.niveaus[v.Klasse] > beste.niveaus[v.Klasse]) && in.niveaus[v.Klasse] >= 0 && len(m.d.gebrek(v, in)) == 0 {
			beste = in
		}
	}
	return beste.regel.Status
}

// nooit are the promises that hold whatever a definition says.
func (m *matrix) nooit(v Vraag, n int) {
	vt := v.Soort == begrip.VeiligThuis && (v.Grondslag == "WMO-5.1.6" || v.Grondslag == "WMO-5.2.6")
	behandelt := v.Functie == begrip.RolBehandelaar && slices.Contains([]begrip.OrganisatieSoort{"ggz", "jeugdhulp", "arts", "ambulance", "forensisch-arts"}, v.Soort)
	noemtI4 := []begrip.Grondslag{"WPG-16", "WPG-19", "WPG-20", "WJSG-39f", "WJSG-51c", "WGS-ZVH", "WMO-5.1.6", "WMO-5.2.6", "UAVG-33"}
	switch {
	case v.Klasse == Bronbeschermd:
		m.fout(&v, "I6 is van niemand anders")
	case v.Klasse == Gezondheid && v.Rol != RolBurger && !behandelt && !vt && (v.Rol != RolCasusregisseur || n > 1):
		m.fout(&v, "I5 is voor behandelaars")
	case v.Klasse == Strafrecht && !slices.Contains(noemtI4, v.Grondslag):
		m.fout(&v, "I4 vraagt een grondslag die het noemt")
	case v.Rol == RolBurger && (v.Klasse == Strafrecht || v.Doel != begrip.DoelEigenInzage || v.Grondslag != "AVG-15" || v.Soort != begrip.Burgerportaal):
		m.fout(&v, "een burger ziet alleen eigen gegevens")
	case v.Rol == RolMelder && v.Grondslag == "UBWMO-4.1.7" && (n > 1 || v.Deel != DeelEigenMelding):
		m.fout(&v, "een melder ziet alleen de eigen melding")
	case v.Grondslag == "WAMS" || v.Grondslag == "WPG-7-2":
		m.fout(&v, "deze grondslag opent niets")
	}
	if strings.HasPrefix(string(v.Grondslag), "WPG-") {
		for _, v.Bron = range []begrip.OrganisatieSoort{"", begrip.Gemeente, begrip.VeiligThuis, begrip.ZVH} {
			if m.d.Toets(v).Toegestaan {
				m.fout(&v, "politiegegevens doorgegeven door %q", v.Bron)
			}
		}
	}
	if v.Rol == RolBurger {
		v.Over = moeder
		if m.d.Toets(v).Toegestaan {
			m.fout(&v, "een burger leest over een ander")
		}
		return
	}
	v.Waarborgen = Waarborgen{}
	if m.d.Toets(v).Toegestaan {
		m.fout(&v, "toegestaan zonder dat iets vastligt")
	}
}

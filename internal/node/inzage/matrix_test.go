package inzage_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// The zaken of a definition: everything on record; nothing but who takes part;
// everything, and everybody left; everything, and the record withheld.
const (
	zaakVol   = "urn:soh:zaak:vol-"
	zaakKaal  = "urn:soh:zaak:kaal-"
	zaakWeg   = "urn:soh:zaak:weg-"
	zaakDicht = "urn:soh:zaak:dicht-"
	geheim    = "0198c0de-0000-7000-8000-000000000001"
	stuk      = "0198c0de-0000-7000-8000-000000000002"
)

var zaken = []string{zaakVol, zaakKaal, zaakWeg, zaakDicht}

var alleKlassen = []verband.Klasse{0, 1, 2, 3, 4, 5}

// deelname is one kind of organisation in one role, with an OIN of its own.
type deelname struct {
	rol verband.Rol
	org begrip.Organisatie
}

func deelnames(d *verband.Definitie) (uit []deelname) {
	for _, p := range d.Deelnemers {
		for _, r := range p.Rollen {
			if r != verband.RolBurger {
				uit = append(uit, deelname{r, org(p.Soort, 100+len(uit))})
			}
		}
	}
	return uit
}

// dossierVoor puts on record whatever a guard of d looks at.
func dossierVoor(d *verband.Definitie, kind, moeder, vader begrip.BSN) (uit []dossier.Record) {
	var oins []begrip.OIN
	zv := waarborg.Zaakverband{Samenwerkingsverband: d.Naam, Fase: d.Fasen[0].Nummer}
	for _, x := range deelnames(d) {
		oins = append(oins, x.org.OIN)
		zv.Deelnemers = append(zv.Deelnemers, waarborg.Deelname{Organisatie: x.org.OIN, Rol: x.rol})
	}
	over := waarborg.Persoon{Burgerservicenummer: inhoudBSN(kind), Geboortedatum: begrip.Geboortedatum(gisteren.AddDate(-14, 0, 0).Format("2006-01-02"))}
	uit = append(uit, feit(waarborg.SoortGezagsfeit, "", waarborg.Gezagsfeit{Kop: geldig, Over: over, Soort: "TweehoofdigOuderlijkGezag",
		Houders: []waarborg.Persoon{{Burgerservicenummer: inhoudBSN(moeder)}, {Burgerservicenummer: inhoudBSN(vader)}}, Peildatum: "2026-01-01"}, kind, moeder, vader))
	for _, soort := range zaken {
		zaak := soort + d.Naam
		z := zv
		z.Kop = in(zaak)
		if soort == zaakWeg {
			z.Deelnemers = slices.Clone(zv.Deelnemers)
			for i := range z.Deelnemers {
				weg := gisteren.Add(1)
				z.Deelnemers[i].Tot = &weg
			}
		}
		if soort != zaakKaal && len(d.Reikwijdte) > 0 {
			z.Zaaktype, _, _ = strings.Cut(d.Reikwijdte[0].Tekst, ": ")
		}
		uit = append(uit, feit(waarborg.SoortZaakverband, zaak, z))
		if soort == zaakKaal {
			continue
		}
		uit = append(uit, dossier.Record{Soort: "melding", ID: uuid.NewString(), Zaak: zaak, GeldigVanaf: gisteren, Personen: []begrip.BSN{kind}, Inhoud: []byte("{}")},
			feit(waarborg.SoortBespreekverzoek, zaak, waarborg.Bespreekverzoek{Kop: in(zaak), Over: over, Besproken: true}, kind))
		for _, s := range []string{"raadsonderzoek", "huisverbod", "verblijf-jji", "aanvraag", "acuut-gevaar"} {
			uit = append(uit, feit(waarborg.SoortMaatregel, zaak, waarborg.Maatregel{Kop: in(zaak), Over: over, Soort: s}, kind))
		}
		for _, x := range deelnames(d) {
			for _, g := range opGrond(d, x) {
				switch g {
				case "JW-7.3.11-4":
					uit = append(uit, feit(waarborg.SoortMaatregel, zaak, waarborg.Maatregel{Kop: in(zaak), Over: over, Soort: "ots", Uitvoerder: x.org.OIN}, kind))
				case "WPG-19":
					uit = append(uit, besluit(zaak, d, g, "hulpverlening", x.org.OIN))
				case "WJSG-39f", "WJSG-51c":
					uit = append(uit, besluit(zaak, d, g, "x", x.org.OIN))
				}
			}
		}
		for _, doel := range d.Doelen {
			uit = append(uit, besluit(zaak, d, "WPG-20", doel.Code, oins...), feit(waarborg.SoortToestemming, zaak, waarborg.Toestemming{
				Kop: in(zaak), Over: over, Doel: doel.Code, Klassen: alleKlassen, Aan: oins, GegevenDoor: []waarborg.Gever{
					{Burgerservicenummer: inhoudBSN(kind), Als: "zelf"}, {Burgerservicenummer: inhoudBSN(moeder), Als: "ouder"}, {Burgerservicenummer: inhoudBSN(vader), Als: "ouder"}},
			}, kind))
		}
	}
	a := waarborg.Afscherming{Kop: in(zaakDicht + d.Naam), Onderwerp: waarborg.Onderwerp{Soort: "stuk", ID: geheim}, Reden: waarborg.RedenGeweld, Toelichting: "dreiging", TegenOIN: oins, HerzienOp: morgen}
	return append(uit, feit(waarborg.SoortAfscherming, zaakDicht+d.Naam, a, kind))
}

// opGrond gives the grounds that have a line for x, each once.
func opGrond(d *verband.Definitie, x deelname) (uit []begrip.Grondslag) {
	for _, r := range d.Toegang {
		if slices.Contains(r.Wie, x.rol) && slices.Contains(r.Soorten, x.org.Soort) && !slices.Contains(uit, r.Grondslag) {
			uit = append(uit, r.Grondslag)
		}
	}
	return uit
}

func besluit(zaak string, d *verband.Definitie, g begrip.Grondslag, doel begrip.Doel, aan ...begrip.OIN) dossier.Record {
	return feit(waarborg.SoortVerstrekking, zaak, waarborg.Verstrekkingsbesluit{Kop: in(zaak), Grondslag: g, Bevoegd: "gezag", Belang: "veiligheid", Samenwerkingsverband: d.Naam,
		Doel: string(doel), Gegevens: alleKlassen, Voorwaarden: "alleen hier", Ontvangers: aan})
}

// verwacht reads a table of the definitions: who sees what when all is on record.
func verwacht(t *testing.T, naam string) map[string]int {
	t.Helper()
	b, err := os.ReadFile("../../samenwerkingsverband/testdata/golden/" + naam + ".md")
	if err != nil {
		t.Fatal(err)
	}
	uit := map[string]int{}
	for _, regel := range strings.Split(string(b), "\n") {
		c := strings.Split(strings.Trim(regel, "| "), " | ")
		if len(c) != 13 || c[0] == "Rol" {
			continue
		}
		delen := strings.Split(c[4], ", ")
		if c[4] == "alles" {
			delen = []string{"", "plan", "eigen-deel", "eigen-melding"}
		}
		for _, soort := range strings.Split(c[1], ", ") {
			for _, doel := range strings.Split(c[3], ", ") {
				for _, deel := range delen {
					for k := range alleKlassen {
						sleutel := strings.Join([]string{c[0], soort, c[2], doel, deel, c[5], string(rune('0' + k))}, "|")
						if n := c[6+k]; n != "–" {
							uit[sleutel] = max(uit[sleutel], int(n[0]-'0')+1)
						}
					}
				}
			}
		}
	}
	return uit
}

// TestMatrixVanBesluitEnVerband takes the whole decision of a node, with a
// functie that allows everything, for samenwerkingsverband × role × kind of
// organisation × purpose × ground × kind of information:
// what comes out is exactly the table of the definition, less what the general
// rules refuse, and nothing of it without the facts, after leaving, or when
// withheld. Citizens and the real functies have a matrix of their own.
func TestMatrixVanBesluitEnVerband(t *testing.T) {
	ps := nummers(30)
	knopen := map[begrip.OrganisatieSoort]*knoop{}
	for i, naam := range verband.Ingebouwd().Namen() {
		d, _ := verband.Ingebouwd().Definitie(naam)
		m := nieuweMatrix(t, d, knopen, ps[3*i:3*i+3])
		t.Run(naam, func(t *testing.T) {
			t.Parallel()
			m.t = t
			for _, x := range append(deelnames(d), deelname{"", org(begrip.School, 99)}, deelname{"", org(begrip.Politie, 99)}) {
				for _, soort := range slices.Sorted(maps.Keys(m.bronnen)) {
					m.lezer(x, soort)
				}
			}
			if m.mag < 30 || m.nee < 1000 {
				t.Errorf("de proef zegt niets: %d mag, %d niet", m.mag, m.nee)
			}
		})
	}
}

type matrix struct {
	t        *testing.T
	d        *verband.Definitie
	kind     begrip.BSN
	wil      map[string]int
	bronnen  map[begrip.OrganisatieSoort]*bronknoop // by kind of source, since some grounds hold for one only
	mag, nee int
	fouten   int
}

// bronknoop is a source with the facts of each zaak.
type bronknoop struct {
	*knoop
	gronden []begrip.Grondslag
	feiten  map[string]*waarborg.Feiten
}

// nieuweMatrix puts the facts of d about its own family at every source that a
// ground of d asks for.
func nieuweMatrix(t *testing.T, d *verband.Definitie, knopen map[begrip.OrganisatieSoort]*knoop, gezin []begrip.BSN) *matrix {
	m := &matrix{d: d, kind: gezin[0], wil: verwacht(t, d.Naam), bronnen: map[begrip.OrganisatieSoort]*bronknoop{}}
	gebruikt := map[begrip.Grondslag]bool{"WGS-ZVH": true, "AVG-6-1-a": true, "WPG-7-2": true, "WAMS": true}
	for _, r := range d.Toegang {
		gebruikt[r.Grondslag] = true
	}
	for _, g := range verband.Ingebouwd().Gronden() {
		if !gebruikt[g.Code] || g.Code == begrip.GrondAvg15 {
			continue
		}
		soort := begrip.Overig // no party in any form: none of the readers is the source itself
		if len(g.Bronnen) > 0 {
			soort = g.Bronnen[0]
		}
		if knopen[soort] == nil {
			knopen[soort] = nieuweKnoop(t, soort)
		}
		b := m.bronnen[soort]
		if b == nil {
			b = &bronknoop{knoop: knopen[soort], feiten: map[string]*waarborg.Feiten{}}
			b.leg(dossierVoor(d, gezin[0], gezin[1], gezin[2])...)
			for _, zaak := range zaken {
				b.feiten[zaak] = b.knoop.feiten(toegang.Lezer{}, dossier.Record{Soort: "stuk", ID: stuk, Zaak: zaak + d.Naam, Personen: gezin[:1]})
			}
			m.bronnen[soort] = b
		}
		b.gronden = append(b.gronden, g.Code)
	}
	return m
}

func (m *matrix) lezer(x deelname, soort begrip.OrganisatieSoort) {
	b := m.bronnen[soort]
	doelen := []begrip.Doel{begrip.DoelToezicht}
	for i, y := range m.d.Doelen {
		// The functies decide on following a melding: see the other matrix. Of a long
		// list of purposes the first two stand for all.
		if y.Code != begrip.DoelEigenMelding && i < 2 {
			doelen = append(doelen, y.Code)
		}
	}
	for _, doel := range doelen {
		for _, grond := range b.gronden {
			for k := verband.Bekendheid; k <= verband.Bronbeschermd; k++ {
				l := toegang.Lezer{Organisatie: x.org, Persoon: "p", Rol: begrip.RolBehandelaar, Doel: doel, Grondslag: grond}
				rec := dossier.Record{Soort: "stuk", Personen: []begrip.BSN{m.kind}, Staat: k.String()}
				m.vraag(b, x, rec, l)
				// Profession and part of the case: where any line looks at them. The tables
				// of the definitions have a test with all.
				if k == verband.Gezondheid {
					l.Rol = begrip.RolAgent
					m.vraag(b, x, rec, l)
				}
				if k == verband.Hulp || k == verband.Strafrecht {
					rec.Door = string(verband.DeelPlan)
					m.vraag(b, x, rec, l)
				}
			}
		}
	}
}

func (m *matrix) fout(x deelname, rec dossier.Record, l toegang.Lezer, wat string, b toegang.Besluit) {
	if m.fouten++; m.fouten < 12 {
		m.t.Errorf("%s: %s van %s, %s, doel %s op %s, %s deel %q: %+v", wat, x.rol, x.org.Soort, l.Rol, l.Doel, l.Grondslag, rec.Staat, rec.Door, b)
	}
}

func (m *matrix) vraag(b *bronknoop, x deelname, rec dossier.Record, l toegang.Lezer) {
	in := func(zaak string, l toegang.Lezer) toegang.Besluit {
		rec.Zaak, l.Zaak, rec.ID = zaak+m.d.Naam, zaak+m.d.Naam, stuk
		if zaak == zaakDicht {
			rec.ID = geheim
		}
		return b.beslis(rec, l, b.feiten[zaak])
	}
	wil := -1
	for _, wie := range []string{"allen", "behandelaar"} {
		if wie == "allen" || l.Rol == begrip.RolBehandelaar {
			wil = max(wil, m.wil[strings.Join([]string{string(x.rol), string(x.org.Soort), string(l.Grondslag), string(l.Doel), rec.Door, wie, rec.Staat[1:]}, "|")]-1)
		}
	}
	vol := in(zaakVol, l)
	if vol.Toegestaan != (wil >= 0) || vol.Toegestaan && int(vol.Niveau) != wil {
		m.fout(x, rec, l, "niet zoals in de tabel", vol)
	}
	if slices.Contains(vol.Plichten, toegang.PlichtAlarm) {
		m.fout(x, rec, l, "alarm zonder nood", vol)
	}
	if !vol.Toegestaan {
		if m.nee++; l.Grondslag == b.gronden[0] && rec.Door == "" && l.Doel == begrip.DoelToezicht { // noodtoegang does not look at the ground
			m.nood(b, x, rec, l)
		}
		return
	}
	m.mag++
	for _, zaak := range []string{zaakKaal, zaakWeg, zaakDicht} {
		if n := in(zaak, l); n.Toegestaan && !(zaak == zaakKaal && alleenDeelname(m.d, x, l)) {
			m.fout(x, rec, l, "toegestaan in "+zaak, n)
		}
	}
	if n := in(zaakVol, noodVoor(l)); n.Niveau != vol.Niveau || slices.Contains(n.Plichten, toegang.PlichtAlarm) {
		m.fout(x, rec, l, "alarm terwijl een gewone regel het toestaat", n)
	}
	if n := in(zaakDicht, noodVoor(l)); n.Toegestaan {
		m.fout(x, rec, l, "nood opent wat is afgeschermd", n)
	}
}

// alleenDeelname tells that a line of d opens for x on taking part alone, or on
// facts that lie in the question itself.
func alleenDeelname(d *verband.Definitie, x deelname, l toegang.Lezer) bool {
	return slices.ContainsFunc(d.Toegang, func(r *verband.Regel) bool {
		return r.Grondslag == l.Grondslag && slices.Contains(r.Wie, x.rol) && slices.Contains(r.Soorten, x.org.Soort) && !slices.ContainsFunc(r.Waarborgen, func(w verband.Waarborg) bool {
			return !slices.Contains([]verband.Waarborg{"deelname", "ontvanger", "bron", "doel", "zorgprofessional"}, w)
		})
	})
}

func (m *matrix) nood(b *bronknoop, x deelname, rec dossier.Record, l toegang.Lezer) {
	rec.Zaak, rec.ID = zaakVol+m.d.Naam, stuk
	rollen := []begrip.Rol{begrip.RolJeugdbeschermer, begrip.RolSysteem}
	if rec.Staat == "I3" {
		rollen = append(begrip.Rollen(), "", "iets-nieuws")
	}
	for _, rol := range rollen {
		l := noodVoor(l)
		l.Rol = rol
		n := b.beslis(rec, l, b.feiten[zaakVol])
		if n.Toegestaan && !slices.Contains(n.Plichten, toegang.PlichtAlarm) {
			continue // an ordinary rule allows it to this role
		}
		if wil := rol.DraagtZaken() && rec.Staat != "I6"; n.Toegestaan != wil {
			m.fout(x, rec, l, "nood", n)
		}
		if n.Toegestaan && (!slices.Contains(n.Plichten, toegang.PlichtNakijken) || slices.Contains(n.Gemaskeerd, "burgerservicenummer") == x.org.Soort.MagBSN()) {
			m.fout(x, rec, l, "nood zonder controle of met burgerservicenummer", n)
		}
	}
}

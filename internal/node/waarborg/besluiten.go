package waarborg

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
)

// Zaakverband is that a zaak runs in a samenwerkingsverband: in which phase it
// is and which organisations take part, as what.
type Zaakverband struct {
	Kop
	Samenwerkingsverband string             `json:"samenwerkingsverband" maxLength:"60" doc:"Naam van de definitie, bijvoorbeeld multidisciplinair-overleg"`
	Fase                 int                `json:"fase" minimum:"1" maximum:"5"`
	Zaaktype             string             `json:"zaaktype,omitempty" required:"false" maxLength:"60"`
	Deelnemers           []Deelname         `json:"deelnemers" nullable:"false" maxItems:"50"`
	Betrokkenen          []begrip.InhoudBSN `json:"betrokkenen,omitempty" required:"false" nullable:"false" maxItems:"30"`
}

// Deelname is the part of one organisation in a zaak.
type Deelname struct {
	Organisatie begrip.OIN  `json:"organisatie"`
	Rol         verband.Rol `json:"rol" maxLength:"60"`
	Vanaf       time.Time   `json:"vanaf,omitzero" required:"false"`
	Tot         *time.Time  `json:"tot,omitempty" required:"false"`
}

func (z *Zaakverband) personen() []begrip.BSN { return leesbaar(z.Betrokkenen) }

func leesbaar(in []begrip.InhoudBSN) []begrip.BSN {
	uit := make([]begrip.BSN, len(in))
	for i, b := range in {
		uit[i] = b.BSN
	}
	return uit
}

func (z *Zaakverband) controleer(c *begrip.Controle, _ time.Time) {
	z.eisZaak(c)
	c.Eis(gevuld(z.Samenwerkingsverband), "samenwerkingsverband", "Kies een samenwerkingsverband.")
	c.Eis(z.Fase >= 1 && z.Fase <= 5, "fase", "Kies een fase van 1 tot en met 5.")
	c.Eis(len(z.Deelnemers) > 0, "deelnemers", "Vul in wie meedoen.")
	for i, d := range z.Deelnemers {
		veld := fmt.Sprintf("deelnemers[%d]", i)
		eisOIN(c, veld+".organisatie", d.Organisatie)
		c.Eis(gevuld(string(d.Rol)), veld+".rol", "Vul in met welke rol deze organisatie meedoet.")
		c.Eis(d.Tot == nil || d.Tot.After(d.Vanaf), veld+".tot", "Het einde komt na het begin.")
	}
	for i, b := range z.Betrokkenen {
		eisBSN(c, fmt.Sprintf("betrokkenen[%d]", i), b)
	}
}

// past checks z against the definition of its samenwerkingsverband: with a name
// or a role that it does not have nobody would ever be let in, without a word.
func (z *Zaakverband) past(c *begrip.Controle, verbanden *verband.Verzameling, organisatie func(begrip.OIN) (begrip.Organisatie, bool)) {
	d, ok := kent(c, verbanden, z.Samenwerkingsverband)
	if !ok {
		return
	}
	for i, x := range z.Deelnemers {
		if !gevuld(string(x.Rol)) {
			continue
		}
		veld := fmt.Sprintf("deelnemers[%d].rol", i)
		if !d.Kent(x.Rol) {
			c.Eis(false, veld, "Deze rol kent dit samenwerkingsverband niet.")
		} else if org, ok := organisatie(x.Organisatie); ok {
			kan := d.RollenVan(org.Soort)
			c.Eis(len(kan) > 0, veld, "Dit soort organisatie doet niet mee aan dit samenwerkingsverband.")
			c.Eis(len(kan) == 0 || slices.Contains(kan, x.Rol), veld, "Dit soort organisatie kan meedoen als %s.", opsomming(kan))
		}
	}
}

// kent looks a samenwerkingsverband up; what is left open is told elsewhere.
func kent(c *begrip.Controle, verbanden *verband.Verzameling, naam string) (*verband.Definitie, bool) {
	d, ok := verbanden.Definitie(naam)
	c.Eis(ok || !gevuld(naam), "samenwerkingsverband", "Dit samenwerkingsverband kennen wij niet. Kies uit %s.", opsomming(verbanden.Namen()))
	return d, ok
}

// opsomming writes "a, b of c".
func opsomming[T ~string](delen []T) string {
	var b strings.Builder
	for i, d := range delen {
		switch {
		case i > 0 && i == len(delen)-1:
			b.WriteString(" of ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(d))
	}
	return b.String()
}

// deelname gives the part of oin at nu.
func (z *Zaakverband) deelname(oin begrip.OIN, nu time.Time) (verband.Rol, verband.Periode) {
	for _, d := range z.Deelnemers {
		p := verband.Periode{Vanaf: d.Vanaf}
		if p.Vanaf.IsZero() {
			p.Vanaf = z.Vanaf
		}
		if d.Tot != nil {
			p.Tot = *d.Tot
		}
		if d.Organisatie == oin && p.Geldt(nu) {
			return d.Rol, p
		}
	}
	return "", verband.Periode{}
}

// Verstrekkingsbesluit is a decision of an authority to supply data it keeps:
// police data to a samenwerkingsverband (Wpg 20) or once (Wpg 19), data of
// criminal law for a weighty public interest (Wjsg 39f, 51c).
type Verstrekkingsbesluit struct {
	Kop
	Grondslag            begrip.Grondslag `json:"grondslag" enum:"WPG-20,WPG-19,WJSG-39f,WJSG-51c"`
	Bevoegd              string           `json:"bevoegdGezag" maxLength:"200" doc:"Wie hierover besliste"`
	Belang               string           `json:"belang" maxLength:"2000" doc:"Het belang, en waarom het zwaarder weegt"`
	Samenwerkingsverband string           `json:"samenwerkingsverband,omitempty" required:"false" maxLength:"60" doc:"Verplicht bij WPG-20"`
	Doel                 string           `json:"doel" maxLength:"60" doc:"Bij WPG-20 een code uit de lijst van doelen; bij WPG-19 een van de vier doelen van dat artikel"`
	Gegevens             []verband.Klasse `json:"gegevens" nullable:"false" maxItems:"7"`
	Voorwaarden          string           `json:"voorwaarden" maxLength:"2000"`
	Ontvangers           []begrip.OIN     `json:"ontvangers" nullable:"false" maxItems:"50"`
	Verstrekt            *time.Time       `json:"verstrekt,omitempty" readOnly:"true" doc:"Wanneer een eenmalige verstrekking is gebruikt"`
}

func (b *Verstrekkingsbesluit) personen() []begrip.BSN { return nil }

func (b *Verstrekkingsbesluit) controleer(c *begrip.Controle, _ time.Time) {
	soort := []begrip.Grondslag{"WPG-20", "WPG-19", "WJSG-39f", "WJSG-51c"}
	c.Eis(slices.Contains(soort, b.Grondslag), "grondslag", "Kies WPG-20, WPG-19, WJSG-39f of WJSG-51c.")
	c.Eis(gevuld(b.Bevoegd), "bevoegdGezag", "Vul in wie hierover besliste.")
	eisReden(c, "belang", b.Belang)
	c.Eis(gevuld(b.Doel), "doel", "Vul in waarvoor de gegevens zijn.")
	c.Eis(len(b.Gegevens) > 0, "gegevens", "Kies welke soort gegevens.")
	c.Eis(len(b.Ontvangers) > 0, "ontvangers", "Vul in wie de gegevens krijgt.")
	for i, o := range b.Ontvangers {
		eisOIN(c, fmt.Sprintf("ontvangers[%d]", i), o)
	}
	if b.Grondslag == "WPG-20" {
		c.Eis(gevuld(b.Samenwerkingsverband), "samenwerkingsverband", "Kies voor welk samenwerkingsverband.")
		c.Eis(gevuld(b.Voorwaarden), "voorwaarden", "Vul de voorwaarden in.")
		b.eisTot(c, 5)
	} else {
		c.Eis(b.Grondslag != "WPG-19" || slices.Contains(verband.DoelenWpg19, b.Doel), "doel", "Kies een van de vier doelen van dat artikel: opsporing, openbare-orde, hulpverlening of toezicht.")
		b.eisZaak(c)
		c.Eis(len(b.Ontvangers) <= 1, "ontvangers", "Dit besluit is voor één ontvanger.")
	}
}

// Maatregel is an active measure or enquiry about a child: it opens grounds of
// its own (Jeugdwet 7.3.11 lid 4; BW 1:240).
type Maatregel struct {
	Kop
	Over       Persoon    `json:"over"`
	Soort      string     `json:"soort" enum:"ots,voorlopige-ots,raadsonderzoek,huisverbod,verblijf-jji,aanvraag,acuut-gevaar"`
	Uitvoerder begrip.OIN `json:"uitvoerder,omitempty" required:"false" doc:"Organisatie die de maatregel of het onderzoek uitvoert"`
	Reden      string     `json:"reden,omitempty" required:"false" maxLength:"1000"`
}

// maatregelMaanden is how long each at most runs before it is recorded anew:
// OTS one year, voorlopige OTS three months (BW 1:258, 1:257), huisverbod 28
// days (Wth 9); the others are defaults.
var maatregelMaanden = map[string]int{
	"ots": 12, "voorlopige-ots": 3, "raadsonderzoek": 12, "huisverbod": 1, "verblijf-jji": 24, "aanvraag": 12, "acuut-gevaar": 1,
}

func (m *Maatregel) personen() []begrip.BSN {
	return []begrip.BSN{m.Over.Burgerservicenummer.BSN}
}

func (m *Maatregel) controleer(c *begrip.Controle, nu time.Time) {
	m.Over.controleer(c, "over", nu)
	m.eisBron(c)
	n, ok := maatregelMaanden[m.Soort]
	c.Eis(ok, "soort", "Kies een maatregel of onderzoek uit de lijst.")
	c.Eis(m.Tot != nil, "tot", "Vul in tot wanneer dit geldt.")
	c.Eis(!ok || m.Tot == nil || !m.Tot.After(m.Vanaf.AddDate(0, n, 1)), "tot", "Dit duurt hoogstens %d maanden. Daarna legt u het opnieuw vast.", n)
	c.Eis(!m.ots() || m.Uitvoerder != "", "uitvoerder", "Vul in welke gecertificeerde instelling de ondertoezichtstelling uitvoert.")
	if m.Uitvoerder != "" {
		eisOIN(c, "uitvoerder", m.Uitvoerder)
	}
	if m.Soort == "acuut-gevaar" {
		eisReden(c, "reden", m.Reden)
	}
}

// ots tells that a child is under supervision, for now or for longer.
func (m *Maatregel) ots() bool { return m.Soort == "ots" || m.Soort == "voorlopige-ots" }

// Medewerking is why one organisation may learn what it needs without consent:
// it is directly involved in the help, or its cooperation is required (Jeugdwet
// 7.3.11 lid 2 onder a; Wmo 2015 5.3.3).
type Medewerking struct {
	Kop
	Code      string           `json:"code" enum:"rechtstreeks-betrokken,vereiste-medewerking"`
	Ontvanger begrip.OIN       `json:"ontvanger"`
	Over      begrip.InhoudBSN `json:"over,omitzero" required:"false" doc:"Over wie; zonder waarde: iedereen in de zaak"`
	Reden     string           `json:"reden" maxLength:"1000"`
}

func (m *Medewerking) personen() []begrip.BSN { return []begrip.BSN{m.Over.BSN} }

func (m *Medewerking) controleer(c *begrip.Controle, _ time.Time) {
	m.eisZaak(c)
	m.eisTot(c, 2)
	c.Eis(m.Code == verband.UitzonderingBetrokken || m.Code == verband.UitzonderingMedewerking, "code", "Kies rechtstreeks-betrokken of vereiste-medewerking.")
	eisOIN(c, "ontvanger", m.Ontvanger)
	c.Eis(!m.Over.Ongeldig(), "over", "Vul een geldig burgerservicenummer in.")
	eisReden(c, "reden", m.Reden)
}

// Bespreekverzoek is a request to discuss a family at the beschermingsoverleg,
// told to the parents first.
type Bespreekverzoek struct {
	Kop
	Over      Persoon `json:"over"`
	Besproken bool    `json:"besproken" doc:"De ouders kregen het te lezen en hun reactie staat erin"`
}

func (b *Bespreekverzoek) personen() []begrip.BSN {
	return []begrip.BSN{b.Over.Burgerservicenummer.BSN}
}

func (b *Bespreekverzoek) controleer(c *begrip.Controle, nu time.Time) {
	b.eisZaak(c)
	b.Over.controleer(c, "over", nu)
}

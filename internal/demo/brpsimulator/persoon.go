package brpsimulator

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Persoon is a made-up person in the register.
type Persoon struct {
	BSN                                   begrip.BSN
	Voornamen, Voorvoegsel, Geslachtsnaam string
	Geboren                               string // 2015-04-11; 00 for a day or month and 0000 for a year that is not known
	Overleden                             string // as Geboren; empty for the living
	Geheim                                int    // indicatie geheim, 0 to 7; above 0 the address is not told to others
	Adresregel1, Adresregel2              string
	Gemeente                              string // code of the municipality; empty is not known
	Gezag                                 *Gezag // over this person, when it is a child
	// InOnderzoek says since when the date of birth is under enquiry; empty: it is not.
	InOnderzoek string
	// Geweigerd: no question in which this person stands is answered (403).
	Geweigerd bool
}

// Gezag is who has gezag over a child.
type Gezag struct {
	Soort       string // one of the six kinds, by its older name
	Ouders      []begrip.BSN
	Derden      []begrip.BSN // who is no parent; of GezamenlijkGezag none means that this one is not known
	Toelichting string
	InOnderzoek bool // the register doubts it
}

func (g Gezag) heeft(wie begrip.BSN) bool {
	return slices.Contains(g.Ouders, wie) || slices.Contains(g.Derden, wie)
}

// velden gives of p what was asked, with what always comes.
func (s *Simulator) velden(p Persoon, fields []string, v2 bool) map[string]any {
	uit := map[string]any{}
	if p.Geheim > 0 {
		uit["geheimhoudingPersoonsgegevens"] = true
	}
	if p.Overleden != "" {
		uit["opschortingBijhouding"] = map[string]any{"reden": map[string]string{"code": "O", "omschrijving": "overlijden"}, "datum": datum(p.Overleden)}
	}
	vraagt := func(pad string) bool {
		return slices.ContainsFunc(fields, func(f string) bool {
			return f == pad || strings.HasPrefix(f, pad+".") || strings.HasPrefix(pad, f+".")
		})
	}
	zet := func(hoofd, naam string, waarde any) {
		pad := hoofd + "." + naam
		if waarde == "" || waarde == nil || !vraagt(pad) {
			return
		}
		m, ok := uit[hoofd].(map[string]any)
		if !ok {
			m = map[string]any{}
			uit[hoofd] = m
		}
		m[naam] = waarde
	}
	if vraagt("burgerservicenummer") {
		uit["burgerservicenummer"] = p.BSN.Leesbaar()
	}
	zet("naam", "voornamen", p.Voornamen)
	zet("naam", "voorvoegsel", p.Voorvoegsel)
	zet("naam", "geslachtsnaam", p.Geslachtsnaam)
	zet("naam", "volledigeNaam", strings.Join(strings.Fields(p.Voornamen+" "+p.Voorvoegsel+" "+p.Geslachtsnaam), " "))
	zet("geboorte", "datum", datum(p.Geboren))
	if m, ok := uit["geboorte"].(map[string]any); ok && p.InOnderzoek != "" { // comes unasked, with what it is about
		m["inOnderzoek"] = map[string]any{"datum": true, "datumIngangOnderzoek": datum(p.InOnderzoek)}
	}
	if p.Overleden != "" {
		zet("overlijden", "datum", datum(p.Overleden))
	}
	zet("adressering", "adresregel1", p.Adresregel1)
	zet("adressering", "adresregel2", p.Adresregel2)
	if vraagt("gezag") { // one of its fields asked is all of it
		uit["gezag"] = s.gezag(p, v2)
	}
	return uit
}

// gezag gives the gezag over p, or that p has over others.
func (s *Simulator) gezag(p Persoon, v2 bool) []map[string]any {
	uit := []map[string]any{}
	for _, k := range s.cfg.Personen {
		if k.Gezag != nil && k.Overleden == "" && !s.meerderjarig(k) && (k.BSN == p.BSN || k.Gezag.heeft(p.BSN)) {
			uit = append(uit, k.Gezag.relatie(k.BSN, v2))
		}
	}
	return uit
}

// meerderjarig is only certain of a full date of birth.
func (s *Simulator) meerderjarig(p Persoon) bool {
	t, err := time.ParseInLocation(time.DateOnly, p.Geboren, begrip.Zone)
	return err == nil && !s.nu().Before(t.AddDate(18, 0, 0))
}

func nummer(b begrip.BSN) map[string]any {
	return map[string]any{"burgerservicenummer": b.Leesbaar()}
}

// relatie writes the gezagsrelatie; v2 is the newer form (accept-gezag-version).
func (g Gezag) relatie(kind begrip.BSN, v2 bool) map[string]any {
	m := map[string]any{"type": g.Soort, "minderjarige": nummer(kind)}
	derde := func(b begrip.BSN) map[string]any {
		d := nummer(b)
		if v2 {
			d["type"] = "BekendeDerde"
		}
		return d
	}
	switch g.Soort {
	case "TweehoofdigOuderlijkGezag":
		if v2 {
			m["type"] = "GezamenlijkOuderlijkGezag"
		}
		ouders := []any{}
		for _, o := range g.Ouders {
			ouders = append(ouders, nummer(o))
		}
		m["ouders"] = ouders
	case "EenhoofdigOuderlijkGezag", "GezamenlijkGezag":
		if len(g.Ouders) > 0 {
			m["ouder"] = nummer(g.Ouders[0])
		}
		if g.Soort == "GezamenlijkGezag" && len(g.Derden) > 0 {
			m["derde"] = derde(g.Derden[0])
		} else if g.Soort == "GezamenlijkGezag" && v2 {
			m["derde"] = map[string]any{"type": "OnbekendeDerde"}
		}
	case "Voogdij":
		derden := []any{}
		for _, d := range g.Derden {
			derden = append(derden, derde(d))
		}
		m["derden"] = derden
	}
	if g.InOnderzoek {
		m["inOnderzoek"] = true
	}
	if g.Toelichting != "" {
		m["toelichting"] = g.Toelichting
	}
	return m
}

var maanden = []string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}

// datum writes a date of which parts may be unknown.
func datum(s string) map[string]any {
	d := strings.Split(cmp.Or(s, "0000-00-00"), "-")
	if len(d) != 3 {
		d = []string{"0000", "00", "00"}
	}
	jaar, _ := strconv.Atoi(d[0])
	maand, _ := strconv.Atoi(d[1])
	dag, _ := strconv.Atoi(d[2])
	switch {
	case jaar == 0:
		return map[string]any{"type": "DatumOnbekend", "onbekend": true, "langFormaat": "onbekend"}
	case maand < 1 || maand > 12:
		return map[string]any{"type": "JaarDatum", "jaar": jaar, "langFormaat": strconv.Itoa(jaar)}
	case dag == 0:
		return map[string]any{"type": "JaarMaandDatum", "jaar": jaar, "maand": maand, "langFormaat": fmt.Sprintf("%s %d", maanden[maand-1], jaar)}
	}
	return map[string]any{"type": "Datum", "datum": s, "langFormaat": fmt.Sprintf("%d %s %d", dag, maanden[maand-1], jaar)}
}

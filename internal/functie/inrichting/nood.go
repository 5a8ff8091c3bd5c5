package inrichting

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// magNood tells who can call on noodtoegang: a professional with a case role.
func magNood(s toegang.Sessie) bool { return s.Rol.DraagtZaken() }

var verwijzingVorm = regexp.MustCompile(`^(?:https://[^/?#\s]+)?(/v1)?/?([a-z][a-z-]*/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$`)

type noodData struct {
	F         *web.Formulier
	Bronnen   []web.Optie
	Duur      []web.Optie
	Zeker     []web.Optie
	Lang      int
	Regels    []web.Regel // what was read; empty before
	Bron      string
	Tot       time.Time
	Geweigerd string
	Stil      *web.BronStil
	Gezocht   bool // on a person: Gevonden holds what there is
	Gevonden  []inzage.Vondst
}

func (p *paginaset) toonNood(w http.ResponseWriter, r *http.Request, s toegang.Sessie, status int, d noodData) {
	d.Bronnen = []web.Optie{{Tekst: web.Vertaalbaar("Kies een organisatie")}}
	for _, x := range p.o.Deelnemers() {
		if x.API != "" && x.Soort != begrip.Burgerportaal && x.Soort != begrip.Ketenbeheerder {
			d.Bronnen = append(d.Bronnen, web.Optie{Waarde: string(x.OIN), Tekst: x.Naam})
		}
	}
	d.Lang = toegang.NoodRedenMax
	d.Duur = []web.Optie{{Waarde: "1", Tekst: "1 uur"}, {Waarde: "2", Tekst: "2 uur"}, {Waarde: "4", Tekst: "4 uur"}}
	d.Zeker = []web.Optie{{Waarde: "ja", Tekst: "Ik weet dat deze inzage wordt gemeld en nagekeken"}}
	pg := web.Pagina{Titel: "Noodtoegang", Data: d}
	if len(d.Regels) > 0 {
		pg.Doel = &web.Doelbalk{Rol: s.Rol.Naam(), Doel: doelNood.Omschrijving()}
	}
	p.Toon(w, r, status, "noodtoegang.html", pg)
}

// The purpose and ground of a look on noodtoegang: a vital interest.
const (
	doelNood  begrip.Doel      = "acute-veiligheid"
	grondNood begrip.Grondslag = "AVG-6-1-d"
)

func (p *paginaset) nood(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	if !magNood(s) {
		return begrip.NieuweFout(begrip.Verboden, "Met uw rol (%s) is er geen noodtoegang.", s.Rol.Naam())
	}
	q := r.URL.Query()
	f := (&web.Formulier{}).Zet("bron", q.Get("bron")).Zet("verwijzing", q.Get("verwijzing")).Zet("duur", "1")
	p.toonNood(w, r, s, http.StatusOK, noodData{F: f})
	return nil
}

// noodLees reads one record at its source on noodtoegang, after a reason, an
// end and an explicit yes. The answer is shown, not kept.
func (p *paginaset) noodLees(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	if !magNood(s) {
		return begrip.NieuweFout(begrip.Verboden, "Met uw rol (%s) is er geen noodtoegang.", s.Rol.Naam())
	}
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	d := noodData{F: f}
	uren := map[string]time.Duration{"1": 1, "2": 2, "4": 4}[f.Waarde("duur")]
	f.Eis(uren > 0, "duur", "Kies hoe lang u dit nodig hebt.")
	bron, ok := p.o.Deelnemer(begrip.OIN(f.Waarde("bron")))
	f.Eis(ok, "bron", "Kies bij welke organisatie u wilt kijken.")
	pad, bsn := leesWat(f)
	f.Eis(f.Waarde("zeker") == "ja", "zeker", "Vink aan dat u weet wat er gebeurt.")
	l := s.Lezer(p.o.Organisatie, doelNood, grondNood, "")
	l.Nood = toegang.Nood{Reden: f.Waarde("reden"), Tot: time.Now().Add(uren * time.Hour).Truncate(time.Second)}
	var c begrip.Controle
	l.Nood.Controleer(&c, time.Now())
	for _, v := range c.Velden {
		if v.Veld == "nood.reden" {
			f.Eis(false, "reden", "%s", v.Bericht)
		}
	}
	if !f.Goed() {
		p.toonNood(w, r, s, http.StatusBadRequest, d)
		return nil
	}
	var a inzage.Antwoord
	if d.Gezocht = pad == ""; d.Gezocht {
		d.Gevonden, err = p.o.Inzage.ZoekNood(r.Context(), bron.OIN, l, bsn)
	} else {
		a, err = p.haalNood(r.Context(), bron.OIN, pad, l)
	}
	d.Bron, d.Tot = bron.Naam, l.Nood.Tot
	if err != nil {
		d.Gezocht = false
	}
	switch {
	case begrip.Is(err, begrip.BronAntwoordtNiet):
		d.Stil = &web.BronStil{Organisatie: bron.Naam, Opnieuw: r.URL.Path}
		p.toonNood(w, r, s, http.StatusBadGateway, d)
		return nil
	case begrip.Is(err, begrip.Verboden) || begrip.Is(err, begrip.NietGevonden) || begrip.Is(err, begrip.TeDruk):
		d.Geweigerd = begrip.FoutVan(err).Bericht
		p.toonNood(w, r, s, begrip.FoutVan(err).Code.Status(), d)
		return nil
	case err != nil:
		return err
	}
	d.Regels = plat(a.Inhoud)
	p.toonNood(w, r, s, http.StatusOK, d)
	return nil
}

// haalNood reads the content, which is what somebody in need is here for: what an
// ordinary rule shows may be less. When even noodtoegang gives less, that.
func (p *paginaset) haalNood(ctx context.Context, bron begrip.OIN, pad string, l toegang.Lezer) (inzage.Antwoord, error) {
	inhoud := begrip.NiveauInhoud
	a, err := p.o.Inzage.Haal(ctx, bron, pad, l, nil, &inhoud)
	if begrip.Is(err, begrip.Verboden) {
		return p.o.Inzage.Haal(ctx, bron, pad, l, nil, nil)
	}
	return a, err
}

// leesWat reads which record, or about which person. A number is not shown
// again.
func leesWat(f *web.Formulier) (pad string, bsn begrip.BSN) {
	gevuld, verwijzing := f.Waarde("burgerservicenummer") != "", f.Waarde("verwijzing")
	if verwijzing == "" && gevuld {
		bsn = f.BSN("burgerservicenummer")
	}
	f.Zet("burgerservicenummer", "")
	if verwijzing == "" && gevuld {
		return "", bsn
	}
	m := verwijzingVorm.FindStringSubmatch(strings.ToLower(verwijzing))
	f.Eis(m != nil, "verwijzing", "Vul de verwijzing in, of zoek op burgerservicenummer. Een verwijzing is bijvoorbeeld /v1/meldingen/ met daarachter het nummer.")
	if m == nil {
		return "", bsn
	}
	return "/v1/" + m[2], bsn
}

// plat gives a record of any kind as labels with values, for who has no page
// of that kind; addresses and numbers of the system are left out.
func plat(inhoud json.RawMessage) []web.Regel {
	var v any
	if json.Unmarshal(inhoud, &v) != nil {
		return nil
	}
	var uit []web.Regel
	var loop func(label string, v any)
	loop = func(label string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, k := range sleutels(inhoud, v) {
				if k != "url" && k != "id" {
					loop(k, v[k])
				}
			}
		case []any:
			for _, e := range v {
				loop(label, e)
			}
		case nil:
		default:
			if s := fmt.Sprint(v); s != "" && !strings.HasPrefix(s, "urn:") && !strings.HasPrefix(s, "https:") {
				uit = append(uit, web.Regel{Label: woorden(label), Waarde: s})
			}
		}
	}
	loop("", v)
	return uit
}

// sleutels gives the members of m in the order in which they stand in the text.
func sleutels(tekst json.RawMessage, m map[string]any) []string {
	uit := make([]string, 0, len(m))
	for k := range m {
		uit = append(uit, k)
	}
	slices.SortFunc(uit, func(a, b string) int {
		return strings.Index(string(tekst), `"`+a+`":`) - strings.Index(string(tekst), `"`+b+`":`)
	})
	return uit
}

// woorden writes situatieSchets as Situatie schets.
func woorden(s string) string {
	var b strings.Builder
	for i, r := range s {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return hoofd(b.String())
}

func hoofd(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

package portal

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// meekijkData is the page on which a person lets somebody look along.
type meekijkData struct {
	F                        *web.Formulier
	Als, Klassen, Bij, Maand []web.Optie
	Geen                     bool // no organisation shows this person anything
	Twijfel                  bool
	Stil                     []string    // organisations that did not answer
	Weigert                  []weigering // organisations that did not record it
}

var meekijkAls = []web.Optie{
	{Waarde: string(samenwerkingsverband.RelatieSteunfiguur), Tekst: web.Vertaalbaar("Deze persoon steunt mij"), Uitleg: web.Vertaalbaar("Ziet wie er bezig is en hoe ver het is. Niet wat organisaties uitleggen.")},
	{Waarde: string(samenwerkingsverband.RelatieGemachtigde), Tekst: web.Vertaalbaar("Deze persoon regelt zaken voor mij"), Uitleg: web.Vertaalbaar("Ziet ook wat organisaties aan u uitleggen. Dit kan vanaf 16 jaar.")},
}

// meekijkKlassen are the kinds of information that a person can open, I0 with all.
var meekijkKlassen = []web.Optie{
	{Waarde: "I1", Tekst: web.Vertaalbaar("Wie erbij betrokken is")},
	{Waarde: "I2", Tekst: web.Vertaalbaar("Welke maatregelen of onderzoeken er zijn")},
	{Waarde: "I3", Tekst: web.Vertaalbaar("De hulp")},
	{Waarde: "I4", Tekst: web.Vertaalbaar("Gegevens van politie en justitie")},
	{Waarde: "I5", Tekst: web.Vertaalbaar("Gegevens over de gezondheid")},
}

var meekijkMaanden = []web.Optie{
	{Waarde: "1", Tekst: web.Vertaalbaar("1 maand")}, {Waarde: "3", Tekst: web.Vertaalbaar("3 maanden")}, {Waarde: "6", Tekst: web.Vertaalbaar("6 maanden")}, {Waarde: "12", Tekst: web.Vertaalbaar("1 jaar")},
}

// tonend gives the sources that show this person something now: only those can
// let another look along, and no other organisation learns that it was asked. To
// whom somebody hides from, none: the choice would name them.
func tonend(b beeld) []bron {
	if b.Verhuld {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(b.Bronnen), func(x bron) bool { return x.Stil || len(x.Beeld.Delen) == 0 })
}

func (p *Portal) toonMeekijken(w http.ResponseWriter, r *http.Request, status int, b beeld, d meekijkData) {
	d.Als, d.Klassen, d.Maand = meekijkAls, meekijkKlassen, meekijkMaanden
	for _, x := range tonend(b) {
		d.Bij = append(d.Bij, web.Optie{Waarde: string(x.OIN), Tekst: x.Naam})
	}
	for _, x := range b.Bronnen {
		if x.Stil {
			d.Stil = append(d.Stil, x.Naam)
		}
	}
	d.Geen, d.Twijfel = len(d.Bij) == 0, b.Twijfel
	d.F.Zet("burgerservicenummer", "") // never shown again, right or wrong
	p.site.Toon(w, r, status, "meekijken.html", web.Pagina{Titel: web.Vertaalbaar("Iemand laten meekijken"), Breed: true, Data: d})
}

func (p *Portal) meekijken(w http.ResponseWriter, r *http.Request, s toegang.Sessie) {
	f := (&web.Formulier{}).Zet("duur", "3").Zet("als", meekijkAls[0].Waarde).Zet("klassen", "I1")
	p.toonMeekijken(w, r, http.StatusOK, p.haal(r.Context(), kijker{Sessie: s}), meekijkData{F: f})
}

// geefMeekijken asks each chosen source to let somebody look along. It is always
// about who is signed in.
func (p *Portal) geefMeekijken(w http.ResponseWriter, r *http.Request, s toegang.Sessie) {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		p.site.Fout(w, r, err)
		return
	}
	b := p.haal(r.Context(), kijker{Sessie: s})
	v, bij := leesMeekijken(f, s, tonend(b), p.cfg.Nu())
	if !f.Goed() {
		p.toonMeekijken(w, r, http.StatusBadRequest, b, meekijkData{F: f})
		return
	}
	nee := p.leggenVast(r.Context(), s, bij, v)
	if len(nee) == len(bij) {
		p.toonMeekijken(w, r, http.StatusConflict, b, meekijkData{F: f, Weigert: nee})
		return
	}
	// The code stands in this answer alone: in no address, no cookie and no store.
	p.site.Toon(w, r, http.StatusOK, "meekijken-code.html", web.Pagina{Titel: web.Vertaalbaar("Geef deze code"), Actief: "/mijn-keuzes", Breed: true, Data: struct {
		Naam, Code string
		Weigert    []weigering
	}{f.Waarde("naam"), v["code"].(string), nee}})
}

// leesMeekijken reads the form, with every mistake in f, as what a source asks.
func leesMeekijken(f *web.Formulier, s toegang.Sessie, mogelijk []bron, nu time.Time) (vraag map[string]any, bij []functie.Deelnemer) {
	naam := f.Waarde("naam")
	f.Eis(naam != "" && len([]rune(naam)) <= 100, "naam", "Vul in hoe u deze persoon noemt. Gebruik hoogstens 100 tekens.")
	f.Eis(veilig(naam) == naam, "naam", "Schrijf hier geen burgerservicenummer op.")
	bsn, err := begrip.ParseBSN(f.Waarde("burgerservicenummer"))
	f.Eis(err == nil, "burgerservicenummer", "Dit is geen goed burgerservicenummer. Het staat op een paspoort, identiteitskaart of rijbewijs.")
	f.Eis(err != nil || bsn != s.BSN, "burgerservicenummer", "Dit is uw eigen nummer. Vul het nummer in van wie met u meekijkt.")
	als := f.Waarde("als")
	f.Eis(heeftOptie(meekijkAls, als), "als", "Kies hoe deze persoon met u meekijkt.")
	klassen := []string{"I0"}
	for _, k := range meekijkKlassen {
		if f.Heeft("klassen", k.Waarde) {
			klassen = append(klassen, k.Waarde)
		}
	}
	f.Eis(len(klassen) > 1, "klassen", "Kies wat deze persoon mag zien.")
	for _, x := range mogelijk {
		if f.Heeft("bij", string(x.OIN)) {
			bij = append(bij, x.Deelnemer)
		}
	}
	f.Eis(len(bij) > 0, "bij", "Kies bij welke organisatie deze persoon mag meekijken.")
	f.Eis(heeftOptie(meekijkMaanden, f.Waarde("duur")), "duur", "Kies hoe lang dit mag.")
	maanden, _ := strconv.Atoi(f.Waarde("duur"))
	return map[string]any{
		"wie":  waarborg.Persoon{Burgerservicenummer: begrip.InhoudBSN{BSN: bsn}, Roepnaam: naam},
		"code": waarborg.NieuweCode(), "als": als, "klassen": klassen, "tot": nu.AddDate(0, maanden, 0).Add(-time.Hour).UTC().Truncate(time.Second),
	}, bij
}

func heeftOptie(os []web.Optie, w string) bool {
	return slices.ContainsFunc(os, func(o web.Optie) bool { return o.Waarde == w })
}

// leggenVast asks all at once and gives the sources that did not record it.
func (p *Portal) leggenVast(ctx context.Context, s toegang.Sessie, bij []functie.Deelnemer, vraag any) []weigering {
	nee := make([]weigering, len(bij))
	var wg sync.WaitGroup
	for i, d := range bij {
		wg.Go(func() {
			b, k, err := p.bij(ctx, kijker{Sessie: s}, d, waarborg.SoortVertegenwoord.Pad+"/verleningen", vraag)
			switch {
			case err == nil && k.status == http.StatusCreated && json.Valid(b):
				return
			case err != nil || k.status >= http.StatusInternalServerError:
				nee[i].Reden = "Deze organisatie antwoordt nu niet. Probeer het straks opnieuw."
			default:
				nee[i].Reden = uitleg(b)
			}
			nee[i].Naam = d.Naam
			p.cfg.Log.WarnContext(ctx, "een bron legt niet vast wie meekijkt", "bron", d.OIN, "status", k.status)
		})
	}
	wg.Wait()
	return slices.DeleteFunc(nee, func(x weigering) bool { return strings.TrimSpace(x.Naam) == "" })
}
